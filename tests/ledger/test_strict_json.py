"""JSON has one reading, or none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.strict_json import read_json, write_json

texts = st.text(st.characters(exclude_categories=("Cs",)))
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5),
)


@given(values)
def test_what_is_written_is_read_back(value: object) -> None:
    assert read_json(write_json(value)) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a":1,"a":1}', "twice"),
        ('[{"a":{"b":1,"b":2}}]', "twice"),
        ("NaN", "NaN"),
        ("[-Infinity]", "Infinity"),
        ("1e999", "too large"),
        ("9007199254740993", "2\\^53"),
        ("-" + "9" * 5000, "2\\^53"),
        ("[" * 21 + "]" * 21, "deeper"),
        ('{"a":' * 21 + "1" + "}" * 21, "deeper"),
        ("[" * 100_000, "deeper"),
        ('"\\ud800"', "half a character"),
        ('"\\udc00\\ud800"', "half a character"),
        ('{"\\udfff":1}', "half a character"),
        ('"\ud800"', "half a character"),
    ],
)
def test_a_second_reading_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_json(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "[",
        "]",
        '"',
        "{]",
        "[1,]",
        '{"a":1,}',
        "01",
        "+1",
        ".5",
        "1.",
        "'a'",
        "[1] 2",
        '{"a" 1}',
        "tru",
    ],
)
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_json(text)


def test_twenty_deep_is_read_and_brackets_in_texts_are_no_depth() -> None:
    assert read_json("[" * 20 + "]" * 20)
    assert read_json(write_json(["[{" * 50])) == ["[{" * 50]


def test_space_round_the_value_is_no_fault() -> None:
    assert read_json(' {"a": [1, 2.5, "\\u4e2d\\ud83d\\ude00"]}\n') == {"a": [1, 2.5, "中😀"]}
