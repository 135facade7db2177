"""A ledger at work in a process that a chosen call to the disk ends, and what its successor finds.

python -m tests.disk.stricken CONTENT FOLDER WHEN NUMBER HOW: one line of JSON for each death. WHEN is work;
first, the very first start of a home; or again, the start after an earlier death. A process of its own, since
it forks for each death: what all have in common is loaded once.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

from ledger.store import StoreFault
from tests.disk.ledgers import Author, Promises, account, content_with, enrolled, opened, small_log, work
from tests.disk.sabotage import HOW
from tests.disk.shim import watching

DEAD = 9
ROUNDS = 20
NEVER = 1 << 62
DEADLY = frozenset({"create", "write", "truncate", "sync", "delete", "rename", "replace", "mkdir", "unlink"})
Run = Callable[[Path, Promises], object]


class Countdown:
    """Ends the process before the k-th call that changes something on the disk."""

    def __init__(self, k: int) -> None:
        self.left, self.seen = k, 0

    def __call__(self, call: str, path: str, data: bytes) -> None:
        if call in DEADLY and not path.endswith("-shm"):
            self.left, self.seen = self.left - 1, self.seen + 1
            if not self.left:
                os._exit(DEAD)


class Told(Promises):
    """Promises that are told to another process at the moment they are made."""

    def __init__(self, pipe: int) -> None:
        super().__init__()
        self.pipe = pipe

    def make(self, promise: Any) -> None:
        line = pickle.dumps(promise)
        os.write(self.pipe, len(line).to_bytes(4, "big") + line)


def die(home: Path, k: int, run: Run, how: str) -> tuple[list[Any], bool]:
    """Run it in a child that ends before its k-th call: what it had promised, and whether it got there."""
    mine, its = os.pipe()
    child = os.fork()
    if not child:
        code = 1
        try:
            os.close(mine)
            with HOW[how](), small_log(), watching(home, Countdown(k)):
                run(home, Told(its))
            code = 0
        finally:
            os._exit(code)
    os.close(its)
    with os.fdopen(mine, "rb") as said:
        data = said.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, DEAD), code
    return _read(data), code == DEAD


def _read(data: bytes) -> list[Any]:
    promises, at = [], 0
    while len(data) - at >= 4 and len(data) - at - 4 >= (size := int.from_bytes(data[at : at + 4], "big")):
        promises.append(pickle.loads(data[at + 4 : at + 4 + size]))
        at += 4 + size
    return promises


def count(home: Path, run: Run) -> int:
    """How many calls a run has that lives."""
    calls = Countdown(NEVER)
    with small_log(), watching(home, calls):
        run(home, Promises())
    return calls.seen


def deaths(content: Path, folder: Path, when: str, number: int, how: str) -> None:
    """Die at so many places, spread over the whole run; each time on a fresh copy of the same home."""
    base, chance = folder / "base", Random(7)
    base.mkdir(mode=0o700)
    author = None if when == "first" else enrolled(content, base, 3)
    run = _first(content) if author is None else _at_work(content, author)
    if when == "again":
        assert author is not None
        die(base, 400, run, how)
    shutil.copytree(base, folder / "counted")
    calls = count(folder / "counted", run)
    for k in sorted(chance.sample(range(1, calls + 1), min(number, calls))):
        home = folder / f"dead-{k}"
        shutil.copytree(base, home)
        promises, died = die(home, k, run, how)
        found = account(home, promises) if (home / "ledger.db").exists() else None
        faults = [*(found.faults if found else ()), *content_with(content, home)]
        lost = found.lost if found else len(promises)
        print(json.dumps({"k": k, "of": calls, "died": died, "promised": len(promises), "lost": lost,
                          "faults": faults}), flush=True)  # fmt: skip
        shutil.rmtree(home)


def _first(content: Path) -> Run:
    def run(home: Path, promises: Promises) -> None:
        author = enrolled(content, home, 3)
        with opened(content, home) as store:
            work(store, author, promises, 3)

    return run


def _at_work(content: Path, author: Author) -> Run:
    def run(home: Path, promises: Promises) -> None:
        author.chance.seed(3)
        try:
            with opened(content, home) as store:
                work(store, author, promises, ROUNDS)
        except StoreFault as fault:
            raise AssertionError("an honest disk") from fault

    return run


if __name__ == "__main__":
    arguments: Mapping[str, str] = dict(
        zip(("content", "folder", "when", "number", "how"), sys.argv[1:], strict=True)
    )
    deaths(
        Path(arguments["content"]),
        Path(arguments["folder"]),
        arguments["when"],
        int(arguments["number"]),
        arguments["how"],
    )
