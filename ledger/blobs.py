"""Where the bytes of photos lie: MINGBAI_HOME/blobs, each under its digest; and the table that counts them.

A photo counts once its row is in ledger.db; the file was on disk, whole and fsynced, before that. What is
still coming lies apart, one file for each person and photo, so that nobody writes into another's.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.files import make_folder, sync, write_at
from ledger.formats import PHOTO

if TYPE_CHECKING:
    from apsw import Connection

    from ledger.forms import Form

TABLE = """
CREATE TABLE IF NOT EXISTS blob (           -- a photo that is there, whole
  digest      TEXT PRIMARY KEY,             -- sha256 of its bytes, in hexadecimal; the name of its file
  bytes       INTEGER NOT NULL,
  type        TEXT NOT NULL,
  person      TEXT NOT NULL,                -- who sent it first
  received_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS blob_is_never_changed BEFORE UPDATE ON blob
  BEGIN SELECT RAISE (ABORT, 'a photo is never changed'); END;
"""
DAY = 24 * 3600
UNFINISHED_DAYS = 14
DIGEST = re.compile("[0-9a-f]{64}")
_PHOTO = re.compile(PHOTO[1:-1])


@dataclass(frozen=True)
class Blob:
    """A photo that is there, as ledger.db counts it."""

    digest: str
    bytes: int
    type: str
    person: str
    received_at: str


def digest_in(name: object) -> str | None:
    """The digest in an answer that names a photo.

    >>> digest_in("sha256-" + 64 * "a") == 64 * "a", digest_in("sha256-../../etc/passwd")
    (True, None)
    """
    return name[7:] if isinstance(name, str) and _PHOTO.fullmatch(name) else None


def named(fields: Iterable[str], answers: Mapping[str, Any]) -> list[str]:
    """The digests of the photos that answers name, in order, each once."""
    values = [value for name in fields if isinstance(several := answers.get(name), list) for value in several]
    return list(dict.fromkeys(digest for value in values if (digest := digest_in(value))))


def photo_fields(forms: Iterable[Form]) -> dict[str, list[str]]:
    """For each kind the fields that hold photos, in any of its wordings."""
    found: dict[str, dict[str, None]] = {}
    for form in forms:
        for name, asked in form.fields.items():
            if asked.type == "photos":
                found.setdefault(form.kind, {})[name] = None
    return {kind: list(names) for kind, names in found.items()}


# -- rows --


def add(db: Connection, blob: Blob) -> None:
    """Count a photo; one that is counted already stays as it is."""
    db.execute("INSERT OR IGNORE INTO blob VALUES (?, ?, ?, ?, ?)", tuple(vars(blob).values()))


def find(db: Connection, digest: str) -> Blob | None:
    """The row of a photo."""
    row: Any = db.execute("SELECT * FROM blob WHERE digest = ?", (digest,)).fetchone()
    return Blob(*row) if row else None


def read(db: Connection) -> dict[str, Blob]:
    """Every photo that is there; none in a ledger from before there were photos."""
    if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'blob'").fetchone():
        return {}
    rows: list[Any] = db.execute("SELECT * FROM blob ORDER BY digest").fetchall()
    return {row[0]: Blob(*row) for row in rows}


def sent_since(db: Connection, person: str, since: str) -> int:
    """How many bytes of photos a person has sent since a moment."""
    row: Any = db.execute(
        "SELECT coalesce(sum(bytes), 0) FROM blob WHERE person = ? AND received_at >= ?", (person, since)
    ).fetchone()
    return int(row[0])


# -- files --


def place(home: Path, digest: str) -> Path:
    """Where the bytes of a photo lie."""
    assert DIGEST.fullmatch(digest)
    return home / "blobs" / digest[:2] / digest


def part(home: Path, person: str, digest: str) -> Path:
    """Where the bytes of a photo gather that one person is sending."""
    assert DIGEST.fullmatch(digest)
    return home / "blobs" / ".parts" / f"{sha256(person.encode()).hexdigest()[:16]}-{digest}"


def size(path: Path) -> int:
    """How many bytes lie there; 0 where there is nothing."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def unfinished(home: Path, person: str) -> int:
    """How many bytes of photos lie there that one person has begun to send."""
    mine = sha256(person.encode()).hexdigest()[:16]
    return sum(size(path) for path in (home / "blobs" / ".parts").glob(f"{mine}-*"))


def write_part(path: Path, offset: int, data: bytes) -> None:
    """Put bytes at a place of what gathers, the last ones there; where that fails it is as it was before."""
    _folder(path.parent)
    before = size(path)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        try:
            write_at(file, offset, data)
            os.ftruncate(file, offset + len(data))
        except OSError:
            with suppress(OSError):
                os.ftruncate(file, min(before, offset))
            if not offset:
                path.unlink(missing_ok=True)
            raise
    finally:
        os.close(file)


def settle(path: Path, target: Path) -> None:
    """What has gathered gets its place: on disk first, then by a rename that is on disk as well."""
    sync(path)
    _folder(target.parent)
    os.replace(path, target)
    sync(target.parent)


def unsettle(target: Path, path: Path) -> None:
    """Take a photo back that could not be counted, so that it can be tried again."""
    with suppress(OSError):
        os.replace(target, path)


def unlink(home: Path, digest: str) -> None:
    """Delete a photo, the copies and the note beside it, and what somebody has begun to send of it."""
    lying = place(home, digest)
    for path in (*lying.parent.glob(f"*{digest}*"), *(home / "blobs" / ".parts").glob(f"*-{digest}")):
        path.unlink(missing_ok=True)
    if lying.parent.is_dir():
        sync(lying.parent)


def sweep(home: Path, now: float) -> int:
    """Forget what was begun and not gone on with for two weeks; how many."""
    old = [
        path
        for path in (home / "blobs" / ".parts").glob("*")
        if path.stat().st_mtime < now - UNFINISHED_DAYS * DAY
    ]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def kept(home: Path) -> Iterator[Path]:
    """The file of every photo that lies there."""
    for path in sorted((home / "blobs").glob("[0-9a-f][0-9a-f]/*")):
        if DIGEST.fullmatch(path.name):
            yield path


def digest_of_file(path: Path) -> str:
    """sha256 of a file's bytes."""
    total = sha256()
    with path.open("rb") as file:
        while data := file.read(1 << 20):
            total.update(data)
    return total.hexdigest()


def _folder(path: Path) -> None:
    for each in (path.parent, path):
        make_folder(each)
