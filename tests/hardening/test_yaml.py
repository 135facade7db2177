"""YAML means one thing here, costs little, and what it could do beyond data it cannot do."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ledger.problems import Problems
from ledger.strict_yaml import parse_yaml

NINE = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}]\n"
    for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
KIB = 1024

REFUSED: dict[str, list[str | bytes]] = {
    "one thing said in two places": [
        NINE, "a: &x 1\nb: *x", "a: &x\n  b: *x", "&a a: 1", "a: &x 1", "- &a b\n- *a", "*a", "a: *a",
        "&x [*x]", "&a\n- *a", "? &k a\n: 1",
        "? *k\n: 1", "a: &x {b: 1}\nc:\n  <<: *x", "a:\n  <<: {b: 1}", "<<: 1", "a: &1 x", "a: &中 x",
        "a: [*x, *y]",
    ],
    "tags": [
        "!!python/object/apply:os.system ['true']", "a: !!python/object/new:os.system [true]",
        "a: !!python/name:os.system ''",
        "a: !!python/module:os", "a: !!python/tuple [1]", "a: !!python/str x",
        "a: !<tag:yaml.org,2002:python/object/apply:os.system> [x]",
        "!!js/function 'x'", "!!ruby/object:Gem::Installer\ni: x",
        "!!javax.script.ScriptEngineManager [!!java.net.URL ['http://x']]",
        "a: !!binary aGk=", "a: !!set {x}", "a: !!omap [x: 1]", "a: !!timestamp 2026-03-02", "a: !!int 3",
        "a: !!float 3", "a: !!str 3",
        "a: !!null ''", "a: !!bool yes", "a: !!map {}", "a: !!seq []", "a: !mine x", "a: ! x",
        "%TAG ! tag:x:\n---\n!a b", "!a {}", "!!merge x",
        "%TAG !e! tag:e,2000:\n---\na: !e!x y", "a: !include /etc/passwd", "a: !ENV PATH", "!relative x",
        "a: !<x> y",
    ],
    "a name twice": [
        "a: 1\na: 2", "a: 1\nb: 2\na: 1", "{a: 1, a: 1}", "a:\n  b: 1\n  b: 1", "a: 1\n'a': 2",
        'a: 1\n"\\u0061": 2', "- {x: 1, x: 2}", "'': 1\n'': 2",
    ],
    "names that are no words": [
        "1: a", "1.5: a", "true: a", "null: a", "~: a", "yes: a", "No: a", "on: a", "017: a", "0x1: a",
        "? [a]\n: b", "? {a: b}\n: c", "{[a]: b}",
        "? - a\n: b", "? |\n  a\n: b\n? [x]\n: y", ".inf: a", ": a", "? : a", "1_0: a", "!!str a: b",
    ],
    "words and numbers that readers read differently": [
        "a: yes", "a: no", "a: Yes", "a: NO", "a: on", "a: Off", "a: ON", "a: 017", "a: 08", "a: 0o17",
        "a: 0x1F", "a: 0b1", "a: 1_000", "a: 1.",
        "a: .inf", "a: -.inf", "a: .NaN", "a: .nan", "a: 01.5", "a: 320283198001011234",
        "a: 9007199254740993", "a: 1e999", "a: -1e999", "a: 0_1",
        "a: +0x1", "a: [yes]", "a: 00", "a: -01", "a: +.Inf",
    ],
    "more than one text, or another one": [
        "a: 1\n---\nb: 2", "---\na: 1\n---\n", "a: 1\n...\nb: 2", "---\n---\n", "--- a\n--- b\n",
        "a: 1\n...\n---\nb: 2", "---\n" * 1000,
        "%YAML 1.2\n%YAML 1.2\n---\na", "%YAML 9.9\n---\na: 1", "%YAML 1.1\na: 1",
    ],
    "not YAML": [
        "a: [1, 2", "a: {b: 1", "a: 'x", 'a: "x', "a: b: c", "a:\n\tb: 1", "\ta: 1", "a: 1\n b: 2",
        "- a\nb: 1", "a: - b", "a: @x", "a: `x", "a: %x",
        "a: 'x' y", 'a: "x" y', "[a]]", "{a}}", "a: |x\n b", "a: >9\n b", 'a: "\\q"', 'a: "\\x1"',
        'a: "\\uD800"', "a\nb: c", "? a\n? b\nc", "}",
        "]", ",", "a: {b: 1, c}", "a: [b: ]x", "a: >\n  b\n c: d", "a: 'b\nc: d", "- - a\n -b\n- c: d: e",
        "a: !", "a: &", "a: *", "key: [a, b}",
        "a: |\n\tb", "a: ,", "a: ]", "a: }",
    ],
    "bytes and letters": [
        b"a: \xff", b"a: \xc0\xaf", b"a: \xed\xa0\x80", b"a: \xf4\x90\x80\x80", "a: 中".encode("gb18030"),
        "a: 1".encode("utf-16"), "a: 1".encode("utf-16-le"),
        "a: 1".encode("utf-32"), b"\xff\xfea: 1", b"\xfe\xff\x00a", "a: \x00", "a: \x07", "a: \x1b[2J",
        "a: \x7f", "a: \x80", "a: \ufffe", "a: \x0b", "\x00" * 1000,
        "a: \ud800", b"a: \xe4\xb8", "a: 1\x0c", "\x01", "a: \x9f",
    ],
    "deep, long, many": [
        "[" * 100_000, "[" * 21 + "]" * 21, "{a: " * 50_000, "{a: " * 21 + "1" + "}" * 21, "- " * 100_000,
        "? " * 60_000, "- " * 21 + "a", "!" * 200_000,
        "&a " * 50_000, "*a " * 60_000, "a: " + "x" * 256 * KIB, "#" * 257 * KIB, " " * 257 * KIB,
        "a: *b\n" * 40_000, "yes: no\n" * 30_000, "a: 1\n" * 50_000,
        "\n".join("  " * n + "a:" for n in range(400)), "[" * 1000 + "]" * 1000, "{" * 10_000, "[{" * 50_000,
        "? [" * 40_000, "- [" * 40_000,
        "%TAG !a! b\n" * 20_000, "'" * 200_001, '"' * 200_001, "[a, " * 60_000,
        "a: [" + "yes, " * 50_000 + "]", "a: !x " * 30_000, "x" * 2000 + ": {",
        "{x: " * 19 + "[" * 5, "a: {" + ",".join(f"k{n}: {n}" for n in range(20_000)) + ", k0: 1}",
        "<<: {<<: " * 20_000,
    ],
}  # fmt: skip

TAKEN: list[tuple[str, Any]] = [
    ("", None), ("# only a remark", None), ("---\na: 1\n", {"a": 1}), ("a: 1\n...\n", {"a": 1}),
    ("\ufeffa: 1", {"a": 1}), ("a: 1\r\nb: 2\r\n", {"a": 1, "b": 2}),
    ("%YAML 1.2\n---\na: 1", {"a": 1}), ("a:", {"a": None}), ("a: ~", {"a": None}), ("a: null", {"a": None}),
    ("a: true", {"a": True}),
    ("a: False", {"a": False}), ("a: 12:30", {"a": "12:30"}), ("a: 1:20:30", {"a": "1:20:30"}),
    ("a: 2026-03-02", {"a": "2026-03-02"}),
    ("a: 2026-03-02T09:30:00Z", {"a": "2026-03-02T09:30:00Z"}), ("a: y", {"a": "y"}), ("a: n", {"a": "n"}),
    ("a: -7", {"a": -7}), ("a: +7", {"a": 7}),
    ("a: 0", {"a": 0}), ("a: 3.10", {"a": 3.1}), ("a: 1e3", {"a": 1000.0}), ("a: .5", {"a": 0.5}),
    ("a: -0.0", {"a": -0.0}), ("a: '017'", {"a": "017"}),
    ("a: \"yes\"", {"a": "yes"}), ("a: 'it''s'", {"a": "it's"}), ('a: "\\u4e2d\\t\\x41\\U0001F600"',
    {"a": "中\tA😀"}), ("a: |\n  x\n  y\n", {"a": "x\ny\n"}),
    ("a: |-\n  x\n", {"a": "x"}), ("a: |+\n  x\n\n", {"a": "x\n\n"}), ("a: >\n  x\n  y\n", {"a": "x y\n"}),
    ("a: |2\n   x\n", {"a": " x\n"}), ("- a\n- - b\n  - c\n", ["a", ["b", "c"]]),
    ("[a, [b, {c: d}]]", ["a", ["b", {"c": "d"}]]), ("a: {}", {"a": {}}), ("a: []", {"a": []}), ("a: x # y",
    {"a": "x"}), ("a: x#y", {"a": "x#y"}), ("a: http://x/y", {"a": "http://x/y"}),
    ("? a\n: b", {"a": "b"}), ("'1': a", {"1": "a"}), ("\"true\": a", {"true": "a"}), ("中: 文",
    {"中": "文"}), ("a b: c d", {"a b": "c d"}), ("a:\n- b\n- c", {"a": ["b", "c"]}),
    ("a: '*x'", {"a": "*x"}), ("a: '&x'", {"a": "&x"}), ("a: '!x'", {"a": "!x"}), ("a: 'x: y'",
    {"a": "x: y"}), ("a: =", {"a": "="}), ("a: 1.2.3", {"a": "1.2.3"}),
    ("a: 0x", {"a": "0x"}), ("a: 1e", {"a": "1e"}), ("a: '-'", {"a": "-"}), ("a: -.5", {"a": -0.5}),
    ("a: 9007199254740991", {"a": 9007199254740991}),
    ("[" * 20 + "]" * 20, None), ("a: \u3000x\u3000", None), ("a: \u2028", None), ("- " * 19 + "a", None),
    ("a: \U00020bb7", {"a": "𠮷"}), ("a: x\n  y\n", {"a": "x y"}),
]  # fmt: skip
"""What a person writes, with what he means; None where any value will do."""


@pytest.mark.parametrize("part", REFUSED)
def test_what_is_hostile_or_unclear_is_refused_in_words_with_its_place_and_soon(part: str) -> None:
    for text in REFUSED[part]:
        began = time.process_time()
        with pytest.raises(Problems) as told:
            parse_yaml(text, "a.yaml")
            pytest.fail(f"taken: {text[:60]!r}")
        assert time.process_time() - began < 3, text[:60]
        assert str(told.value).startswith("a.yaml") and "Traceback" not in str(told.value)
        assert len(str(told.value)) < 64 * KIB, text[:60]


def test_what_people_write_is_read_as_they_mean_it() -> None:
    for text, meant in TAKEN:
        value = parse_yaml(text, "a.yaml").value
        assert meant is None or repr(value) == repr(meant), text[:60]


def test_no_hostile_text_takes_much_memory(tmp_path: Path) -> None:
    program = (
        "import resource; from tests.hardening.test_yaml import REFUSED, parse_yaml, Problems\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "for some in REFUSED.values():\n"
        "    for text in some:\n"
        "        try: parse_yaml(text, 'a.yaml')\n"
        "        except Problems: pass\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    root = Path(__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    )
    assert int(run.stdout) < 50 * KIB  # kilobytes


def test_the_loader_that_comes_with_pyyaml_would_be_caught() -> None:
    import yaml

    let_in = 0
    for text in (each for some in REFUSED.values() for each in some if len(each) < 400):
        try:
            yaml.safe_load(text)
        except Exception:
            continue
        let_in += 1
    assert let_in > 60
