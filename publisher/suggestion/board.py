"""The board of the three lanes (三色办理): every open suggestion in its lane, with its days and its limit."""

from __future__ import annotations

from typing import Any

from ledger.rulebooks import Rulebook
from ledger.words import Words
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public
from publisher.suggestion.cards import Cards
from publisher.suggestion.state import order, states
from publisher.suggestion.words import COLOURS, closed_words

MOST = 60
"""So many cards a lane; the register lists the rest."""


def page(public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of the board is given."""
    around = {"as_of": public.release["as_of"], "rows": links.table("suggestion_state", _facet="track")}
    if without := closed_words(public, words, lang):
        return around | {"closed": without}
    every = list(states(public, rulebook))
    cards = Cards(public, words, lang)

    def say(key: str, **params: Any) -> str:
        return words.say(f"site.board.{key}", lang, **params)

    lanes = []
    for colour in COLOURS:
        own = [each for each in every if each.lane and each.lane.track == colour]
        now = order(each for each in own if not each.ended)
        late = sum(cards.tag(each)[0] == "late" or bool(each.lane_over) for each in now)
        lanes.append(
            {
                "colour": colour,
                "name": words.say(f"site.suggestion.track.{colour}", lang),
                "small": words.say(f"site.suggestion.track.{colour}.small", lang),
                "count": say("lane", n=len(now), late=late) if late else say("lane.calm", n=len(now)),
                "cards": cards.cards(now[:MOST]),
                "more": say("more", n=len(now) - MOST) if len(now) > MOST else "",
                "over": say("over", n=len(own) - len(now)) if len(own) > len(now) else "",
                "href": f"suggestion/track.{colour}.html" if own else None,
            }
        )
    now = [each for each in every if not each.ended]
    loose = [each for each in now if each.lane is None]
    assigned = order(each for each in loose if each.handlings)
    return {
        **around,
        "verdict": say("verdict", n=sum(each.lane is not None for each in now), all=len(now)) if now else "",
        "lanes": lanes,
        "loose": cards.cards(assigned[:MOST]),
        "loose_head": say("loose", n=len(loose), assigned=len(assigned)) if loose else "",
    }
