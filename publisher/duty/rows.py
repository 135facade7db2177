"""The duty record as rows of public.db: one for each thing a deputy did or was asked to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.duty.entry import AREA_OF, AREAS, ATTENDANCES
from publisher.computed import Column
from publisher.duty.archive import KIND, archive
from publisher.reading.public import Public

TABLE = "duty_record"
COLUMNS = (
    Column("day", "string"),
    Column("duty", "choice", "duty.kind", tuple(AREA_OF)),
    Column("area", "choice", "duty.area", AREAS),
    Column("attendance", "choice", "duty.attendance", ATTENDANCES),
    Column("asked", "boolean"),
    Column("source", "string"),
    Column("record", "string"),
)
"""`day`: a month where the record says no more. `asked`: it counts in a share of participation. `source` and
`record`: the kind and the number of the record that says so."""


def rows(public: Public, rulebook: Rulebook) -> Iterator[dict[str, Any]]:
    """A row for each entry of each public deputy, the oldest first."""
    found = archive(public)
    for row in public.rows.get(KIND, ()):
        for n, each in enumerate(() if row["withheld"] else found.of(row["code"]), 1):
            yield {
                "code": row["code"],
                "n": n,
                "day": each.day,
                "duty": each.duty,
                "area": each.area,
                "attendance": each.attendance,
                "asked": each.asked,
                "source": each.source,
                "record": each.code,
            }
