"""Needs by quarter, sort and area: nothing below five is told, in one release, in two, or by subtraction."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.forms import load_forms, parse_form
from ledger.problems import Problems
from publisher.out.counted import counted_cells
from publisher.out.counted_areas import AreaCell, area_cells, closes_on, quarter
from publisher.out.figures import FEWEST
from publisher.out.public_db import seal, write_public_db
from tests.publisher.fake import CONTENT, FakeLedger, extracted, stand

FORMS = load_forms(CONTENT)
NEED, GRID = FORMS["need"], FORMS["grid"]
BOTH = {"need": NEED, "grid": GRID}
WITHIN = {"t1": None, "t2": None, "v11": "t1", "v12": "t1", "v21": "t2", "v22": "t2", "g111": "v11"}
LEVELS = {"t": "township", "v": "village", "g": "grid"}
AFTER = date(2026, 4, 11)


@dataclass(frozen=True)
class Version:
    """An accepted version of a record, as the ledger hands it out."""

    code: str
    kind: str
    answers: dict[str, Any]
    position: int = 1
    received_at: str = "2026-03-20T08:00:00.000Z"
    form: str = NEED.version
    digest: str = ""
    role: str = "deputy"
    erased: Mapping[str, int] = field(default_factory=dict)


def grids(within: Mapping[str, str | None] = WITHIN) -> list[Version]:
    return [
        Version(
            code, "grid",
            {"name": code, "level": LEVELS[code[0]], **({"within": up} if up else {})},
            received_at="2026-01-02T08:00:00.000Z", form=GRID.version,
        )
        for code, up in within.items()
    ]  # fmt: skip


def need(n: int, grid: str = "v11", day: str = "2026-03-05", **more: Any) -> Version:
    answers = {"requested_on": day, "source": "resident", "category": "legal_aid", "grid": grid, **more}
    return Version(f"XQ-2026-{n:04d}", "need", answers, position=n)


def needs(**counts: Mapping[str, int]) -> list[Version]:
    """So many needs of each sort in each place."""
    asked = [(place, sort) for place, by in counts.items() for sort, n in by.items() for _ in range(n)]
    return [need(n, place, category=sort) for n, (place, sort) in enumerate(asked, 1)]


def cells_of(records: Iterable[Version], as_of: date = AFTER) -> list[AreaCell]:
    every = [*grids(), *records]
    return area_cells(BOTH, every, as_of, lambda kind, ref: ref if ref in WITHIN else None)


def told(cells: Iterable[AreaCell], field: str, area: str = "", period: str = "2026-Q1") -> dict[str, Any]:
    return {
        each.value: each.n for each in cells if (each.field, each.area, each.period) == (field, area, period)
    }


def test_a_quarter_is_told_once_it_has_closed() -> None:
    some = {"legal_aid": 8}
    records = needs(v11={"legal_aid": 6}, v12={"legal_aid": 7}, v21=some, v22=some)
    assert cells_of(records, date(2026, 4, 10)) == []
    cells = cells_of(records)
    assert told(cells, "") == {"": 29}
    assert told(cells, "", "v11") == {"": 6} and told(cells, "", "v12") == {"": 7}


def test_a_grid_counts_in_its_village_and_a_township_is_the_sum_of_its_villages() -> None:
    cells = cells_of(
        needs(
            g111={"legal_aid": 3},
            v11={"legal_aid": 4},
            v12={"legal_aid": 5},
            v21={"legal_aid": 9},
            v22={"legal_aid": 9},
        )
    )
    assert [told(cells, "", area) for area in ("t1", "v11", "v12")] == [{"": 12}, {"": 7}, {"": 5}]


def test_a_village_below_five_takes_another_with_it() -> None:
    cells = cells_of(
        needs(v11={"legal_aid": 4}, v12={"legal_aid": 8}, v21={"legal_aid": 9}, v22={"legal_aid": 9})
    )
    assert told(cells, "", "v11") == told(cells, "", "v12") == {"": None}
    assert told(cells, "", "t1") == {"": 12} and told(cells, "", "v21") == {"": 9}


def test_a_sort_below_five_takes_another_with_it_in_its_row_and_in_its_column() -> None:
    rows = {place: {"legal_aid": 9, "medical": 8, "minors": 7} for place in ("v11", "v12", "v21", "v22")}
    cells = cells_of(needs(**{**rows, "v11": {"legal_aid": 9, "medical": 8, "minors": 2}}))
    assert told(cells, "category", "v11")["minors"] is None
    assert sum(n is None for n in told(cells, "category", "v11").values()) > 1
    column = [told(cells, "category", place).get("minors") for place in ("v11", "v12")]
    assert column == [None, None] and told(cells, "category")["minors"] == 23


def test_what_names_only_a_township_is_told_of_no_place_and_guards_the_rest() -> None:
    cells = cells_of(
        needs(
            t1={"legal_aid": 2},
            v11={"legal_aid": 9},
            v12={"legal_aid": 9},
            v21={"legal_aid": 9},
            v22={"legal_aid": 9},
        )
    )
    assert {each.area for each in cells} == {"", "t1", "t2", "v11", "v12", "v21", "v22"}
    t1 = [told(cells, "", area)[""] for area in ("t1", "v11", "v12")]
    assert t1 == [20, None, 9], "with both villages told, the two others would be too"


def test_a_correction_after_the_close_changes_nothing_and_a_later_quarter_is_its_own() -> None:
    first = needs(v11={"legal_aid": 6}, v12={"legal_aid": 7})
    late = replace(
        first[0], position=99, received_at="2026-05-02T08:00:00.000Z",
        answers={**first[0].answers, "category": "minors", "grid": "v22"},
    )  # fmt: skip
    then = cells_of(first)
    assert set(then) <= set(cells_of([*first, late], date(2026, 12, 1)))


def test_the_map_is_that_of_the_day_on_which_the_quarter_closed() -> None:
    records = needs(v11={"legal_aid": 6}, v12={"legal_aid": 7}, v21={"legal_aid": 8}, v22={"legal_aid": 8})
    (v12,) = [each for each in grids() if each.code == "v12"]
    moved = replace(
        v12, position=50, received_at="2026-04-20T08:00:00.000Z", answers={**v12.answers, "within": "t2"}
    )
    assert set(cells_of(records)) <= set(cells_of([*records, moved], date(2026, 6, 1)))


def test_an_erasure_closes_the_quarter() -> None:
    records = needs(v11={"legal_aid": 6}, v12={"legal_aid": 7})
    erased = replace(records[0], answers={"requested_on": "2026-03-05"}, erased={"category": 9})
    assert {each.n for each in cells_of([erased, *records[1:]])} == {None}
    day = replace(records[0], answers={"category": "legal_aid"}, erased={"requested_on": 9})
    assert {each.n for each in cells_of([day, *records[1:]])} == {None}


def test_what_was_filed_as_never_is_no_answer() -> None:
    old = parse_form(NEED.text.replace("publish: counted", "publish: never"), "need.yaml")
    records = [replace(each, form=old.version) for each in needs(v11={"legal_aid": 9}, v12={"legal_aid": 9})]
    every = [*grids(), *records]
    cells = area_cells(BOTH, every, AFTER, lambda kind, ref: ref, wordings={old.version: old})
    assert told(cells, "")[""] == 18 and told(cells, "", "v11") == {"": None}
    assert told(cells, "category")["legal_aid"] is None


def test_a_kind_counted_by_area_is_not_counted_by_month_as_well() -> None:
    records = needs(v11={"legal_aid": 60})
    assert counted_cells(BOTH, [*grids(), *records], AFTER) == []


def test_no_form_counts_by_area_and_shows_rows_too() -> None:
    text = NEED.text.replace("publish: never", "publish: full", 1)
    with pytest.raises(Problems, match="for a grid where no record is public"):
        parse_form(text, "need.yaml")


@pytest.mark.parametrize(("day", "period"), [("2026-01-31", "2026-Q1"), ("2026-12-01", "2026-Q4")])
def test_quarters(day: str, period: str) -> None:
    assert quarter(day) == period and closes_on(period) > date.fromisoformat(day)


# -- what anybody can work out of the published cells --


def crowd(chance: random.Random) -> list[Version]:
    """Up to 250 needs in two quarters, some corrected, most of a few sorts and in a few places."""
    places = [*WITHIN, "nowhere"]
    of_place = [chance.random() ** 2 for _ in places]
    sorts = chance.sample(sorted(NEED.fields["category"].choices), 3)
    of_sort = [chance.random() for _ in sorts]
    made = []
    for _ in range(chance.randrange(250)):
        day = date(2026, 1, 1) + timedelta(days=chance.randrange(150))
        came = day + timedelta(days=chance.randrange(60))
        more = chance.choice([{}, {}, {"outcome": "met"}, {"outcome": "not_met", "reason": "referred"}])
        made.append(
            replace(
                need(chance.randrange(1, 300), chance.choices(places, of_place)[0], f"{day}",
                     category=chance.choices(sorts, of_sort)[0], **more),
                received_at=f"{came}T04:00:00.000Z",
            )
        )  # fmt: skip
    made.sort(key=lambda each: each.received_at)
    return [replace(each, position=n) for n, each in enumerate(made, 1)]


def small_and_known(cells: list[AreaCell], truth: Mapping[tuple[str, str, str], int]) -> list[Any]:
    """The numbers below five of one quarter that the told ones determine, by rows, columns and places."""
    said = {(each.area, each.field, each.value): each.n for each in cells if each.n is not None}
    equations: list[dict[Any, int]] = []
    fields = defaultdict(list)
    for _, name, value in truth:
        if name and value not in fields[name]:
            fields[name].append(value)
    for area in ("", *WITHIN):
        if area.startswith("g"):
            continue
        for name, values in fields.items():
            equations.append({(area, name, value): 1 for value in values} | {(area, "", ""): -1})
        inside = [each for each, up in WITHIN.items() if (up or "") == area and not each.startswith("g")]
        rest = any(n for (place, *_), n in truth.items() if place == area + "+")
        every = [("", ""), *((each, value) for each in fields for value in fields[each])]
        for name, value in every:
            if inside:
                terms = {(each, name, value): 1 for each in inside}
                equations.append(
                    terms | ({(area + "+", name, value): 1} if rest else {}) | {(area, name, value): -1}
                )
    unknown = sorted({key for each in equations for key in each} - said.keys())
    rows = [[Fraction(each.get(key, 0)) for key in unknown] for each in equations]
    rank = 0
    for column in range(len(unknown)):
        pivot = next((n for n in range(rank, len(rows)) if rows[n][column]), None)
        if pivot is not None:
            rows[rank], rows[pivot] = rows[pivot], rows[rank]
            rows[rank] = [value / rows[rank][column] for value in rows[rank]]
            for n in range(len(rows)):
                if n != rank and (times := rows[n][column]):
                    rows[n] = [a - times * b for a, b in zip(rows[n], rows[rank], strict=True)]
            rank += 1
    known = [unknown[row.index(1)] for row in rows[:rank] if sum(map(bool, row)) == 1]
    return [key for key in known if truth.get(key, 0) < FEWEST]


def truth_of(records: list[Version], period: str) -> dict[tuple[str, str, str], int]:
    """What a reader must not find out, counted anew from the records."""
    standing: dict[str, Version] = {}
    for each in records:
        came = date.fromisoformat(each.received_at[:10])
        if came <= closes_on(period):
            standing[each.code] = each
    counts: Counter[tuple[str, str, str]] = Counter()
    for each in standing.values():
        if quarter(each.answers["requested_on"]) != period:
            continue
        place = {"g111": "v11", "t1": "t1+", "t2": "t2+", "nowhere": "+"}.get(
            each.answers["grid"], each.answers["grid"]
        )
        above = {"v": f"t{place[1:2]}", "t": place[:2], "+": ""}[place[0]]
        answers = [
            ("", ""),
            *((name, each.answers.get(name, "")) for name in ("source", "category", "outcome", "reason")),
        ]
        for area in dict.fromkeys((place, above, "")):
            counts.update((area, *answer) for answer in answers)
    return dict(counts)


def test_no_count_below_five_is_published_or_derivable_by_area() -> None:
    seen: Counter[bool] = Counter()
    for seed in range(150):
        records = crowd(random.Random(seed))
        cells = cells_of(records, date(2026, 8, 1))
        seen.update(cell.n is None for cell in cells if cell.area)
        assert all(cell.n >= FEWEST for cell in cells if cell.n is not None)
        for period in ("2026-Q1", "2026-Q2"):
            truth = truth_of(records, period)
            mine = [cell for cell in cells if cell.period == period]
            assert all(truth[c.area, c.field, c.value] == c.n for c in mine if c.n is not None), seed
            assert small_and_known(mine, truth) == [], seed
    assert min(seen.values()) > 1_000, seen


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 10**6),
    st.dates(date(2026, 2, 1), date(2026, 9, 1)),
    st.dates(date(2026, 2, 1), date(2026, 9, 1)),
)
def test_a_later_release_tells_no_other_number_of_a_quarter(seed: int, one: date, other: date) -> None:
    first, later = sorted((one, other))
    records = crowd(random.Random(seed))
    known = [each for each in records if date.fromisoformat(each.received_at[:10]) <= first]
    assert set(cells_of(known, first)) <= set(cells_of(records, later))


# -- in public.db itself --


def filed(chance: random.Random) -> FakeLedger:
    ledger = FakeLedger()
    for code, up in WITHIN.items():
        answers = {"name": f"{code}村", "level": LEVELS[code[0]], **({"within": up} if up else {})}
        ledger.file(GRID, answers, name=code, received_at="2026-01-02T09:00:00.000Z")
    for each in crowd(chance):
        if each.answers["grid"] != "nowhere":
            ledger.file(NEED, {**each.answers, "wanted": "盼着有人搭把手。"}, received_at=each.received_at)
    return ledger


@pytest.mark.parametrize("seed", range(4))
def test_public_db_has_no_row_of_a_need_and_no_cell_below_five(seed: int, tmp_path: Path) -> None:
    ledger, tables = filed(random.Random(seed)), []
    for as_of in (date(2026, 5, 1), date(2026, 8, 1)):
        path = tmp_path / f"{as_of}.db"
        leaves = extracted(ledger, NEED, GRID, as_of=as_of)
        write_public_db(path, leaves, {"need": NEED, "grid": GRID}, stand())
        seal(path)
        with closing(sqlite3.connect(path)) as db:
            names = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
            tables.append(db.execute("SELECT * FROM counted_area").fetchall())
            assert "need" not in names and db.execute("SELECT count(*) FROM counted").fetchone() == (0,)
            few = "SELECT count(*) FROM counted_area WHERE n < 5 OR (n IS NULL) != suppressed"
            assert db.execute(few).fetchone() == (0,)
        assert b"\xe6\x90\xad\xe6\x8a\x8a\xe6\x89\x8b" not in path.read_bytes()
    assert tables[0] and set(tables[0]) <= set(tables[1])
