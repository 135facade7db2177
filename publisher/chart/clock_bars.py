"""A deadline as numbers for a drawing: days from its start in per cent, a dot against a limit."""

from __future__ import annotations

from datetime import date
from typing import Any

EDGE = 75.0
"""From here on a label of the limit fits beside that of the start, on a phone too."""


def bar(start: date, due: date, until: date, was: date | None = None) -> dict[str, Any]:
    """Where the limit stands, and how far it has come; `was` is the limit before it was made longer.

    >>> drawn = bar(date(2026, 10, 1), date(2026, 10, 11), date(2026, 10, 21))
    >>> drawn["due"], drawn["on"], drawn["over"], drawn["day"], drawn["days"]
    (50.0, 50.0, 50.0, 20, 10)
    >>> bar(date(2026, 10, 1), date(2026, 10, 1), date(2026, 10, 1))["on"]
    0.0
    """
    last = max(due, until)
    span = (last - start).days

    def x(day: date) -> float:
        return round(100 * max((day - start).days, 0) / span, 2) if span else 100.0 * (day > start)

    limit, end = x(due), x(until)
    return {
        "due": limit,
        "end": end,
        "on": min(limit, end),
        "over": round(end - limit, 2) if end > limit else None,
        "was": x(was) if was and was < due else None,
        "day": max((until - start).days, 0),
        "days": (due - start).days,
        "end_anchor": anchor(end),
        "due_anchor": "end" if limit >= EDGE else anchor(limit),
        "below": limit < EDGE,
        "was_anchor": anchor(x(was)) if was else "",
    }


def anchor(x: float) -> str:
    """To which side of its place a label is written, so that it stays inside.

    >>> [anchor(x) for x in (0.0, 50.0, 100.0)]
    ['start', 'middle', 'end']
    """
    return "start" if x < 30 else "end" if x > 70 else "middle"
