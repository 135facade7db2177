"""aside.html: what was kept aside, how many of each sort ended how, and every decision, the latest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from publisher.correction.aside_columns import COUNTS, OUTCOMES, ROWS, SORTS
from publisher.pages.making import Site
from publisher.stamping.stamp import Page

PAGE = "aside"
ON_A_PAGE = 50


def pages(site: Site) -> Iterator[Page]:
    """The authored page with the latest decisions, and a page for each fifty before them."""
    found = sorted(site.public.set_aside, key=lambda each: (each["decided_on"], each["code"]), reverse=True)
    of = max(1, -(-len(found) // ON_A_PAGE))
    mould = site.mould(PAGE, (f"{PAGE}.html",), shared={"queries": site.queries(PAGE)})
    title = site.words.say("site.aside.name", site.lang)
    for n in range(1, of + 1):
        some = found[(n - 1) * ON_A_PAGE : n * ON_A_PAGE]
        yield Page(f"{name(n)}.html", title, title, _data(site, some, len(found), n, of), mould)


def name(n: int) -> str:
    """The n-th page's address without its ending."""
    return PAGE if n == 1 else f"{PAGE}-{n}"


def _data(site: Site, some: list[dict[str, Any]], total: int, n: int, of: int) -> dict[str, Any]:
    return {
        "as_of": site.public.release["as_of"],
        "received": site.public.release["position"],
        "table": _table(site),
        "total": total,
        "items": [_item(site, each) for each in some],
        "page": n,
        "pages": of,
        "before": name(n - 1) if n > 1 else None,
        "after": name(n + 1) if n < of else None,
        "rows": site.links.table(ROWS),
        "counts": site.links.table(COUNTS),
    }


def _table(site: Site) -> list[dict[str, Any]]:
    """One line a sort that ever came, and one for all: how many, and how they ended."""
    counts = {(each["sort"], each["outcome"]): each["n"] for each in site.public.set_aside_counts}
    lines: list[dict[str, Any]] = [
        {"sort": sort, "counts": [counts.get((sort, outcome), 0) for outcome in OUTCOMES]} for sort in SORTS
    ]
    lines = [line for line in lines if sum(line["counts"])]
    if len(lines) > 1:
        columns = zip(*(line["counts"] for line in lines), strict=True)
        lines.append({"sort": "all", "counts": [sum(column) for column in columns]})
    return [{**line, "total": sum(line["counts"])} for line in lines]


def _item(site: Site, row: dict[str, Any]) -> dict[str, Any]:
    kind = site.public.kinds.get(row["kind"]) if row["kind"] else None
    record = row["record"] if row["record"] in site.public.titles else None
    return {
        **row,
        "kind": kind.label[site.lang] if kind else None,
        "title": site.public.titles[record] if record else None,
        "href": site.public.path(record) if record else None,
    }
