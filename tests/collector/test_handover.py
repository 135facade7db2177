"""A phone lets another browser of the same person in: one code, 15 minutes, six digits on the old screen."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import segno

from collector import handover, safety, server
from collector.accounts import six_digits
from collector.office import Office, confirm, devices, revoke
from collector.state import Collector
from ledger.store import Store, now_ms
from tests.collector.phone import Phone

NewPhone = Callable[..., Phone]
VISIT = {"visited_on": "2026-03-02", "grid": "liuhe-03", "people": 2}
MINUTE = 60_000


def code_of(old: Phone) -> str:
    answer = old.post("/handover", {})
    assert answer.status_code == 200, answer.content
    return str(answer.json()["code"])


def digits_on(screen: Phone) -> str:
    return six_digits(screen.spki["records"], screen.spki["proof"], screen.ledger)


def let_in(old: Phone, new: Phone, digits: str | None = None) -> Any:
    return old.post(
        "/handover/confirm", {"device": new.devices["records"], "digits": digits or digits_on(new)}
    )


@pytest.fixture
def browser(phone: Phone) -> Phone:
    """A second browser, with its own keys, that has opened the link of the first."""
    new = Phone(phone.client)
    assert new.enrol(code_of(phone)).status_code == 200
    return new


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Lets the server's clock go on."""

    def later(ms: int) -> None:
        for module in (safety, server):
            monkeypatch.setattr(module, "now_ms", lambda: now_ms() + ms)

    return later


def test_another_browser_gets_in_and_the_drafts_with_it(phone: Phone, store: Store) -> None:
    id = "0197a3c2-0000-7000-8000-000000000001"
    phone.signed("PUT", f"/draft/{id}", json.dumps({"n": 3, "text": "写到一半"}).encode())
    offered = phone.post("/handover", {}).json()
    assert (
        offered["link"].endswith(f"&k={offered['link'][-16:]}") and f"#e={offered['code']}" in offered["link"]
    )

    new = Phone(phone.client)
    enrolled = new.enrol(offered["code"]).json()
    assert (enrolled["state"], enrolled["confirmed_by"]) == ("pending", "phone")
    assert enrolled["six_digits"] == digits_on(new)
    assert new.get("/drafts").status_code == 403
    (waits,) = phone.get("/handover").json()["waiting"]
    assert waits["device"] == new.devices["records"] and digits_on(new) not in json.dumps(waits)

    answer = let_in(phone, new, f"{digits_on(new)[:3]} {digits_on(new)[3:]}")
    assert answer.json() == {"device": new.devices["records"], "state": "active"}
    assert phone.get("/handover").json()["waiting"] == []
    assert new.get(f"/draft/{id}").json()["text"] == "写到一半"
    assert new.results([new.record(store.current["visit"], VISIT)])[0]["state"] == "accepted"
    assert phone.results([phone.record(store.current["visit"], VISIT)])[0]["state"] == "accepted"
    assert len(new.get("/pull?cursor=").json()["records"]) == 2


def test_it_is_the_same_person_and_the_office_sees_which_came_from_which(
    phone: Phone, browser: Phone, office: Office, store: Store
) -> None:
    old, new = (store.devices[each.devices["records"]] for each in (phone, browser))
    assert (new.person, new.role, new.organ) == (old.person, old.role, old.organ)
    listed = {each["device"]: each for each in devices(office, "zh")["devices"]}
    assert listed[new.id]["came_from"] == old.id and listed[old.id]["came_from"] is None
    assert listed[new.id]["state"] == "pending" and listed[new.id]["digits"] == digits_on(browser)


def test_a_code_serves_once_and_a_lost_answer_is_given_again(phone: Phone) -> None:
    code, new = code_of(phone), Phone(phone.client)
    first = new.enrol(code).json()
    assert new.enrol(code).json() == first
    answer = Phone(phone.client).enrol(code)
    assert answer.status_code == 403 and answer.json()["type"] == "mingbai:handover/used"


def test_a_code_serves_fifteen_minutes(phone: Phone, later: Callable[[int], None]) -> None:
    code = code_of(phone)
    later(handover.MINUTES * MINUTE + 1000)
    answer = Phone(phone.client).enrol(code)
    assert answer.status_code == 403 and answer.json()["type"] == "mingbai:handover/expired"


def test_a_new_code_takes_the_place_of_the_one_before(phone: Phone) -> None:
    first, second = code_of(phone), code_of(phone)
    assert Phone(phone.client).enrol(first).json()["type"] == "mingbai:handover/expired"
    assert Phone(phone.client).enrol(second).status_code == 200


def test_wrong_codes_are_counted_as_those_of_invitations_are(phone: Phone) -> None:
    code, new = code_of(phone), Phone(phone.client)
    for _ in range(5):
        assert new.enrol("0000000000000").status_code == 403
    assert new.enrol(code).status_code == 429


def test_wrong_digits_let_nobody_in_and_five_of_them_are_enough(
    phone: Phone, browser: Phone, store: Store
) -> None:
    wrong = "000000" if digits_on(browser) != "000000" else "000001"
    for _ in range(5):
        answer = let_in(phone, browser, wrong)
        assert answer.status_code == 403 and answer.json()["type"] == "mingbai:handover/digits"
    answer = let_in(phone, browser)
    assert answer.status_code == 429 and answer.headers["Retry-After"]
    assert store.devices[browser.devices["records"]].state == "pending"


def test_the_digits_of_a_strangers_browser_do_not_let_ones_own_in(phone: Phone, browser: Phone) -> None:
    mine = Phone(phone.client)  # the code was overheard: the stranger's browser came first
    mine.ledger = browser.ledger
    assert let_in(phone, browser, digits_on(mine)).json()["type"] == "mingbai:handover/digits"


def test_digits_that_come_too_late_let_nobody_in_but_the_office_still_may(
    phone: Phone, browser: Phone, office: Office, store: Store, later: Callable[[int], None]
) -> None:
    later(handover.MINUTES * MINUTE + 1000)
    phone.hello()
    assert phone.get("/handover").json()["waiting"] == []
    assert let_in(phone, browser).json()["type"] == "mingbai:handover/late"
    confirm(office, "zh", digits_on(browser))
    assert store.devices[browser.devices["records"]].state == "active"


def test_a_stopped_phone_lets_nobody_in(phone: Phone, browser: Phone, office: Office, store: Store) -> None:
    code = code_of(phone)
    revoke(office, "zh", phone.devices["records"], "丢了")
    assert let_in(phone, browser).json()["type"] == "mingbai:push/revoked"
    assert phone.post("/handover", {}).json()["type"] == "mingbai:push/revoked"
    assert Phone(phone.client).enrol(code).json()["type"] == "mingbai:handover/old_stopped"
    assert store.devices[browser.devices["records"]].state == "pending"


def test_the_office_is_told_what_came_from_a_phone_that_it_stops(
    phone: Phone, browser: Phone, office: Office
) -> None:
    let_in(phone, browser)
    done = revoke(office, "zh", phone.devices["records"], "丢了")
    assert [each["device"] for each in done["left"]] == [browser.devices["records"]]
    assert browser.get("/drafts").status_code == 200
    assert revoke(office, "zh", browser.devices["records"], "也丢了")["left"] == []
    assert let_in(phone, browser).status_code == 403


def test_a_browser_the_office_stopped_is_not_let_in_again(
    phone: Phone, browser: Phone, office: Office
) -> None:
    revoke(office, "zh", browser.devices["records"], "不认识")
    assert let_in(phone, browser).json()["type"] == "mingbai:handover/stopped"


def test_only_the_phone_that_gave_the_code_lets_in(phone: Phone, browser: Phone, new_phone: NewPhone) -> None:
    for other in (new_phone("d2"), new_phone()):
        assert let_in(other, browser).json()["type"] == "mingbai:handover/no_such_device"
    own = phone.post("/handover/confirm", {"device": phone.devices["records"], "digits": digits_on(phone)})
    assert own.status_code == 404
    assert let_in(phone, browser).status_code == 200
    assert let_in(phone, browser).status_code == 200


@pytest.mark.parametrize("role", ["clerk", "presidium", "scrutineer", "teller", "observer"])
def test_whose_phone_is_one_voice_asks_the_office(new_phone: NewPhone, role: str) -> None:
    answer = new_phone("某人", role=role).post("/handover", {})
    assert answer.status_code == 403 and answer.json()["type"] == "mingbai:handover/role"


def test_a_phone_that_is_not_confirmed_hands_nothing_over(new_phone: NewPhone) -> None:
    waiting = new_phone(confirmed=False)
    assert waiting.post("/handover", {}).json()["type"] == "mingbai:push/pending"


@pytest.mark.parametrize("body", [{}, {"device": 1, "digits": "1"}, {"device": "x"}, [], "x"])
def test_a_confirmation_of_another_shape_is_told_where(phone: Phone, body: Any) -> None:
    assert phone.post("/handover/confirm", body).status_code == 400


def test_every_refusal_is_one_line_in_both_languages(collector: Collector) -> None:
    keys = [key for key in collector.words.messages if key.startswith(("handover.", "draft.", "desk."))]
    assert len(keys) >= 10
    for key in keys:
        for text in collector.words.messages[key].values():
            assert "\n" not in text and len(text) <= 160


def test_the_picture_of_the_link_is_the_link(phone: Phone) -> None:
    offer = phone.post("/handover", {}).json()
    size, path = offer["picture"]["size"], offer["picture"]["path"]
    dark = {
        (int(x) + n, int(y))
        for x, y, wide in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path)
        for n in range(int(wide))
    }
    matrix = segno.make(offer["link"], error="m", micro=False).matrix
    assert len(matrix) + 8 == size
    assert dark == {(x + 4, y + 4) for y, row in enumerate(matrix) for x, on in enumerate(row) if on}
