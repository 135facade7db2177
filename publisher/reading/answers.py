"""Rows of public.db as the answers ledger.rules reads: what holds nothing is absent, groups are lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from publisher.reading.public import Asked, Public

Row = Mapping[str, Any]
Answers = dict[str, Any]


def answers(public: Public, kind: str, row: Row) -> Answers:
    """The public answers of one record, with its `code`."""
    found = plain_answers(public, kind, row)
    for group in (each for each in public.kinds[kind].fields.values() if each.each):
        if lines := public.groups.get((kind, group.name), {}).get(row["code"]):
            told = [each for each in group.each if each.public]
            found[group.name] = [_answered(told, line) for line in lines]
    return found


def plain_answers(public: Public, kind: str, row: Row) -> Answers:
    """The same without its groups, where those are long and not asked for."""
    return {"code": row["code"], **_answered(public.kinds[kind].plain, row)}


def answers_of(public: Public, kind: str, code: str | None) -> Answers | None:
    """The answers of a record by its code; None while it is not public."""
    row = public.by_code(kind).get(code or "") if kind in public.rows else None
    return answers(public, kind, row) if row else None


def naming(public: Public, kind: str, code: str, via: str) -> list[Row]:
    """The rows of a kind that name a record through a field, in the order of their codes."""
    codes = {each.code for each in public.about.get(code, ()) if each.kind == kind and each.via == via}
    return [public.by_code(kind)[each] for each in sorted(codes)]


def answers_about(public: Public, kind: str, code: str, *via: str) -> list[Answers]:
    """The records of a kind that name another through one of these fields, in the order of their codes."""
    naming = {each.code for each in public.about.get(code, ()) if each.kind == kind and each.via in via}
    rows = public.by_code(kind) if naming else {}
    return [answers(public, kind, rows[each]) for each in sorted(naming)]


def asked(public: Public, kind: str, name: str) -> Asked | None:
    """A field as the data dictionary says it; a dot leads into a group."""
    group, dot, inner = name.partition(".")
    found = public.kinds[kind].fields.get(group) if kind in public.kinds else None
    if not dot or found is None:
        return found
    return next((each for each in found.each if each.name == inner), None)


def unpublished(public: Public, kind: str, *names: str) -> tuple[str, ...]:
    """Those of a kind's fields that have no column, so that nothing follows from their absence.

    A kind that is not public, or that this congress has not, publishes none of its fields.
    """
    there = public.columns.get(kind, frozenset())
    return tuple(name for name in names if name not in there)


def _answered(fields: Iterable[Asked], row: Row) -> Answers:
    found = {}
    for each in fields:
        value = row.get(each.name)
        if value is not None:
            found[each.name] = bool(value) if each.type == "boolean" else value
    return found
