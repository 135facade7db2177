"""Successors of the office's keys: the paper with the recovery key certifies new ones.

`read_paper` takes the paper, `succeed` makes the keys. The old certificates stay, since old receipts must
still be believed; an old export key stays too (`retired_exports`): files sealed for it may be on their way.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from ledger.keys import (
    CERTIFICATES,
    USES,
    Keys,
    KeysMissing,
    certificate,
    new_key,
    pem,
    read_certificates,
    read_keys,
    read_pem,
    settle,
    sync_folder,
    write_private,
)
from ledger.sealed import key_name
from ledger.signature import spki
from ledger.strict_json import write_json

RETIRED = "retired"
_PEM = re.compile(r"-----BEGIN PRIVATE KEY-----[A-Za-z0-9+/=\s]*-----END PRIVATE KEY-----")


class NotThePaper(Exception):
    """A paper that does not serve; the message says in one line why, and never what stands on it."""


def read_paper(text: str) -> ec.EllipticCurvePrivateKey:
    """The recovery key as it was printed, wherever on the sheet it stands; NotThePaper says what is wrong.

    >>> read_paper("shopping list")
    Traceback (most recent call last):
    ledger.succession.NotThePaper: There is no recovery key on it: it begins with -----BEGIN PRIVATE KEY-----.
    """
    found = _PEM.findall(text)
    if not found:
        began = "BEGIN PRIVATE KEY" in text
        raise NotThePaper(
            "The recovery key on it is not whole. Take the other copy, or type it once more."
            if began
            else "There is no recovery key on it: it begins with -----BEGIN PRIVATE KEY-----."
        )
    if len(found) > 1:
        raise NotThePaper("There are several keys on it. Leave only the one of the recovery key.")
    try:
        key = load_pem_private_key(found[0].encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise NotThePaper("The recovery key on it cannot be read: a letter is wrong or missing.") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise NotThePaper("The key on it is of another kind: a recovery key is P-256.")
    return key


def succeed(home: Path, recovery: ec.EllipticCurvePrivateKey, today: str, uses: Iterable[str] = USES) -> Keys:
    """New keys for these uses, certified by the recovery key from today (YYYY-MM-DD) on; the keys in force.

    All or none: what is cut short before its one rename has changed nothing, what is cut short after it is
    finished by the next start. Where there are certificates and no keys (a restored home), every key is made.
    NotThePaper where the recovery key is not the one that phones have pinned; KeysMissing where there is
    nothing to succeed to.
    """
    folder = home / "keys"
    settle(folder)
    known, written = read_certificates(folder)
    if known != spki(recovery.public_key()):
        raise NotThePaper("This recovery key is of another ledger: phones of this one would not believe it.")
    made = {use: new_key() for use in USES if use in set(uses) or not (folder / f"{use}.pem").is_file()}
    added = [certificate(use, spki(key.public_key()), today, recovery) for use, key in made.items()]
    unfinished = folder.with_name("keys.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    write_private(
        unfinished / CERTIFICATES, write_json({"recovery": known, "certificates": [*written, *added]})
    )
    for use, key in made.items():
        write_private(unfinished / f"{use}.pem", pem(key))
    sync_folder(unfinished)
    if "export" in made and (folder / "export.pem").is_file():
        keep_export(folder, pem(read_pem(folder / "export.pem")))
    unfinished.rename(folder.with_name("keys.next"))
    sync_folder(home)
    settle(folder)
    return read_keys(home)


def keep_export(folder: Path, text: str) -> None:
    """Keep an export key that is in force no more, for files that were sealed for it."""
    retired = folder / RETIRED
    retired.mkdir(mode=0o700, exist_ok=True)
    aside = retired / ".unfinished"
    aside.unlink(missing_ok=True)
    write_private(aside, text)
    key = read_pem(aside)
    os.replace(aside, retired / f"export-{key_name(spki(key.public_key()))}.pem")
    for place in (retired, folder):
        sync_folder(place)


def retired_exports(home: Path) -> dict[str, ec.EllipticCurvePrivateKey]:
    """Export keys that are in force no more, by the name that sealed files give them (sealed.key_name)."""
    found: dict[str, ec.EllipticCurvePrivateKey] = {}
    for path in sorted((home / "keys" / RETIRED).glob("export-*.pem")):
        try:
            key = read_pem(path)
        except KeysMissing:
            continue  # the doctor says so; one that cannot be read must not keep the others from serving
        found[key_name(spki(key.public_key()))] = key
    return found
