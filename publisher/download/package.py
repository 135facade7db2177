"""datapackage.json: what every file of a release is, for programs (Data Package v2)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from ledger.congress import Congress
from ledger.words import Words
from publisher.download.sheet import Column, Sheet, quoted

PROFILE = "https://datapackage.org/profiles/2.0/"
CODE = r"^[A-Z]{2,4}-\d{4}-[0-9A-Z]{4}$"
DAY_OR_MONTH = r"^\d{4}-\d{2}(-\d{2})?$"
_DIGITS = "[0-9]"
_DAY = "-".join((_DIGITS * 4, _DIGITS * 2, _DIGITS * 2))
_MONTH = "-".join((_DIGITS * 4, _DIGITS * 2))
MEDIA: Mapping[str, tuple[str, str]] = {
    "csv": ("csv", "text/csv"),
    "excel.csv": ("csv", "text/csv"),
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ndjson": ("ndjson", "application/x-ndjson"),
    "db": ("sqlite", "application/vnd.sqlite3"),
    "db.gz": ("sqlite", "application/gzip"),
    "json": ("json", "application/json"),
    "txt": ("txt", "text/plain"),
    "py": ("py", "text/x-python"),
}


@dataclass(frozen=True)
class File:
    """One file as it lies in the release."""

    path: str
    bytes: int
    sha256: str
    sheet: Sheet | None = None

    @property
    def format(self) -> str:
        """What stands behind the first dot of its name."""
        return self.path.partition(".")[2]


def descriptor(
    files: Sequence[File],
    db: sqlite3.Connection,
    release: Mapping[str, Any],
    congress: Congress,
    words: Words,
) -> dict[str, Any]:
    """The whole of datapackage.json."""
    www = congress.addresses["www"]
    day = datetime.combine(datetime.fromisoformat(release["as_of"]), time(), ZoneInfo(congress.timezone))
    return {
        "$schema": f"{PROFILE}datapackage.json",
        "name": "mingbai",
        "title": words.say("site.download.package", "zh", congress=congress.name["zh"]),
        "description": _both(words, "site.download.package.description", as_of=release["as_of"]),
        "homepage": f"{www}/",
        "version": release["id"],
        "created": day.isoformat(),
        "keywords": ["人大", "people's congress", "open data"],
        "licenses": [licence(www, words)],
        "sources": [{"title": f"{congress.name['zh']} {congress.name['en']}", "path": f"{www}/"}],
        "contributors": [{"title": congress.name["zh"], "roles": ["publisher"]}],
        "position": release["position"],
        "chain": release["chain"],
        "resources": list(_resources(files, db, words)),
    }


def licence(www: str, words: Words) -> dict[str, str]:
    """Under which terms all of it may be used."""
    return {"title": _both(words, "data.licence"), "path": f"{www}/download.html"}


def _both(words: Words, key: str, **params: object) -> str:
    return " ".join(words.say(key, lang, **params) for lang in ("zh", "en"))


def _resources(files: Sequence[File], db: sqlite3.Connection, words: Words) -> Iterator[dict[str, Any]]:
    """A resource for each table, its CSV, and one for each file that holds no single table.

    The other shapes of a table's rows stand with it as `alternatives`: by the standard a resource is read as
    a table wherever its name looks like one, and the same rows would count four times.
    """
    shapes: dict[str, list[File]] = {}
    for file in files:
        if file.sheet and file.format != "csv":
            shapes.setdefault(file.sheet.name, []).append(file)
    for file in files:
        if file.sheet is None:
            yield {"name": file.path.lower(), "title": file.path, **_told(file, words)}
        elif file.format == "csv":
            yield {
                "name": file.sheet.name,
                "type": "table",
                "title": f"{file.sheet.label['zh']} {file.sheet.label['en']}",
                **_told(file, words),
                "description": _about(file.sheet),
                "schema": schema(file.sheet, db, words),
                "alternatives": [_told(other, words) for other in shapes.get(file.sheet.name, ())],
            }


def _told(file: File, words: Words) -> dict[str, Any]:
    """What is said of any file."""
    suffix = file.format if file.format in MEDIA else file.format.rpartition(".")[2]
    format, media = MEDIA[suffix]
    made = {
        "path": file.path,
        "description": _both(words, f"site.download.what.{suffix.replace('.', '_')}"),
        "format": format,
        "mediatype": media,
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
    }
    return made | ({"encoding": "utf-8"} if format in ("csv", "json", "ndjson", "txt", "py") else {})


def _about(sheet: Sheet) -> str:
    return " ".join(dict.fromkeys(sheet.description[lang] for lang in ("zh", "en"))).strip() or sheet.name


def schema(sheet: Sheet, db: sqlite3.Connection, words: Words) -> dict[str, Any]:
    """What the columns of a table hold: only what is true of every row."""
    odd, keys = _odd(sheet, db), () if _has_empty_keys(sheet, db) else sheet.keys
    made: dict[str, Any] = {
        "$schema": f"{PROFILE}tableschema.json",
        "fields": [
            _field(column, column.name in odd, column.name in keys, words) for column in sheet.columns
        ],
        "missingValues": [""],
    }
    if keys:
        made["primaryKey"] = list(keys)
    if sheet.references:
        made["foreignKeys"] = [
            {
                "fields": [column],
                "reference": {"fields": ["code"]}
                if target == sheet.name
                else {"resource": target, "fields": ["code"]},
            }
            for column, target in sheet.references.items()
        ]
    return made


def _field(column: Column, odd: bool, is_key: bool, words: Words) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    made: dict[str, Any] = {"name": column.name, "title": column.label["zh"], "type": "string"}
    made["description"] = described(column, words)
    match column.type:
        case "integer" | "number":
            made["type"] = "any" if odd else column.type
        case "money":
            made |= {"type": "any" if odd else "integer", "unit": "0.01 CNY"}
        case "boolean":
            made |= {"type": "any"} if odd else {"type": "boolean", "trueValues": ["1"], "falseValues": ["0"]}
        case "choices" | "references" | "strings":
            made["type"] = "any" if odd else "array"
        case "date" if column.policy == "month":
            made["type"] = "string" if odd else "yearmonth"
        case "date":
            made["type"] = "string" if odd else "date"
        case "choice" if not odd:
            constraints["enum"] = list(column.choices)
    if column.name in ("filed_on", "corrected_on") and not odd:
        constraints["pattern"] = DAY_OR_MONTH
    if column.name == "code" and is_key and not odd:
        constraints["pattern"] = CODE
    if column.type == "choice" and column.choices:
        made["categories"] = [
            {"value": value, "label": label["zh"]} for value, label in column.choices.items()
        ]
    if is_key:
        constraints["required"] = True
    if column.unit["zh"] and "unit" not in made:
        made["unit"] = column.unit["zh"]
    if column.refers_to:
        made["refersTo"] = column.refers_to
    if constraints:
        made["constraints"] = constraints
    return made


def described(column: Column, words: Words) -> str:
    """A column in Chinese, then in English: what it is, its unit, its codes, how far it is public."""
    return " ".join(said(column, words, lang) for lang in ("zh", "en"))


def said(column: Column, words: Words, lang: str) -> str:
    """A column in one language."""
    stop, comma, gap = ("。", "，", "") if lang == "zh" else (". ", ", ", " ")
    parts = [column.label[lang] + stop.strip()]
    if column.type == "money":
        parts.append(words.say("data.cents", lang))
    elif column.unit[lang]:
        parts.append(words.say("site.download.unit", lang, unit=column.unit[lang]))
    if column.choices:
        values = comma.join(f"{value} = {label[lang]}" for value, label in column.choices.items())
        parts.append(words.say("data.values", lang, values=values))
    if column.refers_to:
        parts.append(words.say("site.download.refers", lang, kind=column.refers_to))
    if column.is_list:
        parts.append(words.say("site.download.list", lang))
    if column.policy:
        parts.append(words.say(f"data.policy.{column.policy}", lang))
    if column.publish_when:
        parts.append(words.say("site.download.when", lang, when=column.publish_when))
    return gap.join(parts)


def _has_empty_keys(sheet: Sheet, db: sqlite3.Connection) -> bool:
    """Whether a key has an empty part: in CSV that reads as nothing, and a key may not hold nothing."""
    if not sheet.keys:
        return False
    empty = " OR ".join(f"{quoted(name)} = ''" for name in sheet.keys)
    return db.execute(f"SELECT 1 FROM {quoted(sheet.name)} WHERE {empty} LIMIT 1").fetchone() is not None


def _odd(sheet: Sheet, db: sqlite3.Connection) -> set[str]:
    """Columns with a value that is not of their type: it was filed before the field asked for that."""
    asked = list(_asked(sheet))
    if not asked:
        return set()
    sums = ", ".join(f"coalesce(max({condition}), 0)" for _, condition, _ in asked)
    given = [value for *_, values in asked for value in values]
    row = db.execute(f"SELECT {sums} FROM {quoted(sheet.name)}", given).fetchone()
    return {name for (name, *_), found in zip(asked, row, strict=True) if found}


def _asked(sheet: Sheet) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """For a column: the SQL that is true of a value not of its type, and what it is given."""
    for column in sheet.columns:
        name = quoted(column.name)
        there = f"{name} IS NOT NULL AND"
        if column.name in ("filed_on", "corrected_on"):
            yield column.name, f"{there} NOT ({name} GLOB ? OR {name} GLOB ?)", (_DAY, _MONTH)
        elif column.name == "code":
            yield column.name, f"{there} {name} NOT GLOB ?", (f"[A-Z][A-Z]*-{_DIGITS * 4}-????",)
        elif column.type == "date" and column.policy == "month":
            yield column.name, f"{there} {name} NOT GLOB ?", (_MONTH,)
        elif column.type == "date":
            yield column.name, f"{there} (date({name}) IS NOT {name})", ()
        elif column.type == "choice" and column.choices:
            places = ", ".join("?" * len(column.choices))
            yield column.name, f"{there} {name} NOT IN ({places})", tuple(column.choices)
        elif column.type in ("integer", "money", "boolean"):
            yield column.name, f"{there} typeof({name}) <> 'integer'", ()
        elif column.type == "number":
            yield column.name, f"{there} typeof({name}) NOT IN ('integer', 'real')", ()
        elif column.is_list:
            yield column.name, f"{there} NOT (json_valid({name}) AND substr({name}, 1, 1) = '[')", ()
