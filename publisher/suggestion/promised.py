"""The register of promises (承诺台账): what organs said they would do by a day, over all years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from ledger.rulebooks import Rulebook
from ledger.rules.suggestion.promise import Promise, State, promises
from ledger.words import Words
from publisher.reading.datalinks import DataLinks
from publisher.reading.facts import link
from publisher.reading.public import Public
from publisher.suggestion.page import PROMISES
from publisher.suggestion.state import Suggestion, states
from publisher.suggestion.words import closed_words

ORDER: tuple[State, ...] = ("broken", "claimed", "due", "kept")
"""What is broken first, what is kept last."""


class Made(NamedTuple):
    """A promise with the suggestion it was made in."""

    promise: Promise
    suggestion: Suggestion


def page(public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of the register is given."""
    around = {
        "as_of": public.release["as_of"],
        "rows": links.table("promise") if "promise" in public.rows else None,
    }
    if without := closed_words(public, words, lang):
        return around | {"closed": without}
    every = list(made(public, rulebook))

    def say(key: str, **params: Any) -> str:
        return words.say(f"site.promises.{key}", lang, **params)

    counts: dict[str, int] = {state: sum(each.promise.state == state for each in every) for state in ORDER}
    counts["all"] = len(every)
    groups = [
        {
            "state": state,
            "icon": PROMISES[state],
            "head": say(f"head.{state}", n=counts[state]),
            "items": [shown(each, public, words, lang) for each in every if each.promise.state == state],
        }
        for state in ORDER
    ]
    return {
        **around,
        "verdict": (say("verdict", **counts), say("verdict.rest", **counts)) if every else None,
        "groups": groups,
    }


def made(public: Public, rulebook: Rulebook) -> Iterator[Made]:
    """Every promise of every public suggestion, by the day it is due."""
    found = [
        Made(promise, each) for each in states(public, rulebook) for promise in promises(each.case, each.on)
    ]
    yield from sorted(found, key=lambda each: (each.promise.due_on, each.promise.code))


def shown(each: Made, public: Public, words: Words, lang: str) -> dict[str, Any]:
    """One promise as lists show it: what, by whom, in which suggestion, and its days."""

    def say(key: str, **params: Any) -> str:
        return words.say(f"site.suggestion.promise.{key}", lang, **params)

    promise = each.promise
    told = [say("due", day=promise.due_on)]
    if promise.claimed_on:
        told.append(say("claimed", day=promise.claimed_on))
    if promise.seen:
        verdict = words.say(f"suggestion.verdict.{promise.seen.verdict}", lang)
        told.append(say("seen", day=promise.seen.last, verdict=verdict))
    if promise.state == "due":
        told.append(say("left", n=_days_left(each)))
    elif promise.late:
        told.append(say("late", n=promise.late))
    return {
        "what": promise.what if promise.code != promise.reply else say("of_reply"),
        "href": public.path(promise.code),
        "organ": link(public, promise.organ) if promise.organ else None,
        "suggestion": link(public, each.suggestion.code),
        "told": told,
        "withdrawn": each.suggestion.standing.stage == "withdrawn",
    }


def _days_left(each: Made) -> int:
    return (date.fromisoformat(each.promise.due_on) - each.suggestion.on).days
