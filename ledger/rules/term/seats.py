"""The number of seats of a local people's congress, by its population: 选举法（2020 年修正）第十二条.

A pure function with its parameters out of the rulebook, so that another edition of the law is another file.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ledger.rulebooks import Rulebook
from ledger.rules.lamps import Lamp

LEVELS = ("prefecture", "county", "township")


@dataclass(frozen=True)
class SeatRule:
    """基数, one more for each so many people, 不得超过, and the population below which fewer are allowed."""

    base: int
    people_a_seat: int
    most: int
    fewer_below: int


def seat_rule(level: str, rulebook: Rulebook) -> SeatRule:
    """The rule of a level as the rulebook has it."""
    return SeatRule(
        *(
            int(rulebook[f"seats.{level}_{name}"].value)
            for name in ("base", "people_a_seat", "most", "fewer_below")
        )
    )


def statutory_seats(population: int, rule: SeatRule, extra: Fraction = Fraction(0)) -> int:
    """选举法第十二条: the base and those for the population together, up to the limit; then what was granted.

    >>> county = SeatRule(140, 5_000, 450, 50_000)
    >>> [statutory_seats(people, county) for people in (63_180, 64_999, 65_000, 1_550_000, 2_000_000)]
    [152, 152, 153, 450, 450]
    >>> statutory_seats(15_240, SeatRule(45, 1_500, 160, 2_000))
    55

    The traps: only a full five thousand makes a seat (4,999 make none); the five per cent that a province may
    grant (聚居少数民族多或者人口居住分散) come on top of the total, and of them too only whole seats.

    >>> statutory_seats(63_180, county, Fraction(1, 20)), statutory_seats(4_999, county)
    (159, 140)
    """
    total = min(rule.base + population // rule.people_a_seat, rule.most)
    return total + int(total * extra)


def seats_fit(seats: int, population: int, rule: SeatRule, extra: Fraction = Fraction(0)) -> bool:
    """Whether a number of seats is the statutory one; a small place may have fewer (可以少于).

    >>> county = SeatRule(140, 5_000, 450, 50_000)
    >>> seats_fit(152, 63_180, county), seats_fit(151, 63_180, county)
    (True, False)
    >>> seats_fit(120, 49_999, county), seats_fit(120, 50_000, county), seats_fit(150, 49_999, county)
    (True, False, False)

    The trap: fewer is allowed below the limit, more never.
    """
    right = statutory_seats(population, rule, extra)
    return seats == right or (seats < right and population < rule.fewer_below)


def seats_by_law(level: str, seats: int, population: int, minority_extra: bool, rulebook: Rulebook) -> Lamp:
    """C14: the seats that were fixed beside those of the law, as a lamp."""
    rule = seat_rule(level, rulebook)
    extra = rulebook["seats.minority_extra"].fraction if minority_extra else Fraction(0)
    right = statutory_seats(population, rule, extra)
    params = {"seats": seats, "right": right, "population": population}
    if seats == right:
        return Lamp("seats", "pass", "rule.seats.pass", params)
    if seats_fit(seats, population, rule, extra):
        return Lamp("seats", "pass", "rule.seats.fewer", {**params, "below": rule.fewer_below})
    return Lamp("seats", "fail", "rule.seats.differ", params)
