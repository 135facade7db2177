"""The page of one spot check: drawn again out of its list and its seed, and how many were borne out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.contact.spot import draw, drawn_right, passed
from ledger.words import Words
from publisher.contact.deputy import VERDICTS
from publisher.contact.gather import spot_check
from publisher.reading.answers import asked
from publisher.reading.facts import link
from publisher.reading.public import Public

NEEDED = ("frame", "seed", "sample_size", "drawn")


def page(
    public: Public, row: Mapping[str, Any], rulebook: Rulebook, words: Words, lang: str
) -> dict[str, Any]:
    """What the template of a spot check is given beside what every record's is."""

    def say(key: str, **params: Any) -> str:
        return words.say(f"site.spot.{key}", lang, **params)

    check = spot_check(public, row)
    if row["withheld"] or not all(check.get(name) for name in NEEDED):
        return {"verdict": None, "again": None, "numbers": "", "drawn": [], "how": ""}
    n, of = passed([check])
    frame = check["frame"]
    right = drawn_right(check)
    numbers = "、".join(map(str, draw(check["seed"], len(frame), check["sample_size"])))
    field = asked(public, "spot_check", "drawn.verdict")
    return {
        "verdict": (say("verdict", n=n, of=of), say("verdict.frame", of=len(frame))),
        "again": {
            "icon": "ok" if right else "late",
            "what": say("again.right" if right else "again.wrong"),
            "why": say("again.numbers", numbers=numbers),
        },
        "numbers": numbers,
        "drawn": [
            {
                "number": each["number"],
                "deputy": link(public, each["deputy"]),
                "icon": VERDICTS[each["verdict"]],
                "verdict": field.say(each["verdict"], public.titles, lang) if field else each["verdict"],
            }
            for each in check["drawn"]
        ],
        "how": say("how", seed=check["seed"], of=len(frame), size=check["sample_size"]),
    }
