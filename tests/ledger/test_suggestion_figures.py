"""Figures lead to their rows, lose none of them, and rank nobody."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any, get_args

import pytest
from hypothesis import strategies as st

from ledger.rulebooks import Rulebook, Value, load_rulebook
from ledger.rules.suggestion.case import GRADES, Case
from ledger.rules.suggestion.figures import (
    Figure,
    Group,
    all_contradictions,
    claims_borne_out,
    delivery_rate,
    figures,
    figures_by,
    reply_rate,
    satisfaction,
    timeliness,
    verified_delivery,
)
from ledger.rules.suggestion.item import DIMENSIONS, TIMELY, Item, items, items_of_organs
from ledger.rules.suggestion.pressure import satisfied_not_delivered, satisfied_runs
from ledger.words import load_words
from tests.ledger.samples import ROOT, data
from tests.ledger.suggestions import DAYS, again, case, cases, check, drawn, given, rating, reply

BOOK = load_rulebook(ROOT / "content", "national")
LATER = date(2026, 12, 31)
SWITCH = "suggestion.non_response_excluded_from_satisfaction"
INCLUDED = Rulebook(BOOK.name, {**BOOK.values, SWITCH: Value(False)})
days = st.sampled_from(DAYS).map(date.fromisoformat)
many = st.lists(cases(), max_size=4, unique_by=lambda each: each.code)


def done(n: int, verdict: str | None = None, result: str | None = "satisfied", **more: Any) -> Case:
    """Suggestion n, claimed done by its organ; checked and rated where it is told."""
    records: dict[str, Any] = {
        "assignment": given(f"JB-{n}"),
        "reply": reply(f"DF-{n}", assignment=f"JB-{n}"),
        "onsite_check": [check(f"CY-{n}", verdict=verdict)] if verdict else [],
        "rating": [rating(f"PF-{n}", result=result, reply=f"DF-{n}", **more)] if result else [],
    }
    return case(code=f"JY-{n}", **records)


# -- nothing is lost --


@drawn(many, days, st.sampled_from([BOOK, INCLUDED]))
def test_every_figure_conserves_its_rows(given_cases: list[Case], on: date, book: Rulebook) -> None:
    known = items(given_cases, on)
    for figure in (*figures(known, book), *timeliness(known, {}, on).values()):
        assert set(figure.codes_counted) <= set(figure.codes_of)
        rows = Counter(figure.codes_of)
        for codes in figure.excluded.values():
            rows.update(codes)
        assert rows == Counter(each.code for each in given_cases) and figure.all == len(given_cases)


@drawn(many, days, st.sampled_from([BOOK, INCLUDED]))
def test_grades_share_one_base_and_with_silence_fill_it(
    given_cases: list[Case], on: date, book: Rulebook
) -> None:
    known = items(given_cases, on)
    for dimension in DIMENSIONS:
        found = satisfaction(known, dimension, book)
        silent = found["satisfied"].non_response
        assert len({each.codes_of for each in found.values()}) == 1
        in_base = [code for code in silent if code in found["satisfied"].codes_of]
        assert sum(found[grade].n for grade in GRADES) + len(in_base) == found["satisfied"].of
        assert in_base == ([] if book is BOOK else list(silent))


@drawn(many, days)
def test_delivery_is_never_more_than_claimed_nor_claimed_more_than_replied(
    given_cases: list[Case], on: date
) -> None:
    known = items(given_cases, on)
    replied, claimed, found = reply_rate(known), delivery_rate(known), verified_delivery(known)
    assert replied.codes_of == claimed.codes_of == found.codes_of
    assert set(found.codes_counted) <= set(claimed.codes_counted) <= set(replied.codes_counted)
    assert set(claims_borne_out(known).codes_of) <= set(claimed.codes_counted)


@drawn(many, days)
def test_topics_and_years_part_the_whole(given_cases: list[Case], on: date) -> None:
    for group in ("topic", "year"):
        parts = figures_by(group, given_cases, on, BOOK)
        assert sum(each.reply_rate.all for each in parts.values()) == len(given_cases)
        whole = [code for each in parts.values() for code in each.reply_rate.codes_counted]
        assert sorted(whole) == list(figures(items(given_cases, on), BOOK).reply_rate.codes_counted)


@drawn(many, days)
def test_every_suggestion_stands_under_some_organ_and_each_organ_once(
    given_cases: list[Case], on: date
) -> None:
    found = items_of_organs(given_cases, on)
    assert {item.code for own in found.values() for item in own} == {each.code for each in given_cases}
    assert all(len({item.code for item in own}) == len(own) for own in found.values())
    assert list(found) == sorted(found)


@drawn(many, days, st.randoms())
def test_the_order_of_suggestions_never_matters(given_cases: list[Case], on: date, random: Any) -> None:
    other = random.sample(given_cases, len(given_cases))
    assert figures(items(given_cases, on), BOOK) == figures(items(other, on), BOOK)
    assert figures_by("organ", given_cases, on, BOOK) == figures_by("organ", other, on, BOOK)
    assert all_contradictions(given_cases, on) == all_contradictions(other, on)


# -- what counts --


def test_answered_claimed_and_found_stand_side_by_side() -> None:
    told = [done(1, "done"), done(2, "not_done"), done(3), case(code="JY-4", assignment=given())]
    found = figures(items(told, LATER), BOOK)
    pairs = [(each.n, each.of) for each in (found.reply_rate, found.delivery_rate, found.verified_delivery)]
    assert pairs == [(3, 4), (3, 4), (1, 4)]
    assert (found.claims_borne_out.n, found.claims_borne_out.of) == (1, 2)
    assert found.claims_borne_out.excluded == {"not_checked": ("JY-3",), "not_claimed": ("JY-4",)}


def test_withdrawn_and_unassigned_suggestions_are_left_out_and_shown() -> None:
    gone = case(code="JY-2", assignment=given(), withdrawal={"code": "CH-1", "withdrawn_on": "2026-03-09"})
    refused = {"code": "SL-1", "decided_on": "2026-03-02", "decision": "refused"}
    told = [done(1), gone, case(code="JY-3"), case(code="JY-4", admission=refused)]
    found = reply_rate(items(told, LATER))
    assert (found.n, found.of) == (1, 1)
    assert found.excluded == {"withdrawn": ("JY-2",), "not_assigned": ("JY-3",), "refused": ("JY-4",)}


def test_silence_is_shown_whatever_the_rulebook_makes_of_it() -> None:
    told = items([done(1), done(2, result=None)], LATER)
    out, within = (satisfaction(told, "result", book)["satisfied"] for book in (BOOK, INCLUDED))
    assert (out.n, out.of, out.non_response, out.excluded) == (1, 1, ("JY-2",), {"non_response": ("JY-2",)})
    assert (within.n, within.of, within.non_response, within.excluded) == (1, 2, ("JY-2",), {})


def test_the_lead_deputys_last_word_counts_before_that_of_others() -> None:
    co = rating("PF-2", "2026-04-20", "not_satisfied", rater="DB-2")
    both = case(assignment=given(), reply=reply(), rating=[rating(result="basically"), co])
    others = case(assignment=given(), reply=reply(), rating=[co, rating("PF-3", "2026-04-21", rater="DB-3")])
    changed = case(
        assignment=given(), reply=reply(), rating=[rating(), rating("PF-2", "2026-04-11", "basically")]
    )
    found = [items([each], LATER)[0].grades for each in (both, others, changed)]
    assert [each and each["result"] for each in found] == ["basically", "not_satisfied", "basically"]


def test_handling_again_does_not_make_a_bad_judgement_go_away() -> None:
    told = {"assignment": given(), "reply": [reply()], "rating": [rating(result="not_satisfied")],
            "rehandling": again()}  # fmt: skip
    assert satisfaction(items([case(**told)], LATER), "result", BOOK)["not_satisfied"].n == 1
    told["reply"].append(reply("DF-2", "2026-05-01"))
    assert satisfaction(items([case(**told)], LATER), "result", BOOK)["not_satisfied"].n == 1
    told["rating"].append(rating("PF-2", "2026-05-09", reply="DF-2", stage="rehandled"))
    assert satisfaction(items([case(**told)], LATER), "result", BOOK)["satisfied"].n == 1


def test_co_handling_counts_for_the_lead_and_separate_handling_for_each() -> None:
    shared = case(code="JY-1", assignment=given(co_organs=["JG-2"]), reply=reply())
    apart = case(
        code="JY-2", assignment=[given(mode="separate"), given("JB-2", organ="JG-2", mode="separate")],
        reply=reply(),
    )  # fmt: skip
    found = figures_by("organ", [shared, apart], LATER, BOOK)
    lines = {organ: (each.reply_rate.n, each.reply_rate.of) for organ, each in found.items()}
    assert lines == {"JG-1": (2, 2), "JG-2": (0, 1)}
    assert reply_rate(items([shared, apart], LATER)).codes_counted == ("JY-1",)


def test_time_is_kept_by_the_first_reply_and_of_several_organs_by_the_last() -> None:
    due = {"JB-1": date(2026, 4, 1), "JB-2": date(2026, 4, 1)}
    late = case(code="JY-2", assignment=given(), reply=reply(on="2026-04-02"))
    two = case(
        code="JY-3", assignment=[given(mode="separate"), given("JB-2", organ="JG-2", mode="separate")],
        reply=reply(),
    )  # fmt: skip
    unknown = case(code="JY-4", assignment=given("JB-9"))
    told = items([case(assignment=given(), reply=reply()), late, two, unknown], LATER)
    found = {name: each.codes_counted for name, each in timeliness(told, due, LATER).items()}
    assert found == {
        "in_time": ("JY-1",), "waiting": (), "unknown": ("JY-4",), "late": ("JY-2",), "overdue": ("JY-3",),
    }  # fmt: skip
    assert items([two], date(2026, 4, 1))[0].timely(due, date(2026, 4, 1)) == "waiting"


def test_people_are_no_group() -> None:
    assert get_args(Group) == ("organ", "topic", "year")
    with pytest.raises(ValueError, match="take organ, topic or year"):
        figures_by("lead_deputy", [], LATER, BOOK)  # type: ignore[arg-type]


def test_contradictions_are_listed_of_withdrawn_suggestions_too() -> None:
    gone = Case(
        {"code": "JY-9"},
        {**done(9, "not_done").records, "withdrawal": [{"code": "CH-1", "withdrawn_on": "2026-05-02"}]},
    )
    found = all_contradictions([done(1, "done"), gone, done(2, "partly")], LATER)
    assert [each.suggestion for each in found] == ["JY-2", "JY-9"]


# -- pressure --


def test_a_run_of_satisfied_ratings_on_one_day_is_told_for_organ_and_rater() -> None:
    found = satisfied_runs([done(n) for n in range(5)], LATER, BOOK)
    assert [(run.by, run.who, run.within, len(run.ratings)) for run in found] == [
        ("organ", "JG-1", "day", 5), ("rater", "DB-1", "day", 5),
    ]  # fmt: skip
    assert satisfied_runs([done(n) for n in range(4)], LATER, BOOK) == ()


def test_another_judgement_on_that_day_breaks_a_run_of_which_only_the_day_is_known() -> None:
    assert satisfied_runs([*(done(n) for n in range(5)), done(9, result="basically")], LATER, BOOK) == ()


def moment(minute: int) -> str:
    return f"2026-04-10T09:{minute:02}:00+08:00"


def test_with_moments_a_run_is_within_minutes() -> None:
    close = [done(n, filed_at=moment(n)) for n in range(5)]
    assert {run.within for run in satisfied_runs(close, LATER, BOOK)} == {"minutes"}
    apart = [done(n, filed_at=moment(n * 11)) for n in range(5)]
    assert satisfied_runs(apart, LATER, BOOK) == ()
    broken = [*close[:3], done(8, result="basically", filed_at=moment(2)), *close[3:]]
    assert satisfied_runs(broken, LATER, BOOK) == ()
    after = [*close, done(8, result="basically", filed_at=moment(30))]
    assert len(satisfied_runs(after, LATER, BOOK)) == 2


def test_high_satisfaction_with_little_found_done_is_told_of_organs() -> None:
    told = [*(done(n, "not_done") for n in range(4)), *(done(n, "done") for n in (4, 5))]
    (gap,) = satisfied_not_delivered(told, LATER, BOOK)
    assert (gap.organ, gap.satisfied.n, gap.satisfied.of) == ("JG-1", 6, 6)
    assert (gap.borne_out.n, gap.borne_out.of) == (2, 6)
    assert satisfied_not_delivered(told[:4], LATER, BOOK) == ()
    assert satisfied_not_delivered([done(n, "done") for n in range(6)], LATER, BOOK) == ()


# -- the words, and real data --


def test_every_figure_and_every_reason_to_leave_out_is_a_message() -> None:
    said = load_words(ROOT / "content").messages
    known = [Item("JY-1", claimed=True), Item("JY-2"), Item("JY-3", replied=True)]
    told: list[Figure] = [*figures(known, BOOK), *timeliness(known, {}, LATER).values()]
    reasons = {"withdrawn", "refused", "transferred", "not_assigned"} | {
        w for each in told for w in each.excluded
    }
    assert {each.rule for each in told} | {f"suggestion.excluded.{why}" for why in reasons} <= set(said)
    assert {f"suggestion.figure.{name}" for name in TIMELY} <= set(said)
    assert reasons >= {"not_replied", "not_claimed", "not_checked", "non_response"}


def test_real_suggestions_are_counted_by_agency_and_year_as_straight_from_the_file() -> None:
    rows = data("suggestions-tw.json")
    told = [
        Case({
            "code": f"JY-{n}",
            "organ_as_written": (row["brought_by"] or "").strip(),
            "year_as_written": int(row["suggest_year"]) if row["suggest_year"] else None,
        })
        for n, row in enumerate(rows)
    ]  # fmt: skip
    organs = Counter((row["brought_by"] or "").strip() for row in rows)
    found = figures_by("organ", told, LATER, BOOK)
    assert {name: each.reply_rate.all for name, each in found.items()} == organs
    years = Counter(str(row["suggest_year"] or "") for row in rows)
    found = figures_by("year", told, LATER, BOOK)
    assert {name: each.reply_rate.all for name, each in found.items()} == years
    assert all(each.reply_rate.of == 0 for each in found.values())
