"""How every project stands on the day of the release: which are finished, due, late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.rulebooks import Rulebook
from publisher.project.page import CANDIDATE, Project, project_of
from publisher.reading.public import Public

NO_BALLOT = "none"


@dataclass(frozen=True)
class Standing:
    """A project on the day of the release. What cannot be told from what is published is None.

    `planned` is the day it is to be finished, `due` the same while it is not.
    """

    code: str
    title: str
    outcome: str | None
    finished: bool | None
    due: date | None
    planned: date | None
    overdue: int
    project: Project


def standings(public: Public, rulebook: Rulebook) -> Mapping[str, Standing]:
    """Every project that is public by its code; computed once for all pages that ask."""
    key = ("standings", id(rulebook))
    if key not in public.computed:
        public.computed[key] = {
            row["code"]: _standing(project_of(public, row, rulebook), row["title"])
            for row in public.rows.get(CANDIDATE, ())
            if not row["withheld"]
        }
    found: Mapping[str, Standing] = public.computed[key]
    return found


def _standing(project: Project, title: str) -> Standing:
    outcome = (project.vote.state if project.vote else NO_BALLOT) if project.votes_known else None
    finished = due = planned = None
    if project.chosen and project.known("project_progress"):
        finished = project.done_in is not None
        planned = _day(project.sheet.get("finish_on"))
        due = None if finished else planned
    overdue = max((project.on - due).days, 0) if due else 0
    return Standing(project.code, title, outcome, finished, due, planned, overdue, project)


def _day(text: Any) -> date | None:
    """A whole day; a field that leaves as its month alone tells of no day."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
