"""The table of deadlines once more, reckoned from the law and the State Council's notices alone.

民法典: 第二百零一条 the first day is not counted; 第二百零二条 a limit of months ends on the corresponding
day, or on the month's last; 第二百零三条 where that is a day off, on the day after the days off. No code is
shared with the engine, and no library that it asks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.rulebooks import load_rulebook
from ledger.rules.calendar import STATE_COUNCIL
from ledger.rules.deadline import count
from ledger.strict_yaml import read_yaml
from tests.ledger.samples import CASES, ROOT
from tests.ledger.test_deadlines import NATIONAL, case_id, switched, told

TABLE = read_yaml(CASES / "deadlines.yaml").value
ONE = timedelta(1)

# 国务院办公厅关于部分节假日安排的通知 for 2024, 2025 and 2026.
# Days off in a row with their number as the notice gives it, and the Saturdays and Sundays that are worked.
NOTICES: Mapping[int, Mapping[str, tuple[str, str, int, tuple[str, ...]]]] = {
    2024: {
        "元旦": ("01-01", "01-01", 1, ()),  # with the weekend before
        "春节": ("02-10", "02-17", 8, ("02-04", "02-18")),
        "清明节": ("04-04", "04-06", 3, ("04-07",)),
        "劳动节": ("05-01", "05-05", 5, ("04-28", "05-11")),
        "端午节": ("06-10", "06-10", 1, ()),  # with the weekend before
        "中秋节": ("09-15", "09-17", 3, ("09-14",)),
        "国庆节": ("10-01", "10-07", 7, ("09-29", "10-12")),
    },
    2025: {
        "元旦": ("01-01", "01-01", 1, ()),
        "春节": ("01-28", "02-04", 8, ("01-26", "02-08")),
        "清明节": ("04-04", "04-06", 3, ()),
        "劳动节": ("05-01", "05-05", 5, ("04-27",)),
        "端午节": ("05-31", "06-02", 3, ()),
        "国庆节、中秋节": ("10-01", "10-08", 8, ("09-28", "10-11")),
    },
    2026: {
        "元旦": ("01-01", "01-03", 3, ("01-04",)),
        "春节": ("02-15", "02-23", 9, ("02-14", "02-28")),
        "清明节": ("04-04", "04-06", 3, ()),
        "劳动节": ("05-01", "05-05", 5, ("05-09",)),
        "端午节": ("06-19", "06-21", 3, ()),
        "中秋节": ("09-25", "09-27", 3, ()),
        "国庆节": ("10-01", "10-07", 7, ("09-20", "10-10")),
    },
}


def span(year: int, first: str, last: str) -> list[date]:
    begins, ends = (date.fromisoformat(f"{year}-{day}") for day in (first, last))
    return [begins + n * ONE for n in range((ends - begins).days + 1)]


HOLIDAYS = {
    day: name
    for year, notice in NOTICES.items()
    for name, (first, last, _, _) in notice.items()
    for day in span(year, first, last)
} | {date(2004, 1, 1): "元旦"}
WORKED = {
    date.fromisoformat(f"{year}-{day}")
    for year, notice in NOTICES.items()
    for *_, worked in notice.values()
    for day in worked
}


class Year:
    """What is off: by the notices, or by a calendar that the table of cases writes out."""

    def __init__(self, told: Mapping[str, Any] | None = None) -> None:
        self.holidays, self.worked = HOLIDAYS, WORKED
        self.first, self.last = date(2004, 1, 1), date(2026, 12, 31)
        if told is not None:
            self.holidays = {date.fromisoformat(day): name for day, name in told.get("holidays", {}).items()}
            self.worked = set(map(date.fromisoformat, told.get("adjusted", ())))
            self.first, self.last = (date.fromisoformat(told[end]) for end in ("first", "last"))

    def off(self, day: date) -> bool:
        return day in self.holidays or (day.isoweekday() > 5 and day not in self.worked)


def corresponding(start: date, months: int) -> date | None:
    """The day of the same number, so many months later; None where that month has none."""
    year, month = start.year + (start.month - 1 + months) // 12, (start.month - 1 + months) % 12 + 1
    try:
        return date(year, month, start.day)
    except ValueError:
        return None


def last_of_month(start: date, months: int) -> date:
    after = corresponding(start.replace(day=1), months + 1)
    assert after
    return after - ONE


def reckoned(
    start: date, number: int, unit: str, year: Year, switches: frozenset[str] = frozenset()
) -> tuple[date, int, bool, Counter[str], list[str]]:
    """Due; days off passed over at the end; whether provisional; holidays left out; weekend days worked."""
    inclusive = "first_day_counts" in switches
    first = start if inclusive else start + ONE
    left_out: Counter[str] = Counter()
    adjusted: list[str] = []
    passed = 0
    if unit == "working day":
        day, have = first - ONE, 0
        while have < number:
            day += ONE
            if not year.off(day):
                have += 1
                adjusted += [str(day)] if day in year.worked else []
            elif day in year.holidays:
                left_out[year.holidays[day]] += 1
        due = day
    else:
        if unit == "month":
            same = corresponding(start, number)
            # a month of which the first day counts is full the day before the corresponding one
            due = (same - ONE if inclusive else same) if same else last_of_month(start, number)
        else:
            due = first + (number - 1) * ONE
        if "no_roll" not in switches:
            while due in year.holidays or ("holidays_only" not in switches and year.off(due)):
                due += ONE
                passed += 1
    return due, passed, first < year.first or due > year.last, left_out, adjusted


def number_and_unit(limit: str) -> tuple[int, str]:
    number, _, unit = limit.partition(" ")
    return int(number), unit.removesuffix("s")


@pytest.mark.parametrize("case", TABLE["cases"], ids=case_id)
def test_every_case_of_the_table_is_what_the_law_makes_it(case: Mapping[str, Any]) -> None:
    limit = case.get("limit")
    if limit is None:
        limit = load_rulebook(ROOT / "content", case["rulebook"])[f"suggestion.{case['rule']}"].value
    year = Year(TABLE["calendars"][case["calendar"]] if "calendar" in case else None)
    due, passed, provisional, left_out, adjusted = reckoned(
        date.fromisoformat(case["start"]), *number_and_unit(limit), year, frozenset(case.get("switches", ()))
    )
    assert (case["due"], case.get("rolled", 0), case.get("provisional", False)) == (
        str(due), passed, provisional,
    )  # fmt: skip
    if "leaves_out" in case:
        assert sum(case["leaves_out"].values()) == left_out.total()
        assert set("、".join(left_out).split("、")) >= set(case["leaves_out"])
    if "adjusted" in case:
        assert case["adjusted"] == adjusted


@pytest.mark.parametrize("year", sorted(NOTICES))
def test_the_library_has_each_day_of_a_year_as_its_notice_has_it(year: int) -> None:
    for name, (first, last, number, worked) in NOTICES[year].items():
        assert len(span(year, first, last)) == number, name
        assert all(date.fromisoformat(f"{year}-{day}").isoweekday() > 5 for day in worked), name
    asked = Year()
    for day in span(year, "01-01", "12-31"):
        found = STATE_COUNCIL.day(day)
        assert found.works is not asked.off(day), day
        assert (found.kind == "holiday") is (day in HOLIDAYS), day
        assert (found.kind == "adjusted") is (day in WORKED), day
        if found.kind == "holiday":
            assert str(found.name) in HOLIDAYS[day], day


switches = st.frozensets(st.sampled_from(["no_roll", "holidays_only", "first_day_counts"]))


@given(
    st.dates(date(2023, 12, 31), date(2028, 12, 31)), st.integers(1, 40),
    st.sampled_from(["month", "working day", "day"]), switches,
)  # fmt: skip
def test_the_engine_and_the_law_agree_on_any_limit(
    start: date, number: int, unit: str, chosen: frozenset[str]
) -> None:
    found = count(start, told(number, unit), switched(*chosen, book=NATIONAL))
    due, passed, provisional, *_ = reckoned(start, number, unit, Year(), chosen)
    assert (found.due, len(found.rolled), found.provisional) == (due, passed, provisional)
