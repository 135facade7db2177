"""Whose record was changed meanwhile hears what it says now and may correct that: a branch needs no clerk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ledger.doctor import examine
from ledger.store import OfficeRecord, Store, open_ledger
from tests.collector.phone import Phone, id_of

NewPhone = Callable[..., Phone]
VISIT = {"visited_on": "2026-03-02", "grid": "liuhe-03", "people": 2}


def visit(phone: Phone, store: Store, replaces: str | None = None, **changed: Any) -> dict[str, Any]:
    return phone.record(store.current["visit"], {**VISIT, **changed}, replaces)


def receipt(phone: Phone, record: dict[str, Any]) -> Any:
    (told,) = phone.post("/receipts", {"ids": [id_of(record)]}).json()["receipts"]
    return told


def test_of_a_current_version_nothing_stands_beside(phone: Phone, store: Store) -> None:
    first = visit(phone, store)
    phone.results([first])
    assert receipt(phone, first)["current"] is None


def test_the_author_of_a_branch_hears_the_current_version_and_settles_it(
    phone: Phone, new_phone: NewPhone, store: Store
) -> None:
    first, other = visit(phone, store), new_phone("d1")
    code = phone.results([first])[0]["code"]
    current, aside = visit(phone, store, id_of(first), people=3), visit(other, store, id_of(first), people=4)
    phone.results([current])
    assert other.results([aside])[0]["state"] == "branch"
    beside = receipt(other, aside)["current"]
    assert (beside["id"], beside["answers"]["people"]) == (id_of(current), 3)
    assert beside["by"] == {"name": "王芳", "role": "deputy"} and beside["form"].startswith("visit@")
    assert receipt(phone, first)["current"] == beside and receipt(phone, current)["current"] is None
    settled = visit(other, store, beside["id"], people=4)
    result = other.results([settled])[0]
    assert (result["state"], result["code"]) == ("accepted", code)
    with open_ledger(store.home) as ledger:
        record = ledger.record(code)
        assert record is not None and record.answers["people"] == 4 and record.id == id_of(settled)
    assert not examine(store.home).faults


def test_what_the_office_corrected_last_its_author_may_correct_again(
    phone: Phone, store: Store, roll: dict[str, str]
) -> None:
    first = visit(phone, store)
    code = phone.results([first])[0]["code"]
    store.office_append([OfficeRecord("visit", {**VISIT, "people": 9}, replaces=id_of(first))])
    beside = receipt(phone, first)["current"]
    assert beside["answers"]["people"] == 9 and beside["by"]["role"] == "clerk"
    result = phone.results([visit(phone, store, beside["id"], people=5)])[0]
    assert (result["state"], result["code"]) == ("accepted", code)
    with open_ledger(store.home) as ledger:
        record = ledger.record(code)
        assert record is not None and record.answers["people"] == 5 and record.author == roll["d1"]


def test_nobody_else_hears_or_corrects_it(phone: Phone, new_phone: NewPhone, store: Store) -> None:
    first = visit(phone, store)
    phone.results([first])
    store.office_append([OfficeRecord("visit", {**VISIT, "people": 9}, replaces=id_of(first))])
    last = receipt(phone, first)["current"]["id"]
    stranger = new_phone("d2")
    for target in (id_of(first), last):
        mine = visit(stranger, store, target, people=6)
        assert stranger.results([mine])[0]["state"] == "quarantined"
        assert receipt(stranger, mine)["current"] is None
