"""Records out as sealed files, for any messenger, stick or cloud: only the office, or the paper, opens them.

Such a file says who can read it, not who wrote it: anybody may seal for a public key. So what is opened is
written into a folder and nothing more, and import looks at it like at any other file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec

from collector.record_files import copies, write
from collector.renewal import MOST as SHEET
from ledger import keyring
from ledger.envelope import rfc3339
from ledger.forms import Form
from ledger.keys import KeysMissing, read_keys
from ledger.problems import Problems
from ledger.registry import Refused
from ledger.sealed import MOST, NotSealed, Sealed, key_name, open_sealed, read_sealed, seal
from ledger.signature import spki
from ledger.store import Ledger, now_ms
from ledger.succession import NotThePaper, read_paper

SUFFIX = ".mbc"
PART = 6 << 20
"""Bytes of text in one file: below what a sealed file may weigh even where nothing can be packed."""
_NAME = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*\.yaml").fullmatch


class Made(NamedTuple):
    """The files that were written, and how many records are in them."""

    paths: list[Path]
    records: int


def export(
    ledger: Ledger, forms: Mapping[str, Form], what: str, out: Path, home: Path, for_paper: bool = False
) -> Made:
    """Seal copies of records, as `record_files.export` would write them, for the office or for the paper."""
    keys = read_keys(home)
    found = copies(ledger, forms, what)
    public = keys.recovery if for_paper else spki(keys.export.public_key())
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    paths = []
    for part in _parts(found):
        path = _free(out, rfc3339(now_ms())[:10])
        path.touch(mode=0o600)
        path.write_bytes(seal({"copies": part}, ledger.ledger_id, public))
        paths.append(path)
    return Made(paths, len(found))


def _parts(found: Mapping[str, str]) -> Iterator[dict[str, str]]:
    part: dict[str, str] = {}
    size = 0
    for name, text in found.items():
        if part and size + len(text.encode()) > PART:
            yield part
            part, size = {}, 0
        part[name] = text
        size += len(text.encode())
    yield part


def _free(out: Path, day: str) -> Path:
    """A name that no file has yet: what was sealed before is never written over."""
    number = 1
    while (path := out / f"mingbai-records-{day}-{number}{SUFFIX}").exists():
        number += 1
    return path


def open_copy(file: Path, out: Path, home: Path, secret: Path | None = None) -> list[Path]:
    """Write what is in a sealed file into a folder. `secret` holds the key, as printed or as a PEM file.

    Refused where it does not open, or a file is there that says something else: then nothing is written.
    """
    if file.stat().st_size > MOST:
        raise Refused("sealed.damaged", path=file.name)
    try:
        sealed = read_sealed(file.read_bytes())
        content = open_sealed(sealed, _key(sealed, file, home, secret))
    except NotSealed as fault:
        raise Refused(f"sealed.{fault.why}", path=file.name) from None
    found = [(out / name, text) for name, text in _texts(content, file).items()]
    try:
        write(found)
    except Problems as problems:
        raise Refused("sealed.there_already", path=problems.problems[0].where) from None
    return [path for path, _ in found]


def _texts(content: Any, file: Path) -> dict[str, str]:
    """The files by name. A name that would leave the folder was not written by us, and nothing of it is."""
    texts = content.get("copies") if isinstance(content, dict) else None
    if not isinstance(texts, dict) or not all(
        _NAME(name) and isinstance(text, str) for name, text in texts.items()
    ):
        raise Refused("sealed.other_content", path=file.name)
    return texts


def _key(sealed: Sealed, file: Path, home: Path, secret: Path | None) -> ec.EllipticCurvePrivateKey:
    if secret is not None:
        with secret.open("rb") as sheet:
            text = sheet.read(SHEET).decode("utf-8", "replace")
        try:
            key = read_paper(text)
        except NotThePaper as fault:
            raise Refused("keys.not_the_paper", path=secret.name, why=str(fault)) from None
        found = {key_name(spki(key.public_key())): key}
    else:
        try:
            keys = read_keys(home)
        except KeysMissing:
            raise Refused("sealed.other_key", path=file.name, name=sealed.key) from None
        if sealed.key == key_name(keys.recovery):
            raise Refused("sealed.needs_paper", path=file.name)
        found = dict(keyring.opening(home, keys))
    if sealed.key not in found:
        raise Refused("sealed.other_key", path=file.name, name=sealed.key)
    return found[sealed.key]
