"""A deadline in somebody's list: counted with what is known on the day, and telling what moved it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.collector.desk import House, open_house
from tests.collector.phone import Phone
from tests.collector.test_suggestion_refusals import WATER, code_of

ASKED = {"subject": "关于给石桥装路灯的建议", "confidentiality": "public", "received_on": "2025-09-30"}
GIVEN = {"assigned_on": "2025-10-02", "mode": "lead_with_co", "complex": False, "organ": WATER}
MOVED = "2025-11-04 公布放假安排，答复期限从 2026-01-02 改到 2026-01-04"


def moved_facts(house: House, phone: Phone, code: str, on: date) -> tuple[str, list[str]]:
    """The day a case is due, and what is told of moves."""
    item = house.item(phone, code, on)
    return item["due"], [each["value"]["zh"] for each in item["facts"] if each["label"]["zh"] == "期限改过"]


def test_a_notice_moves_what_is_open_and_the_list_says_from_when(tmp_path: Path) -> None:
    with open_house(tmp_path / "home", ("grid", "organ", "deputy")) as house:
        clerk = house.phone("clerk")
        code = code_of(house, clerk, "suggestion", **ASKED)
        decided = {"decision": "accepted", "decided_on": "2025-10-01"}
        code_of(house, clerk, "admission", suggestion=code, **decided)
        code_of(house, clerk, "assignment", suggestion=code, **GIVEN)
        water = house.phone("handler", "陈工", WATER)
        for phone in (clerk, water):
            assert moved_facts(house, phone, code, date(2025, 11, 3)) == ("2026-01-02", [])
            assert "暂定" in house.item(phone, code)["clock"]["zh"]
            assert moved_facts(house, phone, code, date(2025, 11, 4)) == ("2026-01-04", [MOVED])
            assert "暂定" not in house.item(phone, code)["clock"]["zh"]
