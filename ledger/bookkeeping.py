"""What the office keeps beside the entries, chained: devices, invitations, forms, names, photos, quotes.

No signature covers a row of these tables, and yet a role or an office name decides what an entry means. So
each change of a row adds a line with the row's digest to the table `bookkeeping`, chained to the one before.
Receipts name the head of the chain. A line holds no name and no key: nothing in it has to be forgotten later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from ledger.signature import b64u, digest_of, unb64u
from ledger.strict_json import read_json, write_json

if TYPE_CHECKING:
    from apsw import Connection

TABLE = """
CREATE TABLE IF NOT EXISTS bookkeeping (    -- each change of a row that no signature covers
  n        INTEGER PRIMARY KEY,
  position INTEGER NOT NULL,                -- of the ledger, when it was changed
  row_of   TEXT NOT NULL,                   -- the table
  key      TEXT NOT NULL,                   -- the digest of what names the row there, '' for all rows
  digest   TEXT,                            -- of the row; none where it was taken out
  chain    TEXT NOT NULL                    -- sha256 over the chain before and this line
) STRICT;
CREATE TRIGGER IF NOT EXISTS bookkeeping_is_never_changed BEFORE UPDATE ON bookkeeping
  BEGIN SELECT RAISE (ABORT, 'a line is never changed'); END;
CREATE TRIGGER IF NOT EXISTS bookkeeping_is_never_deleted BEFORE DELETE ON bookkeeping
  BEGIN SELECT RAISE (ABORT, 'a line is never deleted'); END;
"""
KEYS: Mapping[str, tuple[str, ...]] = {
    "device": ("id",),
    "invite": ("code_hash",),
    "form": ("version",),
    "blob": ("digest",),
    "import_key": ("source", "kind", "name"),
    "quote": ("entry", "n"),
    "meta": ("key",),
}
"""The tables that are watched, and what names a row of each."""
OF_META = ("epoch",)
"""Of the table `meta`: the ledger's id begins the chain of entries, and nothing is made of the rest."""

SUMMED = "import_key"
"""The one table as large as the ledger: its lines have the sum of all its rows' digests."""

Told = tuple[Literal["fine", "warning", "fault"], str, Mapping[str, Any]]
Named = tuple[str, str]
"""A table, and the digest of what names a row there."""
ALL = ""
"""Names the sum of a table."""


# -- writing --


def begin(db: Connection) -> None:
    """Where nothing is entered yet, enter all that is there: an older ledger's rows as they are found."""
    with db:
        if not db.execute("SELECT 1 FROM bookkeeping LIMIT 1").fetchone():
            row: Any = db.execute("SELECT coalesce(max(position), 0) FROM entry").fetchone()
            _add(db, row[0], _rows(db))


def enter(db: Connection, position: int) -> None:
    """Enter whatever differs from what is entered: for a restore alone, as its last step."""
    entered = _entered(db)
    there = _rows(db)
    _add(db, position, {named: there.get(named) for named in sorted(_different(entered, there))})


def watch(db: Connection) -> None:
    """Have the writer's own connection note which rows it touches, whoever does it."""
    db.execute("PRAGMA temp_store = MEMORY; CREATE TEMP TABLE touched (row_of TEXT, name TEXT, was TEXT)")
    for table, key in KEYS.items():
        columns = [str(name) for (name,) in db.execute("SELECT name FROM pragma_table_info(?)", (table,))]
        for act in ("INSERT", "UPDATE", "DELETE"):
            name = _array("OLD" if act == "DELETE" else "NEW", key)
            was = _array("OLD", columns) if table == SUMMED and act != "INSERT" else "NULL"
            db.execute(
                f"CREATE TEMP TRIGGER touched_{table}_{act} AFTER {act} ON main.{table}"
                f" BEGIN INSERT INTO touched VALUES ('{table}', {name}, {was}); END"
            )


def _array(row: str, columns: Iterable[str]) -> str:
    return f"json_array({', '.join(f'{row}.{column}' for column in columns)})"


def settle(db: Connection, position: int) -> str | None:
    """Enter what this transaction has changed; the new head, None where nothing was changed."""
    touched: list[Any] = db.execute(
        "SELECT row_of, name, was, min(rowid) FROM touched GROUP BY row_of, name ORDER BY min(rowid)"
    ).fetchall()
    if not touched:
        return None
    db.execute("DELETE FROM touched")
    changed: dict[Named, str | None] = {}
    more = 0
    for table, name, was, _ in touched:
        key = read_json(name)
        if table == SUMMED:
            more += _number(_row(db, table, key)) - _number(_former(db, table, was))
        elif table != "meta" or key[0] in OF_META:
            changed[table, _digest(key)] = _row(db, table, key)
    if more:
        changed[SUMMED, ALL] = _sum(_number(_last_sum(db)) + more)
    return _add(db, position, changed)


def _former(db: Connection, table: str, was: str | None) -> str | None:
    """The digest of a row as it was."""
    columns = [name for (name,) in db.execute("SELECT name FROM pragma_table_info(?)", (table,))]
    return _digest_of_row(dict(zip(columns, read_json(was), strict=True))) if was else None


def _last_sum(db: Connection) -> str | None:
    row: Any = db.execute(
        "SELECT digest FROM bookkeeping WHERE row_of = ? ORDER BY n DESC LIMIT 1", (SUMMED,)
    ).fetchone()
    return row[0] if row else None


def _number(digest: str | None) -> int:
    return int.from_bytes(unb64u(digest)) if digest else 0


def _sum(total: int) -> str | None:
    """A sum of digests as a digest; none of an empty table."""
    return b64u((total % (1 << 256)).to_bytes(32)) if total else None


def head(db: Connection, genesis: str) -> str:
    """The chain's last value; without a line that of the ledger's own id."""
    row: Any = db.execute("SELECT chain FROM bookkeeping ORDER BY n DESC LIMIT 1").fetchone()
    return row[0] if row else genesis


def _add(db: Connection, position: int, rows: Mapping[Named, str | None]) -> str:
    genesis: Any = db.execute("SELECT value FROM meta WHERE key = 'ledger'").fetchone()
    last: Any = db.execute("SELECT n, chain FROM bookkeeping ORDER BY n DESC LIMIT 1").fetchone()
    n, chain = last or (0, genesis[0])
    lines = []
    for (table, key), digest in rows.items():
        n += 1
        chain = _chain(chain, n, position, table, key, digest)
        lines.append((n, position, table, key, digest, chain))
    db.executemany("INSERT INTO bookkeeping VALUES (?, ?, ?, ?, ?, ?)", lines)
    return str(chain)


def _chain(before: str, *columns: str | int | None) -> str:
    """In the table's order: n, position, row_of, key, digest."""
    return _digest([before, *columns])


def _row(db: Connection, table: str, name: Sequence[str]) -> str | None:
    """The digest of one row as it is now."""
    where = " AND ".join(f"{column} = ?" for column in KEYS[table])
    return next((digest for _, digest in _read(db, table, f"WHERE {where}", *name)), None)


def _rows(db: Connection) -> dict[Named, str]:
    """Every row that is watched, and its digest; of the large table the sum."""
    few = ", ".join(f"'{key}'" for key in OF_META)
    only = {"meta": f"WHERE key IN ({few})"}
    tables = [table for table in KEYS if table != SUMMED and _there(db, table)]
    rows = {(table, key): digest for table in tables for key, digest in _read(db, table, only.get(table, ""))}
    total = _sum(sum(_number(digest) for _, digest in _read(db, SUMMED, "")))
    return {**rows, (SUMMED, ALL): total} if total else rows


def _read(db: Connection, table: str, where: str, *values: str) -> Iterator[tuple[str, str]]:
    """Rows as the digests of their names and of themselves."""
    cursor = db.execute(f"SELECT * FROM {table} {where}", values)
    for values_of in cursor:
        row = dict(zip((each[0] for each in cursor.get_description()), values_of, strict=True))
        yield _digest([row[column] for column in KEYS[table]]), _digest_of_row(row)


def _digest_of_row(row: Mapping[str, Any]) -> str:
    """Over the columns that are set, so that one which a newer program adds changes nothing."""
    return _digest([[name, value] for name, value in sorted(row.items()) if value is not None])


def _digest(value: Any) -> str:
    return digest_of(write_json(value).encode())


# -- reading again --


def examine(db: Connection, genesis: str) -> Iterator[Told]:
    """Whether every row is as it was entered, and the lines as they were written."""
    if not _there(db):
        yield "warning", "doctor.book_none", {}
        return
    chain, broken = genesis, 0
    lines: Iterator[Any] = iter(db.execute("SELECT * FROM bookkeeping ORDER BY n"))
    for number, (n, position, table, key, digest, link) in enumerate(lines, 1):
        fits = link == _chain(chain, n, position, table, key, digest)
        broken += not (fits and n == number and table in KEYS)
        chain = link
    if broken:
        yield "fault", "doctor.book_chain", {"number": broken}
    entered, there = _entered(db), _rows(db)
    changed = Counter(table for table, _ in _different(entered, there) if table in KEYS)
    for table, number in sorted(changed.items()):
        yield "fault", f"doctor.book_{table}", {"number": number}
    if not broken and not changed:
        yield "fine", "doctor.book", {"lines": len(there)}


def _entered(db: Connection) -> dict[Named, str]:
    """The rows as the lines have them."""
    lines: Iterator[Any] = iter(db.execute("SELECT row_of, key, digest FROM bookkeeping ORDER BY n"))
    last = {(table, key): digest for table, key, digest in lines}
    return {named: digest for named, digest in last.items() if digest is not None}


def _different(entered: Mapping[Named, str], there: Mapping[Named, str]) -> set[Named]:
    return {named for named in entered.keys() | there.keys() if entered.get(named) != there.get(named)}


def stood(db: Connection, chain: str, genesis: str) -> bool:
    """Whether the chain ever had this head."""
    if chain == genesis:
        return True
    if not _there(db):
        return False
    return db.execute("SELECT 1 FROM bookkeeping WHERE chain = ?", (chain,)).fetchone() is not None


def _there(db: Connection, table: str = "bookkeeping") -> bool:
    return db.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (table,)).fetchone() is not None


def had_epoch(db: Connection, epoch: str) -> bool:
    """Whether this was the ledger's epoch once: a restore enters the one it begins."""
    if not _there(db):
        return False
    row = _digest([["key", "epoch"], ["value", epoch]])
    found = db.execute(
        "SELECT 1 FROM bookkeeping WHERE row_of = 'meta' AND key = ? AND digest = ?",
        (_digest(["epoch"]), row),
    ).fetchone()
    return found is not None
