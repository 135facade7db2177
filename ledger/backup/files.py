"""A file of the second copy that is whole and on disk, or not there; and whether that disk is another."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from ledger.keys import sync_folder


def same_disk(home: Path, folder: Path) -> bool:
    """Whether both lie on one device, as far as the system tells: then one broken disk takes both."""
    return home.stat().st_dev == folder.stat().st_dev


def make_folder(path: Path) -> None:
    """A folder for its owner only, and listed on disk."""
    if path.is_dir():
        return
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    sync_folder(path.parent)


def write_synced(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file aside, fsync it, give it its name, fsync the folder; what fails leaves nothing."""
    aside = path.with_name(f".{path.name}.unfinished")
    try:
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    except BaseException:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
