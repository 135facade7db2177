"""One value of a table, as a program reads it and as a person does."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from publisher.download.sheet import Column
from publisher.reading.shown import label, together

Titles = Mapping[str, str]
Cell = str | int | float | Decimal | None


def as_json(column: Column) -> Callable[[Any], Any]:
    """How a column's stored values are said in JSON: lists as lists, yes and no as true and false."""
    if column.is_list:
        return lambda value: None if value is None else json.loads(value)
    if column.type == "boolean":
        return lambda value: None if value is None else bool(value)
    return lambda value: value


def in_table(column: Column, titles: Titles) -> Callable[[Any], Cell]:
    """How they are said to a person who calculates with them: numbers stay numbers, codes become words."""
    match column.type:
        case "choice":
            return lambda value: value and label(column.choices, value)
        case "choices":
            return lambda value: value and together(label(column.choices, each) for each in json.loads(value))
        case "reference":
            return lambda value: value and named(value, titles)
        case "references":
            return lambda value: value and together(named(each, titles) for each in json.loads(value))
        case "strings":
            return lambda value: value and together(json.loads(value))
        case "money":
            return lambda value: None if value is None else yuan(value)
        case "boolean":
            return lambda value: None if value is None else "是" if value else "否"
        case "date-time":
            return lambda value: value and str(value).replace("T", " ")
    return lambda value: value


def named(code: str, titles: Titles) -> str:
    """Another record by its title, with its code, for titles repeat.

    >>> named("WG-2026-7KQ4", {"WG-2026-7KQ4": "柳河村"}), named("WG-2026-7KQ5", {})
    ('柳河村（WG-2026-7KQ4）', 'WG-2026-7KQ5')
    """
    return f"{titles[code]}（{code}）" if titles.get(code, code) != code else code


def yuan(cents: int) -> Decimal:
    """Whole cents as yuan, exactly.

    >>> yuan(123456789), yuan(-5)
    (Decimal('1234567.89'), Decimal('-0.05'))
    """
    return Decimal(cents).scaleb(-2)


def heading(column: Column) -> str:
    """What stands above a column for a person: its label with the unit its numbers are in.

    >>> heading(Column("n", "INTEGER", "integer", {"zh": "户数"}, {"zh": "户"}))
    '户数（户）'
    """
    unit = "元" if column.type == "money" else column.unit["zh"]
    return column.label["zh"] + (f"（{unit}）" if unit else "")
