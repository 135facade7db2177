"""Counts about residents: closed months, nothing below five, nothing that gives it away, never changed."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.forms import Form, parse_form
from publisher.out.counted import Cell, closes_on, counted_cells, last_closed
from publisher.out.figures import FEWEST, Figure, hide

SURVEY = """
kind: survey
label: {zh: 访问, en: Survey}
description: {zh: 每问一户记一条。, en: One for each household asked.}
code: FW
written_by: [deputy]
fields:
  asked_on:
    label: {zh: 日期, en: Date}
    schema: {type: string, format: date}
    required: true
    publish: month
  men:
    label: {zh: 男, en: Men}
    schema: {type: integer}
    publish: counted
  women:
    label: {zh: 女, en: Women}
    schema: {type: integer}
    publish: counted
  all:
    label: {zh: 总数, en: All}
    schema: {type: integer}
    publish: full
  mood:
    label: {zh: 态度, en: Mood}
    schema: {type: string}
    choices:
      content: {zh: 满意, en: Content}
      so_so: {zh: 一般, en: So so}
      angry: {zh: 不满意, en: Angry}
      silent: {zh: 不说, en: Silent}
    required: true
    publish: counted
  poor:
    label: {zh: 困难户, en: Poor}
    schema: {type: boolean}
    publish: counted
  wishes:
    label: {zh: 愿望, en: Wishes}
    schema: {type: array}
    choices:
      water: {zh: 饮水, en: Water}
      road: {zh: 道路, en: Road}
    publish: counted
  secret:
    label: {zh: 电话, en: Telephone}
    schema: {type: string, maxLength: 20}
    publish: never
checks:
  - that: men + women == all
    say: {zh: 男加女应等于总数。, en: Men and women must add up to all.}
page: {title: '{{ asked_on }}', columns: [asked_on], sort: -asked_on}
"""

FORM = parse_form(SURVEY, "survey.yaml")
FORMS = {"survey": FORM}
MOODS = tuple(FORM.fields["mood"].choices)


@dataclass(frozen=True)
class Version:
    """An accepted version of a record, as the ledger hands it out."""

    code: str
    answers: dict[str, Any]
    received_at: str = "2026-03-20T08:00:00.000Z"
    position: int = 1
    kind: str = "survey"
    form: str = FORM.version
    digest: str = ""
    role: str = "deputy"
    erased: Mapping[str, int] = field(default_factory=dict)


def asked(n: int, mood: str = "content", day: str = "2026-03-05", **more: Any) -> Version:
    """The nth household, and what it said."""
    return Version(f"FW-2026-{n:03d}X", {"asked_on": day, "mood": mood, **more}, position=n)


def told(cells: list[Cell], field: str, period: str = "2026-03") -> dict[str, int | None]:
    return {cell.value: cell.n for cell in cells if cell.field == field and cell.period == period}


def moods(**counts: int) -> list[Version]:
    said = [mood for mood, count in counts.items() for _ in range(count)]
    return [asked(n, mood) for n, mood in enumerate(said, 1)]


def five(*versions: Version) -> list[Version]:
    """Five households of which each says the same: enough for a sum to be told."""
    return [replace(each, code=f"{each.code}-{n}") for n in range(5) for each in versions]


AFTER = date(2026, 4, 11)


def test_a_month_is_told_once_it_has_closed() -> None:
    records = moods(content=9, so_so=8, angry=7, silent=6)
    assert counted_cells(FORMS, records, date(2026, 4, 10)) == []
    assert told(counted_cells(FORMS, records, AFTER), "mood") == {
        "content": 9,
        "so_so": 8,
        "angry": 7,
        "silent": 6,
    }


def test_integers_are_summed_and_choices_counted() -> None:
    records = [asked(n, men=2, women=1, poor=n % 2 == 0, wishes=["water"]) for n in range(1, 21)]
    cells = counted_cells(FORMS, records, AFTER)
    assert told(cells, "men") == {"": 40} and told(cells, "women") == {"": 20}
    assert told(cells, "poor") == {"true": None, "false": 10, "": None}
    assert not [cell for cell in cells if cell.field in ("secret", "asked_on", "all")]


def test_a_count_below_five_takes_a_second_one_with_it() -> None:
    cells = told(counted_cells(FORMS, moods(content=20, so_so=9, angry=4, silent=8), AFTER), "mood")
    assert cells == {"content": 20, "so_so": 9, "angry": None, "silent": None}


def test_zero_is_below_five() -> None:
    cells = told(counted_cells(FORMS, moods(content=20, so_so=9, angry=8), AFTER), "mood")
    assert cells == {"content": None, "so_so": 9, "angry": 8, "silent": None}


def test_what_nearly_everybody_said_is_not_told_either() -> None:
    records = [asked(n, wishes=["water", "road"] if n > 2 else ["road"]) for n in range(1, 21)]
    cells = counted_cells(FORMS, records, AFTER)
    assert told(cells, "wishes") == {"water": None, "road": None}


def test_sums_that_a_check_binds_together_are_hidden_together() -> None:
    records = [asked(n, men=3, women=1 if n == 1 else 0, all=3) for n in range(1, 11)]
    cells = counted_cells(FORMS, records, AFTER)
    assert told(cells, "women") == {"": None} and told(cells, "men") == {"": None}


def test_a_suppressed_cell_says_so_and_has_no_number() -> None:
    cells = counted_cells(FORMS, moods(content=3), AFTER)
    assert all((cell.n is None) == cell.suppressed for cell in cells)
    assert {cell.suppressed for cell in cells if cell.field == "mood"} == {True}


def test_months_in_which_nothing_was_counted_stand_too() -> None:
    records = [*moods(content=20), asked(99, day="2026-06-01")]
    periods = {
        cell.period for cell in counted_cells(FORMS, [records[0], replace(records[-1])], date(2026, 8, 1))
    }
    assert periods == {"2026-03", "2026-04", "2026-05", "2026-06"}


def test_the_tenth_is_a_day_in_shanghai() -> None:
    last = asked(1, men=50, women=9)
    in_time = replace(last, received_at="2026-04-10T15:59:59.000Z")
    too_late = replace(last, received_at="2026-04-10T16:00:00.000Z")
    assert told(counted_cells(FORMS, five(in_time), date(2026, 5, 1)), "men") == {"": 250}
    assert counted_cells(FORMS, five(too_late), date(2026, 5, 1)) == []


def test_a_record_without_a_date_belongs_to_the_month_it_came_in() -> None:
    record = asked(1, men=50, women=9)
    undated = replace(
        record, answers={"mood": "content", "men": 50, "women": 9}, received_at="2026-03-31T16:30:00.000Z"
    )
    assert told(counted_cells(FORMS, five(undated), date(2026, 6, 1)), "men", "2026-04") == {"": 250}


def test_a_later_correction_changes_nothing() -> None:
    first = asked(1, men=50, women=9)
    second = replace(
        first, answers={**first.answers, "men": 5}, position=9, received_at="2026-04-02T08:00:00.000Z"
    )
    third = replace(
        first, answers={**first.answers, "men": 70}, position=12, received_at="2026-06-02T08:00:00.000Z"
    )
    assert told(counted_cells(FORMS, five(first, second), date(2026, 7, 1)), "men") == {"": 25}
    assert told(counted_cells(FORMS, five(third, first, second), date(2026, 7, 1)), "men") == {"": 25}
    moved = replace(third, answers={**third.answers, "asked_on": "2026-05-20"})
    cells = counted_cells(FORMS, five(first, second, moved), date(2026, 7, 1))
    assert told(cells, "men") == {"": 25} and told(cells, "men", "2026-05") == {"": 350}


def test_what_was_filed_as_never_stays_out() -> None:
    old = parse_form(SURVEY.replace("publish: counted", "publish: never"), "survey.yaml")
    record = replace(asked(1, men=50), form=old.version)
    records = five(record)
    assert told(counted_cells(FORMS, records, AFTER, wordings={old.version: old}), "men") == {"": None}
    assert told(counted_cells(FORMS, records, AFTER), "men") == {"": None}


def test_a_sum_over_fewer_than_five_records_is_not_told() -> None:
    large = [asked(n, men=1000, women=10) for n in range(1, 6)]
    assert told(counted_cells(FORMS, large, AFTER), "men") == {"": 5000}
    assert told(counted_cells(FORMS, large[:4], AFTER), "men") == {"": None}
    assert told(counted_cells(FORMS, [*large[:4], asked(9)], AFTER), "men") == {"": None}


def test_a_record_that_is_withheld_does_not_count() -> None:
    text = SURVEY.replace("written_by: [deputy]", "written_by: [deputy]\npublish_when: mood != 'silent'")
    form = parse_form(text, "survey.yaml")
    records = five(
        replace(asked(1, men=50, women=9), form=form.version),
        replace(asked(2, "silent", men=9), form=form.version),
    )
    assert told(counted_cells({"survey": form}, records, AFTER), "men") == {"": 250}


def test_what_stands_behind_a_gate_does_not_count() -> None:
    gated = parse_form(SURVEY.replace("code: FW\n", "code: FW\ngate: review\n"), "survey.yaml")
    assert gated.gate == "review"
    records = five(replace(asked(1, men=50, women=9), form=gated.version))
    assert told(counted_cells({"survey": gated}, records, AFTER), "men") == {"": None}
    known = {gated.version: gated}
    assert told(counted_cells(FORMS, records, AFTER, wordings=known), "men") == {"": None}


def test_counted_fields_inside_a_repeat_group_count_its_rows() -> None:
    text = SURVEY.replace(
        "  secret:",
        """  members:
    label: {zh: 家人, en: Members}
    each:
      age:
        label: {zh: 年龄段, en: Age}
        schema: {type: string}
        choices: {old: {zh: 老人, en: Old}, young: {zh: 其他, en: Young}}
        required: true
        publish: counted
    publish: counted
  secret:""",
    )
    form = parse_form(text, "survey.yaml")
    members = [{"age": "old"}, {"age": "young"}, {"age": "young"}]
    records = [replace(asked(n, members=members), form=form.version) for n in range(1, 8)]
    assert told(counted_cells({"survey": form}, records, AFTER), "members.age") == {"old": 7, "young": 14}


@pytest.mark.parametrize(
    ("day", "month"), [("2026-01-10", "2025-11"), ("2026-01-11", "2025-12"), ("2026-12-31", "2026-11")]
)
def test_the_last_closed_month(day: str, month: str) -> None:
    assert last_closed(date.fromisoformat(day)) == month
    assert closes_on(month) < date.fromisoformat(day)


# -- thousands of data sets --------------------------------------------------------------------------------

DAYS = st.dates(date(2026, 1, 1), date(2026, 6, 30))


@st.composite
def versions(draw: st.DrawFn) -> Version:
    day = draw(DAYS)
    received = datetime(day.year, day.month, day.day, 4, tzinfo=UTC) + timedelta(
        days=draw(st.integers(0, 70))
    )
    answers: dict[str, Any] = {"asked_on": day.isoformat(), "mood": draw(st.sampled_from(MOODS))}
    answers |= {"men": draw(st.integers(0, 6)), "women": draw(st.integers(0, 2))}
    if draw(st.booleans()):
        answers["poor"] = draw(st.booleans())
    if draw(st.booleans()):
        answers["wishes"] = draw(st.lists(st.sampled_from(["water", "road"]), unique=True, min_size=1))
    number = draw(st.integers(1, 60))
    return replace(asked(number), answers=answers, received_at=f"{received:%Y-%m-%dT%H:%M:%S}.000Z")


@st.composite
def histories(draw: st.DrawFn) -> list[Version]:
    """Versions in the order in which they came, as positions say."""
    drawn = draw(st.lists(versions(), max_size=80))
    return [
        replace(version, position=n)
        for n, version in enumerate(sorted(drawn, key=lambda v: v.received_at), 1)
    ]


def day_of(version: Version) -> date:
    """The day in Shanghai on which it came."""
    return (datetime.fromisoformat(version.received_at) + timedelta(hours=8)).date()


def crowd(chance: random.Random) -> list[Version]:
    """Up to 150 households in three months, some visited again, many saying the same."""
    weights = [chance.random() ** 2 for _ in MOODS]
    drawn = []
    for _ in range(chance.randrange(150)):
        day = date(2026, 1, 1) + timedelta(days=chance.randrange(90))
        received = datetime(day.year, day.month, day.day, 4, tzinfo=UTC) + timedelta(
            days=chance.randrange(60)
        )
        answers = {"asked_on": day.isoformat(), "mood": chance.choices(MOODS, weights)[0]}
        more = {
            "men": chance.randrange(4),
            "women": chance.randrange(2),
            "poor": chance.random() < weights[0],
            "wishes": chance.sample(["water", "road"], chance.randint(1, 2)),
        }
        answers |= {name: value for name, value in more.items() if chance.random() < 0.8}
        number = chance.randrange(1, 200)
        drawn.append(
            replace(asked(number), answers=answers, received_at=f"{received:%Y-%m-%dT%H:%M:%S}.000Z")
        )
    drawn.sort(key=lambda version: version.received_at)
    return [replace(version, position=n) for n, version in enumerate(drawn, 1)]


@dataclass
class Public:
    """What anybody can know of one month: how many records it has, and the published cells."""

    total: int = 0
    cells: dict[str, dict[str, int | None]] = field(default_factory=lambda: defaultdict(dict))


def knowledge(cells: list[Cell], records: list[Version]) -> dict[str, Public]:
    months: dict[str, Public] = defaultdict(Public)
    for cell in cells:
        months[cell.period].cells[cell.field][cell.value] = cell.n
    latest: dict[str, dict[str, Version]] = defaultdict(dict)
    for version in records:
        for period in months:
            if day_of(version) <= closes_on(period):
                latest[period][version.code] = version
    for period, month in months.items():
        month.total = sum(version.answers["asked_on"][:7] == period for version in latest[period].values())
    return months


def told_by_subtraction(whole: int, parts: dict[str, int | None]) -> int | None:
    """The number known to belong to what is hidden in a whole, where that tells on few."""
    hidden = [value for value, n in parts.items() if n is None]
    rest = whole - sum(n for n in parts.values() if n is not None)
    return rest if hidden and len(hidden) < len(parts) and (len(hidden) == 1 or rest < FEWEST) else None


def test_no_count_below_five_is_published_or_derivable() -> None:
    seen: Counter[bool] = Counter()
    for seed in range(2_000):
        records = crowd(random.Random(seed))
        cells = counted_cells(FORMS, records, date(2026, 5, 15))
        seen.update(cell.suppressed for cell in cells)
        assert all(cell.n >= FEWEST for cell in cells if cell.n is not None)
        for month in knowledge(cells, records).values():
            for name in ("mood", "poor"):
                assert told_by_subtraction(month.total, month.cells[name]) is None, seed
            for n in month.cells["wishes"].values():
                assert n is None or month.total - n >= FEWEST, seed
            assert len({month.cells[name][""] is None for name in ("men", "women")}) == 1, seed
    assert min(seen[True], seen[False]) > 10_000


@settings(max_examples=500, deadline=None)
@given(
    histories(), st.dates(date(2026, 2, 1), date(2026, 9, 1)), st.dates(date(2026, 2, 1), date(2026, 9, 1))
)
def test_what_comes_later_never_changes_a_figure(records: list[Version], one: date, other: date) -> None:
    first, later = sorted((one, other))
    known = [version for version in records if day_of(version) <= first]
    then = counted_cells(FORMS, known, first)
    assert set(then) <= set(counted_cells(FORMS, records, later))
    assert counted_cells(FORMS, records[::-1], first) == counted_cells(FORMS, records, first)


@settings(max_examples=1_000)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=7))
def test_what_is_hidden_in_a_whole_is_never_one_and_never_few(numbers: list[int]) -> None:
    figures = [Figure("f", "2026-03", str(n), value) for n, value in enumerate(numbers)]
    hide(figures, [figures])
    hidden = [figure.n for figure in figures if figure.hidden]
    assert all(figure.n >= FEWEST for figure in figures if not figure.hidden)
    assert not hidden or len(hidden) == len(figures) or (len(hidden) > 1 and sum(hidden) >= FEWEST)


def test_the_harness_sees_a_cell_that_is_not_protected() -> None:
    counts = Counter(version.answers["mood"] for version in moods(content=20, so_so=9, angry=4, silent=8))
    naive: dict[str, int | None] = {mood: n if n >= FEWEST else None for mood, n in counts.items()}
    assert told_by_subtraction(counts.total(), naive) == 4


def test_forms_without_counted_fields_have_no_cells() -> None:
    text = SURVEY.replace("publish: counted", "publish: full")
    form: Form = parse_form(text, "survey.yaml")
    assert counted_cells({"survey": form}, moods(content=9), AFTER) == []
