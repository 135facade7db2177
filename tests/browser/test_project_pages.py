"""The pages of projects in a real browser: nothing too wide on a phone, every lamp with its words."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from publisher.release import read_manifest
from tests.browser.folder import served
from tests.publisher.fake import CONTENT
from tests.publisher.whole import change, released

pytestmark = pytest.mark.browser
KINDS = (
    *("grid", "organ", "deputy", "project_cycle", "project_idea", "project_candidate", "candidate_review"),
    *("ballot", "tally_count", "ballot_result"),
    *("project_progress", "project_inspection", "project_change", "project_evaluation"),
)
LONG = "<b>Supercalifragilisticexpialidocious</b>" * 6 + "很长的话" * 30
STICKS_OUT = """() => [...document.querySelectorAll('article *')]
  .filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map(each => each.outerHTML.slice(0, 120))"""
WIDE = "Donaudampfschifffahrtsgesellschaft" + "长" * 20


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's projects; one of them says everything at the greatest length."""
    folder = tmp_path_factory.mktemp("projects")
    records = folder / "records"
    for kind in KINDS:
        shutil.copytree(CONTENT / "records" / kind, records / kind)
    change(records / "project_change/qingxi-2026-02-scope.yaml", before=LONG[:300], after=LONG[:300])
    change(records / "project_inspection/qingxi-2026-02-works.yaml", finding=LONG)
    money = {"total_budget": 9_000_000_000_000, "named_post": WIDE[:40], "target_indicator": WIDE[:60]}
    change(records / "project_candidate/qingxi-2026-02.yaml", **money, target_unit=WIDE[:20])
    return released(folder, records)


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with served(site / "www") as at:
        yield at


def paths(site: Path) -> list[str]:
    return [path for path in read_manifest(site).records.values() if path.startswith("project_candidate/")]


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_project_is_wider_than_the_screen(
    width: int, scheme: str, site: Path, address: str, browser: Browser
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 740}, color_scheme=scheme)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in paths(site):
        page.goto(f"{address}/{path}")
        page.evaluate("document.querySelectorAll('details.mb-more').forEach(each => each.open = true)")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, (path, page.evaluate(STICKS_OUT))
    page.close()
    assert said == [] and all(url.startswith((address, "data:")) for url in asked)


def test_the_answer_and_its_reason_stand_in_the_first_screen_of_a_phone(
    site: Path, address: str, browser: Browser
) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    for path in paths(site):
        page.goto(f"{address}/{path}")
        verdict = page.locator(".mb-verdict").bounding_box()
        assert verdict and verdict["y"] + verdict["height"] < 740, path
        assert page.locator(".mb-verdict strong").inner_text().endswith("。")
    page.close()


def test_every_lamp_has_a_shape_and_words(site: Path, address: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    for path in paths(site):
        page.goto(f"{address}/{path}")
        lamps = page.locator(".mb-lamps > li, .mb-said, .mb-time > li").all()
        assert len(lamps) >= 12
        for lamp in lamps:
            assert lamp.locator("svg.mb-i").count() == 1 and lamp.inner_text().strip()
    page.close()


def test_what_is_to_be_noted_is_one_click_away(site: Path, address: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    path = next(
        path for path in paths(site) if "桥头社区雨水管改造</h1>" in (site / "www" / path).read_text("utf-8")
    )
    page.goto(f"{address}/{path}")
    page.get_by_role("link", name="处要留意").click()
    top = page.locator("#watch").bounding_box()
    assert top and 0 <= top["y"] < 740
    page.close()
