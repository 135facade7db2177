"""The duty records of all deputies, folded from public rows once for a release.

A kind that does not publish whom it names, or when it was, is not counted, and the pages say so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.rules.duty.entry import ENTRY, SOURCES, Entry, Source, by_deputy
from publisher.reading.answers import unpublished
from publisher.reading.public import Public

KIND = "deputy"
_MORE = ("code", "author", "duty_area")


@dataclass(frozen=True)
class Archive:
    """Entries by deputy; the kinds of duty whose records are all public; the kinds of record left out."""

    entries: Mapping[str, tuple[Entry, ...]]
    countable: frozenset[str]
    untold: tuple[str, ...]

    def of(self, deputy: str) -> tuple[Entry, ...]:
        """The duty record of one deputy, the oldest first."""
        return self.entries.get(deputy, ())


def archive(public: Public) -> Archive:
    """What the public rows make of it, computed once."""
    key = "duty_archive"
    if key not in public.computed:
        public.computed[key] = _archive(public)
    kept: Archive = public.computed[key]
    return kept


def _archive(public: Public) -> Archive:
    here = [each for each in SOURCES if each.kind in public.kinds]
    told = [each for each in here if is_told(public, each)]
    kinds = {each.kind for each in told}
    records = {
        kind: list(_records(public, kind, [each for each in told if each.kind == kind])) for kind in kinds
    }
    hidden = {each.kind for each in here if each not in told}
    return Archive(
        {
            deputy: tuple(each for each in own if each.source not in hidden)
            for deputy, own in by_deputy(records).items()
        },
        frozenset(_duties(public, told, hidden)),
        tuple(sorted(hidden)),
    )


def is_told(public: Public, source: Source) -> bool:
    """Whether the public rows of a kind say all that an entry is made of, the author too where it matters."""
    if source.kind not in public.rows or unpublished(public, source.kind, *source.fields):
        return False
    return "author" not in (*source.by, *source.otherwise) or public.kinds[source.kind].author


def _duties(public: Public, told: list[Source], hidden: set[str]) -> Iterator[str]:
    for each in told:
        if each.kind in hidden:
            continue
        if each.duty:
            yield each.duty
        else:
            yield from public.kinds[each.kind].fields[each.says].choices


def _records(public: Public, kind: str, sources: list[Source]) -> Iterator[dict[str, Any]]:
    names = {*_MORE, *(name for each in sources for name in (*each.fields, *each.otherwise, each.what))}
    names |= {each.invited for each in sources if each.invited}
    for row in public.rows[kind]:
        if not row["withheld"]:
            yield {name: value for name in names if (value := row.get(name)) is not None}


def attendance(public: Public, deputy: str) -> list[dict[str, Any]]:
    """The public entries of attendance of one deputy, as the rules on sessions read them."""
    if KIND not in public.kinds or ENTRY not in public.rows or unpublished(public, ENTRY, *_SAYS):
        return []
    key = "duty_attendance"
    if key not in public.computed:
        found: dict[str, list[dict[str, Any]]] = {}
        for row in public.rows[ENTRY]:
            if not row["withheld"]:
                found.setdefault(str(row["deputy"]), []).append({name: row[name] or "" for name in _SAYS})
        public.computed[key] = found
    kept: dict[str, list[dict[str, Any]]] = public.computed[key]
    return kept.get(deputy, [])


_SAYS = ("deputy", "duty_kind", "level", "what", "happened_on", "attendance")
