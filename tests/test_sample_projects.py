"""The sample's two years of livelihood projects: each part of the story is there, and the rules say so."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from ledger.forms import load_forms
from ledger.records import read_record
from ledger.rulebooks import load_rulebook
from ledger.rules.ballot.verdict import Ballot, OptionTotals, Totals, Verdict, after_revote, decide
from ledger.rules.project import cycle as project_cycle
from ledger.rules.project import ideas, rollout
from ledger.rules.project import livelihood as livelihood_project
from ledger.rules.project import supervision as project_supervision

CONTENT = Path(__file__).parents[1] / "content"
FORMS = load_forms(CONTENT)
BOOK = load_rulebook(CONTENT, "qingxi")
TODAY = date(2026, 11, 20)

Records = dict[str, dict[str, Any]]


def of(kind: str, **where: str) -> Records:
    files = [read_record(path) for path in sorted((CONTENT / "records" / kind).glob("*.yaml"))]
    found = {file.name: dict(file.answers) for file in files}
    return {
        name: answers
        for name, answers in found.items()
        if all(answers.get(field) == value for field, value in where.items())
    }


def verdict(name: str) -> Verdict:
    said, counted = of("ballot")[name], of("ballot_result")[name]
    ballot = Ballot(
        form=said["ballot_form"],
        base=said["base"],
        seats=said["seats"],
        roster=said["roster_size"],
        present=said["present"],
        body=said["body_kind"],
        threshold=Fraction(said["threshold"]),
        strict=said["strict"],
    )
    sheets = {each: counted[each] for each in ("issued", "returned", "valid", "invalid", "blank")}
    return decide(ballot, Totals(tuple(OptionTotals(**row) for row in counted["totals"]), **sheets))


def test_an_ordinary_ballot_fills_its_seats() -> None:
    found = verdict("qingxi-2025")
    assert found.outcome == "decided" and sorted(found.selected) == ["1", "2", "3", "4", "5"]
    assert sorted(found.failed) == ["6", "7"]


def test_a_tie_at_the_cut_is_voted_on_again() -> None:
    first, second = verdict("qingxi-2026"), verdict("qingxi-2026-round2")
    assert sorted(first.tied) == ["4", "7"] and first.failed == ("8",)
    assert of("ballot")["qingxi-2026-round2"]["revote_of"] == "qingxi-2026"
    assert sorted(after_revote(first, second)) == ["1", "2", "3", "4", "5", "6"]


def test_once_too_few_pass_and_a_seat_stays_open() -> None:
    found = verdict("liuhe-2026")
    assert (sorted(found.selected), found.seats_left) == (["1", "2"], 1)


def test_a_street_council_recommends_and_selects_nothing() -> None:
    found = verdict("yunxi-2026")
    assert (found.outcome, found.selected) == ("recommended", ()) and sorted(found.recommended) == ["1", "2"]


def test_two_counts_differ_once_and_the_result_says_how_it_was_settled() -> None:
    assert [name for name, each in of("ballot_result").items() if "resolution" in each] == ["qingxi-2026"]


def test_one_project_stalls_and_no_other() -> None:
    selected = {*(f"qingxi-2025-0{n}" for n in range(1, 6)), *(f"qingxi-2026-0{n}" for n in range(1, 7))}
    stale = {
        name
        for name in selected
        if project_supervision.fresh(
            of("project_progress", candidate=name).values(), date(2026, 1, 23), TODAY, BOOK
        ).state
        == "warn"
    }
    assert stale == {"qingxi-2026-02"}


def test_a_site_changed_with_approval_and_a_scope_waits_for_it() -> None:
    found = {
        name: project_supervision.change_approved(
            change, of("project_candidate")[change["candidate"]]["total_budget"], TODAY, BOOK
        ).why
        for name, change in of("project_change").items()
    }
    assert found == {
        "qingxi-2025-01-money": "rule.change.within",
        "qingxi-2025-05-site": "rule.change.approved",
        "qingxi-2026-02-scope": "rule.change.unapproved",
    }


def test_progress_that_fell_has_its_note_and_money_is_in_order() -> None:
    for name, candidate in of("project_candidate").items():
        months = list(of("project_progress", candidate=name).values())
        assert project_supervision.only_grows(months) == (), name
        budget = max(project_supervision.budget_now(candidate, ()), candidate["total_budget"])
        for month in months:
            assert project_supervision.money_in_order(month, budget).state == "pass", name


def test_every_test_comes_after_an_inspection_and_two_open_a_rectification() -> None:
    opened = {}
    for name, evaluation in of("project_evaluation").items():
        inspections = of("project_inspection", candidate=evaluation["candidate"]).values()
        assert project_supervision.may_be_evaluated(evaluation, inspections).state == "pass", name
        if lamp := project_supervision.rectification(evaluation, TODAY, BOOK):
            opened[name] = lamp.why
    assert opened == {
        "qingxi-2025-05-mid": "rule.rectification.done",
        "qingxi-2026-02-mid": "rule.rectification.overdue",
    }


@pytest.mark.parametrize("name", of("project_cycle"))
def test_a_cycle_keeps_its_order_its_reviews_and_its_notice(name: str) -> None:
    cycle = of("project_cycle")[name]
    assert project_cycle.steps_in_order(cycle) == ()
    assert {lamp.state for lamp in project_cycle.reviewed_before_notice(cycle, BOOK)} == {"pass"}
    assert project_cycle.descriptions_in_time(cycle, BOOK).state == "pass"
    assert {lamp.state for lamp in project_cycle.organ_for_each_step(cycle)} <= {"pass", "unknown"}


def test_ideas_are_conserved_each_decided_with_a_reason_but_the_newest() -> None:
    for cycle in of("project_cycle"):
        own = of("project_idea", cycle=cycle)
        assert ideas.merges_sound(own) == ()
        assert ideas.funnel(own, of("project_candidate", cycle=cycle)).conserves
    undecided = [
        n for n, each in of("project_idea").items() if ideas.decided_with_reason(each).state != "pass"
    ]
    assert undecided == ["2026-14"]


def test_eligibility_says_what_is_odd_about_the_weak_candidates() -> None:
    odd = {
        name: [lamp.rule for lamp in livelihood_project.eligibility(each, year, BOOK) if lamp.state != "pass"]
        for name, each in of("project_candidate").items()
        for year in (int(name.split("-")[1]),)
    }
    assert odd["qingxi-2025-06"] == ["E1", "E3"] and odd["qingxi-2025-07"] == ["E3", "E4"]
    assert odd["qingxi-2026-08"] == ["E2", "E4", "E5", "E8"] and odd["qingxi-2025-01"] == []


def test_one_township_adopted_the_rule_and_never_voted() -> None:
    records = of("rollout_status").values()
    bodies = {each["body"]: each["level"] for each in records}
    found = {
        (cell.body[:2], cell.year): cell.state
        for cell in rollout.coverage(records, bodies, (2025, 2026), BOOK)
    }
    assert found[("石桥", 2025)] == found[("石桥", 2026)] == "never_voted"
    assert (found[("柳河", 2025)], found[("柳河", 2026)]) == ("never_voted", "covered")
    assert found[("青溪", 2025)] == "covered" and found[("云溪", 2026)] == "recommends"


def test_a_personal_telephone_or_the_name_of_who_had_an_idea_is_nowhere_asked() -> None:
    kinds = [form for form in FORMS.values() if form.page and (form.page.group or {}).get("zh") == "民生实事"]
    assert len(kinds) == 12
    names = {field.name for form in kinds for field in form.fields.values()}
    assert not {name for name in names if "phone" in name or "mobile" in name or name.endswith("_name")}
    idea = FORMS["project_idea"]
    assert idea.author == "never" and not idea.proof
    assert (idea.fields["text"].publish, idea.fields["area"].publish) == ("reviewed", "village")
    assert idea.fields["submitted_on"].publish == "month"


def test_a_test_among_few_residents_publishes_no_counts() -> None:
    counts = ("satisfied", "basically", "not_satisfied", "abstain", "invalid")
    when = {FORMS["project_evaluation"].fields[name].publish_when for name in counts}
    assert when == {"evaluators != 'beneficiaries' || returned >= 30"}
