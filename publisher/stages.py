"""A stopwatch for a build: how long each stage of it took, by name."""

from __future__ import annotations

import time


class Stages(dict[str, float]):
    """Seconds by stage, in the order in which the stages first ended."""

    def __init__(self) -> None:
        super().__init__()
        self._since = time.perf_counter()

    def done(self, name: str) -> None:
        """What went by since the stage before ended belongs to this one; a name may come again."""
        now = time.perf_counter()
        self[name] = self.get(name, 0.0) + now - self._since
        self._since = now
