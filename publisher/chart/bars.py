"""Horizontal bars of a chart as numbers: x in per cent, y in em, so that text never shrinks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

LINE = 15  # full-width letters that fit above a bar on a phone of 360 px, beside the value
_STEP, _HEAD, _CUT = 1.35, 1.9, 2.5


class Bar(NamedTuple):
    """One bar: what it is called, how much it is, and whether it is hollow."""

    label: str
    value: int
    hollow: bool = False


def wrapped(text: str, most: int = LINE) -> list[str]:
    """A label in lines that fit on a phone; Latin letters count half.

    >>> wrapped("新建老年助餐点"), wrapped("一二三四五六七八九十甲乙丙丁戊己庚")
    (['新建老年助餐点'], ['一二三四五六七八九十甲乙丙丁戊', '己庚'])
    """
    lines, room = [""], float(most)
    for letter in text:
        wide = 0.6 if letter.isascii() else 1
        if wide > room:
            lines.append("")
            room = most
        lines[-1] += letter
        room -= wide
    return lines


def bars(
    items: Sequence[Bar], total: int, limit: int | None = None, cut: int | None = None
) -> dict[str, Any]:
    """Where everything stands. The scale runs from 0 to `total`; a line is drawn before item number `cut`."""
    top = _HEAD if limit is not None else 0.3
    placed = list(_placed(items, total, top, cut))
    foot = round((placed[-1]["y"] if placed else top) + 2.15, 2)
    return {
        "height": round(foot + 0.4, 2),
        "pixels": round((foot + 0.4) * 16, 1),
        "foot": foot,
        "limit": None if limit is None else share(limit, total),
        "bars": placed,
    }


def share(part: int, whole: int) -> float:
    """A part in per cent of the whole, as far as the drawing goes."""
    return round(min(100.0, 100 * part / whole), 2) if whole else 0.0


def _placed(items: Sequence[Bar], total: int, top: float, cut: int | None) -> Iterator[dict[str, Any]]:
    y = top
    for n, each in enumerate(items):
        before = round(y + 0.45, 2) if n == cut else None
        y += _CUT if n == cut else 0
        lines = wrapped(each.label)
        texts = [(round(y + 1.15 + _STEP * k, 2), line) for k, line in enumerate(lines)]
        y += 1.7 + _STEP * (len(lines) - 1)
        yield {
            "cut": before,
            "texts": texts,
            "value": each.value,
            "width": share(each.value, total),
            "hollow": each.hollow,
            "y": round(y, 2),
        }
        y += 1.25
