"""README.zh.txt and README.en.txt: every file and every column, for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ledger.congress import Congress
from ledger.words import Words
from publisher.download.package import said
from publisher.download.sheet import Sheet

FILES = (
    ("{table}.csv", "csv"),
    ("{table}.excel.csv", "excel_csv"),
    ("{table}.xlsx", "xlsx"),
    ("{table}.ndjson", "ndjson"),
    ("public.db", "db"),
    ("public.db.gz", "db_gz"),
    ("datapackage.json", "datapackage"),
    ("release.json", "json"),
    ("SHA256SUMS", "sums"),
    ("../{table}/{code}.json", "twin"),
    ("../{table}/{code}.proof.json", "proof"),
    ("verify.py", "py"),
    ("keys.json", "keys"),
)
"""What there is, and the words that say what for."""


def readme(
    lang: str, shown: Iterable[Sheet], release: Mapping[str, Any], congress: Congress, words: Words
) -> str:
    """The whole text in one language."""

    def say(key: str, **params: object) -> str:
        return words.say(f"site.download.{key}", lang, **params)

    www = congress.addresses["www"]
    places = {"table": say("table"), "code": say("number")}
    head = [
        say("package", congress=congress.name[lang]),
        "",
        say("readme.release", id=release["id"], as_of=release["as_of"]),
        say("readme.address", www=www),
        f"{say('licence')} {words.say('data.licence', lang)}",
        "",
        say("readme.files"),
        *(f"  {name.format(**places)}: {say(f'what.{what}')}" for name, what in FILES),
        "",
        say("readme.rules"),
        *(f"  {line}" for line in say("readme.rules.text", www=www).splitlines()),
        "",
        say("readme.tables"),
    ]
    return "\n".join([*head, *(line for sheet in shown for line in _table(sheet, lang, words))]) + "\n"


def _table(sheet: Sheet, lang: str, words: Words) -> Iterable[str]:
    yield ""
    yield f"{sheet.name}  {sheet.label[lang]}"
    if sheet.description[lang] and sheet.description[lang] != sheet.label[lang]:
        yield f"  {sheet.description[lang]}"
    for column in sheet.columns:
        yield f"  - {column.name} ({column.type}): {said(column, words, lang)}"
