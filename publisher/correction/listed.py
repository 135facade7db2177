"""corrections.html: every correction of every public record, the latest first, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from publisher.correction.told import told
from publisher.pages.making import Site
from publisher.reading.public import Correction
from publisher.stamping.stamp import Page

PAGE = "corrections"
ON_A_PAGE = 50
AT_HOME = 3


def pages(site: Site) -> Iterator[Page]:
    """The authored page with the latest, and a page for each fifty before them."""
    found = latest_first(site)
    of = max(1, -(-len(found) // ON_A_PAGE))
    mould = site.mould(PAGE, (f"{PAGE}.html",))
    title = site.words.say("site.corrections.name", site.lang)
    for n in range(1, of + 1):
        some = found[(n - 1) * ON_A_PAGE : n * ON_A_PAGE]
        yield Page(f"{name(n)}.html", title, title, _data(site, some, len(found), n, of), mould)


def latest_first(site: Site) -> list[Correction]:
    """All corrections; those of one day by code, so that their order tells no hour."""
    found = [each for some in site.public.corrections.values() for each in some]
    found.sort(key=lambda each: (each.code, -each.n))
    found.sort(key=lambda each: each.on, reverse=True)
    return found


def lately(site: Site) -> dict[str, Any]:
    """For the home page: the latest corrections, how many there are, and how much was taken down."""
    public, found = site.public, latest_first(site)
    return {
        "items": [
            {
                "title": public.titles[each.code],
                "href": f"{public.path(each.code)}#corrections",
                "on": each.on,
                "reason": each.reason or "none",
                "code": each.code,
            }
            for each in found[:AT_HOME]
        ],
        "total": len(found),
        "href": f"{PAGE}.html",
        "withdrawn": len(public.withdrawn),
        "withdrawn_rows": site.links.table("withdrawn"),
    }


def name(n: int) -> str:
    """The n-th page's address without its ending."""
    return PAGE if n == 1 else f"{PAGE}-{n}"


def _data(site: Site, some: list[Correction], total: int, n: int, of: int) -> dict[str, Any]:
    public = site.public
    return {
        "as_of": public.release["as_of"],
        "total": total,
        "items": [
            {
                **told(public, each, site.lang, short=True),
                "title": public.titles[each.code],
                "code": each.code,
                "kind": public.kinds[each.kind].label[site.lang],
                "href": f"{public.path(each.code)}#corrections",
            }
            for each in some
        ],
        "page": n,
        "pages": of,
        "before": name(n - 1) if n > 1 else None,
        "after": name(n + 1) if n < of else None,
        "rows": site.links.table("correction"),
        "fields": site.links.table("correction_field"),
        "withdrawn": len(public.withdrawn),
        "withdrawn_rows": site.links.table("withdrawn"),
    }
