"""A draft has a private copy on the server, for the person's own phones, until it is filed or too old."""

from __future__ import annotations

import asyncio
import json
import logging
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector import drafts
from collector.office import Office, revoke
from collector.serving import _daily
from collector.state import Collector
from ledger.doctor import examine
from ledger.drafts import DAY_MS, FILE, KEEP_DAYS, MAX_BYTES, MAX_DRAFTS, MAX_IN_ALL, Drafts, TooMany
from ledger.store import Store, now_ms
from tests.collector.phone import ROOT, Phone, id_of

NewPhone = Callable[..., Phone]
VISIT = {"visited_on": "2026-03-02", "grid": "liuhe-03", "people": 2}
SECRET = "柳河村三组的水管又漏了，还没写完"


def draft_id(n: int) -> str:
    return f"0197a3c2-0000-7000-8000-{n:012x}"


def put(phone: Phone, id: str, n: int, text: str = SECRET) -> Any:
    body = json.dumps({"n": n, "text": text}).encode()
    return phone.signed("PUT", f"/draft/{id}", body)


def state(phone: Phone, id: str, n: int, text: str = SECRET) -> Any:
    answer = put(phone, id, n, text)
    assert answer.status_code == 200, answer.content
    return answer.json()


def text_of(phone: Phone, id: str) -> Any:
    return phone.get(f"/draft/{id}").json()["text"]


def listed(phone: Phone) -> list[str]:
    return [each["id"] for each in phone.get("/drafts").json()["drafts"]]


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Drafts]:
    home = tmp_path / "apart"
    home.mkdir()
    kept = Drafts(home)
    yield kept
    kept.close()


def test_a_draft_comes_back_to_the_letter_and_is_replaced_whole(phone: Phone) -> None:
    text = json.dumps({"answers": {"note": SECRET + "\n\ud83d 🙂"}})
    assert state(phone, draft_id(1), 1, text) == {"id": draft_id(1), "n": 1, "state": "kept"}
    assert text_of(phone, draft_id(1)) == text
    state(phone, draft_id(1), 2, "短")
    got = phone.get(f"/draft/{draft_id(1)}").json()
    assert (got["text"], got["n"], got["here"], got["bytes"]) == ("短", 2, True, 3)
    assert got["saved_at"] < got["gone_at"]


def test_a_new_phone_of_the_same_person_reads_and_goes_on(phone: Phone, new_phone: NewPhone) -> None:
    state(phone, draft_id(1), 3)
    other = new_phone()
    (told,) = other.get("/drafts").json()["drafts"]
    assert (told["id"], told["n"], told["here"]) == (draft_id(1), 3, False) and "text" not in told
    assert text_of(other, draft_id(1)) == SECRET
    assert state(other, draft_id(1), 4, "写完了")["state"] == "kept"
    assert text_of(phone, draft_id(1)) == "写完了"


def test_nobody_else_sees_changes_or_removes_it(phone: Phone, new_phone: NewPhone) -> None:
    state(phone, draft_id(1), 5)
    for stranger in (new_phone("d2"), new_phone("张干事", role="clerk")):
        assert listed(stranger) == []
        assert stranger.get(f"/draft/{draft_id(1)}").status_code == 404
        assert stranger.signed("DELETE", f"/draft/{draft_id(1)}").status_code == 200
        assert state(stranger, draft_id(1), 99, "别人的")["state"] == "kept"
    assert text_of(phone, draft_id(1)) == SECRET


def test_an_older_save_never_overwrites_a_newer_one(phone: Phone) -> None:
    state(phone, draft_id(1), 7, "新的")
    assert state(phone, draft_id(1), 6, "旧的") == {"id": draft_id(1), "n": 7, "state": "older"}
    assert state(phone, draft_id(1), 7, "另一部手机的")["state"] == "older"
    assert state(phone, draft_id(1), 7, "新的")["state"] == "kept"
    assert text_of(phone, draft_id(1)) == "新的"


def test_of_many_saves_at_once_the_highest_counter_stays(kept: Drafts) -> None:
    saves = [
        threading.Thread(target=kept.save, args=("p", draft_id(1), n, f"{n}", "d", now_ms()))
        for n in (5, 2, 8, 1, 7, 3, 6, 4)
    ]
    for each in saves:
        each.start()
    for each in saves:
        each.join()
    found = kept.find("p", draft_id(1))
    assert found is not None and found.text == "8"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["甲", "乙", None])), max_size=12))
def test_whatever_comes_in_whatever_order_no_newer_word_is_lost(acts: list[tuple[int, str | None]]) -> None:
    with tempfile.TemporaryDirectory() as home:
        kept, highest, text = Drafts(Path(home)), -1, None
        for n, said in acts:  # None gives up what is there
            if said is None:
                kept.give_up("p", draft_id(1), now_ms())
                text = None
                continue
            fits = n > highest or (n == highest and said == text)
            assert kept.save("p", draft_id(1), n, said, "d", now_ms()) == (fits, max(n, highest))
            highest, text = (n, said) if fits else (highest, text)
        found = kept.find("p", draft_id(1))
        assert (found and found.text) == text
        kept.close()


def test_a_draft_given_up_is_gone_and_a_save_under_way_does_not_bring_it_back(
    phone: Phone, collector: Collector
) -> None:
    state(phone, draft_id(1), 4)
    assert phone.signed("DELETE", f"/draft/{draft_id(1)}").json()["state"] == "gone"
    assert phone.signed("DELETE", f"/draft/{draft_id(1)}").status_code == 200
    assert phone.get(f"/draft/{draft_id(1)}").status_code == 404 and listed(phone) == []
    assert state(phone, draft_id(1), 3)["state"] == "older"
    assert listed(phone) == []
    assert state(phone, draft_id(1), 5, "又写了")["state"] == "kept"
    assert text_of(phone, draft_id(1)) == "又写了"


def test_filing_a_record_removes_its_draft_and_no_late_save_brings_it_back(
    phone: Phone, store: Store, collector: Collector
) -> None:
    record, other = phone.record(store.current["visit"], VISIT), draft_id(2)
    state(phone, id_of(record), 1)
    state(phone, other, 1)
    phone.results([record])
    assert collector.drafts.find(store.devices[phone.devices["records"]].person, id_of(record)) is None
    assert listed(phone) == [other]
    assert state(phone, id_of(record), 9) == {"id": id_of(record), "n": 9, "state": "filed"}
    assert listed(phone) == [other]


def test_a_draft_left_over_by_a_crash_is_not_offered_again(
    phone: Phone, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = phone.record(store.current["visit"], VISIT)
    state(phone, id_of(record), 1)
    monkeypatch.setattr(Drafts, "filed", lambda *_: None)
    phone.results([record])
    assert listed(phone) == [] and phone.get(f"/draft/{id_of(record)}").status_code == 404
    monkeypatch.undo()
    assert phone.results([record])[0]["state"] == "replayed"
    assert listed(phone) == []


def test_what_could_not_be_read_as_a_record_keeps_its_draft(phone: Phone, store: Store) -> None:
    record = phone.record(store.current["visit"], VISIT)
    state(phone, id_of(record), 1)
    broken = {**record, "envelope": record["envelope"].replace('"v":1', '"v":9')}
    assert phone.results([broken])[0]["state"] == "quarantined"
    assert text_of(phone, id_of(record)) == SECRET


def test_a_stopped_phone_reads_no_draft_and_removes_none(
    phone: Phone, new_phone: NewPhone, office: Office, store: Store
) -> None:
    thief = new_phone()
    record = thief.record(store.current["visit"], VISIT)
    state(phone, id_of(record), 1)
    revoke(office, "zh", thief.devices["records"], "丢了")
    assert thief.get("/drafts").status_code == 403
    assert put(thief, draft_id(2), 1).status_code == 403
    assert thief.signed("DELETE", f"/draft/{id_of(record)}").status_code == 403
    assert thief.results([record])[0]["state"] == "held"
    assert text_of(phone, id_of(record)) == SECRET


def test_a_phone_that_is_not_confirmed_has_no_drafts(new_phone: NewPhone) -> None:
    waiting = new_phone(confirmed=False)
    assert {waiting.get("/drafts").status_code, put(waiting, draft_id(1), 1).status_code} == {403}


def test_a_draft_for_ninety_days_and_no_longer(phone: Phone, collector: Collector) -> None:
    now = now_ms()
    state(phone, draft_id(1), 1)
    drafts.purge(collector, now + KEEP_DAYS * DAY_MS - 60_000)
    assert listed(phone) == [draft_id(1)]
    drafts.purge(collector, now + KEEP_DAYS * DAY_MS + 60_000)
    assert listed(phone) == []


def test_old_drafts_go_when_the_server_starts(phone: Phone, collector: Collector) -> None:
    collector.drafts.save("p", draft_id(1), 1, SECRET, "d", now_ms() - KEEP_DAYS * DAY_MS - 1)

    async def start() -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(_daily(collector), 0.5)

    asyncio.run(start())
    assert collector.drafts.find("p", draft_id(1)) is None


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"text": "x"}, "/n"),
        ({"n": -1, "text": "x"}, "/n"),
        ({"n": True, "text": "x"}, "/n"),
        ({"n": 1.5, "text": "x"}, "/n"),
        ({"n": 1, "text": {"a": 1}}, "/text"),
        ([], "/n"),
    ],
)
def test_a_save_of_another_shape_is_told_where(phone: Phone, body: Any, at: str) -> None:
    answer = phone.signed("PUT", f"/draft/{draft_id(1)}", json.dumps(body).encode())
    assert answer.status_code == 400 and answer.json()["errors"][0]["pointer"] == at


def test_an_id_that_no_record_could_have_is_nothing(phone: Phone) -> None:
    assert {put(phone, id, 1).status_code for id in ("x", draft_id(1).upper(), "1%2F2")} == {404}


def test_size_and_number_are_limited_with_a_plain_word(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    assert put(phone, draft_id(1), 1, "水" * (MAX_BYTES // 3)).status_code == 200
    answer = put(phone, draft_id(1), 2, "水" * (MAX_BYTES // 3 + 1))
    assert answer.status_code == 413 and "256 KiB" in answer.json()["detail"]
    monkeypatch.setattr("ledger.drafts.MAX_DRAFTS", 2)
    assert put(phone, draft_id(2), 1).status_code == 200
    answer = put(phone, draft_id(3), 1)
    assert answer.status_code == 413 and "200" in answer.json()["detail"]
    assert put(phone, draft_id(2), 2, "还能改").status_code == 200
    phone.signed("DELETE", f"/draft/{draft_id(1)}")
    assert put(phone, draft_id(3), 1).status_code == 200


def test_all_of_one_persons_drafts_together_are_limited(kept: Drafts) -> None:
    assert MAX_DRAFTS * 1024 < MAX_IN_ALL
    for n in range(MAX_IN_ALL // MAX_BYTES):
        kept.save("p", draft_id(n), 1, "x" * MAX_BYTES, "d", now_ms())
    with pytest.raises(TooMany):
        kept.save("p", draft_id(999), 1, "x", "d", now_ms())
    assert kept.save("q", draft_id(999), 1, "x", "d", now_ms()).kept


def test_the_file_is_nobody_elses_and_what_is_gone_leaves_no_trace_in_it(
    phone: Phone, store: Store, collector: Collector
) -> None:
    state(phone, draft_id(1), 1)
    files = list(store.home.glob(f"{FILE}*"))
    assert len(files) >= 2 and {each.stat().st_mode & 0o777 for each in files} == {0o600}
    assert any(SECRET.encode() in each.read_bytes() for each in files)
    phone.signed("DELETE", f"/draft/{draft_id(1)}")
    drafts.purge(collector, now_ms())
    assert not any(SECRET.encode() in each.read_bytes() for each in store.home.glob("*") if each.is_file())


def test_neither_ledger_nor_log_ever_holds_a_word_of_it(
    phone: Phone, store: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    position = store.position
    state(phone, draft_id(1), 1)
    monkeypatch.setattr("ledger.drafts.Saved", None)  # whatever goes wrong while a draft is saved
    assert put(phone, draft_id(1), 2).status_code == 500
    assert SECRET not in caplog.text and store.position == position
    assert not any(SECRET.encode() in each.read_bytes() for each in store.home.glob("ledger.db*"))


def test_a_damaged_file_of_drafts_harms_no_record_and_the_doctor_says_so(phone: Phone, store: Store) -> None:
    (store.home / FILE).write_bytes(b"no database at all" * 100)
    answer = put(phone, draft_id(1), 1)
    assert answer.status_code == 503 and answer.headers["Retry-After"]
    assert phone.results([phone.record(store.current["visit"], VISIT)])[0]["state"] == "accepted"
    assert "doctor.drafts_damaged" in {each.key for each in examine(store.home).faults}


def test_the_doctor_counts_drafts_and_sees_what_should_be_gone(phone: Phone, store: Store) -> None:
    assert not any("drafts" in each.key for each in examine(store.home).findings)
    state(phone, draft_id(1), 1)
    told = {each.key: each.params for each in examine(store.home).findings}
    assert (told["doctor.drafts"]["number"], told["doctor.drafts"]["persons"]) == (1, 1)
    Drafts(store.home).save("p", draft_id(2), 1, "x", "d", now_ms() - 93 * DAY_MS)
    (store.home / FILE).chmod(0o644)
    keys = {each.key for each in examine(store.home).findings}
    assert {"doctor.drafts_overdue", "doctor.drafts_open"} <= keys


def test_nothing_that_publishes_knows_of_drafts() -> None:
    files = [*(ROOT / "publisher").rglob("*.py"), ROOT / "build.py"]
    assert files and not any("drafts" in each.read_text("utf-8") for each in files)
