"""A phone enrolled after the backup was made that the office has gone back to: entered again as it was.

Its records name its devices and are signed with its keys, and nothing is ever signed anew. So the phone shows
that it holds both keys, and the office's invitation and the six digits put both devices back under their ids.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from collector.refusal import Refusal
from ledger.registry import CHAINS
from ledger.signature import read_spki, verified


class Before(NamedTuple):
    """The ids of a pair of devices, as the phone had them from this office before."""

    records: str
    proof: str


def statement(code: str, records: str, proof: str, before: Before) -> bytes:
    """What the phone signs with its proof key; what it signs with the other one, every enrolment has."""
    lines = ("mingbai/1 enrol again", code, records, proof, *before)
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def claimed(body: Any, records: str, proof: str) -> Before | None:
    """Which devices the phone of this enrolment says it was; None for one that is new.

    400 where the ids are none, or the proof key did not sign for them.
    """
    told = body.get("again")
    if told is None:
        return None
    devices = told.get("devices") if isinstance(told, dict) else None
    signature = told.get("signature") if isinstance(told, dict) else None
    if not isinstance(devices, dict) or not isinstance(signature, str) or len(signature) > 200:
        raise Refusal(400, "push.shape", "/again")
    before = Before(*(_id(devices.get(chain), chain) for chain in CHAINS))
    if before.records == before.proof:
        raise Refusal(400, "push.shape", "/again/devices/proof")
    if not verified(statement(body["code"], records, proof, before), signature, read_spki(proof)):
        raise Refusal(400, "push.enrol_signature", "/again/signature")
    return before


def _id(value: Any, chain: str) -> str:
    try:
        if isinstance(value, str) and str(UUID(value)) == value:
            return value
    except ValueError:
        pass
    raise Refusal(400, "push.shape", f"/again/devices/{chain}")
