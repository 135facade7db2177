"""A signature is 64 bytes by one P-256 key in one spelling over exactly these bytes, or it is none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.signature import read_spki, sign, unb64u, verified
from tests.hardening import p256
from tests.hardening.signature_cases import FILE, D, written

CASES: list[dict[str, Any]] = json.loads(FILE.read_text("utf-8"))


def ours(case: dict[str, Any]) -> bool:
    """What the ledger says."""
    try:
        key = read_spki(case["spki"])
    except ValueError:
        return False
    return verified(case["message"].encode(), case["signature"], key)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_every_case_is_judged_right(case: dict[str, Any]) -> None:
    assert ours(case) == case["good"]


def test_the_cases_are_those_that_their_maker_makes() -> None:
    assert FILE.read_text("utf-8") == written()
    names = [case["name"] for case in CASES]
    assert len(set(names)) == len(names) > 150
    assert sum(case["good"] for case in CASES) > 50


def test_a_verifier_in_plain_numbers_says_the_same() -> None:
    for case in CASES:
        try:
            data, raw = unb64u(case["spki"]), unb64u(case["signature"])
        except ValueError:
            assert not case["good"]
            continue
        if len(data) != 91 or len(raw) != 64 or not data.startswith(p256.HEAD + b"\x04"):
            assert not case["good"]
            continue
        x, y, r, s = (int.from_bytes(part, "big") for part in (data[27:59], data[59:], raw[:32], raw[32:]))
        on_curve = x < p256.P and y < p256.P and (y * y - x**3 - p256.A * x - p256.B) % p256.P == 0
        assert (on_curve and p256.good(case["message"].encode(), r, s, (x, y))) == case["good"], case["name"]


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=100), st.integers(1, p256.N - 1))
def test_what_we_sign_is_good_by_the_book(message: bytes, d: int) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec

    raw = unb64u(sign(message, ec.derive_private_key(d, ec.SECP256R1())))
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    assert p256.good(message, r, s, p256.times(d, p256.G)) and d != D


@settings(max_examples=200)
@given(
    st.binary(max_size=200)
    | st.binary(min_size=91, max_size=91).map(lambda tail: p256.HEAD + b"\4" + tail[27:])
)
def test_whatever_bytes_stand_for_a_key_are_a_key_or_a_refusal(data: bytes) -> None:
    try:
        read_spki(p256.b64u(data))
    except ValueError:
        return
    x, y = int.from_bytes(data[27:59], "big"), int.from_bytes(data[59:], "big")
    assert (y * y - x**3 - p256.A * x - p256.B) % p256.P == 0
