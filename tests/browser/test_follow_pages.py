"""关注 and the sheets to print, in a real browser: readable by all, no wider than a phone, one sheet long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from ledger.filing import OfficeRecord
from publisher.release import build, read_manifest
from tests.browser.axe import violations
from tests.browser.folder import served
from tests.publisher.fake import AS_OF, CONTENT, file_records

pytestmark = pytest.mark.browser
LONGEST = "<b>&\"'</b>" + "很长的名称" * 9 + "Donau"
"""As long as the name of a station may be."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A village, a station with the longest name and one with a short one."""
    folder = tmp_path_factory.mktemp("follow")
    grid = OfficeRecord("grid", {"name": "柳河村", "level": "village"}, ("records", "grid", "liuhe"))
    given = {"station_kind": "liaison_station", "level": "village_community", "grid": "liuhe"}
    stations = [
        OfficeRecord(
            "station",
            {**given, "name": name, "reception": [{"day": "每月 20 日"}]},
            ("records", "station", code),
        )
        for code, name in (("a", LONGEST[:60]), ("b", "柳河站"))
    ]
    file_records(folder / "home", CONTENT, [grid, *stations])
    return build(CONTENT, folder / "home", folder / "site", AS_OF).path


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with served(site / "www") as at:
        yield at


def stations(site: Path) -> list[str]:
    return [path for path in read_manifest(site).records.values() if path.startswith("station/")]


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_they_are_readable_and_keep_to_their_width_and_host(
    width: int, scheme: str, site: Path, address: str, browser: Browser
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 740}, color_scheme=scheme)  # type: ignore[arg-type]
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("response", lambda got: said.extend([got.url] * (got.status >= 400)))
    for path in (
        "follow.html",
        "poster/site.html",
        *(f"poster/{each}" for each in stations(site)),
        *stations(site),
    ):
        page.goto(f"{address}/{path}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
        if path == "follow.html" or path.startswith("poster/"):
            assert violations(page) == [], path
    page.close()
    assert said == [] and all(url.startswith((address, "data:")) for url in asked)


def test_a_sheet_prints_on_one_page_of_a4_whatever_the_name(
    site: Path, address: str, browser: Browser
) -> None:
    page = browser.new_page()
    for path in ("site.html", *stations(site)):
        page.goto(f"{address}/poster/{path}")
        printed = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1, path
        assert re.search(rb"/MediaBox \[0 0 59\d[.\d]* 84\d[.\d]*\]", printed), path
    page.close()


def test_what_a_record_page_links_to_is_there(site: Path, address: str, browser: Browser) -> None:
    page = browser.new_page()
    for path in stations(site):
        page.goto(f"{address}/{path}")
        hrefs = page.locator("#follow + nav a").evaluate_all("all => all.map(each => each.href)")
        heads = page.locator("link[rel~=alternate]").evaluate_all("all => all.map(each => each.href)")
        images = page.locator("meta[property='og:image']").evaluate_all(
            "all => all.map(each => each.content)"
        )
        assert len(hrefs) == 5 and len(heads) == 4 and hrefs[0] == heads[0]
        for href in (*hrefs, *heads):
            assert page.request.get(href).ok, href
        (image,) = images
        assert (site / "www" / image.removeprefix("http://127.0.0.1:8750/")).is_file()
    page.close()


def test_sheets_stand_in_no_sitemap_and_are_not_to_be_found_by_searching(site: Path) -> None:
    assert "poster/" not in (site / "www/sitemap.xml").read_text("utf-8")
    assert '<meta name="robots" content="noindex">' in (site / "www/poster/site.html").read_text("utf-8")
