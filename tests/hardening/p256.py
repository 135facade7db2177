"""ECDSA over P-256 by the book (FIPS 186-5, SEC 1), in plain numbers: a second verifier, maker of odd cases.

Slow, and not safe for secrets; it shares nothing with OpenSSL or a browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from ledger.signature import b64u

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
A = P - 3
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
Point = tuple[int, int] | None
HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
"""What stands before the point in a SubjectPublicKeyInfo of this curve."""


def add(a: Point, b: Point) -> Point:
    """The sum of two points; None is the point at infinity."""
    if a is None or b is None:
        return b if a is None else a
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        slope = (3 * a[0] * a[0] + A) * pow(2 * a[1], -1, P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def times(k: int, point: Point) -> Point:
    """A point so many times."""
    total: Point = None
    while k:
        if k & 1:
            total = add(total, point)
        point, k = add(point, point), k >> 1
    return total


def lifted(x: int) -> Point:
    """The point over x with an even y, None where there is none."""
    square = (x * x * x + A * x + B) % P
    y = pow(square, (P + 1) // 4, P)
    if y * y % P != square:
        return None
    return x, y if y % 2 == 0 else P - y


def hashed(message: bytes) -> int:
    """What is signed of a message."""
    return int.from_bytes(sha256(message).digest(), "big")


def good(message: bytes, r: int, s: int, key: Point) -> bool:
    """Whether (r, s) is the key's signature."""
    if not (0 < r < N and 0 < s < N) or key is None:
        return False
    w = pow(s, -1, N)
    found = add(times(hashed(message) * w % N, G), times(r * w % N, key))
    return found is not None and found[0] % N == r


def recovered(message: bytes, nonce: Point, s: int) -> Point:
    """The key whose signature over the message is (x of the nonce's point, s)."""
    assert nonce
    r = nonce[0] % N
    inverse = pow(r, -1, N)
    return add(times(s * inverse % N, nonce), times(-hashed(message) * inverse % N, G))


def spki(key: Point, form: int = 4) -> bytes:
    """SubjectPublicKeyInfo of a point; form 2 writes it compressed, 6 as a hybrid."""
    assert key
    x, y = (each.to_bytes(32, "big") for each in key)
    if form == 4:
        return HEAD + b"\x04" + x + y
    if form == 6:
        return HEAD + bytes([6 + key[1] % 2]) + x + y
    short = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200")
    return short + bytes([2 + key[1] % 2]) + x


def der(r: int, s: int) -> bytes:
    """The same signature as a DER sequence, which is not how ours travel."""

    def number(value: int) -> bytes:
        data = value.to_bytes(value.bit_length() // 8 + 1, "big")
        return b"\x02" + bytes([len(data)]) + data

    body = number(r) + number(s)
    return b"\x30" + bytes([len(body)]) + body


@dataclass(frozen=True)
class Case:
    """One verification, and what every right verifier says."""

    name: str
    spki: str
    message: str
    signature: str
    good: bool


def case(
    name: str, key: Point | bytes, message: str, signature: tuple[int, int] | bytes, right: bool
) -> Case:
    """A case out of a key and a signature, each in numbers or in bytes."""
    public = key if isinstance(key, bytes) else spki(key)
    raw = signature if isinstance(signature, bytes) else raw_of(*signature)
    return Case(name, b64u(public), message, b64u(raw), right)


def raw_of(r: int, s: int) -> bytes:
    """r and s as 64 bytes."""
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")
