"""The clocks from receipt to reply: assign, return, assign again, first contact, co-handling, reply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from ledger.rules.deadline import Deadline
from ledger.rules.suggestion.case import Answers, Case
from ledger.rules.suggestion.clock import Clock, Counting, by_day, day_in, very_after


def until_the_reply(ask: Counting) -> Iterator[Clock]:
    """The clocks of assigning and of each assignment, in order."""
    assignments = by_day(ask.case, "assignment")
    yield from _assign(ask, assignments)
    after = _followers(ask.case, assignments)
    before: dict[str, Answers] = {}
    for each in assignments:
        if (new := after.get(str(each["code"]), (None, None))[1]) is not None:
            before[str(new["code"])] = each
    for each in assignments:
        returned, new = after.get(str(each["code"]), (None, None))
        yield from _assignment(ask, each, returned, before)
        if returned:
            yield from ask.clock("reassign", (returned,), day_in(new, "assigned_on"), of=returned)


def _assign(ask: Counting, assignments: Sequence[Answers]) -> Iterator[Clock]:
    """Limits for assigning are for recess: in session the secretariat assigns while it lasts."""
    if ask.case.suggestion.get("period") == "in_session":
        return
    turned_away = [
        each for each in by_day(ask.case, "admission") if each.get("decision") not in (None, "accepted")
    ]
    for clock in ask.clock(
        "assign",
        (ask.case.suggestion,),
        day_in(next(iter(assignments), None), "assigned_on"),
        of=ask.case.suggestion,
    ):
        if turned_away and clock.done_on is None:
            clock = replace(
                clock, stopped_on=day_in(turned_away[-1], "decided_on"), why="clock.why.not_accepted"
            )
        yield clock


def _assignment(
    ask: Counting, given: Answers, returned: Answers | None, before: Mapping[str, Answers]
) -> Iterator[Clock]:
    """All that one organ has to do with one assignment; a return takes the rest off its shoulders."""
    back = day_in(returned, "returned_on")
    organ = str(given.get("organ", ""))
    replies = by_day(ask.case, "reply", assignment=given["code"])
    own = [each for each in replies if each.get("organ", organ) == organ]
    replied = day_in(next(iter(own), None), "replied_on")
    for clock in ask.clock("return", (given,), back, of=given, organ=organ, lapses=True):
        # A reply ends the time to return early; one that comes later finds that time run out by itself.
        used = ask.settled(replace(clock, done_on=replied)).deadline
        early = replied if used and replied and replied <= used.due else None
        yield replace(clock, done_on=back or early, why="clock.why.limit" if returned else "clock.why.kept")
    contacted = [day for each in own if (day := day_in(each, "contacted_on"))]
    spoke = min([*contacted, *([replied] if replied else [])], default=None)
    rest = list(ask.clock("first_contact", (given,), spoke, of=given, organ=organ))
    rest += _co_organs(ask, given, replies, replied)
    rest.append(_reply(ask, given, replied, back, before))
    for clock in rest:
        if back and (clock.done_on is None or clock.done_on > back) and not clock.stopped_on:
            clock = replace(clock, stopped_on=back, why="clock.why.returned")
        yield clock


def _co_organs(
    ask: Counting, given: Answers, replies: Sequence[Answers], replied: date | None
) -> Iterator[Clock]:
    for organ in given.get("co_organs", ()):
        said = next((each for each in replies if each.get("organ") == organ), None)
        for clock in ask.clock(
            "co_organ_opinion", (given,), day_in(said, "replied_on"), of=given, organ=organ
        ):
            if said is None and replied:
                clock = replace(clock, stopped_on=replied, why="clock.why.in_reply")
            yield clock


def _reply(
    ask: Counting,
    given: Answers,
    replied: date | None,
    back: date | None,
    before: Mapping[str, Answers],
) -> Clock:
    """代表法第五十一条: three months from assignment, six where wide or complex; a lawful extension gives
    the longer limit too, from the same day."""
    started = given
    while not ask.says("reassignment_restarts_reply") and str(started["code"]) in before:
        started = before[str(started["code"])]
    usual = ask.deadline("reply_within", started)
    longer = ask.deadline("reply_within_when_complex", started)
    rule, deadline, why = "reply_within", usual, "clock.why.limit"
    if usual is None:
        why = "clock.why.no_start" if ask.sets("reply_within") else "clock.why.unset"
    elif longer is not None:
        granted, why = _longer(ask, given, usual, (replied, back))
        rule, deadline = ("reply_within_when_complex", longer) if granted else (rule, usual)
    return Clock(
        "reply", deadline, replied, why, f"suggestion.{rule}", str(given["code"]),
        str(given.get("organ", "")), very_after=very_after(deadline, ask.rulebook),
    )  # fmt: skip


def _longer(ask: Counting, given: Answers, usual: Deadline, over: Sequence[date | None]) -> tuple[bool, str]:
    """Whether the longer limit holds, and why. What was late for an extension when it was agreed stays so."""
    consent_needed = ask.says("extension_needs_consent")
    why = "clock.why.limit"
    if given.get("complex"):
        if not consent_needed or ask.says("complex_at_assignment_is_consent"):
            return True, "clock.why.complex"
        why = "clock.why.complex_without_consent"
    for each in by_day(ask.case, "extension", assignment=given["code"]):
        consented = each.get("consent") == "given"
        if each.get("consent") == "refused" or (consent_needed and not consented):
            why = "clock.why.extension_not_granted"
            continue
        agreed = day_in(each, "consented_on") if consent_needed else day_in(each, "asked_on")
        if not str(each.get("reason", "")).strip() or agreed is None:
            why = "clock.why.extension_not_granted"
        elif not ask.says("late_extension_counts") and (
            agreed > usual.recounted(ask.rulebook, ask.known(agreed, *over)).due
        ):
            why = "clock.why.extension_late"
        else:
            return True, "clock.why.extended" if consented else "clock.why.extended_without_consent"
    return False, why


def _followers(case: Case, assignments: Sequence[Answers]) -> dict[str, tuple[Answers, Answers | None]]:
    """By the code of an assignment that was returned: its return, and the assignment that came of it."""
    known = {str(each["code"]): each for each in assignments}
    found: dict[str, tuple[Answers, Answers | None]] = {}
    taken: set[str] = set()
    for each in by_day(case, "assignment_return"):
        old = known.get(str(each["assignment"]))
        if old is None:
            continue
        place = assignments.index(old)
        new = next(
            (
                one
                for one in assignments[place + 1 :]
                if str(one["code"]) not in taken and one["assigned_on"] >= each["returned_on"]
            ),
            None,
        )
        taken |= {str(new["code"])} if new else set()
        found[str(old["code"])] = (each, new)
    return found
