"""Is there room on the disk? New records are refused while there still is some; a ballast file can make way.

At a full disk SQLite cannot even tidy its log. So a file of 64 MiB that means nothing lies in the home:
whoever deletes it, a person or the server itself, has room to go on with. It is made again when there is
enough.
"""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import apsw

from ledger.files import sync, write_at

FLOOR = 256
"""MiB that must be free for new records to be taken."""
BALLAST = 64
"""MiB of the ballast file."""
FILE = "ballast"
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
MIB = 1 << 20
log = logging.getLogger("mingbai.ledger")


@dataclass(frozen=True)
class Room:
    """The room of one home; sizes in bytes."""

    home: Path
    floor: int = FLOOR * MIB
    size: int = BALLAST * MIB

    @classmethod
    def of(cls, home: Path, env: Mapping[str, str] = os.environ) -> Room:
        """As MINGBAI_FLOOR and MINGBAI_BALLAST say, in MiB; what is no number counts as not said."""
        floor, size = (_mib(env.get(name), unless) for name, unless in _SETTINGS)
        return cls(home, floor, size)

    @property
    def free(self) -> int:
        """Bytes that we may still write."""
        disk = os.statvfs(self.home)
        return disk.f_bavail * disk.f_frsize

    @property
    def low(self) -> bool:
        """Whether new records must wait."""
        return self.free < self.floor

    @property
    def ballast(self) -> Path:
        """Where the ballast lies."""
        return self.home / FILE

    @property
    def held(self) -> int:
        """Bytes that the ballast really takes on the disk."""
        try:
            return self.ballast.stat().st_blocks * 512
        except FileNotFoundError:
            return 0

    @property
    def kept(self) -> bool:
        """Whether the ballast is there, and not in name only."""
        return self.held >= self.size

    def keep(self) -> bool:
        """Make the ballast where it lacks and room stays above the floor; whether it is there now."""
        if self.kept or self.free < self.floor + self.size:
            return self.kept
        try:
            _allocate(self.ballast, self.size)
        except OSError as fault:
            self.release()
            log.error("the ballast could not be made: %s", fault.strerror)
        return self.kept

    def release(self) -> int:
        """Let the ballast go; how many bytes that gave."""
        given = self.held
        self.ballast.unlink(missing_ok=True)
        return given


def room_now(home: Path, release: bool = False) -> Iterator[tuple[str, Mapping[str, object]]]:
    """How things stand, in words to say; first, where that is asked for, the ballast goes."""
    room = Room.of(home)
    if not home.is_dir():
        yield "doctor.no_ledger", {}
        return
    if release:
        given = room.release()
        yield ("room.released" if given else "room.nothing_to_release"), {"mib": given // MIB}
    free, floor = room.free // MIB, room.floor // MIB
    yield ("room.low" if room.low else "room.free"), {"free": free, "floor": floor, "path": str(home)}
    if not release:
        yield ("room.kept" if room.kept else "room.no_ballast"), {"mib": room.size // MIB}


def checkpoint(db: apsw.Connection, room: Room) -> None:
    """Move the log of a database into it; at a full disk the ballast makes way.

    Where even that is not enough all stays in the log, as safe as before. Other faults are raised.
    """
    for last in (False, True):
        try:
            with suppress(apsw.BusyError):
                db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
            return
        except apsw.FullError:
            given = 0 if last else room.release()
            log.error("the disk is full; the ballast gave %d MiB", given // MIB)
            if not given:
                return


def _allocate(path: Path, size: int) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    try:
        with suppress(OSError):  # some file systems cannot: then it is written
            os.posix_fallocate(file, 0, size)
        if os.fstat(file).st_blocks * 512 < size:
            # Random, since a file system that packs would keep nothing of zeros.
            for offset in range(0, size, MIB):
                write_at(file, offset, os.urandom(min(MIB, size - offset)))
        os.fsync(file)
    finally:
        os.close(file)
    sync(path.parent)


_SETTINGS = (("MINGBAI_FLOOR", FLOOR), ("MINGBAI_BALLAST", BALLAST))


def _mib(text: str | None, unless: int) -> int:
    return int(text) * MIB if text and text.isascii() and text.isdigit() else unless * MIB
