"""The numbers of drawings: nothing, everything, one thing, long labels; parts come to their whole."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.chart.funnel import Stage, funnel
from publisher.chart.progress import progress
from publisher.chart.seats import ACROSS, MOST, seats
from publisher.chart.stacked import PATTERNS, Part, stacked
from publisher.chart.timeline import Span, timeline

LONG = "从群众意见征集到办成以后回头看满意不满意一共三十个字的标签文字"
counts = st.integers(0, 10_000)


@given(st.lists(counts, max_size=len(PATTERNS)))
def test_parts_of_a_stacked_bar_follow_each_other_and_fill_it(values: list[int]) -> None:
    drawn = stacked([Part(LONG, value) for value in values])
    ends = [0.0] + [each["x"] + each["width"] for each in drawn["parts"]]
    for each, before in zip(drawn["parts"], ends, strict=False):
        assert abs(each["x"] - before) < 0.011
    assert all((each["width"] > 0) >= (each["value"] == drawn["whole"] > 0) for each in drawn["parts"])
    if drawn["whole"]:
        assert abs(ends[-1] - 100) < 0.011


def test_a_stacked_bar_never_uses_a_pattern_twice() -> None:
    drawn = stacked([Part("一", 1)] * len(PATTERNS))
    assert len({each["pattern"] for each in drawn["parts"]}) == len(PATTERNS)
    with pytest.raises(ValueError, match="patterns"):
        stacked([Part("一", 1)] * (len(PATTERNS) + 1))


@given(st.lists(st.tuples(counts, counts), min_size=1, max_size=8))
def test_a_funnel_stays_inside_its_scale(pairs: list[tuple[int, int]]) -> None:
    drawn = funnel([Stage(LONG, min(pair), max(pair)) for pair in pairs])
    for each, pair in zip(drawn["stages"], pairs, strict=True):
        assert each["width"] >= 0 and each["width"] + each["lost"] <= 100.02
        assert (each["lost"] > 0) >= (drawn["end"] > 0 and max(pair) - min(pair) > drawn["end"] / 1000)


@given(counts, counts)
def test_progress_says_what_is_there_missing_and_too_much(n: int, of: int) -> None:
    drawn = progress(n, of)
    assert drawn["on"] + drawn["missing"] + drawn["over"] <= 100.02
    assert bool(drawn["over"]) <= (n > of) and bool(drawn["missing"]) <= (n < of)


@given(st.integers(0, 3_100), st.integers(1, 3_000))
def test_seats_are_all_there_and_never_more_present_than_there_are(there: int, of: int) -> None:
    drawn = seats(there, of, -(-of * 2 // 3))
    dots = [*drawn["there"], *drawn["empty"]]
    assert len(dots) == len(set(dots)) == -(-of // drawn["each"]) <= MOST
    assert len(drawn["there"]) * drawn["each"] <= max(there, of if there >= of else there) + drawn["each"] - 1
    if there < of:
        assert len(drawn["there"]) * drawn["each"] <= there
    else:
        assert not drawn["empty"]
    assert all(0 < x < 100 and 0 < y < drawn["height"] for x, y in dots)


def test_the_line_of_a_quorum_stands_behind_the_seat_that_makes_it_full() -> None:
    assert seats(31, 45, 30)["need"] == (50.0, 1)
    assert seats(31, 45, ACROSS)["need"] == (100.0, 0)
    assert seats(31, 45, None)["need"] is seats(31, 45, 46)["need"] is None


@given(st.lists(st.integers(0, 900), min_size=1, max_size=9))
def test_stages_of_a_timeline_follow_each_other(days: list[int]) -> None:
    spans, at = [], date(2026, 1, 1)
    for n in days:
        spans.append(Span(LONG, at, at + timedelta(n)))
        at += timedelta(n)
    drawn = timeline(spans)
    assert [each["days"] for each in drawn["spans"]] == days
    assert all(0 <= each["x"] <= 100 and each["width"] > 0 for each in drawn["spans"])
    assert drawn["last"] == at.isoformat() and sum(days) == (at - date(2026, 1, 1)).days


def test_a_long_label_breaks_into_lines_and_makes_room_for_them() -> None:
    short, long = (funnel([Stage(label, 1, 2)] * 2)["height"] for label in ("短", LONG))
    assert long > short + 4
    assert all(len(line) <= 13 for _, line in stacked([Part(LONG, 1)])["parts"][0]["texts"])
    assert (
        "".join(
            line
            for _, line in timeline([Span(LONG, date(2026, 1, 1), date(2026, 1, 1))])["spans"][0]["texts"]
        )
        == LONG
    )
