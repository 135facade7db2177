"""What the ledger holds that the journal does not yet: new entries with their disclosures, rows that changed.

Every table is copied, whatever it is called, but for those that are made again from the entries: so a table
that somebody adds to the ledger is in the second copy from its first day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from ledger.keys import CERTIFICATES
from ledger.reader import Ledger
from ledger.registry import OFFICE_NAME
from ledger.signature import b64u
from ledger.strict_json import write_json

DERIVED = frozenset({"head", "mended", "asked"})
APPENDED = ("entry", "disclosure")
KEYS = "keys"
"""Not a table: what the office's keys need to have successors."""
WITH_OFFICE_ENTRIES = "import_key"
"""The one large table that is no part of a record: it changes only where the office files something."""
MOST_ENTRIES = 1000
"""Entries of one line: a ledger that is copied for the first time makes many lines."""


@dataclass
class Stand:
    """What the journal knows of one small table: its rows by key, each as a digest, and their sum."""

    rows: dict[tuple[Any, ...], int] = field(default_factory=dict)
    total: int = 0

    def named(self) -> str:
        """The digest of the whole table, whatever the order of its rows."""
        return b64u((self.total % (1 << 256)).to_bytes(32, "big"))


class Table(NamedTuple):
    """What changed in one table. `whole`: these are all its rows."""

    columns: Sequence[str]
    key: Sequence[str]
    rows: Sequence[Sequence[Any]]
    gone: Sequence[Sequence[Any]] = ()
    whole: bool = False

    def content(self) -> dict[str, Any]:
        """As it is sealed into a line."""
        return {**self._asdict(), "rows": [*map(list, self.rows)], "gone": [*map(list, self.gone)]}


class Step(NamedTuple):
    """What one line holds."""

    begins: int
    ends: int
    chain: str
    content: Mapping[str, Any]


def small_tables(ledger: Ledger) -> list[str]:
    """The names of all tables that are copied by what changed in them."""
    rows = ledger.connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    skipped = DERIVED | {*APPENDED}
    return [str(name) for (name,) in rows if name not in skipped and not str(name).startswith("sqlite_")]


def look_at(ledger: Ledger, table: str, before: Stand | None) -> tuple[Stand, Table]:
    """A small table as it stands, and how it differs from what the journal knows (None: all of it is new)."""
    columns, key = _shape(ledger, table)
    places = [columns.index(name) for name in key]
    now, changed = Stand(), []
    for row in ledger.connection.execute(f'SELECT * FROM "{table}"'):
        named = tuple(row[place] for place in places)
        digest = int.from_bytes(sha256(write_json(list(row)).encode()).digest(), "big")
        now.rows[named] = digest
        now.total += digest
        if before is None or before.rows.get(named) != digest:
            changed.append(row)
    gone = [] if before is None else sorted(before.rows.keys() - now.rows.keys())
    return now, Table(columns, key, changed, gone, before is None)


def look_at_keys(home: Path) -> tuple[str, dict[str, str]]:
    """Certificates and the export key, under whose name files may still be on their way; and their digest."""
    names = (CERTIFICATES, "export.pem")
    found = {name: (home / KEYS / name).read_text("utf-8") for name in names}
    return b64u(sha256(write_json(found).encode()).digest()), found


def entries_after(ledger: Ledger, position: int) -> Iterator[Step]:
    """New entries with their disclosures, a line's worth at a time."""
    columns = {table: _shape(ledger, table)[0] for table in APPENDED}
    chain = columns["entry"].index("chain")
    while position < ledger.position:
        ends = min(position + MOST_ENTRIES, ledger.position)
        rows = {
            table: ledger.connection.execute(
                f"SELECT * FROM {table} WHERE {by} > ? AND {by} <= ? ORDER BY {by}", (position, ends)
            ).fetchall()
            for table, by in zip(APPENDED, ("position", "entry"), strict=True)
        }
        content = {
            table: {"columns": columns[table], "rows": [list(row) for row in rows[table]]} for table in rows
        }
        yield Step(position, ends, str(rows["entry"][-1][chain]), content)
        position = ends


def office_filed(ledger: Ledger, after: int) -> bool:
    """Whether the office itself has filed anything after a position."""
    found = ledger.connection.execute(
        "SELECT 1 FROM entry WHERE position > ? AND device IN (SELECT id FROM device WHERE name = ?) LIMIT 1",
        (after, OFFICE_NAME),
    )
    return found.fetchone() is not None


def _shape(ledger: Ledger, table: str) -> tuple[list[str], list[str]]:
    """The columns of a table and those of its key; where it has none, all of them."""
    rows: list[Any] = ledger.connection.execute(
        "SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", (table,)
    ).fetchall()
    columns = [name for name, _ in rows]
    key = [name for name, place in sorted(rows, key=lambda row: row[1]) if place]
    return columns, key or columns
