"""Releases for a power cut to come between: python -m tests.disk.builds HOME SITE HOW"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from publisher.release import build
from tests.disk.sabotage import HOW
from tests.disk.traced import promise
from tests.publisher.fake import AS_OF, CONTENT, file_records, visit

RELEASES = 3


def main(home: Path, site: Path) -> None:
    """Each with more records than the one before; `promise` says which is served from now on."""
    for n in range(RELEASES):
        if n:
            file_records(home, CONTENT, [visit(f"power-{n}", summary=f"第{n}次停电之前。")])
        promise(build(CONTENT, home, site, AS_OF + timedelta(days=n)).id)


def wrong(site: Path, promised: list[str], meant: Path) -> str:
    """What is wrong with a site after a power cut: it must serve a whole release, no older than the last one.

    `meant` is the site as it became when the power stayed.
    """
    link = site / "current"
    if not link.is_symlink():
        return "nothing is served" if promised else ""
    served = link.resolve()
    if not served.is_dir():
        return "what is served is not there"
    for path in (meant / "releases" / served.name).rglob("*"):
        mine = served / path.relative_to(meant / "releases" / served.name)
        if path.is_file() and not (mine.is_file() and mine.read_bytes() == path.read_bytes()):
            return f"{path.name} is not what it was"
    return "an older release is served" if promised and served.name < promised[-1] else ""


if __name__ == "__main__":
    with HOW[sys.argv[3]]():
        main(Path(sys.argv[1]), Path(sys.argv[2]))
