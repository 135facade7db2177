"""The last look before a release is served: nothing that stays inside may stand in any of its bytes.

It judges by the forms' words alone and shares no code with what decided, so that a fault there shows here.
"""

from __future__ import annotations

import html
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape as xml_escape

from ahocorasick_rs import BytesAhoCorasick
from markupsafe import escape

from ledger.formats import written_as
from ledger.why import PRIVACY, Why
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


def plainly_private(versions: Sequence[tuple[Mapping[str, Any], Why | None]]) -> Iterator[str]:
    """The texts that a correction for privacy took away, out of a record's versions from first to last."""
    kept = set(_texts(versions[-1][0]))
    for n, (answers, why) in enumerate(versions):
        if n and why and why.reason == PRIVACY:
            before = versions[n - 1][0]
            names = [name for name in before.keys() | answers.keys() if before.get(name) != answers.get(name)]
            for earlier, _ in versions[:n]:
                for name in names:
                    told = (text for text in _texts(earlier.get(name)) if text not in kept)
                    yield from (text for text in told if not written_as("date", text))  # which tells nothing


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
            if asked.type == "money" and isinstance(value, int) and all(shaped):
                yield f"{value / 100:.16g} {value / 100:.2f}"  # in yuan, as spreadsheets have it


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
    (publisher.out.photos). A bare day is looked for in `data/` alone, where rows leave by: pages are made of
    those rows and count to days of their own, such as a deadline that falls on the day of somebody's visit.
    """
    needles = sorted({needle for text in inside for needle in _spellings(text)})
    if not needles:
        return []
    public = {hit[0] for hit in _hits(needles, b"\0".join(allowed))}
    secret = [needle for n, needle in enumerate(needles) if n not in public]
    if not secret:
        return []
    automaton = BytesAhoCorasick(secret)
    days = {needle for needle in secret if written_as("date", needle.decode())}
    found = []
    for path in sorted(each for each in root.rglob("*") if each.is_file() and not each.is_symlink()):
        if path.parent == root / "www" / "photos" and path.suffix == ".jpg":
            continue
        rows, data = path.parent == root / "data", path.read_bytes()
        data = _members(data) if path.suffix in ZIPPED else unpacked(data)
        for n, start, end in automaton.find_matches_as_indexes(data, overlapping=True):
            if (secret[n] not in days or rows) and _counts(secret[n], data, start, end):
                found.append(Found(path.relative_to(root).as_posix(), start, end - start))
    return found


def unpacked(data: bytes) -> bytes:
    """A file as it can be read. Packed bytes are not looked at: in them short words stand by chance."""
    return next((unpack(data) for begins, unpack in PACKED.items() if data.startswith(begins)), data)


def _gunzipped(data: bytes) -> bytes:
    """Where it has a name or a comment of its own, or anything after it, that is looked at as well."""
    inside = zlib.decompressobj(wbits=31)
    try:
        text = inside.decompress(data) + inside.flush()
    except zlib.error:
        return data
    if inside.eof and not data[3] and not inside.unused_data:
        return text
    return b"\0".join((data, text, unpacked(inside.unused_data)))


def _members(data: bytes) -> bytes:
    """All files in a zip, one after the other, their names too; spreadsheets are such."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return b"\0".join(part for name in packed.namelist() for part in (name.encode(), packed.read(name)))


ZIPPED = (".xlsx", ".zip")
"""One of these that cannot be opened stops the build: it cannot be looked into."""
PACKED: Mapping[bytes, Callable[[bytes], bytes]] = {b"\x1f\x8b": _gunzipped, b"PK\x03\x04": _members}
"""How packed files are looked into, by how they begin."""


def _hits(needles: list[bytes], data: bytes) -> Iterator[tuple[int, int, int]]:
    for n, start, end in BytesAhoCorasick(needles).find_matches_as_indexes(data, overlapping=True):
        if _counts(needles[n], data, start, end):
            yield n, start, end


def _spellings(text: str) -> Iterator[bytes]:
    """A text as it would stand in a database, a page, a JSON file or a table, whole and line by line."""
    for part in {text.strip(), *(line.strip() for line in text.splitlines())}:
        digits = part.replace(".", "").replace("-", "")
        if len(part) < SHORTEST or (digits.isdigit() and len(digits) < SHORTEST_NUMBER):
            continue
        yield part.encode()
        yield html.escape(part).encode()
        yield str(escape(part)).encode()
        yield xml_escape(part).encode()
        yield part.replace('"', '""').encode()  # in CSV
        yield json.dumps(part)[1:-1].encode()
        yield json.dumps(part, ensure_ascii=False)[1:-1].encode()


def _counts(needle: bytes, data: bytes, start: int, end: int) -> bool:
    """Whether a hit is the text itself, and not a few letters inside a longer word."""
    if len(needle) >= WHOLE_WORD_BELOW or not needle.isascii():
        return True
    return not (_is_word(data[start - 1 : start]) or _is_word(data[end : end + 1]))


def _is_word(byte: bytes) -> bool:
    return byte.isalnum() or byte in (b"-", b"_")
