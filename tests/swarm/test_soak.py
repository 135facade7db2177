"""Ordinary work for a long time: memory, descriptors and the write-ahead log stay as they are (R13).

A real collector over the sample congress; phones push, pull, ask, keep drafts and send photos, a few calls a
second, a clerk agrees to what waits, and the site is built beside it. Nothing may grow any more after a first
third, in which everything has been done once.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from collector.awaiting import STAGE
from ledger.approvals import KIND
from ledger.doctor import examine
from ledger.envelope import rfc3339
from ledger.forms import Form, load_forms
from ledger.registry import Device, add_device
from ledger.store import Store, open_ledger
from tests.bench.phones import Sender, _answers, _enter, _import_sample
from tests.collector.phone import ROOT, Phone
from tests.collector.siege import COLLECTOR, Server
from tests.ledger.pictures import jpeg

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
PHONES = 12
PAUSE = 0.15  # seconds between two calls
WAL_MB = 32.0  # the log is written back at 4,000 pages; what is read meanwhile keeps it for a while
BUILD = """\
import sys
from datetime import date
from pathlib import Path
from publisher.release import build
build(*map(Path, sys.argv[1:4]), date(2026, 11, 26))
"""


@dataclass(frozen=True)
class Look:
    """The server at one moment."""

    rss_mb: float
    descriptors: int
    wal_mb: float

    @classmethod
    def at(cls, process: int, home: Path) -> Look:
        said = Path(f"/proc/{process}/status").read_text()
        rss = next(int(line.split()[1]) for line in said.splitlines() if line.startswith("VmRSS"))
        wal = home / "ledger.db-wal"
        size = wal.stat().st_size if wal.exists() else 0
        return cls(rss / 1024, len(os.listdir(f"/proc/{process}/fd")), size / (1 << 20))


@dataclass(frozen=True)
class Account:
    """What was done, and how the server looked meanwhile."""

    calls: Mapping[str, int]
    statuses: Mapping[int, int]
    builds: Sequence[int]
    """Their exit codes."""
    looks: Sequence[Look]
    faults: tuple[str, ...]

    def grown(self, what: Callable[[Look], float]) -> float:
        """How much more there was at the median of the last third than at that of the third before."""
        third = len(self.looks) // 3
        before, last = self.looks[third : 2 * third], self.looks[-third:]
        return statistics.median(map(what, last)) - statistics.median(map(what, before))

    @property
    def most_wal_mb(self) -> float:
        """The largest the log has been."""
        return max(look.wal_mb for look in self.looks)


def soak(
    folder: Path,
    seconds: float = 0,
    builds: int = 0,
    calls: int = 0,
    pause: float = PAUSE,
    program: Sequence[str] = COLLECTOR,
) -> Account:
    """Work for so many seconds and at least so many calls, and look at the server all the while."""
    content, home = folder / "content", folder / "home"
    shutil.copytree(ROOT / "content", content)
    _import_sample(content, home)
    senders, clerk = _enter(content, home, PHONES), _clerk(content, home)
    with open_ledger(home) as ledger:
        grids = [record.code for record in ledger.records("grid")]
    server = Server(content, home, program)
    server.start()
    assert server.process is not None
    looks: list[Look] = []
    codes: list[int] = []
    beside = _building(content, home, folder / "site", seconds / builds, codes) if builds else nullcontext()
    work = Work(senders, clerk, server.address, load_forms(content), grids)
    with beside, closing(work):
        began, next_look = time.monotonic(), 0.0
        while (now := time.monotonic() - began) < seconds or work.calls.total() < calls:
            work.one_call()
            if now >= next_look:
                looks.append(Look.at(server.process.pid, home))
                next_look = now + seconds / 600
            time.sleep(pause)
    server.stop()
    faults = tuple(finding.key for finding in examine(home).faults)
    return Account(work.calls, work.statuses, codes, looks, faults)


def _clerk(content: Path, home: Path) -> Phone:
    """The office's own phone, enrolled already."""
    phone = Phone(client=None)  # type: ignore[arg-type]
    with Store.open(home, load_forms(content)) as store:
        phone.ledger, now = store.ledger_id, rfc3339(0)
        phone.devices = {chain: store.new_uuid() for chain in phone.spki}

        def add(store: Store) -> None:
            for chain, id in phone.devices.items():
                key = phone.spki[chain]
                add_device(store.db, Device(id, "clerk", chain, key, "active", "clerk", None, "人大办", now))

        store.do(add).result()
    return phone


@contextmanager
def _building(content: Path, home: Path, site: Path, every: float, codes: list[int]) -> Iterator[None]:
    """The site is built beside, as `build.py` does it, each time in a process of its own."""
    ended = threading.Event()

    def build() -> None:
        while True:
            command = [sys.executable, "-c", BUILD, str(content), str(home), str(site)]
            codes.append(subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL).returncode)
            if ended.wait(every):
                return

    thread = threading.Thread(target=build, name="building")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@dataclass
class Work:
    """One phone after the other does one thing."""

    senders: Sequence[Sender]
    clerk: Phone
    address: str
    forms: Mapping[str, Form]
    grids: Sequence[str]
    calls: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._chance = random.Random(13)
        self._wire = httpx.Client(base_url=self.address, timeout=60)
        self._nonces = time.monotonic()
        self._filed = 1000
        self._phones = [self.clerk, *(each.phone for each in self.senders)]
        for phone in self._phones:
            phone.client = self._wire

    def close(self) -> None:
        """Hang up."""
        self._wire.close()

    def one_call(self) -> None:
        """Somebody does something."""
        if time.monotonic() - self._nonces > 300:
            self._nonces = time.monotonic()
            for phone in self._phones:
                phone._nonce = ""
        sender = self._chance.choice(self.senders)
        name = self._chance.choices(list(CALLS), [weight for weight, _ in CALLS.values()])[0]
        self.statuses[CALLS[name][1](self, sender)] += 1
        self.calls[name] += 1

    def push(self, sender: Sender) -> int:
        packed = self._chance.random() < 0.5
        return sender.phone.push([self._made(sender)], batch=f"b-{self._filed}", packed=packed).status_code

    def _made(self, sender: Sender) -> dict[str, object]:
        self._filed += 1
        form = self.forms["visit"]
        said = {"residents_said": "晚上看不清路。"} if self._filed % 3 == 0 else {}
        return sender.phone.record(form, {**_answers(self._filed, self.grids, form), **said})

    def large_push(self, sender: Sender) -> int:
        """A phone comes back after a week: worth the second process."""
        return sender.phone.push([self._made(sender) for _ in range(20)], batch="large").status_code

    def approve(self, sender: Sender) -> int:
        """The clerk clears the queue."""
        answer = self.clerk.get("/work")
        items = [each for each in answer.json()["items"] if (each["stage"], each["kind"]) == (STAGE, "visit")]
        said = [{**each["steps"][0]["answers"], "decision": "approve"} for each in items[:50]]
        records = [self.clerk.record(self.forms[KIND], each) for each in said]
        return (self.clerk.push(records) if records else answer).status_code

    def ask(self, sender: Sender) -> int:
        target = self._chance.choice(("/work", "/ref/grid", "/drafts", "/pull?cursor=", "/handover"))
        return sender.phone.get(target).status_code

    def hello(self, sender: Sender) -> int:
        sender.phone.hello()
        return self._wire.get("/api/v1/forms").status_code

    def receipts(self, sender: Sender) -> int:
        return sender.phone.post("/receipts", {"ids": []}).status_code

    def draft(self, sender: Sender) -> int:
        self._filed += 1
        target = f"/draft/01a21aa3-0bd1-77cd-b845-{self._filed % 50:012x}"
        return sender.phone.signed(
            "PUT", target, b'{"n":%d,"text":"%s"}' % (self._filed, b"a" * 3000)
        ).status_code

    def photo(self, sender: Sender) -> int:
        picture = jpeg(64 + self._chance.randrange(200), 64)
        digest = hashlib.sha256(picture).hexdigest()
        return sender.phone.signed("PUT", f"/blob/{digest}?of={len(picture)}", picture).status_code


CALLS: Mapping[str, tuple[int, Callable[[Work, Sender], int]]] = {
    "push": (8, Work.push),
    "large push": (1, Work.large_push),
    "approve": (1, Work.approve),
    "ask": (8, Work.ask),
    "hello": (3, Work.hello),
    "receipts": (4, Work.receipts),
    "draft": (4, Work.draft),
    "photo": (1, Work.photo),
}


def settled(account: Account) -> bool:
    """Whether all was answered and nothing grew; a page or two of memory more is no leak."""
    return (
        account.grown(lambda look: look.rss_mb) <= 8
        and account.grown(lambda look: look.descriptors) <= 4
        and account.most_wal_mb <= WAL_MB
    )


@pytest.mark.patient
@pytest.mark.parametrize("minutes", [3, pytest.param(60, marks=pytest.mark.full)])
def test_after_a_while_nothing_grows_any_more(tmp_path: Path, minutes: int) -> None:
    account = soak(tmp_path, minutes * 60, builds=max(1, minutes // 3), calls=200)
    assert set(account.statuses) == {200} and set(account.calls) == set(CALLS), account.statuses
    assert set(account.builds) == {0} and account.faults == ()
    seen = [(round(look.rss_mb, 1), look.descriptors, round(look.wal_mb, 1)) for look in account.looks]
    assert settled(account), seen
    if minutes >= 60:
        per_ten_minutes = account.grown(lambda look: look.rss_mb) / (minutes / 3 / 10)
        assert per_ten_minutes <= 1, seen


def test_a_build_that_never_forgets_is_found_out(tmp_path: Path) -> None:
    program = ("-m", "tests.collector.sabotaged", "never_forgets")
    account = soak(tmp_path, calls=90, pause=0, program=program)
    assert account.grown(lambda look: look.rss_mb) > 8, account
    assert account.grown(lambda look: look.descriptors) > 4, account
