"""Datasette's pages in Chinese, with the forms' words for tables, columns and values, in the site's look.

Templates are translated while Jinja loads them: exact texts only, so that whatever is unknown stays as it
was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import datasette as datasette_package
from datasette import Response
from jinja2 import BaseLoader, Environment

from ledger.strict_yaml import read_yaml
from publisher.data.plugins.hook import hook
from publisher.data.plugins.told import told
from publisher.data.views import view_of

ASSETS = Path(__file__).with_name("assets")
OWN = Path(__file__).with_name("templates")
"""Pages of our own, in the place of Datasette's of the same name."""
STYLE = "/assets/mingbai.css"

_BLOCKS = re.compile(r"(<script\b.*?</script>|<style\b.*?</style>)", re.S)
_PIECES = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<(?:[^<>{]|\{\{.*?\}\}|\{%.*?%\})*>)", re.S)
_ATTRIBUTES = re.compile(r'\b(value|placeholder|title|aria-label)="([^"{}<>]+)"')


@cache
def interface() -> Mapping[str, Any]:
    """What interface.yaml says."""
    read: Mapping[str, Any] = read_yaml(Path(__file__).with_name("interface.yaml")).value
    return read


class Translated(BaseLoader):
    """Hands on another loader's templates, translated."""

    def __init__(self, inner: BaseLoader) -> None:
        self.inner = inner

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """One template's source."""
        if (own := OWN / template).is_file():
            return translate(template, own.read_text("utf-8")), str(own), lambda: True
        source, path, uptodate = self.inner.get_source(environment, template)
        return translate(template.removeprefix("default:"), source), path, uptodate

    def list_templates(self) -> list[str]:
        """All there are."""
        return self.inner.list_templates()


def translate(template: str, source: str) -> str:
    """A template's source with our changes and words in it, and its scripts signed for the browser's
    policy."""
    for change in interface()["changes"].get(template, ()):
        source = source.replace(change["from"], change["to"])
    parts = _BLOCKS.split(source)
    return "".join(
        part.replace("<script", '<script nonce="{{ nonce }}"', 1)
        if part.startswith("<script")
        else part
        if part.startswith("<style")
        else "".join(map(_translated, _PIECES.split(part)))
        for part in parts
    )


def _translated(piece: str) -> str:
    words: Mapping[str, str] = interface()["words"]
    if piece.startswith("{"):
        return piece
    if piece.startswith("<"):
        return _ATTRIBUTES.sub(lambda m: f'{m[1]}="{words.get(m[2], m[2])}"', piece)
    text = " ".join(piece.split())
    return piece.replace(piece.strip(), words[text]) if text in words else piece


class Called:
    """What tables, columns and values are called, as metadata.json says."""

    def __init__(self, datasette: Any) -> None:
        self.config: Mapping[str, Any] = told(datasette)
        databases: Mapping[str, Any] = datasette.metadata("databases") or {}
        self.titles = {"home": "数据首页"}
        for name, database in databases.items():
            self.titles[name] = database.get("title", name)
            self.titles |= {
                table: each.get("title", table) for table, each in database.get("tables", {}).items()
            }

    def table(self, name: str) -> str:
        """A table, a database or the home page."""
        return self.titles.get(name, name)

    def view(self, table: str) -> str:
        """The view of a table; nothing where it has none."""
        return view_of(table) if view_of(table) in self.config.get("views", {}) else ""

    def failed(self, error: object) -> str:
        """What SQLite or Datasette says of a query that failed."""
        text = re.sub(r"<[^>]+>", " ", str(error))
        found = ((each, re.search(each["found"], text)) for each in interface()["errors"])
        return next((each["said"].format(*hit.groups()) for each, hit in found if hit), text)

    def column(self, table: str | None, name: str) -> str:
        """A column of a table."""
        return str(self._column(table, name).get("label", name))

    def type(self, table: str | None, name: str) -> str:
        """What a form asks for in a column: long, date, money …; 'other' where no form asks."""
        return str(self._column(table, name).get("type", "other"))

    def value(self, table: str | None, column: str, value: object) -> str:
        """A value in a column, where it is a choice."""
        text = "" if value is None else str(value)
        return str(self._column(table, column).get("choices", {}).get(text, text))

    def lookup(self, key: str, display: str = "") -> str:
        """A way of filtering."""
        return str(interface()["lookups"].get(key, display or key))

    def parameter(self, name: str) -> str:
        """A parameter of a canned query."""
        return str(interface()["parameters"].get(name, name))

    def described(self, table: str, filters: Any, search: object, sort: object, sort_desc: object) -> str:
        """Which rows a page shows, in words."""
        said = [f"检索“{search}”"] if search else []
        for column, lookup, value in filters.selections():
            shown = (
                ""
                if lookup in ("isnull", "notnull", "isblank", "notblank")
                else self.value(table, column, value)
            )
            said.append(f"{self.column(table, column)}{self.lookup(lookup)}{shown}")
        text = f"（{'，'.join(said)}）" if said else ""
        if sort or sort_desc:
            text += (
                f" 按{self.column(table, str(sort or sort_desc))}{'从大到小' if sort_desc else '从小到大'}"
            )
        return text

    def _column(self, table: str | None, name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.config.get("columns", {}).get(table, {}).get(name, {})
        return found


@hook
def prepare_jinja2_environment(env: Environment, datasette: Any) -> None:
    """Put our words where Datasette looks for its templates."""
    called = Called(datasette)
    assert env.loader is not None
    env.loader = Translated(env.loader)
    env.globals.update(
        called=called.table,
        column_called=called.column,
        column_type=called.type,
        value_called=called.value,
        lookup_called=called.lookup,
        parameter_called=called.parameter,
        described=called.described,
        view_called=called.view,
        error_called=called.failed,
        simple_queries=set(called.config.get("simple", ())),
        site_address=called.config.get("site", ""),
        foot=datasette.metadata(),
    )


@hook
def extra_template_vars(request: Any) -> dict[str, str]:
    """The word by which the browser knows our scripts, new with every answer."""
    return {"nonce": request.scope.get("mingbai_nonce", "") if request else ""}


@hook
def extra_css_urls() -> list[str]:
    """The site's look."""
    return [STYLE]


@hook
def register_routes() -> list[tuple[str, Callable[[], Any]]]:
    """Datasette's table script with its menu in Chinese, and what search engines are asked to leave alone."""
    return [(r"^/-/static/table\.js$", _table_script), (r"^/robots\.txt$", _robots)]


def _robots() -> Any:
    return Response.text("User-agent: *\nDisallow: /*?\n", headers={"Cache-Control": "max-age=3600"})


def _table_script() -> Any:
    path = Path(str(datasette_package.__file__)).with_name("static") / "table.js"
    script = path.read_text("utf-8")
    for english, chinese in interface()["scripts"].items():
        script = script.replace(english, chinese)
    return Response(
        script, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "max-age=3600"}
    )
