"""How many public records name a record, through which field, from when to when, and where the rows are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Kind, Public

HERE = DataLinks("")
"""Addresses without the data address; templates put it before them (`kind.base`)."""
Row = Mapping[str, Any]


class Count(NamedTuple):
    """The records of one kind that name a record through one field."""

    kind: Kind
    via: str
    n: int
    first: str
    last: str
    rows: str


def counts(public: Public, code: str) -> tuple[Count, ...]:
    """By kind as the navigation has them, then by field; what is withheld names nobody and is not counted."""
    groups: dict[tuple[str, str], set[str]] = {}
    for each in public.about.get(code, ()):
        groups.setdefault((each.kind, each.via), set()).add(each.code)
    order = {kind.name: (kind.place, kind.name) for kind in public.shown}
    found = []
    for kind_name, via in sorted(groups, key=lambda group: (order[group[0]], group[1])):
        kind, codes = public.kinds[kind_name], groups[kind_name, via]
        days = sorted(kind.date(public.by_code(kind_name)[each]) for each in codes)
        asked = kind.fields.get(via)
        found.append(Count(kind, via, len(codes), days[0], days[-1], HERE.rows(kind_name, asked, via, code)))
    return tuple(found)


def span(some: Sequence[Count]) -> tuple[str, str] | None:
    """The first and the last day or month that any of them speaks of; registers speak of none."""
    dated = [each for each in some if not each.kind.register]
    if not dated:
        return None
    return min(each.first for each in dated), max(each.last for each in dated)


def latest(public: Public, kind: str, codes: Sequence[str] | frozenset[str], most: int) -> list[Row]:
    """The latest of some records, those of one day by code."""
    form, rows = public.kinds[kind], public.by_code(kind)
    return sorted((rows[each] for each in sorted(codes)), key=form.date, reverse=True)[:most]


def within(kind: str, via: str, codes: Sequence[str], many: bool = False) -> str | None:
    """The rows of a kind that name one of several records; None where no address would hold them all."""
    if not codes or len(codes) > MOST_IN_AN_ADDRESS or (many and len(codes) > 1):
        return None
    if many:
        return HERE.table(kind, **{f"{via}__arraycontains": codes[0]})
    return HERE.table(kind, **{f"{via}__in": ",".join(codes)})


MOST_IN_AN_ADDRESS = 120
"""So many codes an address may name; servers cut off what is longer than some eight thousand letters."""
