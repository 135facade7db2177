"""In which order the records of an import are filed: as it happened, since rules look at what came before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.rules.suggestion.case import DAYS, day_of

_WITHIN_A_DAY = ("suggestion", "admission", "assignment_return", "rehandling", "assignment")
"""What makes room for another record comes before it: a return before the assignment that follows it."""
_AFTER_ALL = "9999-99-99"
_BY_DAY = {"plan_amendment": "decided_on", "oversight_step": "held_on"}
"""Kinds whose later records rest on the earlier: what an amendment added may be changed by the next, and the
closing of an item, the last of its day, is compared with the steps before it."""


def when(kind: str, answers: Mapping[str, Any]) -> tuple[str, int]:
    """The place of a record of a suggestion's or an oversight item's story by its day; the rest comes first.

    >>> story = [("assignment", {"assigned_on": "2026-03-09"}), ("grid", {}),
    ...          ("assignment_return", {"returned_on": "2026-03-09"}), ("promise", {"suggestion": "a"}),
    ...          ("assignment", {"assigned_on": "2026-03-02"}), ("suggestion", {})]
    >>> [kind for kind, answers in sorted(story, key=lambda each: when(*each))]
    ['grid', 'suggestion', 'assignment', 'assignment_return', 'assignment', 'promise']

    >>> when("oversight_step", {"step": "closing", "held_on": "2026-10-20"})
    ('2026-10-20', 1)

    The trap: a promise has no day of its own. What needs it brings it forward, since it refers to it. Nor has
    a record that lacks its day or its suggestion: it stays behind, and pulls nobody else before their time.

    >>> when("promise", {"reply": "a"})[0] == when("assignment", {"suggestion": "a"})[0] == _AFTER_ALL
    True
    """
    if kind in _BY_DAY:
        return (str(answers.get(_BY_DAY[kind], _AFTER_ALL)), int(answers.get("step") == "closing"))
    if kind not in DAYS:
        return (_AFTER_ALL if answers.keys() & {"suggestion", "reply"} else "", 0)
    place = _WITHIN_A_DAY.index(kind) if kind in _WITHIN_A_DAY else len(_WITHIN_A_DAY)
    return ("" if kind == "suggestion" else day_of(kind, answers) or _AFTER_ALL, place + 1)
