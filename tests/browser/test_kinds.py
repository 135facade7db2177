"""Every kind of record that one may write: under headings, and among many found by a few letters."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import violations
from tests.browser.screens import Scene
from tests.browser.test_looks import LOOKS

pytestmark = pytest.mark.browser
GROUPS = ("民生实事", "代表建议", "联系群众", "联络站点", "代表履职", "监督", "人大工作", "名册和其他")


@pytest.fixture(scope="module")
def scene(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    scene = Scene(browser, tmp_path_factory.mktemp("kinds"), everything=False)
    yield scene
    scene.close()


def opened(page: Page) -> Page:
    """At the list of every kind, whatever was looked for before."""
    page.evaluate("() => { location.hash = '#/' }")
    page.reload()
    page.get_by_role("button", name="还可以记别的", exact=True).click()
    expect(page.locator(".kinds").first).to_be_visible()
    return page


def headings(page: Page) -> list[str]:
    return page.locator(".kinds h3").all_inner_texts()


def test_a_clerk_finds_every_kind_under_its_group_in_the_order_of_the_site(scene: Scene) -> None:
    page = opened(scene.page("clerk"))
    assert tuple(headings(page)) == GROUPS
    oversight = page.locator(".kinds").filter(has=page.get_by_role("heading", name="监督", exact=True))
    expect(oversight.get_by_role("button", name="审议意见", exact=True)).to_be_visible()
    tiles = page.locator(".kinds button").all_inner_texts()
    assert len(tiles) == len(set(tiles)) > 60


def test_a_clerk_finds_a_kind_by_its_name_or_the_first_letters_of_its_pinyin(scene: Scene) -> None:
    page = opened(scene.page("clerk"))
    search, found = page.get_by_label("按名称找"), page.locator(".kinds button")
    for typed, kind in (("审议意", "审议意见"), ("syyj", "审议意见"), ("Street council", "街道议政代表会")):
        search.fill(typed)
        expect(found.first).to_have_text(kind)
    search.fill("没有这种")
    expect(page.get_by_role("status")).to_have_text("没有找到“没有这种”，换几个字试试")
    expect(found).to_have_count(0)
    search.fill("决议跟踪")
    expect(page.get_by_role("status")).to_have_text("找到 1 种")
    assert headings(page) == ["监督"]
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("决议跟踪")


def test_a_deputy_has_the_same_headings_and_no_field_to_search(scene: Scene) -> None:
    page = opened(scene.page("deputy"))
    assert [each for each in GROUPS if each in headings(page)] == headings(page)
    assert {"民生实事", "代表建议", "联系群众"} <= set(headings(page))
    expect(page.get_by_label("按名称找")).to_have_count(0)
    fewer = page.get_by_role("button", name="收起", exact=True)
    assert fewer.get_attribute("aria-expanded") == "true"
    assert fewer.evaluate("one => document.activeElement === one")
    fewer.press("Enter")
    expect(page.locator(".kinds")).to_have_count(0)
    expect(page.locator(".tiles button")).to_have_count(6)


@pytest.mark.parametrize("width", [360, 1280])
def test_the_list_of_every_kind_is_open_to_everybody(scene: Scene, width: int) -> None:
    page = scene.page("clerk")
    page.set_viewport_size({"width": width, "height": 900})
    opened(page)
    page.set_viewport_size({"width": width, "height": page.evaluate("document.documentElement.scrollHeight")})
    assert not [*page.evaluate(LOOKS), *violations(page)]


def test_in_english_the_headings_are_english(scene: Scene) -> None:
    page = scene.page("deputy")
    page.evaluate("() => localStorage.setItem('mingbai.settings', JSON.stringify({size: 18, lang: 'en'}))")
    page.reload()
    page.get_by_role("button", name="Other records", exact=True).click()
    expect(page.get_by_role("heading", name="Livelihood projects", exact=True)).to_be_visible()
    assert headings(page)[-1] == "Registers and others"
