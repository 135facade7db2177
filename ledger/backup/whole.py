"""A whole copy of the ledger: backups/<position>-<day>.mbk, sealed for the recovery key.

    one line of JSON in plain: positions, chain head, digests     (Head)
    33 bytes, the box's own public key
    chunks: 4 bytes of length, the highest bit set for the last; then a sealed, deflated piece of 1 MiB
    sha256 of all before, in hexadecimal, and a line feed

In the box lie the office's certificates and export key, then ledger.db. The journal goes on with `segment`,
whose first line names `line` as the one before. Without the paper the digest and the head can be checked.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

import apsw
from cryptography.hazmat.primitives.asymmetric import ec

from ledger.backup.box import POINT, Opening, Sealing
from ledger.files import make_folder, write_whole
from ledger.reader import Ledger
from ledger.sealed import NotSealed
from ledger.store import StoreFault
from ledger.strict_json import read_json, write_json

FOLDER = "backups"
VERSION = 1
PIECE = 1 << 20
NAME = re.compile(r"(\d+)-(\d{4}-\d\d-\d\d)\.mbk")
_LAST = 1 << 31
_LONGEST_HEAD = 1 << 16


@dataclass(frozen=True)
class Head:
    """What a copy says in plain of itself."""

    ledger: str
    epoch: str
    position: int
    chain: str
    line: str
    segment: int
    tables: Mapping[str, str]
    recovery: str
    made: str

    def text(self) -> str:
        """The head as it stands in the file, and as it is authenticated."""
        return write_json({"v": VERSION, **asdict(self)})


def copies(folder: Path) -> list[tuple[Path, Head]]:
    """The copies that can be told from their heads, the newest first."""
    found = []
    for path in (folder / FOLDER).glob("*.mbk"):
        if NAME.fullmatch(path.name) and (head := read_head(path)) is not None:
            found.append((path, head))
    return sorted(found, key=lambda each: (each[1].segment, each[1].position), reverse=True)


def read_head(path: Path) -> Head | None:
    """What a copy says of itself; None where it is none, or of another version."""
    try:
        with path.open("rb") as file:
            said = read_json(file.readline(_LONGEST_HEAD).decode())
        return Head(**{name: said[name] for name in Head.__annotations__}) if said["v"] == VERSION else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def days_between(day: str, later: str) -> int:
    """How many days lie between two, YYYY-MM-DD.

    >>> days_between("2026-02-28", "2026-03-02")
    2
    """
    return (date.fromisoformat(later) - date.fromisoformat(day)).days


def copy_plain(ledger: Ledger, path: Path) -> None:
    """ledger.db as one read transaction sees it, into a private file; StoreFault where it is not the same."""
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    copy = apsw.Connection(str(path))
    try:
        with copy.backup("main", ledger.connection, "main") as copying:
            while not copying.done:
                copying.step(2000)
        copy.execute("PRAGMA journal_mode = delete").fetchall()
    finally:
        copy.close()


def check_plain(path: Path, head: Head) -> None:
    """SQLite finds nothing wrong with a file, and it ends where it says; StoreFault."""
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        damage: Any = db.execute("PRAGMA integrity_check(1)").fetchone()
        counted: Any = db.execute(
            "SELECT count(*), coalesce(max(position), 0),"
            " (SELECT chain FROM entry ORDER BY position DESC LIMIT 1) FROM entry"
        ).fetchone()
    finally:
        db.close()
    want = (head.position, head.position, head.chain if head.position else None)
    if damage != ("ok",) or counted != want:
        raise StoreFault(f"A copy of ledger.db is not as it should be ({damage[0]}). Run doctor.")


def seal_copy(plain: Path, keys: Mapping[str, str], head: Head, public: str, folder: Path) -> Path:
    """Seal a file that was checked, on disk under its name when this returns, read again and compared."""
    make_folder(folder / FOLDER)
    target = folder / FOLDER / f"{head.position}-{head.made}.mbk"
    with plain.open("rb") as file:
        write_whole(target, _sealed(file, keys, head, public))
    if not intact(target):
        target.unlink()
        raise OSError(0, "what was written reads back otherwise", str(target))
    return target


def _sealed(file: BinaryIO, keys: Mapping[str, str], head: Head, public: str) -> Iterator[bytes]:
    said, total = head.text().encode(), sha256()
    sealing = Sealing(public, said)

    def counted(data: bytes) -> bytes:
        total.update(data)
        return data

    yield counted(said + b"\n" + sealing.point)
    piece = write_json(dict(keys)).encode()
    while piece:
        following = file.read(PIECE)
        box = sealing.chunk(zlib.compress(piece, 1), not following)
        yield counted((len(box) | (0 if following else _LAST)).to_bytes(4, "big") + box)
        piece = following
    yield f"{total.hexdigest()}\n".encode()


def intact(path: Path) -> bool:
    """Whether every byte of a copy is the one that was written: all that can be said without the paper."""
    total, ends = sha256(), path.stat().st_size - 65
    with path.open("rb") as file:
        while ends > 0 and (data := file.read(min(PIECE, ends))):
            total.update(data)
            ends -= len(data)
        return ends == 0 and file.read() == f"{total.hexdigest()}\n".encode()


def open_copy(path: Path, recovery: ec.EllipticCurvePrivateKey, plain: Path) -> dict[str, str]:
    """Write the ledger.db of a copy; what the office's keys need. NotSealed where it is damaged."""
    with path.open("rb") as file:
        pieces = _opened(file, recovery)
        keys: dict[str, str] = read_json(next(pieces).decode())
        handle = os.open(plain, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.writelines(pieces)
            out.flush()
            os.fsync(out.fileno())
    return keys


def _opened(file: BinaryIO, recovery: ec.EllipticCurvePrivateKey) -> Iterator[bytes]:
    said = file.readline(_LONGEST_HEAD).rstrip(b"\n")
    opening, last = Opening(recovery, file.read(POINT), said), False
    while not last:
        word = int.from_bytes(file.read(4), "big")
        last, length = bool(word & _LAST), word & (_LAST - 1)
        if not 16 < length <= 2 * PIECE:
            raise NotSealed("damaged")
        unpacking = zlib.decompressobj()
        piece = unpacking.decompress(opening.chunk(file.read(length), last), 2 * PIECE)
        if not unpacking.eof:
            raise NotSealed("damaged")
        yield piece
