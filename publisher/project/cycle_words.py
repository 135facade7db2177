"""What the page of a cycle says: where it stands, the six steps, the funnel, the candidates, the ballots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.project.ideas import DECISIONS, last_of
from ledger.words import Words
from publisher.ballot import words as ballot_words
from publisher.ballot.page import Fold
from publisher.project import funnel_words
from publisher.project.cycle_totals import HERE, Totals, of_codes
from publisher.project.cycles import Candidate, Outcome, Step, cycle
from publisher.reading.public import Public
from publisher.reading.shown import together

Row = Mapping[str, Any]
NAMED = 100  # so many codes still fit in an address
TAGS: Mapping[Outcome, str] = {
    "selected": "ok",
    "recommended": "ok",
    "not_chosen": "stop",
    "tied": "part",
    "waiting": "none",
    "unverified": "none",
    "void": "late",
    "unvoted": "none",
    "untold": "none",
}
STEP_ICONS = {"done": "ok", "now": "part", "late": "late", "to_come": "none", "absent": "none"}


def page(public: Public, row: Row, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of a cycle is given beside what every record's is."""
    said = Said(public, words, rulebook, lang, cycle(public, row, rulebook))
    return {
        "verdict": said.verdict(),
        "steps": [said.step(n, each) for n, each in enumerate(said.cycle.steps, 1)],
        "lamps": [said.lamps.shown(each) for each in said.cycle.before_the_vote(rulebook)],
        "sum": said.sum(),
        "conserves": said.conserves(),
        "idea_lamps": [said.lamps.shown(each) for each in said.cycle.of_ideas()],
        "stages": (stages := list(said.stages())),
        "funnel": funnel_words.drawn(said, stages),
        "candidates": [said.candidate(each) for each in said.cycle.candidates],
        "ballots": list(said.ballots()),
        "money": said.money(),
        "clear": said.clear(),
        "stale": [said.silent(each, lamp.params["days"]) for each, lamp in said.cycle.stale],
        "stale_head": said.stale_head(),
        "nothing": said.nothing(),
    }


class Said(Totals):
    """The words of one cycle's page, from the steps to the ballots; Totals has the sums."""

    # -- where it stands --

    def name(self, step: str) -> str:
        """A step by its label."""
        return self.lamps.choice("project_cycle", "steps.step", step)

    def verdict(self) -> tuple[str, str]:
        """Where the cycle is now, and the rest of the sentence."""
        steps = list(enumerate(self.cycle.steps, 1))
        begun = [(n, each) for n, each in steps if each.current]
        if not self.cycle.steps_told:
            return self.say("now.untold"), self.say("stop") + self._results()
        if not begun:
            first = self.cycle.steps[0].answers.get("planned_from")
            return self.say("now.before"), self.say("now.planned", day=first) if first else self.say("stop")
        n, now = begun[0]
        told = {"n": n, "step": self.name(now.name)}
        other = [
            self.name(each.name)
            for _, each in steps
            if each is not now and each.state in ("now", "late") and "actual_from" in each.answers
        ]
        if now.state != "done":
            strong = self.say("now.late" if now.state == "late" else "now.in", days=now.days, **told)
            beside = self.say("now.beside", steps=together(other, self.lang)) if other else ""
        elif all(each.state == "done" for _, each in steps):
            strong, beside = self.say("now.over"), ""
        else:
            strong = self.say("now.ended", day=now.answers["actual_to"], **told)
            beside = self._next(steps[n:])
        return strong, beside + self.say("stop") + self._results()

    def _next(self, steps: Sequence[tuple[int, Step]]) -> str:
        for _, each in steps:
            if day := each.answers.get("planned_from"):
                return self.say("now.next", step=self.name(each.name), day=day)
        return ""

    def _results(self) -> str:
        chosen, silent = self.cycle.chosen, len(self.cycle.stale)
        if not chosen:
            return ""
        told = {"n": len(chosen), "done": sum(each.done for each in chosen), "verb": self.verb}
        if self.cycle.street:
            return self.say("results.street", **told)
        if not self.cycle.progress_told:
            return self.say("results.untold", **told)
        days = self.rulebook["project.stale_days"].value
        return self.say("results", **told) + (
            self.say("results.stale", n=silent, days=days) if silent else ""
        )

    def step(self, n: int, step: Step) -> dict[str, Any]:
        """One of the six for the bar: number, name, state in words, who answers for it, its days."""
        row = step.answers
        organ = row.get("organ")
        begun = "actual_from" in row and row["actual_from"] <= self.cycle.on.isoformat()
        key = {"late": "late.begun" if begun else "late", "done": "done.late" if step.days else "done"}
        return {
            "n": n,
            "name": self.name(step.name),
            "icon": STEP_ICONS[step.state],
            "is": step.state,
            "word": self.say(f"step.{key.get(step.state, step.state)}", days=step.days)
            if self.cycle.steps_told
            else self.say("step.untold"),
            "organ": self.public.titles.get(organ, organ) if organ else row.get("organ_as_written"),
            "href": self.public.path(organ) if organ else None,
            "planned": self._days(row.get("planned_from"), row.get("planned_to")),
            "actual": self._days(row.get("actual_from"), row.get("actual_to")),
            "current": step.current and step.state != "done",
        }

    def _days(self, first: str | None, last: str | None) -> str:
        if first and last and first != last:
            return self.say("days", first=first, last=last)
        return first or last or ""

    # -- from ideas to what is done --

    def sum(self) -> list[tuple[str, str, int, str]]:
        """收到 = 列入 + 并入 + …: each part with its rows, in the order of the form."""
        found, code = self.cycle.funnel, self.cycle.answers["code"]
        if not found.ideas or self.cycle.untold("project_idea", "decision"):
            return []
        table = "project_idea"
        parts = [("", self.say("ideas"), found.ideas, HERE.table(table, cycle=code))]
        for n, decision in enumerate(DECISIONS):
            label = self.lamps.choice(table, "decision", decision)
            rows = HERE.table(table, cycle=code, decision=decision)
            parts.append(("+" if n else "=", label, found.decisions[decision], rows))
        rows = HERE.table(table, cycle=code, decision__isnull="1")
        return [*parts, ("+", self.say("undecided"), found.undecided, rows)]

    def conserves(self) -> dict[str, str]:
        """The lamp of the funnel: every idea in exactly one place."""
        found = self.cycle.funnel
        if not found.conserves:
            return {"icon": "late", "what": self.say("funnel.wrong")}
        if found.undecided:
            what = self.say("funnel.undecided", n=found.undecided, of=found.ideas)
            return {"icon": "part", "what": what}
        return {"icon": "ok", "what": self.say("funnel.ok", n=found.ideas)}

    def stages(self) -> Iterator[dict[str, Any]]:
        """How far ideas went: each stage a part of the one that it comes from."""
        found, code = self.cycle.funnel, self.cycle.answers["code"]
        street = ".street" if self.cycle.street else ""
        ideas, all = "project_idea", HERE.table("project_candidate", cycle=code)
        shortlisted = HERE.table(ideas, cycle=code, decision="shortlisted")
        chosen = [each.code for each in self.cycle.chosen]
        done = [each.code for each in self.cycle.chosen if each.done]
        if not self.cycle.untold(ideas, "decision"):
            yield self._stage("shortlisted", found.decisions["shortlisted"], found.ideas, shortlisted)
        if not self.cycle.untold("project_candidate", "origin"):
            yield self._stage("in_candidates", found.in_candidates, found.ideas, self._in_candidates())
        if any(each.outcome == "untold" for each in self.cycle.candidates):
            return
        rows = of_codes("project_candidate", chosen) if chosen else all
        yield self._stage(f"selected{street}", found.selected, found.candidates, rows)
        if not self.cycle.street and self.cycle.progress_told:
            rows = of_codes("project_candidate", done) if done else rows
            yield self._stage("done", found.done, found.selected, rows)

    def _stage(self, key: str, n: int, of: int, rows: str) -> dict[str, Any]:
        text = self.say(f"stage.{key}.of", of=of, verb=self.verb)
        ideas = key in ("shortlisted", "in_candidates")
        told = {"key": key, "head": self.say(f"stage.{key}"), "of_ideas": ideas}
        return told | {"n": n, "of": of, "text": text, "rows": rows}

    def _in_candidates(self) -> str:
        """The ideas that a candidate came from, those merged into them too."""
        ideas = self.cycle.ideas
        origins = {name for each in self.cycle.candidates for name in each.answers.get("origin", ())}
        codes = [each for each in ideas if each in origins or last_of(each, ideas) in origins]
        if 0 < len(codes) <= NAMED:
            return of_codes("project_idea", codes)
        return HERE.table("project_candidate", cycle=self.cycle.answers["code"], origin__notblank="1")

    # -- candidates and ballots --

    def candidate(self, each: Candidate) -> dict[str, Any]:
        """A candidate's line."""
        project, vote = each.project, each.project.vote
        return {
            "number": each.answers.get("number"),
            "subject": each.subject,
            "href": self.public.path(each.code),
            "icon": TAGS[each.outcome],
            "word": self.say(f"outcome.{each.outcome}"),
            "why": self.why(each),
            "votes": vote.option.approve if vote and vote.option else None,
            "of": vote.at.of(vote.option)[0] if vote and vote.option else None,
            "lit": sum(lamp.complete for lamp in project.clarities),
            "total": self.amount(project.budget) if project.budget is not None else "",
            "gap": self.amount(project.gap) if project.gap and project.gap > 0 else "",
            "percent": self.say("percent", n=each.percent) if each.percent is not None else "",
            "done": each.done,
        }

    def why(self, each: Candidate) -> str:
        """What the ballot says of it, where that is more than the word beside."""
        vote = each.project.vote
        if vote is None or vote.option is None or each.outcome in ("waiting", "unverified", "void"):
            return ""
        told = ballot_words.Said(self.words, self.lang, vote.first.ballot, vote.first.row)
        text = told.outcome(vote.option, vote.first)
        return text.removeprefix(self.say(f"outcome.{each.outcome}")).lstrip("：: ")

    def ballots(self) -> Iterator[dict[str, Any]]:
        """Every ballot of the cycle with its verdict, a further round after the one it follows."""
        for first in self.cycle.folds:
            fold: Fold | None = first
            while fold is not None:
                told = ballot_words.Said(self.words, self.lang, fold.ballot, fold.row)
                code = fold.row["code"]
                yield {
                    "title": self.public.titles[code],
                    "href": self.public.path(code),
                    "verdict": told.verdict(fold),
                }
                fold = fold.further

    # -- what cannot be told --

    def nothing(self) -> dict[str, str]:
        """What stands where nothing is: that there is none, or that it is not published."""
        fields = {
            "funnel": ("project_idea", "cycle", "decision"),
            "candidates": ("project_candidate", "cycle"),
            "ballots": ("ballot", "cycle"),
            "money": ("project_candidate", "total_budget", "funding.amount", "funding.secured"),
        }
        empty = {"funnel": self.say("funnel.none")}
        none = self.words.say("site.none", self.lang)
        return {
            key: self.say("untold", what=self.say(key))
            if self.cycle.untold(kind, *names)
            else empty.get(key, none)
            for key, (kind, *names) in fields.items()
        }
