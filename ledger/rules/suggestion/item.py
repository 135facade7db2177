"""A suggestion as far as it counts in a figure: with all its organs, or with one of them.

Co-handling counts for the lead organ alone, which answers for all of it. Handled separately, a suggestion
counts for each of its organs, and in the whole only where all of them have done it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ledger.rules.suggestion.case import GRADES, Answers, Case, day_of, once
from ledger.rules.suggestion.handling import Handling, handlings
from ledger.rules.suggestion.outcome import FAILED, outcome_of
from ledger.rules.suggestion.stage import stage

Dimension = Literal["attitude", "result"]
Timely = Literal["in_time", "waiting", "unknown", "late", "overdue"]

NOBODY = ""
"""The organ of what has none yet."""
DIMENSIONS: tuple[Dimension, ...] = ("attitude", "result")
TIMELY: tuple[Timely, ...] = ("in_time", "waiting", "unknown", "late", "overdue")


@dataclass(frozen=True)
class Item:
    """What is counted. `ended`: why it is in no figure (withdrawn, refused, not_assigned …), else None.

    `replied`: every organ has replied once at least; a reply that was sent back was one as well.
    `claimed`: what stands claims all of it to be done; `delivered`: found done; `failed`: found not done.
    `grades`: the deputy's judgement by dimension, the least favourable of several organs.
    """

    code: str
    ended: str | None = None
    parts: tuple[Handling, ...] = ()
    replied: bool = False
    claimed: bool = False
    delivered: bool = False
    failed: bool = False
    grades: Mapping[Dimension, str] | None = None

    def timely(self, due: Mapping[str, date], on: date) -> Timely:
        """Whether the first reply came in time, the worst of several organs; `due` by assignment code."""
        return max((_timely(each, due, on) for each in self.parts), key=TIMELY.index, default="unknown")


def items(cases: Iterable[Case], on: date) -> list[Item]:
    """Suggestions as they count in the whole."""
    return [_whole(case, on) for case in cases]


def items_of_organs(cases: Iterable[Case], on: date) -> dict[str, list[Item]]:
    """Suggestions as they count for each organ, in the order of their codes; for NOBODY those without one.

    >>> given = {"code": "JB-1", "assigned_on": "2026-03-02", "mode": "lead_with_co", "organ": "JG-1",
    ...          "co_organs": ["JG-2"]}
    >>> list(items_of_organs([Case({"code": "JY-1"}, {"assignment": [given]})], date(2026, 4, 1)))
    ['JG-1']

    The trap: what an organ only helps with is in no figure of its own. An imported suggestion that was never
    assigned here stands under the organ that its source names.
    """
    found: dict[str, list[Item]] = {}
    for case in cases:
        for organ, own in _by_organ(case, on).items():
            found.setdefault(organ, []).append(own)
    return dict(sorted(found.items()))


@once
def _whole(case: Case, on: date) -> Item:
    return _item(case, handlings(case, on), on)


@once
def _by_organ(case: Case, on: date) -> Mapping[str, Item]:
    written = str(case.suggestion.get("organ_as_written") or NOBODY)
    parts: dict[str, list[Handling]] = {}
    for each in handlings(case, on):
        parts.setdefault(each.organ or written, []).append(each)
    return {organ: _item(case, own, on) for organ, own in (parts or {written: []}).items()}


def _item(case: Case, parts: Sequence[Handling], on: date) -> Item:
    now = stage(case, on).stage
    over = now if now in ("withdrawn", "refused", "transferred") else None
    if over or not parts:
        return Item(case.code, over or "not_assigned", tuple(parts))
    found = [outcome_of(case, each, on) for each in parts]
    return Item(
        code=case.code,
        parts=tuple(parts),
        replied=all(each.replies for each in parts),
        claimed=all(each.claimed_on for each in found),
        delivered=all(each.delivered_on for each in found),
        failed=any(each.verdict in FAILED for each in found),
        grades=_grades(case, parts, on),
    )


def _grades(case: Case, parts: Iterable[Handling], on: date) -> dict[Dimension, str]:
    judged = [rating for each in parts if (rating := judgement(case, each, on))]
    return {
        name: max((str(each[name]) for each in judged if each.get(name) in GRADES), key=GRADES.index)
        for name in DIMENSIONS
        if any(each.get(name) in GRADES for each in judged)
    }


def judgement(case: Case, handling: Handling, on: date) -> Answers | None:
    """The rating that counts for what an organ did: the lead deputy's last one.

    Where the lead deputy has given none, it is the least favourable of the others' last ones. A judgement
    holds until the same deputy gives another: handling again does not make a bad one go away.
    """
    codes = {each["code"] for each in handling.replies}
    last = {rater(each): each for each in case.until("rating", on) if each.get("reply") in codes}
    lead = case.suggestion.get("lead_deputy") or case.suggestion.get("author")
    return last.get(str(lead)) or max(last.values(), key=_unfavourable, default=None)


def rater(rating: Answers) -> str:
    """Whose judgement it is: the one the office names, else who filed it, else ""."""
    return str(rating.get("rater") or rating.get("author") or "")


def _unfavourable(rating: Answers) -> tuple[int, ...]:
    return tuple(
        GRADES.index(rating[name]) if rating.get(name) in GRADES else -1 for name in ("result", "attitude")
    )


def _timely(part: Handling, due: Mapping[str, date], on: date) -> Timely:
    day = due.get(str(part.assignment["code"]))
    if day is None:
        return "unknown"
    if not part.replies:
        return "waiting" if on <= day else "overdue"
    return "in_time" if day_of("reply", part.replies[0]) <= day.isoformat() else "late"
