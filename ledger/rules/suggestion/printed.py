"""A table as an official report printed it, beside what its own counts come to.

Percentages are exact: a count of a total, rounded half up in decimal. Tables are often made to add up to 100;
that is named where it explains the difference, and the row stays marked as different all the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any, Literal

HUNDRED = Decimal(100)
Verdict = Literal["same", "different", "unknown"]
Why = Literal["cut", "half_even", "other_total"]

_PRINTED = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*[%％]?", re.ASCII)


@dataclass(frozen=True)
class Row:
    """One printed row: the percentage that stands there and the one its count comes to.

    `why` names what explains a difference: the digits were cut off, a half was rounded to even, or the count
    was taken of another total (`of`).
    """

    label: str
    count: int | None
    printed: Decimal | None
    computed: Decimal | None
    verdict: Verdict
    why: Why | None = None
    of: int | None = None


@dataclass(frozen=True)
class Comparison:
    """A whole table. `forced` names the rounding to 100 that gives exactly the printed set, else None.

    `counts_sum` is what the counts add up to; where that is not the total, the rows overlap or leave some
    out, and nothing can be forced. Either sum is None where a row does not say its number.
    """

    rows: tuple[Row, ...]
    total: int
    counts_sum: int | None
    printed_sum: Decimal | None
    forced: str | None

    @property
    def adds_up(self) -> bool:
        """Whether the counts make the total."""
        return self.counts_sum == self.total

    @property
    def sums_to_100(self) -> bool:
        """Whether the printed percentages make exactly 100."""
        return self.printed_sum == HUNDRED

    @property
    def different(self) -> tuple[Row, ...]:
        """The rows that were printed otherwise than they compute."""
        return tuple(row for row in self.rows if row.verdict == "different")


def half_up(share: Fraction) -> int:
    """To the nearest whole number, a half to the larger."""
    return floor(share + Fraction(1, 2))


def percent(count: int, total: int, places: int = 2, rounded: Callable[[Fraction], int] = half_up) -> Decimal:
    """A count of a total in per cent, rounded half up as official reports do (四舍五入).

    >>> percent(54, 93), percent(1, 800)
    (Decimal('58.06'), Decimal('0.13'))

    The trap: 0.125 is rounded to 0.13; binary numbers and half-even rounding make it 0.12.
    """
    return Decimal(rounded(Fraction(count * 100 * 10**places, total))).scaleb(-places)


def largest_remainder(counts: Sequence[int], places: int = 2) -> tuple[Decimal, ...]:
    """The shares of counts in per cent, made to add up to 100: cut, then the rest to the largest remainders.

    >>> [str(each) for each in largest_remainder([54, 33, 2, 4])]
    ['58.07', '35.48', '2.15', '4.30']

    Of equal remainders the earlier row gains.
    """
    total, units = sum(counts), 100 * 10**places
    if not total:
        return tuple(Decimal(0).scaleb(-places) for _ in counts)
    shares = [Fraction(each * units, total) for each in counts]
    given = [int(each) for each in shares]
    by_rest = sorted(range(len(counts)), key=lambda n: given[n] - shares[n])
    for n in by_rest[: units - sum(given)]:
        given[n] += 1
    return tuple(Decimal(each).scaleb(-places) for each in given)


def _rest_to(place: Callable[[Sequence[int]], int]) -> Callable[[Sequence[int], int], tuple[Decimal, ...]]:
    """Round each row, and let one row take what is missing or too much."""

    def rounded(counts: Sequence[int], places: int = 2) -> tuple[Decimal, ...]:
        shares = [percent(each, sum(counts), places) for each in counts]
        n = place(counts)
        shares[n] += HUNDRED - sum(shares)
        return tuple(shares)

    return rounded


FORCED: Mapping[str, Callable[[Sequence[int], int], tuple[Decimal, ...]]] = {
    "largest_remainder": largest_remainder,
    "largest_row": _rest_to(lambda counts: max(range(len(counts)), key=lambda n: counts[n])),
    "last_row": _rest_to(lambda counts: len(counts) - 1),
    "first_row": _rest_to(lambda counts: 0),
    "smallest_row": _rest_to(lambda counts: min(range(len(counts)), key=lambda n: counts[n])),
}
"""Ways to make a table add up to 100, the likeliest first."""


def read_percent(text: str) -> Decimal | None:
    """A printed percentage with the decimals it was printed with; None where it is none.

    >>> read_percent("58.07"), read_percent("4.3%"), read_percent("约六成")
    (Decimal('58.07'), Decimal('4.3'), None)
    """
    found = _PRINTED.fullmatch(text.strip())
    return Decimal(found[1]) if found else None


def compare(rows: Iterable[Mapping[str, Any]], total: int, others: Sequence[int] = ()) -> Comparison:
    """Each row as printed and as computed, and whether the printed set was rounded to make 100.

    Rows have `label`, `count` and `printed_percent` as text, one of the last two at least; `others` are
    totals that a row may have been taken of instead.

    >>> printed = {54: "58.07", 33: "35.48", 2: "2.15", 4: "4.30"}
    >>> found = compare([{"count": n, "printed_percent": text} for n, text in printed.items()], 93)
    >>> [(str(row.printed), str(row.computed)) for row in found.different], found.forced, found.sums_to_100
    ([('58.07', '58.06')], 'largest_remainder', True)

    The trap: a set that sums to 100.00 has not been forced where each row is what it computes to.
    """
    given = list(rows)
    counts = [int(row["count"]) for row in given if row.get("count") is not None]
    summed = sum(counts) if len(counts) == len(given) else None
    totals = [each for each in dict.fromkeys((*others, summed)) if each and each != total]
    judged = tuple(_row(row, total, totals) for row in given)
    printed = [row.printed for row in judged if row.printed is not None]
    whole = len(printed) == len(judged) and bool(judged)
    return Comparison(
        rows=judged,
        total=total,
        counts_sum=summed,
        printed_sum=sum(printed, Decimal(0)) if whole else None,
        forced=_forced(judged, printed, counts) if whole and summed == total else None,
    )


def _row(row: Mapping[str, Any], total: int, totals: Sequence[int]) -> Row:
    label, count = str(row.get("label", "")), row.get("count")
    printed = read_percent(str(row.get("printed_percent", "")))
    if count is None or total <= 0:
        return Row(label, count, printed, None, "unknown")
    if printed is None:
        return Row(label, count, None, percent(count, total), "unknown")
    places = _places(printed)
    computed = percent(count, total, places)
    if printed == computed:
        return Row(label, count, printed, computed, "same")
    if printed == percent(count, total, places, round):
        return Row(label, count, printed, computed, "different", "half_even")
    if printed == percent(count, total, places, floor):
        return Row(label, count, printed, computed, "different", "cut")
    for other in totals:
        if printed == percent(count, other, places):
            return Row(label, count, printed, computed, "different", "other_total", other)
    return Row(label, count, printed, computed, "different")


def _places(printed: Decimal) -> int:
    exponent = printed.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _rounded(row: Row) -> bool:
    """Whether a row alone explains what stands there, so that nothing was done to the table."""
    return row.verdict == "same" or row.why == "half_even"


def _forced(rows: Sequence[Row], printed: Sequence[Decimal], counts: Sequence[int]) -> str | None:
    if sum(printed) != HUNDRED or all(map(_rounded, rows)):
        return None
    places = max(map(_places, printed))
    return next((name for name, way in FORCED.items() if list(way(counts, places)) == list(printed)), None)
