"""SIGKILL under load: nothing acknowledged is lost, nothing is twice, a broken build is found out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.collector.siege import Account, besiege, outlast


def kept_every_promise(account: Account) -> bool:
    return (account.lost, account.duplicates, account.missing, account.faults) == (0, 0, 0, ())


def sabotaged(how: str) -> list[str]:
    return ["-m", "tests.collector.sabotaged", how]


@pytest.mark.parametrize(
    "kills", [100, pytest.param(1000, marks=pytest.mark.full)], ids=lambda number: f"{number}-kills"
)
def test_nothing_acknowledged_is_lost_and_nothing_is_there_twice(tmp_path: Path, kills: int) -> None:
    account = besiege(tmp_path, kills, seed=kills)
    assert account.promised > 5 * kills and kept_every_promise(account), account
    assert len(account.starts) == kills + 1
    if kills >= 1000:  # how long a start takes is told by a machine that does nothing else
        print(f"\nstarts: p50 {account.start_at(0.5):.2f} s, p99 {account.start_at(0.99):.2f} s")
        assert account.start_at(0.99) <= 1.0


def test_a_build_that_acknowledges_before_the_commit_is_found_out(tmp_path: Path) -> None:
    account = besiege(tmp_path, kills=4, program=sabotaged("acknowledge_before_commit"))
    assert account.lost > 0, account


def test_a_build_that_takes_the_known_for_new_is_found_out(tmp_path: Path) -> None:
    account = besiege(tmp_path, kills=2, program=sabotaged("no_dedupe"))
    assert account.duplicates > 0, account


def test_a_broken_disk_ends_the_server_with_a_reason_and_no_promise(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, account = outlast(tmp_path, sabotaged("disk_fails"))
    assert code == 4 and "cannot be written" in capfd.readouterr().err
    assert account.promised > 0 and kept_every_promise(account), account


@pytest.mark.full
@pytest.mark.parametrize("how", ["acknowledge_before_commit", "no_dedupe"])
def test_fifty_kills_find_a_sabotaged_build_out(tmp_path: Path, how: str) -> None:
    account = besiege(tmp_path, kills=50, clients=6, program=sabotaged(how), seed=50)
    assert not kept_every_promise(account), account
