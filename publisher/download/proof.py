"""What a record's author signed, with what is needed to check it: envelope, signature, key, disclosures.

Whose key it is, where it is the office's, the certificates of the recovery key tell: one file for all proofs.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from publisher.download.formats import lines
from publisher.stamping.stamp import Plain

FORMAT = "mingbai-proof/1"
KEYS = "mingbai-keys/1"
_CERTIFIED = (
    "SELECT use, public_key, since, statement, signature, recovery_key FROM certificate"
    " ORDER BY since, use, public_key"
)
_ONE = "SELECT envelope, signature, public_key, disclosures FROM envelope WHERE code = ?"


def proof(db: sqlite3.Connection, kind: str, row: Mapping[str, Any], www: str, page_sha256: str) -> Plain:
    """The proof beside a record's page. `page_sha256` names the page's JSON it is published with."""
    code = row["code"]
    envelope, signature, key, disclosures = db.execute(_ONE, (code,)).fetchone()
    made = {
        "format": FORMAT,
        "code": code,
        "kind": kind,
        "address": f"{www}/{kind}/{code}.html",
        "page_sha256": page_sha256,
        "envelope": envelope,
        "signature": signature,
        "public_key": key,
        "disclosures": json.loads(disclosures),
    }
    return Plain.text(f"{kind}/{code}.proof.json", lines(made))


def keys(db: sqlite3.Connection) -> dict[str, Any] | None:
    """The recovery key's public half with all that it has certified; None where nothing is."""
    rows = db.execute(_CERTIFIED).fetchall()
    names = ("use", "key", "from", "statement", "signature")
    return (
        {
            "format": KEYS,
            "recovery_key": rows[0][-1],
            "certificates": [dict(zip(names, row, strict=False)) for row in rows],
        }
        if rows
        else None
    )
