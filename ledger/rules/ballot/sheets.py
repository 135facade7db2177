"""CSV files of anonymous sheets: a line a mark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ledger.rules.ballot.counts import marks_allowed
from ledger.rules.ballot.marks import INVALID, SHEET_COLUMNS, mark_of
from ledger.rules.ballot.records import BallotFile, Faults, cell, table
from ledger.rules.ballot.verdict import (
    CONGRESS_FORMS,
    Ballot,
    Form,
    OptionTotals,
    Totals,
    over_marked,
    seated,
)

ROW = ("ballot", "option", "mark", "form")
Sheets = dict[str, dict[str, str]]
ONES = ("choose_one", "approve_up_to_k")
"""The forms whose marks may be 1, and 0 for an option that is left open: where they are stated, no place."""


def read_sheets(text: str, delimiter: str, faults: Faults, seats: int | None) -> BallotFile:
    """`ballot,option,mark`: a line a mark. A ballot without option is blank, or invalid if `mark` says so."""
    sheets: Sheets = {}
    spoilt: set[str] = set()
    empty: set[str] = set()
    stated: set[str] = set()
    options: dict[str, None] = {}
    columns, rows = table(text, delimiter, faults, SHEET_COLUMNS)
    for line, row in rows:
        ballot, option, mark, told = (cell(row, columns, name) for name in ROW)
        if not (ballot or option or mark):
            continue  # a line of commas, as spreadsheets leave them
        stated.add(told)
        if not ballot:
            faults.add(line, "ballot", "is empty.")
        elif not option:
            if mark and mark.lower() not in INVALID:
                faults.add(line, "option", f"is empty, but mark is '{mark[:40]}'.")
            elif ballot in empty or ballot in spoilt:
                faults.add(line, "ballot", f"duplicate sheet: {ballot[:40]} is here twice.")
            (spoilt if mark else empty).add(ballot)
            sheets.setdefault(ballot, {})
        elif option in sheets.get(ballot, {}):
            faults.add(
                line, "option", f"duplicate sheet: ballot {ballot[:40]} marks option {option[:40]} twice."
            )
        else:
            word = mark_of(mark)
            if told in ONES and word == "1":
                word = "approve"
            if word is None or (word == "0" and told not in ONES):
                what = f"'{mark[:40]}' is no mark. Write approve, oppose, abstain, or a place 1, 2, 3."
                faults.add(line, "mark", what)
            options[option] = None
            sheets.setdefault(ballot, {})[option] = word or ""
    for ballot in empty:
        if sheets[ballot]:
            faults.add(None, "ballot", f"{ballot[:40]} is blank in one line and marked in another.")
    faults.check()
    for marks in sheets.values():
        for option in [option for option, word in marks.items() if word == "0"]:
            del marks[option]
    form = _form(stated, sheets.values(), faults)
    return _count_sheets(form, sheets, spoilt, tuple(options), seats)


def _form(stated: set[str], sheets: Iterable[dict[str, str]], faults: Faults) -> Form:
    """The form the file states in a column `form`, or the one its marks can only be."""
    named = stated - {""}
    if len(named) > 1 or (named and not named <= CONGRESS_FORMS):
        faults.stop(
            None, "form", f"must be one of {', '.join(sorted(CONGRESS_FORMS))}, the same on every line."
        )
    words = {word for marks in sheets for word in marks.values()}
    places = {word for word in words if word.isdigit()}
    if places and places != words:
        faults.stop(None, "mark", "some marks are places and some are words: which form was voted with?")
    if named:
        form: Form = named.pop()  # type: ignore[assignment]
        if bool(places) != (form == "rank_all") and words:
            faults.stop(None, "mark", f"the marks do not fit the form {form}.")
        if form in ("choose_one", "approve_up_to_k") and words - {"approve"}:
            faults.stop(None, "mark", f"the form {form} knows approve only.")
        return form
    if places == {"1"}:
        faults.stop(
            None, "mark", "every mark is 1: a place, or approval? Write approve, or add a column form."
        )
    if places:
        return "rank_all"
    return "approve_oppose_abstain" if words - {"approve"} else "approve_up_to_k"


def _count_sheets(
    form: Form, sheets: Sheets, spoilt: set[str], options: tuple[str, ...], seats: int | None
) -> BallotFile:
    ballot = seated(Ballot(form, seats=seats))
    seats, limit = ballot.seats, marks_allowed(ballot)
    counts: dict[str, Counter[str]] = {mark: Counter() for mark in ("approve", "oppose", "abstain", "marked")}
    points = Counter[str]()
    why = Counter[str]()
    blank = 0
    for name, marks in sheets.items():
        blank += not marks and name not in spoilt
        fault = "marked as invalid" if name in spoilt else _over(form, marks, len(options), limit)
        if fault:
            why[fault] += 1
            continue
        for option, word in marks.items():
            counts["marked"][option] += 1
            if form != "rank_all":
                counts[word][option] += 1
                continue
            points[option] += int(word)
            counts["approve"][option] += bool(seats and int(word) <= seats)
    invalid, returned = why.total(), len(sheets)
    if form == "approve_oppose_abstain":  # a valid sheet that leaves an option open abstains on it
        for option in options:
            counts["abstain"][option] += returned - invalid - counts["marked"][option]
    rows = tuple(
        OptionTotals(
            each, counts["approve"][each], counts["oppose"][each], counts["abstain"][each], points[each],
            counts["marked"][each],
        )
        for each in options
    )  # fmt: skip
    return BallotFile(
        kind="ballots",
        ballot=ballot,
        totals=Totals(rows, returned, returned - invalid, invalid, blank),
        notes=tuple(f"{number} sheets are invalid: {fault}" for fault, number in sorted(why.items())),
    )


def _over(form: Form, marks: dict[str, str], number: int, limit: int | None) -> str:
    if form == "rank_all":
        full = sorted(map(int, marks.values())) == list(range(1, number + 1))
        return "" if full else f"does not rank all {number}, each place once"
    approved = sum(word == "approve" for word in marks.values())
    return f"marks more than {limit}" if over_marked(approved, limit) else ""
