"""A ledger at work, the power cut at moments of its history, and what is found afterwards."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.disk.ledgers import Account, Promises, account, content_with, enrolled, opened, small_log, work
from tests.disk.power import Disk, images
from tests.disk.sabotage import How, nothing
from tests.disk.shim import watching

SHARE_OF_DOCTOR = 20  # one image in so many is started for real, and the doctor asked


@dataclass(frozen=True)
class Cuts:
    """What became of images: how many, with how many promises; in how many one was lost, the file damaged."""

    images: int = 0
    promised: int = 0
    lost: int = 0
    corrupt: int = 0
    first: str = ""
    """The first thing that was wrong."""

    @property
    def kept(self) -> bool:
        """Whether every image kept every promise."""
        return not self.lost and not self.corrupt

    def __add__(self, other: Cuts) -> Cuts:
        return Cuts(
            self.images + other.images,
            self.promised + other.promised,
            self.lost + other.lost,
            self.corrupt + other.corrupt,
            self.first or other.first,
        )


def cut_power(
    content: Path, folder: Path, number: int, seed: int, rounds: int = 60, how: How = nothing
) -> Cuts:
    """Images of one history, which begins with what an earlier, unended one left behind."""
    home, chance, found = folder / "home", Random(seed), Cuts()
    author = enrolled(content, home, seed)
    before = Disk(home)
    with how(), small_log(), watching(home) as watch:
        promises = Promises(lambda: len(watch.ops))
        with opened(content, home) as store:
            started = len(watch.ops)
            assert not work(store, author, promises, rounds)
        ended = len(watch.ops)
    points = [chance.randrange(started // 2, ended + 1) for _ in range(number)]
    out = folder / "images"
    out.mkdir()
    for n, (point, image) in enumerate(images(before, watch.ops, points, chance, out)):
        made = promises.by(point)
        found += _judged(account(image, made), len(made), point)
        if n % SHARE_OF_DOCTOR == 0 and found.kept and (faults := content_with(content, image)):
            found += Cuts(corrupt=1, first=f"at {point}: {faults}")
        shutil.rmtree(image)
    return found


def _judged(account: Account, promised: int, point: int) -> Cuts:
    told = "" if account.kept else f"at {point}: {account}"
    return Cuts(1, promised, int(bool(account.lost)), int(bool(account.faults)), told)
