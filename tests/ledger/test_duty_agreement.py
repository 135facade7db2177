"""A record of the duties of deputies that does not agree with what is kept is told in one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from ledger.agreement import Kept, Writer
from ledger.forms import load_forms
from ledger.records import check_answers, not_asked_of, read_record
from ledger.rules import agreements
from ledger.rules.duty.agreement import AGREEMENTS, ASKED
from ledger.words import load_words
from tests.ledger.samples import ROOT

CONTENT = ROOT / "content"
FORMS = load_forms(CONTENT)
WORDS = load_words(CONTENT)
KINDS = (
    "duty_entry",
    "duty_assessment",
    "duty_bulletin",
    "duty_review",
    "allowance",
    "report_back",
    "typical_case",
)
CLERK, LIN = Writer(None, "clerk", "office"), Writer("DB-lin-xiuhe", "deputy", "pair", "DB-lin-xiuhe")


def sample(kind: str, name: str) -> dict[str, Any]:
    return dict(read_record(CONTENT / "records" / kind / f"{name}.yaml").answers)


@dataclass
class Folder:
    """The sample as rules see it: every record by code and by the office's name."""

    more: dict[str, list[Kept]] = field(default_factory=dict)

    def _all(self, kind: str) -> list[Kept]:
        files = map(read_record, sorted((CONTENT / "records" / kind).glob("*.yaml")))
        code = FORMS[kind].code if kind in FORMS else "XX"
        named = {"deputy": "DB"}.get(kind, code)
        there = [Kept(f"{named}-{each.name}", each.answers, None, "clerk", "o", each.name) for each in files]
        return [*there, *self.more.get(kind, ())]

    def kept(self, kind: str, ref: str) -> Kept | None:
        return next((each for each in self._all(kind) if each.is_named(ref)), None)

    def answers(self, kind: str, ref: str) -> Any:
        found = self.kept(kind, ref)
        return found.answers if found else None

    def about(self, kind: str, name: str, ref: str) -> Sequence[Kept]:
        assert (kind, name) in agreements.ASKED
        meant = self.kept("deputy", ref)
        there = {meant.code, meant.name} if meant else {ref}
        return [each for each in self._all(kind) if there & set(_many(each.answers.get(name)))]


def _many(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def said(
    kind: str, answers: Mapping[str, Any], writer: Writer = CLERK, replaced: str | None = None
) -> list[str]:
    found = [each for rule in AGREEMENTS[kind] for each in rule(answers, Folder(), writer, replaced)]
    for each in found:
        told = WORDS.both(each.key, **each.params)
        assert all(told.values()) and "{" not in told["zh"] + told["en"]
    return [f"{each.key.removeprefix('problem.duty.')} {each.pointer}" for each in found]


LINS, QINS = "2026-lin-xiuhe", "2026-qin-yuebai"
REPORT = sample("report_back", LINS)
ASSESSED = sample("duty_assessment", "2025-lin-xiuhe")
REVIEW = sample("duty_review", "2026-lin-xiuhe-voters")
FRESH = {
    "deputy": "lin-xiuhe",
    "duty_kind": "training",
    "what": "代表法学习班",
    "happened_on": "2026-08-03",
    "attendance": "attended",
}


@pytest.mark.parametrize("kind", AGREEMENTS)
def test_every_record_of_the_sample_agrees_with_the_others(kind: str) -> None:
    for path in sorted((CONTENT / "records" / kind).glob("*.yaml")):
        answers = dict(read_record(path).answers)
        assert said(kind, answers, replaced=f"{FORMS[kind].code}-{path.stem}") == [], path.name


@pytest.mark.parametrize(
    ("kind", "answers", "writer", "expected"),
    [
        ("duty_entry", FRESH, LIN, []),
        ("duty_entry", {**FRESH, "deputy": "tian-shouyi"}, LIN, ["for_another /deputy"]),
        ("duty_entry", {**FRESH, "verified": True}, LIN, ["verified_oneself /verified"]),
        ("duty_entry", {**FRESH, "happened_on": "2020-01-01"}, CLERK, ["before_election /happened_on"]),
        (
            "duty_entry",
            {**FRESH, "deputy": "ruan-tingxi", "happened_on": "2026-07-01"},
            CLERK,
            ["after_mandate /happened_on"],
        ),
        ("duty_entry", sample("duty_entry", "2025-training-lin-xiuhe"), CLERK, ["entered_twice /what"]),
        (
            "duty_entry",
            {**FRESH, "duty_kind": "inspection", "happened_on": "2025-09-04"},
            CLERK,
            ["told_already /duty_kind"],
        ),
        ("report_back", {**REPORT, "constituency": "云溪街道第一选区"}, CLERK,
         ["other_constituency /constituency"]),
        ("report_back", sample("report_back", "2026-qin-yuebai"), LIN, ["for_another /deputy"]),
        ("report_back", {**REPORT, "reported_on": "2021-01-01"}, LIN,
         ["before_election /reported_on"]),
        ("duty_assessment", {**ASSESSED, "period_from": "2025-12-01"}, CLERK,
         ["assessed_twice /period_from"]),
        ("duty_assessment", {**ASSESSED, "period_from": "2026-01-01",
                             "period_to": "2026-12-31"}, CLERK, []),
        ("duty_review", {**REVIEW, "report_back": "2026-qin-yuebai"}, CLERK,
         ["report_of_another /report_back"]),
        ("duty_review", {**REVIEW, "reviewed_on": "2026-09-01"}, CLERK,
         ["reviewed_before /reviewed_on"]),
        ("allowance", {**sample("allowance", "2026-q1"), "total": 300100}, CLERK, ["allowance_sum /total"]),
        ("allowance", {**sample("allowance", "2026-q3"), "total": 60000, "recipients": [
            {"deputy": "ruan-tingxi", "fixed_income": False, "amount": 60000}]}, CLERK,
         ["paid_after_mandate /recipients/0/deputy"]),
        ("typical_case", {**sample("typical_case", "shiqiao-school-signal"), "suggestion": "2025-034"}, CLERK,
         ["cites_inside /suggestion"]),
    ],
)  # fmt: skip
def test_what_does_not_agree_is_said_where_it_stands(
    kind: str, answers: Mapping[str, Any], writer: Writer, expected: list[str]
) -> None:
    assert said(kind, answers, writer) == expected


def test_a_meeting_on_the_day_of_another_is_no_second_entry_of_it() -> None:
    twice = sample("duty_entry", "2025-training-lin-xiuhe")
    assert said("duty_entry", {**twice, "what": "另一个培训班"}) == []
    assert said("duty_entry", {**twice, "deputy": "tian-shouyi"}) == []


def test_these_rules_hold_in_every_congress_and_what_they_follow_is_asked() -> None:
    assert AGREEMENTS.items() <= agreements.AGREEMENTS.items() and ASKED <= agreements.ASKED
    assert ("visit", "deputies") not in ASKED  # a visit pays nothing for this


# -- what a single record can tell --


def fault(kind: str, name: str, **changed: Any) -> list[str]:
    """What is said of a sample record with some answers changed; None takes one out."""
    answers = {key: each for key, each in {**sample(kind, name), **changed}.items() if each is not None}
    found = check_answers(FORMS[kind], answers)
    return sorted(f"{each.key} {each.pointer}".strip() for each in found)


CASES: list[tuple[str, str, dict[str, Any], str]] = [
    ("duty_entry", "2025-training-lin-xiuhe", {"verified_on": "2025-05-01"}, "problem.check"),
    ("duty_entry", "2025-training-lin-xiuhe", {"evidence": None}, "problem.required /evidence"),
    ("duty_entry", "2025-training-lin-xiuhe", {"verified_by": None}, "problem.required /verified_by"),
    ("duty_entry", "2025-session-lin-xiuhe", {"level": None}, "problem.required /level"),
    ("duty_entry", "2025-session-lin-xiuhe", {"duty_area": "oversight"}, "problem.check"),
    ("duty_entry", "2025-session-lin-xiuhe", {"leave_reason": "有事"}, "problem.not_asked /leave_reason"),
    ("duty_entry", "2025-training-lin-xiuhe", {"duty_kind": "visit"}, "problem.not_a_choice /duty_kind"),
    ("duty_assessment", "2025-lin-xiuhe", {"period_to": "2024-12-31"}, "problem.check"),
    ("duty_assessment", "2025-lin-xiuhe", {"decided_on": "2025-12-30"}, "problem.check"),
    ("duty_assessment", "2025-lin-xiuhe", {"rule_version": None}, "problem.required /rule_version"),
    ("duty_assessment", "2025-lin-xiuhe", {"counts": [{"duty": "visit"}]},
     "problem.required /counts/0/times"),
    ("duty_bulletin", "2025-public", {"subject": "2025 年代表履职排名通报"}, "problem.check"),
    ("duty_bulletin", "2025-public", {"complete": True, "left_out_reason": None}, "problem.check"),
    ("duty_bulletin", "2025-public", {"left_out_reason": None}, "problem.required /left_out_reason"),
    ("duty_bulletin", "2025-public", {"published_on": "2025-06-01"}, "problem.check"),
    ("duty_review", "2026-lin-xiuhe-voters", {"satisfied": 39}, "problem.check"),
    ("duty_review", "2026-lin-xiuhe-voters", {"issued": 50}, "problem.check"),
    ("duty_review", "2026-lin-xiuhe-voters", {"secret": None}, "problem.required /secret"),
    ("duty_review", "2025-tian-shouyi-peers", {"report_back": "2025-tian-shouyi"},
     "problem.not_asked /report_back"),
    ("allowance", "2026-q1", {"deputies_paid": 6}, "problem.check"),
    ("allowance", "2026-q1", {"budget": 200000}, "problem.check"),
    ("allowance", "2026-q3", {"deputies_paid": 1, "recipients": [
        {"deputy": "lin-xiuhe", "fixed_income": True, "amount": 240000}]}, "problem.check"),
    ("report_back", "2026-lin-xiuhe", {"form_kind": "written"}, "problem.not_asked /people"),
    ("report_back", "2026-lin-xiuhe", {"questions": [
        {"asked": "护栏呢？", "answered": "提了建议", "outcome": "suggestion"}]}, "problem.check"),
    ("report_back", "2026-lin-xiuhe", {"report": None}, "problem.required /report"),
    ("typical_case", "shiqiao-school-signal", {"consented_on": None}, "problem.required /consented_on"),
    ("typical_case", "shiqiao-school-signal", {"suggestion": None}, "problem.required /suggestion"),
    ("typical_case", "shiqiao-school-signal", {"project": "qingxi-2025-01"}, "problem.not_asked /project"),
    ("typical_case", "shiqiao-school-signal", {"deputies": []}, "problem.too_few /deputies"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "name", "changed", "says"), CASES)
def test_a_record_that_contradicts_itself_is_refused(
    kind: str, name: str, changed: dict[str, Any], says: str
) -> None:
    assert fault(kind, name) == []
    assert any(each.startswith(says) for each in fault(kind, name, **changed)), fault(kind, name, **changed)


@pytest.mark.parametrize("kind", KINDS)
def test_of_every_kind_at_least_three_records_are_refused(kind: str) -> None:
    assert sum(each[0] == kind for each in CASES) >= 3


def test_only_the_office_is_asked_whether_an_entry_is_verified() -> None:
    (found,) = not_asked_of(FORMS["duty_entry"], {"verified": True}, "deputy")
    assert found.pointer == "/verified"


# -- who may see it --


def test_reasons_for_leave_points_and_what_each_was_paid_stay_inside() -> None:
    assert FORMS["duty_entry"].fields["leave_reason"].publish == "never"
    assert FORMS["duty_entry"].fields["leave_reason"].forget_after == "180 days"
    assert FORMS["duty_assessment"].fields["points"].publish == "never"
    recipients = FORMS["allowance"].fields["recipients"]
    assert {recipients.publish, *(each.publish for each in recipients.each.values())} == {"never"}
    assert FORMS["allowance"].fields["spent_before"].publish == "never"
    assert FORMS["allowance"].fields["total"].publish_when == "deputies_paid >= 5"


def test_counts_of_few_voters_are_not_public_and_nobody_who_came_is_named() -> None:
    review, report = FORMS["duty_review"], FORMS["report_back"]
    for name in ("satisfied", "basically", "not_satisfied", "abstain", "invalid"):
        assert review.fields[name].publish_when == "returned >= 30"
    assert report.fields["people"].publish_when == "people >= 5"
    assert not {name for name in report.fields if name.endswith(("_name", "_phone", "names"))}


def test_what_names_a_deputy_and_judges_waits_for_two_keys_and_a_case_for_one() -> None:
    gates = {kind: FORMS[kind].gate for kind in KINDS}
    assert gates == {
        "duty_entry": "none", "duty_assessment": "two_keys", "duty_bulletin": "none",
        "duty_review": "two_keys",
        "allowance": "none", "report_back": "none", "typical_case": "review",
    }  # fmt: skip
    assert FORMS["duty_entry"].publish_when == "verified == true"
    assert FORMS["typical_case"].publish_when == "consent != 'not_yet'"


def test_no_list_of_these_kinds_sorts_deputies_by_how_many_records_they_have() -> None:
    for kind in KINDS:
        page = FORMS[kind].page
        assert page and not {"deputy", "deputies"} & set(page.facets)
