"""What the page of a project says below: milestones, inspections, changes, tests, rules, the timeline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ledger.rules.lamps import Lamp, State
from ledger.rules.project.supervision import Graded, grade
from ledger.words import Words
from publisher.chart.dots import month_number
from publisher.reading.answers import Answers, answers_about, answers_of, naming, plain_answers, unpublished
from publisher.reading.facts import link
from publisher.reading.lamp_words import LampWords
from publisher.reading.shares import percent
from publisher.reading.shown import money, together

if TYPE_CHECKING:
    from publisher.project.page import Project

COUNTS = ("issued", "returned", "invalid", "satisfied", "basically", "not_satisfied", "abstain")
"""What a test's grade is reckoned from; few residents' answers are not published."""
GRADES = {"satisfied": "ok", "basically": "part", "not_satisfied": "late", "none": "none"}
TOLD: dict[str, tuple[str, ...]] = {
    "project_inspection": ("step", "severity"),
    "project_change": ("what", "after"),
    "project_evaluation": ("milestone",),
    "candidate_review": ("review_kind",),
    "project_idea": ("subject", "decision"),
}
"""What the timeline says of a record instead of its title, which names this project over again."""
SECTIONS = {
    "progress": "project_progress",
    "inspections": "project_inspection",
    "changes": "project_change",
    "tests": "project_evaluation",
}
"""The sections of the page that a kind of record fills."""
PARTS_OF_SHEET = {"milestones": ("milestones.what", "milestones.due_on"), "ideas": ("origin",)}
"""Those that the candidate's own sheet fills."""
STATES: tuple[State, ...] = ("pass", "warn", "fail", "unknown")
WHO = ("organ", "organ_as_written", "evaluators")
"""Fields that say in whose name a record speaks."""


@dataclass(frozen=True)
class Story:
    """The words of one project's page, and its later sections."""

    words: Words
    lang: str
    project: Project

    @cached_property
    def lamps(self) -> LampWords:
        """The words of lamps."""
        return LampWords(self.project.public, self.words, self.project.rulebook, self.lang)

    def say(self, key: str, **params: Any) -> str:
        """A message of content/words/project.yaml."""
        return self.words.say(f"site.project.{key}", self.lang, **params)

    @property
    def space(self) -> str:
        """What stands between two sentences."""
        return "" if self.lang == "zh" else " "

    # -- milestones --

    def milestones(self) -> list[dict[str, str]]:
        """Each against its date, as of the release."""
        rows = self.project.sheet.get("milestones", ())
        whole = [each for each in rows if "what" in each and "due_on" in each]
        whole.sort(key=lambda each: str(each["due_on"]))
        return [self._milestone(each, n == len(whole)) for n, each in enumerate(whole, 1)]

    def _milestone(self, each: Answers, last: bool) -> dict[str, str]:
        project = self.project
        days = (date.fromisoformat(each["due_on"]) - project.on).days
        if not project.chosen:
            icon, key = "dot", "plan" if project.rejected else "plan.open"
        elif project.done_in:
            late = month_number(project.done_in) - month_number(each["due_on"])
            icon, key = "ok", "done.late" if last and late > 0 else "done"
            days = late
        else:
            icon, key = ("none", "due") if days >= 0 else ("late", "late") if last else ("part", "past")
        told = {"n": abs(days), "month": project.done_in or ""}
        return {
            "icon": icon,
            "on": self.say("milestone.on", day=each["due_on"]),
            "what": each["what"],
            "said": self.say(f"milestone.{key}", **told),
        }

    # -- inspections and changes --

    def inspection(self, each: Answers) -> dict[str, Any]:
        """What was looked at, what was found, and whether it was mended."""
        lamp = self.project.found(each)
        hidden = unpublished(self.project.public, "project_inspection", "rectified_on", "due_on")
        if hidden and each["severity"] != "none" and "rectified_on" not in each:
            icon, state = "none", self.say("inspection.untold")
        elif lamp:
            icon, state = ("late" if lamp.state == "fail" else "part"), self.lamps.reason(lamp)
        elif each["severity"] == "none":
            icon, state = "ok", self.say("inspection.nothing")
        else:
            icon, state = "ok", self.say("inspection.mended", day=each["rectified_on"])
        kind = "project_inspection"
        return {
            "icon": icon,
            "on": each["inspected_on"],
            "what": self.say(
                "inspection.what",
                step=self.lamps.choice(kind, "step", each["step"]),
                severity=self.lamps.choice(kind, "severity", each["severity"]),
            ),
            "state": state,
            "text": each.get("finding", ""),
            "expert": self.say(f"inspection.expert.{'yes' if each['expert'] else 'no'}"),
            "team": [link(self.project.public, code) for code in each.get("team", ())],
            "href": self.project.public.path(each["code"]),
        }

    def change(self, each: Answers) -> dict[str, Any]:
        """What became what, why, and whether it was approved."""
        lamp = self.project.approved(each)
        return {
            **self.lamps.shown(lamp),
            "on": each["changed_on"],
            "what": self.lamps.choice("project_change", "what", each["what"]),
            "before": each.get("before", ""),
            "after": each.get("after", ""),
            "amount": self.say("change.amount", amount=money(each["amount"])) if "amount" in each else "",
            "text": each.get("reason", ""),
            "document": each.get("document", ""),
            "href": self.project.public.path(each["code"]),
        }

    # -- tests --

    def test(self, each: Answers) -> dict[str, Any]:
        """The grade of a test, of how many sheets, and what follows from it."""
        kind = "project_evaluation"
        lamps = list(self.project.tested(each))
        void = any(lamp.rule == "returned" and lamp.state == "fail" for lamp in lamps)
        whole = all(name in each for name in COUNTS)
        graded = grade(each, self.project.rulebook) if whole and not void else None
        evaluators = each.get("evaluators")
        return {
            "icon": GRADES[graded.grade] if graded else "late" if void else "none",
            "on": each["evaluated_on"],
            "which": self.lamps.choice(kind, "milestone", each["milestone"]),
            "who": self.lamps.choice(kind, "evaluators", evaluators) if evaluators else "",
            "grade": self.say(f"test.{graded.grade if graded else 'void' if void else 'withheld'}"),
            "counts": self._counts(each, graded) if graded else "",
            "table": [
                (self.lamps.field(kind, name), each[name], self._share(each[name], graded))
                for name in COUNTS[3:]
                if graded
            ],
            "base": self._base(graded) if graded else "",
            "lamps": [
                self.lamps.shown(lamp)
                for lamp in lamps
                if lamp.state != "pass" or lamp.rule == "rectification"
            ],
            "text": each.get("opinion", ""),
            "href": self.project.public.path(each["code"]),
        }

    def _counts(self, each: Answers, graded: Graded) -> str:
        told = {name: each[name] for name in COUNTS}
        return self.say("test.counts", **told, base=self._base(graded))

    def _share(self, n: int, graded: Graded | None) -> str:
        return percent(n, graded.base) if graded else ""

    def _base(self, graded: Graded) -> str:
        base = str(self.project.rulebook["evaluation.base"].value)
        return self.say("test.base", name=self.say(f"test.base.{base}"), n=graded.base)

    def grade_rule(self) -> dict[str, Any]:
        """How grades are reckoned, and what the rule rests on."""
        book = self.project.rulebook
        over = {
            name: str(book[f"evaluation.{name}_over"].value)
            for name in ("satisfied", "basically", "not_satisfied")
        }
        keys = ("base", "satisfied_over", "basically_over", "not_satisfied_over")
        bases = dict.fromkeys(self.lamps.rests_on(f"evaluation.{key}") for key in keys)
        base = self.say(f"test.base.{book['evaluation.base'].value}")
        return {"text": self.say("test.rule", base=base, **over), "basis": list(bases)}

    # -- what cannot be told --

    def untold(self) -> dict[str, str]:
        """For each sort of record a sentence where some are not published in full, else nothing."""
        return {
            key: "" if self.project.known(kind) else self.say("untold", what=self.say(key))
            for key, kind in SECTIONS.items()
        }

    def nothing(self) -> dict[str, str]:
        """What stands in a section that is empty."""
        empty = {key: text or self.say(f"{key}.none") for key, text in self.untold().items()}
        for key, names in PARTS_OF_SHEET.items():
            hidden = unpublished(self.project.public, "project_candidate", *names)
            empty[key] = self.say("untold" if hidden else f"{key}.none", what=self.say(key))
        return empty

    # -- eligibility and origin --

    def eligibility(self) -> dict[str, Any]:
        """E1 to E8: how many hold, each with its reason, and what they rest on."""
        lamps = self.project.eligibility
        counts = Counter(each.state for each in lamps)
        told = [self.say(f"eligibility.{state}", n=counts[state]) for state in STATES if counts[state]]
        return {
            "finding": self.say("eligibility.finding", n=len(lamps), told="".join(told)),
            "lamps": [{**self.lamps.shown(each), "rule": each.rule} for each in lamps],
            "basis": self.resting(lamps),
        }

    def resting(self, lamps: Sequence[Lamp]) -> list[str]:
        """What several lamps rest on, each ground said once."""
        found: dict[str, list[str]] = {}
        for each in lamps:
            found.setdefault(self.lamps.basis(each), []).append(self.lamps.name(each.rule))
        if len(found) == 1:
            return [self.say("basis.all", basis=basis) for basis in found]
        return [
            self.say("basis", names=together(dict.fromkeys(names), self.lang), basis=basis)
            for basis, names in found.items()
        ]

    def ideas(self) -> list[dict[str, Any]]:
        """The ideas it came from, and how many others were merged into each."""
        public, found = self.project.public, []
        for code in self.project.sheet.get("origin", ()):
            idea = answers_of(public, "project_idea", code) or {}
            merged = len(answers_about(public, "project_idea", code, "merged_into"))
            found.append(
                {
                    "text": idea.get("subject") or public.titles.get(code, code),
                    "href": public.path(code),
                    "on": idea.get("submitted_on", ""),
                    "merged": self.say("ideas.merged", n=merged) if merged else "",
                }
            )
        return found

    # -- the timeline --

    def timeline(self) -> list[dict[str, Any]]:
        """Every record about it in the order of days: what, when, and in whose name where that is public."""
        records = dict.fromkeys(self._records())
        events = [(self._round(kind, code), self._event(kind, code)) for kind, code in records]
        events.sort(key=lambda each: (each[1]["on"], each[0], each[1]["href"] or ""))
        return [event for _, event in events]

    def _round(self, kind: str, code: str) -> int:
        """What sets the rounds of one day apart: each ballot with its result before the next."""
        by_code = self.project.public.by_code
        if kind == "ballot_result":
            kind, code = "ballot", by_code(kind)[code]["ballot"]
        return by_code(kind)[code]["round"] or 0 if kind == "ballot" else 0

    def _records(self) -> Iterator[tuple[str, str]]:
        public, code = self.project.public, self.project.code
        for idea in self.project.sheet.get("origin", ()):
            if public.kind_of.get(idea) == "project_idea":
                yield "project_idea", idea
        for each in public.about.get(code, ()):
            yield each.kind, each.code
            if each.kind == "ballot":
                for result in naming(public, "ballot_result", each.code, "ballot"):
                    yield "ballot_result", result["code"]

    def _event(self, kind: str, code: str) -> dict[str, Any]:
        public = self.project.public
        row, form = public.by_code(kind)[code], public.kinds[kind]
        told = plain_answers(public, kind, row)
        parts = [self.lamps.value(kind, name, told[name]) for name in TOLD.get(kind, ()) if name in told]
        if kind == "ballot_result":
            parts = [public.titles.get(row["ballot"], "")]
        elif kind == "project_progress" and all(name in told for name in ("percent", "stage")):
            stage = self.lamps.value(kind, "stage", told["stage"])
            parts = [self.say("timeline.progress", percent=told["percent"], stage=stage)]
        return {
            "on": form.date(row),
            "kind": form.label[self.lang],
            "text": " · ".join(parts) if parts else row["title"],
            "href": public.path(code),
            "who": self._who(kind, row, told),
            "corrected": row["corrected"],
        }

    def _who(self, kind: str, row: Any, told: Answers) -> tuple[str, str | None] | None:
        public = self.project.public
        if row.get("author"):
            return link(public, row["author"])
        name = next((name for name in WHO if name in told and name not in TOLD.get(kind, ())), None)
        if name is None:
            return None
        if public.kinds[kind].fields[name].type == "reference":
            return link(public, told[name])
        return self.lamps.value(kind, name, told[name]), None
