"""Resolutions and how they are carried out 决议决定跟踪问效: what is past its day first."""

from __future__ import annotations

from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.oversight.decided import STATES
from ledger.words import Words
from publisher.oversight.said import Said
from publisher.reading.answers import Answers
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public

PAGE = "resolutions"


def page(public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of the resolutions is given."""
    said = Said(public, links, rulebook, words, lang, PAGE)
    around = said.around("adopted_resolution")
    if around["closed"]:
        return around
    every = [(each, said.all.carried(each)) for each in said.all.records("adopted_resolution")]
    every.sort(key=lambda pair: (STATES.index(pair[1].state), pair[0]["due_on"], pair[0]["code"]))
    done = sum(found.state == "done" for _, found in every)
    overdue = sum(found.state == "overdue" for _, found in every)
    looked = sum(found.looks > 0 for _, found in every)
    return {
        **around,
        "verdict": (said.say("verdict", n=done, of=len(every)), said.say("verdict.rest", n=overdue))
        if every
        else None,
        "figures": [
            said.figure(
                "done", done, len(every), links.table("adopted_resolution_state", state="done"), "items"
            ),
            said.figure("looked", looked, len(every), links.table("resolution_followup"), "items"),
        ],
        "parts_of": said.parts("decided", STATES[::-1], (found.state for _, found in every), "items"),
        "items": [_item(said, each) for each, _ in every],
    }


def _item(said: Said, each: Answers) -> dict[str, Any]:
    found = said.all.carried(each)
    told = [
        said.say("adopted", day=each["adopted_on"]),
        said.words.say("site.oversight.due", said.lang, day=each["due_on"]),
    ]
    if found.late:
        key = "done_late" if found.state == "done" else "late"
        told.append(said.words.say(f"site.oversight.{key}", said.lang, n=found.late))
    last = found.last or {}
    if found.last:
        told.append(said.say("looked", day=last["followed_on"], n=found.looks))
    return {
        **said.state("decided", found.state),
        "title": said.public.titles[each["code"]],
        "href": said.public.path(each["code"]),
        "organ": said.link(each["organ"]) if "organ" in each else None,
        "told": told,
        "seen": last.get("found", ""),
        "by": last.get("followed_by", ""),
        "look": said.public.path(last["code"]) if found.last else None,
    }
