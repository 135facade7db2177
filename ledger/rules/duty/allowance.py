"""履职补助: only for deputies without a fixed income, within the budget; only totals are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.rules.lamps import Lamp

Answers = Mapping[str, Any]
FEWEST = 5
"""A total over fewer deputies would tell what each was paid."""


def may_be_paid(recipient: Answers) -> bool:
    """代表法第四十一条: the allowance is for deputies who have no fixed income (无固定工资收入的代表).

    >>> may_be_paid({"fixed_income": False}), may_be_paid({"fixed_income": True}), may_be_paid({})
    (True, False, False)

    The trap: who did not say is not paid on a guess.
    """
    return recipient.get("fixed_income") is False


def adds_up(allowance: Answers) -> bool:
    """Whether what each was paid makes the total, to the cent; amounts are whole cents.

    >>> adds_up({"total": 120000, "recipients": [{"amount": 60000}, {"amount": 60000}]})
    True
    """
    return sum(int(each["amount"]) for each in allowance.get("recipients", ())) == allowance.get("total")


def may_be_told(deputies_paid: int) -> bool:
    """Whether a total is public. One of four people, with three known, tells the fourth.

    >>> may_be_told(4), may_be_told(5)
    (False, True)
    """
    return deputies_paid >= FEWEST


@dataclass(frozen=True)
class Year:
    """What the quarters of a year say together: `told` of `quarters` have a public total."""

    year: int
    spent: int
    told: int
    quarters: int
    budget: int | None


def by_year(allowances: Iterable[Answers]) -> tuple[Year, ...]:
    """What was paid in each year as far as the quarters tell, the earliest first; the budget of the last one.

    >>> first = {"year": 2026, "quarter": "q1", "total": 300000, "budget": 2400000}
    >>> third = {"year": 2026, "quarter": "q3", "budget": 2500000}
    >>> [(each.spent, each.told, each.quarters, each.budget) for each in by_year([third, first])]
    [(300000, 1, 2, 2500000)]

    The trap: nothing is known of a quarter whose total is withheld. It is not nothing, so the sum says of how
    many quarters it is; what was paid before a quarter stays inside, since subtraction would tell the rest.
    """
    years: dict[int, list[Answers]] = {}
    for each in allowances:
        years.setdefault(each["year"], []).append(each)
    return tuple(_year(year, own) for year, own in sorted(years.items()))


def _year(year: int, own: list[Answers]) -> Year:
    told = [each["total"] for each in own if "total" in each]
    last = max(own, key=lambda each: str(each.get("quarter", "")))
    return Year(year, sum(told), len(told), len(own), last.get("budget"))


def within_budget(year: Year) -> Lamp:
    """代表法第四十二条: what deputies need for their duties is a line of the budget, and stays within it.

    >>> within_budget(Year(2026, 10, 1, 1, 10)).state, within_budget(Year(2026, 11, 1, 1, 10)).state
    ('pass', 'fail')
    >>> within_budget(Year(2026, 1, 1, 2, 10)).state, within_budget(Year(2026, 1, 1, 1, None)).state
    ('unknown', 'unknown')

    The trap: within the budget as far as is told is not within the budget; over it already is over it.
    """
    if year.budget is None:
        return Lamp("budget", "unknown", "rule.duty.budget.unknown")
    if year.spent > year.budget:
        return Lamp("budget", "fail", "rule.duty.budget.fail", {"over": year.spent - year.budget})
    if year.told < year.quarters:
        return Lamp("budget", "unknown", "rule.duty.budget.part", {"n": year.told, "of": year.quarters})
    return Lamp("budget", "pass", "rule.duty.budget.pass", {"spent": year.spent, "of": year.budget})
