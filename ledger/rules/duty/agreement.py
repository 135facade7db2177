"""Must a record of the duties of deputies agree with what is kept? What refuses it, each in one line.

References are compared as codes, whatever they were written as; one that leads nowhere the ledger refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ledger.agreement import Answers, Others, Rule, Writer
from ledger.records import AnswerProblem
from ledger.rules.duty.allowance import adds_up
from ledger.rules.duty.entry import ENTRY, SOURCES
from ledger.rules.duty.report_back import in_own_constituency

Problems = Iterator[AnswerProblem]

TOLD_BY: Mapping[str, tuple[str, ...]] = {
    "inspection": ("onsite_check", "project_inspection", "activity"),
    "research": ("activity",),
    "law_enforcement_check": ("activity",),
    "group_activity": ("activity",),
    "training_elsewhere": ("training",),
}
"""For each kind of entry the kinds of record that may say the same already."""
ASKED: frozenset[tuple[str, str]] = frozenset(
    {
        (ENTRY, "deputy"),
        ("duty_assessment", "deputy"),
        *((each.kind, each.by[0]) for each in SOURCES if any(each.kind in some for some in TOLD_BY.values())),
    }
)


# -- an entry --


def for_oneself(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """A deputy files what they did themselves; the office may file for any.

    >>> class Nobody:
    ...     def kept(self, kind, ref): return None
    >>> deputy, clerk = Writer("DB-1", "deputy", "pair"), Writer(None, "clerk", "pair")
    >>> def said(who, by): return [each.pointer for each in for_oneself({"deputy": who}, Nobody(), by, None)]
    >>> said("DB-1", deputy), said("DB-2", deputy), said("DB-2", clerk)
    ([], ['/deputy'], [])
    """
    if writer.role == "deputy" and _code(others, "deputy", new["deputy"]) != writer.person:
        yield _problem("/deputy", "for_another")


def verified_by_another(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """Nobody verifies their own entry (自己填的要别人核实), not even a deputy who is a clerk as well."""
    if new.get("verified") and writer.person and _code(others, "deputy", new["deputy"]) == writer.person:
        yield _problem("/verified", "verified_oneself")


def in_the_term(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """What was done before the election, or after the mandate ended, is no duty of this mandate."""
    deputy = others.answers("deputy", new["deputy"]) or {}
    day, pointer = (
        (new["happened_on"], "/happened_on") if "happened_on" in new else (new["reported_on"], "/reported_on")
    )
    if day < deputy.get("elected_on", ""):
        yield _problem(pointer, "before_election", day=deputy["elected_on"])
    elif "ended_on" in deputy and day > deputy["ended_on"]:
        yield _problem(pointer, "after_mandate", day=deputy["ended_on"])


def not_typed_twice(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """What a record says already is not entered again.

    The trap: two deputies at one meeting are two entries; so is one deputy at two meetings of a day.
    """
    for there in others.about(ENTRY, "deputy", new["deputy"]):
        same = all(there.answers.get(name) == new.get(name) for name in ("duty_kind", "happened_on", "what"))
        if same and there.code != replaced:
            yield _problem("/what", "entered_twice", code=there.code, day=new["happened_on"])
            return
    for kind in TOLD_BY.get(new["duty_kind"], ()):
        source = next(each for each in SOURCES if each.kind == kind)
        for there in others.about(kind, source.by[0], new["deputy"]):
            says = (
                there.answers.get(source.says, new["duty_kind"]) if source.duty is None else new["duty_kind"]
            )
            if (there.answers.get(source.day), says) == (new["happened_on"], new["duty_kind"]):
                yield _problem("/duty_kind", "told_already", code=there.code, day=new["happened_on"])
                return


# -- a report to voters --


def to_own_voters(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """C3: the constituency of a report is that of the deputy, as the register says it."""
    deputy = others.answers("deputy", new["deputy"]) or {}
    if in_own_constituency(new, deputy) is False:
        yield _problem(
            "/constituency", "other_constituency", value=new["constituency"], own=deputy["constituency"]
        )


# -- assessments, reviews, allowances, cases --


def assessed_once(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """One assessment for a deputy and a period: two that overlap would count the same records twice."""
    for there in others.about("duty_assessment", "deputy", new["deputy"]):
        apart = (
            there.answers["period_to"] < new["period_from"] or new["period_to"] < there.answers["period_from"]
        )
        if not apart and there.code != replaced:
            said = {"first": there.answers["period_from"], "last": there.answers["period_to"]}
            yield _problem("/period_from", "assessed_twice", code=there.code, **said)
            return


def reviewed_at_own_report(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """A review names the report to voters of the very deputy, and is not held before it."""
    report = others.answers("report_back", new["report_back"]) if "report_back" in new else None
    if report is None:
        return
    if _code(others, "deputy", report["deputy"]) != _code(others, "deputy", new["deputy"]):
        yield _problem("/report_back", "report_of_another")
    elif new["reviewed_on"] < report["reported_on"]:
        yield _problem("/reviewed_on", "reviewed_before", day=report["reported_on"])


def paid_as_listed(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """代表法第四十一条: the total is the sum of what each was paid, and each was a deputy then."""
    if not adds_up(new):
        named = sum(int(each["amount"]) for each in new["recipients"])
        yield _problem("/total", "allowance_sum", named=_yuan(named), total=_yuan(new["total"]))
    for place, each in enumerate(new["recipients"]):
        deputy = others.answers("deputy", each["deputy"])
        if deputy and deputy.get("mandate") == "ended" and deputy["ended_on"] < _begins(new):
            yield _problem(f"/recipients/{place}/deputy", "paid_after_mandate", day=deputy["ended_on"])


def cites_what_is_public(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """C16: a typical case cites a record that everybody can read: not a confidential suggestion."""
    if "suggestion" not in new:
        return
    cited = others.answers("suggestion", new["suggestion"])
    if cited is not None and cited.get("confidentiality") != "public":
        yield _problem("/suggestion", "cites_inside")


def _begins(allowance: Answers) -> str:
    month = 3 * int(str(allowance["quarter"])[1:]) - 2
    return f"{allowance['year']}-{month:02d}-01"


def _yuan(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _code(others: Others, kind: str, ref: str) -> str:
    kept = others.kept(kind, ref)
    return kept.code if kept else ref


def _problem(pointer: str, key: str, **params: Any) -> AnswerProblem:
    return AnswerProblem(pointer, f"problem.duty.{key}", params)


def _rule(*checks: Rule) -> tuple[Rule, ...]:
    """The checks of a kind as one rule, told in this order."""

    def rule(
        answers: Answers, others: Others, writer: Writer, replaced: str | None
    ) -> Iterable[AnswerProblem]:
        return tuple(problem for check in checks for problem in check(answers, others, writer, replaced))

    return (rule,)


AGREEMENTS: Mapping[str, tuple[Rule, ...]] = {
    "duty_entry": _rule(for_oneself, verified_by_another, in_the_term, not_typed_twice),
    "report_back": _rule(for_oneself, in_the_term, to_own_voters),
    "duty_assessment": _rule(assessed_once),
    "duty_review": _rule(reviewed_at_own_report),
    "allowance": _rule(paid_as_listed),
    "typical_case": _rule(cites_what_is_public),
}
"""The rules of each kind."""
