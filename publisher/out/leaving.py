"""What of one record may leave: the stricter of the form it was filed under and today's, field by field."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from ledger.approvals import GATES, Version
from ledger.blobs import digest_in
from ledger.cel import compile_check, withheld
from ledger.forms import Field, Form, Gate, kept_as
from ledger.policy import POLICIES, Policy, leave, stricter


class Filed(Version, Protocol):
    """A record as the ledger hands it out: what the publisher looks at."""

    @property
    def code(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def form(self) -> str: ...


@dataclass(frozen=True)
class Question:
    """One field of today's form under the stricter policy of the two wordings; `whens` must all hold.

    `shape` is how coarse a value leaves once it may: where one wording has it reviewed and the other
    coarsens it, both count.
    """

    field: Field
    policy: Policy
    shape: Policy
    whens: tuple[tuple[str, Form], ...]
    each: tuple[Question, ...]

    def leaves(self, value: Any, approved: bool, village_of: Callable[[str], str | None]) -> Any:
        """What may leave of a value, None when nothing may."""
        if self.policy == "reviewed" and not approved:
            return None
        return leave(self.shape, value, village_of=village_of)

    def as_written(self, approved: bool) -> bool:
        """Whether values leave just as they were answered."""
        return self.shape == "full" and (approved or self.policy == "full")


@dataclass(frozen=True)
class Condition:
    """A form's publish_when, and what may stay public where it does not hold."""

    when: str
    form: Form
    keep: tuple[str, ...]


@dataclass(frozen=True)
class Tie:
    """A form's withheld_with: the field that names the record it is withheld with, and what stays public."""

    field: Field
    keep: tuple[str, ...]

    def holds_back(self, answers: Mapping[str, Any], stands: Callable[[str, str], bool]) -> bool:
        """Whether the record named does not stand in public, or should have been named and is not."""
        ref, kind = answers.get(self.field.name), self.field.refers_to
        if ref is None:
            return self.field.required and all(
                answers.get(name) == value for name, value in (self.field.only_if or {}).items()
            )
        return not (kind and isinstance(ref, str) and stands(kind, ref))


@dataclass(frozen=True)
class Terms:
    """Under which terms the records filed under one wording leave today."""

    filed: Form | None
    today: Form
    gate: Gate
    author: bool
    proof: bool
    conditions: tuple[Condition, ...]
    ties: tuple[Tie, ...]
    questions: tuple[Question, ...]
    decided: dict[tuple[str, str, str], bool] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, filed: Form | None, today: Form) -> Terms:
        """A record filed under a wording nobody knows leaves with nothing."""
        wordings = [form for form in (filed, today) if form]
        return cls(
            filed,
            today,
            min((form.gate for form in wordings), key=GATES.index),
            bool(filed) and all(form.author == "full" for form in wordings),
            bool(filed) and all(form.proof for form in wordings),
            tuple(
                Condition(form.publish_when, form, form.keep_when_withheld)
                for form in _distinct(wordings, lambda form: (form.publish_when, form.keep_when_withheld))
                if form.publish_when
            ),
            tuple(
                Tie(form.fields[form.withheld_with], form.keep_when_withheld)
                for form in wordings
                if form.withheld_with
            ),
            tuple(
                _question(filed.fields.get(name) if filed else None, asked, filed, today)
                for name, asked in today.fields.items()
            ),
        )

    @cached_property
    def full(self) -> frozenset[str]:
        """The fields that leave as they were signed; a repeat group only where all its parts do."""
        return frozenset(
            each.field.name
            for each in self.questions
            if each.policy == "full" and all(part.policy == "full" for part in each.each)
        )

    @property
    def needs_approval(self) -> bool:
        """Whether anything of such a record waits for a person."""
        return self.gate != "none" or any(question.policy == "reviewed" for question in self.questions)

    def holds_back(self, when: str, form: Form, answers: Mapping[str, Any]) -> bool:
        """Whether a condition withholds; asked once for each combination of the answers it names."""
        named = {name: answers.get(name) for name in compile_check(when).names}
        key = (when, form.version, json.dumps(named, sort_keys=True))
        if key not in self.decided:
            self.decided[key] = withheld(when, answers, form)
        return self.decided[key]


@dataclass(frozen=True)
class Leaving:
    """What leaves of one record, and which of its texts stay inside.

    `photos` are the digests of those of which a copy leaves; the digests themselves never do. Those under
    `looked_at` leave because a person has looked at them.
    """

    values: Mapping[str, Any]
    withheld: bool
    inside: tuple[str, ...]
    photos: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    looked_at: frozenset[str] = frozenset()


def leaving(
    record: Filed,
    terms: Terms,
    *,
    approved: bool,
    resolve: Callable[[str, str], str | None],
    village_of: Callable[[str], str | None],
    stands: Callable[[str, str], bool] = lambda kind, ref: False,
) -> Leaving:
    """Decide over one record whose gate stands open; references leave as public codes.

    `stands` tells of a record that this one is withheld with whether it is public and not itself withheld.
    """
    kept = _kept(record, terms, stands)
    closed = shut(record, terms, stands)
    values: dict[str, Any] = {}
    inside: list[str] = []
    photos: dict[str, tuple[str, ...]] = {}
    known = {question.field.name for question in terms.questions}
    for question in terms.questions:
        name = question.field.name
        if name not in record.answers:
            continue
        raw = record.answers[name]
        is_shut = name in closed
        if question.field.type == "photos":
            if kept is None and not is_shut and question.leaves(raw, approved, village_of) is not None:
                photos[name] = tuple(digest for each in raw if (digest := digest_in(each)))
            inside += texts(raw)
            continue
        left = None if is_shut else _left(question, raw, approved, resolve, village_of)
        if left not in (None, [], ""):
            values[name] = left
        inside += _stays(question, raw, left, approved)
    for name in record.answers.keys() - known:
        inside += texts(record.answers[name])
    looked_at = {each.field.name for each in terms.questions if each.policy == "reviewed"} & photos.keys()
    return Leaving(values, kept is not None, tuple(inside), photos, frozenset(looked_at))


def shut(record: Filed, terms: Terms, stands: Callable[[str, str], bool]) -> frozenset[str]:
    """The fields that the answers of this very version withhold, answered or not."""
    kept = _kept(record, terms, stands)
    return frozenset(
        each.field.name
        for each in terms.questions
        if (kept is not None and each.field.name not in kept)
        or any(terms.holds_back(when, form, record.answers) for when, form in each.whens)
    )


def _kept(record: Filed, terms: Terms, stands: Callable[[str, str], bool]) -> set[str] | None:
    """The fields that may stay public of a record that is withheld; None where it is not."""
    broken = [
        *(each.keep for each in terms.conditions if terms.holds_back(each.when, each.form, record.answers)),
        *(tie.keep for tie in terms.ties if tie.holds_back(record.answers, stands)),
    ]
    return set(broken[0]).intersection(*broken[1:]) if broken else None


def nothing(record: Filed) -> Leaving:
    """A record of which nothing leaves: every text stays inside."""
    return Leaving({}, False, tuple(text for value in record.answers.values() for text in texts(value)))


def texts(value: Any) -> Iterator[str]:
    """Every text and number in a value, as it would be written."""
    if isinstance(value, str):  # asked first: most values are
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)
    elif not isinstance(value, bool) and value is not None:
        yield str(value)


def _question(filed: Field | None, today: Field, old: Form | None, new: Form) -> Question:
    """Where the filed wording did not know the field, or as another type, nothing was agreed to: never."""
    known = filed is not None and kept_as(filed) == kept_as(today)
    policies = (filed.publish, today.publish) if filed and known else ("never", today.publish)
    whens = [
        (asked.publish_when, form)
        for asked, form in ((filed, old), (today, new))
        if asked and form and asked.publish_when
    ]
    return Question(
        today,
        stricter(*policies),
        min((each for each in policies if each != "reviewed"), key=POLICIES.index, default="full"),
        tuple(_distinct(whens, lambda pair: pair[0])),
        tuple(
            _question(filed.each.get(name) if filed else None, each, old, new)
            for name, each in today.each.items()
        ),
    )


def _left(
    question: Question,
    raw: Any,
    approved: bool,
    resolve: Callable[[str, str], str | None],
    village_of: Callable[[str], str | None],
) -> Any:
    """What may leave of one value, None when nothing may."""
    if question.each:
        if question.policy not in ("full", "reviewed") or question.leaves(True, approved, village_of) is None:
            return None
        rows = [
            {
                part.field.name: left
                for part in question.each
                if part.field.name in row
                and (left := _left(part, row[part.field.name], approved, resolve, village_of)) is not None
            }
            for row in raw
        ]
        return [row for row in rows if row] or None
    left = question.leaves(raw, approved, village_of)
    kind = question.field.refers_to
    if left is None or kind is None:
        return left
    if isinstance(left, list):
        return [code for each in left if (code := resolve(kind, each))]
    return resolve(kind, left)


def _stays(question: Question, raw: Any, left: Any, approved: bool) -> list[str]:
    """The texts of a value that did not leave; a reference that leaves does so under another name."""
    if question.each and left is not None:
        parts = {part.field.name: part for part in question.each}
        gone = [name for name, part in parts.items() if not part.as_written(approved)]
        return [
            text
            for row in raw
            for name in row
            if name in gone or name not in parts
            for text in texts(row[name])
        ]
    if left is not None and question.field.refers_to:
        return []
    out = set(texts(left))
    return [text for text in texts(raw) if text not in out]


def _distinct(things: list[Any], key: Callable[[Any], Any]) -> list[Any]:
    seen: dict[Any, Any] = {}
    for thing in things:
        seen.setdefault(key(thing), thing)
    return list(seen.values())
