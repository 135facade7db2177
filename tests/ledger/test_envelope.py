"""Envelopes and disclosures: what was signed, and nothing else, opens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.envelope import (
    Forged,
    disclosure,
    disclosure_digest,
    make_envelope,
    open_envelope,
    read_disclosure,
    read_disclosures,
    read_envelope,
    rfc3339,
    seal,
    uuid7,
    uuid8,
)
from ledger.keys import new_key
from ledger.signature import b64u, digest_of, read_spki

CASES = Path(__file__).parents[1] / "cases"
KEY = new_key()
FIELDS: dict[str, Any] = {
    "ledger": "a-ledger",
    "kind": "visit",
    "form": f"visit@{digest_of(b'a form')}",
    "id": uuid7(1772413200000, bytes(10)),
    "device": "a-device",
    "seq": 1,
    "prev": None,
    "claimed_at": rfc3339(1772413200000),
    "replaces": None,
}
names = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)
texts = st.text(st.characters(exclude_categories=("Cs",)))
values = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)


@pytest.mark.parametrize("name", ["envelopes.json", "envelopes-phone.json"])
def test_every_vector_of_both_languages_opens(name: str) -> None:
    cases = json.loads((CASES / name).read_text("utf-8"))
    assert cases["vectors"]
    for each in cases["vectors"]:
        key = read_spki(each.get("spki") or cases["spki"])
        opened = open_envelope(each["envelope"], each["signature"], key, each["disclosures"])
        assert opened.envelope.digest == each["digest"]
        if "answers" in each:
            assert opened.answers == each["answers"]


@given(st.dictionaries(names, values, max_size=6))
def test_answers_come_back_as_they_were_sealed(answers: dict[str, Any]) -> None:
    envelope, signature, disclosures = seal(answers, KEY, **FIELDS)
    opened = open_envelope(envelope.text, signature, KEY.public_key(), disclosures)
    assert opened.answers == answers
    assert opened.envelope == envelope


@given(st.integers(0, 500), st.integers(1, 255))
def test_no_byte_of_an_envelope_can_be_changed(at: int, by: int) -> None:
    envelope, signature, disclosures = seal({"people": 3, "grid": "柳河"}, KEY, **FIELDS)
    data = bytearray(envelope.text.encode())
    data[at % len(data)] ^= by
    with pytest.raises(Forged):
        open_envelope(data.decode("utf-8", "replace"), signature, KEY.public_key(), disclosures)


def test_the_text_of_an_envelope_is_this_and_no_other() -> None:
    salted = disclosure("village", "柳河村", "A" * 22)
    envelope = make_envelope(**FIELDS, disclosures=[salted])
    assert envelope.text == (
        '{"v":1,"ledger":"a-ledger","kind":"visit","form":"'
        + FIELDS["form"]
        + '","id":"'
        + FIELDS["id"]
        + '",'
        '"device":"a-device","seq":1,"prev":null,"claimed_at":"2026-03-02T01:00:00.000Z","replaces":null,'
        '"_sd":["' + disclosure_digest(salted) + '"]}'
    )


def test_another_key_does_not_open_it() -> None:
    envelope, signature, disclosures = seal({"people": 3}, KEY, **FIELDS)
    with pytest.raises(Forged, match="signature"):
        open_envelope(envelope.text, signature, new_key().public_key(), disclosures)


@pytest.mark.parametrize(
    "signature", ["", "x", "A" * 86, "A" * 88, "é" * 86, b64u(bytes(63)), b64u(bytes(64))]
)
def test_what_is_no_signature_opens_nothing(signature: str) -> None:
    envelope, _, disclosures = seal({"people": 3}, KEY, **FIELDS)
    with pytest.raises(Forged, match="signature"):
        open_envelope(envelope.text, signature, KEY.public_key(), disclosures)


def test_a_missing_extra_or_repeated_disclosure_is_refused() -> None:
    first, second, extra = (disclosure(name, 1) for name in ("a", "b", "c"))
    sd = sorted(map(disclosure_digest, (first, second)))
    assert read_disclosures(sd, [second, first]) == {"a": 1, "b": 1}
    for wrong in ([first], [first, second, extra], [first, first], [first, extra], []):
        with pytest.raises(Forged, match="disclosure"):
            read_disclosures(sd, wrong)


def test_one_field_is_disclosed_once() -> None:
    twice = [disclosure("a", 1), disclosure("a", 2)]
    with pytest.raises(Forged, match="twice"):
        read_disclosures(sorted(map(disclosure_digest, twice)), twice)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '["salt","a"]',
        '["AAAAAAAAAAAAAAAAAAAAAA","a",1,2]',
        '["short","a",1]',
        '[1,"a",1]',
        '["AAAAAAAAAAAAAAAAAAAAAA","A b",1]',
        '["AAAAAAAAAAAAAAAAAAAAAA","a",NaN]',
        '["AAAAAAAAAAAAAAAAAAAAAA","a",1',
        '["AAAAAAAAAAAAAAAAAAAAAA","a",{"x":1,"x":2}]',
        '["AAAAAAAAAAAAAAAAAAAAAA","a","\\ud800"]',
        '["AAAAAAAAAAAAAAAAAAAAAA","a",' + "[" * 30 + "]" * 30 + "]",
    ],
)
def test_what_is_no_disclosure_is_refused(text: str) -> None:
    with pytest.raises(Forged, match="disclosure"):
        read_disclosure(text)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("v", 2),
        ("v", True),
        ("v", "1"),
        ("ledger", ""),
        ("ledger", 5),
        ("ledger", "x" * 65),
        ("kind", "Visit"),
        ("kind", "../x"),
        ("kind", None),
        ("form", "visit"),
        ("form", "grid@" + "A" * 43),
        ("id", "1"),
        ("id", None),
        ("id", FIELDS["id"].upper()),
        ("device", []),
        ("seq", -1),
        ("seq", 1.0),
        ("seq", True),
        ("seq", "1"),
        ("prev", "x"),
        ("prev", 1),
        ("claimed_at", "2026-03-02"),
        ("claimed_at", "2026-03-02T01:00:00.000+08:00"),
        ("claimed_at", 1),
        ("replaces", ""),
        ("replaces", {}),
        ("_sd", None),
        ("_sd", ["x"]),
        ("_sd", [1]),
        ("_sd", ["A" * 43] * 2),
        ("_sd", [f"{n:043d}" for n in range(401)]),
    ],
)
def test_a_field_of_the_wrong_shape_is_refused(field: str, value: Any) -> None:
    right = json.loads(make_envelope(**FIELDS, disclosures=[]).text)
    with pytest.raises(Forged, match="envelope"):
        read_envelope(json.dumps({**right, field: value}))


def test_a_lacking_or_foreign_field_is_refused() -> None:
    right = json.loads(make_envelope(**FIELDS, disclosures=[]).text)
    for name in right:
        with pytest.raises(Forged, match="fields"):
            read_envelope(json.dumps({key: value for key, value in right.items() if key != name}))
    with pytest.raises(Forged, match="fields"):
        read_envelope(json.dumps({**right, "more": 1}))


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "x", "\ud800", " {}", '{"v":1,"v":1}', "mingbai/1 request\n{}"]
)
def test_what_is_no_envelope_is_refused(text: str) -> None:
    with pytest.raises(Forged):
        read_envelope(text)


def test_an_envelope_begins_with_its_brace_so_that_no_signature_serves_twice() -> None:
    text = " " + make_envelope(**FIELDS, disclosures=[]).text
    with pytest.raises(Forged, match="first character"):
        read_envelope(text)


def test_ids_sort_by_time_and_name_their_version() -> None:
    assert uuid7(1, bytes(10)) < uuid7(2, bytes(10))
    assert uuid7(1, b"\xff" * 10)[14] == "7" and uuid8(b"\xff" * 32)[14] == "8"
