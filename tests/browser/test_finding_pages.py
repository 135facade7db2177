"""Home, names, deputies, places and stations in a real browser: phone and desktop, light and dark."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from publisher.release import read_manifest
from tests.browser.axe import violations
from tests.browser.folder import served
from tests.publisher.fake import CONTENT
from tests.publisher.whole import change, released

pytestmark = pytest.mark.browser
LONG = "Donaudampfschifffahrtsgesellschaft" + "长" * 20
KINDS = ("deputy", "grid", "station")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, with names as long as the forms allow."""
    folder = tmp_path_factory.mktemp("finding")
    records = folder / "records"
    shutil.copytree(CONTENT / "records", records)
    change(records / "deputy/lin-xiuhe.yaml", name=LONG[:30], constituency=LONG[:54])
    change(records / "report_back/2026-lin-xiuhe.yaml", constituency=LONG[:54])  # in their own
    change(records / "grid/liuhe-03.yaml", name=LONG[:40])
    change(records / "station/liuhe-home.yaml", name=LONG[:54], address=(LONG * 2)[:100])
    change(records / "suggestion/2026-029.yaml", subject=(LONG * 2)[:100])
    return released(folder, records)


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with served(site / "www") as at:
        yield at


def paths(site: Path) -> list[str]:
    records = read_manifest(site).records.values()
    return ["index.html", "find.html", *(path for path in records if path.partition("/")[0] in KINDS)]


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
    for path in paths(site):
        page.goto(f"{address}/{path}")
        page.evaluate("document.querySelectorAll('details.mb-more').forEach(each => each.open = true)")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
    page.close()
    assert said == [] and all(url.startswith((address, "data:")) for url in asked)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(scheme: str, site: Path, address: str, browser: Browser) -> None:
    found = {}
    page = browser.new_page(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    each_kind = {path.partition("/")[0]: path for path in paths(site)}
    for path in each_kind.values():
        page.goto(f"{address}/{path}")
        page.evaluate("document.querySelectorAll('details.mb-more').forEach(each => each.open = true)")
        found[path] = violations(page)
    page.close()
    assert {path: said for path, said in found.items() if said} == {}


def test_the_filter_shows_what_holds_the_words_with_the_places_round_it(
    address: str, browser: Browser
) -> None:
    page = browser.new_page()
    page.goto(f"{address}/find.html")
    page.locator(".mb-filter input").fill("竹园村第一")
    shown = page.locator(".mb-tree li:visible > a").all_inner_texts()
    assert shown == ["柳河镇", "竹园村", "竹园村第一网格"]
    assert page.locator(".mb-filter output").inner_text() == "1 个名字"
    page.locator(".mb-filter input").fill("秦月")
    assert page.locator(".mb-names li:visible > a").all_inner_texts() == ["秦月白"]
    page.locator(".mb-filter input").fill("没有这个")
    assert "没有这样的名字" in page.locator(".mb-filter output").inner_text()
    page.locator(".mb-filter input").fill("")
    assert page.locator(".mb-tree li:visible").count() == 11
    page.close()


def test_without_a_script_every_name_is_a_link_and_the_field_is_not_there(
    site: Path, address: str, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/find.html")
    assert page.locator(".mb-filter").is_hidden()
    for names in (".mb-tree a", ".mb-names a"):
        for link in page.locator(names).all():
            assert link.is_visible() and (site / "www" / str(link.get_attribute("href"))).is_file()
    context.close()


def test_the_three_questions_are_answered_in_the_first_screens_of_a_phone(
    address: str, browser: Browser
) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(f"{address}/index.html")
    verdict = page.locator(".mb-verdict").bounding_box()
    assert verdict and verdict["y"] + verdict["height"] < 740
    heads = page.locator(".mb-now h2").all_inner_texts()
    assert [head.split("\n")[0] for head in heads] == ["已经定了", "快到期", "已经超期"]
    page.close()
