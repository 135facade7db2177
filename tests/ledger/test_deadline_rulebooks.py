"""The rulebooks of deadlines: what each place sets, with its article, and faults told with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.limits import Limit
from ledger.rulebooks import Rulebook, load_rulebook
from tests.ledger.samples import ROOT
from tests.ledger.test_rulebooks import BOOK, faults

LOCAL = ("zhejiang", "qingdao", "chongqing", "shandong", "chongqing_township", "shandong_township")
BOOKS: dict[str, Rulebook] = {name: load_rulebook(ROOT / "content", name) for name in ("national", *LOCAL)}

SET = {
    "national": {"reply_within": "3 months", "reply_within_when_complex": "6 months"},
    "zhejiang": {
        "return_within": "10 days", "co_organ_opinion_within": "2 months", "reply_within": "3 months",
        "reply_within_when_complex": "6 months", "rehandle_within": "1 month",
        "extension_needs_consent": True,
    },
    "qingdao": {
        "assign_within": "5 working days", "return_within": "5 working days",
        "co_organ_opinion_within": "1 month", "reply_within": "3 months",
        "reply_within_when_complex": "6 months", "extension_needs_consent": True,
        "withdrawal_in_writing": True, "publication": ["content", "reply"],
    },
    "chongqing": {
        "assign_within": "10 working days", "return_within": "10 working days",
        "reassign_within": "10 working days", "first_contact_within": "20 working days",
        "co_organ_opinion_within": "30 working days", "co_organ_redo_within": "5 working days",
        "reply_within": "3 months", "reply_within_when_complex": "6 months", "rate_within": "20 working days",
        "rehandle_within": "2 months", "extension_needs_consent": False,
        "non_response_excluded_from_satisfaction": True,
    },
    "shandong": {
        "assign_within": "5 days", "return_within": "5 days", "co_organ_opinion_within": "1 month",
        "reply_within": "3 months", "reply_within_when_complex": "6 months", "rehandle_within": "1 month",
        "extension_needs_consent": True, "rating_dimensions": ["attitude", "result"],
        "publication": ["content", "reply", "deputy_feedback"],
    },
    "chongqing_township": {"reply_within": "2 months", "reply_within_when_complex": "4 months"},
    "shandong_township": {"reply_within": "2 months", "reply_within_when_complex": "4 months"},
}  # fmt: skip


@pytest.mark.parametrize("name", SET)
def test_each_place_sets_what_its_regulation_says_and_cites_the_article(name: str) -> None:
    for rule, value in SET[name].items():
        found = BOOKS[name][f"suggestion.{rule}"]
        assert (found.value, found.book, found.unverified) == (value, name, False), rule


def test_what_a_place_does_not_set_comes_from_the_national_rules_marked_as_they_mark_it() -> None:
    inherited = BOOKS["shandong_township"]["suggestion.return_within"]
    assert (inherited.book, inherited.unverified) == ("national", True)
    assert "suggestion.first_contact_within" not in BOOKS["zhejiang"].values


def test_the_township_of_shandong_counts_from_the_close_of_the_session() -> None:
    book = BOOKS["shandong_township"]
    assert book["suggestion.reply_within"].counted_from == "session_closed_on"
    assert book["suggestion.recess_counted_from"].unverified


def test_a_limit_is_read_with_its_unit() -> None:
    assert BOOKS["chongqing"]["suggestion.rate_within"].limit == Limit(20, "working days")


@pytest.mark.parametrize(
    "limit",
    ["3 monts", "3month", "three months", "0 days", "-1 days", "1 months", "2 day", "3 months ", "90"],
)
def test_a_malformed_limit_is_told_with_file_and_line(tmp_path: Path, limit: str) -> None:
    text = BOOK + f"suggestion:\n  reply_within:\n    value: '{limit}'\n    counted_from: assigned_on\n"
    assert faults(tmp_path, a=text + "    basis: unverified default\n") == [
        f"a.yaml:4: suggestion.reply_within.value: '{limit}' is no limit. "
        "Write it as 3 months, 10 working days or 5 days."
    ]


def test_what_looks_like_a_limit_must_be_one_whatever_its_name(tmp_path: Path) -> None:
    found = faults(tmp_path, a=BOOK + "x:\n  y: {value: 10 wroking days, basis: unverified default}\n")
    assert found[0].startswith("a.yaml:3: x.y.value: '10 wroking days' is no limit.")


def test_a_limit_without_a_start_and_a_switch_that_is_none_are_told(tmp_path: Path) -> None:
    text = (
        "suggestion:\n  reply_within: {value: 3 months, basis: unverified default}\n"
        "  return_within: {value: 5 days, counted_from: 交办之日, basis: unverified default}\n"
        "  withdrawal_until: {value: tomorrow, basis: unverified default}\n"
        "counting:\n  first_day_counts: {value: 1, basis: unverified default}\n"
        "  month_ends_on: {value: day_30, basis: unverified default}\n"
    )
    assert faults(tmp_path, a=BOOK + text) == [
        "a.yaml:3: suggestion.reply_within: does not say what it counts from. "
        "Add counted_from, such as assigned_on.",
        "a.yaml:4: suggestion.return_within.counted_from: must be the name of a date, such as assigned_on.",
        "a.yaml:5: suggestion.withdrawal_until.value: must be one of: any_time, assignment.",
        "a.yaml:7: counting.first_day_counts.value: must be true or false.",
        "a.yaml:8: counting.month_ends_on.value: must be one of: corresponding_day.",
    ]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "content/rulebooks").glob("*.yaml")), ids=lambda path: path.stem
)
def test_every_rulebook_that_ships_loads_and_counts(path: Path) -> None:
    book = load_rulebook(ROOT / "content", path.stem)
    assert all(value.article or value.unverified for value in book.values.values())
    assert book["counting.first_day_counts"].value is False
