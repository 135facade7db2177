"""The sample's suggestions: every state, every track, every turn of the story, and the rules say so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ledger.forms import load_forms
from ledger.records import check_answers, read_record
from ledger.rulebooks import load_rulebook
from ledger.rules.suggestion.case import Case, day_of
from ledger.rules.suggestion.clocks import clocks
from ledger.rules.suggestion.outcome import contradictions
from ledger.rules.suggestion.promise import promises
from ledger.rules.suggestion.stage import STAGES, stage

CONTENT = Path(__file__).parents[1] / "content"
FORMS = load_forms(CONTENT)
BOOK = load_rulebook(CONTENT, "qingxi")
TODAY = date(2026, 11, 26)
ABOUT = tuple(form.kind for form in FORMS.values() if form.about == "suggestion")

Records = dict[str, dict[str, Any]]


def of(kind: str, **where: Any) -> Records:
    """The records of a kind by name; a name serves as its code."""
    files = [read_record(path) for path in sorted((CONTENT / "records" / kind).glob("*.yaml"))]
    found = {file.name: {**file.answers, "code": file.name} for file in files}
    return {
        name: answers
        for name, answers in found.items()
        if all(answers.get(field) == value for field, value in where.items())
    }


SUGGESTIONS = of("suggestion")
ALL = {kind: of(kind) for kind in ABOUT}
CASES = {
    name: Case(
        answers,
        {
            kind: [each for each in records.values() if each.get("suggestion") == name]
            for kind, records in ALL.items()
        },
    )
    for name, answers in SUGGESTIONS.items()
}


def values(kind: str, field: str) -> set[str]:
    return {str(each[field]) for each in of(kind).values() if field in each}


def choices(kind: str, field: str) -> Mapping[str, Any]:
    return FORMS[kind].fields[field].choices


def test_a_suggestion_stands_in_every_state() -> None:
    found = Counter(stage(case, TODAY).stage for case in CASES.values())
    assert set(STAGES) - set(found) == set()
    public = {
        stage(case, TODAY).stage
        for name, case in CASES.items()
        if SUGGESTIONS[name]["confidentiality"] == "public"
    }
    assert set(STAGES) - public == {"transferred"}


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("2026-040", "submitted"),
        ("2026-041", "admitted"),
        ("2026-031", "refused"),
        ("2026-035", "returned_for_revision"),
        ("2026-036", "transferred"),
        ("2026-038", "assigned"),
        ("2026-029", "assigned"),
        ("2026-039", "returned_by_organ"),
        ("2026-032", "replied"),
        ("2026-026", "rated"),
        ("2026-030", "rehandling"),
        ("2026-009", "checked"),
        ("2026-015", "closed"),
        ("2026-033", "withdrawn"),
    ],
)
def test_each_story_of_the_sample_has_come_to_its_place(name: str, state: str) -> None:
    assert stage(CASES[name], TODAY).stage == state


def test_every_track_is_there_and_one_went_from_yellow_to_red() -> None:
    last = {
        name: case.until("track", TODAY)[-1]["track"] for name, case in CASES.items() if case.records["track"]
    }
    assert set(last.values()) == set(choices("track", "track"))
    assert last["2025-023"] == last["2026-029"] == "red"
    for name in ("2025-023", "2026-029"):
        assert CASES[name].records["key_supervision"] and CASES[name].records["leader_undertaking"]


@pytest.mark.parametrize(
    ("kind", "field", "absent"),
    [
        ("reply", "letter", set()),
        ("reply", "outcome_class", {"referred_up", "reference_only"}),
        ("rating", "stage", set()),
        ("rating", "attitude", set()),
        ("rating", "result", set()),
        ("admission", "decision", set()),
        ("assignment", "mode", set()),
        ("extension", "consent", set()),
        ("opinion", "disposition", set()),
        ("opinion", "channel", {"other"}),
        ("award", "award_kind", set()),
        ("onsite_check", "checked", set()),
    ],
)
def test_the_sample_uses_the_choices_that_pages_tell_apart(kind: str, field: str, absent: set[str]) -> None:
    assert set(choices(kind, field)) - values(kind, field) == absent


def test_a_check_finds_everything_it_can_find() -> None:
    found = {item["verdict"] for check in of("onsite_check").values() for item in check["items"]}
    assert found == set(FORMS["onsite_check"].fields["items"].each["verdict"].choices)


def test_one_is_extended_with_consent_and_one_refused() -> None:
    found = clocks(CASES["2025-030"], BOOK, TODAY)
    reply = {each.of: each for each in found if each.name == "reply"}["2025-030"]
    assert (reply.deadline and reply.deadline.due, reply.state(TODAY)) == (date(2026, 1, 7), "done")
    (refused,) = of("extension", consent="refused").values()
    assert refused["suggestion"] == "2026-029"


def test_one_is_overdue_and_one_was_answered_late() -> None:
    replies = {
        name: [each.state(TODAY) for each in clocks(case, BOOK, TODAY) if each.name == "reply"]
        for name, case in CASES.items()
    }
    assert [name for name, states in replies.items() if {"overdue", "very_overdue"} & set(states)] == [
        "2026-029"
    ]
    assert [name for name, states in replies.items() if "done_late" in states] == ["2026-018"]


def test_one_is_handled_again_twice_each_time_within_its_month() -> None:
    again = {name: case.records["rehandling"] for name, case in CASES.items()}
    assert [name for name, each in again.items() if len(each) == 2] == ["2025-023"]
    states = [each.state(TODAY) for each in clocks(CASES["2025-023"], BOOK, TODAY) if each.name == "rehandle"]
    assert states == ["done", "done"]


def test_one_is_returned_and_assigned_anew() -> None:
    case = CASES["2026-012"]
    assert [each["organ"] for each in case.until("assignment", TODAY)] == [
        "transport-bureau",
        "culture-bureau",
    ]
    assert len(case.records["assignment_return"]) == 1


def test_a_promise_crosses_the_years_and_one_is_due_and_not_kept() -> None:
    state = {
        each.code: each.state
        for name in ("2025-023", "2025-027", "2025-030", "2026-015")
        for each in promises(CASES[name], TODAY)
    }
    assert state["2025-030"] == "broken" and state["2025-027-2"] == "due" and state["2026-015"] == "kept"
    crossing = [
        name
        for name, each in of("promise").items()
        if each["due_on"][:4] > SUGGESTIONS[each["suggestion"]]["received_on"][:4]
    ]
    assert {"2025-023", "2025-027-2", "2025-030", "2025-041"} <= set(crossing)


def test_claimed_done_and_found_not_done_is_found_on_the_spot() -> None:
    (found,) = contradictions(CASES["2026-009"], TODAY)
    assert (found.claim, found.check, found.verdict) == ("2026-009", "2026-009", "not_done")
    (rating,) = CASES["2026-009"].records["rating"]
    assert rating["result"] == "satisfied" and rating["rated_on"] < found.checked_on


def test_a_confidential_suggestion_has_a_whole_story_that_stays_inside() -> None:
    assert SUGGESTIONS["2025-034"]["confidentiality"] == "privacy"
    kinds = {kind for kind, each in CASES["2025-034"].records.items() if each}
    assert kinds == {"admission", "assignment", "track", "reminder", "reply", "rating"}


def test_one_came_from_a_collection_point_and_one_from_a_visit() -> None:
    one, other = SUGGESTIONS["2026-037"], SUGGESTIONS["2026-009"]
    opinions = of("opinion")
    assert of("station")[one["station"]]["station_kind"] == "collection_point" and one["campaign"] == "我献策"
    assert [opinions[ref]["station"] for ref in one["origin_opinions"]] == [one["station"]]
    assert [opinions[ref]["visit"] for ref in other["origin_opinions"]] == other["origin_visits"]


def test_the_days_of_every_story_stand_in_order() -> None:
    before = ("suggestion", "admission", "assignment", "reply", "rating")
    for name, case in CASES.items():
        known = {
            kind: min(day_of(kind, each) for each in case.records[kind])
            for kind in before[1:]
            if case.records[kind]
        }
        days = [str(SUGGESTIONS[name]["received_on"]), *known.values()]
        assert days == sorted(days), name
        for kind in ABOUT:
            happened = [day_of(kind, each) for each in case.records[kind]]
            assert all(days[0] <= day <= TODAY.isoformat() for day in happened if day), (name, kind)


def test_what_is_referred_to_is_of_the_same_suggestion() -> None:
    for kind in ABOUT:
        for name, each in ALL[kind].items():
            for field in ("assignment", "reply", "rating", "promise"):
                if field in each:
                    assert ALL[field][each[field]]["suggestion"] == each["suggestion"], (kind, name)


def test_every_reply_comes_from_an_organ_that_was_asked_and_every_rating_from_a_signer() -> None:
    for reply in ALL["reply"].values():
        assert reply["organ"] == ALL["assignment"][reply["assignment"]]["organ"]
    for rating in ALL["rating"].values():
        suggestion = SUGGESTIONS[rating["suggestion"]]
        assert rating["rater"] in (suggestion["lead_deputy"], *suggestion.get("co_signers", ()))


def test_a_rating_that_is_not_satisfied_with_the_result_opens_a_rehandling() -> None:
    opened = {each["rating"] for each in of("rehandling").values()}
    assert {name for name, each in of("rating").items() if each["result"] == "not_satisfied"} <= opened


def test_a_printed_report_says_54_33_2_and_4_of_93_with_percentages_that_sum_to_100() -> None:
    (printed,) = of("printed_figure").values()
    rows = printed["rows"]
    assert (printed["total"], [row["count"] for row in rows]) == (93, [54, 33, 2, 4])
    assert [row["printed_percent"] for row in rows] == ["58.07", "35.48", "2.15", "4.30"]
    cents = [int(row["printed_percent"].replace(".", "")) for row in rows]
    assert sum(cents) == 10_000 and sum(row["count"] for row in rows) == printed["total"]


# what a single record can tell


def fault(kind: str, name: str, **changed: Any) -> list[str]:
    """What is said of a sample record with some answers changed; None takes one out."""
    answers = {**of(kind)[name], **changed}
    answers.pop("code")
    found = check_answers(FORMS[kind], {key: each for key, each in answers.items() if each is not None})
    return sorted(f"{each.key} {each.pointer}".strip() for each in found)


@pytest.mark.parametrize(
    ("kind", "name", "changed", "says"),
    [
        ("assignment", "2026-009", {"co_organs": ["transport-bureau"]}, "problem.check"),
        ("assignment", "2026-032-civil", {"co_organs": ["water-bureau"]}, "problem.not_asked /co_organs"),
        ("reply", "2026-015", {"promised_for": "2026-04-17"}, "problem.check"),
        ("reply", "2026-015", {"promised_for": None}, "problem.required /promised_for"),
        ("reply", "2026-009", {"promised_for": "2026-09-01"}, "problem.not_asked /promised_for"),
        ("reply", "2026-009", {"contacted_on": "2026-04-25"}, "problem.check"),
        ("track", "2026-009", {"due_on": None}, "problem.required /due_on"),
        ("track", "2026-009", {"due_on": "2026-01-28"}, "problem.check"),
        ("track", "2026-018", {"due_on": "2026-05-01"}, "problem.not_asked /due_on"),
        ("track", "2026-029-red", {"supervising_leader": None}, "problem.required /supervising_leader"),
        ("track", "2026-029-red", {"backstop_organ": None}, "problem.required /backstop_organ"),
        ("rating", "2026-030", {"result_reason": None}, "problem.required /result_reason"),
        ("rating", "2026-018", {"attitude_reason": None}, "problem.required /attitude_reason"),
        ("rating", "2026-021", {"attitude": None}, "problem.required /attitude"),
        ("admission", "2026-031", {"reason": None}, "problem.required /reason"),
        ("admission", "2026-041", {"reason": "other"}, "problem.not_asked /reason"),
        ("admission", "2026-031", {"reason": "other", "reason_text": "不行"}, "problem.check"),
        ("onsite_check", "2026-015", {"evidence": "看过了"}, "problem.check"),
        ("onsite_check", "2026-015", {"evidence": None}, "problem.required /evidence"),
        (
            "onsite_check",
            "2026-015",
            {"items": [{"what": "信号灯", "verdict": "not_done"}]},
            "problem.check",
        ),
        ("onsite_check", "2026-015", {"suggestion": None}, "problem.required /suggestion"),
        ("onsite_check", "2026-015", {"candidate": "qingxi-2025-02"}, "problem.not_asked /candidate"),
        ("extension", "2025-030", {"consented_on": None}, "problem.required /consented_on"),
        ("extension", "2025-030", {"consented_on": "2025-09-21"}, "problem.check"),
        ("key_supervision", "2025-023", {"report_on": "2025-09-24"}, "problem.check"),
        ("withdrawal", "2026-033", {"in_writing": False}, "problem.check"),
        ("award", "2025-handler", {"criteria_published_on": "2026-01-12"}, "problem.check"),
        ("award", "2025-handler", {"suggestion": "2025-019"}, "problem.not_asked /suggestion"),
        ("opinion", "2026-08-court", {"not_accepted_reason": None}, "problem.required /not_accepted_reason"),
        ("opinion", "2026-04-bus-notice", {"replied_on": "2026-04-01"}, "problem.check"),
        ("printed_figure", "2024-outcomes", {"rows": [{"label": "甲"}]}, "problem.check"),
    ],
)
def test_a_record_that_contradicts_itself_is_refused(
    kind: str, name: str, changed: dict[str, Any], says: str
) -> None:
    assert fault(kind, name) == []
    found = fault(kind, name, **changed)
    assert [each for each in found if each.startswith(says)], found


def test_a_percentage_is_copied_as_text_without_its_sign() -> None:
    rows = [{"label": "甲", "printed_percent": text} for text in ("58.07%", "58,07", "", "1234")]
    found = fault("printed_figure", "2024-outcomes", rows=rows)
    assert len({each.split("/")[2] for each in found if "/" in each}) == 4


# who may see it


def test_all_that_is_about_suggestions_shares_one_tab_and_is_withheld_with_its_suggestion() -> None:
    for kind in ABOUT:
        form = FORMS[kind]
        assert form.withheld_with == "suggestion", kind
        assert form.page and form.page.group == {"zh": "代表建议", "en": "Suggestions"}
        kept = {FORMS[kind].fields[name].type for name in form.keep_when_withheld}
        assert kept <= {"reference", "date", "choice", "boolean", "integer"}, kind
        assert not {"organ", "reason", "track"} & set(form.keep_when_withheld)


def test_what_a_resident_said_is_never_signed_in_public_nor_dated_to_the_day() -> None:
    form = FORMS["opinion"]
    assert form.gate == "review" and not form.proof
    assert {field.publish for field in form.fields.values() if field.type == "date"} == {"month"}
    assert form.fields["grid"].publish == FORMS["onsite_check"].fields["grid"].publish == "village"
    contacts = [form.fields[name] for name in ("contact_name", "contact_phone")]
    assert {(field.publish, field.forget_after) for field in contacts} == {("never", "180 days")}


def test_comments_of_a_rating_wait_for_a_reader() -> None:
    form = FORMS["rating"]
    texts = ("attitude_reason", "result_reason", "comment")
    assert {form.fields[name].publish for name in texts} == {"reviewed"}
    assert not form.fields["rater"].asked_of("deputy")


def test_days_of_office_and_organ_follow_each_other_in_every_handling_again() -> None:
    for name, case in CASES.items():
        opened = [day_of("rehandling", each) for each in case.until("rehandling", TODAY)]
        assert all(one < other for one, other in pairwise(opened)), name
