"""The one way out: from ledger.db into a new public.db, an allow-list copy of what the forms let out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlite_utils import Database

from ledger.certified import Certified, digest_over, read_certified
from ledger.forms import Form
from ledger.store import LedgerMissing, open_ledger
from publisher import kinds
from publisher.correction.aside_columns import OUTCOMES, SORTS
from publisher.out import erased, photos, tables
from publisher.out.counted_areas import area_of
from publisher.out.extract import Extract, Row, Source, extract, of_aside
from publisher.out.selfcheck import plainly_public
from publisher.out.set_aside import SetAside
from publisher.out.tables import Table
from publisher.reading.shown import together

PAGE_SIZE = 4096


@dataclass(frozen=True)
class Position:
    """Where the ledger stood when it was read."""

    ledger: str
    epoch: str
    position: int
    chain: str
    photos: str = ""
    keys: str = ""


@dataclass(frozen=True)
class Stand:
    """The one row of the table `release`: what this public.db was made from."""

    id: str
    position: int
    as_of: str
    content: str
    code_version: str
    held: int
    ledger: str
    epoch: str
    chain: str
    photos: str = ""


def read_position(home: Path) -> Position | None:
    """Where the ledger stands; None while there is none."""
    try:
        with open_ledger(home) as ledger:
            return _position(ledger, home)
    except LedgerMissing:
        return None


def read_ledger(
    home: Path, forms: Mapping[str, Form], timezone: str, as_of: date
) -> tuple[Position, Extract]:
    """Decide over everything in the ledger, in one read transaction beside whatever writes it."""
    with open_ledger(home) as ledger:
        position, extracted = _position(ledger, home), extract(ledger, forms, timezone, as_of)
        aside, here = of_aside(ledger, forms, timezone, extracted.rows), ledger.photos()
        erased_at = erased.last(ledger.gone.accepted(), ledger.forms().values())
    return position, replace(
        extracted,
        photos=photos.gather(home, extracted.rows, here),
        certificates=read_certified(home),
        erased_at=erased_at,
        aside=aside,
    )


@dataclass(frozen=True)
class Version:
    """A version of a record as it was signed, by whose key, with all its disclosures."""

    envelope: str
    signature: str
    key: str
    disclosures: tuple[str, ...]


@dataclass(frozen=True)
class Kept:
    """What the ledger holds of what was published once: its head at that position, the versions by code."""

    ledger: str
    epoch: str
    chain: str | None
    versions: Mapping[str, tuple[Version, ...]]


def read_kept(home: Path, position: int, codes: Iterable[str]) -> Kept | None:
    """The ledger at an earlier position, to compare a release with; None while there is none."""
    try:
        with open_ledger(home) as ledger:
            keys = {id: device.key for id, device in ledger.devices.items()}
            versions = {
                code: tuple(
                    Version(each.envelope, each.signature, keys[each.device], each.disclosures)
                    for each in ledger.history(code)
                    if each.position <= position
                )
                for code in codes
            }
            return Kept(ledger.ledger_id, ledger.epoch, ledger.chain_at(position), versions)
    except LedgerMissing:
        return None


def read_nothing(forms: Mapping[str, Form], as_of: date) -> tuple[Position, Extract]:
    """What a congress publishes before its first record."""
    return Position("", "", 0, ""), extract(_Empty(), forms, "UTC", as_of)


def write_public_db(path: Path, extracted: Extract, forms: Mapping[str, Form], stand: Stand) -> None:
    """Write public.db as a new file: same inputs, same bytes. Tables may still be added before `seal`."""
    with opened(path) as db:
        _create(db, tables.tables(forms))
        for kind, rows in extracted.rows.items():
            _insert_kind(db, forms[kind], rows)
        _insert_photos(db, extracted.photos)
        db.table("kind").insert_all(_kind_rows(forms, extracted), pk="kind", columns={"about": str})
        db.table("field").insert_all(tables.field_rows(forms), pk=("kind", "field"), columns={"unit": str})
        _insert_corrections(db, extracted)
        _insert_withdrawn(db, extracted)
        _insert_erased(db, extracted)
        _insert_envelopes(db, extracted)
        _insert_certificates(db, extracted)
        _insert_aside(db, extracted.aside)
        _insert_counted(db, extracted)
        if any(map(area_of, forms.values())):
            _insert_counted_areas(db, extracted)
        db.table("release").insert(vars(stand), pk="id")


def _create(db: Database, made: Iterable[Table]) -> None:
    """Make empty tables. A key into one that is not there yet comes afterwards, which makes a table anew."""
    there: set[str] = set()
    later = []
    for table in referred_first(made):
        there.add(table.name)
        keys = [(column, other, "code") for column, other in table.references.items()]
        now = [key for key in keys if key[1] in there]
        later += [(table.name, *key) for key in keys if key[1] not in there]
        db.create_table(table.name, dict(table.columns), pk=table.pk, foreign_keys=now)
    db.add_foreign_keys(later)


def referred_first(made: Iterable[Table]) -> Iterator[Table]:
    """Tables in such an order that few name one that comes later: none, but where they name each other."""
    waiting = {table.name: table for table in made}
    while waiting:
        free = [
            table
            for table in waiting.values()
            if not any(other in waiting and other != table.name for other in table.references.values())
        ]
        for table in free or [next(iter(waiting.values()))]:
            yield waiting.pop(table.name)


@contextmanager
def opened(path: Path) -> Iterator[Database]:
    """A public.db that is still being made; it needs no sync of its own, a release is synced as a whole."""
    db = Database(path)
    assert db.conn is not None
    with closing(db.conn):
        for pragma in (f"page_size = {PAGE_SIZE}", "synchronous = OFF", "journal_mode = MEMORY"):
            db.execute(f"PRAGMA {pragma}")
        yield db
        db.conn.commit()


def seal(path: Path) -> str:
    """Leave no free page and no trace of how the file grew; the digest of its bytes."""
    with opened(path) as db:
        db.vacuum()
        if db.execute("PRAGMA freelist_count").fetchone()[0]:
            raise RuntimeError(f"{path} still has free pages after VACUUM.")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def public_texts(extracted: Extract, forms: Mapping[str, Form]) -> Iterator[bytes]:
    """Every text that may stand in a release because a form says so, for the self-check."""
    for form in forms.values():
        yield f"{form.text}\0{form.version}".encode()
        for asked in kinds.every(form.fields):  # as the catalogue lists them
            yield together(label["zh"] for label in asked.choices.values()).encode()
    for kind, rows in extracted.rows.items():
        for row in rows:
            yield from (text.encode() for text in plainly_public(row.values, forms[kind].fields))
            yield from (text.encode() for text in (row.record.code, row.filed_on, row.author or ""))
            for gone in row.erased:
                yield "\0".join(str(told) for told in asdict(gone).values()).encode()
            for correction in row.corrections:
                yield correction.on.encode()
                yield (correction.explanation or "").encode()
                for change in correction.changes:
                    for side in (each for each in (change.was, change.became) if each is not None):
                        told = plainly_public({change.field: side}, forms[kind].fields)
                        private = extracted.private.get(row.record.code, ())
                        yield from (text.encode() for text in told if text not in private)
            if envelope := row.envelope:
                yield "\0".join(value or "" for value in envelope.values()).encode()
    for certificate in extracted.certificates:
        yield "\0".join(asdict(certificate).values()).encode()
    for taken in extracted.withdrawn:
        yield "\0".join(str(told) for told in asdict(taken).values()).encode()
    for decided in extracted.aside.decided if extracted.aside else ():
        yield "\0".join(str(told) for told in asdict(decided).values()).encode()


def _insert_kind(db: Database, form: Form, rows: Iterable[Row]) -> None:
    """A kind's rows in the order of their codes, which tells nothing of when they came."""
    rows = list(rows)
    columns = tables.columns_of(form)
    db.table(form.kind).insert_all(
        {
            "code": row.record.code,
            **{field.name: _cell(row.values.get(field.name)) for field in columns},
            "title": row.title,
            **({"author": row.author} if form.author == "full" else {}),
            "filed_on": row.filed_on,
            "corrected": len(row.corrections),
            "withheld": int(row.withheld),
        }
        for row in rows
    )
    for group in tables.groups_of(form):
        db.table(tables.group_table(form, group)).insert_all(
            {
                "code": row.record.code,
                "n": n,
                **{each.name: _cell(part.get(each.name)) for each in tables.open_fields(group)},
            }
            for row in rows
            for n, part in enumerate(row.values.get(group.name, ()), 1)
        )


def _insert_photos(db: Database, leaving: Iterable[photos.Photo]) -> None:
    for photo in leaving:
        db.table(f"{photo.kind}_{photo.field}").insert(
            {
                "code": photo.code,
                "n": photo.n,
                "path": photo.path,
                "width": photo.large.width,
                "height": photo.large.height,
            }
        )


def _kind_rows(forms: Mapping[str, Form], extracted: Extract) -> list[dict[str, Any]]:
    count = {kind: (len(rows), sum(row.withheld for row in rows)) for kind, rows in extracted.rows.items()}
    return [
        {**row, "records": count.get(row["kind"], (0, 0))[0], "withheld": count.get(row["kind"], (0, 0))[1]}
        for row in tables.kind_rows(forms)
    ]


def _insert_corrections(db: Database, extracted: Extract) -> None:
    db.create_table(
        "correction",
        {
            **{"kind": str, "code": str, "n": int, "corrected_on": str, "changed": str},
            **{"reason": str, "explanation": str},
        },
        pk=("code", "n"),
    )
    db.table("correction").insert_all(
        {
            "kind": kind,
            "code": row.record.code,
            "n": n,
            "corrected_on": correction.on,
            "changed": json.dumps(correction.changed, separators=(",", ":")),
            "reason": correction.reason,
            "explanation": correction.explanation,
        }
        for kind, rows in extracted.rows.items()
        for row in rows
        for n, correction in enumerate(row.corrections, 1)
    )
    db.create_table(
        "correction_field",
        {
            **{"code": str, "n": int, "field": str, "was": str, "became": str},
            **{"was_withheld": int, "became_withheld": int},
        },
        pk=("code", "n", "field"),
    )
    db.table("correction_field").insert_all(
        {
            "code": row.record.code,
            "n": n,
            "field": change.field,
            "was": _cell(change.was),
            "became": _cell(change.became),
            "was_withheld": int(change.was_gone),
            "became_withheld": int(change.became_gone),
        }
        for rows in extracted.rows.values()
        for row in rows
        for n, correction in enumerate(row.corrections, 1)
        for change in correction.changes
    )


def _insert_withdrawn(db: Database, extracted: Extract) -> None:
    columns = {"code": str, "kind": str, "withdrawn_on": str, "reason": str, "explanation": str}
    db.create_table("withdrawn", columns, pk="code")
    db.table("withdrawn").insert_all(asdict(each) for each in extracted.withdrawn)


def _insert_erased(db: Database, extracted: Extract) -> None:
    columns = {"code": str, "field": str, "erased_on": str, "reason": str, "explanation": str}
    db.create_table("erased", columns, pk=("code", "field"))
    db.table("erased").insert_all(
        asdict(each) for rows in extracted.rows.values() for row in rows for each in row.erased
    )


def _insert_counted(db: Database, extracted: Extract) -> None:
    columns = {"kind": str, "field": str, "period": str, "value": str, "n": int, "suppressed": int}
    db.create_table("counted", columns, pk=("kind", "field", "period", "value"))
    db.table("counted").insert_all(
        {**asdict(cell), "suppressed": int(cell.suppressed)} for cell in extracted.counted
    )


def _insert_counted_areas(db: Database, extracted: Extract) -> None:
    columns = {"kind": str, "field": str, "period": str, "area": str, "value": str, "n": int}
    keys = ("kind", "field", "period", "area", "value")
    db.create_table("counted_area", {**columns, "suppressed": int}, pk=keys)
    db.table("counted_area").insert_all(
        {**asdict(cell), "suppressed": int(cell.suppressed)} for cell in extracted.counted_areas
    )


def _insert_aside(db: Database, aside: SetAside | None) -> None:
    columns = {"code": str, "sort": str, "kind": str, "record": str, "kept_on": str, "decided_on": str}
    db.create_table("set_aside", {**columns, "days": int, "decision": str, "grounds": str}, pk="code")
    db.create_table("set_aside_count", {"sort": str, "outcome": str, "n": int}, pk=("sort", "outcome"))
    if aside is None:
        return
    db.table("set_aside").insert_all(asdict(each) for each in aside.decided)
    db.table("set_aside_count").insert_all(
        {"sort": sort, "outcome": outcome, "n": aside.counts.get((sort, outcome), 0)}
        for sort in SORTS
        for outcome in OUTCOMES
    )


def _insert_envelopes(db: Database, extracted: Extract) -> None:
    db.create_table(
        "envelope",
        {"code": str, "envelope": str, "signature": str, "disclosures": str, "public_key": str},
        pk="code",
    )
    db.table("envelope").insert_all(
        envelope for rows in extracted.rows.values() for row in rows if (envelope := row.envelope)
    )


def _insert_certificates(db: Database, extracted: Extract) -> None:
    names = [each.name for each in fields(Certified)]
    db.create_table("certificate", dict.fromkeys(names, str), pk=("use", "public_key"))
    db.table("certificate").insert_all(asdict(each) for each in extracted.certificates)


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return int(value) if isinstance(value, bool) else value


def _position(ledger: Any, home: Path) -> Position:
    here, keys = photos.digest_over(ledger.photos()), digest_over(read_certified(home))
    return Position(ledger.ledger_id, ledger.epoch, ledger.position, ledger.chain_head, here, keys)


class _Empty:
    """A ledger without records."""

    devices: Mapping[str, Any] = MappingProxyType({})
    erasures: Mapping[int, Any] = MappingProxyType({})

    def forms(self) -> dict[str, Form]:
        return {}

    def kinds(self) -> list[str]:
        return []

    def records(self, kind: str) -> list[Any]:
        return []

    def history(self, code: str) -> list[Any]:
        return []

    def resolve(self, kind: str, ref: str) -> str | None:
        return None


_: type[Source] = _Empty
