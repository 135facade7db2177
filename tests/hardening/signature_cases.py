"""Signatures at the edges of ECDSA, and what is none. `python -m tests.hardening.signature_cases` writes them
to tests/cases/signatures.json, where the phone's own tests read them too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from tests.hardening.p256 import (
    HEAD,
    A,
    B,
    Case,
    G,
    N,
    P,
    case,
    der,
    hashed,
    lifted,
    raw_of,
    recovered,
    spki,
    times,
)

FILE = Path(__file__).parents[1] / "cases/signatures.json"
SAID = "mingbai/1 柳河村"
D = 0x1234567890ABCDEF1234567890ABCDEF1234567890ABCDEF1234567890ABCDEF
"""A private key for tests only."""


def first_point(x: int, step: int = 1) -> tuple[int, int]:
    """The first point of the curve from x on."""
    while (found := lifted(x)) is None:
        x += step
    return found


def signed(message: str, k: int, d: int = D) -> tuple[int, int]:
    """A signature with a chosen nonce."""
    nonce = times(k, G)
    assert nonce
    r = nonce[0] % N
    return r, pow(k, -1, N) * (hashed(message.encode()) + r * d) % N


def cases() -> Iterator[Case]:
    """All of them."""
    key = times(D, G)
    assert key
    r, s = signed(SAID, 0xABCDEF)
    yield case("a signature", key, SAID, (r, s), True)
    yield case("the other s", key, SAID, (r, N - s), True)
    for name, text in (
        ("nothing", ""),
        ("a line end", "\n"),
        ("long", "长" * 5000),
        ("zero bytes", "\0" * 64),
    ):
        yield case(f"over {name}", key, text, signed(text, 0x77), True)
    yield case("over another text", key, SAID + " ", (r, s), False)
    yield case("over the same text in capitals", key, SAID.upper(), (r, s), False)
    yield case("r and s exchanged", key, SAID, (s, r), False)
    yield from edges()
    yield from out_of_range(key, r, s)
    yield from misshapen(key, r, s)
    yield from other_keys(key, r, s)


def edges() -> Iterator[Case]:
    """Valid ones with numbers that have broken verifiers, each with the key that makes it valid."""
    message = SAID.encode()
    nonces = {
        "the smallest r": first_point(5),
        "r at the top of the field": first_point(P - 1, -1),
        "a nonce whose x is beyond the order": first_point(N),
        "r of one bit": first_point(1 << 255),
        "r with leading zeros": first_point(1 << 200),
        "the generator as nonce": G,
    }
    for name, nonce in nonces.items():
        for s in (1, 2, N // 2, N // 2 + 1, N - 1, 1 << 128, (1 << 128) - 1):
            public = recovered(message, nonce, s)
            if nonce[0] % N and public:
                yield case(f"{name}, s = {s:#x}", public, SAID, (nonce[0] % N, s), True)
                yield case(
                    f"{name}, s = {s:#x} and three more", public, SAID, (nonce[0] % N, (s + 3) % N), False
                )
    e = hashed(message)
    for name, d in (("1", 1), ("2", 2), ("n - 1", N - 1), ("e", e % N), ("-e", -e % N)):
        r, s = signed(SAID, 0x10001, d)
        if s:
            yield case(f"the private key {name}", times(d, G), SAID, (r, s), True)
    doubled = signed(SAID, 0x99)
    yield case("both halves the same", times(D, G), SAID, doubled, True)


def out_of_range(key: tuple[int, int], r: int, s: int) -> Iterator[Case]:
    """Numbers that are no r or no s."""
    for name, a, b in (
        ("both zero", 0, 0), ("r zero", 0, s), ("s zero", r, 0), ("r one, s zero", 1, 0), ("r zero, s one",
        0, 1),
        ("both one", 1, 1), ("r = n", N, s), ("s = n", r, N), ("both n", N, N), ("r = n, s one", N, 1),
        ("r one, s = n", 1, N),
        ("r = n + 1", N + 1, 1), ("s = n + 1", 1, N + 1), ("r = n - 1, s = n - 1", N - 1, N - 1), ("r = p",
        P, s),
        ("s = p", r, P), ("r = p, s zero", P, 0), ("r all ones", 2**256 - 1, s), ("s all ones", r,
        2**256 - 1), ("both all ones", 2**256 - 1, 2**256 - 1),
        ("r negative", N - r, s), ("both negative", N - r, N - s), ("r = p - n", P - N, s), ("r = e",
        hashed(SAID.encode()) % N, s),
    ):  # fmt: skip
        yield case(name, key, SAID, (a, b), False)
    small = first_point(5)
    public = recovered(SAID.encode(), small, 3)
    assert public
    yield case("r beyond the order by its rest", public, SAID, (small[0] + N, 3), False)
    yield case("s beyond the order by its rest", public, SAID, (small[0], 3 + N), False)
    far = first_point(N)
    public = recovered(SAID.encode(), far, 3)
    yield case("x of the nonce instead of its rest", public, SAID, (far[0], 3), False)


def misshapen(key: tuple[int, int], r: int, s: int) -> Iterator[Case]:
    """Signatures of another shape."""
    raw = raw_of(r, s)
    for name, data in (
        ("nothing", b""), ("half of it", raw[:32]), ("a byte short", raw[:63]), ("without its first byte",
        raw[1:]), ("a byte more", raw + b"\0"),
        ("a byte before", b"\0" + raw), ("twice", raw * 2), ("of 96 bytes", raw[:32].rjust(48,
        b"\0") + raw[32:].rjust(48, b"\0")), ("as DER", der(r, s)),
        ("as DER with a tail", der(r, s) + b"\0"), ("zeros", b"\0" * 64), ("bytes backwards", raw[::-1]),
        ("each half backwards", raw[31::-1] + raw[:31:-1]),
        ("as a P-521 would be", raw[:32].rjust(66, b"\0") + raw[32:].rjust(66, b"\0")), ("in hex",
        raw.hex().encode()), ("s missing", raw[:32] + b"\0" * 32),
    ):  # fmt: skip
        yield case(f"a signature {name}", key, SAID, data, False)
    for bit in range(0, 512, 37):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        yield case(f"bit {bit} flipped", key, SAID, bytes(flipped), False)
    text = case("", key, SAID, raw, True).signature
    for name, spelt in (
        ("padded", text + "=="), ("in base64", text.replace("-", "+").replace("_", "/") + "=="),
        ("with a space", " " + text), ("with a line end", text + "\n"),
        ("with another last letter", text[:-1] + chr(ord(text[-1]) + 1)), ("with a letter of another width",
        "Ａ" + text[1:]), ("with a dot", text[:40] + "." + text[41:]),
    ):  # fmt: skip
        yield Case(f"a signature {name}", case("", key, SAID, raw, True).spki, SAID, spelt, False)


def other_keys(key: tuple[int, int], r: int, s: int) -> Iterator[Case]:
    """Keys that are another's, another spelling, or none."""
    x, y = key
    raw = spki(key)
    other = times(D + 1, G)
    opposite = (x, P - y)
    twist = next(each for each in range(5, 99) if lifted(each) is None)
    explicit = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
    for name, public in (
        ("of somebody else", spki(other)), ("with the other y", spki(opposite)), ("compressed", spki(key,
        2)), ("hybrid", spki(key, 6)),
        ("off the curve", HEAD + b"\x04" + x.to_bytes(32, "big") + ((y + 1) % P).to_bytes(32, "big")),
        ("of zeros", HEAD + b"\x04" + b"\0" * 64),
        ("at infinity", bytes.fromhex("3019301306072a8648ce3d020106082a8648ce3d03010703020000")),
        ("on the twist", HEAD + b"\x04" + twist.to_bytes(32, "big") + b"\1" * 32),
        ("with x beyond the field", HEAD + b"\x04" + (x + P).to_bytes(33, "big")[-32:] + y.to_bytes(32,
        "big")), ("with y = p", HEAD + b"\x04" + x.to_bytes(32, "big") + P.to_bytes(32, "big")),
        ("cut short", raw[:-1]), ("with a tail", raw + b"\0"), ("of nothing", b""), ("of a point alone",
        raw[26:]), ("with a long length", b"\x30\x81\x59" + raw[2:]),
        ("with a wrong length", b"\x30\x58" + raw[2:]), ("with unused bits", raw.replace(b"\x03\x42\x00\x04",
        b"\x03\x42\x01\x04")), ("of P-384 by its name",
        bytes.fromhex("3076301006072a8648ce3d020106052b81040022036200") + b"\x04" + b"\1" * 96),
        ("of secp256k1 by its name",
        bytes.fromhex("3056301006072a8648ce3d020106052b8104000a034200") + raw[26:]), ("of Ed25519",
        bytes.fromhex("302a300506032b6570032100") + b"\1" * 32),
        ("of X25519", bytes.fromhex("302a300506032b656e032100") + b"\1" * 32), ("with the tag of a set",
        b"\x31" + raw[1:]), ("without a curve", bytes.fromhex("304f300906072a8648ce3d0201034200") + raw[26:]),
        ("with a curve of null", bytes.fromhex("3051300b06072a8648ce3d02010500034200") + raw[26:]),
        ("in hex", raw.hex().encode()), ("in PEM", b"-----BEGIN PUBLIC KEY-----\n"),
    ):  # fmt: skip
        yield case(f"a key {name}", public, SAID, (r, s), False)
    assert explicit == HEAD and A and B
    text = case("", key, SAID, (r, s), True)
    for name, spelt in (
        ("padded", text.spki + "="),
        ("with a space", text.spki + " "),
        ("in base64", text.spki.replace("_", "/") + "=="),
    ):
        if spelt != text.spki:
            yield Case(f"a key {name}", spelt, SAID, text.signature, False)


def written() -> str:
    """The file's text."""
    rows = ",\n".join(json.dumps(asdict(each), ensure_ascii=False) for each in cases())
    return f"[\n{rows}\n]\n"


if __name__ == "__main__":
    FILE.write_text(written(), "utf-8")
