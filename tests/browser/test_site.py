"""The built site in a real browser: nothing from elsewhere, nothing too wide, no record's text runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from ledger.filing import OfficeRecord
from publisher.release import build, read_manifest
from tests.browser.folder import served
from tests.publisher.fake import AS_OF, CONTENT, file_records, visit

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}} 修路"
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small site: a village, visits with long and hostile texts, a withheld suggestion."""
    folder = tmp_path_factory.mktemp("site")
    home = folder / "home"
    village = OfficeRecord(
        "grid", {"name": "柳河村" + "很长" * 15, "level": "village"}, ("records", "grid", "liuhe")
    )
    said = {"summary": HOSTILE + "很长的话。" * 80, "topics": ["roads", "water", "elderly"]}
    withheld = {"subject": "不公开的事", "confidentiality": "privacy"}
    suggestion = OfficeRecord("suggestion", withheld, ("records", "suggestion", "s"))
    file_records(home, CONTENT, [village, visit("a", **said), visit("b"), suggestion])
    return build(CONTENT, home, folder / "site", AS_OF).path


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with served(site / "www") as at:
        yield at


def paths(site: Path) -> list[str]:
    """A page of every sort."""
    records = read_manifest(site).records.values()
    lists = [f"{kind}/index.html" for kind in ("visit", "grid", "suggestion")]
    return [*lists, *records, "index.html", "catalogue.html", "data.html", "about.html"]


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_sort_of_page_keeps_to_its_host_and_to_its_width(
    width: int, scheme: str, site: Path, address: str, browser: Browser
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 740}, color_scheme=scheme)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in paths(site):
        page.goto(f"{address}/{path}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
    page.close()
    assert said == [] and all(url.startswith((address, "data:")) for url in asked)


def test_a_hostile_text_stands_there_as_it_was_written(site: Path, address: str, browser: Browser) -> None:
    page = browser.new_page()
    (path,) = [path for path in read_manifest(site).records.values() if HOSTILE[:4] in text_of(site, path)]
    page.goto(f"{address}/{path}")
    assert HOSTILE in page.inner_text(".mb-doc")
    page.close()


def text_of(site: Path, path: str) -> str:
    import html

    return html.unescape((site / "www" / path).read_text("utf-8")).partition("mb-doc")[2]


def test_the_tab_of_a_records_kind_is_lit_and_leads_back_to_the_list(
    site: Path, address: str, browser: Browser
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 740})
    path = next(path for path in read_manifest(site).records.values() if path.startswith("visit/"))
    page.goto(f"{address}/{path}")
    tab = page.locator(".md-tabs__item--active a")
    assert tab.inner_text().strip() == "联系群众"
    tab.click()
    expect(page).to_have_url(f"{address}/visit/index.html")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.close()


def test_a_finger_hits_what_it_means_to_on_a_phone(site: Path, address: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(f"{address}/index.html")
    for target in page.locator(".mb-tiles a, .mb-links a, .mb-all a").all():
        assert target.bounding_box()["height"] >= 44, target.inner_text()
    page.close()
