"""The page of one record: what it says, what refers to it, how it was corrected, where to check it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from publisher.correction.erased import erased_of
from publisher.correction.told import corrections_of
from publisher.out.photo_names import small_of
from publisher.reading.datalinks import DataLinks
from publisher.reading.facts import link, said
from publisher.reading.public import Kind, Public, Reference
from publisher.reading.shown import together

MOST = 12  # how many records of one sort a page lists before it sends the reader to all of them
AUTHOR = {"zh": "提交人", "en": "filed by"}
ALT = {"zh": "{label}（第{n}张，共{of}张）：{title}", "en": "{label} {n} of {of}: {title}"}


def shared(kind: Kind, links: DataLinks, lang: str) -> dict[str, Any]:
    """What all pages of a kind have in common."""
    return {
        "label": kind.label[lang],
        "label_en": kind.label["en"],
        "english": {asked.label[lang]: asked.label["en"] for asked in kind.fields.values() if asked.public},
        "name": kind.name,
        "inside": together((asked.label[lang] for asked in kind.fields.values() if not asked.public), lang),
        "kept": [kind.fields[name].label[lang] for name in kind.keep if name in kind.fields],
        "publish_when": kind.publish_when,
        "withheld_with": kind.fields[kind.withheld_with].label[lang] if kind.withheld_with else None,
        "rows": links.table(kind.name),
        "root": "../",
    }


def record_data(
    public: Public, kind: Kind, row: Mapping[str, Any], links: DataLinks, lang: str
) -> dict[str, Any]:
    """What the template of a record's page is given."""
    code, author = row["code"], row.get("author")
    told = said(public, kind, row, lang)
    return {
        "code": code,
        "title": row["title"],
        "filed_on": row["filed_on"],
        "author": link(public, author) if author else None,
        "withheld": bool(row["withheld"]),
        "documents": told.documents,
        "facts": told.facts,
        "missing": told.missing,
        "photos": photos(public, kind, row, lang),
        "related": related(public, code, links, lang),
        "corrections": corrections_of(public, row, lang),
        "erased": erased_of(public, kind, code, lang),
    }


def photos(public: Public, kind: Kind, row: Mapping[str, Any], lang: str) -> list[dict[str, Any]]:
    """A record's photos, one question after the other; what is read out names question and record."""
    shown = [
        (asked, photo)
        for asked in kind.told
        if asked.type == "photos"
        for photo in public.photos.get((kind.name, asked.name), {}).get(row["code"], ())
    ]
    return [
        {
            "href": photo["path"],
            "small": small_of(photo["path"]),
            "width": photo["width"],
            "height": photo["height"],
            "label": asked.label[lang],
            "n": n,
            "of": len(shown),
            "alt": ALT[lang].format(label=asked.label[lang], n=n, of=len(shown), title=row["title"]),
        }
        for n, (asked, photo) in enumerate(shown, 1)
    ]


def related(public: Public, code: str, links: DataLinks, lang: str) -> list[tuple[Any, ...]]:
    """The records that refer to this one, together by kind and field, the latest first."""
    groups: dict[tuple[str, str], list[Reference]] = {}
    for reference in public.about.get(code, ()):
        groups.setdefault((reference.kind, reference.via), []).append(reference)
    return [_group(public, code, references, links, lang) for _, references in sorted(groups.items())]


def _group(
    public: Public, code: str, references: list[Reference], links: DataLinks, lang: str
) -> tuple[Any, ...]:
    """Label, through which field, how many, where all of them are, and the latest: text, page, day."""
    kind, via = public.kinds[references[0].kind], references[0].via
    rows = public.by_code(kind.name)
    latest = sorted((rows[each.code] for each in references), key=lambda row: row["code"])
    latest.sort(key=kind.date, reverse=True)
    asked = kind.fields.get(via)
    items = [
        (row["title"], f"{kind.name}/{row['code']}.html", None if kind.register else kind.date(row))
        for row in latest[:MOST]
    ]
    everything = links.rows(kind.name, asked, via, code) if len(latest) > MOST else None
    return kind.label[lang], _via(kind, via, lang), len(latest), everything, items


def _via(kind: Kind, via: str, lang: str) -> str | None:
    """Through which field a record refers to another; what it is about goes without saying."""
    if via == kind.about:
        return None
    return kind.fields[via].label[lang] if via in kind.fields else AUTHOR[lang]


def describe(data: Mapping[str, Any], label: str) -> str:
    """One line for search engines and link previews."""
    opening = data["documents"][0][1].strip().splitlines()[0] if data["documents"] else ""
    return " · ".join(part for part in (label, data["title"], opening) if part)[:150]
