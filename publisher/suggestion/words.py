"""What the page of a suggestion says first: how it stands, what comes next and who must act, its lane."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from ledger.rules.lamps import Lamp
from ledger.rules.suggestion.clock import Clock
from ledger.rules.suggestion.outcome import Contradiction
from ledger.rules.suggestion.promise import promises
from ledger.rules.suggestion.stage import Step
from ledger.rules.suggestion.track import Lane, track_lamps
from ledger.words import Words
from publisher.reading.answers import asked
from publisher.reading.facts import link
from publisher.reading.public import Public
from publisher.reading.shown import label, together
from publisher.suggestion.cases import as_written, closed
from publisher.suggestion.clock_words import ClockWords
from publisher.suggestion.state import Suggestion

COLOURS = ("green", "yellow", "red")
LAMPS = {"pass": "ok", "warn": "part", "fail": "late", "unknown": "none"}
CLOCK_OF = {
    "suggestion.next.assign": "assign", "suggestion.next.reassign": "reassign",
    "suggestion.next.reply": "reply", "suggestion.next.reply_again": "rehandle",
    "suggestion.next.fulfil": "promise", "suggestion.next.contradicted": "promise",
    "suggestion.next.rehandle": "rehandle", "suggestion.next.rate": "rate",
    "suggestion.next.rate_promise": "rate_promise",
}  # fmt: skip
"""The clock that a step keeps, where it has one."""
ASKED = {
    "suggestion.track.red_no_leader": ("track", "supervising_leader"),
    "suggestion.track.red_no_backstop": ("track", "backstop_organ"),
    "suggestion.track.red_no_key_supervision": ("key_supervision", "decided_on"),
    "suggestion.track.red_no_undertaking": ("leader_undertaking", "undertaken_on"),
}
"""What each of these says is missing."""
SHORT = 90


def lane_lamps(public: Public, each: Suggestion) -> tuple[Lamp, ...]:
    """Whether what the lane asks for is there; that a post is not named says nothing where none is public."""
    return tuple(
        lamp
        for lamp in track_lamps(each.case, each.on, each.rulebook)
        if lamp.why not in ASKED or as_written(public, *ASKED[lamp.why])
    )


def closed_words(public: Public, words: Words, lang: str) -> str:
    """That nothing is said of how suggestions stand, and for want of what; "" where all is there."""

    def named(kind: str, name: str) -> str:
        field = asked(public, kind, name)
        told = {"kind": public.kinds[kind].label, "field": field.label if field else name}
        return words.say("site.suggestion.closed.one", lang, **told)

    names = together((named(*each) for each in closed(public)), lang)
    return words.say("site.suggestion.closed", lang, fields=names) if names else ""


class Said:
    """The words of one suggestion's page."""

    def __init__(self, public: Public, words: Words, lang: str, suggestion: Suggestion) -> None:
        self.public, self.words, self.lang, self.suggestion = public, words, lang, suggestion

    @cached_property
    def clocks(self) -> ClockWords:
        """The words of its clocks."""
        return ClockWords(self.public, self.words, self.lang, self.suggestion)

    def say(self, key: str, **params: Any) -> str:
        """A message of the page of a suggestion."""
        return self.words.say(f"site.suggestion.{key}", self.lang, **params)

    def rule(self, key: str, **params: Any) -> str:
        """A message of the rules."""
        return self.words.say(key, self.lang, **params)

    def names(self, codes: Sequence[str]) -> str:
        """Records by their titles, in one line."""
        return together((self.public.titles.get(code, code) for code in codes), self.lang)

    def choice(self, kind: str, name: str, value: Any) -> str:
        """A choice of a field by its label."""
        asked = self.public.kinds[kind].fields.get(name) if kind in self.public.kinds else None
        return label(asked.choices, str(value), self.lang) if asked else str(value)

    # -- how it stands --

    def verdict(self) -> tuple[str, str]:
        """How it stands in one sentence, and the day that counts."""
        found = self.suggestion
        if found.shut:
            return self.say("shut.closed") if found.closed else self.say("shut", stage=self.stage()), ""
        return self._strong(), " ".join(self._rest())

    def stage(self) -> str:
        """The stage by its name."""
        return self.rule(f"suggestion.stage.{self.suggestion.standing.stage}")

    def _strong(self) -> str:
        found = self.suggestion
        now, clock = found.standing, found.clock
        if found.contradicted and now.stage != "withdrawn":
            return self.contradiction_in_short(found.contradicted)
        late = bool(found.days_over and clock)
        if late and clock and clock.name == "promise":
            return self.say("verdict.promise.late", day=found.due, n=found.days_over)
        waiting = dict.fromkeys(each.organ for each in found.handlings if each.reply is None)
        told = {"organ": self.names(tuple(waiting) or found.organs), "day": now.since}
        if now.stage in ("replied", "rated", "checked"):
            return self.say(f"verdict.outcome.{found.outcome.claimed}", **told)
        late_key = f"verdict.{now.stage}.late"
        if late and f"site.suggestion.{late_key}" in self.words.messages:
            return self.say(late_key, **told)
        return self.say(f"verdict.{now.stage}", **told)

    def _rest(self) -> Iterator[str]:
        found = self.suggestion
        if found.standing.stage == "rehandling" and found.contradicted:
            yield self.say("verdict.again")
        if clock := found.clock:
            name = self.rule(f"clock.{clock.name}")
            yield self.say("rest.clock", name=name, sentence=self.clocks.sentence(clock))
        elif found.lane_due and found.lane:
            name = self.say(f"track.{found.lane.track}")
            yield self.say("rest.clock", name=name, sentence=self.clocks.days(found.lane_due))
        if found.standing.stage in ("replied", "rated", "checked", "closed"):
            grades = found.item.grades or {}
            if grades:
                attitude, result = (grades.get(each, "") for each in ("attitude", "result"))
                yield self.say(
                    "rest.rated",
                    attitude=self.rule(f"suggestion.grade.{attitude}") if attitude else "—",
                    result=self.rule(f"suggestion.grade.{result}") if result else "—",
                )

    def contradiction_in_short(self, found: Contradiction) -> str:
        """That a check found otherwise than an organ had said."""
        what = "promise" if found.claim in self._promises else "reply"
        return self.say(f"contradicted.{what}.{found.verdict}")

    @cached_property
    def _promises(self) -> frozenset[str]:
        return frozenset(str(each["code"]) for each in self.suggestion.case.records.get("promise", ()))

    # -- what comes next --

    def must(self) -> list[dict[str, Any]]:
        """What somebody must do now, each with its deadline."""
        return [self._step(each) for each in self.suggestion.steps if each.must]

    def may(self) -> list[str]:
        """What may be done, each in a few words with who may; a right that ran out is none any more."""
        steps = (self._still(each) for each in self.suggestion.steps if not each.must)
        return [self.say("may", who=self.who(each), what=self.rule(each.why)) for each in steps if each]

    def _still(self, step: Step) -> Step | None:
        """A step for those of its organs whose time for it has not run out; None where it has for all."""
        late_counts = "suggestion.late_extension_counts"
        name = {"assignment_return": "return", "extension": "reply"}.get(step.kind)
        if name is None or (name == "reply" and self.suggestion.rulebook[late_counts].value):
            return step
        open_ = (each for each in self.suggestion.clocks if each.name == name and not each.closed)
        on = self.suggestion.on
        over = {each.organ for each in open_ if each.deadline and each.deadline.passed(on)}
        who = tuple(organ for organ in step.who if organ not in over)
        return replace(step, who=who) if who else None

    def _step(self, step: Step) -> dict[str, Any]:
        clock = self._clock_of(step)
        over = bool(clock and clock.deadline and clock.deadline.passed(self.suggestion.on))
        return {
            "icon": "late" if over else "due" if clock else "none",
            "who": self.who(step),
            "what": self.rule(step.why),
            "when": self.clocks.sentence(clock) if clock else self.say("no_clock"),
        }

    def who(self, step: Step) -> str:
        """Who has to act, by name where the records name them: whom the office reminds does nothing."""
        if step.who and step.role != "clerk":
            return self.names(step.who)
        return self.rule(f"suggestion.role.{step.role}")

    def _clock_of(self, step: Step) -> Clock | None:
        name = CLOCK_OF.get(step.why)
        running = [each for each in self.suggestion.running if each.name == name]
        own = [each for each in running if not each.organ or not step.who or each.organ in step.who]
        meant = [each for each in own if each.of in self._promised_now] if name == "promise" else own
        return next(iter((*meant, *own)), None)

    @cached_property
    def _promised_now(self) -> frozenset[str]:
        """The promises of the replies that stand; of an earlier reply one may run on beside them."""
        replies = {str(each.reply["code"]) for each in self.suggestion.handlings if each.reply}
        made = promises(self.suggestion.case, self.suggestion.on)
        return frozenset(each.code for each in made if each.reply in replies)

    def contradictions(self) -> list[dict[str, Any]]:
        """Two records that say different things, side by side; those that no later check settled first."""
        found = sorted(self.suggestion.contradictions, key=lambda each: each.settled_on is not None)
        return [self._contradiction(each) for each in found]

    def _contradiction(self, each: Contradiction) -> dict[str, Any]:
        kind = "promise" if each.claim in self._promises else "reply"
        text = each.claimed.strip()
        return {
            "short": self.contradiction_in_short(each),
            "claim": self.say(f"clash.{kind}", day=each.claimed_on, organ=self.names([each.organ])),
            "text": text if len(text) <= SHORT else text[:SHORT].rstrip() + "……",
            "claim_href": self.public.path(each.claim),
            "check": self.say("clash.check", day=each.checked_on),
            "check_href": self.public.path(each.check),
            "found": [
                (one.what, self.rule(f"suggestion.verdict.{one.verdict}"), one.note) for one in each.found
            ],
            "settled": self.say("clash.settled", day=each.settled_on) if each.settled_on else "",
        }

    # -- the lane --

    def track(self) -> dict[str, Any] | None:
        """The three lanes with the one it is in, how it came there, and whether what it asks for is met."""
        found = self.suggestion
        if not found.lanes:
            return None
        current = found.lanes[-1].track
        return {
            "lanes": [
                {
                    "colour": colour,
                    "name": self.say(f"track.{colour}"),
                    "small": self.say(f"track.{colour}.small"),
                    "now": colour == current,
                }
                for colour in COLOURS
            ],
            "over": found.ended,
            "history": [self._lane(each) for each in found.lanes],
            "lamps": [self._lamp(each) for each in lane_lamps(self.public, found)],
        }

    def _lane(self, each: Lane) -> dict[str, Any]:
        posts = [self.say("track.leader", post=each.supervising_leader)] if each.supervising_leader else []
        posts += [self.say("track.due", day=each.due_on)] if each.due_on else []
        return {
            "colour": each.track,
            "name": self.say(f"track.{each.track}"),
            "on": each.set_on,
            "days": self.say("track.days", n=each.days),
            "posts": posts,
            "backstop": link(self.public, each.backstop_organ) if each.backstop_organ else None,
            "reason": each.reason,
            "href": self.public.path(each.code),
        }

    def _lamp(self, lamp: Lamp) -> dict[str, str]:
        return {"icon": LAMPS[lamp.state], "why": self.rule(lamp.why, **lamp.params)}
