"""What becomes of a selected project: money, progress, changes, oversight, the test and its rectification.

Answers are those of `project_progress`, `project_inspection`, `project_change` and `project_evaluation`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Literal

from ledger.rulebooks import Rulebook
from ledger.rules.lamps import Lamp

Answers = Mapping[str, Any]
Grade = Literal["satisfied", "basically", "not_satisfied", "none"]

_MONEY = ("spent", "received", "appropriated")
FINISHED = ("operating", "handed_over")


def money_in_order(progress: Answers, secured: int | None = None) -> Lamp:
    """A9: paid ≤ received ≤ appropriated, and no more paid than was secured (all since the start, in cents).

    >>> money_in_order({"spent": 30, "received": 50, "appropriated": 80}).state
    'pass'
    >>> money_in_order({"spent": 60, "received": 50, "appropriated": 80}).params
    {'less': 'received', 'more': 'spent', 'over': 10}

    The trap: what nobody told is not zero; it makes the lamp unknown unless another pair is already wrong.
    """
    known = [name for name in _MONEY if name in progress]
    for more, less in pairwise(known):
        if progress[more] > progress[less]:
            over = progress[more] - progress[less]
            return Lamp("funding", "fail", "rule.funding.order", {"less": less, "more": more, "over": over})
    if secured is not None and progress.get("spent", 0) > secured:
        return Lamp("funding", "warn", "rule.funding.secured", {"over": progress["spent"] - secured})
    if len(known) < len(_MONEY):
        missing = tuple(name for name in _MONEY if name not in progress)
        return Lamp("funding", "unknown", "rule.funding.unknown", {"missing": missing})
    return Lamp("funding", "pass", "rule.funding.pass")


def in_order(progress: Iterable[Answers]) -> list[Answers]:
    """Progress by month, then by the day it was reported."""
    return sorted(progress, key=lambda each: (each["month"], each["reported_on"]))


def only_grows(progress: Iterable[Answers]) -> tuple[Lamp, ...]:
    """A8: percent and paid money never fall from one month to the next, but for a correction note.

    >>> march = {"month": "2026-03", "reported_on": "2026-04-01", "percent": 40}
    >>> april = {"month": "2026-04", "reported_on": "2026-05-01", "percent": 35}
    >>> [lamp.why for lamp in only_grows([march, april])]
    ['rule.progress.fell']
    >>> only_grows([march, april | {"correction_note": "3 月多算了一段管道"}])
    ()
    """
    return tuple(_falls(in_order(progress)))


def _falls(progress: Sequence[Answers]) -> Iterator[Lamp]:
    for before, after in pairwise(progress):
        for name in ("percent", "spent"):
            fell = name in before and name in after and after[name] < before[name]
            if fell and "correction_note" not in after:
                params = {"month": after["month"], "field": name, "was": before[name], "now": after[name]}
                yield Lamp("progress", "warn", "rule.progress.fell", params)


def fresh(progress: Iterable[Answers], since: date, on: date, rulebook: Rulebook) -> Lamp:
    """A8: no news for more than 45 days makes it stale, until it is in use. `since`: the day it was selected.

    >>> from ledger.rulebooks import Value
    >>> book = Rulebook({}, {"project.stale_days": Value(45)})
    >>> fresh([], date(2026, 2, 1), date(2026, 3, 18), book).state
    'pass'
    >>> fresh([], date(2026, 2, 1), date(2026, 3, 19), book).params
    {'days': 46}

    The trap: the 45th day itself is still in time.
    """
    known = [each for each in in_order(progress) if date.fromisoformat(each["reported_on"]) <= on]
    if known and known[-1]["stage"] in FINISHED:
        return Lamp("stale", "pass", "rule.stale.finished")
    last = max((date.fromisoformat(each["reported_on"]) for each in known), default=since)
    days = (on - max(last, since)).days
    if days > int(rulebook["project.stale_days"].value):
        return Lamp("stale", "warn", "rule.stale.warn", {"days": days})
    return Lamp("stale", "pass", "rule.stale.pass", {"days": max(days, 0)})


def change_approved(change: Answers, total_budget: int, on: date, rulebook: Rulebook) -> Lamp:
    """A8: another scope or site, or money beyond the limit, needs an approval with its organ and day.

    >>> from ledger.rulebooks import Value
    >>> book = Rulebook({}, {"project.change_limit": Value("1/10"),
    ...                      "project.change_always_approved": Value(["scope", "site"])})
    >>> change_approved({"what": "money", "amount": 110}, 100, date(2026, 5, 1), book).why
    'rule.change.within'
    >>> change_approved({"what": "money", "amount": 89}, 100, date(2026, 5, 1), book).state
    'fail'

    The trap: less money is a change too, and an approval of tomorrow is none today.
    """
    day = change.get("approved_on")
    if change.get("approved_by") and day and date.fromisoformat(day) <= on:
        return Lamp("change", "pass", "rule.change.approved", {"organ": change["approved_by"], "day": day})
    if change["what"] not in rulebook["project.change_always_approved"].value:
        if "amount" not in change:
            return Lamp("change", "unknown", "rule.change.unknown")
        limit = rulebook["project.change_limit"].fraction * total_budget
        if abs(change["amount"] - total_budget) <= limit:
            return Lamp("change", "pass", "rule.change.within")
    return Lamp("change", "fail", "rule.change.unapproved", {"what": change["what"]})


def budget_now(candidate: Answers, changes: Iterable[Answers]) -> int:
    """The total after the last approved change of money, in cents."""
    money = [each for each in changes if each["what"] == "money" and each.get("approved_on")]
    last = max(money, key=lambda each: str(each["approved_on"]), default=None)
    return int(last["amount"] if last else candidate["total_budget"])


def may_be_selected(candidate: str, ballots: Mapping[str, Answers], results: Iterable[Answers]) -> Lamp:
    """A1: no project is selected without a ballot that lists it and a result of that ballot.

    >>> ballots = {"p1": {"body_kind": "congress", "candidates": [{"option": "1", "candidate": "hx-1"}]}}
    >>> may_be_selected("hx-1", ballots, [{"ballot": "p1"}]).state
    'pass'
    >>> may_be_selected("hx-2", ballots, [{"ballot": "p1"}]).why
    'rule.selected.no_ballot'

    The trap: a street council's ballot recommends and selects nothing (地方组织法第五十九条).
    """
    listed = {
        name
        for name, ballot in ballots.items()
        if any(row.get("candidate") == candidate for row in ballot["candidates"])
    }
    deciding = {name for name in listed if ballots[name]["body_kind"] != "street_council"}
    if listed and not deciding:
        return Lamp("selected", "fail", "rule.selected.recommended")
    if not deciding:
        return Lamp("selected", "fail", "rule.selected.no_ballot")
    if not deciding & {str(result["ballot"]) for result in results}:
        return Lamp("selected", "unknown", "rule.selected.no_result")
    return Lamp("selected", "pass", "rule.selected.pass")


def may_be_evaluated(evaluation: Answers, inspections: Iterable[Answers]) -> Lamp:
    """A1: no project is evaluated without oversight records, of a day no later than the test."""
    n = sum(each["inspected_on"] <= evaluation["evaluated_on"] for each in inspections)
    return Lamp("evaluated", "pass" if n else "fail", f"rule.evaluated.{'pass' if n else 'fail'}", {"n": n})


def with_an_expert(
    progress: Iterable[Answers], inspections: Iterable[Answers], rulebook: Rulebook
) -> tuple[Lamp, ...]:
    """A8: tender and acceptance are each inspected once at least, with somebody who knows the matter."""
    order = ("prep", "tender", "construction", "acceptance", "operating", "handed_over")
    reached = max((order.index(each["stage"]) for each in progress), default=-1)
    seen = {each["step"] for each in inspections if each["expert"]}
    needed = [step for step in rulebook["project.expert_steps"].value if order.index(step) <= reached]
    return tuple(
        Lamp("expert", "pass", "rule.expert.pass", {"step": step})
        if step in seen
        else Lamp("expert", "warn", "rule.expert.warn", {"step": step})
        for step in needed
    )


def open_findings(inspections: Iterable[Answers], on: date) -> tuple[Lamp, ...]:
    """What inspections found and nobody has mended; overdue where its day has passed."""
    lamps = []
    for each in inspections:
        if each["severity"] == "none" or each.get("rectified_on", "9999") <= on.isoformat():
            continue
        overdue = each.get("due_on", "9999") < on.isoformat()
        why = "rule.finding.overdue" if overdue else "rule.finding.open"
        state: Literal["fail", "warn"] = "fail" if overdue else "warn"
        lamps.append(
            Lamp("finding", state, why, {"day": each.get("due_on", ""), "found": each["inspected_on"]})
        )
    return tuple(lamps)


@dataclass(frozen=True)
class Graded:
    """A test's grade, and of how many sheets it was reckoned."""

    grade: Grade
    base: int


def grade(evaluation: Answers, rulebook: Rulebook) -> Graded:
    """A10: 满意, 基本满意, 不满意 by the rulebook's shares; 'none' where no grade has its share.

    >>> from ledger.rulebooks import Value
    >>> names = ("satisfied", "basically", "not_satisfied")
    >>> half = {f"evaluation.{name}_over": Value("1/2") for name in names}
    >>> book = Rulebook({}, half | {"evaluation.base": Value("valid")})
    >>> def test(s, b, n, a=0): return {"issued": 40, "returned": s + b + n + a, "invalid": 0, "satisfied": s,
    ...                                 "basically": b, "not_satisfied": n, "abstain": a}
    >>> tests = ((182, 10, 1), (10, 12, 9), (5, 5, 20), (10, 5, 10, 5))
    >>> [grade(test(*counts), book).grade for counts in tests]
    ['satisfied', 'basically', 'not_satisfied', 'none']

    The trap: 15 of 30 is half, and half is no majority; an invalid sheet is not counted, an abstention is.
    """
    sizes = {
        "issued": evaluation["issued"],
        "returned": evaluation["returned"],
        "valid": evaluation["returned"] - evaluation["invalid"],
    }
    base = int(sizes[rulebook["evaluation.base"].value])

    def over(count: int, name: str) -> bool:
        return base > 0 and count > rulebook[f"evaluation.{name}_over"].fraction * base

    if over(evaluation["not_satisfied"], "not_satisfied"):
        return Graded("not_satisfied", base)
    if over(evaluation["satisfied"], "satisfied"):
        return Graded("satisfied", base)
    if over(evaluation["satisfied"] + evaluation["basically"], "basically"):
        return Graded("basically", base)
    return Graded("none", base)


def returned_within_issued(evaluation: Answers) -> Lamp:
    """More sheets returned than issued void a test, as they void a ballot (选举法第四十四条, by analogy)."""
    over = evaluation["returned"] - evaluation["issued"]
    if over > 0:
        return Lamp("returned", "fail", "rule.returned.fail", {"over": over})
    return Lamp("returned", "pass", "rule.returned.pass")


def rectification(evaluation: Answers, on: date, rulebook: Rulebook) -> Lamp | None:
    """A10: a grade of not satisfied opens a rectification with a day; None where none is due."""
    if grade(evaluation, rulebook).grade != "not_satisfied":
        return None
    if "rectified_on" in evaluation and evaluation["rectified_on"] <= on.isoformat():
        return Lamp("rectification", "pass", "rule.rectification.done", {"day": evaluation["rectified_on"]})
    due = evaluation.get("rectification_due")
    if due is None:
        return Lamp("rectification", "fail", "rule.rectification.no_day")
    if due < on.isoformat():
        return Lamp("rectification", "fail", "rule.rectification.overdue", {"day": due})
    return Lamp("rectification", "warn", "rule.rectification.open", {"day": due})
