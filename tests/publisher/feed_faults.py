"""Whether a feed is what RFC 4287 asks for: every fault in a sentence. For files that we wrote ourselves."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter

ATOM = "{http://www.w3.org/2005/Atom}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
TAG = re.compile(r"tag:[A-Za-z0-9.-]+,\d{4}(-\d\d(-\d\d)?)?:\S+")
ONCE = ("id", "title", "updated")
OF_FEED = {"id", "title", "subtitle", "updated", "author", "link", "entry"}
OF_ENTRY = {"id", "title", "updated", "link", "summary"}


def faults(data: bytes) -> list[str]:
    """What is wrong with a feed; nothing, where it is whole."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        return ["holds a document type"]
    try:
        feed = ET.fromstring(data)
    except ET.ParseError as fault:
        return [f"is no XML: {fault}"]
    if feed.tag != f"{ATOM}feed":
        return [f"begins with {feed.tag}"]
    found = [*_of(feed, OF_FEED, "feed"), *_author(feed)]
    rels = Counter(link.get("rel") for link in feed.findall(f"{ATOM}link"))
    if rels != {"self": 1, "alternate": 1}:
        found.append(f"links of the feed: {dict(rels)}")
    entries = feed.findall(f"{ATOM}entry")
    for entry in entries:
        found += _of(entry, OF_ENTRY, "entry")
        if [link.get("rel") for link in entry.findall(f"{ATOM}link")] != ["alternate"]:
            found.append("an entry without its page")
    found += [f"twice: {id}" for id, n in Counter(_text(each, "id") for each in entries).items() if n > 1]
    days = [_text(each, "updated") for each in entries]
    if days != sorted(days, reverse=True):
        found.append("entries out of order")
    if days and _text(feed, "updated") != days[0]:
        found.append("the feed is not as new as its first entry")
    return found


def links(data: bytes) -> list[str]:
    """Every address that a feed names."""
    return [str(link.get("href")) for link in ET.fromstring(data).iter(f"{ATOM}link")]


def entries(data: bytes) -> list[dict[str, str]]:
    """The texts of each entry."""
    found = ET.fromstring(data).findall(f"{ATOM}entry")
    return [
        {
            **{name: _text(each, name) for name in ("id", "title", "updated", "summary")},
            "href": str(each.find(f"{ATOM}link").get("href")),  # type: ignore[union-attr]
        }
        for each in found
    ]


def _of(element: ET.Element, known: set[str], what: str) -> list[str]:
    found = [
        f"{what} has {each.tag}" for each in element if each.tag not in {f"{ATOM}{name}" for name in known}
    ]
    for name in ONCE:
        if len(element.findall(f"{ATOM}{name}")) != 1 or not _text(element, name).strip():
            found.append(f"{what} has not exactly one {name}")
    if not MOMENT.fullmatch(_text(element, "updated")):
        found.append(f"{what}: no moment: {_text(element, 'updated')}")
    if not TAG.fullmatch(_text(element, "id")):
        found.append(f"{what}: no name for good: {_text(element, 'id')}")
    for link in element.findall(f"{ATOM}link"):
        if not re.match(r"https?://[^\s]+$", link.get("href") or ""):
            found.append(f"{what}: no whole address: {link.get('href')}")
    for name in ("title", "summary", "subtitle"):
        for each in element.findall(f"{ATOM}{name}"):
            if len(each) or each.get("type", "text") != "text":
                found.append(f"{what}: markup in its {name}")
    return found


def _author(feed: ET.Element) -> list[str]:
    names = [each.text for each in feed.findall(f"{ATOM}author/{ATOM}name")]
    return [] if len(names) == 1 and names[0] else ["nobody speaks"]


def _text(element: ET.Element, name: str) -> str:
    return element.findtext(f"{ATOM}{name}") or ""
