"""One clock of a suggestion: from when to when something has to be done, and how it stands on a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

from ledger.rulebooks import Rulebook
from ledger.rules.calendar import Calendar
from ledger.rules.deadline import Deadline, count
from ledger.rules.suggestion.case import Answers, Case

Name = Literal[
    "assign", "return", "reassign", "first_contact", "co_organ_opinion", "reply", "rate", "rate_promise",
    "rehandle", "promise",
]  # fmt: skip
State = Literal["not_started", "running", "done", "done_late", "overdue", "very_overdue", "stopped"]


@dataclass(frozen=True)
class Clock:
    """A deadline with what it is for. Its state is reckoned from a day, and never kept.

    `why` is a key in words: which limit this is, or why there is none. `rule` names the limit in the rulebook
    (None for a day that was named), `of` the record that set it going. `very_after`: the last day on which it
    is overdue only. `lapses`: a right that ends unused, such as that to return a matter.
    """

    name: Name
    deadline: Deadline | None
    done_on: date | None = None
    why: str = "clock.why.limit"
    rule: str | None = None
    of: str | None = None
    organ: str | None = None
    stopped_on: date | None = None
    very_after: date | None = None
    lapses: bool = False

    @property
    def closed(self) -> bool:
        """Whether nothing can happen to it any more."""
        return self.done_on is not None or self.stopped_on is not None

    def state(self, on: date) -> State:
        """How it stands at the end of a day.

        >>> from ledger.rules.deadline import on_the_day
        >>> named = on_the_day(date(2026, 3, 2), date(2026, 6, 30))
        >>> clock = Clock("promise", named, very_after=date(2026, 7, 30))
        >>> [clock.state(date(2026, *day)) for day in ((3, 1), (3, 2), (6, 30), (7, 1), (7, 30), (7, 31))]
        ['not_started', 'running', 'running', 'overdue', 'overdue', 'very_overdue']

        The trap: on the last day it is still in time, and what is done tomorrow is not done today.
        """
        if self.done_on and self.done_on <= on and (not self.stopped_on or self.done_on <= self.stopped_on):
            return "done_late" if self.deadline and self.done_on > self.deadline.due else "done"
        if self.stopped_on and self.stopped_on <= on:
            return "stopped"
        if self.deadline is None or on < self.deadline.start:
            return "not_started"
        if on <= self.deadline.due:
            return "running"
        if self.lapses:
            return "done"
        return "very_overdue" if self.very_after and on > self.very_after else "overdue"


def very_after(deadline: Deadline | None, rulebook: Rulebook) -> date | None:
    """The last day on which a thing is overdue only; without a rule that says so there is none."""
    rule = rulebook.values.get("suggestion.very_overdue_after")
    if deadline is None or rule is None:
        return None
    return count(deadline.due, str(rule.value), rulebook, deadline.calendar).due


@dataclass(frozen=True)
class Counting:
    """What every clock is counted with: the case, the rules of its congress, the day, and the calendar.

    `withdrawn`: the day from which nothing runs any more.
    """

    case: Case
    rulebook: Rulebook
    on: date
    calendar: Calendar
    withdrawn: date | None = None

    def known(self, *ended: date | None) -> Calendar:
        """The calendar as it was known on the first of these days; where none has come, on the day asked."""
        return self.calendar.as_known(self._first(*ended))

    def settled(self, clock: Clock) -> Clock:
        """A clock counted with what was known when it closed, or is known on the day asked where it is open.

        So no notice makes in time what was late, or late what was in time.
        """
        if clock.deadline is None:
            return clock
        closed = self._first(clock.done_on, clock.stopped_on)
        known = self._lapsed(clock.deadline, closed) if clock.lapses else self.calendar.as_known(closed)
        deadline = clock.deadline.recounted(self.rulebook, known)
        if deadline is clock.deadline:
            return clock
        late = clock.very_after and very_after(deadline, self.rulebook)
        return replace(clock, deadline=deadline, very_after=late)

    def _lapsed(self, deadline: Deadline, closed: date) -> Calendar:
        """A right that nobody used is gone after its last day, and no later notice brings it back."""
        for notice in self.calendar.changes:
            if deadline.start < notice <= closed:
                before = self.calendar.as_known(notice - timedelta(1))
                if deadline.recounted(self.rulebook, before).due < notice:
                    return before
        return self.calendar.as_known(closed)

    def _first(self, *ended: date | None) -> date:
        return min(each for each in (self.on, self.withdrawn, *ended) if each)

    def clock(
        self, name: Name, records: Sequence[Answers], done: date | None, *, of: Answers, **said: Any
    ) -> Iterator[Clock]:
        """The clock of a limit, where the rulebook sets one."""
        rule = f"{name}_within"
        if not self.sets(rule):
            return
        deadline = self.deadline(rule, *records)
        if deadline is None:
            said["why"] = "clock.why.no_start"
        late = very_after(deadline, self.rulebook)
        yield Clock(
            name, deadline, done, rule=f"suggestion.{rule}", of=str(of["code"]), very_after=late, **said
        )

    def deadline(self, rule: str, *records: Answers) -> Deadline | None:
        """When a limit is up; None where the rulebook sets none, or nothing tells where it starts."""
        if not self.sets(rule):
            return None
        start = self._start(rule, *records)
        limit = str(self.rulebook[f"suggestion.{rule}"].value)
        return count(start, limit, self.rulebook, self.known()) if start else None

    def _start(self, rule: str, *records: Answers) -> date | None:
        """The date that the rule counts from, among the records and the suggestion itself."""
        name = self.counted_from(rule)
        recess = self.rulebook.values.get("suggestion.recess_counted_from")
        if name == "session_closed_on" and recess and self.case.suggestion.get("period") == "recess":
            name = str(recess.value)
        known = [day for each in (*records, self.case.suggestion) if (day := day_in(each, name))]
        if not known and name == "received_on":  # what came in by phone was received when it was filed
            known = [day for day in (day_in(self.case.suggestion, "filed_on"),) if day]
        return next(iter(known), None)

    def counted_from(self, rule: str) -> str:
        """The name of the date that a limit starts from."""
        value = self.rulebook.values.get(f"suggestion.{rule}")
        return str(value.counted_from) if value else ""

    def sets(self, rule: str) -> bool:
        """Whether the rulebook has a limit for this."""
        return f"suggestion.{rule}" in self.rulebook.values

    def says(self, switch: str) -> bool:
        """How a switch of the rulebook stands."""
        return bool(self.rulebook[f"suggestion.{switch}"].value)


def by_day(case: Case, kind: str, **named: Any) -> list[Answers]:
    """The records of a kind that name all of this, by their days."""
    known = case.until(kind, date.max)
    return [each for each in known if all(each.get(name) == value for name, value in named.items())]


def day_in(answers: Answers | None, name: str) -> date | None:
    """A date that a record tells; None without one, or without the record."""
    value = answers.get(name) if answers else None
    return date.fromisoformat(value) if value else None
