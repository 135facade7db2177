"""A spot check that anybody can draw again: a list in its order, and a seed that came after it.

The number with the smallest digest of seed and number is drawn first, then the next one. Nothing else turns
on anything: no clock, no generator, no language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

Answers = Mapping[str, Any]


def draw(seed: str, of: int, size: int) -> tuple[int, ...]:
    """Which numbers of a list of `of` names are drawn, in the order of drawing.

    `printf '04 17 22 31:1' | sha256sum` and so on to the last number, sorted, says the same.

    >>> draw("04 17 22 31", 11, 3) == draw("04 17 22 31", 11, 5)[:3]
    True
    >>> draw("04 17 22 31", 11, 11) != draw("04 17 22 32", 11, 11)
    True
    >>> draw("04 17 22 31", 2, 5) == draw("04 17 22 31", 2, 2)
    True

    The trap: a longer list is another draw, so the list must be fixed before the seed.
    """
    numbers = range(1, of + 1)
    drawn = sorted(numbers, key=lambda number: sha256(f"{seed}:{number}".encode()).hexdigest())
    return tuple(drawn[:size])


def drawn_right(check: Answers) -> bool:
    """Whether the numbers of a spot check are those of its list and its seed, and name who stands there.

    >>> frame, seed = ["DB-1", "DB-2", "DB-3"], "04 17 22 31"
    >>> rows = [{"number": number, "deputy": frame[number - 1]} for number in draw(seed, 3, 2)]
    >>> drawn_right({"frame": frame, "seed": seed, "sample_size": 2, "drawn": rows})
    True
    >>> drawn_right({"frame": frame, "seed": seed, "sample_size": 2, "drawn": rows[:1]})
    False
    """
    frame: Sequence[str] = check["frame"]
    right = draw(check["seed"], len(frame), check["sample_size"])
    rows = check["drawn"]
    return sorted(right) == sorted(row["number"] for row in rows) and not misnamed(frame, rows)


def misnamed(frame: Sequence[str], rows: Iterable[Answers]) -> list[int]:
    """Which rows name somebody else than stands at their number, counted from 0."""
    return [
        n
        for n, row in enumerate(rows)
        if not 1 <= row["number"] <= len(frame) or frame[row["number"] - 1] != row["deputy"]
    ]


def passed(checks: Iterable[Answers]) -> tuple[int, int]:
    """How many were borne out, of how many that were drawn; what cannot be seen is not borne out.

    >>> passed([{"drawn": [{"verdict": "passed"}, {"verdict": "cannot_verify"}]}])
    (1, 2)
    """
    rows = [row for check in checks for row in check.get("drawn", ())]
    return sum(row["verdict"] == "passed" for row in rows), len(rows)
