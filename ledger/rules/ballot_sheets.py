"""CSV files of ballots: anonymous sheets, named votes, and the totals our pages publish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any, get_args

from ledger.problems import did_you_mean
from ledger.rules.ballot import (
    BASES,
    BODIES,
    CONGRESS_FORMS,
    Ballot,
    Form,
    OptionTotals,
    Totals,
    frozen_before,
    impossible,
    over_marked,
    seated,
)  # fmt: skip
from ledger.rules.ballot_records import BallotFile, Faults, Row, amount, header_of, plain, records, whole

_APPROVE = "approve approved yes y aye yea for in_favour in_favor 赞成 同意 √ ✓ ✔ ○ 〇 o"
_OPPOSE = "oppose opposed no n nay against 反对 不同意 × ✗ ✘"
_ABSTAIN = "abstain abstained abstention abstaining 弃权"
_ABSENT = "absent excused not_voting did_not_vote nv 缺席 未到会 未投票"
MARKS = {
    word: mark
    for mark, words in (("approve", _APPROVE), ("oppose", _OPPOSE), ("abstain", _ABSTAIN))
    for word in words.split()
}
VOTES = (
    MARKS | dict.fromkeys(_ABSENT.split(), "absent") | {"present": "abstain"}
)  # there, and on neither side
INVALID = frozenset(("invalid", "spoilt", "spoiled", "无效"))

Sheets = dict[str, dict[str, str]]


def read_sheets(text: str, delimiter: str, faults: Faults, seats: int | None) -> BallotFile:
    """`ballot,option,mark`: a line a mark. A ballot without option is blank, or invalid if `mark` says so."""
    sheets: Sheets = {}
    spoilt: set[str] = set()
    empty: set[str] = set()
    stated: set[str] = set()
    options: dict[str, None] = {}
    columns, rows = _table(text, delimiter, faults)
    for line, row in rows:
        ballot, option, mark = (_cell(row, columns, name) for name in ("ballot", "option", "mark"))
        stated.add(_cell(row, columns, "form"))
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
            word = MARKS.get(mark.lower(), mark)
            if word not in ("approve", "oppose", "abstain") and not whole(word):
                what = f"'{mark[:40]}' is no mark. Write approve, oppose, abstain, or a place 1, 2, 3."
                faults.add(line, "mark", what)
            options[option] = None
            sheets.setdefault(ballot, {})[option] = word
    for ballot in empty:
        if sheets[ballot]:
            faults.add(None, "ballot", f"{ballot[:40]} is blank in one line and marked in another.")
    faults.check()
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
    seats = seated(Ballot(form, seats=seats)).seats
    limit = 1 if form == "choose_one" else seats
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
        ballot=Ballot(form, seats=seats),
        totals=Totals(rows, returned, returned - invalid, invalid, blank),
        notes=tuple(f"{number} sheets are invalid: {fault}" for fault, number in sorted(why.items())),
    )


def _over(form: Form, marks: dict[str, str], number: int, limit: int | None) -> str:
    if form == "rank_all":
        full = sorted(map(int, marks.values())) == list(range(1, number + 1))
        return "" if full else f"does not rank all {number}, each place once"
    approved = sum(word == "approve" for word in marks.values())
    return f"marks more than {limit}" if over_marked(approved, limit) else ""


# -- named votes --


def read_named(text: str, delimiter: str, faults: Faults, seats: int | None) -> BallotFile:
    """`voter,option,vote`: a roll call. Each option is a vote of its own, unless seats are to be filled."""
    seen: dict[tuple[str, str], int] = {}
    options: dict[str, Counter[str]] = {}
    voted: set[str] = set()
    approved = Counter[str]()
    columns, rows = _table(text, delimiter, faults)
    for line, row in rows:
        voter, option, word = (_cell(row, columns, name) for name in ("voter", "option", "vote"))
        vote = VOTES.get(word.lower().replace(" ", "_").replace("-", "_"))
        if not voter or not option:
            faults.add(line, "voter" if not voter else "option", "is empty.")
        elif (voter, option) in seen:
            earlier = seen[voter, option]
            faults.add(
                line, "voter", f"duplicate: {voter[:40]} votes on {option[:40]} in line {earlier} too."
            )
        elif vote is None:
            what = f"'{word[:40]}' is no vote that is known. Write approve, oppose, abstain or absent."
            faults.add(line, "vote", what)
        else:
            seen[voter, option] = line
            options.setdefault(option, Counter())[vote] += 1
            approved[voter] += vote == "approve"
            if vote != "absent":
                voted.add(voter)
    faults.check()
    doubts = []
    over = sum(over_marked(number, seats) for number in approved.values())
    if over:
        doubts.append(f"{over} voters approve more than {seats}: whether their votes count is not told")
    totals = tuple(
        OptionTotals(
            each, votes["approve"], votes["oppose"], votes["abstain"],
            marked=votes["approve"] + votes["oppose"] + votes["abstain"],
        )
        for each, votes in options.items()
    )  # fmt: skip
    number = len(voted)
    ballot = Ballot("approve_oppose_abstain", seats=seats, marks=len(options), named=True)
    return BallotFile("named", ballot, Totals(totals, number, number, 0, None, None), doubts=tuple(doubts))


# -- totals --

_SHEETS = ("issued", "returned", "valid", "invalid", "blank")
_PEOPLE = ("seats", "roster", "present")
_SAME = ("form", "base", "body", "threshold", *_PEOPLE, *_SHEETS, "list_frozen_on", "voted_on")
_VOTES = ("approve", "oppose", "abstain")


def read_totals(text: str, delimiter: str, faults: Faults, seats: int | None) -> BallotFile:
    """The totals our pages publish: a line an option, and on every line how it was voted and by how many."""
    columns, rows = _table(text, delimiter, faults)
    told: dict[str, str] = {}
    first, options = 0, dict[str, OptionTotals]()
    for line, row in rows:
        cells = {name: _cell(row, columns, name) for name in (*_SAME, "option", "subject", *_VOTES, "points")}
        if not told:
            told, first = cells, line
        for name in _SAME:
            if cells[name] != told[name]:
                faults.add(line, name, f"'{cells[name][:40]}' here, '{told[name][:40]}' in line {first}.")
        option = cells["option"]
        if not option or option in options:
            faults.add(line, "option", f"option {option[:40]} stands twice." if option else "is empty.")
            continue
        votes = {name: _whole(cells, name, line, faults) or 0 for name in _VOTES}
        points = amount(cells["points"] or "0")
        if points is None:
            faults.add(line, "points", f"'{cells['points'][:40]}' is not a number.")
        if not cells["approve"]:
            faults.add(line, "approve", "is empty. A count that is zero is written 0.")
        options[option] = OptionTotals(option, **votes, points=points or 0, subject=cells["subject"])
    if not told:
        faults.stop(None, "", "holds a header and no option.")
    words, threshold = _stated(told, first, faults)
    numbers = {name: _whole(told, name, first, faults) for name in (*_PEOPLE, *_SHEETS)}
    _dates(told, first, faults)
    faults.check()
    totals = Totals(tuple(options.values()), **_completed({name: numbers[name] for name in _SHEETS}))
    people: dict[str, Any] = {name: numbers[name] for name in _PEOPLE}
    stated = Ballot(**words, threshold=threshold, **people)
    if seats is not None:
        stated = replace(stated, seats=seats)
    for what in impossible(seated(stated), totals):
        faults.add(first, "arithmetic", what + ".")
    faults.check()
    return BallotFile("totals", stated, totals)


def _stated(told: dict[str, str], line: int, faults: Faults) -> tuple[dict[str, Any], Fraction]:
    known: dict[str, tuple[str, ...]] = {"form": get_args(Form), "base": BASES, "body": BODIES}
    stated: dict[str, Any] = {}
    for name, values in known.items():
        if not told[name] and name != "form":
            continue  # the law's own: more than half of all, of a congress
        if told[name] not in values:
            hint = did_you_mean(told[name], values)
            faults.add(line, name, f"'{told[name][:40]}' is not one of {', '.join(values)}. {hint}".strip())
        stated[name] = told[name]
    over, _, under = (told["threshold"] or "1/2").partition("/")
    share = (whole(over), whole(under))
    if share[0] is None or not share[1] or not 0 < share[0] <= share[1]:
        faults.add(line, "threshold", f"'{told['threshold'][:40]}' is no fraction. Write 1/2 or 2/3.")
        return stated, Fraction(1, 2)
    return stated, Fraction(share[0], share[1])


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


# -- tables --


def _table(text: str, delimiter: str, faults: Faults) -> tuple[dict[str, int], Iterable[Row]]:
    rows = records(text, delimiter, faults)
    _, header = next(rows)
    columns = header_of(header)

    def checked() -> Iterable[Row]:
        for line, row in rows:
            if len(row) == len(header) or not any(part.strip() for part in row[len(header) :]):
                yield line, row
            else:
                faults.add(line, "", f"has {len(row)} fields where the header has {len(header)}.")

    for name, at in columns.items():
        if at < 0:
            faults.add(1, name, "the column stands twice.")
    return columns, checked()


def _cell(row: list[str], columns: dict[str, int], name: str) -> str:
    at = columns.get(name, -1)
    return plain(row[at]) if 0 <= at < len(row) else ""


def _whole(cells: dict[str, str], name: str, line: int, faults: Faults) -> int | None:
    text = cells[name]
    number = whole(text)
    if text and number is None:
        faults.add(line, name, f"'{text[:40]}' is not a whole number of zero or more.")
    return number
