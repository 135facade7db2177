"""What pages do besides being read (assets/page.js): colours, where one is, print."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ledger.filing import OfficeRecord
from publisher.release import build
from tests.browser.folder import served
from tests.publisher.fake import AS_OF, CONTENT, file_records, visit

pytestmark = pytest.mark.browser
SCHEME = "document.body.getAttribute('data-md-color-scheme')"
DARK, LIGHT = "slate", "default"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    village = OfficeRecord("grid", {"name": "柳河村", "level": "village"}, ("records", "grid", "liuhe"))
    file_records(folder / "home", CONTENT, [village, visit("a", summary="很长的话。" * 190)])
    return build(CONTENT, folder / "home", folder / "site", AS_OF).path / "www"


@pytest.fixture(scope="module")
def address(release: Path) -> Iterator[str]:
    with served(release) as at:
        yield at


def record(release: Path) -> str:
    """A record's page, by its path."""
    (name,) = [path.name for path in (release / "visit").glob("ZF-*.html")]
    return f"visit/{name}"


def choose(page: Page, name: str) -> None:
    """Press the button of the header that is there."""
    expect(page.locator("label[for^=__palette]:visible")).to_have_count(1)
    page.locator("header").get_by_title(name).click()


@pytest.mark.parametrize(("system", "scheme"), [("light", LIGHT), ("dark", DARK)])
def test_the_system_s_colours_are_worn_until_others_are_chosen_and_those_are_kept(
    address: str, browser: Browser, system: str, scheme: str
) -> None:
    context = browser.new_context(color_scheme=system)
    page = context.new_page()
    page.goto(f"{address}/index.html")
    assert page.evaluate(SCHEME) == scheme
    page.emulate_media(color_scheme="dark" if system == "light" else "light")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", DARK if scheme == LIGHT else LIGHT)
    page.emulate_media(color_scheme=system)
    choose(page, "换成深色" if system == "light" else "换成浅色")
    other = page.evaluate(SCHEME)
    assert other != scheme
    page.goto(f"{address}/visit/index.html")
    assert page.evaluate(SCHEME) == other
    choose(page, "换成浅色" if system == "light" else "换成深色")
    page.reload()
    assert page.evaluate(SCHEME) == scheme
    context.close()


def test_the_colours_change_by_keyboard(address: str, browser: Browser) -> None:
    page = browser.new_page(color_scheme="light")
    page.goto(f"{address}/index.html")
    page.locator("#__palette_0").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(SCHEME) == DARK
    page.keyboard.press("Enter")
    assert page.evaluate(SCHEME) == LIGHT
    page.keyboard.press("Enter")
    assert page.evaluate(SCHEME) == DARK
    page.close()


def test_something_else_in_the_storage_is_no_colour(address: str, browser: Browser) -> None:
    page = browser.new_page(color_scheme="light")
    page.goto(f"{address}/index.html")
    for said in ('{"index": 7}', '{"index": "length"}', '"dark"', "3"):
        page.evaluate("said => localStorage.setItem(__md_scope.pathname + '.__palette', said)", said)
        page.reload()
        assert page.evaluate(SCHEME) == LIGHT
    page.close()


def test_header_and_contents_say_where_one_is(release: Path, address: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 1400})  # the last part cannot reach its top
    page.goto(f"{address}/{record(release)}")
    title, active = page.locator(".md-header__title"), page.locator("a.md-nav__link--active[href^='#']")
    expect(title).not_to_have_class("md-header__title md-header__title--active")
    places = [
        each.get_attribute("href") for each in page.locator(".md-sidebar--secondary a[href^='#']").all()
    ]
    assert len(places) > 2
    for place in places:
        page.evaluate("at => document.querySelector(at).scrollIntoView({block: 'start'})", place)
        tops = page.evaluate(
            "places => places.map((at) => document.querySelector(at).getBoundingClientRect().top)", places
        )
        passed = [at for at, top in zip(places, tops, strict=True) if top < 1400 / 5]
        assert passed == places[: len(passed)]
        ended = page.evaluate("innerHeight + scrollY >= document.documentElement.scrollHeight - 1")
        expect(active).to_have_attribute("href", str(places[-1] if ended else passed[-1]))
    assert ended and len(passed) < len(places)
    expect(title).to_have_class("md-header__title md-header__title--active")
    page.evaluate("scrollTo(0, 0)")
    expect(title).to_have_class("md-header__title")
    expect(active).to_have_count(0)
    page.close()


def test_the_menu_shuts_for_a_part_of_the_page_and_says_what_is_open(address: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 740})
    page.goto(f"{address}/about.html")
    page.locator("header label[for=__drawer]").click()
    drawer = page.locator(".md-sidebar--primary")
    expect(drawer).to_be_in_viewport()
    page.locator("label[for=__toc]:visible").first.click()
    drawer.locator("a[href^='#']:visible").last.click()
    expect(page.locator("#__drawer")).not_to_be_checked()
    expect(drawer).not_to_be_in_viewport()
    page.locator("header label[for=__drawer]").click()
    drawer.locator(".md-nav__title[for=__toc]").click()
    label = page.locator("label.md-nav__link[for^=__nav_]:not([for=__toc])")
    inner = page.locator(f"nav[aria-labelledby='{label.get_attribute('id')}']")
    expect(inner).to_have_attribute("aria-expanded", "true")
    inner.locator(".md-nav__title").first.click()
    expect(inner).to_have_attribute("aria-expanded", "false")
    part = drawer.get_by_role("link", name="代表建议")
    expect(part).to_be_visible()
    label.click()
    expect(inner).to_have_attribute("aria-expanded", "true")
    part.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/suggestion/index.html")
    page.close()


def test_on_paper_everything_is_open_and_afterwards_as_it_was(
    release: Path, address: str, browser: Browser
) -> None:
    page = browser.new_page()
    page.goto(f"{address}/{record(release)}")
    shut = page.locator("details:not([open])")
    before = shut.count()
    assert before > 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert shut.count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert shut.count() == before
    page.close()


def test_from_a_folder_it_works_as_well(release: Path, browser: Browser) -> None:
    page = browser.new_page(color_scheme="light")
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto((release / record(release)).as_uri())
    choose(page, "换成深色")
    assert page.evaluate(SCHEME) == DARK and faults == []
    page.close()


def test_no_script_of_the_theme_is_there(release: Path, address: str, browser: Browser) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(f"{address}/")))
    page.goto(f"{address}/index.html")
    assert "assets/page.js" in asked and not list(release.rglob("assets/javascripts"))
    sizes = [(release / each).stat().st_size for each in asked if each.endswith(".js")]
    assert sum(sizes) < 12_000, sizes
    page.close()
