"""Keeps a stranger's question to Datasette small: what one SQL statement may read, allocate and compute.

SQLite looks at the time limit between its instructions only, so a single function call can outrun it; and
what it hands over lives in Python's memory, where SQLite's own limits do not reach. Both are closed here,
on every connection. Who may ask how often is the business of door.py.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Callable
from typing import Any

from publisher.data.door import Door
from publisher.data.plugins.hook import hook, last
from publisher.data.plugins.told import told

LENGTH = 400_000
"""Bytes of the longest value or row SQLite may build."""

LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: LENGTH,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 50_000,  # for our own canned queries; the door cuts a stranger's
    sqlite3.SQLITE_LIMIT_COLUMN: 200,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 100,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 25_000,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 50,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 100,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 1_100,  # the labels of 1,000 rows come by one IN (?, …)
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}

HEAP_BYTES = 48 * 1024 * 1024
"""What SQLite may hold in memory, over all connections of the process."""

ANSWER_BYTES = 12 * 1024 * 1024
ANSWER_CELLS = 60_000
"""What one statement may hand over to Python: bytes of text, and cells."""

ACTIONS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
PRAGMAS = {
    "compile_options",
    "data_version",
    "database_list",
    "foreign_key_list",
    "function_list",
    "index_info",
    "index_list",
    "index_xinfo",
    "max_page_count",
    "page_count",
    "page_size",
    "schema_version",
    "table_info",
    "table_xinfo",
}
FUNCTIONS = {
    # one call allocates or spins without bound
    "printf", "format", "zeroblob", "randomblob", "json_patch", "rtreecheck",
    # reaches out of the database
    "load_extension", "fts3_tokenizer", "readfile", "writefile", "edit", "sqlite_log",
}  # fmt: skip
TABLES = {"sqlite_stmt", "dbstat", "sqlite_dbpage"}
"""Virtual tables that show other people's statements or the pages of the file."""


def authorize(
    action: int, first: str | None, second: str | None, _database: str | None, _by: str | None
) -> int:
    """May a statement do this? Reading may; whatever is not named here may not."""
    if action == sqlite3.SQLITE_PRAGMA:
        return sqlite3.SQLITE_OK if (first or "").lower() in PRAGMAS else sqlite3.SQLITE_DENY
    if (action, first) == (sqlite3.SQLITE_UPDATE, "sqlite_master"):
        return (
            sqlite3.SQLITE_OK
        )  # so SQLite sees a virtual table declare itself; the file itself is read-only
    if action not in ACTIONS:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in FUNCTIONS:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_READ:
        table = (first or "").lower()
        if table in TABLES:
            return sqlite3.SQLITE_DENY
        if (table, second) == ("pragma_database_list", "file"):
            return sqlite3.SQLITE_IGNORE  # where the file lies is nobody's business: it reads as null
    return sqlite3.SQLITE_OK


class Measure:
    """Counts what a connection hands over and stops a statement that hands over too much.

    SQLite's rows become Python's only through these two callbacks, so nothing else sees them in time.
    """

    def __init__(self) -> None:
        self.cursor: Callable[[], sqlite3.Cursor | None] = lambda: (
            None
        )  # weak: a kept cursor keeps its sorter
        self.bytes = self.cells = self.row = 0

    def text(self, value: bytes) -> str:
        """One text cell, as Datasette reads it."""
        self.row += len(value)
        if self.row > ANSWER_BYTES:
            self._stop()
        return value.decode("utf-8", "replace")

    def rows(self, cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> sqlite3.Row:
        """One row, as Datasette reads it."""
        if cursor is not self.cursor():
            self.cursor, self.bytes, self.cells = weakref.ref(cursor), 0, 0
        self.bytes += self.row + sum(len(value) for value in row if isinstance(value, bytes))
        self.cells += len(row)
        self.row = 0
        if self.bytes > ANSWER_BYTES or self.cells > ANSWER_CELLS:
            self._stop()
        return sqlite3.Row(cursor, row)

    def _stop(self) -> None:
        self.cursor, self.row = lambda: None, 0
        raise sqlite3.OperationalError(
            f"The answer is larger than {ANSWER_BYTES // 1024 // 1024} MB or {ANSWER_CELLS} cells. "
            "Ask for fewer rows or columns, or download the whole database."
        )


Value = str | bytes | int | float | None


def _as_text(value: Value) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float):
        digits, e, exponent = f"{value:.15g}".partition("e")
        return f"{digits}{'' if '.' in digits else '.0'}{e}{exponent}"
    return str(value)


def replace(text: Value, old: Value, new: Value) -> Value:
    """SQLite's replace() in linear time: the built-in one compares everywhere, half a minute for one long
    call."""
    if text is None or old is None:
        return None
    whole, part = _as_text(text), _as_text(old)
    if not part:
        return text
    if new is None:
        return None
    other = _as_text(new)
    if len(whole) + whole.count(part) * (len(other) - len(part)) > LENGTH:
        raise sqlite3.DataError("string or blob too big")
    return whole.replace(part, other)


def instr(text: Value, part: Value) -> int | None:
    """SQLite's instr() in linear time."""
    if text is None or part is None:
        return None
    if isinstance(text, bytes) and isinstance(part, bytes):
        return text.find(part) + 1
    return _as_text(text).find(_as_text(part)) + 1


def trimmed(left: bool, right: bool) -> Callable[[Value, Value], str | None]:
    """SQLite's trim(), ltrim() and rtrim() with a set of characters, in linear time."""

    def trim(text: Value, letters: Value) -> str | None:
        if text is None or letters is None:
            return None
        whole, gone = _as_text(text), set(_as_text(letters))
        start, end = 0, len(whole)
        while left and start < end and whole[start] in gone:
            start += 1
        while right and end > start and whole[end - 1] in gone:
            end -= 1
        return whole[start:end]

    return trim


SLOW_FUNCTIONS: dict[tuple[str, int], Callable[..., Value]] = {
    ("replace", 3): replace,
    ("instr", 2): instr,
    ("trim", 2): trimmed(True, True),
    ("ltrim", 2): trimmed(True, False),
    ("rtrim", 2): trimmed(False, True),
}


def harden(conn: sqlite3.Connection) -> None:
    """Set every bound on a connection, and read back that it holds."""
    measure = Measure()
    conn.text_factory = measure.text
    conn.row_factory = measure.rows
    conn.execute("PRAGMA temp_store=MEMORY").close()  # a sort then counts as heap and never fills the disk
    for (name, arguments), function in SLOW_FUNCTIONS.items():
        conn.create_function(name, arguments, function, deterministic=True)
    for limit, value in LIMITS.items():
        conn.setlimit(limit, value)
        if conn.getlimit(limit) > value:
            raise RuntimeError(f"SQLite did not take limit {limit}. Refusing to serve without it.")
    conn.set_authorizer(authorize)


def bound_heap(conn: sqlite3.Connection) -> None:
    """Bound the memory of SQLite: of all its connections in this process, and until it ends."""
    conn.execute(f"PRAGMA hard_heap_limit={HEAP_BYTES}").close()


@last
def prepare_connection(conn: sqlite3.Connection, database: str) -> None:
    """Every connection to data is hardened; Datasette's own notes in memory are not data."""
    if database not in ("_internal", "_memory"):
        bound_heap(conn)
        harden(conn)


@hook
def asgi_wrapper(datasette: Any) -> Callable[[Any], Door]:
    """Nothing reaches Datasette but through the door."""

    def wrap(app: Any) -> Door:
        return Door(app, told(datasette).get("say", {}))

    return wrap
