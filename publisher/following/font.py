"""The font that pictures with Chinese words are drawn with: a congress's own, or one of the system's."""

from __future__ import annotations

from pathlib import Path

PLACES = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/System/Library/Fonts/PingFang.ttc",
)
"""Where systems keep such a font: the package fonts-noto-cjk of Debian first."""
OWN = "fonts"
"""The folder of content/ in which a congress may lay a font of its own; it goes first."""
NO_FONT = "none"


def font_of(content: Path) -> Path | None:
    """The font for pictures: the congress's own, else the system's, else none."""
    own = sorted(
        each for each in (content / OWN).glob("*") if each.suffix.lower() in (".ttf", ".otf", ".ttc")
    )
    return next((each for each in (*own, *map(Path, PLACES)) if each.is_file()), None)


def font_named(content: Path) -> str:
    """What tells one font from another in the digest of what a release is made from."""
    font = font_of(content)
    return f"{font.name} {font.stat().st_size}" if font else NO_FONT
