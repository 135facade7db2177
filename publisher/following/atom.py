"""A feed as a file: Atom, RFC 4287. Knows texts, days and addresses; nothing of records."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

NAMESPACE = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Entry:
    """One thing that happened: a name for good, its day, and what is said of it."""

    id: str
    day: str
    title: str
    text: str
    href: str


@dataclass(frozen=True)
class Feed:
    """A feed: its own name and address, the page it goes with, who speaks, and its entries, latest first."""

    id: str
    title: str
    subtitle: str
    href: str
    page: str
    author: str
    language: str
    updated: str
    entries: Sequence[Entry]


def tag(host: str, day: str, *parts: str) -> str:
    """A name that is nobody else's and stays (RFC 4151): the host, a day, and what it is.

    >>> tag("www.example", "2026-03-02", "JY-2026-7KQ4", "filed")
    'tag:www.example,2026-03-02:JY-2026-7KQ4/filed'
    """
    return f"tag:{host},{day}:{'/'.join(parts)}"


def atom(feed: Feed, timezone: str) -> bytes:
    """The feed as it is served. A day is its first moment where the congress sits: no more is told."""
    zone = ZoneInfo(timezone)
    return "\n".join(_lines(feed, zone)).encode() + b"\n"


def _lines(feed: Feed, zone: ZoneInfo) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<feed xmlns="{NAMESPACE}" xml:lang="{feed.language}">'
    yield f"<id>{text(feed.id)}</id>"
    yield f"<title>{text(feed.title)}</title>"
    yield f"<subtitle>{text(feed.subtitle)}</subtitle>"
    yield f"<updated>{moment(feed.updated, zone)}</updated>"
    yield f"<author><name>{text(feed.author)}</name></author>"
    yield f'<link rel="self" type="application/atom+xml" href={attribute(feed.href)}/>'
    yield f'<link rel="alternate" type="text/html" href={attribute(feed.page)}/>'
    for each in feed.entries:
        yield "<entry>"
        yield f"<id>{text(each.id)}</id>"
        yield f"<title>{text(each.title)}</title>"
        yield f"<updated>{moment(each.day, zone)}</updated>"
        yield f'<link rel="alternate" type="text/html" href={attribute(each.href)}/>'
        yield f"<summary>{text(each.text)}</summary>"
        yield "</entry>"
    yield "</feed>"


def moment(day: str, zone: ZoneInfo) -> str:
    """The first moment of a day in RFC 3339.

    >>> moment("2026-03-02", ZoneInfo("Asia/Shanghai"))
    '2026-03-02T00:00:00+08:00'
    """
    on = date.fromisoformat(day)
    return datetime(on.year, on.month, on.day, tzinfo=zone).isoformat()


def text(said: str) -> str:
    """A text inside an element; what XML cannot hold at all is left out.

    >>> text("<b> & \\x0b")
    '&lt;b&gt; &amp; '
    """
    return html.escape(_NOT_XML.sub("", said), quote=False)


def attribute(said: str) -> str:
    """An address as an attribute, with its quotes."""
    return f'"{html.escape(_NOT_XML.sub("", said))}"'
