"""The second copy beside a real collector: killed and going on, made whole, restored, told to phones."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from collector.copies import Where
from collector.state import Collector
from ledger import blobs
from ledger.backup import look, pictures
from ledger.backup.copying import SecondCopy
from ledger.backup.restore import restore
from ledger.forms import load_forms
from ledger.keys import TO_PRINT
from ledger.store import OfficeRecord, Store, StoreFault
from ledger.succession import read_paper
from ledger.words import load_words
from tests.collector.phone import ROOT, Phone, small_congress
from tests.collector.siege import Server, besiege
from tests.ledger.second import DAY, kept

RECORD = {"day": "2026-03-02", "subject": "路灯"}


def test_killed_at_random_moments_the_journal_lacks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = tmp_path / "second"
    second.mkdir()
    monkeypatch.setenv("MINGBAI_BACKUP", str(second))
    monkeypatch.setenv("MINGBAI_BACKUP_SAME_DISK", "1")
    account = besiege(tmp_path, kills=4, seed=4)
    assert account.lost == 0 and account.promised > 50
    assert look.read(second).fault is None
    paper = read_paper((tmp_path / "home/keys" / TO_PRINT).read_text())
    done = restore(second, tmp_path / "new", paper, DAY)
    assert done.notes == () and done.health.faults == () and done.copy is not None
    assert kept(tmp_path / "new") == kept(tmp_path / "home")


def test_the_office_backs_up_and_restores_by_hand(tmp_path: Path) -> None:
    content, home, second = small_congress(tmp_path), tmp_path / "home", tmp_path / "second"
    second.mkdir()
    env = {**os.environ, "MINGBAI_CONTENT": str(content), "MINGBAI_HOME": str(home), "LANG": "en_US.UTF-8"}

    def run(*words: str, code: int = 0, **more: str) -> str:
        command = [sys.executable, "-m", "collector", *words]
        done = subprocess.run(command, env={**env, **more}, capture_output=True, text=True, timeout=60)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    assert "MINGBAI_BACKUP" in run("backup", code=3)
    assert "same disk" in run("backup", code=4, MINGBAI_BACKUP=str(second))
    assert "whole number of days" in run("backup", code=4, MINGBAI_BACKUP_DAYS="a month")
    where = ("--backup", str(second))
    made = run("backup", *where, "--same-disk")
    assert "Copied and verified: 0-" in made and str(second / "backups") in made
    assert "as it was written" in run("doctor", *where)
    paper = home / "keys" / TO_PRINT
    moved = tmp_path / "paper.txt"
    moved.write_text(paper.read_text())
    paper.unlink()
    new = str(tmp_path / "new")
    assert "no recovery key" in run(
        "restore", *where, "--paper", str(content / "congress.yaml"), "--home", new, code=4
    )
    other = tmp_path / "other.txt"
    other.write_text(moved.read_text().replace("A", "B", 3))
    assert run("restore", *where, "--paper", str(other), "--home", new, code=4).count("\n") == 1
    assert "is not empty" in run("restore", *where, "--paper", str(moved), code=4)
    said = run("restore", *where, "--paper", str(moved), "--home", new)
    assert "Restored up to position 0" in said and "doctor" not in said
    assert "PRIVATE" not in said and not (tmp_path / "new/keys" / TO_PRINT).exists()
    assert "✓" in run("doctor", MINGBAI_HOME=new)


def test_a_phone_hears_how_far_the_copy_is_and_nothing_where_there_is_none(
    collector: Collector, new_phone: Callable[..., Phone], tmp_path: Path
) -> None:
    phone = new_phone()
    record = phone.record(collector.store.current["note"], RECORD)
    position = phone.results([record])[0]["position"]
    asked = [
        lambda: phone.hello()["safe_position"],
        lambda: phone.post("/receipts", {"ids": []}).json()["safe_position"],
        lambda: phone.get("/pull").json()["safe_position"],
    ]
    assert [ask() for ask in asked] == [None, None, None]
    (tmp_path / "second").mkdir()
    second = SecondCopy.beside(collector.store, tmp_path / "second", together=True)
    second.stop()
    assert [ask() for ask in asked] == [position] * 3


def test_a_phone_hears_whether_every_photo_that_came_is_copied(
    collector: Collector, new_phone: Callable[..., Phone], tmp_path: Path
) -> None:
    phone = new_phone()
    copied = lambda: phone.post("/receipts", {"ids": []}).json()["safe_photos"]  # noqa: E731
    assert copied() is False
    (tmp_path / "second").mkdir()
    second = SecondCopy.beside(collector.store, tmp_path / "second", together=True)
    second.stop()
    assert copied() is True
    photo(collector.store, os.urandom(5000))
    assert copied() is False
    second.catch_up()
    assert copied() is True


def photo(store: Store, data: bytes) -> str:
    """A photo that has come."""
    digest = sha256(data).hexdigest()
    path = blobs.place(store.home, digest)
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    blob = blobs.Blob(digest, len(data), "image/jpeg", "deputy/x", "2026-03-02T00:00:00.000Z")
    store.do(lambda s: blobs.add(s.db, blob)).result()
    return digest


def test_a_photo_is_copied_before_its_place_counts_and_comes_back(
    collector: Collector, tmp_path: Path
) -> None:
    store, second = collector.store, tmp_path / "second"
    second.mkdir()
    data = os.urandom(5000)
    digest = photo(store, data)
    told: list[bool] = []
    copy = SecondCopy(
        store.home, second, lambda _: told.append(pictures.place(second, digest).exists()), together=True
    )
    copy.catch_up()
    assert told and all(told)
    assert data[:40] not in pictures.place(second, digest).read_bytes()
    paper = read_paper((store.home / "keys" / TO_PRINT).read_text())
    done = restore(second, tmp_path / "new", paper, DAY)
    assert (done.photos, done.photos_missing) == (1, 0)
    assert blobs.place(tmp_path / "new", digest).read_bytes() == data
    store.do(lambda s: s.db.execute("DELETE FROM blob")).result()
    copy.make_whole("2026-11-01")
    assert pictures.open_picture(second, digest, paper) == data
    copy.make_whole("2026-12-05")
    assert pictures.open_picture(second, digest, paper) is None


def test_after_a_restore_the_copy_begins_anew_in_the_same_folder(
    collector: Collector, tmp_path: Path, content: Path
) -> None:
    second = tmp_path / "second"
    second.mkdir()
    store = collector.store
    copy = SecondCopy(store.home, second, together=True)
    store.office_append([OfficeRecord("grid", {"name": "甲格"})])
    copy.catch_up()
    store.office_append([OfficeRecord("grid", {"name": "乙格"})])
    copy.catch_up()
    journal = second / "journal/000001.ndjson"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(lines[0] + lines[1][:-44] + b"A" * 41 + b'"}\n')
    paper = read_paper((store.home / "keys" / TO_PRINT).read_text())
    first = restore(second, tmp_path / "new", paper, DAY)
    assert first.position == 1 and first.known == 2
    with Store.open(tmp_path / "new", load_forms(content)) as again:
        told: list[int | None] = []
        after = SecondCopy(again.home, second, told.append, together=True)
        again.office_append([OfficeRecord("grid", {"name": "丙格"})])
        after.catch_up()
        again.office_append([OfficeRecord("grid", {"name": "丁格"})])
        after.catch_up()
        # Nothing is told to be safe until the new history has a beginning of its own.
        assert told[0] is None and told[-1] == 3
        assert look.heads(second) == look.heads(second, again.epoch) and set(look.heads(second)) == {2, 3}
    done = restore(second, tmp_path / "newer", paper, DAY)
    assert done.position == 3 and done.health.faults == ()
    assert kept(tmp_path / "newer") == kept(tmp_path / "new")


def test_a_number_of_days_that_is_none_is_said() -> None:
    assert Where.said({}).folder is None and Where.said({"MINGBAI_BACKUP_DAYS": "7"}).days == 7
    with pytest.raises(StoreFault, match="whole number of days"):
        Where.said({"MINGBAI_BACKUP_DAYS": "-1"})


def test_no_secret_and_no_word_of_a_record_is_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    content, home = small_congress(tmp_path), tmp_path / "home"
    monkeypatch.setenv("MINGBAI_BACKUP", str(tmp_path / "missing"))
    home.mkdir()
    server = Server(content, home)
    server.start()
    server.stop()
    said = capfd.readouterr().err
    assert "stands still" in said and "is not there" in said
    assert json.dumps("PRIVATE") not in said and "BEGIN" not in said


def test_everything_that_is_said_of_the_second_copy_has_its_words(content: Path) -> None:
    words = load_words(content)
    files = [ROOT / "ledger/backup/look.py", ROOT / "collector/copies.py", ROOT / "collector/commands.py"]
    said = {key for path in files for key in re.findall(r'"((?:doctor|backup)\.[a-z_]+)"', path.read_text())}
    assert len(said) > 15 and said <= set(words.messages)
