"""Full-text search that finds Chinese: an index of 1 to 4 characters in a row, and the query that fits it.

SQLite's own tokenizers find nothing, and say nothing, for a word of two Chinese characters. Here every run
of Han characters is written into a contentless FTS5 table as all its pieces of 1 to 4 characters, so that
any substring that long is one token; a longer one becomes its overlapping pieces of four, all of which must
be there. A plain Datasette without our plugin still finds up to four characters.
"""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from publisher.data.plugins.hook import last
from publisher.data.sql import quoted

if TYPE_CHECKING:
    import sqlite_utils

    from ledger.fields import Field
    from ledger.forms import Form

LONGEST = 4
HAN = "\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")
_IS_HAN = re.compile(f"[{HAN}]").match
_RESERVED = {"rank", "rowid"}
"""Names that FTS5 keeps for itself."""


def runs(text: str) -> list[str]:
    """The words of a text: runs of Han characters, and of other letters and digits.

    >>> runs("３号楼加装电梯（ZF-2026-7KQ4）")
    ['3', '号楼加装电梯', 'ZF', '2026', '7KQ4']
    """
    return _RUN.findall(unicodedata.normalize("NFKC", text))


def is_han(run: str) -> bool:
    """Is this a run of Han characters?"""
    return _IS_HAN(run) is not None


def grams(text: str) -> str:
    """A text as it is indexed.

    >>> grams("养老 bus")
    '养 养老 老 bus'
    """
    return " ".join(map(_pieces, runs(text)))


@lru_cache(maxsize=65_536)  # the same places, choices and turns of phrase stand in record after record
def _pieces(run: str) -> str:
    if not is_han(run):
        return run
    end = len(run)
    return " ".join([run[at:to] for at in range(end) for to in range(at + 1, min(at + LONGEST, end) + 1)])


def escape_fts(query: object) -> str:
    """What a person typed, as a query to the index: every word must be there.

    >>> escape_fts("老旧小区加装 bus")
    '"老旧小区" "旧小区加" "小区加装" "bus"'
    >>> escape_fts('" OR *')
    '"OR"'
    """
    terms: list[str] = []
    for run in runs(str(query or "")):
        if is_han(run) and len(run) > LONGEST:
            terms += [run[start : start + LONGEST] for start in range(len(run) - LONGEST + 1)]
        else:
            terms.append(run)
    return " ".join(f'"{term}"' for term in dict.fromkeys(terms)) or '""'


@last
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Datasette's `_search=` asks through this function."""
    conn.create_function("escape_fts", 1, escape_fts, deterministic=True)


def table_name(kind: str) -> str:
    """The index of a kind."""
    return f"{kind}_fts"


def index(db: sqlite_utils.Database | sqlite3.Connection, forms: Mapping[str, Form]) -> None:
    """Index every kind's public texts, out of public.db alone. The same rows give the same bytes.

    Ask for it when all rows are in: the index refers to them by rowid.
    """
    conn = db if isinstance(db, sqlite3.Connection) else db.conn
    assert conn is not None
    tables = {name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    titles = _titles(conn, [kind for kind in forms if kind in tables])
    for kind, form in forms.items():
        if kind in tables:
            _index(conn, form, tables, titles)


def _titles(conn: sqlite3.Connection, kinds: list[str]) -> dict[str, str]:
    return {
        code: title
        for kind in kinds
        if {"code", "title"} <= set(_columns(conn, kind))
        for code, title in conn.execute(f"SELECT code, title FROM {quoted(kind)}")
        if title
    }


def _columns(conn: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in conn.execute(f"PRAGMA table_info({quoted(table)})")]


def _index(conn: sqlite3.Connection, form: Form, tables: set[str], titles: Mapping[str, str]) -> None:
    columns = [
        name for name in _columns(conn, form.kind) if name in ("code", "title") or _is_text(form, name)
    ]
    groups = {
        each.name: f"{form.kind}_{each.name}"
        for each in form.published
        if each.each and f"{form.kind}_{each.name}" in tables
    }
    texts = {
        name: _group_texts(conn, table, form.fields[name].each, titles) for name, table in groups.items()
    }
    names = [*columns, *groups]
    fts = quoted(table_name(form.kind))
    declared = ", ".join(quoted(f"{name}_" if name in _RESERVED else name) for name in names)
    conn.execute(
        f"CREATE VIRTUAL TABLE {fts} USING fts5({declared}, content='', detail=column, tokenize='unicode61')"
    )
    selected = ", ".join(map(quoted, columns))
    rows = conn.execute(f"SELECT rowid, code, {selected} FROM {quoted(form.kind)} ORDER BY rowid").fetchall()
    conn.executemany(
        f"INSERT INTO {fts} (rowid, {declared}) VALUES ({', '.join('?' * (len(names) + 1))})",
        (
            (
                rowid,
                *(
                    grams(_said(form.fields.get(name), value, titles))
                    for name, value in zip(columns, values, strict=True)
                ),
                *(grams(texts[name].get(code, "")) for name in groups),
            )
            for rowid, code, *values in rows
        ),
    )
    conn.execute(f"INSERT INTO {fts} ({fts}) VALUES ('optimize')")


def _is_text(form: Form, name: str) -> bool:
    """Is there anything to read in this column?"""
    field = form.fields.get(name)
    if field is None or field.publish in ("never", "counted") or field.each:
        return name == "author"
    items: Any = field.schema.get("items", {})
    return bool(field.schema["type"] == "string") or (
        field.schema["type"] == "array" and items.get("type", "string") == "string"
    )


def _said(field: Field | None, value: object, titles: Mapping[str, str]) -> str:
    """A value as a reader would look for it: choices by their labels, references by their titles too."""
    if value is None:
        return ""
    many = field is not None and field.schema["type"] == "array"
    said: list[str] = []
    for one in map(str, json.loads(str(value)) if many else [value]):
        if field is not None and one in field.choices:
            said += field.choices[one].values()
        else:
            said.append(one)
            if one in titles:
                said.append(titles[one])
    return "\n".join(said)


def _group_texts(
    conn: sqlite3.Connection, table: str, fields: Mapping[str, Field], titles: Mapping[str, str]
) -> dict[str, str]:
    """All that is written in the rows of a repeat group, by the record they belong to."""
    columns = [name for name in _columns(conn, table) if name not in ("code", "n")]
    texts: dict[str, str] = {}
    for code, *values in conn.execute(
        f"SELECT code, {', '.join(map(quoted, columns))} FROM {quoted(table)} ORDER BY code, rowid"
    ):
        said = "\n".join(
            _said(fields.get(name), value, titles)
            for name, value in zip(columns, values, strict=True)
            if isinstance(value, str)
        )
        texts[code] = f"{texts[code]}\n{said}" if code in texts else said
    return texts
