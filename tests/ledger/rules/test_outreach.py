"""Needs are closed with a deed or a reason, and hours of training are of those who were there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.agreement import Answers, Kept, Writer
from ledger.records import AnswerProblem, check_answers
from ledger.rules.outreach.agreement import AGREEMENTS
from ledger.rules.outreach.needs import closed_with_deed_or_reason
from ledger.rules.outreach.training import attendance, hours_of
from ledger.words import load_words
from tests.ledger.samples import ROOT
from tests.test_sample_congress import FORMS

CLERK = Writer(None, "clerk", "pair")
NEED = {
    "requested_on": "2026-03-11", "source": "resident", "category": "elder_help", "grid": "zhuyuan-01",
    "wanted": "盼着有人搭把手送午饭。",
}  # fmt: skip
TRAINING = {
    "topic": "怎样看懂预算草案", "training_kind": "class", "held_on": "2026-03-18", "hours": 8,
    "organiser": "区人大办", "invited": ["a", "b"],
}  # fmt: skip


@dataclass
class Others:
    """Records that are kept, by kind and name; nothing refers back."""

    there: dict[tuple[str, str], Kept] = field(default_factory=dict)

    def put(self, kind: str, name: str, code: str, **answers: Any) -> None:
        kept = Kept(code, answers, None, "clerk", "pair", name)
        self.there |= {(kind, name): kept, (kind, code): kept}

    def kept(self, kind: str, ref: str) -> Kept | None:
        return self.there.get((kind, ref))

    def answers(self, kind: str, ref: str) -> Answers | None:
        return kept.answers if (kept := self.kept(kind, ref)) else None

    def about(self, kind: str, field: str, ref: str) -> list[Kept]:
        return []


def told(kind: str, answers: Answers, others: Others, replaced: str | None = None) -> list[AnswerProblem]:
    return [each for rule in AGREEMENTS[kind] for each in rule(answers, others, CLERK, replaced)]


def keys(problems: list[AnswerProblem]) -> list[tuple[str, str]]:
    return [(each.pointer, each.key.rpartition(".")[2]) for each in problems]


# -- needs --


def test_a_need_that_is_met_names_its_deed_and_one_that_is_not_its_reason() -> None:
    form = FORMS["need"]
    assert check_answers(form, NEED) == []
    said = {
        "met": [("/deed", "required")],
        "not_met": [("/reason", "required")],
    }
    for outcome, missing in said.items():
        assert keys(check_answers(form, {**NEED, "outcome": outcome})) == missing
    both = {**NEED, "outcome": "met", "deed": "lunch", "reason": "referred"}
    assert keys(check_answers(form, both)) == [("/reason", "not_asked")]


def test_refused_needs_say_where_and_why() -> None:
    form = FORMS["need"]
    early = {**NEED, "outcome": "met", "deed": "lunch", "closed_on": "2026-03-10"}
    assert keys(check_answers(form, early)) == [("/closed_on", "check")]
    assert keys(check_answers(form, {**NEED, "category": "enterprise_service"})) == [("/category", "check")]
    assert keys(check_answers(form, {**NEED, "wanted": "饭"})) == [("/wanted", "too_short")]
    assert keys(check_answers(form, {**NEED, "category": "party"})) == [("/category", "not_a_choice")]


def test_a_deed_meets_a_need_between_its_asking_and_its_closing() -> None:
    others = Others()
    others.put("service_deed", "lunch", "SS-2026-7KQ4", done_on="2026-06-18")
    met = {**NEED, "outcome": "met", "deed": "lunch", "closed_on": "2026-06-18"}
    assert told("need", met, others) == []
    assert keys(told("need", {**met, "closed_on": "2026-06-17"}, others)) == [("/deed", "deed_after")]
    assert keys(told("need", {**met, "requested_on": "2026-06-19"}, others))[0] == ("/deed", "deed_before")


def test_a_day_of_closing_needs_an_outcome() -> None:
    assert keys(told("need", {**NEED, "closed_on": "2026-04-01"}, Others())) == [
        ("/outcome", "closed_without")
    ]


@given(
    st.dictionaries(st.sampled_from(["outcome", "deed", "reason"]), st.sampled_from(["met", "not_met", "x"])),
    st.one_of(st.none(), st.dates().map(lambda day: {"done_on": day.isoformat()})),
)
def test_a_need_never_passes_as_closed_without_deed_or_reason(given: dict[str, str], deed: Any) -> None:
    lamp = closed_with_deed_or_reason({"requested_on": "2026-03-11", **given}, deed)
    if lamp.state == "pass":
        by_deed = given["outcome"] != "not_met" and "deed" in given and deed["done_on"] >= "2026-03-11"
        assert by_deed or (given["outcome"] == "not_met" and "reason" in given)


def test_every_message_of_these_rules_is_in_words_and_every_word_is_said() -> None:
    text = "".join(path.read_text("utf-8") for path in (ROOT / "ledger/rules/outreach").glob("*.py"))
    given = set(re.findall(r'"((?:problem\.)?outreach\.[a-z_.]+)"', text))
    said = {key for key in load_words(ROOT / "content").messages if re.match(r"(problem\.)?outreach\.", key)}
    assert given == said


# -- training --


def test_refused_trainings_say_where_and_why() -> None:
    form = FORMS["training"]
    assert check_answers(form, TRAINING) == []
    assert keys(check_answers(form, {**TRAINING, "hours": 0})) == [("/hours", "too_small")]
    assert keys(check_answers(form, {**TRAINING, "ended_on": "2026-03-17"})) == [("/ended_on", "check")]
    assert keys(check_answers(form, {**TRAINING, "invited": []})) == [("/invited", "too_few")]


def test_who_came_was_invited_by_whatever_name_and_is_not_on_leave() -> None:
    others = Others()
    others.put("deputy", "a", "DB-2026-0001")
    others.put("deputy", "b", "DB-2026-0002")
    others.put("deputy", "c", "DB-2026-0003")
    assert told("training", {**TRAINING, "attendees": ["DB-2026-0001", "b"]}, others) == []
    strangers = {**TRAINING, "attendees": ["a", "c"]}
    assert keys(told("training", strangers, others)) == [("/attendees/1", "not_invited")]
    both = {**TRAINING, "attendees": ["a"], "leave": ["DB-2026-0001"]}
    assert keys(told("training", both, others)) == [("/leave/0", "present_on_leave")]


DEPUTIES = st.lists(st.sampled_from("abcdef"), unique=True)


@given(st.lists(st.tuples(DEPUTIES, DEPUTIES, st.sampled_from([0.5, 3.5, 8, 14])), max_size=8))
def test_hours_of_all_deputies_are_the_hours_of_all_trainings(
    held: list[tuple[list[str], list[str], float]],
) -> None:
    trainings = [{"invited": invited, "attendees": came, "hours": h} for invited, came, h in held]
    found = hours_of(trainings)
    assert sum(each.hours for each in found.values()) == sum(len(came) * h for _, came, h in held)
    assert sum(each.invited for each in found.values()) == sum(attendance(each).invited for each in trainings)
    assert all(attendance(each).attended <= attendance(each).invited for each in trainings)
