"""Builds and disks that break a promise; each stands beside the harness that must notice."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any
from unittest import mock

import apsw

from ledger import database, drafts, files, room
from ledger.store import Store, StoreFault, _Job
from publisher import release

How = Callable[[], AbstractContextManager[None]]


def nothing() -> AbstractContextManager[None]:
    """An honest build."""
    return nullcontext()


@contextmanager
def log_synced_at_checkpoints_only() -> Iterator[None]:
    """synchronous=NORMAL: a commit returns before the disk has it."""
    with mock.patch.dict(database.PRAGMAS, synchronous=1):
        yield


@contextmanager
def nothing_synced() -> Iterator[None]:
    """synchronous=OFF."""
    with mock.patch.dict(database.PRAGMAS, synchronous=0):
        yield


@contextmanager
def drafts_synced_at_checkpoints_only() -> Iterator[None]:
    """The same for what is still being written."""
    with mock.patch.dict(drafts.PRAGMAS, synchronous=1):
        yield


@contextmanager
def answered_before_the_commit() -> Iterator[None]:
    """The receipt leaves while the group is not yet on disk."""

    def early(self: Store, group: Sequence[_Job]) -> list[Any]:
        for job in group:
            job.run = _answering(job, job.run)
        return transact(self, group)

    transact = Store._transact
    with mock.patch.object(Store, "_transact", early), mock.patch.object(Store, "_answer", lambda *_: None):
        yield


def _answering(job: _Job, run: Callable[[Store], Any]) -> Callable[[Store], Any]:
    def answered(store: Store) -> Any:
        result = run(store)
        if not job.done.done():
            job.done.set_result(result)
        return result

    return answered


@contextmanager
def faults_swallowed() -> Iterator[None]:
    """A commit that failed is tried once more, and taken for done."""

    def commit(self: Store) -> None:
        for _ in range(2):
            with suppress(apsw.IOError, apsw.SQLError):
                return kept(self)

    kept = Store._commit
    with mock.patch.object(Store, "_commit", commit):
        yield


@contextmanager
def faults_survived() -> Iterator[None]:
    """After a fault of the disk the writer goes on as if nothing had been."""
    with mock.patch.object(Store, "_break", lambda self, group, reason: _failed(group, reason)):
        yield


def _failed(group: Sequence[_Job], reason: str) -> None:
    for job in group:
        job.done.set_exception(StoreFault(reason))


@contextmanager
def named_before_written() -> Iterator[None]:
    """A whole file gets its name first and is synced after."""

    def whole(path: Path, data: bytes, mode: int = 0o600, synced: bool = True) -> None:
        aside = path.with_name(f".{path.name}.new")
        file = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        os.write(file, data)
        os.replace(aside, path)
        files.sync(path.parent)
        os.fsync(file)
        os.close(file)

    with mock.patch.object(files, "write_whole", whole):
        yield


@contextmanager
def ballast_in_name_only() -> Iterator[None]:
    """A file as long as the ballast, that takes no room."""

    def sparse(path: Path, size: int) -> None:
        path.touch(0o600)
        os.truncate(path, size)

    with mock.patch.object(room, "_allocate", sparse):
        yield


@contextmanager
def swapped_by_delete_and_create() -> Iterator[None]:
    """site/current is taken away, then made again."""

    def swap(site: Path, path: Path) -> None:
        (site / "current").unlink(missing_ok=True)
        (site / "current").symlink_to(path.relative_to(site))
        files.sync(site)

    with mock.patch.object(release, "swap", swap):
        yield


@contextmanager
def release_named_before_synced() -> Iterator[None]:
    """A release is put in place, and its files are left to the disk's own time."""
    with mock.patch.object(os, "sync", lambda: None):
        yield


BY_POWER_CUT: Mapping[str, How] = {
    "log_synced_at_checkpoints_only": log_synced_at_checkpoints_only,
    "nothing_synced": nothing_synced,
    "drafts_synced_at_checkpoints_only": drafts_synced_at_checkpoints_only,
    "answered_before_the_commit": answered_before_the_commit,
}
BY_FAULT: Mapping[str, How] = {"faults_swallowed": faults_swallowed, "faults_survived": faults_survived}
BY_FILES: Mapping[str, How] = {"named_before_written": named_before_written}
BY_ROOM: Mapping[str, How] = {"ballast_in_name_only": ballast_in_name_only}
BY_RELEASE: Mapping[str, How] = {
    "swapped_by_delete_and_create": swapped_by_delete_and_create,
    "release_named_before_synced": release_named_before_synced,
}
HOW: Mapping[str, How] = {"nothing": nothing, **BY_POWER_CUT, **BY_FAULT, **BY_FILES, **BY_ROOM, **BY_RELEASE}
