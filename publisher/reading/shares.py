"""A part of a whole in per cent, as every page says it."""

from __future__ import annotations


def percent(n: int, of: int | None) -> str:
    """Rounded half up to one decimal, which is left out where it is 0; '' without a denominator.

    >>> percent(5, 8), percent(1, 3), percent(1, 2), percent(0, 0)
    ('62.5%', '33.3%', '50%', '')
    """
    if not of:
        return ""
    whole, tenth = divmod((2000 * n + of) // (2 * of), 10)
    return f"{whole}.{tenth}%" if tenth else f"{whole}%"
