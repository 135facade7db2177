"""A sheet as XLSX, the same bytes from the same rows: no clock in it, and no cell that is run.

openpyxl writes the frame, once; name, widths and rows go into its XML as plain texts and numbers, in a small
part of the time.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from functools import cache
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

from publisher.download.cells import Cell, Titles, heading
from publisher.download.formats import worded
from publisher.download.sheet import Row, Sheet

LONGEST = 32_767
"""Characters a cell of a spreadsheet can hold."""
CUT = "…（太长，全文见 CSV）"
MONEY = "#,##0.00"
NO_CLOCK = datetime(2000, 1, 1)
WIDTHS = {"long": 60, "string": 24, "strings": 30, "reference": 30, "references": 36, "uri": 30}
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_UNSAFE_NAME = re.compile(r"[\\/*?:\[\]']")
PAGE, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
_NAME, _ALL = "name-of-the-sheet", "A1:B2"
_HEADING, _MONEY = 1, 2
"""Styles of cells, by their number in the frame."""


def xlsx(sheet: Sheet, rows: Iterable[Row], titles: Titles) -> bytes:
    """One workbook with one sheet: headings that stay in view, a filter over them, plain values."""
    frame, letters = _frame(), [get_column_letter(n) for n in range(1, len(sheet.columns) + 1)]
    lines = [_headings(sheet, letters), *_lines(worded(sheet, rows, titles), letters)]
    widths = "".join(
        f'<col width="{WIDTHS.get(column.type, 16)}" customWidth="1" min="{n}" max="{n}" />'
        for n, column in enumerate(sheet.columns, 1)
    )
    head, _, rest = frame[PAGE].partition(b"<cols>")
    tail = rest.partition(b"</sheetData>")[2].replace(_ALL.encode(), f"A1:{letters[-1]}{len(lines)}".encode())
    cells = b"".join([f"<cols>{widths}</cols><sheetData>".encode(), *lines, b"</sheetData>"])
    name = escape(_UNSAFE_NAME.sub(" ", sheet.label["zh"])[:31], {'"': "&quot;"})
    book = frame[BOOK].decode().replace(_NAME, name).replace("$A$1:$B$2", f"$A$1:${letters[-1]}${len(lines)}")
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        for member, data in (frame | {PAGE: head + cells + tail, BOOK: book.encode()}).items():
            archive.writestr(_member(member), data)
    return out.getvalue()


@cache
def _frame() -> dict[str, bytes]:
    """The members of a workbook whose one sheet has yet to get its name, its widths and its rows."""
    book = Workbook(write_only=True)
    book.properties.creator = "Mingbai"
    book.properties.created = book.properties.modified = NO_CLOCK
    page = book.create_sheet(_NAME)
    page.freeze_panes, page.auto_filter.ref = "B2", _ALL
    page.column_dimensions["A"].width = 16
    heading, money = WriteOnlyCell(page, "A"), WriteOnlyCell(page, Decimal(0))
    heading.font, heading.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    money.number_format = MONEY
    assert (heading.style_id, money.style_id) == (_HEADING, _MONEY)
    page.append([heading, money])
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        ExcelWriter(book, archive).write_data()
    with ZipFile(out) as archive:
        frame = {name: archive.read(name) for name in archive.namelist()}
    assert all(
        frame[PAGE].count(each) == 1 for each in (b"<cols>", b"</cols>", b"</sheetData>", _ALL.encode())
    )
    assert frame[BOOK].count(_NAME.encode()) == 2 and frame[BOOK].count(b"$A$1:$B$2") == 1
    return frame


def _headings(sheet: Sheet, letters: list[str]) -> bytes:
    cells = "".join(
        _text(f'r="{letter}1" s="{_HEADING}"', heading(column))
        for letter, column in zip(letters, sheet.columns, strict=True)
    )
    return f'<row r="1">{cells}</row>'.encode()


def _lines(rows: Iterable[Iterable[Cell]], letters: list[str]) -> Iterator[bytes]:
    """Each row as XML. A text is a text, whatever it begins with."""
    for n, row in enumerate(rows, 2):
        cells = "".join(
            [
                _cell(f"{letter}{n}", value)
                for letter, value in zip(letters, row, strict=True)
                if value is not None and value != ""
            ]
        )
        yield f'<row r="{n}">{cells}</row>'.encode()


def _cell(at: str, value: Cell) -> str:
    if isinstance(value, str):
        return _text(f'r="{at}"', value)
    if isinstance(value, Decimal):
        return f'<c r="{at}" s="{_MONEY}"><v>{value:f}</v></c>'
    return f'<c r="{at}"><v>{value!r}</v></c>'


def _text(told: str, text: str) -> str:
    plain = escape(fitting(text)).replace("\r", "&#13;")
    return f'<c {told} t="inlineStr"><is><t xml:space="preserve">{plain}</t></is></c>'


def fitting(text: str) -> str:
    """A text as a cell can hold it.

    >>> fitting("a\\x0bb")
    'a\\ufffdb'
    """
    text = _NOT_IN_XML.sub("\ufffd", text)
    return text if len(text) <= LONGEST else text[: LONGEST - len(CUT)] + CUT


def _member(name: str) -> ZipInfo:
    info = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type, info.external_attr = ZIP_DEFLATED, 0o644 << 16
    return info
