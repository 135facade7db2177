"""示范站点: nominated, built up, accepted, and what it costs; 在政策、资金上重点倾斜 is shown with its money.

Answers are those of `demonstration_site` of one station, each with its `code`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

Answers = Mapping[str, Any]
ORDER = ("nominated", "building", "accepted", "dropped")
MONEY = ("funds", "received", "spent")


def in_order(steps: Iterable[Answers]) -> list[Answers]:
    """Steps by day; those of one day as they follow each other."""
    return sorted(steps, key=lambda each: (each["stage_on"], ORDER.index(each["stage"])))


@dataclass(frozen=True)
class Site:
    """Where a demonstration site stands: its stage, since when, and its money in cents as last told."""

    stage: str
    since: str
    funds: int | None
    received: int | None
    spent: int | None

    @property
    def gap(self) -> int | None:
        """What was set aside and has not come; None where one of the two is not told."""
        if self.funds is None or self.received is None:
            return None
        return self.funds - self.received


def site(steps: Iterable[Answers], on: date) -> Site | None:
    """D6: where it stands on a day. A step that tells no money leaves what was told before.

    >>> first = {"stage": "nominated", "stage_on": "2026-03-20", "funds": 100}
    >>> then = {"stage": "building", "stage_on": "2026-05-11", "received": 60}
    >>> found = site([then, first], date(2026, 11, 21))
    >>> found.stage, found.funds, found.gap
    ('building', 100, 40)
    """
    known = [each for each in in_order(steps) if each["stage_on"] <= on.isoformat()]
    if not known:
        return None
    money = {name: next((each[name] for each in reversed(known) if name in each), None) for name in MONEY}
    return Site(known[-1]["stage"], known[-1]["stage_on"], **money)


def sources(step: Answers) -> int | None:
    """What the named sources come to, in cents; None where none is named."""
    return sum(row["amount"] for row in step["funding"]) if step.get("funding") else None
