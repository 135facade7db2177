"""The power fails at any moment of a build: a whole release is served then, no older than the last one."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from publisher import release
from publisher.stamping.stamp import link, write
from tests.collector.phone import ROOT
from tests.disk import sabotage, traced
from tests.disk.builds import wrong
from tests.disk.calls import recorded
from tests.disk.power import Disk, Op, images
from tests.disk.watch import Watch
from tests.publisher.conftest import home as home  # a small ledger

Promises = Sequence[tuple[int, str]]


def found(folder: Path, ops: Sequence[Op], promises: Promises, number: int) -> list[str]:
    """What is wrong in so many images of folder/site: nothing, for each that is right."""
    site, chance, told = folder / "site", Random(5), []
    same(site, ops, folder / "same")
    out = folder / "images"
    out.mkdir()
    points = [_near(chance, ops, promises) for _ in range(number)]
    for point, image in images(Disk(), ops, points, chance, out):
        told.append(wrong(image, [text for at, text in promises if at <= point], site))
        shutil.rmtree(image)
    return told


def same(site: Path, ops: Sequence[Op], into: Path) -> None:
    """What was recorded is what happened: with all of it on the disk, the disk is as it is."""
    disk = Disk()
    for op in ops:
        disk.apply(op)
    into.mkdir()
    disk.image(Random(1), into, share=1.0)
    assert tree(into) == tree(site)


def tree(folder: Path) -> dict[str, bytes | str]:
    return {
        path.relative_to(folder).as_posix(): str(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


def _near(chance: Random, ops: Sequence[Op], promises: Promises) -> int:
    """A moment: any at all, or one of those around a promise, where the old gives way to the new."""
    if chance.random() < 0.5:
        return chance.randrange(len(ops) + 1)
    at, _ = chance.choice(promises)
    return max(0, min(len(ops), at + chance.randrange(-12, 6)))


def put_in_place(site: Path, ids: Sequence[str], watch: Watch) -> Promises:
    """Small releases, written, linked and put in place by the release's own functions."""
    promises: list[tuple[int, str]] = []
    for n, id in enumerate(ids):
        aside = release._aside(site, id)
        (aside / "www").mkdir()
        for page in range(8):
            old = f"{site}/releases/{ids[n - 1]}/www/{page}.html"
            if not (n and page % 2 and link(old, f"{aside}/www/{page}.html")):
                write(f"{aside}/www/{page}.html", f"{id} {page}".encode() * 200)
        release._put_in_place(aside, site, id)
        promises.append((len(watch.ops), id))
    return promises


def small(folder: Path, number: int, how: sabotage.How = sabotage.nothing) -> list[str]:
    site = folder / "site"
    watch = Watch(site)
    with recorded(watch), how():  # so that what how leaves out is not noted either
        site.mkdir()
        promises = put_in_place(site, [f"2026-03-0{n}" for n in range(1, 6)], watch)
    return found(folder, watch.ops, promises, number)


def test_after_a_power_cut_a_whole_release_is_served(folder: Path) -> None:
    assert set(small(folder, 300)) == {""}


@pytest.mark.parametrize("how", sabotage.BY_RELEASE)
def test_a_release_that_is_put_in_place_carelessly_is_found_out(folder: Path, how: str) -> None:
    assert set(small(folder, 100, sabotage.BY_RELEASE[how])) > {""}


@pytest.mark.full
@pytest.mark.skipif(not traced.there(), reason="strace is not here, or may not trace")
@pytest.mark.parametrize("how", ["nothing", *sabotage.BY_RELEASE])
def test_after_a_power_cut_in_real_builds_a_whole_release_is_served(
    folder: Path, home: Path, how: str
) -> None:
    site = folder / "site"
    site.mkdir()
    command = [sys.executable, "-m", "tests.disk.builds", home, site, how]
    trace = traced.trace(command, site, folder / "calls", ROOT)
    told = set(found(folder, trace.ops, trace.promises, 1000))
    assert told == {""} if how == "nothing" else told > {""}, told
