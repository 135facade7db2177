"""One line of the journal: what came between two positions of the ledger, sealed, behind a plain head.

    {"v":1,"ledger":…,"epoch":…,"from":41,"to":43,"chain":…,"before":…,"tables":{…},"sealed":…}

`chain` is the ledger's chain head at `to`, `before` the digest of the line before (of the whole journal, over
all segments), `tables` the digest of each small table as it then stood. The head is authenticated with the
rest. Nothing in plain tells what was filed or by whom.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from ledger.backup.box import open_box, seal
from ledger.sealed import NotSealed
from ledger.signature import b64u, digest_of, unb64u
from ledger.strict_json import read_json, write_json

VERSION = 1
MOST_UNPACKED = 256 << 20


class BrokenLine(Exception):
    """A line that is none of ours; the message says why."""


class LaterLine(BrokenLine):
    """A line that a later program has written: not to be touched by this one."""


@dataclass(frozen=True)
class Head:
    """What a line says in plain."""

    ledger: str
    epoch: str
    begins: int
    ends: int
    chain: str
    before: str
    tables: Mapping[str, str]

    def text(self) -> str:
        """The head as it stands in the line, and as it is authenticated."""
        said = {"v": VERSION, "ledger": self.ledger, "epoch": self.epoch, "from": self.begins}
        rest = {"to": self.ends, "chain": self.chain, "before": self.before, "tables": dict(self.tables)}
        return write_json({**said, **rest})


@dataclass(frozen=True)
class Line:
    """A line as it lies there: its head, its box, and the digest by which the next one names it."""

    head: Head
    box: bytes
    digest: str

    def content(self, recovery: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
        """What is sealed in it; NotSealed where a bit of the line is another."""
        packed = open_box(self.box, recovery, self.head.text().encode())
        unpacking = zlib.decompressobj()
        plain = unpacking.decompress(packed, MOST_UNPACKED)
        if not unpacking.eof:
            raise NotSealed("too large")
        content: dict[str, Any] = read_json(plain.decode())
        return content


def write_line(head: Head, content: Mapping[str, Any], public: str) -> bytes:
    """A line with its line feed, sealed for the recovery key."""
    said = head.text()
    box = seal(zlib.compress(write_json(content).encode(), 1), public, said.encode())
    return f'{said[:-1]},"sealed":"{b64u(box)}"}}\n'.encode()


def read_line(raw: bytes) -> Line:
    """A line without its line feed; BrokenLine where it is none."""
    try:
        said = read_json(raw.decode("utf-8"))
        if said["v"] != VERSION:
            raise LaterLine("it was written by another version of this program")
        head = Head(
            ledger=_text(said["ledger"]),
            epoch=_text(said["epoch"]),
            begins=_number(said["from"]),
            ends=_number(said["to"]),
            chain=_text(said["chain"]),
            before=_text(said["before"]),
            tables={name: _text(digest) for name, digest in said["tables"].items()},
        )
        return Line(head, unb64u(said["sealed"]), digest_of(raw))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BrokenLine("it is damaged") from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int):
        raise TypeError("not a number")
    return value
