"""The file a phone writes of what has not gone up, sealed for the office's export key: any hand may carry it.

One plain line says what it is and for whom; the rest is AES-256-GCM over packed JSON. The key stays on the
server. The line is authenticated with the rest, so nothing of the file can be changed unnoticed.
"""

from __future__ import annotations

import gzip
import os
import zlib
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ledger.signature import b64u, digest_of, read_spki, spki, unb64u
from ledger.strict_json import read_json, write_json

PROTOCOL = "mingbai-export/1"
STATEMENT = "mingbai-export-v1\n"
MOST = 16 << 20
"""Bytes of a file: ten times what 2,000 records weigh."""
MOST_UNPACKED = 64 << 20
_LONGEST_HEAD = 2048


class NotSealed(Exception):
    """A file that is not opened; `why` is version or damaged."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Sealed:
    """A file as it lies there: what its first line says, and what is sealed."""

    head: bytes
    ledger: str
    key: str
    ephemeral: str
    salt: bytes
    nonce: bytes
    packed: bool
    body: bytes


def key_name(public: str) -> str:
    """How a file names the key it was sealed for: the first 16 characters of the digest of its SPKI."""
    return digest_of(unb64u(public))[:16]


def read_sealed(data: bytes) -> Sealed:
    """The parts of a file; NotSealed where it is no such file, or one of a later kind."""
    head, _, body = data.partition(b"\n")
    try:
        said = read_json(head.decode("utf-8")) if len(head) <= _LONGEST_HEAD else None
        if isinstance(said, dict) and str(said.get("protocol", "")).startswith("mingbai-export/"):
            if said["protocol"] != PROTOCOL:
                raise NotSealed("version")
            sealed = Sealed(
                head,
                _text(said["ledger"]),
                _text(said["key"]),
                _text(said["ephemeral"]),
                unb64u(_text(said["salt"])),
                unb64u(_text(said["nonce"])),
                {"gzip": True, "none": False}[said["packed"]],
                unb64u(body.decode("ascii").rstrip("\r\n")),
            )
            if len(sealed.nonce) == 12 and len(sealed.salt) == 16:
                return sealed
    except (ValueError, KeyError, TypeError):
        pass
    raise NotSealed("damaged")


def open_sealed(sealed: Sealed, key: ec.EllipticCurvePrivateKey) -> Any:
    """The JSON in a file; NotSealed where a byte of it is another, or it was sealed for another key."""
    try:
        cipher = AESGCM(_secret(key, read_spki(sealed.ephemeral), sealed.salt, sealed.ephemeral))
        data = cipher.decrypt(sealed.nonce, sealed.body, sealed.head)
        return read_json((_unpacked(data) if sealed.packed else data).decode("utf-8"))
    except (InvalidTag, ValueError, zlib.error):
        raise NotSealed("damaged") from None


def seal(value: Any, ledger: str, public: str) -> bytes:
    """A file as a phone writes it."""
    mine = ec.generate_private_key(ec.SECP256R1())
    ephemeral, salt, nonce = spki(mine.public_key()), os.urandom(16), os.urandom(12)
    said = {"protocol": PROTOCOL, "ledger": ledger, "key": key_name(public), "ephemeral": ephemeral}
    head = write_json({**said, "salt": b64u(salt), "nonce": b64u(nonce), "packed": "gzip"}).encode()
    secret = _secret(mine, read_spki(public), salt, ephemeral)
    body = AESGCM(secret).encrypt(nonce, gzip.compress(write_json(value).encode()), head)
    return head + b"\n" + b64u(body).encode() + b"\n"


def _secret(
    key: ec.EllipticCurvePrivateKey, other: ec.EllipticCurvePublicKey, salt: bytes, ephemeral: str
) -> bytes:
    """The key both sides come to, bound to this protocol and to the file's own key."""
    info = f"{PROTOCOL}\n{ephemeral}".encode()
    return HKDF(SHA256(), 32, salt, info).derive(key.exchange(ec.ECDH(), other))


def _unpacked(data: bytes) -> bytes:
    unpacking = zlib.decompressobj(31)
    plain = unpacking.decompress(data, MOST_UNPACKED)
    if not unpacking.eof or unpacking.unused_data:
        raise ValueError("not one whole gzip, or larger than it may be")
    return plain


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
