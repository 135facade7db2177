"""What pages draw says the same as their words: stages of a suggestion, a cycle's funnel, who was present."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from publisher.ballot import page as ballots
from publisher.project import cycle_words
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public
from publisher.suggestion import handling
from tests.publisher.suggestion_sample import (
    ASSIGNED,
    BOOK,
    REPLIED,
    WORDS,
    about,
    checked,
    congress,
    page,
    sample,
)


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Public:
    return sample(tmp_path_factory.mktemp("drawn") / "p.db")[0]


def test_stages_follow_each_other_from_receipt_to_the_end(tmp_path: Path) -> None:
    records = [
        ("assignment", "given", ASSIGNED),
        ("reply", "reply", REPLIED),
        about("onsite_check", "check", **checked("done")),
    ]
    public, codes = congress(tmp_path / "p.db", records)
    told = page(public, codes["s"])["phases"]
    assert [(each["stage"], each["from"], each["until"], each["open"]) for each in told["rows"]] == [
        ("已提交", "2026-01-21", "2026-02-06", False),
        ("办理中", "2026-02-06", "2026-04-01", False),
        ("已答复", "2026-04-01", "2026-05-20", False),
    ]
    assert "119 天" in told["finding"] and "2026-05-20" in told["finding"]


def test_a_stage_that_still_runs_ends_on_the_day_of_the_release(tmp_path: Path) -> None:
    public, codes = congress(tmp_path / "p.db")
    (row,) = page(public, codes["s"])["phases"]["rows"]
    assert row["open"] and row["until"] == public.release["as_of"]


def test_every_suggestion_of_the_sample_adds_up(public: Public) -> None:
    drawn = 0
    for row in public.rows["suggestion"]:
        told = page(public, row["code"]).get("phases")
        if told:
            rows = told["rows"]
            assert all(a["until"] == b["from"] for a, b in pairwise(rows))
            assert all(each["days"] >= 0 for each in rows)
            drawn += 1
    assert drawn > 15
    assert not any(
        page(public, row["code"]).get("phases") for row in public.rows["suggestion"] if row["withheld"]
    )


def test_the_funnel_of_a_cycle_says_what_its_figures_say(public: Public) -> None:
    drawn = 0
    for row in public.rows["project_cycle"]:
        told = cycle_words.page(public, row, BOOK, WORDS, "zh")
        if told["funnel"]:
            figures = {(each["head"], each["n"], each["of"]) for each in told["stages"]}
            parts = [each for each in told["funnel"]["rows"] if each["of"] is not None]
            assert parts and all((each["stage"], each["n"], each["of"]) in figures for each in parts)
            drawn += 1
    assert drawn


def test_seats_say_who_was_present_and_how_many_were_needed(public: Public) -> None:
    row = dict(public.rows["ballot"][0])
    told = ballots.page(public, row, BOOK, WORDS, "zh")["seats"]
    assert told["there"] + told["away"] == told["of"] == row["roster_size"]
    assert len(told["chart"]["there"]) == row["present"] and str(told["least"]) in told["finding"]


def test_figures_of_time_are_parts_of_all_that_was_assigned(public: Public) -> None:
    told = handling.page(public, DataLinks(""), BOOK, WORDS, "zh")
    chart = told["timely_chart"]["chart"]
    assert chart["whole"] == told["timely"][0]["of"] == sum(each["n"] for each in told["timely"]) > 0
