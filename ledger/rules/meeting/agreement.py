"""What keeps an open meeting or an observer's seat aside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.agreement import AnswerProblem, Answers, Others, Rule, Writer

ASKED = frozenset({("observer_seat", "meeting")})


def seats_there_are(
    new: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """C13: no more seats are given than the meeting has."""
    meeting = others.answers("open_meeting", new["meeting"])
    if meeting is None or not new.get("granted"):
        return
    kept = others.about("observer_seat", "meeting", new["meeting"])
    given = sum(bool(each.answers.get("granted")) for each in kept if each.code != replaced)
    if given >= meeting["seats"]:
        yield _problem("/granted", "seats_gone", seats=meeting["seats"])


def asked_in_time(
    new: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """A seat is asked for between notice and the last day, and not at a meeting that was cancelled."""
    meeting = others.answers("open_meeting", new["meeting"])
    if meeting is None:
        return
    last = meeting.get("register_by", meeting["held_on"])
    if new["asked_on"] > last:
        yield _problem("/asked_on", "asked_late", value=new["asked_on"], day=last)
    elif meeting.get("cancelled_on", "9999") <= new["asked_on"]:
        yield _problem("/meeting", "cancelled", day=meeting["cancelled_on"])


def cancelled_with_reason(
    new: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """What was announced and does not take place says why, and nobody sat in on it.

    >>> [each.pointer for each in cancelled_with_reason({"cancelled_on": "2026-10-17"}, None, None, None)]
    ['/cancelled_why']
    """
    if "cancelled_on" not in new:
        return
    if "cancelled_why" not in new:
        yield _problem("/cancelled_why", "cancelled_no_reason")
    if new.get("attended", 0) or "outcome" in new:
        yield _problem("/cancelled_on", "cancelled_and_held")


AGREEMENTS: Mapping[str, tuple[Rule, ...]] = {
    "open_meeting": (cancelled_with_reason,),
    "observer_seat": (asked_in_time, seats_there_are),
}


def _problem(pointer: str, key: str, **params: Any) -> AnswerProblem:
    return AnswerProblem(pointer, f"problem.meeting.{key}", params)
