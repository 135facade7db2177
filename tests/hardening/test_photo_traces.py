"""What a photo tells besides its picture stays in the office; and who unpacks it can do nothing else."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from ledger import photo_child, photos
from ledger.photos import Undeveloped, develop, only_pixels
from tests.ledger.pictures import MARKER, _chunk, exif, jpeg, kept, moving, png, png_bomb, saved, scene, webp

KIB = 1024


def segment(marker: int, data: bytes) -> bytes:
    """One segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def with_segments(*segments: bytes) -> bytes:
    """A photo with these behind its first two bytes."""
    whole = saved(scene(), quality=90)
    return whole[:2] + b"".join(segments) + whole[2:]


def with_chunks(*chunks: bytes) -> bytes:
    """A PNG with these behind its head."""
    whole = saved(scene(), "PNG")
    return whole[:33] + b"".join(chunks) + whole[33:]


def with_riff(*chunks: tuple[bytes, bytes]) -> bytes:
    """A WebP with these behind its picture."""
    whole = webp()
    more = b"".join(
        name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in chunks
    )
    return whole[:4] + struct.pack("<I", len(whole) - 8 + len(more)) + whole[8:] + more


def thumbnail() -> bytes:
    """EXIF whose thumbnail is a photo with a remark of its own."""
    inner = saved(scene(32, 24), comment=MARKER)
    ifd0 = struct.pack(">H", 0) + struct.pack(">I", 14)
    entries = struct.pack(">HHII", 0x0201, 4, 1, 44) + struct.pack(">HHII", 0x0202, 4, 1, len(inner))
    ifd1 = struct.pack(">H", 2) + entries + struct.pack(">I", 0)
    return b"Exif\0\0MM\0*" + struct.pack(">I", 8) + ifd0 + ifd1 + inner


IPTC = (
    b"Photoshop 3.0\x008BIM\x04\x04\0\0"
    + struct.pack(">I", len(MARKER) + 5)
    + b"\x1c\x02\x78"
    + struct.pack(">H", len(MARKER))
    + MARKER
)
XMP = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta exif:GPSLatitude='29,25.9N'>" + MARKER + b"</x:xmpmeta>"
MORE_XMP = b"http://ns.adobe.com/xmp/extension/\0" + b"A" * 32 + struct.pack(">II", len(MARKER), 0) + MARKER

TELLING: dict[str, Callable[[], bytes]] = {
    "everything at once": jpeg,
    "EXIF with a place": lambda: with_segments(segment(0xE1, b"Exif\0\0" + exif().tobytes()[6:])),
    "EXIF with a thumbnail": lambda: with_segments(segment(0xE1, thumbnail())),
    "EXIF twice": lambda: with_segments(*[segment(0xE1, b"Exif\0\0" + MARKER)] * 2),
    "IPTC": lambda: with_segments(segment(0xED, IPTC)),
    "XMP": lambda: with_segments(segment(0xE1, XMP)),
    "XMP and its extension": lambda: with_segments(segment(0xE1, XMP), segment(0xE1, MORE_XMP)),
    "a colour profile": lambda: with_segments(segment(0xE2, b"ICC_PROFILE\0\1\1" + MARKER)),
    "a table of further pictures": lambda: with_segments(segment(0xE2, b"MPF\0MM\0*" + MARKER)),
    "a JFIF thumbnail": lambda: with_segments(segment(0xE0, b"JFXX\0\x13" + MARKER)),
    "remarks": lambda: with_segments(*[segment(0xFE, MARKER)] * 3),
    "every segment a program may use": lambda: with_segments(*[segment(n, MARKER) for n in range(0xE2,
    0xF0)]),
    "a remark behind the end": lambda: saved(scene()) + segment(0xFE, MARKER),
    "a film behind the end, as telephones keep one": lambda: jpeg() + b"\0\0\0\x18ftypmp42" + MARKER * 50,
    "a second photo behind the end": lambda: jpeg() + jpeg(40, 30),
    "two photos in one": lambda: saved(scene(), "MPO", save_all=True, append_images=[scene(40, 30)],
    exif=exif()),
    "a page": lambda: with_segments(segment(0xFE,
    b"<script>alert(1)</script>" + MARKER)) + b"<html>" + MARKER,
    "an archive": lambda: jpeg() + b"PK\x03\x04" + MARKER + b"PK\x05\x06" + b"\0" * 18,
    "a program": lambda: with_segments(segment(0xFE, b"#!/bin/sh\n" + MARKER + b"\n")),
    "Adobe's four colours": lambda: saved(scene(mode="CMYK"), exif=exif(), comment=MARKER),
    "a maker's own note of 60,000 bytes": lambda: with_segments(segment(0xE1, b"Exif\0\0" + MARKER * 1800)),
    "PNG: EXIF": png,
    "PNG: texts": lambda: with_chunks(
        _chunk(b"tEXt", b"Author\0" + MARKER), _chunk(b"zTXt", b"a\0\0" + zlib.compress(MARKER)),
        _chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP), _chunk(b"tIME", b"\x07\xea\3\2\1\1\1"),
    ),
    "PNG: a profile and chunks of its own": lambda: with_chunks(
        _chunk(b"iCCP", b"p\0\0" + zlib.compress(MARKER)), _chunk(b"prVt", MARKER), _chunk(b"teSt", MARKER)
    ),
    "PNG: behind the end": lambda: png() + MARKER,
    "PNG: an invisible text": lambda: saved(scene(mode="RGBA"), "PNG", exif=exif()),
    "WebP": webp,
    "WebP: chunks of its own": lambda: with_riff((b"ICCP", MARKER), (b"XTRA", MARKER), (b"META", MARKER)),
    "WebP: behind the end": lambda: webp() + MARKER,
}  # fmt: skip
PIECES = (
    MARKER, MARKER[7:19], b"CANARY", b"29.4321", b"Exif", b"JFXX", b"MPF\0", b"8BIM", b"Photoshop",
    b"http://", b"ICC_PROFILE", b"Adobe", b"<script", b"<html", b"PK\3\4",
    b"ftyp", b"#!/", b"GPS", b"xmp", b"XML", b"\xff\xfe", b"\xff\xe1", b"\xff\xe2", b"\xff\xed", b"\xff\xee",
)  # fmt: skip


@pytest.mark.parametrize("name", TELLING)
def test_not_a_byte_of_what_a_photo_tells_is_in_its_copies(name: str, tmp_path: Path) -> None:
    data = TELLING[name]()
    assert MARKER in data or zlib.compress(MARKER) in data
    try:
        sizes = develop(kept(tmp_path, data))
    except Undeveloped as fault:
        assert fault.fault in photos.FAULTS  # nothing is shown then
        assert name in MAY_FAIL
        return
    for _, _, copy in sizes:
        assert only_pixels(copy) and not [
            piece for piece in PIECES[:-5] if piece in copy[:700] or piece in copy[-200:]
        ]
        assert MARKER not in copy and not [piece for piece in PIECES[-5:] if piece in copy[:20]]
        image = Image.open(io.BytesIO(copy))
        assert not dict(image.getexif()) and not {
            "exif",
            "icc_profile",
            "comment",
            "xmp",
            "photoshop",
            "mp",
        } & set(image.info)


MAY_FAIL = {"WebP: chunks of its own", "WebP: behind the end", "PNG: a profile and chunks of its own"}
"""Which of them a reader may also find broken."""


def test_a_copy_that_only_changed_its_size_would_be_seen() -> None:
    image = Image.open(io.BytesIO(jpeg(2000, 1500)))
    smaller = io.BytesIO()
    image.thumbnail((1600, 1600))
    image.save(smaller, "JPEG", exif=image.getexif(), icc_profile=image.info.get("icc_profile"))
    assert MARKER in smaller.getvalue() and not only_pixels(smaller.getvalue())


@pytest.mark.parametrize(
    ("tried", "fault"),
    [
        ("open('/etc/passwd').read()", "24"),
        ("open('/tmp/h', 'w')", "24"),
        ("__import__('os').open('.', 0)", "24"),
        ("__import__('_socket').socket()", "24"),
        ("__import__('_socket').socket(1)", "24"),
        ("__import__('os').pipe()", "24"),
        ("bytearray(600 << 20)", "MemoryError"),
        ("__import__('ctypes')", "24"),
    ],
)
def test_who_unpacks_a_photo_opens_no_file_and_no_line(tried: str, fault: str) -> None:
    program = (
        "import sys, os, _socket; sys.path.insert(0, sys.argv[1]); import photo_child\n"
        "photo_child._limit()\n"
        f"try: {tried}\n"
        "except OSError as said: os.write(1, str(said.errno).encode())\n"
        "except BaseException as said: os.write(1, type(said).__name__.encode())\n"
        "else: os.write(1, b'done')\n"
    )
    folder = str(Path(photo_child.__file__).parent)
    run = subprocess.run([sys.executable, "-c", program, folder], capture_output=True, text=True, check=False)
    assert run.stdout == fault or (tried.endswith("('ctypes')") and run.stdout == "ImportError"), run.stderr


def test_who_unpacks_a_photo_cannot_write_and_is_short_of_time() -> None:
    folder = str(Path(photo_child.__file__).parent)
    program = (
        "import json, resource as r, sys; sys.path.insert(0, sys.argv[1]); import photo_child\n"
        "photo_child.SECONDS = 1; photo_child._limit()\n"
    )
    began = time.monotonic()
    spins = subprocess.run(
        [sys.executable, "-c", program + "while True: pass", folder], capture_output=True, check=False
    )
    assert spins.returncode < 0 and time.monotonic() - began < 60
    none = "(r.RLIMIT_FSIZE, r.RLIMIT_CORE, r.RLIMIT_NPROC)"
    limits = f"print(json.dumps([r.getrlimit(each)[1] for each in {none}]))"
    told = subprocess.run([sys.executable, "-c", program + limits, folder], capture_output=True, check=True)
    assert json.loads(told.stdout) == [0, 0, 0]


BOMBS: dict[str, Callable[[], bytes]] = {
    "a milliard pixels": lambda: png_bomb(32_000, 32_000),
    "forty million grey pixels": lambda: png_bomb(8000, 4999),
    "a line of sixty thousand": lambda: png_bomb(60_000, 600),
    "moving": lambda: moving("PNG"),
    "cut short": lambda: jpeg(4000, 3000)[:20_000],
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_a_bounded_part_of_the_machine(name: str, tmp_path: Path) -> None:
    path = kept(tmp_path, BOMBS[name]())
    script = (
        "import resource, sys; from pathlib import Path; from ledger.photos import Undeveloped, develop\n"
        "try: develop(Path(sys.argv[1])); said = 'shown'\n"
        "except Undeveloped as fault: said = fault.fault\n"
        "use = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(said, use.ru_maxrss, int(use.ru_utime + use.ru_stime))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    said, most, seconds = run.stdout.split()
    assert said in (*photos.FAULTS, "shown") and int(most) < 300 * KIB and int(seconds) <= photo_child.SECONDS


def test_an_answer_of_nothing_but_brackets_is_a_broken_photo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = tmp_path / "child.py"
    child.write_text("print('[' * 200_000)")
    monkeypatch.setattr(photos, "CHILD", child)
    with pytest.raises(Undeveloped, match="broken"):
        develop(kept(tmp_path, jpeg()))
