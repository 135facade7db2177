"""What a device signs: an envelope, and the disclosures that hold its answers.

An envelope is the exact text that was signed. It names its answers only by digest; each answer travels beside
it as a disclosure, the text of `["salt","name",value]`, so one answer can be withheld or forgotten and the
signature still holds (the mechanism of SD-JWT, RFC 9901). Nothing is encoded again: what was signed is kept.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey

from ledger.signature import b64u, digest_of, sign, unb64u, verified
from ledger.strict_json import read_json, write_json

__all__ = ["b64u", "unb64u"]  # the spelling of an envelope's bytes is part of what an envelope is

MAX_DISCLOSURES = 400
_FIELDS = ("v", "ledger", "kind", "form", "id", "device", "seq", "prev", "claimed_at", "replaces", "_sd")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch
_DIGEST = re.compile(r"[A-Za-z0-9_-]{43}").fullmatch
_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}").fullmatch
_FORM = re.compile(r"[a-z][a-z0-9_]{0,39}@[A-Za-z0-9_-]{43}").fullmatch
_CLAIMED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII).fullmatch
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}").fullmatch
_SALT = re.compile(r"[A-Za-z0-9_-]{22,86}").fullmatch


class Forged(Exception):
    """An envelope that cannot be believed; `reason` is json, envelope, signature or disclosure."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Envelope(NamedTuple):
    """The fields of a signed text, the text and its digest. A tuple: thousands are made a second."""

    ledger: str
    kind: str
    form: str
    id: str
    device: str
    seq: int
    prev: str | None
    claimed_at: str
    replaces: str | None
    sd: list[str]
    text: str
    digest: str


class Opened(NamedTuple):
    """An envelope whose signature and disclosures hold, and the answers it discloses."""

    envelope: Envelope
    answers: dict[str, Any]


def uuid7(ms: int, rand: bytes) -> str:
    """A UUIDv7 (RFC 9562) of a Unix time in milliseconds and ten random bytes.

    >>> uuid7(1645557742000, bytes.fromhex("0cc318c4dc0c0c07398f"))
    '017f22e2-79b0-7cc3-98c4-dc0c0c07398f'
    """
    return _uuid(ms.to_bytes(6, "big") + rand[:10], 0x70)


def uuid8(digest: bytes) -> str:
    """A UUIDv8 (RFC 9562) made of a digest, for records whose id follows from where they came from."""
    return _uuid(digest[:16], 0x80)


def _uuid(sixteen: bytes, version: int) -> str:
    raw = bytearray(sixteen)
    raw[6] = raw[6] & 0x0F | version
    raw[8] = raw[8] & 0x3F | 0x80
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def rfc3339(ms: int) -> str:
    """A Unix time in milliseconds as envelopes and receipts write it.

    >>> rfc3339(1645557742001)
    '2022-02-22T19:22:22.001Z'
    """
    return datetime.fromtimestamp(ms // 1000, UTC).strftime(f"%Y-%m-%dT%H:%M:%S.{ms % 1000:03d}Z")


def disclosure(name: str, value: Any, salt: str | None = None) -> str:
    """The text that discloses one answer; the salt, 128 random bits, keeps its digest from being guessed.

    >>> disclosure("village", "柳河村", "AAAAAAAAAAAAAAAAAAAAAA")
    '["AAAAAAAAAAAAAAAAAAAAAA","village","柳河村"]'
    """
    return write_json([salt or b64u(os.urandom(16)), name, value])


def disclosure_digest(text: str) -> str:
    """The digest by which an envelope names a disclosure."""
    return digest_of(text.encode())


def read_disclosure(text: str) -> tuple[str, Any]:
    """The name and value a disclosure gives; Forged when it is not `["salt","name",value]`."""
    try:
        parts = read_json(text)
    except ValueError as fault:
        raise Forged("disclosure", str(fault)) from fault
    if type(parts) is not list or len(parts) != 3 or type(parts[0]) is not str or type(parts[1]) is not str:
        raise Forged("disclosure", "is not [salt, name, value]")
    if not _SALT(parts[0]) or not _NAME(parts[1]):
        raise Forged("disclosure", "its salt or its name is misspelt")
    return parts[1], parts[2]


def read_disclosures(
    sd: Sequence[str], disclosures: Sequence[str], erased: Sequence[str] = ()
) -> dict[str, Any]:
    """The answers of a record; Forged when a disclosure is missing, extra, repeated or unreadable.

    `erased` are the digests of those that were erased since: they stand for what is not there.
    """
    try:
        digests = sorted([*(digest_of(text.encode()) for text in disclosures), *erased])
    except UnicodeEncodeError as fault:
        raise Forged("disclosure", "half a character (a lone surrogate)") from fault
    if digests != sd:
        raise Forged("disclosure", "the disclosures are not exactly those the envelope names")
    answers = dict([read_disclosure(text) for text in disclosures])
    if len(answers) != len(disclosures):
        raise Forged("disclosure", "a field is disclosed twice")
    return answers


def make_envelope(
    *,
    ledger: str,
    kind: str,
    form: str,
    id: str,
    device: str,
    seq: int,
    prev: str | None,
    claimed_at: str,
    replaces: str | None,
    disclosures: Sequence[str],
) -> Envelope:
    """The envelope of one record, ready to be signed."""
    sd = sorted([digest_of(text.encode()) for text in disclosures])
    values = (1, ledger, kind, form, id, device, seq, prev, claimed_at, replaces, sd)
    text = write_json(dict(zip(_FIELDS, values, strict=True)))
    return Envelope(
        ledger, kind, form, id, device, seq, prev, claimed_at, replaces, sd, text, digest_of(text.encode())
    )


def read_envelope(text: str) -> Envelope:
    """The fields of an envelope's text, each of the right shape; else Forged. No signature is looked at."""
    try:
        data = text.encode()
        value = read_json(text)
    except ValueError as fault:
        raise Forged("json", str(fault)) from fault
    # A signed text that began otherwise could be some other statement of the same key.
    if type(value) is not dict or text[0] != "{":
        raise Forged("envelope", "is not a JSON object from its first character on")
    if len(value) != len(_FIELDS) or not all([name in value for name in _FIELDS]):
        raise Forged("envelope", f"its fields are not exactly {', '.join(_FIELDS)}")
    _, ledger, kind, form, id, device, seq, prev, claimed_at, replaces, sd = [value[name] for name in _FIELDS]
    envelope = Envelope(
        ledger, kind, form, id, device, seq, prev, claimed_at, replaces, sd, text, digest_of(data)
    )
    fault_at = _misshapen(value["v"], envelope)
    if fault_at:
        raise Forged("envelope", f"{fault_at} is not what it should be")
    return envelope


def _misshapen(version: Any, e: Envelope) -> str | None:
    """The first field of the wrong shape, by name."""
    if type(version) is not int or version != 1:
        return "v"
    for name, text in (("ledger", e.ledger), ("device", e.device)):
        if type(text) is not str or not 1 <= len(text) <= 64:
            return name
    for name, text, fits in (("kind", e.kind, _KIND), ("form", e.form, _FORM), ("id", e.id, _UUID)):
        if type(text) is not str or not fits(text):
            return name
    if e.form[:-44] != e.kind:
        return "form"
    if type(e.claimed_at) is not str or not _CLAIMED(e.claimed_at):
        return "claimed_at"
    if e.replaces is not None and (type(e.replaces) is not str or not _UUID(e.replaces)):
        return "replaces"
    if type(e.seq) is not int or e.seq < 0:
        return "seq"
    if e.prev is not None and (type(e.prev) is not str or not _DIGEST(e.prev)):
        return "prev"
    if type(e.sd) is not list or len(e.sd) > MAX_DISCLOSURES:
        return "_sd"
    fine = all([type(one) is str and _DIGEST(one) for one in e.sd]) and len(set(e.sd)) == len(e.sd)
    return None if fine else "_sd"


def open_envelope(
    text: str, signature: str, key: EllipticCurvePublicKey, disclosures: Sequence[str]
) -> Opened:
    """A record as it was signed; Forged when text, signature and disclosures do not hold together."""
    envelope = read_envelope(text)
    if not verified(text.encode(), signature, key):
        raise Forged("signature", "is not this key's over this text")
    return Opened(envelope, read_disclosures(envelope.sd, disclosures))


def seal(
    answers: Mapping[str, Any], key: EllipticCurvePrivateKey, **fields: Any
) -> tuple[Envelope, str, list[str]]:
    """Envelope, signature and disclosures of new answers, as a device makes them."""
    disclosures = [disclosure(name, value) for name, value in answers.items()]
    envelope = make_envelope(disclosures=disclosures, **fields)
    return envelope, sign(envelope.text.encode(), key), disclosures
