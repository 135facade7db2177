"""JSON from outside is read by the letter of RFC 8259, or refused in a sentence."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from collector.refusal import Refusal
from collector.sync import read_body
from tests.collector.phone import API, Client
from tests.hardening import rfc8259

DEEP = 100_000

REFUSED: dict[str, list[bytes]] = {
    "nothing, or only a part": [
        b"", b" ", b"\n", b"\x00", b"{", b"[", b'"', b"[1", b"[1,", b"[,", b"[[]", b'{"', b'{"a', b'{"a"',
        b'{"a":', b'{"a":1',
        b'{"a":1,', b'{"a":1,"', b"[{", b'[{"a":', b'["a', b'["\\', b'["\\u', b'["\\u00', b"-", b"[-", b"t",
        b"[tru", b"nul",
        b"fals", b'["a\\"]', b'{"a":"b\\"}', b"[1\n", b'["', b"[\"a\"\n", b"*", b"\\", b"]", b"}", b",", b":",
    ],
    "commas, colons, brackets": [
        b"[1,]", b"[,1]", b"[1,,2]", b"[,]", b"[1 2]", b"[1:2]", b'["a":1]', b"[1]]", b"[1}", b"{]", b"[1],",
        b"[[1]x]",
        b'{"a":1,}', b'{,"a":1}', b'{"a":1,,"b":2}', b'{"a" 1}', b'{"a"::1}', b'{"a","b"}', b'{"a":1 "b":2}',
        b'{"a":1]',
        b'{:1}', b'{"a"}', b'{"a":}', b'{{}:1}', b'{[]:1}', b"{1:1}", b"{null:1}", b"{true:1}", b"{a:1}",
        b"{'a':1}",
        b'{"a":1}}', b'{"a":1}{', b"[][]", b"[]{}", b'"a""b"', b"1 2", b'{"a":1};', b"[1];", b'{"a":1}#',
        b"()", b"<a>",
        b'{"a":1}//x', b'{"a":1}/**/', b"/**/[]", b"//x\n[]", b"[1/**/]", b"[1,#x\n2]", b"[\"x\", //\n]",
        b"{\"a\":\"b\"/}",
    ],
    "numbers": [
        b"+1", b"[+1]", b"01", b"[01]", b"[-01]", b"[00]", b"[0123]", b"[.5]", b"[-.5]", b"[+.5]", b"[1.]",
        b"[-1.]", b"[1.e1]",
        b"[0.e1]", b"[.e1]", b"[1e]", b"[1e+]", b"[1E-]", b"[1.5e]", b"[1ee1]", b"[1e1.5]", b"[1e1e1]",
        b"[1..5]", b"[1.5.5]",
        b"[--1]", b"[-+1]", b"[++1]", b"[- 1]", b"[-]", b"[-a]", b"[1-]", b"[1+2]", b"[1-2]", b"[1 000]",
        b"[1_000]", b"[1,000.]",
        b"[0x1]", b"[0x]", b"[0o7]", b"[0b1]", b"[1a]", b"[1ea]", b"[-1x]", b"[1f]", b"[1L]", b"[1n]",
        b"[NaN]", b"NaN", b"[-NaN]",
        b"[+NaN]", b"[nan]", b"[Infinity]", b"[-Infinity]", b"[+Infinity]", b"[Inf]", b"[-Inf]", b"[inf]",
        b"[-infinity]",
        "[１]".encode(), "[١]".encode(), "[1\u00a02]".encode(), "[−1]".encode(), b"[1\x00]", b"[0e]",
        b"[0e+]", b"[2.e+3]", b"[2.e-3]",
        b"[0E]", b"[0E+-1]", b"[1.8011670033376514H-308]", b"[1.2a-3]", b"[9.e+]", b"[1e1\xe5]", b"[0\xe5]",
        b"[-123.123foo]", b"-2.",
    ],
    "numbers that we do not take": [
        b"[9007199254740993]", b"[-9007199254740993]", b"[1e999]", b"[-1e999]", b"[1E400]",
        b"[123123e100000]",
        b"[" + b"9" * 5000 + b"]", b"[" + b"1" * 5000 + b".0e500]", b"[123456789012345678901234567890]",
    ],
    "words": [
        b"True", b"[True]", b"[TRUE]", b"[False]", b"[None]", b"[Null]", b"[NULL]", b"[nil]", b"[undefined]",
        b"[void 0]", b"[yes]",
        b"[truth]", b"[truee]", b"[true1]", b"[nulll]", b"[falsee]", b"[fals]", b"[tru]", b"[nul]", b"[t]",
        b"[a]", b"[\xe1]",
        b"[truefalse]", b"[true false]", b"[null null]", b"aa", b"<null>", b"[\\u0074rue]",
        b"[\xef\xbc\xb4rue]",
    ],
    "strings": [
        b"'a'", b"['a']", b"[a]", b'["a]', b'[a"]', b"`a`", b'["a" "b"]', b'["a"b]', b'["a",b]', b'["\t"]',
        b'["\n"]', b'["\r"]',
        b'["\x00"]', b'["\x1f"]', b'["a\x00b"]', b'["\x08"]', b'["\x0c"]', b'["\\\x00"]', b'["\\\t"]',
        b'["\\a"]', b'["\\v"]', b'["\\0"]',
        b'["\\\'"]', b'["\\x00"]', b'["\\U0001F600"]', b'["\\u{61}"]', b'["\\u"]', b'["\\u1"]', b'["\\u12"]',
        b'["\\u123"]', b'["\\u00g0"]',
        b'["\\uqqqq"]', b'["\\u 061"]', b'["\\u+061"]', b'["\\u-061"]', b'["\\u0_61"]',
        b'["\\u\xef\xbc\x90061"]', b'["\\', b'["\\\\"\\"]',
        b'["\\"]', b'["\\\\\\"]', b'["\\ "]', b'["\\\n"]', b'["\\(a)"]', b'["a\\', b'["\\uD834\\u"]',
        b'["\\uD834\\u1"]', b'["\\uD834\\Dd"]',
        b"[\\n]", b"[\"asd]", b'[""],', b'"\\u00A"', "[“a”]".encode(), "['\u2019']".encode(), b'{"a\nb":1}',
        b'{"\x01":1}', b'["new\nline"]',
    ],
    "half characters": [
        b'["\\ud800"]', b'["\\udfff"]', b'["\\ud800\\ud800"]', b'["\\udc00\\ud800"]', b'["\\ud800a"]',
        b'["a\\udc00"]', b'["\\ud83d\\n"]',
        b'{"\\ud800":1}', b'{"\\udfff":1}', b'["\\uD888\\u1234"]', b'["\\uDd1e\\uD834"]',
        b'["\\ud800\\ud800\\n"]', b'["\\uDADA"]',
    ],
    "bytes that are not UTF-8": [
        b"\xff", b"[\xff]", b'["\xff"]', b'["\x80"]', b'["\xc0\xaf"]', b'["\xc1\xbf"]', b'["\xe0\x80\xaf"]',
        b'["\xe0\x80\x80"]',
        b'["\xed\xa0\x80"]', b'["\xed\xbf\xbf"]', b'["\xf0\x80\x80\x80"]', b'["\xf4\x90\x80\x80"]',
        b'["\xf5\x80\x80\x80"]', b'["\xf8\x88\x80\x80\x80"]',
        b'["\xfc\x83\xbf\xbf\xbf\xbf"]', b'["\xe9"]', b'["\xe6\x97"]', b'["\xe6\x97\xa5\xd1"]',
        b'["\xd6\xd0"]', b'{"\xb9":"0"}', b'["a\xe5"]',
        "[1]".encode("utf-16"), "[1]".encode("utf-16-le"), "[1]".encode("utf-16-be"), "[1]".encode("utf-32"),
        '["é"]'.encode("latin-1"),
        '["中"]'.encode("gb18030"), b"\xfe\xff", b"\xff\xfe[\x00]\x00",
    ],
    "marks and spaces that are none": [
        b"\xef\xbb\xbf", b"\xef\xbb\xbf[]", b"\xef\xbb\xbf{}", b"\xef\xbb[]", b"[]\xef\xbb\xbf", b"[\x0c]",
        b"\x0c[]", b"[\x0b]", b"[\xc2\xa0]",
        b"[]\x00", b"\x00[]", b"[\x00]", b"[\xe2\x81\xa0]", "[\u2028]".encode(), "\u3000[]".encode(),
        "[\u200b1]".encode(), "\u00851".encode(),
        "[\u1680]".encode(), "[\u180e]".encode(), b"[1\x1a]", b"\x1e[]", b"[\x7f]", b"[]\x1a", b"[\x1f1]",
        "{\"a\":\u00a01}".encode(),
    ],
    "a name twice": [
        b'{"a":1,"a":1}', b'{"a":1,"b":2,"a":3}', b'{"a":1,"\\u0061":2}', b'[{"a":{"b":1,"b":1}}]',
        b'{"":1,"":2}', b'{"a/b":1,"a\\/b":2}',
        '{"中":1,"\\u4e2d":2}'.encode(), b'{"\\ud83d\\ude00":1,"\xf0\x9f\x98\x80":2}',
    ],
    "too deep": [
        b"[" * 21 + b"]" * 21, b'{"a":' * 21 + b"1" + b"}" * 21, b'[{"a":' * 11 + b"1" + b"}]" * 11,
        b"[" * DEEP, b'{"a":' * DEEP,
        b'[{"":' * DEEP, b"[" * DEEP + b"]" * DEEP, b"[" * 500 + b"]" * 500, b"]" * DEEP, b"{" * DEEP,
        b'["",' * DEEP, b"[[]," * DEEP,
    ],
}  # fmt: skip
"""What no reader may take, by the part of the grammar it breaks; the last four are our own rules."""

TAKEN: list[bytes] = [
    b"null", b"true", b"false", b"0", b"-0", b"1", b"-1", b"12", b'""', b'"a"', b"[]", b"{}", b" [] ",
    b"\t\n\r {}\r\n", b"[[]]", b"[{}]",
    b'{"a":{}}', b'{"a":[]}', b'{"":0}', b"[null]", b"[true,false,null]", b"[1 ]", b"[ 1]", b" 1 ", b"[1\n]",
    b"[\n1,\n2]", b'{ "a" : 1 }',
    b"[0]", b"[-0]", b"[0.0]", b"[-0.0]", b"[0e0]", b"[0e+1]", b"[0E-1]", b"[1e1]", b"[1E1]", b"[1e+1]",
    b"[1e-1]", b"[1.5]", b"[-1.5e-7]",
    b"[20e1]", b"[123.456e78]", b"[1E22]", b"[1E-2]", b"[1e-400]", b"[-1e-10000]",
    b"[9007199254740992]", b"[-9007199254740992]",
    b"[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]",
    b'["\\"\\\\\\/\\b\\f\\n\\r\\t"]', b'["\\u0000"]', b'["\\u001f"]', b'["\\u0060\\u012a\\u12AB"]',
    b'["\\ud83d\\ude00"]', b'["\\uD801\\udc37"]',
    b'["\\ud83d\\ude39\\ud83d\\udc8d"]', b'["\\uDBFF\\uDFFF"]', b'["\\uFFFF"]', b'["\\uFFFE"]',
    b'["\\uFDD0"]', b'["\\u2028"]', b'["\\u200B"]',
    b'["\\\\u0000"]', b'["\\\\n"]', b'["\\\\a"]', b'["a/*b*/c"]', b'["\x7f"]', b'["asd "]', b'["\\u0022"]',
    b'["\\u005C"]', b'["new\\u000Aline"]',
    '["é中𠮷😀"]'.encode(), '["\u2028\u2029"]'.encode(), '["\u2060\ufeff"]'.encode(), '["\uffff"]'.encode(),
    '["\U0010ffff"]'.encode(),
    '["\U0001bfff"]'.encode(), '["π"]'.encode(), "[\"⍂㈴⍂\"]".encode(), '{"中":"文"}'.encode(),
    b'{"foo\\u0000bar":42}', b'{"a":1,"A":2}',
    b'{"min":-1.0e+28,"max":1.0e+28}',
    b'{"x":[{"id":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}],"id":"xxx"}', b"[1,null,null,null,2]",
    b"[" * 20 + b"]" * 20, b'{"a":' * 20 + b"1" + b"}" * 20, b'["' + b"[{" * 500 + b'"]',
    b'["' + b"a" * 100_000 + b'"]',
    b"[" + b"1," * 100_000 + b"1]",
]  # fmt: skip
"""What every reader must take."""


def ours(data: bytes) -> Any:
    """What the collector reads, or rfc8259.No."""
    try:
        return read_body(data)
    except Refusal as refused:
        assert refused.status == 400 and refused.key in ("push.not_json", "push.not_utf8")
        raise rfc8259.No from None


def taken(read: Callable[[bytes], Any], data: bytes) -> bool:
    try:
        read(data)
    except rfc8259.No:
        return False
    return True


@pytest.mark.parametrize("part", REFUSED)
def test_what_is_no_json_is_refused(part: str) -> None:
    for data in REFUSED[part]:
        began = time.process_time()
        assert not taken(ours, data), data[:80]
        assert not taken(rfc8259.read, data), data[:80]
        assert time.process_time() - began < 2


def test_what_is_json_is_taken_and_means_what_it_says() -> None:
    for data in TAKEN:
        assert repr(ours(data)) == repr(rfc8259.read(data)), data[:80]


def test_the_answer_to_each_is_a_problem_and_never_a_fault_of_ours(client: Client) -> None:
    for data in (each for some in REFUSED.values() for each in some):
        answer = client.request("POST", f"{API}/enrol", content=data)
        assert answer.status_code == 400 and answer.json()["errors"][0]["say"]["zh"]
    for data in TAKEN:
        assert (
            client.request("POST", f"{API}/enrol", content=data).status_code == 400
        )  # json, and no enrolment


PIECES = [b"[", b"]", b"{", b"}", b",", b":", b'"', b"\\", b"\\u", b"0", b"1", b"-", b"+", b".", b"e", b"E",
    b"t", b"null", b" ", b"\t",
          b"\x00", b"\x1f", b"\x7f", b"\x80", b"\xff", b"\xc3\xa9", b"\xef\xbb\xbf", b"d800", b"\\ud83d",
          b"\\udc00", b"NaN", b"/", b"'"]  # fmt: skip


def mutated(seed: int) -> bytes:
    """A good or a bad text with a few pieces put in, taken out or twice there."""
    chance = random.Random(seed)
    pool = [
        each for each in (*TAKEN, *(each for some in REFUSED.values() for each in some)) if len(each) < 200
    ]
    data = chance.choice(pool)
    for _ in range(chance.randint(1, 3)):
        at, end = sorted((chance.randint(0, len(data)), chance.randint(0, len(data))))
        match chance.randrange(3):
            case 0:
                data = data[:at] + chance.choice(PIECES) + data[at:]
            case 1:
                data = data[:at] + data[end:]
            case 2:
                data = data[:end] + data[at:end] + data[end:]
    return data


@pytest.mark.parametrize("number", [3000, pytest.param(200_000, marks=pytest.mark.full)])
def test_two_readers_that_share_nothing_agree(number: int) -> None:
    good = 0
    for seed in range(number):
        data = mutated(seed)
        if taken(rfc8259.read, data):
            good += 1
            assert repr(ours(data)) == repr(rfc8259.read(data)), data
        else:
            assert not taken(ours, data), data
    assert number / 20 < good < number / 2


def test_the_reader_that_comes_with_python_would_be_caught() -> None:
    def lenient(data: bytes) -> Any:
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            raise rfc8259.No from None

    let_in = [data for some in REFUSED.values() for data in some if len(data) < 1000 and taken(lenient, data)]
    assert len(let_in) > 20
