"""Search in a real browser, served with the site's own headers: names first, then texts, then the data."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ledger.filing import OfficeRecord
from publisher.release import build, read_manifest
from publisher.serve import listen, serve_site
from tests.browser.axe import violations
from tests.browser.office import ROOT
from tests.publisher.fake import AS_OF, CONTENT, file_records, visit

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>饮水机"
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two villages and visits of two years: many with one word, one with a text that would run."""
    folder = tmp_path_factory.mktemp("search")
    home = folder / "home"
    villages = [
        OfficeRecord("grid", {"name": name, "level": "village"}, ("records", "grid", id))
        for name, id in (("柳河村", "liuhe"), ("北柳河村", "beiliuhe"))
    ]
    visits = [
        visit(f"v{n}", visited_on=f"202{5 + n % 2}-03-{n % 28 + 1:02d}", summary=f"第{n}户说，路灯坏了。")
        for n in range(24)
    ]
    visits += [
        visit("hostile", summary=HOSTILE),
        visit("apart", summary="加装的是电梯。"),
        visit("whole", visited_on="2025-04-01", summary="老旧小区加装电梯，说了三年。"),
    ]
    file_records(home, CONTENT, [*villages, *visits])
    return build(CONTENT, home, folder / "site", AS_OF).path


@pytest.fixture(scope="module")
def address(release: Path) -> Iterator[str]:
    """The site as it is served, with its Content-Security-Policy."""
    listener = listen(0)
    port = listener.getsockname()[1]
    loop = asyncio.new_event_loop()
    serving = loop.create_task(serve_site(release.parents[1], listener, ("http://127.0.0.1:8752",)))

    def run() -> None:
        loop.run_until_complete(asyncio.wait([serving]))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    loop.call_soon_threadsafe(serving.cancel)
    thread.join(timeout=20)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A desktop page that must have nothing to complain of."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    yield page
    page.close()
    assert said == []


def search(page: Page, text: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(text)


def said(page: Page) -> Locator:
    return page.locator("#mb-search [role=status]")


def test_nothing_of_the_search_is_loaded_before_somebody_steps_into_it(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(address)))
    page.goto(f"{address}/visit/index.html")
    page.wait_for_load_state("networkidle")
    assert [path for path in asked if "search" in path] == ["/assets/search.js"]
    page.locator("#mb-search input").focus()
    expect(page.locator("#mb-search [role=status]")).to_contain_text("两个字")
    more = [path for path in asked if "search" in path][1:]
    assert more == ["/assets/searching.js", "/search/now.js"]


def test_a_name_comes_first_then_the_texts_that_hold_it(page: Page, address: str, release: Path) -> None:
    page.goto(f"{address}/catalogue.html")
    search(page, "柳河村")
    items = page.locator("#mb-search li")
    expect(items.first).to_contain_text("柳河村")
    expect(said(page)).to_contain_text("条里有")
    first, second = items.nth(0).inner_text(), items.nth(1).inner_text()
    assert first.startswith("柳河村") and second.startswith("北柳河村") and "网格" in first
    items.first.locator("a").click()
    page.wait_for_url(f"{address}/grid/*.html")


def test_two_characters_find_every_text_of_every_year_ten_at_a_time(page: Page, address: str) -> None:
    page.goto(f"{address}/index.html")
    search(page, "路灯")
    expect(said(page)).to_have_text("24 条里有“路灯”")
    items = page.locator("#mb-search li")
    expect(items).to_have_count(10)
    assert all("路灯" in text for text in items.locator("mark").all_inner_texts())
    for count in (20, 24):
        page.click("#mb-search .mb-search-after button")
        expect(items).to_have_count(count)
    expect(page.locator("#mb-search .mb-search-after button")).to_have_count(0)
    found = {a.get_attribute("href") for a in items.locator("a").all()}
    assert len(found) == 24


def test_a_long_word_is_found_as_it_is_written_and_two_words_must_both_be_there(
    page: Page, address: str
) -> None:
    page.goto(f"{address}/index.html")
    items = page.locator("#mb-search li")
    asked = (("加装电梯", 1), ("电梯 加装", 2), ("电梯 路灯", 0), ("装的是", 1), ("柳河 没有", 0), ("😀", 0))
    for text, count in asked:
        search(page, text)
        expect(said(page)).to_contain_text(text)
        expect(items).to_have_count(count)
        page.locator("#mb-search input").fill("")
        expect(said(page)).to_contain_text("两个字")
        page.keyboard.press("Escape")


def test_a_code_is_found_whole_begun_or_by_its_end(page: Page, address: str, release: Path) -> None:
    code = next(code for code, path in read_manifest(release).records.items() if path.startswith("visit/"))
    page.goto(f"{address}/index.html")
    typed = (code.lower(), code.replace("-", ""), code.replace("-", " "), code.replace("2026", "2o26"))
    for text in (code, *typed, code[:-1], code[-4:]):
        search(page, text)
        expect(page.locator("#mb-search li", has_text=code)).to_have_count(1)
        page.locator("#mb-search input").fill("")
        expect(said(page)).to_contain_text("两个字")
        page.keyboard.press("Escape")


def test_what_is_nowhere_is_said_to_be_nowhere_and_the_data_can_be_asked(page: Page, address: str) -> None:
    page.goto(f"{address}/index.html")
    search(page, "冷链")
    expect(said(page)).to_contain_text("没有一条里有“冷链”")
    expect(page.locator("#mb-search li")).to_have_count(0)
    link = page.locator("#mb-search .mb-search-data")
    assert link.get_attribute("href") == "http://127.0.0.1:8752/public/search?q=%E5%86%B7%E9%93%BE"


def test_keys_open_walk_and_close(page: Page, address: str) -> None:
    page.goto(f"{address}/index.html")
    search(page, "路灯")
    links = page.locator("#mb-search li a")
    expect(links).to_have_count(10)
    page.keyboard.press("ArrowDown")
    expect(links.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#mb-search input")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#__search")).not_to_be_checked()
    expect(page.locator("#mb-search input")).not_to_be_focused()


def test_a_hostile_text_is_shown_and_does_not_run(page: Page, address: str) -> None:
    page.goto(f"{address}/index.html")
    search(page, "饮水机")
    expect(page.locator("#mb-search li")).to_have_count(1)
    expect(page.locator("#mb-search .mb-search-text")).to_contain_text("script>alert(2)</script>饮水机")
    assert page.locator("#mb-search li :is(img, script)").count() == 0


def test_what_was_asked_last_is_what_stands_there(page: Page, address: str) -> None:
    page.goto(f"{address}/index.html")
    search(page, "路灯")
    page.keyboard.press("Enter")
    page.locator("#mb-search input").fill("饮水机")
    page.keyboard.press("Enter")
    expect(said(page)).to_have_text("1 条里有“饮水机”")
    expect(page.locator("#mb-search li")).to_have_count(1)


def test_the_page_of_the_search_answers_an_address(page: Page, address: str) -> None:
    page.goto(f"{address}/search.html?q=%E8%B7%AF%E7%81%AF")
    expect(page.locator(".mb-search-page [role=status]")).to_have_text("24 条里有“路灯”")
    page.fill("#mb-q", "饮水机")
    page.keyboard.press("Enter")
    expect(page.locator(".mb-search-page li")).to_have_count(1)
    assert page.evaluate("new URLSearchParams(location.search).get('q')") == "饮水机"


def test_without_a_network_the_search_says_so_and_can_be_tried_again(browser: Browser, address: str) -> None:
    complained: list[str] = []
    other = browser.new_page(viewport={"width": 1280, "height": 800})
    other.on("pageerror", lambda error: complained.append(str(error)))
    other.goto(f"{address}/index.html")
    other.route("**/pagefind.js", lambda route: route.abort())
    search(other, "路灯")
    expect(said(other)).to_contain_text("再按一次")
    other.unroute("**/pagefind.js")
    other.locator("#mb-search input").press("Enter")
    expect(said(other)).to_have_text("24 条里有“路灯”")
    other.close()
    assert complained == []


def test_from_a_folder_names_are_found_and_the_rest_is_said_to_need_the_website(
    page: Page, release: Path
) -> None:
    page.goto(f"{(release / 'www/visit/index.html').as_uri()}")
    search(page, "柳河")
    expect(page.locator("#mb-search li").nth(1)).to_contain_text("北柳河村")
    expect(said(page)).to_contain_text("请到网站上搜")
    page.locator("#mb-search li a").first.click()
    expect(page.locator("h1")).to_contain_text("柳河村")


def test_without_a_script_the_button_leads_to_a_form_that_asks_the_data(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{address}/visit/index.html")
    page.click(".mb-search-open")
    page.wait_for_url(f"{address}/search.html")
    assert "到原始数据里去找" in page.inner_text(".mb-search-page")
    page.route("http://127.0.0.1:8752/**", lambda route: route.fulfill(body="data"))
    page.fill("#mb-q", "电梯")
    page.click(".mb-find button")
    page.wait_for_url("http://127.0.0.1:8752/public/search?q=%E7%94%B5%E6%A2%AF")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_open_field_keeps_to_its_width_and_axe_finds_nothing(
    width: int, scheme: str, browser: Browser, address: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 740}, color_scheme=scheme, bypass_csp=True)
    page.goto(f"{address}/visit/index.html")
    if width == 360:
        page.click(".mb-search-open")
        page.keyboard.type("路灯")
    else:
        search(page, "路灯")
    expect(page.locator("#mb-search li")).to_have_count(10)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert violations(page) == []
    page.goto(f"{address}/search.html?q=%E8%B7%AF%E7%81%AF")
    expect(page.locator(".mb-search-page li")).to_have_count(10)
    assert violations(page) == []
    page.close()


def test_the_browser_spells_a_text_as_the_index_does(page: Page, address: str) -> None:
    page.goto(f"{address}/index.html")
    search(page, "路灯")
    expect(page.locator("#mb-search li")).to_have_count(10)
    for case in json.loads((ROOT / "tests/cases/search.json").read_text("utf-8")):
        assert page.evaluate("text => mbSearching.tokens(text)", case["text"]) == case["tokens"]
