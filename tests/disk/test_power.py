"""The power fails at any moment: what was acknowledged is there afterwards, and the file is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.collector.phone import small_congress
from tests.disk import sabotage
from tests.disk.cuts import Cuts, cut_power

HISTORIES = 4


def cut(folder: Path, images: int, seed: int, how: sabotage.How = sabotage.nothing, rounds: int = 60) -> Cuts:
    content = small_congress(folder)
    return cut_power(content, folder, images, seed, rounds, how)


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_a_power_cut_loses_nothing_that_was_acknowledged(folder: Path, seed: int) -> None:
    found = cut(folder, images=250, seed=seed)
    assert found.kept and found.images == 250 and found.promised > 5000, found


@pytest.mark.parametrize("how", ["log_synced_at_checkpoints_only", "nothing_synced"])
def test_a_ledger_that_does_not_sync_each_commit_loses_in_more_than_half(folder: Path, how: str) -> None:
    found = cut(folder, images=120, seed=1, how=sabotage.BY_POWER_CUT[how])
    assert found.lost + found.corrupt > found.images / 2, found


@pytest.mark.parametrize("how", ["answered_before_the_commit", "drafts_synced_at_checkpoints_only"])
def test_a_promise_before_its_sync_is_found_out(folder: Path, how: str) -> None:
    found = cut(folder, images=60, seed=1, how=sabotage.BY_POWER_CUT[how])
    assert found.lost, found


@pytest.mark.full
@pytest.mark.parametrize("seed", range(20))
def test_ten_thousand_power_cuts_lose_nothing(folder: Path, seed: int) -> None:
    found = cut(folder, images=500, seed=100 + seed, rounds=150)
    assert found.kept and found.images == 500, found


@pytest.mark.full
@pytest.mark.parametrize("how", sabotage.BY_POWER_CUT)
def test_a_thousand_power_cuts_find_a_sabotaged_build_out(folder: Path, how: str) -> None:
    found = cut(folder, images=1000, seed=9, how=sabotage.BY_POWER_CUT[how], rounds=150)
    share = (found.lost + found.corrupt) / found.images
    print(f"{how}: {share:.0%} of {found.images} images")
    assert not found.kept and (share > 0.5 or "log" not in how), found
