from __future__ import annotations

import time
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from ledger.pii import find_pii
from tests.ledger.samples import cases, data

LINES: list[dict[str, Any]] = cases("pii.yaml")
HELD = [line for line in LINES if line["kinds"]]
CLEAN = [line for line in LINES if not line["kinds"]]


def kinds(text: str) -> set[str]:
    return {hit.kind for hit in find_pii(text)}


def test_the_labelled_lines_are_many_on_both_sides() -> None:
    assert len(HELD) >= 100
    assert len(CLEAN) >= 150


@pytest.mark.parametrize("line", HELD, ids=lambda line: line["text"])
def test_personal_data_is_found(line: dict[str, Any]) -> None:
    assert kinds(line["text"]) == set(line["kinds"])


@pytest.mark.parametrize("line", CLEAN, ids=lambda line: line["text"])
def test_what_only_looks_so_is_left_alone(line: dict[str, Any]) -> None:
    assert find_pii(line["text"]) == []


def test_a_find_says_where_it_stands_and_hides_its_middle() -> None:
    (hit,) = find_pii("请打 １３８ ００１３ ８０００ 找王某")
    assert "请打 １３８ ００１３ ８０００ 找王某"[hit.start : hit.end] == "１３８ ００１３ ８０００"
    assert hit.shown == "１３８…００"


def test_each_place_is_told_once() -> None:
    hits = find_pii("身份证号320283198001011234，电话13800138000，13900139000")
    assert [hit.kind for hit in hits] == ["id_number", "phone", "phone"]
    assert all(one.end <= other.start for one, other in pairwise(hits))


around = st.sampled_from(["", "联系", "：", "，请核实", "（", ")", " ", "\n", "村民王某", "、"])
digits = st.text("0123456789", min_size=17, max_size=17)


def wide(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if letter.isalnum() else letter for letter in text)


@given(
    around,
    st.sampled_from([11, 32, 33, 44, 51, 65]),
    st.dates(date(1930, 1, 1), date(2025, 12, 31)),
    digits,
    around,
)
def test_every_identity_number_is_found(
    before: str, province: int, born: date, rest: str, after: str
) -> None:
    body = f"{province}{rest[:4]}{born:%Y%m%d}{rest[4:7]}"
    number = body + ric.calc_check_digit(body + "0")
    assert "id_number" in kinds(f"{before}{number}{after}")
    assert "id_number" in kinds(f"{before}{wide(number)}{after}")
    assert "id_number" in kinds(f"{before}{number[:6]} {number[6:14]} {number[14:]}{after}")


@given(around, st.sampled_from("3456789"), digits, st.sampled_from(["", " ", "-", "－", "—"]), around)
def test_every_mobile_number_is_found(before: str, second: str, rest: str, gap: str, after: str) -> None:
    number = f"1{second}{rest[0]}{gap}{rest[1:5]}{gap}{rest[5:9]}"
    assert "phone" in kinds(f"{before}{number}{after}")
    assert "phone" in kinds(f"{before}{wide(number)}{after}")


@given(around, st.sampled_from([16, 17, 18, 19]), digits, around)
def test_every_card_of_unionpay_is_found(before: str, length: int, rest: str, after: str) -> None:
    body = f"62{rest}"[: length - 1]
    number = body + luhn.calc_check_digit(body)
    assert kinds(f"{before}{number}{after}") & {"bank_card", "id_number"}


@given(st.dates(date(1950, 1, 1), date(2099, 1, 1)), st.dates(date(1950, 1, 1), date(2099, 1, 1)))
def test_dates_are_never_taken_for_numbers(one: date, other: date) -> None:
    for shape in ("%Y-%m-%d", "%Y%m%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y/%m/%d"):
        for gap in ("至", "—", " ", "，", "-"):
            assert find_pii(f"{one.strftime(shape)}{gap}{other.strftime(shape)}") == []


@given(st.decimals(0, 10**13, places=2), st.sampled_from(["元", "万元", "亿元", " 元"]))
def test_money_is_never_taken_for_a_number(amount: Any, unit: str) -> None:
    assert find_pii(f"总投资{amount:,}{unit}") == []
    assert find_pii(f"总投资{amount}{unit}") == []


@given(st.text(max_size=300))
def test_no_text_is_too_strange_to_look_at(text: str) -> None:
    for hit in find_pii(text):
        assert 0 <= hit.start < hit.end <= len(text)


def test_hostile_texts_are_looked_at_fast() -> None:
    began = time.process_time()
    for each in data("hostile-texts.json"):
        find_pii(each["text"])
    for each in ("1" * 100_000, "1 " * 50_000, "a@" * 50_000, "138-" * 25_000, "+1" * 50_000, "一" * 100_000):
        find_pii(each)
    assert time.process_time() - began < 10


def test_real_suggestions_of_councillors_raise_no_false_alarm() -> None:
    rows = data("suggestions-tw.json")
    texts = [value for row in rows for value in row.values() if isinstance(value, str)]
    assert sum(bool(find_pii(text)) for text in texts) <= len(texts) // 10_000
