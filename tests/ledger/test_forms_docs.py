"""docs/forms.md cannot rot: its examples are run, and it explains every word of the grammar."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from ledger.cel import FUNCTIONS, METHODS, compile_check
from ledger.coherence import RESERVED_NAMES
from ledger.forms import parse_form
from ledger.problems import Problems
from tests.ledger.samples import ROOT, form_of

TEXT = (ROOT / "docs/forms.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(yaml|text)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
EXAMPLES = [
    (text, BLOCKS[place + 1 : place + 2]) for place, (kind, text) in enumerate(BLOCKS) if kind == "yaml"
]
WORDS = {word for part in re.findall(r"`([^`\n]+)`", TEXT) for word in [part, *re.findall(r"[\w-]+", part)]}


@pytest.mark.parametrize(
    ("text", "following"), EXAMPLES, ids=[text[:20].split(":")[0] for text, _ in EXAMPLES]
)
def test_every_example_is_read_as_the_page_says(text: str, following: list[tuple[str, str]]) -> None:
    form = text if text.startswith("kind:") else form_of(text)
    if following and following[0][0] == "text":
        with pytest.raises(Problems) as caught:
            parse_form(form, "content/forms/note.yaml")
        assert str(caught.value) == following[0][1].rstrip("\n")
    else:
        assert parse_form(form, "note.yaml").fields


def words_of(grammar: Any) -> Iterator[str]:
    if isinstance(grammar, dict):
        yield from grammar.get("properties", {})
        yield from (str(value) for value in grammar.get("enum", ()))
    inner = grammar.values() if isinstance(grammar, dict) else grammar if isinstance(grammar, list) else ()
    for part in inner:
        yield from words_of(part)


def test_every_keyword_and_value_of_the_grammar_is_explained() -> None:
    grammar = json.loads((ROOT / "ledger/form.schema.json").read_text(encoding="utf-8"))
    assert set(words_of(grammar)) - WORDS == set()


def test_every_function_of_expressions_and_every_name_that_is_taken_is_told() -> None:
    assert FUNCTIONS | METHODS <= WORDS
    assert RESERVED_NAMES - {"_rowid_"} <= WORDS


def test_every_expression_of_the_page_can_be_read() -> None:
    table = TEXT[TEXT.index("| to say | write |") : TEXT.index("Texts have no order")]
    expressions = [
        line.split(" | `")[1].rstrip("` |").replace("\\|", "|") for line in table.splitlines() if "`" in line
    ]
    assert len(expressions) == 8
    for expression in expressions:
        assert compile_check(expression).names
