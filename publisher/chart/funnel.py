"""Stages, each a part of what went before, as numbers for a drawing: what stayed and what fell away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from publisher.chart.bars import share, wrapped

_STEP = 1.35


class Stage(NamedTuple):
    """A stage: its name, how many reached it, and of how many that could; None where it is the whole."""

    label: str
    n: int
    of: int | None


def funnel(stages: Sequence[Stage], cut: int | None = None) -> dict[str, Any]:
    """Where everything stands. One scale for all, from 0 to the largest number; a line before number `cut`.

    Solid is what reached the stage, dashed what did not.

    >>> drawn = funnel([Stage("征集", 40, None), Stage("列入", 10, 40)])
    >>> [(each["width"], each["lost"]) for each in drawn["stages"]], drawn["end"]
    ([(100.0, 0.0), (25.0, 75.0)], 40)
    """
    end = max((max(each.n, each.of or 0) for each in stages), default=0)
    placed, y = [], 0.3
    for n, each in enumerate(stages):
        before = round(y + 0.45, 2) if n == cut else None
        y += 2.5 if n == cut else 0
        lines = wrapped(each.label, 13)
        texts = [(round(y + 1.15 + _STEP * k, 2), line) for k, line in enumerate(lines)]
        y += 1.7 + _STEP * (len(lines) - 1)
        width = share(each.n, end)
        placed.append(
            {
                "cut": before,
                "texts": texts,
                "n": each.n,
                "of": each.of,
                "width": width,
                "lost": round(max(share(each.of or 0, end) - width, 0.0), 2),
                "y": round(y, 2),
            }
        )
        y += 1.25
    foot = round(y + 0.9, 2)
    return {
        "stages": placed,
        "end": end,
        "foot": foot,
        "height": round(foot + 0.4, 2),
        "pixels": round((foot + 0.4) * 16, 1),
    }
