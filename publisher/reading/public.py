"""public.db as the pages read it: kinds, fields, rows, and what refers to what. They read nothing else."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from publisher.reading.shown import in_words

REFERENCES = ("reference", "references")
LISTS = ("choices", "references", "strings")


@dataclass(frozen=True)
class Asked:
    """One field as the data dictionary says it."""

    kind: str
    name: str
    label: Mapping[str, str]
    policy: str
    type: str
    unit: Mapping[str, str]
    choices: Mapping[str, Mapping[str, str]]
    refers_to: str | None
    publish_when: str | None
    forget_after: str | None
    required: bool
    each: tuple[Asked, ...] = ()
    basis: str | None = None
    written_by: tuple[str, ...] = ()

    @property
    def public(self) -> bool:
        """Whether it has a column."""
        return self.policy not in ("never", "counted")

    def say(self, value: Any, titles: Mapping[str, str], lang: str) -> str:
        """A value of this field in words."""
        unit = self.unit.get(lang) or ""
        return in_words(
            self.type,
            value,
            choices=self.choices,
            unit=unit,
            title_of=lambda code: titles.get(code, code),
            lang=lang,
        )


@dataclass(frozen=True)
class Kind:
    """One kind of record as public.db describes it."""

    name: str
    label: Mapping[str, str]
    description: Mapping[str, str]
    public: bool
    register: bool
    place: int
    group: Mapping[str, str] | None
    about: str | None
    gate: str
    author: bool
    publish_when: str | None
    withheld_with: str | None
    keep: tuple[str, ...]
    dated_by: str
    title_from: tuple[str, ...]
    columns: tuple[str, ...]
    sort: str
    facets: tuple[str, ...]
    fields: Mapping[str, Asked]
    basis: str | None = None
    written_by: tuple[str, ...] = ()
    derived: Mapping[str, Asked] = field(default_factory=dict)
    """What is computed of its records and stands in their rows as well (publisher.derived)."""

    @cached_property
    def told(self) -> tuple[Asked, ...]:
        """The fields a record's page speaks of."""
        return tuple(
            asked
            for asked in self.fields.values()
            if asked.public and (not asked.each or any(each.public for each in asked.each))
        )

    @cached_property
    def plain(self) -> tuple[Asked, ...]:
        """The public fields that hold one value or a list: neither groups nor photos."""
        return tuple(
            asked
            for asked in self.fields.values()
            if asked.public and not asked.each and asked.type != "photos"
        )

    def date(self, row: Mapping[str, Any]) -> str:
        """The day or month a record speaks of; of its arrival where it names none."""
        return str(row.get(self.dated_by) or row["filed_on"])


class Reference(NamedTuple):
    """One record naming another, through which field."""

    kind: str
    code: str
    via: str


@dataclass(frozen=True)
class Change:
    """One public field that a correction changed; `was` and `became` as a row holds them, None where empty.

    A side that is `withheld` was public once and is not told any more.
    """

    field: str
    was: Any
    became: Any
    was_withheld: bool
    became_withheld: bool


@dataclass(frozen=True)
class Correction:
    """A later version of a record: the n-th correction, when and why it came, and what it changed."""

    kind: str
    code: str
    n: int
    on: str
    changed: tuple[str, ...]
    reason: str | None = None
    explanation: str | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Withdrawn:
    """A record that was taken down: what its address says instead."""

    code: str
    kind: str
    on: str
    reason: str
    explanation: str | None = None

    @property
    def path(self) -> str:
        """Where that stands below the site's root: where the record stood."""
        return f"{self.kind}/{self.code}.html"


@dataclass(frozen=True)
class Erased:
    """A public answer of a record that was erased: which, when and why."""

    code: str
    field: str
    on: str
    reason: str
    explanation: str | None = None


class Row(dict[str, Any]):
    """A row of public.db. What has no column holds nothing, as an empty cell does."""

    def __missing__(self, name: str) -> None:
        return None


@dataclass(frozen=True)
class Public:
    """Everything in public.db that pages are made of."""

    kinds: Mapping[str, Kind]
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    groups: Mapping[tuple[str, str], Mapping[str, Sequence[Mapping[str, Any]]]]
    corrections: Mapping[str, Sequence[Correction]]
    release: Mapping[str, Any]
    counted: Sequence[Mapping[str, Any]] = field(default=())
    photos: Mapping[tuple[str, str], Mapping[str, Sequence[Mapping[str, Any]]]] = field(default_factory=dict)
    withdrawn: Mapping[str, Withdrawn] = field(default_factory=dict)
    tables: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Every table of public.db with its columns, as its canned queries ask for them."""
    proofs: frozenset[str] = frozenset()
    """The codes of records whose signature anybody can check."""
    erased: Mapping[str, Sequence[Erased]] = field(default_factory=dict)
    """What was erased of each record."""
    set_aside: Sequence[dict[str, Any]] = ()
    """The decisions about what was kept aside."""
    set_aside_counts: Sequence[dict[str, Any]] = ()
    counted_areas: Sequence[dict[str, Any]] = ()
    """Counts by quarter and area, of kinds that have no rows."""

    @cached_property
    def shown(self) -> tuple[Kind, ...]:
        """The kinds with pages."""
        return tuple(kind for kind in self.kinds.values() if kind.public)

    @cached_property
    def in_order(self) -> tuple[Kind, ...]:
        """All kinds as the catalogue lists them: what happens, the registers, what is not public at all."""
        return tuple(sorted(self.kinds.values(), key=lambda kind: (not kind.public, kind.register)))

    @cached_property
    def computed(self) -> dict[Hashable, Any]:
        """What was computed of these rows and pages share; the rows of a release do not change."""
        return {}

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """The heading of every public record by its code."""
        return {row["code"]: row["title"] for rows in self.rows.values() for row in rows}

    @cached_property
    def kind_of(self) -> Mapping[str, str]:
        """The kind of every public record by its code."""
        return {row["code"]: kind for kind, rows in self.rows.items() for row in rows}

    @cached_property
    def columns(self) -> Mapping[str, frozenset[str]]:
        """What of each public kind has a column; a dot leads into a group."""
        return {kind.name: frozenset(_columns(kind)) for kind in self.shown}

    def by_code(self, kind: str) -> Mapping[str, Mapping[str, Any]]:
        """The rows of a kind by their codes."""
        return self._by_code[kind]

    @cached_property
    def _by_code(self) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        return {kind: {row["code"]: row for row in rows} for kind, rows in self.rows.items()}

    def path(self, code: str) -> str | None:
        """Where a record's page stands below the site's root; None while it is not public."""
        kind = self.kind_of.get(code)
        return f"{kind}/{code}.html" if kind else None

    @cached_property
    def about(self) -> Mapping[str, Sequence[Reference]]:
        """For each record, those that refer to it."""
        found: dict[str, list[Reference]] = {}
        for kind in self.shown:
            for target, reference in self._references(kind):
                found.setdefault(target, []).append(reference)
        return found

    def _references(self, kind: Kind) -> Iterator[tuple[str, Reference]]:
        naming = [each for each in kind.fields.values() if each.public and each.type in REFERENCES]
        groups = [
            (each, [part for part in each.each if part.public and part.type in REFERENCES])
            for each in kind.fields.values()
            if each.each
        ]
        for row in self.rows[kind.name]:
            code = row["code"]
            for each in naming:
                for target in listed(row[each.name]):
                    yield target, Reference(kind.name, code, each.name)
            if row.get("author"):
                yield row["author"], Reference(kind.name, code, "author")
            for group, parts in groups:
                targets = {
                    target
                    for line in self.groups.get((kind.name, group.name), {}).get(code, ())
                    if parts
                    for part in parts
                    for target in listed(line[part.name])
                }
                for target in sorted(targets):
                    yield target, Reference(kind.name, code, group.name)


def _columns(kind: Kind) -> Iterator[str]:
    for asked in (each for each in kind.fields.values() if each.public):
        yield asked.name
        yield from (f"{asked.name}.{each.name}" for each in asked.each if each.public)


def listed(value: Any) -> list[Any]:
    """The values of a cell, however many it holds."""
    return [] if value is None else list(value) if isinstance(value, list) else [value]


def read_public(path: Path) -> Public:
    """Read a public.db that is not changing any more."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as db:
        db.row_factory = sqlite3.Row
        fields = _fields(db)
        kinds = {
            row["kind"]: _kind(row, fields.get(row["kind"], {}), fields.get(f"{row['kind']}_state", {}))
            for row in db.execute("SELECT * FROM kind ORDER BY kind")
        }
        shown = [kind for kind in kinds.values() if kind.public]
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return Public(
            kinds,
            {kind.name: list(_decoded(_rows(db, kind), {**kind.derived, **kind.fields})) for kind in shown},
            {
                (kind.name, each.name): _group(db, f"{kind.name}_{each.name}", each)
                for kind in shown
                for each in kind.fields.values()
                if each.each and f"{kind.name}_{each.name}" in tables
            },
            _corrections(db, fields),
            dict(next(db.execute("SELECT * FROM release"))),
            [dict(row) for row in db.execute("SELECT * FROM counted")] if "counted" in tables else [],
            {
                (kind.name, each.name): _group(db, f"{kind.name}_{each.name}", each)
                for kind in shown
                for each in kind.fields.values()
                if each.type == "photos" and f"{kind.name}_{each.name}" in tables
            },
            _withdrawn(db),
            {
                name: [row["name"] for row in db.execute(f'PRAGMA table_info("{name}")')]
                for name in sorted(tables)
                if "_fts" not in name
            },
            frozenset(row[0] for row in db.execute("SELECT code FROM envelope WHERE public_key IS NOT NULL")),
            _erased(db) if "erased" in tables else {},
            *(
                [dict(row) for row in db.execute(f"SELECT * FROM {table}")] if table in tables else []
                for table in ("set_aside", "set_aside_count", "counted_area")
            ),
        )


def _rows(db: sqlite3.Connection, kind: Kind) -> sqlite3.Cursor:
    """The rows of a kind, each with what was computed of it; a field of the form goes before."""
    if not kind.derived:
        return db.execute(f'SELECT * FROM "{kind.name}"')
    more = ", ".join(f's."{name}"' for name in kind.derived if name not in kind.fields)
    return db.execute(f'SELECT k.*, {more} FROM "{kind.name}" k LEFT JOIN "{kind.name}_state" s USING (code)')


def _fields(db: sqlite3.Connection) -> dict[str, dict[str, Asked]]:
    fields: dict[str, dict[str, Asked]] = {}
    rows = db.execute("SELECT * FROM field ORDER BY kind, n").fetchall()
    inner: dict[tuple[str, str], list[Asked]] = {}
    for row in rows:
        above, dot, name = row["field"].rpartition(".")
        if dot:
            inner.setdefault((row["kind"], above), []).append(_asked(row, name, ()))
    for row in rows:
        if "." not in row["field"]:
            name = row["field"]
            fields.setdefault(row["kind"], {})[name] = _asked(
                row, name, tuple(inner.get((row["kind"], name), ()))
            )
    return fields


def _asked(row: sqlite3.Row, name: str, each: tuple[Asked, ...]) -> Asked:
    return Asked(
        row["kind"],
        name,
        {"zh": row["label_zh"], "en": row["label_en"]},
        row["policy"],
        row["type"],
        {"zh": row["unit"] or "", "en": row["unit_en"] or ""},
        json.loads(row["choices"]) if row["choices"] else {},
        row["refers_to"],
        row["publish_when"],
        row["forget_after"],
        bool(row["required"]),
        each,
        row["basis"],
        tuple(json.loads(row["written_by"] or "[]")),
    )


def _kind(row: sqlite3.Row, fields: Mapping[str, Asked], derived: Mapping[str, Asked]) -> Kind:
    return Kind(
        row["kind"],
        {"zh": row["label_zh"], "en": row["label_en"]},
        {"zh": row["description_zh"], "en": row["description_en"]},
        bool(row["public"]),
        bool(row["register"]),
        row["place"] or 0,
        {"zh": row["group_zh"], "en": row["group_en"]} if row["group_zh"] else None,
        row["about"],
        row["gate"],
        row["author"] == "full",
        row["publish_when"],
        row["withheld_with"],
        tuple(json.loads(row["keep_when_withheld"])),
        row["dated_by"] or "filed_on",
        tuple(json.loads(row["title_from"])),
        tuple(json.loads(row["columns"])),
        row["sort"] or "filed_on",
        tuple(json.loads(row["facets"])),
        fields,
        row["basis"],
        tuple(json.loads(row["written_by"])),
        derived,
    )


def _decoded(rows: sqlite3.Cursor, fields: Mapping[str, Asked]) -> Iterator[Row]:
    """Rows with their lists as lists."""
    columns = [name for name, *_ in rows.description]
    lists = [name for name in columns if name in fields and fields[name].type in LISTS]
    for row in rows:
        values = Row(zip(columns, row, strict=True))  # a sqlite3.Row looks for each name by all names
        for name in lists:
            if values[name] is not None:
                values[name] = json.loads(values[name])
        yield values


def _group(db: sqlite3.Connection, table: str, group: Asked) -> dict[str, list[Row]]:
    fields = {each.name: each for each in group.each}
    lines: dict[str, list[Row]] = {}
    for row in _decoded(db.execute(f'SELECT * FROM "{table}" ORDER BY code, n'), fields):
        lines.setdefault(row["code"], []).append(row)
    return lines


def _corrections(
    db: sqlite3.Connection, fields: Mapping[str, Mapping[str, Asked]]
) -> dict[str, list[Correction]]:
    changes: dict[tuple[str, int], list[sqlite3.Row]] = {}
    for row in db.execute("SELECT * FROM correction_field ORDER BY code, n"):
        changes.setdefault((row["code"], row["n"]), []).append(row)
    found: dict[str, list[Correction]] = {}
    for row in db.execute("SELECT * FROM correction ORDER BY code, n"):
        kind, code, n = row["kind"], row["code"], row["n"]
        changed = tuple(json.loads(row["changed"]))
        told = [each for each in changes.get((code, n), ()) if each["field"] in fields[kind]]
        told.sort(key=lambda each: changed.index(each["field"]))
        found.setdefault(code, []).append(
            Correction(
                *(kind, code, n, row["corrected_on"], changed, row["reason"], row["explanation"]),
                tuple(_change(each, fields[kind][each["field"]]) for each in told),
            )
        )
    return found


def _change(row: sqlite3.Row, asked: Asked) -> Change:
    was, became = (_read(row[side], asked) for side in ("was", "became"))
    return Change(row["field"], was, became, bool(row["was_withheld"]), bool(row["became_withheld"]))


def _read(text: str | None, asked: Asked) -> Any:
    """A value of any field out of a column that holds those of all."""
    if text is None:
        return None
    if asked.each or asked.type in ("choices", "references", "strings", "integer", "money", "number"):
        return json.loads(text)
    return text == "1" if asked.type == "boolean" else text


def _withdrawn(db: sqlite3.Connection) -> dict[str, Withdrawn]:
    rows = db.execute("SELECT code, kind, withdrawn_on, reason, explanation FROM withdrawn ORDER BY code")
    return {row["code"]: Withdrawn(*row) for row in rows}


def _erased(db: sqlite3.Connection) -> dict[str, list[Erased]]:
    found: dict[str, list[Erased]] = {}
    for row in db.execute(
        "SELECT code, field, erased_on, reason, explanation FROM erased ORDER BY code, field"
    ):
        found.setdefault(row["code"], []).append(Erased(*row))
    return found
