"""The state of every suggestion as rows for public.db: what lists and Datasette filter by.

A figure's rows are these rows: each figure of publisher.suggestion.handling is a condition on their columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from ledger.rulebooks import Rulebook
from ledger.rules.suggestion.case import GRADES, OUTCOMES
from ledger.rules.suggestion.clock import Name
from ledger.rules.suggestion.item import TIMELY
from ledger.rules.suggestion.stage import STAGES
from publisher.computed import Column
from publisher.reading.public import Public
from publisher.suggestion.state import Suggestion, reply_due, states

DAYS = {"zh": "天", "en": "days"}
COLUMNS = (
    Column("stage", "choice", "suggestion.stage", STAGES),
    Column("since", "date"),
    Column("track", "choice", "suggestion.track", ("green", "yellow", "red")),
    Column("track_due", "date"),
    Column("handled_by", "references", refers_to="organ"),
    Column("clock", "choice", "clock", get_args(Name)),
    Column("due", "date"),
    Column("overdue", "integer", unit=DAYS),
    Column("outcome", "choice", "suggestion.outcome", (*OUTCOMES, "contradicted")),
    Column("contradicted", "boolean"),
    Column("counted", "boolean"),
    Column("replied", "boolean"),
    Column("timely", "choice", "suggestion.figure", TIMELY),
    Column("claimed", "boolean"),
    Column("delivered", "boolean"),
    Column("failed", "boolean"),
    Column("attitude", "choice", "suggestion.grade", GRADES),
    Column("result", "choice", "suggestion.grade", GRADES),
    Column("as_of", "date"),
)
"""`counted`: assigned and not ended otherwise, so that figures speak of it."""


def rows(public: Public, rulebook: Rulebook) -> Iterator[dict[str, Any]]:
    """A row for each public suggestion; one that is not public says its stage at most and nothing else."""
    for each in states(public, rulebook, withheld=True):
        told = {"code": each.code, "as_of": each.on.isoformat()}
        if not each.closed:
            told["stage"] = each.standing.stage
        yield told if each.silent else told | _open(each)


def tag(row: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The shape of a row in a list, and the columns that say why."""
    over = ("overdue",) if row.get("overdue") else ()
    if row.get("contradicted") and row["stage"] != "withdrawn":
        return "late", ("contradicted", *over)
    if over:
        return "late", ("stage", *over)
    if row["stage"] == "closed":
        return "ok", ("stage",)
    return ("due" if row.get("due") else "none"), ("stage",)


def _open(each: Suggestion) -> dict[str, Any]:
    item, counted = each.item, each.item.ended is None
    grades = item.grades or {}
    return {
        "since": each.standing.since or None,
        "track": each.lane.track if each.lane else None,
        "track_due": each.lane_due.isoformat() if each.lane_due else None,
        "handled_by": each.organs,
        "clock": each.clock.name if each.clock else None,
        "due": each.due.isoformat() if each.due else None,
        "overdue": each.days_over or None,
        "outcome": each.outcome.now,
        "contradicted": each.contradicted is not None,
        "counted": counted,
        "replied": item.replied if counted else None,
        "timely": item.timely(reply_due([each]), each.on) if counted else None,
        "claimed": item.claimed if counted else None,
        "delivered": item.delivered if counted else None,
        "failed": item.failed if counted else None,
        "attitude": grades.get("attitude"),
        "result": grades.get("result"),
    }
