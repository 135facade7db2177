"""Each kind as people read it: the view `<kind>_zh`, with Chinese headings, units, and words for values.

The tables keep their ASCII names for programs. A view holds nothing of its own: it says the same rows with
the labels of the forms, so that a filter, a grouping, a search and a CSV speak Chinese too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from ledger.fields import Field
from ledger.forms import Form
from ledger.words import Words
from publisher import derived, kinds
from publisher.data.sql import quoted, text
from publisher.out import tables

SUFFIX = "_zh"
MANY = ("choices", "references", "strings")


@dataclass(frozen=True)
class Shown:
    """One column of a view: its heading, the column it says, the type of its values, and the SQL for it."""

    heading: str
    column: str
    type: str
    sql: str
    about: Field | None = None

    @property
    def read_as(self) -> str:
        """Its type as a page shows it: in words everything but dates, numbers and long texts is a text."""
        return self.type if self.type in ("date", "date-time", "long", "integer", "number") else "string"

    @property
    def one(self) -> bool:
        """Whether it says one value, so that rows can be grouped by it."""
        return self.type not in MANY


@dataclass(frozen=True)
class View:
    """A view: the table it says, its columns in order, and what its rows are read from."""

    form: Form
    table: str
    kind: str
    columns: tuple[Shown, ...]
    source: str

    @property
    def name(self) -> str:
        """What it is called."""
        return view_of(self.table)

    @property
    def sql(self) -> str:
        """The statement that makes it."""
        columns = ",\n  ".join(f"{each.sql} as {quoted(each.heading)}" for each in self.columns)
        return f"create view {quoted(self.name)} as select\n  {columns}\nfrom {self.source}"

    def title(self, words: Words) -> dict[str, str]:
        """What its table is called, in both languages."""
        group = next(
            (
                each
                for each in tables.groups_of(self.form)
                if tables.group_table(self.form, each) == self.table
            ),
            None,
        )
        if group is None:
            return dict(self.form.label)
        told = {"kind": self.form.label, "label": group.label}
        return {lang: words.say("data.table.group", lang, **told) for lang in ("zh", "en")}

    def heading(self, column: str) -> str | None:
        """What a column of the table is called here."""
        return next((each.heading for each in self.columns if each.column == column), None)


def view_of(table: str) -> str:
    """What the view of a table is called.

    >>> view_of("visit")
    'visit_zh'
    """
    return f"{table}{SUFFIX}"


def add(conn: sqlite3.Connection, forms: Mapping[str, Form], words: Words) -> None:
    """Make every view in a public.db that is still being made, and what its default order needs."""
    present = _columns(conn)
    for view in views(forms, words, present):
        conn.execute(view.sql)
    for table, column, down in ordered(forms, present):
        name = quoted(f"{table}_by_{column}")
        conn.execute(f"create index {name} on {quoted(table)} ({quoted(column)}{' desc' * down}, code)")


def ordered(
    forms: Mapping[str, Form], present: Mapping[str, Collection[str]]
) -> Iterator[tuple[str, str, bool]]:
    """The column by which each kind's table is shown unasked, and whether downwards.

    Without an index every page would sort the table; what is alike stands by code, as the next page goes on.
    """
    for form in kinds.public(forms):
        sort = form.page.sort.removeprefix("-") if form.page else ""
        if form.page and sort in present.get(form.kind, ()) and sort != "code":
            yield form.kind, sort, form.page.sort.startswith("-")


def _columns(conn: sqlite3.Connection) -> dict[str, list[str]]:
    names = [row[0] for row in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        name: [row[1] for row in conn.execute(f"PRAGMA table_info({quoted(name)})")]
        for name in names
        if "_fts" not in name
    }


def views(
    forms: Mapping[str, Form], words: Words, present: Mapping[str, Collection[str]]
) -> tuple[View, ...]:
    """Every view: one for each public kind, and one for each of its repeat groups."""
    speak = _Speak(forms, words, present)
    return tuple(view for form in kinds.public(forms) if form.kind in present for view in speak.of(form))


class _Speak:
    """Says columns in words."""

    def __init__(
        self, forms: Mapping[str, Form], words: Words, present: Mapping[str, Collection[str]]
    ) -> None:
        self.words, self.present = words, present
        self.public = {form.kind for form in kinds.public(forms)}

    def of(self, form: Form) -> Iterator[View]:
        """The view of a kind, and those of its groups."""
        asked = {field.name: field for field in tables.columns_of(form)}
        columns = [self._column("code", "t"), self._column("title", "t")]
        columns += [self._asked(field, "t") for field in asked.values()]
        if form.author == "full":
            columns.append(
                Shown(self._label("author"), "author", "reference", self._title("deputy", "t.author"))
            )
        source = f"{quoted(form.kind)} t"
        if (state := derived.table_of(form.kind)) in self.present:
            columns += self._computed(state)
            source += f" left join {quoted(state)} s on s.code = t.code"
        columns += [self._column("filed_on", "t"), self._column("corrected", "t")]
        columns.append(Shown(self._say("withheld"), "withheld", "boolean", self._yes("t.withheld")))
        columns.append(Shown(self._say("row"), "rowid", "integer", "t.rowid"))
        yield View(form, form.kind, form.kind, _apart(columns), source)
        for group in tables.groups_of(form):
            if (table := tables.group_table(form, group)) in self.present:
                yield self._group(form, group, table)

    def _group(self, form: Form, group: Field, table: str) -> View:
        columns = [
            self._column("code", "t"),
            Shown(form.label["zh"], "title", "reference", self._title(form.kind, "t.code")),
            self._column("n", "t"),
            *(self._asked(field, "t") for field in tables.open_fields(group)),
        ]
        return View(form, table, form.kind, _apart(columns), f"{quoted(table)} t")

    def _computed(self, state: str) -> Iterator[Shown]:
        kind = state.removesuffix(derived.SUFFIX)
        for each in derived.DERIVED[kind].columns:
            label = self.words.say(f"data.column.{state}.{each.name}")
            unit = each.unit.get("zh", "")
            choices = {value: self.words.say(f"{each.said}.{value}") for value in each.values}
            sql = self._sql(each.type, f"s.{quoted(each.name)}", choices, each.refers_to)
            heading = self._money(label) if each.type == "money" else _with(label, unit)
            yield Shown(heading, each.name, each.type, sql)

    def _asked(self, field: Field, source: str) -> Shown:
        choices = {value: label["zh"] for value, label in field.choices.items()}
        sql = self._sql(field.type, f"{source}.{quoted(field.name)}", choices, field.refers_to)
        label, unit = field.label["zh"], field.unit["zh"] if field.unit else ""
        heading = self._money(label) if field.type == "money" else _with(label, unit)
        return Shown(heading, field.name, field.type, sql, field)

    def _sql(self, type: str, value: str, choices: Mapping[str, str], refers_to: str | None) -> str:
        """A value as it is read: money in yuan, choices and references by their names, lists in one line."""
        match type:
            case "money":
                return f"round({value} / 100.0, 2)"
            case "boolean":
                return self._yes(value)
            case "choice":
                return _case(value, choices)
            case "reference":
                return self._title(refers_to, value)
            case "choices":
                return _line(_case("j.value", choices), value)
            case "references":
                return _line(self._title(refers_to, "j.value"), value)
            case "strings":
                return _line("j.value", value)
        return value

    def _title(self, kind: str | None, value: str) -> str:
        if kind not in self.public or kind not in self.present:
            return value
        return f"coalesce((select o.title from {quoted(kind)} o where o.code = {value}), {value})"

    def _yes(self, value: str) -> str:
        return _case(value, {"1": self._say("yes"), "0": self._say("no")}, number=True)

    def _column(self, name: str, source: str) -> Shown:
        date = name == "filed_on"
        return Shown(self._label(name), name, "date" if date else "string", f"{source}.{quoted(name)}")

    def _label(self, name: str) -> str:
        return self.words.say(f"data.column.{name}")

    def _say(self, name: str) -> str:
        return self.words.say(f"data.view.{name}")

    def _money(self, label: str) -> str:
        return _with(label, self._say("yuan"))


def _with(label: str, unit: str) -> str:
    return f"{label}（{unit}）" if unit else label


def _case(value: str, choices: Mapping[str, str], number: bool = False) -> str:
    if not choices:
        return value
    said = " ".join(
        f"when {key if number else text(key)} then {text(label)}" for key, label in choices.items()
    )
    return f"case {value} {said} else {value} end"


def _line(said: str, value: str) -> str:
    return f"(select group_concat({said}, '、') from json_each({value}) j)"


def _apart(columns: list[Shown]) -> tuple[Shown, ...]:
    """The same columns, their headings told apart where two are called the same."""
    taken: set[str] = set()
    found = []
    for each in columns:
        heading = each.heading if each.heading.lower() not in taken else f"{each.heading}（{each.column}）"
        taken.add(heading.lower())
        found.append(Shown(heading, each.column, each.type, each.sql, each.about))
    return tuple(found)
