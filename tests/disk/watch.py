"""What was asked of the disk below one folder, in order; and a strike that may come before any call."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.disk.power import Op

Strike = Callable[[str, str, bytes], bytes | None]
"""Before a call: its name (read, write, truncate, sync, delete, rename …), its path, its bytes. It may raise,
or end the process. Bytes that it gives are written in the place of the others, and then the disk is full."""


def nothing(call: str, path: str, data: bytes) -> None:
    """No strike."""


@dataclass
class Watch:
    """The ops of one folder, as `power` reads them."""

    folder: Path
    strike: Strike = nothing
    ops: list[Op] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def note(self, op: Op) -> None:
        with self.lock:
            self.ops.append(op)

    def inside(self, path: str) -> str | None:
        """A path below the folder, as the model of the disk calls it; the folder itself is the empty one."""
        absolute = Path(path).absolute()
        if not absolute.is_relative_to(self.folder):
            return None
        inside = absolute.relative_to(self.folder).as_posix()
        return "" if inside == "." else inside
