"""进网格: a deputy is assigned to a grid, registers there, goes once round all of it in the campaign.

The three are asked by a local decision; the window stands in the rulebook. A visit is public by its month
alone, so a month that lies only partly in the window cannot be verified.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from ledger.rulebooks import Rulebook
from ledger.rules.lamps import Lamp, State

Answers = Mapping[str, Any]


class Window(NamedTuple):
    """The first and the last day of a campaign."""

    first: date
    last: date


def window(rulebook: Rulebook) -> Window | None:
    """The campaign window that a congress has set; None where it has set none."""
    values = [rulebook.values.get(f"grid.campaign_{end}") for end in ("from", "until")]
    days = [date.fromisoformat(str(each.value)) for each in values if each is not None]
    return Window(*days) if len(days) == 2 else None


def within(when: str, window: Window) -> bool | None:
    """Whether a day, or a whole month, lies in the window; None where a month lies in it partly.

    >>> campaign = Window(date(2026, 3, 1), date(2026, 10, 15))
    >>> within("2026-03", campaign), within("2026-11", campaign), within("2026-10-16", campaign)
    (True, False, False)

    The trap: of a visit in October nobody outside knows whether it was before the 16th.

    >>> within("2026-10", campaign) is None
    True
    """
    if len(when) > 7:
        return window.first <= date.fromisoformat(when) <= window.last
    year, month = int(when[:4]), int(when[5:7])
    first, last = date(year, month, 1), date(year, month, monthrange(year, month)[1])
    if window.first <= first and last <= window.last:
        return True
    return None if first <= window.last and window.first <= last else False


def current(assignments: Iterable[Answers], on: date) -> list[Answers]:
    """The assignments that stand on a day, the earliest first.

    >>> [each["grid"] for each in current(
    ...     [{"grid": "WG-2", "assigned_on": "2026-03-02"},
    ...      {"grid": "WG-1", "assigned_on": "2026-03-01", "ended_on": "2026-05-01"}], date(2026, 6, 1))]
    ['WG-2']
    """
    day = on.isoformat()
    there = [each for each in assignments if each["assigned_on"] <= day < each.get("ended_on", "9999-12-31")]
    return sorted(there, key=lambda each: (each["assigned_on"], str(each["grid"])))


def assigned(assignments: Iterable[Answers], registered_grids: Iterable[str], on: date) -> Lamp:
    """First lamp: at least one grid is his or hers.

    >>> assigned([{"grid": "WG-1", "assigned_on": "2026-03-01"}], [], date(2026, 3, 1)).state
    'pass'

    The trap: a grid in the register of deputies says nothing of who assigned it and when.

    >>> assigned([], ["WG-1"], date(2026, 3, 1)).state
    'warn'
    """
    if own := current(assignments, on):
        return Lamp("grid_assigned", "pass", "rule.grid.assigned.pass", {"grids": _grids(own)})
    if named := tuple(registered_grids):
        return Lamp("grid_assigned", "warn", "rule.grid.assigned.register", {"grids": named})
    return Lamp("grid_assigned", "fail", "rule.grid.assigned.none")


def registered(assignments: Iterable[Answers], on: date) -> Lamp:
    """Second lamp: registered in person at each grid.

    >>> registered([{"grid": "WG-1", "assigned_on": "2026-03-01", "registered_on": "2026-03-09"}],
    ...            date(2026, 4, 1)).state
    'pass'

    The trap: with two grids, one registration is not both.

    >>> registered([{"grid": "WG-1", "assigned_on": "2026-03-01", "registered_on": "2026-03-09"},
    ...             {"grid": "WG-2", "assigned_on": "2026-03-01"}], date(2026, 4, 1)).params
    {'grids': ('WG-2',)}
    """
    own = current(assignments, on)
    lacking = [each for each in own if each.get("registered_on", "9999-12-31") > on.isoformat()]
    if not own:
        return Lamp("grid_registered", "unknown", "rule.grid.unassigned")
    if lacking:
        return Lamp("grid_registered", "fail", "rule.grid.registered.not", {"grids": _grids(lacking)})
    day = max(each["registered_on"] for each in own)
    return Lamp("grid_registered", "pass", "rule.grid.registered.pass", {"day": day})


def full_round(
    assignments: Iterable[Answers],
    rounds: Iterable[Answers],
    on: date,
    rulebook: Rulebook,
) -> Lamp:
    """Third lamp: one full round at least of each grid within the campaign window.

    `rounds` are this deputy's visits. A full round of one grid is none of the village that it lies in.

    >>> from ledger.rulebooks import Value
    >>> book = Rulebook({}, {"grid.campaign_from": Value("2026-03-01"),
    ...     "grid.campaign_until": Value("2026-10-31"), "deputy.full_rounds_of_the_grid": Value(1)})
    >>> own = [{"grid": "WG-1", "assigned_on": "2026-03-01"}]
    >>> def lamp(kind, month): return full_round(
    ...     own, [{"grid": "WG-1", "visit_kind": kind, "visited_on": month}], date(2026, 11, 20), book)
    >>> lamp("full_round", "2026-05").state, lamp("spot", "2026-05").state
    ('pass', 'fail')

    The trap: a full round after the campaign was over is told, and does not count.

    >>> lamp("full_round", "2026-11").why
    'rule.grid.round.outside'
    """
    own, campaign = current(assignments, on), window(rulebook)
    if not own:
        return Lamp("grid_round", "unknown", "rule.grid.unassigned")
    if campaign is None:
        return Lamp("grid_round", "unknown", "rule.grid.round.no_window")
    told = {"first": campaign.first.isoformat(), "last": campaign.last.isoformat()}
    full = [each for each in rounds if each.get("visit_kind") == "full_round"]
    least = int(rulebook["deputy.full_rounds_of_the_grid"].value)
    states = {each["grid"]: _round(each["grid"], full, campaign, least) for each in own}
    for state, why in _ROUND:
        if grids := tuple(grid for grid, (found, said) in states.items() if (found, said) == (state, why)):
            if state == "fail" and why == "rule.grid.round.none" and on <= campaign.last:
                return Lamp("grid_round", "warn", "rule.grid.round.not_yet", {"grids": grids, **told})
            return Lamp("grid_round", state, why, {"grids": grids, **told})
    return Lamp("grid_round", "pass", "rule.grid.round.pass", told)


_ROUND: tuple[tuple[State, str], ...] = (
    ("fail", "rule.grid.round.none"),
    ("fail", "rule.grid.round.outside"),
    ("unknown", "rule.grid.round.month"),
)
"""What stands in the way, the gravest first."""


def _round(grid: str, full: Iterable[Answers], campaign: Window, least: int) -> tuple[State, str]:
    here = [each for each in full if each["grid"] == grid]
    found = [within(each["visited_on"], campaign) for each in here]
    if sum(each is True for each in found) >= least:
        return "pass", "rule.grid.round.pass"
    if None in found:
        return "unknown", "rule.grid.round.month"
    return ("fail", "rule.grid.round.outside") if here else ("fail", "rule.grid.round.none")


def three(
    assignments: Iterable[Answers],
    visits: Iterable[Answers],
    registered_grids: Iterable[str],
    on: date,
    rulebook: Rulebook,
) -> tuple[Lamp, Lamp, Lamp]:
    """The three lamps of a deputy, in their order."""
    own = list(assignments)
    return (
        assigned(own, registered_grids, on),
        registered(own, on),
        full_round(own, visits, on, rulebook),
    )


def _grids(some: Iterable[Answers]) -> tuple[str, ...]:
    return tuple(each["grid"] for each in some)
