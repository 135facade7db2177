"""All that can be taken home, in a release: each file written anew only where what it holds has changed."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import sqlite3
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl

from publisher.download import formats, page
from publisher.download.package import File, descriptor
from publisher.download.proof import keys, proof
from publisher.download.readme import readme
from publisher.download.sheet import Sheet, opened, rows, sheets
from publisher.download.twin import twins
from publisher.download.workbook import xlsx
from publisher.pages.making import Site
from publisher.stamping.stamp import Before, Page, Plain, Stamped, stamp

FOLDER = "download"
DATABASE = "public.db"
PACKAGE, SUMS = "datapackage.json", "SHA256SUMS"
VERIFIER = Path(__file__).with_name("verify.py")


def write(site: Site, release: Path, before: Before | None) -> Stamped:
    """Everything below `download/`, and the page that lists it, into a release that is being made.

    What describes the files is made when they are there: of an unchanged one only its size and its digest
    are asked for, and it is a link to the last release's.
    """
    www = release / "www"
    with opened(release / "data" / DATABASE) as db:
        shown = sheets(db, site.words)
        done = stamp(_tables(site, db, shown), www, before)
        records = stamp(_records(site, db), www, before)
        _database(release, done)
        done.add(stamp(_beside(site, shown, db), www, before))
        found = _files(www, done, shown)
        package = descriptor(found, db, site.public.release, site.congress, site.words)
    done.add(stamp([_text(PACKAGE, _pretty(package))], www, before))
    everything = [*found, _file(www, f"{FOLDER}/{PACKAGE}", done, {})]
    sums = "".join(f"{each.sha256}  {each.path}\n" for each in everything)
    done.add(stamp([_text(SUMS, sums)], www, before))
    done.add(stamp(_page(site, everything), www, before))
    done.add(records)
    return done


def _tables(site: Site, db: sqlite3.Connection, shown: tuple[Sheet, ...]) -> Iterator[Plain]:
    titles = site.public.titles
    for sheet in shown:
        cells, named = formats.digests(sheet, rows(db, sheet), titles)
        plain = [site.code_version, cells]
        told = [*plain, named, repr(sheet.columns), sheet.label["zh"]]
        packed = [*told, openpyxl.__version__, zlib.ZLIB_RUNTIME_VERSION]
        yield Plain(_path(sheet, "csv"), plain, partial(_plain, sheet, db))
        yield Plain(_path(sheet, "excel.csv"), told, partial(_excel, sheet, db, titles))
        yield Plain(_path(sheet, "xlsx"), packed, partial(_xlsx, sheet, db, titles))
        yield Plain(_path(sheet, "ndjson"), told, partial(_ndjson, sheet, db))


def _records(site: Site, db: sqlite3.Connection) -> Iterator[Plain]:
    www = site.congress.addresses["www"]
    for kind, row, twin, digest in twins(site):
        yield twin
        if row["code"] in site.public.proofs:
            yield proof(db, kind.name, row, www, digest)


def _plain(sheet: Sheet, db: sqlite3.Connection) -> bytes:
    return formats.plain_csv(sheet, rows(db, sheet))


def _excel(sheet: Sheet, db: sqlite3.Connection, titles: Any) -> bytes:
    return formats.excel_csv(sheet, rows(db, sheet), titles)


def _xlsx(sheet: Sheet, db: sqlite3.Connection, titles: Any) -> bytes:
    return xlsx(sheet, rows(db, sheet), titles)


def _ndjson(sheet: Sheet, db: sqlite3.Connection) -> bytes:
    return formats.ndjson(sheet, rows(db, sheet))


def _path(sheet: Sheet, format: str) -> str:
    return f"{FOLDER}/{sheet.name}.{format}"


def _database(release: Path, done: Stamped) -> None:
    """public.db itself, which every release has anew, and the same packed."""
    path, target = release / "data" / DATABASE, release / "www" / FOLDER / DATABASE
    try:
        os.link(path, target)
    except OSError:  # a disk without hard links
        shutil.copyfile(path, target)
    packed = target.with_name(f"{DATABASE}.gz")
    with path.open("rb") as whole, packed.open("xb") as raw, packing(raw) as out:
        shutil.copyfileobj(whole, out, 1 << 20)
    for each in (target, packed):
        name = f"{FOLDER}/{each.name}"
        done.digests[name] = _sha256(each)
        done.written.append(name)


def packing(raw: Any) -> gzip.GzipFile:
    """A gzip without a name and a time in it."""
    return gzip.GzipFile("", "wb", 6, raw, mtime=0)


def _beside(site: Site, shown: tuple[Sheet, ...], db: sqlite3.Connection) -> Iterator[Plain]:
    release, www = site.public.release, site.congress.addresses["www"]
    named = {key: release[key] for key in ("id", "as_of", "position", "chain")}
    yield _text("release.json", _pretty({**named, "address": f"{www}/release/{release['id']}/"}))
    yield _text("verify.py", VERIFIER.read_text("utf-8"))
    if certified := keys(db):
        yield _text("keys.json", _pretty(certified))
    for lang in ("zh", "en"):
        yield _text(f"README.{lang}.txt", readme(lang, shown, site.public.release, site.congress, site.words))


def _text(name: str, text: str) -> Plain:
    return Plain.text(f"{FOLDER}/{name}", text)


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _files(www: Path, done: Stamped, shown: tuple[Sheet, ...]) -> list[File]:
    by_name = {sheet.name: sheet for sheet in shown}
    return [_file(www, path, done, by_name) for path in sorted(done.digests)]


def _file(www: Path, path: str, done: Stamped, by_name: dict[str, Sheet]) -> File:
    there, name = www / path, path.removeprefix(f"{FOLDER}/")
    digest = done.digests[path] if name.startswith(f"{DATABASE}") else _sha256(there)
    return File(name, there.stat().st_size, digest, by_name.get(name.partition(".")[0]))


def _page(site: Site, files: list[File]) -> Iterator[Page]:
    if page.SHELL in site.shells:
        yield page.page(site, files)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
