"""The part of a place's page that says which deputies answer for it, and when they last came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.contact import grid
from ledger.words import Words
from publisher.contact.closed import GRIDS, hidden
from publisher.contact.gather import ASSIGNMENT, keepers, own, today
from publisher.finding.counts import HERE, MOST_IN_AN_ADDRESS
from publisher.finding.places import above, by_name, places, scope
from publisher.reading.answers import plain_answers
from publisher.reading.facts import link
from publisher.reading.lamp_words import LampWords
from publisher.reading.public import Public, listed

Row = Mapping[str, Any]
MOST = 12
"""So many deputies stand on the page of a place; a township has more, on the pages of its grids."""


def part(public: Public, row: Row, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any] | None:
    """What the template is given; None where a congress keeps no such records."""
    if ASSIGNMENT not in public.rows:
        return None
    if closed := hidden(public, GRIDS, words, lang):
        return {"closed": closed, "keepers": [], "more": ""}
    inside = scope(public, row["code"])
    over = [each.code for each in above(public, row["code"]) if each.level != "township"]
    on, held = today(public), keepers(public)
    found = [each for code in dict.fromkeys((*inside, *over)) for each in held.get(code, ())]
    found.sort(key=lambda each: (by_name(public.titles[each["deputy"]]), each["deputy"], each["grid"]))
    shown = []
    said = LampWords(public, words, rulebook, lang)
    for assignment in found[:MOST]:
        deputy = assignment["deputy"]
        near = {*inside, assignment["grid"]}
        every = own(public, "visit").get(deputy, ())
        visits = [each for each in every if each["grid"] in near]
        asked = [plain_answers(public, "visit", each) for each in visits]
        elsewhere = assignment["grid"] != row["code"]
        shown.append(
            {
                "deputy": link(public, deputy),
                "grid": link(public, assignment["grid"]) if elsewhere else None,
                "lamps": [said.shown(each) for each in grid.three([assignment], asked, (), on, rulebook)],
                "came": _came(visits, words, lang),
                "rows": _rows(visits, near, deputy),
                "registered": _registered(assignment, words, lang),
            }
        )
    more = words.say("site.keepers.more", lang, n=len(found) - MOST) if len(found) > MOST else ""
    return {"closed": "", "keepers": shown, "more": more}


def _rows(visits: list[Any], near: set[str], code: str) -> str | None:
    """The rows of these visits; None where no address holds just them."""
    named = all(code in listed(each["deputies"]) for each in visits)
    if not visits or not named or len(near) > MOST_IN_AN_ADDRESS:
        return None
    return HERE.table("visit", grid__in=",".join(sorted(near)), deputies__arraycontains=code)


def _came(visits: list[Any], words: Words, lang: str) -> str:
    """When the deputy last came here, and how often; public by the month."""
    if not visits:
        return words.say("site.keepers.never", lang)
    last = max(each["visited_on"] or "" for each in visits)
    return words.say("site.keepers.came", lang, n=len(visits), month=last)


def _registered(assignment: Mapping[str, Any], words: Words, lang: str) -> str:
    if day := assignment.get("registered_on"):
        return words.say("site.keepers.registered", lang, day=day)
    return words.say("site.keepers.unregistered", lang)


def without_deputy(public: Public) -> list[str]:
    """The grids that no serving deputy is assigned to, neither to them nor to their village.

    A village that is not cut into grids counts as one.
    """
    taken = keepers(public)
    found = places(public)
    return [code for code in leaves(public) if code not in taken and found[code].within not in taken]


def leaves(public: Public) -> list[str]:
    """The places that deputies are assigned to: grids, and villages that have none, by name."""
    found = [
        each
        for each in places(public).values()
        if each.level == "grid" or (each.level == "village" and not each.inside)
    ]
    return [each.code for each in sorted(found, key=lambda each: (by_name(each.title), each.code))]
