"""Where a suggestion stands on a day, and what comes next: which record, from whom.

A deputy can never close a citizen's matter: only an organ's reply and a check on the spot can
(代表法第三十一条: 代表视察时可以提出意见，但不直接处理问题).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from ledger.rules.suggestion.case import Answers, Case, day_of, must_rehandle
from ledger.rules.suggestion.handling import Handling, handlings
from ledger.rules.suggestion.outcome import claimed_now, outcome, outcome_of, replied_again
from ledger.rules.suggestion.promise import promises

Stage = Literal[
    "submitted", "refused", "returned_for_revision", "transferred", "admitted", "assigned",
    "returned_by_organ", "replied", "rated", "rehandling", "checked", "closed", "withdrawn",
]  # fmt: skip
Role = Literal["clerk", "organ", "deputy"]

STAGES: tuple[Stage, ...] = get_args(Stage)
ENDED: frozenset[Stage] = frozenset(("refused", "transferred", "closed", "withdrawn"))
"""Nobody has to act any more."""

_ADMITTED: dict[str, Stage] = {
    "accepted": "admitted",
    "returned_for_revision": "returned_for_revision",
    "transferred_as_letter": "transferred",
    "refused": "refused",
}
EXPLAINED = ("referred_up", "not_feasible_now", "reference_only", "planned_undated")
"""Outcome classes that promise nothing by a day."""


@dataclass(frozen=True)
class Standing:
    """A stage, and the day it was reached ("" where no day is known)."""

    stage: Stage
    since: str


@dataclass(frozen=True)
class Step:
    """A record that comes next lawfully: whether it must, from whom, and why (a key in words)."""

    kind: str
    role: Role
    must: bool
    why: str
    who: tuple[str, ...] = ()


def stage(case: Case, on: date) -> Standing:
    """The stage on a day.

    >>> given = {"code": "JB-1", "assigned_on": "2026-03-02", "mode": "lead_with_co", "organ": "JG-1"}
    >>> reply = {"code": "DF-1", "assignment": "JB-1", "replied_on": "2026-04-01",
    ...          "outcome_class": "resolved"}
    >>> rating = {"code": "PF-1", "reply": "DF-1", "rated_on": "2026-04-02", "attitude": "satisfied",
    ...           "result": "satisfied"}
    >>> check = {"code": "CY-1", "checked_on": "2026-04-20", "items": [{"what": "桥", "verdict": "done"}]}
    >>> case = Case({"code": "JY-1"}, {"assignment": [given], "reply": [reply], "rating": [rating],
    ...                                "onsite_check": [check]})
    >>> days = (date(2026, 3, 1), date(2026, 3, 2), date(2026, 4, 1), date(2026, 4, 19), date(2026, 4, 20))
    >>> [stage(case, day).stage for day in days]
    ['submitted', 'assigned', 'replied', 'rated', 'closed']

    The trap: a deputy who is satisfied has closed nothing, and neither has a check without a reply.
    """
    ended = case.until("withdrawal", on)
    if ended:
        return Standing("withdrawn", day_of("withdrawal", ended[0]))
    handled = handlings(case, on)
    if handled:
        return _handled(case, handled, on)
    returned = case.last("assignment_return", on)
    if returned and case.until("assignment", on):
        return Standing("returned_by_organ", day_of("assignment_return", returned))
    admission = case.last("admission", on)
    if admission:
        decided = _ADMITTED.get(str(admission.get("decision")), "submitted")
        return Standing(decided, day_of("admission", admission))
    return Standing("submitted", day_of("suggestion", case.suggestion))


def _handled(case: Case, handled: Sequence[Handling], on: date) -> Standing:
    """The stage of a suggestion that is in the hands of its organs."""
    again = [each.rehandling for each in handled if each.rehandled_now and each.rehandling]
    if again:
        return Standing("rehandling", max(day_of("rehandling", each) for each in again))
    replies = [each.reply for each in handled if each.reply is not None]
    if len(replies) < len(handled):
        return Standing("assigned", max(day_of("assignment", each.assignment) for each in handled))
    replied_on = max(day_of("reply", each) for each in replies)
    delivered_on = outcome(case, on).delivered_on
    if delivered_on and not to_rehandle(handled):
        return Standing("closed", max(delivered_on, replied_on))
    checks = [day for each in case.until("onsite_check", on) if (day := day_of("onsite_check", each))]
    if checks and checks[-1] >= replied_on:
        return Standing("checked", checks[-1])
    if all(each.ratings for each in handled):
        return Standing("rated", max(day_of("rating", each.ratings[0]) for each in handled))
    return Standing("replied", replied_on)


def to_rehandle(handled: Iterable[Handling]) -> tuple[Answers, ...]:
    """Ratings that were not satisfied with the result of a reply that still stands."""
    return tuple(rating for each in handled for rating in each.ratings if must_rehandle(rating))


def next_steps(case: Case, on: date) -> tuple[Step, ...]:
    """What comes next lawfully: what somebody must do first, then what may be done.

    >>> [(step.kind, step.role) for step in next_steps(Case({"code": "JY-1"}), date(2026, 3, 1)) if step.must]
    [('admission', 'clerk')]
    >>> refused = {"code": "SL-1", "decision": "refused", "decided_on": "2026-02-27"}
    >>> next_steps(Case({"code": "JY-1"}, {"admission": [refused]}), date(2026, 3, 1))
    ()
    """
    now = stage(case, on).stage
    steps = [*_BEFORE[now]] if now in _BEFORE else _after_assignment(case, now, on)
    if now == "closed" and not all(each.ratings for each in handlings(case, on)):
        steps.append(Step("rating", "deputy", False, "suggestion.next.rate", signers(case)))
    if now not in ENDED:
        steps.append(Step("withdrawal", "deputy", False, "suggestion.next.withdraw", signers(case)))
    return tuple(sorted(steps, key=lambda each: not each.must))


_BEFORE: dict[Stage, tuple[Step, ...]] = {
    "submitted": (Step("admission", "clerk", True, "suggestion.next.admit"),),
    "returned_for_revision": (
        Step("suggestion", "deputy", True, "suggestion.next.revise"),
        Step("admission", "clerk", False, "suggestion.next.admit"),
    ),
    "admitted": (Step("assignment", "clerk", True, "suggestion.next.assign"),),
    "returned_by_organ": (Step("assignment", "clerk", True, "suggestion.next.reassign"),),
    "closed": (Step("award", "clerk", False, "suggestion.next.award"),),
    "refused": (),
    "transferred": (),
    "withdrawn": (),
}


def _after_assignment(case: Case, now: Stage, on: date) -> list[Step]:
    handled = handlings(case, on)
    waiting = [each for each in handled if each.reply is None]
    steps = [_reply(each) for each in waiting]
    fresh = tuple(each.organ for each in waiting if not each.replies and each.rehandling is None)
    if fresh:
        steps.append(Step("assignment_return", "organ", False, "suggestion.next.return", fresh))
    if waiting:
        asked = tuple(each.organ for each in waiting)
        steps.append(Step("extension", "organ", False, "suggestion.next.extend", asked))
        steps.append(Step("reminder", "clerk", False, "suggestion.next.remind", asked))
    if any(each.reply is not None and not each.ratings for each in handled):
        steps.append(Step("rating", "deputy", True, "suggestion.next.rate", signers(case)))
    if to_rehandle(handled):
        steps.append(Step("rehandling", "clerk", True, "suggestion.next.rehandle"))
    elif now != "rehandling":
        steps += _towards_the_end(case, handled, on)
    return steps


def _reply(handling: Handling) -> Step:
    why = "suggestion.next.reply_again" if handling.rehandling else "suggestion.next.reply"
    return Step("reply", "organ", True, why, (handling.organ,))


def _towards_the_end(case: Case, handled: Sequence[Handling], on: date) -> list[Step]:
    """From a reply to the check that closes. Who was found not to have done it replies again first."""
    steps = []
    replied = [each for each in handled if each.reply is not None]
    denied = [each for each in replied if _denied(case, each, on)]
    for each in replied:
        if each in denied:
            steps.append(Step("reply", "organ", True, "suggestion.next.contradicted", (each.organ,)))
        elif claimed_now(case, each, on):
            continue
        elif (each.reply or {}).get("outcome_class") in EXPLAINED:
            steps.append(Step("reply", "organ", False, "suggestion.next.deliver", (each.organ,)))
        else:
            steps.append(Step("reply", "organ", True, "suggestion.next.fulfil", (each.organ,)))
    entered = {each.get("reply") for each in case.records.get("promise", ())}
    bare = [each for each in promises(case, on) if each.code == each.reply and each.reply not in entered]
    if bare:
        steps.append(Step("promise", "clerk", True, "suggestion.next.promise", (bare[0].organ,)))
    rated = {each.get("stage") for each in case.until("rating", on)}
    if "promise_fulfilment" not in rated and any(each.state != "due" for each in promises(case, on)):
        steps.append(Step("rating", "deputy", False, "suggestion.next.rate_promise", signers(case)))
    if replied:
        unseen = any(
            claimed_now(case, each, on) and outcome_of(case, each, on).delivered_on is None
            for each in replied
            if each not in denied
        )
        steps.append(Step("onsite_check", "clerk", unseen, "suggestion.next.check"))
    return steps


def _denied(case: Case, handling: Handling, on: date) -> bool:
    """Whether a check found otherwise, and the organ has not replied to it yet."""
    return outcome_of(case, handling, on).now == "contradicted" and not replied_again(case, handling, on)


def signers(case: Case) -> tuple[str, ...]:
    """The deputies whose suggestion it is: who filed it, who leads, who signed with them."""
    given = (case.suggestion.get("author"), case.suggestion.get("lead_deputy"))
    return tuple(dict.fromkeys(filter(None, (*given, *case.suggestion.get("co_signers", ())))))
