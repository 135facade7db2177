"""How to cite a page: GB/T 7714 and APA, with the day of access left to whoever reads it.

The day is that of the record's last change, so that a page stays the same file while nothing in it changes;
which release it stands in, a script adds from `download/release.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from publisher.pages.making import Site

STYLES = ("gbt7714", "apa")


def cited(site: Site, title: str, day: str, path: str, code: str = "") -> dict[str, Any]:
    """A page in both styles, each as one line of plain text."""
    given = {
        "congress": site.congress.name["zh"],
        "site": site.name,
        "title": title,
        "code": code,
        "day": day,
        "address": f"{site.congress.addresses['www']}/{path}",
    }
    kind = "record" if code else "list"
    return {
        style: site.words.say(f"site.download.cite.{style}.{kind}", "zh", **given) for style in STYLES
    } | {"day": day}


def of_site(site: Site) -> dict[str, Any]:
    """All the data of a release as one work."""
    title = site.words.say("site.download.package", "zh", congress=site.congress.name["zh"])
    return cited(site, title, site.public.release["as_of"], "download.html")


def of_record(site: Site, data: Mapping[str, Any], path: str) -> dict[str, Any]:
    """One record, dated by its last change."""
    corrections = data["corrections"]
    day = corrections[-1]["on"] if corrections else data["filed_on"]
    return cited(site, data["title"], day, path, data["code"])
