"""A suggestion through all its stages by the buttons alone: clerk, two organs, a deputy, each on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.collector.desk import House, open_house
from tests.collector.phone import Phone

LAMP = "路灯"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path / "home", ("grid", "organ", "deputy")) as house:
        yield house


class Walk:
    """A suggestion and everybody's phones. `press` files what a button offers, on a day."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.phones: dict[str, Phone] = {
            "clerk": house.phone("clerk"),
            "water": house.phone("handler", "水利承办员", "water-bureau"),
            "roads": house.phone("handler", "交通承办员", "transport-bureau"),
            "deputy": house.phone("deputy", "zhou-wenxi"),
        }
        asked = {"subject": "关于给石桥装路灯的建议", "confidentiality": "public", "period": "recess"}
        asked |= {"organ": house.code("organ", "water-bureau"), "contact_phone": "只供联系"}
        form = house.forms["suggestion"]
        (result,) = self.phones["deputy"].results([self.phones["deputy"].record(form, asked)])
        assert result["state"] == "accepted", result
        self.code: str = result["code"]

    def offers(self, who: str, on: date) -> dict[str, Any]:
        """The first button of each kind that a person has; none where the case is not in their list."""
        items = self.house.work(self.phones[who], on)["items"]
        found = [step for each in items if each["code"] == self.code for step in each["steps"]]
        return {step["kind"]: step for step in reversed(found)}

    def press(self, who: str, kind: str, on: date, **more: Any) -> str:
        """File it: the stage that it leads to, as the clerk's list says; "" once it has left that list."""
        self.house.file(self.phones[who], self.offers(who, on)[kind], **more)
        items = self.house.work(self.phones["clerk"])["items"]
        return next((str(each["stage"]) for each in items if each["code"] == self.code), "")

    def must(self, on: date) -> set[tuple[str, str]]:
        """Who must do what."""
        return {
            (who, kind) for who in self.phones for kind, step in self.offers(who, on).items() if step["must"]
        }


def march(day: int) -> date:
    return date(2026, 3, day)


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[House]:
    """A house by whose rules the office must consent to an extension."""
    with open_house(tmp_path / "strict", ("grid", "organ", "deputy"), rulebook="zhejiang") as house:
        yield house


def test_the_buttons_alone_lead_from_the_first_look_to_the_check_that_closes(strict: House) -> None:
    house, walk = strict, Walk(strict)
    roads = house.code("organ", "transport-bureau")
    assert walk.must(march(2)) == {("clerk", "admission")}
    assert walk.press("clerk", "admission", march(2)) == "admitted"
    assert walk.must(march(3)) == {("clerk", "assignment")}
    assert walk.offers("water", march(3)) == {}

    assert walk.press("clerk", "assignment", march(3)) == "assigned"
    assert walk.must(march(4)) == {("water", "reply")} and walk.offers("roads", march(4)) == {}
    assert walk.press("water", "assignment_return", march(4)) == "returned_by_organ"
    assert walk.offers("water", march(5)) == {}
    assert walk.must(march(5)) == {("clerk", "assignment")}
    assert walk.press("clerk", "assignment", march(5), organ=roads) == "assigned"

    assert walk.press("roads", "extension", march(6)) == "assigned"
    assert "extension" not in walk.offers("roads", march(6))
    assert walk.must(march(6)) == {("clerk", "extension"), ("roads", "reply")}
    said = {"consent": "given", "consented_on": "2026-03-06"}
    assert walk.press("clerk", "extension", march(6), **said) == "assigned"
    assert "extension" not in walk.offers("clerk", march(6))
    case = house.item(walk.phones["roads"], walk.code, march(6))
    assert case["due"] == "2026-09-07" and "已经同意延期" in case["clock"]["zh"]  # 09-05 is a Saturday
    assert walk.press("clerk", "reminder", march(9)) == "assigned"
    assert walk.press("clerk", "track", march(9), track="yellow", due_on="2026-06-30") == "assigned"
    assert walk.press("roads", "reply", march(10)) == "replied"

    assert walk.must(march(11)) >= {("deputy", "rating")}
    bad = {"result": "not_satisfied", "result_reason": "只装了七盏，还有三盏没有装。"}
    assert walk.press("deputy", "rating", march(11), **bad) == "rated"
    assert walk.must(march(12)) == {("clerk", "rehandling")}
    assert walk.press("clerk", "rehandling", march(12)) == "rehandling"
    assert walk.must(march(13)) == {("roads", "reply")}
    assert walk.press("roads", "reply", march(13)) == "replied"
    assert walk.offers("deputy", march(14))["rating"]["answers"]["stage"] == "rehandled"
    assert walk.press("deputy", "rating", march(14)) == "rated"

    assert walk.must(march(15)) == {("clerk", "onsite_check")}
    found = {"items": [{"what": LAMP, "verdict": "not_done", "note": "三盏不亮"}], "evidence": "数了"}
    assert walk.press("deputy", "onsite_check", march(15), **found) == "checked"
    assert walk.must(march(16)) == {("roads", "reply")}
    case = house.item(walk.phones["roads"], walk.code)
    assert case["facts"][0]["value"]["zh"] == "路灯：三盏不亮"
    assert case["said"]["zh"].startswith("已查验，等您：查验没有办成")
    assert walk.press("roads", "reply", march(17)) == "replied"
    assert walk.must(march(18)) == {("clerk", "onsite_check"), ("deputy", "rating")}
    assert walk.press("deputy", "onsite_check", march(18)) == ""

    case = house.item(walk.phones["deputy"], walk.code)
    assert case["stage"] == "closed" and {step["kind"] for step in case["steps"]} == {"rating"}
    assert [each["kind"] for each in case["timeline"]].count("reply") == 3
    assert walk.offers("roads", march(18)) == {}
    assert walk.press("deputy", "rating", march(19)) == ""
    assert walk.offers("deputy", march(19)) == {}


def test_a_suggestion_sent_back_is_revised_in_its_place_and_admitted(house: House) -> None:
    walk = Walk(house)
    sent_back = {"decision": "returned_for_revision", "reason_text": "请一事一议。"}
    assert walk.press("clerk", "admission", march(2), **sent_back) == "returned_for_revision"
    step = walk.offers("deputy", march(3))["suggestion"]
    assert step["must"] and step["answers"]["contact_phone"] == "只供联系"
    assert "suggestion" not in walk.offers("clerk", march(3))
    assert house.file(walk.phones["deputy"], step, subject="关于给石桥装三盏路灯的建议") == walk.code
    case = house.item(walk.phones["clerk"], walk.code)
    assert case["title"]["zh"] == "关于给石桥装三盏路灯的建议" and len(case["timeline"]) == 2
    assert walk.press("clerk", "admission", march(3)) == "admitted"


def test_an_organ_that_helps_gives_its_opinion_and_the_lead_replies_for_all(house: House) -> None:
    walk = Walk(house)
    walk.press("clerk", "admission", march(2))
    walk.press("clerk", "assignment", march(2), co_organs=[house.code("organ", "transport-bureau")])
    opinion = house.item(walk.phones["roads"], walk.code, march(3))
    assert opinion["due"] == "2026-04-02" and opinion["must"]
    assert not [fact for fact in opinion["facts"] if fact["value"]["zh"] == "只供联系"]
    assert [
        fact
        for fact in house.item(walk.phones["water"], walk.code)["facts"]
        if fact["value"]["zh"] == "只供联系"
    ]
    assert walk.press("roads", "reply", march(4)) == "assigned"
    assert walk.offers("roads", march(5)) == {} and walk.must(march(5)) == {("water", "reply")}
    assert walk.press("water", "reply", march(6)) == "replied"


def test_a_promise_is_entered_and_then_looked_at_thing_by_thing(house: House) -> None:
    walk = Walk(house)
    walk.press("clerk", "admission", march(2))
    walk.press("clerk", "assignment", march(2))
    dated = {"outcome_class": "in_progress_dated", "promised_for": "2026-04-30"}
    assert walk.press("water", "reply", march(3), **dated) == "replied"
    assert ("clerk", "promise") in walk.must(march(4))
    assert walk.press("clerk", "promise", march(4), what="石桥头装三盏路灯") == "replied"
    assert "promise" not in walk.offers("clerk", march(4))
    check = walk.offers("deputy", date(2026, 5, 1))["onsite_check"]["answers"]
    assert check["items"] == [{"what": "石桥头装三盏路灯"}] and check["promise"].startswith("CN-")
    item = house.item(walk.phones["water"], walk.code)
    assert (item["due"], item["days"], item["must"]) == ("2026-04-30", -1, True)


def test_withdrawn_is_withdrawn_for_everybody(house: House) -> None:
    walk = Walk(house)
    walk.press("clerk", "admission", march(2))
    assert walk.press("deputy", "withdrawal", march(3)) == ""
    assert not any(walk.offers(who, march(3)) for who in walk.phones)
