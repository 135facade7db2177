"""How long each stage took as numbers for a drawing: stages below each other on one axis of days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from publisher.chart.bars import wrapped

_STEP, _THIN = 1.35, 0.6


class Span(NamedTuple):
    """A stage: what it is called, from when to when; `open` while it still runs."""

    label: str
    start: date
    end: date
    open: bool = False


def timeline(spans: Sequence[Span]) -> dict[str, Any]:
    """Where each stage begins and ends; one that runs is hollow, one of no day still shows as a line.

    >>> day = date.fromordinal
    >>> drawn = timeline([Span("等交办", day(100), day(110)), Span("等答复", day(110), day(140), True)])
    >>> [(each["x"], each["width"], each["days"], each["open"]) for each in drawn["spans"]]
    [(0.0, 25.0, 10, False), (25.0, 75.0, 30, True)]
    """
    first, last = min(each.start for each in spans), max(each.end for each in spans)
    whole = (last - first).days

    def x(on: date) -> float:
        return round(100 * (on - first).days / whole, 2) if whole else 0.0

    placed, y = [], 0.3
    for each in spans:
        lines = wrapped(each.label, 13)
        texts = [(round(y + 1.15 + _STEP * n, 2), line) for n, line in enumerate(lines)]
        y += 1.7 + _STEP * (len(lines) - 1)
        start = min(x(each.start), 100 - _THIN)
        placed.append(
            {
                "texts": texts,
                "x": start,
                "width": max(round(x(each.end) - x(each.start), 2), _THIN),
                "days": (each.end - each.start).days,
                "open": each.open,
                "y": round(y, 2),
            }
        )
        y += 1.25
    foot = round(y + 0.9, 2)
    height = round(foot + 0.4, 2)
    return {
        "spans": placed,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "foot": foot,
        "height": height,
        "pixels": round(height * 16, 1),
    }
