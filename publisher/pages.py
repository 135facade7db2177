"""Every page that is stamped: public.db, the templates and the shells come together here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.congress import Congress
from ledger.rulebooks import Rulebook
from ledger.words import Words
from publisher import ballots
from publisher.datalinks import DataLinks
from publisher.home import catalogue_data, data_data, home_data
from publisher.lists import list_pages
from publisher.reading import Kind, Public
from publisher.records import describe, record_data, shared
from publisher.specimen import list_specimen, record_specimen, site_name
from publisher.stamp import Mould, Page, Plain, Shell
from publisher.templates import Templates

HOME, CATALOGUE, DATA = "index", "catalogue", "data"
AUTHORED = (HOME, CATALOGUE, DATA)
"""Pages of content/pages that have a place to be stamped into."""
SPOKEN = ("site.", "data.", "problem.")
"""What templates may say; publisher.templates looks for these words in them."""

MORE: Mapping[str, Callable[[Public, Mapping[str, Any], Rulebook, Words, str], dict[str, Any]]] = {
    "ballot": ballots.page
}
"""What the page of a record is given beside what all are, for kinds whose template asks for it."""
BESIDE: Mapping[str, Callable[[Public, Mapping[str, Any]], str | None]] = {"ballot": ballots.totals_csv}
"""The CSV that stands beside a record's page."""


@dataclass(frozen=True)
class Site:
    """What all pages of one release are made with."""

    public: Public
    shells: Mapping[str, Shell]
    templates: Templates
    congress: Congress
    words: Words
    code_version: str
    database: Mapping[str, Any]
    rulebook: Rulebook
    lang: str = "zh"

    @property
    def links(self) -> DataLinks:
        """Where Datasette is."""
        return DataLinks(self.congress.addresses["data"])

    def mould(self, shell: str, names: tuple[str, ...], **given: Any) -> Mould:
        """What pages of one sort share; a change to any of it writes them all anew."""
        render = self.templates.render(self.templates.named(*names), **given)
        words = {key: dict(said) for key, said in self.words.messages.items() if key.startswith(SPOKEN)}
        return Mould.of(
            self.shells[shell],
            render,
            names,
            self.templates.digest,
            words,
            self.code_version,
            self.lang,
            given,
        )


def specimens(kinds: list[str]) -> dict[str, str]:
    """The shells the pages need: their names, and where below the built shell each stands."""
    found = {name: f"{name}.html" for name in AUTHORED}
    for kind in kinds:
        found[f"{kind}/record"] = f"{record_specimen(kind)}.html"
        found[f"{kind}/list"] = f"{list_specimen(kind)}.html"
    return found


def pages(site: Site) -> Iterator[Page | Plain]:
    """All pages of a release but those that are authored whole."""
    yield from _authored(site)
    for kind in site.public.shown:
        yield from _list(site, kind)
        yield from _records(site, kind)


def _authored(site: Site) -> Iterator[Page]:
    name = site_name(site.congress, site.words)
    description = site.words.say("site.description", site.lang, congress=site.congress.name)
    data = {
        HOME: home_data(site.public, site.links, site.lang, MORE.keys()),
        CATALOGUE: catalogue_data(site.public, site.lang),
        DATA: data_data(site.public, site.database, site.links, site.lang),
    }
    for page, given in data.items():
        template = "home.html" if page == HOME else f"{page}.html"
        mould = site.mould(page, (template,), shared={"congress": site.congress.name[site.lang]})
        yield Page(f"{page}.html", name, description, given, mould)


def _list(site: Site, kind: Kind) -> Iterator[Page]:
    label = kind.label[site.lang]
    given = {
        **shared(kind, site.links, site.lang),
        "description": kind.description[site.lang],
        "as_of": site.public.release["as_of"],
        "siblings": _siblings(site, kind),
        "group": kind.group[site.lang] if kind.group else site.words.say("site.list.siblings", site.lang),
        "csv": f"{site.links.table(kind.name)}.csv?_stream=on",
    }
    mould = site.mould(f"{kind.name}/list", (f"{kind.name}.list.html", "list.html"), kind=given)
    for name, title, data in list_pages(site.public, kind, site.links, site.lang):
        description = site.words.say("site.list.description", site.lang, label=label, n=data["total"])
        yield Page(f"{kind.name}/{name}.html", title, description, data, mould)


def _siblings(site: Site, kind: Kind) -> list[dict[str, Any]]:
    """The kinds that share this one's tab, registers or a group: each list leads to the rest."""
    return [
        {
            "name": other.name,
            "label": other.label[site.lang],
            "count": len(site.public.rows[other.name]),
            "href": f"{other.name}/index.html",
        }
        for other in sorted(site.public.shown, key=lambda other: other.place)
        if other.group == kind.group and (kind.group or (kind.register and other.register))
    ]


def _records(site: Site, kind: Kind) -> Iterator[Page | Plain]:
    label = kind.label[site.lang]
    given = shared(kind, site.links, site.lang)
    mould = site.mould(f"{kind.name}/record", (f"{kind.name}.record.html", "record.html"), kind=given)
    for row in site.public.rows[kind.name]:
        data = record_data(site.public, kind, row, site.links, site.lang)
        if more := MORE.get(kind.name):
            data |= more(site.public, row, site.rulebook, site.words, site.lang)
        yield Page(f"{kind.name}/{row['code']}.html", row["title"], describe(data, label), data, mould)
        if (beside := BESIDE.get(kind.name)) and (table := beside(site.public, row)):
            yield Plain(f"{kind.name}/{row['code']}.csv", table)
