"""The pages of suggestions in a real browser: nothing too wide on a phone, each state with shape and word."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from ledger.records import read_record
from publisher.release import read_manifest
from tests.browser.folder import served
from tests.publisher.fake import CONTENT
from tests.publisher.whole import change, released

pytestmark = pytest.mark.browser
LONG = "<b>Supercalifragilisticexpialidocious</b>" * 3 + "很长的话" * 30
STICKS_OUT = """() => [...document.querySelectorAll('article *')]
  .filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map(each => each.outerHTML.slice(0, 120))"""
WIDE = "Donaudampfschifffahrtsgesellschaft" + "长" * 20
REGISTERS = ("board.html", "promises.html", "supervision.html", "handling.html", "suggestion/index.html")
LATE = "2026-029"
"""Of the sample: overdue, on the red track, under key supervision."""
UNTRUE = "2026-009"
"""Of the sample: said to be resolved, found not done."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample; two of its suggestions say everything at the greatest length."""
    folder = tmp_path_factory.mktemp("suggestions")
    records = folder / "records"
    shutil.copytree(CONTENT / "records", records)
    change(records / f"suggestion/{LATE}.yaml", subject=WIDE, place=LONG[:200])
    change(records / f"key_supervision/{LATE}.yaml", leader_post=WIDE[:40], plan=LONG, committee=WIDE[:40])
    change(records / f"suggestion/{UNTRUE}.yaml", subject=LONG[:100])
    reply = read_record(records / f"reply/{UNTRUE}.yaml")
    change(records / f"reply/{UNTRUE}.yaml", body=LONG + reply.answers["body"])
    change(records / "organ/transport-bureau.yaml", name=WIDE[:60])
    return released(folder, records)


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with served(site / "www") as at:
        yield at


def paths(site: Path, *kinds: str) -> list[str]:
    return [path for path in read_manifest(site).records.values() if path.partition("/")[0] in kinds]


def page_of(site: Path, text: str) -> str:
    """The page of the suggestion whose heading begins so."""
    found = [path for path in paths(site, "suggestion") if f"<h1>{text}" in (site / "www" / path).read_text()]
    return found[0]


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_the_screen(
    width: int, scheme: str, site: Path, address: str, browser: Browser
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 740}, color_scheme=scheme)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in (*REGISTERS, *paths(site, "suggestion", "organ", "printed_figure")):
        page.goto(f"{address}/{path}")
        page.evaluate("document.querySelectorAll('details.mb-more').forEach(each => each.open = true)")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, (path, page.evaluate(STICKS_OUT))
    page.close()
    assert said == [] and all(url.startswith((address, "data:")) for url in asked)


def test_the_state_and_who_must_act_stand_in_the_first_screen_of_a_phone(
    site: Path, address: str, browser: Browser
) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    for path in paths(site, "suggestion"):
        page.goto(f"{address}/{path}")
        verdict = page.locator(".mb-verdict")
        place = verdict.bounding_box()
        assert place and place["y"] + place["height"] < 740, path
        assert verdict.locator("strong").inner_text().endswith("。")
    page.close()


def test_a_contradiction_stands_before_the_reply_it_overrides(
    site: Path, address: str, browser: Browser
) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(f"{address}/{page_of(site, '&lt;b&gt;')}")
    clash, reply = page.locator(".mb-clash").bounding_box(), page.locator(".mb-reply").first.bounding_box()
    assert clash and reply and clash["y"] < reply["y"]
    assert "<b>Supercali" in page.locator(".mb-reply").first.inner_text()
    page.close()


def test_no_two_labels_of_a_deadline_lie_on_each_other(site: Path, address: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    overlapping = """() => [...document.querySelectorAll('.mb-clock svg.mb-svg')].filter(picture => {
      const boxes = [...picture.querySelectorAll('text')].map(each => each.getBoundingClientRect());
      return boxes.some((a, n) => boxes.slice(n + 1).some(b =>
        a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 4 && b.top < a.bottom - 4));
    }).map(each => each.getAttribute('aria-label'))"""
    for path in paths(site, "suggestion"):
        page.goto(f"{address}/{path}")
        page.evaluate("document.querySelectorAll('details.mb-more').forEach(each => each.open = true)")
        assert page.evaluate(overlapping) == [], path
    page.close()


def test_the_lanes_stand_side_by_side_where_there_is_room(site: Path, address: str, browser: Browser) -> None:
    for width, across in ((360, 1), (1280, 3)):
        page = browser.new_page(viewport={"width": width, "height": 740})
        page.goto(f"{address}/board.html")
        places = [each.bounding_box() for each in page.locator(".mb-board > section").all()]
        assert len({round(each["x"]) for each in places if each}) == across
        page.close()
