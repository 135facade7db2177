"""The tile map of the coverage page: the picture says what its table says, and it is no map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from publisher.pages.making import Site
from publisher.pages.site import pages
from publisher.project.coverage import STATES, rollout
from publisher.project.coverage_map import STEPS, coverage_map
from publisher.reading.public import Public
from publisher.stamping.stamp import Page
from tests.publisher.fake import FakeLedger
from tests.publisher.finding_sample import BOOK, FORMS, WORDS, rows_behind, text_of, whole
from tests.publisher.suggestion_sample import with_states
from tests.publisher.test_year_pages import site_of


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("coverage") / "public.db"


@pytest.fixture(scope="module")
def sample(place: Path) -> Public:
    return whole(place)[0]


def placed(public: Public, tiles: Mapping[str, Any] | None) -> Site:
    site = site_of(public)
    return replace(site, congress=replace(site.congress, tiles=tiles))


def drawn(site: Site) -> dict[str, Any]:
    found = coverage_map(site)
    assert found is not None
    return found


def coverage_page(site: Site) -> str:
    return next(
        text_of(each) for each in pages(site) if isinstance(each, Page) and each.path == "coverage.html"
    )


def test_each_township_is_drawn_with_the_word_of_the_state_its_line_names(sample: Public) -> None:
    found = drawn(site_of(sample))
    told = {each["name"]: each["state"] for each in found["rows"]}
    assert told == {"柳河镇": "票决了", "石桥镇": "有办法未票决", "云溪街道": "只推荐"}
    tiles = [
        ("".join(text for _, text in each["texts"]), each["value"], each["level"])
        for each in found["chart"]["drawn"]["tiles"]
    ]
    assert sorted(tiles) == sorted([("柳河镇", "票决", 3), ("石桥镇", "办法", 1), ("云溪街道", "推荐", 0)])
    assert found["chart"]["caption"] == "2026 年，图上 3 个镇街里 1 个票决过。"


def test_the_table_counts_the_years_that_the_matrix_shows(sample: Public) -> None:
    told = rollout(sample, BOOK)
    found = drawn(site_of(sample))
    assert found["of"] == len(told.years)
    for row in found["rows"]:
        body = next(each for each in told.bodies if each.area and sample.titles[each.area] == row["name"])
        states = [told.cell(body.name, year).state for year in told.years]
        assert row["n"] == sum(state in ("covered", "recommends") for state in states), row


def test_the_rows_of_a_township_are_its_reports(sample: Public, place: Path) -> None:
    rows = drawn(site_of(sample))["rows"]
    own = [
        sum(sample.titles.get(each["area"] or "") == row["name"] for each in sample.rows["rollout_status"])
        for row in rows
    ]
    assert sum(own) > 3 and rows_behind(place, [row["rows"] for row in rows]) == own


def test_every_state_has_a_pattern_a_short_word_and_a_place_in_the_key() -> None:
    for state in STATES:
        assert STEPS[state] in range(4)
        for lang in ("zh", "en"):
            assert WORDS.say(f"site.coverage.map.step.{STEPS[state]}", lang)
        assert len(WORDS.say(f"site.coverage.short.{state}", "zh")) == 2


def test_a_township_without_a_tile_stands_in_the_table_and_without_tiles_there_is_the_table(
    sample: Public,
) -> None:
    some = placed(sample, {"柳河镇": (1, 1)})
    assert len(drawn(some)["chart"]["drawn"]["tiles"]) == 1 and len(drawn(some)["rows"]) == 3
    assert "2 个镇街没有放进" in coverage_page(some)
    none = coverage_page(placed(sample, None))
    assert "mb-tilemap" not in none and "石桥镇" in none.partition('id="map"')[2].partition('id="matrix"')[0]


def test_the_page_says_that_it_is_no_map(sample: Public) -> None:
    assert "不是地图" in coverage_page(site_of(sample))


def test_a_congress_without_townships_has_no_map_and_a_whole_page(tmp_path: Path) -> None:
    site = site_of(with_states(tmp_path / "public.db", FakeLedger(), FORMS))
    assert coverage_map(site) is None and 'id="matrix"' in coverage_page(site)
