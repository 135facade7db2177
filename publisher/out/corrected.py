"""What is told of a record's corrections: old and new values, where they leave today and were public then.

A version that was never public (it waited, was sent back, or was held for what it says) is compared with
nothing. What a correction took away for privacy is told of no version before it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ledger.why import PRIVACY, Why

Shown = Callable[[str, Any], bool]


@dataclass(frozen=True)
class Change:
    """One public field of one correction; a value that was public and is no longer told is `gone`."""

    field: str
    was: Any = None
    became: Any = None
    was_gone: bool = False
    became_gone: bool = False


@dataclass(frozen=True)
class Correction:
    """One later version of a record: when it came, why, and which public fields it changed."""

    on: str
    changed: tuple[str, ...]
    reason: str | None = None
    explanation: str | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Version:
    """One version of a record as it leaves: `values` hold the digests of photos too, which are never told."""

    on: str
    published: bool
    answers: Mapping[str, Any]
    values: Mapping[str, Any]
    photos: Mapping[str, Any] = field(default_factory=dict)
    why: Why | None = None
    erased: frozenset[str] = frozenset()
    """The fields that were erased since: they were there, and are told no more."""


def corrections(
    versions: Sequence[Version], fields: Sequence[str], opened: Collection[str], tellable: Shown
) -> tuple[Correction, ...]:
    """Every later version, the oldest first.

    `opened` are the fields that the current version lets out; `tellable` looks at a value as the scan of a
    whole record does.
    """
    private = _private(versions)
    made = []
    for n, version in enumerate(versions[1:], 1):
        before = next((m for m in range(n - 1, -1, -1) if versions[m].published), None)
        changes: list[Change] = []
        if version.published and before is not None:
            then = versions[before]
            told = _told(then, version, fields)
            changes = [
                _change(
                    name,
                    then.values.get(name),
                    version.values.get(name),
                    name in opened and before >= private.get(name, 0),
                    name in opened and n >= private.get(name, 0),
                    tellable,
                )
                for name in told
            ]
            changes = [_without(each, then.erased, version.erased, opened) for each in changes]
        why, open_words = version.why, version.published and n >= max(private.values(), default=0)
        words = why.explanation if why and why.reason != PRIVACY and open_words else None
        if words is not None and not tellable("", words):
            words = None
        reason = why.reason if why and version.published else None
        names = tuple(change.field for change in changes)
        made.append(Correction(version.on, names, reason, words, tuple(changes)))
    return tuple(made)


def _without(
    change: Change, was: Collection[str], became: Collection[str], opened: Collection[str]
) -> Change:
    """A side that was erased is gone, not empty."""
    there = change.field in opened
    return replace(
        change,
        was_gone=change.was_gone or (there and change.field in was),
        became_gone=change.became_gone or (there and change.field in became),
    )


def _told(before: Version, after: Version, fields: Sequence[str]) -> list[str]:
    """The public fields in which two versions differ."""
    return [
        name
        for name in fields
        if before.values.get(name) != after.values.get(name)
        or before.photos.get(name) != after.photos.get(name)
    ]


def _private(versions: Sequence[Version]) -> dict[str, int]:
    """For each field that a correction for privacy changed, the first version whose value may be told."""
    since: dict[str, int] = {}
    for n, version in enumerate(versions[1:], 1):
        if version.why and version.why.reason == PRIVACY:
            before = versions[n - 1].answers
            names = before.keys() | version.answers.keys()
            since |= {name: n for name in names if before.get(name) != version.answers.get(name)}
    return since


def _change(name: str, was: Any, became: Any, was_open: bool, became_open: bool, tellable: Shown) -> Change:
    shown_was = was if was is not None and was_open and tellable(name, was) else None
    shown_became = became if became is not None and became_open and tellable(name, became) else None
    return Change(
        name,
        shown_was,
        shown_became,
        was is not None and shown_was is None,
        became is not None and shown_became is None,
    )
