"""The tile map of townships: how many suggestions and visits each has this year, of how many in all.

Which tile lies where is said in congress.yaml (`tiles`): a schema, not a map. Nothing here comes from a map.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.congress import Congress
from ledger.problems import Problem
from ledger.tiles import Tiles
from ledger.words import Words
from publisher.chart.tiles import Tile, tiles
from publisher.finding.counts import within
from publisher.finding.places import Place, in_order, places, scope, tally
from publisher.reading.answers import unpublished
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public
from publisher.suggestion.cases import KIND as SUGGESTION

SHOWN = (SUGGESTION, "visit")
VIA = "grid"


def townships(public: Public) -> list[Place]:
    """The townships of the register, by name."""
    return in_order(each for each in places(public).values() if each.level == "township")


def maps(
    public: Public, where: Tiles | None, links: DataLinks, words: Words, lang: str
) -> dict[str, Any] | None:
    """The pictures and the table under them; None for a congress without townships."""
    found = townships(public)
    kinds = [each for each in SHOWN if each in public.rows and not unpublished(public, each, VIA)]
    if not found or not kinds:
        return None

    def say(key: str, **params: Any) -> str:
        return words.say(f"site.tiles.{key}", lang, **params)

    placed = [each for each in found if where and each.title in where]
    whole = {kind: [row for row in public.rows[kind] if not row["withheld"]] for kind in kinds}
    label = {kind: public.kinds[kind].label[lang] for kind in kinds}
    return {
        "charts": [
            _chart(public, kind, placed, where, len(whole[kind]), label[kind], say)
            for kind in kinds
            if where and placed
        ],
        "left_out": say("left_out", n=len(found) - len(placed))
        if placed and len(placed) < len(found)
        else "",
        "heads": [say("head", kind=label[kind], of=len(whole[kind])) for kind in kinds],
        "rows": [
            {
                "title": each.title,
                "href": public.path(each.code),
                "cells": [_cell(public, kind, each, links) for kind in kinds],
            }
            for each in found
        ],
    }


def _cell(public: Public, kind: str, place: Place, links: DataLinks) -> dict[str, Any]:
    """A number with the rows it counts."""
    n = len(tally(public, place.code, kind))
    rows = within(kind, VIA, scope(public, place.code)) if n else None
    return {"n": n, "rows": f"{links.base}{rows}" if rows else None}


def _chart(
    public: Public, kind: str, placed: list[Place], where: Tiles, of: int, label: str, say: Any
) -> dict[str, Any]:
    counted = {code for each in placed for code in tally(public, each.code, kind)}
    drawn = tiles(
        [Tile(each.title, len(tally(public, each.code, kind)), *where[each.title]) for each in placed]
    )
    return {
        "id": kind,
        "caption": say("caption", kind=label, n=len(counted), of=of),
        "label": say("label", kind=label, n=len(placed)),
        "drawn": drawn,
        "legend": [(step, _range(low, high)) for step, low, high in drawn["legend"]],
    }


def _range(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}–{high}"


def faults(public: Public, congress: Congress) -> Iterator[Problem]:
    """Names on the tile map that no township of the register has; an empty register is not asked."""
    names = {each.title for each in townships(public)}
    where: Mapping[str, Any] = congress.tiles or {}
    for name in where if names else ():
        if name not in names:
            what = "is no township of the register. Write its name as the register has it, or take it out."
            yield Problem("content/congress.yaml", f"tiles.{name}", what)
