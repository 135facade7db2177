"""Files of ballots that nobody here wrote: read whole or refused by line, and the command says which."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.problems import Problems
from ledger.rules.ballot.files import BallotFile, parse_ballot_file
from ledger.rules.ballot.recount import main, recount

ROOT = Path(__file__).parents[3]
SCHEMA = jsonschema_rs.validator_for(
    json.loads((ROOT / "tests/cases/recount.schema.json").read_text("utf-8"))
)

PB = """\
META
key;value
description;Bridges; roads and lamps
vote_type;approval
num_projects;3
num_votes;4
max_length;2
some_new_key;who knows
PROJECTS
project_id;cost;name;votes
1;100;"Lamps; all of them";3
2;200;Bridge "old;2
3;300;Ditch;0
VOTES
voter_id;age;vote
a;30;1,2
b;;1
c;41;2, 1
d;20;
"""

CUMULATIVE = """\
META
vote_type;cumulative
max_sum_points;10
PROJECTS
project_id;cost;score
p;1;12.5
q;1;4
VOTES
voter_id;vote;points
a;p,q;6,4
b;p;6.5
c;p,q;9,9
"""

TOTALS = """\
form,seats,base,body,roster,present,issued,returned,valid,invalid,option,subject,approve
choose_one,1,all,congress,50,45,45,45,45,0,1,村口加装路灯,42
choose_one,1,all,congress,50,45,45,45,45,0,2,"修复河口桥, 桥面",3
"""


def read(text: str | bytes, seats: int | None = None) -> BallotFile:
    data = text.encode() if isinstance(text, str) else text
    return parse_ballot_file(data, "file", seats=seats)


def faults(text: str | bytes) -> list[str]:
    with pytest.raises(Problems) as caught:
        read(text)
    return [str(problem) for problem in caught.value.problems]


def approvals(file: BallotFile) -> dict[str, int]:
    return {each.option: each.approve for each in file.totals.options}


def run(tmp_path: Path, text: str | bytes, **stated: Any) -> dict[str, Any]:
    path = tmp_path / "file"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    report = recount(path, **stated)
    SCHEMA.validate(report)
    return report


# -- .pb --


def test_a_pb_file_is_counted_with_quotes_semicolons_and_unknown_keys() -> None:
    file = read(PB)
    assert approvals(file) == {"1": 3, "2": 2, "3": 0}
    assert [each.subject for each in file.totals.options] == ["Lamps; all of them", 'Bridge "old', "Ditch"]
    assert (file.totals.returned, file.totals.valid, file.totals.blank) == (4, 4, 1)
    assert (file.notes, file.doubts) == ((), ())


@pytest.mark.parametrize(
    "text",
    [
        PB.replace("\n", "\r\n"),
        PB.replace("\n", "\r"),
        "\ufeff" + PB,
        "# a comment\n\n" + PB.replace("PROJECTS\n", "# here\nprojects;;;\n"),
        PB.replace("1,2", "１,２"),
        PB.replace("voter_id;age;vote", "Voter_ID;Age;Vote;").replace("a;30;1,2", "a;30;1,2;"),
        PB.replace("1,2", "1,2,").replace("c;41;2, 1", 'c;41;"2, 1"'),
        PB.replace('"Lamps; all of them"', '"Lamps; all\nof them"'),
        PB[: PB.index("PROJECTS")]
        + PB[PB.index("VOTES\n") :]
        + PB[PB.index("PROJECTS") : PB.index("VOTES\n")],
    ],
)
def test_line_ends_marks_comments_digits_and_the_order_of_sections_change_nothing(text: str) -> None:
    file = read(text)
    assert approvals(file) == approvals(read(PB)) and file.doubts == ()


def test_what_meta_says_beside_its_keys_is_passed_over_and_noted() -> None:
    file = read(PB.replace("key;value\n", "key;value\ncomment;a\ncomment;b\nand so on\n"))
    assert approvals(file) == approvals(read(PB))
    assert file.notes == ("line 5 of META is no `key;value` and is passed over",)


def test_a_project_line_that_ends_before_its_id_is_a_fault() -> None:
    text = PB.replace("project_id;cost;name;votes\n", "cost;project_id;name;votes\n17\n")
    assert "file:11: project_id: is empty." in faults(text)


def test_over_marked_sheets_are_invalid_and_the_files_own_totals_are_compared() -> None:
    file = read(PB.replace("a;30;1,2", "a;30;1,2,3"))
    assert (approvals(file), file.totals.invalid) == ({"1": 2, "2": 1, "3": 0}, 1)
    assert file.notes == (
        "1 sheets are invalid: marks more than 2",
        "option 1: the file says votes 3, its sheets give 2",
        "option 2: the file says votes 2, its sheets give 1",
    )


def test_a_file_cut_off_after_some_sheets_gives_totals_and_no_verdict(tmp_path: Path) -> None:
    report = run(tmp_path, PB[: PB.index("d;20")], roster=4, present=4, seats=2)
    assert report["status"] == "cannot_be_verified"
    assert "META says num_votes 4, the file holds 3 sheets" in report["reasons"]


def test_points_are_exact_and_limits_of_meta_hold(tmp_path: Path) -> None:
    file = read(CUMULATIVE)
    assert [float(each.points) for each in file.totals.options] == [12.5, 4.0]
    assert [each.marked for each in file.totals.options] == [2, 1]
    assert file.notes == ("1 sheets are invalid: gives more than 10 points",)
    report = run(tmp_path, CUMULATIVE, roster=3, present=3, seats=1)
    assert report["reasons"] == ["form cumulative has no majority rule"]


def test_scores_without_their_default_say_so() -> None:
    scoring = CUMULATIVE.replace("cumulative", "scoring").replace("max_sum", "default_score;2\nmax_sum")
    assert any("default_score" in note for note in read(scoring).notes)


def ordinal(*votes: str) -> str:
    rows = "".join(f"{place};{vote}\n" for place, vote in enumerate(votes))
    return f"META\nvote_type;ordinal\nPROJECTS\nproject_id\na\nb\nc\nVOTES\nvoter_id;vote\n{rows}"


def test_full_rankings_are_decided_and_part_rankings_only_counted(tmp_path: Path) -> None:
    report = run(tmp_path, ordinal("a,b,c", "a,c,b", "b,a,c"), roster=3, present=3, seats=1)
    assert report["verdict"]["selected"] == ["a"]
    assert [(each["approve"], each["points"]) for each in report["options"]] == [(2, 4), (1, 6), (0, 8)]
    report = run(tmp_path, ordinal("a,b", "a"), roster=3, present=3, seats=1)
    assert (report["ballot"]["form"], report["status"]) == ("rank_some", "cannot_be_verified")
    assert [each["marked"] for each in report["options"]] == [2, 1, 0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("3;300", "1;300"), "file:13: project_id: project 1 stands twice."),
        (("vote_type;approval\n", ""), "file: vote_type: is missing from META, whose lines are `key;value`."),
        (("VOTES\n", ""), "file: VOTES: the section is missing."),
        (
            ("approval\n", "approval\nvote_type;ordinal\n"),
            "file:5: vote_type: stands in line 4 with another value.",
        ),
    ],
)
def test_each_fault_of_a_pb_file_is_one_line_with_its_number(change: tuple[str, str], said: str) -> None:
    assert said in faults(PB.replace(*change))


@pytest.mark.parametrize(
    ("change", "said", "counts"),
    [
        (("b;;1", "b;;9"), "file:17: vote: unknown candidate '9': it is not in PROJECTS.", [2, 2, 4]),
        (("b;;1", "b;;9,1"), "file:17: vote: unknown candidate '9': it is not in PROJECTS.", [3, 2, 4]),
        (("b;;1", "a;;1"), "file:17: voter_id: duplicate sheet: a stands in line 16 too.", [2, 2, 3]),
        (("b;;1", "b;;1,1"), "file:17: vote: one sheet names candidate 1 twice; it counts once.", [3, 2, 4]),
        (
            ("b;;1", "b"),
            "file:17: VOTES: has 1 fields where the header has 3: the line is cut off.",
            [2, 2, 3],
        ),
        (
            ("b;;1", "b;;1;2"),
            "file:17: has 4 fields, the header 3. Put a field with a semicolon in quotes.",
            [2, 2, 3],
        ),
    ],
)
def test_a_bad_sheet_is_refused_by_line_and_no_other_is_lost_but_there_is_no_verdict(
    tmp_path: Path, change: tuple[str, str], said: str, counts: list[int]
) -> None:
    report = run(tmp_path, PB.replace(*change), roster=4, present=4, seats=2)
    assert [each["said"] for each in report["refused"]] == [said]
    assert report["status"] == "cannot_be_verified" and report["reasons"] == ["1 lines or marks are refused"]
    first, second, _ = (each["marked"] for each in report["options"])
    assert [first, second, report["totals"]["returned"]] == counts


def test_a_file_of_which_no_sheet_can_be_counted_is_unreadable(tmp_path: Path) -> None:
    report = run(tmp_path, re.sub(r"(?m)^([abcd];.*;).+$", r"\g<1>7", PB))
    assert report["status"] == "unreadable" and [each["line"] for each in report["faults"]] == [16]
    assert report["faults"][0]["what"].endswith("So do 2 sheets alike.")


def test_a_type_of_vote_that_is_not_known_is_refused_by_name() -> None:
    told = faults(PB.replace("approval", "quadratic"))
    assert told == [
        "file:4: vote_type: 'quadratic' is not one of approval, choose-1, ordinal, cumulative, scoring."
    ]


# -- CSV --


def test_sheets_in_csv_are_counted_whatever_way_marks_are_written() -> None:
    file = read(
        "Ballot;Option;Mark\n1;路灯;√\n1;桥;×\n2;路灯;赞成\n2;桥;弃权\n3;路灯;Yes\n４;路灯;oppose\n5;;\n6;;无效\n"
    )
    lamps, bridge = file.totals.options
    assert (lamps.approve, lamps.oppose, lamps.abstain) == (3, 1, 1)
    assert (bridge.approve, bridge.oppose, bridge.abstain) == (0, 1, 4)
    assert (file.totals.returned, file.totals.valid, file.totals.invalid, file.totals.blank) == (6, 5, 1, 1)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("1,a,approve\n1,a,approve", "file:3: option: duplicate sheet: ballot 1 marks option a twice."),
        ("1,,\n1,,", "file:3: ballot: duplicate sheet: 1 is here twice."),
        ("1,a,x", "file:2: mark: 'x' is no mark. Write approve, oppose, abstain, or a place 1, 2, 3."),
        ("1,a,1\n2,a,1", "every mark is 1: a place, or approval?"),
        ("1,a,1\n2,a,approve", "some marks are places and some are words"),
        (",a,approve", "file:2: ballot: is empty."),
        ("1,a,approve,9", "file:2: has 4 fields where the header has 3."),
        ('1,"a,approve', 'file:2: a quote (") is opened and not closed'),
    ],
)
def test_each_fault_of_a_csv_of_ballots_is_one_line(rows: str, said: str) -> None:
    assert any(said in line for line in faults("ballot,option,mark\n" + rows + "\n"))


def test_named_votes_are_one_vote_an_option_with_its_own_base(tmp_path: Path) -> None:
    rows = "voter,option,vote\nA,1,yes\nB,1,nay\nC,1,Not voting\nA,2,aye\nB,2,弃权\nC,2,for\n"
    report = run(tmp_path, rows, roster=3, base="cast", present=3)
    assert [(each["base"], each["result"]) for each in report["options"]] == [(2, "failed"), (3, "selected")]
    assert run(tmp_path, rows)["reasons"] == ["roster unknown"]


def test_a_vote_that_is_not_known_is_not_guessed() -> None:
    assert faults("voter,option,vote\nA,1,maybe\nA,1,\n") == [
        "file:2: vote: 'maybe' is no vote that is known. Write approve, oppose, abstain or absent.",
        "file:3: vote: '' is no vote that is known. Write approve, oppose, abstain or absent.",
    ]
    assert faults("voter,option,vote\nA,1,yes\nA,1,no\n") == [
        "file:3: voter: duplicate: A votes on 1 in line 2 too."
    ]


def test_the_totals_our_pages_publish_are_decided_as_they_say(tmp_path: Path) -> None:
    report = run(tmp_path, TOTALS)
    assert report["status"] == "verdict" and report["verdict"]["selected"] == ["1"]
    assert report["options"][1]["subject"] == "修复河口桥, 桥面"
    assert run(tmp_path, TOTALS, roster=80)["verdict"]["outcome"] == "void"
    assert "roster 80 is stated by the caller; the file says 50" in run(tmp_path, TOTALS, roster=80)["notes"]
    assert run(tmp_path, TOTALS.replace(",45,45,45,45,0", ",45,44,45,45,0"))["verdict"]["outcome"] == "void"
    assert run(tmp_path, TOTALS.replace(",50,45", ",,45"))["reasons"] == ["roster unknown"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((",42", ",43"), "file:2: arithmetic: approve of all options together is 46, above valid 45 × 1."),
        ((",42", ",46"), "file:2: arithmetic: option 1: 46 votes are above valid 45."),
        ((",45,0,1", ",45,1,1"), "file:3: invalid: '0' here, '1' in line 2."),
        ((",42", ",many"), "file:2: approve: 'many' is not a whole number of zero or more."),
        ((",42", ","), "file:2: approve: is empty. A count that is zero is written 0."),
        (("0,2,", "0,1,"), "file:3: option: option 1 stands twice."),
        (("all", "al"), "file:2: base: 'al' is not one of all, present, valid, cast."),
    ],
)
def test_each_fault_of_totals_is_one_line(change: tuple[str, str], said: str) -> None:
    assert any(line.startswith(said) for line in faults(TOTALS.replace(*change)))


def test_a_ballot_dated_before_its_list_was_frozen_is_refused() -> None:
    rows = TOTALS.splitlines()
    dated = [f"list_frozen_on,voted_on,{rows[0]}", *(f"2026-01-21,2026-01-20,{row}" for row in rows[1:])]
    assert faults("\n".join(dated)) == [
        "file:2: voted_on: the ballot of 2026-01-20 is dated before its list was frozen on 2026-01-21."
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "file: is empty."),
        (b"\n# nothing\n", "file: is empty."),
        (b"a,b\n1,2\n", "file:1: begins neither with META (.pb) nor with columns"),
        (b"\xff\x00\n", "file:1: is neither UTF-8 nor GB18030 text. Save the file as UTF-8."),
        ("赞成\n".encode() + b"\xb5\xe7\n", "file:2: is neither UTF-8 nor GB18030 text."),
        (b"\xff\xfea", "file: begins as UTF-16 text and is broken."),
        (b"META\0\n", "file:1: holds a NUL: this is not a text file."),
        (b"ballot,option,mark\n", "no option was voted on"),
    ],
)
def test_what_is_no_ballot_file_is_said(data: bytes, said: str, tmp_path: Path) -> None:
    report = run(tmp_path, data)
    told = [each["said"] for each in report.get("faults", [])] + report.get("reasons", [])
    assert any(said in line for line in told) and report["status"] != "verdict"


# -- the command --


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "ledger.rules.ballot", *arguments]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)


def test_the_command_ends_with_0_3_or_2_and_says_why(tmp_path: Path) -> None:
    path = tmp_path / "票决.csv"
    path.write_text(TOTALS, "utf-8")
    done = command(str(path))
    assert done.returncode == 0 and "收回 returned 45 = 有效 valid 45 + 无效 invalid 0" in done.stdout
    assert done.stdout.splitlines()[-1] == "选定 selected: 1"
    path.write_text(TOTALS.replace(",50,45", ",,45"), "utf-8")
    done = command(str(path))
    assert done.returncode == 3 and done.stdout.splitlines()[-1].endswith(
        "cannot be verified: roster unknown"
    )
    path.write_text(TOTALS.replace(",42", ",many"), "utf-8")
    done = command(str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("票决.csv:2: approve: 'many' is not a whole number")
    done = command(str(path), "--json")
    assert done.returncode == 2 and json.loads(done.stdout)["faults"][0]["line"] == 2
    assert command(str(tmp_path / "none")).returncode == 2
    assert command(str(path), "--roster", "many").returncode == 2


def test_the_command_takes_what_the_caller_states(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "votes.pb"
    path.write_text(PB, "utf-8")
    assert main([str(path)]) == 3
    assert main([str(path), "--roster", "4", "--present", "4", "--seats", "1", "--base", "all"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "选定 selected: 1"


def test_a_file_cannot_speak_to_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "votes.csv"
    path.write_text('voter,option,vote\nA,"\x1b[2J\u202e1",yes\n', "utf-8")
    assert main([str(path), "--roster", "1"]) == 0
    assert not {"\x1b", "\u202e"} & set(capsys.readouterr().out)


# -- what holds for every file --

SHEETS = st.lists(st.sets(st.sampled_from("abcdef"), max_size=6), min_size=1, max_size=30)


def pb_of(sheets: list[set[str]], limit: int) -> str:
    rows = "".join(f"v{place};{','.join(sorted(sheet))}\n" for place, sheet in enumerate(sheets))
    projects = "\n".join("abcdef")
    return (
        f"META\nvote_type;approval\nmax_length;{limit}\nPROJECTS\nproject_id\n{projects}\n"
        f"VOTES\nvoter_id;vote\n{rows}"
    )


def csv_of(sheets: list[set[str]]) -> str:
    rows = [f"{place},{mark},approve" for place, sheet in enumerate(sheets) for mark in sorted(sheet)]
    rows += [f"{place},," for place, sheet in enumerate(sheets) if not sheet]
    return "\n".join(["ballot,option,mark,form", *(f"{row},approve_up_to_k" for row in rows)])


@given(SHEETS, st.integers(1, 6), st.randoms())
def test_the_order_of_ballots_never_matters_and_counts_conserve(
    sheets: list[set[str]], limit: int, shuffle: random.Random
) -> None:
    file = read(pb_of(sheets, limit))
    kept = [sheet for sheet in sheets if len(sheet) <= limit]
    assert approvals(file) == {option: sum(option in sheet for sheet in kept) for option in "abcdef"}
    totals = file.totals
    assert totals.returned == len(sheets) == (totals.valid or 0) + (totals.invalid or 0)
    assert totals.valid == len(kept) and totals.blank == sheets.count(set())
    assert sum(each.approve for each in totals.options) == sum(map(len, kept))
    mixed = list(sheets)
    shuffle.shuffle(mixed)
    assert read(pb_of(mixed, limit)).totals == totals


@given(SHEETS, st.integers(1, 6), st.randoms())
def test_a_csv_of_the_same_sheets_counts_the_same(
    sheets: list[set[str]], limit: int, shuffle: random.Random
) -> None:
    text = csv_of(sheets)
    header, *rows = text.split("\n")
    shuffle.shuffle(rows)
    for each in (text, "\n".join([header, *rows])):
        file, pb = read(each, seats=limit), read(pb_of(sheets, limit))
        assert {name: number for name, number in approvals(pb).items() if number} == {
            name: number for name, number in approvals(file).items() if number
        }
        assert (file.totals.valid, file.totals.invalid, file.totals.blank) == (
            pb.totals.valid,
            pb.totals.invalid,
            pb.totals.blank,
        )


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([PB, CUMULATIVE, TOTALS]), st.data())
def test_a_damaged_file_is_counted_or_refused_and_never_breaks(whole: str, data: st.DataObject) -> None:
    text = list(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place] = data.draw(
            st.sampled_from(["", ";", ",", '"', "\n", "9", "-", "²", "\0", "\r", "votes"])
        )
    try:
        file = read("".join(text))
    except Problems as found:
        assert all(re.match(r"file(:\d+)?: ", str(problem)) for problem in found.problems)
    else:
        totals = file.totals
        if totals.returned is not None and None not in (totals.valid, totals.invalid):
            assert totals.returned == (totals.valid or 0) + (totals.invalid or 0)


def test_a_hundred_thousand_ballots_are_counted_to_the_last() -> None:
    chance = random.Random(1)
    projects = [str(place) for place in range(50)]
    rows = [f"{voter};{','.join(chance.sample(projects, 8))}" for voter in range(100_000)]
    head = ["META", "vote_type;approval", "PROJECTS", "project_id", *projects, "VOTES", "voter_id;vote"]
    file = read("\n".join([*head, *rows]).encode())
    assert sum(approvals(file).values()) == 800_000
