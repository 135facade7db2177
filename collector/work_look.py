"""A case looked at on one day, and who looks: what the rules say of it once, for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from ledger.registry import Device
from ledger.rulebooks import Rulebook
from ledger.rules.lamps import Lamp
from ledger.rules.suggestion.case import Answers, Case
from ledger.rules.suggestion.clocks import Clock, Moved, clocks, moves
from ledger.rules.suggestion.handling import Handling, handlings
from ledger.rules.suggestion.promise import Promise, promises
from ledger.rules.suggestion.stage import ENDED, Standing, Step, next_steps, signers, stage
from ledger.rules.suggestion.track import Lane, lane, track_lamps

OFFICE = ("clerk", "presidium")
_WHOSE = {
    "assign": "clerk", "reassign": "clerk", "rate": "deputy", "rate_promise": "deputy",
    "return": "handler", "first_contact": "handler", "co_organ_opinion": "handler", "reply": "handler",
    "rehandle": "handler", "promise": "handler",
}  # fmt: skip


@dataclass(frozen=True)
class Who:
    """Who asks: a role, and the deputy or the organ they act for."""

    role: str
    deputy: str | None = None
    organ: str | None = None

    @classmethod
    def of(cls, device: Device) -> Who:
        """Whose device it is."""
        return cls(device.role, device.code if device.role == "deputy" else None, device.organ)


@dataclass(frozen=True)
class Look:
    """What the rules make of a case on a day. Without a rulebook there are no clocks."""

    case: Case
    on: date
    rulebook: Rulebook | None

    @cached_property
    def standing(self) -> Standing:
        return stage(self.case, self.on)

    @property
    def ended(self) -> bool:
        """Whether nobody has to act any more."""
        return self.standing.stage in ENDED

    @cached_property
    def handled(self) -> tuple[Handling, ...]:
        return handlings(self.case, self.on)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """What comes next."""
        return next_steps(self.case, self.on)

    @cached_property
    def promises(self) -> tuple[Promise, ...]:
        return promises(self.case, self.on)

    @cached_property
    def lane(self) -> Lane | None:
        return lane(self.case, self.on)

    @cached_property
    def lamps(self) -> tuple[Lamp, ...]:
        return track_lamps(self.case, self.on, self.rulebook) if self.rulebook else ()

    @cached_property
    def clocks(self) -> tuple[Clock, ...]:
        return clocks(self.case, self.rulebook, self.on) if self.rulebook else ()

    @cached_property
    def moves(self) -> tuple[Moved, ...]:
        """The notices of holidays that moved a deadline while it was open."""
        return moves(self.case, self.rulebook, self.on) if self.rulebook else ()

    @cached_property
    def running(self) -> tuple[Clock, ...]:
        """The clocks that somebody has to beat, the first to end first."""
        open_ = [each for each in self.clocks if not each.lapses and not each.closed]
        known = [each for each in open_ if each.deadline and each.deadline.start <= self.on]
        return tuple(sorted(known, key=lambda each: (_due(each), each.name)))

    @cached_property
    def leads(self) -> frozenset[str]:
        """The organs that answer for it: that lead, or handle it separately."""
        return frozenset(each.organ for each in self.handled if each.organ)

    @cached_property
    def helps(self) -> frozenset[str]:
        """The organs that help."""
        return frozenset(organ for each in self.handled for organ in each.assignment.get("co_organs", ()))

    def concerns(self, who: Who) -> bool:
        """Whether it is in a person's list: the office's while it is open, an organ's, a signer's."""
        if who.role == "deputy":
            return who.deputy in signers(self.case) and (not self.ended or self.may_rate(who))
        if who.role == "handler":
            return not self.ended and who.organ is not None and who.organ in self.leads | self.helps
        return who.role in OFFICE and not self.ended

    def may_rate(self, who: Who) -> bool:
        """Whether a deputy can still rate what is closed."""
        return any(each.kind == "rating" and who.deputy in each.who for each in self.steps)

    def clock(self, who: Who) -> Clock | None:
        """The deadline to show a person: their own, else the next of anybody; the office watches over all."""
        own = (each for each in self.running if who.role in OFFICE or self._runs_for(each, who))
        return next(own, next(iter(self.running), None))

    def _runs_for(self, clock: Clock, who: Who) -> bool:
        return _WHOSE[clock.name] == who.role and (who.role != "handler" or clock.organ == who.organ)

    def reply_clock(self, assignment: Answers) -> Clock | None:
        """The time to reply to an assignment."""
        return next((each for each in self._of(assignment) if each.name == "reply"), None)

    def may_return(self, assignment: Answers) -> bool:
        """Whether an assignment may still be returned: a right that lapses."""
        return not any(
            each.name == "return" and each.deadline and each.deadline.passed(self.on)
            for each in self._of(assignment)
        )

    def _of(self, assignment: Answers) -> Iterator[Clock]:
        return (each for each in self.clocks if each.of == assignment["code"])


def _due(clock: Clock) -> date:
    return clock.deadline.due if clock.deadline else date.max
