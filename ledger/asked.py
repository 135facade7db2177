"""Who names whom: of the references that rules ask about, which current records hold them.

A small table, derived from the entries like `head`, and made again when what is asked changes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ledger.agreement import Answers, Kept, Rule, Writer
from ledger.envelope import Forged, read_disclosure, read_envelope
from ledger.forms import Form
from ledger.records import AnswerProblem
from ledger.references import RECORDS, Reference, references, resolve
from ledger.registry import Device
from ledger.rules import agreements
from ledger.strict_json import write_json

if TYPE_CHECKING:
    from apsw import Connection

log = logging.getLogger("mingbai.ledger")

Row = tuple[str, str, str, int, str]
"""kind, field, what it names, the entry's position, the kind that is named."""

_TABLE = """
CREATE TABLE IF NOT EXISTS asked (
  kind   TEXT NOT NULL,
  field  TEXT NOT NULL,
  ref    TEXT NOT NULL,
  entry  INTEGER NOT NULL,
  target TEXT NOT NULL,
  PRIMARY KEY (kind, field, ref, entry)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS asked_entry ON asked (entry);
CREATE INDEX IF NOT EXISTS import_key_code ON import_key (code) WHERE code IS NOT NULL;
"""


# -- the table --


def prepare(db: Connection, forms: Mapping[str, Form]) -> None:
    """Make the table where it is not there, and fill it where it was made for other questions."""
    db.execute(_TABLE)
    want = write_json(sorted(map(list, agreements.ASKED)))
    has: Any = db.execute("SELECT value FROM meta WHERE key = 'asked'").fetchone()
    if has == (want,):
        return
    db.execute("DELETE FROM asked")
    kinds = sorted({kind for kind, _ in agreements.ASKED})
    heads: list[Any] = db.execute(
        "SELECT h.kind, h.entry, e.envelope FROM head h JOIN entry e ON e.position = h.entry"
        " WHERE h.kind IN (SELECT value FROM json_each(?))",
        (write_json(kinds),),
    ).fetchall()
    for kind, position, envelope in heads:
        insert(db, rows(kind, position, references(forms[read_envelope(envelope).form], said(db, position))))
    db.execute("INSERT OR REPLACE INTO meta VALUES ('asked', ?)", (want,))


def rows(kind: str, position: int, named: Iterable[Reference]) -> list[Row]:
    """What the table holds of one entry."""
    found = {(each.pointer.split("/")[1], each.name, each.kind): None for each in named}
    return [
        (kind, field, name, position, target)
        for field, name, target in found
        if (kind, field) in agreements.ASKED
    ]


def kept(db: Connection) -> list[Row] | None:
    """The whole table, in order; None where no writer has made it yet."""
    if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'asked'").fetchone():
        return [] if db.execute("SELECT 1 FROM meta WHERE key = 'asked'").fetchone() else None
    found: list[Any] = db.execute("SELECT kind, field, ref, entry, target FROM asked").fetchall()
    return sorted(found)


def insert(db: Connection, found: Sequence[Row]) -> None:
    """Enter rows."""
    if found:
        db.executemany("INSERT OR IGNORE INTO asked VALUES (?, ?, ?, ?, ?)", found)


def forget(db: Connection, kind: str, position: int) -> None:
    """Take out an entry that is no longer current."""
    if kind in agreements.ASKED_KINDS:
        db.execute("DELETE FROM asked WHERE entry = ?", (position,))


def naming(db: Connection, kind: str, field: str, ref: str) -> list[int]:
    """The positions of the current records of a kind whose field names a record, by whatever name."""
    row: Any = db.execute(
        "SELECT target FROM asked WHERE kind = ? AND field = ? LIMIT 1", (kind, field)
    ).fetchone()
    if row is None:
        return []
    found: list[Any] = db.execute(
        "SELECT DISTINCT entry FROM asked WHERE kind = ? AND field = ?"
        " AND ref IN (SELECT value FROM json_each(?)) ORDER BY entry",
        (kind, field, write_json(_names(db, row[0], ref))),
    ).fetchall()
    return [entry for (entry,) in found]


def _names(db: Connection, kind: str, ref: str) -> list[str]:
    """Everything that a record may be called by."""
    code = resolve(db, kind, ref)
    if code is None:
        return [ref]
    names: list[Any] = db.execute(
        "SELECT name FROM import_key WHERE code = ? AND source = ? AND kind = ?", (code, RECORDS, kind)
    ).fetchall()
    return [code, *(name for (name,) in names)]


# -- what rules are told --


def said(db: Connection, position: int) -> dict[str, Any]:
    """What the entry at a position discloses."""
    texts: list[Any] = db.execute(
        "SELECT text FROM disclosure WHERE entry = ? ORDER BY n", (position,)
    ).fetchall()
    return dict(read_disclosure(text) for (text,) in texts)


class Standing:
    """What is kept now, without the record under one code: the `Others` that rules ask."""

    def __init__(self, db: Connection, devices: Mapping[str, Device], without: str | None = None) -> None:
        self._db = db
        self._devices = devices
        self._without = without

    def answers(self, kind: str, ref: str) -> Answers | None:
        """The current version of a record, by code or office name."""
        position = self._current(kind, ref)
        return None if position is None else said(self._db, position)

    def kept(self, kind: str, ref: str) -> Kept | None:
        """The same with its code, and whose it is."""
        position = self._current(kind, ref)
        return None if position is None else self._kept(kind, position)

    def _current(self, kind: str, ref: str) -> int | None:
        row: Any = self._db.execute(
            "SELECT position FROM entry WHERE code = ? AND state = 'accepted' ORDER BY position DESC LIMIT 1",
            (resolve(self._db, kind, ref),),
        ).fetchone()
        return row[0] if row else None

    def about(self, kind: str, field: str, ref: str) -> Sequence[Kept]:
        """The current records of a kind whose field names a record, the oldest first."""
        found = (self._kept(kind, position) for position in naming(self._db, kind, field, ref))
        return [each for each in found if each.code != self._without]

    def _kept(self, kind: str, position: int) -> Kept:
        row: Any = self._db.execute(
            "SELECT e.code, (SELECT f.device FROM entry f WHERE f.code = e.code AND f.state = 'accepted'"
            " ORDER BY f.position LIMIT 1),"
            " (SELECT i.name FROM import_key i WHERE i.code = e.code AND i.source = ? AND i.kind = e.kind)"
            " FROM entry e WHERE e.position = ?",
            (RECORDS, position),
        ).fetchone()
        code, device, name = row
        whose = writer_of(self._devices[device])
        return Kept(
            code, said(self._db, position), whose.person, whose.role, whose.device_pair, name, whose.holder
        )


def writer_of(device: Device) -> Writer:
    """Whose device it is, as rules are told; behind the office's own key stands nobody in particular."""
    holder = None if device.is_office else device.person
    return Writer(device.code, device.role, device.pair, holder, device.organ)


def disagreements(
    db: Connection,
    devices: Mapping[str, Device],
    rules: Sequence[Rule],
    kind: str,
    device: str,
    disclosures: Sequence[str],
    replaced: str | None,
) -> list[AnswerProblem]:
    """All that the rules of a kind find against a record. A rule that stumbles stops no other record."""
    others = Standing(db, devices, replaced)
    try:
        answers = dict(map(read_disclosure, disclosures))
        return list(_told(rules, answers, others, writer_of(devices[device]), replaced))
    except Forged:
        return [AnswerProblem("", "problem.disclosure", {})]
    except Exception:
        log.exception("a record of kind %s could not be compared with those kept", kind)
        return [AnswerProblem("", "push.unchecked", {})]


def _told(
    rules: Sequence[Rule], answers: Answers, others: Standing, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    for rule in rules:
        yield from rule(answers, others, writer, replaced)
