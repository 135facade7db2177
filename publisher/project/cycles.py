"""One year's livelihood projects folded out of public.db: ideas, candidates with their ballots, what is done.

What a rule of ledger.rules says is asked of the rule; nothing but public.db is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from ledger.rulebooks import Rulebook
from ledger.rules.lamps import Lamp
from ledger.rules.project import ideas as idea_rules
from ledger.rules.project.cycle import (
    STEPS,
    by_step,
    descriptions_in_time,
    more_candidates_than_seats,
    organ_for_each_step,
    reviewed_before_notice,
    steps_in_order,
)
from ledger.rules.project.ideas import Funnel
from ledger.rules.project.supervision import FINISHED
from publisher.ballot.page import Fold, fold
from publisher.project.page import Project, project_of
from publisher.reading.answers import Answers, Row, answers, answers_about, naming, unpublished
from publisher.reading.public import Public

Outcome = Literal[
    "selected", "recommended", "not_chosen", "tied", "waiting", "unverified", "void", "unvoted", "untold"
]
"""What ballots made of a candidate: `waiting` no result yet, `unvoted` on none, `untold` not published."""
OUTCOMES: Mapping[str, Outcome] = {
    "selected": "selected",
    "recommended": "recommended",
    "tied": "tied",
    "lost": "not_chosen",
    "outvoted": "not_chosen",
    "failed": "not_chosen",
    "void": "void",
    "not_verified": "unverified",
    "open": "waiting",
}
"""The state of a project's vote, as a cycle counts it."""
StepState = Literal["done", "now", "late", "to_come", "absent"]


@dataclass(frozen=True)
class Candidate:
    """A project as its cycle sees it: what the vote made of it, and whether it is in use."""

    project: Project

    @property
    def answers(self) -> Answers:
        """Its sheet."""
        return dict(self.project.sheet)

    @property
    def code(self) -> str:
        """Its code."""
        return self.project.code

    @property
    def subject(self) -> str:
        """What it is called."""
        return str(self.project.sheet.get("subject", self.code))

    @property
    def outcome(self) -> Outcome:
        """What the vote that counts made of it."""
        vote = self.project.vote
        if vote is None:
            return "unvoted" if self.project.votes_known else "untold"
        return OUTCOMES[vote.state]

    @property
    def chosen(self) -> bool:
        """Whether it is selected, or recommended by a street council."""
        return self.outcome in ("selected", "recommended")

    @property
    def done(self) -> bool:
        """Whether it was selected and its last report says that it is in use."""
        last = self.project.last
        return self.project.chosen and last is not None and last["stage"] in FINISHED

    @property
    def percent(self) -> int | None:
        """How much of it is done; None before the first report."""
        return self.project.last["percent"] if self.project.last else None

    @property
    def stale(self) -> Lamp | None:
        """The lamp of a selected project that has been long without news; None for all others."""
        lamp = self.project.fresh
        return lamp if lamp and lamp.state == "warn" else None


@dataclass(frozen=True)
class Step:
    """One of the six steps as a day sees it. `days`: how late it is or was."""

    name: str
    answers: Answers
    state: StepState
    current: bool = False
    days: int = 0


@dataclass(frozen=True)
class Cycle:
    """One year of one congress."""

    answers: Answers
    on: date
    ideas: Mapping[str, Answers]
    candidates: Sequence[Candidate]
    folds: Sequence[Fold]
    public: Public

    def untold(self, kind: str, *names: str) -> bool:
        """Whether nothing follows from the absence of these fields, as they are not published."""
        return bool(unpublished(self.public, kind, *names))

    @cached_property
    def steps_told(self) -> bool:
        """Whether it can be known which steps began and ended."""
        return not self.untold("project_cycle", "steps.step", "steps.actual_from", "steps.actual_to")

    @cached_property
    def progress_told(self) -> bool:
        """Whether all reports of those chosen can be read."""
        return all(each.project.known("project_progress") for each in self.chosen)

    @property
    def street(self) -> bool:
        """Whether those who vote only recommend."""
        return self.answers.get("level") == "street"

    @cached_property
    def chosen(self) -> tuple[Candidate, ...]:
        """Those selected or recommended."""
        return tuple(each for each in self.candidates if each.chosen)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All six in order; one that no row tells of is absent."""
        return steps(self.answers if self.steps_told else {}, self.on)

    @cached_property
    def funnel(self) -> Funnel:
        """From ideas to what is done, each counted once."""
        return idea_rules.funnel(
            self.ideas,
            {each.code: each.answers for each in self.candidates},
            [each.code for each in self.chosen],
            [each.code for each in self.chosen if each.done],
        )

    def before_the_vote(self, rulebook: Rulebook) -> tuple[Lamp, ...]:
        """A1, A3, A6: organs and order of the steps, reviews, descriptions in time, more than the seats."""
        reviews = (
            self._told(lamp, str(lamp.params["which"]), "agenda_notice_on")
            for lamp in reviewed_before_notice(self.answers, rulebook)
        )
        descriptions = descriptions_in_time(self.answers, rulebook)
        return (
            *reviews,
            self._told(descriptions, "descriptions_delivered_on", "session_on"),
            *self._margin(rulebook),
            *(steps_in_order(self.answers) if self.steps_told else ()),
            *self._organs(),
        )

    def _told(self, lamp: Lamp, *names: str) -> Lamp:
        """A lamp, unless one of the days that it asks for is not published."""
        hidden = unpublished(self.public, "project_cycle", *names)
        return Lamp(lamp.rule, "unknown", "site.lamp.unpublished", {"fields": hidden}) if hidden else lamp

    def _organs(self) -> list[Lamp]:
        names = ("steps.step", "steps.organ", "steps.organ_as_written")
        if hidden := unpublished(self.public, "project_cycle", *names):
            return [Lamp("organ", "unknown", "site.lamp.unpublished", {"fields": hidden})]
        return [lamp for lamp in organ_for_each_step(self.answers) if lamp.state != "pass"]

    def _margin(self, rulebook: Rulebook) -> tuple[Lamp, ...]:
        """Of the first ballot alone: a further round is of those who tied, or for seats left open."""
        first = self.folds[0] if self.folds else None
        if first is None or not first.candidates or not first.row["seats"]:
            return ()
        return (more_candidates_than_seats(len(first.candidates), first.row["seats"], rulebook),)

    def of_ideas(self) -> tuple[Lamp, ...]:
        """A5: what is wrong with decisions and merges; an idea without a decision is counted, not named."""
        decided = (idea_rules.decided_with_reason(each) for each in self.ideas.values())
        reasons = not self.untold("project_idea", "decision_reason")
        merges = not self.untold("project_idea", "merged_into", "cycle")
        return (
            *(lamp for lamp in decided if lamp.state == "fail" and reasons),
            *(idea_rules.merges_sound(self.ideas) if merges else ()),
        )

    @cached_property
    def stale(self) -> list[tuple[Candidate, Lamp]]:
        """The selected projects without news for too long, the longest silence first."""
        found = [(each, lamp) for each in self.chosen if (lamp := each.stale)]
        return sorted(found, key=lambda pair: (-pair[1].params["days"], pair[0].code))


def cycle(public: Public, row: Row, rulebook: Rulebook) -> Cycle:
    """A year of one congress, out of the rows that name it."""
    code, on = row["code"], date.fromisoformat(public.release["as_of"])
    ideas = answers_about(public, "project_idea", code, "cycle")
    candidates = [
        candidate(public, each, rulebook) for each in naming(public, "project_candidate", code, "cycle")
    ]
    candidates.sort(key=lambda each: (each.answers.get("number", 0), each.code))
    ballots = _first_rounds(naming(public, "ballot", code, "cycle"))
    return Cycle(
        sheet(public, row),
        on,
        {each["code"]: each for each in ideas},
        candidates,
        [fold(public, each, rulebook) for each in in_time(ballots)],
        public,
    )


def sheet(public: Public, row: Row) -> Answers:
    """The answers of a cycle; a step that does not say which it is tells nothing."""
    told = answers(public, "project_cycle", row)
    return {**told, "steps": [each for each in told.get("steps", ()) if each.get("step") in STEPS]}


def candidate(public: Public, row: Row, rulebook: Rulebook) -> Candidate:
    """A row of `project_candidate` with everything about it."""
    return Candidate(project_of(public, row, rulebook))


def _first_rounds(rows: Iterable[Row]) -> list[Row]:
    """Those that follow none of the others; the further rounds are folded into them."""
    known = {row["code"]: row for row in rows}
    return [row for row in known.values() if row["revote_of"] not in known] or list(known.values())


def in_time(rows: Iterable[Row]) -> list[Row]:
    """Ballots in the order in which they were held."""
    return sorted(rows, key=lambda row: (row["voted_on"] or "", row["round"] or 0, row["code"]))


def steps(cycle: Answers, on: date) -> tuple[Step, ...]:
    """The six steps as a day sees them; the current one is the last that runs, else the last begun.

    >>> rows = [{"step": "solicitation", "planned_to": "2026-01-10", "actual_from": "2026-01-02"},
    ...         {"step": "ballot", "planned_from": "2026-03-01"}]
    >>> [(each.state, each.days) for each in steps({"steps": rows}, date(2026, 1, 12))][:4]
    [('late', 2), ('absent', 0), ('absent', 0), ('to_come', 0)]
    """
    rows = by_step(cycle)
    begun = steps_begun(cycle, on.isoformat())
    running = [name for name in begun if rows[name].get("actual_to", "9999") > on.isoformat()]
    now = (running or begun or [""])[-1]
    found = []
    for name in STEPS:
        state, days = _state(rows.get(name), on)
        found.append(Step(name, dict(rows.get(name, {})), state, name == now, days))
    return tuple(found)


def steps_begun(cycle: Answers, on: str) -> list[str]:
    """The steps that had begun by a day, in order."""
    rows = by_step(cycle)
    return [name for name in rows if rows[name].get("actual_from", "9999") <= on]


def _state(row: Mapping[str, str] | None, on: date) -> tuple[StepState, int]:
    if row is None:
        return "absent", 0
    today = on.isoformat()
    begun, ended = row.get("actual_from", "9999") <= today, row.get("actual_to", "9999") <= today
    planned = row.get("planned_to") if begun else row.get("planned_from")
    until = date.fromisoformat(row["actual_to"]) if ended else on
    days = max((until - date.fromisoformat(planned)).days, 0) if planned else 0
    if ended:
        return "done", days
    return ("late" if days else "now" if begun else "to_come"), days
