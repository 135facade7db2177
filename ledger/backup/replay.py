"""A whole copy and the lines after it, put together again: a ledger.db as it stood at the last good line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apsw import Connection, ConstraintError
from cryptography.hazmat.primitives.asymmetric import ec

from ledger.backup import journal
from ledger.backup.changes import APPENDED, KEYS
from ledger.backup.line import BrokenLine, Head
from ledger.entries import chain_over
from ledger.sealed import NotSealed

_CHAINED = ("id", "digest", "kind", "device", "code", "state", "seq", "problems", "mark", "received_at")


class Gap(Exception):
    """The line that comes next is not there, or cannot be believed; the message says which and why."""


@dataclass
class Built:
    """A ledger that is being put together: its database, where it ends, how its small tables stood last."""

    db: Connection
    ledger: str
    epoch: str
    position: int
    chain: str
    line: str
    keys: Mapping[str, str] = field(default_factory=dict)
    lines: int = 0
    tables: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = field(default_factory=dict)


def replay(folder: Path, segment: int, built: Built, recovery: ec.EllipticCurvePrivateKey) -> None:
    """Take the lines from a segment on, as long as they follow. Gap where one does not."""
    for found in journal.lines(folder, segment):
        where = f"{journal.place(folder, found.segment).name}:{found.number}"
        if isinstance(found.line, BrokenLine):
            raise Gap(f"{where}: {found.line}")
        head = found.line.head
        if built.epoch and head.epoch != built.epoch:
            return  # from here on another history: it has a beginning of its own
        if head.before != built.line or head.begins != built.position:
            raise Gap(f"{where}: the line before it is missing or altered")
        try:
            content = found.line.content(recovery)
        except (NotSealed, ValueError):
            raise Gap(f"{where}: it is damaged, or sealed for another recovery key") from None
        try:
            with built.db:
                _take(built, head, content, where)
        except (ConstraintError, KeyError, TypeError, ValueError):
            raise Gap(f"{where}: what it holds does not fit") from None
        built.line = found.line.digest
        built.lines += 1


def _take(built: Built, head: Head, content: Mapping[str, Any], where: str) -> None:
    """One line: only if its entries are those whose chain head it names."""
    ledger = built.ledger or head.ledger
    rows = _rows(content, "entry")
    chain, position = built.chain or ledger, built.position
    for row in rows:
        position += 1
        chain = chain_over(chain, position, *(row[name] for name in _CHAINED))
        if row["position"] != position or row["chain"] != chain:
            raise Gap(f"{where}: entry {position} does not follow")
    if (chain, position) != (head.chain, head.ends):
        raise Gap(f"{where}: it holds other entries than it says")
    for table in APPENDED:
        _insert(built.db, table, _rows(content, table))
    for table, change in content.get("tables", {}).items():
        _change(built, table, change)
    built.keys = content.get(KEYS, built.keys)
    built.ledger, built.epoch, built.position, built.chain = ledger, head.epoch, position, chain


def settle(built: Built) -> list[str]:
    """Write the small tables as they stood last; the names of those this program does not know."""
    unknown = []
    for table, rows in built.tables.items():
        columns = _columns(built.db, table)
        if not columns:
            unknown.append(table)
            continue
        want = {tuple(row.get(name) for name in columns) for row in rows.values()}
        there = set(built.db.execute(f'SELECT * FROM "{table}"'))
        match = " AND ".join(f'"{name}" IS ?' for name in columns)
        built.db.executemany(f'DELETE FROM "{table}" WHERE {match}', sorted(there - want, key=repr))
        _insert(built.db, table, [dict(zip(columns, row, strict=True)) for row in want - there])
    # What the office took in after the last good line it takes in again.
    built.db.execute(
        "DELETE FROM import_key WHERE NOT EXISTS"
        " (SELECT 1 FROM entry e WHERE e.id = import_key.id AND e.digest = import_key.digest)"
    )
    return sorted(unknown)


def _change(built: Built, table: str, change: Mapping[str, Any]) -> None:
    columns, key = change["columns"], change["key"]
    if change["whole"]:
        built.tables[table] = {}
    if table not in built.tables:
        built.tables[table] = {_named(row, key): row for row in _read(built.db, table)}
    rows = built.tables[table]
    for gone in change["gone"]:
        rows.pop(tuple(gone), None)
    for values in change["rows"]:
        row = dict(zip(columns, values, strict=True))
        rows[_named(row, key)] = row


def _rows(content: Mapping[str, Any], table: str) -> list[dict[str, Any]]:
    held = content.get(table, {"columns": [], "rows": []})
    return [dict(zip(held["columns"], row, strict=True)) for row in held["rows"]]


def _read(db: Connection, table: str) -> Iterator[dict[str, Any]]:
    columns = _columns(db, table)
    if columns:
        for row in db.execute(f'SELECT * FROM "{table}"'):
            yield dict(zip(columns, row, strict=True))


def _insert(db: Connection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        columns = [name for name in _columns(db, table) if name in rows[0]]
        places, named = ", ".join("?" * len(columns)), ", ".join(f'"{name}"' for name in columns)
        values = [tuple(row[name] for name in columns) for row in rows]
        db.executemany(f'INSERT INTO "{table}" ({named}) VALUES ({places})', values)


def _columns(db: Connection, table: str) -> list[str]:
    return [
        str(name) for (name,) in db.execute("SELECT name FROM pragma_table_info(?) ORDER BY cid", (table,))
    ]


def _named(row: Mapping[str, Any], key: Sequence[str]) -> tuple[Any, ...]:
    return tuple(row[name] for name in key)
