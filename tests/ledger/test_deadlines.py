"""Deadlines: the table counted by hand, and what holds of every count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.problems import Problems
from ledger.rulebooks import Rulebook, Value, load_rulebook
from ledger.rules.calendar import ADJUSTED, STATE_COUNCIL, WEEKEND, Calendar, Table
from ledger.rules.deadline import START, UNKNOWN, count, months_later, on_the_day
from ledger.rules.deadline_words import in_words
from ledger.strict_yaml import read_yaml
from ledger.words import load_words
from tests.ledger.samples import CASES, ROOT

TABLE = read_yaml(CASES / "deadlines.yaml").value
WORDS = load_words(ROOT / "content")
NATIONAL = load_rulebook(ROOT / "content", "national")
UNITS = ("month", "working day", "day")


def calendar_of(name: str) -> Calendar:
    """A calendar of the table by its name."""
    told = TABLE["calendars"][name]
    holidays = {date.fromisoformat(day): what for day, what in told.get("holidays", {}).items()}
    adjusted = frozenset(map(date.fromisoformat, told.get("adjusted", ())))
    return Table(date.fromisoformat(told["first"]), date.fromisoformat(told["last"]), holidays, adjusted)


CALENDARS: Mapping[str, Calendar] = {name: calendar_of(name) for name in TABLE["calendars"]}


def switched(*switches: str, book: Rulebook = NATIONAL) -> Rulebook:
    """A rulebook with some of its counting set otherwise."""
    otherwise = {
        "no_roll": ("roll_forward_on_holiday", False),
        "holidays_only": ("roll_forward_on_weekend", False),
        "first_day_counts": ("first_day_counts", True),
    }
    changed = {f"counting.{key}": Value(value) for key, value in map(otherwise.__getitem__, switches)}
    return Rulebook(book.name, {**book.values, **changed})


def told(number: int, unit: str) -> str:
    return f"{number} {unit}{'s' if number > 1 else ''}"


def case_id(case: Mapping[str, Any]) -> str:
    what = case.get("limit") or f"{case['rulebook']} {case['rule']}"
    return f"{case['start']} {what} {' '.join(case.get('switches', ()))}"


@pytest.mark.parametrize("case", TABLE["cases"], ids=case_id)
def test_the_table_counted_by_hand_comes_out(case: Mapping[str, Any]) -> None:
    book = load_rulebook(ROOT / "content", case["rulebook"]) if "rulebook" in case else NATIONAL
    limit = case.get("limit") or book[f"suggestion.{case['rule']}"].value
    calendar = CALENDARS[case["calendar"]] if "calendar" in case else STATE_COUNCIL
    found = count(
        date.fromisoformat(case["start"]), limit, switched(*case.get("switches", ()), book=book), calendar
    )
    assert (str(found.due), found.provisional, len(found.rolled)) == (
        case["due"], case.get("provisional", False), case.get("rolled", 0),
    )  # fmt: skip
    named = [day for day in found.days if day.why not in {*WEEKEND.values(), START, UNKNOWN, None}]
    if "leaves_out" in case:
        assert Counter(day.why for day in named if not day.counts) == case["leaves_out"]
    if "adjusted" in case:
        assert [str(day.on) for day in named if day.counts and day.why == ADJUSTED] == case["adjusted"]


def test_the_table_is_as_long_as_it_has_to_be() -> None:
    assert len({case_id(case) + case.get("calendar", "") for case in TABLE["cases"]}) >= 150


@pytest.mark.parametrize(
    ("year", "off", "worked"),
    [
        (2024, ("02-10", "02-17"), ("02-04", "02-18")),
        (2025, ("01-28", "02-04"), ("01-26", "02-08")),
        (2026, ("02-15", "02-23"), ("02-14", "02-28")),
    ],
)
def test_the_library_knows_the_spring_festivals_as_the_state_council_published_them(
    year: int, off: tuple[str, str], worked: tuple[str, str]
) -> None:
    first, last = (date.fromisoformat(f"{year}-{day}") for day in off)
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    assert {STATE_COUNCIL.day(day).name for day in days} == {"春节"}
    assert {STATE_COUNCIL.day(date.fromisoformat(f"{year}-{day}")).kind for day in worked} == {"adjusted"}
    assert STATE_COUNCIL.day(first - timedelta(1)).works and STATE_COUNCIL.day(last + timedelta(1)).works


def test_every_named_holiday_is_named_in_chinese() -> None:
    days = (date(2004, 1, 1) + timedelta(n) for n in range(23 * 366))
    names = {STATE_COUNCIL.day(day).name for day in days} - {None}
    assert all(not str(name).isascii() for name in names) and "法定节假日" not in names


# -- what holds of every count --

starts = st.dates(date(1990, 1, 1), date(2060, 12, 31))
numbers = st.integers(1, 60)
units = st.sampled_from(UNITS)
books = st.sets(st.sampled_from(["no_roll", "holidays_only", "first_day_counts"])).map(
    lambda chosen: switched(*chosen)
)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """The State Council's, or any other."""
    if draw(st.booleans()):
        return STATE_COUNCIL
    days = st.dates(date(2020, 1, 1), date(2029, 12, 31))
    first, last = sorted((draw(days), draw(days)))
    holidays = draw(st.dictionaries(days, st.just("节"), max_size=40))
    return Table(first, last, holidays, draw(st.frozensets(days, max_size=20)))


@given(starts, numbers, numbers, units, books, calendars())
def test_a_longer_limit_never_ends_earlier(
    start: date, one: int, other: int, unit: str, book: Rulebook, calendar: Calendar
) -> None:
    short, long = sorted((one, other))
    first, second = (count(start, told(n, unit), book, calendar).due for n in (short, long))
    assert first <= second


@given(starts, st.integers(0, 70), numbers, units, books, calendars())
def test_a_later_start_never_ends_earlier(
    start: date, later: int, number: int, unit: str, book: Rulebook, calendar: Calendar
) -> None:
    limit = told(number, unit)
    assert (
        count(start, limit, book, calendar).due <= count(start + timedelta(later), limit, book, calendar).due
    )


@given(starts, numbers, books, calendars())
def test_a_count_of_working_days_never_ends_on_a_day_off(
    start: date, number: int, book: Rulebook, calendar: Calendar
) -> None:
    found = count(start, told(number, "working day"), book, calendar)
    assert calendar.day(found.due).works and found.rolled == ()
    assert sum(day.counts for day in found.days) == number


@given(starts, numbers, units, calendars())
def test_what_rolls_forward_never_ends_on_a_day_off(
    start: date, number: int, unit: str, calendar: Calendar
) -> None:
    found = count(start, told(number, unit), NATIONAL, calendar)
    assert calendar.day(found.due).works
    assert not any(calendar.day(day).works for day in found.rolled)


@given(starts, numbers, units, books, calendars())
def test_the_count_is_whole_day_by_day_from_start_to_due(
    start: date, number: int, unit: str, book: Rulebook, calendar: Calendar
) -> None:
    found = count(start, told(number, unit), book, calendar)
    assert (found.days[0].on, found.days[-1].on) == (start, found.due)
    assert all(b.on - a.on == timedelta(1) for a, b in pairwise(found.days))
    assert all(day.why for day in found.days if not day.counts)
    if unit == "day":
        assert sum(day.counts for day in found.days) == number


@given(starts, numbers, units, books, calendars())
def test_a_deadline_is_provisional_exactly_where_a_day_of_its_span_is_not_known(
    start: date, number: int, unit: str, book: Rulebook, calendar: Calendar
) -> None:
    found = count(start, told(number, unit), book, calendar)
    span = [day.on for day in found.days if day.why != START]
    assert found.provisional == any(not calendar.first <= day <= calendar.last for day in span)


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(0, 600))
def test_months_agree_with_an_independent_reckoning(start: date, months: int) -> None:
    first = start.replace(day=1)
    for _ in range(months):
        first = (first + timedelta(31)).replace(day=1)
    month = [first + timedelta(n) for n in range(31) if (first + timedelta(n)).month == first.month]
    assert months_later(start, months) == max(day for day in month if day.day <= start.day)


@given(st.dates(), st.integers(1, 999), units, books)
def test_no_start_and_no_limit_breaks_a_count(start: date, number: int, unit: str, book: Rulebook) -> None:
    found = count(start, told(number, unit), book)
    assert found.due >= start and in_words(found, WORDS)


# -- words --


def test_a_page_tells_the_count_in_one_sentence() -> None:
    found = count(date(2026, 2, 10), "10 working days", NATIONAL)
    assert in_words(found, WORDS) == (
        "从 2026-02-10 起 10 个工作日，当天不计入；除去 周末 1 天、春节 9 天（02-15 至 02-23）；"
        "02-14、02-28 调休上班，计入；到 2026-03-02 为止。"
    )
    assert in_words(found, WORDS, "en") == (
        "10 working days from 2026-02-10, which is not counted; leaving out weekend days (1), "
        "春节 (9: 02-15 to 02-23); 02-14, 02-28 worked in place of other days, so counted; up to 2026-03-02."
    )


def test_the_sentence_says_month_ends_rolling_and_what_is_not_known_yet() -> None:
    assert "到期月没有 31 日，以月末为最后一日" in in_words(
        count(date(2026, 1, 31), "1 month", NATIONAL), WORDS
    )
    rolled = in_words(count(date(2025, 11, 17), "3 months", NATIONAL), WORDS)
    assert rolled.endswith("2026-02-17 是春节，顺延；到 2026-02-24 为止。")
    late = in_words(count(date(2026, 11, 15), "3 months", NATIONAL), WORDS)
    assert late.endswith("放假安排只公布了 2004-01-01 至 2026-12-31，所以是暂定的。")


def test_a_day_that_was_named_is_neither_counted_nor_rolled() -> None:
    named = on_the_day(date(2026, 3, 2), date(2026, 10, 1))
    assert (named.due, named.rolled, named.provisional) == (date(2026, 10, 1), (), False)
    assert in_words(named, WORDS) == "承诺 2026-10-01 前办成。"
    assert (named.passed(date(2026, 10, 1)), named.passed(date(2026, 10, 4))) == (0, 3)


def test_a_malformed_limit_is_told_and_a_rulebook_without_counting_too() -> None:
    with pytest.raises(ValueError, match=r"'3 monts' is no limit. Write it as 3 months"):
        count(date(2026, 1, 1), "3 monts", NATIONAL)
    with pytest.raises(Problems, match=r"counting\.first_day_counts: is set nowhere"):
        count(date(2026, 1, 1), "3 months", Rulebook({}, {}))
