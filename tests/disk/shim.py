"""An SQLite that records what it asks of the disk, and may be struck at any call.

A VFS of APSW that stands before the system's own for as long as `watching` lasts: every database that the
program opens meanwhile goes through it, without knowing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from tests.disk.calls import recorded
from tests.disk.power import Op
from tests.disk.watch import Strike, Watch, nothing

JOURNALS = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL | apsw.SQLITE_OPEN_WAL


class _File(apsw.VFSFile):
    def __init__(self, watch: Watch, name: Any, flags: list[int]) -> None:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self.watch, self.path = watch, watch.inside(path) if path else None
        fresh = bool(path) and not os.path.exists(path)
        super().__init__("unix", name, flags)
        self.syncs_its_name = fresh and bool(flags[0] & JOURNALS)
        if fresh and self.path:
            watch.note(Op("create", self.path))

    def xRead(self, amount: int, offset: int) -> bytes:
        self._struck("read")
        return super().xRead(amount, offset)

    def xWrite(self, data: bytes, offset: int) -> None:
        short = self._struck("write", bytes(data))
        if short is not None:
            self._write(short, offset)
            raise apsw.FullError("struck: a short write")
        self._write(bytes(data), offset)

    def _write(self, data: bytes, offset: int) -> None:
        super().xWrite(data, offset)
        self._note(Op("write", self.path or "", offset, data))

    def xTruncate(self, size: int) -> None:
        self._struck("truncate")
        super().xTruncate(size)
        self._note(Op("truncate", self.path or "", size))

    def xSync(self, flags: int) -> None:
        self._struck("sync")
        super().xSync(flags)
        self._note(Op("sync", self.path or ""))
        if self.syncs_its_name:  # as the system's VFS does for a journal that it has made
            self._note(Op("sync_folder", _parent(self.path or "")))
            self.syncs_its_name = False

    def _struck(self, call: str, data: bytes = b"") -> bytes | None:
        return self.watch.strike(call, self.path, data) if self.path else None

    def _note(self, op: Op) -> None:
        if self.path:
            self.watch.note(op)


class _Vfs(apsw.VFS):
    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        super().__init__("watched", "unix", makedefault=True)

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        return _File(self.watch, name, flags)

    def xDelete(self, name: str, syncdir: bool) -> None:
        path = self.watch.inside(name)
        if path:
            self.watch.strike("delete", path, b"")
        super().xDelete(name, syncdir)
        if path:
            self.watch.note(Op("unlink", path))
            if syncdir:
                self.watch.note(Op("sync_folder", _parent(path)))


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


@contextmanager
def watching(folder: Path, strike: Strike = nothing) -> Iterator[Watch]:
    """Watch every database below a folder that is opened from now on, and what Python itself does there."""
    watch = Watch(folder.absolute(), strike)
    vfs = _Vfs(watch)
    try:
        with recorded(watch):
            yield watch
    finally:
        vfs.unregister()
