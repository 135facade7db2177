"""What the page of a station says beside what came in there: when it is open next, who belongs to it, its
lamps with their days, and how far what it heard has come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.words import Words
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public
from publisher.station.gaps import Subject, there, untold
from publisher.station.network import network
from publisher.station.words import Said

HERE = DataLinks("")
AHEAD = 4
"""So many duties to come stand on the page; the list has all."""
PARTS: Mapping[Subject, str] = {
    "rota": "rota", "heard": "chain", "standard": "standard", "roster": "groups", "sites": "site",
    "evaluations": "evaluation",
}  # fmt: skip


def one(
    public: Public, row: Mapping[str, Any], rulebook: Rulebook, words: Words, lang: str
) -> dict[str, Any]:
    """What the template of a station is given of it. A part is None where this congress has no such kind;
    `untold` names those of which not enough is published, with what is lacking."""
    said = Said(network(public, rulebook), words, lang, HERE)
    code = str(row["code"])
    made: Mapping[str, Callable[[Said, str], Any]] = {
        "rota": _rota,
        "chain": lambda said, code: said.chain(said.network.chain(code), code) or {},
        "standard": _standard,
        "groups": _groups,
        "site": lambda said, code: said.site(code),
        "evaluation": lambda said, code: said.evaluation(code),
    }
    parts = {
        part: made[part](said, code) if said.network.open(subject) and not row["withheld"] else None
        for subject, part in PARTS.items()
    }
    gaps = {
        part: untold(public, subject, words, lang) if there(public, subject) else ""
        for subject, part in PARTS.items()
    }
    return {**parts, "untold": gaps}


def _rota(said: Said, code: str) -> dict[str, Any]:
    """The next duties, and how many of those past were held."""
    ahead = [each for each in said.network.ahead() if each["station"] == code]
    held = said.network.held(code)
    return {
        "next": said.duty(ahead[0]) if ahead else None,
        "then": [said.duty(each) for each in ahead[1:AHEAD]],
        "off": [said.duty(each) for each in said.network.called_off(code)],
        "held": said.figure(held, HERE.table("station_duty", station=code)) if held.all else None,
    }


def _standard(said: Said, code: str) -> dict[str, Any] | None:
    applies = any(each["code"] == code for each in said.network.held_to_it)
    return said.standard(code) if applies else None


def _groups(said: Said, code: str) -> list[dict[str, Any]]:
    """The groups of this station: who is in them here, and who calls each together, here or elsewhere."""
    conveners = {each.name: each.conveners for each in said.network.groups}
    return [
        {
            "name": each.name,
            "conveners": said.names(conveners[each.name]),
            "members": said.names(set(each.members) - set(conveners[each.name])),
        }
        for each in said.network.groups_of(code)
    ]
