"""A file of ballots or totals, whatever its kind: read, counted, and honest about what it does not say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ledger.problems import Problem, Problems
from ledger.rules.ballot.marks import SHEET_COLUMNS, TOTAL_COLUMNS, VOTE_COLUMNS
from ledger.rules.ballot.named import read_named
from ledger.rules.ballot.pb_count import count_pb
from ledger.rules.ballot.records import (
    MAX_BYTES,
    BallotFile,
    Faults,
    Kind,
    decoded,
    header_of,
    records,
    renamed,
)  # fmt: skip
from ledger.rules.ballot.sheets import read_sheets
from ledger.rules.ballot.totals import read_totals

__all__ = ["BallotFile", "parse_ballot_file", "read_ballot_file"]
HEADERS: dict[Kind, tuple[str, ...]] = {
    "ballots": ("ballot", "option", "mark"),
    "named": ("voter", "option", "vote"),
    "totals": ("form", "option", "approve"),
}
NAMES: Mapping[Kind, Mapping[str, Sequence[str]]] = {
    "ballots": SHEET_COLUMNS, "named": VOTE_COLUMNS, "totals": TOTAL_COLUMNS
}  # fmt: skip
READERS: Mapping[Kind, Callable[[str, str, Faults, int | None], BallotFile]] = {
    "ballots": read_sheets, "named": read_named, "totals": read_totals
}  # fmt: skip


def read_ballot_file(path: Path, *, seats: int | None = None) -> BallotFile:
    """Read a file from disk; raises Problems, one a fault, each with its line."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        what = f"cannot be read ({error.strerror}). Check the path."
        raise Problems([Problem(str(path), "", what)]) from None
    return parse_ballot_file(data, path.name, seats=seats)


def parse_ballot_file(data: bytes, name: str, *, seats: int | None = None) -> BallotFile:
    """Read a file's bytes. Its kind is told by what stands in it, not by its name.

    >>> file = parse_ballot_file(b"voter,option,vote\\nA,1,yes\\nB,1,no\\nC,1,yes\\n", "votes.csv")
    >>> file.kind, file.totals.options[0].approve
    ('named', 2)
    """
    faults = Faults(name)
    text, encoding = decoded(data, faults)
    file = _read(text, faults, seats)
    note = (f"the text is not UTF-8 and was read as {encoding}",) if encoding else ()
    return replace(file, notes=(*note, *file.notes))


def _read(text: str, faults: Faults, seats: int | None) -> BallotFile:
    line, first = _first_line(text, faults)
    if first.split(";")[0].strip().strip('"').upper() == "META":
        return count_pb(text, faults, seats)
    delimiter = max((",", ";", "\t"), key=first.count)
    columns = header_of(next(records(first, delimiter, faults), (0, []))[1])
    faults.check()
    for kind, names in HEADERS.items():
        there = renamed(columns, NAMES[kind])
        if all(there.get(each, -1) >= 0 for each in names):
            return READERS[kind](text, delimiter, faults, seats)
    wanted = " or ".join(",".join(names) for names in HEADERS.values())
    faults.stop(line, "", f"begins neither with META (.pb) nor with columns {wanted} (docs/ballots.md).")


def _first_line(text: str, faults: Faults) -> tuple[int, str]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.startswith("#"):
            return number, line
    faults.stop(None, "", "is empty.")
