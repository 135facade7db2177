"""A clock is counted with what was known: a notice moves what is open, and nothing that was closed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.rulebooks import Rulebook
from ledger.rules.calendar import STATE_COUNCIL, Notice, Notices, Table
from ledger.rules.deadline_words import in_words, moved_in_words
from ledger.rules.suggestion.case import Case
from ledger.rules.suggestion.clocks import Clock, Moved, clocks, moves
from ledger.words import load_words
from tests.ledger.test_suggestion_clocks import (
    BACK,
    BAD,
    BOOKS,
    CONTENT,
    EXTENSION,
    GIVEN,
    PROMISE,
    REPLY,
    WITHDRAWN,
    case,
    check,
    due,
    state,
)  # fmt: skip

WORDS = load_words(CONTENT)
NATIONAL = BOOKS["national"]
KNOWN = date(2026, 11, 5)
"""The day of an invented notice for 2027, with a Spring Festival from 5 to 12 February."""
SPRING = {date(2027, 2, day): "春节" for day in range(5, 13)}
ONLY_2026 = (Notice(date(2025, 11, 4), Table(date(2026, 1, 1), date(2026, 12, 31))),)
WITH_2027 = (*ONLY_2026, Notice(KNOWN, Table(date(2027, 1, 1), date(2027, 12, 31), SPRING)))
SUMMER = {**GIVEN, "assigned_on": "2026-08-07", "complex": True}
"""Six months from here is Sunday, 7 February 2027, within that festival."""


def noticed(notices: Iterable[Notice]) -> Notices:
    return Notices(lambda: notices)


def reply_of(made: Case, on: date, notices: Iterable[Notice], book: Rulebook = NATIONAL) -> Clock:
    return next(each for each in clocks(made, book, on, noticed(notices)) if each.name == "reply")


# -- what was known on which day --


@pytest.mark.parametrize(
    ("year", "notice"),
    [
        (2026, date(2025, 11, 4)), (2025, date(2024, 11, 12)), (2024, date(2023, 10, 25)),
        (2023, date(2022, 12, 8)), (2022, date(2021, 10, 25)), (2021, date(2020, 11, 25)),
        (2020, date(2019, 11, 21)), (2019, date(2018, 12, 6)), (2013, date(2012, 12, 1)),
    ],
)  # fmt: skip
def test_a_year_is_known_from_the_day_of_its_notice(year: int, notice: date) -> None:
    eve, then = (STATE_COUNCIL.as_known(day) for day in (notice - timedelta(1), notice))
    assert (eve.last, then.last) == (date(year - 1, 12, 31), date(year, 12, 31))
    national = date(year, 10, 1)
    assert eve.day(national).kind != "holiday" and then.day(national).name == "国庆节"


def test_every_year_since_2014_stands_with_the_day_of_its_notice() -> None:
    guessed = [each.on for each in STATE_COUNCIL.notices if each.on.month == 12 and each.on.day == 1]  # type: ignore[attr-defined]
    assert {each.year for each in guessed} - {2016} == set(range(2003, 2013)), "2017's came on 1 December"


def test_a_notice_sets_the_last_days_of_the_year_before_too() -> None:
    worked = date(2018, 12, 29)
    eve, then = (STATE_COUNCIL.as_known(date(2018, 12, day)).day(worked).kind for day in (5, 6))
    assert (eve, then) == ("weekend", "adjusted")


@pytest.mark.parametrize(
    ("notice", "before", "after"),
    [
        (date(2020, 1, 27), {"01-31": "work", "02-01": "adjusted", "02-02": "weekend"}, "holiday"),
        (date(2019, 3, 22), {"05-02": "work", "05-03": "work", "05-04": "weekend"}, "holiday"),
        (date(2019, 3, 22), {"04-28": "weekend", "05-05": "weekend"}, "adjusted"),
        (date(2015, 5, 13), {"09-03": "work", "09-04": "work"}, "holiday"),
        (date(2015, 5, 13), {"09-06": "weekend"}, "adjusted"),
    ],
)
def test_a_year_under_way_is_changed_from_the_day_it_was_announced(
    notice: date, before: dict[str, str], after: str
) -> None:
    eve, then = (STATE_COUNCIL.as_known(day) for day in (notice - timedelta(1), notice))
    found = {day: eve.day(date.fromisoformat(f"{notice.year}-{day}")).kind for day in before}
    assert found == before
    assert {then.day(date.fromisoformat(f"{notice.year}-{day}")).kind for day in before} == {after}
    assert STATE_COUNCIL.as_known(date(2019, 1, 1)).day(date(2019, 5, 1)).name == "劳动节"


def test_all_that_was_ever_known_is_known_by_now() -> None:
    now = STATE_COUNCIL.as_known(date.max)
    days = [date(2004, 1, 1) + timedelta(n) for n in range(23 * 366)]
    assert all(now.day(day) == STATE_COUNCIL.day(day) for day in days)
    assert (now.first, now.last) == (STATE_COUNCIL.first, STATE_COUNCIL.last)


def test_before_the_first_notice_nothing_is_known() -> None:
    early = STATE_COUNCIL.as_known(date(1999, 1, 1))
    assert early.last < early.first and early.day(date(2026, 10, 1)).works


# -- a real move, and a closed clock that stays --


def test_the_longer_spring_festival_of_2020_moved_what_was_open() -> None:
    """Of Chongqing's ten working days, Friday 31 January and the worked Saturday after it were gone."""
    given = {**GIVEN, "assigned_on": "2020-01-20"}
    made = Case({"code": "JY-1", "period": "recess"}, {"assignment": [given]})
    found = moves(made, BOOKS["chongqing"], date(2020, 3, 1))
    moved = Moved(date(2020, 1, 27), "return", date(2020, 2, 7), date(2020, 2, 11), "JB-1", "JG-1")
    assert [each for each in found if each.clock == "return"] == [moved]
    assert moved_in_words(moved, WORDS) == "2020-01-27 公布放假安排，退办期限从 2020-02-07 改到 2020-02-11"
    back = {**BACK, "assignment": "JB-1", "returned_on": "2020-01-23"}
    returned = Case(made.suggestion, {**made.records, "assignment_return": [back]})
    assert "return" not in {each.clock for each in moves(returned, BOOKS["chongqing"], date(2020, 3, 1))}


def test_a_new_year_moves_what_is_open_and_not_what_was_closed_before_its_notice() -> None:
    open_ = case(assignment=[SUMMER])
    assert due(reply_of(open_, KNOWN - timedelta(1), WITH_2027)) == "2027-02-08"  # 02-07 is a Sunday
    assert due(reply_of(open_, KNOWN, WITH_2027)) == "2027-02-15"
    (moved,) = [each for each in moves(open_, NATIONAL, KNOWN, noticed(WITH_2027)) if each.clock == "reply"]
    assert (moved.notice, moved.was, moved.now) == (KNOWN, date(2027, 2, 8), date(2027, 2, 15))
    closed = case(assignment=[SUMMER], reply=[{**REPLY, "replied_on": "2026-11-04"}])
    for on in (KNOWN, date(2027, 6, 1)):
        assert due(reply_of(closed, on, WITH_2027)) == "2027-02-08"
    assert not [each for each in moves(closed, NATIONAL, KNOWN, noticed(WITH_2027)) if each.clock == "reply"]


def test_what_was_late_stays_late_whatever_is_announced_later() -> None:
    """A change of a year under way cannot make a late reply one in time."""
    made = case(assignment=[GIVEN], reply=[{**REPLY, "replied_on": "2026-06-03"}])
    off = Table(date(2026, 6, 1), date(2026, 6, 8), {date(2026, 6, day): "假" for day in range(1, 9)})
    later = (*ONLY_2026, Notice(date(2026, 6, 4), off))
    assert state(reply_of(made, date(2026, 12, 1), later), "2026-12-01") == "done_late"
    sooner = (*ONLY_2026, Notice(date(2026, 6, 3), off))
    assert state(reply_of(made, date(2026, 12, 1), sooner), "2026-12-01") == "done", "known on the day itself"


def test_a_right_that_lapsed_does_not_come_back() -> None:
    made = case()
    off = Table(date(2026, 3, 9), date(2026, 3, 20), {date(2026, 3, day): "假" for day in range(9, 21)})
    for notice, ends in ((date(2026, 3, 16), "2026-03-30"), (date(2026, 3, 17), "2026-03-16")):
        calendar = noticed((*ONLY_2026, Notice(notice, off)))
        found = clocks(made, NATIONAL, date(2026, 6, 1), calendar)
        assert due(next(each for each in found if each.name == "return")) == ends


def test_what_was_too_late_for_an_extension_stays_so() -> None:
    agreed = {**EXTENSION, "asked_on": "2026-06-02", "consented_on": "2026-06-03"}
    off = Table(date(2026, 6, 1), date(2026, 6, 8), {date(2026, 6, day): "假" for day in range(1, 9)})
    later = (*ONLY_2026, Notice(date(2026, 6, 4), off))
    found = reply_of(case(extension=[agreed]), date(2026, 12, 1), later, BOOKS["zhejiang"])
    assert found.why == "clock.why.extension_late"


def test_a_clock_says_until_when_holidays_were_known_when_it_was_counted() -> None:
    made = case(assignment=[SUMMER])
    found = reply_of(made, date(2026, 9, 1), WITH_2027).deadline
    assert found and found.provisional and "至 2026-12-31，所以是暂定的" in in_words(found, WORDS)
    later = reply_of(made, KNOWN, WITH_2027).deadline
    assert later and not later.provisional


# -- what holds of every clock of every suggestion --

days = st.dates(date(2026, 1, 1), date(2027, 6, 30)).map(date.isoformat)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A suggestion with whatever records, in whatever order of days."""

    def some(make: Any, most: int = 2) -> list[dict[str, Any]]:
        return [make(n) for n in range(draw(st.integers(0, most)))]

    return case(
        assignment=some(lambda n: {**GIVEN, "code": f"JB-{n}", "assigned_on": draw(days),
                                   "complex": draw(st.booleans()), "co_organs": ["JG-2"]}),
        assignment_return=some(lambda n: {**BACK, "assignment": "JB-0", "returned_on": draw(days)}, 1),
        reply=some(lambda n: {**REPLY, "code": f"DF-{n}", "assignment": "JB-0", "replied_on": draw(days),
                              "organ": draw(st.sampled_from(["JG-1", "JG-2"]))}, 3),
        rating=some(lambda n: {**BAD, "code": f"PF-{n}", "reply": f"DF-{n}", "rated_on": draw(days)}, 3),
        rehandling=some(lambda n: {"code": f"CB-{n}", "rating": f"PF-{n}", "opened_on": draw(days),
                                   "organ": "JG-1"}),
        extension=some(lambda n: {**EXTENSION, "assignment": "JB-0", "consented_on": draw(days)}, 1),
        promise=some(lambda n: {**PROMISE, "reply": "DF-0", "due_on": draw(days)}, 1),
        onsite_check=some(lambda n: check(draw(st.sampled_from(["done", "partly"])), draw(days)), 1),
        withdrawal=some(lambda n: {**WITHDRAWN, "withdrawn_on": draw(days)}, 1),
    )  # fmt: skip


books = st.sampled_from(sorted(BOOKS)).map(BOOKS.__getitem__)
held = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@st.composite
def notices(draw: st.DrawFn) -> Notice:
    """A year, or a change of one, announced on any day: even of days that are past."""
    first, last = sorted((draw(held), draw(held)))
    off = draw(st.dictionaries(held, st.just("节"), max_size=60))
    return Notice(draw(held), Table(first, last, off, draw(st.frozensets(held, max_size=20))))


known = st.lists(notices(), max_size=3).map(lambda more: (*ONLY_2026, *more))


def closed_before(clock: Clock, day: date) -> bool:
    """Whether it was done, stopped or lapsed before a day."""
    ends = [each for each in (clock.done_on, clock.stopped_on) if each]
    if clock.lapses and clock.deadline:
        ends.append(clock.deadline.due)
    return min(ends, default=date.max) < day


@given(cases(), books, held, known, notices())
def test_a_new_notice_never_changes_a_clock_closed_before_it(
    made: Case, book: Rulebook, on: date, before: tuple[Notice, ...], new: Notice
) -> None:
    old = clocks(made, book, on, noticed(before))
    now = clocks(made, book, on, noticed((*before, new)))
    for was, then in zip(old, now, strict=True):
        if on < new.on or closed_before(was, new.on):
            assert was == then and (was.deadline is None or was.deadline.days == then.deadline.days)  # type: ignore[union-attr]


@given(cases(), books, held, known)
def test_every_move_is_of_an_open_clock_between_its_two_dates(
    made: Case, book: Rulebook, on: date, all_known: tuple[Notice, ...]
) -> None:
    calendar = noticed(all_known)
    for each in moves(made, book, on, calendar):
        assert each.notice in calendar.changes and each.notice <= on and each.was != each.now
        seen = Case(made.suggestion, {kind: made.until(kind, each.notice) for kind in made.records})
        there = [
            one
            for one in clocks(seen, book, each.notice, calendar)
            if each.is_of(one) and one.deadline and one.deadline.due == each.now
        ]
        assert any(
            one.deadline and one.deadline.start < each.notice and not closed_before(one, each.notice)
            for one in there
        )


@given(cases(), books, held, st.integers(0, 400), known)
def test_a_clock_that_is_closed_looks_the_same_on_every_later_day(
    made: Case, book: Rulebook, on: date, later: int, all_known: tuple[Notice, ...]
) -> None:
    calendar = noticed(all_known)
    now = clocks(made, book, on, calendar)
    for was, then in zip(now, clocks(made, book, on + timedelta(later), calendar), strict=True):
        if closed_before(was, on):
            assert was == then


@given(cases(), books, held)
def test_a_calendar_that_was_always_known_moves_nothing(made: Case, book: Rulebook, on: date) -> None:
    assert moves(made, book, on, STATE_COUNCIL.as_known(date(2026, 12, 31))) == ()


@given(cases(), books, st.dates(date(2025, 12, 1), date(2028, 1, 1)), st.integers(0, 60))
def test_a_clock_only_goes_forward(made: Case, book: Rulebook, on: date, later: int) -> None:
    order = ("not_started", "running", "overdue", "very_overdue", "done", "done_late", "stopped")
    for each in clocks(made, book, on):
        assert order.index(each.state(on)) <= order.index(each.state(on + timedelta(later)))
        assert (
            WORDS.say(each.why)
            and WORDS.say(f"clock.{each.name}")
            and WORDS.say(f"clock.state.{each.state(on)}")
        )
