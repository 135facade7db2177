"""Releases that hold what was erased since: removed, with a note in their place that says so.

Which of them held it nobody can say any more, since the answer is gone. So every release from before the last
erasure of something public goes, and of those that were pruned earlier the digests of their files: a digest
over a table of which all but one cell is known would tell that cell. Their addresses answer 410.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from publisher.download.snapshots import PAST, SAID

MANIFEST = "manifest.json"


def clear(site: Path, now: Path) -> int:
    """Remove every release from before the last erasure that the one served now knows of; how many.

    Done once the new release is served, and again by each build after: one that was killed on the way leaves
    nothing behind for good.
    """
    served = _manifest(now)
    since, epoch = int(served.get("erased", 0)), served.get("epoch")
    if not since:
        return 0
    removed = 0
    for left in (site / "releases").glob(".new-*"):
        shutil.rmtree(left)
    for release in sorted((site / "releases").glob("[0-9]*")):
        if release.is_dir() and release.resolve() != now.resolve() and _before(release, epoch, since):
            _strike(site, release)
            removed += 1
    for note in (site / PAST).glob("[0-9]*.json"):
        said = _read(note)
        if said.get("files") and (said.get("epoch") != epoch or int(said.get("position", 0)) < since):
            _write(note, {**said, "files": {}, "erased": True})
    return removed


def _before(release: Path, epoch: Any, since: int) -> bool:
    """Whether a release was made before an erasure; one that cannot be read, or of another epoch, may be."""
    made = _manifest(release)
    return made.get("epoch") != epoch or int(made.get("position", 0)) < since


def _strike(site: Path, release: Path) -> None:
    """A note first, then the files: killed in between, it is done again."""
    said, note = _manifest(release), site / PAST / f"{release.name}.json"
    known = {name: said[name] for name in SAID if name in said} or _read(note) or _of_name(release.name)
    note.parent.mkdir(exist_ok=True)
    _write(note, {**known, "files": {}, "erased": True})
    shutil.rmtree(release)


def _of_name(name: str) -> dict[str, Any]:
    day, position = name[:10], name[11:].partition("-")[0]
    return {"id": name, "as_of": day, "position": int(position) if position.isdigit() else 0}


def _manifest(release: Path) -> dict[str, Any]:
    return _read(release / MANIFEST)


def _read(path: Path) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return told


def _write(path: Path, said: dict[str, Any]) -> None:
    aside = path.with_suffix(".new")
    aside.write_text(json.dumps(said, ensure_ascii=False, indent=0) + "\n", "utf-8")
    aside.replace(path)
