"""download.html: what there is to take home, what each file is for, and under which terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from publisher.download import cite
from publisher.download.package import File
from publisher.pages.making import Site
from publisher.stamping.stamp import Page

SHELL = "download"
FORMATS = ("xlsx", "excel.csv", "csv", "ndjson")
WHOLE = (
    ("public.db", "db"),
    ("public.db.gz", "db_gz"),
    ("datapackage.json", "datapackage"),
    ("SHA256SUMS", "sums"),
    ("README.zh.txt", "readme_zh"),
    ("README.en.txt", "readme_en"),
    ("verify.py", "py"),
    ("keys.json", "keys"),
)


def page(site: Site, files: Iterable[File]) -> Page:
    """The page of one release."""
    by_path = {file.path: file for file in files}
    title = site.words.say("site.download.name", site.lang)
    mould = site.mould(SHELL, ("download.html",), shared={"congress": site.congress.name[site.lang]})
    data = {
        "as_of": site.public.release["as_of"],
        "id": site.public.release["id"],
        "whole": [_whole(*each, by_path) for each in WHOLE],
        "groups": _groups(site, by_path),
        "cited": cite.of_site(site),
        "www": site.congress.addresses["www"],
    }
    description = site.words.say("site.download.description", site.lang)
    return Page(f"{SHELL}.html", title, description, data, mould)


def _whole(name: str, what: str, by_path: Mapping[str, File]) -> dict[str, Any]:
    size = by_path[name].bytes if name in by_path else None
    return {
        "href": f"download/{name}",
        "name": name,
        "what": f"site.download.what.{what}",
        "size": _size(size),
    }


def _groups(site: Site, by_path: Mapping[str, File]) -> list[dict[str, Any]]:
    """Records first, then their parts and what is told of them, then what tells of all records."""
    found: dict[str, list[dict[str, Any]]] = {"records": [], "parts": [], "about": []}
    for sheet in (file.sheet for file in by_path.values() if file.sheet and file.format == "csv"):
        group = "records" if sheet.of_kind else "parts" if sheet.kind else "about"
        found[group].append(
            {
                "name": sheet.name,
                "label": sheet.label[site.lang],
                "count": len(site.public.rows[sheet.name]) if sheet.of_kind else None,
                "files": [
                    (format, f"download/{file.path}", _size(file.bytes))
                    for format in FORMATS
                    if (file := by_path.get(f"{sheet.name}.{format}"))
                ],
            }
        )
    place = {kind.name: kind.place for kind in site.public.shown}
    for made in found.values():
        made.sort(key=lambda sheet: (place.get(sheet["name"], 0), sheet["name"]))
    return [
        {"key": f"site.download.group.{key}", "id": key, "sheets": made}
        for key, made in found.items()
        if made
    ]


def _size(size: int | None) -> str:
    """A size as people say it.

    >>> _size(500), _size(20_480), _size(7_340_032)
    ('1\\xa0KB', '20\\xa0KB', '7.0\\xa0MB')
    """
    if size is None:
        return ""
    return f"{size / 1_048_576:.1f}\u00a0MB" if size >= 1_048_576 else f"{-(-size // 1024)}\u00a0KB"
