"""All that stands beside a record's page to follow it, all that stands beside the site, and links to both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from publisher.following import calendars, feeds, posters, record_card, which
from publisher.following.feeds import say_of
from publisher.following.happening import Row
from publisher.pages.making import Site
from publisher.reading.public import Kind
from publisher.stamping.stamp import Page, Plain

Link = tuple[str, str, str]
"""Where it leads from the site's root, what it says, and a word below it."""


def links(site: Site, kind: Kind, row: Row) -> list[Link]:
    """The row 关注 on the page of a record; empty for kinds that nobody follows one by one."""
    if kind.name not in which.FEEDS:
        return []
    say, code = say_of(site), row["code"]
    found = [(which.feed_of(kind.name, code), say("link.feed"), "Atom")]
    if kind.name in which.CALENDARS and code in calendars.owners(site):
        found.append((which.calendar_of(kind.name, code), say("link.calendar"), "iCalendar"))
    if kind.name in which.POSTERS:
        found.append((which.poster_of(kind.name, code), say("link.poster"), say("link.poster.small")))
    found.append((which.card_of(kind.name, code), say("link.card"), "SVG"))
    found.append(("follow.html", say("link.how"), say("section")))
    return found


def beside(site: Site, kind: Kind, row: Row, data: Mapping[str, Any]) -> Iterator[Page | Plain]:
    """What stands beside a record's page, given what the page is given."""
    if kind.name in which.FEEDS:
        yield feeds.of_record(site, kind, row, data)
        yield record_card.of_record(site, kind, row)
    yield from calendars.of_record(site, kind, row)
    yield from posters.of_record(site, kind, row)


def along(site: Site) -> Iterator[Page | Plain]:
    """What a release has for the whole site."""
    yield from feeds.of_site(site)
    yield from calendars.of_site(site)
    yield posters.of_site(site)
