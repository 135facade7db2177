"""Pabulib's .pb files: META, PROJECTS and VOTES, parted by semicolons (pabulib.org/format)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from ledger.problems import did_you_mean
from ledger.rules.ballot import BASES, BODIES, Ballot, Form, OptionTotals, Totals, over_marked
from ledger.rules.ballot_records import BallotFile, Faults, Row, amount, header_of, plain, records

VOTE_TYPES: dict[str, Form] = {
    "approval": "approve_up_to_k",
    "choose-1": "choose_one",
    "ordinal": "rank_all",
    "cumulative": "cumulative",
    "scoring": "scoring",
}
READ = re.compile("vote_type$|num_|max_|default_score$|mingbai_")  # keys of META that change what is counted
SECTIONS = ("META", "PROJECTS", "VOTES")
Points = int | Fraction
Sheet = tuple[str, str | None]  # the fields vote and points, as written


@dataclass
class Pb:
    """A .pb file as it stands, before anything is counted."""

    meta: dict[str, tuple[int, str]] = field(default_factory=dict)
    projects: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)  # id -> name, columns
    votes: Counter[Sheet] = field(default_factory=Counter)  # vote, points -> sheets
    first: dict[Sheet, int] = field(default_factory=dict)  # the first line of each such sheet
    unnamed: int = 0
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Limits:
    """What a sheet may hold, as META says."""

    marks: int | None
    point: Points | None
    points: Points | None


def read_pb(text: str, faults: Faults, seats: int | None) -> BallotFile:
    """Read and count one .pb file. `seats` from the command goes before the file's own."""
    parts = _sections(text, faults)
    pb = Pb()
    _meta(parts["META"], pb, faults)
    vote_type = pb.meta.get("vote_type", (0, ""))[1].lower()
    if vote_type not in VOTE_TYPES:
        line = pb.meta.get("vote_type", (None, ""))[0]
        what = (
            f"'{vote_type}' is not one of {', '.join(VOTE_TYPES)}." if vote_type else "is missing from META."
        )
        faults.stop(line, "vote_type", what)
    _projects(parts["PROJECTS"], pb, faults)
    _votes(parts["VOTES"], pb, faults, with_points=vote_type in ("cumulative", "scoring"))
    faults.check()
    own = _number(pb, "mingbai_seats", faults)
    return _counted(pb, VOTE_TYPES[vote_type], own if seats is None else seats, faults)


def _sections(text: str, faults: Faults) -> dict[str, list[Row]]:
    parts: dict[str, list[Row]] = {}
    here: list[Row] | None = None
    for line, row in records(text, ";", faults, columns=False):
        word = row[0].strip().upper() if len(row[0]) < 20 and not any(row[1:]) else ""
        if word in SECTIONS:
            if word in parts:
                faults.stop(line, word, "stands twice.")
            here = parts[word] = []
        elif here is None:
            faults.stop(line, "", "the file does not begin with META: this is not a .pb file.")
        else:
            here.append((line, row))
    for word in SECTIONS:
        if word not in parts:
            faults.stop(None, word, "the section is missing.")
    return parts


def _meta(rows: list[Row], pb: Pb, faults: Faults) -> None:
    for line, row in rows:
        key, value = plain(row[0]).lower(), ";".join(row[1:]).strip().rstrip(";").strip()
        if key == "key" and value.lower() == "value":
            continue
        if len(row) < 2:
            pb.notes.append(f"line {line} of META is no `key;value` and is passed over")
        elif key in pb.meta and pb.meta[key][1] != value and READ.match(key):
            faults.add(line, key, f"stands in line {pb.meta[key][0]} with another value.")
        else:
            pb.meta.setdefault(key, (line, value))


def _projects(rows: list[Row], pb: Pb, faults: Faults) -> None:
    columns = _columns(rows, "PROJECTS", "project_id", faults)
    wanted = {name: at for name, at in columns.items() if at >= 0 and name in ("name", "votes", "score")}
    for line, row in rows[1:]:
        if not _fits(line, row, rows[0][1], faults):
            continue
        option = plain(row[columns["project_id"]]) if columns["project_id"] < len(row) else ""
        if not option:
            faults.add(line, "project_id", "is empty.")
        elif option in pb.projects:
            faults.add(line, "project_id", f"project {option} stands twice.")
        else:
            told = {name: row[at].strip() for name, at in wanted.items() if at < len(row)}
            pb.projects[option] = (told.pop("name", ""), told)


def _votes(rows: list[Row], pb: Pb, faults: Faults, *, with_points: bool) -> None:
    columns = _columns(rows, "VOTES", "voter_id", faults)
    for name in ("vote", *(("points",) if with_points else ())):
        if columns.get(name, -1) < 0:
            faults.stop(rows[0][0], "VOTES", f"the column {name} is missing.")
    voter_at, vote_at, points_at = columns["voter_id"], columns["vote"], columns.get("points", -1)
    width, seen, votes, first = len(rows[0][1]), dict[str, int](), pb.votes, pb.first
    least = max(voter_at, vote_at, points_at if with_points else -1) + 1
    for line, row in rows[1:]:
        if len(row) > width and not _fits(line, row, rows[0][1], faults):
            continue
        if len(row) < least:
            faults.add(
                line, "VOTES", f"has {len(row)} fields where the header has {width}: the line is cut off."
            )
            continue
        voter = plain(row[voter_at])
        if not voter:
            pb.unnamed += 1
        elif voter in seen:
            faults.add(line, "voter_id", f"duplicate sheet: {voter[:40]} stands in line {seen[voter]} too.")
            continue
        seen[voter] = line
        sheet = (row[vote_at], row[points_at] if with_points else None)
        votes[sheet] += 1
        if sheet not in first:
            first[sheet] = line


def _columns(rows: list[Row], section: str, key: str, faults: Faults) -> dict[str, int]:
    if not rows:
        faults.stop(None, section, "has no header.")
    columns = header_of(rows[0][1])
    if columns.get(key, -1) < 0:
        hint = did_you_mean(key, columns)
        faults.stop(
            rows[0][0],
            section,
            f"the column {key} is missing from the header, or there twice. {hint}".strip(),
        )
    return columns


def _fits(line: int, row: list[str], header: list[str], faults: Faults) -> bool:
    if len(row) > len(header) and any(part.strip() for part in row[len(header) :]):
        what = f"has {len(row)} fields, the header {len(header)}. Put a field with a semicolon in quotes."
        faults.add(line, "", what)
        return False
    return True


def _number(pb: Pb, key: str, faults: Faults) -> int | None:
    if key not in pb.meta or not pb.meta[key][1]:
        return None
    line, text = pb.meta[key]
    number = amount(text)
    if not isinstance(number, int) or number < 0:
        faults.add(line, key, f"'{text[:40]}' is not a whole number.")
        return None
    return number


def _word(pb: Pb, key: str, known: Sequence[str], faults: Faults) -> str:
    """A word of META that our own files hold; the first of those known where it is not there."""
    line, word = pb.meta.get(key, (None, known[0]))
    if word not in known:
        faults.add(line, key, f"'{word[:40]}' is not one of {', '.join(known)}.")
    return word


def _points_limit(pb: Pb, key: str, faults: Faults) -> Points | None:
    if key not in pb.meta or not pb.meta[key][1]:
        return None
    line, text = pb.meta[key]
    number = amount(text)
    if number is None:
        faults.add(line, key, f"'{text[:40]}' is not a number.")
    return number


# -- counting --


def _counted(pb: Pb, form: Form, seats: int | None, faults: Faults) -> BallotFile:
    """The file's ballot and totals. Orders are full rankings if each sheet but the blank ranks all."""
    with_points = form in ("cumulative", "scoring")
    limits = Limits(
        1 if form == "choose_one" else _number(pb, "max_length", faults),
        _points_limit(pb, "max_points", faults) if with_points else None,
        _points_limit(pb, "max_sum_points", faults) if form == "cumulative" else None,
    )
    told = {key: _number(pb, f"mingbai_{key}", faults) for key in ("roster", "present", "issued")}
    words: dict[str, Any] = {
        "base": _word(pb, "mingbai_base", BASES, faults),
        "body": _word(pb, "mingbai_body", BODIES, faults),
    }
    sheets = {sheet: _sheet(sheet, pb, faults) for sheet in pb.votes}
    faults.check()
    full = len(pb.projects)
    if form == "rank_all" and any(marks and len(marks) < full for marks, _ in sheets.values()):
        form = "rank_some"
    people: dict[str, Any] = {"seats": seats, "roster": told["roster"], "present": told["present"]}
    ballot = Ballot(form, **people, **words, marks=limits.marks or full)
    totals, invalid = _tally(pb, ballot, limits, sheets)
    notes = [*pb.notes, *(f"{number} sheets are invalid: {why}" for why, number in sorted(invalid.items()))]
    if seats and form == "approve_up_to_k" and (limits.marks or full) > seats:
        notes.append(f"a sheet may mark {ballot.marks}, for {seats} seats: the file's own rule, not B6")
    if pb.unnamed:
        notes.append(f"{pb.unnamed} sheets bear no voter_id: whether one stands twice cannot be told")
    if form == "scoring" and amount(pb.meta.get("default_score", (0, "0"))[1]) != 0:
        notes.append("points do not hold default_score, which META gives to what a sheet leaves out")
    totals = replace(totals, issued=told["issued"])
    published = _published(pb, form, totals.options)
    return BallotFile("pb", ballot, totals, (*notes, *published), _incomplete(pb, totals.returned or 0))


def _tally(
    pb: Pb, ballot: Ballot, limits: Limits, sheets: Mapping[Sheet, tuple[list[str], list[Points]]]
) -> tuple[Totals, Counter[str]]:
    """Totals, and how many sheets are invalid for which reason. Equal sheets are judged once."""
    ranked, chosen = ballot.form == "rank_all", ballot.form in ("approve_up_to_k", "choose_one")
    approve, marked, invalid, blank = Counter[str](), Counter[str](), Counter[str](), 0
    points: dict[str, Points] = dict.fromkeys(pb.projects, 0)
    for sheet, number in pb.votes.items():
        marks, given = sheets[sheet]
        blank += 0 if marks else number
        why = _invalid(ballot.form, marks, given, limits)
        if why:
            invalid[why] += number
            continue
        for place, mark in enumerate(marks, 1):
            marked[mark] += number
            if ranked:
                points[mark] += place * number
                approve[mark] += number if place <= (ballot.seats or 0) else 0
        for mark, each in zip(marks, given, strict=False):
            points[mark] += each * number
    options = tuple(
        OptionTotals(
            option,
            marked[option] if chosen else approve[option],
            points=_whole(points[option]),
            marked=marked[option],
            subject=name,
        )
        for option, (name, _) in pb.projects.items()
    )
    returned = pb.votes.total()
    return Totals(options, returned, returned - invalid.total(), invalid.total(), blank), invalid


def _sheet(sheet: Sheet, pb: Pb, faults: Faults) -> tuple[list[str], list[Points]]:
    vote, points = sheet
    line = pb.first[sheet]
    marks = vote.split(",")
    if not pb.projects.keys() >= set(marks):
        marks = [plain(mark) for mark in marks] if vote.strip() else []
        if marks and not marks[-1]:
            marks.pop()
        for mark in dict.fromkeys(marks):
            if mark not in pb.projects:
                faults.add(line, "vote", f"unknown candidate '{mark[:40]}': it is not in PROJECTS.")
    if len(set(marks)) < len(marks):
        faults.add(line, "vote", "one sheet names a candidate twice.")
    if points is None:
        return marks, []
    given = [amount(part) for part in points.split(",")] if points.strip() else []
    if given and points.rstrip().endswith(","):
        given.pop()
    known = [part for part in given if part is not None]
    if len(known) != len(given) or len(given) != len(marks):
        what = f"{len(marks)} candidates and {len(known)} readable points. Each candidate needs one."
        faults.add(line, "points", what)
        return marks, [0] * len(marks)
    return marks, known


def _invalid(form: Form, marks: list[str], given: list[Points], limits: Limits) -> str:
    """B6: why a sheet does not count; empty when it does."""
    if form == "rank_all" and not marks:
        return "ranks nothing"
    if over_marked(len(marks), limits.marks):
        return f"marks more than {limits.marks}"
    if limits.point is not None and any(each > limits.point for each in given):
        return f"gives one candidate more than {limits.point} points"
    if limits.points is not None and sum(given) > limits.points:
        return f"gives more than {limits.points} points"
    return ""


def _whole(points: Points) -> Points:
    return points.numerator if isinstance(points, Fraction) and points.denominator == 1 else points


def _published(pb: Pb, form: Form, options: tuple[OptionTotals, ...]) -> list[str]:
    """Where the file's own totals (columns votes and score) differ from our count."""
    told = []
    for each in options:
        columns = pb.projects[each.option][1]
        ours = {"votes": each.marked} if form in ("approve_up_to_k", "choose_one") else {}
        if form in ("cumulative", "scoring"):
            ours = {"score": each.points}  # type: ignore[dict-item]
        for name, number in ours.items():
            theirs = amount(columns.get(name, ""))
            if theirs is not None and theirs != number:
                told.append(
                    f"option {each.option}: the file says {name} {columns[name]}, its sheets give {number}"
                )
    return told


def _incomplete(pb: Pb, returned: int) -> tuple[str, ...]:
    """Where META counts other rows than the file holds: it may be cut off."""
    found = []
    for key, number, rows in (
        ("num_votes", returned, "sheets"),
        ("num_projects", len(pb.projects), "projects"),
    ):
        told = amount(pb.meta.get(key, (0, ""))[1])
        if told is not None and told != number:
            found.append(f"META says {key} {told}, the file holds {number} {rows}")
    return tuple(found)
