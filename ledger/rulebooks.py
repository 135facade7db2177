"""A rulebook says in YAML what a congress's rules set, deadlines and majorities, each with its article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from ledger.formats import NAME
from ledger.limits import Limit, read_limit
from ledger.problems import Problem, Problems, did_you_mean
from ledger.strict_yaml import Source, read_yaml

UNVERIFIED = "unverified default"
"""What a value says of itself where no article was found that sets it."""

_WORDS = ("value", "article", "basis", "counted_from")
_ARTICLE = re.compile("第.+条")
_LIMIT_RULE = re.compile(r".*_(within|after|before)(_when_[a-z_]+)?")
"""Rules whose value is a length of time: reply_within, very_overdue_after, report_to_members_before."""
_CLOCK_RULE = re.compile(r".*_within(_when_[a-z_]+)?")
_LOOKS_LIKE_A_LIMIT = re.compile(r"[0-9]+ *[A-Za-z].*")
_START = re.compile(r"[a-z][a-z_]*")
_SWITCHES = (
    "first_day_counts", "roll_forward_on_holiday", "roll_forward_on_weekend", "extension_needs_consent",
    "complex_at_assignment_is_consent", "late_extension_counts", "reassignment_restarts_reply",
    "non_response_excluded_from_satisfaction",
)  # fmt: skip
_CHOICES = {"month_ends_on": ("corresponding_day",), "withdrawal_until": ("any_time", "assignment")}


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

    @property
    def limit(self) -> Limit:
        """A length of time such as '10 working days'."""
        return read_limit(str(self.value))


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


def rulebook_faults(content: Path) -> list[Problem]:
    """The faults of every rulebook that lies there, those too that this congress does not go by."""
    books = (
        each for path in sorted((content / "rulebooks").glob("*.yaml"))
        for each in _books(path.parent, path.stem)
    )  # fmt: skip
    return list(dict.fromkeys(problem for each in books for problem in each.problems))


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
            for at, what in (*_entry_faults(entry), *_value_faults(rule, entry)):
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


def _value_faults(rule: str, entry: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """What a value must be by the name of its rule: a limit with its start, or a switch."""
    value = entry.get("value") if isinstance(entry, dict) else None
    if value is None or isinstance(value, dict):
        return
    if _LIMIT_RULE.fullmatch(rule) or (isinstance(value, str) and _LOOKS_LIKE_A_LIMIT.fullmatch(value)):
        try:
            read_limit(str(value))
        except ValueError as fault:
            yield ("value",), str(fault)
    if rule in _SWITCHES and not isinstance(value, bool):
        yield ("value",), "must be true or false."
    if rule in _CHOICES and value not in _CHOICES[rule]:
        yield ("value",), f"must be one of: {', '.join(_CHOICES[rule])}."
    start = entry.get("counted_from")
    if start is not None and not (isinstance(start, str) and _START.fullmatch(start)):
        yield ("counted_from",), "must be the name of a date, such as assigned_on."
    elif start is None and _CLOCK_RULE.fullmatch(rule):
        yield (), "does not say what it counts from. Add counted_from, such as assigned_on."


def _said(text: Any) -> bool:
    return isinstance(text, str) and bool(text.strip())
