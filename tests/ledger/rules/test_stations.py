"""What the rules make of a station's records: nothing is there without dated evidence, no stage outgrows the
one before, and no figure counts heads."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.rulebooks import load_rulebook
from ledger.rules.station import coverage, demonstration, evaluation, heard, roster, rota, standard
from tests.ledger.samples import ROOT

BOOK = load_rulebook(ROOT / "content", "national")
ON = date(2026, 11, 21)
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31)).map(date.isoformat)
ITEMS = [{"item": str(n), "says": f"第{n}样"} for n in range(1, 10)]
NINE = {"code": "BJ-1", "effective_from": "2024-01-01", "items": ITEMS}


@st.composite
def checks(draw: st.DrawFn) -> dict[str, Any]:
    rows = []
    for item in draw(st.lists(st.sampled_from(ITEMS), unique_by=lambda each: each["item"])):
        row = {"item": item["item"], "verdict": draw(st.sampled_from(tuple(standard.STATES)))}
        if draw(st.booleans()):
            row["evidence_on"] = draw(DAYS)
        rows.append(row)
    by = draw(st.sampled_from(("BJ-1", "BJ-0")))
    return {"code": draw(st.uuids()).hex, "standard": by, "checked_on": draw(DAYS), "items": rows}


@given(st.lists(checks(), max_size=4), st.dates(date(2024, 1, 1), date(2028, 1, 1)))
def test_no_item_is_lit_without_evidence_of_the_last_twelve_months(
    known: list[dict[str, Any]], on: date
) -> None:
    lamps = standard.lamps(NINE, known, on, BOOK)
    assert [each.params["item"] for each in lamps] == [item["item"] for item in ITEMS]
    last = standard.last_check(known, on)
    for lamp in lamps:
        if lamp.state == "pass":
            assert last is not None and last["standard"] == "BJ-1"
            (row,) = [row for row in last["items"] if row["item"] == lamp.params["item"]]
            assert row["verdict"] == "has" and lamp.params["day"] == row["evidence_on"]
            assert date.fromisoformat(row["evidence_on"]) >= on - timedelta(days=366)


@given(st.lists(checks(), max_size=4))
def test_a_check_without_its_dates_lights_nothing(known: list[dict[str, Any]]) -> None:
    for each in known:
        for row in each["items"]:
            row.pop("evidence_on", None)
    assert {lamp.state for lamp in standard.lamps(NINE, known, ON, BOOK)} <= {"warn", "fail", "unknown"}


OPINIONS = st.lists(
    st.fixed_dictionaries(
        {"code": st.uuids().map(str), "received_on": DAYS},
        optional={"told_citizen_on": DAYS.map(lambda day: day[:7])},
    ),
    unique_by=lambda each: each["code"],
    max_size=12,
)
MATTERS = st.lists(st.builds(heard.Matter, st.just("JY-1"), st.booleans(), st.booleans()), max_size=3)


@given(OPINIONS, st.data())
def test_each_stage_of_the_chain_is_a_part_of_the_one_before(
    opinions: list[dict[str, Any]], data: st.DataObject
) -> None:
    matters = {each["code"]: data.draw(MATTERS) for each in opinions}
    found = heard.chain(opinions, matters, ON)
    sizes = [set(found.stages[name]) for name in heard.STEPS]
    assert sizes[0] == {each["code"] for each in opinions}
    assert all(later <= before for before, later in pairwise(sizes))
    assert set(found.told.codes_counted) <= sizes[0] and found.told.of == len(opinions)
    for name in heard.STEPS:
        assert found.figure(name).n <= found.figure(name).of


@given(OPINIONS)
def test_an_opinion_is_late_only_after_its_whole_month_and_its_limit(opinions: list[dict[str, Any]]) -> None:
    for each in opinions:
        day = heard.told_back({**each, "received_on": each["received_on"][:7]}, ON, BOOK)
        whole = heard.told_back(each, ON, BOOK)
        if "told_citizen_on" not in each and whole.state == "unknown":
            assert day.state == "unknown"  # the month is never stricter than the day


DUTIES = st.lists(
    st.fixed_dictionaries(
        {"code": st.integers(1, 40).map(lambda n: f"ZW-{n}"), "duty_on": DAYS},
        optional={"called_off": st.booleans()},
    ),
    unique_by=lambda each: each["code"],
    max_size=20,
)
LOGS = st.lists(
    st.fixed_dictionaries({"duty": st.integers(1, 40).map(lambda n: f"ZW-{n}"), "held_on": DAYS}), max_size=9
)


@given(DUTIES, LOGS)
def test_every_duty_is_in_one_state_and_none_is_counted_twice(
    duties: list[dict[str, Any]], logs: list[dict[str, Any]]
) -> None:
    found = rota.held(duties, logs, ON)
    states = {each["code"]: rota.state(each, logs, ON) for each in duties}
    assert set(found.codes_counted) == {code for code, state in states.items() if state == "held"}
    assert set(found.codes_of) == {code for code, state in states.items() if state in ("held", "no_record")}
    assert found.all == len([state for state in states.values() if state != "planned"])
    ahead = rota.next_duty(duties, ON)
    assert ahead is None or (ahead["duty_on"] >= ON.isoformat() and not ahead.get("called_off"))


def test_how_often_a_deputy_was_there_is_counted_no_further_than_once() -> None:
    once = [{"held_on": "2026-05-20", "deputies": ["DB-1"]}]
    often = [*once, *({"held_on": f"2026-06-{n:02d}", "deputies": ["DB-1"]} for n in range(1, 20))]
    for logs in (once, often):
        found = rota.received(["DB-1", "DB-2"], logs, "2026", ON)
        assert (found.codes_counted, found.of) == (("DB-1",), 2)


PLACES = st.lists(
    st.fixed_dictionaries(
        {
            "deputy": st.sampled_from(("DB-1", "DB-2", "DB-3")),
            "station": st.sampled_from(("ZD-1", "ZD-2")),
            "place": st.sampled_from(("home", "additional")),
            "group": st.sampled_from(("甲组", "乙组")),
            "role": st.sampled_from(("convener", "member")),
            "since": DAYS,
        },
        optional={"until": DAYS},
    ),
    max_size=8,
)


@given(PLACES, PLACES)
def test_more_places_never_make_fewer_deputies_placed(
    some: list[dict[str, Any]], more: list[dict[str, Any]]
) -> None:
    deputies = [{"code": f"DB-{n}", "mandate": "serving" if n < 3 else "ended"} for n in (1, 2, 3)]
    few, many = (roster.placed(deputies, each, ON) for each in (some, some + more))
    assert few.n <= many.n <= many.of == 2
    for group in roster.groups(some, ON):
        assert set(group.conveners) <= set(group.members)
        assert (group.convened.state == "pass") == (len(group.conveners) == 1)


@given(PLACES)
def test_two_places_overlap_just_where_some_day_holds_both(places: list[dict[str, Any]]) -> None:
    sound = [each for each in places if each.get("until", "9999") >= each["since"]]  # as the form asks
    for one in sound:
        for other in sound:
            both = max(one["since"], other["since"])
            meet = all(roster.holds(each, date.fromisoformat(both)) for each in (one, other))
            assert roster.overlap(one, other) == meet


@given(st.lists(st.sets(st.sampled_from("甲乙丙丁")).map(sorted), max_size=5))
def test_coverage_is_never_more_than_there_is(lists: list[list[str]]) -> None:
    deputies = [{"constituency": name, "levels": ["county"]} for name in "甲乙丙"]
    found = coverage.covered(deputies, [{"covers_constituencies": each} for each in lists], ON)
    assert found.of == 3 and set(found.codes_counted) == set("甲乙丙") & {x for each in lists for x in each}


def test_two_stations_of_one_name_are_told() -> None:
    assert coverage.same_names([{"name": "甲站"}, {"name": "甲站"}, {"name": "乙站"}, {}]) == ("甲站",)


def test_a_site_keeps_the_money_that_a_later_step_does_not_tell() -> None:
    steps = [
        {"stage": "nominated", "stage_on": "2026-01-02", "funds": 500},
        {"stage": "accepted", "stage_on": "2026-06-01", "spent": 400},
        {"stage": "building", "stage_on": "2026-03-01", "received": 450},
    ]
    found = demonstration.site(steps, ON)
    assert found == demonstration.Site("accepted", "2026-06-01", 500, 450, 400) and found.gap == 50
    assert demonstration.site(steps, date(2026, 1, 1)) is None


def test_words_that_count_heads_are_known_and_others_are_not() -> None:
    heads = ("接待人次", "全年来访量", "签到率", "多少人来过", "Visitors a month", "打卡次数")
    assert all(evaluation.names_heads(each) for each in heads)
    assert not any(map(evaluation.names_heads, ("意见有下落的比例", "回话上墙", "代表建议有答复的")))


def test_every_reason_of_these_rules_is_a_message_and_every_message_a_reason() -> None:
    folder = ROOT / "ledger/rules/station"
    text = "".join(path.read_text("utf-8") for path in folder.glob("*.py") if path.stem != "agreement")
    given_by_name = set(re.findall(r'"(station\.[a-z_]+\.[a-z_]+)"', text))
    given_by_name |= {f"station.standard.{each}" for each in standard.STATES if each != "has"}
    given_by_name |= {f"station.chain.{each}" for each in heard.STEPS}
    words = (ROOT / "content/words/station.yaml").read_text("utf-8")
    assert set(re.findall(r"^(station\.[a-z_.]+):", words, re.M)) == given_by_name
