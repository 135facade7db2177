"""What is read out of a JSON, CSV or Excel file, before any mapping."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.tables import MAX_BYTES, Layout, csv_table, json_table, read_table, xlsx_table
from ledger.problems import Problems


def workbook(*rows: list[Any], title: str = "Sheet") -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = title
    for row in rows:
        book.active.append(row)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def said(error: pytest.ExceptionInfo[Problems]) -> str:
    return str(error.value)


def test_a_decimal_in_json_is_never_a_float() -> None:
    table = json_table(b'[{"amount": 0.1}, {"amount": 417000.0000000001}]', "x.json")
    assert [row.cells["amount"] for row in table.rows] == [Decimal("0.1"), Decimal("417000.0000000001")]


def test_json_rows_may_stand_under_a_key_and_may_lack_columns() -> None:
    table = json_table(b'{"results": [{"a": 1}, {"b": 2}]}', "x.json", Layout(rows="results"))
    assert table.columns == ("a", "b")
    assert [row.number for row in table.rows] == [1, 2]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"{", "is not JSON"),
        (b'{"a": 1}', "no list of objects at the top"),
        (b"[1, 2]", "no list of objects"),
        (b'[{"a": NaN}]', "NaN is not a number"),
        (b'[{"a": 1, "a": 2}]', "'a' stands twice"),
        ("[]".encode("utf-16"), "is not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_json_file_that_cannot_be_trusted_is_refused_in_words(data: bytes, expected: str) -> None:
    with pytest.raises(Problems) as error:
        json_table(data, "x.json")
    assert expected in said(error) and said(error).startswith("x.json")


def test_a_csv_row_is_numbered_by_its_first_line() -> None:
    table = csv_table('名称,说明\n\n桥,"两行\n文字"\n路,\n'.encode(), "x.csv")
    assert [(row.number, dict(row.cells)) for row in table.rows] == [
        (3, {"名称": "桥", "说明": "两行\n文字"}),
        (5, {"名称": "路", "说明": ""}),
    ]


def test_a_short_csv_row_answers_less_and_a_long_one_keeps_its_surplus() -> None:
    short, long = csv_table(b"a,b\n1\n1,2,3,,4\n", "x.csv").rows
    assert dict(short.cells) == {"a": "1", "b": None} and short.surplus == ()
    assert long.surplus == ("3", "4")


def test_a_csv_file_from_a_chinese_excel_is_read_when_the_mapping_names_its_encoding() -> None:
    data = "名称\n青溪桥\n".encode("gb18030")
    assert csv_table(data, "x.csv", Layout(encoding="gb18030")).rows[0].cells == {"名称": "青溪桥"}
    with pytest.raises(Problems) as error:
        csv_table(data, "x.csv")
    assert "gb18030" in said(error)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"a,,b\n", "column 2 has no name"),
        (b"a,a\n", "two columns are named 'a'"),
        (b'a\n"open', "x.csv:2"),
    ],
)
def test_a_csv_file_that_is_not_a_table_is_refused_in_words(data: bytes, expected: str) -> None:
    with pytest.raises(Problems) as error:
        csv_table(data, "x.csv")
    assert expected in said(error)


def test_an_excel_cell_is_read_as_people_see_it() -> None:
    data = workbook(
        ["日", "刻", "时", "数", "整", "字"],
        [date(2026, 3, 2), datetime(2026, 3, 2, 9, 30), time(9, 5), 0.1, 3.0, "桥"],
    )
    row = xlsx_table(data, "x.xlsx").rows[0]
    assert row.number == 2
    assert list(row.cells.values()) == ["2026-03-02", "2026-03-02T09:30", "09:05", Decimal("0.1"), 3, "桥"]


def test_an_excel_formula_without_a_result_is_refused() -> None:
    with pytest.raises(Problems) as error:
        xlsx_table(workbook(["a", "b"], [1, "=A2*2"]), "x.xlsx")
    assert "formula" in said(error) and "x.xlsx:2" in said(error)


def test_a_sheet_is_chosen_by_name() -> None:
    data = workbook(["a"], [1], title="2026")
    assert xlsx_table(data, "x.xlsx", Layout(sheet="2026")).rows[0].cells == {"a": 1}
    with pytest.raises(Problems) as error:
        xlsx_table(data, "x.xlsx", Layout(sheet="2025"))
    assert "It has: 2026" in said(error)


def test_what_is_no_table_is_refused_in_words(tmp_path: Path) -> None:
    for name, expected in (("x.pdf", "is not a table"), ("missing.csv", "cannot be read")):
        path = tmp_path / name
        if name == "x.pdf":
            path.write_bytes(b"%PDF")
        with pytest.raises(Problems) as error:
            read_table(path)
        assert expected in said(error)
    (tmp_path / "big.csv").write_bytes(b"a\n" + b"1\n" * (MAX_BYTES // 2))
    with pytest.raises(Problems) as error:
        read_table(tmp_path / "big.csv")
    assert "larger than 64 MiB" in said(error)


@given(st.binary(max_size=400))
def test_no_bytes_make_more_than_a_problem(data: bytes) -> None:
    for read, name in ((json_table, "x.json"), (csv_table, "x.csv"), (xlsx_table, "x.xlsx")):
        try:
            read(data, name)
        except Problems as problems:
            assert problems.problems


def test_a_damaged_excel_file_makes_no_more_than_a_problem() -> None:
    whole = workbook(["a", "b"], [1, 2], [3, 4])
    for at in range(0, len(whole), 7):
        damaged = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        try:
            xlsx_table(damaged, "x.xlsx")
        except Problems as problems:
            assert "Save it again" in str(problems) or "x.xlsx" in str(problems)


@given(st.lists(st.tuples(st.text("桥路a,\"'\n 0", min_size=1), st.text("村b;\r\n")), min_size=1))
def test_what_a_csv_writer_wrote_is_read_back(rows: list[tuple[str, str]]) -> None:
    import csv

    held = io.StringIO(newline="")
    csv.writer(held).writerows([("名称", "说明"), *rows])
    table = csv_table(held.getvalue().encode(), "x.csv")
    assert [(row.cells["名称"], row.cells["说明"]) for row in table.rows] == rows
