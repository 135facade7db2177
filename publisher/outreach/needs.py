"""The page 代表+ (需求清单): what was needed, what came of it, by quarter, sort and area, and the deeds done.

Needs have no rows: a minor, a patient or somebody old could be known by theirs. What stands here is
`counted_area`, where nothing below five is told, nor what would give it away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.words import Words
from publisher.chart.bars import Bar, bars
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public

KIND, TABLE, DEEDS = "need", "counted_area", "service_deed"
SHOWN = ("category", "source", "outcome", "reason")
"""The questions that stand on the page, each with its answers."""
QUARTERS = 8
MOST = 12


def page(public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of the page is given."""
    told = _Told(public, links, words, lang)
    quarters = sorted({each["period"] for each in told.cells}, reverse=True)
    return {
        "as_of": public.release["as_of"],
        "verdict": told.verdict(quarters[0]) if quarters else None,
        "quarters": [told.quarter(period) for period in quarters[:QUARTERS]],
        "areas": told.areas(quarters[0]) if quarters else None,
        "deeds": list(_deeds(public)),
        "deeds_head": told.say("deeds.head", n=len(public.rows.get(DEEDS, ()))),
        "deeds_all": f"{DEEDS}/index.html",
        "rows": links.table(TABLE, kind=KIND) if TABLE in public.tables else None,
    }


def _deeds(public: Public) -> Iterator[dict[str, Any]]:
    """The latest deeds that are public, each with its month."""
    kind = public.kinds[DEEDS]
    rows = sorted(public.rows.get(DEEDS, ()), key=lambda row: (kind.date(row), row["code"]), reverse=True)
    for row in rows[:MOST]:
        yield {"title": row["title"], "href": public.path(row["code"]), "on": kind.date(row)}


class _Told:
    """The figures of needs in words."""

    def __init__(self, public: Public, links: DataLinks, words: Words, lang: str) -> None:
        self.public, self.links, self.words, self.lang = public, links, words, lang
        self.cells = [each for each in public.counted_areas if each["kind"] == KIND]

    def say(self, key: str, **params: Any) -> str:
        """A message of this page."""
        return self.words.say(f"site.deputy_plus.{key}", self.lang, **params)

    def of(self, period: str, field: str, area: str = "") -> dict[str, int | None]:
        """Each answer to a question, with how many gave it; None is not told."""
        where = (period, field, area)
        return {
            each["value"]: each["n"]
            for each in self.cells
            if (each["period"], each["field"], each["area"]) == where
        }

    def number(self, n: int | None, of: int | None = None) -> str:
        """A number with its denominator, or that it is not told."""
        if n is None:
            return self.say("untold")
        return f"{n} / {of}" if of is not None else f"{n}"

    def verdict(self, period: str) -> str:
        """The quarter's number, and how many needs were met."""
        total = self.of(period, "").get("")
        met = self.of(period, "outcome").get("met")
        if total is None:
            return self.say("verdict.untold", quarter=self.called(period))
        return self.say("verdict", quarter=self.called(period), n=total, met=self.number(met, total))

    def called(self, period: str) -> str:
        """A quarter as people say it."""
        return self.say("quarter", year=period[:4], n=period[-1])

    def quarter(self, period: str) -> dict[str, Any]:
        """One quarter: its total, and each question with its answers."""
        total = self.of(period, "").get("")
        return {
            "id": f"q{period.replace('-', '').lower()}",
            "head": self.called(period)
            if total is None
            else self.say("quarter.head", quarter=self.called(period), n=total),
            "parts": [
                self.part(period, name, total) for name in SHOWN if any(self.of(period, name).values())
            ],
            "rows": self.links.table(TABLE, kind=KIND, period=period),
        }

    def part(self, period: str, name: str, total: int | None) -> dict[str, Any]:
        """One question: every answer with its number of the quarter's total, and a drawing of those told."""
        field = self.public.kinds[KIND].fields[name]
        counts = self.of(period, name)
        labels = {value: label[self.lang] for value, label in field.choices.items()} | {"": self.silent(name)}
        told = [Bar(labels[value], n) for value, n in counts.items() if n is not None]
        return {
            "label": field.label[self.lang],
            "items": [{"name": labels[value], "n": self.number(n, total)} for value, n in counts.items()],
            "chart": bars(told, total) if total is not None and len(told) > 1 else None,
            "drawn": self.say("drawn", what=field.label[self.lang], quarter=self.called(period)),
            "end": str(total),
            "rows": self.links.table(TABLE, kind=KIND, period=period, field=name),
        }

    def silent(self, name: str) -> str:
        """What it means that a question has no answer."""
        return self.say("open" if name == "outcome" else "unanswered")

    def areas(self, period: str) -> dict[str, Any]:
        """The places of the latest quarter by name, each with its number of the whole."""
        total = self.of(period, "").get("")
        title: Mapping[str, str] = {row["code"]: row["title"] for row in self.public.rows.get("grid", ())}
        codes = {each["area"] for each in self.cells if each["period"] == period and each["area"]}
        places = sorted(codes, key=lambda code: (title.get(code, code), code))
        return {
            "head": self.say("areas.head", quarter=self.called(period)),
            "items": [
                {
                    "title": title.get(code, code),
                    "href": self.public.path(code) if code in title else None,
                    "n": self.number(self.of(period, "", code).get(""), total),
                }
                for code in places
            ],
            "rows": self.links.table(TABLE, kind=KIND, period=period, field=""),
        }
