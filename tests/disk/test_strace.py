"""A real collector with two phones, killed by the kernel as it asks the disk for the k-th time."""

from __future__ import annotations

import threading
from pathlib import Path
from random import Random

import pytest

from tests.collector.phone import small_congress
from tests.collector.siege import Account, Server, _account, _enter, _resend, outlast
from tests.disk import traced

pytestmark = pytest.mark.skipif(not traced.there(), reason="strace is not here, or may not trace")
CALLS = ("pwrite64", "fdatasync", "pwrite64,fdatasync,fsync,ftruncate,rename,unlink")
FARTHEST = 400


def besiege(folder: Path, kills: int, seed: int = 1) -> Account:
    """Each run dies at a call of its own, some of them while it starts; then all is sent once more."""
    content, home, chance = small_congress(folder), folder / "home", Random(seed)
    phones = _enter(content, home, 2)
    for n in range(kills):
        k = chance.randrange(1, 12) if n % 4 == 3 else chance.randrange(12, FARTHEST)
        server = Server(content, home, traced.collector(CALLS[n % len(CALLS)], f"signal=SIGKILL:when={k}"))
        try:
            server.start()
        except RuntimeError:  # it died before it was ready
            continue
        threads = [
            threading.Thread(target=each.load, args=(server.address, threading.Event())) for each in phones
        ]
        for thread in threads:
            thread.start()
        assert server.process is not None
        assert server.process.wait(600) != 0  # as long as it takes: a busy machine is slow under strace
        for thread in threads:
            thread.join()
    honest = Server(content, home)
    honest.start()
    lost = sum(_resend(each, honest.address) for each in phones)
    honest.stop()
    return _account(home, phones, lost)


@pytest.mark.parametrize("kills", [3, pytest.param(400, marks=pytest.mark.full)])
def test_a_collector_killed_at_a_call_to_the_disk_loses_nothing(folder: Path, kills: int) -> None:
    found = besiege(folder, kills)
    assert found.promised > 50, found
    assert (found.lost, found.duplicates, found.missing, found.faults) == (0, 0, 0, ()), found


@pytest.mark.parametrize(
    ("call", "k"), [("fdatasync", 12), pytest.param("pwrite64", 90, marks=pytest.mark.full)]
)
def test_an_error_of_the_disk_ends_a_real_collector_with_exit_code_4(
    folder: Path, capfd: pytest.CaptureFixture[str], call: str, k: int
) -> None:
    code, found = outlast(folder, traced.collector(call, f"error=EIO:when={k}"))
    assert code == 4 and "cannot be" in capfd.readouterr().err
    assert found.promised > 0
    assert (found.lost, found.duplicates, found.missing, found.faults) == (0, 0, 0, ()), found
