"""决议决定跟踪问效: was a resolution adopted, and how is it carried out?

Answers are those of `adopted_resolution` and `resolution_followup`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

Answers = Mapping[str, Any]
State = Literal["overdue", "stalled", "untouched", "under_way", "done"]
STATES: tuple[State, ...] = ("overdue", "stalled", "untouched", "under_way", "done")
"""The order in which lists show them."""


@dataclass(frozen=True)
class Carried:
    """How a resolution stands on a day: the last look at it, and the days past its day."""

    state: State
    last: Answers | None
    looks: int
    late: int


def carried_out(resolution: Answers, followups: Iterable[Answers], on: date) -> Carried:
    """Done is what the last look found done; past its day and not done is overdue, looked at or not.

    >>> resolution = {"due_on": "2026-10-31"}
    >>> look = {"followed_on": "2026-08-12", "state": "stalled"}
    >>> done = {"followed_on": "2026-11-05", "state": "done"}
    >>> days = [date(2026, *day) for day in ((8, 1), (8, 12), (11, 1), (11, 5))]
    >>> [carried_out(resolution, [look, done], day).state for day in days]
    ['untouched', 'stalled', 'overdue', 'done']

    The trap: on its last day a resolution is not overdue.
    """
    day, due = on.isoformat(), resolution["due_on"]
    there = sorted(
        (each for each in followups if each["followed_on"] <= day), key=lambda each: each["followed_on"]
    )
    last = there[-1] if there else None
    found: State = last["state"] if last else "untouched"
    until = last["followed_on"] if last and found == "done" else day
    late = max((date.fromisoformat(until) - date.fromisoformat(due)).days, 0)
    return Carried("overdue" if late and found != "done" else found, last, len(there), late)


def adopted(resolution: Answers) -> bool:
    """地方组织法第二十五条、第五十一条: more than half of all members, not of those present.

    >>> [adopted({"in_favour": n, "members": 28}) for n in (14, 15)]
    [False, True]
    """
    return bool(2 * resolution["in_favour"] > resolution["members"])
