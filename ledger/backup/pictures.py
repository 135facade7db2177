"""The bytes of photos in the second copy: photos/ab/<sha256>, each sealed for itself.

One that the ledger counts no more (it was erased) moves to photos/gone-<day>, and is deleted with age.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from ledger import blobs
from ledger.backup.box import open_box, seal
from ledger.files import make_folder, sync, write_whole
from ledger.sealed import NotSealed

FOLDER = "photos"
GONE = "gone-"


def place(folder: Path, digest: str) -> Path:
    """Where the sealed bytes of a photo lie."""
    assert blobs.DIGEST.fullmatch(digest)
    return folder / FOLDER / digest[:2] / digest


def copy_missing(home: Path, folder: Path, digests: Iterable[str], public: str) -> int:
    """Copy the photos that are not there yet; how many. One that the home has lost is the doctor's to say."""
    copied = 0
    for digest in digests:
        target, source = place(folder, digest), blobs.place(home, digest)
        if target.exists() or not source.is_file():
            continue
        for each in (folder / FOLDER, target.parent):
            make_folder(each)
        write_whole(target, seal(source.read_bytes(), public, digest.encode()))
        copied += 1
    return copied


def open_picture(folder: Path, digest: str, recovery: ec.EllipticCurvePrivateKey) -> bytes | None:
    """The bytes of a photo; None where it is not there or not as it was."""
    there = [place(folder, digest), *(folder / FOLDER).glob(f"{GONE}*/{digest}")]
    for path in there:
        try:
            data = open_box(path.read_bytes(), recovery, digest.encode())
        except (OSError, NotSealed):
            continue
        if sha256(data).hexdigest() == digest:
            return data
    return None


def set_aside(folder: Path, counted: frozenset[str], today: str) -> int:
    """Put away what the ledger counts no more; how many."""
    gone = [path for path in (folder / FOLDER).glob("[0-9a-f][0-9a-f]/*") if path.name not in counted]
    away = folder / FOLDER / f"{GONE}{today}"
    for path in gone:
        if path.name.startswith("."):
            path.unlink()
            continue
        make_folder(away)
        os.replace(path, away / path.name)
    if away.is_dir():
        sync(away)
    return len(gone)
