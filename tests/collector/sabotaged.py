"""Collectors that break, or whose disk does, for suites that must notice.

python -m tests.collector.sabotaged HOW, then as for the collector.
"""

from __future__ import annotations

import itertools
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import apsw

from collector.commands import main
from ledger import entries
from ledger.store import Store, _Job


def acknowledge_before_commit() -> None:
    """Answer while the group is not yet on disk."""
    put, commit = Store._put, Store._commit

    def early(self: Store, job: _Job) -> Any:
        run = job.run

        def run_and_answer(store: Store) -> Any:
            result = run(store)
            job.done.set_result(result)
            return result

        job.run = run_and_answer
        return put(self, job)

    def late(self: Store) -> None:
        time.sleep(0.2)  # a kill soon after an answer comes before the commit, on a slow machine too
        commit(self)

    Store._put, Store._commit, Store._answer = early, late, lambda *_: None  # type: ignore[assignment,method-assign]


def no_dedupe() -> None:
    """Take what is known already for new."""
    opened = Store.open.__func__  # type: ignore[attr-defined]

    def forgetful(cls: type[Store], *args: Any, **kwargs: Any) -> Store:
        store: Store = opened(cls, *args, **kwargs)
        store.do(lambda store: store.db.execute("DROP INDEX IF EXISTS entry_record")).result()
        return store

    def nothing(db: Any, ids: Sequence[str]) -> dict[str, list[entries.Known]]:
        return {}

    Store.open = classmethod(forgetful)  # type: ignore[method-assign,assignment]
    entries.earlier = nothing


def forget_a_batch() -> None:
    """Promise the fiftieth batch that brings records, and keep nothing of it: phones so late send once."""
    put, batches = Store._put, itertools.count(1)

    def entries_in(store: Store) -> int:
        return int(store.db.execute("SELECT count(*) FROM entry").fetchone()[0])

    def forgetful(self: Store, job: _Job) -> Any:
        run = job.run

        def run_and_forget(store: Store) -> Any:
            before = entries_in(store)
            store.db.execute("SAVEPOINT forgotten")
            result = run(store)
            if entries_in(store) > before and next(batches) == 50:
                store.db.execute("ROLLBACK TO forgotten")
            store.db.execute("RELEASE forgotten")
            return result

        job.run = run_and_forget
        return put(self, job)

    Store._put = forgetful  # type: ignore[method-assign]


def disk_fails() -> None:
    """The tenth write meets a broken disk."""
    commit, commits = Store._commit, itertools.count(1)

    def failing(self: Store) -> None:
        if next(commits) >= 10:
            raise apsw.IOError("disk I/O error")
        commit(self)

    Store._commit = failing  # type: ignore[method-assign]


def never_forgets() -> None:
    """Each batch leaves two megabytes and an open file behind."""
    put, left = Store._put, []

    def hoarding(self: Store, job: _Job) -> Any:
        left.append((bytearray(b"x") * (2 << 20), os.open(os.devnull, os.O_RDONLY)))
        return put(self, job)

    Store._put = hoarding  # type: ignore[method-assign]


SABOTAGE: Mapping[str, Callable[[], None]] = {
    "acknowledge_before_commit": acknowledge_before_commit,
    "forget_a_batch": forget_a_batch,
    "no_dedupe": no_dedupe,
    "disk_fails": disk_fails,
    "never_forgets": never_forgets,
}

if __name__ == "__main__":
    SABOTAGE[sys.argv[1]]()
    sys.exit(main(sys.argv[2:]))
