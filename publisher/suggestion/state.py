"""How a suggestion stands on a day, in the few values that lists, boards and Datasette sort and filter by.

The page of a suggestion, the lists and public.db all ask here, so that they never say different things; what
one of them has asked is there for the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from ledger.rulebooks import Rulebook
from ledger.rules.calendar import STATE_COUNCIL
from ledger.rules.suggestion.case import Case
from ledger.rules.suggestion.clocks import Clock, Moved, clocks, moves
from ledger.rules.suggestion.handling import Handling, handlings
from ledger.rules.suggestion.item import Item, items
from ledger.rules.suggestion.outcome import Contradiction, Outcome, contradictions, outcome
from ledger.rules.suggestion.stage import ENDED, Standing, Step, next_steps, stage
from ledger.rules.suggestion.track import Lane, green_deadline, lanes
from publisher.reading.public import Public
from publisher.suggestion.cases import KIND, Row, case_of, closed

RUNNING = ("running", "overdue", "very_overdue")
LATE = ("overdue", "very_overdue")
CALM = ("return", "first_contact", "co_organ_opinion")
"""Clocks within another one: they are shown, and the matter is not called late for them."""


@dataclass(frozen=True)
class Suggestion:
    """One suggestion on the day of a release. Of one that is not public nothing is told but its stage.

    `closed`: what the rules conclude from is not all published, so that nothing at all is concluded.
    """

    case: Case
    on: date
    rulebook: Rulebook
    shut: bool = False
    closed: bool = False

    @property
    def silent(self) -> bool:
        """Whether nothing but the stage may be told, or not even that."""
        return self.shut or self.closed

    @property
    def code(self) -> str:
        """Its public code."""
        return self.case.code

    @cached_property
    def standing(self) -> Standing:
        """Its stage, and since when."""
        return stage(self.case, self.on)

    @property
    def ended(self) -> bool:
        """Whether nobody has to act any more."""
        return self.standing.stage in ENDED

    @cached_property
    def handlings(self) -> Sequence[Handling]:
        """The organs in charge, with their replies."""
        return () if self.silent else handlings(self.case, self.on)

    @cached_property
    def steps(self) -> Sequence[Step]:
        """What comes next, what must be done first."""
        return () if self.silent else next_steps(self.case, self.on)

    @cached_property
    def clocks(self) -> Sequence[Clock]:
        """Every deadline, in the order of its way."""
        return () if self.silent else clocks(self.case, self.rulebook, self.on)

    @cached_property
    def moves(self) -> Sequence[Moved]:
        """The notices of holidays that moved a deadline while it was open."""
        since = min((each.deadline.start for each in self.clocks if each.deadline), default=self.on)
        if not any(since < notice <= self.on for notice in STATE_COUNCIL.changes):
            return ()  # most have seen none, and need not be counted again
        return moves(self.case, self.rulebook, self.on)

    @cached_property
    def running(self) -> Sequence[Clock]:
        """The deadlines that run now, what is due first before what is due later."""
        if self.ended:
            return ()
        found = [each for each in self.clocks if each.deadline and each.state(self.on) in RUNNING]
        return sorted(found, key=lambda each: (each.name in CALM, each.deadline and each.deadline.due))

    @cached_property
    def clock(self) -> Clock | None:
        """The deadline that counts: the first of those that somebody has to keep now."""
        return next((each for each in self.running if each.name not in CALM), None)

    @cached_property
    def due(self) -> date | None:
        """The day by which something has to be done; that of its lane is another thing."""
        return self.clock.deadline.due if self.clock and self.clock.deadline else None

    @property
    def days_over(self) -> int:
        """How many days it is overdue; 0 where it is in time."""
        return max((self.on - self.due).days, 0) if self.due else 0

    @property
    def lane_due(self) -> date | None:
        """The day that the lane it is in asks for, while it is open."""
        now = self.lane
        if now is None or self.ended:
            return None
        if now.track == "green":
            return green_deadline(now, self.rulebook, self.on).due
        return date.fromisoformat(now.due_on) if now.due_on else None

    @property
    def lane_over(self) -> int:
        """How many days that day has gone by."""
        return max((self.on - self.lane_due).days, 0) if self.lane_due else 0

    @cached_property
    def lanes(self) -> Sequence[Lane]:
        """Its way through the lanes."""
        return () if self.silent else lanes(self.case, self.on)

    @property
    def lane(self) -> Lane | None:
        """The lane it is in."""
        return self.lanes[-1] if self.lanes else None

    @cached_property
    def outcome(self) -> Outcome:
        """What it has come to."""
        return Outcome() if self.silent else outcome(self.case, self.on)

    @cached_property
    def contradictions(self) -> Sequence[Contradiction]:
        """Where a check found otherwise than an organ had said."""
        return () if self.silent else contradictions(self.case, self.on)

    @property
    def contradicted(self) -> Contradiction | None:
        """The last of them that no later check has settled; a withdrawn matter keeps what was found."""
        return next((each for each in reversed(self.contradictions) if not each.settled_on), None)

    @cached_property
    def item(self) -> Item:
        """What it counts for in figures."""
        return items([self.case], self.on)[0]

    @property
    def organs(self) -> tuple[str, ...]:
        """The organs in charge."""
        return tuple(dict.fromkeys(each.organ for each in self.handlings if each.organ))

    @property
    def co_organs(self) -> tuple[str, ...]:
        """The organs that help."""
        named = (each.assignment.get("co_organs", ()) for each in self.handlings)
        return tuple(dict.fromkeys(organ for each in named for organ in each))


def state_of(public: Public, row: Row, rulebook: Rulebook) -> Suggestion:
    """A suggestion on the day of the release, the same one for every page that asks."""
    key = (KIND, row["code"], id(rulebook))
    if key not in public.computed:
        on = date.fromisoformat(public.release["as_of"])
        shut, silent = bool(row["withheld"]), bool(closed(public))
        public.computed[key] = Suggestion(case_of(public, row), on, rulebook, shut, silent)
    found: Suggestion = public.computed[key]
    return found


def states(public: Public, rulebook: Rulebook, *, withheld: bool = False) -> Iterator[Suggestion]:
    """Every suggestion in the order of its code; those that are not public only where asked for."""
    for row in public.rows.get(KIND, ()):
        if withheld or not row["withheld"]:
            yield state_of(public, row, rulebook)


def order(found: Iterable[Suggestion]) -> list[Suggestion]:
    """Overdue first, then by the day that something is due, by a deadline or by the lane, then by code."""

    def place(each: Suggestion) -> tuple[int, date, str]:
        return -each.days_over, each.due or each.lane_due or date.max, each.code

    return sorted(found, key=place)


def reply_due(found: Iterable[Suggestion]) -> Mapping[str, date]:
    """The day each assignment's reply is due, extended lawfully or not."""
    return {
        str(clock.of): clock.deadline.due
        for each in found
        for clock in each.clocks
        if clock.name == "reply" and clock.deadline
    }
