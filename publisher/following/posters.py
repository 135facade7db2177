"""Sheets to print and to hang up: what one finds there, in large type, its address and a QR code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from publisher.following import which
from publisher.following.feeds import say_of
from publisher.following.happening import Row
from publisher.pages.making import Site
from publisher.reading.public import Kind
from publisher.stamping.stamp import BEGIN, END, Mould, Page, Shell

BARE = Shell.cut(BEGIN + END)
KEY = "following.posters"
LONG = 14  # characters from which on a title is set smaller


def of_record(site: Site, kind: Kind, row: Row) -> Iterator[Page]:
    """The sheet of one record, for kinds that stand somewhere or do something."""
    if kind.name in which.POSTERS:
        say, code = say_of(site), row["code"]
        yield _page(
            site,
            which.poster_of(kind.name, code),
            title=row["title"],
            eyebrow=kind.label[site.lang],
            text=say(f"poster.{kind.name}"),
            code=code,
            to=f"{kind.name}/{code}.html",
            root="../../",
        )


def of_site(site: Site) -> Page:
    """The sheet of the whole site."""
    say = say_of(site)
    title, text = say("poster.site.title"), say("poster.site")
    return _page(
        site,
        which.site_poster(),
        title=title,
        eyebrow=site.congress.name[site.lang],
        text=text,
        code="",
        to="",
        root="../",
    )


def _page(site: Site, path: str, **given: Any) -> Page:
    say, www = say_of(site), site.congress.addresses["www"]
    data = {
        **given,
        "text": re.findall("[^，,]+[，,]?", given["text"]),
        "www": www,
        "href": f"{www}/{given['to']}",
        "back": f"{given['root']}{given['to'] or 'index.html'}",
        "congress": site.congress.name[site.lang],
        "size": "s" if len(given["title"]) > 2 * LONG else "m" if len(given["title"]) > LONG else "l",
    }
    return Page(path, given["title"], say("poster.print"), data, _mould(site))


def _mould(site: Site) -> Mould:
    kept = site.public.computed
    if KEY not in kept:
        kept[KEY] = replace(site, shells={"poster": BARE}).mould("poster", ("poster.html",))
    mould: Mould = kept[KEY]
    return mould
