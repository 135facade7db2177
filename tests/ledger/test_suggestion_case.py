"""A case is asked the same by many rules: it answers alike on every day, and reckons once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.rules.suggestion.case import KEPT, Case, day_of, once
from ledger.rules.suggestion.handling import handlings

FIRST = date(2026, 1, 1)
LANES = ("green", "yellow", "red")
Lane = tuple[int, str]


def lanes(made: Sequence[Lane]) -> list[dict[str, Any]]:
    return [
        {"code": f"SD-{n:02}", "set_on": (FIRST + timedelta(day)).isoformat(), "track": track}
        for n, (day, track) in enumerate(made)
    ]


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(LANES))), st.lists(st.integers(-1, 10)))
def test_whatever_was_asked_before_the_records_until_a_day_are_the_same(
    made: list[Lane], days: list[int]
) -> None:
    records = lanes(made)
    asked = Case({"code": "JY-1"}, {"track": records})
    for day in (FIRST + timedelta(each) for each in days):
        expected = sorted(
            (each for each in records if day_of("track", each) <= day.isoformat()),
            key=lambda each: (each["set_on"], LANES.index(each["track"]), each["code"]),
        )
        found = asked.until("track", day)
        assert found == expected
        found.clear()  # what a caller does with its list is its own business
        assert asked.last("track", day) == (expected[-1] if expected else None)
        assert asked.until("reply", day) == []


def test_a_rule_is_reckoned_once_for_a_case_and_a_day() -> None:
    asked: list[date] = []

    @once
    def rule(case: Case, on: date) -> tuple[str, date]:
        asked.append(on)
        return case.code, on

    one, other = Case({"code": "JY-1"}), Case({"code": "JY-2"})
    for _ in range(3):
        assert rule(one, FIRST) == ("JY-1", FIRST) and rule(other, FIRST) == ("JY-2", FIRST)
    assert len(asked) == 2
    assert rule(one, FIRST + timedelta(1)) == ("JY-1", FIRST + timedelta(1))


def test_a_case_asked_of_many_days_keeps_few_answers_and_right_ones() -> None:
    given = {"code": "JB-1", "assigned_on": FIRST.isoformat(), "organ": "JG-1"}
    case = Case({"code": "JY-1"}, {"assignment": [given]})
    for day in range(-KEPT, KEPT * 2):
        assert len(handlings(case, FIRST + timedelta(day))) == (day >= 0)
    assert len(case._answered) <= KEPT
    assert case == Case({"code": "JY-1"}, {"assignment": [given]}), "what it keeps is no part of it"
