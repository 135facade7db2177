"""Pictures for tests, all made here: what phones send, and what somebody might send instead."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

MARKER = b"CANARY-29.4321N-106.1234E-7KQ4ZJ"
"""What may never be found in a release."""


def kept(folder: Path, data: bytes) -> Path:
    """The bytes of a photo as a file."""
    path = folder / "photo"
    path.write_bytes(data)
    return path


def scene(width: int = 320, height: int = 240, mode: str = "RGB") -> Image.Image:
    """A picture whose corners differ: red above left, green above right, blue below left."""
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    half = (width // 2, height // 2)
    draw.rectangle((0, 0, *half), "red")
    draw.rectangle((half[0], 0, width, half[1]), "green")
    draw.rectangle((0, half[1], half[0], height), "blue")
    return image.convert(mode)


def saved(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """The bytes of a picture."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    """EXIF as phones write it: which way is up, and where it was, with the marker in every text."""
    told = Image.Exif()
    told[0x0112] = orientation
    told[0x010E] = MARKER.decode()  # what the picture shows
    told[0x9286] = MARKER.decode()  # a comment
    gps = told.get_ifd(0x8825)
    gps[1], gps[2], gps[27] = "N", (29.0, 25.0, 55.0), MARKER.decode()
    return told


def jpeg(width: int = 320, height: int = 240, orientation: int = 1, **options: Any) -> bytes:
    """A photo as a phone sends it, with all the places in which it could tell more than it shows."""
    return saved(
        scene(width, height),
        exif=exif(orientation),
        icc_profile=b"profile " + MARKER,
        comment=MARKER,
        xmp=b"<x:xmpmeta>" + MARKER + b"</x:xmpmeta>",
        quality=90,
        **options,
    )


def png(**options: Any) -> bytes:
    """A PNG that carries the marker in its EXIF."""
    return saved(scene(), "PNG", exif=exif(), **options)


def webp(**options: Any) -> bytes:
    """A WebP that carries the marker in its EXIF and its XMP."""
    return saved(scene(), "WEBP", exif=exif(), xmp=MARKER, **options)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_bomb(width: int, height: int) -> bytes:
    """A few bytes that say they are a picture of so many pixels, all of them black."""
    row = b"\0" * (1 + (width + 7) // 8)
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def text_bomb() -> bytes:
    """A PNG with 300 MB of packed remark."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"\0" * (1 << 20)) for _ in range(300)) + packer.flush()
    whole = png()
    return whole[:33] + _chunk(b"zTXt", b"remark\0\0" + packed) + whole[33:]


def scan_bomb() -> bytes:
    """A progressive JPEG of 40 million pixels whose last scan comes a thousand times."""
    whole = saved(Image.new("L", (6500, 6100), "grey"), progressive=True, quality=5)
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * 1000 + b"\xff\xd9"


def moving(kind: str) -> bytes:
    """Two pictures in one file."""
    return saved(scene(), kind, save_all=True, append_images=[scene(mode="L").convert("RGB")], duration=100)


def sixteen_bits() -> bytes:
    """A grey PNG of 16 bits: the left half a quarter bright, the right half full."""
    image = Image.new("I;16", (64, 64), 16384)
    image.paste(65535, (32, 0, 64, 64))
    return saved(image, "PNG")


GOOD: dict[str, Callable[[], bytes]] = {
    "a photo": jpeg,
    "a photo from a camera": lambda: jpeg(4000, 3000),
    "progressive": lambda: jpeg(progressive=True),
    "grey": lambda: saved(scene(mode="L")),
    "CMYK": lambda: saved(scene(mode="CMYK")),
    "PNG": png,
    "PNG with colours of a palette": lambda: saved(scene(mode="P"), "PNG"),
    "PNG of one bit": lambda: saved(scene(mode="1"), "PNG"),
    "PNG with transparency": lambda: saved(scene(mode="RGBA"), "PNG"),
    "PNG grey with transparency": lambda: saved(scene(mode="LA"), "PNG"),
    "PNG of 16 bits": sixteen_bits,
    "WebP": webp,
    "WebP without loss, with transparency": lambda: saved(scene(mode="RGBA"), "WEBP", lossless=True),
    "one dot": lambda: saved(Image.new("RGB", (1, 1))),
    "one line": lambda: saved(Image.new("RGB", (5000, 1)), "PNG"),
    "a JPEG and an archive in one file": lambda: jpeg() + b"PK\x03\x04" + MARKER,
    "a JPEG and a page in one file": lambda: jpeg() + b"<script>alert('" + MARKER + b"')</script>",
    "a PNG and a page in one file": lambda: png() + b"<script>alert(1)</script>" + MARKER,
    "two photos in one, as some telephones make them": lambda: saved(
        scene(), "MPO", save_all=True, append_images=[scene(40, 30)], exif=exif()
    ),
    "EXIF that cannot be read": lambda: saved(scene(), exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + MARKER),
}
"""What is taken and shown, whatever else it carries."""

UNFIT: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a photo cut short": ("truncated", lambda: jpeg()[:2500]),
    "a photo of which only the head came": ("truncated", lambda: jpeg()[:900]),
    "a PNG cut short": ("truncated", lambda: png()[:-40]),
    "a WebP cut short": ("broken", lambda: webp()[:-400]),
    "three bytes of a photo and then noise": ("broken", lambda: b"\xff\xd8\xff" + bytes(range(256)) * 20),
    "a PNG that lies about its sum": ("broken", lambda: png().replace(b"IHDR", b"IHDQ")),
    "a moving PNG": ("animated", lambda: moving("PNG")),
    "a moving WebP": ("animated", lambda: moving("WEBP")),
    "a small file of a milliard pixels": ("pixels", lambda: png_bomb(32_000, 32_000)),
    "a small file of 41 million pixels": ("pixels", lambda: png_bomb(41_000, 1_000)),
    "a WebP of 40 million pixels": ("memory", lambda: saved(Image.new("RGB", (8000, 5000)), "WEBP")),
    "a JPEG that says it is 65,000 high": ("pixels", lambda: _tall(jpeg())),
    "a PNG with a packed remark of 300 MB": ("broken", text_bomb),
    "a JPEG whose pixels come a thousand times": ("slow", scan_bomb),
}
"""What is taken and never shown, with the name of its fault."""

NO_PHOTO: dict[str, bytes] = {
    "nothing": b"",
    "a GIF": saved(scene(mode="P"), "GIF"),
    "a BMP": saved(scene(), "BMP"),
    "a TIFF": saved(scene(), "TIFF"),
    "a page": b"<!doctype html><script>alert(1)</script>",
    "a drawing": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "a PDF": b"%PDF-1.7 \xff\xd8\xff",
    "an archive": b"PK\x03\x04" + b"\0" * 60,
    "a program": b"MZ\x90\0" + b"\0" * 60,
    "a HEIC": b"\0\0\0\x18ftypheic" + b"\0" * 60,
    "a WAVE that begins like a WebP": b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 40,
    "a photo after a line of text": b"GIF89a\n" + jpeg(),
}
"""What is not taken at all."""


def _tall(whole: bytes) -> bytes:
    at = whole.index(b"\xff\xc0") + 5
    return whole[:at] + struct.pack(">HH", 65_000, 65_000) + whole[at + 4 :]
