"""The index of a release: this year's records in one folder, those of the years before in others.

A folder is named by all that it is made from, so one that did not change is linked to the last release's, and
a browser never asks for it again. A query fetches one piece of every folder: few folders, few bytes.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from publisher.search import pagefind
from publisher.search.entries import Entry
from publisher.search.tokens import of_code, tokens

FOLDER = "search"
LARGEST = 10_000
"""How many records of past years share a folder; a year is never split."""
_MAGIC = b"pagefind_dcd"


@dataclass(frozen=True)
class Bundle:
    """One folder of the index."""

    entries: tuple[Entry, ...]
    labels: dict[str, str] = field(default_factory=dict)
    """What a kind is called."""

    @cached_property
    def folder(self) -> str:
        """Where it lies below the site's root."""
        total = hashlib.blake2b(_maker(), digest_size=12)
        for each in self.entries:
            total.update(
                json.dumps([*vars(each).values(), self.labels[each.kind]], ensure_ascii=False).encode()
            )
        return f"{FOLDER}/{total.hexdigest()}"

    def files(self) -> dict[str, bytes]:
        """Its files by their paths in its folder.

        What Pagefind keeps of a record's words is of no use to a reader: the text itself stands in its place,
        not packed, so that anyone can look inside.
        """
        by_path = {each.path: each for each in self.entries}
        made = pagefind.index(self._record(each) for each in self.entries)
        return {
            path: self._told(data, by_path) if path.endswith(".pf_fragment") else data
            for path, data in made.items()
        }

    def _record(self, entry: Entry) -> pagefind.Record:
        heading = tokens(entry.title)
        words = dict.fromkeys([*heading, *of_code(entry.code), *tokens(entry.text)])
        return pagefind.Record(entry.path, " ".join(dict.fromkeys(heading)), " ".join(words))

    def _told(self, fragment: bytes, by_path: dict[str, Entry]) -> bytes:
        """What the browser is given of one hit."""
        entry = by_path[json.loads(gzip.decompress(fragment).removeprefix(_MAGIC))["url"]]
        meta = {
            "title": entry.title,
            "code": entry.code,
            "kind": self.labels[entry.kind],
            "day": entry.day,
            "text": entry.text,
        }
        told = {
            "url": entry.path,
            "content": "",
            "word_count": 0,
            "filters": {},
            "meta": meta,
            "anchors": [],
        }
        return _MAGIC + json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


@cache
def _maker() -> bytes:
    """What makes the files: this package and Pagefind. Another one gives every folder another name."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return b"\0".join([pagefind.program_version().encode(), *(path.read_bytes() for path in sources)])


def bundles(entries: Iterable[Entry], labels: dict[str, str], as_of: str) -> list[Bundle]:
    """All records of a release, the years before first."""
    years: dict[str, list[Entry]] = {}
    for each in entries:
        years.setdefault(_year(each.day, as_of), []).append(each)
    this = years.pop(as_of[:4], [])
    groups = [*_together([years[year] for year in sorted(years)]), this]
    return [Bundle(tuple(group), labels) for group in groups if group]


def _year(day: str, as_of: str) -> str:
    """The year of a record; what lies ahead stands with this year's, which is made anew most often."""
    return min(day[:4], as_of[:4])


def _together(years: Sequence[list[Entry]]) -> list[list[Entry]]:
    """Past years, the oldest first, as many in a folder as have room in it."""
    groups: list[list[Entry]] = []
    for year in years:
        if groups and len(groups[-1]) + len(year) <= LARGEST:
            groups[-1] += year
        else:
            groups.append(list(year))
    return groups
