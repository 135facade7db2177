"""A sheet as text: CSV as public.db has it, CSV as Excel opens it, one JSON object a line."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

from publisher.data.spreadsheet import safe_cell
from publisher.download.cells import Cell, Titles, as_json, heading, in_table
from publisher.download.sheet import LISTS, Row, Sheet

BOM = "\ufeff"
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


class _Sink(Protocol):
    def write(self, text: str, /) -> Any: ...


class _Digest:
    """Takes what a file would hold and keeps only its digest."""

    def __init__(self) -> None:
        self.total = hashlib.blake2b(digest_size=16)

    def write(self, text: str) -> None:
        self.total.update(text.encode("utf-8", "surrogatepass"))


def plain_csv(sheet: Sheet, rows: Iterable[Row]) -> bytes:
    """The cells of public.db: codes, ISO days, whole cents, lists as JSON; an empty cell holds nothing, and a
    text that a spreadsheet would run has a ' in front."""
    out = io.StringIO()
    _write_plain(sheet, ([_safe(cell) for cell in row] for row in rows), out)
    return out.getvalue().encode()


def _write_plain(sheet: Sheet, rows: Iterable[Sequence[Any]], out: _Sink) -> None:
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([each.name for each in sheet.columns])
    writer.writerows(rows)


def digests(sheet: Sheet, rows: Iterable[Row], titles: Titles) -> tuple[str, str]:
    """A digest over a sheet's cells, and one over the titles of the records that they name."""
    cells, named = _Digest(), hashlib.blake2b(digest_size=16)
    at = [
        (n, each.type in LISTS)
        for n, each in enumerate(sheet.columns)
        if each.type in ("reference", "references")
    ]

    def seen() -> Iterable[Row]:
        for row in rows:
            for n, many in at:
                if value := row[n]:
                    for code in json.loads(value) if many else (value,):
                        named.update(titles.get(code, "").encode() + b"\0")
            yield row

    _write_plain(sheet, seen(), cells)
    return cells.total.hexdigest(), named.hexdigest()


def excel_csv(sheet: Sheet, rows: Iterable[Row], titles: Titles) -> bytes:
    """The same in words under Chinese headings; the mark in front tells Excel the encoding."""
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe_cell(heading(each)) for each in sheet.columns])
    writer.writerows([_safe(cell) for cell in row] for row in worded(sheet, rows, titles))
    return out.getvalue().encode()


def worded(sheet: Sheet, rows: Iterable[Row], titles: Titles) -> Iterable[Sequence[Cell]]:
    """Rows as a person reads them."""
    says = [in_table(each, titles) for each in sheet.columns]
    return ([say(value) for say, value in zip(says, row, strict=True)] for row in rows)


def ndjson(sheet: Sheet, rows: Iterable[Row]) -> bytes:
    """One object a line, every column in each."""
    names = [each.name for each in sheet.columns]
    says = [as_json(each) for each in sheet.columns]
    lines = [
        _encode({name: say(value) for name, say, value in zip(names, says, row, strict=True)}) for row in rows
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def lines(value: Mapping[str, Any]) -> str:
    """A JSON object with one of its own keys a line: read by people too, and written by the fast encoder.

    >>> lines({"a": [1, 2], "b": {"c": None}})
    '{\\n"a":[1,2],\\n"b":{"c":null}\\n}\\n'
    """
    return "{\n" + ",\n".join([f"{_encode(key)}:{_encode(part)}" for key, part in value.items()]) + "\n}\n"


def _safe(cell: Cell) -> Cell:
    return safe_cell(cell) if isinstance(cell, str) else f"{cell:f}" if isinstance(cell, Decimal) else cell
