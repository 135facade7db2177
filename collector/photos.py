"""Photos as they come: piece by piece, under the digest of the whole, and kept only once that is right.

Nothing is believed of what is sent: its length is counted while it comes, its type is read from its first
bytes, its digest from all of them, and it is unpacked elsewhere (`ledger.photos`). What cannot be unpacked is
kept with the reason, as a record is that says something wrong: whoever sent it is told, nobody is shown it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from collector.refusal import Refusal, say_both
from ledger import blobs
from ledger.envelope import rfc3339
from ledger.photos import Undeveloped, developed, known_fault, sniff
from ledger.reader import Kept, Ledger
from ledger.registry import Device
from ledger.room import FULL
from ledger.store import DiskFull, Store, now_ms
from ledger.words import Words

if TYPE_CHECKING:
    from collector.state import Collector

MOST = 8 << 20
"""What a photo may weigh."""
QUOTA = 512 << 20
QUOTA_DAYS = 30
MOST_UNFINISHED = 64 << 20
IN_MEMORY = 64 << 20
"""What all that are just being sent may weigh together."""
SWEEP = 3600.0
HEAD = 16
"""So many bytes, or all there are, must come at first: they say what it is."""
LOOKS = ("clerk",)
"""Who sees photos that are not their own."""


@dataclass(frozen=True)
class Come:
    """How far a photo has come; `fault` says why one that is there cannot be shown."""

    digest: str
    offset: int
    complete: bool
    fault: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The same as a HEAD tells it, in the words of resumable uploads."""
        return {"Upload-Offset": str(self.offset), "Upload-Complete": "?1" if self.complete else "?0"}

    def told(self, words: Words) -> dict[str, Any]:
        """What the phone gets."""
        problem = {"pointer": "", "say": said(words, self.fault)} if self.fault else None
        return {"sha256": self.digest, "offset": self.offset, "complete": self.complete, "problem": problem}


@dataclass(frozen=True)
class Sending:
    """What a PUT says of itself; without a total its end is the photo's end."""

    digest: str
    offset: int
    total: int | None


@dataclass
class Intake:
    """What is just being sent, and when was last tidied."""

    in_memory: int = 0
    swept: float = 0.0
    locks: tuple[threading.Lock, ...] = field(
        default_factory=lambda: tuple(threading.Lock() for _ in range(64))
    )

    def lock(self, digest: str) -> threading.Lock:
        """One photo is written by one thread at a time."""
        return self.locks[int(digest[:2], 16) % len(self.locks)]

    @asynccontextmanager
    async def read(self, request: Request) -> AsyncIterator[bytes]:
        """The body as it was sent, counted while it comes, alone and with all others."""
        parts: list[bytes] = []
        taken = 0
        _length_allowed(request.headers.get("content-length"))
        try:
            async for piece in request.stream():
                taken += len(piece)
                self.in_memory += len(piece)
                if taken > MOST:
                    raise _too_large()
                if self.in_memory > IN_MEMORY:
                    raise Refusal(503, "push.photo_busy", headers={"Retry-After": "5", "Connection": "close"})
                parts.append(piece)
            yield b"".join(parts)
        finally:
            self.in_memory -= taken

    def tidy(self, home: Path) -> None:
        """Forget, once an hour, what nobody went on with."""
        now = time.time()
        if now - self.swept > SWEEP:
            self.swept = now
            blobs.sweep(home, now)


def digest(name: str) -> str:
    """The digest in an address, or 404."""
    if not blobs.DIGEST.fullmatch(name):
        raise Refusal(404, "push.photo_name")
    return name


def sending(name: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Sending:
    """What a PUT is about to send, judged before its body is read."""
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise Refusal(415, "push.photo_packed", headers={"Accept-Encoding": "identity"})
    offset, total = _number(query, "offset"), _number(query, "of")
    if max(offset or 0, total or 0) > MOST:
        raise _too_large()
    return Sending(digest(name), offset or 0, total)


def come(c: Collector, device: Device, digest: str) -> Come:
    """How much of a photo is there."""
    c.photos.tidy(c.store.home)
    row = _row(c, digest)
    if row is not None:
        return Come(digest, row.bytes, True, known_fault(c.store.home, digest))
    return Come(digest, blobs.size(blobs.part(c.store.home, device.person, digest)), False)


def take(c: Collector, device: Device, sending: Sending, data: bytes) -> Come:
    """Put a piece where it belongs; the last one makes the photo count, once all of it is on disk."""
    with c.photos.lock(sending.digest):
        there = come(c, device, sending.digest)
        if there.complete:
            return there
        total = sending.offset + len(data) if sending.total is None else sending.total
        _in_order(sending, data, total, there.offset)
        _within_quota(c, device, total - there.offset, total)
        if c.store.room.low:
            raise _disk_full()
        part = blobs.part(c.store.home, device.person, sending.digest)
        try:
            blobs.write_part(part, sending.offset, data)
            if sending.offset + len(data) < total:
                return Come(sending.digest, sending.offset + len(data), False)
            return _finish(c, device, sending.digest, part, total)
        except OSError as fault:
            if fault.errno in FULL:
                raise _disk_full() from fault
            raise
        except DiskFull as fault:
            raise _disk_full() from fault


def shown(c: Collector, device: Device, digest: str, small: bool) -> bytes:
    """The copy of a photo that may be looked at, whole: by who sent it, and by the clerk."""
    row = _row(c, digest)
    if row is None or not (row.person == device.person or device.role in LOOKS):
        raise Refusal(404, "push.photo_not_here")
    try:
        photo = developed(c.store.home, digest)
    except Undeveloped as fault:
        raise Refusal(422, f"push.photo_{fault.fault}") from None
    return (photo.small if small else photo.large).path.read_bytes()


@dataclass(frozen=True)
class Named:
    """Which photos are there of those that records name."""

    home: Path
    words: Words
    ledger: Ledger
    fields: Mapping[str, list[str]]
    here: Mapping[str, blobs.Blob]

    @classmethod
    def read(cls, c: Collector, ledger: Ledger) -> Named:
        """As a ledger stands."""
        fields = blobs.photo_fields(c.store.forms.values())
        return cls(c.store.home, c.words, ledger, fields, ledger.photos() if fields else {})

    def told(self, kept: Kept) -> dict[str, Any] | None:
        """What is missing of a record's photos, and which cannot be shown; None where it names none."""
        fields = self.fields.get(kept.kind)
        names = blobs.named(fields, self.ledger.answers(kept.position)) if fields else []
        if not names:
            return None
        faults = {each: known_fault(self.home, each) for each in names if each in self.here}
        return {
            "missing": [f"sha256-{each}" for each in names if each not in self.here],
            "unreadable": [
                {"photo": f"sha256-{each}", "say": said(self.words, fault)}
                for each, fault in faults.items()
                if fault
            ],
        }


def said(words: Words, fault: str) -> dict[str, str]:
    """Why a photo cannot be shown, in both languages."""
    return say_both(words, f"push.photo_{fault}", {})


def _finish(c: Collector, device: Device, digest: str, part: Path, total: int) -> Come:
    if blobs.digest_of_file(part) != digest:
        part.unlink()
        raise Refusal(422, "push.photo_digest")
    with part.open("rb") as file:
        kind = sniff(file.read(HEAD))
    if kind is None:
        part.unlink()
        raise Refusal(415, "push.photo_type")
    place = blobs.place(c.store.home, digest)
    blobs.settle(part, place)
    blob = blobs.Blob(digest, total, kind, device.person, rfc3339(now_ms()))

    def count(store: Store) -> None:
        blobs.add(store.db, blob)

    try:
        c.store.do(count).result()
    except BaseException:
        blobs.unsettle(place, part)
        raise
    try:
        developed(c.store.home, digest)
    except Undeveloped as fault:
        return Come(digest, total, True, fault.fault)
    return Come(digest, total, True)


def _in_order(sending: Sending, data: bytes, total: int, there: int) -> None:
    """A piece that has its place: nothing is missing before it, and it ends where the photo ends at most."""
    if total > MOST:
        raise _too_large()
    if sending.offset > there:
        raise Refusal(
            409, "push.photo_offset", headers={"Upload-Offset": str(there), "Upload-Complete": "?0"}
        )
    if sending.offset + len(data) > total or not total:
        raise Refusal(400, "push.photo_length", "")
    if not sending.offset and (len(data) < min(HEAD, total) or sniff(data) is None):
        raise Refusal(415, "push.photo_type")


def _within_quota(c: Collector, device: Device, more: int, total: int) -> None:
    since = rfc3339(now_ms() - QUOTA_DAYS * blobs.DAY * 1000)

    with c.ledger() as ledger:
        sent = ledger.photos_sent(device.person, since)
    begun = blobs.unfinished(c.store.home, device.person)
    if sent + total > QUOTA or begun + more > MOST_UNFINISHED:
        raise Refusal(
            429,
            "push.photo_quota",
            headers={"Retry-After": str(blobs.DAY)},
            most=QUOTA >> 20,
            days=QUOTA_DAYS,
        )


def _row(c: Collector, digest: str) -> blobs.Blob | None:
    """The row of a photo whose file is there too: one that was lost may be sent again."""
    with c.ledger() as ledger:
        row = ledger.photo(digest)
    return row if row and blobs.size(blobs.place(c.store.home, digest)) == row.bytes else None


def _number(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise Refusal(400, "push.photo_length", "")
    return int(text)


def _length_allowed(text: str | None) -> None:
    if text and text.isascii() and text.isdigit() and int(text) > MOST:
        raise _too_large()


def _too_large() -> Refusal:
    return Refusal(413, "push.photo_large", most=MOST >> 20, headers={"Connection": "close"})


def _disk_full() -> Refusal:
    # Not 507: every phone knows 503 as a reason to come back later.
    return Refusal(503, "push.photo_disk_full", headers={"Retry-After": "60"})
