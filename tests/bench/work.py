"""What a list of what is to be done costs, with five thousand suggestions open, and bringing them in."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from time import process_time

from collector.imports import import_path
from tests.collector.desk import open_house
from tests.collector.phone import Phone

SUGGESTIONS, AGAIN = 5_000, 20
MAPPING = Path(__file__).parents[1] / "collector/fixtures/suggestions-tw.mapping.yaml"


def measure() -> dict[str, float]:
    """Processor time of the first list, of one with nothing new, of one after a record, and their ratios."""
    with tempfile.TemporaryDirectory() as folder:
        return _measure(Path(folder))


def _measure(folder: Path) -> dict[str, float]:
    rows = folder / "suggestions.json"
    rows.write_text(json.dumps([_row(number) for number in range(SUGGESTIONS)], ensure_ascii=False))
    with open_house(folder / "home", ("grid", "organ", "deputy")) as house:
        began = process_time()
        report = import_path(house.store, house.forms, rows, MAPPING)
        brought_in = process_time() - began
        assert not report.set_aside
        clerk = house.phone("clerk")
        first = _seconds(clerk)
        again = _seconds(clerk, AGAIN)
        house.file(clerk, house.work(clerk)["items"][0]["steps"][0])
        after = _seconds(clerk)
    return {
        "work_again_to_first": again / first,
        "work_after_to_first": after / first,
        "work_first_seconds": first,
        "work_import_per_record_ms": brought_in / SUGGESTIONS * 1000,
    }


def _seconds(phone: Phone, times: int = 1) -> float:
    began = process_time()
    for _ in range(times):
        assert phone.get("/work").status_code == 200
    return (process_time() - began) / times


def _row(number: int) -> dict[str, object]:
    return {
        "suggestion": f"关于第 {number} 处路灯的建议",
        "position": f"第 {number} 处",
        "councilor": "余一明",
        "brought_by": "工务处",
        "county": "青溪区",
        "election_year": "2009",
        "suggest_year": "2014",
        "suggest_month": str(number % 12 + 1),
        "suggest_expense": 1000.0 + number,
        "approved_expense": 1000.0,
        "expend_on": "其他公共工程-设备及投资",
        "bid_type": "小额采购",
        "bid_by": "某公司",
        "uid": f"{number}",
        "councilor_ids": [],
    }
