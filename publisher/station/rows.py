"""How each station stands, and how far each opinion has come, as rows for public.db.

Every figure of the page of stations is a condition on these rows or on those of the form itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.station.heard import STEPS, chain, step
from publisher.computed import Column
from publisher.reading.answers import answers
from publisher.reading.public import Public
from publisher.station.network import Network, network

KIND, OPINION = "station", "opinion"
COLUMNS = (
    Column("held_to_standard", "boolean"),
    Column("items", "integer"),
    Column("items_shown", "integer"),
    Column("checked_on", "date"),
    Column("next_duty", "date"),
    Column("duties_due", "integer"),
    Column("duties_held", "integer"),
    Column("heard", "integer"),
    Column("told_back", "integer"),
    Column("demonstration", "choice", "station.stage", ("nominated", "building", "accepted", "dropped")),
)
"""`items_shown`: items of the standard in force with evidence that is not too old, of `items`."""
OPINION_COLUMNS = (
    Column("heard_at", "reference", refers_to=KIND),
    Column("reached", "choice", "station.step", STEPS),
    Column("told", "boolean"),
    Column("told_late", "boolean"),
)
"""`told`: who spoke was told what became of it by the release's date; `told_late`: not, though it was due."""


def rows(public: Public, rulebook: Rulebook) -> Iterator[dict[str, Any]]:
    """A row for each public station; what is not published to conclude from is left empty."""
    found = network(public, rulebook)
    for row in public.rows.get(KIND, ()):
        code = row["code"]
        yield {"code": code} if row["withheld"] else {"code": code, **_station(found, code)}


def _station(found: Network, code: str) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if found.open("standard"):
        applies = any(each["code"] == code for each in found.held_to_it)
        lamps, check = found.lamps(code) if applies else (), found.last_check(code)
        told |= {"held_to_standard": applies, "checked_on": check["checked_on"] if check else None}
        if applies:
            told |= {"items": len(lamps), "items_shown": sum(each.state == "pass" for each in lamps)}
    if found.open("rota"):
        ahead, held = found.next_duty(code), found.held(code)
        told |= {"next_duty": ahead["duty_on"] if ahead else None}
        told |= {"duties_due": held.of, "duties_held": held.n}
    if found.open("heard"):
        back = found.chain(code).told
        told |= {"heard": back.of, "told_back": back.n}
    if found.open("sites") and (site := found.site(code)):
        told |= {"demonstration": site.stage}
    return told


def opinions(public: Public, rulebook: Rulebook) -> Iterator[dict[str, Any]]:
    """A row for each public opinion: at which station, how far it has come, whether who spoke was told."""
    found = network(public, rulebook)
    known = found.open("heard")
    told = set(chain(found.all(OPINION), found.matters, found.on).told.codes_counted) if known else set()
    for row in public.rows.get(OPINION, ()):
        code, at = row["code"], row["station"]
        if row["withheld"] or not known:
            yield {"code": code}
        else:
            reached = step(found.matters.get(code, ()))
            late = found.told_late(answers(public, OPINION, row))
            yield {
                "code": code,
                "heard_at": at,
                "reached": reached,
                "told": code in told,
                "told_late": late,
            }
