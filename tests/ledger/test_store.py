"""The ledger's file: opened by one, added to and never changed, promised only after the fsync."""

from __future__ import annotations

import os
import re
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from ledger.forms import Form, load_forms, parse_form
from ledger.problems import Problems
from ledger.store import (
    PRAGMAS,
    DiskFull,
    LedgerBusy,
    LedgerMissing,
    OfficeRecord,
    Store,
    StoreFault,
    open_ledger,
)
from tests.collector.phone import small_congress
from tests.ledger.samples import VISIT


@pytest.fixture
def forms(tmp_path: Path) -> dict[str, Form]:
    return load_forms(small_congress(tmp_path))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def store(home: Path, forms: dict[str, Form]) -> Iterator[Store]:
    with Store.open(home, forms) as store:
        yield store


def deputy(name: str = "王芳") -> OfficeRecord:
    return OfficeRecord("deputy", {"name": name})


def raw(home: Path) -> apsw.Connection:
    return apsw.Connection(str(home / "ledger.db"))


def test_every_pragma_reads_back_as_it_was_set(store: Store) -> None:
    read = store.do(lambda store: {name: store.db.pragma(name) for name in PRAGMAS}).result()
    assert read == dict(PRAGMAS)
    assert read["journal_mode"] == "wal" and read["synchronous"] == 2


def test_a_pragma_that_does_not_hold_stops_the_start(
    home: Path, forms: dict[str, Form], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.database.PRAGMAS", {**PRAGMAS, "page_size": 4097})
    with pytest.raises(StoreFault, match="page_size reads 4096 and must be 4097"):
        Store.open(home, forms)


def test_an_old_sqlite_stops_the_start(
    home: Path, forms: dict[str, Form], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.database.OLDEST_SQLITE", (99, 0, 0))
    with pytest.raises(StoreFault, match="Install apsw"):
        Store.open(home, forms)


@pytest.mark.parametrize("table", ["entry", "disclosure"])
def test_entries_and_disclosures_are_only_ever_added(store: Store, home: Path, table: str) -> None:
    store.office_append([deputy()])
    for statement in (f"UPDATE {table} SET rowid = rowid", f"DELETE FROM {table}"):
        statement = statement.replace("rowid = rowid", "kind = 'x'" if table == "entry" else "text = 'x'")
        with pytest.raises(apsw.ConstraintError, match="is never"):
            raw(home).execute(statement)


def test_private_files_are_private(store: Store, home: Path) -> None:
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "ledger.db").stat().st_mode) == 0o600


def test_a_second_writer_is_told_who_holds_the_ledger(
    store: Store, home: Path, forms: dict[str, Form]
) -> None:
    with pytest.raises(LedgerBusy, match=f"held by process {os.getpid()}, since .*Stop that first"):
        Store.open(home, forms)


def test_the_lock_is_free_again_after_close_and_after_a_failed_start(
    home: Path, forms: dict[str, Form]
) -> None:
    Store.open(home, forms).close()
    (home / "ledger.db").rename(home / "away.db")
    (home / "ledger.db").write_bytes(b"this is not a database" * 100)
    for leftover in ("ledger.db-wal", "ledger.db-shm"):
        (home / leftover).unlink(missing_ok=True)
    with pytest.raises(StoreFault, match="is not a database"):
        Store.open(home, forms)
    (home / "away.db").rename(home / "ledger.db")
    Store.open(home, forms).close()


def test_a_strange_database_is_not_taken_for_a_ledger(home: Path, forms: dict[str, Form]) -> None:
    home.mkdir()
    raw(home).execute("CREATE TABLE theirs (a)")
    with pytest.raises(StoreFault, match=r"is not a ledger\. Check"):
        Store.open(home, forms)


def test_a_ledger_of_a_newer_program_is_left_alone(home: Path, forms: dict[str, Form]) -> None:
    Store.open(home, forms).close()
    raw(home).execute("PRAGMA user_version = 9")
    with pytest.raises(StoreFault, match="is of version 9, this program knows 1"):
        Store.open(home, forms)


def test_without_a_ledger_there_is_nothing_to_read(home: Path) -> None:
    with pytest.raises(LedgerMissing, match="there is no ledger yet"), open_ledger(home):
        pass


def test_the_next_start_goes_on_where_the_last_ended(home: Path, forms: dict[str, Form]) -> None:
    with Store.open(home, forms) as store:
        store.office_append([deputy("王芳"), deputy("李强")])
        before = (store.ledger_id, store.epoch, store.position, store.chain)
    with Store.open(home, forms) as store:
        assert (store.ledger_id, store.epoch, store.position, store.chain) == before
        store.office_append([deputy("赵敏")])
    with open_ledger(home) as ledger:
        assert ledger.position == 3 and ledger.marks() == {}


def test_a_reader_sees_one_moment_beside_the_writer(store: Store, home: Path) -> None:
    store.office_append([deputy("王芳")])
    with open_ledger(home) as ledger:
        store.office_append([deputy("李强")])
        assert ledger.position == 1 and len(list(ledger.records("deputy"))) == 1
    with open_ledger(home) as ledger:
        assert ledger.position == 2 and ledger.chain_head == store.chain


def test_a_reader_cannot_write(store: Store, home: Path) -> None:
    with open_ledger(home) as ledger, pytest.raises(apsw.ReadOnlyError):
        ledger._db.execute("DELETE FROM invite")


def test_what_waits_together_shares_one_fsync(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    commits: list[int] = []
    commit = Store._commit
    monkeypatch.setattr(Store, "_commit", lambda self: (commits.append(1), commit(self))[1])
    gate = threading.Event()
    first = store.do(lambda store: gate.wait(5))
    rest = [store.do(lambda store, n=n: n) for n in range(50)]  # type: ignore[misc]
    gate.set()
    assert first.result() and [each.result() for each in rest] == list(range(50))
    assert len(commits) <= 2


def test_nothing_is_promised_before_the_commit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    commit, seen = Store._commit, []
    monkeypatch.setattr(Store, "_commit", lambda self: (seen.append(done.done()), commit(self))[1])
    gate = threading.Event()
    done = store.do(lambda store: gate.wait(5))
    gate.set()
    done.result()
    assert seen == [False]


def test_one_failing_job_takes_nothing_from_the_others(store: Store) -> None:
    gate = threading.Event()
    store.do(lambda store: gate.wait(5))

    def fail(store: Store) -> None:
        store.db.execute("INSERT INTO meta VALUES ('half', 'done')")
        raise ValueError("on purpose")

    before = store.do(lambda store: 1)
    failing = store.do(fail)
    after = store.do(
        lambda store: store.db.execute("SELECT count(*) FROM meta WHERE key = 'half'").fetchone()
    )
    gate.set()
    assert before.result() == 1 and after.result() == (0,)
    with pytest.raises(ValueError, match="on purpose"):
        failing.result()


def test_a_full_disk_keeps_nothing_of_the_batch_and_the_next_one_goes_on(store: Store) -> None:
    pages = store.do(lambda store: store.db.pragma("page_count")).result()
    store.do(lambda store: store.db.pragma("max_page_count", pages + 3)).result()
    with pytest.raises(DiskFull, match="make room, then send again"):
        store.office_append([deputy(f"代表{n}") for n in range(400)])
    assert store.position == 0
    store.do(lambda store: store.db.pragma("max_page_count", 1 << 30)).result()
    assert [each.state for each in store.office_append([deputy()])] == ["accepted"]


def test_after_a_failed_write_nothing_is_promised_any_more(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    store.on_broken = told.append

    def fail(self: Store) -> None:
        raise apsw.IOError("disk I/O error")

    monkeypatch.setattr(Store, "_commit", fail)
    with pytest.raises(StoreFault, match="cannot be written"):
        store.office_append([deputy()])
    monkeypatch.undo()
    with pytest.raises(StoreFault, match="cannot be written"):
        store.office_append([deputy()])
    assert told and "restore" in told[0]


def test_every_wording_of_a_form_is_kept(home: Path, tmp_path: Path, forms: dict[str, Form]) -> None:
    with Store.open(home, forms) as store:
        old = forms["deputy"].version
        store.office_append([deputy()])
        path = tmp_path / "content/forms/deputy.yaml"
        path.write_text(path.read_text("utf-8").replace("姓名", "名字"), "utf-8")
        store.learn(load_forms(tmp_path / "content"))
        new = store.current["deputy"].version
        store.office_append([deputy()])
        assert old != new and {old, new} <= set(store.forms)
    with open_ledger(home) as ledger:
        assert [record.form for record in ledger.records("deputy")] == [old, new]
        assert {old, new} <= set(ledger.forms())


def test_codes_are_of_the_form_and_the_year_and_never_bare_digits(store: Store) -> None:
    outcomes = store.office_append([deputy(f"代表{n}") for n in range(300)])
    codes = [str(each.code) for each in outcomes]
    assert len(set(codes)) == 300
    for code in codes:
        assert re.fullmatch(r"DB-20\d\d-[0-9A-HJKMNP-TV-Z]{4}", code) and not code[-4:].isdigit()


def test_a_field_never_changes_its_type_under_one_name(tmp_path: Path) -> None:
    before = parse_form(VISIT, "visit.yaml")
    text = VISIT.replace("schema: {type: string, maxLength: 20}", "schema: {type: integer}")
    after = parse_form(text, "visit.yaml")
    with Store.open(tmp_path / "home", {"visit": before}) as store:
        with pytest.raises(Problems, match=r"phone.*was text and is now integer.*give it a new name"):
            store.learn({"visit": after})
        assert store.current == {"visit": before}
    with pytest.raises(Problems, match="give it a new name"):
        Store.open(tmp_path / "home", {"visit": after})
    Store.open(tmp_path / "home", {"visit": before}).close()
