"""The downloads of a small congress, written without a theme round them: for tests of what is taken home."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from ledger.congress import load_congress
from ledger.filing import OfficeRecord
from ledger.forms import Form, load_forms
from ledger.rulebooks import load_rulebook
from ledger.words import load_words
from publisher import derived
from publisher.download import files
from publisher.out.public_db import Stand, read_ledger, seal, write_public_db
from publisher.pages.making import Site
from publisher.reading.public import read_public
from publisher.stamping.stamp import Before, Stamped
from tests.publisher.fake import AS_OF, CONTENT, FakeLedger, extracted, file_records, shipped, stand

WORDS = load_words(CONTENT)
CONGRESS = load_congress(CONTENT)


def put(release: Path, ledger: FakeLedger, forms: Mapping[str, Form], **changed: Any) -> Stand:
    """public.db of a ledger that was filled by hand, where a release keeps it."""
    (release / "data").mkdir(parents=True)
    (release / "www").mkdir()
    leaves = extracted(ledger, *forms.values())
    stands = Stand(**{**vars(stand()), **changed})
    path = release / "data" / "public.db"
    write_public_db(path, leaves, forms, stands)
    derived.add(path, load_rulebook(CONTENT, "qingxi"), WORDS)
    seal(path)
    return stands


def put_real(release: Path, home: Path, *records: OfficeRecord, as_of: date = AS_OF) -> None:
    """The same of a real ledger, with keys and signatures."""
    forms = load_forms(CONTENT)
    file_records(home, CONTENT, records)
    (release / "data").mkdir(parents=True)
    (release / "www").mkdir()
    position, leaves = read_ledger(home, forms, "Asia/Shanghai", as_of)
    stands = Stand(**{**vars(stand()), "position": position.position, "chain": position.chain})
    write_public_db(release / "data" / "public.db", leaves, forms, stands)
    seal(release / "data" / "public.db")


def site_of(release: Path, code_version: str = "") -> Site:
    """What its pages would be made with."""
    content = shipped()
    book = load_rulebook(CONTENT, "qingxi")
    public = read_public(release / "data" / "public.db")
    return Site(public, {}, content.templates, content.congress, WORDS, code_version, {}, book)


def written(release: Path, last: tuple[Path, Stamped] | None = None) -> Stamped:
    """Write all its downloads, some perhaps linked to those of the last release."""
    before = Before(last[0] / "www", last[1].digests) if last else None
    return files.write(site_of(release), release, before)


def package(release: Path) -> dict[str, Any]:
    """Its datapackage.json."""
    read: dict[str, Any] = json.loads((release / "www/download/datapackage.json").read_text("utf-8"))
    return read
