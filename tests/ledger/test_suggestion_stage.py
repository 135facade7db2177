"""Where a suggestion stands, what comes next, in which lane; what is claimed and what is found."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import strategies as st

from ledger.rulebooks import load_rulebook
from ledger.rules.suggestion.case import OUTCOMES, VERDICTS, Case
from ledger.rules.suggestion.handling import handlings
from ledger.rules.suggestion.outcome import contradictions, outcome, replied_again
from ledger.rules.suggestion.promise import promises
from ledger.rules.suggestion.stage import STAGES, next_steps, stage
from ledger.rules.suggestion.track import green_deadline, lane, lanes, retrack, track_lamps
from ledger.words import load_words
from tests.ledger.samples import ROOT
from tests.ledger.suggestions import DAYS, again, case, cases, check, drawn, given, rating, reply

BOOK = load_rulebook(ROOT / "content", "national")
LATER = date(2026, 12, 31)
days = st.sampled_from(DAYS).map(date.fromisoformat)


def now(suggestion: Case, on: str = "2026-12-31") -> str:
    return stage(suggestion, date.fromisoformat(on)).stage


def must(suggestion: Case, on: date = LATER) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(each.kind, each.role, each.who) for each in next_steps(suggestion, on) if each.must]


def admission(decision: str, on: str = "2026-03-01", code: str = "SL-1") -> dict[str, Any]:
    return {"code": code, "decision": decision, "decided_on": on}


# -- the stage --


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ({}, "submitted"),
        ({"admission": admission("refused")}, "refused"),
        ({"admission": admission("transferred_as_letter")}, "transferred"),
        ({"admission": admission("returned_for_revision")}, "returned_for_revision"),
        ({"admission": admission("accepted")}, "admitted"),
        ({"admission": admission("accepted"), "assignment": given()}, "assigned"),
        ({"assignment": given(), "reply": reply()}, "replied"),
        ({"assignment": given(), "reply": reply(), "rating": rating()}, "rated"),
        ({"assignment": given(), "reply": reply(), "onsite_check": check()}, "closed"),
        ({"assignment": given(), "reply": reply(), "onsite_check": check(verdict="partly")}, "checked"),
        ({"assignment": given(), "withdrawal": {"code": "CH-1", "withdrawn_on": "2026-03-09"}}, "withdrawn"),
    ],
)  # fmt: skip
def test_each_stage_is_told(records: dict[str, Any], expected: str) -> None:
    assert now(case(**records)) == expected


def test_what_was_returned_for_revision_and_then_accepted_is_admitted() -> None:
    twice = [admission("accepted", "2026-03-09", "SL-2"), admission("returned_for_revision")]
    assert now(case(admission=twice)) == "admitted"
    assert now(case(admission=twice), "2026-03-08") == "returned_for_revision"


def test_a_returned_assignment_waits_for_the_office_until_it_is_assigned_anew() -> None:
    back = {"code": "TB-1", "assignment": "JB-1", "returned_on": "2026-03-10"}
    returned = case(assignment=given(), assignment_return=back)
    assert now(returned) == "returned_by_organ" and now(returned, "2026-03-09") == "assigned"
    assert must(returned) == [("assignment", "clerk", ())]
    anew = case(assignment=[given(), given("JB-2", "2026-03-10", "JG-2")], assignment_return=back)
    assert now(anew) == "assigned" and must(anew) == [("reply", "organ", ("JG-2",))]


def test_a_co_organ_answers_its_lead_and_not_the_deputy() -> None:
    opinion = reply(organ="JG-2")
    assert now(case(assignment=given(co_organs=["JG-2"]), reply=opinion)) == "assigned"


def test_separate_handlers_each_answer_for_themselves() -> None:
    two = [given(mode="separate"), given("JB-2", organ="JG-2", mode="separate")]
    one = case(assignment=two, reply=reply())
    assert now(one) == "assigned" and must(one)[0] == ("reply", "organ", ("JG-2",))
    both = case(assignment=two, reply=[reply(), reply("DF-2", organ="JG-2", assignment="JB-2")])
    assert now(both) == "replied"


def test_a_matter_handled_again_twice_is_rated_by_its_last_reply() -> None:
    records: dict[str, list[dict[str, Any]]] = {
        "assignment": [given()],
        "reply": [reply(), reply("DF-2", "2026-05-01"), reply("DF-3", "2026-06-01")],
        "rating": [
            rating(result="not_satisfied"), rating("PF-2", "2026-05-10", "not_satisfied", reply="DF-2"),
            rating("PF-3", "2026-06-10", reply="DF-3"),
        ],
        "rehandling": [again(), again("CB-2", "2026-05-12", rating="PF-2")],
    }  # fmt: skip
    stages = ("2026-04-10", "2026-04-12", "2026-05-01", "2026-05-12", "2026-06-01", "2026-06-10")
    expected = ["rated", "rehandling", "replied", "rehandling", "replied", "rated"]
    assert [now(case(**records), day) for day in stages] == expected


def test_a_matter_handled_again_on_one_day_has_the_new_reply_standing() -> None:
    one_day = case(
        assignment=given(), reply=[reply("DF-9"), reply("DF-1", said="planned_undated")],
        rating=rating(on="2026-04-01", result="not_satisfied", reply="DF-9"),
        rehandling=again(on="2026-04-01"),
    )  # fmt: skip
    assert [each.reply and each.reply["code"] for each in handlings(one_day, LATER)] == ["DF-1"]


def test_handling_again_may_be_given_to_another_organ() -> None:
    moved = {"assignment": [given()], "reply": [reply()], "rating": [rating(result="not_satisfied")],
             "rehandling": [again(organ="JG-2")]}  # fmt: skip
    assert must(case(**moved)) == [("reply", "organ", ("JG-2",))]
    moved["assignment"].append(given("JB-2", "2026-04-12", "JG-2"))
    assert now(case(**moved)) == "rehandling" and must(case(**moved)) == [("reply", "organ", ("JG-2",))]
    moved["reply"].append(reply("DF-2", "2026-05-01", organ="JG-2", assignment="JB-2"))
    assert now(case(**moved)) == "replied"


def test_the_days_of_a_withheld_suggestion_are_enough_for_its_stage() -> None:
    told = case(
        assignment={"code": "JB-1", "assigned_on": "2026-03-02"},
        reply={"code": "DF-1", "replied_on": "2026-04-01"}, rating={"code": "PF-1", "rated_on": "2026-04-02"},
        rehandling={"code": "CB-1", "opened_on": "2026-04-03"},
        assignment_return={"code": "TB-1", "returned_on": "2026-03-01"},
    )  # fmt: skip
    stages = [now(told, day) for day in ("2026-03-02", "2026-04-01", "2026-04-02", "2026-04-03")]
    assert stages == ["assigned", "replied", "rated", "rehandling"]


# -- a deputy never closes --


@drawn(cases(), days)
def test_only_a_reply_and_a_check_close_a_matter(suggestion: Case, on: date) -> None:
    if stage(suggestion, on).stage != "closed":
        return
    for kind in ("reply", "onsite_check"):
        without = replace(suggestion, records={**suggestion.records, kind: []})
        assert stage(without, on).stage != "closed"
    verdicts = [item["verdict"] for each in suggestion.until("onsite_check", on) for item in each["items"]]
    assert "done" in verdicts


@drawn(cases(), days)
def test_without_ratings_no_matter_is_less_closed(suggestion: Case, on: date) -> None:
    unrated = replace(suggestion, records={**suggestion.records, "rating": [], "rehandling": []})
    rehandled = any(each.rehandling for each in handlings(suggestion, on))
    if stage(suggestion, on).stage == "closed" and not rehandled:
        assert stage(unrated, on).stage == "closed"


def test_a_deputy_who_is_not_satisfied_keeps_it_open() -> None:
    done = {"assignment": given(), "reply": reply(), "onsite_check": check()}
    unhappy = case(**done, rating=rating(result="not_satisfied"))
    assert now(unhappy) == "checked" and ("rehandling", "clerk", ()) in must(unhappy)
    assert now(case(**done, rating=rating(attitude="not_satisfied"))) == "closed"


def test_a_closed_matter_is_opened_by_a_check_that_finds_it_undone() -> None:
    relapsed = case(
        assignment=given(), reply=reply(), onsite_check=[check(), check("CY-2", "2026-06-01", "not_done")]
    )
    assert now(relapsed, "2026-05-31") == "closed" and now(relapsed) == "checked"


# -- total, and in no order --


@drawn(cases(), days)
def test_every_suggestion_has_a_stage_and_a_next_step_until_it_ends(suggestion: Case, on: date) -> None:
    found = stage(suggestion, on)
    steps = next_steps(suggestion, on)
    assert found.stage == "submitted" or (found.stage in STAGES and found.since <= on.isoformat())
    assert [each.must for each in steps] == sorted((each.must for each in steps), reverse=True)
    if found.stage in ("refused", "transferred", "withdrawn"):
        assert steps == ()
    assert all(each.kind != "closing" for each in steps)


@drawn(cases(), days, st.randoms())
def test_the_order_of_records_never_matters(suggestion: Case, on: date, random: Any) -> None:
    shuffled = {kind: random.sample(list(each), len(each)) for kind, each in suggestion.records.items()}
    other = replace(suggestion, records=shuffled)
    for rule in (stage, outcome, contradictions, promises, lanes, next_steps):
        assert rule(suggestion, on) == rule(other, on)


@drawn(cases(), days)
def test_what_happens_tomorrow_changes_nothing_today(suggestion: Case, on: date) -> None:
    known = {kind: suggestion.until(kind, on) for kind in suggestion.records if kind != "promise"}
    today = replace(suggestion, records={**suggestion.records, **known})
    for rule in (stage, outcome, contradictions, promises, lanes):
        assert rule(suggestion, on) == rule(today, on)


# -- claimed and found --


def test_the_check_overrides_the_reply_with_both_days_and_both_texts() -> None:
    found = contradictions(
        case(assignment=given(), reply=reply(), onsite_check=check(verdict="not_done")), LATER
    )
    (one,) = found
    assert (one.organ, one.claim, one.claimed_on, one.claimed) == (
        "JG-1",
        "DF-1",
        "2026-04-01",
        "DF-1 的正文",
    )
    assert (one.check, one.checked_on, one.verdict) == ("CY-1", "2026-05-01", "not_done")
    assert (one.found[0].what, one.found[0].note, one.settled_on) == ("路灯", "看过", None)


@pytest.mark.parametrize(
    ("said", "verdict", "stands"),
    [
        ("resolved", "not_done", "contradicted"), ("resolved", "partly", "contradicted"),
        ("resolved", "done", "resolved"), ("resolved", "cannot_verify", "resolved"),
        ("planned_undated", "not_done", "planned_undated"), ("not_feasible_now", "done", "not_feasible_now"),
    ],
)  # fmt: skip
def test_what_stands_is_what_was_found(said: str, verdict: str, stands: str) -> None:
    assert (
        outcome(
            case(assignment=given(), reply=reply(said=said), onsite_check=check(verdict=verdict)), LATER
        ).now
        == stands
    )


def test_saying_it_again_settles_nothing_and_finding_it_done_does() -> None:
    records: dict[str, Any] = {
        "assignment": given(),
        "reply": [reply(), reply("DF-2", "2026-06-01")],
        "onsite_check": [check(verdict="not_done")],
    }
    assert outcome(case(**records), LATER).now == "contradicted"
    records["onsite_check"].append(check("CY-2", "2026-07-01"))
    assert outcome(case(**records), LATER).delivered_on == "2026-07-01"
    assert [each.settled_on for each in contradictions(case(**records), LATER)] == ["2026-07-01"]


def to_do(suggestion: Case, on: str) -> set[str]:
    """What must be done about the claim: reply to the check, or check."""
    found = next_steps(suggestion, date.fromisoformat(on))
    return {each.kind for each in found if each.must and each.kind in ("reply", "onsite_check")}


def test_what_was_found_undone_is_replied_to_first_and_then_checked_again() -> None:
    told = case(
        assignment=given(), reply=[reply(), reply("DF-2", "2026-06-01"), reply("DF-3", "2026-08-01")],
        onsite_check=[check(verdict="not_done"), check("CY-2", "2026-07-01", "partly"),
                      check("CY-3", "2026-09-01")],
    )  # fmt: skip
    days = ("2026-04-30", "2026-05-01", "2026-05-31", "2026-06-01", "2026-07-01", "2026-08-01", "2026-09-01")
    asked: list[set[str]] = [
        {"onsite_check"}, {"reply"}, {"reply"}, {"onsite_check"}, {"reply"}, {"onsite_check"}, set(),
    ]  # fmt: skip
    assert [to_do(told, day) for day in days] == asked
    offered = {each.kind for each in next_steps(told, date(2026, 5, 15))}
    assert "onsite_check" in offered, "one may look at any time"


def test_a_reply_on_the_day_of_the_check_was_checked_with_it() -> None:
    told = case(
        assignment=given(), reply=[reply(), reply("DF-2", "2026-05-01")],
        onsite_check=check(verdict="not_done"),
    )  # fmt: skip
    assert to_do(told, "2026-05-02") == {"reply"}


def test_of_two_organs_the_one_found_wanting_replies_and_the_other_waits_for_its_check() -> None:
    """One check is of the whole matter, so that each organ answers for what it claimed before it."""
    told = case(
        assignment=[given(mode="separate"), given("JB-2", organ="JG-2", mode="separate")],
        reply=[reply(), reply("DF-2", "2026-05-20", assignment="JB-2", organ="JG-2")],
        onsite_check=check(verdict="not_done"),
    )  # fmt: skip
    steps = [each for each in next_steps(told, date(2026, 6, 1)) if each.must]
    assert [each.who for each in steps if each.kind == "reply"] == [("JG-1",)]
    assert "onsite_check" in {each.kind for each in steps}


def test_a_promise_reported_done_and_found_undone_is_replied_to_before_it_is_checked_again() -> None:
    made = {"code": "CN-1", "reply": "DF-1", "organ": "JG-1", "what": "十盏灯", "due_on": "2026-09-30",
            "claimed_done_on": "2026-04-20"}  # fmt: skip
    told = case(
        assignment=given(), promise=made, onsite_check=check(verdict="partly", promise="CN-1"),
        reply=[reply(said="in_progress_dated", promised_for="2026-09-30"), reply("DF-2", "2026-06-01")],
    )  # fmt: skip
    assert [to_do(told, day) for day in ("2026-04-20", "2026-05-01", "2026-06-01")] == [
        {"onsite_check"}, {"reply"}, {"onsite_check"},
    ]  # fmt: skip


@drawn(cases(), days)
def test_no_organ_is_asked_to_reply_to_a_check_that_it_has_replied_to(suggestion: Case, on: date) -> None:
    asked = [each for each in next_steps(suggestion, on) if each.why == "suggestion.next.contradicted"]
    for step in asked:
        held = [each for each in handlings(suggestion, on) if each.organ in step.who]
        assert any(not replied_again(suggestion, each, on) for each in held)


def test_a_reply_that_no_longer_claims_it_stands_and_the_contradiction_stays_listed() -> None:
    told = case(
        assignment=given(), onsite_check=check(verdict="not_done"),
        reply=[reply(), reply("DF-2", "2026-06-01", "in_progress_dated", promised_for="2026-11-30")],
    )  # fmt: skip
    assert outcome(told, date(2026, 7, 1)).now == "in_progress_dated"
    assert [each.settled_on for each in contradictions(told, LATER)] == [None]
    steps = {each.why for each in next_steps(told, LATER)}
    assert "suggestion.next.fulfil" in steps and "suggestion.next.contradicted" not in steps


def test_one_of_two_promises_reported_done_and_found_undone_contradicts() -> None:
    made = [
        {"code": f"CN-{n}", "reply": "DF-1", "organ": "JG-1", "what": f"第 {n} 件", "due_on": "2026-09-30"}
        for n in (1, 2)
    ]
    told = case(
        assignment=given(), reply=reply(said="in_progress_dated"), onsite_check=check(verdict="partly"),
        promise=[made[0] | {"claimed_done_on": "2026-04-20"}, made[1]],
    )  # fmt: skip
    found = outcome(told, LATER)
    assert (found.now, found.claimed_on, found.verdict) == ("contradicted", None, "partly")


def test_a_second_check_that_agrees_does_not_move_the_day_it_was_delivered() -> None:
    twice = case(assignment=given(), reply=reply(), onsite_check=[check(), check("CY-2", "2026-07-01")])
    assert stage(twice, LATER).since == "2026-05-01"


def test_a_check_of_another_promise_says_nothing_of_this_one() -> None:
    made = [
        {"code": f"CN-{n}", "reply": "DF-1", "organ": "JG-1", "what": f"第 {n} 件", "due_on": "2026-09-30"}
        for n in (1, 2)
    ]
    seen = case(
        assignment=given(), reply=reply(said="in_progress_dated", promised_for="2026-09-30"), promise=made,
        onsite_check=check(promise="CN-1"),
    )  # fmt: skip
    assert [each.state for each in promises(seen, date(2026, 9, 1))] == ["kept", "due"]
    assert [each.state for each in promises(seen, LATER)] == ["kept", "broken"]


@pytest.mark.parametrize(
    ("claimed", "seen", "on", "state", "late"),
    [
        (None, None, "2026-09-30", "due", 0),
        (None, None, "2026-10-03", "broken", 3),
        ("2026-09-28", None, "2026-10-03", "claimed", 0),
        ("2026-10-02", None, "2026-10-03", "claimed", 2),
        ("2026-10-02", None, "2026-10-01", "broken", 1),
        ("2026-09-28", ("2026-09-29", "done"), "2026-10-03", "kept", 0),
        ("2026-09-28", ("2026-09-29", "not_done"), "2026-09-30", "broken", 0),
        ("2026-09-28", ("2026-09-27", "not_done"), "2026-10-03", "claimed", 0),
        ("2026-09-28", ("2026-10-02", "cannot_verify"), "2026-10-03", "claimed", 0),
        (None, ("2026-09-01", "partly"), "2026-09-30", "due", 0),
        (None, ("2026-10-08", "done"), "2026-10-09", "kept", 8),
    ],
)
def test_a_promise_is_what_was_found_of_it(
    claimed: str | None, seen: tuple[str, str] | None, on: str, state: str, late: int
) -> None:
    made = {"code": "CN-1", "reply": "DF-1", "organ": "JG-1", "what": "十盏灯", "due_on": "2026-09-30"}
    checks = [check("CY-1", *seen, promise="CN-1")] if seen else []
    told = case(
        assignment=given(), reply=reply(said="in_progress_dated"), onsite_check=checks,
        promise=made | ({"claimed_done_on": claimed} if claimed else {}),
    )  # fmt: skip
    (found,) = promises(told, date.fromisoformat(on))
    assert (found.state, found.late) == (state, late)


def test_a_dated_reply_is_a_promise_that_a_later_reply_reports_done() -> None:
    dated = reply(said="in_progress_dated", promised_for="2026-09-30")
    told = {"assignment": given(), "reply": [dated, reply("DF-2", "2026-09-20")]}
    assert [each.state for each in promises(case(**told), LATER)] == ["claimed"]
    assert now(case(**told, onsite_check=check(on="2026-10-01"))) == "closed"
    bare = case(assignment=given(), reply=dated)
    assert ("promise", "clerk", ("JG-1",)) in must(bare)


@drawn(cases(), days)
def test_delivered_is_claimed_before_and_found_by_then(suggestion: Case, on: date) -> None:
    found = outcome(suggestion, on)
    if found.delivered_on:
        assert found.now == "resolved" and found.claimed_on and found.claimed_on <= found.delivered_on
        assert not any(each.settled_on is None for each in contradictions(suggestion, on))
    assert found.now in (*OUTCOMES, "contradicted", None) and found.verdict in (*VERDICTS, None)


# -- the lanes --


def track(colour: str, on: str, code: str = "SD-1", **more: Any) -> dict[str, Any]:
    return {"code": code, "track": colour, "set_on": on, "reason": "理由写在这里", **more}


def why(suggestion: Case, on: date) -> list[str]:
    return [lamp.why.removeprefix("suggestion.track.") for lamp in track_lamps(suggestion, on, BOOK)]


@drawn(cases(), days)
def test_lanes_follow_each_other_without_a_gap(suggestion: Case, on: date) -> None:
    found = lanes(suggestion, on)
    assert [each.until for each in found[:-1]] == [each.set_on for each in found[1:]]
    assert all(each.days >= 0 for each in found) and (not found or found[-1].until is None)
    ended = stage(suggestion, on).stage in ("refused", "transferred", "closed", "withdrawn")
    if found and not ended:
        assert sum(each.days for each in found) == (on - date.fromisoformat(found[0].set_on)).days


def test_green_not_closed_in_its_days_is_proposed_for_yellow() -> None:
    green = case(assignment=given(), track=track("green", "2026-03-02"))
    current = lane(green, LATER)
    assert current
    due = green_deadline(current, BOOK, LATER).due
    assert due == date(2026, 3, 16) and why(green, due) == ["green_running"]
    late = due + timedelta(1)
    assert why(green, late) == ["green_late"] and retrack(green, late, BOOK) == "yellow"


def test_a_closed_green_matter_is_left_alone_and_its_days_stop() -> None:
    closed = case(
        assignment=given(), reply=reply(on="2026-03-05"), onsite_check=check(on="2026-03-09"),
        track=track("green", "2026-03-02"),
    )  # fmt: skip
    assert why(closed, LATER) == [] and retrack(closed, LATER, BOOK) is None
    assert [each.days for each in lanes(closed, LATER)] == [7]


def test_red_wants_a_leader_a_backstop_and_both_supervisions() -> None:
    bare = case(track=track("red", "2026-03-02"))
    wanted = ["red_no_leader", "red_no_backstop", "red_no_key_supervision", "red_no_undertaking"]
    assert why(bare, LATER) == wanted
    whole = case(
        track=track("red", "2026-03-02", supervising_leader="区人大常委会副主任", backstop_organ="JG-1"),
        key_supervision={"code": "ZD-1", "decided_on": "2026-03-05"},
        leader_undertaking={"code": "LB-1", "undertaken_on": "2026-03-06"},
    )  # fmt: skip
    assert why(whole, date(2026, 3, 6)) == ["red_pass"]
    assert why(whole, date(2026, 3, 5)) == ["red_no_undertaking"]


def test_yellow_wants_its_day_and_a_check() -> None:
    assert why(case(track=track("yellow", "2026-03-02")), LATER) == ["yellow_no_due"]
    yellow = track("yellow", "2026-03-02", due_on="2026-03-31")
    checked = case(track=yellow, onsite_check=check(on="2026-03-20"))
    assert why(checked, date(2026, 4, 1)) == ["yellow_overdue", "yellow_checked"]


# -- the words --

MODULES = ("stage", "track", "figures", "pressure", "outcome", "promise")


def test_every_key_is_a_message() -> None:
    said = load_words(ROOT / "content").messages
    text = "".join((ROOT / f"ledger/rules/suggestion/{name}.py").read_text("utf-8") for name in MODULES)
    keys = set(re.findall(r'"(suggestion\.next\.[a-z_]+)"', text))
    keys |= {f"suggestion.track.{name}" for name in re.findall(r'_lamp\("[a-z]+", "([a-z_]+)"', text)}
    keys |= {f"suggestion.stage.{name}" for name in STAGES}
    keys |= {f"suggestion.outcome.{name}" for name in (*OUTCOMES, "contradicted")}
    keys |= {f"suggestion.verdict.{name}" for name in VERDICTS}
    keys |= {f"suggestion.promise.{name}" for name in ("kept", "broken", "claimed", "due")}
    assert len(keys) > 50 and keys - set(said) == set()
    said_next = {key for key in said if key.startswith("suggestion.next.")}
    assert said_next == {key for key in keys if key.startswith("suggestion.next.")}
