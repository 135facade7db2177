"""How a plan stands on a day: which items are done, which are due, and whether the public was told.

An item is done by an activity that names it, and by nothing that the plan says of itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from typing import Any, Literal

from ledger.rulebooks import Rulebook
from ledger.rules.activity.haves import stage
from ledger.rules.lamps import Lamp
from ledger.rules.plan.versions import Item

Answers = Mapping[str, Any]
State = Literal["done", "under_way", "due", "to_come", "cancelled"]

_CARRIED = re.compile(r"([0-9]{4})年第([1-9][0-9]?)项")


@dataclass(frozen=True)
class Standing:
    """An item and how it stands; `activities` are the codes of those that name it."""

    item: Item
    state: State
    activities: tuple[str, ...] = ()
    done_on: str = ""


def quarter_ends(year: int, quarter: int) -> date:
    """The last day of a quarter.

    >>> quarter_ends(2026, 1), quarter_ends(2026, 4)
    (datetime.date(2026, 3, 31), datetime.date(2026, 12, 31))

    The trap: an earlier form may have taken what is no quarter or no year; such an item is due at the end.
    """
    month = 3 * quarter if quarter in (1, 2, 3) else 12
    return date(year, month, 31 if month in (3, 12) else 30) if MINYEAR <= year <= MAXYEAR else date.max


def standing(year: int, item: Item, activities: Iterable[Answers], on: date) -> Standing:
    """C12: plan against done.

    >>> item = Item("1", "视察", "inspection", 2, "代表工委")
    >>> held = {"code": "HD-1", "plan_item": "1", "starts_on": "2026-06-03", "closed_on": "2026-06-30"}
    >>> standing(2026, item, [held], date(2026, 7, 1)).state, standing(2026, item, [], date(2026, 7, 1)).state
    ('done', 'due')

    The trap: an activity that was held and never closed with its report has not done it yet; one that was
    cancelled leaves the item open.
    """
    named = [each for each in activities if each.get("plan_item") == item.item]
    codes = tuple(str(each["code"]) for each in named)
    stages = {stage(each, on) for each in named}
    if "closed" in stages:
        days = [str(each["closed_on"]) for each in named if stage(each, on) == "closed"]
        return Standing(item, "done", codes, min(days))
    if stages & {"held"}:
        return Standing(item, "under_way", codes)
    if on > quarter_ends(year, item.quarter):
        return Standing(item, "cancelled" if stages == {"cancelled"} else "due", codes)
    return Standing(item, "to_come", codes)


def carried_over(left: Sequence[Standing], year: int, after: Iterable[Item]) -> dict[str, str | None]:
    """C12: what a year left open, and the item of the next plan that takes it on; None where none does.

    >>> item = Item("4", "调研", "research", 3, "代表工委")
    >>> taken = Item("2", "调研", "research", 2, "代表工委", carried_from="2025年第4项")
    >>> carried_over([Standing(item, "due")], 2025, [taken]), carried_over([Standing(item, "due")], 2025, [])
    ({'4': '2'}, {'4': None})
    """
    taken = {}
    for each in after:
        found = _CARRIED.fullmatch(each.carried_from)
        if found and int(found[1]) == year:
            taken[found[2]] = each.item
    return {each.item.item: taken.get(each.item.item) for each in left if each.state in ("due", "cancelled")}


def published(plan: Answers, on: date, rulebook: Rulebook) -> Lamp:
    """代表法第四十三条, 监督法第六十三条: the plan is public; within how many days no article says.

    >>> from ledger.rulebooks import Value
    >>> book = Rulebook({}, {"plan.published_days": Value(30)})
    >>> approved = {"approved_on": "2026-02-11"}
    >>> [published({**approved, **more}, date(2026, 4, 1), book).state
    ...     for more in ({"published_on": "2026-02-26"}, {"published_on": "2026-03-20"}, {})]
    ['pass', 'warn', 'fail']

    The trap: on the day it was approved nobody is late yet.
    """
    approved, told = date.fromisoformat(plan["approved_on"]), plan.get("published_on")
    needed = int(rulebook["plan.published_days"].value)
    if told is None:
        days = (on - approved).days
        late = days > needed
        why = f"rule.published.{'fail' if late else 'unknown'}"
        return Lamp("published", "fail" if late else "unknown", why, {"days": days, "needed": needed})
    days = (date.fromisoformat(told) - approved).days
    late = days > needed
    why = f"rule.published.{'late' if late else 'pass'}"
    return Lamp("published", "warn" if late else "pass", why, {"day": told, "days": days, "needed": needed})
