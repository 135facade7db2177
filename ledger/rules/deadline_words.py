"""How a deadline was counted, in one sentence: what was left out, what was worked, what it rolled over; and
how a notice of holidays moved it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from ledger.limits import read_limit
from ledger.rules.calendar import ADJUSTED, WEEKEND
from ledger.rules.deadline import NAMED, Counted, Deadline
from ledger.rules.suggestion.clocks import Moved
from ledger.words import Words


def in_words(deadline: Deadline, words: Words, lang: str = "zh") -> str:
    """The count for a page: 从 2026-02-10 起 10 个工作日，当天不计入，除去 春节 9 天（02-15 至 02-23）……"""
    comma, stop = ("；", "。") if lang == "zh" else ("; ", ".")
    return comma.join(_parts(deadline, words, lang)) + stop


def moved_in_words(moved: Moved, words: Words, lang: str = "zh") -> str:
    """The log of a move: on which notice, which clock, from which day to which."""
    name = words.say(f"clock.{moved.clock}", lang)
    told = {"notice": moved.notice, "clock": name, "was": moved.was, "now": moved.now}
    return words.say("clock.moved.text", lang, **told)


def limit_in_words(limit: str, words: Words, lang: str = "zh") -> str:
    """A limit as a rulebook writes it, in words: 30 days, 10 working days, 3 months."""
    length = read_limit(limit)
    unit = length.unit if length.number > 1 else f"one {length.unit.removesuffix('s')}"
    return words.say(f"deadline.{unit.replace(' ', '_')}", lang, n=length.number)


def _parts(deadline: Deadline, words: Words, lang: str) -> Iterator[str]:
    def say(key: str, **params: object) -> str:
        return words.say(f"deadline.{key}", lang, **params)

    if deadline.limit == NAMED:
        yield say("named", due=deadline.due)
        return
    length, limit = read_limit(deadline.limit), limit_in_words(deadline.limit, words, lang)
    yield say("from_counted" if deadline.first_day_counts else "from", start=deadline.start, limit=limit)
    if length.unit == "working days":
        yield from _working(deadline, words, lang)
    if (
        length.unit == "months"
        and not deadline.first_day_counts
        and deadline.nominal.day < deadline.start.day
    ):
        yield say("month_end", day=deadline.start.day)
    if deadline.rolled:
        name = deadline.calendar.day(deadline.nominal).name
        yield say("rolled", nominal=deadline.nominal, name=name)
    yield say("due", due=deadline.due)
    if deadline.provisional:
        yield say("provisional", first=deadline.calendar.first, last=deadline.calendar.last)


def _working(deadline: Deadline, words: Words, lang: str) -> Iterator[str]:
    comma = "、" if lang == "zh" else ", "
    skipped = [day for day in deadline.days if not day.counts and day.on != deadline.start]
    weekends = [day for day in skipped if day.why in WEEKEND.values()]
    named = [day for day in skipped if day.why not in WEEKEND.values()]
    said = [words.say("deadline.weekends", lang, n=len(weekends))] if weekends else []
    said += [_holiday(run, words, lang) for run in runs(named)]
    if said:
        yield words.say("deadline.leaving_out", lang, days=comma.join(said))
    if worked := [f"{day.on:%m-%d}" for day in deadline.days if day.counts and day.why == ADJUSTED]:
        yield words.say("deadline.adjusted", lang, days=comma.join(worked))


def _holiday(run: Sequence[Counted], words: Words, lang: str) -> str:
    first, last = f"{run[0].on:%m-%d}", f"{run[-1].on:%m-%d}"
    span = first if first == last else words.say("deadline.to", lang, first=first, last=last)
    return words.say("deadline.holiday", lang, name=run[0].why, n=len(run), span=span)


def runs(days: Sequence[Counted]) -> list[list[Counted]]:
    """Days in a row with the same name, together.

    >>> from datetime import date
    >>> days = [Counted(date(2026, 10, day), False, "国庆节") for day in (1, 2, 3, 7)]
    >>> [len(run) for run in runs(days)]
    [3, 1]
    """
    numbered = enumerate(days)

    def key(each: tuple[int, Counted]) -> tuple[str | None, date]:
        place, day = each
        return day.why, day.on - timedelta(place)

    return [[day for _, day in group] for _, group in groupby(numbered, key)]
