"""The JSON beside each record's page: all that the page says, for programs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from publisher.download.formats import lines
from publisher.pages.making import Site
from publisher.reading.public import Asked, Kind, Public
from publisher.stamping.stamp import Plain

FORMAT = "mingbai-record/1"
CONTEXT = {
    "schema": "https://schema.org/",
    "address": "@id",
    "title": "schema:name",
    "code": "schema:identifier",
    "licence": {"@id": "schema:license", "@type": "@id"},
}
"""JSON-LD for what schema.org has an honest word for; all else is ours, and said in datapackage.json."""
Row = Mapping[str, Any]


def twins(site: Site) -> Iterator[tuple[Kind, Row, Plain, str]]:
    """For each record: its kind and row, its twin, and the twin's SHA-256."""
    terms = site.words.both("data.licence")
    for kind in site.public.shown:
        label = dict(kind.label)
        for row in site.public.rows[kind.name]:
            data = lines(twin(site, kind, row, label, terms)).encode()
            digest = hashlib.sha256(data).hexdigest()
            yield kind, row, Plain(f"{kind.name}/{row['code']}.json", digest, partial(bytes, data)), digest


def twin(
    site: Site, kind: Kind, row: Row, label: Mapping[str, str], terms: Mapping[str, str]
) -> dict[str, Any]:
    """One record. Which release it stands in is said where `release` leads, so that it stays as it is."""
    public, code, www = site.public, row["code"], site.congress.addresses["www"]
    shown = [each for each in kind.told if not row["withheld"] or each.name in kind.keep]
    values = {each.name: value(public, kind, each, row) for each in shown}
    return {
        "@context": CONTEXT,
        "format": FORMAT,
        "address": f"{www}/{kind.name}/{code}.html",
        "code": code,
        "kind": kind.name,
        "kind_label": label,
        "title": row["title"],
        "filed_on": row["filed_on"],
        "author": row["author"],
        "withheld": bool(row["withheld"]),
        "values": values,
        "in_words": {each.name: _said(public, each, values[each.name], site.lang) for each in shown},
        **_computed(public, kind, row, site.lang),
        "corrections": [
            {"on": each.on, "fields": list(each.changed)} for each in public.corrections.get(code, ())
        ],
        "erased": [
            {"field": each.field, "on": each.on, "reason": each.reason}
            for each in public.erased.get(code, ())
        ],
        "related": _related(public, code),
        "licence": f"{www}/download.html",
        "terms": terms,
        "release": f"{www}/download/datapackage.json",
        "proof": f"{www}/{kind.name}/{code}.proof.json" if code in public.proofs else None,
    }


def value(public: Public, kind: Kind, asked: Asked, row: Row) -> Any:
    """A value as it was answered; of photos where their public copies are."""
    if asked.type == "photos":
        found = public.photos.get((kind.name, asked.name), {}).get(row["code"], ())
        return [photo["path"] for photo in found] or None
    if asked.each:
        lines = public.groups.get((kind.name, asked.name), {}).get(row["code"])
        inner = [each for each in asked.each if each.public]
        return lines and [{each.name: _raw(each, line[each.name]) for each in inner} for line in lines]
    return _raw(asked, row[asked.name])


def _raw(asked: Asked, stored: Any) -> Any:
    return bool(stored) if asked.type == "boolean" and stored is not None else stored


def _said(public: Public, asked: Asked, raw: Any, lang: str) -> dict[str, Any]:
    """A field's label, and its value in words where those are not the value itself."""
    said: Any = None
    if raw is None or asked.type == "photos":
        pass
    elif asked.each:
        inner = {each.name: each for each in asked.each}
        said = [
            {
                inner[name].label[lang]: _in_words(public, inner[name], part, lang)
                for name, part in line.items()
            }
            for line in raw
        ]
    else:
        said = _in_words(public, asked, raw, lang)
    return {"label": asked.label[lang]} | ({"words": said} if said is not None and said != raw else {})


def _in_words(public: Public, asked: Asked, raw: Any, lang: str) -> str | None:
    return None if raw is None else asked.say(raw, public.titles, lang)


def _computed(public: Public, kind: Kind, row: Row, lang: str) -> dict[str, Any]:
    """What is computed of a record holds on a day, which is said with it."""
    if not kind.derived or row["withheld"]:
        return {}
    values = {name: _raw(each, row[name]) for name, each in kind.derived.items() if name not in kind.fields}
    said = {name: _said(public, kind.derived[name], raw, lang) for name, raw in values.items()}
    return {"computed": {"as_of": public.release["as_of"], "values": values, "in_words": said}}


def _related(public: Public, code: str) -> list[dict[str, Any]]:
    """The records that name this one, by kind and field, in the order of their codes."""
    groups: dict[tuple[str, str], list[str]] = {}
    for each in public.about.get(code, ()):
        groups.setdefault((each.kind, each.via), []).append(each.code)
    return [
        {"kind": kind, "via": via, "codes": sorted(codes)} for (kind, via), codes in sorted(groups.items())
    ]
