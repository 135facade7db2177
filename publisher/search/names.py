"""Names and codes in one small file, asked before the index: people, places, organs, and whatever is few.

Where the registers are too long for one file, it is split by the first character of a name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from publisher.reading.public import Public
from publisher.search.entries import Entry
from publisher.search.tokens import plain

LARGEST = 48 * 1024
"""Bytes of one file: what a reader waits for before the first answer."""

Named = tuple[str, str, str]


def named(public: Public, entries: Iterable[Entry]) -> list[Named]:
    """Kind, code and heading of every record of a register, and of the other kinds while there is room."""
    by_kind: dict[str, list[Named]] = {}
    for each in entries:
        by_kind.setdefault(each.kind, []).append((each.kind, each.code, each.title))
    kinds = [kind for kind in public.shown if kind.name in by_kind]
    kinds.sort(key=lambda kind: (not kind.register, len(by_kind[kind.name]), kind.name))
    chosen: list[Named] = []
    size = 0
    for kind in kinds:
        size += sum(map(_bytes, by_kind[kind.name]))
        if kind.register or size <= LARGEST:
            chosen += by_kind[kind.name]
    return chosen


def shards(names: Iterable[Named]) -> list[list[Named]]:
    """The names by file. A name stands in the file that the first character of its heading says."""
    names = list(names)
    count = 1
    while count * LARGEST < sum(map(_bytes, names)):
        count *= 2
    found: list[list[Named]] = [[] for _ in range(count)]
    for each in names:
        found[ord(plain(each[2] or each[1])[0]) % count].append(each)
    return found


def _bytes(name: Named) -> int:
    return len(json.dumps(name, ensure_ascii=False).encode()) + 1
