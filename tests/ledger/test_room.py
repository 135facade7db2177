"""Room on the disk: new records are refused in time, the ballast is really there and makes way."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from ledger import room as rooms
from ledger.doctor import examine
from ledger.drafts import Drafts
from ledger.forms import load_forms
from ledger.room import MIB, Room, checkpoint, room_now
from ledger.store import DiskFull, OfficeRecord, Store, StoreFault
from tests.collector.phone import small_congress
from tests.disk import sabotage

FULL = 1 << 60  # a floor above any disk


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "home", load_forms(small_congress(tmp_path))) as store:
        yield store


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path, floor=MIB, size=2 * MIB)


def said(home: Path, release: bool = False) -> list[str]:
    return [key for key, _ in room_now(home, release)]


def test_the_ballast_takes_its_room_and_gives_it_back(room: Room) -> None:
    assert not room.kept and room.keep() and room.held >= 2 * MIB
    assert room.ballast.stat().st_mode & 0o777 == 0o600
    assert room.release() >= 2 * MIB and not room.kept and room.release() == 0
    assert room.keep()


def test_a_ballast_in_name_only_does_not_count_and_is_filled(room: Room) -> None:
    room.ballast.touch()
    os.truncate(room.ballast, room.size)
    assert not room.kept and room.keep() and room.kept


def test_a_build_that_allocates_no_ballast_is_found_out(room: Room) -> None:
    with sabotage.ballast_in_name_only():
        assert not room.keep() and not room.kept


def test_where_a_file_system_cannot_allocate_the_ballast_is_written(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "not supported")

    monkeypatch.setattr(os, "posix_fallocate", cannot)
    assert room.keep() and room.held >= room.size


def test_no_ballast_is_made_where_it_would_take_the_last_room(tmp_path: Path) -> None:
    room = Room(tmp_path, floor=FULL, size=MIB)
    assert not room.keep() and not room.ballast.exists()


def test_a_ballast_that_does_not_fit_leaves_nothing_behind(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, size: int) -> None:
        path.write_bytes(b"x")
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(rooms, "_allocate", full)
    assert not room.keep() and not room.ballast.exists()


def test_settings_are_in_mib_and_nonsense_counts_as_not_said(tmp_path: Path) -> None:
    assert Room.of(tmp_path, {}) == Room(tmp_path, 256 * MIB, 64 * MIB)
    assert Room.of(tmp_path, {"MINGBAI_FLOOR": "7", "MINGBAI_BALLAST": "0"}) == Room(tmp_path, 7 * MIB, 0)
    assert Room.of(tmp_path, {"MINGBAI_FLOOR": "-1", "MINGBAI_BALLAST": "a lot"}) == Room.of(tmp_path, {})


def test_below_the_floor_new_records_and_drafts_wait_and_the_office_goes_on(store: Store) -> None:
    store.room = Room(store.home, floor=FULL)
    drafts = Drafts(store.home)
    drafts._room = store.room
    with pytest.raises(DiskFull, match="make room"):
        store.append([])
    with pytest.raises(DiskFull, match="make room"):
        drafts.save("a", "b", 1, "c", "d", 0)
    assert store.office_append([OfficeRecord("grid", {"name": "甲格"})])[0].state == "accepted"
    assert drafts.of("a") == []
    store.room = Room(store.home, floor=0)
    assert store.append([]) == []
    drafts.close()


def test_a_log_that_cannot_be_tidied_for_want_of_room_makes_the_ballast_go_and_is_tidied_then(
    room: Room,
) -> None:
    room.keep()

    class Full:
        tried = 0

        def wal_checkpoint(self, mode: int) -> None:
            self.tried += 1
            if room.ballast.exists():
                raise apsw.FullError("full")

    db = Full()
    checkpoint(db, room)  # type: ignore[arg-type]
    assert db.tried == 2 and not room.ballast.exists()


def test_without_a_ballast_the_log_stays_and_nothing_is_raised(room: Room) -> None:
    class Full:
        def wal_checkpoint(self, mode: int) -> None:
            raise apsw.FullError("full")

    checkpoint(Full(), room)  # type: ignore[arg-type]


def test_a_log_that_cannot_be_tidied_for_an_error_of_the_disk_stops_the_writer_after_its_answer(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise apsw.IOError("disk I/O error")

    told: list[str] = []
    store.on_broken = told.append
    monkeypatch.setattr("ledger.store.CHECKPOINT_AT", 1)
    monkeypatch.setattr("ledger.store.checkpoint", fails)
    assert store.office_append([OfficeRecord("grid", {"name": "甲格"})])[0].state == "accepted"
    with pytest.raises(StoreFault, match="cannot be tidied"):
        while True:
            store.append([])
    assert told and "cannot be tidied" in told[0]


def test_a_log_is_tidied_once_it_is_long(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def grown_by_forty_records() -> int:
        log = store.home / "ledger.db-wal"
        before = log.stat().st_size
        for n in range(40):
            store.office_append([OfficeRecord("grid", {"name": f"第{n}格"})])
        store.do(lambda _: None).result()
        return (log.stat().st_size - before) // 4096

    assert grown_by_forty_records() > 100
    monkeypatch.setattr("ledger.store.CHECKPOINT_AT", 30)
    assert grown_by_forty_records() < 30


def test_the_command_says_how_things_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(tmp_path / "none") == ["doctor.no_ledger"]
    monkeypatch.setenv("MINGBAI_BALLAST", "1")
    assert said(tmp_path) == ["room.free", "room.no_ballast"]
    Room.of(tmp_path).keep()
    assert said(tmp_path) == ["room.free", "room.kept"]
    assert said(tmp_path, release=True) == ["room.released", "room.free"]
    assert said(tmp_path, release=True) == ["room.nothing_to_release", "room.free"]
    monkeypatch.setenv("MINGBAI_FLOOR", str(FULL))
    assert said(tmp_path)[0] == "room.low"


def test_the_doctor_says_where_room_or_ballast_lacks(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGBAI_BALLAST", "1")
    monkeypatch.setenv("MINGBAI_FLOOR", str(FULL))
    found = {each.key: each.level for each in examine(store.home).findings}
    assert found["doctor.space"] == "fault" and found["doctor.ballast"] == "warning"
    monkeypatch.setenv("MINGBAI_FLOOR", "0")
    Room.of(store.home).keep()
    found = {each.key: each.level for each in examine(store.home).findings}
    assert not {"doctor.space", "doctor.ballast"} & found.keys()
