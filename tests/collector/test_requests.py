"""Who signed a request; and one that is not as it should be: never a 5xx, always a problem."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.accounts import NONCE_MS
from collector.door import CSP
from ledger.keys import new_key
from ledger.store import Store, now_ms
from tests.collector.phone import API, Client, Phone

MIB = 1 << 20


def refused(answer: Any, status: int, problem: str) -> None:
    """The answer is this problem, said in both languages."""
    assert answer.status_code == status, answer.content
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert (said["type"], said["status"]) == (f"mingbai:{problem.replace('.', '/')}", status)
    assert said["detail"] in said["errors"][0]["say"].values() and set(said["errors"][0]["say"]) == {
        "zh",
        "en",
    }
    assert problem not in said["detail"]


def test_a_push_signed_by_another_key_is_401(phone: Phone, store: Store) -> None:
    body = json.dumps({"batch": "b", "records": [1]}).encode()
    before = store.position
    refused(phone.signed("POST", "/push", body, key=new_key()), 401, "push.request_signature")
    refused(phone.signed("POST", "/push", body, key=phone.keys["proof"]), 401, "push.request_signature")
    assert store.position == before


@pytest.mark.parametrize("signature", ["", "x", "A" * 86, "é"])
def test_what_is_no_signature_is_401(phone: Phone, signature: str) -> None:
    headers: Any = {"Mingbai-Signature": signature.encode("latin-1")}
    refused(phone.signed("GET", "/pull", headers=headers), 401, "push.request_signature")


def test_method_path_query_body_and_nonce_are_all_signed(phone: Phone) -> None:
    phone.hello()
    right = dict(phone.get("/pull?cursor=").request.headers)  # type: ignore[attr-defined]
    mine = {name: value for name, value in right.items() if name.startswith("mingbai-")}
    ask = phone.client.request
    assert ask("GET", f"{API}/pull?cursor=", headers=mine).status_code == 200
    for method, path, body in (
        ("GET", "/pull", b""),
        ("GET", "/pull?cursor=x", b""),
        ("GET", "/ref/grid", b""),
        ("POST", "/receipts", b""),
        ("GET", "/pull?cursor=", b"x"),
    ):
        refused(ask(method, API + path, headers=mine, content=body), 401, "push.request_signature")
    other = phone.hello()["nonce"]
    refused(
        ask("GET", f"{API}/pull?cursor=", headers={**mine, "mingbai-nonce": other}),
        401,
        "push.request_signature",
    )


def test_an_old_nonce_is_401_and_a_new_one_comes_along(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    phone.hello()
    later = now_ms() + NONCE_MS + 1000
    monkeypatch.setattr("collector.server.now_ms", lambda: later)
    answer = phone.get("/pull")
    refused(answer, 401, "push.nonce")
    phone._nonce = answer.headers["Mingbai-Nonce"]
    assert phone.get("/pull").status_code == 200


def test_a_nonce_may_serve_more_than_once(phone: Phone) -> None:
    assert [phone.get("/pull").status_code for _ in range(3)] == [200] * 3


def test_an_unknown_device_is_401_and_so_is_the_proof_device(phone: Phone) -> None:
    for device in ("nobody", "", phone.devices["proof"]):
        refused(phone.signed("GET", "/pull", headers={"Mingbai-Device": device}), 401, "push.device_unknown")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"[",
        b"null",
        b"5",
        b'"x"',
        b"[]",
        b"{}",
        b"\xff\xfe",
        b'\xef\xbb\xbf{"batch":"b","records":[1]}',
        b'{"batch":"b","batch":"c","records":[1]}',
        b'{"batch":NaN,"records":[1]}',
        b'{"batch":"b","records":[Infinity]}',
        b'{"batch":"\\ud800","records":[1]}',
        b'{"batch":"b","records":["\\udfff"]}',
        b'{"batch":1,"records":[1]}',
        b'{"batch":"","records":[1]}',
        b'{"batch":"b","records":[]}',
        b'{"batch":"b","records":{}}',
        b'{"batch":"b"}',
        b'{"batch":"b","records":null}',
        b"[" * 500_000,
        b'{"batch":' + b"[" * 30 + b"]" * 30 + b"}",
        b'{"batch":"b","records":[1e999]}',
        b'{"batch":"b","records":[' + b"9" * 400 + b"]}",
        b"\x00",
        b'{"batch":"b","records":[1]}x',
        b'{"batch":"' + b"x" * 65 + b'","records":[1]}',
    ],
)
def test_a_body_that_is_no_batch_is_a_problem_and_never_a_5xx(phone: Phone, body: bytes) -> None:
    answer = phone.signed("POST", "/push", body)
    assert answer.status_code == 400, answer.content
    assert (
        answer.headers["content-type"] == "application/problem+json"
        and answer.json()["errors"][0]["say"]["zh"]
    )


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
shaped = st.fixed_dictionaries(
    {}, optional={name: json_values for name in ("batch", "records", "ids", "code", "keys", "signature")}
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(["/push", "/receipts", "/enrol"]), value=json_values | shaped)
def test_whatever_json_is_sent_is_answered(phone: Phone, path: str, value: Any) -> None:
    answer = phone.signed("POST", path, json.dumps(value).encode())
    assert answer.status_code < 500, answer.content


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    record=json_values
    | st.fixed_dictionaries({name: json_values for name in ("envelope", "signature", "disclosures")})
)
def test_whatever_stands_as_a_record_is_kept_and_answered(phone: Phone, record: Any) -> None:
    answer = phone.signed("POST", "/push", json.dumps({"batch": "b", "records": [record]}).encode())
    assert answer.status_code in (200, 400), answer.content
    if answer.status_code == 200:
        assert answer.json()["results"][0]["position"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200), encoding=st.sampled_from(["identity", "gzip", "br", "é", ""]))
def test_whatever_bytes_are_sent_are_answered(phone: Phone, data: bytes, encoding: str) -> None:
    headers: Any = {"Content-Encoding": encoding.encode("latin-1")}
    assert phone.signed("POST", "/push", data, headers).status_code < 500


def test_a_body_over_a_mebibyte_is_413_while_it_still_comes(phone: Phone, client: Client) -> None:
    refused(phone.signed("POST", "/push", b"x" * (MIB + 1)), 413, "push.too_large")
    answer = client.request("POST", f"{API}/enrol", content=b"x" * (MIB + 1))
    refused(answer, 413, "push.too_large")


def test_a_gzip_bomb_is_413_and_never_unpacked(phone: Phone) -> None:
    bomb = gzip.compress(bytes(200 * MIB))
    assert len(bomb) < MIB
    refused(phone.signed("POST", "/push", bomb, {"Content-Encoding": "gzip"}), 413, "push.too_large")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not gzip",
        gzip.compress(b"{}", mtime=0)[:-3],
        gzip.compress(b"{}", mtime=0) + b"more",
        gzip.compress(b"{}", mtime=0) * 2,
        zlib.compress(b"{}"),
        b"\x1f\x8b" + b"\xff" * 30,
    ],
)
def test_a_bad_gzip_body_is_400(phone: Phone, body: bytes) -> None:
    refused(phone.signed("POST", "/push", body, {"Content-Encoding": "gzip"}), 400, "push.gzip")


def test_another_encoding_is_415(phone: Phone) -> None:
    refused(phone.signed("POST", "/push", b"{}", {"Content-Encoding": "br"}), 415, "push.encoding")


@pytest.mark.parametrize(
    ("method", "path", "status", "problem"),
    [
        ("GET", "/api/v1/push", 405, "push.method"),
        ("PUT", "/api/v1/hello", 405, "push.method"),
        ("DELETE", "/api/v1/forms", 405, "push.method"),
        ("GET", "/api/v1/nothing", 404, "push.not_found"),
        ("GET", "/api/", 404, "push.not_found"),
        ("POST", "/", 405, "push.method"),
        ("GET", "/no/such", 404, "push.not_found"),
        ("GET", "/../home/ledger.db", 404, "push.not_found"),
        ("GET", "/%2e%2e/home/ledger.db", 404, "push.not_found"),
        ("GET", "/assets", 404, "push.not_found"),
        ("GET", "/%00", 404, "push.not_found"),
        ("GET", "/" + "x" * 3000, 404, "push.not_found"),
    ],
)
def test_a_wrong_address_is_a_problem_too(
    client: Client, method: str, path: str, status: int, problem: str
) -> None:
    refused(client.request(method, path), status, problem)


def test_no_file_outside_the_app_is_served(client: Client, tmp_path: Any) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "app/link.txt").symlink_to(tmp_path / "secret.txt")
    for path in (
        "/link.txt",
        "/..%2fsecret.txt",
        "/assets/../../secret.txt",
        "//secret.txt",
        f"/{tmp_path}/secret.txt",
    ):
        assert b"secret" not in client.request("GET", path).content


def test_english_is_spoken_to_who_asks_for_it(client: Client) -> None:
    zh = client.request("GET", "/api/v1/nothing", headers={"Accept-Language": "zh-CN,en;q=0.5"})
    en = client.request("GET", "/api/v1/nothing", headers={"Accept-Language": "en-GB,zh;q=0.5"})
    assert "没有" in zh.json()["detail"] and "nothing here" in en.json()["detail"]
    assert (zh.headers["content-language"], en.headers["content-language"]) == ("zh", "en")


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "a b", "[::2]", "127.0.0.1:80:90"]
)
def test_another_host_name_is_421(client: Client, host: str) -> None:
    refused(client.request("GET", "/api/v1/hello", headers={"Host": host}), 421, "push.host")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8751", "localhost:99", "LOCALHOST", "[::1]:8751"])
def test_our_own_host_names_are_answered(client: Client, host: str) -> None:
    assert client.request("GET", "/api/v1/hello", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/sw.js", "/api/v1/hello", "/api/v1/nothing", "/no/such"])
def test_every_answer_carries_the_security_headers(client: Client, path: str) -> None:
    headers = client.request("GET", path).headers
    assert headers["content-security-policy"] == CSP
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"


def test_the_policy_allows_no_eval_no_frame_and_no_other_origin() -> None:
    rules = dict(rule.strip().split(" ", 1) for rule in CSP.split(";"))
    assert (
        rules["default-src"]
        == rules["frame-ancestors"]
        == rules["base-uri"]
        == rules["form-action"]
        == "'none'"
    )
    assert rules["script-src"] == rules["connect-src"] == "'self'" and "unsafe" not in CSP
    assert rules["require-trusted-types-for"] == "'script'"


def test_the_app_is_asked_for_again_and_what_bears_a_digest_is_kept(client: Client) -> None:
    for path in ("/", "/index.html", "/sw.js"):
        assert client.request("GET", path).headers["cache-control"] == "no-cache"
    asset = client.request("GET", "/assets/app-SFuTenjJ.js")
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert asset.headers["content-type"] == "text/javascript; charset=utf-8"


def test_our_own_mistake_is_a_problem_and_says_nothing_of_the_inside(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("collector.state.Collector.forms_etag", lambda self: 1 / 0)
    answer = client.request("GET", "/api/v1/hello")
    refused(answer, 500, "push.our_fault")
    assert b"Zero" not in answer.content and "ZeroDivisionError" in caplog.text


def test_a_full_disk_is_503_and_try_again(phone: Phone, store: Store) -> None:
    pages = store.do(lambda store: store.db.pragma("page_count")).result()
    store.do(lambda store: store.db.pragma("max_page_count", pages + 1)).result()
    form = store.current["note"]
    records = [
        phone.record(form, {"day": "2026-03-02", "subject": "事", "text": "长" * 2000}) for _ in range(20)
    ]
    answer = phone.push(records)
    refused(answer, 503, "push.disk_full")
    assert int(answer.headers["Retry-After"]) > 0
    store.do(lambda store: store.db.pragma("max_page_count", 1 << 30)).result()
    assert {each["state"] for each in phone.results(records)} == {"accepted"}


def test_what_is_large_and_the_same_for_everybody_travels_packed(client: Client) -> None:
    packed = client.request("GET", f"{API}/forms", headers={"Accept-Encoding": "gzip"})
    plain = client.request("GET", f"{API}/forms", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert packed.json() == plain.json()
    tag = packed.headers["etag"]
    assert client.request("GET", f"{API}/forms", headers={"If-None-Match": tag}).status_code == 304
