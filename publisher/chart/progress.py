"""One amount of a whole as numbers for a drawing: solid what is there, dashed what is missing or too much."""

from __future__ import annotations

from typing import Any


def progress(n: int, of: int) -> dict[str, Any]:
    """Where the amount ends, on a scale from 0 to the whole; more than the whole makes the scale longer.

    >>> progress(3, 4)["on"], progress(3, 4)["missing"], progress(3, 4)["whole"]
    (75.0, 25.0, 100.0)
    >>> progress(5, 4)["on"], progress(5, 4)["over"], progress(5, 4)["whole"]
    (80.0, 20.0, 80.0)
    >>> progress(0, 0)["on"], progress(0, 0)["missing"]
    (0.0, 0.0)
    """
    end = max(n, of)

    def x(amount: int) -> float:
        return round(100 * amount / end, 2) if end else 0.0

    on = x(min(n, of))
    return {
        "on": on,
        "missing": round(x(of) - on, 2),
        "over": round(x(n) - on, 2) if n > of else 0.0,
        "whole": x(of),
        "anchor": "start" if on < 15 else "end" if on > 60 else "middle",
    }
