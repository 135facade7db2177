"""Every problem a build would meet, found without writing anything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from ledger.problems import Problem, Problems
from publisher.finding import townships
from publisher.inputs import Content, load_content
from publisher.out.held import Held
from publisher.out.public_db import Stand, read_ledger, read_nothing, read_position, write_public_db
from publisher.pages.making import Site
from publisher.pages.site import pages, specimens
from publisher.reading.public import read_public
from publisher.stamping.shell import run_mkdocs
from publisher.stamping.stamp import BEGIN, END, Shell

REASONS = {
    "pii": "looks as if it held personal data ({of}). Correct the record without it, and it is published.",
    "fault": "could not be prepared for publishing ({of}). Look at the record; if it is right, report this.",
}


def check(content: Path, home: Path) -> list[Problem]:
    """The faults in content, then those of single records, which a build would hold back."""
    try:
        loaded = load_content(content)
    except Problems as found:
        return list(found.problems)
    with TemporaryDirectory() as folder:
        return [*_pages(loaded, Path(folder)), *_records(loaded, home, Path(folder))]


def _pages(content: Content, folder: Path) -> list[Problem]:
    try:
        run_mkdocs(content.folder, folder / "www", content.congress.addresses["www"])
    except Problems as found:
        return list(found.problems)
    return []


def _records(content: Content, home: Path, folder: Path) -> Iterator[Problem]:
    today = date.today()
    known = read_position(home) is not None
    position, extracted = (
        read_ledger(home, content.forms, content.congress.timezone, today)
        if known
        else read_nothing(content.forms, today)
    )
    stand = Stand("check", position.position, today.isoformat(), "", "", len(extracted.held), "", "", "")
    path = folder / "public.db"
    write_public_db(path, extracted, content.forms, stand)
    yield from map(problem_of, extracted.held)
    yield from _templates(content, path)


def _templates(content: Content, path: Path) -> Iterator[Problem]:
    """Every page rendered and thrown away; one template's fault is said once."""
    public = read_public(path)
    yield from townships.faults(public, content.congress)
    bare = Shell.cut(BEGIN + END)
    shells = dict.fromkeys(specimens([kind.name for kind in public.shown]), bare)
    database = {"sha256": "", "bytes": 0}
    site = Site(
        public,
        shells,
        content.templates,
        content.congress,
        content.words,
        "",
        database,
        content.rulebook,
    )
    said: set[Problem] = set()
    try:
        for page in pages(site):
            try:
                page.bytes()
            except Problems as found:
                yield from (fault for fault in found.problems if fault not in said)
                said.update(found.problems)
    except Problems as found:
        yield from found.problems


def problem_of(held: Held) -> Problem:
    """A record that is held back, as a problem of the ledger."""
    why, _, of = held.reason.partition(".")
    at = f"{held.code} {held.field}".strip()
    return Problem("ledger", at, REASONS[why].format(of=of.replace("_", " ")))
