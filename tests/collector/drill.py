"""The restore drill: phones file, the server's disk is gone, the second copy and the phones bring all back.

A run keeps what the second disk would hold if it lost its power at each cut: of every segment only what was
fsynced. From each cut a ledger is restored with the paper; then the phones do what phones do when they meet
another epoch. `Account` says what was lost.
"""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from anyio.from_thread import start_blocking_portal

from collector import sync
from collector.server import application
from collector.state import Collector
from ledger.backup import journal
from ledger.backup.copying import SecondCopy
from ledger.backup.restore import restore
from ledger.congress import load_congress
from ledger.doctor import examine
from ledger.forms import load_forms
from ledger.keys import TO_PRINT, certified, read_receipt
from ledger.store import OfficeRecord, Store, open_ledger
from ledger.succession import read_paper
from ledger.words import Words, load_words
from tests.collector.phone import InProcess, Phone, id_of, small_congress
from tests.collector.siege import _register

DAY = "2026-11-26"
ADDRESSES = {name: f"http://127.0.0.1:{port}" for name, port in (("www", 1), ("collect", 2), ("data", 3))}


@dataclass
class Carrier:
    """A phone with what it has signed, what was acknowledged, and what it was told is in the copy."""

    phone: Phone
    epoch: str
    recovery: str
    made: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    acknowledged: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    safe: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def hear(self, receipt: Mapping[str, str], certificates: Sequence[Mapping[str, str]]) -> None:
        """Believe a receipt under a key that the pinned recovery key has certified, and no other."""
        keys = [certified(each, "receipt", self.recovery) for each in certificates]
        assert receipt["key"] in keys
        said = read_receipt(receipt)
        assert said is not None
        for each in said["results"]:
            if each["state"] != "retry":
                self.acknowledged.setdefault(each["id"], each)

    def hear_safe(self, position: int | None) -> None:
        """✓✓ for everything up to there."""
        for id, each in self.acknowledged.items():
            if position is not None and each["position"] <= position:
                self.safe.setdefault(id, each)


@dataclass(frozen=True)
class Cut:
    """A moment at which the server's disk is gone: what the second disk holds, and what phones had heard."""

    folder: Path
    acknowledged: Mapping[str, Mapping[str, Any]]
    safe: Mapping[str, Mapping[str, Any]]
    of: Mapping[int, tuple[frozenset[str], frozenset[str]]]


@dataclass(frozen=True)
class Account:
    """What came of one cut."""

    acknowledged: int
    safe: int
    safe_lost: int
    lost: int
    twice: int
    sent_again: int
    faults: tuple[str, ...]

    @property
    def kept(self) -> bool:
        """Whether every promise was kept."""
        return (self.safe_lost, self.lost, self.twice, self.faults) == (0, 0, 0, ())


class Synced:
    """What of each segment is on the second disk for certain."""

    def __init__(self) -> None:
        self.sizes: dict[str, int] = {}
        self.really = journal.sync

    def __call__(self, handle: int) -> None:
        """Count it. (Nobody cuts this machine's power: what the disk itself does is not waited for.)"""
        self.sizes[os.path.basename(os.readlink(f"/proc/self/fd/{handle}"))] = os.fstat(handle).st_size

    def cut(self, folder: Path, to: Path, chance: random.Random) -> None:
        """The folder after a power cut: of what was not synced anything may be there, or nothing."""
        shutil.copytree(folder, to)
        for path in (to / journal.FOLDER).glob("*.ndjson"):
            certain, size = self.sizes.get(path.name, 0), path.stat().st_size
            os.truncate(path, certain + chance.choice((0, chance.randint(0, max(0, size - certain)))))


@dataclass
class Run:
    """A congress whose server will be lost."""

    content: Path
    home: Path
    second: Path
    carriers: list[Carrier]
    paper: str
    words: Words
    cuts: list[Cut] = field(default_factory=list)


def file_and_cut(folder: Path, phones: int, cuts: int, rounds: int = 4, seed: int = 1) -> Run:
    """Let phones file round by round, with copies in between; cut now and then."""
    chance, synced = random.Random(seed), Synced()
    content, home, second = small_congress(folder), folder / "home", folder / "second"
    second.mkdir()
    words = load_words(content)
    with Store.open(home, load_forms(content)) as store, patch.object(journal, "sync", synced):
        copy = SecondCopy(home, second, together=True)
        copy.tell = lambda position: setattr(store, "safe_position", position)
        carriers = [_carrier(store, n) for n in range(phones)]
        run = Run(content, home, second, carriers, (home / "keys" / TO_PRINT).read_text(), words)
        copy.catch_up()
        # The office has files of its own, and cuts fall anywhere between what is filed and what is copied.
        for cut in range(cuts):
            for _ in range(rounds):
                _file(store, run, chance)
                if chance.random() < 0.2:
                    store.office_append([OfficeRecord("grid", {"name": f"第{store.position}格"})])
                if chance.random() < 0.6:
                    copy.catch_up()
                if chance.random() < 0.1:
                    copy.make_whole(DAY)
                for each in carriers:
                    if chance.random() < 0.5:
                        each.hear_safe(store.safe_position)
            if cut % 3:
                _file(store, run, chance)
            run.cuts.append(_cut(run, synced, folder / f"cut-{cut}", chance))
        copy.catch_up()
    return run


def _carrier(store: Store, n: int) -> Carrier:
    phone = Phone(client=None)  # type: ignore[arg-type]
    phone.ledger = store.ledger_id
    phone.devices = {chain: store.new_uuid() for chain in phone.spki}
    store.do(lambda store: _register(store, phone, n)).result()
    return Carrier(phone, store.epoch, store.keys.recovery)


def _file(store: Store, run: Run, chance: random.Random) -> None:
    """Some phones file a few records: new ones, corrections, some with faults."""
    form = store.current["note"]
    for each in chance.sample(run.carriers, max(1, len(run.carriers) // 2)):
        records = []
        for n in range(chance.randint(1, 3)):
            before = chance.choice(list(each.made)) if each.made and chance.random() < 0.3 else None
            answers = {"day": "2026-03-02" if chance.random() < 0.9 else "somewhen", "subject": f"第{n}条"}
            records.append(each.phone.record(form, answers, before))
        each.made |= {id_of(record): record for record in records}
        batch, writer = sync.read_push({"batch": "b", "records": records}), _writer(store, each.phone)
        incoming = [sync.judge(raw, writer, store.forms, store.ledger_id) for raw in batch.records]
        done = store.submit(incoming).result()
        told = sync.answer(batch.batch, done, store.ledger_id, store.epoch, store.keys, run.words)
        each.hear(told["receipt"], store.keys.certificates)


def _writer(store: Store, phone: Phone) -> sync.Writer:
    return sync.Writer(*(store.devices[phone.devices[chain]] for chain in ("records", "proof")))


def _cut(run: Run, synced: Synced, to: Path, chance: random.Random) -> Cut:
    synced.cut(run.second, to, chance)
    every = {id: said for each in run.carriers for id, said in each.acknowledged.items()}
    safe = {id: said for each in run.carriers for id, said in each.safe.items()}
    of = {n: (frozenset(each.made), frozenset(each.acknowledged)) for n, each in enumerate(run.carriers)}
    return Cut(to, every, safe, of)


def drill(run: Run, cut: Cut) -> Account:
    """Restore one cut, let every phone meet the new epoch, and count."""
    home = cut.folder.with_name(cut.folder.name + "-home")
    done = restore(cut.folder, home, read_paper(run.paper), DAY)
    safe_lost = _missing(home, cut.safe)
    with Store.open(home, load_forms(run.content)) as store, _door(run, store) as door:
        hello = _hello(run.carriers[0], door)
        again = sum(_meet(each, door, hello, *cut.of[n]) for n, each in enumerate(run.carriers))
    faults = [each.key for each in (*done.health.faults, *examine(home).faults)]
    with open_ledger(home) as ledger:
        there = Counter((row[1], row[6]) for row in ledger.rows())
    twice = sum(number - 1 for number in there.values())
    lost = _missing(home, cut.acknowledged, positions=False)
    shutil.rmtree(home)
    return Account(len(cut.acknowledged), len(cut.safe), safe_lost, lost, twice, again, tuple(faults))


def _missing(home: Path, promised: Mapping[str, Mapping[str, Any]], positions: bool = True) -> int:
    """How many of what was promised is not there, or not as it was promised."""
    with open_ledger(home) as ledger:
        rows = {(row[1], row[2]): (row[0], row[5]) for row in ledger.rows()}
    missing = 0
    for id, said in promised.items():
        found = rows.get((id, said["digest"]))
        missing += found is None or (positions and found != (said["position"], said["code"]))
    return missing


@contextmanager
def _door(run: Run, store: Store) -> Iterator[InProcess]:
    congress = load_congress(run.content)
    nowhere = run.home.parent
    collector = Collector(store, run.words, congress, run.content, ADDRESSES, nowhere, nowhere / "site")
    with start_blocking_portal() as portal:
        yield InProcess(application(collector), portal)


def _hello(each: Carrier, door: InProcess) -> Mapping[str, Any]:
    """What every phone hears first. Asked once for all: it is the same for each, nonce included."""
    each.phone.client = door
    said: Mapping[str, Any] = each.phone.hello()
    return said


def _meet(
    each: Carrier,
    door: InProcess,
    hello: Mapping[str, Any],
    made: frozenset[str],
    acknowledged: frozenset[str],
) -> int:
    """What a phone does: under another epoch it asks what is there, and sends what is not. How many."""
    phone, each.phone.client = each.phone, door
    phone._nonce = hello["nonce"]
    waiting = [id for id in each.made if id in made - acknowledged]
    if hello["epoch"] != each.epoch:
        delivered = sorted(acknowledged)
        has: set[str] = set()
        for start in range(0, len(delivered), 1000):
            told = phone.post("/receipts", {"ids": delivered[start : start + 1000]})
            assert told.status_code == 200, told.content
            has |= {receipt["id"] for receipt in told.json()["receipts"]}
        waiting += [id for id in each.made if id in acknowledged - has]
    for start in range(0, len(waiting), 100):
        answer = phone.push([each.made[id] for id in waiting[start : start + 100]])
        assert answer.status_code == 200, answer.content
    return len(waiting)
