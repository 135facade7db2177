"""Drafts over HTTP: a person's phones put a safety copy here and any of them may fetch it, nobody else."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

from collector.refusal import Refusal
from ledger.drafts import MAX_BYTES, MAX_DRAFTS, Draft, Drafts, TooMany
from ledger.entries import Outcome
from ledger.envelope import rfc3339
from ledger.registry import Device
from ledger.store import Ledger, Store, StoreFault

if TYPE_CHECKING:
    from collector.state import Collector

READABLE = frozenset({"accepted", "branch", "quarantined"})
"""How a record may stand for its draft to be gone: its words can be read back with /pull."""
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch
log = logging.getLogger("mingbai.collector")


class Keeper(Protocol):
    """Whoever keeps drafts beside a ledger: the running server, or a file that is brought in."""

    store: Store
    drafts: Drafts

    def ledger(self) -> AbstractContextManager[Ledger]:
        """The ledger, for reading."""
        ...


def save(c: Keeper, device: Device, id: str, body: Any, now_ms: int) -> dict[str, Any]:
    """Keep a draft. `state` is kept, older (a newer save is here) or filed (it has become a record)."""
    n, text = _read(_checked(id), body)
    if id in _filed(c, device, [id]):
        return {"id": id, "n": n, "state": "filed"}
    try:
        saved = c.drafts.save(device.person, id, n, text, device.id, now_ms)
    except TooMany:
        raise Refusal(413, "draft.too_many", "/text", most=MAX_DRAFTS) from None
    return {"id": id, "n": saved.n, "state": "kept" if saved.kept else "older"}


def _read(id: str, body: Any) -> tuple[int, str]:
    n = body.get("n") if isinstance(body, dict) else None
    text = body.get("text") if isinstance(body, dict) else None
    if type(n) is not int or n < 0:
        raise Refusal(400, "push.shape", "/n")
    if type(text) is not str:
        raise Refusal(400, "push.shape", "/text")
    if len(text.encode()) > MAX_BYTES:
        raise Refusal(413, "draft.too_large", "/text", most=MAX_BYTES // 1024)
    return n, text


def read(c: Collector, device: Device, id: str) -> dict[str, Any]:
    """One draft, as it was last saved by any phone of the person."""
    draft = c.drafts.find(device.person, _checked(id))
    if draft is None or _filed(c, device, [id]):
        raise Refusal(404, "draft.none")
    return {**_told(draft, device), "text": draft.text}


def listed(c: Collector, device: Device) -> dict[str, Any]:
    """The person's drafts, the last saved first, without what they say."""
    found = c.drafts.of(device.person)
    filed = _filed(c, device, [each.id for each in found])
    return {"drafts": [_told(each, device) for each in found if each.id not in filed]}


def give_up(c: Collector, device: Device, id: str, now_ms: int) -> dict[str, Any]:
    """The person does not want it any more; one that is not here is no fault."""
    c.drafts.give_up(device.person, _checked(id), now_ms)
    return {"id": id, "state": "gone"}


def forget_filed(c: Keeper, device: Device, outcomes: Sequence[Outcome]) -> None:
    """Forget the drafts of what has just been filed. A fault here never takes back a push that is safe."""
    ids = [each.id for each in outcomes if each.stored in READABLE and not _unreadable(each)]
    try:
        # A stopped phone may be in anybody's hands: what it sends touches no draft.
        if device.state == "active" and ids:
            c.drafts.filed(device.person, ids)
    except StoreFault as fault:
        log.error("drafts of filed records are still here: %s", fault)


def purge(c: Collector, now_ms: int) -> None:
    """Forget what is too old; for the server to do when it starts and once a day."""
    try:
        c.drafts.purge(now_ms)
    except StoreFault as fault:
        log.error("old drafts are still here: %s", fault)


def _told(draft: Draft, device: Device) -> dict[str, Any]:
    return {
        "id": draft.id,
        "n": draft.n,
        "bytes": len(draft.text.encode()),
        "saved_at": rfc3339(draft.saved_at),
        "gone_at": rfc3339(draft.gone_at),
        "here": draft.device == device.id,
    }


def _filed(c: Keeper, device: Device, ids: list[str]) -> set[str]:
    """Which ids are those of records that this person has filed."""
    if not ids:
        return set()
    mine = [each.id for each in c.store.devices.values() if each.person == device.person]
    with c.ledger() as ledger:
        kept = ledger.kept(mine, ids)
    return {each.id for each in kept if each.state in READABLE and each.kind != "unreadable"}


def _unreadable(outcome: Outcome) -> bool:
    return any(each.key == "push.unreadable" for each in outcome.problems)


def _checked(id: str) -> str:
    if not _ID(id):
        raise Refusal(404, "draft.none")
    return id
