"""Datasette's pages in a browser: nothing in a record runs, nothing comes from elsewhere, links lead on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_story import served
from tests.publisher.small_release import code, congress, records, write_release
from tests.publisher.test_datasette_pages import HOSTILE
from tests.publisher.test_serve import publish

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of Datasette over records in which every text is hostile."""
    site = tmp_path_factory.mktemp("data-pages") / "site"
    rows = records(5_000)
    for n, row in enumerate(rows):
        text = HOSTILE[n % len(HOSTILE)]
        row |= {"title": f"{n} {text}", "subject": text, "body": f"{text} 道路积水"}
    write_release(site / "releases" / "one" / "data", rows)
    publish(site, "one", {"index.html": "x", "404.html": "x"})
    with served(site) as (_, data):
        yield data


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    yield context.new_page()
    context.close()


def test_nothing_in_a_record_runs(
    data: str, page: Page, watch: Callable[[Page], Page], complaints: list[str]
) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    watch(page)
    for address in (
        "/",
        "/public",
        "/public/record",
        "/public/record?_search=道路&_facet=subject",
        f"/public/record/{code('JL', 3)}",
        "/public/search?q=alert",
        "/public?sql=select+*+from+record+limit+20",
        "/public/record_by_level",
    ):
        page.goto(f"{data}{address}")
        page.wait_for_load_state("networkidle")
        assert (
            page.locator("section.content img, section.content iframe, section.content svg[onload]").count()
            == 0
        )
    assert dialogs == [] and complaints == []


def test_a_reader_searches_opens_a_row_and_finds_the_way_to_its_page(data: str, page: Page) -> None:
    page.goto(data)
    page.get_by_role("searchbox").fill("积水")
    page.get_by_role("button", name="检索全部记录").click()
    expect(page.get_by_text("结果：")).to_be_visible()
    page.locator("td a").first.click()
    link = page.get_by_role("link", name="在公开网站上看")
    site = congress().addresses["www"]
    assert (link.get_attribute("href") or "").startswith(f"{site}/record/JL-2026-")


def test_the_menu_of_a_column_speaks_chinese(data: str, page: Page) -> None:
    page.goto(f"{data}/public/record")
    page.locator("th svg").nth(2).click()
    for said in ("从小到大", "按这一列分组", "隐藏这一列"):
        expect(page.get_by_text(said, exact=True)).to_be_visible()


def test_a_chinese_face_is_shown_and_nothing_overflows_a_phone(data: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    page = context.new_page()
    for address in ("/", f"/public/record/{code('JL', 3)}", "/public/search?q=积水"):
        page.goto(f"{data}{address}")
        assert page.evaluate("document.documentElement.lang") == "zh-CN"
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()
