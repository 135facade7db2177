"""A mapping file says which column of a foreign file is which field of a form, and how to read its cells."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping as Of
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector.cells import MONEY, as_date, as_field_wants, cents, is_blank, same, storable, stripped
from collector.record_files import COPIES
from collector.tables import Cell, Layout, Row, Table
from ledger.entries import RECORDS
from ledger.forms import Form
from ledger.problems import Problem, Problems, did_you_mean
from ledger.strict_yaml import Source, read_yaml

KEYS = (
    "kind",
    "source",
    "rows",
    "sheet",
    "encoding",
    "delimiter",
    "strip",
    "unanswered",
    "constants",
    "fields",
    "left_out",
)
FIELD_KEYS = ("column", "strip", "unanswered", "split", "money", "date", "values")


@dataclass(frozen=True)
class Column:
    """How one field is read out of one column."""

    field: str
    column: str
    strip: bool = True
    unanswered: tuple[Any, ...] = ()
    split: re.Pattern[str] | None = None
    money: str | None = None
    date: str | None = None
    values: Of[str, Any] | None = None


@dataclass(frozen=True)
class Mapping:
    """A mapping file that has been read and fits its form."""

    kind: str
    source: str
    layout: Layout
    constants: Of[str, Any]
    columns: tuple[Column, ...]
    left_out: Of[str, str]
    file: Source

    def digest(self, row: Row) -> str:
        """What a row says in the mapped columns, before any reading of it: its key within the source."""
        names = sorted({each.column for each in self.columns})
        said = [[name, row.cells.get(name)] for name in names] + [[None, cell] for cell in row.surplus]
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"), default=str)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Fault:
    """A cell that could not be read as the mapping says; the answer keeps the cell as it is."""

    field: str
    key: str
    params: Of[str, Any]


def read_mapping(path: Path, forms: Of[str, Form]) -> Mapping:
    """Read a mapping file; raises all its Problems at once."""
    return mapping_of(read_yaml(path), forms)


def mapping_of(file: Source, forms: Of[str, Form]) -> Mapping:
    """A mapping out of a text that has been read; raises Problems."""
    if not isinstance(file.value, dict):
        raise Problems([file.problem((), "must be a mapping. Begin with 'kind:'.")])
    if problems := _shape_faults(file) or _form_faults(file, forms):
        raise Problems(problems)
    said = file.value
    common = {key: said[key] for key in ("strip", "unanswered") if key in said}
    layout = {key: said[key] for key in ("rows", "sheet", "encoding", "delimiter") if key in said}
    return Mapping(
        kind=said["kind"],
        source=said["source"],
        layout=Layout(**layout),
        constants=said.get("constants", {}),
        columns=tuple(_column(name, each, common) for name, each in said["fields"].items()),
        left_out=said.get("left_out", {}),
        file=file,
    )


def fit(mapping: Mapping, table: Table) -> None:
    """Every column of the file is mapped or left out by name, and none is missing; else Problems."""
    used = {each.column for each in mapping.columns}
    there = ", ".join(table.columns)
    problems = [
        mapping.file.problem(
            ("fields", each.field), f"the file has no column '{each.column}'. It has: {there}."
        )
        for each in mapping.columns
        if each.column not in table.columns
    ]
    problems += [
        mapping.file.problem(
            (), f"says nothing of the column '{name}'. Map it, or name it under 'left_out:' and say why."
        )
        for name in table.columns
        if name not in used and name not in mapping.left_out
    ]
    problems += [
        mapping.file.problem(
            ("left_out", name), f"the file has no column '{name}'. Take it out. It has: {there}."
        )
        for name in mapping.left_out
        if name not in table.columns
    ]
    if problems:
        raise Problems(problems)


def answers_of(mapping: Mapping, form: Form, row: Row) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """A row as answers, in the form's order, and the cells that could not be read."""
    answers: dict[str, Any] = dict(mapping.constants)
    faults: list[Fault] = []
    for each in mapping.columns:
        value, fault = _read(each, form, row.cells.get(each.column))
        if value is not None:
            answers[each.field] = storable(value)
        if fault:
            faults.append(fault)
    ordered = {name: answers[name] for name in form.fields if name in answers}
    if row.surplus:
        ordered["surplus_cells"] = storable("\n".join(str(cell) for cell in row.surplus))
        faults.append(
            Fault("surplus_cells", "import.surplus_cells", {"cells": " | ".join(map(str, row.surplus))})
        )
    return ordered, tuple(faults)


def _read(how: Column, form: Form, cell: Cell) -> tuple[Any, Fault | None]:
    """One answer, or None where the cell says nothing."""
    field = form.fields[how.field]
    many = field.schema["type"] == "array"
    parts = _parts(how, cell) if many else [stripped(cell, how.strip)]
    said = [_mapped(how, part) for part in parts if not is_blank(part) and not same(part, how.unanswered)]
    values = [value for value in said if value is not None]
    if not values:
        return None, None
    if how.money:
        exact = cents(values[0], how.money)
        if exact is None:
            return as_field_wants(field, values[0]), Fault(
                how.field, "import.not_cents", {"label": field.label, "cell": str(values[0])}
            )
        return exact, None
    if how.date and (day := as_date(values[0], how.date)):
        return day, None
    read = [as_field_wants(field, value) for value in values]
    return (read if many else read[0]), None


def _parts(how: Column, cell: Cell) -> list[Cell]:
    if how.split and isinstance(cell, str):
        return [stripped(part, how.strip) for part in how.split.split(stripped(cell, how.strip))]
    return [stripped(part, how.strip) for part in (cell if isinstance(cell, list) else [cell])]


def _mapped(how: Column, part: Cell) -> Any:
    return (how.values or {}).get(str(part), part)


def _column(name: str, said: Any, common: Of[str, Any]) -> Column:
    here = {"column": said} if isinstance(said, str) else said
    rest = {**common, **here, "unanswered": (*common.get("unanswered", ()), *here.get("unanswered", ()))}
    if "split" in rest:
        rest["split"] = re.compile(rest["split"])
    return Column(field=name, **rest)


def _shape_faults(file: Source) -> list[Problem]:
    said = file.value
    problems = [
        file.problem((key,), f"is not known here. {did_you_mean(key, KEYS)}Use one of: {', '.join(KEYS)}.")
        for key in said
        if key not in KEYS
    ]
    for key in ("kind", "source", "fields"):
        if key not in said:
            problems.append(file.problem((), f"has no {key}. Add it."))
    for key in ("kind", "source", "rows", "sheet", "encoding", "delimiter"):
        if key in said and not (isinstance(said[key], str) and said[key]):
            problems.append(file.problem((key,), "must be text. Put it in quotes."))
    if len(said.get("delimiter", ",")) != 1:
        problems.append(file.problem(("delimiter",), "must be one character, such as ';' or \"\\t\"."))
    for key in ("fields", "constants", "left_out"):
        if not isinstance(said.get(key, {}), dict):
            problems.append(file.problem((key,), "must be a mapping: one line for each name."))
    for name, reason in _items(said.get("left_out")):
        if not (isinstance(reason, str) and reason.strip()):
            problems.append(
                file.problem(("left_out", name), "has no reason. Say in a few words why it is left out.")
            )
    if (taken := said.get("source")) in (RECORDS, COPIES):
        problems.append(file.problem(("source",), f"'{taken}' stands for record files. Take another name."))
    problems += _reading_faults(file, (), said)
    for name, each in _items(said.get("fields")):
        problems += _field_faults(file, name, each)
    return problems


def _field_faults(file: Source, name: str, said: Any) -> list[Problem]:
    at = ("fields", name)
    if isinstance(said, str):
        return []
    if not isinstance(said, dict) or not isinstance(said.get("column"), str):
        return [file.problem(at, "names no column. Write the column's name, or {column: …} with more.")]
    unknown = [
        file.problem(
            (*at, key),
            f"is not known here. {did_you_mean(key, FIELD_KEYS)}Use one of: {', '.join(FIELD_KEYS)}.",
        )
        for key in said
        if key not in FIELD_KEYS
    ]
    return unknown + _reading_faults(file, at, said)


def _reading_faults(file: Source, at: tuple[str, ...], said: Of[str, Any]) -> list[Problem]:
    problems = []
    if not isinstance(said.get("strip", True), bool):
        problems.append(file.problem((*at, "strip"), "must be true or false."))
    if not isinstance(said.get("unanswered", []), list):
        problems.append(file.problem((*at, "unanswered"), "must be a list, such as [0, '-']."))
    if not isinstance(said.get("values", {}), dict):
        problems.append(
            file.problem((*at, "values"), "must be a mapping: what the file says, and what it means.")
        )
    if "money" in said and said["money"] not in MONEY:
        problems.append(file.problem((*at, "money"), f"must be the unit of the column: {', '.join(MONEY)}."))
    if not isinstance(said.get("date", ""), str):
        problems.append(file.problem((*at, "date"), "must be how dates are written, such as '%Y/%m/%d'."))
    try:
        re.compile(said.get("split", ""))
    except (re.error, TypeError) as error:
        problems.append(file.problem((*at, "split"), f"is not a regular expression ({error}). Mend it."))
    return problems


def _form_faults(file: Source, forms: Of[str, Form]) -> list[Problem]:
    said = file.value
    form = forms.get(said["kind"])
    if form is None:
        return [
            file.problem(
                ("kind",), f"there is no form '{said['kind']}'. There are: {', '.join(sorted(forms))}."
            )
        ]
    problems = [
        file.problem(
            (part, name),
            f"the form has no field '{name}'. {did_you_mean(name, form.fields)}See {form.kind}.yaml.",
        )
        for part in ("fields", "constants")
        for name in said.get(part, {})
        if name not in form.fields
    ]
    for name in said.get("constants", {}):
        if name in said["fields"]:
            problems.append(
                file.problem(("constants", name), "is also under 'fields:'. Keep one of the two.")
            )
    for name, each in said["fields"].items():
        problems += [file.problem(("fields", name), what) for what in _misfits(form, name, each)]
    return problems


def _misfits(form: Form, name: str, said: Any) -> Sequence[str]:
    field = form.fields.get(name)
    if field is None:
        return []
    how = said if isinstance(said, dict) else {}
    faults = []
    if field.each:
        faults.append("is a repeat group, which no single column holds. Use record files for it.")
    if field.shown_as == "money" and "money" not in how:
        faults.append(
            f"is money. Say in which unit the column is: 'money: yuan', or one of {', '.join(MONEY)}."
        )
    if "money" in how and field.schema["type"] != "integer":
        faults.append("has 'money:' but is not a whole number of cents in the form. Take 'money:' out.")
    if "split" in how and field.schema["type"] != "array":
        faults.append("has 'split:' but takes one answer only. Take 'split:' out.")
    return faults


def _items(said: Any) -> list[tuple[str, Any]]:
    return list(said.items()) if isinstance(said, dict) else []
