"""Handing over: the phone of a person lets another browser of the same person in, without the office.

The old screen asks for a code that serves once, within fifteen minutes. The new browser enrols with it and
shows six digits; they are typed on the old screen, and the new browser may write and fetch the drafts. Who
overhears the code gets no further: the owner types the digits that stand on the owner's own second screen.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from collector import accounts
from collector.qr import qr
from collector.refusal import Refusal
from ledger import registry
from ledger.envelope import rfc3339
from ledger.registry import Device, Invite, Refused
from ledger.signature import b64u, unb64u

if TYPE_CHECKING:
    from collector.state import Collector
    from ledger.store import Store

MINUTES = 15
ROLES = frozenset({"deputy", "handler"})
"""For a teller, a scrutineer, a key of two, one phone is one voice: only the office makes another."""


def create(c: Collector, device: Device, now_ms: int) -> dict[str, Any]:
    """A code for another browser of the person who asks; an unused one of before serves no longer."""
    if device.role not in ROLES:
        raise Refusal(403, "handover.role")
    typed = accounts.new_code()
    until = rfc3339(now_ms + MINUTES * 60_000)
    made = Invite(
        accounts.code_hash(typed), device.role, device.code, device.name, rfc3339(now_ms), until,
        organ=device.organ, came_from=device.id,
    )  # fmt: skip

    def run(store: Store) -> None:
        if store.devices[device.id].state != "active":
            raise Refused("push.revoked")
        registry.withdraw_invites(store.db, device.id, rfc3339(now_ms - 1))
        registry.add_invite(store.db, made)

    try:
        c.store.do(run).result()
    except Refused as refused:
        raise Refusal(403, refused.key) from None
    address = link(c.addresses["collect"], typed, c.store)
    return {"code": typed, "link": address, "picture": qr(address), "expires_at": until}


def link(collect: str, code: str, store: Store) -> str:
    """What a browser opens to enrol: code and fingerprint of the office, behind a # that no server sees."""
    fingerprint = b64u(hashlib.sha256(unb64u(store.keys.recovery)).digest())[:16]
    return f"{collect}/#e={code}&k={fingerprint}"


def waiting(c: Collector, device: Device, now_ms: int) -> dict[str, Any]:
    """The browsers that came with a code of this phone and wait for their six digits, which are not told."""
    found = [each for each in c.store.devices.values() if _waits(each, device, now_ms)]
    return {"waiting": [{"device": each.id, "enrolled_at": each.enrolled_at} for each in found]}


def confirm(c: Collector, device: Device, body: Any, now_ms: int) -> dict[str, Any]:
    """The six digits of the new screen were typed on the old one: let the new browser write."""
    named, digits = _read(body)
    new = c.store.devices.get(named)
    if new is None or new.came_from != device.id or new.chain != "records":
        raise Refusal(404, "handover.no_such_device", "/device")
    if new.state == "revoked":
        raise Refusal(403, "handover.stopped", "/device")
    c.handovers.check(new.id, now_ms)
    pair = c.writer(new)
    if accounts.six_digits(pair.records.key, pair.proof.key, c.store.ledger_id) != digits:
        c.handovers.wrong(new.id, now_ms)
        raise Refusal(403, "handover.digits", "/digits")
    if new.state == "pending":
        if not _waits(new, device, now_ms):
            raise Refusal(403, "handover.late", "/device")
        _let_in(c.store, device, new, now_ms)
    return {"device": new.id, "state": "active"}


def _let_in(store: Store, old: Device, new: Device, now_ms: int) -> None:
    def run(store: Store) -> None:
        # Looked at again where nothing else changes: the office may have stopped the old phone meanwhile.
        if store.devices[old.id].state != "active":
            raise Refused("push.revoked")
        registry.confirm(store.db, new.pair, rfc3339(now_ms))
        store.devices = registry.read_devices(store.db)

    try:
        store.do(run).result()
    except Refused as refused:
        raise Refusal(403, refused.key) from None


def _read(body: Any) -> tuple[str, str]:
    found = body if isinstance(body, dict) else {}
    for name in ("device", "digits"):
        if not isinstance(found.get(name), str) or len(found[name]) > 100:
            raise Refusal(400, "push.shape", f"/{name}")
    return found["device"], "".join(found["digits"].split())


def _waits(each: Device, old: Device, now_ms: int) -> bool:
    mine = each.came_from == old.id and each.chain == "records" and each.state == "pending"
    return mine and each.enrolled_at > rfc3339(now_ms - MINUTES * 60_000)
