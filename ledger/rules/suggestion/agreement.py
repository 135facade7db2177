"""Must a suggestion's records agree? Who may do what, about what, and not before what.

Each check is a function of the new record's answers and of the case as it is kept, references as codes; it
asks the records the new one names, so that nothing turns on the order of one day. What only a rulebook can
tell stands in `under`. What is merely a bad sign is a lamp on a page and refuses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from ledger.records import AnswerProblem
from ledger.rulebooks import Rulebook
from ledger.rules.suggestion.case import Answers, Case, day_of, not_satisfied
from ledger.rules.suggestion.clocks import clocks
from ledger.rules.suggestion.handling import handlings
from ledger.rules.suggestion.item import judgement
from ledger.rules.suggestion.kept import ASKED, Others, Writer, case_of, resolved
from ledger.rules.suggestion.stage import signers, stage

__all__ = ["AGREEMENTS", "ASKED", "under"]

Problems = Iterator[AnswerProblem]
Check = Callable[[Answers, Case, Writer], Iterable[AnswerProblem]]
Rule = Callable[[Answers, Others, Writer, "str | None"], Iterable[AnswerProblem]]

_DECISIONS = {
    "returned_for_revision": {"zh": "退回修改", "en": "returned for revision"},
    "transferred_as_letter": {"zh": "作为来信转办", "en": "passed on as a letter"},
    "refused": {"zh": "不予受理", "en": "refused"},
}


# -- an assignment, and its return --


def assigned_once_admitted(new: Answers, case: Case, writer: Writer) -> Problems:
    """Only what was admitted, and is not withdrawn, is given to an organ.

    >>> refused = {"code": "SL-1", "decision": "refused", "decided_on": "2026-03-01"}
    >>> case = Case({"code": "JY-1"}, {"admission": [refused]})
    >>> [each.key for each in assigned_once_admitted({"assigned_on": "2026-03-02"}, case, None)]
    ['problem.suggestion.assigned_decision']

    The trap: what was admitted tomorrow was not admitted when it was assigned today.
    """
    day = new["assigned_on"]
    if withdrawal := _withdrawn(case, day):
        yield _problem("/suggestion", "withdrawn", day=day_of("withdrawal", withdrawal))
        return
    admission = case.last("admission", date.fromisoformat(day))
    if admission is None:
        yield _problem("/suggestion", "assigned_unadmitted", day=day)
    elif admission["decision"] in _DECISIONS:
        decided, said = day_of("admission", admission), _DECISIONS[admission["decision"]]
        yield _problem("/suggestion", "assigned_decision", day=decided, decision=said)


def lead_is_no_co_organ(new: Answers, case: Case, writer: Writer) -> Problems:
    """The lead organ does not help itself. A name and a code may mean one organ: no form can see that."""
    for place, each in enumerate(new.get("co_organs", ())):
        if each == new["organ"]:
            yield _problem(f"/co_organs/{place}", "lead_is_co", organ=each)


def assigned_anew_after_a_return(new: Answers, case: Case, writer: Writer) -> Problems:
    """One lead at a time: a second assignment needs the return of the first, or an order to handle it again.

    >>> given = {"code": "JB-1", "assigned_on": "2026-03-02", "mode": "separate", "organ": "JG-1"}
    >>> case = Case({"code": "JY-1"}, {"assignment": [given]})
    >>> def keys(mode, organ): return [each.key.rpartition(".")[2] for each in assigned_anew_after_a_return(
    ...     {"assigned_on": "2026-03-02", "mode": mode, "organ": organ}, case, None)]
    >>> keys("separate", "JG-2"), keys("separate", "JG-1"), keys("lead_with_co", "JG-2")
    ([], ['assigned_again'], ['assigned_again'])

    The trap: organs that handle it separately each have an assignment of their own, once.
    """
    for there in case.records.get("assignment", ()):
        apart = new["mode"] == there["mode"] == "separate" and new["organ"] != there["organ"]
        if not apart and not _follows(case, there, new) and not _follows(case, new, there):
            day = day_of("assignment", there)
            yield _problem("/suggestion", "assigned_again", code=there["code"], day=day)
            return


def _follows(case: Case, first: Answers, then: Answers) -> bool:
    """Whether an assignment came after another was returned, or by an order to another organ."""
    day = day_of("assignment", then)
    if day < day_of("assignment", first):
        return False
    returned = _naming(case, "assignment_return", "assignment", first.get("code"))
    ordered = {each.get("organ") for each in case.until("rehandling", date.fromisoformat(day))}
    return bool(returned and day_of("assignment_return", returned) <= day) or (
        then["organ"] in ordered and then["organ"] != first["organ"]
    )


def return_of_what_is_open(new: Answers, case: Case, writer: Writer) -> Problems:
    """An assignment is returned once, after it was given, and not after it was replied to."""
    yield from _of_an_assignment(new, case, "returned_on", "returned_before")
    if _find(case, "assignment", new["assignment"]):
        if there := _naming(case, "assignment_return", "assignment", new["assignment"]):
            yield _problem("/assignment", "returned_twice", code=there["code"])
        elif reply := _naming(case, "reply", "assignment", new["assignment"]):
            yield _problem("/assignment", "returned_replied", day=day_of("reply", reply))


# -- a track --


def yellow_has_its_day(new: Answers, case: Case, writer: Writer) -> Problems:
    """三色管理法: yellow is by a day, which comes after the day it was set."""
    if new["track"] == "yellow":
        if "due_on" not in new:
            yield _problem("/due_on", "track_no_due")
        elif new["due_on"] <= new["set_on"]:
            yield _problem("/due_on", "track_due_before", due=new["due_on"], day=new["set_on"])


# -- a reply, a promise, an extension --


def reply_by_who_handles(new: Answers, case: Case, writer: Writer) -> Problems:
    """A reply is to an assignment of this suggestion that is open, from an organ that was given it.

    >>> given = {"code": "JB-1", "assigned_on": "2026-03-02", "mode": "lead_with_co", "organ": "JG-1"}
    >>> case = Case({"code": "JY-1"}, {"assignment": [given]})
    >>> def keys(**new): return [each.key.rpartition(".")[2] for each in reply_by_who_handles(
    ...     {"assignment": "JB-1", "organ": "JG-1", "replied_on": "2026-03-02", **new}, case, None)]
    >>> keys(), keys(replied_on="2026-03-01"), keys(organ="JG-9"), keys(assignment="JB-9")
    ([], ['replied_before'], ['replied_by_other'], ['other_assignment'])

    The trap: it may be replied to on the day it is assigned.
    """
    yield from _of_an_assignment(new, case, "replied_on", "replied_before")
    given = _find(case, "assignment", new["assignment"])
    if given is None:
        return
    ordered = [each.get("organ") for each in case.records.get("rehandling", ())]
    if new["organ"] not in (given["organ"], *given.get("co_organs", ()), *ordered):
        yield _problem("/organ", "replied_by_other", organ=new["organ"], code=given["code"])
    returned = _naming(case, "assignment_return", "assignment", new["assignment"])
    if returned and day_of("assignment_return", returned) <= new["replied_on"]:
        yield _problem("/assignment", "replied_returned", day=day_of("assignment_return", returned))
    elif (withdrawal := _withdrawn(case, new["replied_on"])) is not None:
        yield _problem("/suggestion", "withdrawn", day=day_of("withdrawal", withdrawal))


def promise_in_a_reply(new: Answers, case: Case, writer: Writer) -> Problems:
    """A promise was made in a reply to this suggestion, for a day that is not past then."""
    reply = _find(case, "reply", new.get("reply"))
    if "reply" not in new:
        yield _problem("/reply", "promise_no_reply")
    elif reply is None:
        yield _problem("/reply", "other_reply", value=new["reply"])
    elif new["due_on"] < day_of("reply", reply):
        yield _problem("/due_on", "promise_past", due=new["due_on"], day=day_of("reply", reply))


def extension_of_what_runs(new: Answers, case: Case, writer: Writer) -> Problems:
    """More time is asked for after an assignment of this suggestion, and before its organ has replied."""
    yield from _of_an_assignment(new, case, "asked_on", "extended_before")
    handled = [each for each in handlings(case, date.max) if each.assignment["code"] == new["assignment"]]
    for each in handled:
        if each.reply is not None and day_of("reply", each.reply) < new["asked_on"]:
            yield _problem("/asked_on", "extended_replied", day=day_of("reply", each.reply))


# -- a rating, and handling again --


def rating_by_who_signed(new: Answers, case: Case, writer: Writer) -> Problems:
    """A reply is judged by those whose suggestion it is. The office may enter it, and says whose it is.

    >>> case = Case({"code": "JY-1", "author": "DB-1", "co_signers": ["DB-2"]},
    ...             {"reply": [{"code": "DF-1", "replied_on": "2026-04-01"}]})
    >>> class Deputy: person, role = "DB-2", "deputy"
    >>> class Clerk: person, role = None, "clerk"
    >>> new = {"reply": "DF-1", "rated_on": "2026-04-01"}
    >>> def keys(writer, **more): return [
    ...     each.key.rpartition(".")[2] for each in rating_by_who_signed(new | more, case, writer)]
    >>> keys(Deputy), keys(Clerk), keys(Clerk, rater="DB-3")
    ([], ['rated_by_nobody'], ['rated_by_other'])

    The trap: a deputy rates in their own name, whatever else is written there. Of an old suggestion whose
    signers are not in the register the office is believed.
    """
    reply = _find(case, "reply", new["reply"])
    if reply is None:
        yield _problem("/reply", "other_reply", value=new["reply"])
    elif new["rated_on"] < day_of("reply", reply):
        yield _problem("/rated_on", "rated_before", value=new["rated_on"], day=day_of("reply", reply))
    by = writer.person if writer.role == "deputy" else new.get("rater")
    if by is None:
        yield _problem("/rater", "rated_by_nobody")
    elif by not in signers(case) and writer.role == "deputy":
        yield _problem("/suggestion", "rated_unsigned")
    elif by not in signers(case) and signers(case):
        yield _problem("/rater", "rated_by_other", deputy=by)


def rehandled_after_a_bad_rating(new: Answers, case: Case, writer: Writer) -> Problems:
    """A matter is handled again, once, after a rating that was not satisfied."""
    rating = _find(case, "rating", new["rating"])
    if rating is None:
        yield _problem("/rating", "other_rating", value=new["rating"])
        return
    if not not_satisfied(rating):
        yield _problem("/rating", "rehandled_satisfied", code=rating["code"])
    elif new["opened_on"] < day_of("rating", rating):
        yield _problem("/opened_on", "rehandled_before", value=new["opened_on"], day=day_of("rating", rating))
    elif there := _naming(case, "rehandling", "rating", new["rating"]):
        yield _problem("/rating", "rehandled_twice", code=there["code"])


# -- a check, a withdrawal, an award --


def done_needs_evidence(new: Answers, case: Case, writer: Writer) -> Problems:
    """上门查验: who finds a thing done says what shows it; a promise that is checked is one of this matter.

    >>> new = {"items": [{"what": "灯", "verdict": "done"}], "evidence": " "}
    >>> [each.key for each in done_needs_evidence(new, Case({"code": "JY-1"}), None)]
    ['problem.suggestion.done_no_evidence']
    """
    done = any(each.get("verdict") == "done" for each in new.get("items", ()))
    if done and not str(new.get("evidence", "")).strip():
        yield _problem("/evidence", "done_no_evidence")
    if "promise" in new and _find(case, "promise", new["promise"]) is None:
        yield _problem("/promise", "other_promise", value=new["promise"])


def withdrawn_by_all(new: Answers, case: Case, writer: Writer) -> Problems:
    """Who signed withdraws, in writing and all together, and not what an organ and a check have closed."""
    if writer.role == "deputy" and writer.person not in signers(case):
        yield _problem("/suggestion", "withdrawn_by_other")
    if not new.get("in_writing"):
        yield _problem("/in_writing", "withdrawn_unwritten")
    if not new.get("all_signers_agree") and len(signers(case)) > 1:
        yield _problem("/all_signers_agree", "withdrawn_not_all", n=len(signers(case)))
    if there := next(iter(case.records.get("withdrawal", ())), None):
        yield _problem("/suggestion", "withdrawn", day=day_of("withdrawal", there))
    elif (now := stage(case, date.fromisoformat(new["withdrawn_on"]))).stage == "closed":
        yield _problem("/suggestion", "withdrawn_closed", day=now.since)


def award_for_what_is_closed(new: Answers, case: Case, writer: Writer) -> Problems:
    """双评: an excellent suggestion is one that was delivered, was found so, and was rated."""
    day = date.fromisoformat(new["decided_on"])
    if stage(case, day).stage != "closed":
        yield _problem("/suggestion", "award_open", day=new["decided_on"])
    elif not any(judgement(case, each, day) for each in handlings(case, day)):
        yield _problem("/suggestion", "award_unrated", day=new["decided_on"])


CHECKS: Mapping[str, tuple[Check, ...]] = {
    "assignment": (assigned_once_admitted, lead_is_no_co_organ, assigned_anew_after_a_return),
    "assignment_return": (return_of_what_is_open,),
    "track": (yellow_has_its_day,),
    "reply": (reply_by_who_handles,),
    "promise": (promise_in_a_reply,),
    "extension": (extension_of_what_runs,),
    "rating": (rating_by_who_signed,),
    "rehandling": (rehandled_after_a_bad_rating,),
    "onsite_check": (done_needs_evidence,),
    "withdrawal": (withdrawn_by_all,),
    "award": (award_for_what_is_closed,),
}
"""The checks of each kind, in the order in which they are told."""


# -- what only a rulebook can tell --


def under(rulebook: Rulebook) -> Mapping[str, tuple[Rule, ...]]:
    """All rules of a congress: those that hold everywhere, and those its rulebook sets."""

    def extension_in_time(new: Answers, case: Case, writer: Writer) -> Problems:
        """An extension asked for after the limit extends nothing, unless the rulebook lets it count."""
        if rulebook["suggestion.late_extension_counts"].value:
            return
        asked = date.fromisoformat(new["asked_on"])
        for clock in clocks(case, rulebook, asked):
            if clock.name == "reply" and clock.of == new["assignment"] and clock.deadline:
                if clock.deadline.passed(asked):
                    yield _problem("/asked_on", "extended_late", due=clock.deadline.due.isoformat())
                return

    def extension_with_consent(new: Answers, case: Case, writer: Writer) -> Problems:
        """Where the assigning office must consent (交办机构), its own record says whether and when it did.

        An organ only asks: nobody consents to its own extension.
        """
        if writer.role != "handler" and rulebook["suggestion.extension_needs_consent"].value:
            if "consent" not in new:
                yield _problem("/consent", "extended_no_consent")
            elif new["consent"] == "given" and "consented_on" not in new:
                yield _problem("/consented_on", "extended_no_consent")

    def withdrawn_in_time(new: Answers, case: Case, writer: Writer) -> Problems:
        """Some rules let a suggestion be withdrawn only before it is assigned."""
        given = case.until("assignment", date.fromisoformat(new["withdrawn_on"]))
        if given and rulebook["suggestion.withdrawal_until"].value == "assignment":
            yield _problem("/withdrawn_on", "withdrawn_assigned", day=day_of("assignment", given[0]))

    more: Mapping[str, tuple[Check, ...]] = {
        "extension": (extension_in_time, extension_with_consent),
        "withdrawal": (withdrawn_in_time,),
    }
    return {kind: (_rule((*checks, *more.get(kind, ()))),) for kind, checks in CHECKS.items()}


# -- what they share --


def _rule(checks: Iterable[Check]) -> Rule:
    """The checks of a kind as one rule, so that the case is read once; of no suggestion nothing is asked."""

    def rule(
        answers: Answers, others: Others, writer: Writer, replaced: str | None
    ) -> Iterable[AnswerProblem]:
        ref = answers.get("suggestion")
        case = case_of(others, ref, replaced) if isinstance(ref, str) else None
        if case is None:
            return ()
        new = resolved(answers, others) | ({"code": replaced} if replaced else {})
        return tuple(problem for check in checks for problem in check(new, case, writer))

    return rule


AGREEMENTS: Mapping[str, tuple[Rule, ...]] = {kind: (_rule(checks),) for kind, checks in CHECKS.items()}
"""The rules that hold whatever the rulebook."""


def _problem(pointer: str, key: str, **params: Any) -> AnswerProblem:
    return AnswerProblem(pointer, f"problem.suggestion.{key}", params)


def _find(case: Case, kind: str, code: object) -> Answers | None:
    return next((each for each in case.records.get(kind, ()) if each["code"] == code), None)


def _naming(case: Case, kind: str, field: str, code: object) -> Answers | None:
    return next((each for each in case.records.get(kind, ()) if each.get(field) == code), None)


def _withdrawn(case: Case, day: str) -> Answers | None:
    return next(
        (each for each in case.records.get("withdrawal", ()) if day_of("withdrawal", each) <= day), None
    )


def _of_an_assignment(new: Answers, case: Case, day: str, key: str) -> Problems:
    """The assignment a record names is one of this suggestion, and not of a later day."""
    given = _find(case, "assignment", new["assignment"])
    if given is None:
        yield _problem("/assignment", "other_assignment", value=new["assignment"])
    elif new[day] < day_of("assignment", given):
        yield _problem(f"/{day}", key, value=new[day], day=day_of("assignment", given))
