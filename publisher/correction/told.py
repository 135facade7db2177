"""One correction in words, for templates: its day, its reason, and each public field before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from publisher.reading.facts import cell, group
from publisher.reading.public import Asked, Change, Correction, Public, Row

LONG = 120
"""How much of a long text the list of all corrections shows; the record's page shows the whole."""


def told(public: Public, correction: Correction, lang: str, short: bool = False) -> dict[str, Any]:
    """What a template is given of a correction; `short` cuts long texts."""
    fields = public.kinds[correction.kind].fields
    return {
        "n": correction.n,
        "on": correction.on,
        "reason": correction.reason or "none",
        "explanation": correction.explanation,
        "changed": [fields[name].label[lang] for name in correction.changed if name in fields],
        "changes": [_change(public, each, fields[each.field], lang, short) for each in correction.changes],
    }


def bare(correction: Correction) -> dict[str, Any]:
    """A correction of which no more is told than its day."""
    told: dict[str, Any] = {"n": correction.n, "on": correction.on, "reason": "none", "explanation": None}
    return told | {"changed": [], "changes": []}


def _change(public: Public, change: Change, asked: Asked, lang: str, short: bool) -> dict[str, Any]:
    """Both sides as `publisher.reading.facts.cell` hands out values; `gone`: not told any more."""
    return {
        "label": asked.label[lang],
        "photos": asked.type == "photos",
        "was": _side(public, asked, change.was, change.was_withheld, lang, short),
        "became": _side(public, asked, change.became, change.became_withheld, lang, short),
    }


def _side(
    public: Public, asked: Asked, value: Any, withheld: bool, lang: str, short: bool
) -> tuple[str, Any]:
    if withheld:
        return "gone", ""
    if value is None:
        return "none", ""
    if asked.each:
        return "group", group(public, asked, [Row(line) for line in value], lang)
    how, what = cell(public, asked, value, lang)
    if how == "text" and short and len(what) > LONG:
        return "cut", what[:LONG]
    return ("doc", what) if asked.type == "long" and not short else (how, what)


def corrections_of(public: Public, row: Mapping[str, Any], lang: str) -> list[dict[str, Any]]:
    """All corrections of a record, the oldest first."""
    return [told(public, each, lang) for each in public.corrections.get(row["code"], ())]
