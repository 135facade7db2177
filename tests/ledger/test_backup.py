"""The second copy: what is told to be safe is on its disk, whatever happens in between."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.backup import aging, journal, look, whole
from ledger.backup.copying import PLAIN, CopyFault, SecondCopy, today
from ledger.doctor import examine
from ledger.store import open_ledger
from tests.ledger.second import DAY, Copied, copied, kept


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Copied]:
    with copied(tmp_path) as found:
        yield found


def last_segment(folder: Path) -> Path:
    return journal.place(folder, journal.segments(folder)[-1])


def said(copy: Copied) -> set[str]:
    return {each.key for each in examine(copy.store.home, backup=copy.folder).findings}


def test_what_is_filed_is_in_the_journal_and_told_to_be_safe(copy: Copied) -> None:
    copy.file("甲格", "乙格")
    assert copy.second.catch_up() == 2 == copy.told[-1]
    copy.file("丙格")
    assert copy.second.catch_up() == 3
    assert look.heads(copy.folder) == {2: copy.store.do(lambda s: chain(s, 2)).result(), 3: copy.store.chain}
    assert {"doctor.copy_fine", "doctor.copy_no_whole", "doctor.copy_same_disk"} <= said(copy)


def chain(store: Any, position: int) -> str:
    return str(store.db.execute("SELECT chain FROM entry WHERE position = ?", (position,)).fetchone()[0])


def test_nothing_in_plain_tells_what_was_filed(copy: Copied) -> None:
    copy.file("柳河村秘密网格")
    copy.second.make_whole(DAY)
    copy.file("柳河村另一网格")
    copy.second.catch_up()
    with open_ledger(copy.store.home) as ledger:
        secrets = [text for position in (1, 2) for text in ledger.disclosures(position)]
        secrets += [each.id for each in ledger.devices.values()] + [str(ledger.version(ledger_id(ledger)))]
    secrets += [path.read_text().splitlines()[1] for path in (copy.store.home / "keys").glob("*.pem")]
    files = [path.read_bytes() for path in copy.folder.rglob("*") if path.is_file()]
    assert len(files) == 3
    for secret in [*secrets, "柳河村", "grid", "人大办"]:
        assert all(secret.encode() not in data for data in files), secret


def ledger_id(ledger: Any) -> str:
    return str(next(ledger.rows())[1])


def test_nothing_new_writes_no_line(copy: Copied) -> None:
    copy.file("甲格")
    copy.second.catch_up()
    before = last_segment(copy.folder).read_bytes()
    copy.second.catch_up()
    copy.again().catch_up()
    assert last_segment(copy.folder).read_bytes() == before and copy.told[-1] == 1


def test_a_change_of_the_registry_alone_is_copied_too(copy: Copied, tmp_path: Path) -> None:
    copy.file("甲格")
    copy.second.catch_up()
    copy.store.do(
        lambda s: s.db.execute(
            "INSERT INTO invite VALUES ('h', 'clerk', NULL, '刘敏', '1', '2', NULL, NULL, NULL)"
        )
    ).result()
    copy.second.catch_up()
    copy.store.do(lambda s: s.db.execute("UPDATE device SET reason = '丢了'")).result()
    copy.second.catch_up()
    copy.store.do(lambda s: s.db.execute("DELETE FROM invite")).result()
    copy.second.catch_up()
    copy.restored(tmp_path / "new")
    assert kept(tmp_path / "new") == kept(copy.store.home)


def test_a_table_that_somebody_adds_is_copied_from_its_first_day(copy: Copied, tmp_path: Path) -> None:
    copy.store.do(
        lambda s: s.db.execute("CREATE TABLE added (a TEXT PRIMARY KEY) STRICT, WITHOUT ROWID")
    ).result()
    copy.store.do(lambda s: s.db.execute("INSERT INTO added VALUES ('x')")).result()
    copy.file("甲格")
    copy.second.make_whole(DAY)
    copy.store.do(lambda s: s.db.execute("INSERT INTO added VALUES ('y')")).result()
    copy.second.catch_up()
    copy.restored(tmp_path / "new")
    assert kept(tmp_path / "new", "added") == kept(copy.store.home, "added")


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.floats(0, 1), torn=st.booleans())
def test_a_line_cut_off_anywhere_is_written_again(
    cut: float, torn: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    with copied(folder) as copy:
        for name in ("甲格", "乙格", "丙格"):
            copy.file(name)
            copy.second.catch_up()
        path = last_segment(copy.folder)
        data = path.read_bytes()
        size = int(len(data) * cut)
        path.write_bytes(data[:size] + (os.urandom(40) if torn else b""))
        assert copy.again().catch_up() == 3
        assert copy.restored(folder / "new").position == 3
        assert look.read(copy.folder).fault is None


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("operation", ["pwrite", "fsync", "ftruncate"])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_killed_at_a_call_it_goes_on_where_the_journal_really_ends(
    copy: Copied, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str, at: int
) -> None:
    real, calls = getattr(os, operation), [0]

    def dying(handle: int, *rest: Any) -> Any:
        calls[0] += 1
        if calls[0] < at:
            return real(handle, *rest)
        if operation == "pwrite":
            real(handle, bytes(rest[0])[: len(rest[0]) // 2], rest[1])
        raise Killed

    copy.file("甲格")
    copy.second.catch_up()
    copy.file("乙格", "丙格")
    with monkeypatch.context() as patched:
        patched.setattr(journal.os, operation, dying)
        with pytest.raises(Killed):
            for name in "丁戊己庚":
                copy.second.catch_up()
                copy.file(f"{name}格")
    promised = copy.told[-1]
    assert promised is not None
    assert copy.restored(tmp_path / "then").position >= promised
    assert copy.again().catch_up() == copy.store.position
    copy.restored(tmp_path / "new")
    assert kept(tmp_path / "new") == kept(copy.store.home)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("operation", ["pwrite", "fsync"])
def test_a_full_or_broken_second_disk_holds_up_nothing_but_the_second_copy(
    copy: Copied, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str, code: int
) -> None:
    copy.file("甲格")
    copy.second.catch_up()
    real = getattr(os, operation)

    def failing(handle: int, *rest: Any) -> Any:
        if operation == "pwrite":
            real(handle, bytes(rest[0])[:7], rest[1])
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patched:
        patched.setattr(journal.os, operation, failing)
        for name in ("乙格", "丙格"):
            copy.file(name)
            assert not copy.second._try()
    assert copy.told[-1] == 1 and copy.second.fault and copy.store.position == 3
    assert "doctor.copy_behind" in said(copy) and not examine(copy.store.home, backup=copy.folder).faults
    assert copy.second._try() and copy.told[-1] == 3 and copy.second.fault is None
    copy.restored(tmp_path / "new")
    assert kept(tmp_path / "new") == kept(copy.store.home)


def test_the_ledgers_own_disk_is_refused(copy: Copied) -> None:
    copy.second.together = False
    with pytest.raises(CopyFault, match=r"same disk.*--same-disk"):
        copy.second.catch_up()
    with pytest.raises(CopyFault, match="same disk"):
        SecondCopy.beside(copy.store, copy.folder)
    assert copy.told == []


def test_a_folder_that_is_not_there_keeps_nobody_from_filing(copy: Copied, tmp_path: Path) -> None:
    second = SecondCopy.beside(copy.store, tmp_path / "not mounted", together=True)
    copy.file("甲格")
    second.stop()
    assert second.fault and "not there" in second.fault and copy.store.safe_position is None
    found = examine(copy.store.home, backup=tmp_path / "not mounted")
    assert "doctor.copy_gone" in {each.key for each in found.faults}


def test_the_thread_follows_by_itself_and_leaves_nothing_behind(copy: Copied) -> None:
    second = SecondCopy.beside(copy.store, copy.folder, together=True)
    copy.file("甲格")
    second.stop()
    assert copy.store.safe_position == 1


def test_the_copy_of_another_ledger_is_not_written_into(copy: Copied, tmp_path: Path) -> None:
    copy.file("甲格")
    copy.second.catch_up()
    (tmp_path / "other").mkdir()
    with copied(tmp_path / "other") as other, pytest.raises(CopyFault, match="another ledger"):
        SecondCopy(other.store.home, copy.folder, together=True).catch_up()


def test_an_older_ledger_put_in_the_place_of_a_newer_is_not_followed(copy: Copied) -> None:
    copy.file("甲格", "乙格")
    copy.second.catch_up()
    copy.store.do(
        lambda s: s.db.execute(
            "DROP TRIGGER entry_is_never_deleted; DROP TRIGGER disclosure_is_never_deleted;"
            " DELETE FROM head WHERE entry = 2; DELETE FROM disclosure WHERE entry = 2;"
            " DELETE FROM asked WHERE entry = 2; DELETE FROM entry WHERE position = 2"
        )
    ).result()
    with pytest.raises(CopyFault, match="position 2"):
        copy.again().catch_up()
    found = examine(copy.store.home, backup=copy.folder)
    assert {each.key: each.params for each in found.faults}["doctor.copy_differs"] == {"position": 2}


def test_a_ledger_altered_together_with_its_chain_is_found_by_its_journal(copy: Copied) -> None:
    copy.file("甲格", "乙格")
    copy.second.catch_up()

    def altered(store: Any) -> None:
        from ledger.entries import chain_over

        store.db.execute("DROP TRIGGER entry_is_never_changed")
        row = store.db.execute(
            "SELECT id, digest, kind, device, code, state, seq, problems, mark, received_at FROM entry"
            " WHERE position = 2"
        ).fetchone()
        columns = (*row[:-1], "2020-01-01T00:00:00.000Z")
        head = chain_over(chain(store, 1), 2, *columns)
        store.db.execute(
            "UPDATE entry SET received_at = ?, chain = ? WHERE position = 2", (columns[-1], head)
        )

    copy.store.do(altered).result()
    assert "doctor.chain" not in {each.key for each in examine(copy.store.home).faults}
    assert "doctor.copy_differs" in {each.key for each in examine(copy.store.home, backup=copy.folder).faults}


def test_an_altered_line_is_found_without_the_paper(copy: Copied, tmp_path: Path) -> None:
    for name in ("甲格", "乙格", "丙格"):
        copy.file(name)
        copy.second.catch_up()
    path = last_segment(copy.folder)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])
    assert "doctor.copy_broken" in {each.key for each in examine(copy.store.home, backup=copy.folder).faults}
    lines[1] = lines[1].replace(b'"to":2', b'"to":3')
    path.write_bytes(b"".join(lines))
    assert "doctor.copy_broken" in {each.key for each in examine(copy.store.home, backup=copy.folder).faults}
    done = copy.restored(tmp_path / "new")
    assert done.position == 1 and done.known == 3 and "000001.ndjson:2" in done.notes[0]


def test_a_whole_copy_is_verified_and_begins_a_segment(copy: Copied, tmp_path: Path) -> None:
    copy.file("甲格", "乙格")
    path = copy.second.make_whole(DAY)
    assert path.name == f"2-{DAY}.mbk" and whole.intact(path) and path.stat().st_mode & 0o777 == 0o600
    assert not (copy.store.home / PLAIN).exists()
    copy.file("丙格")
    copy.second.catch_up()
    assert journal.segments(copy.folder) == [1, 2]
    done = copy.restored(tmp_path / "new")
    assert (done.copy, done.position, done.lines, done.notes) == (path.name, 3, 1, ())
    assert kept(tmp_path / "new") == kept(copy.store.home)
    copy.second.make_whole(today())
    assert {"doctor.copy_whole", "doctor.copy_fine"} <= said(copy)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_bit_flipped_anywhere_in_a_whole_copy_is_found_and_an_older_one_serves(
    at: float, bit: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("flip")
    with copied(folder) as copy:
        copy.file("甲格")
        copy.second.make_whole("2026-11-25")
        copy.file("乙格")
        path = copy.second.make_whole(DAY)
        data = bytearray(path.read_bytes())
        data[int(len(data) * at)] ^= 1 << bit
        path.write_bytes(data)
        assert not whole.intact(path)
        assert copy.restored(folder / "new").position == 2
        assert kept(folder / "new") == kept(copy.store.home)


def test_what_is_too_old_goes_and_the_newest_stays(copy: Copied, tmp_path: Path) -> None:
    for day in ("2026-10-01", "2026-10-02", "2026-11-20", DAY):
        copy.file(f"{day}格")
        copy.second.make_whole(day)
    names = sorted(path.name for path in (copy.folder / "backups").iterdir())
    assert names == ["3-2026-11-20.mbk", f"4-{DAY}.mbk"] and journal.segments(copy.folder) == [3, 4]
    assert aging.prune(copy.folder, "2027-11-20", 30) == ["000003.ndjson", "3-2026-11-20.mbk"]
    assert aging.prune(copy.folder, "2028-11-20", 30) == []
    assert copy.restored(tmp_path / "new").position == 4
