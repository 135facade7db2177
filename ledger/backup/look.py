"""What the doctor asks of the second copy.

Without the paper it sees lines, digests and chain heads: enough to find what was broken, cut off or
exchanged, and a ledger that was altered since.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ledger.backup import journal, whole
from ledger.backup.line import BrokenLine
from ledger.files import same_disk
from ledger.reader import Ledger

Told = tuple[Literal["fine", "warning", "fault"], str, dict[str, Any]]
OLD_DAYS = 2
"""A whole copy older than this is none of a server that runs."""


@dataclass(frozen=True)
class Looked:
    """What stands there: the chain heads it witnesses, where it ends, and the first thing wrong with it."""

    heads: dict[int, str]
    position: int
    lines: int
    fault: str | None


def heads(folder: Path, epoch: str | None = None) -> dict[int, str]:
    """The ledger's chain head at each position that the second copy witnesses, of one epoch or the last one.

    Whoever alters the ledger and its chain with it does not alter these: they lie on another disk, each line
    bound to the one before.
    """
    return read(folder, epoch).heads


def read(folder: Path, epoch: str | None = None) -> Looked:
    """Every line and the head of every copy, of one epoch or the last one."""
    found = list(journal.lines(folder))
    there = whole.copies(folder)
    of = epoch or _last_epoch(folder)
    said = {head.position: head.chain for _, head in there if head.epoch == of}
    before, position, lines, fault = None, max(said, default=0), 0, None
    for each in found:
        if isinstance(each.line, BrokenLine):
            fault = fault or f"{journal.place(folder, each.segment).name}:{each.number}: {each.line}"
            before = None
            continue
        head = each.line.head
        if before is not None and head.before != before:
            where = f"{journal.place(folder, each.segment).name}:{each.number}"
            fault = fault or f"{where}: the line before it is missing or altered"
        before = each.line.digest
        if head.epoch == of:
            said[head.ends], position, lines = head.chain, max(position, head.ends), lines + 1
    return Looked(said, position, lines, fault)


def examine(ledger: Ledger, home: Path, folder: Path, today: str) -> Iterator[Told]:
    """What there is to say about the second copy of a ledger: level, key and parameters."""
    if not folder.is_dir():
        yield "fault", "doctor.copy_gone", {"path": str(folder)}
        return
    if same_disk(home, folder):
        yield "warning", "doctor.copy_same_disk", {"path": str(folder)}
    seen = read(folder, ledger.epoch)
    if seen.fault:
        yield "fault", "doctor.copy_broken", {"what": seen.fault}
    wrong = [position for position, chain in seen.heads.items() if ledger.chain_at(position) != chain]
    if wrong:
        yield "fault", "doctor.copy_differs", {"position": min(wrong)}
    there = [(path, head) for path, head in whole.copies(folder) if head.epoch == ledger.epoch]
    behind = ledger.position - seen.position
    if not seen.heads and ledger.position:
        yield "warning", "doctor.copy_none", {"path": str(folder)}
    elif behind > 0:
        yield "warning", "doctor.copy_behind", {"number": behind, "position": seen.position}
    elif not wrong and not seen.fault:
        yield "fine", "doctor.copy_fine", {"position": seen.position}
    if not there:
        yield "warning", "doctor.copy_no_whole", {}
        return
    path, head = there[0]
    if not whole.intact(path):
        yield "fault", "doctor.copy_damaged", {"name": path.name}
    elif whole.days_between(head.made, today) > OLD_DAYS:
        yield "warning", "doctor.copy_old", {"name": path.name, "day": head.made}
    else:
        yield "fine", "doctor.copy_whole", {"name": path.name}


def _last_epoch(folder: Path) -> str | None:
    tail, there = journal.find_tail(folder), whole.copies(folder)
    if there and (tail is None or there[0][1].segment > tail.segment):
        return there[0][1].epoch
    return tail.line.head.epoch if tail else None
