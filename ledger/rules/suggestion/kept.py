"""A suggestion's case out of the ledger, for rules that judge a new record by what is kept already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ledger.rules.suggestion.case import Answers, Case


class Kept(Protocol):
    """A record that is there already, and the deputy on whose device it was filed."""

    @property
    def code(self) -> str: ...
    @property
    def answers(self) -> Answers: ...
    @property
    def person(self) -> str | None: ...


class Others(Protocol):
    """What these rules ask of the ledger; `kept` finds one record by code or office name."""

    def kept(self, kind: str, ref: str) -> Kept | None: ...
    def about(self, kind: str, field: str, ref: str) -> Sequence[Kept]: ...


class Writer(Protocol):
    """Whose device files the record that is judged."""

    @property
    def person(self) -> str | None: ...
    @property
    def role(self) -> str: ...


KINDS = (
    "admission", "assignment", "assignment_return", "reply", "rating", "rehandling", "promise",
    "onsite_check", "extension", "withdrawal",
)  # fmt: skip
ASKED = frozenset((kind, "suggestion") for kind in KINDS)

_REFERS: Mapping[str, str] = {
    "suggestion": "suggestion", "assignment": "assignment", "reply": "reply", "rating": "rating",
    "promise": "promise", "organ": "organ", "co_organs": "organ", "lead_deputy": "deputy",
    "co_signers": "deputy", "rater": "deputy",
}  # fmt: skip


def case_of(others: Others, ref: str, replaced: str | None = None) -> Case | None:
    """A suggestion with its records as they are kept, without the one that is replaced; None: not there."""
    suggestion = others.kept("suggestion", ref)
    if suggestion is None:
        return None
    records = {
        kind: [
            _whole(each, others) for each in others.about(kind, "suggestion", ref) if each.code != replaced
        ]
        for kind in KINDS
    }
    return Case(_whole(suggestion, others), records)


def resolved(answers: Answers, others: Others) -> dict[str, Any]:
    """Answers with their references as codes, whatever they were written as."""

    def code(kind: str, ref: Any) -> Any:
        kept = others.kept(kind, ref) if isinstance(ref, str) else None
        return kept.code if kept else ref

    return {
        name: value
        if name not in _REFERS
        else [code(_REFERS[name], each) for each in value]
        if isinstance(value, list | tuple)
        else code(_REFERS[name], value)
        for name, value in answers.items()
    }


def _whole(kept: Kept, others: Others) -> dict[str, Any]:
    return {**resolved(kept.answers, others), "code": kept.code, "author": kept.person}
