"""A person's own records, read back: what became of them, and what they say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collector import photos
from collector.accounts import person
from collector.awaiting import asks_approval
from collector.current import beside
from collector.refusal import Refusal, said_problems
from ledger.approvals import KIND as APPROVAL
from ledger.approvals import ROLES
from ledger.erasure import Erased
from ledger.quotes import read_problems
from ledger.reader import Kept, Ledger
from ledger.registry import Device
from ledger.resolutions import CLOSE
from ledger.signature import b64u, unb64u

if TYPE_CHECKING:
    from collector.state import Collector

MAX_IDS = 1000
PAGE = 100


def read_ids(body: Any) -> list[str]:
    """The record ids of a question about receipts."""
    ids = body.get("ids") if isinstance(body, dict) else None
    if not isinstance(ids, list) or len(ids) > MAX_IDS or not all(isinstance(each, str) for each in ids):
        raise Refusal(400, "push.shape", "/ids")
    return ids


def receipts(c: Collector, device: Device, ids: list[str]) -> dict[str, Any]:
    """The durable state of one's own records; ids of others, and unknown ones, are simply not in it."""
    published = _published(c)
    with c.ledger() as ledger:
        pictures = photos.Named.read(c, ledger)
        # A record that a clerk took in stands twice; the later one is how it stands.
        last = {(kept.id, kept.digest): kept for kept in ledger.kept(_devices(c, device), ids)}
        decided = _decided(ledger, last.values())
        back = _sent_back(c, ledger, last.values())
        current = beside(c, ledger, device, last.values())
        found = [
            {
                "id": kept.id,
                "digest": kept.digest,
                "code": kept.code,
                "position": kept.position,
                **_became(c, kept, back),
                "decided": decided.get(kept.digest),
                "current": current.get(kept.digest),
                "published": published.get(kept.code or ""),
                "photos": pictures.told(kept),
            }
            for kept in last.values()
        ]
        copied = c.store.safe_photos == ledger.photos_stand()
    return {
        "device": {"state": device.state},
        "person": person(device),
        "receipts": found,
        "safe_position": c.store.safe_position,
        "safe_photos": copied,
    }


def pull(c: Collector, device: Device, cursor: str) -> dict[str, Any]:
    """One page of the person's records, the oldest first. `cursor` is where the last page ended."""
    after = _read_cursor(cursor, c.store.epoch)
    with c.ledger() as ledger:
        page = ledger.kept_after(_devices(c, device), after, PAGE + 1)
        decided = _decided(ledger, page[:PAGE])
        back = _sent_back(c, ledger, page)
        records = [
            {
                "id": kept.id,
                "digest": kept.digest,
                "kind": kept.kind,
                "code": kept.code,
                "position": kept.position,
                "received_at": kept.received_at,
                **_became(c, kept, back),
                "decided": decided.get(kept.digest),
                "answers": ledger.answers(kept.position),
            }
            for kept in page[:PAGE]
        ]
        gone = ledger.gone.since(_devices(c, device), after)
        erased = _erased(ledger, gone)
    last = records[-1]["position"] if records else after
    if len(page) <= PAGE:  # the next page begins after the erasures that were told with this one
        last = max([last, *(each.by for each in gone)])
    return {
        "records": records,
        "erased": erased,
        "cursor": b64u(f"{c.store.epoch}:{last}".encode()),
        "more": len(page) > PAGE,
        "safe_position": c.store.safe_position,
    }


def _erased(ledger: Ledger, gone: Iterable[Erased]) -> list[dict[str, Any]]:
    """What the office has erased of this person's records: which field of which version, when and why."""
    ids = {kept.position: kept.id for kept in ledger.at([each.entry for each in gone])}
    reasons = {each.by: ledger.erasures[each.by] for each in gone if each.by in ledger.erasures}
    return [
        {
            "id": ids[each.entry],
            "field": each.field,
            "on": reasons[each.by].received_at,
            "reason": reasons[each.by].answers["reason"],
        }
        for each in gone
        if each.by in reasons
    ]


def _decided(ledger: Ledger, found: Iterable[Kept]) -> dict[str, dict[str, str]]:
    """What a clerk has decided about records that were kept aside, by digest: closed, and why."""
    if all(kept.state == "accepted" for kept in found):
        return {}
    return {
        digest: {"decision": CLOSE, "reason": each.answers["reason"], "on": each.received_at}
        for digest, each in ledger.decisions().items()
        if each.answers["decision"] == CLOSE
    }


def _became(c: Collector, kept: Kept, back: Mapping[str, str]) -> dict[str, Any]:
    """How a record stands, and what to mend: what a reader sent back has their reason."""
    if kept.state == "accepted" and (reason := back.get(kept.digest)) is not None:
        return {"state": "returned", "problems": [{"pointer": "", "say": {"zh": reason, "en": reason}}]}
    return {
        "state": kept.state,
        "problems": said_problems(c.words, read_problems(kept.problems, kept.quotes)),
    }


def _sent_back(c: Collector, ledger: Ledger, mine: Iterable[Kept]) -> Mapping[str, str]:
    """Why versions were sent back, by their digest: the last word of each role counts."""
    forms = c.store.current
    if not any(asks_approval(forms[kept.kind]) for kept in mine if kept.kind in forms):
        return {}
    last = {
        (said.answers.get("entry"), said.role): said.answers
        for said in ledger.records(APPROVAL)
        if said.role in ROLES
    }
    return {
        str(entry): str(answers.get("reason", ""))
        for (entry, _), answers in last.items()
        if answers.get("decision") == "send_back"
    }


def _read_cursor(cursor: str, epoch: str) -> int:
    """The position a cursor names; one of another epoch begins again, since positions may have changed."""
    if not cursor:
        return 0
    try:
        of, _, position = unb64u(cursor).decode().partition(":")
        after = min(int(position), 2**62)
    except ValueError:
        raise Refusal(400, "push.cursor", "/cursor") from None
    return after if of == epoch else 0


def _devices(c: Collector, device: Device) -> list[str]:
    """Every device the person ever had."""
    return [each.id for each in c.store.devices.values() if each.person == device.person]


def _published(c: Collector) -> dict[str, str]:
    """Where the current release shows each code; nothing while no release can be read."""
    manifest = c.site / "current" / "manifest.json"
    base = c.addresses.get("www", "").rstrip("/")
    try:
        key = manifest.resolve(strict=True)
        return {code: f"{base}/{path}" for code, path in _manifest(key).items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


_read: dict[Path, dict[str, str]] = {}


def _manifest(path: Path) -> dict[str, str]:
    # A release is never changed, so its path names its content; only the last one is kept.
    if path not in _read:
        pages = dict(json.loads(path.read_text("utf-8"))["records"])
        _read.clear()
        _read[path] = pages
    return _read[path]
