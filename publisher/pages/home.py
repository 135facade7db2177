"""The home page and the page about the data: figures with their denominators and rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from publisher.pages.lists import in_order
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import REFERENCES, Kind, Public, listed

LATEST = 4
REGISTERS = 2  # how many registers a kind's figures speak of
AUTHORS = "deputy"


def home_data(public: Public, links: DataLinks, lang: str) -> dict[str, Any]:
    """What the home page's template is given."""
    year = public.release["as_of"][:4]
    events = _events(public)
    return {
        "as_of": public.release["as_of"],
        "year": year,
        "held": public.release["held"],
        "registers": [
            {
                "label": kind.label[lang],
                "count": len(public.rows[kind.name]),
                "href": f"{kind.name}/index.html",
            }
            for kind in public.shown
            if kind.register
        ],
        "events": [_latest(public, kind, year, lang) for kind in events],
        "figures": [figure for kind in events for figure in figures(public, kind, year, links, lang)],
        "data": links.home(),
    }


def _events(public: Public) -> list[Kind]:
    """The kinds that stand on the home page: of a group only the one that leads it."""
    events = sorted((kind for kind in public.shown if not kind.register), key=lambda kind: kind.place)
    leading = {kind.group["zh"]: kind.name for kind in reversed(events) if kind.group}
    return [kind for kind in events if not kind.group or leading[kind.group["zh"]] == kind.name]


def _latest(public: Public, kind: Kind, year: str, lang: str) -> dict[str, Any]:
    rows = sorted(in_order(public, kind), key=kind.date, reverse=True)
    return {
        "label": kind.label[lang],
        "href": f"{kind.name}/index.html",
        "total": len(rows),
        "this_year": sum(kind.date(row).startswith(year) for row in rows),
        "items": [
            {
                "text": row["title"],
                "href": f"{kind.name}/{row['code']}.html",
                "on": kind.date(row),
                "code": row["code"],
            }
            for row in rows[:LATEST]
        ],
    }


def figures(public: Public, kind: Kind, year: str, links: DataLinks, lang: str) -> list[dict[str, Any]]:
    """This year's figures of a kind: each a part of a named whole, with the rows it was counted over."""
    rows = public.rows[kind.name]
    dated = kind.dated_by if all(row[kind.dated_by] for row in rows) else "filed_on"
    now = [row for row in rows if row[dated].startswith(year)]
    query = {f"{dated}__startswith": year}
    found = [
        {
            "is": "filed",
            "kind": kind.label[lang],
            "n": len(now),
            "of": len(rows),
            "href": links.table(kind.name, **query),
        }
    ]
    for target, columns in _registers_named(public, kind)[:REGISTERS]:
        register = public.by_code(target)
        named = {code for row in now for column in columns for code in listed(row[column])}
        found.append(
            {
                "is": "covered",
                "kind": kind.label[lang],
                "target": public.kinds[target].label[lang],
                "n": len(named & register.keys()),
                "of": len(register),
                "href": links.table(kind.name, **query),
            }
        )
    return [figure for figure in found if figure["of"]]


def _registers_named(public: Public, kind: Kind) -> list[tuple[str, list[str]]]:
    """The registers a kind's records point into, and through which columns: what they are about, then who."""
    columns: dict[str, list[str]] = {}
    names = [kind.about, *(["author"] if kind.author else []), *kind.fields]
    for name in dict.fromkeys(name for name in names if name):
        asked = kind.fields.get(name)
        target = AUTHORS if asked is None else asked.refers_to if asked.type in REFERENCES else None
        if target and target in public.rows and public.kinds[target].register:
            columns.setdefault(target, []).append(name)
    return [(target, names) for target, names in columns.items()]


def data_data(public: Public, database: Mapping[str, Any], links: DataLinks, lang: str) -> dict[str, Any]:
    """What the page about the data is given: what this release was made from, for anybody to check."""
    return {
        **{
            key: public.release[key]
            for key in ("id", "position", "as_of", "content", "code_version", "held", "ledger", "chain")
        },
        **database,
        "tables": [
            {
                "label": kind.label[lang],
                "name": kind.name,
                "count": len(public.rows[kind.name]),
                "withheld": sum(row["withheld"] for row in public.rows[kind.name]),
                "href": links.table(kind.name),
                "csv": f"download/{kind.name}.excel.csv",
            }
            for kind in public.shown
        ],
        "data": links.home(),
    }
