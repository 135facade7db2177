"""Eligibility E1 to E8, the four clarities, regional balance."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ledger.rulebooks import load_rulebook
from ledger.rules.lamps import worst
from ledger.rules.project.livelihood import (
    balance,
    clarities,
    clear,
    eligibility,
    fiscal_share,
    funded_in_full,
    funding_gap,
)
from tests.ledger.samples import ROOT

BOOK = load_rulebook(ROOT / "content", "national")
DAY = date(2026, 6, 1)

SOUND: dict[str, Any] = {
    "category": "public_facilities",
    "content": "改造老旧水管 12 公里",
    "places": ["zhuyuan-village"],
    "beneficiaries": 540,
    "total_budget": 100_000_00,
    "funding": [
        {"source": "county_fiscal", "amount": 60_000_00, "secured": True},
        {"source": "donation", "amount": 40_000_00, "secured": True},
    ],
    "land": "not_needed",
    "start_on": "2026-03-01",
    "finish_on": "2026-10-31",
    "would_proceed_anyway": False,
    "lead_organ": "water-bureau",
    "named_post": "分管副局长",
    "milestones": [{"what": "开工", "due_on": "2026-03-31"}],
    "target_indicator": "常年通水户数",
    "target_unit": "户",
    "baseline": 0.0,
    "target": 186.0,
}


def lamps(**changed: Any) -> dict[str, tuple[str, str]]:
    found = eligibility({**SOUND, **changed}, 2026, BOOK)
    return {lamp.rule: (lamp.state, lamp.why) for lamp in found}


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in SOUND.items() if name not in names}


def test_a_sound_candidate_passes_all_eight() -> None:
    found = eligibility(SOUND, 2026, BOOK)
    assert [lamp.rule for lamp in found] == [f"E{n}" for n in range(1, 9)] and worst(found) == "pass"


@pytest.mark.parametrize(
    ("rule", "changed", "expected"),
    [
        ("E1", {"funding": [{"source": "social_capital", "amount": 1}]}, ("warn", "rule.e1.warn")),
        ("E2", {"finish_on": "2027-01-01"}, ("warn", "rule.e2.warn")),
        ("E2", {"finish_on": "2027-01-01", "annual_targets": [{"year": 2027, "target": 1.0, "unit": "处"}]},
         ("warn", "rule.e2.warn")),
        ("E3", {"total_budget": 100_000_01}, ("warn", "rule.e3.sum")),
        ("E4", {"land": "pending"}, ("warn", "rule.e4.pending")),
        ("E5", {"flags": ["continuation"]}, ("warn", "rule.e5.warn")),
        ("E6", {"flags": ["major_investment"]}, ("fail", "rule.e6.fail")),
        ("E7", {"places": []}, ("unknown", "rule.e7.unknown")),
        ("E8", {"would_proceed_anyway": True}, ("warn", "rule.e8.warn")),
    ],
)  # fmt: skip
def test_each_rule_says_why(rule: str, changed: dict[str, Any], expected: tuple[str, str]) -> None:
    assert lamps(**changed)[rule] == expected


def test_what_is_not_answered_is_unknown_and_never_guessed() -> None:
    found = {lamp.rule: lamp.state for lamp in eligibility({}, 2026, BOOK)}
    assert found == {f"E{n}": "pass" if n in (5, 6) else "unknown" for n in range(1, 9)}


def test_the_share_is_of_the_total_and_not_of_what_was_found() -> None:
    rows = [{"source": "county_fiscal", "amount": 40, "secured": True}]
    assert fiscal_share({"total_budget": 100, "funding": rows}, BOOK).params == {"percent": 40}


def test_the_gap_is_the_total_less_what_is_secured() -> None:
    rows = [
        {"source": "county_fiscal", "amount": 70, "secured": True},
        {"source": "donation", "amount": 30, "secured": False},
    ]
    candidate = {"total_budget": 100, "funding": rows}
    assert funding_gap(candidate) == 30 and funding_gap({}) is None
    assert funded_in_full(candidate).params == {"gap": 30}


def test_four_clarities_say_what_is_missing() -> None:
    assert clear(SOUND, on=DAY) == 4
    found = {each.name: each.missing for each in clarities(without("named_post", "milestones"), on=DAY)}
    assert found == {"boundary": (), "duty": ("named_post",), "process": ("milestones",), "effect": ()}
    assert clear({}, on=DAY) == 0


def test_after_the_day_of_finish_the_effect_needs_its_figure() -> None:
    later = date(2026, 11, 1)
    assert clarities(SOUND, on=later)[3].missing == ("actual",)
    assert clear(SOUND, [{"actual": 0.0}], on=later) == 4


def test_balance_counts_projects_and_money_by_village_to_the_cent() -> None:
    shares = balance(
        [(2026, {"places": ["a1", "b"], "total_budget": 101}),
         (2025, {"places": ["a1", "a2"], "total_budget": 50}),
         (2020, {"places": ["c"], "total_budget": 9})],
        {"a": 100, "b": None, "c": 30},
        lambda place: place[0],
        2026,
        BOOK,
    )  # fmt: skip
    assert [(each.village, each.projects, each.amount, each.without) for each in shares] == [
        ("a", 2, 101, False), ("b", 1, 50, False), ("c", 0, 0, True),
    ]  # fmt: skip
