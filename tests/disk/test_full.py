"""A disk that is full, or nearly so: refused with a word in time, and on it goes once there is room."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import apsw
import httpx
import pytest

from ledger.room import MIB
from tests.collector.phone import ROOT, small_congress
from tests.collector.siege import Client, Server, _account, _enter, _resend
from tests.disk.ledgers import Promises, account, content_with, enrolled, opened, small_log, work
from tests.disk.shim import watching


class Quota:
    """A disk that holds so many bytes and no more, until it is given more."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.ends: dict[str, int] = {}

    def __call__(self, call: str, path: str, data: bytes, at: int = 0) -> None:
        if call == "write" and sum(self.ends.values()) + len(data) > self.most and path.endswith("-wal"):
            raise apsw.FullError("struck")
        if call == "write":
            self.ends[path] = self.ends.get(path, 0) + len(data)


def test_a_full_disk_refuses_loses_nothing_and_goes_on_when_there_is_room(folder: Path) -> None:
    content, home = small_congress(folder), folder / "home"
    author, quota, promises = enrolled(content, home), Quota(600_000), Promises()
    with small_log(), watching(home, quota), opened(content, home) as store:
        refused = work(store, author, promises, 80)
        kept = len(promises.made)
        assert refused > 10 and kept > 10 and store.broken is None
        quota.most = 1 << 40
        assert work(store, author, promises, 20) == 0 and len(promises.made) > kept
    assert account(home, promises.by(1 << 60)).kept and not content_with(content, home)


# -- a real one, six MiB large --


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disk]).returncode:
        pytest.skip("a disk of six MiB needs a root who may mount")
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)


def refusal(client: Client, address: str) -> tuple[int, str, str]:
    """Send new records until the server refuses some: status, type of the problem, when to come back."""
    client.phone._nonce = ""
    with httpx.Client(base_url=address, timeout=30) as wire:
        client.phone.client = wire
        while True:
            batch = [client.new() for _ in range(20)]
            answer = client.phone.push(batch)
            if answer.status_code != 200:
                return answer.status_code, answer.json()["type"], answer.headers["Retry-After"]
            client.promised.update({each["id"]: each for each in answer.json()["results"]})


def room(content: Path, home: Path, *more: str) -> str:
    env = {**os.environ, "MINGBAI_CONTENT": str(content), "MINGBAI_HOME": str(home)}
    command = [sys.executable, "-m", "collector", "--lang", "en", "room", *more]
    return subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("floor", ["0", "2"])
def test_a_collector_on_a_small_disk_refuses_with_a_word_reads_on_and_goes_on_elsewhere(
    tmp_path: Path, small_disk: Path, monkeypatch: pytest.MonkeyPatch, floor: str
) -> None:
    monkeypatch.setenv("MINGBAI_FLOOR", floor)
    monkeypatch.setenv("MINGBAI_BALLAST", "1")
    content, home = small_congress(tmp_path), small_disk / "home"
    client = _enter(content, home, 1)[0]
    server = Server(content, home)
    server.start()
    assert refusal(client, server.address) == (503, "mingbai:push/disk_full", "60")
    assert httpx.get(f"{server.address}/api/v1/hello").status_code == 200
    if floor != "0":
        assert os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize > MIB
    assert "Gave back" in room(content, home, "--release")
    server.kill()
    home = Path(shutil.copytree(home, tmp_path / "larger", ignore=shutil.ignore_patterns("*.sock")))
    monkeypatch.setenv("MINGBAI_FLOOR", "1")
    server = Server(content, home)
    server.start()
    lost = _resend(client, server.address)
    server.stop()
    found = _account(home, [client], lost)
    assert found.promised > 100 and (found.lost, found.duplicates, found.missing, found.faults) == (
        0,
        0,
        0,
        (),
    )
