"""The power fails on the second disk: what was told to be backed up can be restored from what is left."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest

from ledger.backup.copying import SecondCopy
from ledger.store import open_ledger
from tests.disk.calls import recorded
from tests.disk.power import Disk, images
from tests.disk.watch import Watch
from tests.ledger.second import copied


def cut(folder: Path, number: int) -> list[str]:
    """What is wrong in so many images of a second copy that grows: nothing, for each that is right."""
    chance, told, wrong = Random(3), [], []
    with copied(folder) as copy:
        watch = Watch(copy.folder.absolute())
        copy.second.tell = lambda position: told.append((len(watch.ops), position or 0))
        with recorded(watch):
            for n in range(12):
                copy.file(f"第{n}格")
                copy.second.catch_up()
                if n in (3, 8):
                    copy.second.make_whole(f"2026-11-{n + 10}")
        points = [chance.randrange(len(watch.ops) + 1) for _ in range(number)]
        out, home = folder / "images", folder / "restored"
        out.mkdir()
        for point, image in images(Disk(), watch.ops, points, chance, out):
            promised = max((position for at, position in told if at <= point), default=0)
            copy.second.folder = image
            wrong.append("")
            try:
                if promised:
                    copy.restored(home)
                    with open_ledger(home) as ledger:
                        wrong[-1] = "less than was told" * (ledger.position < promised)
                # And the copy goes on behind what is left of it.
                SecondCopy(copy.store.home, image, together=True).catch_up()
            except Exception as fault:
                wrong[-1] = str(fault) or repr(fault)
            shutil.rmtree(home, ignore_errors=True)
            shutil.rmtree(image)
    return wrong


@pytest.mark.parametrize("number", [40, pytest.param(1000, marks=pytest.mark.full)])
def test_what_was_told_to_be_safe_can_be_restored_after_a_power_cut(folder: Path, number: int) -> None:
    assert set(cut(folder, number)) == {""}


def test_a_journal_that_is_not_synced_is_found_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.backup.journal.sync", lambda handle: None)
    assert any(cut(folder, 25))
