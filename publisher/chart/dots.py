"""Per cent over months as numbers for a drawing: x in per cent, y in em, so that text never shrinks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

TOP, DEEP = 2.2, 6.0  # em above the plot, and how deep it is
_EDGE = 3.0  # per cent left free on either side, so that no dot is cut in two


def month_number(month: str) -> int:
    """Months since the year 0, of a month or a day.

    >>> month_number("2026-03-31") - month_number("2025-12")
    3
    """
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def dots(
    reports: Sequence[tuple[str, int]], others: Iterable[str], limit: str | None, until: str | None
) -> dict[str, Any]:
    """Where each report stands, by month and per cent.

    `others` are months the axis must reach; `limit` is the month it was to be finished; `until` is the month
    up to which nothing more was told, None once it is finished.

    >>> drawn = dots([("2026-01", 0), ("2026-03", 50)], [], "2026-05", None)
    >>> [(each["x"], each["y"]) for each in drawn["dots"]], drawn["limit"]
    ([(3.0, 8.2), (50.0, 5.2)], 97.0)
    """
    months = [month for month, _ in reports] + [*others] + [each for each in (limit, until) if each]
    first, last = min(months, key=month_number), max(months, key=month_number)
    span = month_number(last) - month_number(first)

    def x(month: str) -> float:
        part = (month_number(month) - month_number(first)) / span if span else 0.5
        return round(_EDGE + part * (100 - 2 * _EDGE), 2)

    placed = [{"x": x(month), "y": level(percent), "percent": percent} for month, percent in reports]
    return {
        "dots": placed,
        "limit": x(limit) if limit else None,
        "gap": x(until) if until and month_number(until) > month_number(reports[-1][0]) else None,
        "first": first[:7],
        "last": last[:7],
        "top": TOP,
        "base": level(0),
        "foot": round(TOP + DEEP + 1.5, 2),
        "height": round(TOP + DEEP + 1.9, 2),
        "pixels": round((TOP + DEEP + 1.9) * 16, 1),
    }


def level(percent: int) -> float:
    """How far down a per cent stands."""
    return round(TOP + DEEP * (100 - percent) / 100, 2)
