"""A file of ballots or totals, whatever its kind: read, counted, and honest about what it does not say."""

from __future__ import annotations

from pathlib import Path

from ledger.problems import Problem, Problems
from ledger.rules.ballot_pb import read_pb
from ledger.rules.ballot_records import BallotFile, Faults, Kind, decoded, header_of, records
from ledger.rules.ballot_sheets import read_named, read_sheets, read_totals

__all__ = ["BallotFile", "parse_ballot_file", "read_ballot_file"]
HEADERS: dict[Kind, tuple[str, ...]] = {
    "ballots": ("ballot", "option", "mark"),
    "named": ("voter", "option", "vote"),
    "totals": ("form", "option", "approve"),
}


def read_ballot_file(path: Path, *, seats: int | None = None) -> BallotFile:
    """Read a file from disk; raises Problems, one a fault, each with its line."""
    try:
        data = path.read_bytes()
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
    text = decoded(data, faults)
    line, first = _first_line(text, faults)
    if first.split(";")[0].strip().upper() == "META":
        return read_pb(text, faults, seats)
    delimiter = max((",", ";", "\t"), key=first.count)
    columns = header_of(next(records(first, delimiter, faults), (0, []))[1])
    faults.check()
    readers = {"ballots": read_sheets, "named": read_named, "totals": read_totals}
    for kind, names in HEADERS.items():
        if all(columns.get(each, -1) >= 0 for each in names):
            return readers[kind](text, delimiter, faults, seats)
    wanted = " or ".join(",".join(names) for names in HEADERS.values())
    faults.stop(line, "", f"begins neither with META (.pb) nor with columns {wanted} (docs/ballots.md).")


def _first_line(text: str, faults: Faults) -> tuple[int, str]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.startswith("#"):
            return number, line
    faults.stop(None, "", "is empty.")
