"""A disk that fails at one call, or is full for a while, under a ledger at work; and what that leaves."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import apsw

from ledger.entries import Outcome
from ledger.store import StoreFault
from tests.disk.ledgers import (
    Account,
    Author,
    Promises,
    account,
    content_with,
    enrolled,
    opened,
    small_log,
    work,
)
from tests.disk.sabotage import How, nothing
from tests.disk.shim import watching

NEVER = 1 << 62
Fault = Callable[[bytes], bytes | None]


def broken(data: bytes) -> None:
    """EIO."""
    raise apsw.IOError("struck")


def full(data: bytes) -> None:
    """ENOSPC."""
    raise apsw.FullError("struck")


def short(data: bytes) -> bytes:
    """A part of it is written, and then the disk is full."""
    return data[: len(data) // 2]


@dataclass(frozen=True)
class Kind:
    """A fault, the calls of SQLite that it may meet, and whether the writer may go on after it."""

    fault: Fault
    calls: frozenset[str]
    goes_on: bool


KINDS: Mapping[str, Kind] = {
    "EIO on write": Kind(broken, frozenset({"write"}), False),
    "EIO on sync": Kind(broken, frozenset({"sync"}), False),
    "EIO on truncate": Kind(broken, frozenset({"truncate"}), False),
    "EIO on read": Kind(broken, frozenset({"read"}), False),
    "ENOSPC": Kind(full, frozenset({"write", "truncate"}), True),
    "a short write": Kind(short, frozenset({"write"}), True),
}


@dataclass
class Once:
    """Strikes at the k-th of some calls on some files, and never again."""

    kind: Kind
    k: int
    files: str = "ledger.db"
    seen: int = 0
    at: str = ""

    def __call__(self, call: str, path: str, data: bytes) -> bytes | None:
        if call not in self.kind.calls or not path.startswith(self.files) or path.endswith("lock"):
            return None
        self.seen += 1
        if self.seen != self.k:
            return None
        self.at = f"{call} {path}"
        return self.kind.fault(data)


@dataclass(frozen=True)
class Struck:
    """One strike: where it met, whether the writer stopped, how many promises came after, what is left."""

    at: str
    stopped: bool
    after: int
    left: Account

    @property
    def honest(self) -> bool:
        """Nothing promised is lost, nothing damaged."""
        return self.left.kept


class Struggle:
    """Histories from one beginning, each with a strike of its own."""

    def __init__(self, content: Path, folder: Path, rounds: int = 30) -> None:
        self.content, self.folder, self.rounds = content, folder, rounds
        self.author = enrolled(content, folder / "base", 5)

    def run(self, kind: Kind, k: int, how: How = nothing, files: str = "ledger.db") -> Struck:
        """One history with a fault at the k-th call."""
        home = self.folder / f"struck-{k}"
        shutil.copytree(self.folder / "base", home)
        strike, promises, stopped, moments = Once(kind, k, files), Promises(), False, [NEVER]

        def noticed(call: str, path: str, data: bytes) -> bytes | None:
            try:
                return strike(call, path, data)
            finally:
                if strike.at and len(moments) == 1:
                    moments.append(promises.clock())

        with how(), small_log(), watching(home, noticed):
            try:
                with opened(self.content, home) as store:
                    work(store, self._author(), promises, self.rounds)
                    stopped = store.broken is not None
            except (StoreFault, apsw.Error):
                stopped = True
        after = [
            each
            for n, (_, each) in enumerate(promises.made)
            if isinstance(each, Outcome) and promises.asked[n] > moments[-1]
        ]
        found = account(home, promises.by(NEVER))
        found = replace(
            found, faults=(*found.faults, *(content_with(self.content, home) if found.kept else ()))
        )
        shutil.rmtree(home)
        return Struck(strike.at, stopped, len(after), found)

    def calls(self, kind: Kind, files: str = "ledger.db") -> int:
        """How many calls there are to strike at."""
        home = self.folder / "counted"
        shutil.copytree(self.folder / "base", home)
        count = Once(kind, -1, files)
        with small_log(), watching(home, count), opened(self.content, home) as store:
            work(store, self._author(), Promises(), self.rounds)
        shutil.rmtree(home)
        return count.seen

    def sample(self, kind: Kind, number: int, seed: int = 1, files: str = "ledger.db") -> Sequence[int]:
        """So many calls to strike at, from first to last."""
        there = self.calls(kind, files)
        return sorted(Random(seed).sample(range(1, there + 1), min(number, there)))

    def _author(self) -> Author:
        chains = dict(self.author.phone.chains)
        author = replace(self.author, chance=Random(5))
        author.phone.chains = chains
        return author


def told(struck: Sequence[Struck]) -> Counter[str]:
    """Where strikes met, for a person who reads the test's output."""
    return Counter(each.at for each in struck)
