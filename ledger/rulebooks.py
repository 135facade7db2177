"""A rulebook says in YAML what a congress's rules set, deadlines and majorities, each with its article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from ledger.formats import NAME
from ledger.problems import Problem, Problems, did_you_mean
from ledger.strict_yaml import Source, read_yaml

UNVERIFIED = "unverified default"
"""What a value says of itself where no article was found that sets it."""

_WORDS = ("value", "article", "basis", "counted_from")
_ARTICLE = re.compile("第.+条")


@dataclass(frozen=True)
class Value:
    """What a rulebook sets under one name.

    `unverified` is true for a common practice that no article sets, even where an article stands beside it
    by analogy. `book` names the rulebook it was read from.

    >>> Value("2/3", "地方组织法第十四条", unverified=False).fraction
    Fraction(2, 3)
    """

    value: Any
    article: str | None = None
    unverified: bool = True
    counted_from: str | None = None
    book: str = ""

    @property
    def fraction(self) -> Fraction:
        """A share such as '1/2', exactly."""
        return Fraction(str(self.value))


@dataclass(frozen=True)
class Rulebook:
    """All that holds in one congress: its own values before those of the rulebook it is based on."""

    name: Mapping[str, str]
    values: Mapping[str, Value]
    path: str = "content/rulebooks"

    def __getitem__(self, key: str) -> Value:
        """The value of a rule such as `ballot.quorum`; Problems where no rulebook sets it."""
        if key in self.values:
            return self.values[key]
        hint = did_you_mean(key, self.values)
        raise Problems([Problem(self.path, key, f"is set nowhere. {hint}Add it with value and article.")])


def load_rulebook(content: Path, name: str) -> Rulebook:
    """Read content/rulebooks/<name>.yaml and what it is based on; raises the faults of all at once."""
    books = list(_books(content / "rulebooks", name))
    if problems := [problem for each in books for problem in each.problems]:
        raise Problems(problems)
    values: dict[str, Value] = {}
    for book in reversed(books):
        values |= _values(book)
    return Rulebook(books[0].value["name"], values, books[0].path)


@dataclass(frozen=True)
class _Book:
    """One file as it was read."""

    stem: str
    path: str
    value: Mapping[str, Any]
    problems: tuple[Problem, ...]


def _books(folder: Path, name: str) -> Iterator[_Book]:
    """The named rulebook, then what it is based on, and so on."""
    seen: list[str] = []
    while name:
        seen.append(name)
        try:
            source = read_yaml(folder / f"{name}.yaml")
        except Problems as found:
            yield _Book(name, name, {}, found.problems)
            return
        problems = list(_faults(source))
        value = source.value if isinstance(source.value, dict) else {}
        based_on = value.get("based_on")
        name = based_on if isinstance(based_on, str) and re.fullmatch(NAME, based_on) else ""
        if name in seen:
            ring = " -> ".join((*seen[seen.index(name) :], name))
            problems.append(source.problem(("based_on",), f"goes round: {ring}. Take one of them out."))
            name = ""
        elif name and not (folder / f"{name}.yaml").is_file():
            there = sorted(path.stem for path in folder.glob("*.yaml"))
            what = f"there is no rulebook '{name}'. {did_you_mean(name, there)}There are: {', '.join(there)}."
            problems.append(source.problem(("based_on",), what))
            name = ""
        yield _Book(seen[-1], source.path, value, tuple(problems))


def _values(book: _Book) -> dict[str, Value]:
    return {
        f"{subject}.{name}": Value(
            value=entry["value"],
            article=entry.get("article"),
            unverified=entry.get("basis") == UNVERIFIED,
            counted_from=entry.get("counted_from"),
            book=book.stem,
        )
        for subject, entries in book.value.items()
        if subject not in ("name", "based_on")
        for name, entry in entries.items()
    }


def _faults(source: Source) -> Iterator[Problem]:
    book = source.value
    if not isinstance(book, dict):
        yield source.problem((), "must be a mapping. Begin with 'name:'.")
        return
    name = book.get("name")
    if not isinstance(name, dict) or set(name) != {"zh", "en"} or not all(map(_said, name.values())):
        yield source.problem(("name",), "must be said in both languages: {zh: …, en: …}.")
    if "based_on" in book and not (
        isinstance(book["based_on"], str) and re.fullmatch(NAME, book["based_on"])
    ):
        yield source.problem(("based_on",), "must be the name of a file beside it, such as national.")
    for subject, entries in book.items():
        if subject in ("name", "based_on"):
            continue
        if not isinstance(entries, dict):
            yield source.problem((subject,), "must hold rules, each with a value and an article.")
            continue
        for rule, entry in entries.items():
            for at, what in _entry_faults(entry):
                yield source.problem((subject, rule, *at), what)


def _entry_faults(entry: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    if not isinstance(entry, dict):
        yield (), f"must say value, and article or basis: {UNVERIFIED}."
        return
    for word in entry:
        if word not in _WORDS:
            hint = did_you_mean(word, _WORDS)
            yield (word,), f"is not a keyword here. {hint}Use some of: {', '.join(_WORDS)}."
    if entry.get("value") is None:
        yield (), "has no value. Add it."
    elif isinstance(entry["value"], dict):
        yield ("value",), "must be one value or a list."
    if "article" in entry and not (_said(entry["article"]) and _ARTICLE.search(entry["article"])):
        yield ("article",), "names no article. Write the law and 第…条."
    if "basis" in entry and entry["basis"] != UNVERIFIED:
        yield ("basis",), f"must be '{UNVERIFIED}', or be left out where an article sets the value."
    if "article" not in entry and "basis" not in entry:
        yield (), f"cites nothing. Add article, or basis: {UNVERIFIED}."


def _said(text: Any) -> bool:
    return isinstance(text, str) and bool(text.strip())
