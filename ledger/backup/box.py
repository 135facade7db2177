"""Bytes sealed for the recovery key, whose private half is on paper only.

A key of its own for each box (ephemeral P-256 ECDH, HKDF-SHA256, AES-256-GCM): the server that writes it
forgets it at once. A long text is sealed in chunks, each bound to its place and the last one to being the
last (the STREAM construction of Hoang et al., 2015): none can be exchanged, dropped or cut off unnoticed.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ledger.sealed import NotSealed
from ledger.signature import read_spki

PROTOCOL = b"mingbai-backup/1"
POINT = 33
"""Bytes of the box's own public key, compressed; a box begins with them."""


class _Chunks:
    """The cipher of one box, and which chunk comes next."""

    def __init__(self, shared: bytes, point: bytes, said: bytes) -> None:
        made = HKDF(SHA256(), 44, None, PROTOCOL + b"\n" + point).derive(shared)
        self._cipher, self._nonce = AESGCM(made[:32]), int.from_bytes(made[32:], "big")
        self._said, self._next = said, 0

    def _place(self, last: bool) -> bytes:
        place = self._next << 1 | last
        self._next += 1
        return (self._nonce ^ place).to_bytes(12, "big")


class Sealing(_Chunks):
    """A box that is being written for a public key; `said` is what stands beside it in plain."""

    def __init__(self, public: str, said: bytes) -> None:
        mine = ec.generate_private_key(ec.SECP256R1())
        self.point = _point(mine.public_key())
        super().__init__(mine.exchange(ec.ECDH(), read_spki(public)), self.point, said)

    def chunk(self, data: bytes, last: bool) -> bytes:
        """The next chunk, 16 bytes longer than what is in it."""
        return self._cipher.encrypt(self._place(last), data, self._said)


class Opening(_Chunks):
    """A box that is being read with the private key."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, point: bytes, said: bytes) -> None:
        try:
            other = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        except ValueError:
            raise NotSealed("damaged") from None
        super().__init__(key.exchange(ec.ECDH(), other), point, said)

    def chunk(self, data: bytes, last: bool) -> bytes:
        """The next chunk; NotSealed where a bit of it, its place or what was said beside it is another."""
        try:
            return self._cipher.decrypt(self._place(last), data, self._said)
        except InvalidTag:
            raise NotSealed("damaged") from None


def seal(data: bytes, public: str, said: bytes) -> bytes:
    """A box of one chunk."""
    sealing = Sealing(public, said)
    return sealing.point + sealing.chunk(data, True)


def open_box(box: bytes, key: ec.EllipticCurvePrivateKey, said: bytes) -> bytes:
    """What is in a box of one chunk; NotSealed where it is not as it was written."""
    return Opening(key, box[:POINT], said).chunk(box[POINT:], True)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
