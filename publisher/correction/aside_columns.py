"""The columns of `set_aside` and `set_aside_count`, as the data dictionary and Datasette say them."""

from __future__ import annotations

from collections.abc import Mapping

from publisher.computed import Column

SORTS = ("quarantined", "branch", "held")
OUTCOMES = ("mended", "taken", "closed", "waiting")
GROUNDS = (
    *("other_version", "not_its_author", "duplicate", "wrong_form", "not_asked", "by_author"),
    "other_grounds",
)
ROWS, COUNTS = "set_aside", "set_aside_count"
TABLES: Mapping[str, tuple[Column, ...]] = {
    ROWS: (
        Column("sort", "choice", "site.aside.sort", SORTS),
        Column("kind", "string"),
        Column("record", "string"),
        Column("kept_on", "date"),
        Column("decided_on", "date"),
        Column("days", "integer", unit={"zh": "天", "en": "days"}),
        Column("decision", "choice", "site.aside.decision", ("take", "close")),
        Column("grounds", "choice", "site.aside.grounds", GROUNDS),
    ),
    COUNTS: (
        Column("sort", "choice", "site.aside.sort", SORTS),
        Column("outcome", "choice", "site.aside.outcome", OUTCOMES),
        Column("n", "integer"),
    ),
}
