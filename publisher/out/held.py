"""Records that do not leave until a person has looked at them: the clerk's queue, never part of a release."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ledger.files import write_whole

FILE = "held.json"


@dataclass(frozen=True)
class Held:
    """One record that was kept back: which version of it, at which field, and why."""

    code: str
    kind: str
    digest: str
    field: str
    reason: str


def read_release(home: Path) -> str | None:
    """The release that home/held.json was written for; None where there is none."""
    try:
        told = json.loads((home / FILE).read_text("utf-8"))
        return str(told["release"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_held(home: Path, release: str, held: Sequence[Held]) -> Path:
    """Write home/held.json for the collector, readable by its owner only, whole or not at all."""
    path = home / FILE
    text = json.dumps(
        {"release": release, "held": [asdict(each) for each in held]}, ensure_ascii=False, indent=1
    )
    write_whole(path, f"{text}\n".encode())
    return path
