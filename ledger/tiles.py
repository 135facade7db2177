"""Where each township stands on the tile map of the public site: a row and a column, and no geography."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Faults = list[tuple[tuple[str | int, ...], str]]
Tiles = Mapping[str, tuple[int, int]]
"""Row and column by the name of a township, as the register has it."""

ROWS, COLUMNS = 30, 8
"""More columns would not leave room for a name on a phone."""


def read_tiles(value: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    """From congress.yaml, where `tiles_faults` has found nothing."""
    return {name: (place[0], place[1]) for name, place in value.items()}


def tiles_faults(value: Any) -> Faults:
    """What is wrong with `tiles:` of congress.yaml, a line for each township.

    >>> tiles_faults({"柳河镇": [1, 2], "石桥镇": [1, 2]})
    [(('石桥镇',), 'stands where 柳河镇 stands. Give each its own row and column.')]
    """
    if not isinstance(value, dict) or not value:
        return [((), "must name townships with row and column, such as 柳河镇: [1, 2]; or take it out.")]
    faults: Faults = []
    taken: dict[tuple[int, int], str] = {}
    for name, place in value.items():
        if not _is_place(place):
            what = f"must be [row, column], whole numbers from 1, at most {ROWS} rows and {COLUMNS} columns."
            faults.append(((name,), what))
        elif (there := taken.setdefault((place[0], place[1]), name)) != name:
            faults.append(((name,), f"stands where {there} stands. Give each its own row and column."))
    return faults


def _is_place(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != 2 or any(type(each) is not int for each in value):
        return False
    row, column = map(int, value)
    return 1 <= row <= ROWS and 1 <= column <= COLUMNS
