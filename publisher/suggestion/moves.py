"""Open deadlines that a notice of holidays moved (放假安排改了期限), as rows for public.db."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from ledger.rulebooks import Rulebook
from ledger.rules.suggestion.clock import Name
from publisher.computed import Column
from publisher.reading.public import Public
from publisher.suggestion.state import states

TABLE = "deadline_moved"
COLUMNS = (
    Column("announced_on", "date"),
    Column("clock", "choice", "clock", get_args(Name)),
    Column("organ", "reference", refers_to="organ"),
    Column("was", "date"),
    Column("now", "date"),
    Column("set_by", "string"),
)
"""`set_by`: the record that set the deadline going."""


def rows(public: Public, rulebook: Rulebook) -> Iterator[dict[str, Any]]:
    """A row for each move of each public suggestion, in the order of the notices."""
    for each in states(public, rulebook):
        for n, moved in enumerate(each.moves, 1):
            yield {
                "code": each.code,
                "n": n,
                "announced_on": moved.notice.isoformat(),
                "clock": moved.clock,
                "organ": moved.organ or None,
                "was": moved.was.isoformat(),
                "now": moved.now.isoformat(),
                "set_by": moved.of,
            }
