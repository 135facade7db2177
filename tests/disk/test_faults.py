"""A disk that fails at any call: never acknowledged and lost, never damaged, never retried into a lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.collector.phone import small_congress
from tests.disk import sabotage
from tests.disk.faults import KINDS, Struggle

pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # SQLite ignores some
IN_CI = 10  # strikes of each kind
FULL = 50


@pytest.fixture
def struggle(folder: Path) -> Struggle:
    return Struggle(small_congress(folder), folder)


def strike_all(struggle: Struggle, name: str, number: int) -> None:
    kind = KINDS[name]
    for k in struggle.sample(kind, number):
        struck = struggle.run(kind, k)
        assert struck.at and struck.honest, (name, k, struck)
        assert kind.goes_on or (struck.stopped and not struck.after), (name, k, struck)
        assert not kind.goes_on or struck.after or k > 50, (name, k, struck)


@pytest.mark.parametrize("name", KINDS)
def test_a_fault_at_any_call_loses_nothing_and_an_error_of_the_disk_stops_the_writer(
    struggle: Struggle, name: str
) -> None:
    strike_all(struggle, name, IN_CI)


@pytest.mark.full
@pytest.mark.parametrize("name", KINDS)
def test_three_hundred_faults_lose_nothing(struggle: Struggle, name: str) -> None:
    strike_all(struggle, name, FULL)


@pytest.mark.parametrize("name", ["EIO on sync", "ENOSPC"])
def test_a_fault_under_drafts_loses_no_draft_and_stops_no_record(struggle: Struggle, name: str) -> None:
    kind = KINDS[name]
    for k in struggle.sample(kind, 5, files="drafts.db"):
        struck = struggle.run(kind, k, files="drafts.db")
        assert struck.at and struck.honest and not struck.stopped, (name, k, struck)


@pytest.mark.parametrize("name", sabotage.BY_FAULT)
def test_a_fault_that_is_not_taken_seriously_is_found_out(struggle: Struggle, name: str) -> None:
    kind = KINDS["EIO on sync"]
    struck = [struggle.run(kind, k, sabotage.BY_FAULT[name]) for k in struggle.sample(kind, 8)]
    assert any(not each.honest or each.after for each in struck), struck
