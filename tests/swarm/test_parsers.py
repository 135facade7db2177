"""Whatever bytes come, each parser reads them or says what is wrong in its own words, and soon (R14).

Begun from good samples, since bytes at random never get past a first brace.
"""

from __future__ import annotations

import io
import json
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from collector import accounts, mine, reports, sync
from collector.mapping import mapping_of
from collector.refusal import Refusal
from collector.tables import csv_table, json_table, xlsx_table
from ledger.cel import NotCel, compile_check
from ledger.congress import load_congress
from ledger.envelope import (
    Forged,
    disclosure,
    disclosure_digest,
    read_disclosure,
    read_disclosures,
    read_envelope,
)
from ledger.forms import parse_form
from ledger.keys import new_key
from ledger.problems import Problems
from ledger.record_text import parse_record
from ledger.registry import Device
from ledger.rulebooks import load_rulebook
from ledger.sealed import NotSealed, open_sealed, read_sealed, seal
from ledger.signature import read_spki, spki, unb64u, verified
from ledger.strict_json import read_json
from ledger.strict_yaml import parse_yaml
from tests.collector.phone import Phone
from tests.swarm.asking import mutated
from tests.swarm.place import small_forms

ROOT = Path(__file__).parents[2]
PATIENCE = 10.0  # seconds of the processor for one input; a good one takes a thousandth
SIZES = (pytest.param(150, id="150"), pytest.param(5000, id="5000", marks=pytest.mark.full))


@dataclass(frozen=True)
class Parser:
    """What reads bytes from outside, good samples of them, and all that it may raise."""

    read: Callable[[bytes], object]
    samples: Callable[[], Sequence[bytes]]
    raises: tuple[type[Exception], ...]


def text_of(data: bytes) -> str:
    """Bytes as text, also where they are none: half characters stay in it."""
    return data.decode("utf-8", "surrogateescape")


@cache
def _phone() -> Phone:
    phone = Phone(client=None)  # type: ignore[arg-type]
    phone.ledger, phone.devices = "L", {"records": "R", "proof": "P"}
    return phone


@cache
def _writer() -> sync.Writer:
    pair = [
        Device(id, "pair", chain, _phone().spki[chain], "active", "deputy", "DB-2026-AAAA", "某", "")
        for chain, id in _phone().devices.items()
    ]
    return sync.Writer(*pair)


@cache
def _records() -> list[dict[str, Any]]:
    forms = small_forms()
    return [
        _phone().record(forms["note"], {"day": "2026-03-02", "subject": "路灯", "people": 3}),
        _phone().record(
            forms["visit"], {"visited_on": "2026-03-02", "grid": "x", "people": 3, "households": 1}
        ),
        _phone().record(forms["suggestion"], {"subject": "修路"}, "01a21aa3-0bd1-77cd-b845-56b25b125446"),
    ]


def _pushes() -> list[bytes]:
    return [json.dumps({"batch": "b", "records": some}).encode() for some in (_records(), _records()[:1])]


def _judge(data: bytes) -> object:
    versions = {form.version: form for form in small_forms().values()}
    return sync.judge_batch(data, _writer(), versions, "L")


def _disclosed(data: bytes) -> object:
    text = text_of(data)
    try:
        digest = disclosure_digest(text)
    except UnicodeEncodeError:
        digest = "A" * 43
    return read_disclosure(text), read_disclosures([digest], [text])


@cache
def _export_key() -> Any:
    return new_key()


def _sealed(data: bytes) -> object:
    return open_sealed(read_sealed(data), _export_key())


def _files(pattern: str, most: int = 12) -> Callable[[], list[bytes]]:
    return lambda: [path.read_bytes() for path in sorted(ROOT.glob(pattern))[:most]]


def _workbook() -> list[bytes]:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["日期", "题目", "人数"], ["2026-03-02", "路灯", 3], [None, "1+1", 2.5]):
        book.active.append(row)
    held = io.BytesIO()
    book.save(held)
    return [held.getvalue()]


def _checks() -> list[bytes]:
    forms = (parse_yaml(path.read_bytes(), "f").value for path in sorted(ROOT.glob("content/forms/*.yaml")))
    found = [check["that"].encode() for form in forms for check in form.get("checks", ())]
    assert len(found) > 10
    return found


def _in_file(name: str, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    """For what is read from a folder: the bytes as that one file."""

    def run(data: bytes) -> object:
        with tempfile.TemporaryDirectory(prefix="mingbai-parsers-") as folder:
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            return read(Path(folder))

    return run


TABLE = '日期,题目,人数\n2026-03-02,路灯,3\n2026-03-03,"井,盖",=1+1\n'
REPORT = {
    **dict.fromkeys(reports.MEMBERS),
    **{"at": "2026-11-26T01:00:00.000Z", "app": 1, "unsent": 3, "drafts": 2},
}
PARSERS: Mapping[str, Parser] = {
    "strict JSON": Parser(
        lambda data: read_json(text_of(data)),
        lambda: [*_pushes(), b'{"a":[1,2.5,-3e2,null,true,"\\ud83d\\ude00"]}'],
        (ValueError,),
    ),
    "strict YAML": Parser(lambda data: parse_yaml(data, "f"), _files("content/**/*.yaml", 40), (Problems,)),
    "envelope": Parser(
        lambda data: read_envelope(text_of(data)),
        lambda: [each["envelope"].encode() for each in _records()],
        (Forged,),
    ),
    "disclosure": Parser(
        _disclosed,
        lambda: [disclosure(n, v).encode() for n, v in (("a", 1), ("subject", "路灯"), ("b", [{"c": None}]))],
        (Forged,),
    ),
    "body of a push": Parser(_judge, _pushes, (Refusal,)),
    "body of a question about receipts": Parser(
        lambda data: mine.read_ids(sync.read_body(data)), lambda: [b'{"ids":["a","b"]}'], (Refusal,)
    ),
    "body of an enrolment": Parser(
        lambda data: accounts._read_enrolment(sync.read_body(data)),
        lambda: [
            json.dumps({"code": "7KQ40ABCDEFGH", "keys": _phone().spki, "signature": "A" * 86}).encode()
        ],
        (Refusal,),
    ),
    "report of a phone": Parser(reports._read, lambda: [json.dumps(REPORT).encode()], (Refusal,)),
    "sealed file": Parser(
        _sealed,
        lambda: [seal({"statement": "s", "signature": "t"}, "L", spki(_export_key().public_key()))],
        (NotSealed,),
    ),
    "key": Parser(
        lambda data: read_spki(text_of(data)), lambda: [_phone().spki["records"].encode()], (ValueError,)
    ),
    "base64url": Parser(lambda data: unb64u(text_of(data)), lambda: [b"AAAA", b"7w"], (ValueError,)),
    "signature": Parser(
        lambda data: verified(b"x", text_of(data), _export_key().public_key()),
        lambda: [each["signature"].encode() for each in _records()],
        (),
    ),
    "code of an invitation": Parser(
        lambda data: accounts.normal_code(text_of(data)), lambda: [b"7KQ4 0ABC DEFGH"], ()
    ),
    "form": Parser(lambda data: parse_form(text_of(data), "f"), _files("content/forms/*.yaml"), (Problems,)),
    "record file": Parser(
        lambda data: parse_record(text_of(data), "f"), _files("content/records/*/*.yaml"), (Problems,)
    ),
    "congress": Parser(
        _in_file("congress.yaml", load_congress), _files("content/congress.yaml"), (Problems,)
    ),
    "rulebook": Parser(
        _in_file("rulebooks/x.yaml", lambda folder: load_rulebook(folder, "x")),
        _files("content/rulebooks/national.yaml"),
        (Problems,),
    ),
    "mapping": Parser(
        lambda data: mapping_of(parse_yaml(data, "f"), small_forms()),
        lambda: [
            "kind: note\nsource: t\nfields:\n  day: 日期\n  subject: {column: 题目}\n".encode(),
            *_files("tests/**/*.mapping.yaml")(),
        ],
        (Problems,),
    ),
    "CSV": Parser(
        lambda data: csv_table(data, "f"), lambda: [TABLE.encode(), TABLE.encode("gb18030")], (Problems,)
    ),
    "JSON table": Parser(
        lambda data: json_table(data, "f"), lambda: [b'[{"a":1,"b":"x"},{"a":2.5,"b":null}]'], (Problems,)
    ),
    "workbook": Parser(lambda data: xlsx_table(data, "f"), _workbook, (Problems,)),
    "CEL": Parser(lambda data: compile_check(text_of(data)), _checks, (NotCel,)),
}


def _good(parser: Parser, sample: bytes) -> bool:
    try:
        parser.read(sample)
    except parser.raises:
        return False
    return True


@pytest.mark.parametrize("inputs", SIZES)
@pytest.mark.parametrize("name", PARSERS)
def test_whatever_bytes_come_it_reads_them_or_says_what_is_wrong(name: str, inputs: int) -> None:
    parser = PARSERS[name]
    samples = parser.samples()
    # Hypothesis must not see what the first use of a library does, such as raising the recursion limit.
    assert any([_good(parser, sample) for sample in samples])

    @settings(
        max_examples=inputs,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(mutated(st.sampled_from(samples)) | mutated(st.sampled_from(samples)) | st.binary(max_size=60))
    def reads(data: bytes) -> None:
        began = time.process_time()
        with suppress(*parser.raises):
            parser.read(data)
        assert time.process_time() - began < PATIENCE

    reads()
