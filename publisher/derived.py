"""What public.db says of a record beyond what was filed: computed from public rows, and nothing else.

A kind that has a state gets the table `<kind>_state`, one row a record, so that a list page and Datasette
filter by the same values. They hold on the day of the release; the next one computes them anew. What happened
to records of a kind any number of times stands in a table of its own.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.rulebooks import Rulebook
from ledger.words import Words
from publisher.assembly import rows as assembly_rows
from publisher.computed import Column
from publisher.contact import rows as contact_rows
from publisher.correction import aside_columns
from publisher.duty import rows as duty_rows
from publisher.oversight import rows as oversight_rows
from publisher.project import rows as project_rows
from publisher.reading.datalinks import MANY
from publisher.reading.public import Public, read_public
from publisher.station import rows as station_rows
from publisher.suggestion import logs as suggestion_logs
from publisher.suggestion import moves as deadline_moves
from publisher.suggestion import rows as suggestion_rows

if TYPE_CHECKING:
    from sqlite_utils import Database

SUFFIX = "_state"


@dataclass(frozen=True)
class Derived:
    """The state of one kind: its columns, and a row for each public record of the kind.

    In lists `listed` columns stand before those of the form; `instead` names columns of the form that are
    left out of a page where a computed one says something. `first` names the column whose highest values
    come first. `tag` gives a shape to the first of the listed ones, and the columns that are told with it;
    `marks` are columns whose values are shapes themselves.
    """

    columns: tuple[Column, ...]
    rows: Callable[[Public, Rulebook], Iterator[Mapping[str, Any]]]
    listed: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    instead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    first: str | None = None
    tag: Callable[[Mapping[str, Any]], tuple[str, tuple[str, ...]]] | None = None
    marks: tuple[str, ...] = ()


DERIVED: Mapping[str, Derived] = {
    "suggestion": Derived(
        suggestion_rows.COLUMNS,
        suggestion_rows.rows,
        listed=("stage", "track", "handled_by", "due"),
        facets=("stage", "track", "handled_by", "topic", "grid"),
        instead={
            "stage": ("organ",),
            "handled_by": ("organ", "organ_as_written", "topic", "money_approved", "area_as_written"),
        },
        first="overdue",
        tag=suggestion_rows.tag,
        marks=("track",),
    ),
    project_rows.KIND: Derived(project_rows.COLUMNS, project_rows.rows, facets=("outcome",)),
    "activity": Derived(assembly_rows.ACTIVITY_COLUMNS, assembly_rows.of_activities, facets=("stage",)),
    "term_transition": Derived(assembly_rows.TERM_COLUMNS, assembly_rows.of_terms),
    station_rows.KIND: Derived(station_rows.COLUMNS, station_rows.rows),
    station_rows.OPINION: Derived(
        station_rows.OPINION_COLUMNS, station_rows.opinions, facets=("reached", "told")
    ),
    **{
        kind: Derived(columns, rows, listed=(columns[0].name,), facets=(columns[0].name,))
        for kind, (columns, rows) in oversight_rows.STATES.items()
    },
}


@dataclass(frozen=True)
class Log:
    """What happened to records of a kind: its columns, and rows with the record's `code` and a number `n`."""

    kind: str
    columns: tuple[Column, ...]
    rows: Callable[[Public, Rulebook], Iterator[Mapping[str, Any]]]


LOGS: Mapping[str, Log] = {
    deadline_moves.TABLE: Log("suggestion", deadline_moves.COLUMNS, deadline_moves.rows),
    suggestion_logs.BY_ORGAN: Log("suggestion", suggestion_logs.BY_ORGAN_COLUMNS, suggestion_logs.by_organ),
    suggestion_logs.PROMISED: Log("suggestion", suggestion_logs.PROMISED_COLUMNS, suggestion_logs.promised),
    suggestion_logs.CONTRADICTION: Log(
        "suggestion", suggestion_logs.CONTRADICTION_COLUMNS, suggestion_logs.contradicted
    ),
    duty_rows.TABLE: Log("deputy", duty_rows.COLUMNS, duty_rows.rows),
    contact_rows.TABLE: Log(contact_rows.KIND, contact_rows.COLUMNS, contact_rows.deputies),
    contact_rows.ONES_TABLE: Log(contact_rows.KIND, contact_rows.ONES_COLUMNS, contact_rows.ones),
    contact_rows.SENT_TABLE: Log(contact_rows.LINKAGE, contact_rows.SENT_COLUMNS, contact_rows.sent),
    project_rows.VILLAGE: Log(project_rows.KIND, project_rows.VILLAGE_COLUMNS, project_rows.villages),
    assembly_rows.PLANNED: Log("annual_plan", assembly_rows.PLANNED_COLUMNS, assembly_rows.planned),
}
"""By the name of the table."""


def table_of(kind: str) -> str:
    """What the table of a kind's state is called."""
    return f"{kind}{SUFFIX}"


def made() -> tuple[str, ...]:
    """Every table that stands in public.db beside the rows of records."""
    return (*(table_of(kind) for kind in DERIVED), *LOGS)


def add(path: Path, rulebook: Rulebook, words: Words) -> None:
    """Write all that is computed into a public.db that is still being made."""
    from publisher.out.public_db import opened  # who only reads what is computed needs nothing that writes it

    public = read_public(path)
    with opened(path) as db:
        for kind, derived in DERIVED.items():
            if kind in public.rows:
                rows = derived.rows(public, rulebook)
                _write(db, table_of(kind), kind, derived.columns, rows, words, key=("code",))
        for table, log in LOGS.items():
            if log.kind in public.rows:
                rows = log.rows(public, rulebook)
                _write(db, table, log.kind, log.columns, rows, words, key=("code", "n"))
        for table, columns in aside_columns.TABLES.items():
            db.table("field").insert_all(_dictionary(table, columns, words))


def _write(
    db: Database,
    table: str,
    kind: str,
    columns: Sequence[Column],
    rows: Iterable[Mapping[str, Any]],
    words: Words,
    *,
    key: tuple[str, ...],
) -> None:
    typed: dict[str, type] = {name: int if name == "n" else str for name in key}
    typed |= {each.name: int if each.is_number else str for each in columns}
    db.create_table(table, typed, pk=key if len(key) > 1 else key[0], foreign_keys=[("code", kind, "code")])
    names = (*key, *(each.name for each in columns))
    db.table(table).insert_all({name: _cell(row.get(name)) for name in names} for row in rows)
    db.table("field").insert_all(_dictionary(table, columns, words))


def days(path: Path) -> Iterator[str]:
    """Every day in a computed column: the rules count to it, and it may be a withheld one by chance."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as db:
        there = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for table, own in _columns().items():
            for each in own:
                if each.type == "date" and table in there:
                    found = db.execute(f'SELECT DISTINCT "{each.name}" FROM "{table}"')
                    yield from (day for (day,) in found if day)


def described(words: Words) -> dict[str, dict[str, dict[str, Any]]]:
    """What the interface of Datasette needs to say each computed column in words, by table."""
    return {table: {each.name: _said(each, words) for each in own} for table, own in _columns().items()}


def _columns() -> Mapping[str, Sequence[Column]]:
    """The computed columns of each table."""
    columns = {table_of(kind): derived.columns for kind, derived in DERIVED.items()}
    return columns | {table: log.columns for table, log in LOGS.items()} | dict(aside_columns.TABLES)


def _said(column: Column, words: Words) -> dict[str, Any]:
    choices = {value: words.say(f"{column.said}.{value}") for value in column.values}
    return {
        "type": column.type,
        **({"refers_to": column.refers_to} if column.refers_to else {}),
        **({"choices": choices} if choices else {}),
    }


def facets(kind: str) -> list[Any]:
    """The groupings of a state that Datasette offers unasked."""
    columns = {each.name: each for each in DERIVED[kind].columns}
    own = [columns[name] for name in DERIVED[kind].facets if name in columns]
    return [{"array": each.name} if each.type in MANY else each.name for each in own]


def _dictionary(table: str, columns: Sequence[Column], words: Words) -> Iterator[dict[str, Any]]:
    """The columns as the data dictionary says them."""
    for n, each in enumerate(columns):
        label = words.both(f"data.column.{table}.{each.name}")
        said = {value: words.both(f"{each.said}.{value}") for value in each.values}
        yield {
            "kind": table,
            "field": each.name,
            "n": n,
            "label_zh": label["zh"],
            "label_en": label["en"],
            "policy": "full",
            "type": each.type,
            "unit": each.unit["zh"] if each.unit else None,
            "unit_en": each.unit["en"] if each.unit else None,
            "required": 0,
            "refers_to": each.refers_to,
            "choices": json.dumps(said, ensure_ascii=False, separators=(",", ":")) if said else None,
            "publish_when": None,
            "forget_after": None,
        }


def _cell(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return json.dumps(list(value), ensure_ascii=False, separators=(",", ":")) if value else None
    return int(value) if isinstance(value, bool) else value
