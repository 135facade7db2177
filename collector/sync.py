"""Receiving: a batch of signed records is read, judged, kept, and answered with a receipt.

Judging is pure and needs no ledger; what depends on the ledger (known already? still current?) is decided by
the store, inside its transaction. Whatever a valid device sends is kept, at worst aside, and one bad record
never keeps the others back.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from collector.refusal import Refusal, said_problems
from ledger import keyring
from ledger.entries import Incoming, Outcome
from ledger.envelope import Envelope, Forged, read_disclosures, read_envelope
from ledger.forms import Form
from ledger.keys import Keys, receipt
from ledger.records import AnswerProblem, check_answers, not_asked_of, without_why
from ledger.references import references
from ledger.registry import Device
from ledger.signature import digest_of, read_spki, spki, verified
from ledger.store import Committed
from ledger.strict_json import read_json, write_json
from ledger.words import Words

MAX_RECORDS = 100
MAX_BYTES = 1 << 20
log = logging.getLogger("mingbai.collector")


@dataclass(frozen=True)
class Writer:
    """Who sends: one enrolment's two devices, as the registry has them."""

    records: Device
    proof: Device

    @property
    def stopped(self) -> bool:
        """Whether what it sends is held for a clerk."""
        return self.records.state == "revoked"


@dataclass(frozen=True)
class Push:
    """A batch as it was sent: its name, to be echoed, and its records, whatever they are."""

    batch: str
    records: Sequence[Any]


def read_body(data: bytes) -> Any:
    """The JSON of a request's body, or a 400 that says what is wrong with it."""
    try:
        return read_json(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise Refusal(400, "push.not_utf8", "") from None
    except ValueError as fault:
        raise Refusal(400, "push.not_json", "", why=str(fault)) from None


def read_push(body: Any) -> Push:
    """The batch in a body; 400 where it is none. What is wrong inside a record is no fault of the batch."""
    if not isinstance(body, dict):
        raise Refusal(400, "push.shape", "")
    batch, records = body.get("batch"), body.get("records")
    if not isinstance(batch, str) or not 1 <= len(batch) <= 64:
        raise Refusal(400, "push.shape", "/batch")
    if not isinstance(records, list) or not records:
        raise Refusal(400, "push.shape", "/records")
    if len(records) > MAX_RECORDS:
        raise Refusal(413, "push.too_many", "/records", most=MAX_RECORDS)
    return Push(batch, records)


class Judged(NamedTuple):
    """A batch by name, and its records ready for the store."""

    batch: str
    incoming: list[Incoming]


def judge_batch(body: bytes, writer: Writer, forms: Mapping[str, Form], ledger: str) -> Judged:
    """Read the body of a push and judge each of its records."""
    push = read_push(read_body(body))
    return Judged(push.batch, [judge(raw, writer, forms, ledger) for raw in push.records])


def judge(raw: Any, writer: Writer, forms: Mapping[str, Form], ledger: str) -> Incoming:
    """One record of a batch, with everything that can be said against it without the ledger."""
    try:
        text, signature, disclosures = raw["envelope"], raw["signature"], raw["disclosures"]
        envelope = read_envelope(text)
        if type(signature) is not str or type(disclosures) is not list:
            raise TypeError
        "".join([signature, *disclosures]).encode()
    except (Forged, TypeError, KeyError, UnicodeEncodeError, AttributeError):
        return _unreadable(raw, writer)
    return _judged(envelope, signature, disclosures, writer, forms, ledger)


def _judged(
    envelope: Envelope,
    signature: str,
    disclosures: Sequence[str],
    writer: Writer,
    forms: Mapping[str, Form],
    ledger: str,
) -> Incoming:
    faults: list[str] = []
    device = writer.proof if envelope.device == writer.proof.id else writer.records
    signed = verified(envelope.text.encode(), signature, read_spki(device.key))
    form = forms.get(envelope.form)
    if envelope.device != device.id:
        faults.append("push.other_device")
    elif not signed:
        faults.append("problem.signature")
    if envelope.ledger != ledger:
        faults.append("push.other_ledger")
    problems: list[AnswerProblem] = []
    answers: dict[str, Any] = {}
    if form is None:
        faults.append("problem.unknown_form")
    else:
        if form.proof != (device.chain == "proof"):
            faults.append("push.wrong_chain")
        if device.role not in form.written_by:
            faults.append("problem.not_your_form")
        try:
            answers, wrong = without_why(read_disclosures(envelope.sd, disclosures), envelope.replaces)
            problems = [*check_answers(form, answers), *not_asked_of(form, answers, device.role), *wrong]
        except Forged:
            faults.append("problem.disclosure")
        except Exception:
            # A check that stumbles over one record must not stop the rest; a person will see it.
            log.exception("a record of kind %s could not be checked", form.kind)
            faults.append("push.unchecked")
    if writer.stopped:
        faults.append("problem.revoked")
    return Incoming(
        id=envelope.id,
        digest=envelope.digest,
        kind=envelope.kind,
        device=device.id,
        envelope=envelope.text,
        signature=signature,
        disclosures=disclosures,
        letters=form.code if form else "",
        chained=(envelope.seq, envelope.prev) if signed and envelope.device == device.id else None,
        replaces=envelope.replaces,
        references=references(form, answers) if form else (),
        problems=[*(AnswerProblem("", key, {}) for key in faults), *problems] if faults else problems,
        held=writer.stopped,
        retry=faults == ["problem.unknown_form"],
    )


def _unreadable(raw: Any, writer: Writer) -> Incoming:
    """What cannot be read as a record is kept as it came, under its own id where it has one."""
    text = raw.get("envelope") if isinstance(raw, dict) else None
    signature = raw.get("signature") if isinstance(raw, dict) else None
    try:
        assert isinstance(text, str)
        kept = text.encode().decode()
    except (AssertionError, UnicodeEncodeError):
        kept = write_json(raw).encode("utf-8", "backslashreplace").decode()
    digest = digest_of(kept.encode())
    return Incoming(
        id=_claimed_id(kept) or f"unreadable-{digest}",
        digest=digest,
        kind="unreadable",
        device=writer.records.id,
        envelope=kept,
        signature=signature if isinstance(signature, str) and signature.isascii() else "",
        problems=[AnswerProblem("", "push.unreadable", {})]
        + ([AnswerProblem("", "problem.revoked", {})] if writer.stopped else []),
        held=writer.stopped,
    )


def _claimed_id(text: str) -> str | None:
    try:
        id = read_json(text)["id"]
    except (ValueError, TypeError, KeyError, IndexError):
        return None
    return id if isinstance(id, str) and len(id) <= 64 and id.isprintable() and id.isascii() else None


def answer(batch: str, done: Committed, ledger: str, epoch: str, keys: Keys, words: Words) -> dict[str, Any]:
    """What the phone gets: one result a record, in its order, and a receipt over all of them."""
    statement = {
        "batch": batch,
        "ledger": ledger,
        "epoch": epoch,
        "position": done.position,
        "chain": done.chain,
        "bookkeeping": done.bookkeeping,
        "server_time": done.received_at,
        "results": [_stated(each) for each in done.outcomes],
    }
    return {
        "batch": batch,
        "results": [
            {**_stated(each), "stored": each.stored, "problems": said_problems(words, each.problems)}
            for each in done.outcomes
        ],
        "receipt": receipt(statement, keys.receipt, spki(keys.receipt.public_key())),
        "certificates": keyring.in_force(keys, "receipt"),
    }


def _stated(outcome: Outcome) -> dict[str, Any]:
    return {
        "id": outcome.id,
        "digest": outcome.digest,
        "state": outcome.state,
        "code": outcome.code,
        "position": outcome.position,
    }
