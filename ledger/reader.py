"""What is kept, as others read it: records by kind and by code, with answers disclosed and authors named."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger import asked, blobs, bookkeeping, erasure, quotes
from ledger.envelope import Forged, read_disclosure, read_envelope
from ledger.forms import Form, recall_form
from ledger.gone import Gone
from ledger.references import RECORDS, resolve
from ledger.registry import Device, read_devices
from ledger.resolutions import CLOSE
from ledger.resolutions import KIND as RESOLUTION
from ledger.strict_json import read_json
from ledger.why import NAME as WHY
from ledger.why import Why, apart, said

if TYPE_CHECKING:
    from apsw import Connection

_COLUMNS = (
    "e.position, e.id, e.digest, e.kind, e.device, e.code, e.envelope, e.signature, e.received_at,"
    " (SELECT json_group_array(text)"
    " FROM (SELECT text FROM disclosure d WHERE d.entry = e.position ORDER BY n)),"
)
_ERASED = '(SELECT json_group_object(field, "by") FROM erased x WHERE x.entry = e.position)'
_KEPT = "position, id, digest, kind, device, code, state, problems, mark, received_at"


@dataclass(frozen=True)
class Record:
    """One accepted version of a record."""

    code: str
    kind: str
    name: str | None
    answers: dict[str, Any]
    form: str
    position: int
    digest: str
    received_at: str
    claimed_at: str
    author: str | None
    role: str
    replaces: str | None
    envelope: str
    signature: str
    device: str
    id: str
    disclosures: tuple[str, ...]
    why: Why | None = None
    erased: Mapping[str, int] = field(default_factory=dict)
    """The fields that were erased, each with the position of the erasure."""


class Kept(NamedTuple):
    """An entry as it stands, accepted or not."""

    position: int
    id: str
    digest: str
    kind: str
    device: str
    code: str | None
    state: str
    problems: str | None
    mark: str | None
    received_at: str
    quotes: str | None


class Ledger:
    """One read transaction over the ledger; everything in it is of the same moment."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        meta: dict[str, str] = dict(db.execute("SELECT key, value FROM meta").fetchall())  # type: ignore[arg-type]
        self.ledger_id, self.epoch = meta["ledger"], meta["epoch"]
        row: Any = db.execute("SELECT position, chain FROM entry ORDER BY position DESC LIMIT 1").fetchone()
        self.position: int = row[0] if row else 0
        self.chain_head: str = row[1] if row else self.ledger_id
        self.has_erased = self._has("erased")
        self._kept = f"{_KEPT}, {quotes.OF_ENTRY if self._has('quote') else 'NULL'}"
        self._columns = f"{_COLUMNS} {_ERASED if self.has_erased else 'NULL'}"
        self._heads = (
            f"SELECT {self._columns} FROM head h JOIN entry e ON e.position = h.entry AND e.kind = h.kind"
        )

    def _has(self, table: str) -> bool:
        found = self._db.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (table,))
        return found.fetchone() is not None

    @property
    def connection(self) -> Connection:
        """What it reads from: for the second copy, which takes every table as it is."""
        return self._db

    @cached_property
    def devices(self) -> Mapping[str, Device]:
        """Who wrote: every device by id."""
        return read_devices(self._db)

    def forms(self) -> dict[str, Form]:
        """Every form that was ever in force, by version, the oldest first."""
        rows: list[Any] = self._db.execute(
            "SELECT version, text FROM form ORDER BY since, version"
        ).fetchall()
        return {version: recall_form(text) for version, text in rows}

    def kinds(self) -> list[str]:
        """The kinds of which there is a current record."""
        return [row[0] for row in self._db.execute("SELECT DISTINCT kind FROM head ORDER BY kind").fetchall()]  # type: ignore[misc]

    def records(self, kind: str, after: int = 0) -> Iterator[Record]:
        """The current version of every accepted record of a kind, in the order in which they came.

        `after` a position: only those that have come or changed since.
        """
        names = self._names(kind)
        rows = self._db.execute(
            f"{self._heads} WHERE h.kind = ? AND h.entry > ? ORDER BY h.entry",
            (kind, after),
        )
        return (self._record(row, names) for row in rows)

    def record(self, code: str) -> Record | None:
        """The current version under a code."""
        row: Any = self._db.execute(
            f"{self._heads} WHERE e.code = ?",
            (code,),
        ).fetchone()
        return self._record(row, self._names(row[3])) if row else None

    def history(self, code: str) -> list[Record]:
        """Every accepted version under a code, the oldest first."""
        rows: list[Any] = self._db.execute(
            f"SELECT {self._columns} FROM entry e WHERE e.code = ? AND e.state = 'accepted'"
            " ORDER BY e.position",
            (code,),
        ).fetchall()
        return [self._record(row, self._names(row[3])) for row in rows]

    def branches(self, code: str) -> list[Record]:
        """What corrected a version that was no longer current: kept, for a person to decide."""
        rows: list[Any] = self._db.execute(
            f"SELECT {self._columns} FROM entry e WHERE e.code = ? AND e.state = 'branch'"
            " ORDER BY e.position",
            (code,),
        ).fetchall()
        return [self._record(row, self._names(row[3])) for row in rows]

    def approvals(self) -> dict[str, Record]:
        """The latest decision about each entry that was ever approved or sent back, by the entry's digest."""
        return {record.answers["entry"]: record for record in self.records("approval")}

    def resolve(self, kind: str, ref: str) -> str | None:
        """The code of a record named by its code or by the office's name for it."""
        return resolve(self._db, kind, ref)

    def about(self, kind: str, field: str, ref: str) -> list[Record]:
        """The current records of a kind whose field names a record, for what `rules.agreements` has ASKED."""
        names = self._names(kind)
        rows = self._db.execute(
            f"{self._heads} WHERE h.kind = ? AND h.entry IN (SELECT value FROM json_each(?))"
            " ORDER BY h.entry",
            (kind, json.dumps(asked.naming(self._db, kind, field, ref))),
        )
        return [self._record(row, names) for row in rows]

    def filed_by(self, code: str) -> Device | None:
        """Whose record it is: the device of its first version, whoever corrected it."""
        row: Any = self._db.execute(
            "SELECT device FROM entry WHERE code = ? AND state = 'accepted' ORDER BY position LIMIT 1",
            (code,),
        ).fetchone()
        return self.devices[row[0]] if row else None

    def newest(self, kind: str) -> tuple[int, int]:
        """The position of the latest current record of a kind, and how many there are."""
        row: Any = self._db.execute(
            "SELECT coalesce(max(entry), 0), count(*) FROM head WHERE kind = ?", (kind,)
        ).fetchone()
        return row[0], row[1]

    def kept(self, devices: Sequence[str], ids: Sequence[str]) -> list[Kept]:
        """What is kept under these ids and came from these devices, whatever its state."""
        rows = self._db.execute(
            f"SELECT {self._kept} FROM entry WHERE id IN (SELECT value FROM json_each(?))"
            " AND device IN (SELECT value FROM json_each(?)) ORDER BY position",
            (json.dumps(ids), json.dumps(devices)),
        )
        return [Kept(*row) for row in rows]

    def kept_after(self, devices: Sequence[str], position: int, most: int) -> list[Kept]:
        """What came from these devices after a position, the oldest first."""
        rows = self._db.execute(
            f"SELECT {self._kept} FROM entry WHERE device IN (SELECT value FROM json_each(?))"
            " AND position > ? ORDER BY position LIMIT ?",
            (json.dumps(devices), position, most),
        )
        return [Kept(*row) for row in rows]

    def answers(self, position: int) -> dict[str, Any]:
        """What the entry at a position discloses, as far as it can be read."""
        answers: dict[str, Any] = {}
        for text in self.disclosures(position):
            with suppress(Forged):
                name, value = read_disclosure(text)
                answers |= {name: value} if name != WHY else {}
        return answers

    def why(self, position: int) -> Why | None:
        """Why the entry at a position was filed in the place of another; None where it does not say."""
        for text in self.disclosures(position):
            with suppress(Forged):
                name, value = read_disclosure(text)
                if name == WHY:
                    return said(value)
        return None

    def photos(self) -> dict[str, blobs.Blob]:
        """Every photo that is there, by the digest of its bytes."""
        return blobs.read(self._db)

    def photos_stand(self) -> str:
        """Changes with the photos that are there: the one thing that changes where the position does not."""
        row: Any = self._db.execute(
            "SELECT count(*) || ' ' || coalesce(max(received_at), '') FROM blob"
        ).fetchone()
        return str(row[0])

    def quotes_stand(self) -> tuple[int, int]:
        """Changes with what problems quote: a row is only ever added for a new entry, or dropped."""
        row: Any = self._db.execute("SELECT count(*), coalesce(max(entry), 0) FROM quote").fetchone()
        return row[0], row[1]

    def photo(self, digest: str) -> blobs.Blob | None:
        """One photo that is there."""
        return blobs.find(self._db, digest)

    def photos_sent(self, person: str, since: str) -> int:
        """How many bytes of photos a person has sent since a moment."""
        return blobs.sent_since(self._db, person, since)

    def aside(self) -> list[Kept]:
        """What was kept aside and still waits for a person, the oldest first: not mended, not decided."""
        closed = {digest for digest, each in self.decisions().items() if each.answers["decision"] == CLOSE}
        rows = self._db.execute(
            f"SELECT {self._kept} FROM entry e WHERE state <> 'accepted'"
            " AND NOT EXISTS (SELECT 1 FROM mended m WHERE m.id = e.id)"
            " AND NOT EXISTS (SELECT 1 FROM entry o"
            " WHERE o.id = e.id AND o.digest = e.digest AND o.position > e.position)"
            " ORDER BY position"
        )
        return [kept for kept in (Kept(*row) for row in rows) if kept.digest not in closed]

    def ever_aside(self) -> list[Kept]:
        """What was ever kept aside, whatever became of it since, the oldest first."""
        rows = self._db.execute(f"SELECT {self._kept} FROM entry WHERE state <> 'accepted' ORDER BY position")
        return [Kept(*row) for row in rows]

    def decisions(self) -> dict[str, Record]:
        """The latest decision about each entry that was ever decided about, by the entry's digest."""
        return {record.answers["entry"]: record for record in self.records(RESOLUTION)}

    def version(self, id: str) -> Kept | None:
        """What is kept under an id; what was accepted before what was not."""
        row: Any = self._db.execute(
            f"SELECT {self._kept} FROM entry WHERE id = ? ORDER BY code IS NULL, position LIMIT 1", (id,)
        ).fetchone()
        return Kept(*row) if row else None

    def current(self, codes: Iterable[str]) -> dict[str, Kept]:
        """The current version under each of these codes, as it is kept."""
        rows = self._db.execute(
            f"SELECT {self._kept} FROM entry WHERE code IN (SELECT value FROM json_each(?))"
            " AND position IN (SELECT entry FROM head WHERE head.kind = entry.kind)",
            (json.dumps(sorted(set(codes))),),
        )
        return {str(kept.code): kept for kept in (Kept(*row) for row in rows)}

    def envelope(self, position: int) -> str:
        """The envelope of an entry, to the letter."""
        row: Any = self._db.execute("SELECT envelope FROM entry WHERE position = ?", (position,)).fetchone()
        return str(row[0])

    def counts(self) -> dict[str, int]:
        """How many entries are kept in each state."""
        rows: list[Any] = self._db.execute(
            "SELECT state, count(*) FROM entry GROUP BY state ORDER BY state"
        ).fetchall()
        return dict(rows)

    @cached_property
    def form_versions(self) -> frozenset[str]:
        """The versions of forms that are kept."""
        return frozenset(row[0] for row in self._db.execute("SELECT version FROM form"))

    def disclosures(self, position: int) -> list[str]:
        """The disclosures of an entry, to the letter."""
        rows: list[Any] = self._db.execute(
            "SELECT text FROM disclosure WHERE entry = ? ORDER BY n", (position,)
        ).fetchall()
        return [text for (text,) in rows]

    @cached_property
    def gone(self) -> Gone:
        """What was erased, and what erasures there are."""
        return Gone(self._db, self.ledger_id, self.has_erased, self.position)

    @cached_property
    def erasures(self) -> dict[int, Record]:
        """Every erasure that was done, by its position."""
        return {each.position: each for each in self.records(erasure.KIND)}

    def at(self, positions: Sequence[int]) -> list[Kept]:
        """The entries at these positions, whatever their state."""
        rows = self._db.execute(
            f"SELECT {self._kept} FROM entry WHERE position IN (SELECT value FROM json_each(?))"
            " ORDER BY position",
            (json.dumps(list(positions)),),
        )
        return [Kept(*row) for row in rows]

    def imported(self, code: str) -> list[str]:
        """Where a record was imported from."""
        rows: list[Any] = self._db.execute(
            "SELECT source || ' ' || name FROM import_key WHERE code = ? ORDER BY 1", (code,)
        ).fetchall()
        return [text for (text,) in rows]

    # -- what only the doctor asks --

    def damage(self) -> list[str]:
        """What SQLite itself finds wrong with the file."""
        rows: list[Any] = self._db.execute("PRAGMA integrity_check(10)").fetchall()
        return [text for (text,) in rows if text != "ok"]

    def orphans(self) -> int:
        """How many rows belong to an entry that is not there."""
        return len(self._db.execute("PRAGMA foreign_key_check").fetchall())

    def guards(self) -> set[str]:
        """The triggers of this file, by their texts: they refuse that an entry is changed."""
        rows = self._db.execute("SELECT sql FROM sqlite_schema WHERE type = 'trigger'")
        return {str(sql).removeprefix("CREATE TRIGGER ") for (sql,) in rows}

    def chain_at(self, position: int) -> str | None:
        """The head of the chain at a position; before the first entry the ledger's own id."""
        row: Any = self._db.execute("SELECT chain FROM entry WHERE position = ?", (position,)).fetchone()
        return row[0] if row else None if position else self.ledger_id

    def under(self, id: str) -> list[Kept]:
        """Everything that is kept under an id, the oldest first."""
        rows = self._db.execute(f"SELECT {self._kept} FROM entry WHERE id = ? ORDER BY position", (id,))
        return [Kept(*row) for row in rows]

    def books(self) -> list[bookkeeping.Told]:
        """What is to be said of the tables that no signature covers."""
        return [*bookkeeping.examine(self._db, self.ledger_id)]

    def bookkeeping_stood(self, chain: str) -> bool:
        """Whether the chain of the bookkeeping ever had this head."""
        return bookkeeping.stood(self._db, chain, self.ledger_id)

    def had_epoch(self, epoch: str) -> bool:
        """Whether the bookkeeping knows an epoch, from before a restore."""
        return bookkeeping.had_epoch(self._db, epoch)

    def rows(self) -> Iterator[Any]:
        """Every entry, all columns, in order."""
        return iter(self._db.execute("SELECT * FROM entry ORDER BY position"))

    def heads(self) -> list[Any]:
        """The derived table of current versions."""
        return self._db.execute("SELECT kind, entry, id FROM head ORDER BY kind, entry").fetchall()

    def asked(self) -> list[asked.Row] | None:
        """The derived table of who names whom, where there is one."""
        return asked.kept(self._db)

    def mended(self) -> dict[str, str]:
        """The derived table of what was mended, by id."""
        rows: list[Any] = self._db.execute("SELECT id, code FROM mended").fetchall()
        return dict(rows)

    def marks(self) -> dict[str, int]:
        """How many entries carry which mark."""
        rows: list[Any] = self._db.execute(
            "SELECT mark, count(*) FROM entry WHERE mark IS NOT NULL GROUP BY mark ORDER BY mark"
        ).fetchall()
        return dict(rows)

    def _names(self, kind: str) -> dict[str, str]:
        rows: list[Any] = self._db.execute(
            "SELECT code, name FROM import_key WHERE source = ? AND kind = ? AND code IS NOT NULL",
            (RECORDS, kind),
        ).fetchall()
        return dict(rows)

    def _record(self, row: Any, names: Mapping[str, str]) -> Record:
        position, id, digest, kind, device, code, envelope, signature, received_at, texts, erased = row
        signed = read_envelope(envelope)
        disclosures = tuple(read_json(texts))
        writer = self.devices[device]
        answers, why = apart(dict(map(read_disclosure, disclosures)))
        return Record(
            code=code,
            kind=kind,
            name=names.get(code),
            answers=answers,
            form=signed.form,
            position=position,
            digest=digest,
            received_at=received_at,
            claimed_at=signed.claimed_at,
            author=self._author(writer, code, signed.replaces),
            role=writer.role,
            replaces=signed.replaces,
            envelope=envelope,
            signature=signature,
            device=device,
            id=id,
            disclosures=disclosures,
            why=said(why),
            erased=read_json(erased) if erased else {},
        )

    def _author(self, writer: Device, code: str, replaces: str | None) -> str | None:
        """The deputy whose record it is: a correction by the office does not make it the office's."""
        if writer.code is not None or replaces is None:
            return writer.code
        first = self.filed_by(code)
        return first.code if first else None
