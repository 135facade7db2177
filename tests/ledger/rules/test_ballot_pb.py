"""Files in Pabulib's format with the quirks of real ones: counted as by hand, or said why not."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import tempfile
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.rules.ballot.files import parse_ballot_file
from ledger.rules.ballot.recount import main, recount

SCHEMA = jsonschema_rs.validator_for(
    json.loads((Path(__file__).parents[2] / "cases/recount.schema.json").read_text("utf-8"))
)
IDS = ("1", "2", "13", "B-7", "桥", "x y", "0042")
NAMES = ("Lamps; all of them", 'Bridge "old"', "水沟", "A, B", "", "line\nbreak", "#1", 'quote " alone')


@dataclass(frozen=True)
class Written:
    """A file, and what anyone who counts it by hand finds."""

    text: str
    kind: str
    sheets: list[tuple[list[str], list[Fraction]]]
    limit: int | None

    @property
    def counted(self) -> list[tuple[list[str], list[Fraction]]]:
        return [sheet for sheet in self.sheets if self.limit is None or len(sheet[0]) <= self.limit]


def line(fields: list[str], *, quote: bool) -> str:
    out = io.StringIO()
    quoting = csv.QUOTE_ALL if quote else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=";", quoting=quoting, lineterminator="\n").writerow(fields)
    return out.getvalue().removesuffix("\n")


def points_of(draw: st.DrawFn, number: int) -> list[Fraction]:
    return [Fraction(draw(st.integers(-20, 100)), draw(st.sampled_from([1, 2, 10]))) for _ in range(number)]


def said(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else str(float(value))


@st.composite
def files(draw: st.DrawFn) -> Written:
    kind = draw(st.sampled_from(["approval", "choose-1", "ordinal", "cumulative", "scoring"]))
    ids = draw(st.lists(st.sampled_from(IDS), min_size=1, unique=True))
    most = 1 if kind == "choose-1" else len(ids)
    sheets = [
        (marks, points_of(draw, len(marks)) if kind in ("cumulative", "scoring") else [])
        for marks in draw(st.lists(st.lists(st.sampled_from(ids), max_size=most, unique=True), max_size=12))
    ]
    limit = draw(st.sampled_from([None, 1, 2, 3])) if kind != "choose-1" else 1
    quote = draw(st.booleans())
    meta = [["key", "value"]] if draw(st.booleans()) else []
    meta += [["description", draw(st.sampled_from(NAMES))], ["vote_type", kind]]
    if limit and kind != "choose-1":
        meta.append(["max_length", str(limit)])
    optional = [
        ["num_projects", str(len(ids))],
        ["num_votes", str(len(sheets))],
        ["budget", "1000000,50"],
        ["min_length", "1"],
        ["min_sum_cost", "0"],
        ["max_sum_cost", "1200.5"],
        ["default_score", "0"],
        ["rule", "greedy"],
        ["comment", "#1: paper; #2: internet"],
        ["a_new_key", ""],
    ]
    meta += draw(st.permutations([pair for pair in optional if draw(st.booleans())]))
    extra = draw(st.lists(st.sampled_from(["age", "sex", "district", "voting_method"]), unique=True))
    held = {"voter_id": None, "vote": None} | ({"points": None} if kind in ("cumulative", "scoring") else {})
    votes_head = draw(st.permutations([*held, *extra]))
    projects_head = draw(st.permutations(["project_id", "cost", "name", "selected"]))
    gap = draw(st.sampled_from([",", ", "]))
    rows = []
    for place, (marks, points) in enumerate(sheets):
        told = {"voter_id": str(place), "vote": gap.join(marks), "points": gap.join(map(said, points))}
        rows.append([told.get(name, draw(st.sampled_from(["", "30", "M"]))) for name in votes_head])
    names = {each: draw(st.sampled_from(NAMES)) for each in ids}
    projects = [
        [
            {"project_id": each, "cost": "100.5", "name": names[each], "selected": "1"}[name]
            for name in projects_head
        ]
        for each in ids
    ]
    parts = {
        "META": meta,
        "PROJECTS": [projects_head, *projects],
        "VOTES": [votes_head, *rows],
    }
    lines = []
    for section, fields in parts.items():
        lines.append(section.lower() if draw(st.booleans()) else section)
        lines += [line(each, quote=quote) for each in fields]
        lines += draw(st.sampled_from([[], [""], ["# a comment"], ["   "]]))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return Written(draw(st.sampled_from(["", "\ufeff"])) + end.join(lines), kind, sheets, limit)


@settings(max_examples=300)
@given(files())
def test_a_file_with_any_quirks_is_counted_as_by_hand(written: Written) -> None:
    file = parse_ballot_file(written.text.encode(), "votes.pb")
    assert (file.doubts, file.refused) == ((), ())
    marked = Counter(mark for marks, _ in written.counted for mark in marks)
    points: dict[str, Fraction] = {}
    for marks, given_points in written.counted:
        for mark, each in zip(marks, given_points, strict=False):
            points[mark] = points.get(mark, Fraction(0)) + each
    blank_ranking = sum(not marks for marks, _ in written.sheets) if file.ballot.form == "rank_all" else 0
    for option in file.totals.options:
        assert option.marked == marked[option.option]
        if written.kind in ("approval", "choose-1"):
            assert option.approve == marked[option.option]
        if written.kind in ("cumulative", "scoring"):
            assert option.points == points.get(option.option, 0)
    assert file.totals.returned == len(written.sheets)
    assert file.totals.valid == len(written.counted) - blank_ranking
    assert file.totals.blank == sum(not marks for marks, _ in written.sheets)


def exit_of(data: bytes, *options: str) -> tuple[int, str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(data)
        out, error = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
            code = main([str(path), *options])
        SCHEMA.validate(recount(path))
    return code, out.getvalue() + error.getvalue()


@settings(max_examples=300, deadline=None)
@given(files(), st.data())
def test_any_bytes_changed_end_with_a_verdict_a_reason_or_a_line(
    written: Written, data: st.DataObject
) -> None:
    mutated = bytearray(written.text.encode())
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(mutated)))
        how = data.draw(st.sampled_from(["put", "cut", "drop"]))
        if how == "put":
            mutated[place:place] = data.draw(st.binary(min_size=1, max_size=3))
        elif how == "cut":
            del mutated[place : place + data.draw(st.integers(1, 30))]
        else:
            del mutated[place:]
    code, told = exit_of(bytes(mutated), "--roster", "20", "--present", "15", "--seats", "2")
    assert code in (0, 2, 3) and "Traceback" not in told
    assert code == 0 or told.strip()


@settings(max_examples=200)
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"META\n", b"voter,option,vote\n", b"form,option,approve\n"]),
)
def test_bytes_that_are_no_file_never_break(data: bytes, head: bytes) -> None:
    assert exit_of(head + data)[0] in (0, 2, 3)


CSVS = (
    "voter,option,vote\nA,1,赞成\nB,1,no\nC,1,absent\n",
    "ballot;option;mark\n1;a;√\n1;b;×\n2;;\n3;;无效\n",
    "ballot,option,mark\n1,a,1\n1,b,2\n2,b,1\n2,a,2\n",
    "form,strict,quorum,threshold,roster,present,returned,valid,invalid,option,subject,approve,points\n"
    "rank_all,no,2/3,1/2,3,3,3,3,0,a,甲,2,4\nrank_all,no,2/3,1/2,3,3,3,3,0,b,乙,1,5\n",
)
CHANGES = [b"", b",", b'"', b"\n", b"-9", b"1/0", b"\xff", b"\0", "赞".encode(), b"1e9", b"#"]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(CSVS), st.sampled_from(["utf-8", "gb18030", "utf-16"]), st.data())
def test_a_csv_with_any_bytes_changed_ends_so_too(text: str, encoding: str, data: st.DataObject) -> None:
    mutated = bytearray(text.encode(encoding))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(mutated)))
        mutated[place : place + data.draw(st.integers(0, 3))] = data.draw(st.sampled_from(CHANGES))
    code, told = exit_of(bytes(mutated), "--roster", "20")
    assert code in (0, 2, 3) and told.strip()


@given(st.lists(st.permutations("abcd"), min_size=1, max_size=12), st.randoms())
def test_the_order_of_rankings_never_matters(orders: list[list[str]], shuffle: Any) -> None:
    def totals() -> Any:
        rows = "".join(f"{place};{','.join(order)}\n" for place, order in enumerate(orders))
        head = "META\nvote_type;ordinal\nPROJECTS\nproject_id\na\nb\nc\nd\nVOTES\nvoter_id;vote\n"
        return parse_ballot_file((head + rows).encode(), "votes.pb", seats=2).totals

    before = totals()
    assert sum(each.points for each in before.options) == 10 * len(orders)
    assert sum(each.approve for each in before.options) == 2 * len(orders)
    shuffle.shuffle(orders)
    assert totals() == before


# -- quirks one by one --

HEAD = "META\nvote_type;{kind}\n{meta}PROJECTS\nproject_id;cost;name;selected\na;100;A;1\nb;50,5;B;0\nVOTES\n"


def pb(kind: str, rows: str, meta: str = "", head: str = "voter_id;vote") -> Any:
    text = HEAD.format(kind=kind, meta=meta) + f"{head}\n{rows}"
    return parse_ballot_file(text.encode(), "votes.pb")


def test_limits_of_money_and_a_least_length_are_named_and_not_applied() -> None:
    meta = "min_length;2\nmin_sum_cost;60\nmax_sum_cost;120\n"
    file = pb("approval", "1;a\n2;a,b\n3;b\n", meta)
    assert [each.approve for each in file.totals.options] == [2, 2] and file.totals.invalid == 0
    assert file.notes == (
        "2 sheets mark fewer than min_length 2: counted, since fewer is valid (B6)",
        "1 sheets are beyond min_sum_cost 60: counted, the budget is no rule here",
        "1 sheets are beyond max_sum_cost 120: counted, the budget is no rule here",
    )
    assert pb("approval", "1;a\n", "min_length;many\nmax_sum_cost;lots\n").notes == ()


def test_a_file_of_points_without_their_column_is_counted_in_marks_alone() -> None:
    file = pb("cumulative", "1;a,b\n2;a\n")
    assert [(each.marked, each.points) for each in file.totals.options] == [(2, 0), (1, 0)]
    assert file.doubts == ("points unknown: the file has no column points",)


def test_points_that_do_not_fit_the_marks_refuse_the_sheet() -> None:
    file = pb("scoring", "1;a,b;3\n2;a;2\n3;a;two\n", head="voter_id;vote;points")
    assert [each.points for each in file.totals.options] == [2, 0] and file.totals.returned == 1
    assert [str(each) for each in file.refused] == [
        "votes.pb:9: points: 2 candidates and 1 readable points. Each candidate needs one.",
        "votes.pb:11: points: 1 candidates and 0 readable points. Each candidate needs one.",
    ]


def test_a_line_of_semicolons_is_no_sheet_and_an_empty_vote_is_a_blank_one() -> None:
    file = pb("approval", "1;a\n;;\n2;\n", "num_votes;2\n")
    assert (file.totals.returned, file.totals.blank, file.doubts) == (2, 1, ())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_file_is_read_in_the_encodings_of_chinese_spreadsheets(encoding: str) -> None:
    text = HEAD.format(kind="approval", meta="description;青溪区\n") + "voter_id;vote\n1;a\n"
    file = parse_ballot_file(text.encode(encoding), "votes.pb")
    told = {"utf-16": "UTF-16", "gb18030": "GB18030"}.get(encoding)
    assert file.totals.options[0].approve == 1
    assert file.notes == ((f"the text is not UTF-8 and was read as {told}",) if told else ())


def test_our_own_keys_say_what_a_verdict_needs() -> None:
    own = "".join(
        f"mingbai_{key};{value}\n"
        for key, value in {
            "seats": 1, "roster": 3, "present": 3, "issued": 3, "base": "present",
            "body": "standing_committee",             "threshold": "2/3", "strict": "no", "quorum": "3/4",
        }.items()
    )  # fmt: skip
    ballot = pb("approval", "1;a\n", own).ballot
    assert (ballot.seats, ballot.roster, ballot.base, ballot.body) == (1, 3, "present", "standing_committee")
    assert (ballot.threshold, ballot.strict, ballot.quorum) == (Fraction(2, 3), False, Fraction(3, 4))
