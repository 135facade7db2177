"""What a build is made from: the content people write, the program itself, and the digests that name both."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from ledger.congress import Congress, load_congress
from ledger.forms import Form, load_forms
from ledger.problems import Problem, Problems
from ledger.rulebooks import Rulebook, load_rulebook, rulebook_faults
from ledger.words import Words, sound_words
from publisher.following.font import font_named
from publisher.out import tables
from publisher.out.public_db import Position
from publisher.pages.templates import Templates, load_templates

ROOT = Path(__file__).parents[1]
PARTS = (
    "mkdocs",
    "mkdocs-material",
    "markdown",
    "pymdown-extensions",
    "jinja2",
    "markupsafe",
    "openpyxl",
    "sqlite-utils",
    "pagefind_bin_extended",
    "segno",
    "pillow",
)
"""The libraries whose version decides bytes of a release."""
PARTS_OF_SHELL = PARTS[:4]
PARTS_OF_CARDS = ("pillow",)
T = TypeVar("T")


@dataclass(frozen=True)
class Content:
    """content/, read and without a fault."""

    folder: Path
    congress: Congress
    words: Words
    forms: Mapping[str, Form]
    templates: Templates
    rulebook: Rulebook

    @property
    def lang(self) -> str:
        """The language the public site opens in."""
        return "zh"


def load_content(
    folder: Path, addresses: Mapping[str, str] | None = None, cache: Path | None = None, program: str = ""
) -> Content:
    """Read everything a build needs from content/; raises the faults of all of it at once.

    `addresses`: where the three origins are, where that is not what congress.yaml says. `cache` keeps what
    templates compile to, for the next build by this very `program`.
    """
    problems: list[Problem] = []

    def tried(load: Callable[[], T]) -> T | None:
        try:
            return load()
        except Problems as found:
            problems.extend(found.problems)
            return None

    congress = tried(lambda: load_congress(folder))
    words, unsaid = sound_words(folder)
    problems += unsaid
    forms = tried(lambda: load_forms(folder))
    book = congress.rulebook if congress else ""
    rulebook = tried(lambda: load_rulebook(folder, book)) if book else None
    problems += [each for each in rulebook_faults(folder) if each not in problems]
    problems += tables.faults(forms or {})
    templates = load_templates(folder, words, "zh", cache, program)
    problems += templates.faults()
    if problems or congress is None or forms is None or rulebook is None:
        raise Problems(problems)
    if addresses:
        congress = replace(congress, addresses=dict(addresses))
    return Content(folder, congress, words, forms, templates, rulebook)


def content_digest(folder: Path) -> str:
    """One digest over content/ but its records, which come by the ledger, and over the font of pictures."""
    files = [path for path in _files(folder) if path.relative_to(folder).parts[0] != "records"]
    return _digest(files, font_named(folder))


def shell_digest(folder: Path, www: str) -> str:
    """One digest over all that decides the built shell: pages, forms, words, names, theme, hooks, address."""
    files = [
        path
        for path in _files(folder)
        if path.relative_to(folder).parts[0] in ("pages", "theme", "forms", "words", "congress.yaml")
    ]
    code = [
        ROOT / "mkdocs.yml",
        *(ROOT / "publisher" / name for name in ("stamping/specimen.py", "kinds.py", "stamping/stamp.py")),
        *(
            ROOT / "publisher/following" / f"{name}.py"
            for name in ("which", "atom", "width", "card", "picture", "kind_cards")
        ),
    ]
    return _digest(
        [*files, *code], *_versions(PARTS_OF_SHELL), *_versions(PARTS_OF_CARDS), font_named(folder), www
    )


def code_version() -> str:
    """One digest over the program and the libraries that decide bytes."""
    files = [
        path for room in ("ledger", "publisher") for path in _files(ROOT / room) if path.suffix != ".pyc"
    ]
    return _digest([*files, ROOT / "mkdocs.yml"], *_versions(PARTS), sqlite3.sqlite_version)


def release_id(
    position: Position, content: str, code: str, as_of: date, addresses: Mapping[str, str] | None = None
) -> str:
    """The name of a release: the same ledger position, content, code and day give the same."""
    where = [f"{name} {address}" for name, address in sorted((addresses or {}).items())]
    where += [f"photos {position.photos}"] if position.photos else []
    where += [f"keys {position.keys}"] if position.keys else []
    made_from = (position.ledger, position.epoch, position.chain, content, code, as_of.isoformat(), *where)
    digest = hashlib.sha256("\0".join(made_from).encode()).hexdigest()
    return f"{as_of.isoformat()}-{position.position:06d}-{digest[:10]}"


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(
            part.startswith(".") or part.endswith("~") or part == "__pycache__" for part in parts
        ):
            yield path


def _digest(paths: Iterable[Path], *more: str) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{'/'.join(path.parts[-3:])}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    for text in more:
        total.update(text.encode() + b"\0")
    return total.hexdigest()


def _versions(names: Iterable[str]) -> list[str]:
    return [f"{name} {version(name)}" for name in names]
