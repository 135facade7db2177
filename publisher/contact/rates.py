"""n of N, as the figures of the pages show it: the number, its denominator, its rule and its rows."""

from __future__ import annotations

from typing import Any

from publisher.reading.shares import percent


def rate(name: str, n: int, of: int, rule: str, rows: str | None = None, rest: str = "") -> dict[str, Any]:
    """One figure for the macro `shares`; without a denominator there is no share.

    >>> found = rate("登记报到", 1, 3, "分母是在任代表")
    >>> found["n"], found["of"], found["percent"], found["width"]
    (1, 3, '33.3%', 33.3)
    >>> rate("登记报到", 0, 0, "分母是在任代表")["percent"]
    ''
    """
    share = 100 * n / of if of else 0.0
    return {
        "name": name,
        "n": n,
        "of": of,
        "percent": percent(n, of),
        "width": round(share, 1),
        "rule": rule,
        "rest": rest,
        "rows": rows,
    }
