"""The page of 进网格: how many deputies meet each requirement, who does not, which grid has nobody."""

from __future__ import annotations

from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.contact import grid
from ledger.words import Words
from publisher.contact.closed import GRIDS, hidden
from publisher.contact.deputy import lamps
from publisher.contact.gather import standings, today
from publisher.contact.place import leaves, without_deputy
from publisher.contact.rates import rate
from publisher.contact.rows import TABLE
from publisher.reading.datalinks import DataLinks
from publisher.reading.facts import link
from publisher.reading.lamp_words import LampWords
from publisher.reading.public import Public

LAMPS = ("grid_assigned", "grid_registered", "grid_round")


def page(public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of the page is given."""

    def say(key: str, **params: Any) -> str:
        return words.say(f"site.grids.{key}", lang, **params)

    around = {
        "as_of": public.release["as_of"],
        "rows": links.table("grid_assignment") if "grid_assignment" in public.rows else None,
    }
    if without := hidden(public, GRIDS, words, lang):
        return {**around, "closed": without}
    every = list(standings(public, rulebook).values())
    said = LampWords(public, words, rulebook, lang)
    of, campaign = len(every), grid.window(rulebook)
    full = sum(all(each.state == "pass" for each in one.lamps) for one in every)
    lonely, whole = without_deputy(public), leaves(public)
    window = (
        say("window", first=campaign.first, last=campaign.last, basis=said.rests_on("grid.campaign_until"))
        if campaign
        else say("no_window")
    )
    return {
        **around,
        "verdict": (
            say("verdict", n=full, of=of),
            say("verdict.lonely", n=len(lonely), of=len(whole)) if lonely else say("verdict.all"),
        )
        if of
        else None,
        "rates": [
            rate(
                said.name(name),
                n=sum(one.lamps[at].state == "pass" for one in every),
                of=of,
                rule=say(f"rule.{name}"),
                rows=links.table(TABLE, **{name.removeprefix("grid_"): "pass"}),
                rest=_rest(sum(one.lamps[at].state == "unknown" for one in every), say),
            )
            for at, name in enumerate(LAMPS)
        ],
        "find": "find.html#places" if "grid" in public.rows else None,
        "window": window,
        "heads": [said.name(name) for name in LAMPS],
        "deputies": [
            {
                "who": link(public, one.code),
                "grids": [link(public, each) for each in one.grids],
                "lamps": lamps(public, one, rulebook, words, lang),
            }
            for one in every
        ],
        "lonely": [link(public, each) for each in lonely],
        "lonely_head": say("lonely", n=len(lonely), of=len(whole)),
        "on": today(public).isoformat(),
    }


def _rest(unknown: int, say: Any) -> str:
    return str(say("unknown", n=unknown)) if unknown else ""
