"""The rules of oversight: tests of appraisals, chains and their reports, lead times, the library of rules."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.rulebooks import Rulebook, Value
from ledger.rules.calendar import STATE_COUNCIL
from ledger.rules.deadline import latest_before
from ledger.rules.oversight import appraisal, lead, library
from ledger.rules.oversight.chain import HALVES, chain
from ledger.rules.oversight.decided import carried_out
from ledger.rules.oversight.mending import STATES, counted, mending
from ledger.rules.oversight.observers import complete
from ledger.rules.oversight.opinion import handled
from tests.ledger.oversight import BOOK, SAMPLE

FIRST = date(2026, 1, 1)
days = st.integers(0, 400).map(lambda n: FIRST + timedelta(n))
sheets = st.integers(0, 60)


def iso(day: date) -> str:
    return day.isoformat()


@st.composite
def appraised(draw: st.DrawFn) -> dict[str, Any]:
    scale = draw(st.sampled_from(sorted(appraisal.SCALES)))
    grades = {name: draw(sheets) for name in appraisal.SCALES[scale]}
    invalid = draw(st.integers(0, 3))
    returned = sum(grades.values()) + invalid
    there = {"issued": returned, "present": returned, "members": returned + draw(st.integers(0, 9))}
    return {"scale": scale, **grades, "invalid": invalid, "returned": returned, **there}


@given(appraised())
def test_no_grade_is_given_by_half_or_less(test: dict[str, Any]) -> None:
    found = appraisal.grade(test, BOOK)
    scale = appraisal.SCALES[test["scale"]]
    assert found.base == sum(test[name] for name in scale)
    if found.grade in scale[:-1]:
        assert 2 * sum(test[name] for name in scale[: scale.index(found.grade) + 1]) > found.base
    if 2 * test[scale[-1]] > found.base:
        assert found.grade == scale[-1]


@given(appraised())
def test_one_more_of_the_best_never_makes_a_grade_worse(test: dict[str, Any]) -> None:
    scale = (*appraisal.SCALES[test["scale"]], "none")
    best = scale[0]
    more = {**test, best: test[best] + 1, "returned": test["returned"] + 1}
    before, after = (appraisal.grade(each, BOOK).grade for each in (test, more))
    order = (*scale[:-2], "none", scale[-2])
    assert order.index(after) <= order.index(before)


def test_the_sample_says_where_an_announced_result_is_not_what_its_counts_make() -> None:
    found = {
        name: appraisal.as_announced(answers, BOOK).state
        for (kind, name), answers in SAMPLE.items()
        if kind == "appraisal"
    }
    assert found == {
        "civil-head-2026": "pass", "health-2025": "pass", "health-2026": "pass",
        "transport-2026": "fail", "water-head-2025": "pass",
    }  # fmt: skip


# -- opinions and chains --

reports = st.lists(
    st.builds(
        lambda day, wait, says: {
            "reported_on": iso(day),
            **({"published_on": iso(day + timedelta(wait))} if wait is not None else {}),
            **({"committee_says": says} if says else {}),
        },
        days,
        st.none() | st.integers(0, 60),
        st.sampled_from([None, "accepted", "again"]),
    ),
    max_size=3,
)
opinions = st.lists(st.tuples(st.builds(lambda day: {"sent_on": iso(day)}, days), reports), max_size=3)
steps = st.lists(
    st.builds(
        lambda step, day: {"step": step, "held_on": iso(day)},
        st.sampled_from([*{half for pair in HALVES.values() for half in pair}, "follow_up", "closing"]),
        days,
    ),
    max_size=8,
)
items = st.builds(
    lambda kind, day: {"chain": kind, "started_on": iso(day)}, st.sampled_from(sorted(HALVES)), days
)


@given(items, steps, opinions, days)
def test_a_chain_never_closes_without_its_handling_report(
    item: dict[str, Any], steps: list[Any], opinions: list[Any], on: date
) -> None:
    found = chain(item, steps, [handled(opinion, each, BOOK, on) for opinion, each in opinions], on)
    if not found.closed:
        assert found.closed_on is None
        return
    assert opinions and all(day for _, day in found.halves)
    assert found.closed_on is not None and found.closed_on <= on
    for _, each in opinions:
        filed = [report for report in each if report["reported_on"] <= iso(on)]
        last = max(filed, key=lambda report: report["reported_on"])["reported_on"]
        assert any(
            report.get("published_on", "9999") <= iso(found.closed_on)
            and report.get("committee_says") != "again"
            for report in filed
            if report["reported_on"] == last
        )


@given(items, steps, opinions, days)
def test_taking_a_handling_report_away_opens_a_closed_chain(
    item: dict[str, Any], steps: list[Any], opinions: list[Any], on: date
) -> None:
    without = [handled(opinion, (), BOOK, on) for opinion, _ in opinions]
    assert not chain(item, steps, without, on).closed


@given(opinions, days)
def test_an_opinion_is_answered_in_time_or_late_and_never_both(opinions: list[Any], on: date) -> None:
    for opinion, each in opinions:
        found = handled(opinion, each, BOOK, on)
        assert found.answered == (found.state not in ("waiting", "overdue"))
        assert not found.in_time or (found.answered and not found.late)
        assert found.state != "answered_late" or found.late > 0


def test_a_report_that_was_sent_back_is_an_answer_and_finishes_nothing() -> None:
    opinion = SAMPLE["deliberation_opinion", "river-2025"]
    found = handled(opinion, [SAMPLE["handling_report", "river-2025"]], BOOK, date(2026, 11, 20))
    assert (found.state, found.answered, found.in_time, found.finished) == ("again", True, False, False)


def test_the_day_an_opinion_names_goes_before_the_rulebook() -> None:
    opinion = SAMPLE["deliberation_opinion", "library-2026"]
    assert handled(opinion, (), BOOK, date(2026, 10, 31)).state == "waiting"
    assert handled(opinion, (), BOOK, date(2026, 11, 1)).state == "overdue"


# -- lead times --


@given(days, st.integers(2, 60))
def test_a_lead_time_of_days_is_so_many_days_before(meeting: date, n: int) -> None:
    assert (meeting - latest_before(meeting, f"{n} days")).days == n


@given(days, st.integers(2, 30))
def test_a_lead_time_of_working_days_ends_on_a_day_of_work_and_is_longer(meeting: date, n: int) -> None:
    found = latest_before(meeting, f"{n} working days")
    assert (meeting - found).days >= n and STATE_COUNCIL.day(found).works


def test_a_report_that_came_late_is_late_at_each_step_by_itself() -> None:
    found = {
        each.step: (each.state, each.late)
        for each in lead.leads(SAMPLE["special_report", "roads-2026"], BOOK)
    }
    assert found == {
        "sent_to_committee_on": ("in_time", 0),
        "sent_to_sc_on": ("late", 1),
        "sent_to_members_on": ("late", 2),
    }


def test_a_congress_without_the_rule_has_no_lead_time() -> None:
    assert lead.leads(SAMPLE["special_report", "roads-2026"], Rulebook({}, {})) == ()


# -- the rest --

promised = st.builds(
    lambda due, claimed, seen, verdict: {
        "due_on": iso(due),
        **({"claimed_done_on": iso(claimed)} if claimed else {}),
        **({"verified": True, "verified_on": iso(seen), "verdict": verdict} if seen else {"verified": False}),
    },
    days,
    st.none() | days,
    st.none() | days,
    st.sampled_from(["done", "partly", "not_done"]),
)


@given(promised, days)
def test_nothing_is_kept_that_nobody_looked_at(record: dict[str, Any], on: date) -> None:
    found = mending(record, on)
    if found.state == "kept":
        assert record["verified"] and record["verdict"] == "done" and record["verified_on"] <= iso(on)
    if found.state == "due":
        assert iso(on) <= record["due_on"]


@given(st.lists(promised, max_size=9), days)
def test_the_states_of_what_was_promised_make_the_whole(records: list[Any], on: date) -> None:
    assert sum(counted(records, on).values()) == len(records) and set(counted(records, on)) == set(STATES)


def test_a_resolution_that_was_done_late_is_done() -> None:
    resolution = {"due_on": "2026-06-30"}
    done = {"followed_on": "2026-07-10", "state": "done"}
    found = carried_out(resolution, [done], date(2026, 11, 20))
    assert (found.state, found.late) == ("done", 10)


def test_a_combination_is_whole_with_both_modes_only() -> None:
    steps = [
        each
        for (kind, _), each in SAMPLE.items()
        if kind == "oversight_step" and each["item"] == "water-2026"
    ]
    assert complete(steps) == 3
    assert complete([{"modes": ["expert", "key_topic"]}]) == 0


def test_every_article_of_the_sample_rulebook_stands_in_the_library() -> None:
    documents = [
        {"code": name, **answers} for (kind, name), answers in SAMPLE.items() if kind == "rule_document"
    ]
    found = library.citations(BOOK, documents)
    assert len(found) == len(BOOK.values)
    assert [
        each.key for each in found if each.article and not each.unverified and each.document is None
    ] == []
    assert {each.document for each in found if each.key == "appraisal.secret"} == {"appraisal-rule"}


def test_a_document_that_was_taken_out_is_missed() -> None:
    book = Rulebook({}, {"a.b": Value(1, "某法第一条", unverified=False)})
    assert [each.document for each in library.citations(book, [])] == [None]
