"""A ledger at work, with its drafts, and the account of what it had promised."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from unittest import mock

import apsw

from collector import sync
from ledger.doctor import examine
from ledger.drafts import Drafts
from ledger.entries import Incoming, Outcome
from ledger.forms import Form, load_forms
from ledger.store import OfficeRecord, Store, StoreFault, open_database
from tests.collector.phone import Phone
from tests.collector.siege import _enter

PERSON = "DB-2026-AAA0"
CHECKPOINT_AT = 64  # pages: so that a short history has many checkpoints
NOW = 1_772_000_000_000


class Saved(NamedTuple):
    """A draft as its save was answered: its count and its text, none where it was given up."""

    id: str
    n: int
    text: str | None


Promise = Outcome | Saved


@dataclass
class Promises:
    """What was promised, each at the moment it was: `clock` tells the moment."""

    clock: Callable[[], int] = itertools.count().__next__
    made: list[tuple[int, Promise]] = field(default_factory=list)
    asked: dict[int, int] = field(default_factory=dict)
    """For each promise by its place in `made`, when it was asked for."""
    _asked: int = 0

    def ask(self) -> None:
        """Whatever is promised next was asked for now."""
        self._asked = self.clock()

    def make(self, promise: Promise) -> None:
        self.asked[len(self.made)] = self._asked
        self.made.append((self.clock(), promise))

    def by(self, moment: int) -> list[Promise]:
        """Those that had been made at a moment."""
        return [promise for at, promise in self.made if at <= moment]


@dataclass
class Author:
    """A phone, and how its records reach a store without a network."""

    phone: Phone
    form: Form
    forms: Mapping[str, Form]
    chance: Random

    def batch(self, store: Store, size: int) -> list[Incoming]:
        """New records, signed by the phone and judged as the collector judges them."""
        writer = sync.Writer(*(store.devices[self.phone.devices[each]] for each in ("records", "proof")))
        long = "字" * self.chance.choice((10, 300, 1500))
        answers = [{"day": "2026-03-02", "subject": f"第{n}条", "text": long} for n in range(size)]
        raw = [self.phone.record(self.form, each) for each in answers]
        return [sync.judge(each, writer, self.forms, store.ledger_id) for each in raw]


def enrolled(content: Path, home: Path, seed: int = 1) -> Author:
    """A home with keys, a ledger and one phone."""
    client = _enter(content, home, 1)[0]
    forms = load_forms(content)
    return Author(client.phone, client.form, {form.version: form for form in forms.values()}, Random(seed))


def opened(content: Path, home: Path) -> Store:
    """The real store."""
    return Store.open(home, load_forms(content))


@contextmanager
def small_log() -> Iterator[None]:
    """Checkpoints often."""
    with mock.patch("ledger.store.CHECKPOINT_AT", CHECKPOINT_AT):
        yield


def work(store: Store, author: Author, promises: Promises, rounds: int) -> int:
    """Phones send, the office files, somebody drafts; how many calls were refused or failed."""
    drafts, failed = Drafts(store.home), 0
    steps = _steps(store, author, promises, drafts)
    try:
        for _ in range(rounds):
            promises.ask()
            try:
                next(steps)()
            except StoreFault:
                failed += 1
    finally:
        with suppress(StoreFault, apsw.Error):
            drafts.close()
    return failed


def _steps(store: Store, author: Author, promises: Promises, drafts: Drafts) -> Iterator[Callable[[], None]]:
    chance, known = author.chance, itertools.count(1)
    last: dict[str, int] = {}

    def send() -> None:
        sent = store.submit(author.batch(store, chance.randrange(1, 4)))
        answered = threading.Event()

        def note(done: Any) -> None:  # in the writer's thread, at the very moment of the promise
            if done.exception() is None:
                for outcome in done.result().outcomes:
                    promises.make(outcome)
            answered.set()

        sent.add_done_callback(note)
        assert answered.wait(60)
        sent.result()

    def file() -> None:
        for outcome in store.office_append([OfficeRecord("grid", {"name": f"第{next(known)}格"})]):
            promises.make(outcome)

    def draft() -> None:
        id, n = f"draft-{chance.randrange(5)}", next(known)
        text = "草" * chance.choice((20, 900))
        if drafts.save(PERSON, id, n, text, "d", NOW + n).kept:
            last[id] = n
            promises.make(Saved(id, n, text))

    def give_up() -> None:
        for id in list(last)[:1]:
            drafts.give_up(PERSON, id, NOW)
            promises.make(Saved(id, last.pop(id), None))

    def purge() -> None:
        drafts.purge(NOW)

    while True:
        yield chance.choices((send, file, draft, give_up, purge), (8, 2, 4, 1, 1))[0]


# -- the account --


@dataclass(frozen=True)
class Account:
    """What became of promises: how many there were, how many are lost, and what else is wrong."""

    promised: int = 0
    lost: int = 0
    faults: tuple[str, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether every word was kept."""
        return not self.lost and not self.faults


def account(home: Path, promises: Sequence[Promise]) -> Account:
    """Open what a disk holds as the program does, and look for every promise. The doctor is not asked."""
    lost, faults = 0, []
    try:
        kept, damage = _entries(home)
        lost += sum(
            kept.get(each.position) != (each.id, each.digest, each.code, each.stored)
            for each in promises
            if isinstance(each, Outcome)
        )
        faults += damage
        drafts = _drafts(home)
    except (StoreFault, apsw.Error, UnicodeError) as fault:
        return Account(len(promises), 0, (f"cannot be opened: {fault}",))
    newest = {each.id: each for each in promises if isinstance(each, Saved)}
    lost += sum(not _stands(drafts.get(each.id), each) for each in newest.values())
    return Account(len(promises), lost, tuple(faults))


def content_with(content: Path, home: Path) -> tuple[str, ...]:
    """Start the real store there and ask the doctor: its faults, or why it does not start."""
    try:
        opened(content, home).close()
    except Exception as fault:
        return (f"does not start: {fault}",)
    return tuple(each.key for each in examine(home).faults if each.key != "doctor.space")


def _entries(home: Path) -> tuple[dict[int, tuple[Any, ...]], list[str]]:
    db = open_database(home)
    try:
        rows: list[Any] = db.execute("SELECT position, id, digest, code, state FROM entry").fetchall()
        return {row[0]: tuple(row[1:]) for row in rows}, _damage(db)
    finally:
        db.close()


def _drafts(home: Path) -> dict[str, tuple[int, str | None]]:
    drafts = Drafts(home)
    if not drafts.path.exists():
        return {}
    try:
        rows: list[Any] = drafts._do(lambda db: db.execute("SELECT id, n, text FROM draft").fetchall())
        if damage := drafts._do(_damage):
            raise apsw.CorruptError(damage[0])
        return {row[0]: (row[1], row[2]) for row in rows}
    finally:
        drafts.close()


def _damage(db: apsw.Connection) -> list[str]:
    rows: list[Any] = db.execute("PRAGMA integrity_check(3)").fetchall()
    return [row[0] for row in rows if row[0] != "ok"]


def _stands(found: tuple[int, str | None] | None, promised: Saved) -> bool:
    """A draft is kept when it is there as it was saved, or changed after that."""
    if found is None:
        return promised.text is None
    return found[0] > promised.n or found == (promised.n, promised.text) or found[1] is None
