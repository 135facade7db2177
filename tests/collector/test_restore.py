"""The server's disk is gone: the second copy and the phones bring back all that was ever acknowledged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.backup import copying, journal
from ledger.backup import restore as restoring
from tests.collector.drill import Account, drill, file_and_cut


def drilled(folder: Path, phones: int, cuts: int, rounds: int = 4, seed: int = 1) -> list[Account]:
    run = file_and_cut(folder, phones, cuts, rounds, seed)
    return [drill(run, cut) for cut in run.cuts]


def test_nothing_acknowledged_is_lost_whenever_the_disk_is(tmp_path: Path) -> None:
    accounts = drilled(tmp_path, phones=20, cuts=3)
    assert all(account.kept for account in accounts), accounts
    # The drill is one only where the copy lags behind, and something was told to be in it.
    assert any(account.sent_again for account in accounts) and all(account.safe for account in accounts)


@pytest.mark.full
def test_nothing_acknowledged_is_lost_at_fifty_moments(tmp_path: Path) -> None:
    accounts = drilled(tmp_path, phones=100, cuts=50, rounds=1, seed=50)
    assert all(account.kept for account in accounts), accounts
    assert sum(account.sent_again for account in accounts) > 100


# -- builds that must be found out --


def told_before_it_is_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "append", _without_sync(journal.append))


def _without_sync(append: Any) -> Any:
    def unsynced(*args: Any) -> Any:
        sync, journal.sync = journal.sync, lambda handle: None
        try:
            return append(*args)
        finally:
            journal.sync = sync

    return unsynced


def the_epoch_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restoring, "new_epoch", lambda db, position: "")


def a_line_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    append, calls = copying.SecondCopy._append, iter(range(1000))

    def forgetful(self: Any, ledger: Any, step: Any, end: Any, public: str) -> Any:
        if step.ends > step.begins and next(calls) == 2:
            self.tell(step.ends)
            return copying.replace(end, position=step.ends, chain=step.chain)
        return append(self, ledger, step, end, public)

    monkeypatch.setattr(copying.SecondCopy, "_append", forgetful)


def the_registry_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    names = copying.small_tables
    monkeypatch.setattr(copying, "small_tables", lambda ledger: [n for n in names(ledger) if n != "device"])


SABOTAGE = (told_before_it_is_on_disk, the_epoch_stays, a_line_is_left_out, the_registry_is_left_out)


@pytest.fixture(params=SABOTAGE, ids=lambda each: each.__name__)
def sabotaged(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    request.param(monkeypatch)
    yield


def test_a_sabotaged_build_is_found_out(tmp_path: Path, sabotaged: None) -> None:
    try:
        accounts = drilled(tmp_path, phones=4, cuts=3)
    except (AssertionError, restoring.CannotRestore):
        return
    assert not all(account.kept for account in accounts), accounts
