"""A title in lines by the width of its characters, without a browser to measure them."""

from __future__ import annotations

import unicodedata

NARROW = 0.56  # of a full-width character: letters and digits of the fonts that people have
_NOT_FIRST = "，。、；：！？）》」』”’％%)],.;:!?"


def width(text: str) -> float:
    """The width of a text in full-width characters.

    >>> width("路灯"), round(width("JY-2026"), 2)
    (2.0, 3.92)
    """
    return sum(_of(each) for each in text)


def _of(each: str) -> float:
    if unicodedata.combining(each):
        return 0.0
    return 1.0 if unicodedata.east_asian_width(each) in "WFA" else NARROW


def lines(text: str, room: float, most: int) -> list[str]:
    """A text in at most so many lines of so much room; what does not fit ends in ….

    >>> lines("关于柳河村装路灯的建议", 6, 2)
    ['关于柳河村装', '路灯的建议']
    >>> lines("关于柳河村装路灯的建议", 4, 2)
    ['关于柳河', '村装路…']
    """
    out, line, used = [], "", 0.0
    for each in " ".join(text.split()):
        if used + _of(each) > room and line and each not in _NOT_FIRST:
            words = line.rsplit(" ", 1)  # a word of letters moves whole, unless it began the line
            moved = (
                words[1]
                if each.isascii() and each.isalnum() and len(words) == 2 and words[1].isascii()
                else ""
            )
            out.append(line.removesuffix(moved).rstrip())
            line, used = moved, width(moved)
        line, used = line + each, used + _of(each)
    out.append(line.strip())
    if len(out) > most:
        last = out[most - 1]
        while last and width(last) + 1 > room:
            last = last[:-1]
        out = [*out[: most - 1], last + "…"]
    return [each for each in out if each] or [""]
