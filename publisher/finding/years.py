"""Which years have a page, and what of public.db is counted by year.

The address of a year's page, `year/2026.html`, is permanent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from publisher.finding.agenda import Agenda
from publisher.pages.making import Site
from publisher.project.standing import standings
from publisher.reading.public import Kind, Public
from publisher.stamping.specimen import YEAR
from publisher.suggestion.logs import by_organ
from publisher.suggestion.promised import Made, made

AHEAD = 10
"""How many years beyond its own a release has pages for: promises and plans name years to come."""
_YEAR = re.compile(r"(19|20|21)\d\d\Z").match

Row = Mapping[str, Any]


def dated_by(public: Public, kind: Kind) -> str:
    """The column that all records of a kind are dated by; that of their arrival where one says none."""
    known: dict[str, str] = public.computed.setdefault("dated by", {})
    if kind.name not in known:  # asked for of every row and every year
        whole = all(row[kind.dated_by] for row in public.rows[kind.name])
        known[kind.name] = kind.dated_by if whole else "filed_on"
    return known[kind.name]


def filed(public: Public) -> Mapping[str, Counter[str]]:
    """By kind, as the navigation has them, how many records speak of each year; registers speak of none."""
    key = "filed by year"
    if key not in public.computed:
        kinds = [kind for kind in sorted(public.shown, key=lambda each: each.place) if not kind.register]
        found = {
            kind.name: Counter(str(row[dated_by(public, kind)])[:4] for row in public.rows[kind.name])
            for kind in kinds
        }
        public.computed[key] = {name: counts for name, counts in found.items() if counts}
    kept: Mapping[str, Counter[str]] = public.computed[key]
    return kept


def years(site: Site) -> list[str]:
    """Every year with a page, the latest first: that of the release, and those that a record speaks of."""
    public, now = site.public, site.public.release["as_of"][:4]
    named = {now, *(year for counts in filed(public).values() for year in counts)}
    named |= {each.promise.due_on[:4] for each in promises(site)}
    named |= {str(day)[:4] for day, _ in planned(site)}
    last = str(int(now) + AHEAD)
    return sorted((each for each in named if _YEAR(each) and each <= last), reverse=True)


def paged(site: Site) -> list[str]:
    """The years that have a page in this release."""
    return years(site) if YEAR in site.shells else []


def address(year: str) -> str:
    """Where a year's page stands below the site's root.

    >>> address("2026")
    'year/2026.html'
    """
    return f"{YEAR}/{year}.html"


def facet(site: Site, kind: Kind) -> list[tuple[str, int, str]]:
    """For the list of a kind: each year with the number of its records, and where its page says so."""
    counts = filed(site.public).get(kind.name, Counter[str]())
    there = paged(site) if counts else []
    return [(year, counts[year], f"{address(year)}#{kind.name}") for year in there if counts.get(year)]


# -- what is counted --


def _once(site: Site, key: str, make: Callable[[], Iterable[Any]]) -> Sequence[Any]:
    """What several pages of a release count over."""
    kept = site.public.computed
    if key not in kept:
        kept[key] = tuple(make())
    found: Sequence[Any] = kept[key]
    return found


def _closed(site: Site) -> bool:
    return bool(Agenda(site.public, site.links, site.rulebook, site.words, site.lang).closed)


def promises(site: Site) -> Sequence[Made]:
    """Every promise that may be told, as the register of promises has them."""
    return _once(
        site,
        "years.promises",
        lambda: (
            () if _closed(site) or "promise" not in site.public.rows else made(site.public, site.rulebook)
        ),
    )


def assigned(site: Site) -> Sequence[Row]:
    """The rows of the table `handling`: a suggestion for each organ that answers for it."""
    return _once(
        site, "years.assigned", lambda: () if _closed(site) else by_organ(site.public, site.rulebook)
    )


def planned(site: Site) -> Sequence[tuple[date, bool]]:
    """Of each selected project the day it was to be finished, and whether it is said to be."""
    return _once(
        site,
        "years.planned",
        lambda: (
            (each.planned, bool(each.finished))
            for each in standings(site.public, site.rulebook).values()
            if each.planned
        ),
    )
