"""What an organ claims, what a check on the spot finds, and where the two contradict each other.

The check overrides (上门查验): a matter is delivered where an organ's reply says so and a check finds it so,
never by a deputy's word alone: deputies do not deal with matters themselves (代表法第三十一条).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ledger.rules.suggestion.case import OUTCOMES, VERDICTS, Answers, Case, Verdict, day_of, once, verdict_of
from ledger.rules.suggestion.handling import Handling, handlings
from ledger.rules.suggestion.promise import promises, seen

FAILED: tuple[Verdict, ...] = ("partly", "not_done")


@dataclass(frozen=True)
class Claim:
    """That something is done: a reply of the class `resolved`, or a promise reported as fulfilled."""

    code: str
    claimed_on: str
    text: str
    promise: str | None = None


@dataclass(frozen=True)
class Found:
    """One item that a check did not find done."""

    what: str
    verdict: str
    note: str = ""


@dataclass(frozen=True)
class Contradiction:
    """Claimed done, found not done: both days, both texts. `settled_on`: when a later check found it done."""

    suggestion: str
    organ: str
    claim: str
    claimed_on: str
    claimed: str
    check: str
    checked_on: str
    verdict: Verdict
    found: tuple[Found, ...]
    settled_on: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What a suggestion has come to: as claimed, as found, and what stands of the two.

    `claimed` is an outcome class, None where not every organ has replied; `claimed_on` the day from which
    all of it is claimed to be done. `now` is an outcome class, 'contradicted' or None. `delivered_on` is the
    day from which every claim has been found true.
    """

    claimed: str | None = None
    claimed_on: str | None = None
    verdict: Verdict | None = None
    now: str | None = None
    delivered_on: str | None = None


def claims(case: Case, handling: Handling, on: date) -> tuple[Claim, ...]:
    """All that one organ has claimed to have done, by day: in replies, and of promises."""
    codes = {str(each["code"]) for each in handling.replies}
    found = [
        Claim(str(each["code"]), day_of("reply", each), str(each.get("body", "")))
        for each in handling.replies
        if each.get("outcome_class") == "resolved"
    ]
    found += [
        Claim(each.code, each.claimed_on, each.what, each.code)
        for each in promises(case, on)
        if each.claimed_on and each.reply in codes
    ]
    return tuple(sorted(found, key=lambda each: (each.claimed_on, each.promise is None, each.code)))


def claimed_now(case: Case, handling: Handling, on: date) -> tuple[Claim, ...]:
    """The claims of the reply that stands, where it claims that all is done; () where it claims less.

    A reply with promises claims all when each of them was reported as fulfilled.
    """
    if handling.reply is None:
        return ()
    code = str(handling.reply["code"])
    made = claims(case, handling, on)
    if handling.reply.get("outcome_class") == "resolved":
        return tuple(each for each in made if each.code == code and each.promise is None)
    own = {each.code for each in promises(case, on) if each.reply == code}
    claimed = tuple(each for each in made if each.promise in own)
    return claimed if len(claimed) == len(own) else ()


def _covering(case: Case, handling: Handling, claim: Claim, on: date) -> list[Answers]:
    """The checks from the day of a claim on that tell of what it says is done."""
    codes = {str(each["code"]) for each in handling.replies}
    own = {each.code for each in promises(case, on) if each.reply in codes}
    meant = {claim.promise} if claim.promise else own
    return [
        each
        for each in case.until("onsite_check", on)
        if day_of("onsite_check", each) >= claim.claimed_on
        and ("promise" not in each or each["promise"] in meant)
    ]


@once
def contradictions(case: Case, on: date) -> tuple[Contradiction, ...]:
    """Claims that a check on the spot found untrue, by the day of the check.

    >>> given = {"code": "JB-1", "assigned_on": "2026-03-02", "mode": "lead_with_co", "organ": "JG-1"}
    >>> reply = {"code": "DF-1", "assignment": "JB-1", "organ": "JG-1", "replied_on": "2026-04-01",
    ...          "outcome_class": "resolved", "body": "已修好。"}
    >>> check = {"code": "CY-1", "checked_on": "2026-04-20",
    ...          "items": [{"what": "桥面", "verdict": "not_done", "note": "还没有动工"}]}
    >>> def case(check): return Case({"code": "JY-1"},
    ...     {"assignment": [given], "reply": [reply], "onsite_check": [check]})
    >>> [(each.claimed, each.found[0].note) for each in contradictions(case(check), date(2026, 5, 1))]
    [('已修好。', '还没有动工')]
    >>> contradictions(case(check | {"checked_on": "2026-03-31"}), date(2026, 5, 1))
    ()

    The trap: what was found before the claim does not contradict it, and a new reply does not undo a
    contradiction: only a check that finds it done settles it.
    """
    found = [
        each for handling in handlings(case, on) for each in _contradictions(case, handling, on)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda each: (each.checked_on, each.check, each.claim)))


def _contradictions(case: Case, handling: Handling, on: date) -> Iterator[Contradiction]:
    """Each failing check with the last claim before it that it tells of."""
    covered = [(each, _covering(case, handling, each, on)) for each in claims(case, handling, on)]
    for check in case.until("onsite_check", on):
        meant = [(claim, checks) for claim, checks in covered if check in checks]
        if not meant or verdict_of(check) not in FAILED:
            continue
        claim, checks = meant[-1]
        day = day_of("onsite_check", check)
        later = (each for each in checks if day_of("onsite_check", each) > day and verdict_of(each) == "done")
        yield Contradiction(
            suggestion=case.code,
            organ=handling.organ,
            claim=claim.code,
            claimed_on=claim.claimed_on,
            claimed=claim.text,
            check=str(check["code"]),
            checked_on=day,
            verdict=verdict_of(check),
            found=tuple(_failed_items(check)),
            settled_on=min((day_of("onsite_check", each) for each in later), default=None),
        )


def _failed_items(check: Answers) -> Iterator[Found]:
    for item in check.get("items", ()):
        if item.get("verdict") in FAILED:
            yield Found(str(item.get("what", "")), item["verdict"], str(item.get("note", "")))


@once
def outcome(case: Case, on: date) -> Outcome:
    """What it has come to. Of several organs that handle it separately the least favourable counts.

    >>> given = {"code": "JB-1", "assigned_on": "2026-03-02", "mode": "lead_with_co", "organ": "JG-1"}
    >>> reply = {"code": "DF-1", "assignment": "JB-1", "replied_on": "2026-04-01",
    ...          "outcome_class": "resolved"}
    >>> check = {"code": "CY-1", "checked_on": "2026-04-20", "items": [{"what": "桥", "verdict": "done"}]}
    >>> records = {"assignment": [given], "reply": [reply], "onsite_check": [check]}
    >>> [outcome(Case({"code": "JY-1"}, records), date(2026, 4, day)).delivered_on for day in (19, 20)]
    [None, '2026-04-20']
    >>> outcome(Case({"code": "JY-1"}, records | {"reply": []}), date(2026, 5, 1)).now is None
    True

    The trap: a check that finds all in order delivers nothing while no organ has replied.
    """
    handled = handlings(case, on)
    if not handled or any(each.reply is None for each in handled):
        return Outcome()
    parts = [outcome_of(case, each, on) for each in handled]
    claimed_on = [each.claimed_on for each in parts if each.claimed_on]
    delivered_on = [each.delivered_on for each in parts if each.delivered_on]
    verdicts = [each.verdict for each in parts if each.verdict]
    return Outcome(
        claimed=max((str(each.claimed) for each in parts), key=_worse),
        claimed_on=max(claimed_on) if len(claimed_on) == len(parts) else None,
        verdict=max(verdicts, key=VERDICTS.index) if verdicts else None,
        now=max((str(each.now) for each in parts), key=_worse),
        delivered_on=max(delivered_on) if len(delivered_on) == len(parts) else None,
    )


def _worse(name: str) -> int:
    return OUTCOMES.index(name) if name in OUTCOMES else len(OUTCOMES)


def outcome_of(case: Case, handling: Handling, on: date) -> Outcome:
    """What the matter has come to with one of its organs.

    A reply that claims it done again, after a check has found it not done, does not change what stands. One
    that no longer claims it, and says what will be done instead, does; the contradiction stays on the list.
    """
    if handling.reply is None:
        return Outcome()
    said = str(handling.reply.get("outcome_class"))
    made = claimed_now(case, handling, on)
    claimed_on = max((each.claimed_on for each in made), default=None)
    if denied := _denied(case, handling, on):
        return Outcome(said, claimed_on, denied[-1].verdict, "contradicted")
    if not made:
        return Outcome(said, now=said)
    checks = [seen(_covering(case, handling, each, on)) for each in made]
    known = [each for each in checks if each is not None]
    verdict = max((each.verdict for each in known), key=VERDICTS.index, default=None)
    if verdict != "done" or len(known) < len(made):
        return Outcome(said, claimed_on, verdict, said)
    return Outcome(said, claimed_on, "done", "resolved", max(each.since for each in known))


def replied_again(case: Case, handling: Handling, on: date) -> bool:
    """Whether the reply that stands was given after every check that found its claims untrue.

    >>> given = {"code": "JB-1", "assigned_on": "2026-03-02", "mode": "lead_with_co", "organ": "JG-1"}
    >>> def reply(code, day): return {"code": code, "assignment": "JB-1", "replied_on": day,
    ...                               "outcome_class": "resolved"}
    >>> check = {"code": "CY-1", "checked_on": "2026-04-20", "items": [{"what": "桥", "verdict": "partly"}]}
    >>> case = Case({"code": "JY-1"}, {"assignment": [given], "onsite_check": [check],
    ...             "reply": [reply("DF-1", "2026-04-01"), reply("DF-2", "2026-05-06")]})
    >>> days = (date(2026, 5, 5), date(2026, 5, 6))
    >>> [replied_again(case, *handlings(case, day), day) for day in days]
    [False, True]
    """
    reply = handling.reply or {}
    return all(
        each.claim != reply.get("code") and each.checked_on <= day_of("reply", reply)
        for each in _denied(case, handling, on)
    )


def _denied(case: Case, handling: Handling, on: date) -> list[Contradiction]:
    """The open contradictions of what the reply that stands still claims: all, where it says all is done."""
    reply = handling.reply or {}
    own = {each.code for each in promises(case, on) if each.reply == reply.get("code")}
    return [
        each
        for each in _contradictions(case, handling, on)
        if each.settled_on is None and (reply.get("outcome_class") == "resolved" or each.claim in own)
    ]
