"""An empty home, the paper and the second copy -> a ledger of a new epoch.

Everything is made beside the home and gets its name by one rename: what is cut short has changed nothing. The
new epoch tells phones to send again what this ledger lacks; the new keys are certified by the paper, so that
they believe its receipts.
"""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import apsw
from cryptography.hazmat.primitives.asymmetric import ec

from ledger import blobs, bookkeeping, erasure
from ledger.backup import journal, pictures, whole
from ledger.backup.derived import derive_asked, derive_heads
from ledger.backup.line import Line
from ledger.backup.replay import Built, Gap, replay, settle
from ledger.database import open_database
from ledger.doctor import Health, examine
from ledger.files import make_folder, sync, write_whole
from ledger.keys import CERTIFICATES, write_private
from ledger.sealed import NotSealed, key_name
from ledger.signature import b64u, spki
from ledger.store import StoreFault
from ledger.succession import NotThePaper, keep_export, succeed


class CannotRestore(StoreFault):
    """Nothing was restored; the message says why and what to do."""


@dataclass(frozen=True)
class Restored:
    """What was put together, out of what, and what is missing."""

    position: int
    known: int
    copy: str | None
    lines: int
    epoch: str
    photos: int
    photos_missing: int
    notes: tuple[str, ...]
    health: Health


def restore(folder: Path, home: Path, recovery: ec.EllipticCurvePrivateKey, today: str) -> Restored:
    """Put the newest ledger that the second copy gives into an empty home. CannotRestore, NotThePaper."""
    if not folder.is_dir():
        raise CannotRestore(f"{folder}: there is no second copy. Mount the second disk, or give its folder.")
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise CannotRestore(f"{home}: is not empty. Give an empty folder with --home, or move that one away.")
    unfinished = home.with_name(f"{home.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700, parents=True)
    try:
        done = _put_together(folder, unfinished, recovery, today)
        _name(unfinished, home)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return done


def _put_together(folder: Path, home: Path, recovery: ec.EllipticCurvePrivateKey, today: str) -> Restored:
    notes: list[str] = []
    built, copy = _newest(folder, home, recovery, notes)
    with built.db:
        notes += [f"table {name}: of a later program, left out" for name in settle(built)]
        derive_heads(built.db)
        erasure.replay(built.db)  # before anybody can read it
        derive_asked(built.db)
        epoch = new_epoch(built.db, built.position)
        counted = blobs.read(built.db)
    built.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    built.db.close()
    _keys(home, built.keys, recovery, today)
    brought = sum(_photo(folder, home, digest, recovery) for digest in counted)
    known = [found.line.head for found in journal.lines(folder) if isinstance(found.line, Line)]
    return Restored(
        position=built.position,
        known=max([built.position, *(head.ends for head in known if head.epoch == built.epoch)]),
        copy=copy,
        lines=built.lines,
        epoch=epoch,
        photos=brought,
        photos_missing=len(counted) - brought,
        notes=tuple(notes),
        health=examine(home),
    )


def new_epoch(db: apsw.Connection, position: int) -> str:
    """Tell phones, by another epoch, that this ledger went on from an earlier place; the last step."""
    epoch = b64u(os.urandom(12))
    db.execute("INSERT OR REPLACE INTO meta VALUES ('epoch', ?)", (epoch,))
    bookkeeping.enter(db, position)
    return epoch


def _newest(
    folder: Path, home: Path, recovery: ec.EllipticCurvePrivateKey, notes: list[str]
) -> tuple[Built, str | None]:
    """The newest good whole copy with the lines after it; else the journal from its beginning."""
    plain = home / "ledger.db"
    for path, head in whole.copies(folder):
        if head.recovery != key_name(spki(recovery.public_key())):
            raise NotThePaper(
                "This recovery key is of another ledger: the second copy was not sealed for it."
            )
        try:
            keys = whole.open_copy(path, recovery, plain)
            whole.check_plain(plain, head)
        except (OSError, NotSealed, ValueError, StopIteration, zlib.error, StoreFault, apsw.Error):
            notes.append(f"{path.name}: damaged; an older copy, or the journal alone, has to serve")
            plain.unlink(missing_ok=True)
            continue
        built = Built(_opened(home), head.ledger, head.epoch, head.position, head.chain, head.line, keys)
        _follow(folder, head.segment, built, recovery, notes)
        return built, path.name
    built = Built(_opened(home), "", "", 0, "", "")
    _follow(folder, 0, built, recovery, notes)
    if not built.lines:
        built.db.close()
        raise CannotRestore("\n".join([f"{folder}: nothing here can be restored with this paper.", *notes]))
    return built, None


def _opened(home: Path) -> apsw.Connection:
    db = open_database(home)
    # What an erasure takes away must not stay behind in free pages.
    db.execute("PRAGMA secure_delete = 1").fetchall()
    return db


def _follow(
    folder: Path, segment: int, built: Built, recovery: ec.EllipticCurvePrivateKey, notes: list[str]
) -> None:
    with built.db:
        try:
            replay(folder, segment, built, recovery)
        except Gap as gap:
            notes.append(f"{gap}. What follows is left out")


def _keys(home: Path, kept: Mapping[str, str], recovery: ec.EllipticCurvePrivateKey, today: str) -> None:
    folder = home / "keys"
    folder.mkdir(mode=0o700)
    write_private(folder / CERTIFICATES, kept[CERTIFICATES])
    if text := kept.get("export.pem"):
        keep_export(folder, text)
    succeed(home, recovery, today)


def _photo(folder: Path, home: Path, digest: str, recovery: ec.EllipticCurvePrivateKey) -> bool:
    data = pictures.open_picture(folder, digest, recovery)
    if data is None:
        return False
    path = blobs.place(home, digest)
    for each in (path.parent.parent, path.parent):
        make_folder(each)
    write_whole(path, data)
    return True


def _name(unfinished: Path, home: Path) -> None:
    """Under its name, as a whole: an empty folder gives way to a rename."""
    sync(unfinished)
    try:
        os.rename(unfinished, home)
    except OSError as fault:
        raise CannotRestore(
            f"{home}: cannot be put in place ({fault.strerror}). Give a folder inside the disk, not the disk."
        ) from fault
    sync(home.parent)
