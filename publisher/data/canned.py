"""Questions that are asked often, as canned queries of Datasette: all written from the forms."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ledger.fields import Field
from ledger.forms import Form
from ledger.words import Words
from publisher import kinds
from publisher.data import fulltext
from publisher.data.questions import asked
from publisher.data.sql import quoted, text
from publisher.out import tables

Query = dict[str, Any]

ALIKE = 3
"""How many groupings a kind gets as ready questions; the table page offers the rest."""
ROWS = 200


def queries(
    forms: Mapping[str, Form],
    words: Words,
    there: Mapping[str, Collection[str]] | None = None,
    choices: asked.Choices | None = None,
) -> dict[str, Query]:
    """Every canned query by name: the general ones first, then the questions that `there` can answer."""
    shown = kinds.public(forms)
    made: dict[str, Query] = {}
    if shown:
        made["search"] = _query(words, "search", _search(shown, words))
        made["kinds"] = _query(words, "kinds", _kinds(shown, words))
        made["this_year"] = _query(words, "this_year", _this_year(shown, words))
        made["by_month"] = _query(words, "by_month", _by_month(shown, words))
    made["dictionary"] = _query(words, "dictionary", _dictionary(words))
    made["counts"] = _query(words, "counts", _counts(words))
    made["corrections"] = _query(words, "corrections", _corrections(words))
    for each in asked.answerable(there or {}):
        made[each.name] = _query(words, each.name, asked.spoken(each, words, choices or {}, there or {}))
    for form in shown:
        made |= dict(_of_kind(form, forms, words))
    return made


def simple_queries(forms: Mapping[str, Form]) -> list[str]:
    """The names of those that only group or add up one field of a kind."""
    columns = ((form, field) for form in kinds.public(forms) for field in tables.columns_of(form))
    return sorted(
        name
        for form, field in columns
        for name in (f"{form.kind}_by_{field.name}", f"{form.kind}_{field.name}")
    )


def _query(words: Words, key: str, sql: str, **params: object) -> Query:
    return {
        "title": both(words, f"data.query.{key}", **params),
        "description": both(words, f"data.query.{key}.description", **params),
        "sql": sql,
        "hide_sql": True,
    }


def both(words: Words, key: str, **params: object) -> str:
    """A message in Chinese, and in English after it."""
    return f"{words.say(key, 'zh', **params)} {words.say(key, 'en', **params)}"


def name(text: str) -> str:
    """A column's heading as SQL takes it."""
    return quoted(text)


def _column(words: Words, key: str) -> str:
    return name(words.say(f"data.column.{key}"))


def _union(shown: tuple[Form, ...], columns: str, where: str = "") -> str:
    return "\nunion all ".join(
        f"select {text(form.kind)} as kind, {text(form.label['zh'])} as label, {columns}"
        + f" from {name(form.kind)}"
        + where.format(fts=name(fulltext.table_name(form.kind)))
        for form in shown
    )


def _search(shown: tuple[Form, ...], words: Words) -> str:
    where = " where rowid in (select rowid from {fts} where {fts} match escape_fts(:q))"
    return (
        f"select label as {_column(words, 'kind')}, code as {_column(words, 'code')},"
        f" title as {_column(words, 'title')}, filed_on as {_column(words, 'filed_on')}\n"
        f"from (\n{_union(shown, 'code, title, filed_on', where)}\n)\n"
        f"order by filed_on desc, code limit {ROWS}"
    )


def _kinds(shown: tuple[Form, ...], words: Words) -> str:
    return (
        f"select label as {_column(words, 'kind')}, count(*) as {name(words.say('data.query.records'))},"
        f" sum(corrected > 0) as {_column(words, 'corrected')},"
        f" max(filed_on) as {name(words.say('data.query.last'))}\n"
        f"from (\n{_union(shown, 'filed_on, corrected')}\n)\ngroup by kind order by count(*) desc"
    )


def _this_year(shown: tuple[Form, ...], words: Words) -> str:
    return (
        f"select label as {_column(words, 'kind')}, count(*) as {name(words.say('data.query.records'))}\n"
        f"from (\n{_union(shown, 'filed_on')}\n)\n"
        "where substr(filed_on, 1, 4) = case when :year = '' then (select substr(as_of, 1, 4) from release)"
        " else :year end\ngroup by kind order by count(*) desc"
    )


def _by_month(shown: tuple[Form, ...], words: Words) -> str:
    sums = "".join(f",\n  sum(kind = {text(form.kind)}) as {name(form.label['zh'])}" for form in shown)
    return (
        f"select substr(filed_on, 1, 7) as {_column(words, 'period')}{sums}\n"
        f"from (\n{_union(shown, 'filed_on')}\n)\ngroup by 1 order by 1 desc"
    )


def _dictionary(words: Words) -> str:
    policy = " ".join(
        f"when {text(key)} then {text(words.say(f'data.policy.{key}'))}"
        for key in ("full", "month", "surname", "village", "reviewed", "counted", "never")
    )
    columns = ("kind", "field", "label_zh", "label_en", "type", "unit")
    selected = ", ".join(f"f.{each} as {_column(words, each)}" for each in columns)
    return (
        f"select {selected},\n  case f.policy {policy} end as {_column(words, 'policy')}\n"
        "from field f where :kind = '' or f.kind = :kind\norder by f.kind, f.rowid"
    )


def _counts(words: Words) -> str:
    return (
        f"select k.label_zh as {_column(words, 'kind')},"
        f" coalesce(f.label_zh, c.field) as {_column(words, 'field')},"
        f" c.period as {_column(words, 'period')},\n"
        "  coalesce(json_extract(f.choices, '$.' || nullif(c.value, '') || '.zh'), c.value)"
        f" as {_column(words, 'value')},\n"
        f"  case c.suppressed when 1 then {text(words.say('data.query.below'))} else c.n end"
        f" as {name(words.say('data.query.records'))}\n"
        "from counted c left join kind k on k.kind = c.kind"
        " left join field f on f.kind = c.kind and f.field = c.field\norder by c.period desc, c.kind, c.rowid"
    )


def _corrections(words: Words) -> str:
    columns = ("corrected_on", "code", "changed")
    selected = ", ".join(f"c.{each} as {_column(words, each)}" for each in columns)
    return (
        f"select k.label_zh as {_column(words, 'kind')}, {selected}\n"
        "from correction c left join kind k on k.kind = c.kind\n"
        f"order by c.corrected_on desc, c.code limit {ROWS}"
    )


def _of_kind(form: Form, forms: Mapping[str, Form], words: Words) -> Iterator[tuple[str, Query]]:
    columns = {field.name: field for field in tables.columns_of(form)}
    facets = [columns[each] for each in (form.page.facets if form.page else ()) if each in columns]
    for field in facets[:ALIKE]:
        said = {"kind": form.label, "field": field.label}
        yield f"{form.kind}_by_{field.name}", _query(words, "by", _grouped(form, field, forms, words), **said)
    for field in columns.values():
        if field.type == "money":
            said = {"kind": form.label, "field": field.label}
            yield f"{form.kind}_{field.name}", _query(words, "money", _money(form, field, words), **said)


def _grouped(form: Form, field: Field, forms: Mapping[str, Form], words: Words) -> str:
    """How many records there are for each value, the values in words."""
    source, value = name(form.kind), f"{name(form.kind)}.{name(field.name)}"
    if field.schema["type"] == "array":
        source, value = f"{source}, json_each({value})", "json_each.value"
    shown = value
    if field.choices:
        cases = " ".join(f"when {text(key)} then {text(label['zh'])}" for key, label in field.choices.items())
        shown = f"case {value} {cases} else {value} end"
    elif field.refers_to in {each.kind for each in kinds.public(forms)}:
        other = name(str(field.refers_to))
        shown = f"coalesce((select title from {other} o where o.code = {value}), {value})"
    return (
        f"select {shown} as {name(field.label['zh'])}, count(*) as {name(words.say('data.query.records'))}\n"
        f"from {source}\ngroup by {value} order by count(*) desc, 1"
    )


def _money(form: Form, field: Field, words: Words) -> str:
    column, dated = name(field.name), name(tables.dated_by(form))
    return (
        f"select substr({dated}, 1, 4) as {name(words.say('data.query.year'))},"
        f" count(*) as {name(words.say('data.query.records'))},"
        f" count({column}) as {name(words.say('data.query.with_amount'))},\n"
        f"  round(sum({column}) / 100.0, 2) as {name(words.say('data.query.yuan'))}\n"
        f"from {name(form.kind)}\ngroup by 1 order by 1 desc"
    )
