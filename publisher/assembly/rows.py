"""How each item of a plan, each activity and each term change stands, as rows for public.db.

The pages ask the same rules, so that a figure of theirs is a count of these rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.activity.haves import HAVES, has_authority, missing, stage
from ledger.rules.term.seats import seat_rule, seats_fit, statutory_seats
from publisher.assembly import activities, plan, term
from publisher.computed import Column
from publisher.reading.answers import answers, unpublished
from publisher.reading.public import Public

PLANNED = plan.TABLE
PLANNED_COLUMNS = (
    Column("item", "string"),
    Column("topic", "string"),
    Column("quarter", "integer"),
    Column("owner", "string"),
    Column("state", "choice", "site.plan.state", plan.STATES),
    Column("done_on", "date"),
    Column("added_by", "reference", refers_to="plan_amendment"),
    Column("done_by", "strings"),
)
"""`added_by`: the amendment that brought the item in. `done_by`: the codes of the activities and meetings
that name it."""
ACTIVITY_COLUMNS = (
    Column("stage", "choice", "site.activities.stage", ("to_come", "held", "closed", "cancelled")),
    Column("haves", "integer"),
    Column("with_authority", "boolean"),
)
"""`haves`: how many of the six an activity has."""
TERM_COLUMNS = (Column("statutory", "integer"), Column("fits", "boolean"))
"""`statutory`: the seats that follow from the population; `fits`: whether those that were fixed are them."""


def planned(public: Public, rulebook: Rulebook) -> Iterator[dict[str, Any]]:
    """A row for each item of each plan as it stands."""
    for each in sorted(plan.plans(public), key=lambda each: each.code):
        for n, one in enumerate(each.items, 1):
            yield {
                "code": each.code,
                "n": n,
                "item": one.item.item,
                "topic": one.item.topic,
                "quarter": one.item.quarter,
                "owner": one.item.owner,
                "state": one.state,
                "done_on": one.done_on or None,
                "added_by": one.item.since or None,
                "done_by": list(one.activities),
            }


def of_activities(public: Public, rulebook: Rulebook) -> Iterator[dict[str, Any]]:
    """A row for each public activity; of one that does not say what the rules ask, its code alone."""
    hidden = unpublished(public, activities.KIND, *activities.NEEDED)
    on = date.fromisoformat(public.release["as_of"])
    for row in public.rows.get(activities.KIND, ()):
        told = answers(public, activities.KIND, row)
        if row["withheld"] or hidden or "starts_on" not in told:
            yield {"code": row["code"]}
        else:
            six = len(HAVES) - len(missing(told))
            yield {
                "code": row["code"],
                "stage": stage(told, on),
                "haves": six,
                "with_authority": has_authority(told),
            }


def of_terms(public: Public, rulebook: Rulebook) -> Iterator[dict[str, Any]]:
    """A row for each public term change, with the seats of the law."""
    for row in public.rows.get(term.KIND, ()):
        told = answers(public, term.KIND, row)
        if row["withheld"] or not set(term.NEEDED) <= told.keys():
            yield {"code": row["code"]}
            continue
        rule = seat_rule(told["level"], rulebook)
        extra = rulebook["seats.minority_extra"].fraction if told["minority_extra"] else Fraction(0)
        right = statutory_seats(told["population"], rule, extra)
        fits = seats_fit(told["seats_by_law"], told["population"], rule, extra)
        yield {"code": row["code"], "statutory": right, "fits": fits}
