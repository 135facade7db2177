"""docs/deadlines.md: its examples come out, and it names every clock, state, rulebook and switch."""

from __future__ import annotations

import re
from datetime import date
from typing import get_args

import pytest

from ledger.rulebooks import load_rulebook
from ledger.rules.deadline import count
from ledger.rules.deadline_words import in_words
from ledger.rules.suggestion.clock import Name, State
from ledger.words import load_words
from tests.ledger.samples import ROOT

DOCS = (ROOT / "docs/deadlines.md").read_text("utf-8")
EXAMPLES = re.findall(r"```deadline\n(.+)\n```\n\n```text\n(.+)\n```", DOCS)


@pytest.mark.parametrize(("asked", "told"), EXAMPLES)
def test_the_examples_come_out(asked: str, told: str) -> None:
    place, rule, start = asked.split()
    book = load_rulebook(ROOT / "content", place)
    found = count(date.fromisoformat(start), book[f"suggestion.{rule}"].value, book)
    assert in_words(found, load_words(ROOT / "content")) == told


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 2


def test_every_clock_state_and_switch_is_told() -> None:
    switches = [
        key for key in load_rulebook(ROOT / "content", "national").values if key.startswith("counting.")
    ]
    for name in (*get_args(Name), *get_args(State), *switches):
        assert f"`{name}`" in DOCS


def test_the_table_of_places_says_what_the_rulebooks_set() -> None:
    there = {path.stem for path in (ROOT / "content/rulebooks").glob("*.yaml")} - {"qingxi"}
    rows = [
        [cell.strip() for cell in row.split("|")[1:-1]] for row in DOCS.splitlines() if row.startswith("| `")
    ]
    places = {row[0].strip("`"): row for row in rows if row[0].strip("`") in there}
    assert set(places) == there
    for name, row in places.items():
        book = load_rulebook(ROOT / "content", name)
        longer = "reply_within_when_complex"
        for rule, cell in zip(
            ("reply_within", longer, "return_within", "rehandle_within"), row[2:], strict=True
        ):
            value = book[f"suggestion.{rule}"]
            consent = rule == longer and book["suggestion.extension_needs_consent"].value
            mark = ", with consent" if consent else "*" if value.unverified else ""
            assert cell == f"{value.value}{mark}"
