"""A figure of ledger.rules.suggestion.figures in words: n of so many, of which base, and who kept silent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.rules.suggestion.case import GRADES
from ledger.rules.suggestion.figures import Figure, Figures
from ledger.words import Words
from publisher.chart.bars import share
from publisher.reading.datalinks import DataLinks
from publisher.reading.shares import percent
from publisher.reading.shown import together

TABLE = "suggestion_state"
COUNTED = {"counted": "1"}
QUERIES: Mapping[str, Mapping[str, str]] = {
    "reply_rate": {"replied": "1"},
    "delivery_rate": {"claimed": "1"},
    "verified_delivery": {"delivered": "1"},
    "claims_borne_out": {"claimed": "1", "delivered": "1"},
    **{f"{name}_{grade}": {name: grade} for name in ("attitude", "result") for grade in GRADES},
}
"""The rows of each figure, as conditions on the state of suggestions."""
RATES = ("reply_rate", "delivery_rate", "verified_delivery", "claims_borne_out")


class FigureWords:
    """The words of figures; without `links` no rows are named, as a part of a whole has none of its own."""

    def __init__(self, words: Words, lang: str, links: DataLinks | None = None) -> None:
        self.words, self.lang, self.links = words, lang, links

    def say(self, key: str, **params: Any) -> str:
        """A message about figures."""
        return self.words.say(f"site.figure.{key}", self.lang, **params)

    def rule(self, key: str) -> str:
        """A message of the rules."""
        return self.words.say(key, self.lang)

    def shown(self, figure: Figure) -> dict[str, Any]:
        """Number, base, share, rule, what was left out and why, and where the rows are."""
        return {
            "name": self.say(f"name.{figure.name}"),
            "rule": self.words.say(figure.rule, self.lang),
            "n": figure.n,
            "of": figure.of,
            "percent": percent(figure.n, figure.of),
            "width": share(figure.n, figure.of),
            "excluded": self.excluded(figure),
            "rows": self.rows(figure),
        }

    def rates(self, figures: Figures) -> list[dict[str, Any]]:
        """Reply, delivery as claimed and as found, side by side: never one without the others."""
        return [self.shown(getattr(figures, name)) for name in RATES]

    def satisfaction(self, figures: Figures) -> list[dict[str, Any]]:
        """Attitude and result side by side, each by grade, of one base, with those that were not rated."""
        return [
            {
                "name": self.say(f"name.{dimension}"),
                "of": self.say("of", n=next(iter(given.values())).of),
                "grades": [
                    {
                        "name": self.words.say(f"suggestion.grade.{grade}", self.lang),
                        **self.shown(given[grade]),
                    }
                    for grade in GRADES
                ],
                "silent": self.say("silent", n=len(given["satisfied"].non_response)),
                "excluded": self.excluded(given["satisfied"]),
            }
            for dimension, given in (("attitude", figures.attitude), ("result", figures.result))
        ]

    def excluded(self, figure: Figure) -> str:
        """What is not in the base, and why."""
        if not figure.excluded:
            return ""
        parts = [
            self.say("excluded.one", why=self.rule(f"suggestion.excluded.{why}"), n=len(codes))
            for why, codes in figure.excluded.items()
        ]
        return self.say("excluded", parts=together(parts, self.lang))

    def rows(self, figure: Figure) -> str | None:
        """Where the rows of a figure stand in Datasette."""
        query = QUERIES.get(figure.name)
        return self.links.table(TABLE, **COUNTED, **query) if self.links and query is not None else None

    def cell(self, figure: Figure) -> str:
        """n of so many in a table; a figure of nothing says so."""
        if not figure.of:
            return self.say("nothing")
        return f"{figure.n} / {figure.of}"
