"""Money, progress, changes, oversight, the test and its rectification."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.rulebooks import load_rulebook
from ledger.rules.project import supervision as rules
from tests.ledger.samples import ROOT

BOOK = load_rulebook(ROOT / "content", "national")
DAY = date(2026, 6, 1)


def progress(month: str, percent: int, **more: Any) -> dict[str, Any]:
    return {"month": month, "reported_on": f"{month}-28", "percent": percent, "stage": "construction", **more}


def inspection(day: str, **more: Any) -> dict[str, Any]:
    return {"inspected_on": day, "step": "construction", "expert": False, "severity": "none", **more}


def counted(satisfied: int, basically: int, not_satisfied: int, **more: Any) -> dict[str, Any]:
    returned = satisfied + basically + not_satisfied + more.get("invalid", 0) + more.get("abstain", 0)
    return {
        "issued": returned, "returned": returned, "invalid": 0, "abstain": 0, "evaluated_on": "2026-05-01",
        "satisfied": satisfied, "basically": basically, "not_satisfied": not_satisfied, **more,
    }  # fmt: skip


def test_money_flows_downhill_and_within_what_was_secured() -> None:
    money = {"appropriated": 100, "received": 80, "spent": 80}
    assert rules.money_in_order(money).state == "pass"
    assert rules.money_in_order({**money, "received": 101}).params["less"] == "appropriated"
    assert rules.money_in_order(money, secured=79).params == {"over": 1}
    assert rules.money_in_order({"spent": 5, "appropriated": 4}).state == "fail"
    assert rules.money_in_order({"spent": 5}).params == {"missing": ("received", "appropriated")}


def test_progress_that_falls_is_told_whatever_order_it_comes_in() -> None:
    months = [progress("2026-05", 30), progress("2026-03", 40, spent=10), progress("2026-04", 40, spent=9)]
    assert [(lamp.params["month"], lamp.params["field"]) for lamp in rules.only_grows(months)] == [
        ("2026-04", "spent"), ("2026-05", "percent"),
    ]  # fmt: skip


def test_a_project_is_stale_after_45_days_until_it_is_in_use() -> None:
    since = date(2026, 1, 22)
    assert rules.fresh([progress("2026-04", 10)], since, date(2026, 6, 12), BOOK).state == "pass"
    assert rules.fresh([progress("2026-04", 10)], since, date(2026, 6, 13), BOOK).params == {"days": 46}
    in_use = progress("2026-04", 100, stage="operating")
    assert rules.fresh([in_use], since, date(2027, 6, 13), BOOK).why == "rule.stale.finished"


def test_news_of_tomorrow_is_no_news_today() -> None:
    assert rules.fresh([progress("2026-06", 10)], date(2026, 1, 1), DAY, BOOK).state == "warn"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"what": "site"}, "unapproved"),
        ({"what": "scope", "approved_by": "区人大常委会", "approved_on": "2026-06-02"}, "unapproved"),
        ({"what": "site", "approved_by": "区人大常委会", "approved_on": "2026-06-01"}, "approved"),
        ({"what": "money", "amount": 110}, "within"),
        ({"what": "money", "amount": 111}, "unapproved"),
        ({"what": "money"}, "unknown"),
    ],
)
def test_a_change_needs_an_approval_or_stays_within_the_limit(change: dict[str, Any], why: str) -> None:
    assert rules.change_approved(change, 100, DAY, BOOK).why == f"rule.change.{why}"


def test_the_budget_is_that_of_the_last_approved_change() -> None:
    changes = [
        {"what": "money", "amount": 120, "approved_on": "2026-05-01"},
        {"what": "money", "amount": 110, "approved_on": "2026-04-01"},
        {"what": "money", "amount": 999},
    ]
    assert rules.budget_now({"total_budget": 100}, changes) == 120
    assert rules.budget_now({"total_budget": 100}, changes[2:]) == 100


def test_nothing_is_selected_without_a_ballot_and_its_result() -> None:
    row = {"option": "1", "candidate": "hx"}
    congress = {"p": {"body_kind": "congress", "candidates": [row]}}
    street = {"p": {"body_kind": "street_council", "candidates": [row]}}
    found = [
        rules.may_be_selected("hx", ballots, results).why
        for ballots, results in (
            (congress, [{"ballot": "p"}]), (congress, []), ({}, []), (street, [{"ballot": "p"}]),
        )
    ]  # fmt: skip
    assert found == [f"rule.selected.{why}" for why in ("pass", "no_result", "no_ballot", "recommended")]


def test_nothing_is_evaluated_before_it_was_overseen() -> None:
    late, early = inspection("2026-05-02"), inspection("2026-05-01")
    assert rules.may_be_evaluated(counted(1, 0, 0), [late]).state == "fail"
    assert rules.may_be_evaluated(counted(1, 0, 0), [early, late]).params == {"n": 1}


def test_tender_and_acceptance_are_seen_by_somebody_who_knows_once_they_are_reached() -> None:
    built = [progress("2026-03", 40)]
    tender = inspection("2026-02-01", step="tender", expert=True)
    assert rules.with_an_expert([], [], BOOK) == ()
    assert [lamp.state for lamp in rules.with_an_expert(built, [], BOOK)] == ["warn"]
    done = [*built, progress("2026-09", 100, stage="handed_over")]
    assert [lamp.state for lamp in rules.with_an_expert(done, [tender], BOOK)] == ["pass", "warn"]


def test_findings_stay_open_until_mended_and_grow_overdue() -> None:
    found = [
        inspection("2026-05-01"),
        inspection("2026-05-02", severity="minor", due_on="2026-05-31"),
        inspection("2026-05-03", severity="minor", due_on="2026-06-01"),
        inspection("2026-05-04", severity="serious", due_on="2026-05-20", rectified_on="2026-05-19"),
    ]
    assert [lamp.state for lamp in rules.open_findings(found, DAY)] == ["fail", "warn"]


def test_a_published_test_is_graded_as_it_was() -> None:
    assert rules.grade(counted(182, 10, 1), BOOK).grade == "satisfied"
    assert rules.grade(counted(15, 15, 0), BOOK).grade == "basically"
    assert rules.grade(counted(0, 0, 0), BOOK) == rules.Graded("none", 0)


def test_a_rectification_opens_with_not_satisfied_and_closes_when_done() -> None:
    poor = counted(5, 5, 11)
    assert rules.rectification(counted(11, 5, 5), DAY, BOOK) is None
    stages = [{}, {"rectification_due": "2026-06-01"}, {"rectification_due": "2026-05-31"}]
    done = {"rectification_due": "2026-05-31", "rectified_on": "2026-05-30"}
    lamps = [rules.rectification({**poor, **more}, DAY, BOOK) for more in (*stages, done)]
    assert [lamp and lamp.why.rpartition(".")[2] for lamp in lamps] == ["no_day", "open", "overdue", "done"]


def test_more_returned_than_issued_is_judged_and_not_refused() -> None:
    assert rules.returned_within_issued(counted(5, 0, 0, issued=4)).params == {"over": 1}


counts = st.integers(0, 200)


@given(counts, counts, counts, counts, counts)
def test_a_grade_has_more_than_half_of_its_base_behind_it(
    s: int, b: int, n: int, a: int, invalid: int
) -> None:
    found = rules.grade(counted(s, b, n, abstain=a, invalid=invalid), BOOK)
    behind = {"satisfied": s, "basically": s + b, "not_satisfied": n, "none": found.base}
    assert found.base == s + b + n + a and (behind[found.grade] * 2 > found.base or found.grade == "none")
