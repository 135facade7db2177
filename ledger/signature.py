"""Bytes, digests, keys and signatures as they travel: base64url, sha256, ECDSA P-256 as WebCrypto has it."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import b2a_base64
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

_URLSAFE = bytes.maketrans(b"+/", b"-_")
_ECDSA = ec.ECDSA(SHA256())


def b64u(data: bytes) -> str:
    """Base64url without padding, the only spelling of bytes in this project.

    >>> b64u(b"\\xfb\\xff")
    '-_8'
    """
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64u(text: str) -> bytes:
    """The bytes of a base64url text; ValueError for padding, strange letters or a second spelling.

    >>> unb64u("-_8")
    b'\\xfb\\xff'
    """
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, TypeError) as fault:
        raise ValueError("not base64url") from fault
    if b64u(data) != text:
        raise ValueError("not base64url")
    return data


def digest_of(data: bytes) -> str:
    """Base64url of sha256, the name of any bytes."""
    return b2a_base64(sha256(data).digest(), newline=False)[:43].translate(_URLSAFE).decode("ascii")


def sign(data: bytes, key: ec.EllipticCurvePrivateKey) -> str:
    """A signature as the 64 bytes r and s, in base64url."""
    r, s = decode_dss_signature(key.sign(data, _ECDSA))
    return b64u(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def verified(data: bytes, signature: str, key: ec.EllipticCurvePublicKey) -> bool:
    """Whether the signature is this key's over exactly these bytes.

    Of the two values of s that fit (s and n - s) both are good, as with WebCrypto, which makes either. So a
    signature names nothing: records are known by the digest of what was signed.
    """
    try:
        raw = unb64u(signature)
        if len(raw) != 64:
            return False
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        key.verify(der, data, _ECDSA)
    except (InvalidSignature, ValueError):
        return False
    return True


def spki(key: ec.EllipticCurvePublicKey) -> str:
    """A public key as it travels: base64url of its SubjectPublicKeyInfo."""
    return b64u(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


@lru_cache(maxsize=16384)
def read_spki(text: str) -> ec.EllipticCurvePublicKey:
    """The P-256 key of a travelling text; ValueError for anything else, and for a key spelt in another way
    (a compressed point, say): fingerprints, digits and who-is-known are made of the text."""
    try:
        key = load_der_public_key(unb64u(text))
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise ValueError("not a public key") from fault
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("not a P-256 key")
    if spki(key) != text:
        raise ValueError("not a public key as we write it")
    return key
