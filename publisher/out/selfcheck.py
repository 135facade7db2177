"""The last look before a release is served: nothing that stays inside may stand in any of its bytes.

It judges by the forms' words alone and shares no code with what decided, so that a fault there shows here.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ahocorasick_rs import BytesAhoCorasick
from markupsafe import escape

from publisher.reading.shown import of_field

if TYPE_CHECKING:
    from ledger.forms import Field, Form

SHORTEST = 4  # characters
SHORTEST_NUMBER = 6  # digits: a shorter number alone says nothing, and pages count things
WHOLE_WORD_BELOW = 8  # bytes: shorter letters and digits stand by chance inside digests
STAY = ("never", "counted")
AS_WRITTEN = ("full", "reviewed")  # any other policy lets a value out in a coarser shape only


class Leak(Exception):
    """Something that must stay inside was found in a release. It is not served."""

    def __init__(self, found: list[Found]) -> None:
        self.found = found
        places = ", ".join(sorted({each.path for each in found})[:5])
        super().__init__(
            f"{len(found)} withheld value(s) stand in the new release ({places}). It was thrown away; "
            "the old one is still served. Nothing in content/ can cause this: report it as a fault."
        )


@dataclass(frozen=True)
class Found:
    """Where a withheld text stands; the text itself is not repeated."""

    path: str
    offset: int
    length: int


def plainly_inside(answers: Mapping[str, Any], wordings: Iterable[Form]) -> Iterator[str]:
    """The texts of every answer that some wording of its form does not let out as it was written."""
    for form in wordings:
        yield from _inside(answers, form.fields)


def _inside(answers: Mapping[str, Any], fields: Mapping[str, Field]) -> Iterator[str]:
    for name, value in answers.items():
        asked = fields.get(name)
        if asked is None or asked.publish not in AS_WRITTEN or asked.type == "photos":
            yield from _texts(value)
            # What names a photo would prove who holds the file that was sent: only its copy is public.
            yield from (text.removeprefix("sha256-") for text in _texts(value) if text.startswith("sha256-"))
        elif asked.each and isinstance(value, list):
            for row in value:
                yield from _inside(row, asked.each)


def plainly_public(values: Mapping[str, Any], fields: Mapping[str, Field]) -> Iterator[str]:
    """The texts among a row's values that have the shape their field allows, several as a line says them."""
    for name, value in values.items():
        asked = fields.get(name)
        if asked is None or asked.publish in STAY or asked.type == "photos":
            continue
        if asked.each:
            for row in value:
                yield from plainly_public(row, asked.each)
        else:
            shaped = [_has_shape(asked.publish, text) for text in _texts(value)]
            yield from (text for text, fits in zip(_texts(value), shaped, strict=True) if fits)
            if asked.type in ("choices", "strings", "money") and all(shaped):
                yield of_field(asked, value, str)


def _has_shape(policy: str, text: str) -> bool:
    """Whether a text is as coarse as its policy asks."""
    match policy:
        case "month":
            return len(text) == len("2026-03")
        case "surname":
            return text.endswith("某某")
    return True


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):  # asked first: most values are
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)


def search(root: Path, inside: Iterable[str], allowed: Iterable[bytes]) -> list[Found]:
    """Look for each text of `inside` that is nowhere in `allowed`, as raw bytes, in every file of `root`.

    Not in photos: in packed pixels short words stand by chance, and that they hold nothing else is certain
    (publisher.out.photos).
    """
    needles = sorted({needle for text in inside for needle in _spellings(text)})
    if not needles:
        return []
    public = {hit[0] for hit in _hits(needles, b"\0".join(allowed))}
    secret = [needle for n, needle in enumerate(needles) if n not in public]
    if not secret:
        return []
    automaton = BytesAhoCorasick(secret)
    found = []
    for path in sorted(each for each in root.rglob("*") if each.is_file() and not each.is_symlink()):
        if path.parent == root / "www" / "photos" and path.suffix == ".jpg":
            continue
        data = path.read_bytes()
        for n, start, end in automaton.find_matches_as_indexes(data, overlapping=True):
            if _counts(secret[n], data, start, end):
                found.append(Found(path.relative_to(root).as_posix(), start, end - start))
    return found


def _hits(needles: list[bytes], data: bytes) -> Iterator[tuple[int, int, int]]:
    for n, start, end in BytesAhoCorasick(needles).find_matches_as_indexes(data, overlapping=True):
        if _counts(needles[n], data, start, end):
            yield n, start, end


def _spellings(text: str) -> Iterator[bytes]:
    """A text as it would stand in a database, a page or a JSON file, whole and line by line."""
    for part in {text.strip(), *(line.strip() for line in text.splitlines())}:
        digits = part.replace(".", "").replace("-", "")
        if len(part) < SHORTEST or (digits.isdigit() and len(digits) < SHORTEST_NUMBER):
            continue
        yield part.encode()
        yield html.escape(part).encode()
        yield str(escape(part)).encode()
        yield json.dumps(part)[1:-1].encode()
        yield json.dumps(part, ensure_ascii=False)[1:-1].encode()


def _counts(needle: bytes, data: bytes, start: int, end: int) -> bool:
    """Whether a hit is the text itself, and not a few letters inside a longer word."""
    if len(needle) >= WHOLE_WORD_BELOW or not needle.isascii():
        return True
    return not (_is_word(data[start - 1 : start]) or _is_word(data[end : end + 1]))


def _is_word(byte: bytes) -> bool:
    return byte.isalnum() or byte in (b"-", b"_")
