"""What a phone reads: hello, forms, lists, its own records."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from collector.state import Collector
from ledger.store import OfficeRecord, Store
from tests.collector.phone import Client, Phone, id_of

NOTE = {"day": "2026-03-02", "subject": "路灯"}


def test_hello_says_who_we_are_and_what_is_new(client: Client, store: Store, roll: Any) -> None:
    said = client.request("GET", "/api/v1/hello").json()
    assert said["protocol"] == ["mingbai/1"]
    assert (said["ledger"], said["epoch"], said["position"]) == (store.ledger_id, store.epoch, 3)
    assert said["limits"] == {"records": 100, "bytes": 1 << 20, "photo": 8 << 20}
    assert said["safe_position"] is None
    assert set(said["refs"]) == {"deputy", "grid"} and said["congress"]["name"]["zh"] == "试验区人民代表大会"
    assert (said["site"], said["data"]) == ("http://127.0.0.1:8750", "http://127.0.0.1:8752")


def test_forms_are_sent_once(client: Client) -> None:
    first = client.request("GET", "/api/v1/forms")
    assert {form["kind"] for form in first.json()["forms"]} >= {"visit", "suggestion", "note"}
    tag = first.headers["etag"]
    assert client.request("GET", "/api/v1/hello").json()["forms"] == tag.strip('"')
    again = client.request("GET", "/api/v1/forms", headers={"If-None-Match": tag})
    assert again.status_code == 304 and again.content == b"" and again.headers["etag"] == tag
    assert client.request("GET", "/api/v1/forms", headers={"If-None-Match": f"W/{tag}"}).status_code == 304


def test_a_list_has_code_name_and_heading_and_is_sent_once(phone: Phone, store: Store, roll: Any) -> None:
    first = phone.get("/ref/grid")
    assert first.json() == {
        "kind": "grid",
        "records": [{"code": roll["liuhe-03"], "name": "liuhe-03", "label": "柳河三格", "about": None}],
    }
    tag = first.headers["etag"]
    assert phone.hello()["refs"]["grid"] == tag.strip('"')
    assert phone.get("/ref/grid", {"If-None-Match": tag}).status_code == 304
    store.office_append([OfficeRecord("grid", {"name": "新格"})])
    assert len(phone.get("/ref/grid", {"If-None-Match": tag}).json()["records"]) == 2


def test_only_what_forms_refer_to_is_a_list(phone: Phone) -> None:
    for kind in ("visit", "approval", "nothing", "..", "%2e%2e"):
        assert phone.get(f"/ref/{kind}").status_code == 404


def test_receipts_tell_the_durable_state_of_ones_own_records(phone: Phone, store: Store) -> None:
    form = store.current["note"]
    good, bad = phone.record(form, NOTE), phone.record(form, {"day": "2026-03-02"})
    results = phone.results([good, bad])
    said = phone.post("/receipts", {"ids": [id_of(good), id_of(bad), "unknown", "'; --"]}).json()
    assert said["device"] == {"state": "active"} and said["person"]["name"] == "王芳"
    assert said["safe_position"] is None
    for each, result in zip(said["receipts"], results, strict=True):
        assert {name: each[name] for name in ("id", "digest", "state", "code", "position", "problems")} == {
            name: result[name] for name in ("id", "digest", "state", "code", "position", "problems")
        }
        assert each["published"] is None


def test_the_records_of_others_are_not_told(
    phone: Phone, new_phone: Callable[..., Phone], store: Store
) -> None:
    mine = phone.record(store.current["note"], NOTE)
    phone.results([mine])
    other = new_phone("d2")
    assert other.post("/receipts", {"ids": [id_of(mine)]}).json()["receipts"] == []
    assert other.get("/pull").json()["records"] == []


def test_published_is_read_from_the_current_release(phone: Phone, store: Store, collector: Collector) -> None:
    record = phone.record(store.current["note"], NOTE)
    code = phone.results([record])[0]["code"]

    def published() -> Any:
        return phone.post("/receipts", {"ids": [id_of(record)]}).json()["receipts"][0]["published"]

    def release(name: str, manifest: str) -> None:
        folder: Path = collector.site / "releases" / name
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_text(manifest)
        (collector.site / "next").symlink_to(folder)
        (collector.site / "next").rename(collector.site / "current")

    release("1", json.dumps({"id": "1", "position": 4, "records": {}}))
    assert published() is None
    release("2", json.dumps({"id": "2", "position": 4, "records": {code: f"note/{code}.html"}}))
    assert published() == f"http://127.0.0.1:8750/note/{code}.html"
    release("3", "not json")
    assert published() is None
    release("4", json.dumps({"records": 5}))
    assert published() is None


@pytest.mark.parametrize(
    "body", [{}, {"ids": "x"}, {"ids": [1]}, {"ids": ["x"] * 1001}, [], {"ids": {"a": 1}}]
)
def test_a_wrong_question_is_400(phone: Phone, body: Any) -> None:
    assert phone.post("/receipts", body).status_code == 400


def test_a_reinstalled_phone_pulls_everything_of_its_person_page_by_page(
    phone: Phone, new_phone: Callable[..., Phone], store: Store
) -> None:
    form = store.current["note"]
    records = [phone.record(form, {**NOTE, "subject": f"第{n}件"}) for n in range(120)]
    proof = phone.record(store.current["suggestion"], {"subject": "修路灯"})
    phone.results(records[:100])
    phone.results([*records[100:], proof])
    another = new_phone("d1")
    pages, cursor = [], ""
    while True:
        page = another.get(f"/pull?cursor={cursor}").json()
        pages.append(page["records"])
        cursor = page["cursor"]
        if not page["more"]:
            break
    assert [len(page) for page in pages] == [100, 21]
    pulled = [each for page in pages for each in page]
    assert [each["id"] for each in pulled] == [id_of(each) for each in [*records, proof]]
    assert pulled[0]["answers"] == {**NOTE, "subject": "第0件"} and pulled[0]["state"] == "accepted"
    assert another.get(f"/pull?cursor={cursor}").json()["records"] == []


def test_a_strange_cursor_is_400_and_one_of_another_epoch_begins_again(phone: Phone, store: Store) -> None:
    from ledger.signature import b64u

    phone.results([phone.record(store.current["note"], NOTE)])
    for cursor in ("x", "AAAA", b64u(b"no number:x"), "%ff"):
        assert phone.get(f"/pull?cursor={cursor}").status_code == 400
    assert len(phone.get(f"/pull?cursor={b64u(b'another:999')}").json()["records"]) == 1
