"""Persons and their phones: invitations, enrolment, six digits, revocation; who signed a request."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from collector import again
from collector.refusal import Refusal
from collector.throttle import TRIES as TRIES
from collector.throttle import TRIES_IN_ALL as TRIES_IN_ALL
from collector.throttle import TRY_MS as TRY_MS
from collector.throttle import Throttle as Throttle
from ledger import registry
from ledger.entries import CROCKFORD
from ledger.envelope import rfc3339
from ledger.registry import CHAINS, Device, Invite, Refused
from ledger.signature import b64u, digest_of, read_spki, unb64u, verified

if TYPE_CHECKING:
    from ledger.store import Store

INVITE_DAYS = 3
NONCE_MS = 10 * 60 * 1000
_CODE = re.compile(f"[{CROCKFORD}]{{13}}").fullmatch


# -- codes and digits --


def new_code() -> str:
    """Thirteen characters, 65 random bits."""
    n = int.from_bytes(os.urandom(9), "big")
    return "".join(CROCKFORD[n >> 5 * i & 31] for i in range(13))


def spaced(code: str) -> str:
    """A code as it is printed, in groups that a finger can follow.

    >>> spaced("7KQ40ABCDEFGH")
    '7KQ4 0ABC DEFGH'
    """
    return f"{code[:4]} {code[4:8]} {code[8:]}"


def normal_code(text: str) -> str | None:
    """A code as typed, with what people confuse put right; None when it is not one.

    >>> normal_code("7kq4 oabc-defgh")
    '7KQ40ABCDEFGH'
    """
    code = re.sub(r"[\s-]", "", text).upper().translate(str.maketrans("OIL", "011"))
    return code if _CODE(code) else None


def code_hash(code: str) -> str:
    """How an invitation is known at rest."""
    return digest_of(b"mingbai/1 invite\n" + code.encode())


def six_digits(records: str, proof: str, ledger: str) -> str:
    """What phone and clerk compare face to face: made of the keys, so nobody between can swap them."""
    text = f"mingbai/1 six digits\n{records}\n{proof}\n{ledger}"
    return f"{int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], 'big') % 1_000_000:06d}"


def enrol_statement(code: str, records: str, proof: str) -> bytes:
    """What a phone signs to enrol, with the key it will sign records with."""
    return f"mingbai/1 enrol\n{code}\n{records}\n{proof}".encode("utf-8", "surrogatepass")


# -- signed requests --


class Nonces:
    """Server nonces, good for ten minutes and remembered nowhere: each carries its time and our seal."""

    def __init__(self, secret: bytes | None = None) -> None:
        self._secret = secret or os.urandom(32)

    def issue(self, now_ms: int) -> str:
        """A nonce of this moment."""
        time = now_ms.to_bytes(8, "big")
        return b64u(time + self._seal(time))

    def fresh(self, nonce: str, now_ms: int) -> bool:
        """Whether it is ours and not too old."""
        try:
            raw = unb64u(nonce)
        except ValueError:
            return False
        if len(raw) != 24 or not hmac.compare_digest(raw[8:], self._seal(raw[:8])):
            return False
        return 0 <= now_ms - int.from_bytes(raw[:8], "big") <= NONCE_MS

    def _seal(self, time: bytes) -> bytes:
        return hmac.digest(self._secret, time, "sha256")[:16]


def request_statement(method: str, target: str, body: bytes, nonce: str) -> bytes:
    """What a device signs of a request."""
    return f"mingbai/1 request\n{method}\n{target}\n{digest_of(body)}\n{nonce}".encode()


def signer(
    devices: Mapping[str, Device],
    nonces: Nonces,
    headers: Mapping[str, str],
    method: str,
    target: str,
    body: bytes,
    now_ms: int,
) -> Device:
    """The device that signed a request; 401 in all other cases."""
    device, nonce = claimed(devices, nonces, headers, now_ms)
    statement = request_statement(method, target, body, nonce)
    if not verified(statement, headers.get("mingbai-signature", ""), read_spki(device.key)):
        raise Refusal(401, "push.request_signature")
    return device


def claimed(
    devices: Mapping[str, Device], nonces: Nonces, headers: Mapping[str, str], now_ms: int
) -> tuple[Device, str]:
    """The device and the nonce that a request names, before its body is read; 401 where one is not good."""
    device = devices.get(headers.get("mingbai-device", ""))
    nonce = headers.get("mingbai-nonce", "")
    if device is None or device.chain != "records":
        raise Refusal(401, "push.device_unknown")
    if not nonces.fresh(nonce, now_ms):
        raise Refusal(401, "push.nonce", headers={"Mingbai-Nonce": nonces.issue(now_ms)})
    return device, nonce


# -- the life of a device --


def invite(
    store: Store,
    role: str,
    code: str | None,
    name: str,
    now_ms: int,
    days: int = INVITE_DAYS,
    organ: str | None = None,
) -> str:
    """Make an invitation and return its code, which is kept nowhere."""
    typed = new_code()
    until = rfc3339(now_ms + days * 24 * 3600 * 1000)
    made = Invite(code_hash(typed), role, code, name, rfc3339(now_ms), until, organ=organ)
    store.do(lambda store: registry.add_invite(store.db, made)).result()
    return typed


def enrol(store: Store, body: Any, throttle: Throttle, address: str, now_ms: int) -> dict[str, Any]:
    """A phone asks to be let in: its code is used up, its two keys become pending devices."""
    throttle.check(address, now_ms)
    code, records, proof = _read_enrolment(body)
    now = rfc3339(now_ms)
    pair = store.new_uuid()
    statement = enrol_statement(body["code"], records, proof)
    if not verified(statement, body["signature"], read_spki(records)):
        raise Refusal(400, "push.enrol_signature", "/signature")
    ids = again.claimed(body, records, proof) or (store.new_uuid(), store.new_uuid())

    def run(store: Store) -> tuple[Device, Device]:
        found = registry.find_invite(store.db, code_hash(code)) if code else None
        if found is None:
            raise Refused("push.enrol_unknown")
        made = [
            Device(
                *(id, pair, chain, key, "pending"),
                *(found.role, found.code, found.name, now),
                organ=found.organ,
                came_from=found.came_from,
            )
            for id, chain, key in zip(ids, CHAINS, (records, proof), strict=True)
        ]
        devices = registry.enrol(store.db, found.code_hash, (made[0], made[1]), now)
        store.devices = registry.read_devices(store.db)
        return devices

    try:
        with throttle.trying(address, now_ms):
            mine, for_proof = store.do(run).result()
    except Refused as refused:
        raise Refusal(403, refused.key, "/code") from None
    return {
        "ledger": store.ledger_id,
        "epoch": store.epoch,
        "devices": {"records": mine.id, "proof": for_proof.id},
        "state": mine.state,
        "person": person(mine),
        "recovery_key": store.keys.recovery,
        "certificates": [dict(each) for each in store.keys.certificates],
        "six_digits": six_digits(mine.key, for_proof.key, store.ledger_id),
        "confirmed_by": "office" if mine.came_from is None else "phone",
    }


def _read_enrolment(body: Any) -> tuple[str | None, str, str]:
    if not isinstance(body, dict):
        raise Refusal(400, "push.shape", "")
    for name in ("code", "signature"):
        if not isinstance(body.get(name), str) or len(body[name]) > 200:
            raise Refusal(400, "push.shape", f"/{name}")
    given = body.get("keys")
    keys: dict[str, Any] = given if isinstance(given, dict) else {}
    for chain in CHAINS:
        key = keys.get(chain)
        try:
            read_spki(key if isinstance(key, str) else "")
        except ValueError:
            raise Refusal(400, "push.enrol_key", f"/keys/{chain}") from None
    if keys["records"] == keys["proof"]:
        raise Refusal(400, "push.enrol_key", "/keys/proof")
    return normal_code(body["code"]), keys["records"], keys["proof"]


def person(device: Device) -> dict[str, str | None]:
    """Whose device it is, as the phone shows it."""
    return {"code": device.code, "name": device.name, "role": device.role, "organ": device.organ}


def pairs(devices: Mapping[str, Device]) -> list[tuple[Device, Device]]:
    """The devices of each enrolment: (records, proof), the oldest first."""
    proofs = {each.pair: each for each in devices.values() if each.chain == "proof"}
    return [
        (each, proofs[each.pair])
        for each in devices.values()
        if each.chain == "records" and each.pair in proofs
    ]


def confirm(store: Store, digits: str, now_ms: int) -> Device:
    """The clerk has read the same six digits on the phone: let it write."""
    wanted = re.sub(r"\s", "", digits)
    found = [
        records
        for records, proof in pairs(store.devices)
        if records.state == "pending" and six_digits(records.key, proof.key, store.ledger_id) == wanted
    ]
    if len(found) != 1:
        raise Refused("office.no_such_digits" if not found else "office.digits_twice", digits=wanted)
    _change(store, lambda store: registry.confirm(store.db, found[0].pair, rfc3339(now_ms)))
    return store.devices[found[0].id]


def revoke(store: Store, name: str, reason: str, now_ms: int) -> list[Device]:
    """Stop a device by the beginning of its id, or every device of a person by code."""
    office = set(store.office.values())
    found = [
        records
        for records, _ in pairs(store.devices)
        if records.state != "revoked"
        and (records.code == name or (len(name) >= 8 and records.id.startswith(name)))
    ]
    if not found:
        raise Refused("office.no_such_device", name=name)
    if any(each.id in office for each in found):
        raise Refused("office.own_device")
    if len({each.person for each in found}) > 1:
        raise Refused("office.device_twice", name=name)
    for each in found:
        _change(store, lambda store, pair=each.pair: registry.revoke(store.db, pair, reason, rfc3339(now_ms)))
    return [store.devices[each.id] for each in found]


def _change(store: Store, run: Any) -> None:
    def change(store: Store) -> None:
        run(store)
        store.devices = registry.read_devices(store.db)

    store.do(change).result()
