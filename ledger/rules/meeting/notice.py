"""Open meetings: announced in time, and how they stand on a day. Answers are those of `open_meeting`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from ledger.rulebooks import Rulebook
from ledger.rules.lamps import Lamp

Answers = Mapping[str, Any]
Stage = Literal["cancelled", "open", "coming", "held"]


def notice_in_time(meeting: Answers, rulebook: Rulebook) -> Lamp:
    """C13: the notice comes so many days before the meeting.

    >>> from ledger.rulebooks import Value
    >>> book = Rulebook({}, {"meeting.notice_days": Value(7)})
    >>> notice_in_time({"notice_on": "2026-07-02", "held_on": "2026-07-14"}, book).state
    'pass'
    >>> notice_in_time({"notice_on": "2026-09-21", "held_on": "2026-09-24"}, book).params
    {'days': 3, 'needed': 7}

    The day of the notice does not count, that of the meeting does (民法典第二百零一条).
    """
    told = meeting.get("notice_on")
    if told is None:
        return Lamp("notice", "unknown", "rule.notice.unknown")
    days = (date.fromisoformat(meeting["held_on"]) - date.fromisoformat(told)).days
    needed = int(rulebook["meeting.notice_days"].value)
    good = days >= needed
    why = f"rule.notice.{'pass' if good else 'late'}"
    return Lamp("notice", "pass" if good else "warn", why, {"days": days, "needed": needed})


def stage(meeting: Answers, on: date) -> Stage:
    """How a meeting stands on a day: open for registration, coming, held or cancelled.

    >>> meeting = {"held_on": "2026-12-10", "notice_on": "2026-11-18", "register_by": "2026-12-04"}
    >>> [stage(meeting, date(2026, *day)) for day in ((11, 17), (12, 4), (12, 5), (12, 10))]
    ['coming', 'open', 'coming', 'held']

    The trap: on the last day one may still register; one without a last day is open until it is held.
    """
    today = on.isoformat()
    if meeting.get("cancelled_on", "9999") <= today:
        return "cancelled"
    if meeting["held_on"] <= today:
        return "held"
    told = meeting.get("notice_on")
    if told is not None and told <= today <= meeting.get("register_by", meeting["held_on"]):
        return "open"
    return "coming"
