"""The tile map: no tile on another, patterns beside numbers, names as the register has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.congress import load_congress
from ledger.problems import Problems
from ledger.tiles import COLUMNS, ROWS, tiles_faults
from publisher.chart.tiles import LINES, Tile, level, lines, tiles
from publisher.finding import townships
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public
from tests.publisher.fake import CONTENT, small_congress
from tests.publisher.finding_sample import DATA, WORDS, made, text_of, whole

PLACES = st.dictionaries(
    st.tuples(st.integers(1, ROWS), st.integers(1, COLUMNS)),
    st.tuples(st.text("柳河石桥云溪镇街道", min_size=1, max_size=9), st.integers(0, 900)),
    min_size=1,
    max_size=30,
)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Public:
    return whole(tmp_path_factory.mktemp("tiles") / "public.db")[0]


@given(PLACES)
def test_no_tile_lies_on_another_and_all_lie_in_the_picture(
    placed: dict[tuple[int, int], tuple[str, int]],
) -> None:
    drawn = tiles([Tile(name, value, row, column) for (row, column), (name, value) in placed.items()])
    boxes = [(each["x"], each["y"], each["width"], drawn["high"]) for each in drawn["tiles"]]
    for n, (x, y, wide, high) in enumerate(boxes):
        assert x >= 0 and y >= 0 and x + wide <= 100.001 and y + high <= drawn["height"]
        for a, b, other, tall in boxes[:n]:
            assert x + wide <= a or a + other <= x or y + high <= b or b + tall <= y
    for each in drawn["tiles"]:
        assert each["texts"][-1][0] < each["number"] < each["band"]


@given(PLACES)
def test_each_number_has_the_pattern_that_the_key_gives_it(
    placed: dict[tuple[int, int], tuple[str, int]],
) -> None:
    drawn = tiles([Tile(name, value, *at) for at, (name, value) in placed.items()])
    for each in drawn["tiles"]:
        steps = [step for step, low, high in drawn["legend"] if low <= each["value"] <= high]
        assert steps == [each["level"]]
    assert (level(0, 5), level(5, 5), level(0, 0)) == (0, 3, 0)


@given(st.text("柳河石桥云溪镇街道", min_size=1, max_size=12), st.sampled_from([2, 3, 4]))
def test_a_name_fits_its_tile_on_a_phone(name: str, letters: int) -> None:
    told = lines(name, letters)
    assert len(told) <= LINES and all(1 <= len(each) <= letters for each in told)
    assert "".join(told) == name or told[-1].endswith("…")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({}, "must name townships"),
        ([], "must name townships"),
        ({"柳河镇": [1]}, "must be [row, column]"),
        ({"柳河镇": [0, 1]}, "must be [row, column]"),
        ({"柳河镇": [1, COLUMNS + 1]}, "must be [row, column]"),
        ({"柳河镇": [True, 1]}, "must be [row, column]"),
        ({"柳河镇": [1, 1], "石桥镇": [1, 1]}, "stands where 柳河镇 stands"),
    ],
)
def test_a_fault_is_one_line_that_says_what_to_do(written: Any, said: str) -> None:
    ((_, what),) = tiles_faults(written)
    assert said in what and "\n" not in what


def test_a_fault_names_its_line_in_the_file(tmp_path: Path) -> None:
    content = small_congress(tmp_path / "content")
    path = content / "congress.yaml"
    path.write_text(path.read_text("utf-8").replace("石桥镇: [1, 2]", "石桥镇: [1, 1]"), "utf-8")
    with pytest.raises(Problems) as found:
        load_congress(content)
    (problem,) = found.value.problems
    assert "congress.yaml:20" in str(problem) and "石桥镇" in str(problem)


def test_a_name_that_no_township_has_is_told_before_a_build(sample: Public) -> None:
    congress = load_congress(CONTENT)
    assert list(townships.faults(sample, congress)) == []
    object.__setattr__(congress, "tiles", {"柳河": (1, 1), "石桥镇": (1, 2)})
    (problem,) = townships.faults(sample, congress)
    assert "tiles.柳河" in str(problem) and "no township of the register" in str(problem)


def test_the_numbers_under_the_map_are_those_on_it_with_what_they_are_parts_of(sample: Public) -> None:
    where = load_congress(CONTENT).tiles
    found = townships.maps(sample, where, DataLinks(DATA), WORDS, "zh")
    assert found is not None
    for n, chart in enumerate(found["charts"]):
        shown = sorted(each["value"] for each in chart["drawn"]["tiles"])
        assert shown == sorted(row["cells"][n]["n"] for row in found["rows"])
        assert "全部 2" in chart["caption"].replace("\xa0", " ")


def test_a_township_without_a_place_stands_in_the_table_and_a_map_without_any_is_a_table(
    sample: Public,
) -> None:
    part = townships.maps(sample, {"柳河镇": (3, 4)}, DataLinks(DATA), WORDS, "zh")
    assert part is not None and "还有 2 个镇街" in part["left_out"] and len(part["rows"]) == 3
    assert [each["x"] for each in part["charts"][0]["drawn"]["tiles"]] == [0.0]
    without = text_of(made(sample, tiles=None)["find.html"])
    assert "mb-tilemap" not in without and "各镇街的数" in without


def test_the_map_says_that_it_is_none_and_each_pattern_has_a_word(sample: Public) -> None:
    body = text_of(made(sample)["find.html"])
    assert "不是地图" in body and body.count('role="img"') == 2 and "<pattern" in body
    assert "<image" not in body and "openstreetmap" not in body.lower()
