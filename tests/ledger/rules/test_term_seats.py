"""Seats by the law (选举法第十二条), and a congress in parts that add up."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.fields import Field
from ledger.forms import load_forms
from ledger.records import check_answers, read_record
from ledger.rulebooks import load_rulebook
from ledger.rules.term import seats, structure

CONTENT = Path(__file__).parents[3] / "content"
FORM = load_forms(CONTENT)["term_transition"]
BOOK = load_rulebook(CONTENT, "national")
QINGXI = dict(read_record(CONTENT / "records" / "term_transition" / "qingxi-5.yaml").answers)

CASES = (
    # level, population, seats
    ("county", 1, 140), ("county", 4_999, 140), ("county", 5_000, 141), ("county", 63_180, 152),
    ("county", 1_549_999, 449), ("county", 1_550_000, 450), ("county", 9_000_000, 450),
    ("township", 1_499, 45), ("township", 1_500, 46), ("township", 15_240, 55), ("township", 172_500, 160),
    ("township", 500_000, 160),
    ("prefecture", 24_999, 240), ("prefecture", 1_000_000, 280), ("prefecture", 10_250_000, 650),
    ("prefecture", 20_000_000, 650),
)  # fmt: skip


@pytest.mark.parametrize(("level", "population", "right"), CASES)
def test_seats_follow_from_the_population(level: str, population: int, right: int) -> None:
    assert seats.statutory_seats(population, seats.seat_rule(level, BOOK)) == right


def by_counting(population: int, base: int, step: int, most: int) -> int:
    """The article as one would count it by hand: the base, and a seat for each full number of people."""
    total, left = base, population
    while left >= step and total < most:
        total, left = total + 1, left - step
    return total


@given(st.sampled_from(seats.LEVELS), st.integers(0, 12_000_000))
def test_seats_equal_the_statutory_formula_for_any_population(level: str, population: int) -> None:
    rule = seats.seat_rule(level, BOOK)
    found = seats.statutory_seats(population, rule)
    assert found == by_counting(population, rule.base, rule.people_a_seat, rule.most)
    assert rule.base <= found <= rule.most
    assert found <= seats.statutory_seats(population + 1, rule) <= found + 1


@given(st.sampled_from(seats.LEVELS), st.integers(0, 12_000_000), st.integers(1, 700))
def test_only_a_small_place_may_have_fewer_and_none_more(
    level: str, population: int, given_seats: int
) -> None:
    rule = seats.seat_rule(level, BOOK)
    right = seats.statutory_seats(population, rule)
    fits = seats.seats_fit(given_seats, population, rule)
    assert fits == (given_seats == right or (given_seats < right and population < rule.fewer_below))


@given(st.integers(0, 3_000_000))
def test_what_a_province_grants_is_whole_seats_of_the_total(population: int) -> None:
    rule = seats.seat_rule("county", BOOK)
    plain = seats.statutory_seats(population, rule)
    more = seats.statutory_seats(population, rule, Fraction(1, 20))
    assert plain < more and (more - plain) * 20 <= plain < (more - plain + 1) * 20


def test_every_number_of_the_rule_cites_its_article_and_the_limit_not_read_says_so() -> None:
    values = {key: value for key, value in BOOK.values.items() if key.startswith("seats.")}
    assert len(values) == 13 and {each.article for each in values.values()} == {
        "选举法（2020 年修正）第十二条"
    }
    assert [key for key, value in values.items() if value.unverified] == ["seats.prefecture_most"]


def test_a_lamp_tells_the_seats_of_the_law_beside_those_that_were_fixed() -> None:
    told = [
        seats.seats_by_law("county", n, people, extra, BOOK)
        for n, people, extra in (
            (152, 63_180, False), (153, 63_180, False), (130, 30_000, False), (159, 63_180, True)
        )
    ]  # fmt: skip
    assert [(each.state, each.why.rpartition(".")[2]) for each in told] == [
        ("pass", "pass"), ("fail", "differ"), ("pass", "fewer"), ("pass", "pass"),
    ]  # fmt: skip


# -- structure --


@st.composite
def congresses(draw: Any) -> dict[str, int]:
    """A congress cut into parts six times over."""
    elected = draw(st.integers(0, 450))
    told = {"elected": elected}
    for names in structure.DIMENSIONS.values():
        cuts = sorted(draw(st.integers(0, elected)) for _ in names[1:])
        edges = [0, *cuts, elected]
        told |= {name: edges[n + 1] - edges[n] for n, name in enumerate(names)}
    return told


@given(congresses(), st.sampled_from(sorted(structure.DIMENSIONS)), st.integers(-3, 3))
def test_each_dimension_adds_up_or_the_form_and_the_rule_both_say_so(
    told: dict[str, int], dimension: str, by: int
) -> None:
    first = structure.DIMENSIONS[dimension][0]
    told[first] = max(told[first] + by, 0)
    whole = sum(structure.parts(told, dimension).values()) == told["elected"]
    lamps = {lamp.params["dimension"]: lamp.state for lamp in structure.sums(told)}
    assert lamps == {name: "pass" if name != dimension or whole else "fail" for name in structure.DIMENSIONS}
    answers = {**QINGXI, **told, "seats_by_law": 1000}
    said = [each.pointer for each in check_answers(FORM, answers)]
    assert said == ([] if whole else [f"/{first}"])


def test_every_part_of_a_dimension_is_a_field_that_must_be_answered() -> None:
    names = [name for parts in structure.DIMENSIONS.values() for name in parts]
    assert len(names) == len(set(names)) == 18
    assert all(FORM.fields[name].required and FORM.fields[name].publish == "full" for name in names)


def every(fields: Any) -> list[Field]:
    return [each for field in fields.values() for each in (field, *every(field.each))]


def test_a_term_change_has_no_place_for_a_person() -> None:
    fields = every(FORM.fields)
    assert {each.refers_to for each in fields} <= {None, "grid"}
    assert not any(word in each.name for each in fields for word in ("name", "person", "candidate", "deputy"))
    assert (
        "不记任何个人" in FORM.description["zh"] and "不记任何个人" in (FORM.fields["gates"].hint or {})["zh"]
    )


def test_the_gates_are_those_of_the_form() -> None:
    (gates,) = [each for each in FORM.fields["gates"].each.values() if each.name == "gate"]
    assert tuple(gates.choices) == structure.GATES
