"""Which keys of the office there are and were: for what, since when, and whether each is as it should be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from ledger.keys import TO_PRINT, USES, Keys, KeysMissing, certified, read_pem, statements
from ledger.sealed import key_name
from ledger.signature import spki
from ledger.succession import RETIRED, retired_exports


@dataclass(frozen=True)
class Held:
    """One key: `name` is the beginning of its digest, `since` a day or a moment (RFC 3339).

    `state` is `now` for the key in force, `before` for one that it took the place of, `opens` for an export
    key of before that is kept for files sealed for it, `uncertified` for one that phones do not believe.
    """

    use: str
    name: str
    since: str | None
    state: str


def held(home: Path, keys: Keys) -> list[Held]:
    """Every key of a home, use by use, the oldest first."""
    kept = set(retired_exports(home))
    found = []
    for use in USES:
        mine, certificates = _public(keys, use), statements(keys.certificates, use, keys.recovery)
        for said in certificates:
            name = key_name(said["key"])
            state = (
                "now" if said["key"] == mine else "opens" if use == "export" and name in kept else "before"
            )
            found.append(Held(use, name, said["from"], state))
        if mine not in [said["key"] for said in certificates]:
            found.append(Held(use, key_name(mine), None, "uncertified"))
    return found


def in_force(keys: Keys, *uses: str) -> list[dict[str, str]]:
    """The certificates of the keys in force for these uses, for phones to check."""
    return [
        dict(each)
        for use in uses
        for each in keys.certificates
        if _certified(each["statement"], each["signature"], use, keys.recovery) == _public(keys, use)
    ]


def opening(home: Path, keys: Keys) -> Mapping[str, ec.EllipticCurvePrivateKey]:
    """The keys that open what was sealed for the office, past and present, by the name files give them."""
    return {**retired_exports(home), key_name(_public(keys, "export")): keys.export}


def paper(home: Path) -> Path | None:
    """The file with the recovery key, where it still lies there."""
    path = home / "keys" / TO_PRINT
    return path if path.exists() else None


def examine(home: Path, keys: Keys) -> Iterator[tuple[Any, ...]]:
    """What is not as it should be: level, key and parameters of each finding, for the doctor."""
    for use in USES:
        certificates = statements(keys.certificates, use, keys.recovery)
        if _public(keys, use) not in [said["key"] for said in certificates]:
            yield "fault", "doctor.certificate", {"use": use}
        elif _last(certificates)["key"] != _public(keys, use):
            yield "fault", "doctor.key_before", {"use": use, "name": key_name(_last(certificates)["key"])}
    for path in sorted((home / "keys" / RETIRED).glob("export-*.pem")):
        try:
            read_pem(path)
        except KeysMissing:
            yield "warning", "doctor.key_retired", {"path": str(path)}
    if (path_of_paper := paper(home)) is not None:
        yield "warning", "doctor.paper", {"path": str(path_of_paper)}


@lru_cache(maxsize=256)
def _certified(statement: str, signature: str, use: str, recovery: str) -> str | None:
    """As `certified`, but asked again for every push that is answered."""
    return certified({"statement": statement, "signature": signature}, use, recovery)


def _last(certificates: list[dict[str, str]]) -> dict[str, str]:
    """The one that phones believe: from the latest day on; of two from the same moment the later one."""
    return max(enumerate(certificates), key=lambda each: (each[1]["from"], each[0]))[1]


def _public(keys: Keys, use: str) -> str:
    key: ec.EllipticCurvePrivateKey = getattr(keys, use)
    return spki(key.public_key())
