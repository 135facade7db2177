"""What a ballot decides: a table of cases with their articles, and what holds for every ballot."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.rules.ballot.files import parse_ballot_file
from ledger.rules.ballot.verdict import (
    BASES,
    BODIES,
    Ballot,
    OptionTotals,
    Totals,
    Verdict,
    after_revote,
    base_size,
    decide,
    impossible,
    seated,
    votes_of,
)

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[2] / "cases/ballots.yaml").read_text("utf-8")
)
GROUPS = ("selected", "recommended", "tied", "outvoted", "failed")


def ballot_of(case: dict[str, Any]) -> Ballot:
    keys = ("form", "base", "seats", "roster", "present", "body", "strict", "named")
    told = {key: case[key] for key in keys if key in case}
    quorum = Fraction(case["quorum"]) if "quorum" in case else None
    return Ballot(**told, threshold=Fraction(case.get("threshold", "1/2")), quorum=quorum)


def totals_of(case: dict[str, Any]) -> Totals:
    if "ballots" in case:
        return sheets_of(case)
    options = []
    for option, votes in case["votes"].items():
        if isinstance(votes, dict):
            options.append(OptionTotals(option, **votes))
        else:
            options.append(OptionTotals(option, *(votes if isinstance(votes, list) else [votes])))
    issued, returned, valid, invalid = case["sheets"]
    return Totals(tuple(options), returned, valid, invalid, 0 if returned is not None else None, issued)


def sheets_of(case: dict[str, Any]) -> Totals:
    """Sheets as they lie in the box, counted through a file as anyone would."""
    rows = ["ballot,option,mark,form"]
    for number, sheet in enumerate(case["ballots"], 1):
        for place, option in enumerate(sheet.split(), 1):
            mark = str(place) if case["form"] == "rank_all" else "approve"
            rows.append(f"{number},{option},{mark},{case['form']}")
        if not sheet:
            rows.append(f"{number},,,")
    data = "\n".join(rows).encode()
    return parse_ballot_file(data, "ballots.csv", seats=case.get("seats")).totals


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_law_decides_as_the_table_says(case: dict[str, Any]) -> None:
    ballot, totals, then = ballot_of(case), totals_of(case), case["then"]
    verdict = decide(ballot, totals)
    assert verdict.outcome == then["outcome"], verdict
    for group in GROUPS:
        assert list(getattr(verdict, group)) == then.get(group, []), (group, verdict)
    assert verdict.seats_left == then.get("seats_left", 0)
    for name in {"invalid", "blank"} & set(then):
        assert getattr(totals, name) == then[name]
    findings = [each for each in verdict.findings if each.rule == case["rule"]]
    if case["rule"] != "B6":  # B6 acts on sheets, before there are totals
        assert any(then.get("why", "") in each.why for each in findings), verdict.findings
        assert {each.article for each in findings} == {case["article"]}


def test_the_table_has_at_least_sixty_ballots_and_each_rule_that_decides() -> None:
    assert len(CASES) >= 60 and len({case["name"] for case in CASES}) == len(CASES)
    rules = {case["rule"] for case in CASES}
    assert rules >= {"B1", "B2", "B3", "B4", "B5", "B6", "B8", "B9", "B10", "B11", "B14", "street"}


def test_a_published_share_of_45_sheets_is_42_votes_and_is_chosen() -> None:
    assert votes_of("93.3%", 45) == (42,)
    two = (OptionTotals("1", approve=42), OptionTotals("2", approve=3))
    totals = Totals(two, issued=45, returned=45, valid=45, invalid=0)
    for base in BASES:
        assert decide(Ballot("choose_one", base, roster=50, present=45), totals).selected == ("1",)


def test_a_revote_chooses_among_the_tied_only() -> None:
    first = Verdict("decided", selected=("a",), tied=("b", "c"), seats_left=1)
    assert after_revote(first, Verdict("decided", selected=("b",), failed=("c",))) == ("a", "b")
    with pytest.raises(ValueError, match="among the tied only"):
        after_revote(first, Verdict("decided", selected=("d",)))
    with pytest.raises(ValueError, match="seats that are left"):
        after_revote(first, Verdict("decided", selected=("b", "c")))


# -- what holds for every ballot --


@st.composite
def ballots(draw: st.DrawFn) -> tuple[Ballot, Totals]:
    roster = draw(st.integers(1, 60))
    present = draw(st.integers(0, roster))
    returned = draw(st.integers(0, present))
    invalid = draw(st.integers(0, returned))
    valid = returned - invalid
    form = draw(st.sampled_from(["approve_up_to_k", "choose_one", "approve_oppose_abstain"]))
    number = draw(st.integers(1, 8))
    seats = draw(st.integers(1, number))
    approvals = draw(st.lists(st.integers(0, valid), min_size=number, max_size=number))
    ballot = Ballot(
        form,
        draw(st.sampled_from(BASES)),
        draw(st.sampled_from([None, seats])),
        draw(st.sampled_from([None, roster])),
        draw(st.sampled_from([None, present])),
        draw(st.sampled_from(BODIES)),
        draw(st.sampled_from([Fraction(1, 2), Fraction(2, 3), Fraction(1, 3)])),
    )
    options = tuple(OptionTotals(str(place), votes) for place, votes in enumerate(approvals))
    issued = draw(st.sampled_from([None, present]))
    totals = Totals(options, returned, valid, invalid, 0, issued)
    assume(not impossible(seated(ballot), totals))
    return ballot, totals


@given(ballots())
def test_nothing_is_ever_chosen_at_or_below_the_base(drawn: tuple[Ballot, Totals]) -> None:
    ballot, totals = drawn
    verdict = decide(ballot, totals)
    for option in totals.options:
        if option.option in (*verdict.selected, *verdict.recommended, *verdict.tied, *verdict.outvoted):
            size = base_size(ballot, totals, option)
            assert size is not None and option.approve > ballot.threshold * size and option.approve > 0


@given(ballots())
def test_never_more_than_k_and_every_option_stands_once(drawn: tuple[Ballot, Totals]) -> None:
    ballot, totals = drawn
    verdict = decide(ballot, totals)
    chosen = (*verdict.selected, *verdict.recommended)
    seats = seated(ballot).seats
    if seats is not None:
        assert len(chosen) <= seats
        if verdict.outcome in ("decided", "recommended"):
            assert len(chosen) + verdict.seats_left == seats
            assert not verdict.tied or len(verdict.tied) > verdict.seats_left > 0
    told = [option for group in GROUPS for option in getattr(verdict, group)]
    everyone = [each.option for each in totals.options]
    assert sorted(told) == (sorted(everyone) if verdict.outcome in ("decided", "recommended") else [])
    assert not (ballot.body == "street_council" and verdict.selected)


@given(ballots(), st.randoms())
def test_the_order_of_candidates_never_matters(drawn: tuple[Ballot, Totals], shuffle: Any) -> None:
    ballot, totals = drawn
    options = list(totals.options)
    shuffle.shuffle(options)
    a, b = decide(ballot, totals), decide(ballot, replace(totals, options=tuple(options)))
    assert a.outcome == b.outcome
    assert all(sorted(getattr(a, group)) == sorted(getattr(b, group)) for group in GROUPS)


@given(ballots())
def test_a_verdict_is_never_computed_without_roster_where_a_quorum_is_law(
    drawn: tuple[Ballot, Totals],
) -> None:
    ballot, totals = drawn
    verdict = decide(replace(ballot, roster=None, body="congress"), totals)
    assert verdict.outcome in ("not_verified", "void")
    if verdict.outcome == "not_verified":
        assert "roster unknown" in verdict.reasons


@given(ballots(), st.integers(0, 7))
def test_one_more_approval_never_harms(drawn: tuple[Ballot, Totals], place: int) -> None:
    ballot, totals = drawn
    place %= len(totals.options)
    before = decide(ballot, totals)
    more = totals.options[place]
    options = (
        *totals.options[:place],
        replace(more, approve=more.approve + 1),
        *totals.options[place + 1 :],
    )
    after = decide(ballot, replace(totals, options=options))
    if more.option in before.selected and after.verifiable:
        assert more.option in after.selected
