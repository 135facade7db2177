"""A phone as it must be: it keeps all that it signed, and believes receipts and nothing else.

The app does the same (collector/pwa/src/send); here it is small enough to be asked at every step.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.envelope import read_envelope
from ledger.forms import Form
from ledger.keys import read_receipt
from tests.collector.phone import Phone


@dataclass(eq=False)
class Made:
    """One record that was signed: the same bytes for ever."""

    record: Mapping[str, Any]
    good: bool
    form: Form
    id: str = field(init=False)
    digest: str = field(init=False)
    device: str = field(init=False)
    replaces: str | None = field(init=False)
    delivered: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        envelope = read_envelope(self.record["envelope"])
        self.id, self.digest, self.device = envelope.id, envelope.digest, envelope.device
        self.replaces = envelope.replaces

    @property
    def key(self) -> tuple[str, str]:
        """The name by which the office knows it."""
        return self.id, self.digest


ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "note": {"day": "2026-03-02", "subject": "路灯"},
    "suggestion": {"subject": "修路"},
}


class Deputy:
    """One phone of one person."""

    def __init__(self, person: int, ledger: str, receipt_key: str) -> None:
        self.person = person
        self.phone = Phone(client=None)  # type: ignore[arg-type]
        self.phone.ledger = ledger
        self.pinned = receipt_key
        self.epoch = ""
        self.made: list[Made] = []
        self.batches = 0

    @property
    def device(self) -> str:
        """The device that signs its requests."""
        return self.phone.devices["records"]

    def renew(self) -> dict[str, str]:
        """New keys, as after a wipe; what was signed before stays as it is."""
        fresh = Phone(client=None)  # type: ignore[arg-type]
        fresh.ledger = self.phone.ledger
        self.phone = fresh
        return fresh.spki

    def file(
        self, form: Form, good: bool = True, replaces: str | None = None, /, id: str | None = None
    ) -> Made:
        """Finalise a record; one that is not `good` lacks what it must say. `id` takes that of another."""
        answers = {name: said for name, said in ANSWERS[form.kind].items() if good or name != "subject"}
        more = {"id": id} if id else {}
        made = Made(self.phone.record(form, answers, replaces, **more), good, form)
        self.made.append(made)
        return made

    def waiting(self) -> list[Made]:
        """What no receipt speaks of yet."""
        return [made for made in self.made if made.delivered is None]

    def batch(self, records: Sequence[Made]) -> str:
        """A body for these records."""
        self.batches += 1
        name = f"{id(self)}-{self.batches}"
        return json.dumps({"batch": name, "records": [dict(made.record) for made in records]})

    def hear(self, epoch: str) -> None:
        """Every round begins with the office's epoch: a new one means that all is sent once more."""
        if self.epoch and epoch != self.epoch:
            for made in self.made:
                made.delivered = None
        self.epoch = epoch

    def believe(self, body: str, answer: Mapping[str, Any]) -> list[Made]:
        """Take in an answer: what a valid receipt says of the records it was asked about."""
        receipt, batch = answer["receipt"], json.loads(body)["batch"]
        said = read_receipt(receipt) if receipt["key"] == self.pinned else None
        if said is None or (said["batch"], answer["batch"], said["ledger"]) != (
            *(batch, batch),
            self.phone.ledger,
        ):
            return []
        told = {(each["id"], each["digest"]): each for each in said["results"]}
        heard = [made for made in self.made if made.key in told and told[made.key]["state"] != "retry"]
        for made in heard:
            made.delivered = {**told[made.key], "chain": (said["position"], said["chain"])}
        return heard
