"""Promises (承诺事项): what an organ said it would do by a day, and whether it did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal

from ledger.rules.suggestion.case import VERDICTS, Answers, Case, Verdict, day_of, once, verdict_of

State = Literal["kept", "broken", "claimed", "due"]


@dataclass(frozen=True)
class Seen:
    """What checks on the spot have come to: the verdict, the first and the last day it was found so."""

    verdict: Verdict
    since: str
    last: str


@dataclass(frozen=True)
class Promise:
    """A promise and what became of it by a day. `late`: the days it was, or is, past its own day."""

    code: str
    reply: str
    organ: str
    what: str
    due_on: str
    state: State
    claimed_on: str | None = None
    seen: Seen | None = None
    late: int = 0


def seen(checks: Iterable[Answers]) -> Seen | None:
    """What several checks come to: the last one counts, of one day the worst; None without any.

    >>> def check(day, verdict): return {"code": day, "checked_on": day, "items": [{"verdict": verdict}]}
    >>> seen([check("2026-04-01", "done"), check("2026-05-01", "done"), check("2026-06-01", "cannot_verify")])
    Seen(verdict='done', since='2026-04-01', last='2026-05-01')

    The trap: that it could not be verified takes nothing back that had been verified.
    """
    days = [
        (day, max(map(verdict_of, of_day), key=VERDICTS.index))
        for day, of_day in groupby(sorted(checks, key=_checked_on), key=_checked_on)
    ]
    known = [each for each in days if each[1] != "cannot_verify"] or days
    if not known:
        return None
    last, verdict = known[-1]
    others = [n for n, each in enumerate(known) if each[1] != verdict]
    return Seen(verdict, known[others[-1] + 1 if others else 0][0], last)


def _checked_on(check: Answers) -> str:
    return day_of("onsite_check", check)


@once
def promises(case: Case, on: date) -> tuple[Promise, ...]:
    """The promises of a suggestion by their days: kept, broken, claimed (and not checked), or due.

    >>> reply = {"code": "DF-1", "assignment": "JB-1", "organ": "JG-1", "replied_on": "2026-04-01",
    ...          "outcome_class": "in_progress_dated", "promised_for": "2026-09-30", "body": "九月底完工。"}
    >>> made = {"code": "CN-1", "reply": "DF-1", "organ": "JG-1", "what": "路灯十盏", "due_on": "2026-09-30",
    ...         "claimed_done_on": "2026-09-28"}
    >>> check = {"code": "CY-1", "promise": "CN-1", "checked_on": "2026-10-08",
    ...          "items": [{"what": "路灯", "verdict": "partly"}]}
    >>> case = Case({"code": "JY-1"}, {"reply": [reply], "promise": [made], "onsite_check": [check]})
    >>> [promises(case, date(2026, month, 10))[0].state for month in (9, 10)]
    ['due', 'broken']
    >>> promises(Case({"code": "JY-1"}, {"reply": [reply]}), date(2026, 10, 1))[0].state
    'broken'

    The trap: what the organ reports does not outweigh what was found, and a reply that names a day is a
    promise though nobody entered it as one. A check that names no promise is of the whole suggestion.
    """
    replies = case.until("reply", on)
    entered = list(_entered(case, replies))
    named = {str(each["reply"]) for each in entered}
    implied = (each for each in replies if each["code"] not in named)
    found = [_promise(case, each, on) for each in (*entered, *_implied(implied))]
    return tuple(sorted(found, key=lambda each: (each.due_on, each.code)))


def _entered(case: Case, replies: Sequence[Answers]) -> Iterator[Answers]:
    known = {each["code"] for each in replies}
    return (each for each in case.records.get("promise", ()) if each.get("reply") in known)


def _implied(replies: Iterable[Answers]) -> Iterator[Answers]:
    for reply in replies:
        if reply.get("promised_for") and reply.get("outcome_class") == "in_progress_dated":
            yield {
                "code": reply["code"],
                "reply": reply["code"],
                "organ": reply.get("organ", ""),
                "what": reply.get("body", ""),
                "due_on": reply["promised_for"],
            }


def _promise(case: Case, promise: Answers, on: date) -> Promise:
    code, due = str(promise["code"]), str(promise["due_on"])
    reply = next(each for each in case.until("reply", on) if each["code"] == promise["reply"])
    claimed = _claimed(case, promise, reply, on)
    checks = seen(
        each
        for each in case.until("onsite_check", on)
        if each.get("promise", code) == code and _checked_on(each) >= day_of("reply", reply)
    )
    state = _state(due, claimed, checks, on.isoformat())
    days: dict[State, str] = {
        "kept": min(claimed or checks.since, checks.since) if checks else due,
        "claimed": claimed or due,
        "broken": on.isoformat(),
        "due": due,
    }
    late = max((date.fromisoformat(days[state]) - date.fromisoformat(due)).days, 0)
    organ, what = str(promise.get("organ", "")), str(promise.get("what", ""))
    return Promise(code, str(reply["code"]), organ, what, due, state, claimed, checks, late)


def _claimed(case: Case, promise: Answers, reply: Answers, on: date) -> str | None:
    """The day its organ reported it done: in the promise, or in a later reply of the class `resolved`."""
    later = [
        day_of("reply", each)
        for each in case.until("reply", on)
        if each.get("outcome_class") == "resolved"
        and each.get("assignment") == reply.get("assignment")
        and each.get("organ") == reply.get("organ")
        and day_of("reply", each) > day_of("reply", reply)
    ]
    told = str(promise.get("claimed_done_on") or "9999")
    return min((day for day in (told, *later) if day <= on.isoformat()), default=None)


def _state(due: str, claimed: str | None, checks: Seen | None, today: str) -> State:
    if checks and checks.verdict == "done":
        return "kept"
    if (
        checks
        and checks.verdict != "cannot_verify"
        and (checks.last >= (claimed or "9999") or checks.last > due)
    ):
        return "broken"
    if claimed:
        return "claimed"
    return "broken" if today > due else "due"
