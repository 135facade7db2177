"""What real files hold that is no fault: it costs no total, and a verdict only where the law needs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from ledger.rules.ballot.recount import recount

SCHEMA = jsonschema_rs.validator_for(
    json.loads((Path(__file__).parents[2] / "cases/recount.schema.json").read_text("utf-8"))
)


@pytest.fixture
def run(tmp_path: Path) -> Any:
    def report(text: str, **stated: Any) -> dict[str, Any]:
        path = tmp_path / "file"
        path.write_text(text, "utf-8")
        found = recount(path, **stated)
        SCHEMA.validate(found)
        return found

    return report


def faults(report: dict[str, Any]) -> list[str]:
    assert report["status"] == "unreadable"
    return [each["said"] for each in report["faults"]]


def counted(report: dict[str, Any], *names: str) -> list[Any]:
    """The named values of every option."""
    return [tuple(each[name] for name in names) for each in report["options"]]


# -- .pb --

PB = """\
META
key;value
vote_type;approval
{meta}budget;1 000 000
PROJECTS
project_id;cost;name;votes
1;350000.00;Zieleń;2
2;5 000,50;Ławki;2
VOTES
voter_id;age;sex;voting_method;vote
10;;F;internet;1,2
11;33;;paper;1
12;-1;M;;2
"""


def test_an_ordinary_file_has_all_its_totals_and_says_why_there_is_no_verdict(run: Any) -> None:
    text = PB.format(meta="min_length;1\nmax_length;2\n")
    report = run(text)
    assert report["status"] == "cannot_be_verified"
    assert report["reasons"] == ["issued and present unknown", "roster unknown", "seats unknown"]
    assert counted(report, "approve", "marked", "needed") == [(2, 2, None), (2, 2, None)]
    assert (report["totals"]["returned"], report["totals"]["valid"], report["notes"]) == (3, 3, [])
    for base in ("valid", "cast"):  # a base that the file tells is no quorum
        assert run(text, base=base, seats=1)["reasons"] == ["issued and present unknown", "roster unknown"]
        assert run(text, base=base, seats=2, roster=4, present=3)["verdict"]["selected"] == ["1", "2"]


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("two", "max_length 'two' is not a number: which sheets go beyond it is unknown"),
        ("None", "max_length 'None' is not a number: which sheets go beyond it is unknown"),
        ("0", "max_length '0' cannot be: no sheet is measured by it"),
        ("-1", "max_length '-1' cannot be: no sheet is measured by it"),
        ("1.5", "max_length '1.5' cannot be: no sheet is measured by it"),
    ],
)
def test_a_limit_that_cannot_be_read_takes_the_verdict_and_no_total(run: Any, value: str, why: str) -> None:
    stated = {"roster": 4, "present": 3, "seats": 1}
    report = run(PB.format(meta=f"max_length;{value}\n"), **stated)
    assert (report["status"], report["reasons"]) == ("cannot_be_verified", [why])
    without = run(PB.format(meta=""), **stated)
    assert without["status"] == "verdict" and report["totals"] == without["totals"]
    assert counted(report, "marked", "approve") == counted(without, "marked", "approve")
    assert run(PB.format(meta="max_length;1.0\n"))["totals"]["invalid"] == 1


def test_a_limit_of_points_that_cannot_be_read_is_a_reason_too(run: Any) -> None:
    text = "META\nvote_type;cumulative\nmax_points;lots\nmax_sum_points;n/a\nPROJECTS\nproject_id\na\n"
    report = run(text + "VOTES\nvoter_id;vote;points\n1;a;7\n")
    assert counted(report, "points") == [(7,)]
    assert [why.split(" is ")[0] for why in report["reasons"][:2]] == [
        "max_points 'lots'",
        "max_sum_points 'n/a'",
    ]


def test_a_semicolon_in_the_name_of_a_project_costs_its_name_and_no_vote(run: Any) -> None:
    text = PB.format(meta="").replace("Zieleń", "Zieleń; drzewa")
    report = run(text, roster=3, present=3, seats=2)
    assert counted(report, "subject", "approve") == [("", 2), ("Ławki", 2)]
    (note,) = report["notes"]
    assert note.startswith("line 7 of PROJECTS has 5 fields, the header 4.")
    assert report["status"] == "verdict"


def test_where_it_may_hide_which_project_is_meant_the_line_is_a_fault(run: Any) -> None:
    moved = PB.format(meta="").replace("project_id;cost;name;votes", "votes;name;project_id")
    assert faults(run(moved))[0] == (
        "file:7: has 4 fields, the header 3. Put a field with a semicolon in quotes."
    )
    swallowed = (
        PB.format(meta="").replace("1;350000.00;Zieleń;2", '1;3;"Zieleń;2').replace("Ławki;2", 'Ł";2;3')
    )
    assert faults(run(swallowed)) == [
        "file:7: has 5 fields, the header 4. Put a field with a semicolon in quotes."
    ]


def test_parts_of_meta_that_are_not_parted_by_semicolons_are_told_so(run: Any) -> None:
    assert faults(run(PB.format(meta="").replace(";", ","))) == [
        "file: vote_type: is missing from META, whose lines are `key;value`."
    ]


# -- CSV of ballots --


def test_ones_and_zeros_are_marks_where_the_file_says_it_approves(run: Any) -> None:
    rows = ["1,a,1", "1,b,0", "2,a,1", "2,b,1", "3,a,0", "3,b,0"]
    text = "ballot,option,mark,form\n" + "".join(f"{row},approve_up_to_k\n" for row in rows)
    report = run(text, roster=3, present=3, seats=2)
    assert counted(report, "approve", "result") == [(2, "selected"), (1, "failed")]
    assert (report["totals"]["valid"], report["totals"]["blank"]) == (3, 1)
    assert run(text, roster=3, present=3, seats=1)["totals"]["invalid"] == 1
    assert faults(run(text + "1,b,1,approve_up_to_k\n")) == [
        "file:8: option: duplicate sheet: ballot 1 marks option b twice."
    ]
    for form in ("rank_all", "approve_oppose_abstain", ""):
        assert "'0' is no mark" in faults(run(text.replace("approve_up_to_k", form)))[0]
    assert "some marks are places" in faults(run(text.replace("1,a,1", "1,a,2")))[0]


def test_marks_are_told_without_regard_to_case_spaces_and_dashes(run: Any) -> None:
    report = run("ballot,option,mark\n1,a,In_Favour\n2,a,IN-FAVOR\n3,a,Approved\n")
    assert counted(report, "approve") == [(3,)]


def test_places_and_counts_may_be_saved_with_a_point_and_a_zero(run: Any) -> None:
    ranked = run("ballot,option,mark\n1,a,1.0\n1,b,2.0\n2,a,2\n2,b,1\n", seats=1)
    assert ranked["ballot"]["form"] == "rank_all" and counted(ranked, "points") == [(3,), (3,)]
    assert "'1.5' is no mark" in faults(run("ballot,option,mark\n1,a,1.5\n"))[0]
    totals = "form,roster,option,subject,approve\napprove_oppose_abstain,45.0,1,a,42.0\n"
    assert (run(totals)["ballot"]["roster"], counted(run(totals), "approve")) == (45, [(42,)])
    assert "'42.5' is not a whole number" in faults(run(totals.replace("42.0", "42.5")))[0]


# -- totals --


def test_totals_may_bear_chinese_headers(run: Any) -> None:
    text = (
        "表决方式,全体代表,到会,发出,收回,有效,无效,序号,事项,赞成,反对,弃权\n"
        "approve_oppose_abstain,100,96,96,96,95,1,1,报告,90,3,2\n"
    )
    report = run(text)
    assert counted(report, "subject", "approve", "oppose", "abstain") == [("报告", 90, 3, 2)]
    assert report["totals"] == {"issued": 96, "returned": 96, "valid": 95, "invalid": 1, "blank": None}
    assert report["verdict"]["selected"] == ["1"]
    assert run(text.replace("96,96,96,95", "96,96,97,96"))["verdict"]["outcome"] == "void"


def test_a_note_says_that_the_file_says_otherwise_only_where_it_does(run: Any) -> None:
    head = "form,seats,roster,present,issued,returned,valid,invalid,option,subject,approve\n"
    text = head + "approve_up_to_k,1,4,4,4,4,4,0,1,a,4\n"
    assert run(text, base="valid", body="presidium")["notes"] == []
    told = "seats 2 is stated by the caller; the file says 1"
    assert run(text, seats=2)["notes"] == [told]
    own = PB.format(meta="max_length;2\nmingbai_seats;1\nmingbai_base;all\n")
    assert run(own, seats=2, base="cast")["notes"] == [
        told,
        "base cast is stated by the caller; the file says all",
    ]
