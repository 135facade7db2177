"""When a limit is up, counted so that anyone can follow it: every day, every holiday, every day passed over.

The law is 民法典第二百条 to 第二百零三条, as the rulebook's `counting` has it; a calendar knows the holidays.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

from ledger.limits import Limit, read_limit
from ledger.rulebooks import Rulebook
from ledger.rules.calendar import STATE_COUNCIL, Calendar, Day

START = "当天不计入"
UNKNOWN = "放假安排未公布"
ROLLED_TO = "顺延到这一天"
NAMED = ""
"""The limit of a deadline that was named as a day, and not counted."""


@dataclass(frozen=True)
class Counted:
    """One day of a count: whether it counts, and why not, or what it is called."""

    on: date
    counts: bool
    why: str | None


@dataclass(frozen=True)
class Deadline:
    """The last day on which a thing is in time, with all that led to it.

    `rolled` are the days off passed over at the end. `provisional`: a day of the span lies beyond the days
    whose holidays were known when it was counted, so that the State Council's next notice may move it.
    """

    start: date
    limit: str
    due: date
    rolled: tuple[date, ...] = ()
    provisional: bool = False
    first_day_counts: bool = False
    calendar: Calendar = field(default=STATE_COUNCIL, repr=False, compare=False)

    @property
    def nominal(self) -> date:
        """Where the count itself ends, before any rolling forward."""
        return self.rolled[0] if self.rolled else self.due

    @cached_property
    def days(self) -> tuple[Counted, ...]:
        """The whole count, from the day it starts to the day it is due."""
        return tuple(_days(self))

    def passed(self, on: date) -> int:
        """How many days after the deadline a day is; 0 where it is in time."""
        return max((on - self.due).days, 0)

    def recounted(self, rulebook: Rulebook, calendar: Calendar) -> Deadline:
        """The same limit by another calendar, such as one with fewer notices; a day that was named stays."""
        if calendar is self.calendar:
            return self
        if self.limit == NAMED:
            return replace(self, calendar=calendar)
        return count(self.start, self.limit, rulebook, calendar)


def count(start: date, limit: str, rulebook: Rulebook, calendar: Calendar = STATE_COUNCIL) -> Deadline:
    """民法典第二百零一条 to 第二百零三条: when a limit that starts on a day is up by a calendar.

    >>> from ledger.rulebooks import Value
    >>> from ledger.rules.calendar import Table
    >>> book = Rulebook({}, {"counting.first_day_counts": Value(False),
    ...                      "counting.roll_forward_on_holiday": Value(True),
    ...                      "counting.roll_forward_on_weekend": Value(True)})
    >>> spring = {date(2026, 2, day): "春节" for day in range(15, 24)}
    >>> year = Table(date(2026, 1, 1), date(2026, 12, 31), spring, {date(2026, 2, 14), date(2026, 2, 28)})
    >>> str(count(date(2026, 2, 10), "5 working days", book, year).due)
    '2026-02-24'
    >>> str(count(date(2026, 1, 31), "1 month", book, year).due)
    '2026-02-28'
    >>> count(date(2026, 10, 8), "3 months", book, year).provisional
    True

    The traps: the first day is not counted, Saturday 02-14 is worked, and February has no 31st.
    """
    length = read_limit(limit)
    first_day_counts = _on("first_day_counts", rulebook)
    end = _end(start, length, first_day_counts, calendar)
    rolled = () if length.unit == "working days" else tuple(_days_off(end, rulebook, calendar))
    due = _later(rolled[-1], 1) if rolled else end
    begins = start if first_day_counts else _later(start, 1)
    provisional = begins < calendar.first or due > calendar.last
    return Deadline(start, limit, due, rolled, provisional, first_day_counts, calendar)


def latest_before(meeting: date, limit: str, calendar: Calendar = STATE_COUNCIL) -> date:
    """The last day on which a thing is sent so long before a meeting (会议举行的二十日前), counted back.

    >>> str(latest_before(date(2026, 8, 20), "20 days")), str(latest_before(date(2026, 3, 31), "1 month"))
    ('2026-07-31', '2026-02-28')

    The traps: the day of the meeting is not counted, and a lead time that ends on a day off is not moved:
    民法典第二百零三条 speaks of the last day of a period, which comes after its start.
    """
    length = read_limit(limit)
    if length.unit == "months":
        return months_later(meeting, -length.number)
    if length.unit == "days":
        return _later(meeting, -length.number)
    on, left = meeting, length.number
    while left and on > date.min:
        on = _later(on, -1)
        left -= calendar.day(on).works
    return on


def on_the_day(start: date, due: date, calendar: Calendar = STATE_COUNCIL) -> Deadline:
    """A day that somebody named, such as a promise's: nothing is counted, rolled or provisional."""
    return Deadline(start, NAMED, due, calendar=calendar)


def months_later(on: date, months: int) -> date:
    """民法典第二百零二条: the corresponding day, or the month's last day where there is none.

    >>> str(months_later(date(2023, 11, 30), 3)), str(months_later(date(2024, 2, 29), 12))
    ('2024-02-29', '2025-02-28')
    """
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


def _end(start: date, length: Limit, first_day_counts: bool, calendar: Calendar) -> date:
    if length.unit == "months":
        end = months_later(start, length.number)
        # Where the first day counts, a month from the 1st is full on the last day of that month.
        return max(start, _later(end, -1)) if first_day_counts and end.day == start.day else end
    origin = _later(start, -1) if first_day_counts else start
    if length.unit == "days":
        return _later(origin, length.number)
    on, left = origin, length.number
    while left and on < date.max:
        on = _later(on, 1)
        left -= calendar.day(on).works
    return on


def _days_off(end: date, rulebook: Rulebook, calendar: Calendar) -> Iterator[date]:
    """民法典第二百零三条: the days off from the last day on that the rulebook lets pass."""
    on = end
    while on < date.max and _passed_over(calendar.day(on), rulebook):
        yield on
        on = _later(on, 1)


def _passed_over(day: Day, rulebook: Rulebook) -> bool:
    if day.works or not _on("roll_forward_on_holiday", rulebook):
        return False
    return day.kind == "holiday" or _on("roll_forward_on_weekend", rulebook)


def _days(deadline: Deadline) -> Iterator[Counted]:
    working = deadline.limit.endswith(("working day", "working days"))
    calendar, on = deadline.calendar, deadline.start
    if not deadline.first_day_counts:
        yield Counted(on, False, START)
        on = _later(on, 1)
    while on <= deadline.due:
        day = calendar.day(on)
        known = calendar.first <= on <= calendar.last
        why = day.name or (None if known else UNKNOWN)
        if on > deadline.nominal and on == deadline.due:
            why = ROLLED_TO
        yield Counted(on, day.works if working else on <= deadline.nominal, why)
        if on == date.max:
            return
        on = _later(on, 1)


def _on(switch: str, rulebook: Rulebook) -> bool:
    return bool(rulebook[f"counting.{switch}"].value)


def _later(on: date, days: int) -> date:
    """So many days later; the calendar's own ends hold, so that no record can break a count."""
    try:
        return on + timedelta(days)
    except OverflowError:
        return date.max if days > 0 else date.min
