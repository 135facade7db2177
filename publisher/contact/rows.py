"""Three lamps and five ones of each serving deputy, and what went up, as rows: every figure counts these."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from ledger.rulebooks import Rulebook
from ledger.rules.contact import grid, linkage
from ledger.rules.contact.five_ones import ONES
from publisher.computed import Column
from publisher.contact.gather import rows, standings, today
from publisher.reading.answers import answers
from publisher.reading.public import Public

KIND = "deputy"
STATES = ("pass", "warn", "fail", "unknown")
TABLE = "deputy_contact"
COLUMNS = (
    Column("assigned", "choice", "rule.state", STATES),
    Column("registered", "choice", "rule.state", STATES),
    Column("round", "choice", "rule.state", STATES),
    Column("ones", "integer"),
    Column("complete", "boolean"),
    Column("spot_check", "choice", "site.five_ones.spot", ("passed", "failed", "cannot_verify")),
    Column("campaign_from", "date"),
    Column("campaign_until", "date"),
)
"""A row for each serving deputy; `ones`: how many of the five have a record with evidence this year.

The days of the campaign stand in the rulebook and on the page: as a computed day they may be, by chance, the
day of a visit, of which only the month leaves (publisher.derived.days).
"""

ONES_TABLE = "five_ones"
ONES_COLUMNS = (
    Column("year", "string"),
    Column("one", "choice", "site.five_ones.one", ONES),
    Column("state", "choice", "site.five_ones.state", ("evidenced", "claimed", "missing")),
    Column("record", "string"),
    Column("told_of", "string"),
)
"""Five rows for each serving deputy; `record` stands for the "one", `told_of` is its day or month."""


def deputies(public: Public, rulebook: Rulebook) -> Iterator[dict[str, Any]]:
    """A row for each serving deputy, where a congress assigns its deputies to grids."""
    if "grid_assignment" not in public.rows:
        return
    campaign = grid.window(rulebook)
    for one in standings(public, rulebook).values():
        states = dict(zip(("assigned", "registered", "round"), one.lamps, strict=True))
        yield {
            "code": one.code,
            "n": 1,
            **{name: lamp.state for name, lamp in states.items()},
            "ones": one.ledger.n,
            "complete": one.ledger.complete,
            "spot_check": one.verdict,
            "campaign_from": campaign.first.isoformat() if campaign else None,
            "campaign_until": campaign.last.isoformat() if campaign else None,
        }


def ones(public: Public, rulebook: Rulebook) -> Iterator[dict[str, Any]]:
    """Five rows for each serving deputy, where a congress keeps deeds and reports."""
    if not {"service_deed", "opinion_report"} <= public.rows.keys():
        return
    for one in standings(public, rulebook).values():
        for n, each in enumerate(one.ledger.ones, 1):
            yield {
                "code": one.code,
                "n": n,
                "year": str(one.ledger.year),
                "one": each.name,
                "state": each.state,
                "record": each.code or None,
                "told_of": each.day or None,
            }


LINKAGE = "linkage_activity"
SENT_TABLE = "escalation"
SENT_COLUMNS = (
    Column("issue", "integer"),
    Column("sent_on", "date"),
    Column("due", "date"),
    Column("answered_on", "date"),
    Column("state", "choice", "site.linkage.is", get_args(linkage.Answered)),
)
"""A row for each issue that a linkage activity sent up; `due`: the last day to answer it."""


def sent(public: Public, rulebook: Rulebook) -> Iterator[dict[str, Any]]:
    """A row for each escalation."""
    for row in rows(public, LINKAGE):
        for n, line in enumerate(answers(public, LINKAGE, row).get("escalations", ()), 1):
            if {"issue", "from_level", "to_level", "sent_on"} <= line.keys():
                each = linkage.escalation(line, today(public), rulebook)
                yield {
                    "code": row["code"],
                    "n": n,
                    "issue": each.issue,
                    "sent_on": each.sent_on,
                    "due": each.due.isoformat(),
                    "answered_on": line.get("answered_on"),
                    "state": each.state,
                }
