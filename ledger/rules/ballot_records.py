"""Lines and fields of a file of ballots, and its faults: what any of our readers needs."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal, NoReturn

from ledger.problems import Problem, Problems
from ledger.rules.ballot import Ballot, Totals

MAX_BYTES = 256 << 20
MAX_FAULTS = 50
MAX_JOINED = 200  # lines that one quoted field may span

Row = tuple[int, list[str]]
Kind = Literal["pb", "ballots", "named", "totals"]

_NARROW = {0xFF00 + code - 0x20: code for code in range(0x21, 0x7F) if chr(code).isalnum()}


@dataclass(frozen=True)
class BallotFile:
    """One file, counted. `notes` are worth a look; `doubts` are reasons why no verdict can stand on it."""

    kind: Kind
    ballot: Ballot
    totals: Totals
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


class Faults:
    """The faults of one file, one a line. `stop` gives up; `check` gives up if there are any."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.found: list[Problem] = []
        self.more = 0

    def add(self, line: int | None, at: str, what: str) -> None:
        """Note one fault; beyond the first fifty they are only counted."""
        if len(self.found) < MAX_FAULTS:
            self.found.append(Problem(f"{self.name}:{line}" if line else self.name, at, what))
        else:
            self.more += 1

    def check(self) -> None:
        """Raise what was found, if anything was."""
        if self.found:
            rest = [Problem(self.name, "", f"and {self.more} more faults")] if self.more else []
            raise Problems([*self.found, *rest])

    def stop(self, line: int | None, at: str, what: str) -> NoReturn:
        """Note one last fault and raise."""
        self.add(line, at, what)
        self.check()
        raise AssertionError


def decoded(data: bytes, faults: Faults) -> str:
    """The text of a file, with one kind of line end."""
    if len(data) > MAX_BYTES:
        faults.stop(None, "", f"is larger than {MAX_BYTES >> 20} MiB. Split it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        faults.stop(line, "", "is not UTF-8 text. Save the file as UTF-8.")
    if "\0" in text:
        faults.stop(text.count("\n", 0, text.index("\0")) + 1, "", "holds a NUL: this is not a text file.")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def records(text: str, delimiter: str, faults: Faults, *, columns: bool = True) -> Iterator[Row]:
    """Every row with its first line number; empty lines and `#` lines are passed over.

    A quoted field may hold the delimiter, doubled quotes and line ends. Where `columns` is False a quote that
    does not close is a letter like any other: names of projects hold such quotes.
    """
    lines = text.split("\n")
    place, end = 0, len(lines)
    while place < end:
        line, number = lines[place], place + 1
        place += 1
        if not line or line[0] == "#" or line.isspace():
            continue
        if '"' not in line:
            yield number, line.split(delimiter)
            continue
        row, place = _quoted(lines, place - 1, delimiter)
        if row is not None:
            yield number, row
        elif columns:
            faults.add(
                number, "", 'a quote (") is opened and not closed rightly. Double the quotes in a field.'
            )
        else:
            yield number, line.split(delimiter)


def _quoted(lines: list[str], place: int, delimiter: str) -> tuple[list[str] | None, int]:
    """A row with quotes, and the place after it; None where the quotes do not close."""
    joined, after = lines[place], place + 1
    while after <= len(lines) and after - place <= MAX_JOINED:
        if joined.count('"') % 2 == 0:
            try:
                return next(csv.reader([joined], delimiter=delimiter, strict=True)), after
            except (csv.Error, StopIteration):
                return None, place + 1
        if after == len(lines):
            break
        joined += "\n" + lines[after]
        after += 1
    return None, place + 1


def plain(text: str) -> str:
    """A word or number as it is meant: full-width letters and digits made narrow, space trimmed.

    >>> plain(" ４２ "), plain("Ｙes")
    ('42', 'Yes')
    """
    return text.strip() if text.isascii() else text.translate(_NARROW).strip()


def whole(text: str) -> int | None:
    """A whole number of zero or more, or None where it is not one.

    >>> whole("４５"), whole("1,234"), whole("-1"), whole("4.5"), whole("²")
    (45, None, None, None, None)
    """
    digits = plain(text)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None


@lru_cache(maxsize=4096)
def amount(text: str) -> int | Fraction | None:
    """Points: a decimal number, exactly.

    >>> amount("3"), amount("0.5"), amount("-2"), amount("1e3"), amount("nan")
    (3, Fraction(1, 2), -2, None, None)
    """
    digits = plain(text)
    body = digits.removeprefix("-").removeprefix("+")
    if not body or not body.isascii() or len(body) > 30 or not body.replace(".", "", 1).isdigit():
        return None
    value = Fraction(digits)
    return value.numerator if value.denominator == 1 else value


def header_of(names: Sequence[str]) -> dict[str, int]:
    """Where each column stands; names are told without regard to case. A name that stands twice is -1."""
    found: dict[str, int] = {}
    for place, name in enumerate(names):
        key = plain(name).lower()
        if key:
            found[key] = -1 if key in found else place
    return found
