"""向选民述职: every deputy reports to those who elected them, where they were elected."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.lamps import Lamp, State

Answers = Mapping[str, Any]


def in_own_constituency(report: Answers, deputy: Answers) -> bool | None:
    """C3: the report is to the own voters; None where one of the two does not say which they are.

    >>> in_own_constituency({"constituency": "柳河镇第二选区"}, {"constituency": "柳河镇第一选区"})
    False

    The trap: by the name of the constituency, never by where a telephone was.
    """
    here, own = report.get("constituency"), deputy.get("constituency")
    return None if not here or not own else here == own


def reported_in_term(reports: Iterable[Answers], since: str, until: str, rulebook: Rulebook) -> Lamp:
    """代表法第五十八条 asks for reports at regular times (定期); how many in a term is an unverified default.

    >>> from ledger.rulebooks import Value
    >>> book = Rulebook({}, {"duty.report_backs_per_term": Value(1)})
    >>> reported_in_term([{"reported_on": "2026-09-18"}], "2021-12-18", "2026-11-26", book).params["last"]
    '2026-09-18'
    >>> reported_in_term([{"reported_on": "2020-01-01"}], "2021-12-18", "2026-11-26", book).why
    'rule.duty.reported.none'

    The trap: a report of the last term was not to these voters' deputy of this one.
    """
    days = sorted(str(each["reported_on"]) for each in reports if since <= str(each["reported_on"]) <= until)
    asked = int(rulebook["duty.report_backs_per_term"].value)
    if not days:
        return Lamp("reported", "warn", "rule.duty.reported.none", {"of": asked})
    state: State = "pass" if len(days) >= asked else "warn"
    return Lamp(
        "reported", state, f"rule.duty.reported.{state}", {"n": len(days), "of": asked, "last": days[-1]}
    )


def own_visits(
    visits: Iterable[Answers], grids: Collection[str], within: Mapping[str, str], year: str
) -> tuple[Answers, ...]:
    """回选区访选民: the visits of a year to the deputy's own grids, or to what lies in them or around them.

    `within` leads from each place to the one that it lies in.

    >>> lies = {"WG-3": "WG-V", "WG-V": "WG-T", "WG-X": "WG-T"}
    >>> told = [{"visited_on": "2026-03", "grid": each} for each in ("WG-3", "WG-V", "WG-X")]
    >>> [each["grid"] for each in own_visits(told, {"WG-3"}, lies, "2026")]
    ['WG-3', 'WG-V']

    The trap: a visit to the whole village reached its grid too; one to the next grid did not.
    """
    own = frozenset(grids) | {above for each in grids for above in _above(each, within)}

    def here(place: str) -> bool:
        return place in own or any(each in grids for each in _above(place, within))

    return tuple(
        each
        for each in visits
        if str(each.get("visited_on", "")).startswith(year) and here(str(each.get("grid")))
    )


def _above(place: str, within: Mapping[str, str]) -> tuple[str, ...]:
    found: list[str] = []
    while (place := within.get(place, "")) and place not in found:
        found.append(place)
    return tuple(found)
