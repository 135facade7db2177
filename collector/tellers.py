"""What the tellers counted, told to those who declare the result: both counts, or none.

Whoever asks early must not be able to tell the second teller what the first one found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from collector.refusal import Refusal
from ledger.registry import Device
from ledger.store import Ledger

if TYPE_CHECKING:
    from collector.state import Collector

COUNT = "tally_count"
BALLOT = "ballot"
ROLES = frozenset({"scrutineer", "clerk", "presidium"})
ENOUGH = 2


def counts(c: Collector, device: Device, ballot: str) -> dict[str, Any]:
    """How many counts of a ballot have arrived, and what they say once two tellers are done."""
    if device.role not in ROLES:
        raise Refusal(403, "push.not_your_question")
    with c.ledger() as ledger:
        code = ledger.resolve(BALLOT, ballot)
        if code is None:
            raise Refusal(404, "push.no_such_ballot", "", value=ballot)
        found = ledger.about(COUNT, BALLOT, code)
        enough = told(ledger, code)
    said = [{"code": each.code, "answers": each.answers} for each in found]
    return {"ballot": code, "arrived": len(found), "counts": said if enough else None}


def told(ledger: Ledger, ballot: str) -> bool:
    """Whether two tellers have counted a ballot, so that what they found may be told."""
    found = ledger.about(COUNT, BALLOT, ballot)
    return len({_teller(ledger, each.code) for each in found}) >= ENOUGH


def _teller(ledger: Ledger, code: str) -> str:
    """Whose count it is. The office files for many under one key, so each of its counts stands for itself."""
    first = ledger.filed_by(code)
    return code if first is None or first.is_office else first.pair
