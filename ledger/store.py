"""ledger.db: the only module that opens it. One writer with group commit; readers beside it.

What `submit` promises is promised after the fsync. One process writes, held by a lock on ledger.lock; any
process may read, each in one read transaction, through `open_ledger`.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import apsw

from ledger import asked, bookkeeping
from ledger.database import (
    CHECKPOINT_AT,
    PRAGMAS,
    LedgerBusy,
    LedgerMissing,
    StoreFault,
    check_identity,
    now_ms,
    open_database,
    take_lock,
)
from ledger.entries import Incoming, Outcome, admit, read_tail
from ledger.envelope import rfc3339, uuid7
from ledger.files import make_folder
from ledger.filing import OfficeRecord, append_filed, judged, open_office
from ledger.forms import Form, recall_form, type_changes
from ledger.keys import Keys, load_keys
from ledger.problems import Problems
from ledger.reader import Ledger, Record
from ledger.registry import Device, read_devices
from ledger.room import Room, checkpoint
from ledger.rules.agreements import AGREEMENTS, Rules

__all__ = [
    "PRAGMAS",
    "Committed",
    "DiskFull",
    "Incoming",
    "Ledger",
    "LedgerBusy",
    "LedgerMissing",
    "OfficeRecord",
    "Outcome",
    "Record",
    "Store",
    "StoreFault",
    "now_ms",
    "open_ledger",
]

MAX_GROUP = 2000
T = TypeVar("T")
DISK_FAILED = (apsw.IOError, apsw.CorruptError, apsw.NotADBError, apsw.ReadOnlyError, apsw.CantOpenError)
NO_ROOM = "The disk is full: make room, then send again."


class DiskFull(StoreFault):
    """Nothing was kept of this group; it may be sent again."""


class Committed(NamedTuple):
    """What became of a batch, and where the ledger stood when it was safe."""

    outcomes: list[Outcome]
    position: int
    chain: str
    received_at: str
    bookkeeping: str


@dataclass
class _Job:
    run: Callable[[Store], Any]
    weight: int
    alone: bool = False
    done: Future[Any] = field(default_factory=Future)


class Store:
    """The writing side of one ledger."""

    def __init__(self, home: Path, db: apsw.Connection, lock: int, keys: Keys, timezone: str) -> None:
        self.home = home
        self.keys = keys
        self.db = db
        self.room = Room.of(home)
        self.forms: dict[str, Form] = {}
        self.broken: str | None = None
        self.on_broken: Callable[[str], None] = lambda reason: None
        self.on_commit: Callable[[], None] = lambda: None
        self.safe_position: int | None = None  # up to where the second copy has it (ledger.backup.copying)
        self.safe_photos: str | None = None  # how the photos stood (Ledger.photos_stand) when it had them all
        self._lock = lock
        self._closed = False
        self._logged = 0
        self._zone = ZoneInfo(timezone)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        db.set_wal_hook(self._log_grew)
        self._writer = threading.Thread(target=self._run, name="ledger-writer", daemon=True)
        meta: dict[str, str] = dict(db.execute("SELECT key, value FROM meta").fetchall())  # type: ignore[arg-type]
        self.ledger_id, self.epoch = meta["ledger"], meta["epoch"]
        self.secret = meta["secret"].encode()
        """Names made of what records say are made with it, so that nobody can try what they might say."""
        self.tail = read_tail(db, self.ledger_id)
        self.position, self.chain = self.tail.position, self.tail.chain
        bookkeeping.begin(db)
        bookkeeping.watch(db)
        self.bookkeeping = bookkeeping.head(db, self.ledger_id)
        self.devices: Mapping[str, Device] = read_devices(db)
        self.office: Mapping[str, str] = {}
        self.current: Mapping[str, Form] = {}
        self.rules: Rules = AGREEMENTS
        self.gone: set[str] = set()  # texts that were erased, until no trace of them is left (ledger.traces)

    @classmethod
    def open(
        cls,
        home: Path,
        forms: Mapping[str, Form],
        timezone: str = "Asia/Shanghai",
        rules: Rules = AGREEMENTS,
    ) -> Store:
        """Take the lock, open or make ledger.db, read its pragmas back, learn the forms, start writing.

        `rules` keep aside what does not agree with what is kept: those of every congress, or of this one.
        """
        make_folder(home)
        lock = take_lock(home)
        try:
            keys = load_keys(home, rfc3339(now_ms())[:10])
            store = cls(home, open_database(home), lock, keys, timezone)
            store.rules = rules
        except BaseException:
            os.close(lock)
            raise
        store._writer.start()
        try:
            store.do(_read_forms).result()
            store.learn(forms)
            store.do(open_office).result()
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Finish what was submitted, then let go of file and lock."""
        if self._closed:
            return
        self._closed = True
        self._jobs.put(None)
        self._writer.join()
        try:
            self.db.close()
        finally:
            os.close(self._lock)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def submit(self, batch: Sequence[Incoming]) -> Future[Committed]:
        """Put a batch into the next group; the future is done once the group is on disk.

        While the disk has little room it is DiskFull at once: what the office and readers do goes on.
        """
        if self.room.low:
            refused: Future[Committed] = Future()
            refused.set_exception(DiskFull(NO_ROOM))
            return refused

        def run(store: Store) -> Committed:
            outcomes = admit(store.db, store.tail, batch, store.devices, store.rules)
            tail = store.tail
            return Committed(outcomes, tail.position, tail.chain, tail.received_at, store.bookkeeping)

        return self._put(_Job(run, len(batch)))

    def append(self, batch: Sequence[Incoming]) -> list[Outcome]:
        """Keep a batch and wait until it is on disk."""
        return self.submit(batch).result().outcomes

    def do(self, run: Callable[[Store], T], weight: int = 1) -> Future[T]:
        """Run anything else inside the writer's transaction, such as a change to the registry."""
        return self._put(_Job(run, weight))

    def alone(self, run: Callable[[Store], T]) -> Future[T]:
        """Run in the writer's thread, after the group, what cannot be done inside a transaction."""
        return self._put(_Job(run, 1, alone=True))

    def office_append(
        self, records: Sequence[OfficeRecord], there: frozenset[tuple[str, str]] = frozenset()
    ) -> list[Outcome]:
        """File records under the office's key: one outcome each, in order, all on disk.

        They may refer to each other by the names of their import keys, in any order, and to names that are
        `there` beside them.
        """
        names = there | {name for record in records for name in record.names()}
        outcomes: list[Outcome] = []
        for start in range(0, len(records), 500):
            # Judged here, and in slices, so that phones are not kept waiting behind a long import.
            batch = [judged(self.current, record) for record in records[start : start + 500]]
            outcomes += self.do(partial(append_filed, batch=batch, names=names), len(batch)).result()
        return outcomes

    def learn(self, forms: Mapping[str, Form]) -> None:
        """Keep the wording of every form now in force; older ones stay.

        Raises Problems where a field has changed its type under the same name: what was filed would not fit.
        """
        new = [form for form in forms.values() if form.version not in self.forms]
        older = [(old, form) for form in new for old in self.forms.values() if old.kind == form.kind]
        if changed := [problem for old, form in older for problem in type_changes(old, form)]:
            raise Problems(list(dict.fromkeys(changed)))
        if new:
            self.do(lambda store: _add_forms(store, new)).result()
        self.forms = {**self.forms, **{form.version: form for form in new}}
        self.current = dict(forms)

    def take_up_keys(self) -> None:
        """Work with the keys as they lie there now, after some were renewed."""
        keys = load_keys(self.home, rfc3339(now_ms())[:10])

        def run(store: Store) -> None:
            store.keys = keys
            open_office(store)

        self.do(run).result()

    def new_uuid(self) -> str:
        """A fresh UUIDv7."""
        return uuid7(now_ms(), os.urandom(10))

    # -- the writer's thread --

    def _put(self, job: _Job) -> Future[Any]:
        if self.broken:
            job.done.set_exception(StoreFault(self.broken))
        else:
            self._jobs.put(job)
        return job.done

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            group, ends = self._gather(job)
            self._write(group)
            if ends:
                return

    def _gather(self, first: _Job) -> tuple[list[_Job], bool]:
        """The jobs that wait already share one fsync."""
        group, weight = [first], first.weight
        while weight < MAX_GROUP:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return group, True
            group.append(job)
            weight += job.weight
        return group, False

    def _write(self, group: Sequence[_Job]) -> None:
        if inside := [job for job in group if not job.alone]:
            self._write_inside(inside)
        for job in (job for job in group if job.alone):
            try:
                job.done.set_result(job.run(self))
            except Exception as fault:
                job.done.set_exception(fault)

    def _write_inside(self, group: Sequence[_Job]) -> None:
        try:
            results = self._transact(group)
        except apsw.FullError:
            for job in group:
                job.done.set_exception(DiskFull(NO_ROOM))
        except DISK_FAILED as fault:
            self._break(
                group, f"ledger.db cannot be written ({fault}). Stop, run doctor, restore if it says so."
            )
        except Exception as fault:
            if len(group) == 1:
                group[0].done.set_exception(fault)
                return
            for job in group:
                self._write_inside([job])
        else:
            self._answer(group, results)
            self._tidy()

    def _transact(self, group: Sequence[_Job]) -> list[Any]:
        ms = now_ms()
        self.tail.received_at = rfc3339(ms)
        self.tail.year = str(datetime.fromtimestamp(ms / 1000, self._zone).year)
        self.db.execute("BEGIN IMMEDIATE")
        try:
            results = [job.run(self) for job in group]
            entered = bookkeeping.settle(self.db, self.tail.position)
            self._commit()
        except BaseException:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            self.tail = read_tail(self.db, self.ledger_id)
            self.devices = read_devices(self.db)
            raise
        self.position, self.chain = self.tail.position, self.tail.chain
        self.gone.update(self.tail.gone)
        self.tail.gone.clear()
        self.bookkeeping = entered or self.bookkeeping
        self.on_commit()
        return results

    def _commit(self) -> None:
        self.db.execute("COMMIT")

    def _answer(self, group: Sequence[_Job], results: Sequence[Any]) -> None:
        for job, result in zip(group, results, strict=True):
            job.done.set_result(result)

    def _tidy(self) -> None:
        """Once its answers are out: move a long log into the file."""
        if self._logged < CHECKPOINT_AT:
            return
        try:
            checkpoint(self.db, self.room)
        except DISK_FAILED as fault:
            self._break([], f"ledger.db cannot be tidied ({fault}). Stop, run doctor, restore if it says so.")

    def _log_grew(self, db: apsw.Connection, name: str, pages: int) -> int:
        self._logged = pages
        return apsw.SQLITE_OK

    def _break(self, group: Sequence[_Job], reason: str) -> None:
        # After a failed fsync nobody knows what is on disk: trying again could promise what is not there.
        self.broken = reason
        # So the end writes nothing more either: recovery begins with what is there.
        with suppress(apsw.Error):
            self.db.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        for job in group:
            job.done.set_exception(StoreFault(reason))
        ends = False
        with suppress(queue.Empty):
            while True:
                if (waiting := self._jobs.get_nowait()) is not None:
                    waiting.done.set_exception(StoreFault(reason))
                else:
                    ends = True
        if ends:  # who closes waits for us
            self._jobs.put(None)
        self.on_broken(reason)


@contextmanager
def open_ledger(home: Path) -> Iterator[Ledger]:
    """The ledger as it stands now, in one read transaction, beside whatever writes it."""
    path = home / "ledger.db"
    if not path.is_file():
        raise LedgerMissing(f"{path}: there is no ledger yet. Start the collector or import something first.")
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        db.set_busy_timeout(5000)
        check_identity(db, path)
        db.execute("BEGIN")
        yield Ledger(db)
    finally:
        db.close()


def _read_forms(store: Store) -> None:
    rows: list[Any] = store.db.execute("SELECT version, text FROM form ORDER BY since, version").fetchall()
    store.forms = {version: recall_form(text) for version, text in rows}
    asked.prepare(store.db, store.forms)


def _add_forms(store: Store, forms: Sequence[Form]) -> None:
    store.db.executemany(
        "INSERT OR IGNORE INTO form VALUES (?, ?, ?, ?)",
        [(form.version, form.kind, form.text, store.tail.position) for form in forms],
    )
