"""Is the ledger what it says it is? Everything recomputed from the entries, and said in plain words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

import apsw

from ledger import asked, blobs, bookkeeping, drafts, erasure, keyring, photo_check, resolutions, witness
from ledger.backup import look
from ledger.entries import chain_over
from ledger.envelope import Envelope, Forged, read_disclosures, read_envelope, rfc3339
from ledger.keys import KeysMissing, read_keys
from ledger.quotes import read_problems
from ledger.reader import Ledger
from ledger.references import references
from ledger.room import MIB, Room
from ledger.rules import agreements
from ledger.signature import digest_of, read_spki, verified
from ledger.store import LedgerMissing, StoreFault, now_ms, open_ledger

UNSIGNED = frozenset({"problem.signature", "push.other_device", "push.unreadable"})
UNDISCLOSED = frozenset({"problem.disclosure", "push.unreadable"})
_SAID = Path(__file__).with_name("schema.sql").read_text("utf-8") + "".join(
    [blobs.TABLE, bookkeeping.TABLE, erasure.TABLE, erasure.TRIGGER]
)
GUARDS = frozenset(re.findall(r"CREATE TRIGGER (?:IF NOT EXISTS )?(\w+ .*?END);", _SAID, re.DOTALL))
"""The triggers that refuse a change of what is only ever added to, each by its text."""


@dataclass(frozen=True)
class Finding:
    """One thing the doctor says; `key` and `params` are its words in content/words."""

    level: Literal["fine", "warning", "fault"]
    key: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Health:
    """Everything the doctor found."""

    findings: tuple[Finding, ...]

    @property
    def faults(self) -> tuple[Finding, ...]:
        """What must not be so."""
        return tuple(each for each in self.findings if each.level == "fault")


class Entry(NamedTuple):
    """A whole row of the ledger."""

    position: int
    id: str
    digest: str
    kind: str
    device: str
    code: str | None
    state: str
    seq: int | None
    problems: str | None
    mark: str | None
    envelope: str
    signature: str
    received_at: str
    chain: str


def examine(
    home: Path,
    witnesses: Sequence[witness.Witness] = (),
    unusable: Sequence[witness.Unusable] = (),
    backup: Path | None = None,
) -> Health:
    """Look at ledger, keys and second copy of one home, beside a running server too.

    `witnesses` say where the ledger stood once: against a whole chain written anew, only they can tell.
    `unusable` is what was given as a witness and is none.
    """
    useless = [Finding("fault", each.key, each.params) for each in unusable]
    try:
        with open_ledger(home) as ledger:
            findings = [
                *_told(lambda: _ledger(ledger)),
                *_told(lambda: _guarded(ledger)),
                *_told(lambda: (Finding(*told) for told in ledger.books())),
                *_told(lambda: (Finding(*told) for told in witness.examine(ledger, witnesses))),
                *_told(lambda: _attention(ledger)),
                *_told(lambda: (Finding(*told) for told in photo_check.examine(ledger, home))),
                *_told(lambda: _copy(ledger, home, backup)),
            ]
    except LedgerMissing:
        findings = [Finding("fault" if witnesses else "warning", "doctor.no_ledger")]
    except (apsw.Error, StoreFault, KeyError, ValueError) as fault:
        findings = [Finding("fault", "doctor.damaged", {"what": str(fault)})]
    alone = [Finding("warning", "doctor.no_copy")] if backup is None else []
    return Health((*findings, *useless, *_drafts(home), *_keys(home), *alone, *_disk(home)))


def _copy(ledger: Ledger, home: Path, backup: Path | None) -> Iterable[Finding]:
    """What there is to say of the second copy."""
    if backup is None:
        return ()
    return (Finding(*told) for told in look.examine(ledger, home, backup, rfc3339(now_ms())[:10]))


def _told(part: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """What one part finds; what it stumbles over is damage, and stops no other part."""
    try:
        return [*part()]
    except Exception as fault:
        return [Finding("fault", "doctor.damaged", {"what": f"{type(fault).__name__}: {fault}"})]


# -- the ledger --


def _ledger(ledger: Ledger) -> Iterator[Finding]:
    damage = ledger.damage()
    if damage:
        yield Finding("fault", "doctor.damaged", {"what": damage[0]})
        return
    faults = Counter[str]()
    first: dict[str, int] = {}
    heads: dict[str, tuple[str, int, str]] = {}
    mended: dict[str, str] = {}
    known: dict[str, tuple[str | None, str | None]] = {}
    chain, entries = ledger.ledger_id, 0
    decided, erased = _Decided(), ledger.gone.digests()
    for row in ledger.rows():
        entry = Entry(*row)
        entries += 1
        for fault in (*_entry(ledger, entry, chain, entries, erased), *decided.take(ledger, entry)):
            faults[fault] += 1
            first.setdefault(fault, entry.position)
        chain = entry.chain
        derive(entry, heads, mended, known)
    for fault in decided.end():
        faults[fault] += 1
        first.setdefault(fault, entries)
    for fault, number in faults.items():
        yield Finding("fault", fault, {"number": number, "position": first[fault]})
    derived = sorted(heads.values()) == ledger.heads() and mended == ledger.mended()
    if not derived or not (faults or ledger.asked() in (None, _asked(ledger))):
        yield Finding("fault", "doctor.heads")
    yield from _erased(ledger)
    if not faults:
        yield Finding("fine", "doctor.whole", {"entries": entries, "chain": chain})


def _guarded(ledger: Ledger) -> Iterator[Finding]:
    """Whether the file still refuses to change what it holds, and holds nothing without its entry."""
    if orphans := ledger.orphans():
        yield Finding("fault", "doctor.orphans", {"number": orphans})
    if lost := GUARDS - ledger.guards():
        yield Finding("fault", "doctor.guards", {"number": len(lost)})


def _entry(
    ledger: Ledger, entry: Entry, before: str, position: int, erased: Mapping[int, list[str]]
) -> Iterator[str]:
    """What is wrong with one entry, as keys."""
    columns = (*entry[1:10], entry.received_at)
    if entry.position != position or entry.chain != chain_over(before, entry.position, *columns):
        yield "doctor.chain"
    if entry.digest != digest_of(entry.envelope.encode()):
        yield "doctor.digest"
    try:
        told = {problem.key for problem in read_problems(entry.problems, None)}
        envelope = read_envelope(entry.envelope)
    except Forged:
        if not told & UNDISCLOSED:
            yield "doctor.envelope"
        return
    except (ValueError, TypeError, KeyError):
        return  # problems that are not as we write them: the chain has said so
    if not told & UNSIGNED and not _signed(ledger, entry, envelope):
        yield "doctor.signature"
    if not told & UNDISCLOSED and not _disclosed(ledger, entry, envelope, erased):
        yield "doctor.disclosures"
    if entry.state in ("accepted", "branch") and envelope.form not in ledger.form_versions:
        yield "doctor.form"


def _signed(ledger: Ledger, entry: Entry, envelope: Envelope) -> bool:
    device = ledger.devices.get(entry.device)
    if device is None or envelope.device != entry.device or envelope.id != entry.id:
        return False
    return verified(entry.envelope.encode(), entry.signature, read_spki(device.key))


def _disclosed(ledger: Ledger, entry: Entry, envelope: Envelope, erased: Mapping[int, list[str]]) -> bool:
    try:
        texts = ledger.disclosures(entry.position)
        read_disclosures(envelope.sd, texts, erased.get(entry.position, ()))
    except Forged:
        return False
    return True


def _erased(ledger: Ledger) -> Iterator[Finding]:
    """Whether exactly that is gone which erasures name, and no trace of it is left to clear away."""
    number = sum(map(len, ledger.gone.digests().values()))
    if unfounded := ledger.gone.unfounded():
        yield Finding("fault", "doctor.unfounded", {"number": len(unfounded), "position": unfounded[0].entry})
    if there := ledger.gone.still_there():
        yield Finding("fault", "doctor.unerased", {"number": len(there), "position": there[0].entry})
    if ledger.gone.is_clearing():
        yield Finding("warning", "doctor.erasing")
    elif number and not (unfounded or there):
        yield Finding("fine", "doctor.erased", {"number": number})


def derive(
    entry: Entry,
    heads: dict[str, tuple[str, int, str]],
    mended: dict[str, str],
    known: dict[str, tuple[str | None, str | None]],
) -> None:
    """Take one entry into the tables that are derived: the current versions, and what was mended."""
    replaces = _replaces(entry)
    if entry.id not in known or (known[entry.id][0] is None and entry.code is not None):
        known[entry.id] = (entry.code, replaces)
    if entry.state != "accepted" or entry.code is None:
        return
    heads[entry.code] = (entry.kind, entry.position, entry.id)
    while (
        replaces is not None and replaces in known and known[replaces][0] is None and replaces not in mended
    ):
        mended[replaces] = entry.code
        replaces = known[replaces][1]


@dataclass
class _Decided:
    """Whether every record that was taken in again was so by the decision right before it."""

    seen: set[tuple[str, str]] = field(default_factory=set)
    due: tuple[str, str] | None = None

    def take(self, ledger: Ledger, entry: Entry) -> Iterator[str]:
        """What is wrong with one entry and the one before it, as keys."""
        named, due = (entry.id, entry.digest), self.due
        if due is not None and named != due:
            yield "doctor.not_taken"
        if named in self.seen and named != due:
            yield "doctor.taken"
        self.seen.add(named)
        self.due = None
        if entry.kind == resolutions.KIND and entry.state == "accepted":
            try:
                self.due = resolutions.asked_for(ledger.disclosures(entry.position))
            except (Forged, KeyError):
                yield "doctor.not_taken"

    def end(self) -> Iterator[str]:
        """What is wrong with the last entry."""
        if self.due is not None:
            yield "doctor.not_taken"


def _asked(ledger: Ledger) -> list[asked.Row]:
    """Who names whom, out of the current records themselves."""
    forms = ledger.forms()
    return sorted(
        row
        for kind in agreements.ASKED_KINDS
        for each in ledger.records(kind)
        for row in asked.rows(kind, each.position, references(forms[each.form], each.answers))
    )


def _replaces(entry: Entry) -> str | None:
    try:
        return read_envelope(entry.envelope).replaces
    except Forged:
        return None


def _attention(ledger: Ledger) -> Iterator[Finding]:
    """What waits for a person."""
    counts = Counter(each.state for each in ledger.aside())
    for state in ("quarantined", "held", "branch"):
        if counts.get(state):
            yield Finding("warning", f"doctor.{state}", {"number": counts[state]})
    for mark, number in ledger.marks().items():
        yield Finding("warning", f"doctor.{mark}", {"number": number})


# -- drafts, keys and disk --


def _drafts(home: Path) -> Iterator[Finding]:
    """What phones keep here of what is still being written; nothing of what it says."""
    path = home / drafts.FILE
    if not path.exists():
        return
    try:
        found = drafts.census(home, now_ms())
    except apsw.Error as fault:
        yield Finding("fault", "doctor.drafts_damaged", {"what": str(fault), "path": str(path)})
        return
    if found.drafts:
        params = {"number": found.drafts, "persons": found.persons, "day": found.oldest}
        yield Finding("fine", "doctor.drafts", params)
    if found.overdue:
        yield Finding("warning", "doctor.drafts_overdue", {"number": found.overdue, "days": drafts.KEEP_DAYS})
    if path.stat().st_mode & 0o077:
        yield Finding("fault", "doctor.drafts_open", {"path": str(path)})


def _keys(home: Path) -> Iterator[Finding]:
    if not (home / "keys").exists():
        yield Finding("warning", "doctor.no_keys")
        return
    try:
        keys = read_keys(home)
    except KeysMissing as fault:
        yield Finding("fault", "doctor.keys", {"what": str(fault)})
        return
    yield from (Finding(*told) for told in keyring.examine(home, keys))


def _disk(home: Path) -> Iterator[Finding]:
    if not home.exists():
        return
    room = Room.of(home)
    if room.low:
        yield Finding("fault", "doctor.space", {"path": str(home), "floor": room.floor // MIB})
    if not room.kept:
        yield Finding("warning", "doctor.ballast", {"mib": room.size // MIB})
    if home.stat().st_mode & 0o077:
        yield Finding("warning", "doctor.open", {"path": str(home)})
