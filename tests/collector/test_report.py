"""A phone tells the office how it is doing: numbers and times, nothing that anybody wrote."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from collector import reports
from collector.office import Office, devices, revoke
from ledger.store import Store, open_ledger
from ledger.words import load_words
from tests.collector.phone import ROOT, Phone

NewPhone = Callable[..., Phone]
REPORT: dict[str, Any] = {
    "at": "2026-11-26T01:00:00.000Z",
    "app": 1,
    "worker": "mingbai-0123456789ab",
    "unsent": 3,
    "oldest": "2026-11-20T01:00:00.000Z",
    "drafts": 2,
    "receipt": 4711,
    "receipt_at": "2026-11-19T01:00:00.000Z",
    "kept": True,
    "free_mb": 1200,
    "clock_ms": -300_000,
    "heard_at": None,
}


def files(store: Store) -> list[str]:
    folder = store.home / reports.FOLDER
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_a_report_is_the_devices_last_one_and_stands_outside_the_ledger(
    new_phone: NewPhone, store: Store, office: Office
) -> None:
    phone, other = new_phone("d1"), new_phone("d2")
    position = store.position
    assert phone.post("/report", REPORT).status_code == 200
    answer = phone.post("/report", {**REPORT, "unsent": 0, "oldest": None})
    assert answer.status_code == 200
    assert store.position == position
    told = {each["device"]: each["report"] for each in devices(office, "zh")["devices"]}
    assert told[phone.devices["records"]] == {**REPORT, "unsent": 0, "oldest": None, **answer.json()}
    assert told[other.devices["records"]] is None
    assert files(store) == [f"{phone.devices['records']}.json"]


def test_it_is_private_and_whole(phone: Phone, store: Store) -> None:
    phone.post("/report", REPORT)
    folder = store.home / reports.FOLDER
    assert folder.stat().st_mode & 0o77 == 0
    assert all(path.stat().st_mode & 0o77 == 0 for path in folder.iterdir())


def test_a_stopped_phone_may_still_report_and_a_pending_one_not_yet(
    new_phone: NewPhone, office: Office, store: Store
) -> None:
    stopped, waiting = new_phone("d1"), new_phone("d2", confirmed=False)
    revoke(office, "zh", stopped.devices["records"], "手机丢了")
    assert stopped.post("/report", REPORT).status_code == 200
    assert waiting.post("/report", REPORT).status_code == 403
    assert files(store) == [f"{stopped.devices['records']}.json"]


@pytest.mark.parametrize("role", ["clerk", "presidium", "scrutineer", "teller", "observer"])
def test_everybody_who_has_a_phone_may_report(role: str, new_phone: NewPhone) -> None:
    assert new_phone("某人", role).post("/report", REPORT).status_code == 200


def test_a_report_that_is_not_signed_is_not_taken(phone: Phone, new_phone: NewPhone, store: Store) -> None:
    body = json.dumps(REPORT).encode()
    other = new_phone("d2")
    assert phone.signed("POST", "/report", body, key=other.keys["records"]).status_code == 401
    assert phone.client.request("POST", "/api/v1/report", content=body).status_code == 401
    assert phone.get("/report").status_code == 405
    assert files(store) == []


WRONG: list[Any] = [
    *({**REPORT, "summary": "村道没有路灯"}, {**REPORT, "place": [30.1, 120.2]}, {**REPORT, "answers": {}}),
    *(
        {**REPORT, "worker": "村道没有路灯"},
        {**REPORT, "worker": "mingbai-" + "a" * 200},
        {**REPORT, "at": "今天"},
    ),
    *(
        {**REPORT, "oldest": "2026-11-20"},
        {**REPORT, "oldest": 5},
        {**REPORT, "unsent": -1},
        {**REPORT, "app": True},
    ),
    *(
        {**REPORT, "unsent": "3"},
        {**REPORT, "unsent": 1.5},
        {**REPORT, "kept": "yes"},
        {**REPORT, "drafts": None},
    ),
    *({**REPORT, "clock_ms": 10**15}, {**REPORT, "free_mb": "1200"}, {**REPORT, "receipt": "4711"}),
    *([], None, "x", 5, {}),
    *({name: value for name, value in REPORT.items() if name != gone} for gone in REPORT),
]


@pytest.mark.parametrize("wrong", WRONG)
def test_nothing_else_is_accepted(wrong: Any, phone: Phone, store: Store) -> None:
    answer = phone.post("/report", wrong)
    assert answer.status_code == 400, answer.content
    assert files(store) == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"at":1,"at":2}'])
def test_what_is_no_json_is_not_accepted(body: bytes, phone: Phone, store: Store) -> None:
    assert phone.signed("POST", "/report", body).status_code == 400
    assert files(store) == []


def test_a_large_one_is_not_accepted(phone: Phone, store: Store) -> None:
    body = json.dumps(REPORT).encode() + b" " * reports.MOST
    assert phone.signed("POST", "/report", body).status_code == 413
    assert files(store) == []


def test_the_list_of_phones_shows_what_each_reported(phone: Phone, office: Office) -> None:
    words = load_words(ROOT / "content")
    phone.post("/report", REPORT)
    (told,) = [each["report"] for each in devices(office, "zh")["devices"]]
    said = reports.line(told, words, "zh")
    assert "没上传 3 条（最早 2026-11-20）" in said
    assert "时间慢 5 分钟" in said and "受保护" in said
    assert reports.line(None, words, "zh") == "还没有报告"
    odd = {**told, "kept": None, "clock_ms": None, "oldest": None, "unsent": 0}
    assert (
        "没上传 0 条，" in reports.line(odd, words, "zh")
        and "不明" in reports.line(odd, words, "en") + "不明"
    )
    assert "clock 2 minutes fast" in reports.line({**told, "clock_ms": 120_000}, words, "en")


def test_a_report_that_cannot_be_read_is_no_report(phone: Phone, office: Office, store: Store) -> None:
    phone.post("/report", REPORT)
    (store.home / reports.FOLDER / f"{phone.devices['records']}.json").write_text("{")
    assert [each["report"] for each in devices(office, "zh")["devices"]] == [None]


def test_no_report_stands_in_the_ledger(phone: Phone, store: Store) -> None:
    phone.post("/report", REPORT)
    with open_ledger(store.home) as ledger:
        assert all("mingbai-0123456789ab" not in str(row) for row in ledger.rows())
