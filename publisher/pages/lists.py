"""The list pages of a kind: a hundred records each, and a list for each value of a facet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from publisher.derived import DERIVED
from publisher.reading.datalinks import DataLinks
from publisher.reading.facts import Fact, cell
from publisher.reading.public import REFERENCES, Asked, Kind, Public, listed
from publisher.reading.shown import together

ROWS = 100
FACET_PAGES = 40  # a facet with more values than this leads into Datasette for the rarer ones
FACET_SHOWN = 12
_SAFE = re.compile(r"[A-Za-z0-9_-]+\Z").match

Row = Mapping[str, Any]


class Value(NamedTuple):
    """One value of a facet: how many records have it, and the page that lists them where there is one."""

    value: Any
    label: str
    records: int
    page: str | None


class Line(tuple[Any, ...]):
    """One record in a list: code, title, whether it is withheld, its cells.

    It stands in the list of everything and in one for each of its values, so what a template makes of it is
    kept (the filter `lines`).
    """

    said: str | None = None


class Facet(NamedTuple):
    """A field to filter by, its values by number of records."""

    asked: Asked
    values: tuple[Value, ...]


def list_pages(
    public: Public, kind: Kind, links: DataLinks, lang: str
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """For each list page of a kind: its name, its title, and what the template is given."""
    rows = in_order(public, kind)
    facets = [facet for asked in filters(kind) if (facet := facet_of(public, asked, rows, lang)).values]
    label, lines = kind.label[lang], _Lines(public, kind, lang)
    plain = [_facet(facet, links, None) for facet in facets]  # the same in every list, and so told once
    yield from _pages(public, kind, rows, "index", label, {"facets": plain}, lines)
    for n, facet in enumerate(facets):
        having: dict[Any, list[Row]] = {value.value: [] for value in facet.values}
        for row in rows:
            for each in dict.fromkeys(listed(row[facet.asked.name])):
                having[each].append(row)
        for value in facet.values:
            if value.page:
                some, title = having[value.value], f"{label} · {value.label}"
                told = [*plain[:n], _facet(facet, links, value), *plain[n + 1 :]]
                preset = [facet.asked.name, str(value.value)]
                given = {"facets": told, "preset": preset, "chosen": value.label}
                yield from _pages(public, kind, some, value.page, title, given, lines)


def in_order(public: Public, kind: Kind) -> list[Row]:
    """A kind's rows as its form sorts them; what has no value comes last, equals by code.

    What is computed to come first (the longest overdue) stands before all that.
    """
    name = kind.sort.lstrip("-")
    asked = kind.fields.get(name)
    rows = sorted(public.rows[kind.name], key=lambda row: row["code"])
    known = [row for row in rows if row.get(name) is not None]
    known.sort(key=lambda row: _key(public, asked, row[name]), reverse=kind.sort.startswith("-"))
    known += [row for row in rows if row.get(name) is None]
    if kind.derived and (first := DERIVED[kind.name].first):
        known.sort(key=lambda row: -(row[first] or 0))
    return known


def _key(public: Public, asked: Asked | None, value: Any) -> Any:
    """Text sorts as Chinese readers expect: GB 18030 keeps the common characters in the order of pinyin."""
    if isinstance(value, int | float):
        return value
    text = asked.say(value, public.titles, "zh") if asked else str(value)
    return text.encode("gb18030", "replace")


def facet_of(public: Public, asked: Asked, rows: Sequence[Row], lang: str) -> Facet:
    """How many records have each value of a field, the most frequent first."""
    if asked.each or not asked.public:
        return Facet(asked, ())
    counts = Counter(value for row in rows for value in listed(row[asked.name]))
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))
    paged = asked.type in ("choice", "choices", *REFERENCES)
    return Facet(
        asked,
        tuple(
            Value(
                value,
                asked.say(
                    [value] if asked.type in ("choices", "references", "strings") else value,
                    public.titles,
                    lang,
                ),
                count,
                f"{asked.name}.{value}" if paged and n < FACET_PAGES and _SAFE(str(value)) else None,
            )
            for n, (value, count) in enumerate(ordered)
        ),
    )


def _pages(
    public: Public,
    kind: Kind,
    rows: Sequence[Row],
    name: str,
    title: str,
    given: Mapping[str, Any],
    lines: _Lines,
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The pages of one list. `given`: its facets, and of a list of one value that value's label and the
    `preset` of its filter, the field and the value."""
    of = max(1, -(-len(rows) // ROWS))
    shared = {
        "title": title,
        "total": len(rows),
        "all": len(public.rows[kind.name]),
        "preset": None,
        "chosen": None,
        **given,
        "pages": of,
    }
    for n in range(1, of + 1):
        part = rows[(n - 1) * ROWS : n * ROWS]
        shown = [asked for asked in columns(kind) if any(row[asked.name] is not None for row in part)]
        shown = instead(kind, shown)
        data = {
            **shared,
            "columns": [asked.label[lines.lang] for asked in shown],
            "rows": lines.of(shown, part),
            "page": n,
            "before": _name(name, n - 1) if n > 1 else None,
            "after": _name(name, n + 1) if n < of else None,
        }
        yield _name(name, n), title, data


def columns(kind: Kind) -> list[Asked]:
    """The columns a list may show beside the title, which says some of them already."""
    fields = [kind.fields[name] for name in kind.columns if name not in kind.title_from]
    shown = [asked for asked in fields if not asked.each]
    if not kind.derived:
        return shown
    return [kind.derived[name] for name in DERIVED[kind.name].listed] + shown


def instead(kind: Kind, shown: list[Asked]) -> list[Asked]:
    """The columns of a page without those that a computed one says better."""
    if not kind.derived:
        return shown
    instead = DERIVED[kind.name].instead
    left_out = {name for asked in shown for name in instead.get(asked.name, ())}
    return [asked for asked in shown if asked.name not in left_out]


def filters(kind: Kind) -> list[Asked]:
    """The fields to filter a list by: what is computed and what its form names first, then the form's."""
    names = (*(DERIVED[kind.name].facets if kind.derived else ()), *kind.facets)
    return [kind.fields[name] if name in kind.fields else kind.derived[name] for name in dict.fromkeys(names)]


def _name(name: str, n: int) -> str:
    return name if n == 1 else f"page-{n}" if name == "index" else f"{name}.{n}"


def cells_of(public: Public, kind: Kind, shown: Sequence[Asked], row: Row, lang: str) -> list[Fact]:
    """One row's cells in some columns."""
    return [Fact(asked.label[lang], *_cell(public, kind, asked, row, lang)) for asked in shown]


class _Lines:
    """The lines of a kind's lists, each made once for the columns it is shown with."""

    def __init__(self, public: Public, kind: Kind, lang: str) -> None:
        self.public, self.kind, self.lang = public, kind, lang
        self.made: dict[tuple[str, ...], dict[str, Line]] = {}

    def of(self, shown: list[Asked], rows: Sequence[Row]) -> list[Line]:
        """The lines of some rows with these columns."""
        made = self.made.setdefault(tuple(asked.name for asked in shown), {})
        return [made.get(row["code"]) or self._make(made, shown, row) for row in rows]

    def _make(self, made: dict[str, Line], shown: list[Asked], row: Row) -> Line:
        public, kind, lang = self.public, self.kind, self.lang
        cells = cells_of(public, kind, shown, row, lang)
        line = made[row["code"]] = Line((row["code"], row["title"], bool(row["withheld"]), cells))
        return line


def _cell(public: Public, kind: Kind, asked: Asked, row: Row, lang: str) -> tuple[str, Any]:
    """One cell; a computed state has a shape before its words."""
    value = row[asked.name]
    if kind.derived.get(asked.name) is not asked or value is None:
        return cell(public, asked, value, lang)
    derived = DERIVED[kind.name]
    if asked.name in derived.marks:
        return "mark", (str(value), asked.say(value, public.titles, lang))
    if derived.tag and asked.name == derived.listed[0]:
        icon, told = derived.tag(row)
        return "tag", (icon, together(_told(public, kind.derived[name], row, lang) for name in told))
    return cell(public, asked, value, lang)


def _told(public: Public, asked: Asked, row: Row, lang: str) -> str:
    """A computed value where no heading says what it is."""
    if asked.type == "choice":
        return asked.say(row[asked.name], public.titles, lang)
    said = "" if asked.type == "boolean" else f" {asked.say(row[asked.name], public.titles, lang)}"
    return asked.label[lang] + said


def _facet(facet: Facet, links: DataLinks, chosen: Value | None) -> dict[str, Any]:
    shown = list(facet.values[:FACET_SHOWN])
    if chosen and chosen not in shown:
        shown.append(chosen)
    return {
        "label": facet.asked.label["zh"],
        "values": [
            {
                "label": value.label,
                "count": value.records,
                "href": f"{value.page}.html"
                if value.page
                else links.rows(facet.asked.kind, facet.asked, facet.asked.name, value.value),
                "current": value is chosen,
            }
            for value in shown
        ],
        "more": len(facet.values) - len(shown),
        "all": links.grouped(facet.asked.kind, facet.asked),
    }
