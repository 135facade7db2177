"""The page of a project: its records in public.db, as ledger.rules judges them on the release's date.

Nothing but public.db and the congress's rulebook is read. A record that lacks what a rule needs, because that
is not published, is told of in the timeline and left out of the sums.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.lamps import Lamp
from ledger.rules.project import livelihood as livelihood_project
from ledger.rules.project import supervision as project_supervision
from ledger.rules.project.livelihood import Clarity
from ledger.words import Words
from publisher.project import words as project_words
from publisher.project.story import COUNTS
from publisher.project.votes import Vote, votes
from publisher.reading.answers import Answers, answers, answers_about, answers_of, unpublished
from publisher.reading.public import Public

Row = Mapping[str, Any]
CANDIDATE = "project_candidate"
REJECTED = ("recommended", "lost", "outvoted", "failed")
"""The states of a vote in which a ballot that stands did not select."""
NEEDED: Mapping[str, tuple[str, ...]] = {
    "project_progress": ("month", "reported_on", "percent", "stage"),
    "project_inspection": ("inspected_on", "step", "expert", "severity"),
    "project_change": ("changed_on", "what"),
    "project_evaluation": ("milestone", "evaluated_on"),
}
"""What the rules ask of each kind of record."""
PARTS: Mapping[str, tuple[str, ...]] = {"funding": ("source", "amount"), "annual_targets": ("year",)}
"""What they ask of each line of the candidate's sheet; a sum over some of the lines would mislead."""
FUNDING = ("total_budget", "funding.amount", "funding.secured")
ELIGIBLE: Mapping[str, tuple[str, ...]] = {
    "E1": ("total_budget", "funding.source", "funding.amount"),
    "E2": ("finish_on", "annual_targets.year", "annual_targets.unit"),
    "E3": (*FUNDING, "funding.source"),
    "E4": ("land",),
    "E5": ("flags",),
    "E6": ("flags",),
    "E7": ("places",),
    "E8": ("would_proceed_anyway",),
}
"""What each rule of eligibility reads of the candidate's sheet."""


@dataclass(frozen=True)
class Project:
    """One project with every record about it, on the date of a release."""

    public: Public
    code: str
    sheet: Answers
    on: date
    rulebook: Rulebook
    votes: Sequence[Vote]
    progress: Sequence[Answers]
    inspections: Sequence[Answers]
    changes: Sequence[Answers]
    evaluations: Sequence[Answers]
    partial: Collection[str]
    """Kinds of which a record about it lacks what the rules need."""
    lines_missing: bool
    """Whether a line of its funding lacks its source or its amount."""

    def known(self, kind: str, *names: str) -> bool:
        """Whether a kind's records about it are all told in full, so that their absence says something."""
        needed = ("candidate", *NEEDED[kind], *names)
        return kind not in self.partial and not unpublished(self.public, kind, *needed)

    @property
    def votes_known(self) -> bool:
        """Whether the ballots that list it can be known."""
        return not unpublished(self.public, "ballot", "candidates.candidate", "candidates.option")

    @cached_property
    def cycle(self) -> Answers | None:
        """The year's cycle it stands in."""
        return answers_of(self.public, "project_cycle", self.sheet.get("cycle"))

    @property
    def vote(self) -> Vote | None:
        """The vote that counts."""
        return self.votes[-1] if self.votes else None

    @property
    def chosen(self) -> bool:
        """Whether a congress selected it."""
        return self.vote is not None and self.vote.state == "selected"

    @property
    def rejected(self) -> bool:
        """Whether a ballot that stands did not select it."""
        return self.vote is not None and self.vote.state in REJECTED

    @property
    def followed(self) -> bool:
        """Whether anything is to be told of its carrying out."""
        return self.chosen or bool(self.progress)

    @property
    def last(self) -> Answers | None:
        """The latest report."""
        return self.progress[-1] if self.progress else None

    @cached_property
    def done_in(self) -> str | None:
        """The month from which on it was reported finished; None while it is not."""
        month = None
        for each in reversed(self.progress):
            if each["percent"] < 100:
                break
            month = str(each["month"])
        return month

    @property
    def actual(self) -> Answers | None:
        """The latest report that tells the figure of its effect."""
        return next((each for each in reversed(self.progress) if "actual" in each), None)

    # -- what the rules say --

    @cached_property
    def eligibility(self) -> tuple[Lamp, ...]:
        """E1 to E8. Without its cycle nobody can tell which year it should be done in."""
        year = self.cycle.get("year") if self.cycle else None
        lamps = livelihood_project.eligibility(self.sheet, year or self.on.year, self.rulebook)
        return tuple(self._eligible(each, year) for each in lamps)

    def _eligible(self, lamp: Lamp, year: int | None) -> Lamp:
        if hidden := unpublished(self.public, CANDIDATE, *ELIGIBLE[lamp.rule]):
            return Lamp(lamp.rule, "unknown", "site.lamp.unpublished", {"fields": hidden})
        if lamp.rule == "E2" and year is None:
            return Lamp("E2", "unknown", "site.project.no_cycle")
        return lamp

    @property
    def judged_on(self) -> date:
        """The day on which the sheet is judged; that of the vote, for a project that was not chosen."""
        if self.followed or self.vote is None or self.vote.state == "open" or not self.vote.day:
            return self.on
        return min(self.on, date.fromisoformat(self.vote.day))

    @cached_property
    def clarities(self) -> tuple[Clarity, ...]:
        """The four clarities."""
        return livelihood_project.clarities(self.sheet, self.progress, on=self.judged_on)

    @cached_property
    def gap(self) -> int | None:
        """What is not secured of the total, in cents; None where that cannot be told."""
        if self.budget is None or self.lines_missing or unpublished(self.public, CANDIDATE, *FUNDING):
            return None
        return livelihood_project.funding_gap({**self.sheet, "total_budget": self.budget})

    @property
    def secured(self) -> int | None:
        """What is secured of the total, in cents."""
        return None if self.gap is None or self.budget is None else self.budget - self.gap

    @property
    def budget(self) -> int | None:
        """The total after approved changes, in cents."""
        if "total_budget" not in self.sheet:
            return None
        money = [each for each in self.changes if each["what"] != "money" or "amount" in each]
        return project_supervision.budget_now(self.sheet, money)

    @cached_property
    def money(self) -> Lamp | None:
        """Whether the money of the latest report is in order."""
        if self.last is None:
            return None
        lamp = project_supervision.money_in_order(self.last, self.secured)
        hidden = unpublished(self.public, "project_progress", "appropriated", "received", "spent")
        if lamp.state == "unknown" and hidden:
            return Lamp("funding", "unknown", "site.lamp.unpublished", {"fields": hidden})
        return lamp

    @cached_property
    def fresh(self) -> Lamp | None:
        """Whether there was news lately, of a project that was chosen; None where that cannot be told."""
        if not self.chosen or self.vote is None or not self.vote.day or not self.known("project_progress"):
            return None
        since = date.fromisoformat(self.vote.day)
        return project_supervision.fresh(self.progress, since, self.on, self.rulebook)

    @cached_property
    def falls(self) -> tuple[Lamp, ...]:
        """Reports that took something back without a note."""
        if not self.known("project_progress", "correction_note"):
            return ()
        return project_supervision.only_grows(self.progress)

    @cached_property
    def experts(self) -> tuple[Lamp, ...]:
        """Whether tender and acceptance were looked at by somebody who knows the matter."""
        if not self.known("project_progress") or not self.known("project_inspection"):
            return ()
        return project_supervision.with_an_expert(self.progress, self.inspections, self.rulebook)

    def approved(self, change: Answers) -> Lamp:
        """Whether a change has the approval it needs."""
        if hidden := unpublished(self.public, "project_change", "approved_by", "approved_on", "amount"):
            return Lamp("change", "unknown", "site.lamp.unpublished", {"fields": hidden})
        if change["what"] == "money" and "total_budget" not in self.sheet:
            return Lamp("change", "unknown", "site.lamp.no_total")
        total = self.sheet.get("total_budget", 0)
        return project_supervision.change_approved(change, total, self.on, self.rulebook)

    def found(self, inspection: Answers) -> Lamp | None:
        """What an inspection found and nobody has mended."""
        if unpublished(self.public, "project_inspection", "rectified_on", "due_on"):
            return None
        return next(iter(project_supervision.open_findings([inspection], self.on)), None)

    def tested(self, evaluation: Answers) -> Iterator[Lamp]:
        """What the rules say of a test, but for its grade."""
        if self.known("project_inspection"):
            yield project_supervision.may_be_evaluated(evaluation, self.inspections)
        if all(name in evaluation for name in COUNTS):
            sheets = project_supervision.returned_within_issued(evaluation)
            yield sheets
            due = project_supervision.rectification(evaluation, self.on, self.rulebook)
            dates = ("rectified_on", "rectification_due")
            if due and sheets.state == "pass" and not unpublished(self.public, "project_evaluation", *dates):
                yield due

    @property
    def watched(self) -> list[Lamp]:
        """Everything that is not as it should be since the vote, the gravest first."""
        lamps = [
            *([self.fresh] if self.fresh else []),
            *([self.money] if self.money else []),
            *self.falls,
            *(self.approved(each) for each in self.changes),
            *(lamp for each in self.inspections if (lamp := self.found(each))),
            *self.experts,
            *(lamp for each in self.evaluations for lamp in self.tested(each)),
        ]
        return sorted((each for each in lamps if each.state in ("warn", "fail")), key=_gravest)


def _gravest(lamp: Lamp) -> int:
    return 0 if lamp.state == "fail" else 1


def project_of(public: Public, row: Row, rulebook: Rulebook) -> Project:
    """Everything about one row of `project_candidate`."""
    code, on = row["code"], date.fromisoformat(public.release["as_of"])
    sheet = answers(public, "project_candidate", row)
    broken = [
        group
        for group, names in PARTS.items()
        if any(name not in line for line in sheet.get(group, ()) for name in names)
    ]
    for group in broken:
        del sheet[group]
    partial = set()

    def about(kind: str, day: str) -> list[Answers]:
        found = answers_about(public, kind, code, "candidate")
        whole = [each for each in found if all(name in each for name in NEEDED[kind])]
        if len(whole) < len(found):
            partial.add(kind)
        return sorted(whole, key=lambda each: str(each[day]))

    progress = project_supervision.in_order(about("project_progress", "reported_on"))
    return Project(
        public=public,
        code=code,
        sheet=sheet,
        on=on,
        rulebook=rulebook,
        votes=votes(public, code, rulebook),
        progress=[dict(each) for each in progress if each["reported_on"] <= on.isoformat()],
        inspections=about("project_inspection", "inspected_on"),
        changes=about("project_change", "changed_on"),
        evaluations=about("project_evaluation", "evaluated_on"),
        partial=partial,
        lines_missing="funding" in broken,
    )


def page(public: Public, row: Row, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of a project is given beside what every record's is."""
    project = project_of(public, row, rulebook)
    said = project_words.Said(words, lang, project)
    return {
        "as_of": project.on.isoformat(),
        "place": said.place(),
        "verdict": said.verdict(),
        "others": said.other_votes(),
        "now": said.now(),
        "watched": [said.lamps.shown(each) for each in project.watched],
        "watched_basis": said.resting(project.watched),
        "clear": said.clear(),
        "clarities": said.clarities(),
        "followed": project.followed,
        "fresh": said.fresh(),
        "progress": said.progress(),
        "effect": said.effect(),
        "money": said.money(),
        "milestones": said.milestones(),
        "nothing": said.nothing(),
        "untold": said.untold(),
        "inspections": [said.inspection(each) for each in project.inspections],
        "experts": [said.lamps.shown(each) for each in project.experts],
        "changes": [said.change(each) for each in project.changes],
        "tests": [said.test(each) for each in project.evaluations],
        "grade_rule": said.grade_rule() if project.evaluations else None,
        "eligibility": said.eligibility(),
        "ideas": said.ideas(),
        "timeline": said.timeline(),
    }
