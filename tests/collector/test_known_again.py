"""A phone that was enrolled after the backup, so the ledger does not know it: it comes back as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector import accounts
from collector.again import Before, statement
from collector.office import Office, confirm, invite
from ledger.envelope import uuid7
from ledger.signature import sign
from ledger.store import Store
from tests.collector.phone import API, Client, Phone, Response

NewPhone = Callable[..., Phone]
NOTE = {"day": "2026-03-02", "subject": "事"}


@pytest.fixture(autouse=True)
def _roll(roll: dict[str, str]) -> None:
    """Every test here has the roll."""


def code_for(office: Office, who: str = "d1") -> str:
    return str(invite(office, "zh", "deputy", who, 3)["code"]).replace(" ", "")


def forget(store: Store, phone: Phone) -> None:
    """The ledger as it was before the phone came: what a restore from an older backup makes of it."""

    def run(store: Store) -> None:
        store.db.execute("DELETE FROM device WHERE id IN (?, ?)", tuple(phone.devices.values()))
        store.devices = {id: each for id, each in store.devices.items() if id not in phone.devices.values()}

    store.do(run).result()


def again(phone: Phone, code: str, **changed: Any) -> Response:
    """Enrol as the phone that one was; `changed` takes the place of what is sent."""
    before = Before(phone.devices["records"], phone.devices["proof"])
    keys = phone.spki
    first = accounts.enrol_statement(code, keys["records"], keys["proof"])
    second = statement(code, keys["records"], keys["proof"], before)
    told = {"devices": dict(phone.devices), "signature": sign(second, phone.keys["proof"])}
    body = {"code": code, "keys": keys, "signature": sign(first, phone.keys["records"]), "again": told}
    return phone.client.request("POST", f"{API}/enrol", content=json.dumps({**body, **changed}).encode())


def digits(phone: Phone) -> str:
    return accounts.six_digits(phone.spki["records"], phone.spki["proof"], phone.ledger)


def test_a_forgotten_phone_comes_back_under_its_ids_and_its_records_count(
    phone: Phone, office: Office, store: Store
) -> None:
    before = [phone.record(store.current["note"], NOTE) for _ in range(3)]
    forget(store, phone)
    refused = phone.push(before)
    assert refused.status_code == 401 and refused.json()["type"] == "mingbai:push/device_unknown"
    answer = again(phone, code_for(office))
    assert answer.status_code == 200 and answer.json()["devices"] == phone.devices
    assert answer.json()["state"] == "pending" and answer.json()["six_digits"] == digits(phone)
    assert phone.push(before).json()["type"] == "mingbai:push/pending"
    confirm(office, "zh", digits(phone))
    assert [each["state"] for each in phone.results(before)] == ["accepted"] * 3
    assert [each["state"] for each in phone.results(before)] == ["replayed"] * 3
    marks = store.do(lambda held: held.db.execute("SELECT mark FROM entry").fetchall()).result()
    assert {mark for (mark,) in marks} == {None}


def test_the_same_code_may_be_asked_again_since_the_answer_may_be_lost(
    phone: Phone, office: Office, store: Store
) -> None:
    forget(store, phone)
    code = code_for(office)
    assert again(phone, code).json()["devices"] == again(phone, code).json()["devices"] == phone.devices


def test_who_holds_one_of_the_two_keys_only_is_not_let_in(
    phone: Phone, client: Client, office: Office, store: Store
) -> None:
    forget(store, phone)
    code, other = code_for(office), Phone(client)
    keys = {"records": other.spki["records"], "proof": phone.spki["proof"]}
    first = accounts.enrol_statement(code, keys["records"], keys["proof"])
    before = Before(phone.devices["records"], phone.devices["proof"])
    by_other = sign(statement(code, keys["records"], keys["proof"], before), other.keys["proof"])
    told = {"devices": dict(phone.devices), "signature": by_other}
    answer = again(phone, code, keys=keys, signature=sign(first, other.keys["records"]), again=told)
    assert answer.status_code == 400 and answer.json()["errors"][0]["pointer"] == "/again/signature"
    assert again(phone, code).status_code == 200


def test_a_server_that_does_not_ask_for_both_keys_would_be_caught(
    phone: Phone, client: Client, office: Office, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.again.verified", lambda *_: True)
    with pytest.raises(AssertionError):
        test_who_holds_one_of_the_two_keys_only_is_not_let_in(phone, client, office, store)


def test_nobody_takes_the_ids_of_a_phone_that_is_known(
    phone: Phone, client: Client, office: Office, store: Store
) -> None:
    thief = Phone(client)
    thief.devices, thief.ledger = dict(phone.devices), phone.ledger
    answer = again(thief, code_for(office))
    assert answer.status_code == 403 and answer.json()["type"] == "mingbai:push/enrol_key_known"
    assert store.devices[phone.devices["records"]].key == phone.spki["records"]


def test_a_stopped_phone_does_not_come_back_this_way(phone: Phone, office: Office, store: Store) -> None:
    accounts.revoke(store, phone.devices["records"], "丢失", 0)
    assert again(phone, code_for(office)).json()["type"] == "mingbai:push/enrol_key_known"
    assert store.devices[phone.devices["records"]].state == "revoked"


A = uuid7(0, bytes(10))


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ([], "/again"),
        ("x", "/again"),
        ({"devices": {"records": A, "proof": A}}, "/again"),
        ({"devices": None, "signature": "x"}, "/again"),
        ({"devices": {"records": A, "proof": A}, "signature": "x"}, "/again/devices/proof"),
        ({"devices": {"records": "../etc", "proof": A}, "signature": "x"}, "/again/devices/records"),
        ({"devices": {"records": A, "proof": A.upper() + "0"}, "signature": "x"}, "/again/devices/proof"),
        ({"devices": {"records": A, "proof": 7}, "signature": "x"}, "/again/devices/proof"),
    ],
)
def test_what_is_no_pair_of_ids_uses_nothing_up(phone: Phone, office: Office, told: Any, at: str) -> None:
    code = code_for(office)
    answer = again(phone, code, again=told)
    assert answer.status_code == 400 and answer.json()["errors"][0]["pointer"] == at
    assert Phone(phone.client).enrol(code).status_code == 200


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.recursive(st.none() | st.integers() | st.text(), lambda inside: st.lists(inside) | st.dictionaries(
    st.sampled_from(["devices", "signature", "records", "proof"]), inside), max_leaves=6))  # fmt: skip
def test_whatever_is_claimed_is_a_refusal_or_a_new_phone(phone: Phone, office: Office, told: Any) -> None:
    assert again(phone, "7" * 13, again=told).status_code in (400, 403, 429)
