"""The page of key supervision (重点督办): which suggestions, by which posts, and what they were to report."""

from __future__ import annotations

from typing import Any

from ledger.rulebooks import Rulebook
from ledger.words import Words
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public
from publisher.suggestion.cards import Cards
from publisher.suggestion.page import supervision as posts
from publisher.suggestion.state import Suggestion, order, states
from publisher.suggestion.words import LAMPS, Said, closed_words, lane_lamps


def page(public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of the page is given."""
    around = {
        "as_of": public.release["as_of"],
        "rows": links.table("key_supervision") if "key_supervision" in public.rows else None,
    }
    if without := closed_words(public, words, lang):
        return around | {"closed": without}
    every = list(states(public, rulebook))
    listed = order(each for each in every if _supervised(each))
    red = order(each for each in every if _red(each) and not each.ended and not _supervised(each))
    now = [each for each in listed if not each.ended]

    def say(key: str, **params: Any) -> str:
        return words.say(f"site.supervision.{key}", lang, **params)

    def shown(each: Suggestion) -> dict[str, Any]:
        lamps = lane_lamps(public, each) if _red(each) else ()
        return {
            **Cards(public, words, lang).card(each),
            "posts": list(posts(Said(public, words, lang, each))),
            "lamps": [
                {"icon": LAMPS[one.state], "why": words.say(one.why, lang, **one.params)}
                for one in lamps
                if one.state != "pass"
            ],
        }

    return {
        **around,
        "verdict": say("verdict", n=len(listed), open=len(now)) if listed else "",
        "items": [shown(each) for each in listed],
        "red": [shown(each) for each in red],
        "basis": rulebook.values["suggestion.key_supervision_decided_by"].article
        if "suggestion.key_supervision_decided_by" in rulebook.values
        else "",
    }


def _red(each: Suggestion) -> bool:
    return each.lane is not None and each.lane.track == "red"


def _supervised(each: Suggestion) -> bool:
    return bool(each.case.records.get("key_supervision") or each.case.records.get("leader_undertaking"))
