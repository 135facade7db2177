"""通报: whom a bulletin covers. What is for the public covers every deputy, or says why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ledger.rules.lamps import Lamp, State

Answers = Mapping[str, Any]


def covers_all(bulletin: Answers) -> Lamp:
    """代表法第五十八条: the duties of deputies are made public, not those of some.

    >>> covers_all({"covers": 152, "roster": 152}).state, covers_all({"covers": 150, "roster": 152}).state
    ('pass', 'fail')
    >>> covers_all({"covers": 150, "roster": 152, "left_out_reason": "补选"}).state, covers_all({}).state
    ('warn', 'unknown')
    """
    if "covers" not in bulletin or "roster" not in bulletin:
        return Lamp("covers", "unknown", "rule.duty.covers.unknown")
    told = {"n": bulletin["covers"], "of": bulletin["roster"]}
    if told["n"] == told["of"]:
        return Lamp("covers", "pass", "rule.duty.covers.pass", told)
    state: State = "warn" if bulletin.get("left_out_reason") else "fail"
    return Lamp("covers", state, f"rule.duty.covers.{state}", told)


def circulated(assessment: str, bulletins: Iterable[Answers]) -> Answers | None:
    """The first bulletin that rests on an assessment; None while none does: assessed is not yet told."""
    named = [each for each in bulletins if assessment in each.get("assessments", ())]
    return min(named, key=lambda each: (each["published_on"], each["code"]), default=None)
