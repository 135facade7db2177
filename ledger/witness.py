"""What others know of where the ledger stood: a phone's receipt, a published release.

Whoever rewrites the ledger from one entry on makes its own chain fit again. He cannot reach what phones, a
second disk and the public already hold. Each names a position and the head of the chain there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ledger.keys import KeysMissing, certified, read_keys, read_receipt
from ledger.reader import Ledger
from ledger.strict_json import read_json

MOST = 16 << 20
"""Bytes of a file of receipts."""

Told = tuple[Literal["fine", "warning", "fault"], str, Mapping[str, Any]]


class Stored(NamedTuple):
    """A record that a receipt says is kept, and how."""

    id: str
    digest: str
    state: str
    code: str | None
    position: int | None


@dataclass(frozen=True)
class Witness:
    """Where the ledger stood, by somebody else's word. What a witness cannot say is None or empty."""

    source: str
    position: int
    chain: str
    ledger: str | None = None
    epoch: str | None = None
    bookkeeping: str | None = None
    stored: tuple[Stored, ...] = ()


class Unusable(Exception):
    """What was given is no witness; `key` and `params` are its words."""

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key)
        self.key = key
        self.params = params


def read_receipts(path: Path, recovery: str, certificates: Sequence[Mapping[str, str]]) -> list[Witness]:
    """The receipts in a file: one, or a list of them, as a phone writes them out or as they were answered.

    Raises Unusable where one is not signed by a receipt key that the office's recovery key certifies.
    """
    try:
        if path.stat().st_size > MOST:
            raise ValueError
        told = read_json(path.read_bytes().decode("utf-8"))
        written = [each.get("receipt", each) for each in (told if isinstance(told, list) else [told])]
        found = [_of_receipt(path.name, each, recovery, certificates) for each in written]
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise Unusable("doctor.receipt_unreadable", path=str(path)) from None
    if None in found or not found:
        raise Unusable("doctor.receipt_foreign", path=str(path))
    return [each for each in found if each is not None]


def _of_receipt(
    source: str, written: Mapping[str, str], recovery: str, certificates: Sequence[Mapping[str, str]]
) -> Witness | None:
    said = read_receipt(written)
    if said is None or written["key"] not in [certified(each, "receipt", recovery) for each in certificates]:
        return None
    stored = [Stored(*(each[name] for name in Stored._fields)) for each in said["results"]]
    return Witness(
        source, said["position"], said["chain"], said["ledger"], said["epoch"], said.get("bookkeeping"),
        tuple(each for each in stored if each.state != "retry"),
    )  # fmt: skip


def read_releases(site: Path) -> list[Witness]:
    """What every release says of the ledger it was made from, those that were pruned too."""
    found = []
    for path in sorted([*site.glob("releases/[!.]*/manifest.json"), *site.glob("past/*.json")]):
        try:
            said = read_json(path.read_bytes().decode("utf-8"))
            here = said["position"], said["chain"], said["ledger"], said["epoch"]
            name = str(said["id"])
        except (OSError, ValueError, TypeError, KeyError):
            raise Unusable("doctor.release_unreadable", path=str(path)) from None
        if here[0]:
            found.append(Witness(name, *here))
    return found


def gather(
    home: Path, receipts: Iterable[Path] = (), site: Path | None = None
) -> tuple[list[Witness], list[Unusable]]:
    """Everything there is to compare with, and what was given as a witness and is none."""
    found: list[Witness] = []
    unusable: list[Unusable] = []
    looks = [partial(_receipts_of, home, path) for path in receipts]
    looks += [partial(read_releases, site)] if site else []
    for look in looks:
        try:
            found += look()
        except Unusable as told:
            unusable.append(told)
    return found, unusable


def _receipts_of(home: Path, path: Path) -> list[Witness]:
    try:
        keys = read_keys(home)
    except KeysMissing as fault:
        raise Unusable("doctor.keys", what=str(fault)) from fault
    return read_receipts(path, keys.recovery, keys.certificates)


# -- against the ledger --


def examine(ledger: Ledger, witnesses: Sequence[Witness]) -> Iterator[Told]:
    """Whether the ledger still is what each of them saw."""
    said: dict[str, list[Mapping[str, Any]]] = {}
    agreed = 0
    for each in witnesses:
        against = [*_against(ledger, each)]
        agreed += not against
        for key in against:
            said.setdefault(key, []).append({"source": each.source, "position": each.position})
    for key, where in said.items():
        level: Literal["warning", "fault"] = "warning" if key == "doctor.witness_restored" else "fault"
        yield level, key, {"number": len(where), **where[0]}
    if agreed:
        yield "fine", "doctor.witness", {"number": agreed}


def _against(ledger: Ledger, seen: Witness) -> Iterator[str]:
    """What of one witness's word does not hold, as keys."""
    if seen.ledger is not None and seen.ledger != ledger.ledger_id:
        yield "doctor.witness_other"
        return
    restored = seen.epoch is not None and seen.epoch != ledger.epoch
    if restored and not ledger.had_epoch(str(seen.epoch)):
        yield "doctor.witness_epoch"
        return
    if not all(_kept(ledger, each, restored) for each in seen.stored):
        yield "doctor.witness_lost"
    if ledger.chain_at(seen.position) == seen.chain:
        if seen.bookkeeping is not None and not ledger.bookkeeping_stood(seen.bookkeeping):
            yield "doctor.witness_restored" if restored else "doctor.witness_book"
    elif restored:
        yield "doctor.witness_restored"
    else:
        yield "doctor.witness_cut" if seen.position > ledger.position else "doctor.witness_chain"


def _kept(ledger: Ledger, each: Stored, restored: bool) -> bool:
    """Whether the very record is still there, under its code; after a restore it may have come again."""
    return any(
        kept.digest == each.digest and (restored or each.code is None or kept.code == each.code)
        for kept in ledger.under(each.id)
    )
