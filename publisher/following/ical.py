"""A calendar as a file: iCalendar, RFC 5545. Whole days only, so that no time zone has to be told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from publisher.following.day import Day

PRODUCT = "-//Mingbai//Mingbai//ZH"
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f]")


def calendar(name: str, text: str, days: Iterable[Day], www: str, host: str, language: str) -> bytes:
    """The calendar as it is served: CRLF, and no line longer than 75 octets."""
    return b"".join(map(fold, _lines(name, text, days, www, host, language)))


def _lines(name: str, text: str, days: Iterable[Day], www: str, host: str, language: str) -> Iterator[str]:
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield f"PRODID:{PRODUCT}"
    yield "CALSCALE:GREGORIAN"
    for key in ("NAME", "X-WR-CALNAME"):
        yield f"{key}:{escaped(name)}"
    for key in ("DESCRIPTION", "X-WR-CALDESC"):
        yield f"{key}:{escaped(text)}"
    yield "REFRESH-INTERVAL;VALUE=DURATION:P1D"
    for each in days:
        yield "BEGIN:VEVENT"
        yield f"UID:{each.name}@{host}"
        yield f"DTSTAMP:{_digits(each.revised)}T000000Z"
        yield f"DTSTART;VALUE=DATE:{_digits(each.starts)}"
        yield f"DTEND;VALUE=DATE:{_digits(each.ends)}"
        if each.repeats:
            yield f"RRULE:{each.repeats}"
            if each.skips:
                yield f"EXDATE;VALUE=DATE:{','.join(map(_digits, each.skips))}"
        yield f"SEQUENCE:{each.sequence}"
        yield f"SUMMARY;LANGUAGE={language}:{escaped(each.title)}"
        yield f"DESCRIPTION;LANGUAGE={language}:{escaped(each.text)}"
        yield f"URL:{www}/{each.path}"
        yield "TRANSP:TRANSPARENT"
        yield "END:VEVENT"
    yield "END:VCALENDAR"


def escaped(text: str) -> str:
    r"""A text as a value.

    >>> escaped("a;b,c\\d\ne")
    'a\\;b\\,c\\\\d\\ne'
    """
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return _CONTROL.sub("", text)


def fold(line: str) -> bytes:
    r"""A line with its end, broken where it is longer than 75 octets, never inside a character.

    >>> fold("SUMMARY:" + "路" * 24).decode()
    'SUMMARY:路路路路路路路路路路路路路路路路路路路路路路\r\n 路路\r\n'
    """
    rest, room, out = line.encode(), 75, []
    while len(rest) > room:
        cut = room
        while rest[cut] & 0xC0 == 0x80:
            cut -= 1
        out.append(rest[:cut])
        rest, room = rest[cut:], 74
    return b"\r\n ".join([*out, rest]) + b"\r\n"


def _digits(day: date) -> str:
    return day.strftime("%Y%m%d")
