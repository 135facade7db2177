"""The document and the routes say the same, and whatever is asked is answered in order (R14).

In order is: 200 as the document has it, 304, or a problem of RFC 9457; never 500 and above, but for a 503
that says when to come back.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from collector import accounts, server
from collector.accounts import Throttle
from collector.office import Office, confirm, invite, revoke
from collector.server import API
from collector.state import Collector
from ledger.signature import sign
from ledger.store import Store, open_ledger
from tests.collector.phone import Client, Phone, id_of
from tests.ledger.pictures import jpeg
from tests.swarm.api import operations
from tests.swarm.asking import Asked, Known, requests
from tests.swarm.sabotage import API as API_SABOTAGE

SIZES = (pytest.param(3000, id="3000"), pytest.param(50_000, id="50000", marks=pytest.mark.full))


def test_every_route_is_in_the_document_and_nothing_else(collector: Collector) -> None:
    app = server.application(collector)._app  # type: ignore[attr-defined]
    assert isinstance(app, Starlette)
    mount = next(route for route in app.routes if isinstance(route, Mount))
    routes = [route for route in mount.routes if isinstance(route, Route)]
    there = {(verb, route.path) for route in routes for verb in (route.methods or set())}
    written = {(each.verb, each.path) for each in operations()}
    assert written <= there
    # Every GET answers HEAD too; the document names only the one that means something.
    assert {(verb, path) for verb, path in there - written if verb != "HEAD"} == set()


def test_a_request_that_is_broken_off_ends_without_a_word(collector: Collector) -> None:
    headers = [(b"host", b"127.0.0.1"), (b"content-length", b"9")]
    scope = {"type": "http", "method": "POST", "path": f"{API}/push", "query_string": b"", "headers": headers}
    said: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        said.append(message)

    asyncio.run(server.application(collector)(scope, receive, send))
    assert said[0]["status"] == 400


@pytest.fixture
def phones(new_phone: Callable[..., Phone], office: Office, client: Client) -> list[Phone]:
    """Somebody of each sort: who may write, a clerk, who waits, who was stopped."""
    deputy, other, waiting, stopped = (
        new_phone("d1"),
        new_phone("d2"),
        new_phone("d1", confirmed=False),
        new_phone("d2"),
    )
    clerk = Phone(client)
    assert clerk.enrol(invite(office, "zh", "clerk", "文书", 3)["code"].replace(" ", "")).status_code == 200
    confirm(office, "zh", accounts.six_digits(clerk.spki["records"], clerk.spki["proof"], clerk.ledger))
    revoke(office, "zh", stopped.devices["records"], "丢了")
    return [deputy, deputy, deputy, clerk, clerk, other, stopped, waiting]


@pytest.fixture
def known(phones: list[Phone], store: Store, office: Office) -> Known:
    """What is there already, and real bodies to begin from."""
    deputy, picture = phones[0], jpeg(64, 48)
    chance = random.Random(14)
    records = [_record(deputy, store, chance) for _ in range(60)]
    for start in range(0, 20, 5):
        assert deputy.push(records[start : start + 5]).status_code == 200
    ids = [id_of(each) for each in records[:20]]
    drafts = [f"01a21aa3-0bd1-77cd-b845-56b25b1254{n}" for n in range(40, 52)]  # once deleted, each is gone
    for draft in drafts:
        assert deputy.signed("PUT", f"/draft/{draft}", b'{"n":1,"text":"a"}').status_code == 200
    whole = jpeg(48, 64)
    there = hashlib.sha256(whole).hexdigest()
    put = deputy.signed("PUT", f"/blob/{there}?of={len(whole)}", whole)
    assert put.status_code == 200, put.content
    invitation = invite(office, "zh", "observer", "某人", 3)["code"]
    digest = hashlib.sha256(picture).hexdigest()
    pushes = [{"batch": f"b-{n}", "records": chance.sample(records, 3)} for n in range(40)]
    return Known(
        values={
            "kind": ["grid", "deputy", "note"],
            "id": [*drafts, ids[0], ids[1]],
            "sha256": [digest, there],
            "cursor": ["", deputy.get("/pull").json()["cursor"]],
        },
        bodies={
            "POST /push": pushes,
            "POST /receipts": [{"ids": ids}, {"ids": []}],
            "PUT /blob/{sha256}": [picture, picture[: len(picture) // 2]],
            "POST /enrol": [_enrolment(code) for code in ("7KQ40ABCDEFGH", invitation)],
        },
    )


def _enrolment(code: str) -> dict[str, Any]:
    phone = Phone(client=None)  # type: ignore[arg-type]
    text = f"mingbai/1 enrol\n{code}\n{phone.spki['records']}\n{phone.spki['proof']}"
    return {"code": code, "keys": phone.spki, "signature": sign(text.encode(), phone.keys["records"])}


DEEPEST = {"GET /counts": 404, "POST /handover/confirm": 404}
"""Where the small congress has no answer: no ballots, nobody who came by a handover."""

ODD: tuple[Any, ...] = (
    *(None, True, -1, 0, 2**53, 2**63, 1e300, "", "x" * 300, "\x00", "\u202e文", "0001-01-01", "2026-13-40"),
    *([], {}, [[[]]], {"a": {"b": 1}}, "note@" + "A" * 43, "2026-03-02T01:00:00.000Z", "a\u0301" * 40),
)


def _record(phone: Phone, store: Store, chance: random.Random) -> Any:
    """A record that its phone has signed, good or odd in any part: the door lets it in."""
    form = store.current[chance.choice(("note", "visit", "suggestion"))]
    answers: dict[str, Any] = {
        "note": {"day": "2026-03-02", "subject": "路灯", "people": 3},
        "visit": {"visited_on": "2026-03-02", "grid": "liuhe-03", "people": 3, "households": 2},
        "suggestion": {"subject": "修路", "text": "请修"},
    }[form.kind]
    for _ in range(chance.randrange(3)):
        answers[chance.choice([*answers, "why_corrected", "x", ""])] = chance.choice(ODD)
    made = phone.record(form, answers)
    envelope = json.loads(made["envelope"])
    for _ in range(chance.choice((0, 0, 1, 2))):
        envelope[chance.choice(list(envelope))] = chance.choice(ODD)
    text = json.dumps(envelope, ensure_ascii=chance.random() < 0.5, separators=(",", ":"))
    key = phone.keys["proof" if form.proof else "records"]
    return {**made, "envelope": text, "signature": sign(text.encode("utf-8", "surrogatepass"), key)}


@pytest.mark.parametrize("calls", SIZES)
def test_whatever_is_asked_is_answered_in_order(
    calls: int, client: Client, collector: Collector, phones: list[Phone], known: Known
) -> None:
    answered = ask_anything(calls, client, collector, phones, known)
    # It has been everywhere, and inside.
    for operation in operations():
        assert answered[str(operation), DEEPEST.get(str(operation), 200)], (str(operation), answered)
    with open_ledger(collector.store.home) as ledger:
        assert ledger.damage() == []


@pytest.mark.parametrize("how", ["stumbles", "drifts", "says no without a problem"])
def test_a_build_that_answers_out_of_order_is_found_out(
    how: str, client: Client, collector: Collector, phones: list[Phone], known: Known
) -> None:
    with API_SABOTAGE[how](), pytest.raises(AssertionError):
        ask_anything(1500, client, collector, phones, known)


def ask_anything(
    calls: int, client: Client, collector: Collector, phones: list[Phone], known: Known
) -> Counter[tuple[str, int]]:
    """So many calls: how many of which operation were answered with which status."""
    answered = Counter[tuple[str, int]]()

    @settings(
        max_examples=calls,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(requests(known))
    def ask(asked: Asked) -> None:
        collector.throttle = Throttle()  # or it would answer all enrolments alike after a few
        answer = _answer(client, phones, asked)
        answered[str(asked.operation), answer.status_code] += 1
        _in_order(asked, answer)

    ask()
    return answered


def _answer(client: Client, phones: list[Phone], asked: Asked) -> Any:
    verb, target = asked.operation.verb, asked.target
    if not asked.operation.signed:
        return client.request(verb, API + target, content=asked.body, headers=dict(asked.headers))
    phone = phones[asked.device % len(phones)]
    if asked.spoilt:
        return phone.signed(verb, target, asked.body, asked.headers, key=phone.keys["proof"])
    return phone.signed(verb, target, asked.body, asked.headers)


def _in_order(asked: Asked, answer: Any) -> None:
    status, media = answer.status_code, answer.headers.get("content-type", "").split(";")[0]
    told = (str(asked.operation), asked.target, asked.body[:300], status, answer.content[:500])
    assert status < 500 or (status == 503 and "retry-after" in answer.headers), told
    assert status in (200, 304) or status >= 400, told
    if asked.operation.verb == "HEAD" or status == 304:
        return
    body = answer.json() if "json" in media else None
    assert asked.operation.faults(status, media, body) == [], told
    if status >= 400:
        assert body["status"] == status
