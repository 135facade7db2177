"""An opinion of the standing committee 审议意见, and the report on how it was handled 研究处理情况.

Answers are those of `deliberation_opinion` and `handling_report`; 监督法（2024 年修正）第十七条.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from ledger.rulebooks import Rulebook
from ledger.rules.calendar import STATE_COUNCIL, Calendar
from ledger.rules.deadline import Deadline, count, on_the_day

Answers = Mapping[str, Any]
State = Literal["overdue", "again", "waiting", "answered_late", "answered"]
STATES: tuple[State, ...] = ("overdue", "again", "waiting", "answered_late", "answered")
"""The order in which lists show them."""
WITHIN = "oversight.handling_report_within"


@dataclass(frozen=True)
class Handled:
    """How an opinion stands on a day: its deadline, the first report, and whether that was made public.

    `published_on`: the day from which every report that was accepted or not yet judged can be read.
    """

    state: State
    deadline: Deadline
    first: date | None
    published_on: date | None
    late: int

    @property
    def answered(self) -> bool:
        """Whether a report was filed at all."""
        return self.first is not None

    @property
    def in_time(self) -> bool:
        """Whether the first report came on the last day or before."""
        return self.first is not None and self.first <= self.deadline.due

    @property
    def finished(self) -> bool:
        """Whether a chain may close on it: reported, not sent back, and published (第十七条)."""
        return self.state in ("answered", "answered_late") and self.published_on is not None


def deadline(opinion: Answers, rulebook: Rulebook, calendar: Calendar = STATE_COUNCIL) -> Deadline:
    """The day that the opinion names, else the rulebook's limit from the day it was sent."""
    sent = date.fromisoformat(opinion["sent_on"])
    if "due_on" in opinion:
        return on_the_day(sent, date.fromisoformat(opinion["due_on"]), calendar)
    return count(sent, str(rulebook[WITHIN].value), rulebook, calendar)


def handled(
    opinion: Answers,
    reports: Iterable[Answers],
    rulebook: Rulebook,
    on: date,
    calendar: Calendar = STATE_COUNCIL,
) -> Handled:
    """How an opinion stands: the first report tells whether it was in time, the last whether it is done.

    >>> from ledger.rulebooks import Value
    >>> switches = ("first_day_counts", "roll_forward_on_holiday", "roll_forward_on_weekend")
    >>> plain = {f"counting.{each}": Value(False) for each in switches}
    >>> book = Rulebook({}, {WITHIN: Value("3 months")} | plain)
    >>> opinion = {"sent_on": "2026-06-25"}
    >>> late = {"reported_on": "2026-09-26", "published_on": "2026-10-08"}
    >>> [handled(opinion, [late], book, date(2026, *day)).state for day in ((9, 25), (9, 26), (10, 8))]
    ['waiting', 'answered_late', 'answered_late']
    >>> handled(opinion, [late], book, date(2026, 10, 7)).finished
    False

    The trap: a report that was filed and not published is an answer, and closes nothing.
    """
    day = on.isoformat()
    there = sorted(
        (each for each in reports if each["reported_on"] <= day), key=lambda each: each["reported_on"]
    )
    first = date.fromisoformat(there[0]["reported_on"]) if there else None
    due = deadline(opinion, rulebook, calendar.as_known(min(first or on, on)))
    late = due.passed(first or on)
    return Handled(_state(there, late), due, first, _published(there, day), late)


def _state(there: list[Answers], late: int) -> State:
    if not there:
        return "overdue" if late else "waiting"
    if there[-1].get("committee_says") == "again":
        return "again"
    return "answered_late" if late else "answered"


def _published(there: list[Answers], day: str) -> date | None:
    if not there or there[-1].get("published_on", "9999") > day:
        return None
    return date.fromisoformat(there[-1]["published_on"])
