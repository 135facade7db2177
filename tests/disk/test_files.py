"""Files beside the ledger: whole or as they were before, whenever the power fails."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from collector import reports
from ledger import blobs, files
from ledger.keys import load_keys, read_keys
from publisher.out.held import Held, read_release, write_held
from tests.disk import sabotage
from tests.disk.calls import recorded
from tests.disk.power import Disk, images
from tests.disk.watch import Watch

DAY = "2026-03-02"
Promise = Callable[[object], None]
Work = Callable[[Path, Promise], None]
Look = Callable[[Path, list[object]], str]
"""What is wrong with an image, given what had been promised by then; nothing where all is well."""


def cut(folder: Path, work: Work, look: Look, number: int, seed: int = 1) -> list[str]:
    """What is wrong in images of a history of files: nothing, for each that is right."""
    home, chance = folder / "home", Random(seed)
    home.mkdir(exist_ok=True)
    before, watch = Disk(home), Watch(home)
    made: list[tuple[int, object]] = []
    with recorded(watch):
        work(home, lambda promise: made.append((len(watch.ops), promise)))
    points = [chance.randrange(len(watch.ops) + 1) for _ in range(number)]
    out, wrong = folder / "images", []
    out.mkdir()
    for point, image in images(before, watch.ops, points, chance, out):
        wrong.append(look(image, [promise for at, promise in made if at <= point]))
        shutil.rmtree(image)
    return wrong


def versions(home: Path, promise: Promise) -> None:
    """Two files that are written again and again, shorter and longer; they say so themselves."""
    for n in range(1, 25):
        for name in ("a", "b"):
            text = f"{n} " * (1 + 700 * (n % 3))
            files.write_whole(home / name, f"{text}\n{sha256(text.encode()).hexdigest()}".encode())
            promise((name, n))


def newest(image: Path, promised: list[object]) -> str:
    for name in ("a", "b"):
        due = max((n for promise in promised for which, n in [promise] if which == name), default=0)  # type: ignore[misc]
        if not (image / name).exists():
            if due:
                return f"{name} is gone"
            continue
        text, _, digest = (image / name).read_bytes().decode().partition("\n")
        if sha256(text.encode()).hexdigest() != digest:
            return f"{name} is torn"
        if int(text.split()[0]) < due:
            return f"{name} is older than promised"
    return ""


@pytest.mark.parametrize("number", [200, pytest.param(5000, marks=pytest.mark.full)])
def test_a_whole_file_is_whole_and_no_older_than_promised(folder: Path, number: int) -> None:
    assert set(cut(folder, versions, newest, number)) == {""}


def test_a_file_that_is_named_before_it_is_written_is_found_out(folder: Path) -> None:
    with sabotage.named_before_written():
        assert "a is torn" in cut(folder, versions, newest, 200)


@pytest.mark.parametrize("number", [100, pytest.param(1000, marks=pytest.mark.full)])
def test_keys_are_all_there_or_made_anew_unless_they_were_in_use(folder: Path, number: int) -> None:
    def start(home: Path, promise: Promise) -> None:
        promise(load_keys(home, DAY).recovery)

    def look(image: Path, promised: list[object]) -> str:
        load_keys(image, DAY)  # never asks for a person
        return "" if promised in ([], [read_keys(image).recovery]) else "other keys"

    assert set(cut(folder, start, look, number)) == {""}


@pytest.mark.parametrize("number", [150, pytest.param(1000, marks=pytest.mark.full)])
def test_a_photo_that_counts_is_whole(folder: Path, number: int) -> None:
    photos = [bytes([n]) * 3000 for n in range(6)]
    digests = [sha256(each).hexdigest() for each in photos]

    def send(home: Path, promise: Promise) -> None:
        for digest, data in zip(digests, photos, strict=True):
            part = blobs.part(home, "somebody", digest)
            blobs.write_part(part, 0, data[:1000])
            blobs.write_part(part, 1000, data[1000:])
            blobs.settle(part, blobs.place(home, digest))
            promise(digest)

    def look(image: Path, promised: list[object]) -> str:
        torn = [path for path in blobs.kept(image) if blobs.digest_of_file(path) != path.name]
        gone = [each for each in promised if not blobs.place(image, str(each)).exists()]
        return "torn" * bool(torn) + "gone" * bool(gone)

    assert set(cut(folder, send, look, number)) == {""}


@pytest.mark.parametrize("number", [100, pytest.param(1000, marks=pytest.mark.full)])
def test_held_records_and_reports_are_whole_or_as_before(folder: Path, number: int) -> None:
    held = [Held("ZF-2026-7KQ4", "visit", "d" * 43, "text", "pii")] * 40

    def write(home: Path, promise: Promise) -> None:
        for n in range(8):
            write_held(home, f"release-{n}", held[: n * 5])
            reports._write(reports._file(home, "device"), f'{{"n": {n}}}')
            promise(n)

    def look(image: Path, promised: list[object]) -> str:
        if not promised:
            return ""
        release = read_release(image) or ""
        report = reports._file(image, "device").read_text()
        at_least = len(promised) - 1
        fine = release >= f"release-{at_least}" and int(report[6:-1]) >= at_least
        return "" if fine else f"{release} {report}"

    assert set(cut(folder, write, look, number)) == {""}
