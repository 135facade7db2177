"""Pabulib's .pb files as they stand: META, PROJECTS and VOTES, parted by semicolons (pabulib.org/format)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ledger.problems import did_you_mean
from ledger.rules.ballot.records import Faults, Row, amount, header_of, plain, records, share, whole
from ledger.rules.ballot.verdict import Form

VOTE_TYPES: dict[str, Form] = {
    "approval": "approve_up_to_k",
    "choose-1": "choose_one",
    "ordinal": "rank_all",
    "cumulative": "cumulative",
    "scoring": "scoring",
}
POINTED = ("cumulative", "scoring")
READ = re.compile("vote_type$|num_|min_|max_|default_score$|mingbai_")  # keys of META that are read
SECTIONS = ("META", "PROJECTS", "VOTES")
COLUMNS = ("name", "cost", "votes", "score")  # of PROJECTS, where they are there
Sheet = tuple[str, str | None]  # the fields vote and points, as written


@dataclass
class Pb:
    """A .pb file as it stands, before anything is counted."""

    refused: Faults  # lines and marks that cannot be counted; all others can
    meta: dict[str, tuple[int, str]] = field(default_factory=dict)
    projects: dict[str, dict[str, str]] = field(default_factory=dict)  # id -> columns
    votes: Counter[Sheet] = field(default_factory=Counter)  # how many sheets say so
    first: dict[Sheet, int] = field(default_factory=dict)  # the first line of each such sheet
    rows: int = 0  # lines of VOTES, those refused among them
    unnamed: int = 0
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    pointless: bool = False  # points were given, and the file does not hold them

    @property
    def form(self) -> Form:
        """How it was voted."""
        return VOTE_TYPES[self.meta["vote_type"][1].lower()]

    def told(self, key: str) -> str:
        """What META says under a key, or nothing."""
        return self.meta.get(key, (0, ""))[1]


def read_pb(text: str, faults: Faults) -> Pb:
    """Read one .pb file; raises Problems where it is none. A bad line of VOTES is refused, and no other."""
    parts = _sections(text, faults)
    pb = Pb(Faults(faults.name))
    _meta(parts["META"], pb, faults)
    line, vote_type = pb.meta.get("vote_type", (None, ""))
    if vote_type.lower() not in VOTE_TYPES:
        known = f"'{vote_type[:40]}' is not one of {', '.join(VOTE_TYPES)}."
        missing = "is missing from META, whose lines are `key;value`."
        faults.stop(line, "vote_type", known if vote_type else missing)
    _projects(parts["PROJECTS"], pb, faults)
    _votes(parts["VOTES"], pb, faults)
    faults.check()
    if pb.refused.found and not pb.votes:
        raise_all(pb, faults)
    return pb


def raise_all(pb: Pb, faults: Faults) -> None:
    """Nothing can be counted: what was refused makes the file unreadable."""
    for each in pb.refused.all():
        faults.found.append(each)
    faults.check()


def _sections(text: str, faults: Faults) -> dict[str, list[Row]]:
    parts: dict[str, list[Row]] = {}
    here: list[Row] | None = None
    for line, row in records(text, ";", faults, columns=False):
        if row[0].startswith("#") and not (here and len(row) == len(here[0][1])):
            continue  # a comment
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
    first = columns["project_id"] == 0
    wanted = {name: at for name, at in columns.items() if at >= 0 and name in COLUMNS}
    for line, row in rows[1:]:
        if not any(part.strip() for part in row):
            continue  # a line of semicolons, as spreadsheets leave them
        option = plain(row[columns["project_id"]]) if columns["project_id"] < len(row) else ""
        overlong = _overlong(row, rows[0][1])
        # What stands before the first semicolon is the project's own, however many follow in its name.
        if overlong and not (first and all("\n" not in part for part in row)):
            faults.add(line, "", overlong)
        elif not option:
            faults.add(line, "project_id", "is empty.")
        elif option in pb.projects:
            faults.add(line, "project_id", f"project {option} stands twice.")
        elif overlong:
            pb.projects[option] = {}
            pb.notes.append(f"line {line} of PROJECTS {overlong} Only its project_id is read.")
        else:
            pb.projects[option] = {name: row[at].strip() for name, at in wanted.items() if at < len(row)}


def _votes(rows: list[Row], pb: Pb, faults: Faults) -> None:
    columns = _columns(rows, "VOTES", "voter_id", faults)
    voter_at, vote_at = columns["voter_id"], columns.get("vote", -1)
    points_at = columns.get("points", -1) if pb.form in POINTED else -1
    if vote_at < 0:
        faults.stop(rows[0][0], "VOTES", "the column vote is missing.")
    pb.pointless = pb.form in POINTED and points_at < 0
    width, seen, votes, first = len(rows[0][1]), dict[str, int](), pb.votes, pb.first
    least = max(voter_at, vote_at, points_at) + 1
    for line, row in rows[1:]:
        pb.rows += 1
        if len(row) > width and (overlong := _overlong(row, rows[0][1])):
            pb.refused.add(line, "", overlong)
            continue
        if len(row) < least:
            what = f"has {len(row)} fields where the header has {width}: the line is cut off."
            pb.refused.add(line, "VOTES", what)
            continue
        voter = plain(row[voter_at])
        if not voter:
            if not any(part.strip() for part in row):
                pb.rows -= 1
                continue
            pb.unnamed += 1
        elif voter in seen:
            what = f"duplicate sheet: {voter[:40]} stands in line {seen[voter]} too."
            pb.refused.add(line, "voter_id", what)
            continue
        seen[voter] = line
        sheet = (row[vote_at], row[points_at] if points_at >= 0 else None)
        votes[sheet] += 1
        if sheet not in first:
            first[sheet] = line


def _columns(rows: list[Row], section: str, key: str, faults: Faults) -> dict[str, int]:
    if not rows:
        faults.stop(None, section, "has no header.")
    columns = header_of(rows[0][1])
    if columns.get(key, -1) < 0:
        hint = did_you_mean(key, columns)
        what = f"the column {key} is missing from the header, or there twice. {hint}".strip()
        faults.stop(rows[0][0], section, what)
    return columns


def _overlong(row: list[str], header: list[str]) -> str:
    if len(row) > len(header) and any(part.strip() for part in row[len(header) :]):
        return f"has {len(row)} fields, the header {len(header)}. Put a field with a semicolon in quotes."
    return ""


# -- what META says --


def number(pb: Pb, key: str, faults: Faults) -> int | None:
    """A whole number of META, or None where it says none."""
    if not pb.told(key):
        return None
    value = amount(pb.told(key))
    if isinstance(value, int) and value >= 0:
        return value
    faults.add(pb.meta[key][0], key, f"'{pb.told(key)[:40]}' is not a whole number.")
    return None


def limit(pb: Pb, key: str) -> int | Fraction | None:
    """A limit of META, or None where it says none. One that cannot be read limits no sheet and is a doubt."""
    if not pb.told(key):
        return None
    value = amount(pb.told(key))
    if value is None:
        pb.doubts.append(f"{key} '{pb.told(key)[:40]}' is not a number: which sheets go beyond it is unknown")
    return value


def most_marks(pb: Pb) -> int | None:
    """How many projects a sheet may mark (max_length); nobody votes for none, or for half a one."""
    value = limit(pb, "max_length")
    if value is None or (isinstance(value, int) and value > 0):
        return value
    pb.doubts.append(f"max_length '{pb.told('max_length')[:40]}' cannot be: no sheet is measured by it")
    return None


def word(pb: Pb, key: str, known: Sequence[str], faults: Faults) -> str:
    """A word of META that our own files hold; the first of those known where it is not there."""
    line, said = pb.meta.get(key, (None, known[0]))
    if said not in known:
        faults.add(line, key, f"'{said[:40]}' is not one of {', '.join(known)}.")
    return said


def part(pb: Pb, key: str, faults: Faults) -> Fraction | None:
    """A share of META that our own files hold, or None where it says none."""
    if not pb.told(key):
        return None
    value = share(pb.told(key))
    if value is None:
        faults.add(pb.meta[key][0], key, f"'{pb.told(key)[:40]}' is no share. Write 1/2 or 2/3.")
    return value


def loose(text: str) -> int | Fraction | None:
    """Money as people write it, to compare and never to count by: 1 234,50 is 1234.5."""
    return whole(text) if text.isdigit() else amount(re.sub(r"\s", "", text).replace(",", "."))
