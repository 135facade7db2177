"""Tables of reports, as printed and as they compute: none of them is a real report."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.rules.suggestion.printed import FORCED, compare, half_up, largest_remainder, percent, read_percent

counts = st.lists(st.integers(0, 5000), min_size=1, max_size=12).filter(any)


def rows(*pairs: tuple[int | None, str | None]) -> list[dict[str, object]]:
    return [
        {"label": f"第 {n} 项"}
        | ({"count": count} if count is not None else {})
        | ({"printed_percent": text} if text is not None else {})
        for n, (count, text) in enumerate(pairs, 1)
    ]


def test_93_suggestions_as_54_33_2_and_4_were_rounded_to_force_100() -> None:
    found = compare(rows((54, "58.07"), (33, "35.48"), (2, "2.15"), (4, "4.30")), 93)
    assert [str(row.computed) for row in found.rows] == ["58.06", "35.48", "2.15", "4.30"]
    assert [row.verdict for row in found.rows] == ["different", "same", "same", "same"]
    assert (found.sums_to_100, found.forced, found.adds_up) == (True, "largest_remainder", True)


def test_the_same_table_printed_as_it_computes_is_not_forced_and_makes_99_99() -> None:
    found = compare(rows((54, "58.06"), (33, "35.48"), (2, "2.15"), (4, "4.30")), 93)
    assert (found.different, found.forced, found.printed_sum) == ((), None, Decimal("99.99"))


TABLES = [
    # name, rows, total, different rows (from 1), forced, what explains the first difference
    ("one decimal, right", [(54, "58.1"), (33, "35.5"), (2, "2.2"), (4, "4.3")], 93, [], None, None),
    ("one decimal, made 100 by the largest row", [(54, "58.0"), (33, "35.5"), (2, "2.2"), (4, "4.3")], 93,
     [1], "largest_row", "cut"),
    ("whole numbers", [(54, "58"), (33, "35"), (2, "2"), (4, "4")], 93, [], None, None),
    ("whole numbers, largest remainder", [(54, "58"), (33, "36"), (2, "2"), (4, "4")], 93,
     [2], "largest_remainder", None),
    ("thirds, all as they compute", [(1, "33.33"), (1, "33.33"), (1, "33.33")], 3, [], None, None),
    ("thirds, the last takes the rest", [(1, "33.33"), (1, "33.33"), (1, "33.34")], 3, [3], "last_row", None),
    ("thirds, the first takes the rest", [(1, "33.34"), (1, "33.33"), (1, "33.33")], 3,
     [1], "largest_remainder", None),
    ("cut off", [(2, "66.66"), (1, "33.33")], 3, [1], None, "cut"),
    ("half to even", [(1, "0.12"), (799, "99.88")], 800, [1], None, "half_even"),
    ("sums to 100 by itself", [(191, "77.96"), (54, "22.04")], 245, [], None, None),
    ("two totals: rated and all", [(230, "93.88"), (225, "97.83")], 245, [2], None, None),
    ("counts that do not make the total", [(50, "50.00"), (30, "30.00"), (10, "10.00")], 100, [], None, None),
    ("taken of what was counted", [(50, "55.56"), (30, "33.33"), (10, "11.11")], 100,
     [1, 2, 3], None, "other_total"),
    ("a wrong digit", [(54, "85.06"), (33, "35.48"), (2, "2.15"), (4, "4.30")], 93, [1], None, None),
    ("a sign and a wide one", [(54, "58.06%"), (39, "41.94％")], 93, [], None, None),
    ("trailing noughts left out", [(1, "50"), (1, "50.0")], 2, [], None, None),
    ("all of it", [(93, "100"), (0, "0")], 93, [], None, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("printed", "total", "different", "forced", "why"),
    [each[1:] for each in TABLES],
    ids=[t[0] for t in TABLES],
)
def test_a_table_is_told_apart(
    printed: list[tuple[int, str]], total: int, different: list[int], forced: str | None, why: str | None
) -> None:
    found = compare(rows(*printed), total)
    assert [n for n, row in enumerate(found.rows, 1) if row.verdict == "different"] == different
    assert found.forced == forced
    assert (found.different[0].why if found.different else None) == why


def test_a_percentage_of_another_total_names_it() -> None:
    found = compare(rows((230, "93.88"), (225, "97.83")), 245, others=[230])
    assert [(row.why, row.of) for row in found.different] == [("other_total", 230)]
    assert compare(rows((225, "97.83")), 245).different[0].why is None


def test_what_cannot_be_computed_is_unknown_and_never_guessed() -> None:
    found = compare(rows((54, None), (33, "约三成"), (None, "2.15"), (4, "4.30")), 93)
    assert [row.verdict for row in found.rows] == ["unknown", "unknown", "unknown", "same"]
    assert (found.printed_sum, found.counts_sum, found.forced, found.sums_to_100) == (None, None, None, False)
    assert [row.verdict for row in compare(rows((0, "0.00")), 0).rows] == ["unknown"]
    assert compare([], 93).printed_sum is None


@pytest.mark.parametrize("text", ["", "-1", "1e3", "nan", "58,07", "５８", "58.", ".5", "58.07 58.06"])
def test_what_is_no_percentage_is_read_as_none(text: str) -> None:
    assert read_percent(text) is None


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 4))
def test_a_percentage_is_within_half_a_unit_and_a_half_goes_up(count: int, total: int, places: int) -> None:
    found = percent(count, total, places)
    doubled = 2 * int(found.scaleb(places)) * total - 2 * 100 * 10**places * count
    assert -total < doubled <= total
    assert -found.as_tuple().exponent == places  # type: ignore[operator]


@given(counts, st.integers(0, 3))
def test_every_forced_rounding_makes_exactly_100(given_counts: list[int], places: int) -> None:
    for name, rounded in FORCED.items():
        shares = rounded(given_counts, places)
        assert sum(shares) == 100, name
        assert len(shares) == len(given_counts)


@given(counts, st.integers(0, 3))
def test_the_largest_remainder_moves_no_row_by_a_whole_unit(given_counts: list[int], places: int) -> None:
    unit = Decimal(1).scaleb(-places)
    for count, share in zip(given_counts, largest_remainder(given_counts, places), strict=True):
        assert abs(share - percent(count, sum(given_counts), places)) <= unit


@given(counts, st.integers(0, 3))
def test_a_table_printed_as_it_computes_has_no_difference(given_counts: list[int], places: int) -> None:
    total = sum(given_counts)
    printed = [(each, str(percent(each, total, places))) for each in given_counts]
    found = compare(rows(*printed), total)
    assert found.different == () and found.forced is None


@given(counts)
def test_a_table_made_100_by_largest_remainder_is_found_out_or_needed_nothing(
    given_counts: list[int],
) -> None:
    printed = [
        (n, str(share)) for n, share in zip(given_counts, largest_remainder(given_counts), strict=True)
    ]
    found = compare(rows(*printed), sum(given_counts))
    assert found.sums_to_100 and (found.forced == "largest_remainder" or not found.different)


def test_half_up_goes_up() -> None:
    from fractions import Fraction

    assert [half_up(Fraction(n, 2)) for n in (1, 3, 5)] == [1, 2, 3]
