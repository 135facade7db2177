"""A photo's pixels and nothing else: runs alone, in a process that may not do much, on bytes nobody trusts.

Started by ledger.photos with the photo as its input, its type and the sizes as its arguments. Answers with a
line of JSON and a JPEG of each size, or with a line that names the fault. Imports nothing of ours.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import BinaryIO

from PIL import (
    Image,
    ImageColor,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

MEMORY = 512 << 20
SECONDS = 5
MOST_PIXELS = 40_000_000
QUALITY = 82

READERS: dict[str, type[ImageFile.ImageFile]] = {
    # The readers themselves: Image.open would ask every other one too, and take several pictures in one JPEG
    # (as telephones make them) for something else.
    "image/jpeg": JpegImagePlugin.JpegImageFile,
    "image/png": PngImagePlugin.PngImageFile,
    "image/webp": WebPImagePlugin.WebPImageFile,
}
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
ORIENTATION = 0x0112


class Unfit(Exception):
    """No photo that can be taken; the message is the fault's name."""


def main() -> None:
    """Read a photo from stdin, write what became of it to stdout."""
    _limit()
    out: list[bytes] = []
    try:
        sides = [int(side) for side in sys.argv[2:]]
        made = [(image.size, _jpeg(image)) for image in _sizes(sys.stdin.buffer, sys.argv[1], sides)]
        told = [{"width": width, "height": height, "bytes": len(data)} for (width, height), data in made]
        out = [json.dumps({"sizes": told}).encode(), b"\n", *(data for _, data in made)]
    except Unfit as fault:
        out = [json.dumps({"fault": str(fault)}).encode(), b"\n"]
    except MemoryError:
        out = [b'{"fault": "memory"}\n']
    except Exception as fault:  # whatever a reader stumbles over
        name = "truncated" if "truncated" in str(fault).lower() else "broken"
        out = [json.dumps({"fault": name}).encode(), b"\n"]
    sys.stdout.buffer.write(b"".join(out))


ON_THE_WAY = (ImageColor, TiffImagePlugin)
"""What Pillow would load when it is needed, which is after files are shut."""


def _limit() -> None:
    Image.preinit()
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 3),  # those it was born with: from here on no file opens, and no socket
    ):
        resource.setrlimit(what, (most, most))
    Image.MAX_IMAGE_PIXELS = None  # asked about below, before anything is unpacked


def _sizes(file: BinaryIO, kind: str, sides: list[int]) -> list[Image.Image]:
    """The photo in the sizes that are kept, upright, on white, without anything that is no pixel."""
    image = READERS[kind](file)
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise Unfit("pixels")
    if kind != "image/jpeg" and getattr(image, "is_animated", False):
        raise Unfit("animated")
    turn = TURNS.get(_orientation(image))
    if kind == "image/jpeg":
        image.draft(None, fitted(width, height, sides[0]))  # unpacks a large one at a half or a quarter
    image.load()
    large = _plain(_reduced(_known_mode(image), fitted(width, height, sides[0])))
    if turn is not None:
        large = large.transpose(turn)
    return [large, *(_reduced(large, fitted(*large.size, side)) for side in sides[1:])]


def fitted(width: int, height: int, side: int) -> tuple[int, int]:
    """The size in which a picture fits a square; never larger than it is.

    >>> fitted(4000, 3000, 1600), fitted(30, 20, 400), fitted(40_000, 3, 400)
    ((1600, 1200), (30, 20), (400, 1))
    """
    most = max(width, height, side)
    return max(1, round(width * side / most)), max(1, round(height * side / most))


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # EXIF that cannot be read turns nothing
        return 1


def _known_mode(image: Image.Image) -> Image.Image:
    """In one of the modes that can be made smaller well: grey or colour, with or without transparency."""
    match image.mode:
        case "L" | "RGB" | "LA" | "RGBA" | "CMYK":
            return image
        case "P" | "PA":
            return image.convert("RGBA" if image.has_transparency_data else "RGB")
        case "1":
            return image.convert("L")
        case "I" | "I;16" | "I;16L" | "I;16B":
            return image.convert("I").point([value >> 8 for value in range(65536)], "L")
    return image.convert("RGB")


def _reduced(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _plain(image: Image.Image) -> Image.Image:
    """Colour on white, in a new picture: a saved one takes along comments and profiles of its source."""
    if image.mode in ("LA", "RGBA"):
        white = Image.new("RGB", image.size, "white")
        white.paste(image.convert("RGB"), mask=image.getchannel("A"))
        image = white
    image = image.convert("RGB")
    return Image.frombytes("RGB", image.size, image.tobytes())


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()


if __name__ == "__main__":
    main()
