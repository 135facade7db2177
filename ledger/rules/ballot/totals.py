"""CSV files of totals, as our pages publish them: a line an option, and on every line how it was voted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, get_args

from ledger.problems import did_you_mean
from ledger.rules.ballot.marks import TOTAL_COLUMNS
from ledger.rules.ballot.records import BallotFile, Faults, amount, cell, share, table, whole
from ledger.rules.ballot.verdict import (
    BASES,
    BODIES,
    Ballot,
    Form,
    OptionTotals,
    Totals,
    frozen_before,
    impossible,
    seated,
)  # fmt: skip

SHEETS = ("issued", "returned", "valid", "invalid", "blank")
PEOPLE = ("seats", "roster", "present")
TERMS = ("form", "base", "body", "threshold", "strict", "quorum")
SAME = (*TERMS, *PEOPLE, *SHEETS, "list_frozen_on", "voted_on")
"""The columns that say the same on every line."""
VOTES = ("approve", "oppose", "abstain")
YES_NO = {"yes": True, "true": True, "是": True, "no": False, "false": False, "否": False}


def read_totals(text: str, delimiter: str, faults: Faults, seats: int | None) -> BallotFile:
    """The totals our pages publish: a line an option, and on every line how it was voted and by how many."""
    columns, rows = table(text, delimiter, faults, TOTAL_COLUMNS)
    told: dict[str, str] = {}
    first, options = 0, dict[str, OptionTotals]()
    for line, row in rows:
        cells = {name: cell(row, columns, name) for name in (*SAME, "option", "subject", *VOTES, "points")}
        if not told:
            told, first = cells, line
        for name in SAME:
            if cells[name] != told[name]:
                faults.add(line, name, f"'{cells[name][:40]}' here, '{told[name][:40]}' in line {first}.")
        option = cells["option"]
        if not option or option in options:
            faults.add(line, "option", f"option {option[:40]} stands twice." if option else "is empty.")
            continue
        votes = {name: _whole(cells, name, line, faults) or 0 for name in VOTES}
        points = amount(cells["points"] or "0")
        if points is None:
            faults.add(line, "points", f"'{cells['points'][:40]}' is not a number.")
        if not cells["approve"]:
            faults.add(line, "approve", "is empty. A count that is zero is written 0.")
        options[option] = OptionTotals(option, **votes, points=points or 0, subject=cells["subject"])
    if not told:
        faults.stop(None, "", "holds a header and no option.")
    terms = _stated(told, first, faults)
    numbers = {name: _whole(told, name, first, faults) for name in (*PEOPLE, *SHEETS)}
    _dates(told, first, faults)
    faults.check()
    totals = Totals(tuple(options.values()), **_completed({name: numbers[name] for name in SHEETS}))
    people: dict[str, Any] = {name: numbers[name] for name in PEOPLE}
    stated = Ballot(**terms, **people)
    judged = stated if seats is None else replace(stated, seats=seats)
    for what in impossible(seated(judged), totals):
        faults.add(first, "arithmetic", what + ".")
    faults.check()
    said = frozenset(name for name in (*TERMS, *PEOPLE) if told[name])
    return BallotFile("totals", stated, totals, said=said)


def _stated(told: dict[str, str], line: int, faults: Faults) -> dict[str, Any]:
    """How it was voted; what is empty is the law's own: more than half of all, of a congress."""
    known: dict[str, tuple[str, ...]] = {"form": get_args(Form), "base": BASES, "body": BODIES}
    stated: dict[str, Any] = {}
    for name, values in known.items():
        if not told[name] and name != "form":
            continue
        if told[name] not in values:
            hint = did_you_mean(told[name], values)
            faults.add(line, name, f"'{told[name][:40]}' is not one of {', '.join(values)}. {hint}".strip())
        stated[name] = told[name]
    for name in ("threshold", "quorum"):
        if told[name]:
            stated[name] = share(told[name])
            if stated[name] is None:
                faults.add(line, name, f"'{told[name][:40]}' is no share. Write 1/2 or 2/3.")
    if told["strict"]:
        stated["strict"] = YES_NO.get(told["strict"].lower())
        if stated["strict"] is None:
            what = f"'{told['strict'][:40]}' is neither yes (more than the threshold) nor no (at least)."
            faults.add(line, "strict", what)
    return stated


def _completed(numbers: dict[str, int | None]) -> dict[str, int | None]:
    """returned = valid + invalid: two of them tell the third."""
    returned, valid, invalid = numbers["returned"], numbers["valid"], numbers["invalid"]
    if returned is None and valid is not None and invalid is not None:
        return numbers | {"returned": valid + invalid}
    if valid is None and returned is not None and invalid is not None and returned >= invalid:
        return numbers | {"valid": returned - invalid}
    if invalid is None and returned is not None and valid is not None and returned >= valid:
        return numbers | {"invalid": returned - valid}
    return numbers


def _dates(told: dict[str, str], line: int, faults: Faults) -> None:
    days: list[date | None] = []
    for name in ("list_frozen_on", "voted_on"):
        try:
            days.append(date.fromisoformat(told[name]) if told[name] else None)
        except ValueError:
            faults.add(line, name, f"'{told[name][:40]}' is no date. Write 2026-03-02.")
            days.append(None)
    frozen, voted = days
    if frozen and voted and not frozen_before(frozen, voted):
        faults.add(
            line, "voted_on", f"the ballot of {voted} is dated before its list was frozen on {frozen}."
        )


def _whole(cells: dict[str, str], name: str, line: int, faults: Faults) -> int | None:
    text = cells[name]
    number = whole(text)
    if text and number is None:
        faults.add(line, name, f"'{text[:40]}' is not a whole number of zero or more.")
    return number
