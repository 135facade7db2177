"""Printed tables against an oracle in whole numbers: no Decimal rounding, and nothing of the module's own."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.rules.suggestion.printed import Comparison, compare, largest_remainder, percent

HUGE = 10**15


def written(units: int, digits: int) -> str:
    """So many units of the last place as a report prints them."""
    whole, rest = divmod(units, 10**digits)
    return f"{whole}.{rest:0{digits}}" if digits else str(whole)


def units_half_up(count: int, total: int, digits: int) -> int:
    """四舍五入 by comparing remainders, as one does it by hand."""
    whole, rest = divmod(count * 100 * 10**digits, total)
    return int(whole) + int(2 * rest >= total)


def in_decimal(count: int, total: int, digits: int, way: str) -> Decimal:
    """The same by the decimal library, with digits enough that its own division rounds nothing away."""
    with localcontext() as context:
        context.prec = 120
        return (Decimal(count * 100) / Decimal(total)).quantize(Decimal(1).scaleb(-digits), way)


def hamilton(counts: list[int], digits: int) -> list[int]:
    """Largest remainders, one unit at a time to the largest that has got none yet, of equals to the first."""
    total, target = sum(counts), 100 * 10**digits
    shares = [Fraction(each * target, total) for each in counts]
    given_out = [each.numerator // each.denominator for each in shares]
    left = {n: share - whole for n, (share, whole) in enumerate(zip(shares, given_out, strict=True))}
    while sum(given_out) < target:
        first = next(n for n, rest in left.items() if rest == max(left.values()))
        given_out[first] += 1
        del left[first]
    return given_out


def shown(counts: list[int], printed: list[str], total: int) -> Comparison:
    rows = zip(counts, printed, strict=True)
    return compare([{"label": "项", "count": n, "printed_percent": text} for n, text in rows], total)


def holds_of_one(count: int, total: int, digits: int) -> None:
    """A percentage is what pen and paper, and the decimal library, make it."""
    found = percent(count, total, digits)
    assert str(found) == written(units_half_up(count, total, digits), digits)
    assert found == in_decimal(count, total, digits, ROUND_HALF_UP)


def holds_of_a_table(counts: list[int], total: int, digits: int, off: list[int]) -> None:
    """Each row is judged as the oracle judges it; `off`: by how much each is printed wrongly."""
    units = [units_half_up(n, total or 1, digits) + more for n, more in zip(counts, off, strict=True)]
    printed = [written(max(each, 0), digits) for each in units]
    found = shown(counts, printed, total)
    read = [len(text.partition(".")[0]) <= 6 for text in printed]
    assert (found.total, found.counts_sum, found.adds_up) == (total, sum(counts), total == sum(counts))
    assert found.printed_sum == (sum(map(Fraction, printed)) if all(read) else None)
    for count, text, row, readable in zip(counts, printed, found.rows, read, strict=True):
        if total == 0:
            assert (row.verdict, row.computed) == ("unknown", None)
            continue
        if not readable:  # over 999,999 per cent is no percentage of anything
            assert (row.verdict, row.printed) == ("unknown", None)
            continue
        right = written(units_half_up(count, total, digits), digits)
        assert (row.verdict, str(row.computed)) == ("same" if text == right else "different", right)
        if row.why == "cut":
            assert Decimal(text) == in_decimal(count, total, digits, ROUND_DOWN)
        if row.why == "half_even":
            assert Decimal(text) == in_decimal(count, total, digits, ROUND_HALF_EVEN)
        if row.why == "other_total":
            assert row.of and row.of != total
            assert text == written(units_half_up(count, row.of, digits), digits)
    if total != sum(counts) or not found.sums_to_100:
        assert found.forced is None


def holds_of_a_table_made_100(counts: list[int], digits: int) -> None:
    """It is Hamilton's way; a table made 100 by it is told, and the rows it moved stay different."""
    units = hamilton(counts, digits)
    assert [str(each) for each in largest_remainder(counts, digits)] == [written(n, digits) for n in units]
    right = [units_half_up(each, sum(counts), digits) for each in counts]
    found = shown(counts, [written(each, digits) for each in units], sum(counts))
    moved = [n for n, (was, now) in enumerate(zip(right, units, strict=True)) if was != now]
    assert found.sums_to_100 and moved == [
        n for n, row in enumerate(found.rows) if row.verdict == "different"
    ]
    explained = all(found.rows[n].why == "half_even" for n in moved)
    assert found.forced == (None if explained else "largest_remainder")


def test_ten_thousand_random_tables_come_out() -> None:
    random = Random(93)
    for _ in range(10_000):
        most, digits = random.choice([1, 5, 93, 5000, HUGE]), random.randrange(5)
        counts = [random.randint(0, most) for _ in range(random.randint(1, 8))]
        total = random.choice([sum(counts)] * 3 + [0, 1, HUGE, sum(counts) + 1, random.randint(0, most)])
        off = [random.choice([0, 0, 0, 1, -1]) for _ in counts]
        holds_of_a_table(counts, total, digits, off)
        holds_of_one(counts[0], total or 1, digits)
        if any(counts):
            holds_of_a_table_made_100(counts, digits)


numbers = st.one_of(st.integers(0, 12), st.integers(0, 6000), st.integers(0, HUGE))
sets = st.lists(numbers, min_size=1, max_size=8)
places = st.integers(0, 4)


@given(numbers, numbers.filter(bool), places)
@example(54, 93, 2)
@example(0, 1, 2)
@example(HUGE - 1, HUGE, 4)
@example(1, 800, 2)
def test_a_percentage_is_what_the_oracle_makes_it(count: int, total: int, digits: int) -> None:
    holds_of_one(count, total, digits)


@given(sets, places, st.data())
def test_each_row_is_judged_as_the_oracle_judges_it(
    counts: list[int], digits: int, data: st.DataObject
) -> None:
    total = data.draw(st.one_of(st.just(sum(counts)), st.sampled_from([0, 1, HUGE]), numbers))
    off = [data.draw(st.sampled_from([0, 0, 1, -1])) for _ in counts]
    holds_of_a_table(counts, total, digits, off)


@given(sets.filter(any), places)
@example([54, 33, 2, 4], 2)
@example([1, 1, 1], 2)
def test_a_table_made_100_is_found_out(counts: list[int], digits: int) -> None:
    holds_of_a_table_made_100(counts, digits)


@given(sets, places)
def test_what_was_counted_of_nothing_has_no_share(counts: list[int], digits: int) -> None:
    nothing = [0] * len(counts)
    assert [str(each) for each in largest_remainder(nothing, digits)] == [written(0, digits)] * len(counts)
    assert largest_remainder([], digits) == ()


@pytest.mark.parametrize("total", [93, 94, 92, 1, 0])
def test_the_93_suggestions_come_out_whatever_total_was_printed(total: int) -> None:
    found = shown([54, 33, 2, 4], ["58.07", "35.48", "2.15", "4.30"], total)
    if total == 93:
        assert [str(row.computed) for row in found.rows] == ["58.06", "35.48", "2.15", "4.30"]
        assert [(str(row.printed), str(row.computed)) for row in found.different] == [("58.07", "58.06")]
        assert (found.sums_to_100, found.forced) == (True, "largest_remainder")
    else:
        assert (found.adds_up, found.forced) == (False, None)
        # of what the rows themselves add up to, three are right and the first still is not
        assert [row.why for row in found.different] == ([None] + ["other_total"] * 3 if total else [])
