"""Whom a record follows: the version it corrects, and what was kept aside before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ledger.strict_json import read_json

if TYPE_CHECKING:
    from apsw import Connection

    from ledger.registry import Device


class Lineage(NamedTuple):
    """What a record continues: accepted or branch under a code, or a fault; whom it follows and mends."""

    state: str
    code: str | None = None
    fault: str | None = None
    current: int | None = None
    mends: Sequence[str] = ()


FIRST = Lineage("accepted")


class Successor(Protocol):
    """A record that comes after another: as much of it as decides where it stands."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def device(self) -> str: ...
    @property
    def replaces(self) -> str | None: ...


def lineage_of(db: Connection, incoming: Successor, devices: Mapping[str, Device]) -> Lineage:
    """A record's place among those before it: a successor of what is current, a branch of what is not."""
    mends: list[str] = []
    target = incoming.replaces
    while target is not None:
        row: Any = db.execute(
            "SELECT kind, device, code, envelope FROM entry WHERE id = ?"
            " ORDER BY code IS NULL, position LIMIT 1",
            (target,),
        ).fetchone()
        if row is None or target in mends or target == incoming.id:
            return Lineage("quarantined", fault="problem.replaces_unknown")
        kind, device, code, envelope = row
        if kind != incoming.kind or not (
            _may_replace(devices, device, incoming.device)
            or _may_replace(devices, _first_of(db, code), incoming.device)
        ):
            return Lineage("quarantined", fault="problem.replaces_other")
        if code is not None:
            current = current_of(db, code)
            if current is not None and current[1] == target:
                return Lineage("accepted", code, current=current[0], mends=mends)
            return Lineage("branch", code, mends=mends)
        mended: Any = db.execute("SELECT code FROM mended WHERE id = ?", (target,)).fetchone()
        if mended:
            return Lineage("branch", mended[0], mends=mends)
        # What was kept aside stands for whatever it was meant to replace.
        mends.append(target)
        target = _replaces_of(envelope)
    return Lineage("accepted", mends=mends)


def current_of(db: Connection, code: str) -> tuple[int, str] | None:
    """Position and id of the current version under a code: the last that was accepted."""
    row: Any = db.execute(
        "SELECT position, id FROM entry WHERE code = ? AND state = 'accepted' ORDER BY position DESC LIMIT 1",
        (code,),
    ).fetchone()
    return (row[0], row[1]) if row else None


def _first_of(db: Connection, code: str | None) -> str:
    """Which device filed what is now kept under a code: whose record it stays, whoever corrected it."""
    row: Any = db.execute(
        "SELECT device FROM entry WHERE code = ? AND state = 'accepted' ORDER BY position LIMIT 1", (code,)
    ).fetchone()
    return str(row[0]) if row else ""


def _replaces_of(envelope: str) -> str | None:
    try:
        replaces = read_json(envelope).get("replaces")
    except (ValueError, AttributeError):
        return None
    return replaces if isinstance(replaces, str) else None


def _may_replace(devices: Mapping[str, Device], earlier: str, now: str) -> bool:
    """A correction comes from whose version or whose record it was, or from the office."""
    if earlier not in devices or now not in devices:
        return False
    return devices[now].role == "clerk" or devices[now].person == devices[earlier].person
