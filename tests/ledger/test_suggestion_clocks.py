"""The clocks of a suggestion: what starts, ends, extends, stops and moves each of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ledger.rulebooks import Rulebook, Value, load_rulebook
from ledger.rules.suggestion.case import Case
from ledger.rules.suggestion.clock import Clock
from ledger.rules.suggestion.clocks import clocks
from tests.ledger.samples import ROOT

CONTENT = ROOT / "content"
BOOKS = {path.stem: load_rulebook(CONTENT, path.stem) for path in (CONTENT / "rulebooks").glob("*.yaml")}
TODAY = date(2026, 12, 1)

GIVEN = {
    "code": "JB-1",
    "assigned_on": "2026-03-02",
    "mode": "lead_with_co",
    "organ": "JG-1",
    "complex": False,
}
REPLY = {"code": "DF-1", "assignment": "JB-1", "organ": "JG-1", "replied_on": "2026-05-20",
         "outcome_class": "resolved"}  # fmt: skip
BAD = {"code": "PF-1", "reply": "DF-1", "stage": "reply", "rated_on": "2026-06-01", "attitude": "satisfied",
       "result": "not_satisfied"}  # fmt: skip
EXTENSION = {"code": "YQ-1", "assignment": "JB-1", "asked_on": "2026-05-20", "reason": "要等上级批复",
             "consent": "given", "consented_on": "2026-05-25"}  # fmt: skip


def case(period: str = "recess", **records: list[dict[str, Any]]) -> Case:
    suggestion = {"code": "JY-1", "period": period, "received_on": "2026-02-24"}
    return Case(suggestion, {"assignment": [GIVEN], **records})


def clock(made: Case, name: str, of: str | None = None, book: str | Rulebook = "national") -> Clock:
    rules = BOOKS[book] if isinstance(book, str) else book
    return next(each for each in clocks(made, rules, TODAY) if each.name == name and of in (None, each.of))


def due(found: Clock) -> str:
    return str(found.deadline and found.deadline.due)


def state(found: Clock, day: str) -> str:
    return found.state(date.fromisoformat(day))


def switched(book: str, **switches: bool) -> Rulebook:
    values = {f"suggestion.{name}": Value(value) for name, value in switches.items()}
    return Rulebook(BOOKS[book].name, {**BOOKS[book].values, **values})


# -- assigning --


def test_the_office_has_its_days_to_assign_what_comes_in_recess() -> None:
    found = clock(case(), "assign", book="qingdao")
    assert (due(found), str(found.done_on), state(found, "2026-03-02")) == (
        "2026-03-02",
        "2026-03-02",
        "done",
    )
    assert state(clock(case(assignment=[]), "assign", book="qingdao"), "2026-03-03") == "overdue"


def test_what_came_by_phone_was_received_when_it_was_filed() -> None:
    filed = Case({"code": "JY-1", "filed_on": "2026-02-24"})
    assert due(clock(filed, "assign", book="qingdao")) == "2026-03-02"


def test_no_clock_for_assigning_runs_in_session_or_where_no_rule_sets_one() -> None:
    assert "assign" not in {each.name for each in clocks(case("in_session"), BOOKS["qingdao"], TODAY)}
    assert "assign" not in {each.name for each in clocks(case(), BOOKS["national"], TODAY)}


def test_what_is_not_accepted_need_not_be_assigned() -> None:
    refused = case(
        assignment=[], admission=[{"code": "SL-1", "decided_on": "2026-02-26", "decision": "refused"}]
    )
    assert state(clock(refused, "assign", book="qingdao"), "2026-03-30") == "stopped"


# -- return and re-assignment --

BACK = {"code": "TB-1", "assignment": "JB-1", "returned_on": "2026-03-10"}
AGAIN = {**GIVEN, "code": "JB-2", "assigned_on": "2026-03-20", "organ": "JG-2"}


def test_an_organ_that_does_not_return_in_time_keeps_the_matter() -> None:
    found = clock(case(), "return")
    assert due(found) == "2026-03-16"
    assert [state(found, day) for day in ("2026-03-16", "2026-03-17")] == ["running", "done"]


def test_a_late_reply_does_not_make_the_right_to_return_late() -> None:
    assert state(clock(case(reply=[REPLY]), "return"), "2026-06-01") == "done"


def test_a_return_in_time_is_done_and_a_late_one_is_done_late() -> None:
    assert state(clock(case(assignment_return=[BACK]), "return"), "2026-03-10") == "done"
    late = {**BACK, "returned_on": "2026-03-17"}
    assert state(clock(case(assignment_return=[late]), "return"), "2026-03-17") == "done_late"


def test_a_return_stops_the_first_reply_clock_and_the_new_assignment_starts_its_own() -> None:
    made = case(assignment=[GIVEN, AGAIN], assignment_return=[BACK])
    assert state(clock(made, "reply", "JB-1"), "2026-09-01") == "stopped"
    again = clock(made, "reply", "JB-2")
    assert (due(again), again.organ) == ("2026-06-22", "JG-2")  # 06-20 is a Saturday of the festival


def test_where_the_rules_do_not_restart_it_the_reply_clock_runs_from_the_first_assignment() -> None:
    made = case(assignment=[GIVEN, AGAIN], assignment_return=[BACK])
    book = switched("national", reassignment_restarts_reply=False)
    assert due(clock(made, "reply", "JB-2", book)) == "2026-06-02"


def test_the_office_has_its_days_to_assign_anew() -> None:
    made = case(assignment=[GIVEN, AGAIN], assignment_return=[BACK])
    found = clock(made, "reassign", book="chongqing")
    assert (due(found), state(found, "2026-03-20")) == ("2026-03-24", "done")
    waiting = clock(case(assignment_return=[BACK]), "reassign", book="chongqing")
    assert state(waiting, "2026-03-25") == "overdue"


def test_separate_handling_gives_each_organ_its_own_clock() -> None:
    one, two = ({**GIVEN, "code": f"JB-{n}", "organ": f"JG-{n}", "mode": "separate"} for n in (1, 2))
    made = case(assignment=[one, two], reply=[REPLY])
    assert [state(clock(made, "reply", code), "2026-05-20") for code in ("JB-1", "JB-2")] == [
        "done",
        "running",
    ]


# -- handling --


def test_a_reply_has_three_months_and_on_the_last_day_it_is_in_time() -> None:
    found = clock(case(), "reply")
    assert due(found) == "2026-06-02"
    days = ("2026-03-01", "2026-03-02", "2026-06-02", "2026-06-03", "2026-07-02", "2026-07-03")
    assert [state(found, day) for day in days] == [
        "not_started", "running", "running", "overdue", "overdue", "very_overdue",
    ]  # fmt: skip


def test_a_reply_of_tomorrow_is_none_today_and_a_late_one_stays_late() -> None:
    late = clock(case(reply=[{**REPLY, "replied_on": "2026-06-10"}]), "reply")
    assert [state(late, day) for day in ("2026-06-09", "2026-06-10")] == ["overdue", "done_late"]


def test_the_opinion_of_a_co_organ_is_no_reply() -> None:
    joint = {**GIVEN, "co_organs": ["JG-2", "JG-3"]}
    made = case(
        assignment=[joint], reply=[{**REPLY, "code": "DF-2", "organ": "JG-2", "replied_on": "2026-03-20"}]
    )
    assert clock(made, "reply").done_on is None
    opinions = {
        each.organ: each for each in clocks(made, BOOKS["national"], TODAY) if each.name == "co_organ_opinion"
    }
    assert due(opinions["JG-2"]) == "2026-04-02"
    assert {organ: state(each, "2026-04-03") for organ, each in opinions.items()} == {
        "JG-2": "done", "JG-3": "overdue",
    }  # fmt: skip
    assert "rate" not in {each.name for each in clocks(made, BOOKS["chongqing"], TODAY)}


def test_once_the_lead_has_replied_for_all_nobody_is_overdue_with_an_opinion() -> None:
    joint = {**GIVEN, "co_organs": ["JG-2"]}
    found = clock(case(assignment=[joint], reply=[REPLY]), "co_organ_opinion")
    assert (state(found, "2026-05-20"), found.why) == ("stopped", "clock.why.in_reply")


def test_the_first_contact_is_the_earliest_that_a_reply_tells_or_the_reply_itself() -> None:
    talked = clock(case(reply=[{**REPLY, "contacted_on": "2026-03-25"}]), "first_contact", book="chongqing")
    assert (due(talked), state(talked, "2026-05-20")) == ("2026-03-30", "done")
    assert state(clock(case(reply=[REPLY]), "first_contact", book="chongqing"), "2026-05-20") == "done_late"


# -- the longer limit --


def test_a_complex_matter_has_six_months() -> None:
    found = clock(case(assignment=[{**GIVEN, "complex": True}]), "reply")
    assert (due(found), found.why, found.rule) == (
        "2026-09-02", "clock.why.complex", "suggestion.reply_within_when_complex",
    )  # fmt: skip


def test_where_consent_is_asked_for_and_marking_is_none_a_complex_matter_has_three_months() -> None:
    made = case(assignment=[{**GIVEN, "complex": True}])
    assert due(clock(made, "reply", book="zhejiang")) == "2026-09-02"
    strict = switched("zhejiang", complex_at_assignment_is_consent=False)
    found = clock(made, "reply", book=strict)
    assert (due(found), found.why) == ("2026-06-02", "clock.why.complex_without_consent")


@pytest.mark.parametrize("book", ["zhejiang", "qingdao", "shandong"])
def test_an_extension_counts_with_a_reason_and_consent(book: str) -> None:
    found = clock(case(extension=[EXTENSION]), "reply", book=book)
    assert (due(found), found.why) == ("2026-09-02", "clock.why.extended")


@pytest.mark.parametrize("wrong", [{"consent": "pending"}, {"consent": "refused"}, {"reason": " "}])
def test_an_extension_without_reason_or_consent_changes_nothing(wrong: dict[str, str]) -> None:
    found = clock(case(extension=[EXTENSION | wrong]), "reply", book="zhejiang")
    assert (due(found), found.why) == ("2026-06-02", "clock.why.extension_not_granted")


def test_where_no_consent_is_asked_for_a_reason_is_enough_but_not_against_a_refusal() -> None:
    asked = {**EXTENSION, "consent": "pending"}
    found = clock(case(extension=[asked]), "reply", book="chongqing")
    assert (due(found), found.why) == ("2026-09-02", "clock.why.extended_without_consent")
    refused = {**EXTENSION, "consent": "refused"}
    assert due(clock(case(extension=[refused]), "reply", book="chongqing")) == "2026-06-02"


def test_consent_after_the_limit_was_up_does_not_undo_the_lateness_unless_the_rules_say_so() -> None:
    late = {**EXTENSION, "consented_on": "2026-06-03"}
    found = clock(case(extension=[late]), "reply", book="zhejiang")
    assert (due(found), found.why) == ("2026-06-02", "clock.why.extension_late")
    kind = switched("zhejiang", late_extension_counts=True)
    assert due(clock(case(extension=[late]), "reply", book=kind)) == "2026-09-02"


def test_the_later_of_two_extensions_counts_where_the_first_was_refused() -> None:
    refused = {**EXTENSION, "code": "YQ-0", "asked_on": "2026-04-01", "consent": "refused"}
    assert due(clock(case(extension=[EXTENSION, refused]), "reply", book="qingdao")) == "2026-09-02"


# -- townships that count from the close of the session --


def test_a_township_of_shandong_counts_from_the_close_of_the_session_and_in_recess_from_assignment() -> None:
    session = Case({"code": "JY-1", "period": "in_session", "session_closed_on": "2026-01-16"},
                   {"assignment": [GIVEN]})  # fmt: skip
    assert due(clock(session, "reply", book="shandong_township")) == "2026-03-16"
    assert due(clock(case(), "reply", book="shandong_township")) == "2026-05-06"


def test_a_start_that_nobody_told_leaves_a_clock_without_a_deadline_and_says_so() -> None:
    found = clock(case("in_session"), "reply", book="shandong_township")
    assert (found.deadline, found.why, state(found, "2027-01-01")) == (
        None, "clock.why.no_start", "not_started",
    )  # fmt: skip


# -- rating and handling again --


def test_a_deputy_has_twenty_working_days_to_rate_in_chongqing() -> None:
    found = clock(case(reply=[{**REPLY, "replied_on": "2026-06-02"}]), "rate", book="chongqing")
    assert (due(found), state(found, "2026-07-02")) == ("2026-07-01", "overdue")
    rated = case(reply=[REPLY], rating=[BAD])
    assert state(clock(rated, "rate", book="chongqing"), "2026-06-01") == "done"


def test_a_result_that_does_not_satisfy_starts_the_clock_of_handling_again() -> None:
    made = case(reply=[REPLY], rating=[BAD])
    found = clock(made, "rehandle")
    assert (due(found), found.of, found.why) == ("2026-07-01", "PF-1", "clock.why.not_opened")
    assert "rehandle" not in {
        each.name for each in clocks(made, BOOKS["chongqing"], TODAY)
    }  # there the office decides


def test_the_clock_counts_from_the_day_the_rules_name() -> None:
    order = {"code": "CB-1", "rating": "PF-1", "opened_on": "2026-06-08", "organ": "JG-1"}
    made = case(reply=[REPLY], rating=[BAD], rehandling=[order])
    assert due(clock(made, "rehandle", "CB-1")) == "2026-07-01"
    assert due(clock(made, "rehandle", "CB-1", "chongqing")) == "2026-08-10"  # 08-08 is a Saturday


def test_a_bad_attitude_or_a_broken_promise_sends_no_reply_back_by_itself() -> None:
    attitude = {**BAD, "attitude": "not_satisfied", "result": "basically"}
    promise = {**BAD, "stage": "promise_fulfilment"}
    for rating in (attitude, promise):
        names = {each.name for each in clocks(case(reply=[REPLY], rating=[rating]), BOOKS["national"], TODAY)}
        assert "rehandle" not in names


def test_of_several_deputies_who_are_not_satisfied_one_clock_runs() -> None:
    other = {**BAD, "code": "PF-2", "rated_on": "2026-06-03"}
    made = case(reply=[REPLY], rating=[other, BAD])
    assert [each.of for each in clocks(made, BOOKS["national"], TODAY) if each.name == "rehandle"] == ["PF-1"]


def test_handled_twice_again_each_answer_ends_one_clock() -> None:
    second = {**REPLY, "code": "DF-2", "replied_on": "2026-06-20"}
    again = {**BAD, "code": "PF-2", "reply": "DF-2", "rated_on": "2026-06-25", "stage": "rehandled"}
    third = {**REPLY, "code": "DF-3", "replied_on": "2026-08-03"}
    orders = [
        {"code": f"CB-{n}", "rating": f"PF-{n}", "opened_on": day, "organ": "JG-1"}
        for n, day in ((1, "2026-06-02"), (2, "2026-06-26"))
    ]
    made = case(reply=[third, REPLY, second], rating=[again, BAD], rehandling=orders)
    found = [each for each in clocks(made, BOOKS["national"], TODAY) if each.name == "rehandle"]
    assert [(each.of, due(each), str(each.done_on)) for each in found] == [
        ("CB-1", "2026-07-01", "2026-06-20"),
        ("CB-2", "2026-07-27", "2026-08-03"),  # 07-25 is a Saturday
    ]
    assert [state(each, "2026-08-03") for each in found] == ["done", "done_late"]


# -- promises --

DATED = {**REPLY, "outcome_class": "in_progress_dated", "promised_for": "2026-09-30"}
PROMISE = {"code": "CN-1", "reply": "DF-1", "organ": "JG-1", "what": "路灯十盏", "due_on": "2026-09-30",
           "claimed_done_on": "2026-09-28"}  # fmt: skip


def check(verdict: str, day: str, **more: str) -> dict[str, Any]:
    return {"code": f"CY-{day}", "checked_on": day, "items": [{"what": "路灯", "verdict": verdict}], **more}


def test_a_reply_that_names_a_day_is_a_promise_though_nobody_entered_it() -> None:
    found = clock(case(reply=[DATED]), "promise")
    assert (due(found), state(found, "2026-09-30"), state(found, "2026-10-01")) == (
        "2026-09-30", "running", "overdue",
    )  # fmt: skip
    assert len([each for each in clocks(case(reply=[DATED], promise=[PROMISE]), BOOKS["national"], TODAY)
                if each.name == "promise"]) == 1  # fmt: skip


def test_a_check_on_the_spot_overrides_what_the_organ_reports() -> None:
    claimed = case(reply=[DATED], promise=[PROMISE])
    assert state(clock(claimed, "promise"), "2026-10-01") == "done"
    failed = case(reply=[DATED], promise=[PROMISE], onsite_check=[check("partly", "2026-10-08")])
    found = clock(failed, "promise")
    assert (state(found, "2026-10-08"), found.why) == ("overdue", "clock.why.reopened")
    mended = [check("partly", "2026-10-08"), check("done", "2026-11-02")]
    assert (
        state(clock(case(reply=[DATED], promise=[PROMISE], onsite_check=mended), "promise"), "2026-11-02")
        == "done"
    )


def test_a_check_of_another_promise_or_one_that_shows_nothing_changes_nothing() -> None:
    for seen in (check("not_done", "2026-10-08", promise="CN-9"), check("cannot_verify", "2026-10-08")):
        made = case(reply=[DATED], promise=[PROMISE], onsite_check=[seen])
        assert state(clock(made, "promise"), "2026-10-09") == "done"


def test_the_fulfilment_of_a_promise_is_rated_within_its_days() -> None:
    rating = {**BAD, "code": "PF-2", "stage": "promise_fulfilment", "rated_on": "2026-10-15"}
    made = case(reply=[DATED], promise=[PROMISE], rating=[rating])
    found = clock(made, "rate_promise", book="chongqing")
    assert (due(found), state(found, "2026-10-15")) == ("2026-10-30", "done")


# -- withdrawal --

WITHDRAWN = {"code": "CH-1", "withdrawn_on": "2026-04-01", "in_writing": True}


def test_a_withdrawal_stops_what_is_open_and_leaves_what_was_done() -> None:
    made = case(withdrawal=[WITHDRAWN])
    assert {each.name: state(each, "2026-12-01") for each in clocks(made, BOOKS["chongqing"], TODAY)} == {
        "assign": "done", "return": "stopped", "first_contact": "stopped", "reply": "stopped",
    }  # fmt: skip
    assert state(clock(made, "reply"), "2026-03-31") == "running"


def test_a_withdrawal_that_is_not_in_writing_stops_nothing() -> None:
    spoken = {**WITHDRAWN, "in_writing": False}
    assert state(clock(case(withdrawal=[spoken]), "reply"), "2026-05-01") == "running"


def test_where_it_must_come_before_assignment_a_later_withdrawal_stops_nothing() -> None:
    values = {**BOOKS["national"].values, "suggestion.withdrawal_until": Value("assignment")}
    found = clock(case(withdrawal=[WITHDRAWN]), "reply", book=Rulebook({}, values))
    assert state(found, "2026-05-01") == "running"
