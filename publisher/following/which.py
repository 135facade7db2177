"""What has a feed, a calendar, a poster, and where each stands. Once published these addresses stay."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

FEEDS = ("suggestion", "project_candidate", "deputy", "organ", "station")
"""The kinds each of whose records has a feed and a picture of its own."""
SITE_FEEDS = ("new", "overdue", "corrected")
"""The feeds about everything."""
CALENDARS = ("organ", "deputy", "station", "project_candidate")
"""The kinds whose records have a calendar, where there is a day to put into it."""
SITE_CALENDARS = ("all", "meetings", "deadlines", "receptions")
"""The calendars about everything: all, and by what a day is."""
POSTERS = ("station", "deputy", "project_candidate")
"""The kinds of which a sheet with a QR code can be printed."""
SITE = "site"
"""Stands for the whole site where another poster or picture stands for a record or a kind."""
MOST = 50
"""So many entries a feed holds, the latest ones."""


def feed_of(kind: str, code: str) -> str:
    """Where the feed of a record stands."""
    return f"feed/{kind}/{code}.atom"


def site_feed(name: str) -> str:
    """Where a feed about everything stands."""
    return f"feed/{name}.atom"


def calendar_of(kind: str, code: str) -> str:
    """Where the calendar of a record stands."""
    return f"calendar/{kind}/{code}.ics"


def site_calendar(name: str) -> str:
    """Where a calendar about everything stands."""
    return f"calendar/{name}.ics"


def poster_of(kind: str, code: str) -> str:
    """Where the sheet to print for a record stands."""
    return f"poster/{kind}/{code}.html"


def site_poster() -> str:
    """Where the sheet to print for the whole site stands."""
    return f"poster/{SITE}.html"


def card_of(kind: str, code: str) -> str:
    """Where the picture of a record stands."""
    return f"card/{kind}/{code}.svg"


def kind_card(kind: str, ending: str = "svg") -> str:
    """Where the picture of a kind stands, or of the site."""
    return f"card/{kind}.{ending}"


def authority(www: str) -> str:
    """The host of the public site, for names that must be nobody else's.

    >>> authority("https://www.example.org:8443/x")
    'www.example.org'
    """
    return urlsplit(www).hostname or "localhost"


def here(names: Collection[str], kinds: Collection[str]) -> tuple[str, ...]:
    """Those kinds that this congress has, in the order of the table."""
    return tuple(name for name in names if name in kinds)
