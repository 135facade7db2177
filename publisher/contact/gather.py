"""What the rules on contact ask, out of public rows: who serves, which grids, which visits, which records.

Everything is by a deputy's code. It is worked out once for a release: lists, pages and rows ask the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.contact import five_ones, grid
from ledger.rules.contact.five_ones import Ledger, Record
from ledger.rules.lamps import Lamp
from publisher.finding.places import by_name
from publisher.reading.answers import answers, plain_answers
from publisher.reading.public import Public, listed

Row = Mapping[str, Any]
Answers = Mapping[str, Any]
DEPUTY, ASSIGNMENT = "deputy", "grid_assignment"
WHOSE: Mapping[str, tuple[str, ...]] = {
    "visit": ("deputies", "author"),
    "suggestion": ("lead_deputy",),
    "service_deed": ("deputies", "author"),
    "opinion_report": ("deputies", "author"),
}
"""Which fields of a record say whose it is. An opinion is its visit's, or its suggestion's."""


@dataclass(frozen=True)
class Standing:
    """A serving deputy: the three lamps, the five ones of the year, and what a spot check found."""

    code: str
    title: str
    grids: tuple[str, ...]
    lamps: tuple[Lamp, Lamp, Lamp]
    ledger: Ledger
    verdict: str | None


def today(public: Public) -> date:
    """The day of the release."""
    return date.fromisoformat(public.release["as_of"])


def rows(public: Public, kind: str) -> list[Row]:
    """The rows of a kind that say something; none where there is no such kind."""
    return [row for row in public.rows.get(kind, ()) if not row["withheld"]]


def serving(public: Public) -> list[Row]:
    """The deputies who serve on the day of the release, by name."""
    there = [row for row in rows(public, DEPUTY) if row["mandate"] in (None, "serving")]
    return sorted(there, key=lambda row: (by_name(row["title"]), row["code"]))


def assignments(public: Public) -> Mapping[str, Sequence[Answers]]:
    """The assignments to grids, by deputy."""
    found: dict[str, list[Answers]] = {}
    for row in rows(public, ASSIGNMENT):
        if row["deputy"] and row["grid"] and row["assigned_on"]:
            found.setdefault(row["deputy"], []).append(plain_answers(public, ASSIGNMENT, row))
    return found


def keepers(public: Public) -> Mapping[str, Sequence[Answers]]:
    """The assignments of serving deputies that stand on the day of the release, by grid."""
    if "contact.keepers" not in public.computed:
        found: dict[str, list[Answers]] = {}
        there, on = {row["code"] for row in serving(public)}, today(public)
        for code, some in assignments(public).items():
            for each in grid.current(some, on) if code in there else ():
                found.setdefault(each["grid"], []).append(each)
        public.computed["contact.keepers"] = found
    kept: Mapping[str, Sequence[Answers]] = public.computed["contact.keepers"]
    return kept


def own(public: Public, kind: str) -> Mapping[str, Sequence[Row]]:
    """The rows of a kind by the deputies they name, each once."""
    key = ("contact.own", kind)
    if key not in public.computed:
        found: dict[str, list[Row]] = {}
        for row in rows(public, kind):
            named = {code: None for name in WHOSE[kind] for code in listed(row[name])}
            for code in named:
                found.setdefault(code, []).append(row)
        public.computed[key] = found
    kept: Mapping[str, Sequence[Row]] = public.computed[key]
    return kept


def spot_check(public: Public, row: Row) -> dict[str, Any]:
    """A spot check, with those of its lines that say whom and what."""
    found = answers(public, "spot_check", row)
    whole = [each for each in found.get("drawn", ()) if {"number", "deputy", "verdict"} <= each.keys()]
    return {**found, "drawn": whole}


def checks(public: Public, year: int) -> list[Answers]:
    """The spot checks of a year's ledgers, the oldest first."""
    found = [spot_check(public, row) for row in rows(public, "spot_check")]
    return sorted(
        (each for each in found if each.get("year") == year and each["drawn"]),
        key=lambda each: (each.get("checked_on", ""), each["code"]),
    )


def standings(public: Public, rulebook: Rulebook) -> Mapping[str, Standing]:
    """Every serving deputy by code, in the order of their names. Nobody is ranked."""
    if "contact.standings" not in public.computed:
        public.computed["contact.standings"] = {
            each.code: each for each in _standings(public, rulebook, today(public))
        }
    kept: Mapping[str, Standing] = public.computed["contact.standings"]
    return kept


def _standings(public: Public, rulebook: Rulebook, on: date) -> Iterator[Standing]:
    said = _said(public)
    assigned, seen, told = assignments(public), own(public, "visit"), _records(public, said)
    verdicts = {row["deputy"]: row["verdict"] for check in checks(public, on.year) for row in check["drawn"]}
    for row in serving(public):
        code = row["code"]
        mine = assigned.get(code, ())
        visits = [said[each["code"]] for each in seen.get(code, ())]
        yield Standing(
            code,
            row["title"],
            tuple(each["grid"] for each in grid.current(mine, on)),
            grid.three(mine, visits, listed(row["grids"]), on, rulebook),
            five_ones.ledger(told.get(code, ()), on.year),
            verdicts.get(code),
        )


def _said(public: Public) -> Mapping[str, Answers]:
    """What each record that is somebody's says, by its code: a visit of two is read for both."""
    return {row["code"]: plain_answers(public, kind, row) for kind in WHOSE for row in rows(public, kind)}


def _records(public: Public, said: Mapping[str, Answers]) -> Mapping[str, list[Record]]:
    """What may stand for one of the five, by deputy."""
    found: dict[str, list[Record]] = {}
    assigned = {row["suggestion"]: row["code"] for row in rows(public, "assignment")}
    heard = {row["visit"]: row["code"] for row in rows(public, "opinion") if row["visit"]}
    for kind in WHOSE:
        for code, some in own(public, kind).items():
            for row in some:
                around = {
                    "opinions": listed(heard.get(row["code"])),
                    "assignments": listed(assigned.get(row["code"])),
                }
                found.setdefault(code, []).append(Record(kind, said[row["code"]], around))
    for row in rows(public, "opinion"):
        for code in _hearers(public, row):
            found.setdefault(code, []).append(Record("opinion", plain_answers(public, "opinion", row)))
    return found


def _hearers(public: Public, opinion: Row) -> dict[str, None]:
    """The deputies of the visit it was heard on, and those who lead a suggestion made of it."""
    key = "contact.origins"
    if key not in public.computed:
        leads: dict[str, list[str]] = {}
        for row in rows(public, "suggestion"):
            for code in listed(row["origin_opinions"]):
                leads.setdefault(code, []).extend(listed(row["lead_deputy"]))
        public.computed[key] = leads
    visits = public.by_code("visit") if "visit" in public.rows else {}
    visit = visits.get(opinion["visit"] or "")
    heard = [code for name in WHOSE["visit"] for code in listed(visit[name])] if visit else []
    return dict.fromkeys([*heard, *public.computed[key].get(opinion["code"], ())])
