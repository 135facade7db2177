"""The feeds of a release: one beside each record that is followed, and those about everything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from publisher.following import which
from publisher.following.atom import Entry, Feed, atom, tag
from publisher.following.happening import Happening, Row, Say, happened, latest
from publisher.following.lately import LATELY
from publisher.pages.making import Site
from publisher.reading.public import Kind
from publisher.stamping.stamp import Plain

BEGAN = "2026-01-01"
"""The day in the name of every feed: RFC 4151 asks for one, and the name must never change."""


def say_of(site: Site) -> Say:
    """The words of this part; what another part of the site says is called by its whole name."""

    def say(key: str, **params: Any) -> str:
        return site.words.say(key if key.startswith("site.") else f"site.follow.{key}", site.lang, **params)

    return say


def of_record(site: Site, kind: Kind, row: Row, data: Mapping[str, Any]) -> Plain:
    """The feed of one record."""
    say, code = say_of(site), row["code"]
    found = happened(site.public, kind, row, data, say, site.lang)
    title = say("feed.record", title=row["title"], kind=kind.label[site.lang], code=code)
    page = f"{kind.name}/{code}.html"
    return _plain(site, which.feed_of(kind.name, code), (code,), title, page, found)


def of_site(site: Site) -> Iterator[Plain]:
    """The feeds about everything."""
    say = say_of(site)
    for name in which.SITE_FEEDS:
        title = say("feed.site", what=say(f"feed.{name}"), congress=site.congress.name)
        yield _plain(
            site, which.site_feed(name), ("feed", name), title, "index.html", LATELY[name](site, say)
        )


def _plain(
    site: Site, path: str, name: tuple[str, ...], title: str, page: str, found: Iterable[Happening]
) -> Plain:
    www, say = site.congress.addresses["www"], say_of(site)
    host = which.authority(www)
    entries = [_entry(each, www, host, say) for each in latest(found, which.MOST)]
    # Without an entry nothing has happened, and it was so on the day of the release.
    updated = max((each.day for each in entries), default=str(site.public.release["as_of"]))
    feed = Feed(
        tag(host, BEGAN, *name),
        title,
        say("feed.subtitle", most=which.MOST),
        f"{www}/{path}",
        f"{www}/{page}",
        site.congress.name[site.lang],
        "zh-CN" if site.lang == "zh" else site.lang,
        updated,
        entries,
    )
    zone = site.congress.timezone
    made_from = [site.code_version, zone, *vars(feed).values()]
    made_from[-1] = [list(vars(each).values()) for each in entries]
    return Plain(path, made_from, lambda: atom(feed, zone))


def _entry(each: Happening, www: str, host: str, say: Say) -> Entry:
    again = (str(each.n),) if each.n > 1 else ()
    said = (each.text, say("month") if each.only_month else "", say("code", code=each.code))
    text = "\n".join(part for part in said if part)
    return Entry(
        tag(host, each.on, each.of, each.what, *again), each.day, each.title, text, f"{www}/{each.path}"
    )
