"""A plan and its amendments: versions, what differs, plan against done, what is carried over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.forms import load_forms
from ledger.records import read_record
from ledger.rulebooks import load_rulebook
from ledger.rules.plan import standing, versions
from ledger.rules.plan.versions import Item, Version

CONTENT = Path(__file__).parents[3] / "content"
FORMS = load_forms(CONTENT)
BOOK = load_rulebook(CONTENT, "qingxi")

WAYS = ("inspection", "research", "training")
numbers = st.sampled_from([str(n) for n in range(1, 13)])
items = st.builds(
    Item, numbers, st.sampled_from(["看桥", "看路", "看水"]), st.sampled_from(WAYS), st.integers(1, 4),
    st.sampled_from(["代表工委", "社会委"]),
)  # fmt: skip
plans = st.lists(items, unique_by=lambda each: each.item, max_size=9).map(
    lambda found: tuple(sorted(found, key=lambda each: int(each.item)))
)
rows = st.fixed_dictionaries(
    {"item": numbers, "change": st.sampled_from(["added", "dropped", "moved", "reworded"])},
    optional={
        "topic": st.sampled_from(["看桥", "看灯"]),
        "way": st.sampled_from(WAYS),
        "quarter": st.integers(1, 4),
        "owner": st.sampled_from(["代表工委", "财经委"]),
    },
)
amendments = st.lists(
    st.builds(
        lambda n, day, changes: {"code": f"JT-{n}", "decided_on": f"2026-0{day}-01", "changes": changes},
        st.integers(10, 99), st.integers(1, 9),
        st.lists(rows, min_size=1, max_size=5, unique_by=lambda row: row["item"]),
    ),
    max_size=4, unique_by=lambda each: each["code"],
)  # fmt: skip


def plan_of(found: tuple[Item, ...]) -> dict[str, Any]:
    told = [{name: value for name, value in vars(each).items() if value} for each in found]
    return {"approved_on": "2026-01-01", "items": told}


def sample(kind: str, name: str, code: str = "") -> dict[str, Any]:
    return {**read_record(CONTENT / "records" / kind / f"{name}.yaml").answers, "code": code or name}


def test_a_plan_of_the_sample_grows_by_two_and_loses_one() -> None:
    told = [sample("plan_amendment", f"qingxi-2026-{name}") for name in ("may", "september")]
    found = versions.versions(sample("annual_plan", "qingxi-2026-deputies"), told)
    assert [len(each.items) for each in found] == [7, 9, 8]
    first = [(each.item, each.change) for each in versions.differences(found[0], found[1])]
    assert first == [("4", "moved"), ("8", "added"), ("9", "added")]
    second = [(each.item, each.change) for each in versions.differences(found[1], found[2])]
    assert second == [("5", "reworded"), ("6", "dropped")]
    assert versions.standing_on(found, date(2026, 5, 17)).by == ""
    assert versions.standing_on(found, date(2026, 5, 18)).by == "qingxi-2026-may"


@given(plans, amendments)
def test_differences_put_into_a_version_make_the_next(found: tuple[Item, ...], told: list[Any]) -> None:
    made = versions.versions(plan_of(found), told)
    assert made[0].items == found and len(made) == len(told) + 1
    for before, after in pairwise(made):
        changed = versions.differences(before, after)
        rebuilt = versions.applied(before.items, changed)
        assert [(each.item, each.topic, each.way, each.quarter, each.owner) for each in rebuilt] == [
            (each.item, each.topic, each.way, each.quarter, each.owner) for each in after.items
        ]
        added = sum(each.change == "added" for each in changed)
        dropped = sum(each.change == "dropped" for each in changed)
        assert len(after.items) == len(before.items) + added - dropped


@given(plans, amendments, st.randoms())
def test_amendments_count_in_the_order_they_were_decided_whatever_order_they_came_in(
    found: tuple[Item, ...], told: list[Any], chance: Any
) -> None:
    mixed = list(told)
    chance.shuffle(mixed)
    assert versions.versions(plan_of(found), told) == versions.versions(plan_of(found), mixed)


@given(plans)
def test_a_version_differs_from_itself_in_nothing(found: tuple[Item, ...]) -> None:
    one = Version("2026-01-01", "", found)
    assert versions.differences(one, one) == ()


# -- plan against done --


def test_only_an_activity_that_was_closed_does_an_item() -> None:
    item = Item("3", "活动日", "activity_day", 2, "代表工委")
    held = {"code": "HD-1", "plan_item": "3", "starts_on": "2026-06-03"}
    on = date(2026, 11, 21)
    told = [
        [], [held], [{**held, "closed_on": "2026-06-15"}], [{**held, "cancelled_on": "2026-06-01"}],
        [{**held, "plan_item": "4", "closed_on": "2026-06-15"}],
    ]  # fmt: skip
    assert [standing.standing(2026, item, each, on).state for each in told] == [
        "due", "under_way", "done", "cancelled", "due",
    ]  # fmt: skip
    assert standing.standing(2026, replace(item, quarter=4), [], on).state == "to_come"


@given(plans, st.lists(numbers, max_size=9), st.dates(date(2025, 12, 1), date(2027, 2, 1)))
def test_every_item_has_one_state_and_done_needs_a_closed_activity(
    found: tuple[Item, ...], closed: list[str], on: date
) -> None:
    activities = [
        {"code": f"HD-{n}", "plan_item": item, "starts_on": "2026-03-01", "closed_on": "2026-03-20"}
        for n, item in enumerate(closed)
    ]
    for each in found:
        state = standing.standing(2026, each, activities, on).state
        assert (state == "done") == (each.item in closed and on >= date(2026, 3, 20))


def test_what_a_year_left_open_is_taken_on_by_name_or_told() -> None:
    before = versions.versions(sample("annual_plan", "qingxi-2025-deputies"), [])[0]
    after = versions.versions(sample("annual_plan", "qingxi-2026-deputies"), [])[0]
    lamps = {"code": "HD-1", "plan_item": "1", "starts_on": "2025-06-12", "closed_on": "2025-06-30"}
    left = [standing.standing(2025, each, [lamps], date(2026, 11, 21)) for each in before.items]
    assert standing.carried_over(left, 2025, after.items) == {"2": None, "3": None, "4": "4", "5": None}


def test_a_plan_that_nobody_published_is_told_after_the_days_of_the_rulebook() -> None:
    plan = sample("annual_plan", "shiqiao-2026")
    states = [
        standing.published(plan, date(2026, month, day), BOOK).state
        for month, day in ((3, 2), (4, 1), (4, 2))
    ]
    assert states == ["unknown", "unknown", "fail"]
    assert BOOK["plan.published_days"].unverified


def test_an_amendment_says_a_form_that_the_plan_has_too() -> None:
    (one,) = [each for each in FORMS["annual_plan"].fields["items"].each.values() if each.name == "way"]
    (other,) = [
        each for each in FORMS["plan_amendment"].fields["changes"].each.values() if each.name == "way"
    ]
    assert one.choices == other.choices
