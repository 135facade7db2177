"""A sheet as XLSX, the same bytes from the same rows: no clock in it, and no cell that is run.

openpyxl writes the workbook and its headings; the rows go into the sheet's XML as plain texts and numbers,
in a small part of the time.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
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
_END = b"</sheetData>"


def xlsx(sheet: Sheet, rows: Iterable[Row], titles: Titles) -> bytes:
    """One workbook with one sheet: headings that stay in view, a filter over them, plain values."""
    book = Workbook(write_only=True)
    book.properties.creator = "Mingbai"
    book.properties.created = book.properties.modified = NO_CLOCK
    page = book.create_sheet(_UNSAFE_NAME.sub(" ", sheet.label["zh"])[:31])
    page.freeze_panes = "B2"
    for n, column in enumerate(sheet.columns, 1):
        page.column_dimensions[get_column_letter(n)].width = WIDTHS.get(column.type, 16)
    page.append(_headings(page, sheet))
    money = WriteOnlyCell(page, Decimal(0))
    money.number_format = MONEY
    told = list(_lines(worded(sheet, rows, titles), len(sheet.columns), money.style_id))
    page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{len(told) + 1}"
    out = io.BytesIO()
    with _Timeless(out, "w", ZIP_DEFLATED) as archive:
        archive.rows = told
        ExcelWriter(book, archive).write_data()
    return out.getvalue()


def _headings(page: Any, sheet: Sheet) -> Iterator[Any]:
    bold, wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    for column in sheet.columns:
        cell = WriteOnlyCell(page, heading(column))
        cell.data_type, cell.font, cell.alignment = "s", bold, wrapped
        yield cell


def _lines(rows: Iterable[Iterable[Cell]], width: int, money: int) -> Iterator[bytes]:
    """Each row as XML. A text is a text, whatever it begins with."""
    letters = [get_column_letter(n) for n in range(1, width + 1)]
    for n, row in enumerate(rows, 2):
        cells = "".join(
            [
                _cell(f"{letter}{n}", value, money)
                for letter, value in zip(letters, row, strict=True)
                if value is not None and value != ""
            ]
        )
        yield f'<row r="{n}">{cells}</row>'.encode()


def _cell(at: str, value: Cell, money: int) -> str:
    if isinstance(value, str):
        text = escape(fitting(value)).replace("\r", "&#13;")
        return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    if isinstance(value, Decimal):
        return f'<c r="{at}" s="{money}"><v>{value:f}</v></c>'
    return f'<c r="{at}"><v>{value!r}</v></c>'


def fitting(text: str) -> str:
    """A text as a cell can hold it.

    >>> fitting("a\\x0bb")
    'a\\ufffdb'
    """
    text = _NOT_IN_XML.sub("\ufffd", text)
    return text if len(text) <= LONGEST else text[: LONGEST - len(CUT)] + CUT


class _Timeless(ZipFile):
    """A zip whose members have no time of their own, and whose sheet gets its rows."""

    rows: Iterable[bytes] = ()

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        """A member out of bytes."""
        super().writestr(_member(zinfo_or_arcname), data, ZIP_DEFLATED)

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        """The sheet: its headings as openpyxl wrote them, then the rows."""
        with open(filename, "rb") as file:
            head, end, tail = file.read().rpartition(_END)
        with self.open(_member(arcname), "w", force_zip64=True) as member:
            member.write(head + b"".join(self.rows) + end + tail)


def _member(name: str) -> ZipInfo:
    info = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type, info.external_attr = ZIP_DEFLATED, 0o644 << 16
    return info
