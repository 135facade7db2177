"""Who may ask, in which words, and what every answer carries."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from collector import door
from collector.state import Collector
from ledger.store import Store
from tests.collector.phone import API, Client, Phone
from tests.collector.test_requests import refused

SIMPLE = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/html")
"""What a page may send to another origin without asking first, and what is nothing of ours."""
ELSEWHERE = (
    "null", "http://evil.example", "http://127.0.0.1:8750", "https://127.0.0.1.evil.example",
    "http://127.0.0.1@evil",
    "file://", "", "chrome-extension://abc", "http://127.0.0.1 http://evil.example",
)  # fmt: skip


@pytest.mark.parametrize("origin", ELSEWHERE)
def test_a_page_of_another_origin_changes_nothing(
    phone: Phone, client: Client, store: Store, origin: str
) -> None:
    before = store.position
    record = phone.record(store.current["note"], {"day": "2026-03-02", "subject": "事"})
    body = json.dumps({"batch": "b", "records": [record]}).encode()
    refused(phone.signed("POST", "/push", body, {"Origin": origin}), 403, "push.origin")
    refused(
        client.request("POST", f"{API}/enrol", content=b"{}", headers={"Origin": origin}), 403, "push.origin"
    )
    assert store.position == before
    assert phone.results([record])[0]["state"] == "accepted"


@pytest.mark.parametrize("origin", ["http://127.0.0.1", "https://127.0.0.1", "http://127.0.0.1:8751"])
def test_our_own_page_changes_what_it_may(phone: Phone, origin: str) -> None:
    answer = phone.signed("POST", "/receipts", b'{"ids":[]}', {"Origin": origin})
    assert answer.status_code == 200


@pytest.mark.parametrize("media", SIMPLE)
def test_only_json_and_photos_are_taken(phone: Phone, client: Client, media: str) -> None:
    refused(phone.signed("POST", "/receipts", b'{"ids":[]}', {"Content-Type": media}), 415, "push.media")
    answer = client.request("POST", f"{API}/enrol", content=b"{}", headers={"Content-Type": media})
    refused(answer, 415, "push.media")
    refused(phone.signed("PUT", f"/blob/{'0' * 64}", b"x", {"Content-Type": media}), 415, "push.media")


def test_two_names_for_one_host_are_none(client: Client) -> None:
    headers: Any = [("Host", "127.0.0.1"), ("Host", "evil.example")]
    refused(client.request("GET", f"{API}/hello", headers=headers), 421, "push.host")


def test_beyond_what_can_be_answered_at_once_one_is_asked_to_come_back(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "MOST_AT_ONCE", 0)
    answer = client.request("GET", f"{API}/hello")
    refused(answer, 503, "push.busy")
    assert answer.headers["retry-after"] == "5"


ASKED = [
    ("GET", "/", 200),
    ("GET", "/sw.js", 200),
    ("GET", "/assets/app-SFuTenjJ.js", 200),
    ("GET", "/nothing", 404),
    ("GET", f"{API}/hello", 200),
    ("GET", f"{API}/nothing", 404),
    ("GET", API, 404),
    ("GET", f"{API}/hello/", 404),
    ("POST", "/", 405),
    ("DELETE", f"{API}/push", 405),
    ("GET", f"{API}/push", 405),
    ("PATCH", f"{API}/hello", 405),
    ("TRACE", "/", 405),
    ("OPTIONS", f"{API}/push", 405),
    ("GET", f"{API}/pull", 401),
    ("POST", f"{API}/enrol", 400),
    ("PUT", f"{API}/blob/abc", 401),
]


@pytest.mark.parametrize(("method", "path", "status"), ASKED)
def test_every_answer_carries_each_security_header_once_and_tells_nothing_of_the_inside(
    client: Client, collector: Collector, method: str, path: str, status: int
) -> None:
    answer: Any = client.request(method, path)
    assert answer.status_code == status
    for name, value in door.HEADERS.items():
        assert answer.headers.get_list(name) == [value]
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status
    told = (str(answer.headers) + answer.text).lower()
    for word in ("uvicorn", "starlette", "python", "sqlite", "traceback", str(collector.store.home).lower()):
        assert word not in told
    assert "server" not in answer.headers and "x-powered-by" not in answer.headers
    assert not any(name.startswith("access-control") for name in answer.headers)


def test_no_answer_sets_a_cookie_and_no_redirect_leaves_the_house(client: Client) -> None:
    for path in ("//evil.example", "/\\evil.example", "/%2f%2fevil.example/", f"{API}//evil.example/.."):
        answer = client.request("GET", path)
        assert "set-cookie" not in answer.headers
        assert not re.match(r"(https?:)?//", answer.headers.get("location", ""))
