"""A handling organ's people: invited for one organ, and known by it from then on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from collector import accounts
from collector.commands import main
from collector.office import devices, invite
from ledger.database import open_database, take_lock
from ledger.forms import load_forms
from ledger.registry import Refused, read_devices
from ledger.store import Store, now_ms
from tests.collector.desk import CONTENT, House, completed, open_house
from tests.collector.phone import Phone


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path / "home", ("grid", "organ", "deputy")) as house:
        yield house


def test_a_handlers_phone_carries_the_code_of_its_organ(house: House) -> None:
    code = house.code("organ", "water-bureau")
    made = invite(house.office, "zh", "handler", "陈工", 3, "water-bureau")
    assert made["name"] == "陈工（青溪区水利局）"
    phone = Phone(house.client)
    answer = phone.enrol(made["code"].replace(" ", "")).json()
    person = {"code": None, "name": "陈工", "role": "handler", "organ": code}
    assert answer["person"] == person
    assert phone.post("/receipts", {"ids": []}).json()["person"] == person
    assert [each["organ"] for each in devices(house.office, "zh")["devices"]] == [code]
    assert (
        house.phone("deputy", "zhou-wenxi").post("/receipts", {"ids": []}).json()["person"]["organ"] is None
    )


def test_two_people_of_one_name_in_two_organs_are_two(house: House) -> None:
    phones = [house.phone("handler", "陈工", organ) for organ in ("water-bureau", "transport-bureau")]
    assert len({house.store.devices[each.devices["records"]].person for each in phones}) == 2


@pytest.mark.parametrize(
    ("role", "organ", "why"),
    [
        ("handler", None, "office.no_organ"),
        ("handler", "no-such-bureau", "office.no_such_organ"),
        ("handler", "zhou-wenxi", "office.no_such_organ"),
        ("clerk", "water-bureau", "office.organ_of_others"),
        ("deputy", "water-bureau", "office.organ_of_others"),
    ],
)
def test_only_a_handler_has_an_organ_and_it_must_be_on_the_list(
    house: House, role: str, organ: str | None, why: str
) -> None:
    with pytest.raises(Refused) as refused:
        invite(house.office, "zh", role, "zhou-wenxi", 3, organ)
    assert refused.value.key == why


def test_the_command_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with open_house(tmp_path / "home", ("organ",)):
        pass
    for name, value in (("HOME", tmp_path / "home"), ("CONTENT", CONTENT)):
        monkeypatch.setenv(f"MINGBAI_{name}", str(value))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert main(["invite", "--handler", "陈工"]) == 3
    assert capfd.readouterr().err == "A handler acts for an organ. Say which: add --organ REF.\n"
    assert main(["invite", "--handler", "陈工", "--organ", "water-bureau"]) == 0
    assert "陈工（青溪区水利局）" in capfd.readouterr().out
    assert main(["devices"]) == 0


def test_an_older_ledger_gains_the_column_and_keeps_its_people(tmp_path: Path) -> None:
    home, forms = tmp_path / "home", load_forms(CONTENT)
    with Store.open(home, forms) as store:
        office = dict(store.office)
        accounts.invite(store, "clerk", None, "李敏", now_ms())
    db = apsw.Connection(str(home / "ledger.db"))
    for table in ("device", "invite"):
        db.execute(f"ALTER TABLE {table} DROP COLUMN organ")
    db.close()
    with Store.open(home, forms) as store:
        assert dict(store.office) == office
        assert [each.organ for each in store.devices.values()] == [None, None]
        typed = accounts.invite(store, "handler", None, "陈工", now_ms(), organ="JG-2026-AAAA")
        assert typed
    take_lock(home)
    db = open_database(home)
    kept = {row[0] for row in db.execute("SELECT organ FROM invite")}
    assert kept == {None, "JG-2026-AAAA"} and len(read_devices(db)) == 2
    assert all(
        db.execute("SELECT strict FROM pragma_table_list WHERE name = ?", (table,)).fetchone() == (1,)
        for table in ("device", "invite", "entry")
    )
    db.close()


def test_nobody_files_for_another_organ(house: House) -> None:
    water, roads = (house.phone("handler", "陈工", organ) for organ in ("water-bureau", "transport-bureau"))
    clerk = house.phone("clerk")
    form, organ = house.forms["suggestion"], house.code("organ", "water-bureau")
    asked = {"subject": "关于给石桥装路灯的建议", "confidentiality": "public"}
    (result,) = clerk.results([clerk.record(form, asked)])
    for kind in ("admission", "assignment"):
        step = next(each for each in house.item(clerk, result["code"])["steps"] if each["kind"] == kind)
        house.file(clerk, step, **({"organ": organ} if kind == "assignment" else {}))
    steps = {each["kind"]: each for each in house.item(water, result["code"])["steps"]}
    for kind, pointer in (
        ("reply", "/organ"),
        ("assignment_return", "/assignment"),
        ("extension", "/assignment"),
    ):
        answers = completed(steps[kind])
        wrong = roads.results([roads.record(house.forms[kind], answers)])[0]
        assert wrong["state"] == "quarantined"
        assert [(each["pointer"], each["say"]["zh"][:11]) for each in wrong["problems"]] == [
            (pointer, "这部手机不属于这个单位")
        ]
    house.file(water, steps["extension"])
    house.file(water, steps["reply"])
