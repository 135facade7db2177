"""Stamp pages into a shell: one built specimen page, cut once, takes ten thousand bodies.

Knows HTML with two markers and a few tokens; nothing of the generator that made it, of kinds or of records.
"""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BEGIN, END = "<!--mb:begin-->", "<!--mb:end-->"
BODY, NAME, TITLE, DESCRIPTION = "body", "name", "title", "description"
# Tokens survive Markdown, URL quoting and escaping. A specimen's file is named after one of the first two, so
# that what the theme says about the page's own address is a slot as well; a folder may hold two specimens.
NAME_TOKENS = ("mbnamemb", "mbothermb")
TITLE_TOKEN, DESCRIPTION_TOKEN = "mbtitlemb", "mbdescmb"
TOKENS = {**dict.fromkeys(NAME_TOKENS, NAME), TITLE_TOKEN: TITLE, DESCRIPTION_TOKEN: DESCRIPTION}

_KEPT_AS_IS = re.compile(r"(<(script|style|pre|textarea)\b.*?</\2>)", re.S)
_TOKEN = re.compile("|".join(TOKENS))
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL  # never write through a link into an older release

Render = Callable[[Mapping[str, Any]], str]


class NoShell(ValueError):
    """A specimen that cannot be cut."""


@dataclass(frozen=True)
class Shell:
    """A theme's page as constant bytes with slots between them."""

    constants: tuple[bytes, ...]
    slots: tuple[str, ...]
    digest: str

    @classmethod
    def cut(cls, specimen: str) -> Shell:
        """Cut a built page once; its markers must stand in it exactly once each, in order."""
        if (
            specimen.count(BEGIN) != 1
            or specimen.count(END) != 1
            or specimen.index(BEGIN) > specimen.index(END)
        ):
            raise NoShell(f"A specimen needs {BEGIN} and {END}, once each and in this order.")
        head, rest = specimen.split(BEGIN)
        tail = rest.split(END)[1]
        constants: list[bytes] = []
        slots: list[str] = []
        for part, then in ((head, BODY), (tail, None)):
            text, at = squeeze(part), 0
            for token in _TOKEN.finditer(text):
                constants.append(text[at : token.start()].encode())
                slots.append(TOKENS[token[0]])
                at = token.end()
            constants.append(text[at:].encode())
            slots += [then] if then else []
        digest = hashlib.blake2b(
            json.dumps(slots).encode() + b"\0".join(constants), digest_size=16
        ).hexdigest()
        return cls(tuple(constants), tuple(slots), digest)

    def stamp(self, values: Mapping[str, bytes]) -> bytes:
        """One page. Values go in as they are, escaped by whoever made them, and are never read again."""
        out = [self.constants[0]]
        for slot, constant in zip(self.slots, self.constants[1:], strict=True):
            out.append(values[slot])
            out.append(constant)
        return b"".join(out)


def squeeze(text: str) -> str:
    """Take the indentation out of a page, but not out of what must stay as it is.

    >>> squeeze("<p>\\n\\n   a</p> <pre>\\n  b</pre>")
    '<p>\\na</p> <pre>\\n  b</pre>'
    """
    parts = _KEPT_AS_IS.split(text)
    return "".join(part if at % 3 == 1 else _squeezed(part) for at, part in enumerate(parts) if at % 3 != 2)


def _squeezed(text: str) -> str:
    first, *rest = text.split("\n")
    if not rest:
        return text
    return "\n".join([first.rstrip(), *filter(None, map(str.strip, rest[:-1])), rest[-1].lstrip()])


@dataclass(frozen=True)
class Mould:
    """What many pages share: the shell round them, the template inside, and what its digest depends on."""

    shell: Shell
    render: Render
    base: bytes = field(repr=False)

    @classmethod
    def of(cls, shell: Shell, render: Render, *depends_on: Any) -> Mould:
        """`depends_on`: all but a page's own data that decides its bytes (template, words, shared data)."""
        return cls(shell, render, bytes.fromhex(digest_of([shell.digest, *depends_on])))


@dataclass(frozen=True)
class Page:
    """One page to be stamped: where it goes, and exactly what its template is given."""

    path: str
    title: str
    description: str
    data: Mapping[str, Any]
    mould: Mould

    def digest(self) -> str:
        """Changes when any byte of the page could."""
        return hashlib.blake2b(
            _exact([self.path, self.title, self.description, self.data]), key=self.mould.base, digest_size=16
        ).hexdigest()

    def bytes(self) -> bytes:
        """The page as it is served."""
        return self.mould.shell.stamp(
            {
                NAME: self.path.rpartition("/")[2].removesuffix(".html").encode(),
                TITLE: html.escape(self.title).encode(),
                DESCRIPTION: html.escape(self.description).encode(),
                BODY: self.mould.render(self.data).encode(),
            }
        )


@dataclass(frozen=True)
class Plain:
    """One file beside the pages, without a shell: `made_from` decides its bytes, `make` makes them."""

    path: str
    made_from: Any
    make: Callable[[], bytes] = field(repr=False)

    @classmethod
    def text(cls, path: str, text: str) -> Plain:
        """A file of this very text."""
        return cls(path, text, text.encode)

    def digest(self) -> str:
        """Changes when any byte of the file does."""
        return digest_of([self.path, self.made_from])

    def bytes(self) -> bytes:
        """The file as it is served."""
        return self.make()


@dataclass(frozen=True)
class Before:
    """The last release: its www folder, and the digest each page and each other file had."""

    root: Path
    digests: Mapping[str, str]
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Stamped:
    """What stamping did: the digest of every page, and which of them are new."""

    digests: dict[str, str] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)

    def add(self, more: Stamped) -> None:
        """Count what another step stamped."""
        self.digests.update(more.digests)
        self.written.extend(more.written)


def stamp(
    pages: Iterable[Page | Plain], root: Path, before: Before | None = None, done: Stamped | None = None
) -> Stamped:
    """Write every page below `root`; one that has not changed is linked to the last release's file."""
    done, made = Stamped() if done is None else done, {""}
    out, old = str(root), str(before.root) if before else ""
    known = before.digests if before else {}
    for page in pages:
        folder = page.path.rpartition("/")[0]
        if folder not in made:
            os.makedirs(f"{out}/{folder}", exist_ok=True)
            made.add(folder)
        digest = done.digests[page.path] = page.digest()
        if known.get(page.path) == digest and link(f"{old}/{page.path}", f"{out}/{page.path}"):
            continue
        write(f"{out}/{page.path}", page.bytes())
        done.written.append(page.path)
    return done


def write(path: str, data: bytes) -> None:
    """Make a file that was not there."""
    file, rest = os.open(path, _NEW_FILE, 0o644), memoryview(data)
    try:
        while rest:  # a disk that fills up takes a part, and says so only the next time
            rest = rest[os.write(file, rest) :]
    finally:
        os.close(file)


def link(old: str, new: str) -> bool:
    """Give a file of the last release to the new one; False where that cannot be."""
    try:
        os.link(old, new)
    except FileExistsError:
        raise
    except OSError:  # gone, on another disk, or linked too often: then it is written
        return False
    return True


def digest_of(value: Any) -> str:
    """Changes when anything of a plain value does."""
    return hashlib.blake2b(_exact(value), digest_size=16).hexdigest()


def _exact(value: Any) -> bytes:
    return _encode(value).encode()
