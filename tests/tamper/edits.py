"""What an insider does to ledger.db with an editor, made up at random: one call, one edit.

`careless` ones change rows and nothing else. `careful` ones know this program: they make digests, chain,
derived tables and bookkeeping fit again, so that only what others hold of the ledger can tell. Flips change
one bit of the file. An edit that changes no meaning is none: `meaning` is what is compared.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import apsw

from ledger import asked, bookkeeping, doctor
from ledger.entries import chain_over
from ledger.reader import Ledger
from ledger.signature import digest_of

Edit = Callable[[Random, apsw.Connection], None]

OF_META = ("ledger", "epoch")
"""The rows of `meta` that mean something: others nobody reads, or they are made again at every start."""
MADE_AGAIN = ("asked", "quote")
"""Tables that the next start makes where they are not there: an empty one that is gone means nothing."""
ORDERED = {"disclosure": "n"}
"""Columns that only order what has no order."""
Row = dict[str, Any]


class Nothing(Exception):
    """There was nothing here to edit in this way."""


# -- what the file says --


def tables(db: apsw.Connection) -> list[str]:
    """The names of all tables."""
    rows = db.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1"
    )
    return [str(name) for (name,) in rows]


def rows(db: apsw.Connection, table: str) -> list[Row]:
    """The rows of a table."""
    cursor = db.execute(f"SELECT * FROM {table}")
    return [dict(zip((each[0] for each in cursor.get_description()), row, strict=True)) for row in cursor]


def meaning(path: Path) -> Any:
    """All rows of all tables but what means nothing; how far one gets where the file cannot be read."""
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        identity = db.pragma("application_id"), db.pragma("user_version")
        found = {name: sorted(map(repr, map(_said(name), rows(db, name)))) for name in tables(db)}
        found["meta"] = [each for each in found.get("meta", ()) if any(f"'{key}'" in each for key in OF_META)]
        found = {name: said for name, said in found.items() if said or name not in MADE_AGAIN}
        guards = db.execute("SELECT sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY 1").fetchall()
        return identity, found, guards
    except (apsw.Error, ValueError) as fault:
        return str(fault)
    finally:
        db.close()


def _said(table: str) -> Callable[[Row], Row]:
    without = ORDERED.get(table)
    return lambda row: {name: value for name, value in row.items() if name != without}


# -- careless --


def _open(db: apsw.Connection) -> list[str]:
    """Switch off what refuses a change; what switches it on again."""
    db.execute("PRAGMA foreign_keys = OFF")
    found = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in found:
        db.execute(f"DROP TRIGGER {name}")
    return [str(sql) for _, sql in found]


def _shut(db: apsw.Connection, triggers: list[str]) -> None:
    """Put back what refuses a change, so that it tells nothing."""
    for sql in triggers:
        with suppress(apsw.SQLError):  # its table is gone
            db.execute(sql)


def _keys(db: apsw.Connection, table: str) -> list[str]:
    found = db.execute("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", (table,))
    return [str(name) for (name,) in found]


def _pick(pick: Random, db: apsw.Connection, table: str | None = None) -> tuple[str, Row]:
    """Any row that means something, every table as likely as the others."""
    full = [name for name in ([table] if table else tables(db)) if rows(db, name)]
    if not full:
        raise Nothing
    table = pick.choice(full)
    found = [each for each in rows(db, table) if table != "meta" or each["key"] in OF_META]
    return table, pick.choice(found)


def _update(db: apsw.Connection, table: str, row: Row, column: str, value: Any) -> None:
    where = " AND ".join(f"{name} IS ?" for name in _keys(db, table))
    values = [row[name] for name in _keys(db, table)]
    db.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (value, *values))


def _other(pick: Random, value: Any, there: list[Any]) -> Any:
    """Another value for a cell: one of another row, or this one a little changed."""
    others = [each for each in there if each != value]
    if others and pick.random() < 0.5:
        return pick.choice(others)
    if value is None:
        return "x" if not any(isinstance(each, int) for each in there) else 7
    if isinstance(value, int):
        return value + pick.choice((-1, 1, 100))
    at = pick.randrange(len(value)) if value else 0
    return value[:at] + pick.choice("0aZ_路}") + value[at + 1 :]


def cell(pick: Random, db: apsw.Connection) -> None:
    """Any cell of any table."""
    table, row = _pick(pick, db)
    column = pick.choice([name for name in row if name != ORDERED.get(table)])
    there = [each[column] for each in rows(db, table)]
    _update(db, table, row, column, _other(pick, row[column], there))


def guards(pick: Random, db: apsw.Connection) -> None:
    """Only what refuses changes is gone."""


def delete(pick: Random, db: apsw.Connection) -> None:
    """Any row of any table."""
    table, row = _pick(pick, db)
    where = " AND ".join(f"{name} IS ?" for name in _keys(db, table))
    db.execute(f"DELETE FROM {table} WHERE {where}", [row[name] for name in _keys(db, table)])


def insert(pick: Random, db: apsw.Connection) -> None:
    """One more row: a copy of another under a key of its own."""
    table, row = _pick(pick, db)
    name = pick.choice(_keys(db, table))
    most = max((each[name] for each in rows(db, table)), default=0)
    row[name] = most + 1 if isinstance(most, int) else f"{most}x"
    db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", list(row.values()))


def swap(pick: Random, db: apsw.Connection) -> None:
    """Two rows of a table exchange what stands in one column."""
    table, one = _pick(pick, db)
    other = pick.choice(rows(db, table))
    column = pick.choice(
        [name for name in one if name not in (*_keys(db, table), ORDERED.get(table))] or ["?"]
    )
    if column == "?" or one[column] == other[column]:
        raise Nothing
    _update(db, table, one, column, other[column])
    _update(db, table, other, column, one[column])


def disclosures(pick: Random, db: apsw.Connection) -> None:
    """Two entries exchange an answer."""
    one, other = (_pick(pick, db, "disclosure")[1] for _ in "ab")
    if one["text"] == other["text"]:
        raise Nothing
    _update(db, "disclosure", one, "text", other["text"])
    _update(db, "disclosure", other, "text", one["text"])


def no_table(pick: Random, db: apsw.Connection) -> None:
    """A whole table is gone."""
    db.execute(f"DROP TABLE {pick.choice(tables(db))}")


def cut(pick: Random, db: apsw.Connection) -> None:
    """The last entries, and all that hangs on them."""
    last = len(rows(db, "entry"))
    position = last - pick.randint(1, min(5, last - 1))
    for table, column in (("disclosure", "entry"), ("head", "entry"), ("entry", "position")):
        db.execute(f"DELETE FROM {table} WHERE {column} > ?", (position,))


# -- both --


def column(pick: Random, db: apsw.Connection) -> None:
    """What no signature covers of an entry: when it came, under which code, in which state."""
    table, row = _pick(pick, db, "entry")
    name = pick.choice(("received_at", "code", "state", "problems", "mark", "device", "kind", "seq"))
    states = ["accepted", "branch", "quarantined", "held"]
    there = states if name == "state" else [each[name] for each in rows(db, table)]
    value = pick.choice(states) if name == "state" else _other(pick, row[name], there)
    _update(db, table, row, name, value)


def gone(pick: Random, db: apsw.Connection) -> None:
    """An entry taken out, and the rest moved up."""
    _, row = _pick(pick, db, "entry")
    db.execute("DELETE FROM disclosure WHERE entry = ?", (row["position"],))
    db.execute("DELETE FROM entry WHERE position = ?", (row["position"],))


def order(pick: Random, db: apsw.Connection) -> None:
    """Two entries change places."""
    one, other = (_pick(pick, db, "entry")[1]["position"] for _ in "ab")
    if one == other:
        raise Nothing
    for table, name in (("entry", "position"), ("disclosure", "entry")):
        for now, then in ((one, 10**6), (other, one), (10**6, other)):
            db.execute(f"UPDATE {table} SET {name} = ? WHERE {name} = ?", (then, now))


def person(pick: Random, db: apsw.Connection) -> None:
    """A device becomes another's, gets another role, or is no longer stopped."""
    _, row = _pick(pick, db, "device")
    name, value = pick.choice(
        [
            ("role", "clerk"),
            ("code", "DB-2026-ZZZZ"),
            ("state", "active"),
            ("name", "别人"),
            ("revoked_at", None),
        ]
    )
    _update(db, "device", row, name, value)


def invitation(pick: Random, db: apsw.Connection) -> None:
    """An invitation lets in somebody else, or longer."""
    _, row = _pick(pick, db, "invite")
    name, value = pick.choice([("role", "clerk"), ("code", "DB-2026-ZZZZ"), ("expires_at", "2099-01-01")])
    _update(db, "invite", row, name, value)


def office_name(pick: Random, db: apsw.Connection) -> None:
    """A name of the office's files means another record."""
    _, row = _pick(pick, db, "import_key")
    _update(db, "import_key", row, pick.choice(("name", "code", "source")), "g-9")


def wording(pick: Random, db: apsw.Connection) -> None:
    """A form says something else, under its old version."""
    _, row = _pick(pick, db, "form")
    _update(db, "form", row, "text", row["text"].replace("zh: ", "zh: 新", 1))


def another_epoch(pick: Random, db: apsw.Connection) -> None:
    """As if a backup had been restored."""
    db.execute("UPDATE meta SET value = ? WHERE key = 'epoch'", (f"{pick.random()}",))


def signature(pick: Random, db: apsw.Connection) -> None:
    """A signature is another."""
    table, row = _pick(pick, db, "entry")
    _update(
        db,
        table,
        row,
        "signature",
        _other(pick, row["signature"], [each["signature"] for each in rows(db, table)]),
    )


CARELESS: tuple[Edit, ...] = (
    *(cell, cell, cell, cell, cell, cell, delete, delete, insert, swap, swap, disclosures, no_table, cut),
    *(guards, column, signature, person, invitation, office_name, wording),
)
CAREFUL: tuple[Edit, ...] = (
    *(column, column, column, gone, order, cut),
    *(person, invitation, office_name, wording, another_epoch),
)


# -- so that it fits --


def fit(db: apsw.Connection) -> None:
    """Digests, chain, derived tables and bookkeeping, all as this program itself would write them."""
    (genesis,) = db.execute("SELECT value FROM meta WHERE key = 'ledger'").fetchone()  # type: ignore[misc]
    chain = str(genesis)
    for position, row in enumerate(sorted(rows(db, "entry"), key=lambda each: each["position"]), 1):
        entry = doctor.Entry(**row)._replace(digest=digest_of(row["envelope"].encode()))
        chain = chain_over(chain, position, *entry[1:10], entry.received_at)
        if position != entry.position:
            db.execute("UPDATE disclosure SET entry = ? WHERE entry = ?", (position, entry.position))
        db.execute(
            "UPDATE entry SET position = ?, digest = ?, chain = ? WHERE position = ?",
            (position, entry.digest, chain, entry.position),
        )
    derive(db)
    db.execute("DELETE FROM bookkeeping")
    bookkeeping._add(db, 0, bookkeeping._rows(db))


def derive(db: apsw.Connection) -> None:
    heads: dict[str, tuple[str, int, str]] = {}
    mended: dict[str, str] = {}
    known: dict[str, tuple[str | None, str | None]] = {}
    for row in Ledger(db).rows():
        doctor.derive(doctor.Entry(*row), heads, mended, known)
    for table, derived in (("head", heads.values()), ("mended", mended.items())):
        db.execute(f"DELETE FROM {table}")
        for values in derived:
            db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", list(values))
    db.execute("DELETE FROM meta WHERE key = 'asked'")
    asked.prepare(db, Ledger(db).forms())


# -- doing it --


def edited(path: Path, pick: Random, edit: Edit, careful: bool) -> bool:
    """Do one edit to a ledger; False where there was nothing to do, or no meaning has changed."""
    before = meaning(path)
    db = apsw.Connection(str(path))
    try:
        triggers = _open(db)
        edit(pick, db)
        if careful and _without_guards(meaning(path)) == _without_guards(before):
            return False
        if careful:
            fit(db)
        if edit is not guards:
            _shut(db, triggers)
    except (Nothing, apsw.ConstraintError):
        return False
    except (apsw.Error, ValueError, KeyError, AttributeError):
        if not careful:
            raise
        return False  # what does not fit any more even by this program is left to the careless
    finally:
        db.close()
    return bool(meaning(path) != before)


def _without_guards(told: Any) -> Any:
    return told[:2] if isinstance(told, tuple) else told


def flipped(path: Path, pick: Random) -> bool:
    """Turn one bit of the file over; False where that changes no meaning."""
    before = meaning(path)
    data = bytearray(path.read_bytes())
    data[pick.randrange(len(data))] ^= 1 << pick.randrange(8)
    path.write_bytes(data)
    return bool(meaning(path) != before)
