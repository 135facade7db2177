"""What Datasette is told about a release: metadata.json, settings.json and inspect-data.json, out of the
forms alone."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from ledger.congress import Congress
from ledger.fields import Field
from ledger.forms import Form
from ledger.words import Words
from publisher import derived, kinds
from publisher.data import fulltext, views
from publisher.data.canned import both, queries, simple_queries
from publisher.data.questions import asked, overview
from publisher.data.sql import quoted
from publisher.out import tables

DATABASE = "public"
PAGE = 20
FACETS = 3
FACET_ROWS = 20_000
"""Groupings are counted on every view of a table: three at most, and none unasked in a large one."""

SETTINGS: Mapping[str, object] = {
    "default_page_size": PAGE,
    "max_returned_rows": 1000,
    "num_sql_threads": 4,
    "sql_time_limit_ms": 800,
    "facet_time_limit_ms": 200,
    "default_facet_size": 12,
    "suggest_facets": False,
    "allow_download": True,
    "allow_csv_stream": True,
    "max_csv_mb": 50,
    "default_cache_ttl": 60,
    "truncate_cells_html": 120,
    "trace_debug": False,
    "template_debug": False,
}
FIXED = (*tables.OWN, *derived.made())
SAY = (
    "busy", "slow", "long", "closed", "read_only", "address", "not_found", "refused", "failed", "on_site",
)  # fmt: skip


def write_config(data_dir: Path, forms: Mapping[str, Form], congress: Congress, words: Words) -> None:
    """Write the three files beside public.db, which must be finished. The same inputs give the same bytes."""
    path = data_dir / f"{DATABASE}.db"
    columns, counts = read_tables(path)
    views_there = {views.view_of(name) for name in columns}  # Datasette counts them itself
    settings = {**SETTINGS, "force_https_urls": congress.addresses["data"].startswith("https://")}
    inspected = {
        DATABASE: {
            "hash": hashlib.sha256(path.read_bytes()).hexdigest(),
            "size": path.stat().st_size,
            "file": path.name,
            "tables": {name: {"count": count} for name, count in counts.items() if name not in views_there},
        }
    }
    written = metadata(forms, congress, words, columns, counts)
    text = json.dumps(written, ensure_ascii=False, indent=1)
    (data_dir / "metadata.json").write_text(text + "\n", "utf-8")
    (data_dir / "settings.json").write_text(json.dumps(settings, indent=2) + "\n", "utf-8")
    (data_dir / "inspect-data.json").write_text(json.dumps(inspected, indent=2) + "\n", "utf-8")


def read_tables(path: Path) -> tuple[dict[str, list[str]], dict[str, int]]:
    """The columns of every table and view, and how many rows it has."""
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as conn:
        names = [
            row[0]
            for row in conn.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name"
            )
        ]
        columns = {
            name: [row[1] for row in conn.execute(f"PRAGMA table_info({quoted(name)})")] for name in names
        }
        counts = {name: conn.execute(f"SELECT count(*) FROM {quoted(name)}").fetchone()[0] for name in names}
    return columns, counts


def metadata(
    forms: Mapping[str, Form],
    congress: Congress,
    words: Words,
    columns: Mapping[str, list[str]],
    counts: Mapping[str, int],
) -> dict[str, Any]:
    """All that metadata.json says."""
    site = congress.addresses["www"]
    described = _Described(forms, words, columns, counts)
    labels = described.labels()
    return {
        "title": both(words, "data.title", name=congress.name),
        "description_html": str(_welcome(words)),
        "license": both(words, "data.licence"),
        "license_url": f"{site}/",
        "source": f"{congress.name['zh']} {congress.name['en']}",
        "source_url": f"{site}/",
        "about": both(words, "data.about"),
        "about_url": f"{site}/",
        "plugins": {
            "mingbai": {
                "site": site,
                "kinds": {form.code: form.kind for form in kinds.public(forms)},
                "say": {key: words.both(f"data.say.{key}") for key in SAY},
                "columns": labels,
                "code": words.say("data.column.code"),
                "views": described.codes(),
                "simple": simple_queries(forms),
                "overview": overview.charts(words),
            }
        },
        "databases": {
            DATABASE: {
                "title": both(words, "data.database"),
                "description": both(words, "data.welcome"),
                "tables": described.tables(),
                "queries": queries(forms, words, columns, asked.choices_of(labels)),
            }
        },
    }


def _welcome(words: Words) -> Markup:
    return Markup(
        '<p>{zh}</p><p lang="en">{en}</p>'
        '<form class="mingbai-search" action="/{db}/search" method="get"><label for="q">{search}</label> '
        '<input id="q" type="search" name="q" placeholder="{hint}"> '
        '<button type="submit">{search}</button></form>'
    ).format(
        zh=words.say("data.welcome"),
        en=words.say("data.welcome", "en"),
        db=DATABASE,
        search=words.say("data.search"),
        hint=words.say("data.search_hint"),
    )


class _Described:
    """Titles, descriptions and labels of every table and column that is there."""

    def __init__(
        self,
        forms: Mapping[str, Form],
        words: Words,
        columns: Mapping[str, list[str]],
        counts: Mapping[str, int],
    ) -> None:
        self.forms, self.words, self.columns, self.counts = forms, words, columns, counts
        made = views.views(forms, words, {name: own for name, own in columns.items() if "_fts" not in name})
        self.views = {view.table: view for view in made if view.name in columns}
        self.shown = [form for form in kinds.public(forms) if form.kind in columns]
        self.groups = [
            (tables.group_table(form, group), form, group)
            for form in self.shown
            for group in tables.groups_of(form)
            if tables.group_table(form, group) in columns
        ]
        self.photos = [
            (tables.group_table(form, field), form, field)
            for form in self.shown
            for field in tables.photos_of(form)
            if tables.group_table(form, field) in columns
        ]

    def tables(self) -> dict[str, Any]:
        made = {form.kind: self._kind(form) for form in self.shown}
        for table, form, group in self.groups:
            made[table] = {
                "title": both(self.words, "data.table.group", kind=form.label, label=group.label),
                **self._there(table),
                "columns": self._descriptions(table, group.each),
            }
        for table, form, field in self.photos:
            made[table] = {
                "title": both(self.words, "data.table.group", kind=form.label, label=field.label),
                "columns": self._descriptions(table, {}),
            }
        for table in FIXED:
            if table in self.columns:
                made[table] = {
                    "title": both(self.words, f"data.table.{table}"),
                    "description": both(self.words, f"data.table.{table}.description"),
                    "columns": self._descriptions(table, {}),
                    **({"label_column": "label_zh"} if table in ("kind", "field") else {}),
                    **({"size": 100} if table == "field" else {}),
                }
        for view in self.views.values():
            made[view.name] = self._view(view, made[view.table])
        for kind in derived.DERIVED:
            if (table := derived.table_of(kind)) in made and self.counts[table] <= FACET_ROWS:
                made[table]["facets"] = derived.facets(kind)
        for table in self.columns:
            if table.rpartition("_fts")[0] in self.columns or "_fts_" in table:
                made[table] = {"hidden": True}
        return made

    def _there(self, table: str) -> dict[str, str]:
        if table not in self.views:
            return {}
        name = self.views[table].name
        return {"description_html": str(self._to(name, "data.view.there", name))}

    def labels(self) -> dict[str, dict[str, Any]]:
        """What the interface needs to say a column and its values in words."""
        fields = {form.kind: form.fields for form in self.shown}
        fields |= {table: group.each for table, _, group in self.groups}
        fields |= {table: {} for table, _, _ in self.photos}
        fields |= {table: {} for table in FIXED if table in self.columns}
        computed = derived.described(self.words)
        shown = {
            view.name: {each.heading: {"label": each.heading, "type": each.read_as} for each in view.columns}
            for view in self.views.values()
        }
        return shown | {
            table: {
                name: self._label(table, name, asked.get(name)) | computed.get(table, {}).get(name, {})
                for name in self.columns[table]
            }
            for table, asked in fields.items()
        }

    def codes(self) -> dict[str, dict[str, str]]:
        """For each view the heading of the codes in it, and the kind they are of."""
        return {
            view.name: {"column": str(view.heading("code")), "kind": view.kind}
            for view in self.views.values()
        }

    def _view(self, view: views.View, table: Mapping[str, Any]) -> dict[str, Any]:
        """What a view is called, and the ways of grouping and searching it that its table has."""
        columns = self._computed(view.kind) | self._descriptions(view.table, {}) | table.get("columns", {})
        columns["rowid"] = both(self.words, "data.view.row")
        made: dict[str, Any] = {
            "title": both(self.words, "data.view.title", title=view.title(self.words)),
            "description_html": str(self._to(view.table, "data.view.about", view.table)),
            "size": PAGE,
            "columns": {
                each.heading: columns[each.column] for each in view.columns if each.column in columns
            },
        }
        if view.kind == view.table:
            made |= self._shown_as(view, self.forms[view.kind], table)
        return made

    def _computed(self, kind: str) -> dict[str, str]:
        state = derived.table_of(kind)
        return self._descriptions(state, {}) if state in self.columns else {}

    def _shown_as(self, view: views.View, form: Form, table: Mapping[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {"facet_size": table["facet_size"]}
        for key in ("sort", "sort_desc"):
            if key in table and (heading := view.heading(table[key])):
                made[key] = heading
        asked = form.page.facets if form.page else ()
        facets = [each.heading for each in view.columns if each.column in asked and each.one]
        if facets and "facets" in table:
            made["facets"] = facets[:FACETS]
        if "fts_table" in table:
            made |= {"fts_table": table["fts_table"], "fts_pk": str(view.heading("rowid"))}
        return made

    def _to(self, table: str, key: str, shown: str) -> Markup:
        """The way from a table to its view, or back."""
        return Markup('<p class="mingbai-other">{} <a href="/{}/{}">{}</a></p>').format(
            self.words.say(key), DATABASE, table, shown
        )

    def _kind(self, form: Form) -> dict[str, Any]:
        assert form.page is not None
        columns = self.columns[form.kind]
        made: dict[str, Any] = {
            "title": f"{form.label['zh']} {form.label['en']}",
            "description_html": str(self._about(form)),
            "label_column": "title",
            "size": PAGE,
        }
        sort = form.page.sort.removeprefix("-")
        if sort in columns:
            made["sort_desc" if form.page.sort.startswith("-") else "sort"] = sort
        facets = [each for each in form.page.facets if each in columns]
        if facets and self.counts[form.kind] <= FACET_ROWS:
            made["facets"] = [_facet(form.fields.get(each), each) for each in facets[:FACETS]]
        made["facet_size"] = 8
        if fulltext.table_name(form.kind) in self.columns:
            made |= {"fts_table": fulltext.table_name(form.kind), "fts_pk": "rowid"}
        made["columns"] = self._descriptions(form.kind, form.fields)
        return made

    def _about(self, form: Form) -> Markup:
        """What the kind is, and the ways of grouping its rows."""
        said = Markup('<p>{}</p><p lang="en">{}</p>').format(form.description["zh"], form.description["en"])
        links = [
            Markup('<a href="/{}/{}?{}">{}</a>').format(
                DATABASE,
                form.kind,
                urlencode({_facet_key(form.fields.get(each)): each}),
                self._named(form, each),
            )
            for each in (form.page.facets if form.page else ())
            if each in self.columns[form.kind]
        ]
        if links:
            said += Markup('<p class="mingbai-groups">{} {}</p>').format(
                self.words.say("data.group_by"), Markup(" ").join(links)
            )
        if form.kind in self.views:
            name = self.views[form.kind].name
            said += self._to(name, "data.view.there", name)
        return said

    def _named(self, form: Form, name: str) -> str:
        return form.fields[name].label["zh"] if name in form.fields else self.words.say(f"data.column.{name}")

    def _descriptions(self, table: str, asked: Mapping[str, Field]) -> dict[str, str]:
        made = {}
        for name in self.columns[table]:
            if name in asked:
                made[name] = f"{self._said(asked[name], 'zh')} {self._said(asked[name], 'en')}"
            elif key := self._key(table, name):
                made[name] = both(self.words, key)
        return made

    def _said(self, field: Field, lang: str) -> str:
        """A field in one language: label, unit, choices, how far it is public."""
        unit = field.unit[lang] if field.unit and field.type != "money" else ""
        colon, stop, comma = ("：", "。", "，") if lang == "zh" else (": ", ". ", ", ")
        head = field.label[lang] + (f"（{unit}）" if unit and lang == "zh" else f" ({unit})" if unit else "")
        parts = []
        if field.type == "money":
            parts.append(self.words.say("data.cents", lang))
        if field.choices:
            values = comma.join(f"{value} = {label[lang]}" for value, label in field.choices.items())
            parts.append(self.words.say("data.values", lang, values=values))
        if field.refers_to in self.forms:
            parts.append(self.words.say("data.refers", lang, kind=self.forms[str(field.refers_to)].label))
        parts.append(self.words.say(f"data.policy.{field.publish}", lang))
        return head + (colon if parts else stop) + ("" if lang == "zh" else " ").join(parts)

    def _key(self, table: str, name: str) -> str | None:
        """The words for a column that is no field of a form: those for this table, else those for every
        table."""
        keys = (f"data.column.{table}.{name}", f"data.column.{name}")
        return next((key for key in keys if key in self.words.messages), None)

    def _label(self, table: str, name: str, field: Field | None) -> dict[str, Any]:
        if field is None:
            key = self._key(table, name)
            return {"label": self.words.say(key) if key else name}
        unit = field.unit["zh"] if field.unit else ""
        return {
            "label": field.label["zh"] + (f"（{unit}）" if unit else ""),
            "type": field.type,
            **(
                {"choices": {value: label["zh"] for value, label in field.choices.items()}}
                if field.choices
                else {}
            ),
            **({"refers_to": field.refers_to} if field.refers_to else {}),
        }


def _facet(field: Field | None, name: str) -> Any:
    return {"array": name} if _facet_key(field) == "_facet_array" else name


def _facet_key(field: Field | None) -> str:
    return "_facet_array" if field and field.schema["type"] == "array" else "_facet"
