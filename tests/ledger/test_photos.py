"""A photo is shown as pixels and nothing else, and what is no photo harms nobody."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from ledger import photos
from ledger.photos import SIDES, Undeveloped, develop, only_pixels, sniff
from tests.ledger.pictures import GOOD, MARKER, NO_PHOTO, UNFIT, exif, jpeg, kept, saved, scene

TRACES = (MARKER, b"Exif", b"http://ns.adobe", b"ICC_PROFILE", b"<script", b"PK\x03\x04")


@pytest.mark.parametrize("name", GOOD)
def test_what_is_shown_of_a_photo_is_its_pixels_and_nothing_else(name: str, tmp_path: Path) -> None:
    sizes = develop(kept(tmp_path, GOOD[name]()))
    assert len(sizes) == len(SIDES)
    for side, (width, height, data) in zip(SIDES, sizes, strict=True):
        image = Image.open(io.BytesIO(data))
        image.load()
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (width, height))
        assert max(image.size) <= side
        assert only_pixels(data) and not any(trace in data for trace in TRACES)
        assert not dict(image.getexif()) and set(image.info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
        }


@pytest.mark.parametrize("name", UNFIT)
def test_what_cannot_be_shown_is_told_in_a_word_and_soon(name: str, tmp_path: Path) -> None:
    fault, make = UNFIT[name]
    path = kept(tmp_path, make())
    assert path.stat().st_size <= 8 << 20
    began = time.monotonic()
    told, most = develop_apart(path)
    assert told == fault
    assert time.monotonic() - began < photos.PATIENCE + 5
    assert most < 600 << 10


def develop_apart(path: Path) -> tuple[str, int]:
    """The fault, and the most kilobytes any of its processes held: told by one without children before."""
    script = (
        "import resource, sys; from pathlib import Path; from ledger.photos import Undeveloped, develop\n"
        "try: develop(Path(sys.argv[1])); said = ''\n"
        "except Undeveloped as fault: said = fault.fault\n"
        "print(said, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    said, most = run.stdout.split()
    return said, int(most)


@pytest.mark.parametrize("name", NO_PHOTO)
def test_the_first_bytes_say_what_is_no_photo(name: str) -> None:
    assert sniff(NO_PHOTO[name][:16]) is None


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright_whichever_way_the_phone_was_held(orientation: int, tmp_path: Path) -> None:
    turned = scene()
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # what undoes each: see Image.Transpose
    if orientation in back:
        turned = turned.transpose(Image.Transpose(back[orientation]))
    (width, height, data), _ = develop(kept(tmp_path, saved(turned, exif=exif(orientation))))
    image = Image.open(io.BytesIO(data))
    assert (width, height) == (320, 240)
    corners = [image.getpixel(at) for at in ((40, 30), (280, 30), (40, 200), (280, 200))]
    for seen, (red, green, blue) in zip(
        corners, ((255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255)), strict=True
    ):
        assert isinstance(seen, tuple)
        assert all(abs(a - b) < 40 for a, b in zip(seen, (red, green, blue), strict=True))


def test_sixteen_bits_keep_their_brightness_and_transparency_stands_on_white(tmp_path: Path) -> None:
    (_, _, grey), _ = develop(kept(tmp_path, GOOD["PNG of 16 bits"]()))
    image = Image.open(io.BytesIO(grey)).convert("L")
    assert abs(int(image.getpixel((8, 32)) or 0) - 64) < 6 and int(image.getpixel((56, 32)) or 0) > 250  # type: ignore[arg-type]
    (_, _, clear), _ = develop(kept(tmp_path, saved(Image.new("RGBA", (20, 20), (0, 0, 0, 0)), "PNG")))
    assert Image.open(io.BytesIO(clear)).convert("L").getextrema()[0] > 250  # type: ignore[operator]


def test_the_same_photo_gives_the_same_bytes(tmp_path: Path) -> None:
    path = kept(tmp_path, jpeg(2400, 1800))
    assert develop(path) == develop(path)
    assert [(width, height) for width, height, _ in develop(path)] == [(1600, 1200), (400, 300)]


def test_a_child_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child = tmp_path / "child.py"
    child.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(photos, "CHILD", child)
    monkeypatch.setattr(photos, "PATIENCE", 0.5)
    with pytest.raises(Undeveloped, match="slow"):
        develop(kept(tmp_path, jpeg()))


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("import os; os.abort()", "broken"),
        ("raise SystemExit(1)", "memory"),
        ("print('no json')", "broken"),
        ("print('[1]')", "broken"),
        ('print(\'{"fault": "../../x"}\')', "broken"),
        ('print(\'{"sizes": [{"width": 9000, "height": 1, "bytes": 1}]}\')', "broken"),
        ("import sys; sys.stdout.buffer.write(b'x' * (20 << 20))", "broken"),
        ("import sys; sys.stdout.buffer.write(open(sys.argv[0][:-8] + 'answer', 'rb').read())", "broken"),
    ],
)
def test_nothing_that_a_child_says_is_believed(
    said: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = jpeg()  # with EXIF, as a child would send that somebody has taken over
    size = {"width": 320, "height": 240, "bytes": len(data)}
    (tmp_path / "answer").write_bytes(json.dumps({"sizes": [size, size]}).encode() + b"\n" + data * 2)
    child = tmp_path / "child.py"
    child.write_text(said)
    monkeypatch.setattr(photos, "CHILD", child)
    with pytest.raises(Undeveloped, match=fault):
        develop(kept(tmp_path, jpeg()))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(3, 5000), st.integers(0, 255)), min_size=1, max_size=30), st.integers(0, 2)
)
def test_bytes_altered_at_random_are_a_photo_or_a_fault_with_a_name(
    tmp_path: Path, changes: list[tuple[int, int]], which: int
) -> None:
    data = bytearray((jpeg(), GOOD["PNG"](), GOOD["WebP"]())[which])
    for at, value in changes:
        data[at % len(data)] = value
    try:
        assert all(only_pixels(each) for _, _, each in develop(kept(tmp_path, bytes(data))))
    except Undeveloped as told:
        assert told.fault in photos.FAULTS


def test_more_than_pixels_is_seen_wherever_it_stands() -> None:
    plain = saved(scene(), quality=80)
    assert only_pixels(plain) and only_pixels(saved(scene(), progressive=True))
    cut = (plain + b"tail", plain[:-2], plain[:200], b"", b"\xff\xd8\xff\xd9\xff\xd9")
    told = (jpeg(), saved(scene(), comment=b"a"), saved(scene(), icc_profile=b"b"), saved(scene(mode="CMYK")))
    assert not any(only_pixels(odd) for odd in (*cut, *told))
