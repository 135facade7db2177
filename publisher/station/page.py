"""The page of all stations: what became of what they heard first, then build, manage, use. Nothing is ranked:
stations stand in the order of their names, and how many people came is on none of these lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.station.coverage import same_names
from ledger.words import Words
from publisher.reading.answers import unpublished
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public
from publisher.reading.shown import money, together
from publisher.station.gaps import NEEDED, there, untold
from publisher.station.network import KIND, network
from publisher.station.words import Said

AHEAD = 8
"""So many duties to come stand on the page; the list has all."""
BASIS = (
    "standard_applies_to",
    "evidence_within",
    "rota_days",
    "told_back_within",
    "head_counts_excluded",
)


def page(public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of the page is given. What is not published is named in `gaps`, and not counted."""
    said = Said(network(public, rulebook), words, lang, links)
    chain = said.network.chain() if said.network.open("heard") else None
    gaps = [told for each in NEEDED if there(public, each) and (told := untold(public, each, words, lang))]
    return {
        "as_of": public.release["as_of"],
        "verdict": _verdict(said),
        "gaps": gaps,
        "chain": said.chain(chain) if chain else None,
        "ahead": [said.duty(each) for each in said.network.ahead()[:AHEAD]]
        if said.network.open("rota")
        else [],
        "built": _built(said),
        "standard": _standard(said),
        "used": _used(said),
        "sites": _listed(said, "sites"),
        "spent": _spent(said),
        "evaluations": _listed(said, "evaluations"),
        "basis": [{"text": said.say(f"rule.{key}"), "basis": said.basis(key)} for key in BASIS],
        "rows": links.table("station_state"),
    }


def by_name(station: Mapping[str, Any]) -> tuple[str, str]:
    """Stations stand in the order of their names, whatever they did."""
    return str(station.get("name", "")), str(station["code"])


def _verdict(said: Said) -> tuple[str, str]:
    """The chain first; then coverage and rosters in one clause."""
    strong = ""
    if said.network.open("heard"):
        chain = said.network.chain()
        told = {"n": chain.told.of, "told": chain.told.n, "verified": len(chain.stages["verified"])}
        strong = said.say("verdict", **told) if chain.heard else said.say("verdict.none")
    rest = []
    if said.network.open("covered") and (found := said.network.covered).of:
        rest.append(said.say("verdict.covered", n=found.n, of=found.of))
    if said.network.open("roster") and (found := said.network.placed).of:
        rest.append(said.say("verdict.placed", n=found.n, of=found.of))
    return strong, said.say("comma").join(rest) + said.say("stop") if rest else ""


def _built(said: Said) -> dict[str, Any]:
    """Constituencies with a station, deputies in stations, groups with a convener."""
    network, links = said.network, said.links
    figures: list[dict[str, Any]] = []
    missing: list[str] = []
    unplaced: list[tuple[str, str | None]] = []
    groups: list[dict[str, str]] = []
    levels: list[str] = []
    if network.open("covered"):
        found = network.covered
        figures.append(said.figure(found, links.table(KIND)))
        missing = [name for name in found.codes_of if name not in found.codes_counted]
    if network.open("roster"):
        placed = network.placed
        figures.append(said.figure(placed, links.table("station_roster", place="home")))
        levels = [
            said.say("level", level=said.choice("deputy", "levels", level), n=each.n, of=each.of)
            for level, each in network.by_level.items()
        ]
        unplaced = said.names(set(placed.codes_of) - set(placed.codes_counted))
        groups = [said.lamp(each.convened) for each in network.groups if each.convened.state != "pass"]
    return {
        "figures": figures,
        "missing": together(missing, said.lang),
        "unplaced": unplaced,
        "levels": together(levels, said.lang),
        "groups": groups,
        "same": together(same_names(network.all(KIND)), said.lang),
    }


def _standard(said: Said) -> dict[str, Any] | None:
    """The lamps of every station that is held to the standard, in the order of names."""
    network = said.network
    if not network.open("standard") or network.standard is None:
        return None
    rows = [
        {"station": said.names([each["code"]])[0], **shown}
        for each in sorted(network.held_to_it, key=by_name)
        if (shown := said.standard(each["code"]))
    ]
    if not rows:
        return None
    return {
        "rows": rows,
        "text": said.say("standard.all", n=sum(each["n"] == each["of"] for each in rows), of=len(rows)),
        "version": rows[0]["version"],
        "confirmed": said.confirmed(),
        "link": said.links.table("station_state", held_to_standard="1"),
    }


def _used(said: Said) -> list[dict[str, Any]]:
    """Duties held, with members of the committee, deputies who were there once."""
    network, links = said.network, said.links
    if not network.open("rota"):
        return []
    logs = links.table("station_log", held_on__startswith=network.year)
    found = [said.figure(network.held(), links.table("station_duty"))]
    if not unpublished(said.network.public, "station_duty", "announced_on"):
        found.append(said.figure(network.in_time, links.table("station_duty")))
    found.append(said.figure(network.with_members, logs))
    if network.open("roster"):
        found.append(said.figure(network.received, logs))
    return [each for each in found if each["of"]]


def _listed(said: Said, subject: str) -> list[Mapping[str, Any]]:
    """Demonstration sites, or evaluations, by the names of the stations."""
    if subject == "sites":
        shown, known = said.site, said.network.open("sites")
    else:
        shown, known = said.evaluation, said.network.open("evaluations")
    stations = sorted(said.network.all(KIND), key=by_name) if known else []
    return [found for each in stations if (found := shown(each["code"]))]


def _spent(said: Said) -> str:
    """What demonstration sites that are not dropped were given and have paid, as far as told."""
    if not said.network.open("sites"):
        return ""
    found = [said.network.site(each["code"]) for each in said.network.all(KIND)]
    sites = [each for each in found if each and each.stage != "dropped"]
    amounts = {name: [getattr(each, name) for each in sites] for name in ("funds", "spent")}
    told = {name: money(sum(each for each in some if each is not None)) for name, some in amounts.items()}
    return said.say("spent", n=len(sites), **told) if sites else ""
