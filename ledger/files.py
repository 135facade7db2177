"""A file that is whole or as it was before, whatever ends the program: the one way such a file is written."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

PRIVATE = 0o600


def write_whole(path: Path, data: bytes | Iterable[bytes], mode: int = PRIVATE, synced: bool = True) -> None:
    """Put `data`, whole or part by part, where `path` says: written aside, on disk, named, the name on disk.

    Raises OSError, or what making a part raises, and then what lay there before lies there still. What need
    not outlive a power cut, such as a thousand copies for a person, is not `synced`.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.new")
    try:
        file = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode)
        try:
            at = 0
            for part in (data,) if isinstance(data, bytes) else data:
                write_at(file, at, part)
                at += len(part)
            if synced:
                os.fsync(file)
        finally:
            os.close(file)
        os.replace(aside, path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    if synced:
        sync(path.parent)


def write_at(file: int, offset: int, data: bytes) -> None:
    """All of `data` at an offset: a disk that fills up takes a part, and says so only the next time."""
    rest = memoryview(data)
    while rest:
        taken = os.pwrite(file, rest, offset)
        rest, offset = rest[taken:], offset + taken


def sync(path: Path) -> None:
    """A file's bytes, or the names in a folder, on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(path: Path, mode: int = 0o700) -> None:
    """A folder that is there, its name on disk; what lacks above it is made, with the usual mode."""
    for each in reversed([each for each in (path, *path.parents) if not each.is_dir()]):
        each.mkdir(mode if each == path else 0o777, exist_ok=True)
        with suppress(PermissionError):  # a folder above that we may write and not read
            sync(each.parent)


def sync_tree(folder: Path) -> None:
    """A folder with all that lies below it, on disk: before it gets the name under which it is believed."""
    for place, _, names in os.walk(folder):
        for name in names:
            if not os.path.islink(each := os.path.join(place, name)):
                sync(Path(each))
        sync(Path(place))


def same_disk(one: Path, other: Path) -> bool:
    """Whether both lie on one device, as far as the system tells: then one broken disk takes both."""
    return one.stat().st_dev == other.stat().st_dev
