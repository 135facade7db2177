"""Where a congress hears of errors: what congress.yaml may say of it."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.contact import WITHIN, errors_faults, read_errors

RIGHT = {
    "email": "office@example.gov.cn",
    "phone": "0532-1234567",
    "address": {"zh": "大楼 301", "en": "Room 301"},
    "link": "https://www.example.gov.cn/errors?code={code}",
    "answer_within": 5,
}


def test_what_a_congress_says_is_read_and_its_promise_is_its_own() -> None:
    assert errors_faults(RIGHT) == []
    assert (read_errors(RIGHT).answer_within, read_errors(RIGHT).promised) == (5, True)
    kept = read_errors({"phone": "12345"})
    assert (kept.answer_within, kept.promised, kept.email) == (WITHIN, False, None)


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("email", "nobody"), ("email", "a@b.cn?cc=x@y.cn"), ("phone", 12345), ("phone", "tel:1"),
        ("address", "here"), ("link", "javascript:alert(1)"), ("answer_within", 0), ("answer_within", True),
        ("fax", "1"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_told_with_its_place(key: str, wrong: Any) -> None:
    assert errors_faults({**RIGHT, key: wrong})


def test_saying_nothing_is_a_fault() -> None:
    assert errors_faults({}) and errors_faults("mail us")
