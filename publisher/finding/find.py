"""The page that leads to everything: places, deputies, stations, organs, topics and years, as plain links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from ledger.words import Words
from publisher.finding.places import LEVELS, Place, above, by_name, places, roots
from publisher.finding.townships import maps
from publisher.finding.years import address as address_of_year
from publisher.finding.years import dated_by, filed, paged
from publisher.pages.lists import facet_of
from publisher.pages.making import Site
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Kind, Public
from publisher.stamping.stamp import Page, Plain

FIND = "find"
MOST = 600
"""So many names of one sort the page holds; where there are more, the register's list has them."""
TOPICS = ("topic", "topics", "category", "expertise")
"""The fields that say what a record is about; their values lead to the lists of those records."""
GROUP = "group"
YEARS = 12

Group = dict[str, Any]


def address(site: Site) -> str | None:
    """Where the page stands; None for a congress that has taken it out."""
    return f"{FIND}.html" if FIND in site.shells else None


def pages(site: Site) -> Iterator[Page | Plain]:
    """The page itself, where the congress has kept it."""
    if FIND not in site.shells:
        return
    public, lang = site.public, site.lang
    given = {
        "as_of": public.release["as_of"],
        "map": maps(public, site.congress.tiles, site.links, site.words, lang),
        **Finder(public, site.links, site.words, lang, paged(site)).data(),
    }
    title = site.words.say("site.find.name", lang)
    description = site.words.say("site.find.description", lang, congress=site.congress.name)
    yield Page(f"{FIND}.html", title, description, given, site.mould(FIND, (f"{FIND}.html",)))


class Finder:
    """What the page lists."""

    def __init__(
        self, public: Public, links: DataLinks, words: Words, lang: str, paged: Collection[str] = ()
    ) -> None:
        """`paged`: the years that have a page."""
        self.public, self.links, self.words, self.lang, self.paged = public, links, words, lang, paged

    def say(self, key: str, **params: Any) -> str:
        """A message of the page."""
        return self.words.say(f"site.find.{key}", self.lang, **params)

    def data(self) -> dict[str, Any]:
        """Every section; one of which there is nothing says so."""
        return {
            "places": self.places(),
            "deputies": self.register("deputy", self.by_group, "constituency"),
            "stations": self.register("station", self.by_township, "address"),
            "organs": self.register("organ", lambda rows: [("", list(rows))], None),
            "topics": self.topics(),
            "years": self.years(),
        }

    # -- places --

    def places(self) -> dict[str, Any]:
        """The tree, as deep as it fits: grids of a large district stand on their villages' pages."""
        found = places(self.public)
        counts = Counter(each.level for each in found.values())
        shown: list[str] = []
        total = 0
        for level in (*LEVELS, ""):
            total += counts[level]
            if total > MOST and shown:
                break
            shown.append(level)
        deep = frozenset(shown)
        tops = [each for each in roots(self.public) if each.level in deep or each.level not in LEVELS]
        left = sum(n for level, n in counts.items() if level in LEVELS and level not in deep)
        return {
            "n": len(found),
            "tree": [self._branch(each, deep) for each in tops[:MOST]],
            "more": self.say("places.more", n=left) if left else "",
            "all": "grid/index.html" if found else None,
        }

    def _branch(self, place: Place, deep: frozenset[str], depth: int = 0) -> dict[str, Any]:
        found = places(self.public)
        inside = [found[each] for each in place.inside] if depth < len(LEVELS) else []
        return {
            "title": place.title,
            "href": self.public.path(place.code),
            "inside": [self._branch(each, deep, depth + 1) for each in inside if each.level in deep],
        }

    # -- people, stations, organs --

    def register(self, kind: str, grouped: Any, note: str | None) -> dict[str, Any] | None:
        """The names of a register in groups; None where this congress has no such kind."""
        if kind not in self.public.rows:
            return None
        rows = [row for row in self.public.rows[kind] if not row["withheld"]]
        rows.sort(key=lambda row: (by_name(row["title"]), row["code"]))
        groups = grouped(rows[:MOST])
        return {
            "n": len(rows),
            "label": self.public.kinds[kind].label[self.lang],
            "groups": [
                {"name": name, "items": [self._name(row, note) for row in some]} for name, some in groups
            ],
            "more": self.say("more", n=len(rows) - MOST) if len(rows) > MOST else "",
            "all": f"{kind}/index.html",
        }

    def _name(self, row: Mapping[str, Any], note: str | None) -> dict[str, Any]:
        told = row.get(note) if note else None
        return {"title": row["title"], "href": self.public.path(row["code"]), "note": told or ""}

    def by_group(self, rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
        """Deputies by their group, those of none last."""
        return self._grouped(rows, lambda row: str(row.get(GROUP) or ""))

    def by_township(self, rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
        """Stations by the widest place they lie in."""
        found = places(self.public)

        def town(row: Mapping[str, Any]) -> str:
            place = str(row.get("grid"))
            if place not in found:
                return ""
            way = [*above(self.public, place), found[place]]
            return way[0].title

        return self._grouped(rows, town)

    def _grouped(
        self, rows: Sequence[Mapping[str, Any]], key: Any
    ) -> list[tuple[str, list[Mapping[str, Any]]]]:
        groups: dict[str, list[Mapping[str, Any]]] = {}
        for row in rows:
            groups.setdefault(key(row), []).append(row)
        names = sorted(groups, key=lambda name: (not name, by_name(name)))
        only = len(names) == 1
        return [(name or ("" if only else self.say("no_group")), groups[name]) for name in names]

    # -- topics and years --

    def topics(self) -> list[Group]:
        """By kind, each topic with how many records it has, and their list."""
        found: list[Group] = []
        for kind in sorted(self.public.shown, key=lambda kind: kind.place):
            for name in TOPICS:
                if name in kind.facets and name in kind.fields:
                    found += self._topics(kind, name)
        return found

    def _topics(self, kind: Kind, name: str) -> Iterator[Group]:
        asked = kind.fields[name]
        facet = facet_of(self.public, asked, self.public.rows[kind.name], self.lang)
        counted = {value.value: value for value in facet.values}
        values = [counted[each] for each in asked.choices if each in counted]
        if values:
            yield {
                "name": kind.label[self.lang],
                "field": asked.label[self.lang],
                "items": [
                    {
                        "title": value.label,
                        "n": value.records,
                        "href": f"{kind.name}/{value.page}.html"
                        if value.page
                        else self.links.rows(kind.name, asked, name, value.value),
                    }
                    for value in values
                ],
            }

    def years(self) -> dict[str, Any]:
        """For each year its page, and how many records of each kind speak of it, with their rows."""
        counted, kinds = filed(self.public), self.public.kinds
        years = sorted({year for each in counted.values() for year in each}, reverse=True)
        return {
            "years": [
                {
                    "year": year,
                    "href": address_of_year(year) if year in self.paged else None,
                    "n": sum(counts[year] for counts in counted.values()),
                    "items": [
                        {
                            "title": kinds[name].label[self.lang],
                            "n": counts[year],
                            "href": self.links.table(
                                name, **{f"{dated_by(self.public, kinds[name])}__startswith": year}
                            ),
                        }
                        for name, counts in counted.items()
                        if counts[year]
                    ],
                }
                for year in years[:YEARS]
            ],
            "more": self.say("years.more", n=len(years) - YEARS) if len(years) > YEARS else "",
        }
