"""Who guesses an invitation's code gets nowhere, and soon not even an answer."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from collector import accounts
from collector.accounts import new_code
from collector.office import Office, invite
from collector.refusal import Refusal
from collector.state import Collector
from collector.throttle import TRIES, TRIES_IN_ALL, TRY_MS, Throttle, neighbours
from ledger.registry import Refused
from ledger.signature import sign
from ledger.store import Store, now_ms
from tests.collector.phone import API, Client, Phone


@pytest.fixture(autouse=True)
def _roll(roll: dict[str, str]) -> None:
    """Every test here has the roll."""


def body(phone: Phone, code: str) -> dict[str, Any]:
    statement = accounts.enrol_statement(code, phone.spki["records"], phone.spki["proof"])
    return {"code": code, "keys": phone.spki, "signature": sign(statement, phone.keys["records"])}


@pytest.mark.parametrize("guesses", [10_000])
def test_ten_thousand_guesses_let_nobody_in_and_are_not_looked_at_after_the_fifth(
    collector: Collector, office: Office, client: Client, guesses: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = [invite(office, "zh", "deputy", "d1", 3)["code"] for _ in range(20)]
    asked = Counter[str]()
    find = accounts.registry.find_invite
    monkeypatch.setattr(accounts.registry, "find_invite", lambda *a: (asked.update(["db"]), find(*a))[1])
    phone, store = Phone(client), collector.store
    now, said = now_ms(), Counter[int]()
    # The signature is checked before the code is looked up; the first twenty pay for theirs.
    signed = [body(phone, new_code()) for _ in range(20)]
    chance = random.Random(7)
    for n in range(guesses):
        guess = signed[n] if n < 20 else {**signed[-1], "code": str(chance.random())}
        try:
            accounts.enrol(store, guess, collector.throttle, "192.0.2.7", now)
        except Refusal as refused:
            said[refused.status] += 1
    assert said == {403: TRIES, 429: guesses - TRIES} and asked["db"] == TRIES
    assert not [each for each in store.devices.values() if each.state == "pending"]
    answer = Phone(client).enrol(right[0].replace(" ", ""))  # from another address
    assert answer.status_code == 200


def test_without_the_throttle_every_guess_is_looked_at(
    collector: Collector, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Throttle, "_check", lambda *_: None)
    phone, said = Phone(client), Counter[int]()
    for _ in range(40):
        try:
            accounts.enrol(
                collector.store, body(phone, new_code()), collector.throttle, "192.0.2.7", now_ms()
            )
        except Refusal as refused:
            said[refused.status] += 1
    assert said == {403: 40}


def test_guesses_at_the_same_time_are_no_more_than_one_after_the_other(
    collector: Collector, client: Client
) -> None:
    phone = Phone(client)
    guesses = [body(phone, new_code()) for _ in range(60)]
    now = now_ms()

    def guess(each: dict[str, Any]) -> int:
        try:
            accounts.enrol(collector.store, each, collector.throttle, "192.0.2.7", now)
        except Refusal as refused:
            return refused.status
        return 200

    with ThreadPoolExecutor(16) as crowd:
        said = Counter(crowd.map(guess, guesses))
    assert said[403] <= TRIES and said[403] + said[429] == 60


def test_a_code_lets_one_of_many_in_who_come_at_once(
    collector: Collector, office: Office, client: Client
) -> None:
    code = invite(office, "zh", "deputy", "d1", 3)["code"].replace(" ", "")
    bodies = [body(Phone(client), code) for _ in range(5)]

    def come(n: int) -> bool:
        with suppress(Refusal):
            accounts.enrol(collector.store, bodies[n], collector.throttle, f"192.0.2.{n}", now_ms())
            return True
        return False

    with ThreadPoolExecutor(5) as crowd:
        assert sum(crowd.map(come, range(5))) == 1
    pending = [each for each in collector.store.devices.values() if each.state == "pending"]
    assert len(pending) == 2  # one pair


def test_addresses_of_one_network_are_one_guesser_and_all_together_have_an_end() -> None:
    throttle = Throttle()
    for n in range(TRIES):
        throttle.wrong(f"2001:db8::{n:x}", 0)
    with pytest.raises(Refusal):
        throttle.check("2001:db8::ffff", 1)
    throttle.check("2001:db8:0:1::1", 1)
    assert neighbours("strange") == "strange" and neighbours("fe80::1%eth0") == "fe80::"


def test_what_is_counted_is_forgotten_so_that_nobody_fills_the_memory() -> None:
    throttle = Throttle()
    for n in range(20_000):
        now = n * 20_000
        with suppress(Refusal, Refused), throttle.trying(f"192.0.{n % 65536 // 256}.{n % 256}", now):
            raise Refused("push.enrol_unknown")
        assert len(throttle.tries) <= TRIES_IN_ALL + 1
    throttle.check("a", now + TRY_MS)
    assert throttle.tries == {}


def test_only_a_wrong_code_counts(collector: Collector) -> None:
    throttle = Throttle()
    for fault in (RuntimeError, None):
        with suppress(RuntimeError), throttle.trying("a", 0):
            if fault:
                raise fault
    assert all(not each for each in throttle.tries.values())


def test_what_a_caller_says_of_its_own_address_is_not_believed_on_an_open_port(
    client: Client, collector: Collector, new_phone: Callable[..., Phone], store: Store
) -> None:
    for n in range(TRIES + 1):
        content = json.dumps(body(Phone(client), "7" * 13)).encode()
        answer = client.request(
            "POST", f"{API}/enrol", content=content, headers={"X-Forwarded-For": f"198.51.100.{n}"}
        )
    assert answer.status_code == 429
