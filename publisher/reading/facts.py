"""What a record's page says: a row's values one by one, and the missing ones by name with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from publisher.reading.public import REFERENCES, Asked, Kind, Public, listed
from publisher.reading.shown import together

Row = Mapping[str, Any]
WITHDRAWN = "{code}（已撤下）"
WHOLE = ("date", "date-time", "time", "integer", "number", "money")
"""Types whose values must not break over two lines."""


class Fact(NamedTuple):
    """One answered field for a template: its label, how its value is set, and what it says."""

    label: str
    how: str
    what: Any


class Said(NamedTuple):
    """All that a page says of one record's values."""

    facts: list[Fact]
    documents: list[tuple[str, str]]
    missing: list[tuple[str, int, str]]


def said(public: Public, kind: Kind, row: Row, lang: str) -> Said:
    """Every public field in the form's order: short values, long texts, and what is not there."""
    facts: list[Fact] = []
    documents: list[tuple[str, str]] = []
    missing: dict[str, list[str]] = {}
    erased = {each.field for each in public.erased.get(row["code"], ())}
    for asked in _shown(kind, row):
        if asked.type == "photos":
            continue  # they stand for themselves, below all this (publisher.pages.records)
        label = asked.label[lang]
        value = _lines(public, kind, asked, row) if asked.each else row[asked.name]
        if value is None and asked.name in erased:
            continue  # which the page says by itself (publisher.correction.erased)
        if value is None:
            missing.setdefault(_reason(asked), []).append(label)
        elif asked.each:
            facts.append(Fact(label, "group", group(public, asked, value, lang)))
        elif asked.type == "long":
            documents.append((label, value))
        elif value != row["title"]:
            facts.append(Fact(label, *cell(public, asked, value, lang)))
    named = [(why, len(labels), together(labels, lang)) for why, labels in sorted(missing.items())]
    return Said(facts, documents, named)


def cell(public: Public, asked: Asked, value: Any, lang: str) -> tuple[str, Any]:
    """One value for a template: how it is set, and what it says."""
    if value is None:
        return "none", ""
    if asked.type in REFERENCES:
        return "links", [link(public, code) for code in listed(value)]
    how = "uri" if asked.type == "uri" else "number" if asked.type in WHOLE else "text"
    return how, asked.say(value, public.titles, lang)


def link(public: Public, code: str) -> tuple[str, str | None]:
    """Another record by its title, with its page; by its code alone while it is not public.

    One that was taken down by its code and that word, with what stands at its address.
    """
    if gone := public.withdrawn.get(code):
        return WITHDRAWN.format(code=code), gone.path
    return public.titles.get(code, code), public.path(code)


def _shown(kind: Kind, row: Row) -> list[Asked]:
    """The fields that are spoken of: of a withheld record only those that it keeps."""
    return [asked for asked in kind.told if asked.name in kind.keep] if row["withheld"] else list(kind.told)


def _reason(asked: Asked) -> str:
    """Which words say why a public field holds nothing, without saying whether it was answered."""
    why = "unreviewed" if asked.policy == "reviewed" else "conditional" if asked.publish_when else "empty"
    return f"site.record.{why}"


def _lines(public: Public, kind: Kind, asked: Asked, row: Row) -> Any:
    return public.groups.get((kind.name, asked.name), {}).get(row["code"])


def group(public: Public, asked: Asked, lines: Any, lang: str) -> dict[str, Any]:
    """The rows of a repeat group as a table, without the columns that nobody answered."""
    columns = [
        each for each in asked.each if each.public and any(line[each.name] is not None for line in lines)
    ]
    return {
        "columns": [each.label[lang] for each in columns],
        "rows": [[cell(public, each, line[each.name], lang) for each in columns] for line in lines],
    }
