"""Numbers about residents before it is decided whether they may be said, and the decision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

FEWEST = 5
"""A count of residents below this tells on somebody."""


@dataclass
class Figure:
    """A number before it is decided whether it may be said; a virtual one is never said, only guarded.

    `few`: it adds up fewer than five records, and would give away what each of them says.
    """

    field: str
    period: str
    value: str
    n: int
    virtual: bool = False
    hidden: bool = False
    few: bool = False

    @property
    def said(self) -> int | None:
        """The number as it leaves."""
        return None if self.hidden else self.n


def hide(figures: Iterable[Figure], parts: Iterable[list[Figure]]) -> None:
    """Suppress what is below five, and what would give it away.

    In each part, what is hidden is either everything, or at least two figures that together are five or
    more. The further one is chosen by its place and never by its size, so that the choice itself tells
    nothing.
    """
    for figure in figures:
        figure.hidden = figure.few or figure.n < FEWEST
    parts = list(parts)
    again = True
    while again:
        again = False
        for part in parts:
            hidden = [figure for figure in part if figure.hidden]
            if not hidden or len(hidden) == len(part):
                continue
            if len(hidden) < 2 or sum(figure.n for figure in hidden) < FEWEST:
                _after(part).hidden = again = True


def _after(part: list[Figure]) -> Figure:
    """The next figure that can still be said, going round from the first hidden one."""
    first = next(n for n, figure in enumerate(part) if figure.hidden)
    return next(figure for figure in part[first:] + part[:first] if not figure.hidden)
