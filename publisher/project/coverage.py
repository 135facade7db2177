"""The coverage page 全覆盖: which bodies vote, year by year; a rule never used is a state of its own.

What the office says in `rollout_status` stands beside what cycles and ballots show; the farther counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.project.rollout import STAGES, Coverage, coverage, covered_share
from ledger.words import Words
from publisher.ballot.page import fold
from publisher.project.cycles import sheet, steps_begun
from publisher.reading.answers import Answers, answers, unpublished
from publisher.reading.datalinks import DataLinks
from publisher.reading.lamp_words import LampWords
from publisher.reading.public import Public, Reference
from publisher.reading.shares import percent

YEARS = 8
"""How many years the matrix shows, the last ones."""
CELL = ("body", "level", "year")
"""What a record must say to stand in a cell of the matrix."""
LEVELS = ("county", "township", "street")
STATES = (
    "covered", "under_way", "not_this_year", "never_voted", "drafting", "none", "recommends", "unknown",
)  # fmt: skip
ICONS = {
    "covered": "ok",
    "under_way": "part",
    "not_this_year": "stop",
    "never_voted": "rule",
    "drafting": "draft",
    "none": "none",
    "recommends": "mark",
    "unknown": "ask",
}
"""Each state its own outline, so that a grey print tells them apart."""


@dataclass(frozen=True)
class Body:
    """A congress or council that could vote, and where it is in the register of places."""

    name: str
    level: str
    area: str | None


@dataclass(frozen=True)
class Rollout:
    """All cells of the matrix, and the records behind each."""

    bodies: tuple[Body, ...]
    years: tuple[int, ...]
    cells: tuple[Coverage, ...]
    told: Mapping[tuple[str, int], Answers]
    ballots: Mapping[tuple[str, int], str]
    """The ballot that a body held in a year, with a result that stands."""
    shown: Mapping[tuple[str, int], str]
    """How far cycles and ballots show a body to be in a year."""
    adopted: Mapping[str, Answers]
    """The first record that says a body has a rule."""

    @cached_property
    def _cells(self) -> Mapping[tuple[str, int], Coverage]:
        return {(each.body, each.year): each for each in self.cells}

    def cell(self, body: str, year: int) -> Coverage:
        """A body in a year."""
        return self._cells[body, year]

    def of_level(self, level: str, year: int) -> list[Coverage]:
        """The bodies of a level in a year."""
        return [each for each in self.cells if (each.level, each.year) == (level, year)]


def rollout(public: Public, rulebook: Rulebook) -> Rollout:
    """Fold records, cycles and ballots into one cell for each body and year."""
    reported = (answers(public, "rollout_status", row) for row in public.rows.get("rollout_status", ()))
    told = sorted(
        _whole(reported, *CELL, "stage"),
        key=lambda each: (each.get("reached_on", ""), each["code"]),
    )
    cycles = _whole((sheet(public, row) for row in public.rows.get("project_cycle", ())), *CELL)
    shown, ballots = _shown(public, cycles, rulebook)
    bodies = tuple(_bodies(public, [*cycles, *told]))
    latest = {(each["body"], each["year"]): each for each in told}
    records = [each for each in latest.values() if _stage(each) >= 0]
    for (body, year), stage in shown.items():
        if _stage(latest.get((body, year))) < STAGES.index(stage):
            records.append({"body": body, "year": year, "stage": stage})
    known = [each["year"] for each in records]
    last = max([*known, int(public.release["as_of"][:4])])
    years = tuple(range(max(min(known, default=last), last - YEARS + 1), last + 1))
    cells = coverage(records, {each.name: each.level for each in bodies}, years, rulebook)
    adopted: dict[str, Answers] = {}
    for each in sorted(told, key=lambda each: (each["year"], each.get("reached_on", ""))):
        if _stage(each) >= STAGES.index("rule_adopted"):
            adopted.setdefault(each["body"], each)
    return Rollout(bodies, years, cells, latest, ballots, shown, adopted)


def _whole(records: Iterable[Answers], *needed: str) -> list[Answers]:
    """Those that say what a cell of the matrix needs."""
    return [each for each in records if all(name in each for name in needed)]


def _stage(record: Answers | None) -> int:
    return STAGES.index(record["stage"]) if record and record["stage"] in STAGES else -1


def _shown(
    public: Public, cycles: Iterable[Answers], rulebook: Rulebook
) -> tuple[dict[tuple[str, int], str], dict[tuple[str, int], str]]:
    """How far each cycle has come by its own records, and the ballots with a result that stands."""
    shown: dict[tuple[str, int], str] = {}
    ballots: dict[tuple[str, int], str] = {}
    for cycle in cycles:
        key = cycle["body"], cycle["year"]
        about = public.about.get(cycle["code"], ())
        held = [public.by_code("ballot")[each.code] for each in about if _is(each, "ballot")]
        stands = [
            row for row in held if fold(public, row, rulebook).verdict.outcome in ("decided", "recommended")
        ]
        if stands:
            shown[key] = "balloted"
            ballots[key] = min(stands, key=lambda row: (row["voted_on"], row["code"]))["code"]
        elif held or any(_is(each, "project_candidate") for each in about):
            shown[key] = "candidates_set"
        elif steps_begun(cycle, public.release["as_of"]):
            shown[key] = "ideas_open"
    return shown, ballots


def _is(reference: Reference, kind: str) -> bool:
    return reference.kind == kind and reference.via == "cycle"


def _bodies(public: Public, records: Iterable[Answers]) -> list[Body]:
    """Every body that a record names, and every township of the register that none speaks of."""
    found: dict[str, Body] = {}
    for each in records:
        area = each.get("area") or (found[each["body"]].area if each["body"] in found else None)
        found[each["body"]] = Body(each["body"], each["level"], area)
    told = {each.area for each in found.values()}
    for row in public.rows.get("grid", ()):
        if row.get("level") == "township" and row["code"] not in told and row["title"] not in found:
            # The register says township for both; only a sub-district's own name tells them apart.
            level = "street" if row["title"].endswith("街道") else "township"
            found[row["title"]] = Body(row["title"], level, row["code"])
    order = {level: n for n, level in enumerate(LEVELS)}
    return sorted(
        found.values(), key=lambda each: (order.get(each.level, 9), each.name.encode("gb18030", "replace"))
    )


# -- what the page is given --


def page(public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of the coverage page is given."""
    said = Said(public, links, rulebook, words, lang, rollout(public, rulebook))
    known = bool(said.rollout.bodies)
    return {
        "as_of": public.release["as_of"],
        "verdict": said.verdict() if known else None,
        "caveat": said.caveat(),
        "years": said.rollout.years,
        "levels": said.levels() if known else [],
        "rows": [said.row(each) for each in said.rollout.bodies],
        "never": said.never(),
        "legend": said.legend(),
        "basis": [said.basis(key) for key in ("rollout.covered_from", "rollout.levels_that_vote")],
        "rows_href": links.table("rollout_status") if "rollout_status" in public.rows else None,
    }


@dataclass(frozen=True)
class Said:
    """The words of the coverage page."""

    public: Public
    links: DataLinks
    rulebook: Rulebook
    words: Words
    lang: str
    rollout: Rollout

    def say(self, key: str, **params: Any) -> str:
        """A message of content/words/coverage.yaml."""
        return self.words.say(f"site.coverage.{key}", self.lang, **params)

    @property
    def lamps(self) -> LampWords:
        """Labels of choices, and what a rule rests on."""
        return LampWords(self.public, self.words, self.rulebook, self.lang)

    @property
    def last(self) -> int:
        """The year that the page speaks of first."""
        return self.rollout.years[-1]

    def verdict(self) -> tuple[str, str]:
        """How many of the townships voted in the last year, and how many have a rule they never used."""
        level = "township" if self.rollout.of_level("township", self.last) else "county"
        here = self.rollout.of_level(level, self.last)
        n = sum(each.state == "covered" for each in here)
        never = sum(each.state == "never_voted" for each in here)
        what = self.lamps.choice("rollout_status", "level", level)
        told = {"year": self.last, "level": what, "n": n, "of": len(here)}
        if not here:
            return self.say("verdict.street"), ""
        rest = self.say("verdict.never", n=never) if never else self.say("verdict.no_never")
        return self.say("verdict", percent=percent(n, len(here)), **told), rest

    def caveat(self) -> str:
        """What is not published of the records that the matrix is made of; nothing where all is."""
        for kind, key in (("rollout_status", "caveat.reports"), ("project_cycle", "caveat.ballots")):
            needed = (*CELL, "stage") if kind == "rollout_status" else CELL
            if kind in self.public.kinds and unpublished(self.public, kind, *needed):
                return self.say(key)
        return self.say("caveat.ballots") if unpublished(self.public, "ballot", "cycle") else ""

    def levels(self) -> list[dict[str, Any]]:
        """For each level that votes its share, year by year; sub-districts apart."""
        found = []
        for level in LEVELS:
            if not (here := self.rollout.of_level(level, self.last)):
                continue
            votes = level in self.rulebook["rollout.levels_that_vote"].value
            found.append(
                {
                    "label": self.lamps.choice("rollout_status", "level", level),
                    "of": len(here),
                    "years": [self._share(level, year, votes) for year in self.rollout.years],
                    "rows": self.links.table("rollout_status", level=level),
                }
            )
        return found

    def _share(self, level: str, year: int, votes: bool) -> dict[str, Any]:
        here = self.rollout.of_level(level, year)
        if not votes:
            n = sum(each.state == "recommends" for each in here)
            return {"n": n, "of": len(here), "text": self.say("recommended", n=n, of=len(here))}
        share = covered_share(here, level, year) or 0
        n = int(share * len(here))
        return {
            "n": n,
            "of": len(here),
            "text": self.say("share", n=n, of=len(here), percent=percent(n, len(here))),
        }

    def row(self, body: Body) -> dict[str, Any]:
        """A body's line: where it is, and its cell for each year."""
        return {
            "name": body.name,
            "href": self.public.path(body.area) if body.area else None,
            "level": self.lamps.choice("rollout_status", "level", body.level),
            "cells": [self.cell(self.rollout.cell(body.name, year)) for year in self.rollout.years],
        }

    def cell(self, cell: Coverage) -> dict[str, Any]:
        """One cell: state as shape and word, how far it came, and the records that say so."""
        key = cell.body, cell.year
        record, ballot = self.rollout.told.get(key), self.rollout.ballots.get(key)
        links = [
            (self.say("record"), self.public.path(record["code"])) if record else None,
            (self.say("ballot"), self.public.path(ballot)) if ballot else None,
        ]
        return {
            "year": cell.year,
            "is": cell.state,
            "icon": ICONS[cell.state],
            "word": self.say(f"state.{cell.state}"),
            "note": self._note(cell, record, ballot),
            "links": [each for each in links if each and each[1]],
        }

    def _note(self, cell: Coverage, record: Answers | None, ballot: str | None) -> str:
        key = cell.body, cell.year
        if record and not ballot and cell.state in ("covered", "recommends") and cell.stage:
            return self.say("note.claimed")
        shown = self.rollout.shown.get(key)
        if record and shown and _stage(record) < STAGES.index(shown):
            stage = self.lamps.choice("rollout_status", "stage", record["stage"])
            return self.say("note.behind", stage=stage)
        told = cell.stage and cell.state in ("covered", "under_way", "not_this_year")
        return self.lamps.choice("rollout_status", "stage", cell.stage) if cell.stage and told else ""

    def never(self) -> list[dict[str, Any]]:
        """The bodies that have a rule and never voted, with the day of the rule."""
        found = []
        for body in self.rollout.bodies:
            if self.rollout.cell(body.name, self.last).state == "never_voted":
                rule = self.rollout.adopted.get(body.name)
                since = (rule.get("reached_on") or str(rule["year"])) if rule else "?"
                found.append(
                    {
                        "name": body.name,
                        "text": self.say("never.since", day=since),
                        "href": self.public.path(rule["code"]) if rule else None,
                        "document": rule.get("document", "") if rule else "",
                    }
                )
        return found

    def legend(self) -> list[dict[str, str]]:
        """What each state means."""
        return [
            {
                "is": each,
                "icon": ICONS[each],
                "word": self.say(f"state.{each}"),
                "text": self.say(f"means.{each}"),
            }
            for each in STATES
        ]

    def basis(self, key: str) -> dict[str, str]:
        """What a rule of the matrix rests on."""
        return {"text": self.say(f"rule.{key.partition('.')[2]}"), "basis": self.lamps.rests_on(key)}
