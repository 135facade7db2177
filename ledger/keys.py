"""The office's keys: made at the first start, certified by a recovery key that only ever exists on paper.

Phones pin the recovery key when they enrol; whatever it certifies (the receipt key, the office's signing key,
the export key) they then believe, and so a successor too. The recovery key's private half is written once, to
be printed and deleted, and is not kept.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from ledger.signature import read_spki, sign, spki, verified
from ledger.strict_json import read_json, write_json

USES = ("receipt", "office", "export")
CERTIFICATES = "certificates.json"
TO_PRINT = "RECOVERY-print-and-delete.txt"
_CERTIFICATE = "mingbai-certificate-v1\n"
_RECEIPT = "mingbai-receipt-v1\n"


class KeysMissing(Exception):
    """The keys of this home are there only in part; the message says what to do."""


@dataclass(frozen=True)
class Keys:
    """The private keys the server works with, and the certificates phones check against the pinned one."""

    receipt: ec.EllipticCurvePrivateKey
    office: ec.EllipticCurvePrivateKey
    export: ec.EllipticCurvePrivateKey
    recovery: str
    certificates: tuple[Mapping[str, str], ...]


def new_key() -> ec.EllipticCurvePrivateKey:
    """A fresh P-256 key."""
    return ec.generate_private_key(ec.SECP256R1())


def certificate(use: str, key: str, since: str, recovery: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    """The recovery key's word that `key` (as it travels) is ours for one use from a day on."""
    statement = _CERTIFICATE + write_json({"use": use, "key": key, "from": since})
    return {"statement": statement, "signature": sign(statement.encode(), recovery)}


def certified(written: Mapping[str, str], use: str, recovery: str) -> str | None:
    """The key a certificate gives for a use; None when it is another's or for another use."""
    statement = written["statement"]
    if not verified(statement.encode(), written["signature"], read_spki(recovery)):
        return None
    said = read_json(statement.removeprefix(_CERTIFICATE)) if statement.startswith(_CERTIFICATE) else {}
    return said["key"] if said.get("use") == use else None


def receipt(statement: Mapping[str, Any], key: ec.EllipticCurvePrivateKey, public: str) -> dict[str, str]:
    """What the phone keeps as proof: a statement of what was stored, under the receipt key."""
    text = _RECEIPT + write_json(statement)
    return {"statement": text, "signature": sign(text.encode(), key), "key": public}


def read_receipt(written: Mapping[str, str]) -> dict[str, Any] | None:
    """The statement of a receipt, None when its key did not sign it. Whose key that is, certificates say."""
    text = written["statement"]
    key = read_spki(written["key"])
    if not text.startswith(_RECEIPT) or not verified(text.encode(), written["signature"], key):
        return None
    value: dict[str, Any] = read_json(text.removeprefix(_RECEIPT))
    return value


def load_keys(home: Path, today: str) -> Keys:
    """The keys of this home, made at the first start; KeysMissing rather than ever replacing one silently."""
    folder = home / "keys"
    if not folder.exists():
        _make_keys(folder, today)
    settle(folder)
    return read_keys(home)


def read_keys(home: Path) -> Keys:
    """The keys of this home as they lie there."""
    folder = home / "keys"
    files = [folder / CERTIFICATES, *(folder / f"{use}.pem" for use in USES)]
    if missing := [path.name for path in files if not path.is_file()]:
        raise KeysMissing(
            f"{folder}: {', '.join(missing)} is missing. Put it back from the backup; "
            "with a new key every phone would refuse our receipts."
        )
    recovery, certificates = read_certificates(folder)
    receipt, office, export = (read_pem(path) for path in files[1:])
    return Keys(receipt, office, export, recovery, tuple(certificates))


def read_certificates(folder: Path) -> tuple[str, list[Mapping[str, str]]]:
    """The recovery key's public half, and all that it has certified; KeysMissing where there is none."""
    path = folder / CERTIFICATES
    try:
        known = read_json(path.read_text("utf-8"))
        return str(known["recovery"]), list(known["certificates"])
    except (OSError, ValueError, KeyError, TypeError):
        raise KeysMissing(f"{path}: is missing or damaged. Put it back from the backup.") from None


def settle(folder: Path) -> None:
    """Put successors into force that are whole: certificates first, so that none is ever without one."""
    following = folder.with_name("keys.next")
    if not following.is_dir():
        return
    for name in (CERTIFICATES, *(f"{use}.pem" for use in USES)):
        if (following / name).exists():
            os.replace(following / name, folder / name)
            sync_folder(folder)
    following.rmdir()
    sync_folder(folder.parent)


def _make_keys(folder: Path, today: str) -> None:
    """All of them or none: a first start that is cut short begins anew."""
    unfinished = folder.with_name("keys.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True, mode=0o700)
    recovery = new_key()
    made = {use: new_key() for use in USES}
    certificates = [certificate(use, spki(key.public_key()), today, recovery) for use, key in made.items()]
    for use, key in made.items():
        write_private(unfinished / f"{use}.pem", pem(key))
    known = write_json({"recovery": spki(recovery.public_key()), "certificates": certificates})
    write_private(unfinished / CERTIFICATES, known)
    write_private(unfinished / TO_PRINT, _paper(recovery, today))
    unfinished.rename(folder)
    for place in (folder, folder.parent):
        sync_folder(place)


def _paper(recovery: ec.EllipticCurvePrivateKey, today: str) -> str:
    return (
        f"Mingbai 明白账 · recovery key 恢复密钥 · {today}\n\n"
        "打印两份，分开封存，然后删除本文件。换密钥时只认它。\n"
        "Print two copies, seal them apart, then delete this file. Only this key can certify new ones.\n\n"
        f"{pem(recovery)}\npublic 公钥: {spki(recovery.public_key())}\n"
    )


def pem(key: ec.EllipticCurvePrivateKey) -> str:
    """A private key as it lies in its file."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def read_pem(path: Path) -> ec.EllipticCurvePrivateKey:
    """The private key in a file; KeysMissing where there is none."""
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError) as fault:
        raise KeysMissing(f"{path}: is not a key. Put it back from the backup.") from fault
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise KeysMissing(f"{path}: is not a P-256 key. Put it back from the backup.")
    return key


def write_private(path: Path, text: str) -> None:
    """A new file that only its owner can read, on disk when this returns."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """What a folder lists, on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
