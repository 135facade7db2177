"""The page at the address of a record that was taken down: when and why, and nothing of what it said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from publisher.correction.report import report
from publisher.pages.making import Site
from publisher.reading.public import Withdrawn
from publisher.stamping.stamp import Page


def pages(site: Site) -> Iterator[Page]:
    """A page for each record that is taken down, where its page stood. No list and no sitemap names it."""
    for kind in site.public.shown:
        gone = [each for each in site.public.withdrawn.values() if each.kind == kind.name]
        if not gone:
            continue
        given = {"label": kind.label[site.lang], "root": "../", "errors": report(site)}
        mould = site.mould(f"{kind.name}/list", ("tombstone.html",), kind=given)
        for each in gone:
            title = site.words.say("site.withdrawn.title", site.lang, code=each.code)
            yield Page(each.path, title, title, _data(site, each), mould)


def _data(site: Site, each: Withdrawn) -> dict[str, Any]:
    return {
        "code": each.code,
        "on": each.on,
        "reason": each.reason,
        "explanation": each.explanation,
        "row": f"{site.links.table('withdrawn')}/{each.code}",
    }
