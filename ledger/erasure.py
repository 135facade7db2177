"""What is erased for good: a signed `erasure` of the office names answers, and in that moment they are gone.

Envelope, signature, digests and chain stay as they are. Of an erased answer the ledger keeps its place and
the digest that its envelope names (the table `erased`): so everything else can still be verified, and nobody
can guess the answer, since its salt of 128 bits is gone with it (RFC 9901). 个人信息保护法第四十七条.

An erasure names fields, of one record in all its versions, of one version alone, or of every record of a kind
whose time was up (ledger.forgetting). It is done in the transaction that keeps it, so an erasure that is in
the ledger has been done; `replay` does them all again on a copy from before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger import quotes
from ledger.blobs import digest_in
from ledger.envelope import Forged, disclosure_digest, read_disclosure
from ledger.records import AnswerProblem
from ledger.strict_json import read_json, write_json

if TYPE_CHECKING:
    from apsw import Connection

    from ledger.entries import Incoming
    from ledger.registry import Device

KIND = "erasure"
EXPIRED = "expired"
STEERING = frozenset({"approval", "resolution", "takedown"})
"""Kinds whose answers decide what becomes of others: only what they say in words can be erased."""
WORDS = frozenset({"reason", "explanation", "why_corrected"})
TRIGGER = """
CREATE TRIGGER disclosure_is_never_deleted BEFORE DELETE ON disclosure
  WHEN NOT EXISTS (SELECT 1 FROM erased WHERE entry = OLD.entry AND n = OLD.n)
  BEGIN SELECT RAISE (ABORT, 'a disclosure is never deleted'); END;
"""
TABLE = """
CREATE TABLE IF NOT EXISTS erased (         -- the places of answers that are gone
  entry  INTEGER NOT NULL REFERENCES entry (position),
  n      INTEGER NOT NULL,
  digest TEXT NOT NULL,                     -- of the disclosure, as the envelope names it
  field  TEXT NOT NULL,
  "by"   INTEGER NOT NULL REFERENCES entry (position),
  PRIMARY KEY (entry, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS erased_by ON erased ("by");
CREATE TRIGGER IF NOT EXISTS erased_is_never_changed BEFORE UPDATE ON erased
  BEGIN SELECT RAISE (ABORT, 'what is erased stays erased'); END;
CREATE TRIGGER IF NOT EXISTS erased_is_never_deleted BEFORE DELETE ON erased
  BEGIN SELECT RAISE (ABORT, 'what is erased stays erased'); END;
"""
PENDING = "erasing"
"""The key in `meta` that stands while the file may still hold traces of what is erased (ledger.traces)."""


class Place(NamedTuple):
    """Where an answer stands: the entry's position, the place among its disclosures, the text."""

    entry: int
    n: int
    field: str
    text: str


class Erased(NamedTuple):
    """One answer that is gone, by which erasure."""

    entry: int
    n: int
    digest: str
    field: str
    by: int


@dataclass(frozen=True)
class Erasure:
    """What one erasure says: which fields, of what."""

    fields: frozenset[str]
    record: str | None = None
    entry: str | None = None
    kind: str | None = None
    wordings: tuple[str, ...] = ()
    received_before: str = ""
    first: int = 0
    last: int = 0

    @classmethod
    def said(cls, answers: Mapping[str, Any]) -> Erasure:
        """Out of the answers of a record of this kind."""
        return cls(
            frozenset(answers.get("fields", ())),
            answers.get("record"),
            answers.get("entry"),
            answers.get("of_kind"),
            tuple(answers.get("wordings", ())),
            answers.get("received_before", ""),
            answers.get("first", 0),
            answers.get("last", 0),
        )

    def covers(self, db: Connection, before: int) -> list[int]:
        """The positions of the entries it is about; only those before its own can be."""
        if self.kind is not None:
            found = _expired(db, self, before)
        elif self.entry is not None:
            found = db.execute(
                "SELECT position FROM entry WHERE digest = ? AND (?2 IS NULL OR code IS NULL OR code = ?2)"
                " AND position < ?3 ORDER BY position",
                (self.entry, self.record, before),
            )
        else:
            return versions(db, self.record or "", before)
        return [position for (position,) in found]


def _expired(db: Connection, this: Erasure, before: int) -> Iterable[Any]:
    return db.execute(
        "SELECT position FROM entry WHERE position BETWEEN ? AND min(?, ? - 1) AND kind = ?"
        " AND received_at < ? AND CASE WHEN json_valid(envelope) THEN json_extract(envelope, '$.form') END"
        " IN (SELECT value FROM json_each(?)) ORDER BY position",
        (this.first, this.last, before, this.kind, this.received_before, write_json(list(this.wordings))),
    )


def versions(db: Connection, code: str, before: int) -> list[int]:
    """Every version under a code, and what was kept aside that one of them mends or that follows one."""
    rows: list[Any] = db.execute(
        "SELECT position, id, kind FROM entry WHERE code = ? AND position < ?", (code, before)
    ).fetchall()
    if not rows:
        return []
    found, kind = {position for position, _, _ in rows}, rows[0][2]
    ids = {id for _, id, _ in rows}
    ids |= {id for (id,) in db.execute("SELECT id FROM mended WHERE code = ?", (code,))}
    aside: list[Any] = db.execute(
        "SELECT position, id, CASE WHEN json_valid(envelope) THEN json_extract(envelope, '$.replaces') END"
        " FROM entry WHERE state <> 'accepted' AND code IS NULL AND kind IN (?, 'unreadable')"
        " AND position < ? ORDER BY position",
        (kind, before),
    ).fetchall()
    for position, id, replaces in aside:  # a successor stands further down than what it follows
        if id in ids or replaces in ids:
            found.add(position)
            ids.add(id)
    return sorted(found)


def said(disclosures: Iterable[str]) -> Erasure:
    """What an erasure says, out of its disclosures."""
    return Erasure.said(dict(map(read_disclosure, disclosures)))


# -- done in the writer's transaction --


def faults(db: Connection, incoming: Incoming, devices: Mapping[str, Device], at: int) -> list[AnswerProblem]:
    """Why an erasure cannot be done: not the office's own, about nothing, or of what steers other records."""
    if not devices[incoming.device].is_office:
        return [AnswerProblem("", "problem.erasure_office", {})]
    this = said(incoming.disclosures)
    found = this.covers(db, at)
    if not found or not any(_named(db, entry, this.fields) for entry in found):
        return [AnswerProblem("/fields", "problem.erasure_nothing", {})]
    kinds: list[Any] = db.execute(
        "SELECT DISTINCT kind FROM entry WHERE position IN (SELECT value FROM json_each(?))",
        (write_json(found),),
    ).fetchall()
    if any(kind == KIND or (kind in STEERING and not this.fields <= WORDS) for (kind,) in kinds):
        return [AnswerProblem("/fields", "problem.erasure_steers", {})]
    return []


def _named(db: Connection, entry: int, fields: frozenset[str]) -> list[Place]:
    """The answers of an entry that have one of these names; what cannot be read has none."""
    found = []
    for n, text in db.execute("SELECT n, text FROM disclosure WHERE entry = ? ORDER BY n", (entry,)):
        try:
            name, _ = read_disclosure(str(text))
        except Forged:
            continue
        if name in fields:
            found.append(Place(entry, int(str(n)), name, str(text)))
    return found


def standing(db: Connection, this: Erasure, position: int) -> list[Place]:
    """What an erasure at a position names and is still there."""
    return [place for entry in this.covers(db, position) for place in _named(db, entry, this.fields)]


def perform(db: Connection, position: int, disclosures: Sequence[str]) -> list[str]:
    """Do the erasure that stands at a position; the texts that are gone.

    What problems quote of them goes too, and photos that nobody names any more.
    """
    gone = standing(db, said(disclosures), position)
    for place in gone:
        row = (place.entry, place.n, disclosure_digest(place.text), place.field, position)
        db.execute("INSERT OR IGNORE INTO erased VALUES (?, ?, ?, ?, ?)", row)
        db.execute("DELETE FROM disclosure WHERE entry = ? AND n = ?", (place.entry, place.n))
        if _has_asked(db):
            db.execute("DELETE FROM asked WHERE entry = ? AND field = ?", (place.entry, place.field))
    texts = [place.text for place in gone]
    if gone:
        texts += quotes.forget(db, {place.entry for place in gone}, texts)
        forget_photos(db, {digest for place in gone for digest in _photos(place.text)})
        db.execute("INSERT OR IGNORE INTO meta VALUES (?, '[]')", (PENDING,))
    return texts


def _has_asked(db: Connection) -> bool:
    return db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'asked'").fetchone() is not None


def carry(db: Connection, position: int, id: str, digest: str) -> None:
    """A record that is taken in again lacks there what was erased of it where it first stood."""
    last: Any = db.execute(
        "SELECT coalesce(max(n), -1) FROM disclosure WHERE entry = ?", (position,)
    ).fetchone()
    rows: list[Any] = db.execute(
        'SELECT DISTINCT x.digest, x.field, x."by" FROM erased x JOIN entry e ON e.position = x.entry'
        " WHERE e.id = ? AND e.digest = ? AND e.position < ? ORDER BY x.field",
        (id, digest, position),
    ).fetchall()
    for n, row in enumerate(rows, last[0] + 1):
        db.execute("INSERT OR IGNORE INTO erased VALUES (?, ?, ?, ?, ?)", (position, n, *row))


def replay(db: Connection) -> list[str]:
    """Do every erasure of the ledger again, for a copy that may be from before; the texts that are gone.

    Runs inside the caller's transaction. Twice is as once. `finish` and ledger.traces see to file and photos.
    """
    db.execute(TABLE + quotes.TABLE)
    gone = []
    for position, texts in entries(db):
        gone += perform(db, position, texts)
    return gone


def entries(db: Connection) -> Iterator[tuple[int, list[str]]]:
    """Every erasure that counts: position and disclosures."""
    rows: list[Any] = db.execute(
        "SELECT position FROM entry WHERE kind = ? AND state = 'accepted' ORDER BY position", (KIND,)
    ).fetchall()
    for (position,) in rows:
        texts: list[Any] = db.execute(
            "SELECT text FROM disclosure WHERE entry = ? ORDER BY n", (position,)
        ).fetchall()
        yield position, [text for (text,) in texts]


# -- photos --


def _photos(text: str) -> Iterator[str]:
    """The digests of the photos that a disclosure names."""
    try:
        _, value = read_disclosure(text)
    except Forged:
        return
    for each in value if isinstance(value, list) else ():
        if digest := digest_in(each):
            yield digest


def forget_photos(db: Connection, digests: set[str]) -> None:
    """Take photos out of the count that no answer names any more, and note that their files are to go."""
    if not digests or not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'blob'").fetchone():
        return
    named: Iterable[Any] = db.execute("SELECT text FROM disclosure WHERE instr(text, '\"sha256-') > 0")
    digests = digests - {digest for (text,) in named for digest in _photos(text)}
    db.executemany("DELETE FROM blob WHERE digest = ?", [(digest,) for digest in digests])
    digests |= set(pending(db) or ())
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (PENDING, write_json(sorted(digests))))


def pending(db: Connection) -> list[str] | None:
    """The photos whose files are still to go; None where nothing of an erasure is left to do."""
    row: Any = db.execute("SELECT value FROM meta WHERE key = ?", (PENDING,)).fetchone()
    return list(read_json(row[0])) if row else None


# -- read --


def read(db: Connection) -> list[Erased]:
    """Every answer that is gone; none in a ledger from before there were erasures."""
    if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'erased'").fetchone():
        return []
    rows: list[Any] = db.execute(
        'SELECT entry, n, digest, field, "by" FROM erased ORDER BY entry, n'
    ).fetchall()
    return [Erased(*row) for row in rows]


def names(db: Connection, entry: int) -> dict[str, int]:
    """The fields of an entry that are erased, each with the position of the erasure."""
    return dict(db.execute('SELECT field, "by" FROM erased WHERE entry = ? ORDER BY n', (entry,)).fetchall())  # type: ignore[arg-type]


def excused(problems: Iterable[AnswerProblem], erased: Iterable[str]) -> list[AnswerProblem]:
    """What is wrong with a record apart from what was erased of it: that is no fault of its own."""
    gone = tuple(f"/{name}" for name in erased)
    return [
        each for each in problems if not gone or not (each.pointer in gone or each.key == "problem.not_asked")
    ]


def unfounded(db: Connection) -> Iterator[Erased]:
    """Places that are said to be erased and that no erasure of the ledger names."""
    done = {position: said(texts) for position, texts in entries(db)}
    covered = {by: _with_later(db, each.covers(db, by)) for by, each in done.items()}
    for each in read(db):
        if (
            each.by not in done
            or each.field not in done[each.by].fields
            or each.entry not in covered[each.by]
        ):
            yield each


def _with_later(db: Connection, positions: list[int]) -> set[int]:
    """Entries, and those in which the same records were taken in again."""
    rows = db.execute(
        "SELECT o.position FROM entry e JOIN entry o ON o.id = e.id AND o.digest = e.digest"
        " WHERE e.position IN (SELECT value FROM json_each(?))",
        (write_json(positions),),
    )
    return {int(str(position)) for (position,) in rows}
