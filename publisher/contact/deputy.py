"""The part of a deputy's page that says: which grids, the three lamps, the five cells. No points, no rank."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.words import Words
from publisher.contact.closed import GRIDS, ONES, hidden
from publisher.contact.gather import ASSIGNMENT, Standing, standings
from publisher.reading.facts import link
from publisher.reading.lamp_words import LampWords
from publisher.reading.public import Public

Row = Mapping[str, Any]
CELLS = {"evidenced": "ok", "claimed": "part", "missing": "none"}
"""Each state its own shape."""
VERDICTS = {"passed": "ok", "failed": "late", "cannot_verify": "part"}


def part(public: Public, row: Row, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any] | None:
    """What the template is given; None for who does not serve, and where a congress has no such kinds."""
    if ASSIGNMENT not in public.rows:
        return None
    found = standings(public, rulebook).get(row["code"])
    if found is None:
        return None
    return {
        "lamps": [] if hidden(public, GRIDS, words, lang) else lamps(public, found, rulebook, words, lang),
        "lamps_hidden": hidden(public, GRIDS, words, lang),
        "grids": [link(public, each) for each in found.grids],
        "ones_there": {"service_deed", "opinion_report"} <= public.rows.keys(),
        "ones": [] if hidden(public, ONES, words, lang) else cells(public, found, words, lang),
        "ones_hidden": hidden(public, ONES, words, lang),
        "n": words.say("site.five_ones.own", lang, year=found.ledger.year, n=found.ledger.n),
        "spot": verdict(found, words, lang),
    }


def lamps(
    public: Public, found: Standing, rulebook: Rulebook, words: Words, lang: str
) -> list[dict[str, str]]:
    """The three lamps in words."""
    said = LampWords(public, words, rulebook, lang)
    return [said.shown(each) for each in found.lamps]


def cells(public: Public, found: Standing, words: Words, lang: str) -> list[dict[str, Any]]:
    """The five cells: which "one", its state, and the record that stands for it."""
    return [
        {
            "name": words.say(f"site.five_ones.one.{each.name}", lang),
            "icon": CELLS[each.state],
            "state": words.say(f"site.five_ones.state.{each.state}", lang),
            "record": link(public, each.code) if each.code else None,
            "day": each.day,
        }
        for each in found.ledger.ones
    ]


def verdict(found: Standing, words: Words, lang: str) -> dict[str, str] | None:
    """What a spot check of the year found; None for who was not drawn."""
    if found.verdict is None:
        return None
    return {
        "icon": VERDICTS[found.verdict],
        "text": words.say(f"site.five_ones.spot.{found.verdict}", lang),
    }
