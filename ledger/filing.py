"""What the office files itself: imports, approvals, corrections, under the office's own key and chain."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger import quotes
from ledger.entries import Incoming, Outcome, admit, judged_here
from ledger.envelope import disclosure, make_envelope, uuid8
from ledger.forms import Form
from ledger.records import AnswerProblem, check_answers, why_problems
from ledger.references import RECORDS, Reference, references
from ledger.registry import CHAINS, OFFICE_NAME, Device, Refused, add_device, read_devices, revoke
from ledger.signature import b64u, sign, spki
from ledger.strict_json import write_json
from ledger.why import NAME as WHY

if TYPE_CHECKING:
    from ledger.store import Store


RENEWED = "密钥已更换"
"""Why the office's own devices of before are stopped."""


@dataclass(frozen=True)
class OfficeRecord:
    """A record for the office to file. `import_key` is where it came from: (source, kind, name).

    The same key with the same answers is replayed; with new answers it replaces what came before. Without a
    key it is a new record, or the successor of the record whose id is `replaces`. `why` (ledger/why.py) is
    said where it replaces one.
    """

    kind: str
    answers: Mapping[str, Any]
    import_key: tuple[str, str, str] | None = None
    record_id: str | None = None
    replaces: str | None = None
    why: Mapping[str, Any] | None = None

    def names(self) -> list[tuple[str, str]]:
        """The name that other records may use for this one."""
        if self.import_key is None or self.import_key[0] != RECORDS:
            return []
        return [(self.kind, self.import_key[2])]


class Judged(NamedTuple):
    """An office record with all that can be said of it without the ledger."""

    record: OfficeRecord
    form: Form
    content: str
    problems: Sequence[AnswerProblem]
    references: Sequence[Reference]


def judged(forms: Mapping[str, Form], record: OfficeRecord) -> Judged:
    """Check one record against the form now in force."""
    form = forms.get(record.kind)
    if form is None:
        raise Refused("office.no_such_kind", kind=record.kind)
    answers = dict(record.answers)
    problems = check_answers(form, answers) + (why_problems(record.why) if record.why is not None else [])
    return Judged(record, form, content_digest(answers), problems, references(form, answers))


def content_digest(answers: Mapping[str, Any]) -> str:
    """The name of exactly these answers, in whatever order they stand."""
    text = json.dumps(answers, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return b64u(hashlib.sha256(text.encode()).digest())


def open_office(store: Store) -> None:
    """Register the office's key as two devices, one a chain: at the first start, and when it was renewed.

    What the key before has signed stands; whoever still holds it is stopped, and what they send is held.
    """
    key = spki(store.keys.office.public_key())
    mine = {each.chain: each.id for each in store.devices.values() if each.key == key}
    if not mine:
        pair, now = store.new_uuid(), store.tail.received_at
        for chain in CHAINS:
            mine[chain] = store.new_uuid()
            add_device(
                store.db,
                Device(mine[chain], pair, chain, key, "active", "clerk", None, OFFICE_NAME, now, now),
            )
        before = {each.pair for each in store.devices.values() if each.is_office}
        for old in before:
            revoke(store.db, old, RENEWED, now)
        store.devices = read_devices(store.db)
    store.office = mine


def append_filed(
    store: Store, batch: Sequence[Judged], names: frozenset[tuple[str, str]] = frozenset()
) -> list[Outcome]:
    """Seal and keep a batch, inside the writer's transaction."""
    chains = {chain: _Chain(store, device) for chain, device in store.office.items()}
    return [_file(store, chains["proof" if each.form.proof else "records"], each, names) for each in batch]


class _Chain:
    """The office's place in one of its two chains."""

    def __init__(self, store: Store, device: str) -> None:
        self.device = device
        row: Any = store.db.execute(
            "SELECT seq, digest FROM entry WHERE device = ? ORDER BY seq DESC LIMIT 1", (device,)
        ).fetchone()
        self.seq: int = row[0] if row else 0
        self.prev: str | None = row[1] if row else None


def _file(store: Store, chain: _Chain, each: Judged, names: frozenset[tuple[str, str]]) -> Outcome:
    record = each.record
    replaces, sealed, named = record.replaces, None, _named(store, each.content)
    if record.import_key is not None:
        before: Any = store.db.execute(
            f"SELECT i.id, i.content, e.digest, e.state, e.code, e.position, e.problems, {quotes.OF_ENTRY}"
            " FROM import_key i JOIN entry e ON e.id = i.id AND e.digest = i.digest"
            " WHERE source = ? AND i.kind = ? AND name = ? ORDER BY e.position DESC LIMIT 1",
            record.import_key,
        ).fetchone()
        if before is not None:
            id, content, digest, state, code, position, *said = before
            problems = quotes.read_problems(*said)
            again = Outcome(id, digest, "replayed", code, position, problems, state)
            same = content in (named, each.content)  # an older program kept the bare digest
            if same and state != "quarantined":
                return again
            replaces = replaces or id
            sealed = _sealed(store, chain, each, replaces)
            if same and _still_wrong(store, sealed, names, problems):
                return again
    sealed = sealed or _sealed(store, chain, each, replaces)
    outcome = admit(store.db, store.tail, [sealed], store.devices, store.rules, names)[0]
    if outcome.stored is not None:
        chain.seq, chain.prev = chain.seq + 1, outcome.digest
    if record.import_key is not None and outcome.stored is not None:
        store.db.execute(
            "INSERT INTO import_key VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " content = excluded.content, id = excluded.id, digest = excluded.digest,"
            " code = coalesce(excluded.code, code)",
            (*record.import_key, named, outcome.id, outcome.digest, outcome.code),
        )
    return outcome


def _still_wrong(
    store: Store, sealed: Incoming, names: frozenset[tuple[str, str]], before: Sequence[AnswerProblem]
) -> bool:
    """What was kept aside is taken again once nothing is wrong with it, or something else is."""
    problems, _ = judged_here(store.db, store.tail, sealed, store.devices, store.rules, names)
    return bool(problems) and quotes.same(problems, before)


def _sealed(store: Store, chain: _Chain, each: Judged, replaces: str | None) -> Incoming:
    record, form = each.record, each.form
    id = record.record_id or _derived_id(store, record, each.content, replaces) or store.new_uuid()
    told = {WHY: dict(record.why)} if record.why is not None and replaces is not None else {}
    disclosures = [disclosure(name, value) for name, value in (*record.answers.items(), *told.items())]
    envelope = make_envelope(
        ledger=store.ledger_id,
        kind=form.kind,
        form=form.version,
        id=id,
        device=chain.device,
        seq=chain.seq + 1,
        prev=chain.prev,
        claimed_at=store.tail.received_at,
        replaces=replaces,
        disclosures=disclosures,
    )
    return Incoming(
        id=id,
        digest=envelope.digest,
        kind=form.kind,
        device=chain.device,
        envelope=envelope.text,
        signature=sign(envelope.text.encode(), store.keys.office),
        disclosures=disclosures,
        letters=form.code,
        chained=(envelope.seq, envelope.prev),
        replaces=replaces,
        references=each.references,
        problems=each.problems,
    )


def _named(store: Store, text: str) -> str:
    """A name for a text that only this ledger can make: whoever guesses the text cannot compare."""
    return b64u(_mac(store, text))


def _derived_id(store: Store, record: OfficeRecord, content: str, replaces: str | None) -> str | None:
    """The id of what is imported: it stands in published envelopes, and tells nothing of the answers."""
    if record.import_key is None:
        return None
    return uuid8(_mac(store, "mingbai import\n" + write_json([*record.import_key, content, replaces])))


def _mac(store: Store, text: str) -> bytes:
    return hmac.digest(store.secret, text.encode("utf-8", "surrogatepass"), "sha256")
