"""九有: which items of a standard a station has, each by evidence with a date, and never by a tick alone.

The nine items are named in no text that was found: a standard is a record that a congress edits, and an
"unverified default" until it has confirmed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.lamps import Lamp, State
from ledger.rules.station.span import until

Answers = Mapping[str, Any]
STATES: Mapping[str, State] = {"has": "pass", "partly": "warn", "lacks": "fail", "cannot_verify": "unknown"}


def in_force(standards: Iterable[Answers], on: date) -> Answers | None:
    """The version that holds on a day: the one that came into force last and is not over.

    >>> old = {"code": "1", "effective_from": "2024-04-01", "effective_until": "2025-12-31"}
    >>> new = {"code": "2", "effective_from": "2026-01-01"}
    >>> days = (date(2025, 12, 31), date(2026, 1, 1))
    >>> [found["code"] for day in days if (found := in_force([new, old], day))]
    ['1', '2']

    The trap: its last day is still within; before the first version there is none.
    """
    day = on.isoformat()
    known = [
        each for each in standards if each["effective_from"] <= day <= each.get("effective_until", "9999")
    ]
    return max(known, key=lambda each: (each["effective_from"], str(each.get("code", ""))), default=None)


def last_check(checks: Iterable[Answers], on: date) -> Answers | None:
    """The last look at a station up to a day."""
    known = [each for each in checks if each["checked_on"] <= on.isoformat()]
    return max(known, key=lambda each: (each["checked_on"], str(each.get("code", ""))), default=None)


def lamps(standard: Answers, checks: Iterable[Answers], on: date, rulebook: Rulebook) -> tuple[Lamp, ...]:
    """D2: a lamp for each item of the standard, by the last check under this very version.

    >>> from ledger.rulebooks import Value
    >>> book = Rulebook({}, {"station.evidence_within": Value("12 months")})
    >>> nine = {"code": "BJ-2", "items": [{"item": "1", "says": "有场所"}, {"item": "2", "says": "有标识"}]}
    >>> row = {"item": "1", "verdict": "has", "evidence": "门开着", "evidence_on": "2025-11-21"}
    >>> seen = {"standard": "BJ-2", "checked_on": "2026-03-01", "items": [row]}
    >>> [each.why for each in lamps(nine, [seen], date(2026, 11, 21), book)]
    ['station.standard.pass', 'station.standard.unchecked']
    >>> [each.why for each in lamps(nine, [seen], date(2026, 11, 22), book)]
    ['station.standard.old', 'station.standard.unchecked']

    The trap: evidence of twelve months and a day shows nothing any more, and a check under an earlier version
    says nothing of this one.
    """
    check = last_check(checks, on)
    current = check is not None and check["standard"] == standard.get("code")
    seen = check["items"] if check and current else ()
    rows = {row["item"]: row for row in seen if "item" in row and "verdict" in row}
    asked = [item for item in standard["items"] if "item" in item]
    return tuple(_lamp(item, rows.get(item["item"]), check, current, on, rulebook) for item in asked)


def _lamp(
    item: Answers, row: Answers | None, check: Answers | None, current: bool, on: date, rulebook: Rulebook
) -> Lamp:
    told = {"item": item["item"], "says": item.get("says", "")}
    if row is None:
        if check is not None and not current:
            return Lamp(
                "standard", "unknown", "station.standard.version", {**told, "day": check["checked_on"]}
            )
        return Lamp("standard", "unknown", "station.standard.unchecked", told)
    if row["verdict"] != "has":
        day = check["checked_on"] if check else ""
        return Lamp(
            "standard", STATES[row["verdict"]], f"station.standard.{row['verdict']}", {**told, "day": day}
        )
    seen = row.get("evidence_on")
    if seen is None:
        return Lamp("standard", "unknown", "station.standard.undated", told)
    told |= {"day": seen}
    if on > until(date.fromisoformat(seen), rulebook["station.evidence_within"].limit):
        return Lamp("standard", "unknown", "station.standard.old", told)
    return Lamp("standard", "pass", "station.standard.pass", told)


def applies(station: Answers, rulebook: Rulebook) -> bool:
    """Whether a station of this kind is held to the standard at all; a letter box with a sign is not."""
    return station.get("station_kind") in rulebook["station.standard_applies_to"].value
