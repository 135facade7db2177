"""No trace of what was erased is left in the file: it is written anew, its log emptied, and looked through.

SQLite zeroes what is deleted (`secure_delete`), but its log keeps pages as they were, and a row that once
moved from one page to another may stand a second time in the gap of the first. So after an erasure the log is
cut to nothing and the salts of what is gone, 22 letters that stand nowhere else, are looked for in the bytes;
the database is made again from what lives (VACUUM) where a person asked for the erasure, where a salt is
found, and where nobody knows the salts any more: killed in between, the next start does it, since a row in
`meta` stands until it is done.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

import apsw
from ahocorasick_rs import BytesAhoCorasick

from ledger import blobs, erasure
from ledger.store import DiskFull, Store, StoreFault
from ledger.strict_json import read_json, write_json

FILES = ("ledger.db", "ledger.db-wal")
PIECE = 1 << 22
LONGEST = 100  # letters of a salt, with room
PATIENCE = 30.0
PAUSE = 0.25


def clear(store: Store, patience: float = PATIENCE, anew: bool = True) -> bool:
    """Clear away what an erasure left; False where readers kept the log from being emptied in time.

    Without `anew` the file is written anew only where that is needed. Whatever stays undone is done by the
    next call. DiskFull where there is no room to write it anew.
    """
    photos = store.do(lambda store: erasure.pending(store.db)).result()
    if photos is None:
        return True
    _unlink(store, photos)
    gone = store.do(lambda store: _unlinked(store, photos)).result()
    if anew or not gone:
        _write_anew(store)
    if not emptied(store, patience):
        return False
    if found(store.home, gone):
        _write_anew(store)
        if not emptied(store, patience):
            return False
    if left := found(store.home, gone):
        raise StoreFault(f"{left} erased answers still stand in ledger.db. Report this as a fault.")
    store.do(lambda store: _done(store, gone)).result()
    return True


def _write_anew(store: Store) -> None:
    try:
        store.alone(lambda store: store.db.execute("VACUUM")).result()
    except apsw.FullError:
        raise DiskFull("The disk is full: make room for a second ledger.db, then start again.") from None


def emptied(store: Store, patience: float = PATIENCE) -> bool:
    """Whether the log could be cut to nothing: all that read from it must have ended."""
    until = time.monotonic() + patience
    while not store.alone(_truncated).result():
        if time.monotonic() > until:
            return False
        time.sleep(PAUSE)
    return True


def _truncated(store: Store) -> bool:
    store.db.set_busy_timeout(50)  # phones wait behind this: better often and short
    try:
        row = store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except apsw.BusyError:
        return False
    finally:
        store.db.set_busy_timeout(5000)
    return row is not None and row[0] == 0


def found(home: Path, texts: Iterable[str]) -> int:
    """How many of these disclosures have left their salt in the ledger's files."""
    salts = sorted({str(read_json(text)[0]).encode() for text in texts})
    left: set[int] = set()
    if not salts:
        return 0
    automaton = BytesAhoCorasick(salts)
    for name in FILES:
        path, before = home / name, b""
        if not path.exists():
            continue
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                data = before + piece
                left |= {n for n, _, _ in automaton.find_matches_as_indexes(data, overlapping=True)}
                before = data[-LONGEST:]
    return len(left)


def _unlink(store: Store, photos: list[str]) -> None:
    """Delete the files of photos that nobody names any more, unless somebody has sent one again since."""
    here = store.do(lambda store: {each for each in photos if blobs.find(store.db, each)}).result()
    for digest in photos:
        if digest not in here:
            blobs.unlink(store.home, digest)


def _unlinked(store: Store, photos: list[str]) -> set[str]:
    """The names of photos are a trace too; what is gone by now."""
    rest = sorted(set(erasure.pending(store.db) or ()) - set(photos))
    store.db.execute("UPDATE meta SET value = ? WHERE key = ?", (write_json(rest), erasure.PENDING))
    return set(store.gone)


def _done(store: Store, gone: set[str]) -> None:
    """Nothing is left to do, but for what another erasure has added meanwhile."""
    store.gone -= gone
    if not (erasure.pending(store.db) or store.gone or store.tail.gone):
        store.db.execute("DELETE FROM meta WHERE key = ?", (erasure.PENDING,))
