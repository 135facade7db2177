"""Lines and fields of a file of ballots, and its faults: what any of our readers needs."""

from __future__ import annotations

import csv
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal, NoReturn

from ledger.problems import Problem, Problems
from ledger.rules.ballot.verdict import Ballot, Totals

MAX_BYTES = 256 << 20
MAX_FAULTS = 50
MAX_JOINED = 200  # lines that one quoted field may span

Row = tuple[int, list[str]]
Kind = Literal["pb", "ballots", "named", "totals"]

_POINT_ZERO = re.compile(r"(?<=[0-9])\.0+$")
_AMOUNT = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?|[+-]?\.[0-9]+")
_NARROW = {0xFF00 + code - 0x20: code for code in range(0x21, 0x7F) if chr(code).isalnum()}


@dataclass(frozen=True)
class BallotFile:
    """One file, counted. `notes` are worth a look; `doubts` are reasons why no verdict can stand on it;
    `refused` are the lines or marks that were not counted, each with its reason; `said` are the terms that
    the file itself states."""

    kind: Kind
    ballot: Ballot
    totals: Totals
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    refused: tuple[Problem, ...] = ()
    said: frozenset[str] = frozenset()


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

    def all(self) -> tuple[Problem, ...]:
        """What was found, and how much more there was."""
        rest = [Problem(self.name, "", f"and {self.more} more faults")] if self.more else []
        return (*self.found, *rest)

    def check(self) -> None:
        """Raise what was found, if anything was."""
        if self.found:
            raise Problems(self.all())

    def stop(self, line: int | None, at: str, what: str) -> NoReturn:
        """Note one last fault and raise."""
        self.add(line, at, what)
        self.check()
        raise AssertionError


def decoded(data: bytes, faults: Faults) -> tuple[str, str]:
    """The text of a file, with one kind of line end; and which encoding it is in, where that is not UTF-8."""
    if len(data) > MAX_BYTES:
        faults.stop(None, "", f"is larger than {MAX_BYTES >> 20} MiB. Split it.")
    text, encoding = _text(data, faults)
    if "\0" in text:
        faults.stop(text.count("\n", 0, text.index("\0")) + 1, "", "holds a NUL: this is not a text file.")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text, encoding


def _text(data: bytes, faults: Faults) -> tuple[str, str]:
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        try:
            return data.decode("utf-16"), "UTF-16"
        except UnicodeDecodeError:
            faults.stop(None, "", "begins as UTF-16 text and is broken. Save the file as UTF-8.")
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        before = data[: error.start].decode("utf-8", "ignore")
    # Chinese that reads well up to the fault is UTF-8 with a broken place, and never GB18030.
    if before.isascii() or max(before) < "\u2e80":
        try:
            return data.decode("gb18030"), "GB18030"
        except UnicodeDecodeError:
            pass
    faults.stop(line, "", "is neither UTF-8 nor GB18030 text. Save the file as UTF-8.")


def records(text: str, delimiter: str, faults: Faults, *, columns: bool = True) -> Iterator[Row]:
    """Every row with its first line number; empty lines and `#` lines are passed over. A `#` line with as
    many fields as the header is a row: a name may begin so. Where `columns` is False the reader looks itself.

    A quoted field may hold the delimiter, doubled quotes and line ends. Where `columns` is False a quote that
    does not close is a letter like any other: names of projects hold such quotes.
    """
    lines = text.split("\n")
    place, end, width = 0, len(lines), 0
    while place < end:
        line, number = lines[place], place + 1
        place += 1
        if not line or line.isspace():
            continue
        if columns and (line[0] == "#" or not width):
            if line[0] == "#" and (not width or line.count(delimiter) + 1 != width):
                continue
            width = width or line.count(delimiter) + 1
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
    """A whole number of zero or more, or None where it is not one. Tables with gaps are saved with `.0`.

    >>> whole("４５"), whole("45.0"), whole("1,234"), whole("-1"), whole("4.5"), whole("²")
    (45, 45, None, None, None, None)
    """
    digits = _POINT_ZERO.sub("", plain(text))
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None


@lru_cache(maxsize=4096)
def amount(text: str) -> int | Fraction | None:
    """Points: a decimal number, exactly.

    >>> amount("3"), amount("0.5"), amount("-2"), amount("-+2"), amount("1e3"), amount("nan")
    (3, Fraction(1, 2), -2, None, None, None)
    """
    digits = plain(text)
    if len(digits) > 30 or not _AMOUNT.fullmatch(digits):
        return None
    value = Fraction(digits)
    return value.numerator if value.denominator == 1 else value


def header_of(names: Sequence[str]) -> dict[str, int]:
    """Where each column stands; names are told without regard to case. A name that stands twice is -1."""
    found: dict[str, int] = {}
    for place, name in enumerate(names):
        key = plain(name).lower().replace(" ", "_")
        if key:
            found[key] = -1 if key in found else place
    return found


def table(
    text: str, delimiter: str, faults: Faults, names: Mapping[str, Sequence[str]]
) -> tuple[dict[str, int], Iterable[Row]]:
    """A CSV's columns by their own names, and its rows; rows with too many fields are faults.

    `names` are other names that a column may have; its own goes before them.
    """
    rows = records(text, delimiter, faults)
    line, header = next(rows)
    columns = header_of(header)
    for name, at in columns.items():
        if at < 0:
            faults.add(line, name, "the column stands twice.")
    columns = renamed(columns, names)
    width = len(header)

    def checked() -> Iterable[Row]:
        for line, row in rows:
            if len(row) <= width or not any(part.strip() for part in row[width:]):
                yield line, row
            else:
                faults.add(line, "", f"has {len(row)} fields where the header has {width}.")

    return columns, checked()


def renamed(columns: dict[str, int], names: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """The columns, each also by its own name.

    >>> renamed({"姓名": 0, "vote": 1}, {"voter": ("代表", "姓名"), "vote": ("表决",)})
    {'姓名': 0, 'vote': 1, 'voter': 0}
    """
    found = {
        own: next((columns[name] for name in others if name in columns), -1)
        for own, others in names.items()
        if own not in columns
    }
    return columns | {own: at for own, at in found.items() if at >= 0}


def cell(row: list[str], columns: Mapping[str, int], name: str) -> str:
    """One field of a row, or nothing where the row or the file does not have it."""
    at = columns.get(name, -1)
    return plain(row[at]) if 0 <= at < len(row) else ""


def share(text: str) -> Fraction | None:
    """A share of people as `1/2`, above nothing and up to all.

    >>> share("2/3"), share("3/2"), share("0.5"), share("1/0")
    (Fraction(2, 3), None, None, None)
    """
    over, _, under = text.partition("/")
    up, down = whole(over), whole(under)
    return Fraction(up, down) if up and down and up <= down else None
