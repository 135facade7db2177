"""The version in force, told to whose record it is: it stands beside their own, and they may correct it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from collector import tellers
from ledger.envelope import Forged, read_envelope
from ledger.reader import Kept, Ledger
from ledger.registry import Device

if TYPE_CHECKING:
    from collector.state import Collector


def beside(c: Collector, ledger: Ledger, device: Device, mine: Iterable[Kept]) -> dict[str, dict[str, Any]]:
    """For each version, by its digest, that is not the current one under its code: the one that is.

    Only whoever filed the record first is told, and only what a person of their role is asked.
    """
    of = [kept for kept in mine if kept.code is not None and kept.kind != tellers.COUNT]
    current = ledger.current(str(kept.code) for kept in of)
    told: dict[str, dict[str, Any]] = {}
    for kept in of:
        now = current.get(str(kept.code))
        if now is None or now.digest == kept.digest:
            continue
        first = ledger.filed_by(str(kept.code))
        if first is not None and first.person == device.person:
            told[kept.digest] = _version(c, ledger, device, now)
    return told


def _version(c: Collector, ledger: Ledger, device: Device, now: Kept) -> dict[str, Any]:
    try:
        envelope = read_envelope(ledger.envelope(now.position))
    except Forged:  # pragma: no cover - what was accepted can be read
        envelope = None
    version = envelope.form if envelope else ""
    form = c.store.forms.get(version) or c.store.current.get(now.kind)
    answers = {
        name: answer
        for name, answer in ledger.answers(now.position).items()
        if form is None or name not in form.fields or form.fields[name].asked_of(device.role)
    }
    by = ledger.devices[now.device]
    return {
        "id": now.id,
        "digest": now.digest,
        "form": version,
        "received_at": now.received_at,
        "claimed_at": envelope.claimed_at if envelope else None,
        "by": {"name": by.name, "role": by.role},
        "answers": answers,
    }
