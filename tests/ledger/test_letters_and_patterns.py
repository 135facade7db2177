from __future__ import annotations

import json
import re
import unicodedata
from datetime import date

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import letters, patterns
from ledger.formats import PATTERNS, REFERENCE, is_code, written_as
from tests.ledger.samples import data


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("柳河村，修路。\n第二行　缩进", None),
        ("𠮷野𰻝 \ue000 👨‍👩‍👧 葛\U000e0100", None),
        ("བོད་ཡིག ئۇيغۇر ᠮᠣᠩᠭᠣᠯ ꆈꌠꉙ", None),
        ("", None),
        ("a\tb", "text_control"),
        ("a\x00", "text_control"),
        ("a\x85b", "text_control"),
        ("\u2029", "text_control"),
        ("a\u202eb", "text_hidden"),
        ("a\u2066b", "text_hidden"),
        ("a\u200fb", "text_hidden"),
        ("\ufeffa", "text_hidden"),
        ("a\U000e0041", "text_hidden"),
        ("x" + "\u0316" * 10, None),
        ("x" + "\u0316" * 11, "text_marks"),
        ("字" + "\u3099" * 11, "text_marks"),
        ("cafe\u0301", "text_not_nfc"),
        ("\u212b", "text_not_nfc"),
        ("\uf900", "text_not_nfc"),
        ("a\ud800", "text_broken"),
        ("\udc00a", "text_broken"),
    ],
)
def test_what_a_reader_cannot_see_has_no_place_in_a_text(text: str, fault: str | None) -> None:
    assert letters.fault(text) == fault


@given(st.text(max_size=60) | st.text("e\u0301\u0316\u3099字\n \u200b\u3000가ᄀ", max_size=60))
def test_the_fast_look_never_passes_what_the_close_look_refuses(text: str) -> None:
    if letters.clean(text):
        assert letters._first_fault(text) is None


@given(st.text("e\u0316\u3099\u302a\u0e31\u20e3\u093f字a", max_size=40))
def test_no_text_with_eleven_marks_in_a_row_passes(text: str) -> None:
    runs = "".join("M" if unicodedata.category(letter)[0] == "M" else " " for letter in text).split()
    if max(map(len, runs), default=0) > 10:
        assert letters.fault(text) is not None


def test_hostile_texts_are_refused_or_kept_as_they_are_and_never_break() -> None:
    texts = [each["text"] for each in data("hostile-texts.json")]
    kept = [text for text in texts if letters.fault(text) is None]
    assert len(kept) > len(texts) // 2
    for text in kept:
        assert json.loads(json.dumps(text, ensure_ascii=False).encode()) == text
        assert unicodedata.normalize("NFC", text) == text


# dates, times, links, references


def test_a_date_is_a_day_of_the_calendar() -> None:
    for year in (1899, 1900, 1999, 2000, 2024, 2026, 2100, 2199, 2200):
        for month in range(14):
            for day in range(33):
                text = f"{year:04}-{month:02}-{day:02}"
                try:
                    real = 1900 <= date(year, month, day).year <= 2199
                except ValueError:
                    real = False
                assert written_as("date", text) is real, text
                assert written_as("date-time", f"{text}T09:30") is real, text


@given(st.times())
def test_a_time_is_hours_and_minutes(time: object) -> None:
    assert written_as("time", f"{time:%H:%M}")
    assert not written_as("time", f"{time:%H:%M:%S}")


@pytest.mark.parametrize("text", ["24:00", "9:30", "09:60", "09:30\n", "０９:30", "0930", ""])
def test_what_is_no_time_is_refused(text: str) -> None:
    assert not written_as("time", text)


@pytest.mark.parametrize(
    ("reference", "fine"),
    [
        ("WG-2026-7KQ4", True),
        ("liuhe-03", True),
        ("0", True),
        ("WG-2026-7IQ4", False),
        ("Liuhe", False),
        ("-a", False),
        ("柳河", False),
        ("a" * 81, False),
        ("a/../b", False),
    ],
)
def test_a_reference_is_a_code_or_the_office_s_name(reference: str, fine: bool) -> None:
    assert bool(re.fullmatch(REFERENCE[1:-1], reference)) is fine
    assert is_code(reference) is (reference == "WG-2026-7KQ4")


# regular expressions


@pytest.mark.parametrize(
    "pattern",
    [
        "^[A-Z]{2}-[0-9]+$",
        "^[一-龥]{2,4}$",
        "^(a|b)$",
        "^(?:[0-9]{3}-)*[0-9]$",
        r"^\$[0-9]+\.[0-9]{2}$",
        "^[^<>]*$",
        r"^[a\-z\]]$",
        "^.{1,30}$",
        "^[-a]?$",
        *(pattern for pattern in (*PATTERNS.values(), REFERENCE)),
    ],
)
def test_a_plain_pattern_may_be_used(pattern: str) -> None:
    assert patterns.fault(pattern) is None
    jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions())


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("[0-9]+", "must begin with ^ and end with $"),
        (r"^a\$", "must begin with ^ and end with $"),
        ("^a|b$", "has a | outside of brackets"),
        (r"^\d+$", "Write [0-9]."),
        (r"^[\w]+$", "Write [A-Za-z0-9_]."),
        (r"^\s$", "Write a space."),
        (r"^\p{L}$", "'\\p' cannot be used"),
        (r"^\bx$", "'\\b' cannot be used"),
        (r"^a\-b$", "'\\-' cannot be used"),
        (r"^(a)\1$", "'\\1' cannot be used"),
        ("^(?=a)a$", "cannot be used from '(?=a)a'"),
        ("^(?<!a)b$", "cannot be used from"),
        ("^(?P<n>a)$", "cannot be used from"),
        ("^(?<n>a)$", "cannot be used from"),
        ("^(?i)a$", "cannot be used from"),
        ("^(a+)+$", "repeats a group that itself repeats"),
        ("^((a|b+)c)*$", "repeats a group that itself repeats"),
        ("^(a{2,})*$", "repeats a group that itself repeats"),
        ("^a+?$", "has '?' with nothing to repeat"),
        ("^a++$", "has '+' with nothing to repeat"),
        ("^*a$", "has '*' with nothing to repeat"),
        ("^(|*)$", "has '*' with nothing to repeat"),
        ("^a{,3}$", "cannot be used from '{,3}'"),
        ("^a{x}$", "cannot be used from"),
        ("^a^b$", "has '^' inside"),
        ("^(a$", "opens a bracket that is not closed"),
        ("^a)$", "closes a bracket that was not opened"),
        ("^[a$", "cannot be used from '[a'"),
        ("^[a[b]]$", "cannot be used from"),
        ("^[a&&b]$", "has a doubled sign"),
        ("^[z-a]$", "is not a regular expression"),
        ("^a{3,2}$", "is not a regular expression"),
    ],
)
def test_what_python_rust_and_javascript_read_differently_is_refused(pattern: str, why: str) -> None:
    assert why in str(patterns.fault(pattern))


@given(st.text("^$()[]{}|*+?\\.-,abd01:=!<>P&", max_size=12), st.text("ab01-\n", max_size=6))
def test_a_pattern_that_may_be_used_means_the_same_in_python_and_rust(body: str, text: str) -> None:
    pattern = f"^{body}$"
    if patterns.fault(pattern) is None:
        rust = jsonschema_rs.Draft202012Validator(
            {"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions()
        )
        assert rust.is_valid(text) is bool(re.fullmatch(pattern[1:-1], text))
