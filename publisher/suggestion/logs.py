"""What suggestions come to beyond their state, as rows for public.db: by organ, by promise, by contradiction.

A figure of the pages is a count of these rows, so that whoever doubts it counts them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, get_args

from ledger.rulebooks import Rulebook
from ledger.rules.suggestion.case import GRADES, VERDICTS, day_of
from ledger.rules.suggestion.figures import year_of
from ledger.rules.suggestion.item import TIMELY, Item, items_of_organs
from ledger.rules.suggestion.promise import State, promises
from publisher.computed import Column
from publisher.reading.public import Public
from publisher.suggestion.state import Suggestion, reply_due, states

DAYS = {"zh": "天", "en": "days"}

BY_ORGAN = "handling"
BY_ORGAN_COLUMNS = (
    Column("organ", "reference", refers_to="organ"),
    Column("organ_as_written", "string"),
    Column("year", "string"),
    Column("assigned_on", "date"),
    Column("due", "date"),
    Column("replied_on", "date"),
    Column("days", "integer", unit=DAYS),
    Column("timely", "choice", "suggestion.figure", TIMELY),
    Column("replied", "boolean"),
    Column("claimed", "boolean"),
    Column("delivered", "boolean"),
    Column("failed", "boolean"),
    Column("attitude", "choice", "suggestion.grade", GRADES),
    Column("result", "choice", "suggestion.grade", GRADES),
)
"""`days`: from assignment to the first reply, by the calendar. Who only helps has no row."""

PROMISED = "promised"
PROMISED_COLUMNS = (
    Column("promise", "string"),
    Column("organ", "reference", refers_to="organ"),
    Column("due_on", "date"),
    Column("state", "choice", "site.promises", get_args(State)),
    Column("claimed_on", "date"),
    Column("verdict", "choice", "suggestion.verdict", VERDICTS),
    Column("seen_on", "date"),
    Column("late", "integer", unit=DAYS),
)
"""`promise`: the record that says it, a promise or a reply that names a day."""

CONTRADICTION = "contradiction"
CONTRADICTION_COLUMNS = (
    Column("organ", "reference", refers_to="organ"),
    Column("claim", "string"),
    Column("claimed_on", "date"),
    Column("onsite_check", "reference", refers_to="onsite_check"),
    Column("checked_on", "date"),
    Column("verdict", "choice", "suggestion.verdict", VERDICTS),
    Column("settled_on", "date"),
)


def _told(public: Public, rulebook: Rulebook) -> Iterator[Suggestion]:
    return (each for each in states(public, rulebook) if not each.silent)


def by_organ(public: Public, rulebook: Rulebook) -> Iterator[dict[str, Any]]:
    """A row for each organ that answers for a suggestion that is counted."""
    organs = public.by_code("organ") if "organ" in public.rows else {}
    for each in _told(public, rulebook):
        due = reply_due([each])
        found = items_of_organs([each.case], each.on).items()
        counted = [(organ, own[0]) for organ, own in found if own[0].ended is None]
        for n, (organ, item) in enumerate(counted, 1):
            named = {"organ": organ} if organ in organs else {"organ_as_written": organ or None}
            yield {
                "code": each.code,
                "n": n,
                "year": year_of(each.case),
                **named,
                **_counted(each, item, due),
            }


def _counted(each: Suggestion, item: Item, due: Any) -> dict[str, Any]:
    grades = item.grades or {}
    given = min((day_of("assignment", part.assignment) for part in item.parts), default=None)
    first = [day_of("reply", part.replies[0]) for part in item.parts if part.replies]
    answered = max(first) if item.replied and first else None
    days = [due[str(part.assignment["code"])] for part in item.parts if str(part.assignment["code"]) in due]
    return {
        "assigned_on": given,
        "due": max(days).isoformat() if days else None,
        "replied_on": answered,
        "days": (date.fromisoformat(answered) - date.fromisoformat(given)).days
        if answered and given
        else None,
        "timely": item.timely(due, each.on),
        "replied": item.replied,
        "claimed": item.claimed,
        "delivered": item.delivered,
        "failed": item.failed,
        "attitude": grades.get("attitude"),
        "result": grades.get("result"),
    }


def promised(public: Public, rulebook: Rulebook) -> Iterator[dict[str, Any]]:
    """A row for each promise, by the day it is due."""
    for each in _told(public, rulebook):
        for n, one in enumerate(promises(each.case, each.on), 1):
            yield {
                "code": each.code,
                "n": n,
                "promise": one.code,
                "organ": one.organ or None,
                "due_on": one.due_on,
                "state": one.state,
                "claimed_on": one.claimed_on,
                "verdict": one.seen.verdict if one.seen else None,
                "seen_on": one.seen.last if one.seen else None,
                "late": one.late or None,
            }


def contradicted(public: Public, rulebook: Rulebook) -> Iterator[dict[str, Any]]:
    """A row for each claim that a check on the spot did not bear out."""
    for each in _told(public, rulebook):
        for n, one in enumerate(each.contradictions, 1):
            yield {
                "code": each.code,
                "n": n,
                "organ": one.organ or None,
                "claim": one.claim,
                "claimed_on": one.claimed_on,
                "onsite_check": one.check,
                "checked_on": one.checked_on,
                "verdict": one.verdict,
                "settled_on": one.settled_on,
            }
