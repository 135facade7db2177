"""How a phone becomes a person's: one code, two keys, six digits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector import accounts
from collector.accounts import TRIES, TRY_MS, Nonces, Throttle, normal_code, six_digits
from collector.office import Office, confirm, devices, invite, revoke
from collector.refusal import Refusal
from collector.state import Collector
from ledger.keys import certified
from ledger.registry import Refused
from ledger.signature import b64u, sign, spki, unb64u
from ledger.store import OfficeRecord, Store, now_ms
from tests.collector.phone import Client, Phone

NewPhone = Callable[..., Phone]


def code_for(office: Office, who: str = "d1", role: str = "deputy") -> str:
    return str(invite(office, "zh", role, who, 3)["code"]).replace(" ", "")


def type_of(answer: Any) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["type"])


@pytest.fixture(autouse=True)
def _roll(roll: dict[str, str]) -> None:
    """Every test here has the roll."""


def test_the_link_carries_code_and_fingerprint_behind_the_hash(office: Office) -> None:
    made = invite(office, "zh", "deputy", "d1", 3)
    print_of = b64u(hashlib.sha256(unb64u(office.store.keys.recovery)).digest())[:16]
    assert made["link"] == f"http://127.0.0.1:8751/#e={made['code'].replace(' ', '')}&k={print_of}"
    assert made["name"] == "王芳"


def test_an_enrolment_gives_two_pending_devices_and_what_to_pin(
    client: Client, office: Office, store: Store, roll: dict[str, str]
) -> None:
    phone = Phone(client)
    answer = phone.enrol(code_for(office)).json()
    assert answer["state"] == "pending" and set(answer["devices"]) == {"records", "proof"}
    assert answer["person"] == {"code": roll["d1"], "name": "王芳", "role": "deputy", "organ": None}
    assert (answer["ledger"], answer["epoch"]) == (store.ledger_id, store.epoch)
    assert answer["six_digits"] == six_digits(phone.spki["records"], phone.spki["proof"], store.ledger_id)
    keys = [certified(each, "receipt", answer["recovery_key"]) for each in answer["certificates"]]
    assert spki(store.keys.receipt.public_key()) in keys


def test_a_code_is_kept_only_as_a_digest(office: Office, tmp_path: Path) -> None:
    code = code_for(office)
    office.store.close()
    for path in (tmp_path / "home").rglob("*"):
        assert not path.is_file() or code.encode() not in path.read_bytes()


def test_a_code_serves_once(client: Client, office: Office) -> None:
    code = code_for(office)
    assert Phone(client).enrol(code).status_code == 200
    again = Phone(client).enrol(code)
    assert again.status_code == 403 and type_of(again) == "mingbai:push/enrol_used"


def test_the_same_keys_may_ask_again_since_the_answer_may_be_lost(client: Client, office: Office) -> None:
    code, phone = code_for(office), Phone(client)
    assert phone.enrol(code).json()["devices"] == phone.enrol(code).json()["devices"]


def test_a_code_is_good_for_three_days(
    client: Client, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = code_for(office)
    day = 24 * 3600 * 1000
    later = now_ms() + 3 * day + 1000
    monkeypatch.setattr("collector.server.now_ms", lambda: later)
    late = Phone(client).enrol(code)
    assert late.status_code == 403 and type_of(late) == "mingbai:push/enrol_expired"


def test_a_typed_code_may_be_written_as_people_write(client: Client, office: Office) -> None:
    code = code_for(office)
    typed = f" {code[:4].lower()}-{code[4:8]} {code[8:]}".replace("0", "o").replace("1", "l")
    assert Phone(client).enrol(typed).status_code == 200


def test_wrong_codes_are_counted_and_then_nobody_at_that_address_may_try(
    client: Client, office: Office
) -> None:
    code = code_for(office)
    for _ in range(TRIES):
        wrong = Phone(client).enrol("7" * 13)
        assert wrong.status_code == 403 and type_of(wrong) == "mingbai:push/enrol_unknown"
    answer = Phone(client).enrol(code)
    assert answer.status_code == 429 and 0 < int(answer.headers["Retry-After"]) <= TRY_MS // 1000 + 1
    assert "15" in answer.json()["detail"]


def test_tries_are_forgotten_after_a_quarter_of_an_hour() -> None:
    throttle = Throttle()
    for _ in range(TRIES):
        throttle.check("a", 0)
        throttle.wrong("a", 0)
    throttle.check("b", 0)
    with pytest.raises(Refusal):
        throttle.check("a", TRY_MS - 1)
    throttle.check("a", TRY_MS)
    assert throttle.tries == {}


def test_many_addresses_together_are_throttled_too() -> None:
    throttle = Throttle()
    for n in range(accounts.TRIES_IN_ALL):
        throttle.check(f"address {n}", 0)
        throttle.wrong(f"address {n}", 0)
    with pytest.raises(Refusal):
        throttle.check("a fresh address", 1)


@pytest.mark.parametrize("change", ["signature", "keys", "same", "shape", "list"])
def test_an_enrolment_that_does_not_hold_together_uses_nothing_up(
    client: Client, office: Office, change: str
) -> None:
    code, phone, other = code_for(office), Phone(client), Phone(client)
    statement = accounts.enrol_statement(code, phone.spki["records"], phone.spki["proof"])
    body: Any = {"code": code, "keys": phone.spki, "signature": sign(statement, phone.keys["records"])}
    match change:
        case "signature":
            body["signature"] = sign(statement, other.keys["records"])
        case "keys":
            body["keys"] = {**phone.spki, "proof": other.spki["proof"]}
        case "same":
            body["keys"] = {"records": phone.spki["records"], "proof": phone.spki["records"]}
        case "shape":
            body["keys"] = "none"
        case "list":
            body = [body]
    answer = client.request("POST", "/api/v1/enrol", content=json.dumps(body).encode())
    assert answer.status_code == 400 and answer.json()["errors"][0]["say"]["zh"]
    assert phone.enrol(code).status_code == 200


def test_a_key_is_enrolled_once(client: Client, office: Office) -> None:
    phone = Phone(client)
    phone.enrol(code_for(office))
    again = phone.enrol(code_for(office))
    assert again.status_code == 403 and type_of(again) == "mingbai:push/enrol_key_known"


def test_until_the_digits_are_confirmed_nothing_is_taken(
    new_phone: NewPhone, store: Store, office: Office
) -> None:
    phone = new_phone(confirmed=False)
    record = phone.record(store.current["note"], {"day": "2026-03-02", "subject": "事"})
    answer = phone.push([record])
    assert answer.status_code == 403 and type_of(answer) == "mingbai:push/pending"
    assert phone.get("/ref/grid").status_code == 403
    assert phone.post("/receipts", {"ids": []}).json()["device"] == {"state": "pending"}
    digits = six_digits(phone.spki["records"], phone.spki["proof"], phone.ledger)
    assert confirm(office, "zh", f"{digits[:3]} {digits[3:]}")["name"] == "王芳"
    assert phone.results([record])[0]["state"] == "accepted"


def test_other_digits_confirm_nobody(new_phone: NewPhone, office: Office) -> None:
    phone = new_phone(confirmed=False)
    digits = int(six_digits(phone.spki["records"], phone.spki["proof"], phone.ledger))
    with pytest.raises(Refused, match="no_such_digits"):
        confirm(office, "zh", f"{(digits + 1) % 1_000_000:06d}")


def test_the_digits_follow_from_keys_and_ledger() -> None:
    assert six_digits("a", "b", "c") == six_digits("a", "b", "c")
    assert len({six_digits(*each) for each in (("a", "b", "c"), ("b", "a", "c"), ("a", "b", "d"))}) == 3


def test_the_office_sees_who_waits_and_who_is_in_use(new_phone: NewPhone, office: Office) -> None:
    new_phone("李敏", role="clerk")
    new_phone(confirmed=False)
    found = devices(office, "zh")["devices"]
    assert [(each["state"], each["role"], each["name"]) for each in found] == [
        ("active", "clerk", "李敏"),
        ("pending", "deputy", "王芳"),
    ]
    assert found[0]["digits"] is None and len(found[1]["digits"]) == 6


def test_a_deputy_must_be_on_the_roll(office: Office) -> None:
    for name in ("nobody", "DB-2026-ZZZZ", "liuhe-03"):
        with pytest.raises(Refused, match="no_such_deputy"):
            invite(office, "zh", "deputy", name, 3)
    with pytest.raises(Refused, match="no_such_role"):
        invite(office, "zh", "emperor", "x", 3)


def test_a_deputy_is_invited_by_name_where_one_is_so_called(
    new_phone: NewPhone, office: Office, store: Store, roll: dict[str, str]
) -> None:
    phone = new_phone("王芳")
    assert store.devices[phone.devices["records"]].person == roll["d1"]
    (other,) = store.office_append(
        [OfficeRecord("deputy", {"name": "王芳"}, import_key=("records", "deputy", "d3"))]
    )
    with pytest.raises(Refused, match="several_so_called") as refused:
        invite(office, "zh", "deputy", "王芳", 3)
    assert set(str(refused.value.params["codes"]).split("、")) == {roll["d1"], other.code}


def test_a_person_can_be_stopped_on_all_phones_at_once(
    new_phone: NewPhone, office: Office, roll: dict[str, str]
) -> None:
    one, two, other = new_phone("d1"), new_phone("d1"), new_phone("d2")
    assert len(revoke(office, "zh", roll["d1"], "离任")["devices"]) == 2
    states = [phone.post("/receipts", {"ids": []}).json()["device"]["state"] for phone in (one, two, other)]
    assert states == ["revoked", "revoked", "active"]
    assert one.get("/ref/grid").status_code == 403


def test_the_office_cannot_stop_itself_or_an_unclear_name(
    office: Office, store: Store, new_phone: NewPhone
) -> None:
    with pytest.raises(Refused, match="own_device"):
        revoke(office, "zh", store.office["records"], "错")
    for name in ("", "0", "nothing"):
        with pytest.raises(Refused, match="no_such_device"):
            revoke(office, "zh", name, "错")


@given(st.text(max_size=30))
def test_what_is_typed_is_a_code_or_nothing(text: str) -> None:
    code = normal_code(text)
    assert code is None or (len(code) == 13 and normal_code(code) == code)


@given(st.integers(0, 2**50), st.integers(-(2**40), 2**40))
def test_a_nonce_is_good_for_ten_minutes_and_only_ours(now: int, later: int) -> None:
    nonces = Nonces()
    nonce = nonces.issue(now)
    assert nonces.fresh(nonce, now + later) == (0 <= later <= accounts.NONCE_MS)
    assert not Nonces().fresh(nonce, now)


@pytest.mark.parametrize("nonce", ["", "x", "A" * 32, "é", "A" * 10_000, "\ud800"])
def test_what_is_no_nonce_is_not_fresh(nonce: str) -> None:
    assert not Nonces().fresh(nonce, 0)


def test_phones_fetch_forms_anew_once_they_are_told_more_of_them(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = collector.forms_etag()
    monkeypatch.setattr("collector.state.TOLD", "more")
    assert collector.forms_etag() != before


def test_changed_forms_are_taken_up_while_it_runs(collector: Collector, content: Path) -> None:
    before = collector.forms_etag()
    path = content / "forms/note.yaml"
    good = path.read_text("utf-8")
    path.write_text("kind: [", "utf-8")
    collector._looked = 0
    collector.refresh()
    assert collector.forms_etag() == before
    path.write_text(good.replace("札记", "笔记"), "utf-8")
    collector._looked = 0
    collector.refresh()
    assert collector.forms_etag() != before
    assert collector.store.current["note"].label["zh"] == "笔记"
