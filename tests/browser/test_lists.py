"""A list of five thousand rows sorted and filtered in the page: address, way back, screen reader."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from publisher.pages.making import Site
from publisher.pages.site import pages, specimens
from publisher.stamping.stamp import BEGIN, END, Shell, stamp
from tests.browser.axe import violations
from tests.browser.folder import served
from tests.publisher.fake import CONTENT, FakeLedger, form, published, shipped
from tests.publisher.test_list_rows import MANY

pytestmark = pytest.mark.browser
N, DRAWN = 5_000, 100
EVIL = "<img src=x onerror=alert(1)>坏字"
SHELL = (
    '<!doctype html><html lang="zh" style="font-size:125%"><head><meta charset="utf-8">'
    "<title>mbtitlemb</title>"
    '<meta name="viewport" content="width=device-width,initial-scale=1">'
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'self'; img-src data:; style-src-attr 'unsafe-inline'\">"
    '<link rel="icon" href="data:,"><link rel="stylesheet" href="../assets/site.css"></head>'
    f'<body data-md-color-scheme="default"><main class="md-typeset">{BEGIN}{END}</main></body></html>'
)


@pytest.fixture(scope="module")
def www(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five thousand notes: of levels a and b by turns, every seventh without a number, one of them evil."""
    folder = tmp_path_factory.mktemp("lists")
    ledger, note = FakeLedger(), form(MANY)
    for n in range(N):
        answers = {
            "subject": f"第 {n} 件" if n else EVIL,
            "open": n % 50 != 3,
            "day": f"2026-{n % 12 + 1:02d}-{n % 28 + 1:02d}",
            "level": "ab"[n % 2],
            **({} if n % 7 == 0 else {"people": n}),
        }
        ledger.file(note, answers, code=f"BT-2026-{code(n)}")
    public = published(folder / "public.db", ledger, note)
    content = shipped()
    shells = dict.fromkeys(specimens(["note"]), Shell.cut(SHELL))
    database = {"sha256": "", "bytes": 0}
    site = Site(
        public, shells, content.templates, content.congress, content.words, "", database, content.rulebook
    )
    (folder / "www").mkdir()
    stamp(pages(site), folder / "www")
    shutil.copytree(CONTENT / "pages/assets", folder / "www/assets")
    return folder / "www"


def code(n: int) -> str:
    """A letter and three digits, others for each number."""
    return f"{'ABCDEFGHJK'[n // 1000]}{n % 1000:03d}"


@pytest.fixture(scope="module")
def address(www: Path) -> Iterator[str]:
    with served(www) as at:
        yield f"{at}/note/index.html"


@pytest.fixture
def page(browser: Browser, watch: Callable[[Page], Page], complaints: list[str]) -> Iterator[Page]:
    page = watch(browser.new_page(viewport={"width": 1280, "height": 900}))
    page.set_default_timeout(15_000)
    yield page
    page.close()
    assert complaints == []


def status(page: Page) -> str:
    return page.inner_text(".mb-sifted")


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    page.locator(".mb-sift summary").click()
    expect(page.locator(".mb-sift select").first).to_be_visible()
    return page


def choose(page: Page, label: str, value: str) -> None:
    page.get_by_role("combobox", name=label, exact=True).select_option(label=value)


def titles(page: Page) -> list[str]:
    return page.locator("tbody td.t a").all_inner_texts()


def test_the_rows_are_fetched_only_when_they_are_asked_for(address: str, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    expect(page.locator(".mb-sift")).to_be_visible()
    assert not [url for url in asked if url.endswith(".json")]
    page.locator(".mb-sift summary").click()
    expect(page.locator(".mb-sift select").first).to_be_visible()
    assert len([url for url in asked if url.endswith("note/rows.json")]) == 1


def test_filters_are_combined_and_the_address_says_so(address: str, page: Page) -> None:
    opened(page, address)
    choose(page, "级", "甲")
    expect(page.locator(".mb-sifted")).to_contain_text("2500 条，全部 5000 条")
    page.get_by_label("找字").fill("件 bt-2026-b")
    expect(page.locator(".mb-sifted")).not_to_contain_text("2500 条")
    page.get_by_label("找字").press("Enter")
    expect(page.locator(".mb-sifted")).to_contain_text("500 条，全部 5000 条")
    assert "level=a" in page.url and "q=" in page.url
    codes = page.locator("tbody small").all_inner_texts()
    assert len(codes) == DRAWN and all(each.startswith("BT-2026-B") for each in codes)


def test_every_row_is_sorted_and_not_only_those_of_this_page(address: str, page: Page) -> None:
    opened(page, address)
    choose(page, "排序", "人数，多的在前")
    expect(page.locator("tbody td.t a").first).to_have_text("第 4999 件")
    assert page.locator("tbody tr").count() == DRAWN
    expect(page.locator("th", has_text="人数")).to_have_attribute("aria-sort", "descending")
    page.locator("th button", has_text="人数").click()
    expect(page.locator("tbody td.t a").first).to_have_text("第 1 件")
    expect(page.locator("th[aria-sort]")).to_have_count(1)
    expect(page.locator("th", has_text="人数")).to_have_attribute("aria-sort", "ascending")
    assert page.evaluate("document.activeElement.textContent").startswith("人数")


def test_what_has_no_value_comes_last_either_way(address: str, page: Page) -> None:
    for way in ("-people", "people"):
        page.goto(f"{address}?sort={way}&page=50")
        expect(page.locator(".mb-sifted")).to_contain_text("人数")
        expect(page.locator("tbody td[data-l='人数']")).to_have_count(0)


def test_an_address_brings_back_what_was_chosen_and_so_does_the_way_back(address: str, page: Page) -> None:
    page.goto(f"{address}?sort=-people&level=b")
    expect(page.locator(".mb-sifted")).to_contain_text("级：乙")
    expect(page.locator("tbody td.t a").first).to_have_text("第 4999 件")
    page.locator(".mb-sift summary").click()
    chosen = page.get_by_role("combobox", name="级", exact=True).locator("option:checked")
    expect(chosen).to_have_text("乙")
    choose(page, "级", "甲")
    expect(page.locator("tbody td.t a").first).to_have_text("第 4996 件")
    page.go_back()
    expect(page.locator("tbody td.t a").first).to_have_text("第 4999 件")
    expect(page.locator(".mb-sifted")).to_contain_text("级：乙")
    page.get_by_role("button", name="全部清除").click()
    expect(page.locator(".mb-sifted")).to_be_empty()
    assert page.url == address


def test_a_reader_turns_the_pages_of_what_was_found(address: str, page: Page) -> None:
    page.goto(f"{address}?level=a&sort=people")
    expect(page.locator(".mb-pages")).to_contain_text("第 1 页，共 25 页")
    first = titles(page)
    page.locator(".mb-pages a", has_text="下一页").click()
    expect(page.locator(".mb-pages")).to_contain_text("第 2 页，共 25 页")
    assert "page=2" in page.url and not set(titles(page)) & set(first)
    page.go_back()
    expect(page.locator(".mb-pages")).to_contain_text("第 1 页")
    assert titles(page) == first


def test_the_same_rows_look_the_same_drawn_here_or_stamped(address: str, page: Page) -> None:
    page.goto(address)
    stamped = page.evaluate("[...document.querySelector('tbody').rows].map(each => each.innerHTML)")
    page.goto(f"{address}?sort=-day")
    expect(page.locator(".mb-sifted")).to_contain_text("全部 5000 条")
    by_code = """Object.fromEntries([...document.querySelector('tbody').rows].map(each =>
        [each.querySelector('small').firstChild.data.trim(), each.innerHTML]))"""
    drawn = page.evaluate(by_code)
    same = [row for row in stamped if row in drawn.values()]
    assert len(same) == len(set(stamped) & set(drawn.values())) == DRAWN


def test_no_text_of_a_record_becomes_markup(address: str, page: Page) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    page.goto(f"{address}?q={'坏字'}")
    expect(page.locator("tbody td.t a")).to_have_text(EVIL)
    assert page.locator("tbody img").count() == 0 and dialogs == []


def test_nothing_found_says_so_and_a_wrong_address_shows_all(address: str, page: Page) -> None:
    page.goto(f"{address}?q=没有这样的字")
    expect(page.locator(".mb-sifted")).to_contain_text("0 条，全部 5000 条")
    expect(page.locator("table")).to_be_hidden()
    page.goto(f"{address}?sort=nothing&level=zzz&page=-3")
    expect(page.locator("tbody tr")).to_have_count(DRAWN)
    page.goto(f"{address}?level=a&page=999999")
    expect(page.locator(".mb-pages")).to_contain_text("第 25 页，共 25 页")


def test_the_list_of_one_value_starts_from_it_and_leads_to_all(address: str, page: Page) -> None:
    opened(page, address.replace("index.html", "level.a.html"))
    chosen = page.get_by_role("combobox", name="级", exact=True).locator("option:checked")
    expect(chosen).to_have_text("甲")
    choose(page, "排序", "人数，多的在前")
    page.wait_for_url("**/index.html?sort=-people&level=a")
    expect(page.locator("tbody td.t a").first).to_have_text("第 4996 件")


def test_rows_that_cannot_be_fetched_are_told_of_and_the_list_stays(address: str, browser: Browser) -> None:
    page = browser.new_page()
    page.route("**/rows.json", lambda route: route.abort())
    page.goto(address)
    page.locator(".mb-sift summary").click()
    expect(page.locator(".mb-sifted")).to_contain_text("取不到全部记录")
    assert page.locator("tbody tr").count() == DRAWN
    page.unroute("**/rows.json")
    page.locator(".mb-sift summary").click()
    page.locator(".mb-sift summary").click()
    expect(page.locator(".mb-sift select").first).to_be_visible()
    page.close()


def test_on_a_phone_it_fits_and_headings_take_no_focus(address: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(f"{address}?sort=-people&level=b")
    expect(page.locator(".mb-sifted")).to_contain_text("级：乙")
    page.locator(".mb-sift summary").click()
    expect(page.locator(".mb-sift select").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert not any(button.is_visible() for button in page.locator("th button").all())
    for each in page.locator(".mb-sift select, .mb-sift input, .mb-sift button").all():
        assert each.bounding_box()["height"] >= 44
    page.close()


def test_axe_finds_nothing_while_a_list_is_sorted(address: str, browser: Browser) -> None:
    context = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{address}?sort=-people&level=b")
    expect(page.locator(".mb-sifted")).to_contain_text("级：乙")
    page.locator(".mb-sift summary").click()
    expect(page.locator(".mb-sift select").first).to_be_visible()
    found = violations(page)
    context.close()
    assert found == []
