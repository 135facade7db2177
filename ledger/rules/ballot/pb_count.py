"""The count of a .pb file: each sheet within the limits that META sets, added up for each project."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain
from typing import Any

from ledger.rules.ballot.pb import (
    POINTED,
    Pb,
    Sheet,
    limit,
    loose,
    most_marks,
    number,
    part,
    raise_all,
    read_pb,
    word,
)
from ledger.rules.ballot.records import BallotFile, Faults, amount, plain
from ledger.rules.ballot.verdict import BASES, BODIES, Ballot, Form, OptionTotals, Totals, over_marked

Points = int | Fraction


@dataclass(frozen=True)
class Limits:
    """What a sheet may hold, as META says."""

    marks: int | None
    point: Points | None
    points: Points | None


@dataclass(frozen=True)
class Read:
    """What one sheet says: the projects it marks, in its order, and the points it gives them."""

    marks: list[str]
    given: list[Points]


def count_pb(text: str, faults: Faults, seats: int | None) -> BallotFile:
    """Read and count one .pb file. `seats` from the command goes before the file's own."""
    pb = read_pb(text, faults)
    own = number(pb, "mingbai_seats", faults)
    ballot, limits, issued = _terms(pb, own if seats is None else seats, faults)
    faults.check()
    sheets = {sheet: read for sheet in pb.votes if (read := _sheet(sheet, pb))}
    if pb.refused.found and not any(read.marks for read in sheets.values()):
        raise_all(pb, faults)
    full = len(pb.projects)
    # A file is of full rankings if each sheet but the blank ranks all.
    if ballot.form == "rank_all" and any(0 < len(read.marks) < full for read in sheets.values()):
        ballot = replace(ballot, form="rank_some")
    totals, invalid = _tally(pb, ballot, limits, sheets)
    notes = [*pb.notes, *(f"{n} sheets are invalid: {why}" for why, n in sorted(invalid.items()))]
    notes += [*_notes(pb, ballot, sheets), *_published(pb, ballot.form, totals.options)]
    return BallotFile(
        "pb",
        replace(ballot, seats=own),
        replace(totals, issued=issued),
        tuple(notes),
        tuple(_doubts(pb)),
        pb.refused.all(),
        frozenset(key.removeprefix("mingbai_") for key, (_, value) in pb.meta.items() if value),
    )


def _terms(pb: Pb, seats: int | None, faults: Faults) -> tuple[Ballot, Limits, int | None]:
    form, pointed = pb.form, pb.form in POINTED
    limits = Limits(
        1 if form == "choose_one" else most_marks(pb),
        limit(pb, "max_points") if pointed else None,
        limit(pb, "max_sum_points") if form == "cumulative" else None,
    )
    people: dict[str, Any] = {key: number(pb, f"mingbai_{key}", faults) for key in ("roster", "present")}
    words: dict[str, Any] = {
        "base": word(pb, "mingbai_base", BASES, faults),
        "body": word(pb, "mingbai_body", BODIES, faults),
    }
    ballot = Ballot(
        form,
        seats=seats,
        threshold=part(pb, "mingbai_threshold", faults) or Fraction(1, 2),
        strict=word(pb, "mingbai_strict", ("yes", "no"), faults) == "yes",
        quorum=part(pb, "mingbai_quorum", faults),
        marks=limits.marks or len(pb.projects),
        **people,
        **words,
    )
    return ballot, limits, number(pb, "mingbai_issued", faults)


# -- sheets --


def _sheet(sheet: Sheet, pb: Pb) -> Read | None:
    """What a sheet says; None where its points cannot be told. A mark that names nobody is refused alone."""
    marks = sheet[0].split(",")
    if not (known := pb.projects.keys() >= set(marks)):
        marks = _list(sheet[0])
        known = pb.projects.keys() >= set(marks)
    given = [] if sheet[1] is None else [amount(each) for each in _list(sheet[1])]
    if sheet[1] is not None and (len(given) != len(marks) or None in given):
        readable = sum(each is not None for each in given)
        what = f"{len(marks)} candidates and {readable} readable points. Each candidate needs one."
        _refuse(pb, sheet, "points", what)
        return None
    if known and len(set(marks)) == len(marks):
        return Read(marks, given)  # type: ignore[arg-type]
    kept: dict[str, Points] = {}
    for mark, each in zip(marks, given or [0] * len(marks), strict=True):
        if mark not in pb.projects:
            _refuse(pb, sheet, "vote", f"unknown candidate '{mark[:40]}': it is not in PROJECTS.")
        elif mark in kept:
            _refuse(pb, sheet, "vote", f"one sheet names candidate {mark[:40]} twice; it counts once.")
        else:
            kept[mark] = each or 0
    return Read(list(kept), list(kept.values()) if given else [])


def _list(text: str) -> list[str]:
    """The parts between commas; a comma at the end parts nothing."""
    parts = [plain(each) for each in text.split(",")]
    return parts if parts[-1] else parts[:-1]


def _refuse(pb: Pb, sheet: Sheet, at: str, what: str) -> None:
    alike = pb.votes[sheet] - 1
    pb.refused.add(pb.first[sheet], at, what + (f" So do {alike} sheets alike." if alike else ""))


def _tally(
    pb: Pb, ballot: Ballot, limits: Limits, sheets: Mapping[Sheet, Read]
) -> tuple[Totals, Counter[str]]:
    """Totals, and how many sheets are invalid for which reason. Equal sheets are judged once."""
    valid: list[list[str]] = []
    scores: dict[str, Points] = dict.fromkeys(pb.projects, 0)
    invalid, blank = Counter[str](), 0
    for sheet, read in sheets.items():
        count = pb.votes[sheet]
        blank += 0 if read.marks else count
        if why := _invalid(ballot.form, read, limits):
            invalid[why] += count
            continue
        valid += [read.marks] * count
        for mark, each in zip(read.marks, read.given, strict=False):
            scores[mark] += each * count
    marked = Counter(chain.from_iterable(valid))
    approve = marked if ballot.form in ("approve_up_to_k", "choose_one") else Counter[str]()
    if ballot.form == "rank_all":
        for place, marks in enumerate(zip(*valid, strict=True), 1):
            there = Counter(marks)
            for mark, count in there.items():
                scores[mark] += place * count
            approve += there if place <= (ballot.seats or 0) else Counter()
    options = tuple(
        OptionTotals(
            option,
            approve[option],
            points=_whole(scores[option]),
            marked=marked[option],
            subject=columns.get("name", ""),
        )
        for option, columns in pb.projects.items()
    )
    return Totals(options, len(valid) + invalid.total(), len(valid), invalid.total(), blank), invalid


def _invalid(form: Form, read: Read, limits: Limits) -> str:
    """B6: why a sheet does not count; empty when it does."""
    if form == "rank_all" and not read.marks:
        return "ranks nothing"
    if over_marked(len(read.marks), limits.marks):
        return f"marks more than {limits.marks}"
    if limits.point is not None and any(each > limits.point for each in read.given):
        return f"gives one candidate more than {limits.point} points"
    if limits.points is not None and sum(read.given) > limits.points:
        return f"gives more than {limits.points} points"
    return ""


def _whole(value: Points) -> Points:
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


# -- what is worth a look, and what stands against a verdict --


def _notes(pb: Pb, ballot: Ballot, sheets: Mapping[Sheet, Read]) -> Iterator[str]:
    if ballot.seats and ballot.form == "approve_up_to_k" and (ballot.marks or 0) > ballot.seats:
        yield f"a sheet may mark {ballot.marks}, for {ballot.seats} seats: the file's own rule, not B6"
    if pb.unnamed:
        yield f"{pb.unnamed} sheets bear no voter_id: whether one stands twice cannot be told"
    if ballot.form == "scoring" and amount(pb.told("default_score") or "0") != 0:
        yield "points do not hold default_score, which META gives to what a sheet leaves out"
    least = loose(pb.told("min_length"))
    if least:
        few = sum(pb.votes[sheet] for sheet, read in sheets.items() if len(read.marks) < least)
        if few:
            yield f"{few} sheets mark fewer than min_length {least}: counted, since fewer is valid (B6)"
    yield from _money(pb, sheets)


def _money(pb: Pb, sheets: Mapping[Sheet, Read]) -> Iterator[str]:
    """How many sheets cost too little or too much by META: the budget is no rule of a congress."""
    limits = [(key, loose(pb.told(key)), sign) for key, sign in (("min_sum_cost", -1), ("max_sum_cost", 1))]
    told = [(key, bound, sign) for key, bound, sign in limits if bound]
    costs = {option: loose(columns.get("cost", "")) or 0 for option, columns in pb.projects.items()}
    if not told:
        return
    sums = [(sum(costs[mark] for mark in read.marks), pb.votes[sheet]) for sheet, read in sheets.items()]
    for key, bound, sign in told:
        beyond = sum(count for cost, count in sums if sign * cost > sign * bound)
        if beyond:
            yield f"{beyond} sheets are beyond {key} {pb.told(key)}: counted, the budget is no rule here"


def _published(pb: Pb, form: Form, options: tuple[OptionTotals, ...]) -> Iterator[str]:
    """Where the file's own totals (columns votes and score) differ from our count."""
    for each in options:
        columns = pb.projects[each.option]
        ours: dict[str, Points] = {}
        if form in ("approve_up_to_k", "choose_one"):
            ours = {"votes": each.marked}
        elif form in POINTED and not pb.pointless:
            ours = {"score": each.points}
        for name, count in ours.items():
            theirs = amount(columns.get(name, ""))
            if theirs is not None and theirs != count:
                yield f"option {each.option}: the file says {name} {columns[name]}, its sheets give {count}"


def _doubts(pb: Pb) -> Iterator[str]:
    """What was refused, and where META counts other rows than the file holds: it may be cut off."""
    if refused := len(pb.refused.found) + pb.refused.more:
        yield f"{refused} lines or marks are refused"
    yield from pb.doubts
    if pb.pointless:
        yield "points unknown: the file has no column points"
    for key, count, rows in (
        ("num_votes", pb.rows, "sheets"),
        ("num_projects", len(pb.projects), "projects"),
    ):
        told = amount(pb.told(key))
        if told is not None and told != count:
            yield f"META says {key} {told}, the file holds {count} {rows}"
