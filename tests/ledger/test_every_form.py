"""Each kind takes its sample records, and refuses them once one answer is spoilt, with the message for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from ledger.forms import Field, Form, load_forms
from ledger.records import check_answers, read_record
from ledger.words import load_words
from tests.ledger.samples import ROOT

FORMS = load_forms(ROOT / "content")
WORDS = load_words(ROOT / "content")
A = "A" * 43
OF_THE_OFFICE: Mapping[str, dict[str, Any]] = {
    "approval": {
        "record": "ZF-2026-7KQ4", "entry": A, "form": f"visit@{A}", "decision": "send_back",
        "reason": "请写清楚。",
    },
    "erasure": {"record": "ZF-2026-7KQ4", "fields": ["summary"], "reason": "asked"},
    "resolution": {
        "record": A, "entry": A, "decision": "close", "grounds": "duplicate", "reason": "这一条记过了。",
    },
    "takedown": {"record": "ZF-2026-7KQ4", "decision": "withdraw", "reason": "privacy"},
}  # fmt: skip
"""Kinds that no file holds: what a person decides about a record."""


class Spoilt(NamedTuple):
    """Answers of which one is spoilt: where the fault is and how its message begins."""

    answers: dict[str, Any]
    pointer: str
    key: str


def samples(form: Form) -> Iterator[dict[str, Any]]:
    """The records of a kind that are in order."""
    for path in sorted((ROOT / "content/records" / form.kind).glob("*.yaml")):
        yield {name: each for name, each in read_record(path).answers.items() if each is not None}
    if form.kind in OF_THE_OFFICE:
        yield OF_THE_OFFICE[form.kind]


def spoilt(form: Form, answers: dict[str, Any]) -> Iterator[Spoilt]:
    """One answer after the other, each spoilt in the ways its type can be."""
    yield Spoilt({**answers, "no_such_field": 1}, "/no_such_field", "problem.unknown_field")
    for name, value in answers.items():
        asked = form.fields[name]
        if asked.required and not asked.only_if:
            rest = {key: each for key, each in answers.items() if key != name}
            yield Spoilt(rest, f"/{name}", "problem.required")
        for wrong, key in _wrong(asked, value):
            yield Spoilt({**answers, name: wrong}, f"/{name}", key)


def _wrong(asked: Field, value: Any) -> Iterator[tuple[Any, str]]:
    schema = asked.schema
    match asked.type:
        case "choice":
            yield "no_such_choice", "problem.not_a_choice"
        case "date":
            yield "2026-02-30", "problem.not_a_date"
        case "boolean":
            yield "是", "problem.not_yes_no"
        case "string" | "long":
            yield 7, "problem.not_text"
            if "maxLength" in schema and "pattern" not in schema:
                yield "长" * (schema["maxLength"] + 1), "problem.too_long"
        case "integer" | "money":
            yield "三", "problem.not_whole"
            if "minimum" in schema:
                yield schema["minimum"] - 1, "problem.too_small"
            if "maximum" in schema:
                yield schema["maximum"] + 1, "problem.too_large"
        case "reference":
            yield "不是编号", "problem.not_a_reference"
        case "choices" | "references" | "strings" | "group" | "photos":
            yield "一行", "problem.not_list"


@pytest.mark.parametrize("kind", FORMS)
def test_the_samples_of_each_kind_are_in_order(kind: str) -> None:
    told = [(answers, check_answers(FORMS[kind], answers)) for answers in samples(FORMS[kind])]
    assert told and [each for each in told if each[1]] == []


@pytest.mark.parametrize("kind", FORMS)
def test_each_kind_refuses_a_spoilt_sample_and_says_where_and_what(kind: str) -> None:
    form, refused = FORMS[kind], set[tuple[str, str]]()
    for answers in samples(form):
        for each in spoilt(form, answers):
            told = check_answers(form, each.answers)
            assert (each.pointer, each.key) in {(one.pointer, one.key) for one in told}, each.answers
            for one in told:
                for lang in ("zh", "en"):
                    assert "{" not in WORDS.say(one.key, lang, **one.params)
            refused.add((each.pointer, each.key))
    assert len(refused) >= 3 and len({key for _, key in refused}) >= 3
