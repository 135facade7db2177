"""A tile map: one square a place, by row and column, with a band whose pattern says how much. No geography.

x in per cent, y in em, as all our pictures, so that the letters never shrink on a phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

LEVELS = 3
"""How many patterns there are beside that of nothing."""
LINES = 3
_HIGH, _LINE, _BAND, _GAP = 1.0, 1.3, 0.9, 0.35
_LETTERS = ((4, 4), (5, 3), (8, 2))
"""Up to so many columns, so many letters of a name fit in a line at 360 px."""


class Tile(NamedTuple):
    """One place: its name, its number, and where it stands, counted from 1.

    What is no number is `told` in a word of two letters, with the `step` of its pattern.
    """

    label: str
    value: int
    row: int
    column: int
    told: str = ""
    step: int | None = None


def tiles(items: Sequence[Tile]) -> dict[str, Any]:
    """Where every tile stands; rows and columns that nobody has at the edges are left out."""
    if not items:
        return {"tiles": [], "height": 0, "pixels": 0, "columns": 0, "legend": []}
    top, left = min(each.row for each in items), min(each.column for each in items)
    columns = max(each.column for each in items) - left + 1
    most = max(each.value for each in items)
    letters = next((fit for upto, fit in _LETTERS if columns <= upto), 2)
    named = [(each, lines(each.label, letters)) for each in items]
    lines_high = max(len(told) for _, told in named)
    high = round(_HIGH + _LINE * (lines_high + 1) + _BAND, 2)
    wide = round(100 / columns, 3)
    drawn = [
        {
            "x": round((each.column - left) * wide, 3),
            "middle": round((each.column - left + 0.49) * wide, 3),
            "width": round(wide * 0.97, 3),
            "y": round((each.row - top) * (high + _GAP), 2),
            "texts": [
                (round((each.row - top) * (high + _GAP) + 1.2 + _LINE * n, 2), text)
                for n, text in enumerate(told)
            ],
            "number": round((each.row - top) * (high + _GAP) + 1.2 + _LINE * lines_high, 2),
            "band": round((each.row - top) * (high + _GAP) + high - _BAND, 2),
            "value": each.told or each.value,
            "level": level(each.value, most) if each.step is None else each.step,
        }
        for each, told in named
    ]
    height = round((max(each.row for each in items) - top + 1) * (high + _GAP), 2)
    return {
        "tiles": drawn,
        "high": high,
        "thick": _BAND,
        "height": height,
        "pixels": round(height * 16, 1),
        "columns": columns,
        "legend": legend(most),
    }


def level(value: int, most: int) -> int:
    """Which pattern a number has: 0 for nothing, then in equal steps up to the highest.

    >>> [level(n, 6) for n in (0, 1, 2, 3, 6)]
    [0, 1, 1, 2, 3]
    """
    return -(-LEVELS * value // most) if value and most else 0


def legend(most: int) -> list[tuple[int, int, int]]:
    """Each pattern that can occur with its lowest and highest number.

    >>> legend(6), legend(1)
    ([(0, 0, 0), (1, 1, 2), (2, 3, 4), (3, 5, 6)], [(0, 0, 0), (3, 1, 1)])
    """
    steps = [(n, most * (n - 1) // LEVELS + 1, most * n // LEVELS) for n in range(1, LEVELS + 1)]
    return [(0, 0, 0), *(each for each in steps if each[1] <= each[2])]


def lines(text: str, letters: int) -> list[str]:
    """A name in lines of so many letters, as evenly as it goes; what does not fit ends in an ellipsis.

    >>> lines("云溪街道", 3), lines("柳河镇", 4)
    (['云溪', '街道'], ['柳河镇'])
    """
    count = min(LINES, -(-len(text) // letters)) or 1
    each = min(letters, -(-len(text) // count))
    parts = [text[n : n + each] for n in range(0, len(text), each)]
    return parts if len(parts) <= LINES else [*parts[: LINES - 1], parts[LINES - 1][: each - 1] + "…"]
