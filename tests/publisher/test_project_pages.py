"""The page of a project as it is sent: whole, safe from what records say, every picture with its words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.rulebooks import load_rulebook
from ledger.words import load_words
from publisher.chart.dots import DEEP, TOP, dots
from publisher.project import page as projects
from publisher.reading.public import Public
from tests.publisher.fake import CONTENT
from tests.publisher.sample import rendered, sample

WORDS = load_words(CONTENT)
BOOK = load_rulebook(CONTENT, "qingxi")
NAMES = [path.stem for path in sorted(CONTENT.glob("records/project_candidate/*.yaml"))]
SUBJECTS = ("project_progress", "project_inspection", "project_change", "project_evaluation")
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"
Sample = tuple[Public, Mapping[str, str]]


@pytest.fixture(scope="module")
def congress(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return sample(tmp_path_factory.mktemp("projects") / "public.db")


def page(congress: Sample, name: str) -> dict[str, Any]:
    public, codes = congress
    row = public.by_code("project_candidate")[codes[f"project_candidate/{name}"]]
    return projects.page(public, row, BOOK, WORDS, "zh")


def text(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html)).replace("\u00a0", " ")


def test_every_page_is_whole_and_every_record_is_in_its_timeline(congress: Sample) -> None:
    public, codes = congress
    made = rendered(public, "project_candidate")
    for name in NAMES:
        code = codes[f"project_candidate/{name}"]
        body = made[f"project_candidate/{code}.html"]
        assert all(f'id="{part}"' in body for part in ("content", "related", "corrections", "data"))
        for each in public.about[code]:
            assert f'href="../{public.path(each.code)}"' in body, (name, each)
        dated = [each["on"] for each in page(congress, name)["timeline"]]
        assert dated == sorted(dated)


def test_nothing_is_said_by_colour_alone(congress: Sample) -> None:
    for body in rendered(congress[0], "project_candidate").values():
        body = re.sub(r"<template.*?</template>", "", body, flags=re.S)  # where lists.js takes its icons from
        for icon in re.finditer(r'<svg class="mb-i".*?</svg>(.{0,300})', body, re.S):
            assert text(icon[1].split("<svg")[0]).strip()
        for picture in re.findall(r'<svg class="mb-svg"[^>]*>', body):
            assert 'role="img" aria-label="' in picture or 'aria-hidden="true"' in picture


def test_the_records_own_pages_lead_back_to_the_project(congress: Sample) -> None:
    public, codes = congress
    made = rendered(public, *SUBJECTS, "ballot")
    for kind in SUBJECTS:
        for row in public.rows[kind]:
            assert (
                f'href="../project_candidate/{row["candidate"]}.html"' in made[f"{kind}/{row['code']}.html"]
            )
    ballot = made[f"ballot/{codes['ballot/qingxi-2025']}.html"]
    assert f'href="../project_candidate/{codes["project_candidate/qingxi-2025-07"]}.html"' in ballot


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    words = {
        "subject",
        "content",
        "named_post",
        "target_indicator",
        "target_unit",
        "finding",
        "before",
        "after",
    }
    words |= {
        "reason",
        "approved_by",
        "document",
        "issue",
        "correction_note",
        "opinion",
        "organ_as_written",
        "session",
    }
    words |= {"name", "body"}

    def change(kind: str, name: str, given: dict[str, Any]) -> dict[str, Any]:
        hostile = {key: EVIL if key in words else value for key, value in given.items()}
        if "milestones" in given:
            hostile["milestones"] = [{**each, "what": EVIL} for each in given["milestones"]]
        return hostile

    public, codes = sample(tmp_path / "public.db", change)
    made = rendered(public, "project_candidate")
    assert len(made) > len(NAMES)
    for body in (text for path, text in made.items() if not path.endswith(".json")):
        body = body.replace('<script src="../assets/lists.js" defer></script>', "")
        assert "<script" not in body and "<img" not in body and ">49" not in body
        assert not re.search(r'="[^"]*"\'&gt;', body)
    assert EVIL in text(made[f"project_candidate/{codes['project_candidate/qingxi-2026-02']}.html"])


def test_a_record_that_lacks_what_a_rule_needs_is_told_of_and_not_reckoned(tmp_path: Path) -> None:
    public, _ = congress = sample(tmp_path / "public.db")
    for kind, column in zip(SUBJECTS, ("month", "severity", "what", "milestone"), strict=True):
        for row in public.rows[kind]:
            row[column] = None  # type: ignore[index]
    told = page(congress, "qingxi-2026-02")
    assert told["progress"] is None and told["inspections"] == told["changes"] == told["tests"] == []
    assert len(told["timeline"]) == len(page(sample(tmp_path / "again.db"), "qingxi-2026-02")["timeline"])


def test_reports_of_after_the_release_are_not_reckoned(congress: Sample) -> None:
    public, codes = congress
    row = public.by_code("project_candidate")[codes["project_candidate/qingxi-2026-02"]]
    early = replace(public, release={**public.release, "as_of": "2026-06-30"})
    project = projects.project_of(early, row, BOOK)
    assert project.on == date(2026, 6, 30) and [each["month"] for each in project.progress] == [
        "2026-03",
        "2026-05",
    ]


# -- the picture --

MONTHS = st.dates(date(2020, 1, 1), date(2030, 12, 31)).map(lambda day: day.isoformat()[:7])


@given(
    reports=st.lists(st.tuples(MONTHS, st.integers(0, 100)), min_size=1, max_size=40),
    others=st.lists(MONTHS, max_size=3),
    limit=st.none() | MONTHS,
    until=st.none() | MONTHS,
)
def test_no_dot_ever_stands_outside_the_picture(
    reports: list[tuple[str, int]], others: list[str], limit: str | None, until: str | None
) -> None:
    drawn = dots(sorted(reports), others, limit, until)
    assert len(drawn["dots"]) == len(reports)
    for each in drawn["dots"]:
        assert 0 < each["x"] < 100 and TOP <= each["y"] <= TOP + DEEP
    assert drawn["limit"] is None or 0 < drawn["limit"] < 100
    assert drawn["gap"] is None or drawn["gap"] > drawn["dots"][-1]["x"]
