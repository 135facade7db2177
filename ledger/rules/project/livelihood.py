"""What makes a project a livelihood project: eligibility E1 to E8, the four clarities, and regional balance.

Answers are those of `project_candidate`. Where a rule rests on no article, the rulebook says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.lamps import Lamp

Answers = Mapping[str, Any]

PUBLIC_BUDGETS = frozenset(("county_fiscal", "township_fiscal", "upper_transfer", "special_bond"))
"""Sources that count as 财政性资金."""

USUALLY_NOT = ("upper_level_task", "continuation", "ancillary")


def eligibility(candidate: Answers, year: int, rulebook: Rulebook) -> tuple[Lamp, ...]:
    """E1 to E8 in order, for a candidate of one cycle's year."""
    return (
        fiscal_share(candidate, rulebook),
        finished_within_the_year(candidate, year),
        funded_in_full(candidate),
        land_settled(candidate),
        no_usual_exclusion(candidate),
        no_major_investment(candidate),
        places_named(candidate),
        would_proceed_answered(candidate),
    )


def fiscal_share(candidate: Answers, rulebook: Rulebook) -> Lamp:
    """E1: mainly public money (一要以政府财政性资金投入为主); no article sets the share.

    >>> from ledger.rulebooks import Rulebook, Value
    >>> book = Rulebook({}, {"project.fiscal_share": Value("1/2")})
    >>> half = [{"source": "county_fiscal", "amount": 50}, {"source": "donation", "amount": 50}]
    >>> fiscal_share({"total_budget": 100, "funding": half}, book).state
    'warn'

    The trap: half is not mainly, and the share is of the total, not of what has been found so far.
    """
    total, rows = candidate.get("total_budget"), candidate.get("funding")
    if not total or not rows:
        return Lamp("E1", "unknown", "rule.e1.unknown")
    public = sum(row["amount"] for row in rows if row["source"] in PUBLIC_BUDGETS)
    over = public > rulebook["project.fiscal_share"].fraction * total
    percent = public * 100 // total
    return Lamp(
        "E1", "pass" if over else "warn", f"rule.e1.{'pass' if over else 'warn'}", {"percent": percent}
    )


def finished_within_the_year(candidate: Answers, year: int) -> Lamp:
    """E2: done in the year it is voted in, else yearly targets that can be measured.

    >>> finished_within_the_year({"finish_on": "2026-12-31"}, 2026).state
    'pass'
    >>> finished_within_the_year({"finish_on": "2027-06-30"}, 2026).state
    'warn'
    >>> goal = {"year": 2026, "target": 60.0, "unit": "户"}
    >>> finished_within_the_year({"finish_on": "2027-06-30", "annual_targets": [goal]}, 2026).why
    'rule.e2.targets'

    The trap: a target for a later year alone says nothing that this year can be held to.
    """
    if "finish_on" not in candidate:
        return Lamp("E2", "unknown", "rule.e2.unknown")
    finish = candidate["finish_on"]
    if date.fromisoformat(finish) <= date(year, 12, 31):
        return Lamp("E2", "pass", "rule.e2.pass", {"day": finish})
    if any(row["year"] == year and row.get("unit") for row in candidate.get("annual_targets", ())):
        return Lamp("E2", "pass", "rule.e2.targets", {"day": finish})
    return Lamp("E2", "warn", "rule.e2.warn", {"day": finish, "year": year})


def funded_in_full(candidate: Answers) -> Lamp:
    """E3: the sources make the total to the cent, and every one of them is secured.

    >>> rows = [{"source": "county_fiscal", "amount": 100, "secured": False}]
    >>> funded_in_full({"total_budget": 100, "funding": rows}).why
    'rule.e3.unsecured'
    """
    total, rows = candidate.get("total_budget"), candidate.get("funding")
    if not total or not rows:
        return Lamp("E3", "unknown", "rule.e3.unknown")
    named = sum(row["amount"] for row in rows)
    if named != total:
        return Lamp("E3", "warn", "rule.e3.sum", {"named": named, "total": total})
    if gap := funding_gap(candidate):
        return Lamp("E3", "warn", "rule.e3.unsecured", {"gap": gap})
    return Lamp("E3", "pass", "rule.e3.pass")


def funding_gap(candidate: Answers) -> int | None:
    """Total less what is secured, in cents; None where the total is unknown.

    >>> funding_gap({"total_budget": 100, "funding": [{"amount": 70, "secured": True}]})
    30
    """
    if "total_budget" not in candidate:
        return None
    secured: int = sum(row["amount"] for row in candidate.get("funding", ()) if row.get("secured"))
    total: int = candidate["total_budget"]
    return total - secured


def land_settled(candidate: Answers) -> Lamp:
    """E4: land is settled or not needed (资金、土地等要素保障基本到位)."""
    match candidate.get("land"):
        case None:
            return Lamp("E4", "unknown", "rule.e4.unknown")
        case "pending":
            return Lamp("E4", "warn", "rule.e4.pending")
    return Lamp("E4", "pass", "rule.e4.pass")


def no_usual_exclusion(candidate: Answers) -> Lamp:
    """E5: no task of a higher level, no continuation, no ancillary project (一般不宜列入候选项目)."""
    found = [flag for flag in USUALLY_NOT if flag in candidate.get("flags", ())]
    if found:
        return Lamp("E5", "warn", "rule.e5.warn", {"flags": tuple(found)})
    return Lamp("E5", "pass", "rule.e5.pass")


def no_major_investment(candidate: Answers) -> Lamp:
    """E6: a major government investment does not belong on the list (注意区分).

    >>> no_major_investment({"flags": ["major_investment"]}).state
    'fail'
    """
    if "major_investment" in candidate.get("flags", ()):
        return Lamp("E6", "fail", "rule.e6.fail")
    return Lamp("E6", "pass", "rule.e6.pass")


def places_named(candidate: Answers) -> Lamp:
    """E7: it says which places it reaches, without which regional balance cannot be told."""
    if places := candidate.get("places"):
        return Lamp("E7", "pass", "rule.e7.pass", {"n": len(places)})
    return Lamp("E7", "unknown", "rule.e7.unknown")


def would_proceed_answered(candidate: Answers) -> Lamp:
    """E8: would it be done without a vote? Then the vote decides nothing (即使不票决，也同样要实施).

    >>> [would_proceed_answered(a).state for a in ({}, {"would_proceed_anyway": True})]
    ['unknown', 'warn']
    """
    match candidate.get("would_proceed_anyway"):
        case None:
            return Lamp("E8", "unknown", "rule.e8.unknown")
        case True:
            return Lamp("E8", "warn", "rule.e8.warn")
    return Lamp("E8", "pass", "rule.e8.pass")


@dataclass(frozen=True)
class Clarity:
    """One of the four clarities (四个清): its name, and the fields that are still missing."""

    name: str
    missing: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether the lamp is lit."""
        return not self.missing


CLARITIES: Mapping[str, tuple[str, ...]] = {
    "boundary": ("category", "content", "places", "beneficiaries"),
    "duty": ("lead_organ", "named_post"),
    "process": ("start_on", "finish_on", "milestones"),
    "effect": ("target_indicator", "target_unit", "baseline", "target"),
}


def clarities(candidate: Answers, progress: Iterable[Answers] = (), *, on: date) -> tuple[Clarity, ...]:
    """The four clarities. After the day of finish the effect is clear only with its actual figure.

    >>> sheet = {name: 1 for names in CLARITIES.values() for name in names} | {"finish_on": "2026-10-31"}
    >>> [each.complete for each in clarities(sheet, on=date(2026, 6, 1))]
    [True, True, True, True]
    >>> clarities(sheet, on=date(2026, 11, 1))[3].missing
    ('actual',)

    The trap: a baseline of 0 is an answer.
    """
    missing = {name: [each for each in asked if each not in candidate] for name, asked in CLARITIES.items()}
    finish = candidate.get("finish_on")
    if finish and date.fromisoformat(finish) < on and not any("actual" in each for each in progress):
        missing["effect"].append("actual")
    return tuple(Clarity(name, tuple(each)) for name, each in missing.items())


def clear(candidate: Answers, progress: Iterable[Answers] = (), *, on: date) -> int:
    """How many of the four are complete: 0 to 4."""
    return sum(each.complete for each in clarities(candidate, progress, on=on))


@dataclass(frozen=True)
class Share:
    """What one village has had: projects and cents in the years looked at, and its share of residents."""

    village: str
    projects: int
    amount: int
    residents: int | None
    without: bool


def balance(
    selected: Iterable[tuple[int, Answers]],
    villages: Mapping[str, int | None],
    village_of: Callable[[str], str | None],
    year: int,
    rulebook: Rulebook,
) -> tuple[Share, ...]:
    """E7 for the whole list: projects and money by village, and which had none for N years.

    `selected` are (year, candidate); `villages` maps each village to its residents. A project in several
    villages counts for each, its money in equal parts (the last cents to the first).
    """
    since = year - int(rulebook["project.years_without_project"].value)
    projects = dict.fromkeys(villages, 0)
    amounts = dict.fromkeys(villages, 0)
    for voted, candidate in selected:
        there = _villages(candidate, village_of, villages)
        if not since < voted <= year or not there:
            continue
        part, rest = divmod(int(candidate.get("total_budget", 0)), len(there))
        for n, village in enumerate(there):
            projects[village] += 1
            amounts[village] += part + (n < rest)
    return tuple(
        Share(village, projects[village], amounts[village], residents, not projects[village])
        for village, residents in villages.items()
    )


def _villages(
    candidate: Answers, village_of: Callable[[str], str | None], known: Collection[str]
) -> list[str]:
    found = (village_of(place) for place in candidate.get("places", ()))
    return list(dict.fromkeys(village for village in found if village in known and village))
