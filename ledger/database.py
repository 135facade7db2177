"""The file of the ledger: locked by one writer, its promises read back, made at the first start."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Mapping
from itertools import product
from pathlib import Path

import apsw

from ledger import blobs, bookkeeping, erasure, quotes
from ledger.envelope import rfc3339
from ledger.files import sync
from ledger.signature import b64u

SCHEMA_VERSION = 1
APPLICATION_ID = 0x4D424C31  # "MBL1"
OLDEST_SQLITE = (3, 51, 3)  # the first without the WAL-reset fault
PRAGMAS: Mapping[str, object] = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: the WAL is fsynced before COMMIT returns
    "foreign_keys": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "wal_autocheckpoint": 0,  # by the store, after the answers: SQLite would not tell us that it failed
    "secure_delete": 1,  # what is erased is written over with zeros
}
CHECKPOINT_AT = 4000  # pages of the log


class StoreFault(Exception):
    """The ledger cannot be opened or written; the message says why and what to do."""


class LedgerBusy(StoreFault):
    """Another process writes this ledger."""


class LedgerMissing(StoreFault):
    """There is no ledger here yet."""


def take_lock(home: Path) -> int:
    """Become the one writer of a home; LedgerBusy says who is."""
    path = home / "ledger.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.read(handle, 200).decode("utf-8", "replace").strip() or "another process"
        os.close(handle)
        raise LedgerBusy(f"{path} is held by {holder}. Stop that first, or let it do the work.") from None
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"process {os.getpid()}, since {rfc3339(now_ms())}\n".encode(), 0)
    return handle


def open_database(home: Path) -> apsw.Connection:
    """The writer's connection; tables and identity are made where there are none."""
    path = home / "ledger.db"
    version = tuple(int(part) for part in apsw.sqlite_lib_version().split("."))
    if version < OLDEST_SQLITE:
        raise StoreFault(f"SQLite {apsw.sqlite_lib_version()} can lose a commit. Install apsw 3.54 or newer.")
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE)
    try:
        os.chmod(path, 0o600)
        db.set_busy_timeout(5000)
        _set_pragmas(db)
        _make_tables(db, home)
        check_identity(db, path)
        _add_columns(db)
        db.execute(bookkeeping.TABLE)
    except apsw.NotADBError as fault:
        db.close()
        raise StoreFault(f"{path} is not a database ({fault}). Put the backup in its place.") from fault
    except BaseException:
        db.close()
        raise
    return db


def _set_pragmas(db: apsw.Connection) -> None:
    for name, value in PRAGMAS.items():
        db.execute(f"PRAGMA {name} = {value}")
        read = db.pragma(name)
        if read != value:
            raise StoreFault(
                f"ledger.db: PRAGMA {name} reads {read!r} and must be {value!r}. Is its disk local?"
            )


def _make_tables(db: apsw.Connection, home: Path) -> None:
    if db.pragma("user_version") or db.pragma("schema_version"):
        return
    schema = Path(__file__).with_name("schema.sql").read_text("utf-8")
    with db:
        db.execute(schema + erasure.TABLE + erasure.TRIGGER)
        made = {
            "ledger": b64u(os.urandom(16)),
            "epoch": b64u(os.urandom(12)),
            "created_at": rfc3339(now_ms()),
        }
        db.executemany("INSERT INTO meta VALUES (?, ?)", list(made.items()))
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    sync(home)


def _add_columns(db: apsw.Connection) -> None:
    """What a ledger lacks that an older program made: columns of the registry, tables, its secret."""
    for table, column in product(("device", "invite"), ("organ", "came_from")):
        there = "SELECT 1 FROM pragma_table_info(?) WHERE name = ?"
        if db.execute(there, (table, column)).fetchone():
            continue
        if db.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (table,)).fetchone():
            db.execute(f"ALTER TABLE {table} ADD COLUMN {column} TEXT")
    db.execute(blobs.TABLE + quotes.TABLE)
    _make_erasable(db)
    db.execute("INSERT OR IGNORE INTO meta VALUES ('secret', ?)", (b64u(os.urandom(32)),))
    if db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'entry_id'").fetchone():
        with db:
            db.execute("CREATE UNIQUE INDEX entry_record ON entry (id, digest, state); DROP INDEX entry_id")


def _make_erasable(db: apsw.Connection) -> None:
    """The places of what is erased, and the trigger that lets exactly those go."""
    db.execute(erasure.TABLE)
    name = "disclosure_is_never_deleted"
    row = db.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (name,)).fetchone()
    if row is not None and "erased" not in str(row[0]):
        with db:
            db.execute(f"DROP TRIGGER {name}; {erasure.TRIGGER}")


def check_identity(db: apsw.Connection, path: Path) -> None:
    """Refuse what is no ledger, or one of another version."""
    if db.pragma("application_id") != APPLICATION_ID:
        raise StoreFault(f"{path} is not a ledger. Check MINGBAI_HOME.")
    if (version := db.pragma("user_version")) != SCHEMA_VERSION:
        raise StoreFault(
            f"{path} is of version {version}, this program knows {SCHEMA_VERSION}. Update the program."
        )


def now_ms() -> int:
    """The server's clock, in Unix milliseconds."""
    return time.time_ns() // 1_000_000
