"""The load script in small: what many phones send at once is all kept, once, though the server is killed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.phones import RECORDS, Account, rush

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
PHONES = 60


def kept(account: Account) -> bool:
    return (account.failed, account.sent - account.durable, account.twice, account.faults) == ((), 0, 0, ())


def test_sixty_phones_at_once_lose_nothing_and_nothing_is_twice(tmp_path: Path) -> None:
    account = rush(tmp_path, phones=PHONES, seconds=2)
    assert kept(account), account
    assert account.sent == account.promised == PHONES * RECORDS
    assert account.receipts_verified > 0 and account.receipts_false == 0


@pytest.mark.parametrize("how", ["forget_a_batch", "no_dedupe"])
def test_a_build_that_promises_too_much_is_found_out(tmp_path: Path, how: str) -> None:
    account = rush(tmp_path, phones=PHONES, seconds=1, program=("-m", "tests.collector.sabotaged", how))
    assert not kept(account), account
