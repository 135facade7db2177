"""Every row of a kind's list in one file, so that a browser can sort and filter it without a server.

`<kind>/rows.json` holds what the list shows and no more; assets/lists.js fetches it when it is first needed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ledger.formats import written_as
from ledger.words import Words
from publisher.derived import DERIVED
from publisher.pages.lists import Facet, cells_of, columns, facet_of, filters, in_order, instead
from publisher.pages.making import Site
from publisher.reading.facts import WHOLE
from publisher.reading.public import Asked, Kind, Public, listed
from publisher.stamping.stamp import Plain

FEWEST, MOST = 2, 10_000
"""One row needs no sorting; more than the most would be megabytes, and Datasette answers those."""
CHOICES = 500  # a filter of more values than this is no filter any more
RESERVED = ("sort", "page", "q")
"""What else the address of a list may say, beside its filters by their field's name."""

Row = Mapping[str, Any]


class Sort(NamedTuple):
    """What a list may be sorted by: a name for the address, what it is called, and how it compares."""

    name: str
    label: str
    by: str


def files(site: Site) -> Iterator[Plain]:
    """`<kind>/rows.json` of every kind whose list can be sorted in the page."""
    for kind in site.public.shown:
        if offered(site.public, kind):
            told = rows(site.public, kind, site.words, site.lang)
            text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
            yield Plain.text(f"{kind.name}/rows.json", text)


def offered(public: Public, kind: Kind) -> bool:
    """Whether a kind has so many records that its list can be sorted in the page."""
    return FEWEST <= len(public.rows[kind.name]) <= MOST


def rows(public: Public, kind: Kind, words: Words, lang: str) -> dict[str, Any]:
    """What the file holds: columns, filters, sorts, the records named in cells, then a line a record."""
    ordered = in_order(public, kind)
    shown = instead(
        kind, [each for each in columns(kind) if any(row[each.name] is not None for row in ordered)]
    )
    facets = [
        facet
        for asked in filters(kind)
        if asked.name not in RESERVED and (facet := facet_of(public, asked, ordered, lang)).values
    ]
    facets = [facet for facet in facets if 1 < len(facet.values) <= CHOICES]
    places = [{each.value: n for n, each in enumerate(facet.values)} for facet in facets]
    by = sorts(kind, words, lang)
    titles = _places_of_titles(ordered)
    names: dict[str, list[str | None]] = {}
    lines = [
        [
            row["code"],
            row["title"],
            int(row["withheld"] or 0),
            _cells(public, kind, shown, row, lang, names),
            [
                [place[value] for value in listed(row[facet.asked.name])]
                for facet, place in zip(facets, places, strict=True)
            ],
            [titles[row["code"]] if each.by == "text" else row[each.name] for each in by],
        ]
        for row in ordered
    ]
    return {
        "columns": [each.label[lang] for each in shown],
        "filters": [
            {
                "name": facet.asked.name,
                "label": facet.asked.label[lang],
                "values": [str(each.value) for each in facet.values],
                "labels": [each.label for each in facet.values],
                "order": _order(facet),
            }
            for facet in facets
        ],
        "sorts": [_sort(each, words, lang) for each in by],
        "say": {key: words.messages[f"site.sift.{key}"][lang] for key in SAID},
        "names": names,
        "rows": lines,
    }


SAID = (
    "sort",
    "own",
    "every",
    "find",
    "find.hint",
    "count",
    "none",
    "clear",
    "page",
    "before",
    "after",
    "withheld",
)
"""What the page says once it sorts and filters: keys of content/words/site_sift.yaml."""


def sorts(kind: Kind, words: Words, lang: str) -> list[Sort]:
    """By title, by the kind's date, and by every date and number that the list shows or is computed first."""
    found = [
        Sort("title", words.say("site.sift.title", lang), "text"),
        Sort(*_dated(kind, words, lang), "date"),
    ]
    first = DERIVED[kind.name].first if kind.derived else None
    fields = [*([kind.derived[first]] if first else []), *columns(kind), *_of_title(kind)]
    for asked in fields:
        by = "date" if asked.type in ("date", "date-time") else "number" if asked.type in WHOLE else None
        if by and asked.type != "time" and asked.name not in {each.name for each in found}:
            found.append(Sort(asked.name, asked.label[lang], by))
    return found


def sifting(site: Site, kind: Kind) -> dict[str, Any] | None:
    """What the template of a list is told: which heading sorts by what, and what is said meanwhile."""
    if not offered(site.public, kind):
        return None
    title, *others = sorts(kind, site.words, site.lang)
    return {
        "heads": {kind.label[site.lang]: title.name} | {each.label: each.name for each in others},
        "total": len(site.public.rows[kind.name]),
    }


def _dated(kind: Kind, words: Words, lang: str) -> tuple[str, str]:
    asked = kind.fields.get(kind.dated_by)
    return (asked.name, asked.label[lang]) if asked else ("filed_on", words.say("site.sift.filed", lang))


def _of_title(kind: Kind) -> list[Asked]:
    """Numbers and dates that stand in the title and not in a column of their own."""
    return [
        kind.fields[name] for name in kind.columns if name in kind.title_from and not kind.fields[name].each
    ]


def _sort(each: Sort, words: Words, lang: str) -> dict[str, Any]:
    """A sort with what its two directions are called; the more telling one first."""
    up, down = (words.say(f"site.sift.{each.by}.{way}", lang, label=each.label) for way in ("up", "down"))
    first = [["", up], ["-", down]] if each.by == "text" else [["-", down], ["", up]]
    return {"name": each.name, "label": each.label, "ways": first}


def _order(facet: Facet) -> list[int]:
    """Many values are found by their names, a few by how often they occur."""
    places = range(len(facet.values))
    if len(facet.values) <= 12:
        return list(places)
    return sorted(places, key=lambda n: facet.values[n].label.encode("gb18030", "replace"))


def _places_of_titles(ordered: Sequence[Row]) -> dict[str, int]:
    """Where each title stands in the order of pinyin, which a browser does not know by itself."""
    by_title = sorted(ordered, key=lambda row: (row["title"].encode("gb18030", "replace"), row["code"]))
    return {row["code"]: n for n, row in enumerate(by_title)}


def _cells(
    public: Public,
    kind: Kind,
    shown: Sequence[Asked],
    row: Row,
    lang: str,
    names: dict[str, list[str | None]],
) -> list[Any]:
    """Text as it is; anything else as a list that begins with a letter for how it is set."""
    found: list[Any] = []
    for asked, fact in zip(shown, cells_of(public, kind, shown, row, lang), strict=True):
        if fact.how == "links":
            codes = listed(row[asked.name])
            for code, (title, path) in zip(codes, fact.what, strict=True):
                names[code] = [title, path]
            found.append(["l", *codes])
        elif fact.how in ("tag", "mark"):
            found.append([fact.how[0], *fact.what])
        elif fact.how == "number":
            found.append(["n", fact.what])
        elif fact.how == "uri" and written_as("uri", fact.what):
            found.append(["u", fact.what])
        else:
            found.append(None if fact.how == "none" else str(fact.what))
    return found
