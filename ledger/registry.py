"""Who may write: devices, the persons they belong to, and the invitations that made them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from apsw import Connection

ROLES = ("deputy", "clerk", "presidium", "scrutineer", "teller", "handler", "observer")
CHAINS = ("records", "proof")
OFFICE_NAME = "人大办"
"""Whose name the office's own key bears."""


class Refused(Exception):
    """An act of the office that cannot be done; `key` and `params` say why, in content/words/office.yaml."""

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key)
        self.key = key
        self.params = params


@dataclass(frozen=True)
class Device:
    """One key on one phone. An enrolment makes a pair: one for proof, one for all other records."""

    id: str
    pair: str
    chain: str
    key: str
    state: str
    role: str
    code: str | None
    name: str
    enrolled_at: str
    confirmed_at: str | None = None
    revoked_at: str | None = None
    reason: str | None = None
    organ: str | None = None
    came_from: str | None = None

    @property
    def person(self) -> str:
        """Whose it is: a deputy by code, everyone else by role and name; a handler by organ, too."""
        who = f"{self.organ}/{self.name}" if self.organ else self.name
        return self.code or f"{self.role}/{who}"

    @property
    def is_office(self) -> bool:
        """Whether it is the office's own key: nobody had to confirm that one."""
        return (self.role, self.name) == ("clerk", OFFICE_NAME) and self.confirmed_at == self.enrolled_at


@dataclass(frozen=True)
class Invite:
    """A code that was handed out, known here by its digest only."""

    code_hash: str
    role: str
    code: str | None
    name: str
    created_at: str
    expires_at: str
    used_by: str | None = None
    organ: str | None = None
    came_from: str | None = None


def read_devices(db: Connection) -> dict[str, Device]:
    """Every device by id, the oldest first."""
    rows = _rows(db, "SELECT * FROM device ORDER BY enrolled_at, id")
    return {row["id"]: Device(**row) for row in rows}


def _rows(db: Connection, sql: str, *values: str) -> list[dict[str, Any]]:
    """Rows by the names of their columns: an older ledger may lack some, or have them in another order."""
    cursor = db.execute(sql, values)
    return [dict(zip((each[0] for each in cursor.get_description()), row, strict=True)) for row in cursor]


def _insert(db: Connection, table: str, row: Device | Invite) -> None:
    values = vars(row)
    places = ", ".join("?" * len(values))
    db.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})", tuple(values.values()))


def add_device(db: Connection, device: Device) -> None:
    """Enter a device."""
    _insert(db, "device", device)


def add_invite(db: Connection, invite: Invite) -> None:
    """Remember an invitation."""
    _insert(db, "invite", invite)


def find_invite(db: Connection, code_hash: str) -> Invite | None:
    """The invitation of a code's digest."""
    rows = _rows(db, "SELECT * FROM invite WHERE code_hash = ?", code_hash)
    return Invite(**rows[0]) if rows else None


def withdraw_invites(db: Connection, device: str, now: str) -> None:
    """Let the codes that a device has handed out, and nobody has used, serve no longer."""
    db.execute(
        "UPDATE invite SET expires_at = ? WHERE came_from = ? AND used_by IS NULL AND expires_at > ?",
        (now, device, now),
    )


def enrol(db: Connection, code_hash: str, pair: tuple[Device, Device], now: str) -> tuple[Device, Device]:
    """Use an invitation for a pair of keys, once; the same keys get the same devices again."""
    invite = find_invite(db, code_hash)
    if invite is None:
        raise Refused("push.enrol_unknown")
    used, expired = "push.enrol_used", "push.enrol_expired"
    if invite.came_from:
        used, expired = "handover.used", "handover.expired"
    keys = {device.key for device in pair}
    if invite.used_by is not None:
        made = [device for device in read_devices(db).values() if device.pair == invite.used_by]
        if {device.key for device in made} == keys and len(made) == 2:
            records, proof = sorted(made, key=lambda device: CHAINS.index(device.chain))
            return records, proof
        raise Refused(used)
    if invite.expires_at < now:
        raise Refused(expired)
    if invite.came_from and read_devices(db)[invite.came_from].state != "active":
        raise Refused("handover.old_stopped")
    known = "SELECT 1 FROM device WHERE key IN (?, ?) OR id IN (?, ?)"
    if db.execute(known, (*keys, *(device.id for device in pair))).fetchone():
        raise Refused("push.enrol_key_known")
    for device in pair:
        add_device(db, device)
    db.execute("UPDATE invite SET used_by = ? WHERE code_hash = ?", (pair[0].pair, code_hash))
    return pair


def confirm(db: Connection, pair: str, now: str) -> None:
    """The six digits were compared face to face: the pair may write."""
    db.execute(
        "UPDATE device SET state = 'active', confirmed_at = ? WHERE pair = ? AND state = 'pending'",
        (now, pair),
    )


def revoke(db: Connection, pair: str, reason: str, now: str) -> None:
    """Stop both devices of a pair; what they send later is held."""
    db.execute(
        "UPDATE device SET state = 'revoked', revoked_at = ?, reason = ?"
        " WHERE pair = ? AND state <> 'revoked'",
        (now, reason, pair),
    )
