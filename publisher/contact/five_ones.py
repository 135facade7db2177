"""The page of 五个一: how many are complete, each with its evidence, and how many passed the spot check.

Deputies stand by name. The number of cells is no score: five different things are asked once.
"""

from __future__ import annotations

from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.contact.five_ones import ONES
from ledger.rules.contact.spot import passed
from ledger.words import Words
from publisher.chart.stacked import Part, stacked
from publisher.contact.closed import ONES as NEEDED
from publisher.contact.closed import hidden
from publisher.contact.deputy import cells, verdict
from publisher.contact.gather import Standing, checks, standings, today
from publisher.contact.rates import rate
from publisher.contact.rows import ONES_TABLE, TABLE
from publisher.reading.datalinks import DataLinks
from publisher.reading.facts import link
from publisher.reading.lamp_words import LampWords
from publisher.reading.public import Public


def page(public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of the page is given."""

    def say(key: str, **params: Any) -> str:
        return words.say(f"site.five_ones.{key}", lang, **params)

    around = {"as_of": public.release["as_of"], "rows": links.table(ONES_TABLE)}
    if without := hidden(public, NEEDED, words, lang):
        return {**around, "closed": without}
    every = list(standings(public, rulebook).values())
    year, of = today(public).year, len(every)
    full = [one for one in every if one.ledger.complete]
    drawn = checks(public, year)
    right, of_drawn = passed(drawn)
    return {
        **around,
        "year": year,
        "verdict": (
            say("verdict", year=year, n=len(full), of=of),
            say("verdict.spot", n=right, of=of_drawn) if of_drawn else say("verdict.no_spot"),
        )
        if of
        else None,
        "rates": [
            *(
                rate(
                    say(f"one.{name}"),
                    n=sum(one.ledger.ones[at].state == "evidenced" for one in every),
                    of=of,
                    rule=say(f"rule.{name}"),
                    rows=links.table(ONES_TABLE, one=name, state="evidenced"),
                )
                for at, name in enumerate(ONES)
            ),
            rate(say("spot"), right, of_drawn, say("rule.spot"), _drawn(drawn, links)),
        ],
        "chart": _chart(every, words, lang),
        "complete_rows": links.table(TABLE, complete="1"),
        "deputies": [
            {
                "who": link(public, one.code),
                "n": say("cells", n=one.ledger.n),
                "cells": cells(public, one, words, lang),
                "spot": verdict(one, words, lang),
            }
            for one in every
        ],
        "checks": [
            {"title": link(public, each["code"]), "on": each.get("checked_on", ""), "told": _told(each, say)}
            for each in reversed(drawn)
        ],
        "share": _share(len({row["deputy"] for each in drawn for row in each["drawn"]}), of, rulebook, words,
                        LampWords(public, words, rulebook, lang), lang),
    }  # fmt: skip


def _chart(every: list[Standing], words: Words, lang: str) -> dict[str, Any] | None:
    """All deputies in three parts: complete, some, none yet; None where nobody serves."""
    if not every:
        return None
    full = sum(one.ledger.complete for one in every)
    none = sum(one.ledger.n == 0 for one in every)
    parts = {"complete": full, "some": len(every) - full - none, "none": none}
    return {
        "chart": stacked(
            [Part(words.say(f"site.five_ones.part.{name}", lang), n) for name, n in parts.items()]
        ),
        "finding": words.say("site.five_ones.finding", lang, of=len(every), n=full, none=none),
        "end": words.say("site.five_ones.end", lang, n=len(every)),
        "table": [(words.say(f"site.five_ones.part.{name}", lang), n) for name, n in parts.items()],
    }


def _drawn(checks: list[Any], links: DataLinks) -> str | None:
    """The rows of those who were borne out, in the checks of this year."""
    codes = ",".join(each["code"] for each in checks)
    return links.table("spot_check_drawn", code__in=codes, verdict="passed") if checks else None


def _told(check: Any, say: Any) -> str:
    right, of = passed([check])
    return str(say("check.told", n=right, of=of, frame=len(check.get("frame", ()))))


def _share(drawn: int, of: int, rulebook: Rulebook, words: Words, said: LampWords, lang: str) -> str:
    """How many of all were looked at, against the share that the rulebook asks for."""
    value = rulebook.values.get("five_ones.spot_check_share")
    if value is None or not of:
        return ""
    key = "site.five_ones.share" if drawn >= value.fraction * of else "site.five_ones.share.short"
    told = {"n": drawn, "of": of, "share": str(value.value)}
    return words.say(key, lang, **told, basis=said.rests_on("five_ones.spot_check_share"))
