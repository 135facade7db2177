"""What the recovery key has certified, for the public: the keys that receipts and the office's records bear.

Public halves alone. Whoever knows the recovery key, from the paper or from his own phone, can tell with them
that a key is the office's; publisher/download/verify.py does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

from ledger.keys import KeysMissing, read_certificates, statements

PUBLISHED = ("receipt", "office")
"""The uses of keys that a stranger meets; files are sealed for the export key, which signs nothing."""


@dataclass(frozen=True)
class Certified:
    """One certificate: which key, for what and from which day, in the recovery key's own signed words."""

    public_key: str
    use: str
    since: str
    statement: str
    signature: str
    recovery_key: str


def read_certified(home: Path) -> tuple[Certified, ...]:
    """The certificates of a home in their order; none where the file is missing or says nothing true."""
    try:
        recovery, written = read_certificates(home / "keys")
        return tuple(
            Certified(said["key"], use, said["from"], each["statement"], each["signature"], recovery)
            for each in written
            for use in PUBLISHED
            for said in statements([each], use, recovery)
        )
    except (KeysMissing, ValueError, KeyError, TypeError):
        return ()  # the doctor says so; a site without certificates is better than none


def digest_over(certificates: Iterable[Certified]) -> str:
    """One digest over them: with one more, a release is another."""
    told = "\0".join("\0".join(astuple(each)) for each in certificates)
    return hashlib.sha256(told.encode()).hexdigest() if told else ""
