"""What was to be done by a day, and whether somebody looked: rectifications of an appraisal, commitments of a
work report. What the organ says is a claim; a check decides.

Answers are those of `rectification` and `commitment`, whose last questions are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

Answers = Mapping[str, Any]
State = Literal["broken", "partly", "claimed", "due", "kept"]
STATES: tuple[State, ...] = ("broken", "partly", "claimed", "due", "kept")
"""The order in which lists show them: what is broken first, what is kept last."""


@dataclass(frozen=True)
class Mending:
    """How one thing stands on a day. `late`: days past its day, or past it when it was claimed."""

    state: State
    late: int


def mending(record: Answers, on: date) -> Mending:
    """Kept only by a check. Claimed and not looked at is claimed; past its day and not claimed is broken.

    >>> due = {"due_on": "2026-06-30"}
    >>> seen = due | {"claimed_done_on": "2026-06-29", "verified": True, "verified_on": "2026-07-08"}
    >>> records = (due, due | {"claimed_done_on": "2026-06-29"}, seen | {"verdict": "done"},
    ...            seen | {"verdict": "partly"}, seen | {"verdict": "not_done"})
    >>> [mending(each, date(2026, 7, 20)).state for each in records]
    ['broken', 'claimed', 'kept', 'partly', 'broken']
    >>> [mending(each, date(2026, 6, 30)).state for each in records]
    ['due', 'claimed', 'claimed', 'claimed', 'claimed']

    The trap: a check of July says nothing of June, and on its last day a thing is in time.
    """
    day, due = on.isoformat(), record["due_on"]
    claimed = record.get("claimed_done_on")
    seen = record.get("verdict") if record.get("verified") and record.get("verified_on", day) <= day else None
    late = max((date.fromisoformat(min(claimed or day, day)) - date.fromisoformat(due)).days, 0)
    if seen == "done":
        return Mending("kept", late)
    if seen:
        past = max((on - date.fromisoformat(due)).days, 0)
        return Mending("partly" if seen == "partly" else "broken", past)
    if claimed and claimed <= day:
        return Mending("claimed", late)
    return Mending("broken" if late else "due", late)


def counted(records: Iterable[Answers], on: date) -> dict[State, int]:
    """How many stand in each state; together they are all of them.

    >>> counted([{"due_on": "2026-06-30"}], date(2026, 7, 1))["broken"]
    1
    """
    states = [mending(each, on).state for each in records]
    return {state: states.count(state) for state in STATES}
