"""What the pages of the congress's own work share: their words, a lamp in words, the day they speak of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.lamps import Lamp
from ledger.words import Words
from publisher.reading.answers import Answers, answers, unpublished
from publisher.reading.datalinks import DataLinks
from publisher.reading.lamp_words import ICONS, LampWords
from publisher.reading.public import Public
from publisher.reading.shown import together

Pair = tuple[str, str | None]
"""A text and the page it leads to, below the site's root."""


@dataclass(frozen=True)
class Said:
    """The words of one of these pages; `part` is its name."""

    part: str
    public: Public
    links: DataLinks
    rulebook: Rulebook
    words: Words
    lang: str

    def say(self, key: str, **params: Any) -> str:
        """A message of content/words/site_assembly.yaml."""
        return self.words.say(f"site.{self.part}.{key}", self.lang, **params)

    @property
    def lamps(self) -> LampWords:
        """Labels of fields and choices, and what a rule rests on."""
        return LampWords(self.public, self.words, self.rulebook, self.lang)

    @property
    def on(self) -> date:
        """The day of the release."""
        return date.fromisoformat(self.public.release["as_of"])

    def told(self, lamp: Lamp, rests_on: str = "", **params: Any) -> dict[str, str]:
        """A lamp for a template: its shape, its reason, and what it rests on; `params` say some in words."""
        return {
            "icon": ICONS[lamp.state],
            "why": self.words.say(lamp.why, self.lang, **{**lamp.params, **params}),
            "basis": self.lamps.rests_on(rests_on) if rests_on else "",
        }

    def records(self, kind: str, *answered: str) -> list[Answers]:
        """The public answers of every record of a kind that has `answered` these fields."""
        return [each for each in records(self.public, kind) if all(name in each for name in answered)]

    def untold(self, kind: str, *needed: str) -> str:
        """Which of the fields that a page needs are not public; nothing where all are."""
        hidden = unpublished(self.public, kind, *needed)
        names = (self.lamps.field(kind, name) for name in hidden)
        return (
            self.words.say("site.assembly.untold", self.lang, fields=together(names, self.lang))
            if hidden
            else ""
        )

    def to(self, code: str) -> Pair:
        """A record by its title, with its page."""
        return self.public.titles.get(code, code), self.public.path(code)

    def to_all(self, codes: Iterable[str]) -> list[Pair]:
        """Several of them."""
        return [self.to(each) for each in codes]

    def rows(self, table: str, **query: str) -> str | None:
        """Where rows stand in Datasette; None where this congress has no such table."""
        return self.links.table(table, **query) if table in self.public.tables else None

    def basis(self, *keys: str) -> list[dict[str, str]]:
        """What a page's rules say, and on what they rest."""
        return [
            {
                "text": self.say(f"rule.{key.partition('.')[2]}", value=self.rulebook[key].value),
                "basis": self.lamps.rests_on(key),
            }
            for key in keys
        ]


def records(public: Public, kind: str) -> list[Answers]:
    """The public answers of every record of a kind; of one that is withheld nothing follows."""
    return [answers(public, kind, row) for row in public.rows.get(kind, ()) if not row["withheld"]]


def latest_first(records: Sequence[Answers], name: str) -> list[Answers]:
    """Records by a day, the latest first; those of one day by their codes."""
    ordered = sorted(records, key=lambda each: str(each["code"]))
    return sorted(ordered, key=lambda each: str(each.get(name, "")), reverse=True)
