"""Bytes, keys and signatures have one spelling each."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from ledger.signature import b64u, digest_of, read_spki, sign, spki, unb64u, verified

KEY = ec.generate_private_key(ec.SECP256R1())


@given(st.binary())
def test_bytes_come_back(data: bytes) -> None:
    assert unb64u(b64u(data)) == data


@pytest.mark.parametrize("text", ["a", "a+b=", "a/bc", "ab==", "AB", "é", "AAA\n", " AAA", "\ud800"])
def test_a_second_spelling_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        unb64u(text)


def test_a_digest_is_sha256_in_base64url() -> None:
    assert digest_of(b"") == "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"


@given(st.binary(max_size=200))
def test_a_signature_is_64_bytes_and_of_these_bytes_only(data: bytes) -> None:
    signature = sign(data, KEY)
    assert len(unb64u(signature)) == 64
    assert verified(data, signature, KEY.public_key())
    assert not verified(data + b"x", signature, KEY.public_key())


def test_a_key_travels() -> None:
    assert read_spki(spki(KEY.public_key())).public_numbers() == KEY.public_key().public_numbers()


def test_only_p256_is_a_key() -> None:
    other = ed25519.Ed25519PrivateKey.generate().public_key()
    p384 = ec.generate_private_key(ec.SECP384R1()).public_key()
    for key in (other, p384):
        with pytest.raises(ValueError, match="not a P-256 key"):
            read_spki(b64u(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)))
    for text in ("", "AAAA", "not a key", "\ud800"):
        with pytest.raises(ValueError, match="not a public key"):
            read_spki(text)
