"""The questions that a release can answer: their SQL in the forms' words, and what each page links to."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from ledger.words import Words
from publisher.data.questions import (
    assembly,
    contact,
    duties,
    others,
    outreach,
    oversight,
    projects,
    stations,
    suggestions,
)
from publisher.data.questions.question import Question
from publisher.data.sql import quoted, text
from publisher.reading.datalinks import DataLinks

QUESTIONS: tuple[Question, ...] = (
    *suggestions.QUESTIONS,
    *projects.QUESTIONS,
    *assembly.QUESTIONS,
    *contact.QUESTIONS,
    *duties.QUESTIONS,
    *outreach.QUESTIONS,
    *oversight.QUESTIONS,
    *stations.QUESTIONS,
    *others.QUESTIONS,
)
GATES = ("none", "review", "two_keys")

Choices = Mapping[tuple[str, str], Mapping[str, str]]
"""The words of every choice, by table and column."""

_HEADING = re.compile(r"@([a-z][a-z0-9_]*)")
_SAID = re.compile(r"said\((?:(\w+)\.)?(\w+), ([\w.]+)\)")
_TITLED = re.compile(r"titled\((\w+), ([\w.]+)\)")


class Link(NamedTuple):
    """A page's link to a question: its name and address, the section it stands in, the parameter it takes."""

    label: str
    href: str
    at: str
    takes: str


def answerable(tables: Mapping[str, Collection[str]]) -> Iterator[Question]:
    """The questions for which every table and column is there, and whose names no table has taken."""
    for each in QUESTIONS:
        needed = (need.split() for need in each.needs)
        known = all(set(columns) <= set(tables.get(table, ())) for table, *columns in needed)
        if known and all(need.split()[0] in tables for need in each.needs) and each.name not in tables:
            yield each


def spoken(question: Question, words: Words, choices: Choices, tables: Collection[str]) -> str:
    """A question's SQL with its headings and choices in words."""

    def said(found: re.Match[str]) -> str:
        table, column, value = found.groups()
        if table is None:
            labels = {name: words.say(f"data.{column}.{name}") for name in GATES}
        else:
            labels = dict(choices.get((table, column), {}))
        cases = " ".join(f"when {text(key)} then {text(label)}" for key, label in labels.items())
        return f"case {value} {cases} else {value} end" if cases else value

    def titled(found: re.Match[str]) -> str:
        kind, value = found.groups()
        if kind not in tables:
            return value
        return f"coalesce((select title from {quoted(kind)} where code = {value}), {value})"

    sql = _TITLED.sub(titled, _SAID.sub(said, question.sql))
    return _HEADING.sub(lambda found: quoted(words.say(f"data.heading.{found[1]}")), sql)


def linked(
    page: str, tables: Mapping[str, Collection[str]], links: DataLinks, words: Words, lang: str
) -> list[Link]:
    """What a page links to: for a record `<kind>/record`, for a list `<kind>/list`, else the page's name."""
    found = []
    for each in answerable(tables):
        for shown in each.shown:
            name, _, section = shown.partition("#")
            if name == page:
                takes = each.takes if each.takes and page.endswith("/record") else ""
                label = words.say(f"data.query.{each.name}", lang)
                found.append(Link(label, links.query(each.name), section, takes or ""))
    return found


def all_headings() -> set[str]:
    """Every heading that a question uses."""
    return {found[1] for each in QUESTIONS for found in _HEADING.finditer(each.sql)}


def choices_of(labels: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Choices:
    """The words of choices, out of what metadata.json says of columns."""
    return {
        (table, name): label["choices"]
        for table, columns in labels.items()
        for name, label in columns.items()
        if "choices" in label
    }
