"""A clerk sees what was kept aside and decides with a signed record; anyone can replay what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import apsw
import pytest

from collector.office import Office, revoke
from ledger.doctor import Health, examine
from ledger.forms import load_forms
from ledger.store import Store, open_ledger
from tests.collector.phone import Phone, id_of

NewPhone = Callable[..., Phone]
VISIT = {"visited_on": "2026-03-02", "grid": "liuhe-03", "people": 2}


@pytest.fixture
def clerk(new_phone: NewPhone) -> Phone:
    return new_phone("张干事", role="clerk")


def visit(phone: Phone, store: Store, replaces: str | None = None, **changed: Any) -> dict[str, Any]:
    return phone.record(store.current["visit"], {**VISIT, **changed}, replaces)


def desk(clerk: Phone) -> Any:
    answer = clerk.get("/desk")
    assert answer.status_code == 200, answer.content
    return answer.json()


def waiting(clerk: Phone) -> dict[str, int]:
    return {name: len(each) for name, each in desk(clerk).items() if isinstance(each, list)}


def step(item: Mapping[str, Any], decision: str) -> dict[str, Any]:
    return next(dict(each["answers"]) for each in item["steps"] if each["answers"]["decision"] == decision)


def decide(clerk: Phone, store: Store, answers: Mapping[str, Any]) -> Any:
    return clerk.results([clerk.record(store.current["resolution"], answers)])[0]


def take(clerk: Phone, store: Store, item: Mapping[str, Any]) -> Any:
    return decide(clerk, store, step(item, "take"))


def close(clerk: Phone, store: Store, item: Mapping[str, Any], reason: str = "重复了") -> Any:
    return decide(clerk, store, {**step(item, "close"), "reason": reason})


def state(phone: Phone, record: Mapping[str, Any]) -> Any:
    (receipt,) = phone.post("/receipts", {"ids": [id_of(record)]}).json()["receipts"]
    return receipt


def people(store: Store, code: str) -> Any:
    with open_ledger(store.home) as ledger:
        record = ledger.record(code)
        return record and record.answers["people"]


def faults(store: Store) -> set[str]:
    return {each.key for each in examine(store.home).faults}


@pytest.fixture
def branch(phone: Phone, store: Store) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """A visit's code, its current version, and a correction of the version before that one."""
    first = visit(phone, store)
    code = phone.results([first])[0]["code"]
    current = visit(phone, store, id_of(first), people=3)
    aside = visit(phone, store, id_of(first), people=4, visited_on="2026-03-03")
    assert [each["state"] for each in phone.results([current, aside])] == ["accepted", "branch"]
    return code, current, aside


@pytest.fixture
def held(phone: Phone, new_phone: NewPhone, office: Office, store: Store) -> tuple[Phone, dict[str, Any]]:
    """A deputy's second phone that was stopped, and what it sent afterwards."""
    lost = new_phone()
    record = visit(lost, store, people=7)
    revoke(office, "zh", lost.devices["records"], "丢了")
    assert lost.results([record])[0]["state"] == "held"
    return lost, record


def test_only_a_clerk_sees_the_desk(phone: Phone, new_phone: NewPhone) -> None:
    for other in (phone, new_phone("某人", role="presidium"), new_phone("某人", role="observer")):
        answer = other.get("/desk")
        assert answer.status_code == 403 and answer.json()["type"] == "mingbai:desk/clerks_only"


def test_a_quiet_desk_is_empty(clerk: Phone, phone: Phone, store: Store) -> None:
    phone.results([visit(phone, store)])
    assert waiting(clerk) == {"branches": 0, "held": 0, "quarantined": 0}


# -- branches --


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (
            {"reason": "typo"},
            {"reason": {"zh": "写错了字或数", "en": "A slip of the pen"}, "explanation": None},
        ),
        (
            {"reason": "known_more", "explanation": "又去了一次。"},
            {"reason": {"zh": "后来了解得更清楚", "en": "I know more now"}, "explanation": "又去了一次。"},
        ),
        (None, None),
    ],
)
def test_why_a_branch_was_filed_is_shown_in_words(
    clerk: Phone, phone: Phone, store: Store, told: Any, shown: Any
) -> None:
    first = visit(phone, store)
    why = {} if told is None else {"why_corrected": told}
    now, late = (visit(phone, store, id_of(first), people=people, **why) for people in (3, 4))
    assert [each["state"] for each in phone.results([first, now, late])][2] == "branch"
    (item,) = desk(clerk)["branches"]
    assert item["why"] == shown
    assert "why_corrected" not in [each["name"] for each in item["fields"]]


def test_a_branch_is_shown_field_by_field_with_who_and_when(
    clerk: Phone, branch: tuple[str, Any, Any], roll: dict[str, str]
) -> None:
    code, current, aside = branch
    (item,) = desk(clerk)["branches"]
    assert (item["code"], item["id"]) == (code, id_of(aside))
    assert item["current"]["id"] == id_of(current) and item["base"]["id"] == item["replaces"]
    fields = {each["name"]: each for each in item["fields"]}
    assert list(fields) == ["visited_on", "grid", "people"]
    assert [fields["people"][side] for side in ("base", "current", "branch")] == [2, 3, 4]
    assert not fields["people"]["same"] and fields["grid"]["same"]
    assert fields["visited_on"]["current"] == fields["visited_on"]["base"] == "2026-03-02"
    assert fields["people"]["label"] == {"zh": "人数", "en": "People"}
    for button in item["steps"]:
        assert {"zh", "en"} == set(button["label"]) == set(button["why"]) and button["kind"] == "resolution"
    for version in (item, item["current"]):
        assert version["by"]["name"] == "王芳" and version["by"]["code"] == roll["d1"]
        assert version["received_at"] and version["claimed_at"]


def test_a_branch_that_is_taken_is_the_current_version_under_the_same_code(
    clerk: Phone, phone: Phone, store: Store, branch: tuple[str, Any, Any]
) -> None:
    code, _, aside = branch
    result = take(clerk, store, desk(clerk)["branches"][0])
    assert result["state"] == "accepted" and people(store, code) == 4
    assert waiting(clerk)["branches"] == 0 and faults(store) == set()
    told = state(phone, aside)
    assert (told["state"], told["code"], told["decided"]) == ("accepted", code, None)
    with open_ledger(store.home) as ledger:
        versions = ledger.history(code)
        assert [each.answers["people"] for each in versions] == [2, 3, 4]
        assert versions[-1].envelope == aside["envelope"] and versions[-1].author is not None


def test_its_author_goes_on_from_what_was_taken(
    clerk: Phone, phone: Phone, store: Store, branch: tuple[str, Any, Any]
) -> None:
    code, current, aside = branch
    take(clerk, store, desk(clerk)["branches"][0])
    assert phone.results([visit(phone, store, id_of(aside), people=5)])[0]["state"] == "accepted"
    assert phone.results([visit(phone, store, id_of(current), people=6)])[0]["state"] == "branch"
    assert phone.results([aside])[0] | {"problems": None} == {
        **phone.results([aside])[0],
        "problems": None,
        "state": "replayed",
        "stored": "accepted",
        "code": code,
    }
    assert people(store, code) == 5 and faults(store) == set()


def test_a_branch_that_is_closed_leaves_the_current_version(
    clerk: Phone, phone: Phone, store: Store, branch: tuple[str, Any, Any]
) -> None:
    code, _, aside = branch
    assert close(clerk, store, desk(clerk)["branches"][0], "两版都看过，以现行的为准")["state"] == "accepted"
    assert people(store, code) == 3 and waiting(clerk)["branches"] == 0
    told = state(phone, aside)
    assert told["state"] == "branch"
    assert (told["decided"]["decision"], told["decided"]["reason"]) == ("close", "两版都看过，以现行的为准")
    (pulled,) = (r for r in phone.get("/pull?cursor=").json()["records"] if r["id"] == id_of(aside))
    assert pulled["decided"] == told["decided"]
    assert faults(store) == set()


def test_what_was_closed_may_be_taken_after_all(
    clerk: Phone, store: Store, branch: tuple[str, Any, Any]
) -> None:
    (item,) = desk(clerk)["branches"]
    close(clerk, store, item)
    assert take(clerk, store, item)["state"] == "accepted" and people(store, branch[0]) == 4
    assert waiting(clerk)["branches"] == 0 and faults(store) == set()


def test_a_decision_made_before_the_current_version_changed_is_looked_at_again(
    clerk: Phone, phone: Phone, store: Store, branch: tuple[str, Any, Any]
) -> None:
    code, current, _ = branch
    (item,) = desk(clerk)["branches"]
    phone.results([visit(phone, store, id_of(current), people=9)])
    result = take(clerk, store, item)
    assert result["state"] == "quarantined" and result["problems"][0]["pointer"] == "/current"
    assert people(store, code) == 9 and faults(store) == set()
    assert take(clerk, store, desk(clerk)["branches"][0])["state"] == "accepted" and people(store, code) == 4


# -- held --


def test_a_held_record_says_whose_phone_was_stopped_and_why(
    clerk: Phone, held: tuple[Phone, Any], roll: dict[str, str]
) -> None:
    (item,) = desk(clerk)["held"]
    assert item["id"] == id_of(held[1]) and item["by"]["code"] == roll["d1"]
    assert item["by"]["reason"] == "丢了" and item["by"]["revoked_at"] < item["received_at"]
    assert {each["name"]: each["answer"] for each in item["fields"]}["people"] == 7


def test_a_held_record_that_is_taken_in_is_its_authors_like_any_other(
    clerk: Phone, phone: Phone, store: Store, held: tuple[Phone, Any], roll: dict[str, str]
) -> None:
    result = take(clerk, store, desk(clerk)["held"][0])
    assert result["state"] == "accepted" and waiting(clerk)["held"] == 0
    told = state(phone, held[1])
    assert told["state"] == "accepted" and told["code"].startswith("ZF-")
    with open_ledger(store.home) as ledger:
        record = ledger.record(told["code"])
        assert record is not None and record.author == roll["d1"] and record.envelope == held[1]["envelope"]
        assert record.position == result["position"] + 1
    assert held[0].results([held[1]])[0]["stored"] == "accepted"
    assert phone.results([visit(phone, store, id_of(held[1]), people=8)])[0]["code"] == told["code"]
    assert faults(store) == set()


def test_a_held_record_with_a_fault_cannot_be_taken_in_and_says_why(
    clerk: Phone, phone: Phone, new_phone: NewPhone, office: Office, store: Store
) -> None:
    lost = new_phone()
    records = [visit(lost, store, grid="nowhere"), visit(lost, store, people=-1), visit(lost, store)]
    records[2]["signature"] = records[1]["signature"]
    revoke(office, "zh", lost.devices["records"], "丢了")
    lost.results(records)
    items = desk(clerk)["held"]
    for item in items[:2]:
        result = take(clerk, store, item)
        assert result["state"] == "quarantined" and result["stored"] == "quarantined"
        assert [each["pointer"] for each in result["problems"]] == ["/decision", "/entry"]
    assert "nowhere" in take(clerk, store, items[0])["problems"][1]["say"]["zh"]
    assert [each["answers"]["decision"] for each in items[2]["steps"]] == ["close"]
    forged = {**step(items[2], "close"), "decision": "take"}
    assert decide(clerk, store, forged)["state"] == "quarantined"
    assert [close(clerk, store, each)["state"] for each in items] == ["accepted"] * 3
    assert waiting(clerk)["held"] == 0 and faults(store) == set()


def test_a_held_correction_of_an_old_version_becomes_a_branch_first(
    clerk: Phone, phone: Phone, new_phone: NewPhone, office: Office, store: Store
) -> None:
    first = visit(phone, store)
    code = phone.results([first])[0]["code"]
    lost = new_phone()
    late = visit(lost, store, id_of(first), people=4)
    revoke(office, "zh", lost.devices["records"], "丢了")
    lost.results([late])
    phone.results([visit(phone, store, id_of(first), people=3)])
    assert take(clerk, store, desk(clerk)["held"][0])["state"] == "accepted"
    assert waiting(clerk) == {"branches": 1, "held": 0, "quarantined": 0} and people(store, code) == 3
    assert take(clerk, store, desk(clerk)["branches"][0])["state"] == "accepted" and people(store, code) == 4
    assert faults(store) == set()


def test_what_its_author_has_mended_meanwhile_is_not_taken_in_as_well(
    clerk: Phone, phone: Phone, store: Store, held: tuple[Phone, Any]
) -> None:
    (item,) = desk(clerk)["held"]
    assert phone.results([visit(phone, store, id_of(held[1]))])[0]["state"] == "accepted"
    assert waiting(clerk)["held"] == 0
    assert take(clerk, store, item)["problems"][0]["pointer"] == "/entry"
    assert faults(store) == set()


# -- quarantined --


def test_a_quarantined_record_shows_its_problems_and_can_be_closed(
    clerk: Phone, phone: Phone, store: Store
) -> None:
    record = visit(phone, store, people=1, households=2)
    phone.results([record, "nonsense"])
    items = desk(clerk)["quarantined"]
    assert items[0]["problems"][0]["say"]["zh"] == "人数不会少于户数。" and items[0]["by"]["name"] == "王芳"
    assert items[1]["kind"] == "unreadable" and items[1]["fields"] == [] and items[1]["label"] is None
    assert [close(clerk, store, each, "写错了")["state"] for each in items] == ["accepted"] * 2
    assert waiting(clerk)["quarantined"] == 0 and faults(store) == set()
    assert state(phone, record)["decided"]["reason"] == "写错了"


def test_what_was_wrong_only_then_can_be_taken_in_now(clerk: Phone, phone: Phone, store: Store) -> None:
    from ledger.store import OfficeRecord

    record = visit(phone, store, grid="new-01")
    assert phone.results([record])[0]["state"] == "quarantined"
    store.office_append([OfficeRecord("grid", {"name": "新格"}, import_key=("records", "grid", "new-01"))])
    assert take(clerk, store, desk(clerk)["quarantined"][0])["state"] == "accepted"
    assert state(phone, record)["state"] == "accepted" and faults(store) == set()


def test_a_decision_of_nobodys_competence_changes_nothing(
    clerk: Phone, phone: Phone, store: Store, held: tuple[Phone, Any]
) -> None:
    (item,) = desk(clerk)["held"]
    assert take(phone, store, item)["state"] == "quarantined"  # a deputy decides nothing
    unknown = {**step(item, "take"), "record": "0197a3c2-0000-7000-8000-000000000001"}
    assert decide(clerk, store, unknown)["problems"][0]["pointer"] == "/entry"
    assert state(phone, held[1])["state"] == "held" and faults(store) == set()


def test_a_stopped_clerks_decision_is_held_like_anything_else(
    clerk: Phone, new_phone: NewPhone, office: Office, store: Store, held: tuple[Phone, Any], phone: Phone
) -> None:
    gone = new_phone("李干事", role="clerk")
    decision = gone.record(store.current["resolution"], step(desk(clerk)["held"][0], "take"))
    revoke(office, "zh", gone.devices["records"], "调走了")
    assert gone.results([decision])[0]["state"] == "held"
    assert state(phone, held[1])["state"] == "held"
    items = {each["kind"]: each for each in desk(clerk)["held"]}
    assert take(clerk, store, items["resolution"])["state"] == "quarantined"
    assert state(phone, held[1])["state"] == "held" and faults(store) == set()


def test_of_two_decisions_sent_together_the_first_counts(
    clerk: Phone, phone: Phone, store: Store, held: tuple[Phone, Any]
) -> None:
    answers = step(desk(clerk)["held"][0], "take")
    form = store.current["resolution"]
    results = clerk.results([clerk.record(form, answers), clerk.record(form, answers)])
    assert [each["state"] for each in results] == ["accepted", "quarantined"]
    assert state(phone, held[1])["state"] == "accepted" and faults(store) == set()


def test_a_decision_and_its_record_outlive_a_restart(
    clerk: Phone, store: Store, branch: tuple[str, Any, Any], held: tuple[Phone, Any]
) -> None:
    for name in ("branches", "held"):
        take(clerk, store, desk(clerk)[name][0])
    home, forms, position, chain = store.home, store.current, store.position, store.chain
    store.close()
    with Store.open(home, forms) as again:
        assert (again.position, again.chain) == (position, chain)
    assert {each.key for each in examine(home).faults} == set()


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        ("DELETE FROM entry WHERE position = (SELECT max(position) FROM entry)", "doctor.not_taken"),
        (
            "INSERT INTO entry SELECT position + 1, id, digest, kind, device, code, 'branch', NULL, problems,"
            " mark, envelope, signature, received_at, chain FROM entry ORDER BY position DESC LIMIT 1",
            "doctor.taken",
        ),
    ],
)
def test_the_doctor_misses_what_was_taken_and_finds_what_was_slipped_in(
    clerk: Phone, store: Store, held: tuple[Phone, Any], edit: str, fault: str
) -> None:
    take(clerk, store, desk(clerk)["held"][0])
    db = apsw.Connection(str(store.home / "ledger.db"))
    db.execute("DROP TRIGGER entry_is_never_deleted")
    db.execute(edit)
    db.close()
    health: Health = examine(store.home)
    assert fault in {each.key for each in health.faults}


def test_an_older_ledger_learns_that_a_record_may_stand_twice(store: Store) -> None:
    home, forms = store.home, store.current
    store.close()
    db = apsw.Connection(str(home / "ledger.db"))
    db.execute("DROP INDEX entry_record; CREATE UNIQUE INDEX entry_id ON entry (id, digest)")
    for table in ("device", "invite"):
        db.execute(f"ALTER TABLE {table} DROP COLUMN came_from")
    db.close()
    with Store.open(home, forms) as again:
        names = {row[0] for row in again.db.execute("SELECT name FROM sqlite_schema").fetchall()}
        assert "entry_record" in names and "entry_id" not in names
        assert all(each.came_from is None for each in again.devices.values())


def test_the_small_congress_decides_by_the_same_form(store: Store) -> None:
    from tests.collector.phone import ROOT

    assert (ROOT / "content/forms/resolution.yaml").read_text("utf-8") == store.current["resolution"].text
    published = {each.name for each in load_forms(ROOT / "content")["resolution"].published}
    assert published == {"decision", "grounds"}  # nothing of the record, nor the words to its author
