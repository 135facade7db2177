"""A second process that takes its share of the record pages, where there are many.

It is a copy of this one (fork), so it has all rows at once. Both take pieces of the work from one list, until
there are none left: whoever is faster makes more.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import threading
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

T = TypeVar("T")

MANY = 4_000
"""Records from which on it pays: below, to begin costs as much as it saves."""


def pays(records: int) -> bool:
    """Whether a helper is worth it, and safe: a copy of a process has none of its other threads."""
    return records >= MANY and threading.active_count() == 1 and len(os.sched_getaffinity(0)) > 1


class Pieces:
    """The numbers of all pieces of a work, each of which one process takes once.

    They stand in a pipe: a read of two bytes is one piece, and no other process gets the same.
    """

    def __init__(self, count: int) -> None:
        self._left, full = os.pipe()
        os.write(full, b"".join(n.to_bytes(2) for n in range(count)))
        os.close(full)

    def __iter__(self) -> Iterator[int]:
        while piece := os.read(self._left, 2):
            yield int.from_bytes(piece)

    def close(self) -> None:
        """No more are taken here."""
        os.close(self._left)


class Helper:
    """A process beside this one that does a work and tells what came of it."""

    def __init__(self, work: Callable[[], Any]) -> None:
        fork = multiprocessing.get_context("fork")
        self._told, telling = fork.Pipe(duplex=False)
        self._process: BaseProcess = fork.Process(target=_do, args=(work, telling), daemon=True)
        self._process.start()
        telling.close()

    def result(self) -> Any:
        """What the work gave, once it is done; raises what it raised."""
        try:
            well, what = self._told.recv()
        except EOFError:
            self._process.join()
            raise RuntimeError(
                f"A process that made pages was ended ({self._process.exitcode}). Is there memory enough?"
            ) from None
        if not well:
            raise what
        return what

    def end(self) -> None:
        """Leave nothing running."""
        self._process.kill()
        self._process.join()
        self._told.close()


def _do(work: Callable[[], Any], telling: Connection) -> None:
    try:
        telling.send((True, work()))
    except Exception as fault:
        try:
            telling.send((False, pickle.loads(pickle.dumps(fault))))
        except Exception:  # one that cannot travel: what it says can
            telling.send((False, RuntimeError(f"{type(fault).__name__}: {fault}")))


def beside(parent: int, work: Iterable[T]) -> Iterator[T]:
    """The same, for as long as the process that made this one is there: when it is killed, this ends."""
    for each in work:
        if os.getppid() != parent:
            os._exit(1)
        yield each
