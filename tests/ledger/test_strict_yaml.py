from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ledger import strict_yaml
from ledger.problems import Problems
from ledger.strict_yaml import parse_yaml, read_yaml, write_yaml


@pytest.fixture(params=["CSafeLoader", "SafeLoader"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """libyaml and plain Python must read alike: not every PyYAML has the first."""
    if not hasattr(yaml, request.param):
        pytest.skip("this PyYAML comes without libyaml")
    monkeypatch.setattr(strict_yaml, "_Loader", getattr(yaml, request.param))


def said(text: str | bytes) -> str:
    with pytest.raises(Problems) as caught:
        parse_yaml(text, "a.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-03-02", "2026-03-02"),
        ("2026-03-02 09:30:00", "2026-03-02 09:30:00"),
        ("12:30", "12:30"),
        ("1:20:30", "1:20:30"),
        ("3.10", 3.1),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("e0", "e0"),
        ("-e5", "-e5"),
        ("1-2", "1-2"),
        ("-7", -7),
        ("+7", 7),
        ("0", 0),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'yes'", "yes"),
        ("'017'", "017"),
        ("柳河村", "柳河村"),
        ("1.2.3", "1.2.3"),
        ("5元", "5元"),
        ("y", "y"),
        ("=", "="),
        ("'𠮷野'", "𠮷野"),
    ],
)
@pytest.mark.usefixtures("loader")
def test_a_scalar_is_what_a_person_sees(written: str, read: Any) -> None:
    value = parse_yaml(f"a: {written}\n", "a.yaml").value["a"]
    assert value == read
    assert type(value) is type(read)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("yes", "'yes' reads as true. Put it in quotes."),
        ("No", "'No' reads as false. Put it in quotes."),
        ("on", "'on' reads as true. Put it in quotes."),
        ("OFF", "'OFF' reads as false. Put it in quotes."),
        ("017", "'017' reads as a different number elsewhere. Put it in quotes"),
        ("08", "'08' reads as a different number elsewhere"),
        ("0x1F", "'0x1F' reads as a different number elsewhere"),
        ("01.5", "'01.5' reads as a different number elsewhere"),
        ("1.", "'1.' reads as a different number elsewhere"),
        ("1_000", "'1_000' reads as a different number elsewhere"),
        (".inf", "'.inf' reads as a different number elsewhere"),
        (".NaN", "'.NaN' reads as a different number elsewhere"),
        ("320283198001011234", "has more digits than a number keeps. Put it in quotes."),
        ("1e999", "is too large for a number. Put it in quotes."),
        ("&a 1", "'&a' is an anchor. Take it out."),
        ("!!str 1", "is a tag. Take it out."),
        ("!!python/object/apply:os.system ['true']", "is a tag. Take it out."),
        ("[1, 2", "is not YAML here"),
        ("'x", "is not YAML here"),
        ("{a: 1, a: 2}", "is already there on line 2. Keep one of the two."),
        ("{yes: 1}", "'yes' reads as true. Put it in quotes."),
        ("{true: 1}", "the key 'true' reads as true. Put it in quotes."),
        ("{1: 1}", "the key '1' reads as the number 1. Put it in quotes."),
        ("{<<: {b: 1}}", "'<<' merges another mapping. Write the keys out."),
        ("{zh: 一, en: One, two}", "'two' has no value. Put a text that holds a comma in quotes."),
        ("{[x]: 1}", "a key must be a plain word."),
    ],
)
@pytest.mark.usefixtures("loader")
def test_what_readers_disagree_about_is_refused_with_its_line(written: str, why: str) -> None:
    message = said(f"first: 1\na: {written}\n")
    assert message.startswith(("a.yaml:2: ", "a.yaml:3: "))
    assert why in message


@pytest.mark.usefixtures("loader")
def test_all_faults_of_a_file_are_told_at_once() -> None:
    message = said("a: yes\nb: 017\nc: &x 1\nd: *x\na: 2\n")
    assert [line.split(": ")[0] for line in message.splitlines()] == [f"a.yaml:{n}" for n in range(1, 6)]


def test_a_second_document_is_refused() -> None:
    assert "a.yaml:3: a second document begins here" in said("a: 1\n\n---\nb: 1\n")


def test_what_is_not_utf_8_is_named_with_its_line() -> None:
    assert said(b"a: 1\nb: \xd6\xd0\n") == "a.yaml:2: is not UTF-8 text. Save the file as UTF-8."
    assert "a.yaml:2: holds a control character." in said("a: 1\nb: \x07\n")


def test_a_file_is_at_most_256_kib_and_20_levels_deep() -> None:
    assert "is larger than 256 KiB" in said("a: " + "x" * 256 * 1024)
    assert "nested deeper than 20 levels" in said("[" * 21 + "]" * 21)
    assert parse_yaml("[" * 20 + "]" * 20, "a.yaml").value


@pytest.mark.parametrize(
    "bomb",
    [
        "a: &a [x,x]\n"
        + "".join(f"{b}: &{b} [*{a},*{a},*{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
        "[" * 100_000,
        "{a: " * 50_000,
        "- " * 100_000,
        "? " * 50_000,
        "!" * 200_000,
        "&a " * 50_000,
        '"' + "\\x41" * 60_000,
        "'" * 200_001,
        "%TAG ! tag:x:\n---\n!a b",
        "a: *b",
        "\x00" * 1000,
        "---\n" * 50_000,
    ],
    ids=lambda bomb: str(bomb[:12].encode()),
)
def test_a_hostile_file_is_refused_fast(bomb: str) -> None:
    began = time.process_time()
    said(bomb)
    assert time.process_time() - began < 2


def test_every_part_has_its_line() -> None:
    source = parse_yaml("a: 1\nb:\n  c: [x,\n    y]\n  d:\n  - e: 1\n    f: 2\n", "a.yaml")
    assert source.line(("b", "c", 1)) == 4
    assert source.line(("b", "d", 0, "f")) == 7
    assert source.line(("b", "no", "such")) == 2
    assert str(source.problem(("b", "d", 0), "is odd.")) == "a.yaml:6: b.d[0]: is odd."


def test_a_missing_file_is_a_problem_and_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(Problems, match="cannot be read"):
        read_yaml(tmp_path / "none.yaml")


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_yaml(path).value == {"a": 1}


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)
awkward = st.sampled_from(
    (
        *(
            "yes",
            "017",
            "12:30",
            "2026-03-02",
            "",
            " ",
            "- a",
            "a: b",
            "#x",
            "null",
            "~",
            "1e3",
            ".5",
            "0x1",
            "|",
        ),
        *(
            "<<",
            "a\n b\n",
            "\n a",
            "x" * 100,
            " 两\n\n行 ",
            "=",
            "1_0",
            "\ufeff",
            "\x85",
            "\u2028x",
            "'",
            '"',
        ),
        *(
            "%",
            "!a",
            "\n",
            "\t",
            "? a",
            "&a",
            "*a",
            "@a",
            "`a",
            "{a}",
            "[a]",
            "a,b",
            "---",
            "...",
            "é",
            "𠮷野",
        ),
    )
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
    | awkward,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts | awkward, inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_what_is_written_reads_back_the_same(value: Any) -> None:
    assert parse_yaml(write_yaml(value), "a.yaml").value == value


def test_long_text_is_written_as_a_block_and_order_is_kept() -> None:
    text = write_yaml({"b": "一行\n两行\n", "a": "长" * 100, "day": "2026-03-02"})
    assert text == f"b: |\n  一行\n  两行\na: |-\n  {'长' * 100}\nday: '2026-03-02'\n"
