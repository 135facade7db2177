"""Are the photos there, and as they were sent? What the doctor says of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from ledger import blobs
from ledger.photos import known_fault
from ledger.reader import Ledger

Told = tuple[Literal["fine", "warning", "fault"], str, Mapping[str, Any]]


def examine(ledger: Ledger, home: Path) -> Iterator[Told]:
    """Every photo read again, and counted against what records name."""
    here, lying = ledger.photos(), {path.name: path for path in blobs.kept(home)}
    lost = [digest for digest in here if digest not in lying or blobs.digest_of_file(lying[digest]) != digest]
    missing = _named(ledger) - here.keys()
    unreadable = [digest for digest in here if known_fault(home, digest)]
    stray = lying.keys() - here.keys()
    if lost:
        yield "fault", "doctor.photo_lost", {"number": len(lost), "photo": lost[0]}
    elif here:
        yield "fine", "doctor.photos", {"number": len(here)}
    if missing:
        yield "warning", "doctor.photo_missing", {"number": len(missing)}
    if unreadable:
        yield "warning", "doctor.photo_unreadable", {"number": len(unreadable)}
    if stray:
        yield "warning", "doctor.photo_stray", {"number": len(stray)}
    if any(path.stat().st_mode & 0o077 for path in (home / "blobs").rglob("*")):
        yield "warning", "doctor.photo_open", {"path": str(home / "blobs")}


def _named(ledger: Ledger) -> set[str]:
    """The photos that current records name."""
    fields = blobs.photo_fields(ledger.forms().values())
    return {
        digest
        for kind, names in fields.items()
        for record in ledger.records(kind)
        for digest in blobs.named(names, record.answers)
    }
