"""What becomes of a record that arrives: replayed, accepted, branch, quarantined, held or retry.

`admit` runs inside the writer's transaction, where nothing else changes: whatever it decides is true at the
position it writes. Nothing that a device signed is refused here; at worst it is kept aside with its problems.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger import asked, erasure, quotes, resolutions
from ledger.lineage import FIRST, Lineage, current_of, lineage_of
from ledger.records import AnswerProblem
from ledger.references import RECORDS, Reference, references, unknown_references
from ledger.rules import agreements
from ledger.rules.agreements import Rules
from ledger.signature import digest_of
from ledger.strict_json import write_json

if TYPE_CHECKING:
    from apsw import Connection

    from ledger.registry import Device

__all__ = ["RECORDS", "Incoming", "Outcome", "admit", "references"]

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Incoming(NamedTuple):
    """A record as it came, with all that could be judged without the ledger."""

    id: str
    digest: str
    kind: str
    device: str
    envelope: str
    signature: str
    disclosures: Sequence[str] = ()
    letters: str = ""
    chained: tuple[int, str | None] | None = None  # seq and prev, only where the signature holds
    replaces: str | None = None
    references: Sequence[Reference] = ()
    problems: Sequence[AnswerProblem] = ()
    held: bool = False
    retry: bool = False


class Outcome(NamedTuple):
    """What became of a record. `state` answers this delivery, `stored` is how the ledger keeps it."""

    id: str
    digest: str
    state: str
    code: str | None
    position: int | None
    problems: Sequence[AnswerProblem] = ()
    stored: str | None = None


@dataclass
class Tail:
    """Where the next entry goes, and when; the devices' last places; rows that wait to be written."""

    position: int
    chain: str
    received_at: str = ""
    year: str = ""
    tips: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    entries: list[tuple[Any, ...]] = field(default_factory=list)
    disclosures: list[tuple[int, int, str]] = field(default_factory=list)
    heads: list[tuple[str, int, str]] = field(default_factory=list)
    asked: list[asked.Row] = field(default_factory=list)
    quotes: list[quotes.Row] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    gone: list[str] = field(default_factory=list)
    """The texts that this group has erased: none of them may be left in the file."""

    def write(self, db: Connection) -> None:
        """Write the rows that wait."""
        if self.entries:
            db.executemany(f"INSERT INTO entry VALUES ({', '.join('?' * 14)})", self.entries)
            db.executemany("INSERT INTO disclosure VALUES (?, ?, ?)", self.disclosures)
            db.executemany("INSERT INTO head VALUES (?, ?, ?)", self.heads)
            db.executemany("INSERT INTO quote VALUES (?, ?, ?)", self.quotes)
            asked.insert(db, self.asked)
            self.codes.clear()
            for rows in (self.entries, self.disclosures, self.heads, self.quotes, self.asked):
                rows.clear()


class Known(NamedTuple):
    """What is already kept under a record's id."""

    position: int
    digest: str
    state: str
    code: str | None
    problems: Sequence[AnswerProblem]


def chain_over(before: str, position: int, *columns: str | int | None) -> str:
    """The chain's next value: sha256 over the value before and every column but envelope and signature.

    In the table's order: id, digest, kind, device, code, state, seq, problems, mark, received_at.
    """
    return digest_of(write_json([before, position, *columns]).encode())


def read_tail(db: Connection, genesis: str) -> Tail:
    """Where the ledger ends; an empty one ends at its own id."""
    row: Any = db.execute("SELECT position, chain FROM entry ORDER BY position DESC LIMIT 1").fetchone()
    return Tail(row[0], row[1]) if row else Tail(0, genesis)


def admit(
    db: Connection,
    tail: Tail,
    batch: Sequence[Incoming],
    devices: Mapping[str, Device],
    rules: Rules,
    names: frozenset[tuple[str, str]] = frozenset(),
) -> list[Outcome]:
    """Decide about each record and keep it. `names` are office names that arrive in the same import."""
    known = earlier(db, [incoming.id for incoming in batch])
    outcomes = []
    for incoming in batch:
        same = known.setdefault(incoming.id, [])
        outcome = _admit(db, tail, incoming, devices, rules, names, same)
        if outcome.state != "replayed" and outcome.position is not None and outcome.stored is not None:
            same.append(
                Known(outcome.position, outcome.digest, outcome.stored, outcome.code, outcome.problems)
            )
        outcomes.append(outcome)
    tail.write(db)
    return outcomes


def earlier(db: Connection, ids: Sequence[str]) -> dict[str, list[Known]]:
    """What is already kept under these ids."""
    found: dict[str, list[Known]] = {}
    rows: Iterable[Any] = db.execute(
        f"SELECT e.id, position, digest, state, code, problems, {quotes.OF_ENTRY}"
        " FROM json_each(?) JOIN entry e ON e.id = value ORDER BY position",
        (write_json(ids),),
    )
    for id, position, digest, state, code, *said in rows:
        known = Known(position, digest, state, code, quotes.read_problems(*said))
        found.setdefault(id, []).append(known)
    return found


def _admit(
    db: Connection,
    tail: Tail,
    incoming: Incoming,
    devices: Mapping[str, Device],
    rules: Rules,
    names: frozenset[tuple[str, str]],
    same: Sequence[Known],
) -> Outcome:
    for known in reversed(same):  # of a record that was taken in again, what became of it last
        if known.digest == incoming.digest:
            return Outcome(
                incoming.id, known.digest, "replayed", known.code, known.position, known.problems, known.state
            )
    if incoming.retry:
        return Outcome(incoming.id, incoming.digest, "retry", None, None, incoming.problems)
    problems, lineage = judged_here(db, tail, incoming, devices, rules, names)
    if same:
        problems.append(AnswerProblem("", "problem.same_id", {}))
    again = None
    if incoming.kind == resolutions.KIND and not (problems or incoming.held) and lineage.state == "accepted":
        again, problems = _decided(db, tail, incoming, devices, rules)
    state = "held" if incoming.held else "quarantined" if problems else lineage.state
    outcome = _keep(db, tail, incoming, state, lineage, problems)
    if again and not problems:
        kept = _keep(db, tail, again.incoming, again.lineage.state, again.lineage, ())
        tail.write(db)
        erasure.carry(db, tail.position, kept.id, kept.digest)
    return outcome


class _Again(NamedTuple):
    """A record that a decision takes in, and whom it follows now."""

    incoming: Incoming
    lineage: Lineage


def _decided(
    db: Connection, tail: Tail, resolution: Incoming, devices: Mapping[str, Device], rules: Rules
) -> tuple[_Again | None, list[AnswerProblem]]:
    """What a clerk's decision takes in, or what is wrong with deciding so."""
    tail.write(db)
    decision = resolutions.read(db, resolution, devices)
    if decision.again is None:
        return None, [*decision.faults]
    problems, lineage = judged_here(db, tail, decision.again, devices, rules, frozenset(), decision.settles)
    return _Again(decision.again, lineage), resolutions.cannot(problems)


def judged_here(
    db: Connection,
    tail: Tail,
    incoming: Incoming,
    devices: Mapping[str, Device],
    rules: Rules,
    names: frozenset[tuple[str, str]],
    settles: bool = False,
) -> tuple[list[AnswerProblem], Lineage]:
    """All that can be said against a record at the place it would take, and whom it would follow there.

    One that `settles` takes the place of the current version, whichever it once corrected.
    """
    problems = list(incoming.problems)
    if incoming.references:
        problems += unknown_references(db, incoming.references, names)
    lineage = FIRST
    if incoming.replaces is not None:
        tail.write(db)
        lineage = lineage_of(db, incoming, devices)
    if settles and lineage.state == "branch" and lineage.code and (current := current_of(db, lineage.code)):
        lineage = lineage._replace(state="accepted", current=current[0])
    if lineage.fault:
        problems.append(AnswerProblem("", lineage.fault, {}))
    if incoming.kind == erasure.KIND and not problems:
        tail.write(db)
        problems += erasure.faults(db, incoming, devices, tail.position + 1)
    if (asks := rules.get(incoming.kind)) is not None and lineage.state == "accepted" and not problems:
        tail.write(db)
        problems += asked.disagreements(
            db, devices, asks, incoming.kind, incoming.device, incoming.disclosures, lineage.code
        )
    return problems, lineage


def _keep(
    db: Connection,
    tail: Tail,
    incoming: Incoming,
    state: str,
    lineage: Lineage,
    problems: Sequence[AnswerProblem],
) -> Outcome:
    id, digest, kind, device = incoming.id, incoming.digest, incoming.kind, incoming.device
    code = None
    if state in ("accepted", "branch"):
        code = lineage.code or _new_code(db, tail, incoming.letters)
    seq, mark = None, None
    if incoming.chained is not None:
        seq, prev = incoming.chained
        mark = _mark(db, tail, device, seq, prev, digest)
    position, now = tail.position + 1, tail.received_at
    said, quoted = quotes.write_problems(problems, position)
    chain = chain_over(tail.chain, position, id, digest, kind, device, code, state, seq, said, mark, now)
    tail.entries.append(
        (
            *(position, id, digest, kind, device, code, state, seq, said, mark),
            *(incoming.envelope, incoming.signature, now, chain),
        )
    )
    tail.disclosures += [(position, n, text) for n, text in enumerate(incoming.disclosures)]
    tail.quotes += quoted
    if state == "accepted":
        assert code is not None
        tail.heads.append((kind, position, id))
        tail.codes.add(code)
        if kind in agreements.ASKED_KINDS:
            tail.asked += asked.rows(kind, position, incoming.references)
        _succeed(db, kind, code, lineage)
    tail.position, tail.chain = position, chain
    if kind == erasure.KIND and state == "accepted":
        tail.write(db)
        tail.gone += erasure.perform(db, position, incoming.disclosures)
    return Outcome(id, digest, state, code, position, problems, state)


def _succeed(db: Connection, kind: str, code: str, lineage: Lineage) -> None:
    """Take the place of the version before, and of those that were kept aside."""
    if lineage.current is not None:
        db.execute("DELETE FROM head WHERE kind = ? AND entry = ?", (kind, lineage.current))
        asked.forget(db, kind, lineage.current)
    for each in lineage.mends:
        db.execute("INSERT OR IGNORE INTO mended VALUES (?, ?)", (each, code))


def _mark(db: Connection, tail: Tail, device: str, seq: int, prev: str | None, digest: str) -> str | None:
    """gap: an earlier envelope of the device is not here; fork: two claim one place, or prev is wrong."""
    last, before = tail.tips.get(device) or _tip(db, device)
    if seq > last:
        tail.tips[device] = (seq, digest)
        if seq > last + 1:
            return "gap"
    else:
        tail.write(db)
        digests = _linked(db, device, seq), _linked(db, device, seq - 1)
        if digests[0] is not None:
            return "fork"
        if digests[1] is None and seq > 1:
            return "gap"
        before = digests[1]
    return None if prev == before else "fork"


def _tip(db: Connection, device: str) -> tuple[int, str | None]:
    row: Any = db.execute(
        "SELECT seq, digest FROM entry WHERE device = ? AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1",
        (device,),
    ).fetchone()
    return row or (0, None)


def _linked(db: Connection, device: str, seq: int) -> str | None:
    row: Any = db.execute(
        "SELECT digest FROM entry WHERE device = ? AND seq = ? LIMIT 1", (device, seq)
    ).fetchone()
    return row[0] if row else None


def _new_code(db: Connection, tail: Tail, letters: str) -> str:
    while True:
        n = int.from_bytes(os.urandom(3), "big")
        last = CROCKFORD[n & 31] + CROCKFORD[n >> 5 & 31] + CROCKFORD[n >> 10 & 31] + CROCKFORD[n >> 15 & 31]
        code = f"{letters}-{tail.year}-{last}"
        # Bare digits read as a telephone number.
        if last.isdigit() or code in tail.codes:
            continue
        if not db.execute("SELECT 1 FROM entry WHERE code = ?", (code,)).fetchone():
            return code
