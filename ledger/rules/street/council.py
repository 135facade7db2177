"""A street council deliberates and recommends. A sub-district has no congress (地方组织法第五十九条), so that
nothing it votes on is a decision. Answers are those of `street_council` and `street_meeting`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.lamps import Lamp

Answers = Mapping[str, Any]

CATEGORIES = ("deputy", "cppcc", "resident", "social")
OUTCOMES = ("adopted", "partly", "not_adopted", "waiting")


@dataclass(frozen=True)
class Recommended:
    """A project that a council recommended, and what whoever decides made of it: `waiting` until told."""

    project: str
    meeting: str
    outcome: str
    decided_by: str = ""
    decided_on: str = ""
    reason: str = ""


def members(council: Answers) -> dict[str, int]:
    """How many members of each category; those without a name count as well.

    >>> members({"members": [{"category": "resident"}, {"category": "resident", "member_name": "田小禾"}]})
    {'deputy': 0, 'cppcc': 0, 'resident': 2, 'social': 0}
    """
    counted = Counter(row.get("category") for row in council.get("members", ()))
    return {each: counted[each] for each in CATEGORIES}


def met_often_enough(meetings: Iterable[Answers], year: int, rulebook: Rulebook) -> Lamp:
    """F1: it meets at least so many times a year.

    >>> from ledger.rulebooks import Value
    >>> book = Rulebook({}, {"street.meetings_a_year": Value(1)})
    >>> met_often_enough([{"held_on": "2026-03-13"}], 2026, book).state
    'pass'
    >>> met_often_enough([{"held_on": "2025-12-31"}], 2026, book).params
    {'n': 0, 'needed': 1, 'year': 2026}
    """
    n = sum(each["held_on"].startswith(f"{year}-") for each in meetings)
    needed = int(rulebook["street.meetings_a_year"].value)
    good = n >= needed
    why = f"rule.street.met.{'pass' if good else 'few'}"
    return Lamp("street_meetings", "pass" if good else "warn", why, {"n": n, "needed": needed, "year": year})


def recommended(meetings: Iterable[Answers]) -> tuple[Recommended, ...]:
    """F1: what was recommended and what became of it; never a decision of the council's own.

    >>> rows = [{"project": "PJ-1", "adopted": "partly", "decided_by": "街道办事处"}, {"project": "PJ-2"}]
    >>> [each.outcome for each in recommended([{"code": "JYH-1", "recommended": rows}])]
    ['partly', 'waiting']

    The trap: what nobody has decided on is not refused.
    """
    return tuple(
        Recommended(
            str(row["project"]),
            str(meeting["code"]),
            row.get("adopted", "waiting"),
            *(str(row.get(name, "")) for name in ("decided_by", "decided_on", "reason")),
        )
        for meeting in meetings
        for row in meeting.get("recommended", ())
    )
