"""What should become of each record: the rules of docs/sync.md once more, in the plainest way and over lists.

A copy of this (`copy.deepcopy`) is what the office knew at that moment; a restore goes back to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.swarm.deputy import Made

Key = tuple[str, str]
FOR_GOOD = frozenset({"same_id", "other_device"})


class Row(NamedTuple):
    """One entry."""

    key: Key
    kind: str
    device: str
    state: str
    lineage: int | None
    replaces: str | None
    good: bool
    faults: frozenset[str]


class Fate(NamedTuple):
    """What a delivery should be answered, and how the ledger should keep the record."""

    state: str
    stored: str | None
    lineage: int | None


@dataclass
class Expected:
    """All that the office should know."""

    rows: list[Row] = field(default_factory=list)
    people: dict[str, int] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    versions: set[str] = field(default_factory=set)
    mended: dict[str, int] = field(default_factory=dict)
    closed: dict[str, bool] = field(default_factory=dict)
    lineages: int = 0

    # -- a delivery --

    def deliver(self, made: Made, by: Mapping[str, str]) -> Fate:
        """A record arrives, sent by the phone with these devices."""
        if before := self.last(made.key):
            return Fate("replayed", before.state, before.lineage)
        device = by["proof"] if made.device == by["proof"] else by["records"]
        unknown = made.form.version not in self.versions
        faults = {
            *(["other_device"] if made.device != device else []),
            *(["answers"] if not made.good and not unknown else []),
            *(["revoked"] if by["records"] in self.stopped else []),
        }
        if unknown and not faults:
            return Fate("retry", None, None)
        lineage, mends, state = self._lineage(made.id, made.form.kind, made.replaces, device)
        faults |= {"replaces"} if state == "fault" else set()
        faults |= {"unknown"} if unknown else set()
        faults |= {"same_id"} if any(row.key[0] == made.id for row in self.rows) else set()
        if faults:
            state = "held" if "revoked" in faults else "quarantined"
            lineage = None
        row = Row(
            made.key, made.form.kind, device, state, lineage, made.replaces, made.good, frozenset(faults)
        )
        return self._keep(row, mends)

    def _keep(self, row: Row, mends: list[str]) -> Fate:
        if row.state in ("accepted", "branch") and row.lineage is None:
            self.lineages += 1
            row = row._replace(lineage=self.lineages)
        self.rows.append(row)
        if row.state == "accepted" and row.lineage is not None:
            for each in mends:
                self.mended.setdefault(each, row.lineage)
        return Fate(row.state, row.state, row.lineage)

    def _lineage(
        self, id: str, kind: str, replaces: str | None, device: str
    ) -> tuple[int | None, list[str], str]:
        """Whose successor it is: the line it continues, what it mends, and accepted, branch or fault."""
        mends: list[str] = []
        while replaces is not None:
            rows = sorted(
                (row for row in self.rows if row.key[0] == replaces), key=lambda row: row.lineage is None
            )
            if not rows or replaces in mends or replaces == id:
                return None, mends, "fault"
            first = rows[0]
            whose = {self.people[first.device], self._first_author(first.lineage)}
            if first.kind != kind or self.people[device] not in whose:
                return None, mends, "fault"
            if first.lineage is not None:
                current = self.current(first.lineage)
                same = current is not None and current.key[0] == replaces
                return first.lineage, mends, "accepted" if same else "branch"
            if replaces in self.mended:
                return self.mended[replaces], mends, "branch"
            mends.append(replaces)
            replaces = first.replaces
        return None, mends, "accepted"

    def _first_author(self, lineage: int | None) -> int | None:
        accepted = [row for row in self.rows if row.lineage == lineage and row.state == "accepted"]
        return self.people[accepted[0].device] if lineage is not None and accepted else None

    # -- a clerk's decision --

    def decide(self, key: Key, take: bool, instead_of: str | None) -> tuple[bool, bool]:
        """Whether a decision about an entry should hold, and whether it takes the record in."""
        row = self.last(key)
        if row is None or row.state == "accepted" or key[0] in self.mended:
            return False, False
        if not take:
            self.closed[key[1]] = True
            return True, False
        settles = row.state == "branch"
        if settles and (current := self.current(row.lineage)) and current.key[1] != instead_of:
            return False, False
        if row.faults & (FOR_GOOD | {"unknown"}) or not row.good:
            return False, False
        lineage, mends, state = self._lineage(key[0], row.kind, row.replaces, row.device)
        if state == "fault":
            return False, False
        if settles:
            state = "accepted"
        self.closed[key[1]] = False
        self._keep(row._replace(state=state, lineage=lineage, faults=frozenset()), mends)
        return True, True

    # -- how it stands --

    def last(self, key: Key) -> Row | None:
        """How a record stands now."""
        return next((row for row in reversed(self.rows) if row.key == key), None)

    def current(self, lineage: int | None) -> Row | None:
        """The version in force of a line."""
        return next(
            (row for row in reversed(self.rows) if row.lineage == lineage and row.state == "accepted"), None
        )

    def aside(self) -> set[Key]:
        """What waits for a person."""
        return {
            row.key
            for n, row in enumerate(self.rows)
            if row.state != "accepted"
            and row.key[0] not in self.mended
            and not self.closed.get(row.key[1], False)
            and all(later.key != row.key for later in self.rows[n + 1 :])
        }
