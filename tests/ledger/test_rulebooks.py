"""Rulebooks: every value cites its article or says that none does, and faults name file and line."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from ledger.problems import Problems
from ledger.rulebooks import Rulebook, load_rulebook
from tests.ledger.samples import ROOT

BOOK = "name: {zh: 甲, en: A}\n"


def book(folder: Path, **files: str) -> Rulebook:
    (folder / "rulebooks").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"rulebooks/{name}.yaml").write_text(text, encoding="utf-8")
    return load_rulebook(folder, next(iter(files)))


def faults(folder: Path, **files: str) -> list[str]:
    with pytest.raises(Problems) as caught:
        book(folder, **files)
    return [str(each).rpartition("rulebooks/")[2] for each in caught.value.problems]


def test_the_quorum_of_the_law_is_two_thirds_of_all_deputies() -> None:
    quorum = load_rulebook(ROOT / "content", "national")["ballot.quorum"]
    assert (quorum.fraction, quorum.article, quorum.unverified) == (
        Fraction(2, 3), "地方组织法第十四条", False,
    )  # fmt: skip


def test_a_congress_sets_otherwise_what_its_own_rules_set_and_keeps_the_rest() -> None:
    qingxi = load_rulebook(ROOT / "content", "qingxi")
    assert (qingxi["ballot.notice_days"].value, qingxi["ballot.notice_days"].book) == (10, "qingxi")
    assert (qingxi["project.stale_days"].value, qingxi["project.stale_days"].book) == (45, "national")
    assert qingxi["suggestion.reply_within"].counted_from == "assigned_on"


def test_a_rule_for_elections_applied_by_analogy_stays_unverified() -> None:
    value = load_rulebook(ROOT / "content", "national")["ballot.returned_over_issued_is_void"]
    assert value.article == "选举法第四十四条" and value.unverified


def test_a_value_nobody_set_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    found = book(tmp_path, a=BOOK + "ballot:\n  quorum: {value: 2/3, basis: unverified default}\n")
    with pytest.raises(Problems, match=r"ballot\.quorun: is set nowhere. Did you mean 'ballot\.quorum'\?"):
        found["ballot.quorun"]


def test_all_faults_of_all_rulebooks_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    assert faults(
        tmp_path,
        a=BOOK + "based_on: b\nballot:\n  quorum: {vlaue: 2/3}\n",
        b="name: B\nballot:\n  base: {value: all, article: the law}\n  seats: 3\nproject: 45\n",
    ) == [
        "a.yaml:4: ballot.quorum.vlaue: is not a keyword here. Did you mean 'value'? "
        "Use some of: value, article, basis, counted_from.",
        "a.yaml:4: ballot.quorum: has no value. Add it.",
        "a.yaml:4: ballot.quorum: cites nothing. Add article, or basis: unverified default.",
        "b.yaml:1: name: must be said in both languages: {zh: …, en: …}.",
        "b.yaml:3: ballot.base.article: names no article. Write the law and 第…条.",
        "b.yaml:4: ballot.seats: must say value, and article or basis: unverified default.",
        "b.yaml:5: project: must hold rules, each with a value and an article.",
    ]


def test_a_rulebook_based_on_one_that_is_not_there_or_on_itself_is_told(tmp_path: Path) -> None:
    assert faults(tmp_path, a=BOOK + "based_on: natonal\n", national=BOOK) == [
        "a.yaml:2: based_on: there is no rulebook 'natonal'. Did you mean 'national'? There are: a, national."
    ]
    assert faults(tmp_path, a=BOOK + "based_on: b\n", b=BOOK + "based_on: a\n") == [
        "b.yaml:2: based_on: goes round: a -> b -> a. Take one of them out."
    ]
    assert faults(tmp_path, a=BOOK + "based_on: ../b\n")[0].startswith("a.yaml:2: based_on: must be the name")


@pytest.mark.parametrize("text", ["- 1\n", BOOK + "x: {y: {value: {a: 1}, basis: guess}}\n"])
def test_what_is_no_rulebook_is_told(tmp_path: Path, text: str) -> None:
    assert faults(tmp_path, a=text)


def test_a_rulebook_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "rulebooks").mkdir()
    with pytest.raises(Problems, match="cannot be read"):
        load_rulebook(tmp_path, "a")
