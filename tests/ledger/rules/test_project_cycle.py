"""The six steps, what comes before the agenda, and the margin of candidates."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.rulebooks import load_rulebook
from ledger.rules.project import cycle as rules
from tests.ledger.samples import ROOT

BOOK = load_rulebook(ROOT / "content", "national")


def cycle(**begun: str) -> dict[str, Any]:
    rows = [
        {"step": step, "actual_from": day, "organ_as_written": "区人大常委会"} for step, day in begun.items()
    ]
    return {"steps": rows}


def test_steps_stand_in_the_order_of_the_seed_and_three_phases() -> None:
    assert [step for phase in rules.PHASES.values() for step in phase] == list(rules.STEPS)


def test_a_cycle_in_order_has_nothing_to_say_and_is_where_it_last_began() -> None:
    found = cycle(
        ballot="2026-01-20", solicitation="2025-09-01", shortlisting="2025-11-01", deliberation="2026-01-19"
    )
    assert rules.steps_in_order(found) == ()
    assert rules.current_step(found, date(2026, 1, 19)) == "deliberation"
    assert rules.current_step(found, date(2025, 8, 31)) is None
    assert list(rules.by_step(found)) == list(rules.STEPS[:4])


def test_a_step_that_was_skipped_or_came_early_is_told() -> None:
    found = rules.steps_in_order(
        cycle(solicitation="2025-11-02", shortlisting="2025-11-01", ballot="2026-01-20")
    )
    assert [(lamp.why, lamp.params["step"]) for lamp in found] == [
        ("rule.step.skipped", "deliberation"), ("rule.step.early", "shortlisting"),
    ]  # fmt: skip


def test_each_step_needs_an_organ() -> None:
    rows = [{"step": "solicitation", "organ": "water-bureau"}, {"step": "ballot"}]
    states = [lamp.state for lamp in rules.organ_for_each_step({"steps": rows})]
    assert states == ["pass", "unknown", "unknown", "warn", "unknown", "unknown"]


def test_both_reviews_come_before_the_notice() -> None:
    days = {
        "party_review_on": "2026-01-03",
        "executive_meeting_on": "2026-01-04",
        "agenda_notice_on": "2026-01-05",
    }
    assert [lamp.state for lamp in rules.reviewed_before_notice(days, BOOK)] == ["pass", "pass"]
    late = {**days, "executive_meeting_on": "2026-01-05"}
    assert [lamp.state for lamp in rules.reviewed_before_notice(late, BOOK)] == ["pass", "fail"]
    assert [lamp.state for lamp in rules.reviewed_before_notice({}, BOOK)] == ["unknown", "unknown"]


def test_descriptions_come_a_week_ahead_or_ten_days_where_the_local_rule_says_so() -> None:
    days = {"descriptions_delivered_on": "2026-01-12", "session_on": "2026-01-20"}
    qingxi = load_rulebook(ROOT / "content", "qingxi")
    assert rules.descriptions_in_time(days, BOOK).state == "pass"
    assert rules.descriptions_in_time(days, qingxi).state == "fail"
    assert rules.descriptions_in_time({}, BOOK).state == "unknown"


@given(
    st.dictionaries(st.sampled_from(rules.STEPS), st.dates(date(2025, 1, 1), date(2026, 12, 31)), max_size=6)
)
def test_steps_begun_in_order_with_none_left_out_are_never_faulted(days: dict[str, date]) -> None:
    sorted_days = sorted(days.values())
    steps = dict(zip(rules.STEPS, (day.isoformat() for day in sorted_days), strict=False))
    assert rules.steps_in_order(cycle(**steps)) == ()
