"""The tables of public.db as files: which there are, what their columns mean, and their rows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ledger.words import Words

PROOFS = ("envelope", "certificate")
"""Taken home record by record and as one file of keys (publisher.download.proof)."""
LISTS = ("choices", "references", "strings")
_OWN_TYPES: Mapping[str, str] = {"corrected": "integer", "withheld": "boolean", "author": "reference"}
_FLAGS = frozenset({"public", "register", "proof", "required", "suppressed"})
_JSON = frozenset({"changed", "title_from", "columns", "facets", "keep_when_withheld"})
Row = tuple[Any, ...]
Label = Mapping[str, str]


@dataclass(frozen=True)
class Column:
    """One column of a table and what the data dictionary says of it."""

    name: str
    stored: str
    type: str
    label: Label
    unit: Label = field(default_factory=lambda: {"zh": "", "en": ""})
    choices: Mapping[str, Label] = field(default_factory=dict)
    refers_to: str | None = None
    policy: str | None = None
    publish_when: str | None = None

    @property
    def is_list(self) -> bool:
        """Whether its cells hold JSON lists."""
        return self.type in LISTS


@dataclass(frozen=True)
class Sheet:
    """One table that is taken home."""

    name: str
    kind: str | None
    label: Label
    description: Label
    columns: tuple[Column, ...]
    keys: tuple[str, ...]
    references: Mapping[str, str]
    """Columns that name rows of another table by `code`, where every one of them is there."""

    @property
    def of_kind(self) -> bool:
        """Whether its rows are records, not their parts nor what is told of them."""
        return self.kind == self.name


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A finished public.db, to read."""
    db = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        yield db
    finally:
        db.close()


def sheets(db: sqlite3.Connection, words: Words) -> tuple[Sheet, ...]:
    """Every table but those of the search index and the proofs: kinds first, each with its parts."""
    made = [_sheet(db, name, words) for name in tables(db) if name not in PROOFS]
    return tuple(
        sorted(made, key=lambda each: (each.kind is None, each.kind or "", not each.of_kind, each.name))
    )


def tables(db: sqlite3.Connection, schema: str = "main") -> list[str]:
    """The tables of a public.db, without full-text indexes and what SQLite keeps for them."""
    asked = f"SELECT name, sql FROM {schema}.sqlite_master WHERE type = 'table'"
    every = {name: sql or "" for name, sql in db.execute(asked) if not name.startswith("sqlite_")}
    indexes = [name for name, sql in every.items() if sql.upper().startswith("CREATE VIRTUAL")]
    return sorted(
        name for name in every if not any(name == index or name.startswith(f"{index}_") for index in indexes)
    )


def rows(db: sqlite3.Connection, sheet: Sheet) -> Iterator[Row]:
    """The rows of a sheet as they stand in public.db, in the order of its key."""
    names = ", ".join(quoted(each.name) for each in sheet.columns)
    order = ", ".join(quoted(name) for name in sheet.keys) or "rowid"
    return db.execute(f"SELECT {names} FROM {quoted(sheet.name)} ORDER BY {order}")


def _sheet(db: sqlite3.Connection, name: str, words: Words) -> Sheet:
    info = db.execute(f"PRAGMA table_info({quoted(name)})").fetchall()
    kind, group = _owner(db, name)
    told = _told(db, name, kind, group)
    columns = tuple(_column(name, column, stored, told, words) for _, column, stored, *_ in info)
    keys = tuple(column for _, column, _, _, _, n in sorted(info, key=lambda row: row[5]) if n)
    return Sheet(
        name, kind, *_named(db, name, kind, group, words), columns, keys, _whole_references(db, name)
    )


def _owner(db: sqlite3.Connection, name: str) -> tuple[str | None, str | None]:
    """The kind a table belongs to, and which of its fields, groups or computed tables it holds."""
    kinds = [kind for (kind,) in db.execute("SELECT kind FROM kind WHERE public = 1")]
    if name in kinds:
        return name, None
    owners = [kind for kind in kinds if name.startswith(f"{kind}_")]
    for kind in sorted(owners, key=len, reverse=True):
        return kind, name.removeprefix(f"{kind}_")
    if name == "deadline_moved":
        return "suggestion", name
    return None, None


def _told(
    db: sqlite3.Connection, name: str, kind: str | None, group: str | None
) -> dict[str, dict[str, Any]]:
    """What the data dictionary says of a table's columns, by column."""
    db_rows = db.execute("SELECT * FROM field WHERE kind IN (?, ?)", (name, kind))
    names = [each[0] for each in db_rows.description]
    told: dict[str, dict[str, Any]] = {}
    for row in (dict(zip(names, values, strict=True)) for values in db_rows):
        own = row["kind"] == name
        inner = row["field"].removeprefix(f"{group}.") if group else row["field"]
        if own or (group and row["field"] == f"{group}.{inner}"):
            told[row["field"] if own else inner] = row
    return told


def _column(table: str, name: str, stored: str, told: Mapping[str, dict[str, Any]], words: Words) -> Column:
    if row := told.get(name):
        choices = json.loads(row["choices"]) if row["choices"] else {}
        unit = {"zh": row["unit"] or "", "en": row["unit_en"] or ""}
        label = {"zh": row["label_zh"], "en": row["label_en"]}
        return Column(
            name,
            stored,
            row["type"],
            label,
            unit,
            choices,
            row["refers_to"],
            row["policy"],
            row["publish_when"],
        )
    keys = (f"data.column.{table}.{name}", f"data.column.{name}")
    key = next((key for key in keys if key in words.messages), None)
    kind = _OWN_TYPES.get(name) if stored != "TEXT" or name == "author" else None
    if table == "kind" and name in ("withheld", "author"):
        kind = "integer" if name == "withheld" else "string"
    if kind is None:
        kind = (
            "boolean" if name in _FLAGS and stored == "INTEGER"
            else "strings" if name in _JSON
            else {"INTEGER": "integer", "FLOAT": "number", "REAL": "number"}.get(stored, "string")
        )  # fmt: skip
    return Column(
        name,
        stored,
        kind,
        words.both(key) if key else {"zh": name, "en": name},
        refers_to="deputy" if kind == "reference" else None,
    )


def _named(
    db: sqlite3.Connection, name: str, kind: str | None, group: str | None, words: Words
) -> tuple[Label, Label]:
    """What a table is called, and what it is."""
    if kind and (kind == name or f"data.table.{name}" not in words.messages):
        row = db.execute(
            "SELECT label_zh, label_en, description_zh, description_en FROM kind WHERE kind = ?", (kind,)
        ).fetchone()
        label, about = {"zh": row[0], "en": row[1]}, {"zh": row[2], "en": row[3]}
        if kind == name:
            return label, about
        part = db.execute(
            "SELECT label_zh, label_en FROM field WHERE kind = ? AND field = ?", (kind, group)
        ).fetchone() or (name, name)
        both = {
            lang: words.say("data.table.group", lang, kind=label[lang], label=part[n])
            for n, lang in enumerate(("zh", "en"))
        }
        return both, both
    if f"data.table.{name}" in words.messages:
        return words.both(f"data.table.{name}"), words.both(f"data.table.{name}.description")
    return {"zh": name, "en": name}, {"zh": "", "en": ""}


def _whole_references(db: sqlite3.Connection, name: str) -> dict[str, str]:
    """The foreign keys of a table that hold for all of its rows: what is not public is named all the same."""
    found = {}
    for _, _, target, column, *_ in db.execute(f"PRAGMA foreign_key_list({quoted(name)})").fetchall():
        lost = db.execute(
            f"SELECT 1 FROM {quoted(name)} o WHERE {quoted(column)} IS NOT NULL AND NOT EXISTS"
            f" (SELECT 1 FROM {quoted(target)} t WHERE t.code = o.{quoted(column)}) LIMIT 1"
        ).fetchone()
        if lost is None:
            found[column] = target
    return dict(sorted(found.items()))


def quoted(name: str) -> str:
    """A name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'
