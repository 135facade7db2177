"""The picture that stands for a page where it is passed on: 1200 by 630, as SVG, made without a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from publisher.following.atom import text as xml_text
from publisher.following.width import lines, width

WIDE, HIGH, EDGE = 1200, 630, 80
PAPER, INK, MUTE, RED, LINE = "#f6f4f0", "#1c1b1a", "#55524e", "#a3221b", "#ddd8cf"
FONT = "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"
COLOURS = {"ok": "#12602a", "late": RED, "due": INK, "part": "#7a4a00", "none": MUTE}
SIZES = ((92, 2), (72, 3), (56, 4))
"""Sizes of the title and how many lines each may take, the largest that fits first."""


@dataclass(frozen=True)
class Card:
    """What a picture says: the kind, the title, a code, whose it is, and a state with its shape."""

    eyebrow: str
    title: str
    small: str
    name: str
    state: str = ""
    icon: str = ""
    """The shape as SVG, one of content/templates/icons; `colour` names its colour."""
    colour: str = "none"


@dataclass(frozen=True)
class Line:
    """A line of text: where its foot stands, how large and in what colour."""

    x: int
    y: int
    size: int
    text: str
    colour: str = INK
    bold: bool = False


def laid_out(card: Card) -> Iterator[Line]:
    """The lines of a picture, for SVG and for dots alike."""
    room = WIDE - 2 * EDGE
    yield Line(EDGE, 118, 36, lines(card.eyebrow, room / 36, 1)[0], RED, True)
    size, most = next(
        ((size, most) for size, most in SIZES if len(lines(card.title, room / size, 99)) <= most), SIZES[-1]
    )
    y = 118 + 54 + size
    for text in lines(card.title, room / size, most):
        yield Line(EDGE, y, size, text, INK, True)
        y += round(size * 1.3)
    if card.small:
        yield Line(EDGE, 498, 32, lines(card.small, room / 32 - (12 if card.state else 0), 1)[0], MUTE)
    yield Line(EDGE + 64, HIGH - 42, 34, lines(card.name, (room - 64) / 34, 1)[0], INK, True)


def svg(card: Card) -> bytes:
    """The picture as a file. Texts are escaped, and shapes have their colours written out."""
    said = " · ".join(filter(None, (card.eyebrow, card.title, card.state, card.small, card.name)))
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{HIGH}" viewBox="0 0 {WIDE} {HIGH}"'
        f' role="img" font-family="{FONT}">',
        f"<title>{xml_text(said)}</title>",
        f'<rect width="{WIDE}" height="{HIGH}" fill="{PAPER}"/>',
        f'<rect width="{WIDE}" height="16" fill="{RED}"/>',
        f'<path d="M{EDGE} {HIGH - 108}h{WIDE - 2 * EDGE}" stroke="{LINE}" stroke-width="2"/>',
        _mark(EDGE, HIGH - 78, 44),
    ]
    out += [
        f'<text x="{each.x}" y="{each.y}" font-size="{each.size}" fill="{each.colour}"'
        f"{_BOLD if each.bold else ''}>{xml_text(each.text)}</text>"
        for each in laid_out(card)
    ]
    if card.state:
        colour = COLOURS.get(card.colour, MUTE)
        x = WIDE - EDGE - round(34 * width(card.state))
        out.append(_shape(card.icon, x - 54, 468, 40, colour))
        out.append(
            f'<text x="{x}" y="500" font-size="34" fill="{colour}"{_BOLD}>{xml_text(card.state)}</text>'
        )
    return "".join([*out, "</svg>\n"]).encode()


_BOLD = ' font-weight="700"'


def _mark(x: int, y: int, size: int) -> str:
    return (
        f'<g transform="translate({x} {y}) scale({size / 48:.4f})">'
        f'<rect width="48" height="48" rx="10" fill="{RED}"/>'
        '<g fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round">'
        '<path d="M12 15h24M12 24h10M12 33h7"/><path d="m24 31 5 5 9-12"/></g></g>'
    )


def _shape(icon: str, x: int, y: int, size: int, colour: str) -> str:
    """An icon of the site where no style sheet reaches."""
    inner = re.sub(r"^<svg[^>]*>|</svg>\s*$", "", icon)
    inner = inner.replace("currentColor", colour)
    inner = re.sub(r"var\(--mb-[a-z]+\)", PAPER, inner)
    return f'<g transform="translate({x} {y}) scale({size / 24:.4f})">{inner}</g>'
