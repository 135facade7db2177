"""CSV, CSV for Excel, XLSX and NDJSON say the same as public.db, row by row, whatever is written in it."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ledger.fields import Field
from ledger.forms import Form, load_forms
from ledger.records import read_record
from publisher.data.spreadsheet import safe_cell
from publisher.download import formats
from publisher.download.cells import heading, in_table
from publisher.download.sheet import PROOFS, Column, Sheet, opened, rows, sheets
from publisher.download.workbook import fitting, xlsx
from publisher.reading.public import read_public
from tests.publisher.fake import CONTENT, FakeLedger
from tests.publisher.taken_home import WORDS, put, written

FORMS = load_forms(CONTENT)
HOSTILE = (
    "=1+1", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", " =1+1", "＝1+1", "-5", "+3.5",
    "0123", "1e5", "#REF!", "#N/A", "TRUE", "2026-03-02", "'", '"', '""', 'a"b,c', "a,b;c\td", "a\nb",
    "a\r\nb\rc", "\n", " 前后空格 ", "<script>alert(1)</script>", "&amp;<b>", "{{ 7*7 }}", "\ufeff开头",
    "\u202e反过来", "e\u0301", "𠮷野家", "👩‍👩‍👧",
    "\u200b", "[]", '["a"]', "null", "NaN", "\x00", "\x0b", "_x000D_",
)  # fmt: skip
TOO_LONG = "长" * 33_000
"""More than a cell of a spreadsheet can hold."""


def answer(asked: Field, text: str) -> Any:
    """A text wherever a field takes one."""
    if asked.each:
        return [{name: answer(each, text) for name, each in asked.each.items()}] * 2
    if asked.type in ("string", "long", "choice", "reference", "uri"):
        return text
    if asked.type in ("strings", "choices", "references"):
        return [text, "二"]
    return {"integer": -7, "money": -123456789, "number": -0.5, "boolean": True}.get(asked.type)


def hostile() -> FakeLedger:
    """A record of every kind for each text, in every field that takes one."""
    ledger = FakeLedger()
    for form in FORMS.values():
        for text in (*HOSTILE, TOO_LONG) if form.kind == "visit" else HOSTILE:
            given = {name: answer(asked, text) for name, asked in form.fields.items()}
            ledger.file(form, {name: value for name, value in given.items() if value is not None})
    return ledger


def some(*kinds: str) -> dict[str, Form]:
    """A few of the forms."""
    return {kind: FORMS[kind] for kind in kinds}


def sample(*kinds: str) -> FakeLedger:
    """Every record of the sample congress, or of some of its kinds."""
    ledger = FakeLedger()
    for kind, form in some(*(kinds or FORMS)).items():
        for file in sorted(CONTENT.glob(f"records/{kind}/*.yaml")):
            ledger.file(form, read_record(file).answers, name=file.stem)
    return ledger


@pytest.fixture(scope="module", params=["sample", "hostile"])
def release(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    path = tmp_path_factory.mktemp(request.param) / "release"
    # What is only tied to a suggestion has none here: each kind then stands alone and shows all its fields.
    forms = {"sample": FORMS, "hostile": {kind: alone(form) for kind, form in FORMS.items()}}[request.param]
    put(path, {"sample": sample, "hostile": hostile}[request.param](), forms)
    written(path)
    return path


def alone(form: Form) -> Form:
    """A form whose records are public whatever else is."""
    return replace(form, withheld_with=None, publish_when=None, gate="none")


def each_sheet(release: Path) -> Iterable[tuple[Sheet, list[tuple[Any, ...]]]]:
    with opened(release / "data/public.db") as db:
        for sheet in sheets(db, WORDS):
            yield sheet, list(rows(db, sheet))


def path_of(release: Path, sheet: Sheet, format: str) -> Path:
    return release / "www/download" / f"{sheet.name}.{format}"


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def plain(value: Any) -> str:
    return "" if value is None else str(value)


def test_hostile_texts_are_there_to_be_looked_at(release: Path) -> None:
    held = {sheet.name: len(there) for sheet, there in each_sheet(release)}
    if "hostile" in str(release):
        assert all(held[kind] >= len(HOSTILE) - 5 for kind in FORMS if kind in held)
    else:
        assert held["suggestion"] > 20 and held["visit"] > 5


def test_every_table_of_the_database_is_there_but_proofs_and_search_indexes(release: Path) -> None:
    with closing(sqlite3.connect(release / "data/public.db")) as db:
        names = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    shown = {sheet.name for sheet, _ in each_sheet(release)}
    assert shown == {name for name in names if "_fts" not in name} - {*PROOFS}
    assert {"suggestion", "suggestion_state", "ballot_candidates", "field", "correction"} <= shown


def test_csv_holds_the_very_cells_of_the_database_and_none_that_would_run(release: Path) -> None:
    for sheet, there in each_sheet(release):
        head, *lines = read_csv(path_of(release, sheet, "csv"))
        assert head == [column.name for column in sheet.columns]
        assert lines == [[in_csv(value) for value in row] for row in there], sheet.name


def test_ndjson_holds_the_same_with_lists_as_lists(release: Path) -> None:
    for sheet, there in each_sheet(release):
        lines = path_of(release, sheet, "ndjson").read_text("utf-8").split("\n")
        assert lines.pop() == "" and len(lines) == len(there)
        for line, row in zip(lines, there, strict=True):
            for column, value in zip(sheet.columns, row, strict=True):
                said = json.loads(line)[column.name]
                if column.is_list and value is not None:
                    assert said == json.loads(value)
                elif column.type == "boolean" and value is not None:
                    assert said is bool(value)
                else:
                    assert said == value


def test_the_excel_files_hold_the_same_in_words_and_nothing_in_them_runs(release: Path) -> None:
    titles = read_public(release / "data/public.db").titles
    for sheet, there in each_sheet(release):
        says = [in_table(column, titles) for column in sheet.columns]
        words = [[say(value) for say, value in zip(says, row, strict=True)] for row in there]
        raw = path_of(release, sheet, "excel.csv").read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")
        _, *lines = read_csv(path_of(release, sheet, "excel.csv"))
        assert lines == [[in_csv(value) for value in row] for row in words], sheet.name
        assert all(cell == safe_cell(cell) or cell.startswith("'") for line in lines for cell in line)
        assert_workbook(path_of(release, sheet, "xlsx"), words)


def in_csv(value: Any) -> str:
    return safe_cell(value) if isinstance(value, str) else plain(value)


def assert_workbook(path: Path, words: list[list[Any]]) -> None:
    book = openpyxl.load_workbook(path)
    _, *lines = book.active.iter_rows()
    assert len(lines) == len(words)
    for line, row in zip(lines, words, strict=True):
        for cell, value in zip(line, row, strict=True):
            assert cell.data_type not in ("f", "e")
            if isinstance(value, str):
                assert (cell.value or "") == fitting(value)
            elif isinstance(value, Decimal):
                assert Decimal(str(cell.value)) == value and cell.number_format == "#,##0.00"
            else:
                assert cell.value == value


def test_a_workbook_takes_any_name_and_any_heading() -> None:
    odd = {"zh": """A&B<"C">'[]:*?/\\""" * 3, "en": "odd"}
    columns = tuple(Column(name, "text", kind, odd) for name, kind in (("a", "long"), ("b", "money")))
    sheet = Sheet("odd", "odd", odd, odd, columns, ("a",), {})
    book = openpyxl.load_workbook(io.BytesIO(xlsx(sheet, [("=1+1", 12_345), ("<a>&", None)], {})))
    page = book.active
    assert page.title == re.sub(r"[\\\\/*?:\[\]']", " ", odd["zh"])[:31]
    assert page.auto_filter.ref == "A1:B3" and page.freeze_panes == "B2"
    assert [page.column_dimensions[each].width for each in "AB"] == [60, 16]
    assert all(cell.font.bold and cell.alignment.wrap_text for cell in page[1])
    assert [cell.value for cell in page[1]] == [heading(column) for column in columns]
    assert page["A2"].value == "=1+1" and page["A2"].data_type != "f" and page["A3"].value == "<a>&"
    assert page["B2"].number_format == "#,##0.00" and page["B3"].value is None


def test_a_broken_writer_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    whole: Callable[..., bytes] = formats.plain_csv

    def rounded(sheet: Sheet, there: Iterable[Any]) -> bytes:
        return whole(sheet, [tuple(round(v, -2) if isinstance(v, int) else v for v in row) for row in there])

    monkeypatch.setattr(formats, "plain_csv", rounded)
    put(tmp_path / "release", sample("visit", "grid"), some("visit", "grid"))
    written(tmp_path / "release")
    with pytest.raises(AssertionError):
        test_csv_holds_the_very_cells_of_the_database_and_none_that_would_run(tmp_path / "release")


def test_the_whole_database_is_there_twice_and_its_packing_has_no_clock_in_it(release: Path) -> None:
    whole, there = (release / "data/public.db").read_bytes(), release / "www/download"
    assert (there / "public.db").read_bytes() == whole
    packed = (there / "public.db.gz").read_bytes()
    assert gzip.decompress(packed) == whole and packed[4:8] == bytes(4)


def test_the_sums_name_every_file_once_and_hold(release: Path) -> None:
    there = release / "www/download"
    lines = (there / "SHA256SUMS").read_text("utf-8").splitlines()
    sums = dict(reversed(line.split("  ")) for line in lines)
    assert len(sums) == len(lines) and sums.keys() == {path.name for path in there.iterdir()} - {"SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256((there / name).read_bytes()).hexdigest() == digest


def test_what_did_not_change_is_the_same_file_and_what_did_is_not(tmp_path: Path) -> None:
    forms = some("deputy", "grid", "suggestion")
    ledger = sample(*forms)
    put(tmp_path / "one", ledger, forms)
    first = written(tmp_path / "one")
    grid = FORMS["grid"]
    code = ledger.names["grid", "shiqiao-town"]
    named = dict(next(each for each in ledger.records("grid") if each.code == code).answers)
    ledger.file(grid, {**named, "name": "石桥新镇"}, code=code, name="shiqiao-town")
    put(tmp_path / "two", ledger, forms)
    second = written(tmp_path / "two", (tmp_path / "one", first))
    put(tmp_path / "clean", ledger, forms)
    written(tmp_path / "clean")
    assert tree(tmp_path / "two/www") == tree(tmp_path / "clean/www")
    same = inodes(tmp_path / "one/www") & inodes(tmp_path / "two/www")
    assert {"download/deputy.csv", "download/deputy.xlsx"} <= {name for name, _ in same}
    # A title stands in the Excel files of those that name it, and in no CSV but its own.
    written_names = set(second.written)
    assert {"download/grid.csv", "download/suggestion.xlsx", "download/suggestion.excel.csv"} <= written_names
    assert "download/suggestion.csv" not in written_names


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def inodes(folder: Path) -> set[tuple[str, int]]:
    return {
        (path.relative_to(folder).as_posix(), path.stat().st_ino)
        for path in folder.rglob("*")
        if path.is_file()
    }
