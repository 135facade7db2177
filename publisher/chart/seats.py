"""A dot a seat as numbers for a drawing: who is there, of how many, and how many are needed."""

from __future__ import annotations

from typing import Any

ACROSS = 20
MOST = 400
"""Beyond this a dot stands for several."""
_TOP, _ROW = 2.6, 1.1


def seats(there: int, of: int, need: int | None = None) -> dict[str, Any]:
    """Where each dot stands, twenty in a row; solid who is there. No part of a dot is rounded up.

    `need` puts a line behind the seat that makes the number full.

    >>> drawn = seats(31, 45, 30)
    >>> len(drawn["there"]), len(drawn["empty"]), drawn["each"], drawn["need"]
    (31, 14, 1, (50.0, 1))
    >>> seats(2977, 2980)["each"], len(seats(2977, 2980)["there"])
    (8, 372)
    """
    each = max(1, -(-of // MOST))
    total, solid = -(-of // each), (of if there >= of else max(there, 0)) // each
    if there >= of:
        solid = total
    placed = [_place(n) for n in range(total)]
    rows = max(1, -(-total // ACROSS))
    height = round(_TOP + rows * _ROW, 2)
    return {
        "there": placed[:solid],
        "empty": placed[solid:],
        "each": each,
        "need": _line(-(-need // each)) if need and 0 < need <= of else None,
        "row": _ROW,
        "top": _TOP,
        "height": height,
        "pixels": round(height * 16, 1),
    }


def _place(n: int) -> tuple[float, float]:
    return round((n % ACROSS + 0.5) * 100 / ACROSS, 2), round(_TOP + (n // ACROSS + 0.5) * _ROW, 2)


def _line(n: int) -> tuple[float, int]:
    """Behind which dot of which row the line stands."""
    row, across = divmod(n - 1, ACROSS)
    return round((across + 1) * 100 / ACROSS, 2), row
