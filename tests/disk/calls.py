"""Python's own calls to the disk, recorded and struck as SQLite's are: open, write, sync, rename …

What is written through `open()` is seen when it is synced, and until then it is as good as not written.
For whole programs there is `traced`.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from tests.disk.power import Op
from tests.disk.watch import Watch


@contextmanager
def recorded(watch: Watch) -> Iterator[None]:
    """Let the calls of `os` be noted for as long as this lasts."""
    with ExitStack() as patched:
        for name, instead in _instead(watch).items():
            patched.enter_context(mock.patch.object(os, name, instead))
        yield


def _instead(watch: Watch) -> dict[str, Callable[..., Any]]:
    real = {name: getattr(os, name) for name in _NAMED}

    def opened(path: Any, flags: int, *rest: Any, dir_fd: int | None = None) -> int:
        inside = None if dir_fd is not None else watch.inside(os.fsdecode(path))
        fresh = inside is not None and bool(flags & os.O_CREAT) and not os.path.lexists(path)
        if fresh:
            watch.strike("create", inside or "", b"")
        cut = inside is not None and bool(flags & os.O_TRUNC) and not fresh
        handle: int = real["open"](path, flags, *rest, dir_fd=dir_fd)
        if fresh or cut:
            watch.note(Op("create" if fresh else "truncate", inside or ""))
        return handle

    def written(handle: int, data: Any, offset: int | None = None) -> int:
        inside = _path(watch, handle)
        at = os.lseek(handle, 0, os.SEEK_CUR) if offset is None and inside is not None else offset
        if inside is not None:
            watch.strike("write", inside, bytes(data))
        taken: int = real["write"](handle, data) if offset is None else real["pwrite"](handle, data, offset)
        if inside is not None and at is not None:
            watch.note(Op("write", inside, at, bytes(data)[:taken]))
        return taken

    def synced(handle: int) -> None:
        inside = _path(watch, handle)
        if inside is not None:
            watch.strike("sync", inside, b"")
        real["fsync"](handle)
        if inside is not None and stat.S_ISDIR(os.fstat(handle).st_mode):
            watch.note(Op("sync_folder", inside))
        elif inside is not None:
            whole = Path(f"/proc/self/fd/{handle}").read_bytes()
            for op in (Op("write", inside, 0, whole), Op("truncate", inside, len(whole)), Op("sync", inside)):
                watch.note(op)

    def cut(handle: int, length: int) -> None:
        inside = _path(watch, handle)
        if inside is not None:
            watch.strike("truncate", inside, b"")
        real["ftruncate"](handle, length)
        if inside is not None:
            watch.note(Op("truncate", inside, length))

    def synced_all() -> None:
        real["sync"]()
        watch.note(Op("sync_all"))

    def naming(kind: Any, name: str) -> Callable[..., None]:
        def call(path: Any, *rest: Any, **named: Any) -> None:
            inside = None if named.get("dir_fd") is not None else watch.inside(os.fsdecode(path))
            to = os.fsdecode(rest[0]) if name in _TWO else ""
            if inside is not None:
                watch.strike(name, inside, b"")
            real[name](path, *rest, **named)
            if name == "symlink":  # symlink(says, path)
                inside, to = watch.inside(to), os.fsdecode(path)
            elif to:
                to = watch.inside(to) or ""
            if inside is not None or to:
                watch.note(Op(kind, inside or "", to=to))

        return call

    return {
        "open": opened,
        "write": written,
        "pwrite": written,
        "fsync": synced,
        "fdatasync": synced,
        "ftruncate": cut,
        "sync": synced_all,
        **{name: naming(kind, name) for name, kind in _NAMING.items()},
    }


def _path(watch: Watch, handle: int) -> str | None:
    return watch.inside(os.readlink(f"/proc/self/fd/{handle}"))


_TWO = frozenset({"rename", "replace", "link", "symlink"})
_NAMING = {
    "rename": "rename",
    "replace": "rename",
    "link": "link",
    "symlink": "symlink",
    "mkdir": "mkdir",
    "unlink": "unlink",
    "remove": "unlink",
    "rmdir": "unlink",
}
_NAMED = ("open", "write", "pwrite", "fsync", "ftruncate", "sync", *_NAMING)
