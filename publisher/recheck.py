"""Is what is served what ledger and content make? The release made anew, from nothing, and compared.

The same ledger position, content, program and day give the same bytes: whoever edits a page, a proof or a
cell of public.db where it lies makes the difference that is found here. Where an input has changed since,
only that is compared which still can be, and it is said.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from ledger.problems import Problem
from publisher.download.snapshots import CLOSED
from publisher.inputs import code_version, content_digest, release_id
from publisher.out.public_db import Position, Version, read_kept, read_position
from publisher.release import DATABASE, MANIFEST, Manifest, current, made_anew

WHERE = "site/current"
MOST = 20
"""Files that are named; of more only the number is told."""
ANEW = "Build again with --clean, and find out who can write below site/."
REWRITTEN = (
    "The ledger was cut short or rewritten since. Keep it, and ask the doctor: collector doctor --site."
)


def recheck(
    content: Path, home: Path, site: Path, addresses: Mapping[str, str] | None = None
) -> list[Problem]:
    """What differs between the release that is served and one made anew; nothing is written."""
    served = current(site)
    if served is None:
        return (
            [Problem(WHERE, MANIFEST, f"cannot be read. {ANEW}")] if (site / "current").is_symlink() else []
        )
    path, manifest = served
    found = [*_named(path, manifest)]
    changed = [*_changed(content, home, manifest, addresses)]
    if not changed:
        return [*found, *_anew(content, home, path, manifest, addresses)]
    since = f"was made from another {', '.join(changed)}: build again to compare all of it."
    return [*found, *_ledger(home, path, manifest), *_files(path, manifest), Problem(WHERE, path.name, since)]


def _named(path: Path, manifest: Manifest) -> Iterator[Problem]:
    """A release bears the name of its inputs, followed by a number where it was made again."""
    if not path.name.startswith(manifest.id) or path.name[len(manifest.id) :].strip(".0123456789"):
        yield Problem(WHERE, MANIFEST, f"is of {manifest.id}, and lies in {path.name}. {ANEW}")


def _changed(
    content: Path, home: Path, manifest: Manifest, addresses: Mapping[str, str] | None
) -> Iterator[str]:
    """Which inputs are no longer those of the manifest."""
    here = read_position(home) or Position("", "", 0, "")
    if (here.ledger, here.epoch, here.position, here.chain) != _stood(manifest):
        yield "ledger"
    if here.photos != manifest.photos:
        yield "set of photos"
    now = content_digest(content), code_version()
    if now[0] != manifest.content:
        yield "content"
    if now[1] != manifest.code_version:
        yield "program"
    was = Position(*_stood(manifest), manifest.photos, here.keys)
    names = [
        release_id(was, manifest.content, manifest.code_version, date.fromisoformat(manifest.as_of), at)
        for at in (addresses, None)
    ]
    if manifest.id not in names:
        yield "day, addresses or keys"


def _stood(manifest: Manifest) -> tuple[str, str, int, str]:
    return manifest.ledger, manifest.epoch, manifest.position, manifest.chain


def _anew(
    content: Path, home: Path, path: Path, manifest: Manifest, addresses: Mapping[str, str] | None
) -> Iterator[Problem]:
    """Every file of the release against the same one made now."""
    day = date.fromisoformat(manifest.as_of)
    with TemporaryDirectory() as folder:
        made = made_anew(content, home, Path(folder), day, addresses, manifest.id)
        there, anew = _tree(path), _tree(made)
        wrong = sorted(name for name in there.keys() | anew.keys() if there.get(name) != anew.get(name))
        for name in wrong[:MOST]:
            at = _rows(path / name, made / name) if name.endswith(DATABASE) else ""
            what = (
                "was changed"
                if name in there and name in anew
                else "is missing"
                if name in anew
                else "was added"
            )
            yield Problem(WHERE, name, f"{what} since it was built{at}. {ANEW}")
    if len(wrong) > MOST:
        yield Problem(WHERE, path.name, f"and {len(wrong) - MOST} more files. {ANEW}")


def _tree(folder: Path) -> dict[str, str]:
    """The digest of every file; what closes a release is no part of it."""
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and (name := path.relative_to(folder).as_posix()) != CLOSED
    }


def _rows(one: Path, other: Path) -> str:
    """In which tables two databases differ, in words; nothing where one is missing or cannot be read."""
    try:
        told = _tables(one), _tables(other)
    except sqlite3.Error:
        return ""
    names = sorted(told[0].keys() | told[1].keys())
    wrong = [name for name in names if told[0].get(name) != told[1].get(name)]
    return f" (tables: {', '.join(wrong)})" if wrong else ""


def _tables(path: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as db:
        names = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")
        return {name: db.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in names.fetchall()}


# -- where it cannot be made again --


def _ledger(home: Path, path: Path, manifest: Manifest) -> Iterator[Problem]:
    """What was published out of the ledger must be in it still: the head it had, the signed texts."""
    try:
        proofs = _proofs(path / "data" / DATABASE)
    except (sqlite3.Error, ValueError) as fault:
        yield Problem(WHERE, DATABASE, f"cannot be read ({fault}). {ANEW}")
        return
    kept = read_kept(home, manifest.position, [proof.code for proof in proofs])
    if kept is None or kept.ledger != manifest.ledger:
        yield Problem(WHERE, MANIFEST, "is of another ledger. Check MINGBAI_HOME.")
        return
    if kept.chain != manifest.chain and kept.epoch == manifest.epoch:
        yield Problem(WHERE, MANIFEST, f"names a head of the ledger that it never had. {REWRITTEN}")
    for proof in proofs:
        if not any(_same(proof, version) for version in kept.versions[proof.code]):
            yield Problem(WHERE, f"{DATABASE} envelope {proof.code}", f"is not what the ledger holds. {ANEW}")


class _Proof(NamedTuple):
    """What public.db tells of a signed record."""

    code: str
    envelope: str
    signature: str
    disclosures: list[str]
    public_key: str | None


def _proofs(path: Path) -> list[_Proof]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as db:
        rows = db.execute(
            "SELECT code, envelope, signature, disclosures, public_key FROM envelope"
        ).fetchall()
    return [
        _Proof(code, envelope, signature, json.loads(texts), key)
        for code, envelope, signature, texts, key in rows
    ]


def _same(proof: _Proof, version: Version) -> bool:
    signed = proof.envelope, proof.signature, proof.public_key
    return signed == (version.envelope, version.signature, version.key) and set(proof.disclosures) <= set(
        version.disclosures
    )


def _files(path: Path, manifest: Manifest) -> Iterator[Problem]:
    """Files whose digest the manifest names."""
    for name, digest in manifest.files.items():
        file = path / name if name.startswith("data/") else path / "www" / name
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            yield Problem(WHERE, name, f"is not the file that was built. {ANEW}")
