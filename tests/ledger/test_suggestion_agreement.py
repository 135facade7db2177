"""A record that does not agree with what is kept is told in one line; one that does passes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import strategies as st

from ledger.forms import load_forms
from ledger.records import not_asked_of
from ledger.rulebooks import Rulebook, Value, load_rulebook
from ledger.rules.suggestion.agreement import AGREEMENTS, CHECKS, under
from ledger.rules.suggestion.case import Case
from ledger.rules.suggestion.kept import ASKED, case_of
from ledger.words import load_words
from tests.ledger.samples import ROOT
from tests.ledger.suggestions import again, cases, check, drawn, given, rating, reply

BOOK = load_rulebook(ROOT / "content", "national")
CODE = "JY-2026-7KQ4"


@dataclass(frozen=True)
class Kept:
    code: str
    answers: Mapping[str, Any]
    person: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class Writer:
    person: str | None
    role: str


@dataclass
class Others:
    """A ledger in a dict: records by kind, found by code or by the office's name."""

    records: dict[str, list[Kept]] = field(default_factory=dict)

    def kept(self, kind: str, ref: str) -> Kept | None:
        return next((each for each in self.records.get(kind, ()) if ref in (each.code, each.name)), None)

    def about(self, kind: str, name: str, ref: str) -> Sequence[Kept]:
        meant = self.kept("suggestion", ref)
        there = {meant.code, meant.name} if meant else set()
        return [each for each in self.records.get(kind, ()) if each.answers.get(name) in there]


CLERK, LEAD, SIGNER, STRANGER = (
    Writer(None, "clerk"), Writer("DB-1", "deputy"), Writer("DB-2", "deputy"), Writer("DB-9", "deputy"),
)  # fmt: skip
ADMITTED = {"code": "SL-1", "decision": "accepted", "decided_on": "2026-03-01"}


def ledger(signed: tuple[str, ...] = ("DB-2",), **records: Any) -> Others:
    """One suggestion, filed by DB-1 and signed by others, with its records by kind."""
    answers = {"subject": "装路灯", "co_signers": list(signed), "received_on": "2026-02-27"}
    lists = {kind: each if isinstance(each, list) else [each] for kind, each in records.items()}
    kept = {
        kind: [Kept(each["code"], {"suggestion": CODE, **each}, "DB-1") for each in lists[kind]]
        for kind in lists
    }
    deputies = [Kept(f"DB-{n}", {}, name=f"deputy-{n}") for n in (1, 2, 9)]
    organs = [Kept(f"JG-{n}", {}, name=f"organ-{n}") for n in (1, 2, 3)]
    suggestion = Kept(CODE, answers, "DB-1", "lamps")
    return Others({"suggestion": [suggestion], "deputy": deputies, "organ": organs, **kept})


def keys(
    kind: str, answers: Mapping[str, Any], others: Others, writer: Writer = CLERK,
    replaced: str | None = None, book: Rulebook | None = None,
) -> list[str]:  # fmt: skip
    """The messages about a new record, each with the place it is said of."""
    new = {"suggestion": CODE, **{name: value for name, value in answers.items() if name != "code"}}
    rules = under(book)[kind] if book else AGREEMENTS[kind]
    found = [problem for rule in rules for problem in rule(new, others, writer, replaced)]
    said = load_words(ROOT / "content")
    for problem in found:
        assert all(said.both(problem.key, **problem.params).values())
    return [f"{each.key.removeprefix('problem.suggestion.')} {each.pointer}" for each in found]


HANDLED = {"admission": ADMITTED, "assignment": given(co_organs=["JG-2"])}
REPLIED = {**HANDLED, "reply": reply()}
UNHAPPY = {**REPLIED, "rating": rating(result="not_satisfied")}
CLOSED = {**REPLIED, "rating": rating(), "onsite_check": check()}
BACK = {"code": "TB-1", "assignment": "JB-1", "returned_on": "2026-03-10"}
WITHDRAWN = {"code": "CH-1", "withdrawn_on": "2026-03-05"}
PROMISE = {"reply": "DF-1", "organ": "JG-1", "what": "十盏灯", "due_on": "2026-09-30"}
LETTER = {"in_writing": True, "all_signers_agree": True, "withdrawn_on": "2026-03-05"}
EXTENSION = {"assignment": "JB-1", "asked_on": "2026-05-20", "consent": "given", "consented_on": "2026-05-21"}
AWARD = {"award_kind": "excellent_suggestion", "decided_on": "2026-12-01"}
YELLOW = {"track": "yellow", "set_on": "2026-03-05", "due_on": "2026-04-05"}


@pytest.mark.parametrize(
    ("kind", "answers", "kept", "writer"),
    [
        ("assignment", given(), {"admission": ADMITTED}, CLERK),
        ("assignment", given("JB-2", "2026-03-10"), {**HANDLED, "assignment_return": BACK}, CLERK),
        ("assignment", given("JB-2", organ="JG-3", mode="separate"),
         {"admission": ADMITTED, "assignment": given(mode="separate")}, CLERK),
        ("assignment", given("JB-2", "2026-04-12", "JG-3"),
         {**UNHAPPY, "rehandling": again(organ="JG-3")}, CLERK),
        ("assignment_return", BACK, HANDLED, CLERK),
        ("track", YELLOW, HANDLED, CLERK),
        ("reply", reply(), HANDLED, CLERK),
        ("reply", reply(organ="JG-2"), HANDLED, CLERK),
        ("reply", reply(organ="organ-1"), HANDLED, CLERK),
        ("reply", reply("DF-2", "2026-05-01", organ="JG-3"),
         {**UNHAPPY, "rehandling": again(organ="JG-3")}, CLERK),
        ("promise", PROMISE, REPLIED, CLERK),
        ("extension", EXTENSION, HANDLED, CLERK),
        ("rating", rating(rater="DB-2"), REPLIED, CLERK),
        ("rating", rating(rater="deputy-1"), REPLIED, CLERK),
        ("rating", rating(), REPLIED, LEAD),
        ("rating", rating(), REPLIED, SIGNER),
        ("rehandling", again(), UNHAPPY, CLERK),
        ("rehandling", again(), {**REPLIED, "rating": rating(attitude="not_satisfied")}, CLERK),
        ("onsite_check", check(), REPLIED, LEAD),
        ("onsite_check", check(verdict="not_done", evidence=""), REPLIED, LEAD),
        ("withdrawal", LETTER, HANDLED, LEAD),
        ("award", AWARD, CLOSED, CLERK),
    ],
)  # fmt: skip
def test_what_agrees_passes(kind: str, answers: dict[str, Any], kept: dict[str, Any], writer: Writer) -> None:
    assert keys(kind, answers, ledger(**kept), writer) == []
    assert keys(kind, answers, ledger(**kept), writer, book=BOOK) == []
    assert keys(kind, {**answers, "suggestion": "lamps"}, ledger(**kept), writer) == []


@pytest.mark.parametrize(
    ("kind", "answers", "kept", "writer", "said"),
    [
        # an assignment of what is refused, not admitted, withdrawn
        ("assignment", given(), {}, CLERK, "assigned_unadmitted /suggestion"),
        ("assignment", given(on="2026-02-28"), {"admission": ADMITTED}, CLERK,
         "assigned_unadmitted /suggestion"),
        ("assignment", given(), {"admission": {**ADMITTED, "decision": "refused"}}, CLERK,
         "assigned_decision /suggestion"),
        ("assignment", given(), {"admission": {**ADMITTED, "decision": "returned_for_revision"}}, CLERK,
         "assigned_decision /suggestion"),
        ("assignment", given(on="2026-03-05"), {"admission": ADMITTED, "withdrawal": WITHDRAWN}, CLERK,
         "withdrawn /suggestion"),
        # lead equal to co-handler, however it is written
        ("assignment", given(co_organs=["JG-2", "JG-1"]), {"admission": ADMITTED}, CLERK,
         "lead_is_co /co_organs/1"),
        ("assignment", given(co_organs=["organ-1"]), {"admission": ADMITTED}, CLERK,
         "lead_is_co /co_organs/0"),
        # a second one without a return
        ("assignment", given("JB-2", "2026-03-09", "JG-3"), HANDLED, CLERK, "assigned_again /suggestion"),
        ("assignment", given("JB-2", "2026-03-09"), {**HANDLED, "assignment_return": BACK}, CLERK,
         "assigned_again /suggestion"),
        ("assignment", given("JB-2", mode="separate"),
         {"admission": ADMITTED, "assignment": given(mode="separate")},
         CLERK, "assigned_again /suggestion"),
        ("assignment", given("JB-2", organ="JG-3", mode="separate"), HANDLED, CLERK,
         "assigned_again /suggestion"),
        # a return
        ("assignment_return", {**BACK, "returned_on": "2026-03-01"}, HANDLED, CLERK,
         "returned_before /returned_on"),
        ("assignment_return", {**BACK, "assignment": "JB-9"}, HANDLED, CLERK, "other_assignment /assignment"),
        ("assignment_return", BACK, REPLIED, CLERK, "returned_replied /assignment"),
        ("assignment_return", {**BACK, "returned_on": "2026-03-11"},
         {**HANDLED, "assignment_return": BACK}, CLERK,
         "returned_twice /assignment"),
        # a track without its day
        ("track", {"track": "yellow", "set_on": "2026-03-05"}, HANDLED, CLERK, "track_no_due /due_on"),
        ("track", {**YELLOW, "due_on": "2026-03-05"}, HANDLED, CLERK, "track_due_before /due_on"),
        # a reply before its assignment, or by who does not handle it
        ("reply", reply(on="2026-03-01"), HANDLED, CLERK, "replied_before /replied_on"),
        ("reply", reply(organ="JG-3"), HANDLED, CLERK, "replied_by_other /organ"),
        ("reply", reply(assignment="JB-9"), HANDLED, CLERK, "other_assignment /assignment"),
        ("reply", reply(), {**HANDLED, "assignment_return": BACK}, CLERK, "replied_returned /assignment"),
        ("reply", reply(), {**HANDLED, "withdrawal": WITHDRAWN}, CLERK, "withdrawn /suggestion"),
        # a promise without a reply
        ("promise", {**PROMISE, "reply": "DF-9"}, REPLIED, CLERK, "other_reply /reply"),
        ("promise", {name: PROMISE[name] for name in ("organ", "what", "due_on")}, REPLIED, CLERK,
         "promise_no_reply /reply"),
        ("promise", {**PROMISE, "due_on": "2026-03-31"}, REPLIED, CLERK, "promise_past /due_on"),
        # an extension of what does not run
        ("extension", {**EXTENSION, "asked_on": "2026-03-01"}, HANDLED, CLERK, "extended_before /asked_on"),
        ("extension", EXTENSION, REPLIED, CLERK, "extended_replied /asked_on"),
        ("extension", {**EXTENSION, "assignment": "JB-9"}, HANDLED, CLERK, "other_assignment /assignment"),
        # a rating by who did not sign, or of another reply
        ("rating", rating(), REPLIED, STRANGER, "rated_unsigned /suggestion"),
        ("rating", rating(rater="DB-9"), REPLIED, CLERK, "rated_by_other /rater"),
        ("rating", {k: v for k, v in rating().items() if k != "rater"}, REPLIED, CLERK,
         "rated_by_nobody /rater"),
        ("rating", rating(reply="DF-9"), REPLIED, LEAD, "other_reply /reply"),
        ("rating", rating(on="2026-03-31"), REPLIED, LEAD, "rated_before /rated_on"),
        # handling again what satisfied
        ("rehandling", again(), {**REPLIED, "rating": rating()}, CLERK, "rehandled_satisfied /rating"),
        ("rehandling", again(rating="PF-9"), UNHAPPY, CLERK, "other_rating /rating"),
        ("rehandling", again(on="2026-04-09"), UNHAPPY, CLERK, "rehandled_before /opened_on"),
        ("rehandling", again("CB-2"), {**UNHAPPY, "rehandling": again()}, CLERK, "rehandled_twice /rating"),
        # done without evidence
        ("onsite_check", check(evidence=" "), REPLIED, LEAD, "done_no_evidence /evidence"),
        ("onsite_check", check(promise="CN-9"), REPLIED, LEAD, "other_promise /promise"),
        # a withdrawal
        ("withdrawal", {**LETTER, "all_signers_agree": False}, HANDLED, LEAD,
         "withdrawn_not_all /all_signers_agree"),
        ("withdrawal", {**LETTER, "in_writing": False}, HANDLED, LEAD, "withdrawn_unwritten /in_writing"),
        ("withdrawal", LETTER, HANDLED, STRANGER, "withdrawn_by_other /suggestion"),
        ("withdrawal", LETTER, {**HANDLED, "withdrawal": WITHDRAWN}, LEAD, "withdrawn /suggestion"),
        ("withdrawal", {**LETTER, "withdrawn_on": "2026-05-02"}, CLOSED, LEAD,
         "withdrawn_closed /suggestion"),
        # an award for what is open, or unrated
        ("award", AWARD, REPLIED, CLERK, "award_open /suggestion"),
        ("award", {**AWARD, "decided_on": "2026-04-30"}, CLOSED, CLERK, "award_open /suggestion"),
        ("award", AWARD, {**REPLIED, "onsite_check": check()}, CLERK, "award_unrated /suggestion"),
    ],
)  # fmt: skip
def test_what_does_not_agree_is_told_in_one_line(
    kind: str, answers: dict[str, Any], kept: dict[str, Any], writer: Writer, said: str
) -> None:
    assert keys(kind, answers, ledger(**kept), writer) == [said]


def test_who_signed_alone_needs_nobodys_agreement() -> None:
    alone = ledger(signed=(), **HANDLED)
    assert keys("withdrawal", {**LETTER, "all_signers_agree": False}, alone, LEAD) == []


def test_of_an_old_suggestion_without_signers_in_the_register_the_office_is_believed() -> None:
    old = ledger(signed=(), **REPLIED)
    old.records["suggestion"] = [Kept(CODE, {"councillors_as_written": ["某某"]}, None, "lamps")]
    assert keys("rating", rating(rater="DB-9"), old) == []
    assert keys("rating", rating(), old, STRANGER) == ["rated_unsigned /suggestion"]


def test_a_record_that_replaces_another_is_judged_without_it() -> None:
    assert keys("assignment", given(organ="JG-3"), ledger(**HANDLED), replaced="JB-1") == []
    anew = ledger(
        admission=ADMITTED, assignment=[given(), given("JB-2", "2026-03-10")], assignment_return=BACK
    )
    assert keys("assignment", given(complex=True), anew, replaced="JB-1") == []
    assert keys("assignment", given(on="2026-03-09"), anew, replaced="JB-2") == ["assigned_again /suggestion"]
    twice = ledger(**UNHAPPY, rehandling=again())
    assert keys("rehandling", again(), twice, replaced="CB-1") == []


def test_the_local_rules_on_extensions_hold_where_a_rulebook_is_given() -> None:
    late = {**EXTENSION, "asked_on": "2026-06-03", "consented_on": "2026-06-04"}
    kept = ledger(**HANDLED)
    assert keys("extension", {**late, "asked_on": "2026-06-02"}, kept, book=BOOK) == []
    assert keys("extension", late, kept, book=BOOK) == ["extended_late /asked_on"]
    assert keys("extension", late, kept) == []
    lenient = {**BOOK.values, "suggestion.late_extension_counts": Value(True)}
    assert keys("extension", late, kept, book=Rulebook({}, lenient)) == []
    strict = Rulebook({}, {**BOOK.values, "suggestion.extension_needs_consent": Value(True)})
    untold = {name: EXTENSION[name] for name in ("assignment", "asked_on")}
    assert keys("extension", untold, kept, book=strict) == ["extended_no_consent /consent"]
    assert keys("extension", {**untold, "consent": "given"}, kept, book=strict) == [
        "extended_no_consent /consented_on"
    ]
    assert keys("extension", {**untold, "consent": "pending"}, kept, book=strict) == []
    assert keys("extension", untold, kept, book=BOOK) == []


def test_an_organ_asks_for_more_time_and_only_the_office_may_grant_it() -> None:
    form = load_forms(ROOT / "content")["extension"]
    answers = {"suggestion": CODE, **EXTENSION}
    assert [each.pointer for each in not_asked_of(form, answers, "handler")] == ["/consent"]
    assert not_asked_of(form, answers, "clerk") == []
    strict = Rulebook({}, {**BOOK.values, "suggestion.extension_needs_consent": Value(True)})
    asked = {name: EXTENSION[name] for name in ("assignment", "asked_on")}
    assert keys("extension", asked, ledger(**HANDLED), Writer(None, "handler"), book=strict) == []


def test_where_the_rulebook_says_so_nothing_is_withdrawn_once_assigned() -> None:
    until = Rulebook({}, {**BOOK.values, "suggestion.withdrawal_until": Value("assignment")})
    assert keys("withdrawal", LETTER, ledger(**HANDLED), LEAD, book=until) == [
        "withdrawn_assigned /withdrawn_on"
    ]
    early = {**LETTER, "withdrawn_on": "2026-03-01"}
    assert keys("withdrawal", early, ledger(**HANDLED), LEAD, book=until) == []


def test_what_names_no_suggestion_or_one_that_is_not_there_asks_nothing() -> None:
    (rule,) = AGREEMENTS["onsite_check"]
    assert tuple(rule({"candidate": "HX-1", **check(evidence="")}, ledger(), LEAD, None)) == ()
    assert keys("reply", {**reply(), "suggestion": "JY-9"}, ledger()) == []


def test_a_case_out_of_the_ledger_has_codes_for_references_and_the_deputy_who_filed_it() -> None:
    named = given(organ="organ-1", co_organs=["organ-2"], suggestion="lamps")
    found = case_of(ledger(assignment=named, reply=reply()), "lamps", replaced="DF-1")
    assert found and found.suggestion["author"] == "DB-1" and found.code == CODE
    (assignment,) = found.records["assignment"]
    assert (assignment["organ"], assignment["co_organs"]) == ("JG-1", ["JG-2"])
    assert (assignment["suggestion"], found.records["reply"]) == (CODE, [])


def test_only_references_that_can_be_followed_are_asked() -> None:
    assert {field_ for _, field_ in ASKED} == {"suggestion"}
    assert {kind for kind, _ in ASKED} - set(CHECKS) == {"admission"}


@drawn(cases(), st.sampled_from(sorted(CHECKS)), st.sampled_from([CLERK, LEAD, STRANGER]), st.randoms())
def test_the_rules_judge_whatever_is_kept_in_whatever_order(
    case: Case, kind: str, writer: Writer, random: Any
) -> None:
    new = {
        "assignment": given("JB-9", "2026-03-05"), "assignment_return": BACK, "track": YELLOW,
        "reply": reply(),
        "promise": PROMISE, "extension": EXTENSION, "rating": rating(), "rehandling": again(),
        "onsite_check": check(), "withdrawal": LETTER, "award": AWARD,
    }[kind]  # fmt: skip
    shuffled = {name: random.sample(list(each), len(each)) for name, each in case.records.items()}
    one, other = (
        ledger(**{name: list(each) for name, each in kept.items()}) for kept in (case.records, shuffled)
    )
    assert sorted(keys(kind, new, one, writer, book=BOOK)) == sorted(
        keys(kind, new, other, writer, book=BOOK)
    )


def test_every_problem_is_a_message_and_every_message_a_problem() -> None:
    text = (ROOT / "ledger/rules/suggestion/agreement.py").read_text("utf-8")
    given_keys = set(re.findall(r'_problem\(\s*[^,]+?, "([a-z_]+)"', text))
    given_keys |= set(re.findall(r'_of_an_assignment\(new, case, "[a-z_]+", "([a-z_]+)"\)', text))
    messages = load_words(ROOT / "content").messages
    said = {
        key.removeprefix("problem.suggestion.") for key in messages if key.startswith("problem.suggestion.")
    }
    assert given_keys == said
