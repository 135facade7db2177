"""Every sort of page of the public site: nothing for axe to find, and all of it opens from a folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.axe import violations
from tests.browser.folder import served
from tests.browser.site_screens import Site, wide
from tests.publisher.fake import CONTENT
from tests.publisher.whole import every_sort, sample_release

pytestmark = pytest.mark.browser
WIDTHS, SCHEMES = (360, 1280), ("light", "dark")
BOTH = [(360, "light"), (1280, "dark")]
"""What every run looks at, taking turns from template to template; the long size looks at all four."""


@pytest.fixture(scope="module")
def www(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_release(tmp_path_factory.mktemp("public")) / "www"


@pytest.fixture(scope="module")
def address(www: Path) -> Iterator[str]:
    with served(www) as at:
        yield at


def one_a_template(www: Path) -> list[str]:
    """Of the sorts of page, one for each template: lists and plain records are alike in every kind."""
    own = {path.name.split(".")[0] for path in (CONTENT / "templates").glob("*.*.html")} | {"visit"}
    return [path for path in every_sort(www) if "/" not in path or path.split("/")[0] in own]


def wrong(page: Page, address: str, paths: list[str]) -> list[str]:
    """What axe finds on these pages, each with everything on it unfolded."""
    found = []
    for path in paths:
        page.goto(f"{address}/{path}")
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        found += [f"{path}: {each}" for each in violations(page)]
    return found


@pytest.mark.parametrize("turn", range(len(BOTH)))
def test_axe_finds_nothing_on_a_page_of_any_template(
    turn: int, www: Path, address: str, browser: Browser
) -> None:
    width, scheme = BOTH[turn]
    page = browser.new_page(viewport={"width": width, "height": 740}, color_scheme=scheme)
    found = wrong(page, address, one_a_template(www)[turn :: len(BOTH)])
    page.close()
    assert found == []


@pytest.mark.full
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_on_a_page_of_any_sort(
    width: int, scheme: str, www: Path, address: str, browser: Browser
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 740}, color_scheme=scheme)
    found = wrong(page, address, every_sort(www))
    page.close()
    assert found == []


def test_axe_is_asked_about_what_a_page_says_itself(address: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{address}/about.html")
    page.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=x><h4>x</h4>')")
    found = " ".join(violations(page))
    page.close()
    assert "image-alt" in found and "heading-order" in found


def test_a_page_of_any_template_opens_from_a_folder(www: Path, browser: Browser) -> None:
    opens_from_a_folder(www, one_a_template(www), browser)


@pytest.mark.full
def test_every_sort_of_page_opens_from_a_folder(www: Path, browser: Browser) -> None:
    opens_from_a_folder(www, every_sort(www), browser)


def opens_from_a_folder(www: Path, paths: list[str], browser: Browser) -> None:
    """No fault, nothing missing, nothing asked of a host: on each of these pages."""
    page = browser.new_page(viewport={"width": 1280, "height": 740})
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    page.on("requestfailed", lambda request: said.append(f"failed: {request.url} {request.failure}"))
    page.on("request", lambda request: asked.append(request.url))
    for path in paths:
        if path == "404.html":
            continue  # its links start from the root of a host
        page.goto((www / path).as_uri())
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(246, 244, 240)", path
        assert page.evaluate("[...document.images].every(each => each.complete && each.naturalWidth > 0)"), (
            path
        )
        assert not page.locator(".mb-sift").is_visible(), path
    page.close()
    # a page left before its icon came gives the icon up: nothing is missing
    assert [each for each in said if not each.endswith("net::ERR_ABORTED")] == []
    assert all(url.startswith(("file:", "data:")) for url in asked)


def test_a_reader_walks_from_page_to_page_in_a_folder(www: Path, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 740})
    page.goto((www / "index.html").as_uri())
    page.locator(".md-tabs__link", has_text="代表建议").click()
    assert page.url == (www / "suggestion/index.html").as_uri()
    page.locator("tbody a").first.click()
    assert page.url.startswith((www / "suggestion/JY-").as_uri())
    page.locator(".mb-words a").first.click()
    assert page.url.startswith((www / "glossary.html").as_uri())
    page.close()


def test_without_a_script_every_page_says_the_same(www: Path, address: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for path in one_a_template(www):
        page.goto(f"{address}/{path}")
        assert page.locator("h1").first.is_visible(), path
        assert not page.locator(".mb-sift").is_visible(), path
    context.close()


def test_on_paper_there_is_no_navigation_and_the_addresses_of_the_data_are_written_out(
    www: Path, address: str, browser: Browser
) -> None:
    page = browser.new_page(color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    record = next(path for path in every_sort(www) if path.startswith("suggestion/JY-"))
    page.goto(f"{address}/{record}")
    for shut in (".md-header", ".md-tabs", ".md-sidebar", ".mb-sift"):
        assert not any(each.is_visible() for each in page.locator(shut).all()), shut
    assert page.evaluate("getComputedStyle(document.querySelector('.md-typeset')).color") == "rgb(0, 0, 0)"
    written = "getComputedStyle(document.querySelector('.mb-links a[href^=http]'), '::after').content"
    assert page.evaluate(written) == f'"{page.get_attribute(".mb-links a[href^=http]", "href")}"'
    late = "getComputedStyle(document.querySelector('.mb-svg .on')).fill"
    assert page.evaluate(late) == "rgb(51, 51, 51)"
    page.goto(f"{address}/suggestion/index.html")
    heads = page.locator("thead th").all()
    assert heads and all(each.is_visible() for each in heads)
    page.close()


def test_no_main_page_is_wider_than_a_phone(www: Path, address: str, browser: Browser) -> None:
    site = Site(www, address, "")
    assert list(wide(browser, site, data=False)) == []


def test_a_page_that_is_too_wide_is_noticed(
    www: Path, address: str, browser: Browser, tmp_path: Path
) -> None:
    (tmp_path / "year").mkdir()
    (tmp_path / "year/2026.html").write_text(
        "<meta name=viewport content=width=device-width><pre>" + "x" * 400
    )
    with served(tmp_path) as at:
        assert list(wide(browser, Site(tmp_path, at, ""), only=("year",)))
