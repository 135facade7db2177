"""What was erased, as others read it: which fields of an entry, by which erasure, and whether all is done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ledger import erasure
from ledger.strict_json import write_json

if TYPE_CHECKING:
    from apsw import Connection

_FORM = "CASE WHEN json_valid(e.envelope) THEN json_extract(e.envelope, '$.form') END"
_NAME = "CASE WHEN json_valid(d.text) THEN json_extract(d.text, '$[1]') END"
_MANY = "(SELECT value FROM json_each(?))"

_by_kind: dict[tuple[str, int], dict[str, int]] = {}


class Gone:
    """The erasures of one ledger at one moment; `made` is false where a ledger knows of none yet."""

    def __init__(self, db: Connection, ledger: str, made: bool, position: int) -> None:
        self._db = db
        self._ledger = ledger
        self._made = made
        self._position = position

    def fields(self, position: int) -> dict[str, int]:
        """The fields of an entry that were erased, each with the position of the erasure."""
        return erasure.names(self._db, position) if self._made else {}

    def last(self) -> int:
        """The position of the last erasure that took anything; 0 where there is none."""
        row: Any = (0,)
        if self._made:
            row = self._db.execute('SELECT coalesce(max("by"), 0) FROM erased').fetchone()
        return int(row[0])

    def last_of(self, kind: str) -> int:
        """The same for what stood in records of a kind: it is asked at every hello, so it is remembered."""
        last = self.last()
        if not last:
            return 0
        kinds = _by_kind.get((self._ledger, last))
        if kinds is None:
            rows: list[Any] = self._db.execute(
                'SELECT e.kind, max(x."by") FROM erased x JOIN entry e ON e.position = x.entry'
                " GROUP BY e.kind"
            ).fetchall()
            kinds = dict(rows)
            _by_kind.clear()
            _by_kind[self._ledger, last] = kinds
        return kinds.get(kind, 0)

    def accepted(self) -> list[tuple[int, str, str]]:
        """What was erased of versions that were accepted: the erasure's position, kind and field."""
        sql = 'SELECT DISTINCT x."by", e.kind, x.field FROM erased x JOIN entry e ON e.position = x.entry'
        rows: list[Any] = []
        if self._made:
            rows = self._db.execute(f"{sql} WHERE e.state = 'accepted'").fetchall()
        return rows

    def since(self, devices: Sequence[str], position: int) -> list[erasure.Erased]:
        """What erasures after a position took from entries of these devices, the oldest first."""
        rows: list[Any] = []
        if self._made:
            rows = self._db.execute(
                'SELECT x.entry, x.n, x.digest, x.field, x."by" FROM erased x JOIN entry e'
                f' ON e.position = x.entry WHERE x."by" > ? AND e.device IN {_MANY}'
                ' ORDER BY x."by", x.entry, x.n',
                (position, write_json(list(devices))),
            ).fetchall()
        return [erasure.Erased(*row) for row in rows]

    def covered(self, said: erasure.Erasure) -> list[int]:
        """The positions of the entries that an erasure filed now would be about."""
        return said.covers(self._db, self._position + 1)

    def overdue(
        self, kind: str, fields: Sequence[str], before: str, wordings: Sequence[str]
    ) -> list[tuple[int, str]]:
        """The entries of a kind received before a moment that still say one of these; and their wording."""
        rows: list[Any] = self._db.execute(
            f"SELECT position, {_FORM} FROM entry e WHERE kind = ? AND received_at < ? AND {_FORM} IN {_MANY}"
            f" AND EXISTS (SELECT 1 FROM disclosure d WHERE d.entry = e.position AND {_NAME} IN {_MANY})"
            " ORDER BY position",
            (kind, before, write_json(list(wordings)), write_json(list(fields))),
        ).fetchall()
        return rows

    # -- what only the doctor asks --

    def digests(self) -> dict[int, list[str]]:
        """The digests of what was erased, by the entry's position."""
        found: dict[int, list[str]] = {}
        for each in erasure.read(self._db):
            found.setdefault(each.entry, []).append(each.digest)
        return found

    def unfounded(self) -> list[erasure.Erased]:
        """What is said to be erased and no erasure names."""
        return list(erasure.unfounded(self._db)) if self._made else []

    def still_there(self) -> list[erasure.Place]:
        """What an erasure names and is still there."""
        return [
            place
            for position, texts in erasure.entries(self._db)
            for place in erasure.standing(self._db, erasure.said(texts), position)
        ]

    def is_clearing(self) -> bool:
        """Whether the file may still hold traces of what was erased."""
        return erasure.pending(self._db) is not None
