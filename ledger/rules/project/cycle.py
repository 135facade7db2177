"""A year's six steps (三个阶段六个环节), and what must have happened before the vote.

Answers are those of `project_cycle`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.lamps import Lamp

Answers = Mapping[str, Any]

STEPS = ("solicitation", "shortlisting", "deliberation", "ballot", "supervision", "evaluation")

PHASES: Mapping[str, tuple[str, ...]] = {
    "solicit_shortlist": STEPS[:2],
    "deliberate_vote": STEPS[2:4],
    "supervise_evaluate": STEPS[4:],
}


def by_step(cycle: Answers) -> dict[str, Answers]:
    """The rows of a cycle by their step, in the six steps' order; a step without a row is not there."""
    rows = {row["step"]: row for row in cycle.get("steps", ())}
    return {step: rows[step] for step in STEPS if step in rows}


def current_step(cycle: Answers, on: date) -> str | None:
    """Where the cycle is now: the last step begun; None before the first.

    >>> rows = [{"step": "solicitation", "actual_from": "2025-09-01"},
    ...         {"step": "ballot", "planned_from": "2026-01-20"}]
    >>> current_step({"steps": rows}, date(2026, 3, 1))
    'solicitation'

    The trap: a planned day that has passed is not a step begun.
    """
    begun = [step for step, row in by_step(cycle).items() if row.get("actual_from", "9999") <= on.isoformat()]
    return begun[-1] if begun else None


def organ_for_each_step(cycle: Answers) -> tuple[Lamp, ...]:
    """A1: each of the six steps has an organ that answers for it (必须明确各个环节的责任主体)."""
    rows = by_step(cycle)
    return tuple(_organ(step, rows.get(step)) for step in STEPS)


def _organ(step: str, row: Answers | None) -> Lamp:
    if row is None:
        return Lamp("organ", "unknown", "rule.step.absent", {"step": step})
    named = row.get("organ") or row.get("organ_as_written")
    return Lamp(
        "organ", "pass" if named else "warn", f"rule.step.{'organ' if named else 'no_organ'}", {"step": step}
    )


def steps_in_order(cycle: Answers) -> tuple[Lamp, ...]:
    """A1: no step begins before the one ahead of it; none is left out once a later one has begun.

    >>> rows = [{"step": "solicitation", "actual_from": "2025-11-01"},
    ...         {"step": "shortlisting", "actual_from": "2025-10-01"},
    ...         {"step": "ballot", "actual_from": "2026-01-20"}]
    >>> [(lamp.why, lamp.params["step"]) for lamp in steps_in_order({"steps": rows})]
    [('rule.step.skipped', 'deliberation'), ('rule.step.early', 'shortlisting')]

    Steps may overlap: what counts is when each began.
    """
    return tuple(_disorder(by_step(cycle)))


def _disorder(rows: Mapping[str, Answers]) -> Iterator[Lamp]:
    begun = [step for step in STEPS if "actual_from" in rows.get(step, {})]
    last = STEPS.index(begun[-1]) if begun else 0
    for step in STEPS[:last]:
        if step not in begun:
            yield Lamp("order", "fail", "rule.step.skipped", {"step": step})
    for before, after in pairwise(begun):
        if rows[after]["actual_from"] < rows[before]["actual_from"]:
            yield Lamp("order", "fail", "rule.step.early", {"step": after, "before": before})


def reviewed_before_notice(cycle: Answers, rulebook: Rulebook) -> tuple[Lamp, ...]:
    """A3: party committee and executive meeting have reviewed the list before the agenda notice goes out.

    >>> from ledger.rulebooks import Value
    >>> both = Value(["party_review_on", "executive_meeting_on"])
    >>> book = Rulebook({}, {"project.reviewed_before_notice": both})
    >>> dates = {"party_review_on": "2026-01-05", "agenda_notice_on": "2026-01-05"}
    >>> [lamp.why for lamp in reviewed_before_notice(dates, book)]
    ['rule.review.late', 'rule.review.absent']

    The trap: on the day of the notice is not before it.
    """
    notice = cycle.get("agenda_notice_on")
    return tuple(
        _review(name, cycle.get(name), notice) for name in rulebook["project.reviewed_before_notice"].value
    )


def _review(name: str, day: str | None, notice: str | None) -> Lamp:
    if day is None:
        return Lamp("review", "unknown" if notice is None else "fail", "rule.review.absent", {"which": name})
    if notice is None:
        return Lamp("review", "unknown", "rule.review.no_notice", {"which": name, "day": day})
    good = day < notice
    return Lamp("review", "pass" if good else "fail", f"rule.review.{'pass' if good else 'late'}",
                {"which": name, "day": day})  # fmt: skip


def descriptions_in_time(cycle: Answers, rulebook: Rulebook) -> Lamp:
    """A6: deputies have the candidates' descriptions so many days before the session opens.

    >>> from ledger.rulebooks import Value
    >>> book = Rulebook({}, {"ballot.notice_days": Value(10)})
    >>> days = {"descriptions_delivered_on": "2026-01-10", "session_on": "2026-01-20"}
    >>> descriptions_in_time(days, book).state
    'pass'
    >>> descriptions_in_time(days | {"descriptions_delivered_on": "2026-01-11"}, book).params
    {'days': 9, 'needed': 10}

    The day of delivery does not count, that of the session does (民法典第二百零一条).
    """
    given, opens = cycle.get("descriptions_delivered_on"), cycle.get("session_on")
    if given is None or opens is None:
        return Lamp("descriptions", "unknown", "rule.descriptions.unknown")
    days = (date.fromisoformat(opens) - date.fromisoformat(given)).days
    needed = int(rulebook["ballot.notice_days"].value)
    good = days >= needed
    why = f"rule.descriptions.{'pass' if good else 'late'}"
    return Lamp("descriptions", "pass" if good else "fail", why, {"days": days, "needed": needed})


def more_candidates_than_seats(candidates: int, seats: int, rulebook: Rulebook) -> Lamp:
    """B10: more candidates than seats (差额), by the rulebook's share of the seats.

    >>> from ledger.rulebooks import Value
    >>> book = Rulebook({}, {"ballot.candidates_over_seats": Value("1/5")})
    >>> [more_candidates_than_seats(n, 10, book).state for n in (12, 11, 10)]
    ['pass', 'warn', 'fail']
    """
    share = rulebook["ballot.candidates_over_seats"].fraction
    params = {"candidates": candidates, "seats": seats}
    if candidates <= seats:
        return Lamp("margin", "fail", "rule.margin.none", params)
    if candidates - seats < share * seats:
        return Lamp("margin", "warn", "rule.margin.small", params)
    return Lamp("margin", "pass", "rule.margin.pass", params)
