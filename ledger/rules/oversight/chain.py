"""监督全链条: one matter of oversight from its start to its close, two forms of oversight in a chain.

Answers are those of `oversight_item`, `oversight_step`; opinions come as `opinion.Handled` reckons them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from ledger.rules.oversight.opinion import Handled

Answers = Mapping[str, Any]
State = Literal["begun", "half", "no_opinion", "awaiting", "unpublished", "ready", "closed"]
STATES: tuple[State, ...] = ("begun", "half", "no_opinion", "awaiting", "unpublished", "ready", "closed")

HALVES: Mapping[str, tuple[str, str]] = {
    "inspection_appraisal": ("linked_inspection", "work_appraisal"),
    "report_inquiry": ("report_heard", "special_inquiry"),
    "enforcement_test": ("enforcement_check", "satisfaction_test"),
}
"""The two forms of oversight that make each chain."""
ANY_CHAIN = ("follow_up", "closing")
"""Steps that belong to every chain."""


@dataclass(frozen=True)
class Chain:
    """How far an item has come on a day.

    `halves`: each half and the day it was first held. `closed_on`: the day of the closing step that counts.
    `closed_early`: a closing step there is that does not count, since something is missing.
    """

    state: State
    halves: tuple[tuple[str, date | None], ...]
    started: date
    opinions: int
    answered: int
    published: int
    closed_on: date | None = None
    closed_early: bool = False

    @property
    def closed(self) -> bool:
        """Whether the chain is closed."""
        return self.state == "closed"

    def open_days(self, on: date) -> int:
        """How many days it has been open, or was."""
        return max(((self.closed_on or on) - self.started).days, 0)


def chain(item: Answers, steps: Iterable[Answers], handled: Sequence[Handled], on: date) -> Chain:
    """A chain is closed by a closing step, and then only where both halves were held and every opinion has a
    handling report that was published by that day (监督法（2024 年修正）第十七条).

    >>> item = {"chain": "report_inquiry", "started_on": "2026-03-10"}
    >>> steps = [{"step": "report_heard", "held_on": "2026-06-18"},
    ...          {"step": "special_inquiry", "held_on": "2026-06-18"},
    ...          {"step": "closing", "held_on": "2026-10-20"}]
    >>> from ledger.rules.deadline import on_the_day
    >>> due = on_the_day(date(2026, 6, 25), date(2026, 9, 25))
    >>> read = Handled("answered", due, date(2026, 9, 10), date(2026, 9, 20), 0)
    >>> filed = Handled("answered", due, date(2026, 9, 10), None, 0)
    >>> [chain(item, steps, [each], date(2026, 11, 1)).state for each in (read, filed)]
    ['closed', 'unpublished']
    >>> chain(item, steps, [], date(2026, 11, 1)).state
    'no_opinion'

    The trap: what was published after the closing does not close it: it is closed anew.
    """
    there = [each for each in steps if each["held_on"] <= on.isoformat()]
    halves = tuple((name, _first(there, name)) for name in HALVES[item["chain"]])
    held = [day for _, day in halves if day]
    published = [each.published_on for each in handled if each.finished and each.published_on]
    closings = sorted(date.fromisoformat(each["held_on"]) for each in there if each["step"] == "closing")
    state, closed_on = _state(held, handled, published), None
    if state == "ready":
        since = max([*held, *published])
        closed_on = next((day for day in closings if day >= since), None)
    return Chain(
        "closed" if closed_on else state,
        halves,
        date.fromisoformat(item["started_on"]),
        len(handled),
        sum(each.answered for each in handled),
        len(published),
        closed_on,
        bool(closings) and closed_on is None,
    )


def _first(steps: Iterable[Answers], name: str) -> date | None:
    return min((date.fromisoformat(each["held_on"]) for each in steps if each["step"] == name), default=None)


def _state(held: Sequence[date], handled: Sequence[Handled], published: Sequence[date]) -> State:
    if not held:
        return "begun"
    if len(held) < 2:
        return "half"
    if not handled:
        return "no_opinion"
    if any(each.state in ("waiting", "overdue", "again") for each in handled):
        return "awaiting"
    return "ready" if len(published) == len(handled) else "unpublished"
