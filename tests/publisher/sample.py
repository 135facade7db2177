"""The sample congress as a public.db, filed without keys: what the tests of its pages look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ledger.forms import load_forms
from ledger.records import read_record
from ledger.rulebooks import load_rulebook
from ledger.words import load_words
from publisher.pages.making import Site
from publisher.pages.site import pages, specimens
from publisher.reading.public import Public
from publisher.stamping.stamp import BEGIN, END, Shell
from tests.publisher.fake import CONTENT, FakeLedger, published, shipped

Answers = dict[str, Any]
Change = Callable[[str, str, Answers], Answers | None]


def sample(
    path: Path, change: Change = lambda kind, name, answers: answers
) -> tuple[Public, Mapping[str, str]]:
    """Every record of content/records, and the codes by kind/name; `change` may alter one or leave it out."""
    forms, ledger, codes = load_forms(CONTENT), FakeLedger(), dict[str, str]()
    for kind in forms:
        for file in sorted(CONTENT.glob(f"records/{kind}/*.yaml")):
            answers = change(kind, file.stem, dict(read_record(file).answers))
            if answers is not None:
                codes[f"{kind}/{file.stem}"] = ledger.file(forms[kind], answers, name=file.stem).code
    return published(path, ledger, *forms.values()), codes


def rendered(public: Public, *kinds: str) -> dict[str, str]:
    """The pages of some kinds, without the theme round them."""
    content = shipped()
    shells = dict.fromkeys(specimens([kind.name for kind in public.shown]), Shell.cut(BEGIN + END))
    database = {"sha256": "0" * 64, "bytes": 0}
    book = load_rulebook(CONTENT, "qingxi")
    site = Site(public, shells, content.templates, content.congress, load_words(CONTENT), "", database, book)
    return {page.path: page.bytes().decode() for page in pages(site) if page.path.partition("/")[0] in kinds}
