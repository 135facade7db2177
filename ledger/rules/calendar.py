"""Which days are working days: what a deadline needs to know of the year, and from which day it was known.

The arrangement of a year is announced shortly before it, and now and then changed within it. A deadline asks
for the calendar as it was known on a day, so that no later notice changes what was counted before it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Literal, Protocol

Kind = Literal["work", "adjusted", "weekend", "holiday"]
"""`adjusted`: a Saturday or Sunday worked in place of another day (调休上班)."""

WEEKEND = {5: "周六", 6: "周日"}
ADJUSTED = "调休上班"


@dataclass(frozen=True)
class Day:
    """What one day is, with its name in Chinese; an ordinary working day has none."""

    kind: Kind
    name: str | None = None

    @property
    def works(self) -> bool:
        """Whether people are at work on it."""
        return self.kind in ("work", "adjusted")


class Calendar(Protocol):
    """What a deadline asks. `first` and `last` are the days between which the holidays are known.

    `changes` are the days of the notices, by which `as_known` comes to know more.
    """

    @property
    def first(self) -> date: ...

    @property
    def last(self) -> date: ...

    @property
    def changes(self) -> tuple[date, ...]: ...

    def day(self, on: date) -> Day:
        """Any day at all; beyond what is known, weekends are off and nothing else is."""
        ...

    def as_known(self, on: date) -> Calendar:
        """The calendar that people had on a day, a notice of that day included."""
        ...


@dataclass(frozen=True)
class Table:
    """A calendar written out: holidays by name, and the weekend days that are worked.

    >>> year = Table(date(2026, 1, 1), date(2026, 12, 31), {date(2026, 2, 17): "春节"}, {date(2026, 2, 14)})
    >>> [year.day(date(2026, 2, day)).name for day in (13, 14, 15, 16, 17)]
    [None, '调休上班', '周日', None, '春节']
    """

    first: date
    last: date
    holidays: Mapping[date, str] = field(default_factory=dict)
    adjusted: Collection[date] = ()

    def day(self, on: date) -> Day:
        """The kind and name of a day."""
        if on in self.holidays:
            return Day("holiday", self.holidays[on])
        if on.weekday() < 5:
            return _WORK
        return _ADJUSTED if on in self.adjusted else _WEEKEND[on.weekday()]

    @property
    def changes(self) -> tuple[date, ...]:
        """A calendar written out was always known."""
        return ()

    def as_known(self, on: date) -> Calendar:
        """Itself."""
        return self

    def after(self, notice: Table) -> Table:
        """What is known once a notice has set its days anew, from its first to its last; it may name others.

        >>> friday, saturday = date(2020, 1, 31), date(2020, 2, 1)
        >>> year = Table(date(2020, 1, 1), date(2020, 12, 31), {date(2020, 1, 30): "春节"}, {saturday})
        >>> now = year.after(Table(friday, saturday, {friday: "春节", saturday: "春节"}))
        >>> [now.day(date(2020, *on)).works for on in ((1, 30), (1, 31), (2, 1), (2, 3))], str(now.last)
        ([False, False, False, True], '2020-12-31')
        """

        def stands(on: date) -> bool:
            return not notice.first <= on <= notice.last

        holidays = {on: name for on, name in self.holidays.items() if stands(on)} | dict(notice.holidays)
        adjusted = {on for on in self.adjusted if stands(on)} | set(notice.adjusted)
        return Table(self.first, max(self.last, notice.last), holidays, frozenset(adjusted))

    def within(self, first: date, last: date) -> Table:
        """The days from one to another alone."""
        holidays = {on: name for on, name in self.holidays.items() if first <= on <= last}
        return Table(first, last, holidays, frozenset(on for on in self.adjusted if first <= on <= last))


_WORK = Day("work")
_ADJUSTED = Day("adjusted", ADJUSTED)
_WEEKEND = {weekday: Day("weekend", name) for weekday, name in WEEKEND.items()}

_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


@dataclass(frozen=True)
class Notice:
    """The days that a notice sets, and the day it was published."""

    on: date
    table: Table


class Notices:
    """A calendar that came to be known a notice at a time. Taken as it is, it is all that is known by now.

    >>> notices = [Notice(date(year - 1, 11, 4), Table(date(year, 1, 1), date(year, 12, 31)))
    ...            for year in (2025, 2026)]
    >>> known = Notices(lambda: notices).as_known
    >>> [str(known(date(2025, *on)).last) for on in ((11, 3), (11, 4))]
    ['2025-12-31', '2026-12-31']
    """

    def __init__(self, read: Callable[[], Iterable[Notice]]) -> None:
        self._read = read

    @cached_property
    def notices(self) -> tuple[Notice, ...]:
        """The notices by their days; read when first asked, as the library is large."""
        return tuple(sorted(self._read(), key=lambda each: each.on))

    @cached_property
    def changes(self) -> tuple[date, ...]:
        """The days of the notices."""
        return tuple(dict.fromkeys(each.on for each in self.notices))

    @cached_property
    def _known(self) -> tuple[Table, ...]:
        """What was known before the first notice, which is nothing, and after each."""
        first = self.notices[0].table.first
        known = [Table(first, first - timedelta(1))]
        for each in self.notices:
            known.append(known[-1].after(each.table))
        return tuple(known)

    @cached_property
    def _days(self) -> tuple[date, ...]:
        return tuple(each.on for each in self.notices)

    def as_known(self, on: date) -> Table:
        """All that was published by a day, that day included."""
        return self._known[bisect_right(self._days, on)]

    @property
    def first(self) -> date:
        """The first day of the first year with a notice."""
        return self._known[-1].first

    @property
    def last(self) -> date:
        """The last day of the last year with a notice."""
        return self._known[-1].last

    def day(self, on: date) -> Day:
        """The kind and name of a day."""
        return self._known[-1].day(on)


_PUBLISHED = {
    2014: date(2013, 12, 11),
    2015: date(2014, 12, 16),
    2016: date(2015, 12, 10),
    2017: date(2016, 12, 1),
    2018: date(2017, 11, 30),
    2019: date(2018, 12, 6),
    2020: date(2019, 11, 21),
    2021: date(2020, 11, 25),
    2022: date(2021, 10, 25),
    2023: date(2022, 12, 8),
    2024: date(2023, 10, 25),
    2025: date(2024, 11, 12),  # with the two more days of 全国年节及纪念日放假办法, changed on 2024-11-10
    2026: date(2025, 11, 4),
}
_CHANGED = {
    # 中国人民抗日战争胜利 70 周年纪念日, 3 to 5 September, with the Sunday worked
    date(2015, 5, 13): Table(date(2015, 9, 3), date(2015, 9, 6)),
    # 劳动节, made four days instead of one
    date(2019, 3, 22): Table(date(2019, 4, 28), date(2019, 5, 5), {date(2019, 5, 1): "劳动节"}),
    # 春节, made longer against the epidemic: a Saturday that was to be worked was off after all
    date(2020, 1, 27): Table(date(2020, 1, 31), date(2020, 2, 2), {}, {date(2020, 2, 1)}),
}
"""Notices that changed a year under way, by their days: how things stood before them."""


def _notices() -> Iterator[Notice]:
    """The notices: the library knows what they set, and the tables above on which day.

    Where no day stands there, a year is treated as known from 1 December of the year before: so the years
    before 2014, and a year that a newer library knows and this file does not yet.
    """
    from chinese_calendar import holidays, workdays

    named = [(on, _NAMES.get(name, "法定节假日")) for on, name in holidays.items()]
    worked = [(on, _NAMES.get(name, "")) for on, name in workdays.items()]
    for year in range(min(holidays).year, max(holidays).year + 1):
        table = Table(
            date(year, 1, 1),
            date(year, 12, 31),
            {on: name for on, name in named if _year_of(on, name) == year},
            frozenset(on for on, name in worked if _year_of(on, name) == year),
        )
        changes = {on: was for on, was in _CHANGED.items() if was.first.year == year}
        for on, was in changes.items():
            yield Notice(on, table.within(was.first, was.last))
            table = table.after(was)
        yield Notice(_PUBLISHED.get(year, date(year - 1, 12, 1)), table)


def _year_of(on: date, name: str) -> int:
    """Which year's notice sets a day: that of 2019 had 29 December 2018 worked for the New Year."""
    return on.year + (on.month == 12 and name == "元旦")


STATE_COUNCIL: Calendar = Notices(_notices)
"""国务院办公厅关于部分节假日安排的通知, as the library `chinesecalendar` keeps them."""
