"""Contact: links, three lamps, five ones, a draw that anybody repeats, what goes up and comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.rulebooks import Rulebook, Value, load_rulebook
from ledger.rules.contact import five_ones, grid, linkage, links, spot
from ledger.rules.contact.five_ones import KINDS, ONES, Record
from tests.ledger.samples import ROOT

BOOK = load_rulebook(ROOT / "content", "qingxi")
NATIONAL = load_rulebook(ROOT / "content", "national")
TODAY = date(2026, 11, 20)
LINKS = [
    {"link_kind": kind, "role": role, "target_kind": pair.target_kind}
    for kind, pair in links.PAIRS.items()
    for role in pair.roles
]


# -- links --


@given(
    st.sampled_from([*links.PAIRS, "other"]),
    st.sampled_from(["deputy", "sc_member", "chair_meeting_member"]),
    st.sampled_from(["deputy", "residents", "community", "social_org", "enterprise"]),
)
def test_only_the_pairs_of_the_table_match(kind: str, role: str, target: str) -> None:
    link = {"link_kind": kind, "role": role, "target_kind": target}
    assert links.pair_matches(link) == (link in LINKS)


def test_a_link_that_ended_or_joins_the_wrong_pair_covers_nobody() -> None:
    there = {"valid_from": "2026-01-01", "who": "DB-1", "target_deputy": "DB-2"}
    good = {**there, "link_kind": "sc_to_deputy", "role": "sc_member", "target_kind": "deputy"}
    wrong, over = {**good, "role": "deputy"}, {**good, "valid_to": "2026-06-30"}
    assert links.standing([good, wrong, over], "sc_to_deputy", TODAY) == [good]


@given(st.lists(st.sampled_from("abcdef")), st.sets(st.sampled_from("abcd")))
def test_reached_and_missing_are_the_whole_roster(reached: list[str], roster: set[str]) -> None:
    found = links.covered(reached, sorted(roster))
    assert found.n + len(found.missing) == found.of == len(roster)
    assert found.complete == (roster <= set(reached))


def test_a_roster_nobody_keeps_is_unknown_and_never_guessed() -> None:
    assert links.covered_of_number(["a", "b"], None).complete is None


# -- three lamps --

OWN = {"deputy": "DB-1", "grid": "WG-1", "assigned_on": "2026-03-03"}
ROUND = {"grid": "WG-1", "visit_kind": "full_round", "visited_on": "2026-05"}


def lamps(assignments: list[Any], visits: list[Any], on: date = TODAY, book: Rulebook = BOOK) -> list[str]:
    return [each.state for each in grid.three(assignments, visits, (), on, book)]


@pytest.mark.parametrize(
    ("assignments", "visits", "expected"),
    [
        ([], [ROUND], ["fail", "unknown", "unknown"]),
        ([OWN], [], ["pass", "fail", "fail"]),
        ([{**OWN, "registered_on": "2026-03-05"}], [ROUND], ["pass", "pass", "pass"]),
        ([OWN], [{**ROUND, "grid": "WG-2"}], ["pass", "fail", "fail"]),
        ([OWN], [{**ROUND, "visited_on": "2025-05"}], ["pass", "fail", "fail"]),
        ([{**OWN, "ended_on": "2026-06-01"}], [ROUND], ["fail", "unknown", "unknown"]),
    ],
)
def test_three_requirements_are_three_lamps(assignments: Any, visits: Any, expected: list[str]) -> None:
    assert lamps(assignments, visits) == expected


def test_while_the_campaign_runs_a_missing_round_is_only_not_yet() -> None:
    assert (
        lamps([OWN], [], date(2026, 10, 31))[2] == "warn" and lamps([OWN], [], date(2026, 11, 1))[2] == "fail"
    )


def test_without_a_window_the_round_cannot_be_verified() -> None:
    assert lamps([OWN], [ROUND], book=NATIONAL)[2] == "unknown"


def test_of_a_month_that_lies_half_in_the_window_nobody_can_tell() -> None:
    values = {**BOOK.values, "grid.campaign_until": Value("2026-05-15")}
    assert lamps([OWN], [ROUND], book=replace(BOOK, values=values))[2] == "unknown"


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_a_month_never_says_otherwise_than_its_days(day: date) -> None:
    window = grid.Window(date(2026, 3, 1), date(2026, 10, 15))
    month = grid.within(day.isoformat()[:7], window)
    assert month is None or month == grid.within(day.isoformat(), window)


# -- five ones --


def records() -> st.SearchStrategy[Record]:
    """Any record of a kind that may stand for one of the five, with or without what could be looked up."""
    days = st.sampled_from(["2025-06", "2026-06", "2026-06-11"])
    said = st.sampled_from([None, "", "听到三件事"])
    refs = st.lists(st.sampled_from(["X-1", "X-2"]), max_size=2)
    return st.sampled_from(sorted(five_ones.DATES)).flatmap(
        lambda kind: st.builds(
            Record,
            st.just(kind),
            st.fixed_dictionaries(
                {
                    "code": st.sampled_from(["A-1", "A-2", "A-3"]),
                    five_ones.DATES[kind]: days,
                    "summary": said,
                    "urgency": st.sampled_from(["urgent", "routine"]),
                    "disposition": st.sampled_from(["referred", "suggestion", "answered_on_spot", "idea"]),
                    "evidence_kinds": refs,
                    "visits": refs,
                    "opinions": refs,
                }
            ),
            st.fixed_dictionaries({"opinions": refs, "assignments": refs}),
        )
    )


@given(st.lists(records(), max_size=9))
def test_five_ones_are_never_complete_without_evidence(some: list[Record]) -> None:
    found = five_ones.ledger(some, 2026)
    for one in found.ones:
        mine = [each for each in some if five_ones.may_stand(each, one.name, 2026)]
        shown = [each for each in mine if five_ones.has_evidence(each.kind, each.answers, each.around)]
        assert (one.state == "missing") == (not mine)
        assert (one.state == "evidenced") == bool(shown)
        if one.state != "missing":
            assert one.kind in KINDS[one.name] and one.day.startswith("2026")
            stands = shown if one.state == "evidenced" else mine
            assert one.code in {each.answers["code"] for each in stands}
    assert found.complete == all(one.state == "evidenced" for one in found.ones) == (found.n == 5)


FULL = [
    Record("visit", {"code": "ZF-1", "visited_on": "2026-03", "summary": "听到三件事"}),
    Record("suggestion", {"code": "JY-1", "received_on": "2026-06-24"}, {"assignments": ["JB-1"]}),
    Record(
        "opinion", {"code": "YJ-1", "received_on": "2026-06", "urgency": "urgent", "disposition": "referred"}
    ),
    Record("service_deed", {"code": "SS-1", "done_on": "2026-07", "evidence_kinds": ["site"]}),
    Record("opinion_report", {"code": "MQ-1", "submitted_on": "2026-08-20", "visits": ["ZF-1"]}),
]
BARE = {
    "hearing": Record("visit", {"code": "ZF-1", "visited_on": "2026-03"}),
    "suggestion": Record("suggestion", {"code": "JY-1", "received_on": "2026-06-24"}),
    "problem": Record(
        "opinion",
        {"code": "YJ-1", "received_on": "2026-06", "urgency": "urgent", "disposition": "answered_on_spot"},
    ),
    "deed": Record("service_deed", {"code": "SS-1", "done_on": "2026-07"}),
    "report": Record("opinion_report", {"code": "MQ-1", "submitted_on": "2026-08-20"}),
}


def test_five_different_records_with_evidence_are_complete() -> None:
    found = five_ones.ledger(FULL, 2026)
    assert found.complete and [each.code for each in found.ones] == ["ZF-1", "JY-1", "YJ-1", "SS-1", "MQ-1"]
    assert not five_ones.ledger(FULL, 2025).complete


@pytest.mark.parametrize("name", ONES)
def test_take_the_evidence_of_one_away_and_it_is_complete_no_more(name: five_ones.Name) -> None:
    at = ONES.index(name)
    found = five_ones.ledger([*FULL[:at], BARE[name], *FULL[at + 1 :]], 2026)
    assert not found.complete and found.n == 4 and found.ones[at].state == "claimed"


def test_five_of_one_are_not_five_ones() -> None:
    visits = [replace(FULL[0], answers={**FULL[0].answers, "code": f"ZF-{n}"}) for n in range(5)]
    assert five_ones.ledger(visits, 2026).n == 1


# -- the draw --

SEEDS = st.text(min_size=1, max_size=30)


@given(SEEDS, st.integers(1, 120), st.integers(1, 120))
def test_a_draw_takes_so_many_of_the_list_each_once_and_always_the_same(
    seed: str, of: int, size: int
) -> None:
    found = spot.draw(seed, of, size)
    assert found == spot.draw(seed, of, size)
    assert len(set(found)) == len(found) == min(size, of) and set(found) <= set(range(1, of + 1))
    assert spot.draw(seed, of, of)[: len(found)] == found


def test_the_draw_is_the_one_that_was_published() -> None:
    assert spot.draw("0417 2231 0866", 11, 3) == (3, 8, 2)


def test_every_number_is_drawn_about_as_often() -> None:
    first = [spot.draw(f"种子 {n}", 10, 1)[0] for n in range(2000)]
    assert all(140 < first.count(number) < 260 for number in range(1, 11))


@given(SEEDS, st.integers(2, 40), st.data())
def test_another_hand_in_the_draw_is_seen(seed: str, of: int, data: Any) -> None:
    frame = [f"DB-{n}" for n in range(1, of + 1)]
    size = data.draw(st.integers(1, of - 1))
    right = spot.draw(seed, of, size)
    rows = [{"number": number, "deputy": frame[number - 1]} for number in right]
    check = {"frame": frame, "seed": seed, "sample_size": size, "drawn": rows}
    assert spot.drawn_right(check)
    other = next(number for number in range(1, of + 1) if number not in right)
    assert not spot.drawn_right(
        {**check, "drawn": [{"number": other, "deputy": frame[other - 1]}, *rows[1:]]}
    )
    assert not spot.drawn_right({**check, "drawn": [{**rows[0], "deputy": frame[other - 1]}, *rows[1:]]})


# -- what goes up --


@given(st.sampled_from(linkage.LEVELS), st.sampled_from(linkage.LEVELS))
def test_up_is_never_down(one: str, other: str) -> None:
    up = linkage.goes_up({"from_level": one, "to_level": other})
    down = linkage.goes_up({"from_level": other, "to_level": one})
    assert not (up and down) and (up or down) == (one != other)


@given(st.integers(0, 200))
def test_what_went_up_waits_then_is_late_until_it_is_answered(days: int) -> None:
    sent = date(2026, 3, 2)
    row = {"issue": 1, "from_level": "county", "to_level": "prefecture", "sent_on": sent.isoformat()}
    on = sent + timedelta(days)
    found = linkage.escalation(row, on, BOOK)
    assert found.state == ("late" if on > found.due else "waiting")
    answered = {**row, "answered_on": on.isoformat()}
    assert linkage.escalation(answered, on, BOOK).state == "answered"


def test_an_activity_without_a_second_level_an_owner_or_an_answer_fails() -> None:
    activity = {
        "levels": ["county"],
        "issues": [{"number": 1, "what": "跨市补偿", "owner_level": "provincial"}],
        "escalations": [
            {"issue": 2, "from_level": "county", "to_level": "prefecture", "sent_on": "2026-03-02"}
        ],
    }
    found = (
        linkage.levels_enough(activity, BOOK),
        linkage.owners_named(activity),
        linkage.escalations_answered(activity, TODAY, BOOK),
    )
    assert [each.state for each in found] == ["fail", "fail", "fail"]
