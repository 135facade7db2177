"""Coverage: a rule adopted but never used for a ballot is a state of its own."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ledger.rulebooks import load_rulebook
from ledger.rules.project.rollout import STAGES, coverage, covered_share
from tests.ledger.samples import ROOT

BOOK = load_rulebook(ROOT / "content", "national")


def states(*reached: tuple[int, str], level: str = "township") -> list[str]:
    records = [{"body": "柳河镇", "year": year, "stage": stage} for year, stage in reached]
    return [cell.state for cell in coverage(records, {"柳河镇": level}, (2024, 2025, 2026), BOOK)]


@pytest.mark.parametrize(
    ("reached", "expected"),
    [
        ([], ["unknown", "unknown", "unknown"]),
        ([(2025, "none")], ["unknown", "none", "none"]),
        ([(2025, "rule_drafted")], ["unknown", "drafting", "drafting"]),
        ([(2024, "rule_adopted")], ["never_voted", "never_voted", "never_voted"]),
        ([(2024, "rule_adopted"), (2025, "candidates_set")], ["never_voted", "under_way", "never_voted"]),
        ([(2025, "ideas_open"), (2025, "balloted")], ["unknown", "covered", "not_this_year"]),
        ([(2024, "evaluated"), (2026, "implementing")], ["covered", "not_this_year", "covered"]),
    ],
)
def test_each_year_has_its_own_state(reached: list[tuple[int, str]], expected: list[str]) -> None:
    assert states(*reached) == expected


def test_a_sub_district_recommends_and_is_never_covered() -> None:
    assert states((2025, "balloted"), level="street") == ["unknown", "recommends", "recommends"]


@pytest.mark.parametrize("stage", STAGES)
def test_only_a_ballot_makes_coverage(stage: str) -> None:
    assert (states((2024, stage))[0] == "covered") == (stage in ("balloted", "implementing", "evaluated"))


def test_a_body_nobody_told_of_counts_below_the_line() -> None:
    records = [{"body": "柳河镇", "year": 2026, "stage": "balloted"}]
    cells = coverage(records, {"柳河镇": "township", "石桥镇": "township", "区": "county"}, (2026,), BOOK)
    assert covered_share(cells, "township", 2026) == Fraction(1, 2)
    assert covered_share(cells, "county", 2026) == 0 and covered_share(cells, "township", 2020) is None
