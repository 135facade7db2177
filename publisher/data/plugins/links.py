"""A row's way to its page on the public site, and a code's way to its row."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from markupsafe import Markup

from publisher.data.fulltext import quoted
from publisher.data.plugins.hook import hook
from publisher.data.plugins.told import said, told

CODE = re.compile(r"([A-Z]{2,4})-[0-9]{4}-[0-9A-HJKMNP-TV-Z]{4}\Z")
KNOWN_BY_HEART = 5_000
"""Kinds with at most so many rows (deputies, grids, organs) are called by their titles wherever a code
stands."""

_titles: dict[str, str] = {}


@hook
def startup(datasette: Any) -> Callable[[], Awaitable[None]]:
    """Learn the titles of the smaller kinds once: the data does not change while this process serves it."""

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
    asked = config.get("columns", {}).get(table, {}).get(column, {})
    if column == "code" and table in config.get("kinds", {}).values():
        return _to_page(config, str(table), value)
    if column == "path" and str(value).startswith("photos/"):
        return Markup('<a href="{}/{}">{}</a>').format(config.get("site", ""), value, value)
    if "choices" in asked or asked.get("type") in ("references", "strings"):
        return _in_words(config, asked, value, database)
    if asked.get("type") == "money" and isinstance(value, int):
        return Markup('<span title="{}">{}</span>').format(value, f"{value / 100:,.2f}")
    return _to_row(config, value, database) if isinstance(value, str) else None


def _to_page(config: Mapping[str, Any], kind: str, code: str) -> Markup:
    say = said(config.get("say", {}), "on_site")
    return Markup('<strong>{}</strong> <a class="mingbai-page" href="{}">{}</a>').format(
        code, page_address(config.get("site", ""), kind, code), say["zh"]
    )


def _to_row(config: Mapping[str, Any], code: str, database: str, label: str | None = None) -> Markup | None:
    found = CODE.match(code)
    kind = config.get("kinds", {}).get(found[1]) if found else None
    if kind is None:
        return None
    return Markup('<a href="/{}/{}/{}" title="{}">{}</a>').format(
        database, kind, code, code, label or _titles.get(code, code)
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
