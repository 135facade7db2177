"""The page of an organ: its docket, what is open, late, replied and contradicted, and its own figures.

An organ's figures stand alone: they are not set beside another organ's, and never ranked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.suggestion.figures import figures
from ledger.rules.suggestion.item import items_of_organs
from ledger.words import Words
from publisher.reading.figure_words import FigureWords
from publisher.reading.public import Public
from publisher.suggestion.cards import Cards
from publisher.suggestion.cases import KIND
from publisher.suggestion.state import Suggestion, order, state_of
from publisher.suggestion.words import closed_words

Row = Mapping[str, Any]
VIA = ("assignment", "rehandling", "reply")
"""Kinds that bring a suggestion onto an organ's docket."""
MOST = 40
GROUPS = ("contradicted", "late", "open", "replied", "ended", "helps")


def page(public: Public, row: Row, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of an organ is given beside what every record's is."""
    code = row["code"]
    if without := closed_words(public, words, lang):
        return {"closed": without}
    every = list(docket(public, code, rulebook))
    own = order(each for each in every if code in each.organs)
    helps = order(each for each in every if code not in each.organs and code in each.co_organs)
    cards = Cards(public, words, lang)

    def say(key: str, **params: Any) -> str:
        return words.say(f"site.organ.{key}", lang, **params)

    groups: dict[str, list[Suggestion]] = {name: [] for name in GROUPS}
    for each in own:
        groups[_group(each, code)].append(each)
    groups["helps"] = helps
    on = date.fromisoformat(public.release["as_of"])
    counted = items_of_organs([each.case for each in own], on).get(code, [])
    told = FigureWords(words, lang)
    found = figures(counted, rulebook)
    return {
        "as_of": on.isoformat(),
        "verdict": _verdict(say, groups, len(own)) if own else "",
        "docket": [
            {
                "id": name,
                "head": say(f"head.{name}", n=len(some)),
                "cards": cards.cards(some[:MOST]),
                "more": say("more", n=len(some) - MOST) if len(some) > MOST else "",
            }
            for name, some in groups.items()
            if some
        ],
        "figures": told.rates(found) if found.reply_rate.of else [],
        "satisfaction": told.satisfaction(found) if found.reply_rate.of else [],
        "register": f"suggestion/handled_by.{code}.html" if own else None,
    }


def docket(public: Public, code: str, rulebook: Rulebook) -> Iterator[Suggestion]:
    """Every public suggestion that an organ has, or had, to do with."""
    rows = public.by_code(KIND) if KIND in public.rows else {}
    named = {
        str(public.by_code(each.kind)[each.code].get("suggestion"))
        for each in public.about.get(code, ())
        if each.kind in VIA
    }
    for each in sorted(one for one in named if one in rows):
        if not rows[each]["withheld"]:
            yield state_of(public, rows[each], rulebook)


def _verdict(say: Any, groups: Mapping[str, list[Suggestion]], n: int) -> str:
    counts = {name: len(some) for name, some in groups.items()}
    return str(say("verdict", n=n, **counts))


def _group(each: Suggestion, code: str) -> str:
    """Where on the docket a suggestion stands."""
    if each.standing.stage in ("withdrawn", "refused", "transferred"):
        return "ended"
    if any(one.organ == code and not one.settled_on for one in each.contradictions):
        return "contradicted"
    if each.days_over:
        return "late"
    if each.ended or all(one.reply is not None for one in each.handlings if one.organ == code):
        return "replied"
    return "open"
