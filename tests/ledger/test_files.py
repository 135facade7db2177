"""A file is whole or as it was before; tests/disk shows it for power cuts."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from ledger import files
from ledger.files import make_folder, sync_tree, write_whole


def test_a_whole_file_takes_the_place_of_another_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a"
    for data in (b"first" * 1000, b"second"):
        write_whole(path, data)
        assert path.read_bytes() == data
    assert os.listdir(tmp_path) == ["a"] and stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("call", ["pwrite", "fsync", "replace"])
def test_what_cannot_be_written_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    write_whole(tmp_path / "a", b"before")
    monkeypatch.setattr(os, call, full)
    with pytest.raises(OSError, match="no space"):
        write_whole(tmp_path / "a", b"after")
    assert (tmp_path / "a").read_bytes() == b"before" and os.listdir(tmp_path) == ["a"]


def test_a_disk_that_takes_a_part_at_a_time_gets_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pwrite = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda file, data, at: pwrite(file, bytes(data)[:3], at))
    write_whole(tmp_path / "a", b"0123456789")
    assert (tmp_path / "a").read_bytes() == b"0123456789"


def test_a_folder_is_made_with_those_above_it_and_each_name_is_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(files, "sync", synced.append)
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700
    assert synced == [tmp_path, tmp_path / "a"]


def test_a_tree_is_synced_with_all_that_is_in_it_but_not_through_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_text("x")
    (tmp_path / "c").symlink_to("nowhere")
    synced: set[Path] = set()
    monkeypatch.setattr(files, "sync", synced.add)
    sync_tree(tmp_path)
    assert synced == {tmp_path, tmp_path / "a", tmp_path / "a" / "b"}
