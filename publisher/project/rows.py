"""How every livelihood project stands, and which villages it lies in, as rows for public.db.

The pages of cycles, of balance and of projects ask the same rules, so that a figure is a count of these rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from ledger.rulebooks import Rulebook
from publisher.computed import Column
from publisher.project.balance import NEEDED, regional
from publisher.project.cycles import Candidate, Outcome, candidate
from publisher.project.standing import Standing, standings
from publisher.reading.answers import unpublished
from publisher.reading.public import Public

KIND = "project_candidate"
WHY = ("lost", "outvoted", "failed")
DAYS = {"zh": "天", "en": "days"}
COLUMNS = (
    Column("outcome", "choice", "site.cycle.outcome", get_args(Outcome)),
    Column("why", "choice", "data.why", WHY),
    Column("voted_on", "date"),
    Column("ballot", "reference", refers_to="ballot"),
    Column("approve", "integer"),
    Column("budget", "money"),
    Column("secured", "money"),
    Column("gap", "money"),
    Column("reported_on", "date"),
    Column("percent", "integer"),
    Column("spent", "money"),
    Column("in_use", "boolean"),
    Column("finished", "boolean"),
    Column("planned", "date"),
    Column("due", "date"),
    Column("silent", "integer", unit=DAYS),
    Column("overdue", "integer", unit=DAYS),
)
"""`budget`: after approved changes. `silent`: days without news, where those are too many. `finished`,
`planned`, `due` and `overdue` are told of projects that a congress selected, and of no other; `planned`: the
day it is to be finished; `due`: the same while it is not; `overdue`: days since."""

VILLAGE = "village_project"
VILLAGE_COLUMNS = (
    Column("village", "reference", refers_to="grid"),
    Column("year", "integer"),
)


def rows(public: Public, rulebook: Rulebook) -> Iterator[dict[str, Any]]:
    """A row for each public project."""
    told = standings(public, rulebook)
    for row in public.rows.get(KIND, ()):
        if row["withheld"]:
            yield {"code": row["code"]}
        else:
            found = candidate(public, row, rulebook)
            yield {"code": row["code"], **_row(found), **_on_the_day(told[row["code"]])}


def _on_the_day(each: Standing) -> dict[str, Any]:
    return {
        "finished": each.finished,
        "planned": each.planned.isoformat() if each.planned else None,
        "due": each.due.isoformat() if each.due else None,
        "overdue": each.overdue or None,
    }


def _row(found: Candidate) -> dict[str, Any]:
    project, vote = found.project, found.project.vote
    last = project.last or {}
    told = project.known("project_progress")
    return {
        "outcome": found.outcome,
        "why": vote.state if vote and vote.state in WHY else None,
        "voted_on": vote.day or None if vote else None,
        "ballot": vote.at.row["code"] if vote else None,
        "approve": vote.option.approve if vote and vote.option else None,
        "budget": project.budget,
        "secured": project.secured,
        "gap": max(project.gap, 0) if project.gap is not None else None,
        "reported_on": last.get("reported_on"),
        "percent": last.get("percent"),
        "spent": last.get("spent"),
        "in_use": found.done if told and project.chosen else None,
        "silent": found.stale.params["days"] if found.stale else None,
    }


def villages(public: Public, rulebook: Rulebook) -> Iterator[dict[str, Any]]:
    """A row for each village that a selected project lies in, of the years that balance is counted over."""
    hidden = [
        kind for kind, names in NEEDED.items() if kind in public.kinds and unpublished(public, kind, *names)
    ]
    if hidden or "grid" not in public.rows:
        return
    found = regional(public, rulebook)
    cycles = public.by_code("project_cycle")
    years = {each.code: cycles[each.answers["cycle"]]["year"] for each in found.counted}
    lying: dict[str, list[str]] = {}
    for village, codes in found.projects.items():
        for code in codes:
            lying.setdefault(code, []).append(village)
    for code in sorted(lying):
        for n, village in enumerate(lying[code], 1):
            yield {"code": code, "n": n, "village": village, "year": years[code]}
