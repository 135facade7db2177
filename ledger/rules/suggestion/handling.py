"""Who handles a suggestion now, what each organ has replied, and which reply stands.

With co-handling (主办、会办) the lead organ's reply is the reply: a co-organ gives its opinion to the lead
and counts for nobody. Handled separately (分办), each organ answers for itself.

Of a withheld suggestion only days are known. A record that does not say what it belongs to belongs to all
there is, so that even then the stage is told, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ledger.rules.suggestion.case import Answers, Case, day_of, once


@dataclass(frozen=True)
class Handling:
    """One organ that has to reply: to which assignment, and all that it replied.

    `reply` is the one that stands: the latest that was not sent back. `rehandling` is the last one ordered,
    `ratings` are those of the reply that stands.
    """

    assignment: Answers
    organ: str
    replies: tuple[Answers, ...]
    reply: Answers | None
    rehandling: Answers | None
    ratings: tuple[Answers, ...]

    @property
    def rehandled_now(self) -> bool:
        """Whether it is being handled again."""
        return self.reply is None and self.rehandling is not None


@once
def handlings(case: Case, on: date) -> tuple[Handling, ...]:
    """The organs in charge on a day, in the order of their assignments.

    >>> given = {"code": "JB-1", "assigned_on": "2026-03-02", "mode": "lead_with_co", "organ": "JG-1"}
    >>> opinion = {"code": "DF-1", "assignment": "JB-1", "organ": "JG-2", "replied_on": "2026-04-01"}
    >>> case = Case({"code": "JY-1"}, {"assignment": [given], "reply": [opinion]})
    >>> [(each.organ, each.reply) for each in handlings(case, date(2026, 5, 1))]
    [('JG-1', None)]

    The trap: the opinion of an organ that co-handles is no reply of the lead organ.
    """
    returned = _returned(case, on)
    given = [each for each in case.until("assignment", on) if each["code"] not in returned]
    orders = _orders(case, given, on)
    moved = {old for old, new in _moves(given, orders)}
    return tuple(_handling(case, each, orders, given, on) for each in given if each["code"] not in moved)


def _returned(case: Case, on: date) -> set[str]:
    """The codes of assignments that came back; a return that names none is of the last before it."""
    found = set()
    for each in case.until("assignment_return", on):
        before = case.until("assignment", date.fromisoformat(day_of("assignment_return", each)))
        found.add(str(each.get("assignment") or (before[-1]["code"] if before else "")))
    return found


def _orders(case: Case, given: Sequence[Answers], on: date) -> list[tuple[str, Answers, str]]:
    """Each re-handling with the code of the assignment it falls under, and the reply that was rated."""
    replies = {each["code"]: each for each in case.until("reply", on)}
    ratings = {each["code"]: each for each in case.until("rating", on)}
    found = []
    for each in case.until("rehandling", on):
        reply = replies.get(ratings.get(each.get("rating"), {}).get("reply"))
        if reply is not None:
            found.append((str(reply.get("assignment")), each, str(reply["code"])))
        elif "rating" not in each:
            found += [(str(one["code"]), each, "") for one in given]
    return found


def _moves(given: Sequence[Answers], orders: Sequence[tuple[str, Answers, str]]) -> list[tuple[str, Answers]]:
    """Assignments that a re-handling took from one organ: the old one's code, and the new one."""
    by_code = {str(each["code"]): each for each in given}
    return [
        (old, new)
        for old, order, _ in orders
        for new in given
        if old in by_code
        and new["code"] != old
        and new.get("organ") == order.get("organ") != by_code[old].get("organ")
        and day_of("assignment", new) >= day_of("rehandling", order)
    ]


def _handling(
    case: Case,
    assignment: Answers,
    orders: Sequence[tuple[str, Answers, str]],
    given: Sequence[Answers],
    on: date,
) -> Handling:
    code = str(assignment["code"])
    under = {code} | {old for old, new in _moves(given, orders) if new["code"] == code}
    mine = [(order, reply) for place, order, reply in orders if place in under]
    last = mine[-1][0] if mine else None
    organ = str((last or {}).get("organ") or assignment.get("organ", ""))
    organs = {str(assignment.get("organ", "")), organ} | {str(order.get("organ")) for order, _ in mine}
    replies = tuple(
        each
        for each in case.until("reply", on)
        if each.get("assignment", code) == code and str(each.get("organ", organ)) in organs
    )
    since = day_of("rehandling", last) if last else ""
    sent_back = {reply for _, reply in mine}
    standing = [
        each
        for each in replies
        if each["code"] not in sent_back
        and day_of("reply", each) >= since
        and str(each.get("organ", organ)) == organ
    ]
    reply = standing[-1] if standing else None
    rated = case.until("rating", on) if reply else []
    ratings = tuple(each for each in rated if reply and each.get("reply", reply["code"]) == reply["code"])
    return Handling(assignment, organ, replies, reply, last, ratings)
