"""Results that were published as shares or as numbers, reproduced from their numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.rulebooks import load_rulebook
from ledger.rules.ballot.recount import recount
from ledger.rules.ballot.verdict import BASES, contested, needed, quorum, votes_of
from ledger.rules.project.supervision import Graded, grade

BOOK = load_rulebook(Path(__file__).parents[3] / "content", "national")
TOTALS = """\
form,base,roster,present,issued,returned,valid,invalid,option,subject,approve
choose_one,{base},{roster},45,45,45,45,0,1,甲,{votes}
choose_one,{base},{roster},45,45,45,45,0,2,乙,{rest}
"""


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("roster", [45, 50, 67])
def test_45_issued_45_returned_and_one_of_two_at_93_3_percent_are_42_votes_and_a_choice(
    tmp_path: Path, base: str, roster: int
) -> None:
    (votes,) = votes_of("93.3%", 45)
    assert votes == 42
    path = tmp_path / "totals.csv"
    path.write_text(TOTALS.format(base=base, roster=roster, votes=votes, rest=45 - votes), "utf-8")
    report = recount(path)
    assert (report["status"], report["verdict"]["selected"]) == ("verdict", ["1"])
    assert report["verdict"]["failed"] == ["2"] and report["verdict"]["seats_left"] == 0
    articles = {each["rule"]: each["article"] for each in report["rules"]}
    assert (articles["B1"], articles["B2"]) == ("地方组织法第十四条", "地方组织法第二十五条")
    assert articles["B5"] == "选举法第四十四条"


def test_45_present_are_no_quorum_of_68(tmp_path: Path) -> None:
    path = tmp_path / "totals.csv"
    path.write_text(TOTALS.format(base="valid", roster=68, votes=42, rest=3), "utf-8")
    assert quorum(67) == 45 and recount(path)["verdict"]["outcome"] == "void"


@pytest.mark.parametrize(
    ("where", "satisfied", "basically", "not_satisfied", "abstain"),
    [
        ("宁国 2025-01, first", 182, 10, 1, 0),
        ("宁国 2025-01, second", 185, 8, 0, 0),
        ("龙游 2018", 152, 30, 0, 0),
    ],
)
def test_a_published_satisfaction_test_is_satisfied_by_the_default_shares(
    where: str, satisfied: int, basically: int, not_satisfied: int, abstain: int
) -> None:
    counted = {"satisfied": satisfied, "basically": basically, "not_satisfied": not_satisfied}
    sheets = sum(counted.values()) + abstain
    evaluation = {"issued": sheets, "returned": sheets, "invalid": 0, "abstain": abstain, **counted}
    assert grade(evaluation, BOOK) == Graded("satisfied", sheets), where
    assert BOOK["evaluation.satisfied_over"].unverified and BOOK["evaluation.base"].unverified


def test_the_two_tests_of_ningguo_were_filled_in_by_the_same_193() -> None:
    assert 182 + 10 + 1 == 185 + 8 + 0 == 193 and needed(193) == 97


def test_98_56_percent_of_347_deputies_is_one_whole_number() -> None:
    assert votes_of("98.56%", 347) == (342,)  # 湖州 2026-01


@pytest.mark.parametrize(("candidates", "seats"), [(20, 10), (12, 10), (2, 1)])
def test_the_published_lists_held_more_candidates_than_seats(candidates: int, seats: int) -> None:
    assert contested(candidates, seats).state == "holds"
    share = BOOK["ballot.candidates_over_seats"]
    assert share.unverified and candidates - seats >= share.fraction * seats
