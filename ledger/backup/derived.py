"""Tables that are made again from the entries, so that no copy of them need be believed."""

from __future__ import annotations

from typing import Any

from apsw import Connection

from ledger import asked
from ledger.doctor import Entry, derive
from ledger.forms import recall_form


def derive_heads(db: Connection) -> None:
    """Make `head` and `mended` from the entries."""
    heads: dict[str, tuple[str, int, str]] = {}
    mended: dict[str, str] = {}
    known: dict[str, tuple[str | None, str | None]] = {}
    for row in db.execute("SELECT * FROM entry ORDER BY position"):
        derive(Entry(*row), heads, mended, known)
    db.execute("DELETE FROM head; DELETE FROM mended")
    db.executemany("INSERT INTO head VALUES (?, ?, ?)", sorted(heads.values()))
    db.executemany("INSERT INTO mended VALUES (?, ?)", sorted(mended.items()))


def derive_asked(db: Connection) -> None:
    """Make `asked` from what the current records disclose."""
    db.execute("DELETE FROM meta WHERE key = 'asked'")
    forms: list[Any] = db.execute("SELECT version, text FROM form").fetchall()
    asked.prepare(db, {version: recall_form(text) for version, text in forms})
