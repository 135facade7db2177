"""Every page that is stamped: public.db, the templates and the shells come together here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.words import Words
from publisher.assembly import activities, meetings, plan, street, term
from publisher.ballot import page as ballots
from publisher.contact import five_ones, linkage, spot
from publisher.contact import grids as contact_grids
from publisher.contact import links as contact_links
from publisher.correction import aside, listed, tombstone
from publisher.correction.catalogue import catalogue_data
from publisher.correction.report import report
from publisher.download import cite
from publisher.duty import page as duties
from publisher.finding import deputies, find, grids, stations, year, years
from publisher.finding.agenda import agenda
from publisher.following import files as following
from publisher.following import page as follow
from publisher.glossary import page as glossary
from publisher.outreach import needs, trained
from publisher.oversight import appraisals, chains, commitments, deliberations, library, resolutions
from publisher.pages import english, list_rows
from publisher.pages.home import data_data, home_data
from publisher.pages.lists import list_pages
from publisher.pages.making import Site
from publisher.pages.records import describe, record_data, shared
from publisher.project import balance, coverage, cycle_words, ideas
from publisher.project import page as projects
from publisher.project.coverage_map import coverage_map
from publisher.reading.answers import Row
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Kind, Public
from publisher.stamping.specimen import (
    OF_KIND,
    YEAR,
    list_specimen,
    of_kinds,
    record_specimen,
    year_specimen,
)
from publisher.stamping.stamp import Page, Plain
from publisher.station import page as all_stations
from publisher.suggestion import board, handling, organs, printed_figures, promised, supervision
from publisher.suggestion import page as suggestions

HOME, CATALOGUE, DATA, SEARCH = "index", "catalogue", "data", "search"
GLOSSARY, ENGLISH, FOLLOW = "glossary", "english", "follow"
DOWNLOAD = "download"
PIECE, PIECES = 250, 8_000
"""Records of a kind that are given to a process at once, and how many such pieces there are at the most."""
AUTHORED = (HOME, CATALOGUE, DATA, SEARCH, GLOSSARY, ENGLISH, FOLLOW, DOWNLOAD, listed.PAGE, aside.PAGE)
"""Pages of content/pages that have a place to be stamped into."""
OF_KINDS: Mapping[str, Callable[[Public, DataLinks, Rulebook, Words, str], dict[str, Any]]] = {
    "coverage": coverage.page,
    "balance": balance.page,
    "board": board.page,
    "promises": promised.page,
    "supervision": supervision.page,
    "handling": handling.page,
    "duties": duties.page,
    "contact": contact_links.page,
    "grids": contact_grids.page,
    "five_ones": five_ones.page,
    "linkage": linkage.page,
    "plan": plan.page,
    "activities": activities.page,
    "meetings": meetings.page,
    "term": term.page,
    "street": street.page,
    "stations": all_stations.page,
    "appraisals": appraisals.page,
    "chains": chains.page,
    "deliberations": deliberations.page,
    "resolutions": resolutions.page,
    "commitments": commitments.page,
    "rules": library.page,
    "deputy_plus": needs.page,
    "trained": trained.page,
}
"""Those only a congress with their kind has (stamping.specimen.OF_KIND), and what each is given."""
MAPPED: Mapping[str, Callable[[Site], dict[str, Any] | None]] = {"coverage": coverage_map}
"""Those of them with a tile map, which the congress itself lays out."""
ALSO_BESIDE: Mapping[str, tuple[str, ...]] = {"stations": ("station", "opinion")}
"""Kinds of other tabs whose lists and records lead to such a page too."""
LOOKED_UP_IN = ("project_idea", "project_cycle")
"""The kinds whose lists have a field that finds an idea: its own, and the first of the tab."""
MORE: Mapping[str, Callable[[Public, Mapping[str, Any], Rulebook, Words, str], dict[str, Any]]] = {
    "ballot": ballots.page,
    "project_candidate": projects.page,
    "project_cycle": cycle_words.page,
    "project_idea": ideas.page,
    "suggestion": suggestions.page,
    "organ": organs.page,
    "printed_figure": printed_figures.page,
    "grid": grids.page,
    "deputy": deputies.page,
    "station": stations.page,
    "spot_check": spot.page,
    "linkage_activity": linkage.record,
    "appraisal": appraisals.record,
    "oversight_item": chains.record,
    "deliberation_opinion": deliberations.record,
    "special_report": deliberations.heard,
    "rule_document": library.record,
    "training": trained.record,
}
"""What the page of a record is given beside what all are, for kinds whose template asks for it."""
BESIDE: Mapping[str, Callable[[Public, Mapping[str, Any], Rulebook], str | None]] = {
    "ballot": ballots.totals_csv
}
"""The CSV that stands beside a record's page."""
ALONGSIDE: tuple[Callable[[Site], Iterator[Page | Plain]], ...] = (
    find.pages,
    year.pages,
    listed.pages,
    aside.pages,
    tombstone.pages,
    list_rows.files,
    following.along,
)
"""What a release has beside the pages of its records, each from a package of its own."""


def specimens(kinds: list[str]) -> dict[str, str]:
    """The shells the pages need: their names, and where below the built shell each stands."""
    found = {name: f"{name}.html" for name in (*AUTHORED, find.FIND, *of_kinds(kinds))}
    found[YEAR] = f"{year_specimen()}.html"
    for kind in kinds:
        found[f"{kind}/record"] = f"{record_specimen(kind)}.html"
        found[f"{kind}/list"] = f"{list_specimen(kind)}.html"
    return found


def pages(site: Site) -> Iterator[Page | Plain]:
    """All pages of a release but those that are authored whole, and the files beside them."""
    for _, part in parts(site):
        yield from part
    for piece in pieces(site):
        yield from records(site, *piece)


def pieces(site: Site) -> list[tuple[Kind, Sequence[Row]]]:
    """The records of a release in pieces, of one kind each, whose pages may be made in any order."""
    told = {kind.name: site.public.rows[kind.name] for kind in site.public.shown}
    size = max(PIECE, sum(map(len, told.values())) // PIECES + 1)
    return [
        (kind, told[kind.name][at : at + size])
        for kind in site.public.shown
        for at in range(0, len(told[kind.name]), size)
    ]


def parts(site: Site) -> Iterator[tuple[str, Iterator[Page | Plain]]]:
    """All pages but those of records, part by part, each with the name that a build tells its time under."""
    yield "pages", _authored(site)
    for kind in site.public.shown:
        yield "lists", _list(site, kind)
    for alongside in ALONGSIDE:
        yield alongside.__module__.removeprefix("publisher."), alongside(site)


def _authored(site: Site) -> Iterator[Page]:
    name = site.name
    description = site.words.say("site.description", site.lang, congress=site.congress.name)
    data: dict[str, dict[str, Any]] = {
        HOME: home_data(site.public, site.links, site.lang)
        | agenda(site.public, site.links, site.rulebook, site.words, site.lang, find=find.address(site))
        | {"changed": listed.lately(site)},
        CATALOGUE: catalogue_data(site.public, site.lang),
        DATA: data_data(site.public, site.database, site.links, site.lang),
        SEARCH: {"data": site.links.search(), "tables": site.links.home()},
        GLOSSARY: glossary.page(site.words),
        ENGLISH: english.page(site),
        FOLLOW: follow.page(site),
    }
    for page, given in data.items():
        template = "home.html" if page == HOME else f"{page}.html"
        shared_with = {"congress": site.congress.name[site.lang], "queries": site.queries(page)}
        mould = site.mould(page, (template,), shared=shared_with)
        yield Page(f"{page}.html", name, description, given, mould)
    for page in _of_kinds(site):
        given = OF_KINDS[page](site.public, site.links, site.rulebook, site.words, site.lang)
        if drawn := MAPPED.get(page):
            given["map"] = drawn(site)
        kind = site.public.kinds[OF_KIND[page]]
        beside = [each for each in _beside(site, kind) if each["name"] != page]
        mould = site.mould(page, (f"{page}.html",), shared={"beside": beside, "queries": site.queries(page)})
        title = site.words.say(f"site.{page}.name", site.lang)
        yield Page(f"{page}.html", title, f"{title} · {name}", given, mould)


def _of_kinds(site: Site) -> list[str]:
    """The pages of OF_KINDS that this congress has."""
    return [page for page in OF_KINDS if page in site.shells]


def _beside(site: Site, kind: Kind) -> list[dict[str, Any]]:
    """Links to those that share a kind's tab, as the lists and the cycles show them."""
    kinds = site.public.kinds
    shared = [
        page for page in _of_kinds(site) if _shares(kinds[OF_KIND[page]], kind) or _leads_to(page, kind)
    ]
    return [
        {
            "name": page,
            "label": site.words.say(f"site.{page}.link", site.lang),
            "small": site.words.say(f"site.{page}.name", site.lang),
            "href": f"{page}.html",
        }
        for page in shared
    ]


def _leads_to(page: str, kind: Kind) -> bool:
    return kind.name in ALSO_BESIDE.get(page, ())


def _shares(one: Kind, other: Kind) -> bool:
    return one.name == other.name or (one.group is not None and one.group == other.group)


def _list(site: Site, kind: Kind) -> Iterator[Page]:
    label = kind.label[site.lang]
    given = {
        **shared(kind, site.links, site.lang),
        "description": kind.description[site.lang],
        "as_of": site.public.release["as_of"],
        "siblings": _siblings(site, kind),
        "group": kind.group[site.lang] if kind.group else site.words.say("site.list.siblings", site.lang),
        "queries": site.queries(f"{kind.name}/list"),
        "csv": f"../download/{kind.name}.excel.csv",
        "lookup": _lookup(site) if kind.name in LOOKED_UP_IN else None,
        "sift": list_rows.sifting(site, kind),
        "years": years.facet(site, kind),
    }
    mould = site.mould(f"{kind.name}/list", (f"{kind.name}.list.html", "list.html"), kind=given)
    for name, title, data in list_pages(site.public, kind, site.links, site.lang):
        description = site.words.say("site.list.description", site.lang, label=label, n=data["total"])
        path = f"{kind.name}/{name}.html"
        cited = cite.cited(site, title, given["as_of"], path)
        yield Page(path, title, description, {**data, "cited": cited}, mould)


def _lookup(site: Site) -> dict[str, Any] | None:
    return ideas.lookup(site.public, site.words, site.lang, site.congress.addresses["www"])


def _siblings(site: Site, kind: Kind) -> list[dict[str, Any]]:
    """The kinds that share this one's tab, registers or a group: each list leads to the rest."""
    kinds = [
        {
            "name": other.name,
            "label": other.label[site.lang],
            "count": len(site.public.rows[other.name]),
            "href": f"{other.name}/index.html",
        }
        for other in sorted(site.public.shown, key=lambda other: other.place)
        if other.group == kind.group and (kind.group or (kind.register and other.register))
    ]
    pages = [
        {"name": each["name"], "label": each["small"], "count": None, "href": each["href"]}
        for each in _beside(site, kind)
        if kind.group or kind.register
    ]
    return [*kinds, *pages]


def records(site: Site, kind: Kind, rows: Sequence[Row]) -> Iterator[Page | Plain]:
    """The pages of some records of a kind, and the files beside them."""
    label = kind.label[site.lang]
    given = {**shared(kind, site.links, site.lang), "base": site.links.base, "beside": _beside(site, kind)}
    given["errors"] = report(site)
    given["pages"] = _of_kinds(site)
    given["queries"] = site.queries(f"{kind.name}/record")
    mould = site.mould(f"{kind.name}/record", (f"{kind.name}.record.html", "record.html"), kind=given)
    for row in rows:
        data = record_data(site.public, kind, row, site.links, site.lang)
        if more := MORE.get(kind.name):
            data |= more(site.public, row, site.rulebook, site.words, site.lang)
        path = f"{kind.name}/{row['code']}.html"
        data |= {"proof": row["code"] in site.public.proofs, "cited": cite.of_record(site, data, path)}
        if links := following.links(site, kind, row):
            data["follow"] = links
        yield Page(path, row["title"], describe(data, label), data, mould)
        yield from following.beside(site, kind, row, data)
        if (beside := BESIDE.get(kind.name)) and (table := beside(site.public, row, site.rulebook)):
            yield Plain.text(f"{kind.name}/{row['code']}.csv", table)
