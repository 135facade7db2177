"""A day of reception as people write it, 每月 20 日 or 每周三, as a rule that a calendar repeats (RFC 5545).

What cannot be read for certain, such as 赶集日, is in no calendar: nobody should stand before a closed door.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAY = {**{name: n for n, name in enumerate("一二三四五六")}, "日": 6, "天": 6}
_ORDINAL = (
    {name: n for n, name in enumerate("一二三四五", 1)} | {str(n): n for n in range(1, 6)} | {"最后一": -1}
)
_OF_WEEK = re.compile(r"每(?:周|星期)((?:[一二三四五六日天]|[、和及,，]|周|星期)+)")
_RANGE = re.compile(r"每?(?:周|星期)([一二三四五六日天])(?:至|到|—|-|~)(?:周|星期)?([一二三四五六日天])")
_OF_MONTH = re.compile(r"每月((?:\d{1,2}|[日号、和及,，])+)[日号]")
_NTH = re.compile(r"每月(?:的)?(?:第)?([一二三四五1-5]|最后一)个?(?:周|星期)([一二三四五六日天])")
FAR = 400  # days within which every rule here meets a day


def rule(said: str) -> str | None:
    """The rule in these words, or None where they say no rule for certain.

    >>> rule("每月 20 日"), rule("每周三、周五"), rule("每月第一个周三"), rule("赶集日")
    ('FREQ=MONTHLY;BYMONTHDAY=20', 'FREQ=WEEKLY;BYDAY=WE,FR', 'FREQ=MONTHLY;BYDAY=1WE', None)
    """
    text = re.sub(r"\s+", "", said)
    if found := _RANGE.fullmatch(text):
        first, last = (_WEEKDAY[each] for each in found.groups())
        return _weekly(range(first, last + 1)) if first < last else None
    if found := _OF_WEEK.fullmatch(text):
        return _weekly(
            sorted({_WEEKDAY[each] for each in re.sub("星期|周", "", found[1]) if each in _WEEKDAY})
        )
    if found := _NTH.fullmatch(text):
        return f"FREQ=MONTHLY;BYDAY={_ORDINAL[found[1]]}{WEEK[_WEEKDAY[found[2]]]}"
    if found := _OF_MONTH.fullmatch(text):
        days = sorted({int(each) for each in re.findall(r"\d+", found[1])})
        return (
            f"FREQ=MONTHLY;BYMONTHDAY={','.join(map(str, days))}" if 1 <= days[0] <= days[-1] <= 31 else None
        )
    return None


def _weekly(days: range | list[int]) -> str | None:
    return f"FREQ=WEEKLY;BYDAY={','.join(WEEK[n] for n in days)}" if days else None


def first(rule: str, since: date) -> date:
    """The first day of a rule, on a given day or after it.

    >>> first("FREQ=MONTHLY;BYDAY=1WE", date(2026, 3, 5))
    datetime.date(2026, 4, 1)
    """
    fits = _fits(rule.partition(";")[2])
    return next(day for n in range(FAR) if fits(day := since + timedelta(days=n)))


def _fits(part: str) -> Callable[[date], bool]:
    name, _, listed = part.partition("=")
    values = listed.split(",")
    if name == "BYMONTHDAY":
        return lambda day: str(day.day) in values
    if values[0] in WEEK:
        return lambda day: WEEK[day.weekday()] in values
    nth, weekday = int(values[0][:-2]), values[0][-2:]

    def fits(day: date) -> bool:
        last = (day + timedelta(days=7)).month != day.month
        return WEEK[day.weekday()] == weekday and (last if nth < 0 else (day.day - 1) // 7 + 1 == nth)

    return fits
