"""Townships, villages and grids as the register has them: a tree, and what is public of each place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from publisher.reading.public import REFERENCES, Public

KIND = "grid"
LEVELS = ("township", "village", "grid")
TALLIED: Mapping[str, str] = {
    "visit": "grid",
    "opinion": "grid",
    "suggestion": "grid",
    "project_candidate": "places",
    "station": "grid",
}
"""What is counted for a place, and through which field a record names it."""


@dataclass(frozen=True)
class Place:
    """One place of the register, with the places within it."""

    code: str
    title: str
    level: str
    within: str | None
    inside: list[str] = field(default_factory=list)


def by_name(text: str) -> bytes:
    """The order Chinese readers expect: GB 18030 keeps the common characters in the order of pinyin."""
    return text.encode("gb18030", "replace")


def places(public: Public) -> Mapping[str, Place]:
    """Every public place by its code; those within one stand by level, then by name."""
    key = "places"
    if key not in public.computed:
        found = {
            row["code"]: Place(row["code"], row["title"], row["level"] or "", row["within"])
            for row in public.rows.get(KIND, ())
            if not row["withheld"]
        }
        for each in in_order(found.values()):
            if each.within in found:
                found[each.within].inside.append(each.code)
        public.computed[key] = found
    kept: Mapping[str, Place] = public.computed[key]
    return kept


def in_order(some: Iterable[Place]) -> list[Place]:
    """By level from the township down, then by name."""

    def place(each: Place) -> tuple[int, bytes, str]:
        level = LEVELS.index(each.level) if each.level in LEVELS else len(LEVELS)
        return level, by_name(each.title), each.code

    return sorted(some, key=place)


def roots(public: Public) -> list[Place]:
    """The places that lie in no other public one; of places in a ring, the first of each."""
    found = places(public)
    tops = [each for each in found.values() if each.within not in found]
    reached = {code for top in tops for code in scope(public, top.code)}
    for each in in_order(found.values()):
        if each.code not in reached:
            tops.append(each)
            reached.update(scope(public, each.code))
    return in_order(tops)


def scope(public: Public, code: str) -> tuple[str, ...]:
    """A place and all within it, each once."""
    found, way, known = places(public), [code], {code}
    for each in way:  # grows while it is walked
        fresh = [one for one in found[each].inside if one not in known] if each in found else []
        known.update(fresh)
        way += fresh
    return tuple(way)


def above(public: Public, code: str) -> list[Place]:
    """The places that a place lies in, the widest first."""
    found, way = places(public), []
    seen = {code}
    up = found[code].within if code in found else None
    while up in found and up not in seen and up is not None:
        seen.add(up)
        way.append(found[up])
        up = found[up].within
    return way[::-1]


def tallies(public: Public) -> Mapping[str, Mapping[str, frozenset[str]]]:
    """For each place and kind, the codes of the records of it and of all places within it."""
    key = "tallies of places"
    if key not in public.computed:
        found: dict[str, dict[str, set[str]]] = {}
        upward = {code: (code, *(each.code for each in above(public, code))) for code in places(public)}
        for kind, code, named in _named(public):
            for place in {each for one in named for each in upward.get(one, ())}:
                found.setdefault(place, {}).setdefault(kind, set()).add(code)
        public.computed[key] = {
            place: {kind: frozenset(codes) for kind, codes in kinds.items()} for place, kinds in found.items()
        }
    kept: Mapping[str, Mapping[str, frozenset[str]]] = public.computed[key]
    return kept


def tally(public: Public, place: str, kind: str) -> frozenset[str]:
    """The records of a kind that are of a place or of one within it."""
    return tallies(public).get(place, {}).get(kind, frozenset())


def _named(public: Public) -> Iterator[tuple[str, str, list[str]]]:
    """Kind and code of each record that names places, and which."""
    for kind, via in TALLIED.items():
        asked = public.kinds[kind].fields.get(via) if kind in public.rows else None
        if asked is None or not asked.public or asked.type not in REFERENCES or asked.refers_to != KIND:
            continue
        for row in public.rows[kind]:
            value = row[via]
            if value and not row["withheld"]:
                yield kind, row["code"], value if isinstance(value, list) else [value]
