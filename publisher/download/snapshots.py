"""Which kept releases may still be read, under `/release/<id>/`, and what stays of one that may not.

A release says for good what it said, so that it can be cited. But what was taken down must be gone
everywhere: once a new release lacks something that was public, all earlier ones are closed. Of a closed one,
and of one that is pruned, its name, its place in the ledger and the digest of each download stay, so that a
copy in somebody's hands can still be recognised.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.files import make_folder, write_whole
from ledger.policy import POLICIES
from publisher.download.sheet import opened, tables

CLOSED = "closed"
"""A file of this name in a release's folder closes it; anybody at the office may put it there."""
PAST = "past"
"""Below the site's folder: what stays of pruned releases, the last one of each day."""
STAYS = ("download/datapackage.json", "download/SHA256SUMS")
NOT_RECORDS = frozenset(
    {"kind", "field", "counted", "counted_area", "correction", "erased", "set_aside", "envelope"}
    | {"certificate", "release"}
)
SAID = ("id", "as_of", "position", "ledger", "epoch", "chain", "content", "code_version")
_ID = re.compile(r"\d{4}-\d\d-\d\d-\d{6,12}-[0-9a-f]{10}(?:\.\d{1,6})?\Z")
_ASKED = re.compile(r"/release/([0-9a-f.-]{1,60}?)(\.json|/.*)?\Z", re.S)


@dataclass(frozen=True)
class Kept:
    """A release that was asked for: its pages, and which of them."""

    www: Path
    path: str


@dataclass(frozen=True)
class Told:
    """What is said of releases instead of a file of theirs."""

    status: int
    value: Any


def asked(site: Path, path: str) -> Kept | Told | None:
    """What an address below `/release/` leads to; None where there is nothing."""
    if path == "/release/index.json":
        return Told(200, everything(site))
    found = _ASKED.match(path)
    if found is None or not _ID.match(found[1]):
        return None
    release, rest = site / "releases" / found[1], found[2] or ""
    if rest == ".json" or not release.is_dir():
        said = about(site, found[1])
        return Told(200 if rest == ".json" else 410, said) if said else None
    inner = rest.lstrip("/")
    if is_closed(site, release) and inner not in STAYS:
        return Told(410, about(site, found[1]))
    return Kept(release / "www", rest)


def everything(site: Path) -> list[dict[str, Any]]:
    """Every release that is known of, the newest first, without the digests of its files."""
    names = {each.name for each in (site / "releases").glob("[0-9]*") if each.is_dir()}
    names |= {each.stem for each in (site / PAST).glob("[0-9]*.json")}
    found = [said for name in names if _ID.match(name) and (said := about(site, name))]
    found.sort(key=lambda said: (said["as_of"], said["position"], said["id"]), reverse=True)
    return [{name: value for name, value in said.items() if name != "files"} for said in found]


def about(site: Path, id: str) -> dict[str, Any] | None:
    """One release: what it was made from, the digests of its downloads, and whether it can be read."""
    release = site / "releases" / id
    try:
        if release.is_dir():
            state = "closed" if is_closed(site, release) else "open"
            return {**_said(release), "state": state}
        known: dict[str, Any] = json.loads((site / PAST / f"{id}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return {**known, "state": "erased" if known.get("erased") else "pruned"}


def is_closed(site: Path, release: Path) -> bool:
    """Whether a release may be read no more; the one that is served always may."""
    return (release / CLOSED).exists() and (site / "current").resolve() != release.resolve()


def close(site: Path, before: Path | None, now: Path) -> bool:
    """Close every release there is if the one about to be served lacks what the last one showed."""
    if before is None or not taken_down(before / "data" / "public.db", now / "data" / "public.db"):
        return False
    for release in (site / "releases").iterdir():
        if release.is_dir() and not release.name.startswith("."):
            (release / CLOSED).touch()
    return True


def remember(site: Path, release: Path) -> None:
    """Before a release is pruned: keep what stays of it, for the last release of its day."""
    try:
        said = _said(release)
    except (OSError, ValueError):  # made before there were downloads
        return
    past = site / PAST
    make_folder(past, 0o755)
    for other in past.glob(f"{said['as_of']}-*.json"):
        if other.stem < release.name and not json.loads(other.read_text("utf-8")).get("erased"):
            other.unlink()
    text = json.dumps(said, ensure_ascii=False, indent=0) + "\n"
    write_whole(past / f"{release.name}.json", text.encode(), 0o644)


def forget(site: Path, release: Path) -> None:
    """Prune one release, and remember it."""
    remember(site, release)
    shutil.rmtree(release)


def _said(release: Path) -> dict[str, Any]:
    manifest = json.loads((release / "manifest.json").read_text("utf-8"))
    lines = (release / "www" / "download" / "SHA256SUMS").read_text("utf-8").splitlines()
    files = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    return {**{name: manifest[name] for name in SAID}, "files": files}


def taken_down(before: Path, now: Path) -> bool:
    """Whether anything that a public.db showed is not there, or coarser, in a later one.

    A record that is gone or now withheld, a value that is empty now, a photo or the lines of a group that
    are gone, a field with a stricter policy. A value that was corrected to another one is not: both stand
    among the corrections.
    """
    with opened(now) as db:
        db.execute("ATTACH ? AS old", (f"file:{before}?mode=ro&immutable=1",))
        return any(db.execute(sql).fetchone()[0] for sql in _questions(db)) or _stricter(db)


def _questions(db: sqlite3.Connection) -> Iterator[str]:
    """SQL that counts what is missing, a statement a table of records."""
    there = set(tables(db))
    for table in tables(db, "old"):
        columns = _columns(db, "old", table)
        if table in NOT_RECORDS or table.endswith("_state") or "code" not in columns:
            continue
        if table not in there:
            yield f'SELECT count(*) FROM old."{table}"'
            continue
        shared = _columns(db, "main", table)
        is_kind, is_photo = "withheld" in columns, {"path", "width", "height"} <= set(columns)
        join = "n.code = o.code" + (" AND n.n = o.n" if is_photo else "")
        gone = [f'NOT EXISTS (SELECT 1 FROM main."{table}" n WHERE {join})']
        gone += [f'o."{name}" IS NOT NULL' for name in columns if name not in shared]
        yield f'SELECT count(*) FROM old."{table}" o WHERE {" OR ".join(gone)}'
        if is_kind:
            lost = ["o.withheld = 0 AND n.withheld = 1"]
            lost += [f'o."{name}" IS NOT NULL AND n."{name}" IS NULL' for name in columns if name in shared]
            yield (
                f'SELECT count(*) FROM old."{table}" o JOIN main."{table}" n USING (code)'
                f" WHERE {' OR '.join(f'({each})' for each in lost)}"
            )


def _columns(db: sqlite3.Connection, schema: str, table: str) -> list[str]:
    return [row[1] for row in db.execute(f'PRAGMA {schema}.table_info("{table}")')]


def _stricter(db: sqlite3.Connection) -> bool:
    """Whether a field that both have lets out less than it did."""
    rows = db.execute(
        "SELECT o.policy, n.policy FROM old.field o JOIN main.field n USING (kind, field)"
        " WHERE o.policy <> n.policy"
    )
    return any(POLICIES.index(new) < POLICIES.index(old) for old, new in rows)
