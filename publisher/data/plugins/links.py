"""A row's way to its page on the public site, and a code's way to its row."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from markupsafe import Markup

from publisher.data.plugins.hook import hook
from publisher.data.plugins.told import said, told
from publisher.data.sql import quoted

CODE = re.compile(r"([A-Z]{2,4})-[0-9]{4}-[0-9A-HJKMNP-TV-Z]{4}\Z")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?\Z")
KNOWN_BY_HEART = 5_000
"""Kinds with at most so many rows (deputies, grids, organs) are called by their titles wherever a code
stands."""

CODES = 200_000
"""How many codes are learned, so that none leads to a row that is not there."""

_NB = Markup(' class="mingbai-nb"')
_titles: dict[str, str] = {}
_known: dict[str, set[str]] = {}
"""The codes of each kind; a kind that is not here was too large to learn."""


def _codes(kind: str, conn: sqlite3.Connection) -> list[str]:
    return [row[0] for row in conn.execute(f"select code from {quoted(kind)}")]


@hook
def startup(datasette: Any) -> Callable[[], Awaitable[None]]:
    """Learn the titles of the smaller kinds and which codes there are, once: while this process serves
    it, the data does not change."""

    async def learn() -> None:
        kinds = told(datasette).get("kinds", {})
        for database in datasette.databases.values():
            if database.name == "_internal":
                continue
            counts = await database.table_counts()
            for kind in kinds.values():
                if (counts.get(kind) or 0) <= KNOWN_BY_HEART and await database.table_exists(kind):
                    rows = await database.execute(f"select code, title from {quoted(kind)}")
                    _titles.update((row[0], row[1]) for row in rows if row[1])
            there = [kind for kind in kinds.values() if await database.table_exists(kind)]
            if sum(counts.get(kind) or 0 for kind in there) <= CODES:
                for kind in there:
                    rows = await database.execute_fn(partial(_codes, kind))
                    _known.setdefault(kind, set()).update(rows)

    return learn


def page_address(site: str, kind: str, code: str) -> str:
    """Where the public site shows a record.

    >>> page_address("https://www.example.cn", "visit", "ZF-2026-7KQ4")
    'https://www.example.cn/visit/ZF-2026-7KQ4.html'
    """
    return f"{site}/{kind}/{code}.html"


@hook
def render_cell(value: Any, column: str, table: str | None, database: str, datasette: Any) -> Markup | None:
    """Codes become links, choices their words, lists a line. Markup.format escapes whatever is put in."""
    config = told(datasette)
    if isinstance(value, dict):  # a reference, for which Datasette has looked up the title
        return _to_row(config, str(value["value"]), database, str(value["label"]))
    if value is None or isinstance(value, bytes):
        return None
    if (view := config.get("views", {}).get(table)) and column == view["column"]:
        return _to_row_and_page(config, view["kind"], str(value), database)
    asked = config.get("columns", {}).get(table, {}).get(column, {})
    if column == "code" and table in config.get("kinds", {}).values():
        return _to_page(config, str(table), value)
    if column == "path" and str(value).startswith("photos/"):
        return Markup('<a href="{}/{}">{}</a>').format(config.get("site", ""), value, value)
    if "choices" in asked or asked.get("type") in ("references", "strings"):
        return _in_words(config, asked, value, database)
    if asked.get("type") == "money" and isinstance(value, int):
        return Markup('<span title="{}">{}</span>').format(value, f"{value / 100:,.2f}")
    if not isinstance(value, str):
        return None
    if DATE.match(value):
        return Markup('<span class="mingbai-nb">{}</span>').format(value)
    return _to_row(config, value, database, value if column == config.get("code") else None)


def _to_page(config: Mapping[str, Any], kind: str, code: str) -> Markup:
    say = said(config.get("say", {}), "on_site")
    return Markup('<strong>{}</strong> <a class="mingbai-page" href="{}">{}</a>').format(
        code, page_address(config.get("site", ""), kind, code), say["zh"]
    )


def _to_row_and_page(config: Mapping[str, Any], kind: str, code: str, database: str) -> Markup:
    say = said(config.get("say", {}), "on_site")
    return Markup(
        '<a class="mingbai-nb" href="/{}/{}/{}">{}</a> <a class="mingbai-page" href="{}">{}</a>'
    ).format(database, kind, code, code, page_address(config.get("site", ""), kind, code), say["zh"])


def _to_row(config: Mapping[str, Any], code: str, database: str, label: str | None = None) -> Markup | None:
    found = CODE.match(code)
    kind = config.get("kinds", {}).get(found[1]) if found else None
    if kind is None or code not in _known.get(kind, (code,)):
        return None  # a record that is not public is named by its code alone
    return Markup('<a href="/{}/{}/{}" title="{}"{}>{}</a>').format(
        database, kind, code, code, _NB if label == code else "", label or _titles.get(code, code)
    )


def _in_words(
    config: Mapping[str, Any], asked: Mapping[str, Any], value: Any, database: str
) -> Markup | None:
    values = [value]
    if isinstance(value, str) and value.startswith("["):
        try:
            values = json.loads(value)
        except ValueError:
            return None
    shown = []
    for one in map(str, values):
        if one in asked.get("choices", {}):
            shown.append(Markup('<span title="{}">{}</span>').format(one, asked["choices"][one]))
        else:
            shown.append(_to_row(config, one, database) or Markup("{}").format(one))
    return Markup("、").join(shown)
