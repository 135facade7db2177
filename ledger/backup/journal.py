"""The segments of the journal: MINGBAI_BACKUP/journal/NNNNNN.ndjson, one line a commit group.

Lines are only ever added. What was being written when the process was killed is cut off at the next start and
written again out of the ledger, which has it. A line counts once file and folder are fsynced.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ledger import files
from ledger.backup.line import BrokenLine, LaterLine, Line, read_line
from ledger.files import make_folder, write_at

FOLDER = "journal"
_SEGMENT = re.compile(r"(\d{6})\.ndjson")


class Tail(NamedTuple):
    """Where the journal ends on disk: the segment, how long it is, and the last line."""

    segment: int
    size: int
    line: Line


class Found(NamedTuple):
    """A line as it lies there: in which segment, as which, and what it is or why it is none."""

    segment: int
    number: int
    line: Line | BrokenLine


def place(folder: Path, segment: int) -> Path:
    """The file of a segment."""
    return folder / FOLDER / f"{segment:06d}.ndjson"


def segments(folder: Path) -> list[int]:
    """The numbers of the segments that are there."""
    names = (_SEGMENT.fullmatch(path.name) for path in (folder / FOLDER).glob("*.ndjson"))
    return sorted(int(name[1]) for name in names if name)


def lines(folder: Path, first: int = 0) -> Iterator[Found]:
    """Every whole line from a segment on; a last one without its line feed was never promised to anybody."""
    for segment in segments(folder):
        if segment < first:
            continue
        with place(folder, segment).open("rb") as file:
            for number, raw in enumerate(file, 1):
                if not raw.endswith(b"\n"):
                    break
                try:
                    yield Found(segment, number, read_line(raw[:-1]))
                except BrokenLine as broken:
                    yield Found(segment, number, broken)


def find_tail(folder: Path) -> Tail | None:
    """Where the journal ends, as it lies there; None where there is no line in it. LaterLine: hands off."""
    for segment in reversed(segments(folder)):
        path = place(folder, segment)
        size = path.stat().st_size
        while (found := _last_whole(path, size)) is not None:
            raw, begins = found
            try:
                return Tail(segment, begins + len(raw) + 1, read_line(raw))
            except LaterLine:
                raise
            except BrokenLine:
                size = begins
    return None


def mend_tail(folder: Path) -> Tail | None:
    """Cut off what was not finished, and see to it that all before it is on disk."""
    tail = find_tail(folder)
    for segment in segments(folder):
        if tail is None or segment > tail.segment:
            place(folder, segment).unlink()
    if tail is not None:
        handle = os.open(place(folder, tail.segment), os.O_RDWR)
        try:
            if os.fstat(handle).st_size != tail.size:
                os.ftruncate(handle, tail.size)
            os.fsync(handle)
        finally:
            os.close(handle)
    if (folder / FOLDER).is_dir():
        files.sync(folder / FOLDER)
    return tail


def append(folder: Path, segment: int, size: int, data: bytes) -> int:
    """Put lines behind the first `size` bytes of a segment, on disk when this returns; its new size.

    OSError leaves the segment to be written again from `size` on: what was not promised does not count.
    """
    make_folder(folder / FOLDER)
    path = place(folder, segment)
    new = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        try:
            os.ftruncate(handle, size)
            write_at(handle, size, data)
            sync(handle)
        except OSError:
            with suppress(OSError):
                os.ftruncate(handle, size)
            raise
    finally:
        os.close(handle)
    if new:
        files.sync(path.parent)
    return size + len(data)


def sync(handle: int) -> None:
    """A file's bytes, on disk."""
    os.fsync(handle)


def _last_whole(path: Path, size: int) -> tuple[bytes, int] | None:
    """The last line within the first `size` bytes that has its line feed, without it; where it begins."""
    window = 1 << 16
    with path.open("rb") as file:
        while size:
            begins = max(0, size - window)
            file.seek(begins)
            data = file.read(size - begins)
            end = data.rfind(b"\n")
            start = data.rfind(b"\n", 0, end) if end > 0 else -1
            if end >= 0 and (start >= 0 or begins == 0):
                return data[start + 1 : end], begins + start + 1
            if begins == 0:
                return None
            window *= 4
    return None
