"""What records name: others by their public code, or by the office's name for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.forms import Field, Form
from ledger.records import AnswerProblem

if TYPE_CHECKING:
    from apsw import Connection

RECORDS = "records"  # the import source whose names may be referred to


class Reference(NamedTuple):
    """A record that an answer names, and where it does."""

    pointer: str
    kind: str
    name: str
    label: Mapping[str, str]


def references(form: Form, answers: Mapping[str, Any]) -> list[Reference]:
    """Every record that answers name, by code or by the office's name."""
    return list(_references(form.fields, answers, ""))


def _references(fields: Mapping[str, Field], answers: Any, at: str) -> list[Reference]:
    found: list[Reference] = []
    if not isinstance(answers, Mapping):
        return found
    for name, asked in fields.items():
        if name not in answers or not (asked.refers_to or asked.each):
            continue
        value, pointer = answers[name], f"{at}/{name}"
        many = value if isinstance(value, list) else [value]
        for n, one in enumerate(many):
            where = f"{pointer}/{n}" if isinstance(value, list) else pointer
            if asked.each:
                found += _references(asked.each, one, where)
            elif isinstance(one, str) and asked.refers_to:
                found.append(Reference(where, asked.refers_to, one, asked.label))
    return found


def unknown_references(
    db: Connection, references: Sequence[Reference], names: frozenset[tuple[str, str]] = frozenset()
) -> list[AnswerProblem]:
    """A problem for each answer that names a record which is not there."""
    return [
        AnswerProblem(each.pointer, "problem.no_such_record", {"label": each.label, "value": each.name})
        for each in references
        if (each.kind, each.name) not in names and resolve(db, each.kind, each.name) is None
    ]


def resolve(db: Connection, kind: str, name: str) -> str | None:
    """The code of a record that is named by its code or by the office's name for it."""
    if name[:1].isupper():
        row: Any = db.execute(
            "SELECT code FROM entry WHERE code = ? AND kind = ? AND state = 'accepted' LIMIT 1", (name, kind)
        ).fetchone()
    else:
        row = db.execute(
            "SELECT code FROM import_key WHERE source = ? AND kind = ? AND name = ?", (RECORDS, kind, name)
        ).fetchone()
    return row[0] if row else None
