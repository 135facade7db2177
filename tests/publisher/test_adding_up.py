"""No number below five can be worked out of those that are said: by rows, columns, totals, or all of it."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.out.adding_up import Key, Sum, unsaid, worked_out
from publisher.out.figures import FEWEST

SORTS = ("x", "y", "z")


def system(
    cells: Mapping[tuple[str, str], int], within: Mapping[str, str]
) -> tuple[dict[Key, int], list[Sum]]:
    """A table of places by sorts, with totals both ways and up the places: village, township, everywhere."""
    numbers: Counter[Key] = Counter()
    sorts = sorted({sort for _, sort in cells})
    for (place, sort), n in cells.items():
        while True:
            numbers[place, "sort", sort] += n
            numbers[place, "", ""] += n
            if not place:
                break
            place = within[place]
    below: dict[str, list[str]] = {}
    for place, above in within.items():
        below.setdefault(above, []).append(place)
    sums = [Sum((place, "", ""), tuple((place, "sort", sort) for sort in sorts)) for place in ("", *within)]
    for above, places in below.items():
        for of in (("", ""), *(("sort", sort) for sort in sorts)):
            sums.append(Sum((above, *of), tuple((place, *of) for place in places)))
    return dict(numbers), sums


def exactly(numbers: Mapping[Key, int], sums: Sequence[Sum], hidden: set[Key]) -> set[Key]:
    """What the sums determine, by plain elimination in fractions: another way than the program's."""
    unknown = sorted(hidden)
    rows = [[Fraction(each.parts.count(key) - (key == each.whole)) for key in unknown] for each in sums]
    rank = 0
    for column in range(len(unknown)):
        pivot = next((n for n in range(rank, len(rows)) if rows[n][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        rows[rank] = [value / rows[rank][column] for value in rows[rank]]
        for n in range(len(rows)):
            if n != rank and rows[n][column]:
                times = rows[n][column]
                rows[n] = [a - times * b for a, b in zip(rows[n], rows[rank], strict=True)]
        rank += 1
    return {unknown[row.index(1)] for row in rows[:rank] if sum(map(bool, row)) == 1}


def solutions(numbers: Mapping[Key, int], sums: Sequence[Sum], hidden: set[Key]) -> Iterator[dict[Key, int]]:
    """Every table of whole numbers that would have been said in just this way."""
    finest = sorted(key for key in hidden if not any(each.whole == key for each in sums))
    most = {
        key: min(
            [
                numbers[each.whole] - sum(numbers[part] for part in each.parts if part not in hidden)
                for each in sums
                if key in each.parts and each.whole not in hidden
            ],
            default=max(numbers.values()),
        )
        for key in finest
    }
    for values in itertools.product(*(range(most[key] + 1) for key in finest)):
        table = {**numbers, **dict(zip(finest, values, strict=True))}
        for each in reversed(sums):
            if each.whole in hidden:
                table[each.whole] = sum(table[key] for key in each.parts)
        if all(table[each.whole] == sum(table[key] for key in each.parts) for each in sums):
            yield table


def test_a_row_a_column_and_a_total_give_no_small_number_away() -> None:
    cells = {("a", "x"): 3, ("a", "y"): 9, ("b", "x"): 12, ("b", "y"): 8, ("c", "x"): 6, ("c", "y"): 7}
    numbers, sums = system(cells, {"a": "", "b": "", "c": ""})
    hidden = unsaid(numbers, sums)
    assert ("a", "sort", "x") in hidden and hidden != set(numbers)
    assert worked_out(numbers, sums, hidden) & {("a", "sort", "x")} == set()


def test_a_village_that_is_all_of_its_township_takes_it_along() -> None:
    numbers, sums = system(
        {("v", "x"): 3, ("w", "x"): 9, ("u", "x"): 9}, {"v": "t", "t": "", "w": "s", "u": "s", "s": ""}
    )
    hidden = unsaid(numbers, sums)
    assert {("v", "", ""), ("t", "", "")} <= hidden


def test_what_is_five_or_more_everywhere_is_all_said() -> None:
    numbers, sums = system({(place, sort): 5 for place in "ab" for sort in SORTS}, {"a": "", "b": ""})
    assert unsaid(numbers, sums) == set()


TREES: tuple[dict[str, str], ...] = (
    {"a": "", "b": ""},
    {"a": "", "b": "", "c": ""},
    {"t": "", "a": "t", "b": "t", "s": "", "c": "s", "d": "s"},
    {"t": "", "a": "t", "s": "", "c": "s", "d": "s", "e": "s"},
)


def table(
    chance: random.Random, within: Mapping[str, str], sorts: Sequence[str]
) -> dict[tuple[str, str], int]:
    leaves = [place for place in within if place not in within.values()]
    weights = {sort: chance.random() * 14 for sort in sorts}
    return {
        (place, sort): int(chance.expovariate(1 / (weights[sort] + 0.5)))
        for place in leaves
        for sort in sorts
    }


def test_no_number_below_five_is_said_or_follows_from_what_is_said() -> None:
    seen: Counter[str] = Counter()
    for seed in range(1_500):
        chance = random.Random(seed)
        within = TREES[seed % len(TREES)]
        numbers, sums = system(table(chance, within, SORTS[: chance.choice((2, 3))]), within)
        hidden = unsaid(numbers, sums)
        assert all(numbers[key] >= FEWEST for key in numbers.keys() - hidden), seed
        found = exactly(numbers, sums, hidden)
        assert all(numbers[key] >= FEWEST for key in found), seed
        for each in sums:
            closed = [key for key in each.terms if key in hidden - found]
            if closed and each.whole not in closed:
                assert len(closed) > 1 and sum(numbers[key] for key in closed) >= FEWEST, seed
        seen["all said" if not hidden else "nothing" if hidden == set(numbers) else "some"] += 1
    assert len(seen) == 3 and min(seen.values()) > 9, seen


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 8), min_size=4, max_size=4))
def test_of_every_hidden_small_number_another_value_would_be_said_alike(values: list[int]) -> None:
    places = [(place, sort) for place in "ab" for sort in "xy"]
    numbers, sums = system(dict(zip(places, values, strict=True)), {"a": "", "b": ""})
    hidden = unsaid(numbers, sums)
    if not hidden or hidden == set(numbers):
        return
    tables = list(solutions(numbers, sums, hidden))
    for key in hidden:
        if numbers[key] < FEWEST:
            assert len({each[key] for each in tables}) > 1, (key, numbers)


def test_the_harness_sees_a_table_where_only_small_numbers_are_hidden() -> None:
    cells = {("a", "x"): 3, ("a", "y"): 9, ("b", "x"): 12, ("b", "y"): 8}
    numbers, sums = system(cells, {"a": "", "b": ""})
    naive = {key for key, n in numbers.items() if n < FEWEST}
    assert exactly(numbers, sums, naive) == naive == worked_out(numbers, sums, naive)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10_000))
def test_what_is_worked_out_by_sums_is_what_fractions_say(seed: int) -> None:
    chance = random.Random(seed)
    within = TREES[seed % len(TREES)]
    numbers, sums = system(table(chance, within, SORTS), within)
    hidden = {key for key in numbers if chance.random() < 0.5}
    assert exactly(numbers, sums, hidden) <= worked_out(numbers, sums, hidden)
