"""The sample congress with its computed state, what its finding pages say, and the rows a link leads to."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

from datasette.app import Datasette

from ledger.forms import Form, load_forms
from ledger.records import read_record
from ledger.rulebooks import load_rulebook
from ledger.words import load_words
from publisher.pages.making import Site
from publisher.pages.site import pages, specimens
from publisher.reading.public import Public
from publisher.stamping.stamp import BEGIN, END, Page, Shell
from tests.publisher.fake import CONTENT, FakeLedger, shipped
from tests.publisher.sample import Change
from tests.publisher.suggestion_sample import with_states

FORMS = load_forms(CONTENT)
WORDS = load_words(CONTENT)
BOOK = load_rulebook(CONTENT, "qingxi")
DATA = "https://data.example"
KINDS = ("deputy", "grid", "station")


def ledger_of(
    change: Change = lambda kind, name, answers: answers, forms: Mapping[str, Form] = FORMS
) -> tuple[FakeLedger, dict[str, str]]:
    """Every record of content/records in memory; opinions are approved, as they are public only then."""
    ledger, codes = FakeLedger(), dict[str, str]()
    for kind in forms:
        for file in sorted(CONTENT.glob(f"records/{kind}/*.yaml")):
            answers = change(kind, file.stem, dict(read_record(file).answers))
            if answers is not None:
                record = ledger.file(forms[kind], answers, name=file.stem)
                codes[f"{kind}/{file.stem}"] = record.code
                if kind == "opinion" and not answers.get("contact_name", "").startswith("WAITING"):
                    ledger.approve(record, forms["approval"], forms[kind])
    return ledger, codes


def whole(path: Path, *given: Any, forms: Mapping[str, Form] = FORMS) -> tuple[Public, dict[str, str]]:
    """The sample as pages read it."""
    ledger, codes = ledger_of(*given, forms=forms)
    return with_states(path, ledger, forms), codes


def made(public: Public, **changed: Any) -> dict[str, Page]:
    """Every page that leads to others, by its path; `changed` are parts of the congress."""
    content = shipped()
    shells = dict.fromkeys(specimens([kind.name for kind in public.shown]), Shell.cut(BEGIN + END))
    congress = replace(content.congress, addresses={**content.congress.addresses, "data": DATA}, **changed)
    database = {"sha256": "0" * 64, "bytes": 0}
    site = Site(public, shells, content.templates, congress, WORDS, "", database, BOOK)
    return {
        page.path: page
        for page in pages(site)
        if isinstance(page, Page)
        and (page.path in ("index.html", "find.html") or page.path.partition("/")[0] in KINDS)
        and not page.path.partition("/")[2].startswith(("index", "page-"))
        and "." not in page.path.partition("/")[2].removesuffix(".html")
    }


def less(*names: str) -> dict[str, Form]:
    """All forms, of which some fields `kind.field` are published no more."""
    forms = dict(FORMS)
    for name in names:
        kind, _, field = name.partition(".")
        form = forms[kind]
        page = form.page and replace(
            form.page,
            columns=tuple(each for each in form.page.columns if each != field),
            facets=tuple(each for each in form.page.facets if each != field),
            search=tuple(each for each in form.page.search if each != field),
            sort="filed_on" if form.page.sort.lstrip("-") == field else form.page.sort,
        )
        hidden = {**form.fields, field: replace(form.fields[field], publish="never")}
        forms[kind] = replace(form, fields=hidden, page=page)
    return forms


def text_of(page: Page) -> str:
    """A page as it is served, without the theme round it."""
    return page.bytes().decode()


def rows_behind(database: Path, addresses: list[str]) -> list[int]:
    """How many rows Datasette itself finds under each address."""

    async def count() -> list[int]:
        data = Datasette([str(database)], settings={"suggest_facets": False})
        found = []
        for address in addresses:
            path, _, query = address.removeprefix(DATA).partition("?")
            answer = await data.client.get(f"{path}.json?{query}&_size=0")
            assert answer.status_code == 200, (address, answer.text[:300])
            found.append(answer.json()["filtered_table_rows_count"])
        return found

    return asyncio.run(count())


_COUNTED = re.compile(r'<a href="(https://data\.example/public/[^"]*)"[^>]*>([^<]*)</a>')
_NUMBER = re.compile(r"\d+")


def counted_links(body: str) -> Iterator[tuple[str, int]]:
    """Links into Datasette whose words hold a number: the address, and how many rows it must have."""
    text = body.replace("<span>", "").replace("</span>", "").replace('<span class="mb-nb">', "")
    for address, words in _COUNTED.findall(text):
        numbers = _NUMBER.findall(words)
        if numbers and not address.endswith(".csv?_stream=on"):
            yield unescape(address), int(numbers[-1])
