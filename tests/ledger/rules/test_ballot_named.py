"""Roll calls as parliaments and congresses write them: every motion judged alone, no word guessed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.problems import Problems
from ledger.rules.ballot.files import parse_ballot_file
from ledger.rules.ballot.marks import VOTES
from ledger.rules.ballot.recount import main, recount

SCHEMA = jsonschema_rs.validator_for(
    json.loads((Path(__file__).parents[2] / "cases/recount.schema.json").read_text("utf-8"))
)


def roll(**calls: str) -> str:
    """`a="yyn."` is motion a with two for, one against and one absent; voters are told by place."""
    words = {"y": "yes", "n": "no", "o": "abstain", ".": "absent"}
    rows = [
        f"D{place},{option},{words[each]}"
        for option, votes in calls.items()
        for place, each in enumerate(votes)
    ]
    return "\n".join(["voter,option,vote", *rows])


def run(tmp_path: Path, text: str | bytes, **stated: Any) -> dict[str, Any]:
    path = tmp_path / "votes.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    report = recount(path, **stated)
    SCHEMA.validate(report)
    return report


def counts(data: bytes) -> list[tuple[int, int, int]]:
    options = parse_ballot_file(data, "votes.csv").totals.options
    return [(each.approve, each.oppose, each.abstain) for each in options]


# -- one verdict a motion --

CALLS = roll(a="yyyyyn....", b="yyyn......", c="yyynnnnoo.")


def test_a_motion_with_too_few_names_takes_the_verdict_from_no_other(tmp_path: Path) -> None:
    report = run(tmp_path, CALLS, roster=9, quorum=None)
    told = [(each["option"], each["status"], each["outcome"]) for each in report["motions"]]
    assert told == [
        ("a", "verdict", "decided"),
        ("b", "cannot_be_verified", "not_verified"),
        ("c", "verdict", "decided"),
    ]
    assert report["status"] == "verdict" and report["reasons"] == ["b: present unknown"]
    assert (report["verdict"]["selected"], report["verdict"]["failed"]) == (["a"], ["c"])
    assert [each["result"] for each in report["options"]] == ["selected", "unknown", "failed"]


def test_where_no_motion_has_a_verdict_the_file_has_none(tmp_path: Path) -> None:
    report = run(tmp_path, CALLS)
    assert report["status"] == "cannot_be_verified" and report["reasons"] == ["roster unknown"]
    assert run(tmp_path, CALLS, roster=20)["reasons"] == ["present unknown"]


def test_a_motion_voted_on_by_more_than_were_there_is_void_alone(tmp_path: Path) -> None:
    report = run(tmp_path, roll(a="yyyyy", b="yyyyyy"), roster=6, present=5)
    assert [each["outcome"] for each in report["motions"]] == ["decided", "void"]
    assert report["verdict"]["outcome"] == "decided" and "6 voted, 5 present" in report["reasons"][0]


def test_members_that_come_and_go_are_no_more_than_the_roster_on_each_motion(tmp_path: Path) -> None:
    text = "voter,option,vote\nA,1,yes\nB,1,yes\nB,2,yes\nC,2,yes\n"
    assert run(tmp_path, text, roster=2)["verdict"]["selected"] == ["1", "2"]


def test_the_command_tells_each_motion_in_a_block_and_what_was_left_out_at_last(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "votes.csv"
    path.write_text(CALLS, "utf-8")
    assert main([str(path), "--roster", "9"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "选定 selected: a; 不能核实 cannot be verified: b"
    assert "    不能核实 cannot be verified: present unknown" in lines
    assert main([str(path)]) == 3
    assert main([str(path), "--roster", "9", "--body", "standing_committee"]) == 0
    assert "B3 holds: quorum: at least 6 present ≥ 5 of all 9" in capsys.readouterr().out


def test_the_caller_may_state_quorum_threshold_and_body(tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "votes.csv"
    path.write_text(roll(a="yyyyyynnn"), "utf-8")
    options = ["--roster", "9", "--threshold", "2/3"]
    assert main([str(path), *options]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "选定 selected: 无 none"
    assert main([str(path), *options, "--at-least", "--quorum", "3/4"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[-1] == "选定 selected: a"
    assert "note: the quorum of 3/4 is of a rule of its own; the law's is 2/3" in told
    for wrong in ("0", "3/2", "0/1", "half"):
        with pytest.raises(SystemExit, match="2"):
            main([str(path), "--quorum", wrong])


@given(
    st.dictionaries(st.sampled_from("abcd"), st.text("yno.", min_size=1, max_size=12), min_size=1),
    st.randoms(),
)
def test_the_order_of_votes_never_matters_and_counts_conserve(calls: dict[str, str], shuffle: Any) -> None:
    head, *rows = roll(**calls).split("\n")
    file = parse_ballot_file("\n".join([head, *rows]).encode(), "votes.csv")
    for each in file.totals.options:
        votes = calls[each.option]
        assert (each.approve, each.oppose, each.abstain) == (
            votes.count("y"),
            votes.count("n"),
            votes.count("o"),
        )
        assert each.marked == len(votes) - votes.count(".")
    shuffle.shuffle(rows)
    other = parse_ballot_file("\n".join([head, *rows]).encode(), "votes.csv")
    assert set(other.totals.options) == set(file.totals.options)
    assert other.totals.returned == file.totals.returned


# -- how they are written --


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    "header", ["voter,option,vote", "姓名,议案,表决", "Deputy,Motion,Position", "代表,事项,投票"]
)
def test_headers_in_both_languages_three_delimiters_and_the_usual_encodings(
    encoding: str, delimiter: str, header: str
) -> None:
    rows = [header, "赵一,路灯,赞成", "钱二,路灯,反对票", "孙三,路灯,棄權", "李四,路灯,请假", ",,"]
    text = "\r\n".join(rows).replace(",", delimiter)
    assert counts(text.encode(encoding)) == [(1, 1, 1)]


def test_a_quoted_line_break_and_columns_beside_are_no_matter() -> None:
    text = 'party,voter,option,vote,note\nX,"A\nB","1, the ""first""",Yea,"a,b"\n,C,"1, the ""first""",NAY,\n'
    assert counts(text.encode()) == [(1, 1, 0)]


def test_its_own_name_of_a_column_goes_before_others() -> None:
    assert counts(b"member,voter,option,motion,vote\nX,A,1,9,yes\nX,B,1,8,no\n") == [(1, 1, 0)]


@pytest.mark.parametrize(("word", "vote"), VOTES.items())
def test_every_word_is_read_in_any_case(word: str, vote: str) -> None:
    text = f"voter,option,vote\nA,1,{word.upper()}\nB,1, {word.replace(' ', '_')} \nC,1,yes\n"
    file = parse_ballot_file(text.encode(), "votes.csv")
    (option,) = file.totals.options
    told = {"approve": option.approve - 1, "oppose": option.oppose, "abstain": option.abstain}
    assert told == {name: 2 * (vote == name) for name in told}
    assert option.marked == (1 if vote == "absent" else 3)


def test_a_zero_beside_plus_and_minus_abstains_and_beside_ones_is_refused() -> None:
    assert counts(b"voter;option;vote\nA;1;+\nB;1;-\nC;1;0\nD;1;absent\n") == [(1, 1, 1)]
    for votes in ("0", "1", "0 yes", "+ 1 0"):
        rows = "".join(f"V{place},1,{vote}\n" for place, vote in enumerate(votes.split()))
        with pytest.raises(Problems, match=r"votes.csv:\d+: vote: '[01]' "):
            counts(("voter,option,vote\n" + rows).encode())


def test_the_letters_of_the_united_nations_are_read_where_they_are_told_apart(tmp_path: Path) -> None:
    text = "voter,option,vote\nA,1,Y\nB,1,N\nC,1,A\nD,1,X\nE,1,y\n"
    assert counts(text.encode()) == [(2, 1, 1)]
    report = run(tmp_path, text, roster=5)
    assert (report["totals"]["returned"], report["options"][0]["marked"]) == (4, 4)
    assert run(tmp_path, text.replace("A,1,Y", "A,1,X"), roster=5)["reasons"] == ["present unknown"]
    for votes in ("YNA", "YNX", "A", "AX0"):
        rows = "".join(f"V{place},1,{vote}\n" for place, vote in enumerate(votes))
        with pytest.raises(Problems, match=r"votes.csv:\d+: vote: '[ax0]' may be"):
            counts(("voter,option,vote\n" + rows).encode())
    with pytest.raises(Problems, match="'x' may be"):
        counts(text.replace("E,1,y", "E,1,yes").encode())


def test_a_name_that_begins_as_a_comment_is_counted_and_a_comment_is_not() -> None:
    assert counts(b"# from the minutes, 2026\nvoter,option,vote\n#1,a,yes\n# checked\n#2,a,no\n") == [
        (1, 1, 0)
    ]
