"""Rows out of a JSON, CSV or Excel file, each cell as the file has it: text, number or nothing."""

from __future__ import annotations

import csv
import io
import json
import struct
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import openpyxl

from ledger.problems import Problem, Problems
from ledger.strict_yaml import shown

MAX_BYTES = 64 * 1024 * 1024
MAX_UNPACKED = 256 * 1024 * 1024
MOST_PARTS = 2000
KINDS = (".json", ".csv", ".xlsx")

Cell = Any  # str | int | Decimal | bool | None; from JSON also list and dict


@dataclass(frozen=True)
class Row:
    """One row: its number as its reader sees it, its cells by column, and cells beyond the last column."""

    number: int
    cells: Mapping[str, Cell]
    surplus: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class Table:
    """A file's columns, in order, and its rows."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Layout:
    """What a mapping says about where the rows stand in its file."""

    rows: str | None = None
    sheet: str | None = None
    encoding: str = "utf-8"
    delimiter: str = ","


def read_table(path: Path, layout: Layout = Layout()) -> Table:
    """Read a file; raises Problems, without reading half of it."""
    name = shown(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _fault(name, f"cannot be read ({error.strerror}). Check that it is there.") from None
    if len(data) > MAX_BYTES:
        raise _fault(name, f"is larger than {MAX_BYTES // 1024 // 1024} MiB. Split it into several files.")
    match path.suffix.lower():
        case ".json":
            return json_table(data, name, layout)
        case ".csv":
            return csv_table(data, name, layout)
        case ".xlsx":
            return xlsx_table(data, name, layout)
    raise _fault(name, f"is not a table this command reads. Use one of: {', '.join(KINDS)}.")


def json_table(data: bytes, name: str, layout: Layout = Layout()) -> Table:
    """A list of objects; with `rows`, the list that stands under that key. Rows count from 1.

    >>> table = json_table(b'[{"a": 1.10}, {"b": null}]', "x.json")
    >>> table.columns, table.rows[0].cells
    (('a', 'b'), {'a': Decimal('1.10')})
    """
    try:
        value = json.loads(
            data.decode("utf-8-sig"),
            parse_float=Decimal,
            parse_constant=_no_constant,
            object_pairs_hook=_no_repeated_key,
        )
    except UnicodeDecodeError:
        raise _fault(name, "is not UTF-8 text. Save the file as UTF-8.") from None
    except RecursionError:
        raise _fault(name, "is nested too deeply. Give a plain list of objects.") from None
    except ValueError as error:
        raise _fault(name, f"is not JSON that can be read safely ({error}). Mend the file.") from None
    if layout.rows is not None:
        value = value.get(layout.rows) if isinstance(value, dict) else None
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        where = f"under '{layout.rows}'" if layout.rows is not None else "at the top"
        raise _fault(
            name, f"has no list of objects {where}. Say with 'rows:' in the mapping under which key it is."
        )
    columns = tuple(dict.fromkeys(key for each in value for key in each))
    return Table(columns, tuple(Row(number, each) for number, each in enumerate(value, 1)))


def csv_table(data: bytes, name: str, layout: Layout = Layout()) -> Table:
    """A header and rows; a row's number is the line it begins on. Lines with nothing on them are no rows.

    >>> csv_table("名称,金额\\n桥,3.50\\n".encode(), "x.csv").rows
    (Row(number=2, cells={'名称': '桥', '金额': '3.50'}, surplus=()),)
    """
    encoding = "utf-8-sig" if layout.encoding == "utf-8" else layout.encoding
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        hint = "Files from Excel in Chinese are often 'encoding: gb18030'; say so in the mapping."
        raise _fault(name, f"is not {layout.encoding} text. {hint}") from None
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=layout.delimiter, strict=True)
    numbered: list[tuple[int, Sequence[Cell]]] = []
    begins = 1
    try:
        for cells in lines:
            numbered.append((begins, cells))
            begins = lines.line_num + 1
    except csv.Error as error:
        raise _fault(
            f"{name}:{begins}", f"is not CSV here ({error}). Look for a quote that is not closed."
        ) from None
    return _with_header(numbered, name)


def xlsx_table(data: bytes, name: str, layout: Layout = Layout()) -> Table:
    """The first sheet, or the one named; its first filled row is the header. Formulas give their results."""
    _unpackable(data, name)
    try:
        shown_rows, held_rows = _sheet(data, name, layout, data_only=True), _sheet(data, name, layout)
    except Problems:
        raise
    except Exception:  # a damaged file fails in as many ways as it has parts
        raise _fault(name, "is not an Excel file that can be read. Save it again as .xlsx.") from None
    for number, (seen, held) in enumerate(zip(shown_rows, held_rows, strict=True), 1):
        if any(one is None and other is not None for one, other in zip(seen, held, strict=True)):
            what = "holds a formula without a result. Open it in Excel, save it, and try again."
            raise _fault(f"{name}:{number}", what)
    return _with_header(
        ((n, [_from_excel(cell) for cell in row]) for n, row in enumerate(shown_rows, 1)), name
    )


def _unpackable(data: bytes, name: str) -> None:
    """Refuse a workbook that is small only while it is packed; its members are read and never written out."""
    try:
        with ZipFile(io.BytesIO(data)) as book:
            parts = book.infolist()
    except (BadZipFile, ValueError, OSError, NotImplementedError, struct.error):
        raise _fault(name, "is not an Excel file that can be read. Save it again as .xlsx.") from None
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        what = f"unpacks to more than {MAX_UNPACKED // 1024 // 1024} MiB. Save only the rows, as CSV."
        raise _fault(name, what)


def _sheet(data: bytes, name: str, layout: Layout, data_only: bool = False) -> list[tuple[Any, ...]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what Excel draws on a sheet and openpyxl leaves alone
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=data_only)
        if layout.sheet is not None and layout.sheet not in book.sheetnames:
            raise _fault(name, f"has no sheet '{layout.sheet}'. It has: {', '.join(book.sheetnames)}.")
        return list(book[layout.sheet or book.sheetnames[0]].iter_rows(values_only=True))


def _from_excel(cell: Any) -> Cell:
    """A cell as people read it: a day without a clock is a date, a number is the decimal that Excel shows.

    >>> _from_excel(datetime(2026, 3, 2)), _from_excel(0.1), _from_excel(12.0)
    ('2026-03-02', Decimal('0.1'), 12)
    """
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(timespec="minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat(timespec="minutes")
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else Decimal(repr(cell))
    return cell if cell is None or isinstance(cell, (str, int)) else str(cell)


def _with_header(numbered: Iterable[tuple[int, Sequence[Cell]]], name: str) -> Table:
    filled = iter(
        [(number, cells) for number, cells in numbered if any(cell not in (None, "") for cell in cells)]
    )
    line, header = next(filled, (1, ()))
    while header and header[-1] in (None, ""):
        header = header[:-1]
    columns = tuple(str(cell if cell is not None else "").strip() for cell in header)
    if not columns:
        raise _fault(name, "is empty. Its first row must name the columns.")
    if "" in columns:
        raise _fault(
            f"{name}:{line}",
            f"column {columns.index('') + 1} has no name. Name every column in the first row.",
        )
    if twice := [each for each in columns if columns.count(each) > 1]:
        raise _fault(f"{name}:{line}", f"two columns are named '{twice[0]}'. Give each its own name.")
    return Table(columns, tuple(_row(number, columns, cells) for number, cells in filled))


def _row(number: int, columns: Sequence[str], cells: Sequence[Cell]) -> Row:
    named: Iterator[tuple[str, Cell]] = zip_longest(columns, cells[: len(columns)])
    surplus = tuple(cell for cell in cells[len(columns) :] if cell not in (None, ""))
    return Row(number, dict(named), surplus)


def _no_constant(written: str) -> Any:
    raise ValueError(f"{written} is not a number")


def _no_repeated_key(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(
            f"the key {next(key for key in keys if keys.count(key) > 1)!r} stands twice in one object"
        )
    return value


def _fault(where: str, what: str) -> Problems:
    return Problems([Problem(where, "", what)])
