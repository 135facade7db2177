"""Which deadlines a suggestion has on a day, by its records and a rulebook, and which notices moved them.

A clock is there only where the rulebook sets a limit, and each is counted from the date that its rule names.
All follows from the records, the rulebook, the calendar and the day: nothing is kept, and nothing changes
when the calendar learns of another year, but what is open then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ledger.rulebooks import Rulebook
from ledger.rules.calendar import STATE_COUNCIL, Calendar
from ledger.rules.suggestion.case import Case
from ledger.rules.suggestion.clock import Clock, Counting, Name, by_day, day_in
from ledger.rules.suggestion.handling_clocks import until_the_reply
from ledger.rules.suggestion.reply_clocks import after_the_reply

__all__ = ["Clock", "Moved", "clocks", "moves"]


def clocks(case: Case, rulebook: Rulebook, on: date, calendar: Calendar = STATE_COUNCIL) -> tuple[Clock, ...]:
    """Every clock of a suggestion, in the order of its way: assigned, handled, replied, rated, promised.

    Each is judged by all records handed in, and counted with the holidays that were known when it closed, or
    on the day where it is open then.
    """
    withdrawn = _withdrawn_on(case, rulebook)
    ask = Counting(case, rulebook, on, calendar, withdrawn)
    found = (*until_the_reply(ask), *after_the_reply(ask))
    return tuple(ask.settled(_stopped(each, withdrawn)) for each in found)


@dataclass(frozen=True)
class Moved:
    """An open clock that a notice of the State Council moved, on the notice's day, from one day to another.

    `of` is the record that set it going.
    """

    notice: date
    clock: Name
    was: date
    now: date
    of: str | None = None
    organ: str | None = None

    def is_of(self, clock: Clock) -> bool:
        """Whether it was this clock that moved."""
        return (self.clock, self.of, self.organ) == (clock.name, clock.of, clock.organ)


def moves(case: Case, rulebook: Rulebook, on: date, calendar: Calendar = STATE_COUNCIL) -> tuple[Moved, ...]:
    """Every notice up to a day that moved a clock, each as the case stood on the notice's day."""
    starts = [each.deadline.start for each in clocks(case, rulebook, on, calendar) if each.deadline]
    since = min(starts, default=on)
    return tuple(
        moved
        for notice in calendar.changes
        if since < notice <= on
        for moved in _moved(case, rulebook, notice, calendar)
    )


def _moved(case: Case, rulebook: Rulebook, notice: date, calendar: Calendar) -> Iterator[Moved]:
    """What a notice moved: the same records, counted as on the day before it and as on its own."""
    known = Case(case.suggestion, {kind: case.until(kind, notice) for kind in case.records})
    eve, then = (clocks(known, rulebook, day, calendar) for day in (notice - timedelta(1), notice))
    for was, now in zip(eve, then, strict=True):
        before, after = was.deadline, now.deadline
        if before and after and before.start < notice and before.due != after.due:
            yield Moved(notice, now.name, before.due, after.due, now.of, now.organ)


def _stopped(clock: Clock, withdrawn: date | None) -> Clock:
    """A withdrawal ends the handling, so that it stops whatever is still open."""
    over = clock.stopped_on or clock.done_on
    if withdrawn is None or (over is not None and over <= withdrawn):
        return clock
    return replace(clock, stopped_on=withdrawn, why="clock.why.withdrawn")


def _withdrawn_on(case: Case, rulebook: Rulebook) -> date | None:
    first = next(iter(by_day(case, "withdrawal", in_writing=True)), None)
    until = rulebook.values.get("suggestion.withdrawal_until")
    if first and until and until.value == "assignment":
        assigned = by_day(case, "assignment")
        if assigned and assigned[0]["assigned_on"] <= first["withdrawn_on"]:
            return None
    return day_in(first, "withdrawn_on")
