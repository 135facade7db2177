"""drafts.db: a private copy of what somebody is still writing, so that a lost phone loses no word of it.

It is no part of the ledger: nothing here is signed into a chain, published or backed up, and what was filed,
given up or left alone for too long is really gone. What a draft's text means, only the phone knows.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import apsw

from ledger.envelope import rfc3339
from ledger.room import Room
from ledger.store import NO_ROOM, DiskFull, StoreFault
from ledger.strict_json import write_json

FILE = "drafts.db"
KEEP_DAYS = 90
DAY_MS = 24 * 3600 * 1000
MAX_BYTES = 256 << 10
MAX_DRAFTS = 200
MAX_IN_ALL = 8 << 20
"""Of one person: every half-written form of a year fits, a phone gone wild does not."""
PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "trusted_schema": 0}
APPLICATION_ID = 0x4D424446  # "MBDF"
SCHEMA = f"""
CREATE TABLE draft (
  person   TEXT NOT NULL,
  id       TEXT NOT NULL,                   -- the id that the record will have
  n        INTEGER NOT NULL,                -- the phone's count of changes: a higher one stays
  text     TEXT,                            -- none where it was given up: the count stays
  saved_at INTEGER NOT NULL,                -- by the server's clock, in milliseconds
  device   TEXT NOT NULL,
  PRIMARY KEY (person, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX draft_age ON draft (saved_at);
PRAGMA application_id = {APPLICATION_ID};
"""
T = TypeVar("T")


class TooMany(Exception):
    """A person has as many drafts as one may have, or they weigh too much together."""


class Draft(NamedTuple):
    """One draft as it was last saved."""

    id: str
    n: int
    text: str
    saved_at: int
    device: str

    @property
    def gone_at(self) -> int:
        """When it will be thrown away unless somebody saves it again."""
        return self.saved_at + KEEP_DAYS * DAY_MS


class Saved(NamedTuple):
    """What became of a save: whether it is what is kept now, and the counter of what is."""

    kept: bool
    n: int


@dataclass
class Drafts:
    """The drafts of everybody, opened when the first one is asked for."""

    home: Path

    def __post_init__(self) -> None:
        self._turn = threading.Lock()
        self._room = Room.of(self.home)
        self._db: apsw.Connection | None = None

    def save(self, person: str, id: str, n: int, text: str, device: str, now_ms: int) -> Saved:
        """Keep a draft instead of an older save of it; TooMany where this person has all one may."""
        if self._room.low:
            raise DiskFull(NO_ROOM)

        def run(db: apsw.Connection) -> Saved:
            row: Any = db.execute(
                "SELECT n, text FROM draft WHERE person = ? AND id = ?", (person, id)
            ).fetchone()
            if row and (n < row[0] or (n == row[0] and text != row[1])):
                return Saved(False, row[0])
            others: Any = db.execute(
                "SELECT count(*), coalesce(sum(length(CAST(text AS BLOB))), 0) FROM draft"
                " WHERE person = ? AND id <> ? AND text IS NOT NULL",
                (person, id),
            ).fetchone()
            if others[0] >= MAX_DRAFTS or others[1] + len(text.encode()) > MAX_IN_ALL:
                raise TooMany
            db.execute(
                "INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?, ?, ?)",
                (person, id, n, text, now_ms, device),
            )
            return Saved(True, n)

        return self._do(run)

    def find(self, person: str, id: str) -> Draft | None:
        """One draft of a person."""
        found = self._read("AND id = ?", person, id)
        return found[0] if found else None

    def of(self, person: str) -> list[Draft]:
        """Every draft of a person, the last saved first."""
        return self._read("ORDER BY saved_at DESC, id", person)

    def _read(self, which: str, *values: str) -> list[Draft]:
        rows: list[Any] = self._do(
            lambda db: db.execute(
                "SELECT id, n, text, saved_at, device FROM draft"
                f" WHERE person = ? AND text IS NOT NULL {which}",
                values,
            ).fetchall()
        )
        return [Draft(*row) for row in rows]

    def give_up(self, person: str, id: str, now_ms: int) -> None:
        """Forget what a draft says; its count stays, so that a save under way does not bring it back."""
        self._do(
            lambda db: db.execute(
                "UPDATE draft SET text = NULL, saved_at = ? WHERE person = ? AND id = ? AND text IS NOT NULL",
                (now_ms, person, id),
            )
        )

    def filed(self, person: str, ids: Sequence[str]) -> None:
        """Forget drafts that have become records."""
        if self._db is None and not self.path.exists():
            return
        self._do(
            lambda db: db.execute(
                "DELETE FROM draft WHERE person = ? AND id IN (SELECT value FROM json_each(?))",
                (person, write_json(list(ids))),
            )
        )

    def drop_about(self, names: Collection[str]) -> int:
        """Forget the drafts that have one of these ids or name one, whoever's; how many.

        The file is written anew, so that nothing is left of drafts that were dropped before either.
        """

        def run(db: apsw.Connection) -> int:
            db.execute(
                "DELETE FROM draft WHERE EXISTS (SELECT 1 FROM json_each(?) WHERE draft.id = value"
                " OR instr(draft.text, value) > 0)",
                (write_json(sorted(names)),),
            )
            return db.changes()

        dropped = self._do(run)
        self._do(lambda db: db.execute("VACUUM"), alone=True)
        self._do(lambda db: db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall(), alone=True)
        return dropped

    def purge(self, now_ms: int) -> None:
        """Forget what nobody has saved for 90 days, on the disk too."""
        if self._db is None and not self.path.exists():
            return

        def run(db: apsw.Connection) -> None:
            db.execute("DELETE FROM draft WHERE saved_at < ?", (now_ms - KEEP_DAYS * DAY_MS,))

        self._do(run)
        self._do(lambda db: db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall(), alone=True)

    @property
    def path(self) -> Path:
        """Where they lie."""
        return self.home / FILE

    def close(self) -> None:
        """Let go of the file."""
        with self._turn:
            if self._db is not None:
                self._db.close()
                self._db = None

    def _do(self, run: Callable[[apsw.Connection], T], alone: bool = False) -> T:
        with self._turn:
            try:
                self._db = db = self._db or _opened(self.path)
                return run(db) if alone else _in_one(db, run)
            except apsw.FullError:
                raise DiskFull(NO_ROOM) from None
            except apsw.Error as fault:
                raise StoreFault(
                    f"{self.path} cannot be used ({fault}). Phones have theirs: move it away, start again."
                ) from None


def _in_one(db: apsw.Connection, run: Callable[[apsw.Connection], T]) -> T:
    """Run it in one transaction."""
    db.execute("BEGIN IMMEDIATE")
    try:
        done = run(db)
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return done


def _opened(path: Path) -> apsw.Connection:
    # Made with its mode, which SQLite then gives its log too: never readable by others, not for a moment.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        db.set_busy_timeout(5000)
        for name, value in PRAGMAS.items():
            db.execute(f"PRAGMA {name} = {value}")
            if db.pragma(name) != value:
                raise StoreFault(f"{path}: PRAGMA {name} must be {value!r}. Is its disk local?")
        if not db.pragma("schema_version"):
            with db:
                db.execute(SCHEMA)
        if db.pragma("application_id") != APPLICATION_ID:
            raise StoreFault(f"{path} is not a file of drafts. Move it away, then start again.")
    except BaseException:
        db.close()
        raise
    return db


# -- what the doctor asks --


class Census(NamedTuple):
    """How many drafts of how many persons, and when the oldest was saved; how many are kept too long."""

    drafts: int
    persons: int
    oldest: str | None
    overdue: int


@contextmanager
def _reading(path: Path) -> Iterator[apsw.Connection]:
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        db.set_busy_timeout(5000)
        yield db
    finally:
        db.close()


def census(home: Path, now_ms: int) -> Census:
    """Count the drafts of a home, beside a running server too; apsw.Error where the file is damaged."""
    with _reading(home / FILE) as db:
        damage: Any = db.execute("PRAGMA integrity_check(1)").fetchone()
        if damage != ("ok",):
            raise apsw.CorruptError(damage[0])
        row: Any = db.execute(
            "SELECT count(text), count(DISTINCT person), min(saved_at),"
            " coalesce(sum(saved_at < ?), 0) FROM draft",
            # A server purges once a day: two more are no fault of its own.
            (now_ms - (KEEP_DAYS + 2) * DAY_MS,),
        ).fetchone()
    return Census(row[0], row[1], rfc3339(row[2])[:10] if row[2] is not None else None, row[3])
