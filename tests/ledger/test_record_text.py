from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.forms import parse_form
from ledger.problems import Problems
from ledger.record_text import parse_record, read_record, record_yaml
from tests.ledger.samples import VISIT


def written(tmp_path: Path, text: str, place: str = "records/visit/liuhe-03.yaml") -> Path:
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_folder_says_the_kind_and_the_file_s_name_the_record_s(tmp_path: Path) -> None:
    record = read_record(written(tmp_path, "answers:\n  visited_on: 2026-03-02\n  at: 12:30\n"))
    assert (record.kind, record.name, record.code) == ("visit", "liuhe-03", None)
    assert record.answers == {"visited_on": "2026-03-02", "at": "12:30"}
    assert record.source.line(("answers", "at")) == 3


def test_a_copy_out_of_the_ledger_may_lie_anywhere(tmp_path: Path) -> None:
    text = "kind: visit\ncode: ZF-2026-7KQ4\nanswers: {}\n"
    record = read_record(written(tmp_path, text, "Downloads/zf-2026-7kq4.yaml"))
    assert (record.kind, record.code, record.answers) == ("visit", "ZF-2026-7KQ4", {})


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ("- a\n", "records/visit/a.yaml", "is not a record. Begin with 'kind:' and 'answers:'."),
        ("", "records/visit/a.yaml", "is not a record"),
        ("answer: {}\n", "records/visit/a.yaml", ":1: answer: is not known here. Did you mean 'answers'?"),
        ("visited_on: 2026-03-02\nanswers: {}\n", "records/visit/a.yaml", "Answers stand below 'answers:'."),
        ("kind: visit\n", "records/visit/a.yaml", "has no answers. Write them below 'answers:'"),
        (
            "kind: deed\nanswers: {}\n",
            "records/visit/a.yaml",
            "is 'deed' in the folder of 'visit'. Move the file",
        ),
        ("kind: [a]\nanswers: {}\n", "a.yaml", "does not say what kind of record it is."),
        ("kind: visit\ncode: 7\nanswers: {}\n", "a.yaml", ":2: code: '7' is not a public code such as"),
        ("answers: {}\n", "records/visit/柳河.yaml", "'柳河' cannot be a record's name. Use small letters"),
    ],
)
def test_a_file_that_is_no_record_is_told_with_its_line(
    tmp_path: Path, text: str, place: str, why: str
) -> None:
    with pytest.raises(Problems) as caught:
        read_record(written(tmp_path, text, place))
    assert why in str(caught.value)


def test_answers_are_written_in_the_order_of_the_form() -> None:
    form = parse_form(VISIT, "visit.yaml")
    answers = {"note": "x", "grid": "liuhe-03", "other": "路灯\n不亮", "visited_on": "2026-03-02"}
    assert record_yaml("visit", answers, "ZF-2026-7KQ4", form) == (
        "kind: visit\ncode: ZF-2026-7KQ4\nanswers:\n  visited_on: '2026-03-02'\n  grid: liuhe-03\n"
        "  other: |-\n    路灯\n    不亮\n  note: x\n"
    )


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
values = texts | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.lists(texts, max_size=3)


@given(st.dictionaries(st.from_regex("[a-z][a-z0-9_]{0,9}", fullmatch=True), values, max_size=5))
def test_a_record_written_out_reads_back_the_same(answers: dict[str, Any]) -> None:
    record = parse_record(record_yaml("visit", answers, "ZF-2026-7KQ4"), "zf-2026-7kq4.yaml")
    assert (record.kind, record.code, record.answers) == ("visit", "ZF-2026-7KQ4", answers)
