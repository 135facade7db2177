"""What waits to be read: kept from one look to the next, and the same as if all were read anew."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.awaiting import STAGE, Awaiting
from collector.work import Desk
from ledger.approvals import KIND
from tests.collector.desk import House, open_house
from tests.collector.phone import Phone, id_of

SAID = "桥头的路灯坏了三盏，晚上不敢走。"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path / "home") as house:
        yield house


@pytest.fixture
def clerk(house: House) -> Phone:
    return house.phone("clerk")


def waiting(house: House, phone: Phone) -> list[dict[str, Any]]:
    return [each for each in house.work(phone)["items"] if each["stage"] == STAGE]


def held(house: House) -> set[str]:
    """The codes of what the desk holds."""
    assert house.collector.desk._awaiting is not None
    return set(house.collector.desk._awaiting._open)


def read_anew(house: House, phone: Phone) -> list[dict[str, Any]]:
    """The same list by a desk that has kept nothing, and lets nothing go."""
    kept, house.collector.desk = house.collector.desk, Desk(today=house.collector.desk.today)
    try:
        with pytest.MonkeyPatch.context() as all_held:
            all_held.setattr(Awaiting, "_may_be_asked", lambda *_: True)
            return waiting(house, phone)
    finally:
        house.collector.desk = kept


class Days:
    """A deputy, a clerk and the presidium, who file, correct, agree, send back and think better of it."""

    def __init__(self, house: House, clerk: Phone, seed: int) -> None:
        self.house, self.clerk, self.presidium = house, clerk, house.phone("presidium")
        self.deputy = house.phone("deputy", "zhou-wenxi")
        self.chance = random.Random(seed)
        with house.collector.ledger() as ledger:
            self.grid = next(ledger.records("grid")).code
        self.visits: list[str] = []
        self.words: list[tuple[str, dict[str, Any]]] = []

    def file(self, phone: Phone, kind: str, answers: dict[str, Any], replaces: str | None = None) -> str:
        record = phone.record(self.house.forms[kind], answers, replaces)
        (result,) = phone.results([record])
        assert result["state"] == "accepted", result
        return id_of(record)

    def visit(self, replaces: str | None = None) -> None:
        how = self.chance.choice(("full_round", "key_household", "spot"))
        answers = {"visited_on": "2026-11-02", "grid": self.grid, "visit_kind": how, "people": 6}
        if self.chance.random() < 0.7:
            answers["residents_said"] = SAID
        self.visits.append(self.file(self.deputy, "visit", answers, replaces))

    def correct(self) -> None:
        if self.visits:
            self.visit(self.visits.pop(self.chance.randrange(len(self.visits))))

    def say(self, phone: Phone) -> None:
        if entries := waiting(self.house, phone):
            answers = self.chance.choice(entries)["steps"][0]["answers"]
            self.words.append((self.file(phone, KIND, {**answers, **self.decision()}), answers))

    def decision(self) -> dict[str, Any]:
        if self.chance.random() < 0.7:
            return {"decision": "approve"}
        return {"decision": "send_back", "reason": "请写得更清楚一些。"}

    def think_better(self) -> None:
        """A word that was given is changed, or given once more."""
        if self.words:
            n = self.chance.randrange(len(self.words))
            id, answers = self.words[n]
            replaces = self.chance.choice((id, None))
            self.words[n] = self.file(self.clerk, KIND, {**answers, **self.decision()}, replaces), answers

    def step(self) -> None:
        acts = (
            self.visit, self.visit, self.correct, self.think_better,
            lambda: self.say(self.clerk), lambda: self.say(self.clerk), lambda: self.say(self.presidium),
        )  # fmt: skip
        self.chance.choice(acts)()


@pytest.mark.parametrize("seed", range(2))
def test_what_is_kept_from_look_to_look_says_what_reading_anew_says(
    house: House, clerk: Phone, seed: int
) -> None:
    days = Days(house, clerk, seed)
    seen = set()
    for _ in range(25):
        days.step()
        for phone in (days.clerk, days.presidium):
            now = waiting(house, phone)
            assert now == read_anew(house, phone)
            seen.add(len(now))
    assert len(seen) > 3 and len(days.words) > 3


def test_what_was_read_is_let_go_and_comes_back_with_another_word(house: House, clerk: Phone) -> None:
    days = Days(house, clerk, 1)
    before = waiting(house, clerk)
    visit = {"visited_on": "2026-11-02", "grid": days.grid, "visit_kind": "spot", "people": 6}
    days.file(days.deputy, "visit", {**visit, "residents_said": SAID})
    with_it, then = waiting(house, clerk), held(house)
    (new,) = (each for each in with_it if each not in before)
    answers = {**new["steps"][0]["answers"], "decision": "approve"}
    agreed = days.file(clerk, KIND, answers)
    assert waiting(house, clerk) == before and held(house) == then - {new["code"]}
    void = {**answers, "form": house.forms["grid"].version}  # counts for no visit: the policy read is another
    days.file(clerk, KIND, void, agreed)
    assert waiting(house, clerk) == with_it and held(house) == then
    last = days.file(clerk, KIND, answers)
    assert waiting(house, clerk) == before and held(house) == then - {new["code"]}
    other = next(each for each in before if each["kind"] == "visit")
    days.file(clerk, KIND, {**other["steps"][0]["answers"], "decision": "approve"}, last)  # meant another one
    assert waiting(house, clerk) == [each for each in with_it if each != other]


def test_a_record_that_asks_nobody_is_not_held(house: House, clerk: Phone) -> None:
    days = Days(house, clerk, 1)
    waiting(house, clerk)
    before = held(house)
    answers = {"visited_on": "2026-11-02", "grid": days.grid, "visit_kind": "spot", "people": 6}
    for _ in range(5):
        days.file(days.deputy, "visit", answers)
    days.file(days.deputy, "visit", {**answers, "visit_kind": "key_household"})
    waiting(house, clerk)
    assert held(house) == before
    days.file(days.deputy, "visit", {**answers, "residents_said": SAID})
    waiting(house, clerk)
    assert len(held(house) - before) == 1
