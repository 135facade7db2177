"""What the work report promised 报告承诺: beside the promises of replies, in the same look."""

from __future__ import annotations

from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.oversight.mending import STATES, counted
from ledger.words import Words
from publisher.oversight.said import STATE_ICONS, Said
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public

PAGE = "commitments"


def page(public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of the commitments is given."""
    said = Said(public, links, rulebook, words, lang, PAGE)
    around = said.around("commitment")
    if around["closed"]:
        return around
    every = sorted(said.all.records("commitment"), key=lambda each: (each["due_on"], each["code"]))
    counts = counted(every, said.all.on)
    items = [said.promised(each, "promise", each.get("what", "")) for each in every]
    return {
        **around,
        "verdict": (
            said.say("verdict", n=counts["kept"], of=len(every)),
            said.say("verdict.rest", **{state: counts[state] for state in STATES if state != "kept"}),
        )
        if every
        else None,
        "figures": [
            said.figure("kept", counts["kept"], len(every), links.table("commitment_state", state="kept"))
        ],
        "parts_of": said.parts("promise", STATES[::-1], (each["state"] for each in items)),
        "groups": [
            {
                "state": state,
                "icon": STATE_ICONS[state],
                "head": said.say("head", word=said.state("promise", state)["word"], n=counts[state]),
                "items": [each for each in items if each["state"] == state],
            }
            for state in STATES
        ],
    }
