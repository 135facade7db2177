"""An address as a QR code: SVG to stand in a page, black on white whatever the page's colours are."""

from __future__ import annotations

from functools import cache

from markupsafe import Markup, escape

QUIET = 4  # modules of white round the code, which readers need


def qr(address: str, label: str) -> Markup:
    """The code with what it leads to said for those who do not see it."""
    import segno  # only where a sheet is made anew

    mask = _mask(address.rpartition("/")[0])
    made = segno.make(address, error="m", micro=False, mask=mask)
    matrix = [[bool(dark) for dark in row] for row in made.matrix]
    side = len(matrix) + 2 * QUIET
    path = "".join(
        f"M{at + QUIET} {y + QUIET}h{run}v1h-{run}z" for y, row in enumerate(matrix) for at, run in _runs(row)
    )
    return Markup(
        '<svg class="qr" viewBox="0 0 {0} {0}" role="img" aria-label="{1}" shape-rendering="crispEdges">'
        '<rect width="{0}" height="{0}" fill="#fff"/><path d="{2}" fill="#000"/></svg>'
    ).format(side, escape(label), path)


@cache
def _mask(folder: str) -> int:
    """Which of the eight masks (ISO/IEC 18004 §7.8) suits the addresses of a folder, tried once."""
    import segno

    mask = segno.make(folder, error="m", micro=False).mask
    assert mask is not None
    return mask


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """Where dark modules begin in a row, and how many follow each other."""
    found: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and x and row[x - 1]:
            found[-1] = found[-1][0], found[-1][1] + 1
        elif dark:
            found.append((x, 1))
    return found
