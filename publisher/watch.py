"""Notices that something has to be built again: a file changed, the ledger grew, or the day did."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

EVERY = 1.0
"""Seconds between two looks."""


def local_day(timezone: str = "Asia/Shanghai") -> date:
    """The day it is where the congress sits."""
    return datetime.now(ZoneInfo(timezone)).date()


def fingerprint(paths: Iterable[Path]) -> frozenset[tuple[str, int, int]]:
    """Every file under the paths with its time and size; hidden ones and editors' leftovers do not count."""
    return frozenset(each for path in paths for each in _files(path))


def _files(path: Path) -> Iterator[tuple[str, int, int]]:
    try:
        if path.is_dir():
            for entry in os.scandir(path):
                if not entry.name.startswith((".", "~", "#")) and not entry.name.endswith(
                    ("~", ".swp", ".tmp")
                ):
                    yield from _files(Path(entry.path))
        else:
            stat = path.stat()
            yield str(path), stat.st_mtime_ns, stat.st_size
    except OSError:
        return  # it has just gone: that is a change, too, and is seen by what is missing


async def watch(
    paths: Iterable[Path],
    on_change: Callable[[], Awaitable[None] | None],
    *,
    position: Callable[[], object] = lambda: None,
    today: Callable[[], date] = local_day,
    every: float = EVERY,
) -> None:
    """Call on_change, in a thread of its own unless it is a coroutine function, whenever something changed.
    Never ends.

    A change counts when things have been quiet for one look, so that a copy of many files is one change;
    what changes during on_change is looked at again afterwards. `position` is where the ledger stands.
    """
    paths = list(paths)

    async def look() -> object:
        return await asyncio.to_thread(lambda: (fingerprint(paths), position(), today()))

    built = seen = await look()
    while True:
        await asyncio.sleep(every)
        now = await look()
        if now == seen and now != built:
            built = now
            if asyncio.iscoroutinefunction(on_change):
                await on_change()
            else:
                await asyncio.to_thread(on_change)
        seen = now
