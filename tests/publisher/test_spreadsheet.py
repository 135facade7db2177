"""CSV that a spreadsheet can open without running it."""

from __future__ import annotations

import asyncio
import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.data.spreadsheet import SafeCsv, safe_cell, safe_rows

TRIGGERS = ["=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠"]
CELL = st.text(alphabet=st.sampled_from([*"=+-@＝＠ab\",\r\n\t 走\0'\ufeff"]), max_size=8)


def through(chunks: list[bytes], status: int = 200) -> tuple[list[Any], bytes]:
    """What SafeCsv makes of an answer that comes in these chunks."""
    sent: list[Any] = []

    async def run() -> None:
        async def send(message: Any) -> None:
            sent.append(message)

        safe = SafeCsv(send)
        headers = [(b"content-type", b"text/plain"), (b"content-length", b"9")]
        await safe({"type": "http.response.start", "status": status, "headers": headers})
        for chunk in chunks:
            await safe({"type": "http.response.body", "body": chunk, "more_body": True})
        await safe({"type": "http.response.body", "body": b""})

    asyncio.run(run())
    return sent, b"".join(message.get("body", b"") for message in sent)


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_a_cell_that_would_run_is_quoted(trigger: str) -> None:
    assert safe_cell(f"{trigger}cmd|' /C calc'!A0").startswith("'")
    assert safe_cell(f" \u3000{trigger}1+1").startswith("'")


@pytest.mark.parametrize("number", ["-5", "+3.5", "-1e-7", "0", "-0.25"])
def test_numbers_stay_numbers(number: str) -> None:
    assert safe_cell(number) == number


@pytest.mark.parametrize("text", ["走访", "a=b", "2026-03-02", "", "'=x", "1-2"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text


@given(st.lists(st.lists(CELL, min_size=1, max_size=3), max_size=4), st.integers(1, 9), st.data())
def test_a_stream_cut_anywhere_is_as_safe_as_a_whole(rows: list[list[str]], size: int, data: Any) -> None:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    body = out.getvalue().encode()
    _, streamed = through([body[n : n + size] for n in range(0, len(body), size)])
    parsed = list(csv.reader(io.StringIO(streamed.decode(), newline="")))
    written = list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert parsed == [[safe_cell(cell) for cell in row] for row in written]
    assert not [cell for row in parsed for cell in row if cell[:1] in TRIGGERS and not cell[1:2].isdigit()]


def test_a_record_is_passed_on_as_soon_as_it_is_whole() -> None:
    sent, _ = through([b'code,"=1\r\n', b'2"\r\nx', b",y\r\n"])
    assert [message.get("body") for message in sent[1:]] == [b"", b'code,"\'=1\r\n2"\r\n', b"x,y\r\n", b""]


def test_a_csv_answer_says_what_it_is() -> None:
    sent, _ = through([b"a,b\r\n"])
    headers = dict(sent[0]["headers"])
    assert headers == {b"content-type": b"text/csv; charset=utf-8"}


def test_an_error_is_passed_on_untouched() -> None:
    assert through([b'=oops "'], status=400)[1] == b'=oops "'


def test_rows_of_our_own_exports_are_safe() -> None:
    assert (
        safe_rows([["编号", "正文"], ["JL-1", '=HYPERLINK("x")']])
        == '编号,正文\r\nJL-1,"\'=HYPERLINK(""x"")"\r\n'
    )
