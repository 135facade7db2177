"""One whole in parts as numbers for a drawing: one bar, its parts told apart by patterns, a line for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from publisher.chart.bars import wrapped

PATTERNS = ("on", "hatch", "off", "dot", "gap")
"""Solid, hatched, hollow, dotted, dashed: no two look alike in grey."""
_LINE, _FIRST, _ROW = 1.35, 4.1, 1.8
ROOM = 13  # full-width letters beside the pattern and the number, on a phone of 360 px


class Part(NamedTuple):
    """A part of the whole: what it is called, and how much it is."""

    label: str
    value: int


def stacked(parts: Sequence[Part]) -> dict[str, Any]:
    """Where everything stands. The bar is the sum of the parts: nothing is left over or counted twice.

    >>> drawn = stacked([Part("按期", 3), Part("逾期", 1), Part("没有", 0)])
    >>> [(each["x"], each["width"], each["pattern"]) for each in drawn["parts"]]
    [(0.0, 75.0, 'on'), (75.0, 25.0, 'hatch'), (100.0, 0.0, 'off')]
    """
    if len(parts) > len(PATTERNS):
        raise ValueError(f"{len(parts)} parts, and only {len(PATTERNS)} patterns that nobody confuses")
    whole = sum(each.value for each in parts)
    placed, before, y = [], 0, _FIRST
    for each, pattern in zip(parts, PATTERNS, strict=False):
        x = round(100 * before / whole, 2) if whole else 0.0
        before += each.value
        lines = wrapped(each.label, ROOM)
        placed.append(
            {
                "pattern": pattern,
                "x": x,
                "width": round(100 * before / whole - x, 2) if whole else 0.0,
                "value": each.value,
                "y": round(y, 2),
                "texts": [(round(y + _LINE * n, 2), line) for n, line in enumerate(lines)],
            }
        )
        y += _ROW + _LINE * (len(lines) - 1)
    height = round(y - _ROW + 0.7, 2)
    return {"parts": placed, "whole": whole, "height": height, "pixels": round(height * 16, 1)}
