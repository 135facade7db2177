"""Villages within townships within everywhere, as they stood on a day: the places that are counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

EVERYWHERE = ""
"""The area of all together."""
ELSEWHERE = "+"
"""After an area: what names it and no place within it. Such a remainder is never told."""


@dataclass(frozen=True)
class Areas:
    """Each area with the one it lies within, and each grid with what stands above it, all by code."""

    within: Mapping[str, str]
    above: Mapping[str, str | None]

    @classmethod
    def of(cls, grids: Mapping[str, Mapping[str, Any]], resolve: Callable[[str, str], str | None]) -> Areas:
        """The areas among these grids; a village in no township lies within everywhere."""
        above = {
            code: resolve("grid", str(each["within"])) if each.get("within") else None
            for code, each in grids.items()
        }
        level = {code: each.get("level") for code, each in sorted(grids.items())}
        within = {code: EVERYWHERE for code in level if level[code] == "township"}
        for code in (code for code in level if level[code] == "village"):
            up = above[code] or EVERYWHERE
            within[code] = up if level.get(up) == "township" else EVERYWHERE
        return cls(within, above)

    def place(self, code: str | None) -> str:
        """The area that a grid lies in: a village, or what is elsewhere in a township or everywhere.

        >>> areas = Areas({"t": "", "v": "t"}, {"g": "v", "v": "t", "t": None})
        >>> areas.place("g"), areas.place("t"), areas.place(None)
        ('v', 't+', '+')
        """
        seen: set[str] = set()
        while code and code not in seen:
            if code in self.within:
                return code + ELSEWHERE if code in self.within.values() else code
            seen.add(code)
            code = self.above.get(code)
        return EVERYWHERE + ELSEWHERE

    def around(self, place: str) -> Iterator[str]:
        """A place and all it lies within, everywhere last.

        >>> list(Areas({"t": "", "v": "t"}, {}).around("v")), list(Areas({"t": ""}, {}).around("t+"))
        (['v', 't', ''], ['t+', 't', ''])
        """
        yield place
        while place != EVERYWHERE:
            place = place.removesuffix(ELSEWHERE) if place.endswith(ELSEWHERE) else self.within[place]
            yield place
