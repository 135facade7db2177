"""What a person can do about a case now: each a record to file, with all that is known already filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from collector.work_look import OFFICE, Look, Who
from ledger.forms import Form
from ledger.records import AnswerProblem, check_answers
from ledger.rules.suggestion.case import must_rehandle
from ledger.rules.suggestion.handling import Handling
from ledger.rules.suggestion.stage import Step, signers
from ledger.rules.suggestion.track import retrack

Answers = Mapping[str, Any]

ROLES = {"clerk": "clerk", "organ": "handler", "deputy": "deputy"}
"""The rules speak of organs, the registry of the people who handle for them."""

_AGAIN = ("suggestion.next.reply", "suggestion.next.reply_again")
_UNTRACKED = ("submitted", "returned_for_revision")


@dataclass(frozen=True)
class Next:
    """One record to file. `why` is a key in words, `organ` whom it is about where there are several.

    `revises`: it takes the place of the suggestion's current version.
    """

    kind: str
    must: bool
    why: str
    answers: Answers
    organ: str | None = None
    revises: bool = False


def steps_for(look: Look, who: Who) -> tuple[Next, ...]:
    """What this person can do, what they must first."""
    own = [each for step in look.steps if _is_for(step, who) for each in _NEXT[step.kind](step, look, who)]
    found = [*own, *_besides(look, who)]
    return tuple(sorted(found, key=lambda each: not each.must))


def fitting(each: Next, form: Form, who: Who) -> dict[str, Any]:
    """Its answers as today's form takes them from this role: what would be wrong is left to the person."""
    given = {
        name: said
        for name, said in each.answers.items()
        if said not in (None, "", ()) and name in form.fields and form.fields[name].asked_of(who.role)
    }
    answers = {name: list(said) if isinstance(said, tuple) else said for name, said in given.items()}
    while wrong := {problem.pointer.split("/")[1] for problem in _faults(form, answers)} & answers.keys():
        answers = {name: said for name, said in answers.items() if name not in wrong}
    return answers


def _faults(form: Form, answers: dict[str, Any]) -> Iterator[AnswerProblem]:
    """What is wrong with answers that are there; a row of a group may still lack some of its own."""
    plain = {name: said for name, said in answers.items() if not form.fields[name].each}
    return (each for each in check_answers(form, plain) if each.key != "problem.required")


def _is_for(step: Step, who: Who) -> bool:
    if step.kind == "onsite_check":
        return who.role in ("clerk", "deputy")
    if ROLES[step.role] != who.role:
        return step.kind == "suggestion" and who.role == "clerk"
    if who.role == "handler":
        return who.organ in step.who
    return who.role != "deputy" or step.kind == "suggestion" or who.deputy in step.who


# -- from a rule's step to records --


def _admission(step: Step, look: Look, who: Who) -> Iterator[Next]:
    yield _next(step, look, decided_on=_today(look))


def _assignment(step: Step, look: Look, who: Who) -> Iterator[Next]:
    """Who should handle it: as the deputies propose; after a return, what was asked of the one before."""
    asked = look.case.suggestion
    back = look.case.last("assignment_return", look.on)
    if back is None:
        together = asked.get("co_organs")
        yield _next(
            step,
            look,
            assigned_on=_today(look),
            organ=asked.get("organ"),
            mode="lead_with_co",
            co_organs=together,
        )
        return
    returned = {each.get("assignment") for each in look.case.until("assignment_return", look.on)}
    before = [each for each in look.case.until("assignment", look.on) if each["code"] in returned]
    was = before[-1] if before else {}
    kept = {name: was.get(name) for name in ("complex", "requirement", "mode")}
    yield _next(step, look, assigned_on=_today(look), **kept)


def _reply(step: Step, look: Look, who: Who) -> Iterator[Next]:
    for each in _of_organ(look, who.organ):
        if (each.reply is None) == (step.why in _AGAIN):
            yield _next(
                step, look, assignment=each.assignment["code"], organ=each.organ, replied_on=_today(look)
            )


def _return(step: Step, look: Look, who: Who) -> Iterator[Next]:
    for each in _of_organ(look, who.organ):
        if not each.replies and each.rehandling is None and look.may_return(each.assignment):
            yield _next(step, look, assignment=each.assignment["code"], returned_on=_today(look))


def _extension(step: Step, look: Look, who: Who) -> Iterator[Next]:
    """Asked for in time, and again only after a refusal: an extension after the limit extends nothing."""
    for each in _of_organ(look, who.organ):
        _, said = _asked(look, each)
        if each.reply is None and not _too_late(look, each) and said in (None, "refused"):
            yield _next(step, look, assignment=each.assignment["code"], asked_on=_today(look))


def _asked(look: Look, handling: Handling) -> tuple[Answers, str | None]:
    """The extension asked for last and the office's word on it: given, refused, pending; None without one."""
    code = handling.assignment["code"]
    asked = [one for one in look.case.until("extension", look.on) if one.get("assignment") == code]
    return (asked[-1], str(asked[-1].get("consent", "pending"))) if asked else ({}, None)


def _too_late(look: Look, handling: Handling) -> bool:
    if look.rulebook is None or look.rulebook["suggestion.late_extension_counts"].value:
        return False
    clock = look.reply_clock(handling.assignment)
    return bool(clock and clock.deadline and clock.deadline.passed(look.on))


def _reminder(step: Step, look: Look, who: Who) -> Iterator[Next]:
    for organ in step.who:
        yield _next(step, look, about=organ, organ=organ, reminded_on=_today(look))


def _rating(step: Step, look: Look, who: Who) -> Iterator[Next]:
    today = _today(look)
    if step.why == "suggestion.next.rate_promise":
        for reply in dict.fromkeys(each.reply for each in look.promises if each.state != "due"):
            yield _next(step, look, reply=reply, stage="promise_fulfilment", rated_on=today)
        return
    for each in look.handled:
        if each.reply is not None and not each.ratings:
            again = "rehandled" if each.rehandling else "reply"
            yield _next(step, look, about=each.organ, reply=each.reply["code"], stage=again, rated_on=today)


def _rehandling(step: Step, look: Look, who: Who) -> Iterator[Next]:
    for each in look.handled:
        if bad := next(filter(must_rehandle, each.ratings), None):
            yield _next(
                step, look, about=each.organ, rating=bad["code"], organ=each.organ, opened_on=_today(look)
            )


def _promise(step: Step, look: Look, who: Who) -> Iterator[Next]:
    """A day that a reply names is a promise; it is entered once, thing by thing."""
    entered = {each.get("reply") for each in look.case.records.get("promise", ())}
    for each in look.promises:
        if each.code == each.reply and each.reply not in entered:
            yield _next(step, look, about=each.organ, reply=each.reply, organ=each.organ, due_on=each.due_on)


def _check(step: Step, look: Look, who: Who) -> Iterator[Next]:
    """What was promised is looked at thing by thing; a deputy may look, the office sees that one does."""
    entered = {each["code"] for each in look.case.records.get("promise", ())}
    promised = [each for each in look.promises if each.code in entered and each.state != "kept"]
    yield _next(
        step,
        look,
        must=step.must and who.role == "clerk",
        checked="suggestion",
        promise=promised[0].code if len(promised) == 1 else None,
        checked_on=_today(look),
        grid=look.case.suggestion.get("grid"),
        items=tuple({"what": each.what[:200]} for each in promised[:30]),
    )


def _award(step: Step, look: Look, who: Who) -> Iterator[Next]:
    kind = "excellent_suggestion"
    yield _next(step, look, year=look.on.year, award_kind=kind, decided_on=_today(look))


def _withdrawal(step: Step, look: Look, who: Who) -> Iterator[Next]:
    """In writing: filing it is. Of several signers all must agree, which only they can say."""
    until = look.rulebook.values.get("suggestion.withdrawal_until") if look.rulebook else None
    if until and until.value == "assignment" and look.case.until("assignment", look.on):
        return
    alone = True if len(signers(look.case)) == 1 else None
    yield _next(step, look, withdrawn_on=_today(look), in_writing=True, all_signers_agree=alone)


def _revision(step: Step, look: Look, who: Who) -> Iterator[Next]:
    """The suggestion again, to be changed: by who filed it, or by the office where the office did."""
    asked = look.case.suggestion
    if asked.get("author") == who.deputy:
        own = {name: said for name, said in asked.items() if name not in ("code", "filed_on", "author")}
        yield Next("suggestion", step.must, step.why, own, revises=True)


_NEXT: Mapping[str, Callable[[Step, Look, Who], Iterator[Next]]] = {
    "suggestion": _revision,
    "admission": _admission,
    "assignment": _assignment,
    "assignment_return": _return,
    "extension": _extension,
    "reply": _reply,
    "reminder": _reminder,
    "rating": _rating,
    "rehandling": _rehandling,
    "promise": _promise,
    "onsite_check": _check,
    "award": _award,
    "withdrawal": _withdrawal,
}


# -- what the stages do not ask for --


def _besides(look: Look, who: Who) -> Iterator[Next]:
    if who.role in OFFICE and look.standing.stage not in _UNTRACKED and not look.ended:
        yield from _consent(look, who)
        yield from _track(look, who)
    if who.role == "handler" and not look.ended:
        yield from _opinion(look, who)


def _consent(look: Look, who: Who) -> Iterator[Next]:
    """Whether an organ gets the time it asked for, where that is not its own to say."""
    needed = look.rulebook is not None and bool(look.rulebook["suggestion.extension_needs_consent"].value)
    for each in look.handled:
        asked, said = _asked(look, each)
        if needed and said == "pending" and each.reply is None:
            told = {name: asked.get(name) for name in ("assignment", "asked_on", "reason")}
            yield Next(
                "extension", who.role == "clerk", "work.next.consent", _about(look, **told), each.organ
            )


def _track(look: Look, who: Who) -> Iterator[Next]:
    """三色管理法: a lane for what is in hand, a stricter one for what was not done; red under a leader."""
    proposed = retrack(look.case, look.on, look.rulebook) if look.rulebook else None
    why = "work.next.retrack" if proposed else "work.next.change_track" if look.lane else "work.next.track"
    yield Next("track", False, why, _about(look, set_on=_today(look), track=proposed))
    if any(lamp.why == "suggestion.track.red_no_key_supervision" for lamp in look.lamps):
        leader = look.lane.supervising_leader if look.lane else None
        answers = _about(look, decided_on=_today(look), leader_post=leader)
        yield Next("key_supervision", who.role == "clerk", "work.next.key_supervision", answers)


def _opinion(look: Look, who: Who) -> Iterator[Next]:
    """An organ that helps gives its opinion to the lead before its own time is up."""
    for clock in look.clocks:
        if clock.name == "co_organ_opinion" and clock.organ == who.organ and not clock.closed:
            answers = _about(look, assignment=clock.of, organ=who.organ, replied_on=_today(look))
            yield Next("reply", True, "work.next.co_opinion", answers)


# -- what they share --


def _next(
    step: Step, look: Look, *, about: str | None = None, must: bool | None = None, **answers: Any
) -> Next:
    must = step.must if must is None else must
    return Next(step.kind, must, step.why, _about(look, **answers), about)


def _about(look: Look, **answers: Any) -> dict[str, Any]:
    return {"suggestion": look.case.code, **answers}


def _of_organ(look: Look, organ: str | None) -> Sequence[Handling]:
    return [each for each in look.handled if each.organ == organ]


def _today(look: Look) -> str:
    on: date = look.on
    return on.isoformat()
