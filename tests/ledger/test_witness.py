"""What phones, a second copy and releases know of the ledger, and what the doctor makes of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import apsw
import pytest

from collector.commands import cli
from ledger import bookkeeping, doctor, witness
from ledger.doctor import examine
from ledger.forms import load_forms
from ledger.keys import new_key, receipt
from ledger.signature import spki
from ledger.store import OfficeRecord, Store, open_ledger
from ledger.witness import Unusable, Witness, gather
from ledger.words import load_words
from tests.collector.phone import small_congress
from tests.tamper.history import Kept, play


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return play(tmp_path, 11)


def faults(home: Path, *witnesses: Witness) -> set[str]:
    return {each.key for each in examine(home, witnesses).faults}


def run(home: Path, *statements: str) -> None:
    """What an insider runs, with nothing to refuse it."""
    db = apsw.Connection(str(home / "ledger.db"))
    for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        db.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        db.execute(statement)
    db.close()


# -- receipts --


def test_a_receipt_alone_a_list_and_a_whole_answer_are_read(kept: Kept, tmp_path: Path) -> None:
    told = json.loads(kept.receipt.read_text("utf-8"))
    path = tmp_path / "several.json"
    for written in (told, [told, told], {"batch": "b", "receipt": told}, [{"receipt": told}]):
        path.write_text(json.dumps(written), "utf-8")
        found, unusable = gather(kept.home, [path])
        assert found and not unusable and faults(kept.home, *found) == set()


def test_a_receipt_of_another_key_or_altered_proves_nothing(kept: Kept, tmp_path: Path) -> None:
    told = json.loads(kept.receipt.read_text("utf-8"))
    key = new_key()
    statement = json.loads(told["statement"].partition("\n")[2])
    path = tmp_path / "other.json"
    for written, said in (
        (receipt(statement, key, spki(key.public_key())), "doctor.receipt_foreign"),
        (
            {**told, "statement": told["statement"].replace('"position":', '"position":1')},
            "doctor.receipt_foreign",
        ),
        ({"statement": 5}, "doctor.receipt_unreadable"),
        ([], "doctor.receipt_foreign"),
    ):
        path.write_text(json.dumps(written), "utf-8")
        _, unusable = gather(kept.home, [path, tmp_path / "nowhere.json"])
        assert [each.key for each in unusable] == [said, "doctor.receipt_unreadable"]
        assert said in {each.key for each in examine(kept.home, (), unusable).faults}


def test_of_a_ledger_that_is_gone_a_receipt_makes_a_fault(kept: Kept, tmp_path: Path) -> None:
    assert "doctor.no_ledger" in faults(tmp_path / "nothing", *kept.witnesses())


def test_another_ledger_is_told_from_a_rewritten_one(kept: Kept, tmp_path: Path) -> None:
    other = play(tmp_path / "other", 12)
    assert faults(other.home, *kept.witnesses()) == {"doctor.witness_other"}


def test_a_record_that_was_acknowledged_and_is_not_there_is_named(kept: Kept) -> None:
    (seen,) = kept.witnesses()
    gone = witness.Stored("0", "x", "accepted", None, 1)
    changed = Witness(seen.source, seen.position, seen.chain, seen.ledger, seen.epoch, None, (gone,))
    assert faults(kept.home, changed) == {"doctor.witness_lost"}


# -- epochs --


def new_epoch(home: Path, entered: bool) -> None:
    """What a restore does: the ledger goes on under another epoch, and says so."""
    db = apsw.Connection(str(home / "ledger.db"))
    with db:
        db.execute("UPDATE meta SET value = 'later' WHERE key = 'epoch'")
        db.execute("DELETE FROM import_key WHERE name = 'g-0'")
        if entered:
            bookkeeping.enter(db, 3)
    db.close()


def test_a_receipt_from_before_a_restore_is_compared_by_its_records(kept: Kept) -> None:
    (seen,) = kept.witnesses()
    new_epoch(kept.home, entered=True)
    assert faults(kept.home, seen) == set()
    moved = Witness(seen.source, seen.position + 9, "x", seen.ledger, seen.epoch, None, seen.stored)
    health = examine(kept.home, [moved])
    assert health.faults == () and "doctor.witness_restored" in {each.key for each in health.findings}


def test_an_epoch_that_was_changed_by_hand_is_found(kept: Kept) -> None:
    new_epoch(kept.home, entered=False)
    assert "doctor.book_meta" in faults(kept.home)


# -- releases --


def test_the_releases_are_witnesses_too(kept: Kept, tmp_path: Path) -> None:
    with open_ledger(kept.home) as ledger:
        heads = [(at, ledger.chain_at(at)) for at in (1, ledger.position)]
        told = {"ledger": ledger.ledger_id, "epoch": ledger.epoch}
    release = tmp_path / "site/releases/r-1/manifest.json"
    release.parent.mkdir(parents=True)
    release.write_text(
        json.dumps({**told, "id": "r-1", "position": heads[1][0], "chain": heads[1][1]}), "utf-8"
    )
    found, unusable = gather(kept.home, [], tmp_path / "site")
    assert len(found) == 1 and not unusable and faults(kept.home, *found) == set()
    last = heads[1][0]
    run(kept.home, *(f"DELETE FROM {t} WHERE {c} = {last}" for t, c in
                     (("disclosure", "entry"), ("head", "entry"), ("entry", "position"))))  # fmt: skip
    assert "doctor.witness_cut" in faults(kept.home, *found)
    release.write_text("{", "utf-8")
    _, unusable = gather(kept.home, [], tmp_path / "site")
    assert [each.key for each in unusable] == ["doctor.release_unreadable"]


# -- bookkeeping --


def test_what_the_office_keeps_is_entered_as_it_changes_and_only_then(tmp_path: Path) -> None:
    forms = load_forms(small_congress(tmp_path))
    with Store.open(tmp_path / "home", forms) as store:
        before = store.bookkeeping
        store.office_append([OfficeRecord("deputy", {"name": "王芳"})])
        assert store.bookkeeping == before
        store.office_append([OfficeRecord("grid", {"name": "甲格"}, ("records", "grid", "g-1"))])
        assert store.bookkeeping != before
        now = store.bookkeeping
    with Store.open(tmp_path / "home", forms) as store:
        assert store.bookkeeping == now
    assert faults(tmp_path / "home") == set()


def test_what_fails_is_not_entered(tmp_path: Path) -> None:
    with Store.open(tmp_path / "home", load_forms(small_congress(tmp_path))) as store:
        before = store.bookkeeping

        def spoil(store: Store) -> None:
            store.db.execute("DELETE FROM form")
            raise ValueError

        with pytest.raises(ValueError):
            store.do(spoil).result()
        store.office_append([OfficeRecord("deputy", {"name": "王芳"})])
        assert store.bookkeeping == before
    assert faults(tmp_path / "home") == set()


def test_an_older_ledger_begins_its_bookkeeping_at_the_first_start(tmp_path: Path) -> None:
    kept = play(tmp_path, 13)
    run(kept.home, "DROP TABLE bookkeeping")
    said = {each.key for each in examine(kept.home).findings}
    assert "doctor.book_none" in said and faults(kept.home, *kept.witnesses()) >= {"doctor.witness_book"}
    with Store.open(kept.home, load_forms(tmp_path / "content")):
        pass
    assert not {key for key in faults(kept.home) if key.startswith("doctor.book")}


def test_a_line_holds_no_name_and_no_key(tmp_path: Path) -> None:
    kept = play(tmp_path, 14)
    db = apsw.Connection(str(kept.home / "ledger.db"))
    told = " ".join(str(row) for row in db.execute("SELECT * FROM bookkeeping"))
    names = [str(value) for row in db.execute("SELECT name, key, id FROM device") for value in row]
    names += [str(row[0]) for row in db.execute("SELECT name FROM import_key")]  # type: ignore[index,unused-ignore]
    db.close()
    assert names and not [name for name in names if name in told]


# -- words --


def test_every_word_of_it_is_there_and_the_command_takes_each_witness(tmp_path: Path) -> None:
    words = load_words(small_congress(tmp_path))
    for module in (witness, bookkeeping, doctor):
        for key in re.findall(r'"(doctor\.[a-z_]+)"', Path(str(module.__file__)).read_text("utf-8")):
            assert key in words.messages, key
    for table in bookkeeping.KEYS:
        assert f"doctor.book_{table}" in words.messages
    assert {"receipts", "site"} <= {each.name for each in cli.commands["doctor"].params}
    assert issubclass(Unusable, Exception)
