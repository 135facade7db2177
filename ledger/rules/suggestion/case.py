"""One suggestion with all that was filed about it, as the rules read it.

References in a case are codes. What happened on one day has no hour, so an order within the day is set here,
once: the graver last, so that it is the one that stands; then by code. The order of the lists never matters.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, wraps
from typing import Any, Literal, TypeVar

Answers = Mapping[str, Any]
Found = TypeVar("Found")
Verdict = Literal["done", "cannot_verify", "partly", "not_done"]

VERDICTS: tuple[Verdict, ...] = ("done", "cannot_verify", "partly", "not_done")
"""What a check finds, the worst last."""

OUTCOMES = (
    "resolved", "in_progress_dated", "planned_undated", "not_feasible_now", "referred_up", "reference_only",
)  # fmt: skip
"""The outcome classes of replies, the least favourable last."""

GRADES = ("satisfied", "basically", "not_satisfied")
"""The grades of a rating, the least favourable last."""

DAYS: Mapping[str, str] = {
    "suggestion": "received_on",
    "admission": "decided_on",
    "assignment": "assigned_on",
    "assignment_return": "returned_on",
    "track": "set_on",
    "reply": "replied_on",
    "rating": "rated_on",
    "rehandling": "opened_on",
    "onsite_check": "checked_on",
    "key_supervision": "decided_on",
    "leader_undertaking": "undertaken_on",
    "extension": "asked_on",
    "reminder": "reminded_on",
    "withdrawal": "withdrawn_on",
    "award": "decided_on",
}
"""The field of each kind that says on which day the thing happened. A promise is made with its reply."""

KEPT = 64
"""So many answers a case keeps: those of every rule on a few days."""

_GRAVER_LAST: Mapping[str, Mapping[str, Sequence[str]]] = {
    "extension": {"consent": ("pending", "refused", "given")},  # the answer after what it answers
    "admission": {"decision": ("returned_for_revision", "accepted", "transferred_as_letter", "refused")},
    "track": {"track": ("green", "yellow", "red")},
    "reply": {"outcome_class": OUTCOMES},
    "rating": {"stage": ("reply", "rehandled", "promise_fulfilment"), "result": GRADES, "attitude": GRADES},
}


@dataclass(frozen=True)
class Case:
    """A suggestion's answers and those of its records by kind, each with its `code`; references are codes.

    >>> case = Case({"code": "JY-1"}, {"track": [{"code": "SD-2", "track": "red", "set_on": "2026-03-02"},
    ...                                          {"code": "SD-1", "track": "green", "set_on": "2026-03-02"}]})
    >>> [each["code"] for each in case.until("track", date(2026, 3, 2))]
    ['SD-1', 'SD-2']
    """

    suggestion: Answers
    records: Mapping[str, Sequence[Answers]] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The suggestion's public code."""
        return str(self.suggestion["code"])

    def until(self, kind: str, on: date) -> list[Answers]:
        """The records of a kind that had happened by a day, in order of their days."""
        if not self.records.get(kind):
            return []
        days, ordered = self._in_order(kind)
        return ordered[: bisect_right(days, on.isoformat())]

    def last(self, kind: str, on: date) -> Answers | None:
        """The latest of them."""
        return next(reversed(self.until(kind, on)), None)

    def _in_order(self, kind: str) -> tuple[list[str], list[Answers]]:
        """All records of a kind in order, and their days: sorted once, as rules ask a hundred times."""
        if kind not in self._ordered:
            ordered = sorted(self.records[kind], key=lambda each: _place(kind, each))
            self._ordered[kind] = [day_of(kind, each) for each in ordered], ordered
        return self._ordered[kind]

    @cached_property
    def _ordered(self) -> dict[str, tuple[list[str], list[Answers]]]:
        return {}

    @cached_property
    def _answered(self) -> dict[tuple[object, date], Any]:
        return {}


def once(rule: Callable[[Case, date], Found]) -> Callable[[Case, date], Found]:
    """A rule that many others ask of one case and one day: it is reckoned once, and kept with the case.

    What it answers must be nothing that anybody changes.
    """

    @wraps(rule)
    def kept(case: Case, on: date) -> Found:
        known: dict[tuple[object, date], Found] = case._answered
        try:
            return known[rule, on]
        except KeyError:
            found = rule(case, on)
        if len(known) >= KEPT:
            known.clear()
        known[rule, on] = found
        return found

    return kept


def day_of(kind: str, answers: Answers) -> str:
    """The day on which what a record tells of happened; else the day it was filed; else "", before all."""
    return str(answers.get(DAYS.get(kind, "")) or answers.get("filed_on") or "")


def _place(kind: str, answers: Answers) -> tuple[str | int, ...]:
    graver = [
        order.index(answers[name]) if answers.get(name) in order else -1
        for name, order in _GRAVER_LAST.get(kind, {}).items()
    ]
    return (day_of(kind, answers), *graver, str(answers["code"]))


def verdict_of(check: Answers) -> Verdict:
    """What a check on the spot found: the worst among its things.

    >>> verdict_of({"items": [{"what": "灯", "verdict": "done"}, {"what": "路", "verdict": "partly"}]})
    'partly'

    The trap: a check that lists nothing has verified nothing.
    """
    found: list[Verdict] = [each["verdict"] for each in check.get("items", ()) if each.get("verdict")]
    return max(found, key=VERDICTS.index, default="cannot_verify")


def not_satisfied(rating: Answers) -> bool:
    """Whether a rating lets the matter be handled again: the attitude or the result was not satisfying."""
    return "not_satisfied" in (rating.get("attitude"), rating.get("result"))


def must_rehandle(rating: Answers) -> bool:
    """Whether it must be: the result was not satisfying. Of a bad attitude alone there is nothing to redo."""
    return rating.get("result") == "not_satisfied"
