"""The doctor finds every edit of the ledger, and says in plain words what is not safe."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest

from ledger.doctor import Health, examine
from ledger.forms import load_forms
from ledger.keys import TO_PRINT
from ledger.store import OfficeRecord, Store
from ledger.words import load_words
from tests.collector.phone import small_congress

Edit = Callable[..., Health]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "home", load_forms(small_congress(tmp_path))) as store:
        store.office_append([OfficeRecord("deputy", {"name": f"代表{n}"}) for n in range(20)])
        first = store.office_append([OfficeRecord("grid", {"name": "甲格"}, ("records", "grid", "g-1"))])[0]
        store.office_append([OfficeRecord("grid", {"name": "乙格"}, ("records", "grid", "g-1"))])
        store.office_append([OfficeRecord("grid", {"name": "丙格", "x": 1}, ("records", "grid", "g-2"))])
        store.office_append([OfficeRecord("grid", {"name": "丙格"}, ("records", "grid", "g-2"))])
        store.office_append([OfficeRecord("grid", {"name": "丁格"}, replaces=first.id)])
        yield store


@pytest.fixture
def edit(store: Store) -> Edit:
    """What an insider with the file can do: switch the triggers off and write."""

    def edit(*statements: str) -> Health:
        db = apsw.Connection(str(store.home / "ledger.db"))
        for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            db.execute(statement)
        db.close()
        return examine(store.home)

    return edit


def keys(health: Health) -> set[str]:
    return {each.key for each in health.faults}


def test_an_honest_ledger_is_whole(store: Store) -> None:
    health = examine(store.home)
    assert health.faults == () and "doctor.whole" in {each.key for each in health.findings}
    (whole,) = (each for each in health.findings if each.key == "doctor.whole")
    assert whole.params == {"entries": store.position, "chain": store.chain}


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE entry SET received_at = '2020-01-01T00:00:00.000Z' WHERE position = 3", "doctor.chain"),
        ("UPDATE entry SET code = 'DB-2026-AAAA' WHERE position = 3", "doctor.chain"),
        ("UPDATE entry SET state = 'held', code = NULL WHERE position = 3", "doctor.chain"),
        ("UPDATE entry SET mark = 'gap' WHERE position = 3", "doctor.chain"),
        ("UPDATE entry SET seq = 99 WHERE position = 3", "doctor.chain"),
        ("UPDATE entry SET problems = '[]' WHERE position = 3", "doctor.chain"),
        ("UPDATE entry SET problems = '{' WHERE position = 3", "doctor.chain"),
        ("UPDATE entry SET problems = '[5]' WHERE position = 3", "doctor.chain"),
        ("UPDATE entry SET device = 'another' WHERE position = 3", "doctor.signature"),
        ("UPDATE entry SET envelope = replace(envelope, ':3,', ':4,') WHERE position = 3", "doctor.digest"),
        ("UPDATE entry SET envelope = 'x' WHERE position = 3", "doctor.envelope"),
        ("UPDATE entry SET signature = (SELECT signature FROM entry WHERE position = 4) WHERE position = 3",
         "doctor.signature"),
        ("UPDATE entry SET chain = 'x' WHERE position = 3", "doctor.chain"),
        ("UPDATE disclosure SET text = replace(text, '代表', '代替') WHERE entry = 3", "doctor.disclosures"),
        ("DELETE FROM disclosure WHERE entry = 3", "doctor.disclosures"),
        ("UPDATE disclosure SET entry = 100 WHERE entry = 3", "doctor.disclosures"),
        ("DELETE FROM head WHERE entry = 3", "doctor.heads"),
        ("UPDATE head SET id = 'x' WHERE entry = 3", "doctor.heads"),
        ("DELETE FROM mended", "doctor.heads"),
        ("DELETE FROM form", "doctor.form"),
    ],
)  # fmt: skip
def test_an_edit_is_found(edit: Edit, statement: str, found: str) -> None:
    assert found in keys(edit("PRAGMA foreign_keys = OFF", statement))


def test_an_entry_taken_out_of_the_middle_is_found(edit: Edit) -> None:
    assert "doctor.chain" in keys(
        edit("DELETE FROM disclosure WHERE entry = 3", "DELETE FROM entry WHERE position = 3")
    )


def test_a_cut_tail_shows_against_the_head_of_any_receipt(store: Store, edit: Edit) -> None:
    head = store.chain
    last = store.position
    health = edit(
        f"DELETE FROM disclosure WHERE entry = {last}",
        f"DELETE FROM head WHERE entry = {last}",
        f"DELETE FROM entry WHERE position = {last}",
    )
    (whole,) = (each for each in health.findings if each.key == "doctor.whole")
    assert whole.params["chain"] != head


def test_another_key_in_the_registry_is_found(edit: Edit, store: Store) -> None:
    from ledger.keys import new_key
    from ledger.signature import spki

    other = spki(new_key().public_key())
    assert "doctor.signature" in keys(edit(f"UPDATE device SET key = '{other}'"))


def test_a_damaged_file_is_found(store: Store) -> None:
    home = store.home
    store.close()
    path = home / "ledger.db"
    data = bytearray(path.read_bytes())
    chance = random.Random(1)
    for _ in range(400):
        data[chance.randrange(8192, len(data))] ^= 0xFF
    path.write_bytes(data)
    assert keys(examine(home))


def test_what_was_mended_no_longer_waits_for_anybody(store: Store) -> None:
    assert "doctor.quarantined" not in {each.key for each in examine(store.home).findings}


def test_what_is_not_safe_is_said(store: Store) -> None:
    store.office_append([OfficeRecord("grid", {"name": "戊格", "x": 1})])
    said = {each.key for each in examine(store.home).findings if each.level == "warning"}
    assert {"doctor.no_copy", "doctor.paper", "doctor.quarantined", "doctor.branch"} <= said
    (store.home / "keys" / TO_PRINT).unlink()
    store.home.chmod(0o755)
    said = {each.key for each in examine(store.home).findings if each.level == "warning"}
    assert "doctor.paper" not in said and "doctor.open" in said


def test_a_key_without_its_certificate_is_found(store: Store) -> None:
    path = store.home / "keys/certificates.json"
    path.write_text(path.read_text().replace('"receipt', '"reciept').replace('\\"receipt', '\\"reciept'))
    assert "doctor.certificate" in keys(examine(store.home))
    path.unlink()
    assert "doctor.keys" in keys(examine(store.home))


def test_an_empty_home_is_no_fault(tmp_path: Path) -> None:
    health = examine(tmp_path / "nothing")
    assert health.faults == ()
    assert {each.key for each in health.findings} >= {"doctor.no_ledger", "doctor.no_keys", "doctor.no_copy"}


def test_every_finding_has_its_words(store: Store, edit: Edit, tmp_path: Path) -> None:
    words = load_words(tmp_path / "content")
    health = edit("UPDATE entry SET state = 'held'", "DELETE FROM form", "UPDATE entry SET mark = 'fork'")
    for each in health.findings:
        assert words.say(each.key, "zh", **each.params) and words.say(each.key, "en", **each.params)
    source = Path(__file__).parents[2] / "ledger/doctor.py"
    for key in re.findall(r'"(doctor\.[a-z_]+)"', source.read_text()):
        assert key in words.messages
