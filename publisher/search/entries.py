"""What a record says to the search: its code, its heading and its public texts, as the pages say them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from publisher.reading.public import Asked, Kind, Public

TEXTS = frozenset({"string", "long", "strings", "choice", "choices", "reference", "references"})
"""Types of fields with something to read in them; a number or a day is looked for in the tables."""


@dataclass(frozen=True)
class Entry:
    """One record. `text` is all that may be found of it, its heading and its code apart."""

    kind: str
    code: str
    title: str
    day: str
    text: str

    @property
    def path(self) -> str:
        """Its page below the site's root."""
        return f"{self.kind}/{self.code}.html"


def entries(public: Public, lang: str) -> Iterator[Entry]:
    """Every public record, kind by kind, by code."""
    for kind in public.shown:
        told = [asked for asked in kind.told if asked.each or asked.type in TEXTS]
        for row in sorted(public.rows[kind.name], key=lambda row: str(row["code"])):
            text = "\n".join(dict.fromkeys(_said(public, kind, told, row, lang)))
            yield Entry(kind.name, row["code"], row["title"] or row["code"], kind.date(row), text)


def _said(public: Public, kind: Kind, told: list[Asked], row: Mapping[str, Any], lang: str) -> Iterator[str]:
    for asked in told:
        if asked.each:
            inner = [each for each in asked.each if each.public and each.type in TEXTS]
            for line in public.groups.get((kind.name, asked.name), {}).get(row["code"], ()):
                yield from _values(public, inner, line, lang)
        else:
            yield from _values(public, [asked], row, lang)
    if author := row.get("author"):
        yield public.titles.get(author, author)


def _values(public: Public, fields: list[Asked], row: Mapping[str, Any], lang: str) -> Iterator[str]:
    for asked in fields:
        value = row.get(asked.name)
        if value is not None and value != "":
            yield asked.say(value, public.titles, lang).strip()
