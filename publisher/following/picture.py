"""The picture of a kind as PNG, for places that show no SVG. It needs a font that has Chinese characters.

Only names of kinds and of the congress stand in it, never a word of a record.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from publisher.following.card import EDGE, HIGH, LINE, PAPER, RED, WIDE, Card, laid_out

SIMPLIFIED = 2  # of Noto's collections, the third is the one for Simplified Chinese


def png(card: Card, font: Path) -> bytes:
    """The picture as dots."""
    image = Image.new("RGB", (WIDE, HIGH), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, WIDE, 15), fill=RED)
    draw.line((EDGE, HIGH - 108, WIDE - EDGE, HIGH - 108), fill=LINE, width=2)
    _mark(draw, EDGE, HIGH - 78, 44)
    for each in laid_out(card):
        draw.text((each.x, each.y), each.text, fill=each.colour, font=_sized(font, each.size), anchor="ls")
    out = BytesIO()
    image.quantize(64, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG")
    return out.getvalue()


def _mark(draw: ImageDraw.ImageDraw, x: int, y: int, size: int) -> None:
    one = size / 48
    draw.rounded_rectangle((x, y, x + size, y + size), 10 * one, fill=RED)
    for points in (
        ((12, 15), (36, 15)),
        ((12, 24), (22, 24)),
        ((12, 33), (19, 33)),
        ((24, 31), (29, 36), (38, 24)),
    ):
        draw.line(
            [(x + a * one, y + b * one) for a, b in points], fill="#fff", width=round(4 * one), joint="curve"
        )


@cache
def _sized(font: Path, size: int) -> ImageFont.FreeTypeFont:
    index = SIMPLIFIED if font.name.startswith("NotoSansCJK") and font.suffix == ".ttc" else 0
    return ImageFont.truetype(str(font), size, index=index)
