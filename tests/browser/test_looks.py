"""Every screen at every size of letters: large targets, plain labels, strong contrast, no sideways scroll."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import deputy
from tests.browser.office import Office

pytestmark = pytest.mark.browser
LOOKS = (Path(__file__).parent / "looks.js").read_text("utf-8").split("\n", 1)[1]
SIZES = (18, 30)
WIDTHS = (360, 320)


@pytest.fixture(scope="module")
def shared_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = Office(tmp_path_factory.mktemp("looks"))
    yield office
    office.stop()


def look(page: Page, screen: str, faults: list[str]) -> None:
    """Note what is wrong with the screen. MINGBAI_SHOTS=folder keeps a picture of each, to look at."""
    faults += [f"{screen}: {fault}" for fault in page.evaluate(LOOKS)]
    if shots := os.environ.get("MINGBAI_SHOTS"):
        size = page.evaluate("() => `${innerWidth}-${document.documentElement.dataset.size}`")
        page.screenshot(path=Path(shots) / f"{size} {screen.replace('/', '-')}.png", full_page=True)


def wear(page: Page, size: int) -> None:
    page.evaluate(
        "size => localStorage.setItem('mingbai.settings', JSON.stringify({size, lang: 'zh'}))", size
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("width", WIDTHS)
def test_every_screen_can_be_read_and_tapped(
    new_phone: Callable[..., BrowserContext], shared_office: Office, size: int, width: int
) -> None:
    office, faults = shared_office, list[str]()
    page = new_phone(width=width).new_page()
    page.goto(office.address)
    wear(page, size)
    page.reload()
    deputy.onward(page)
    look(page, "typing the code", faults)
    page.goto("about:blank")
    page.goto(office.invite())
    expect(page.get_by_text("您的登记码")).to_be_visible()
    look(page, "invited", faults)
    page.get_by_role("button", name="开始登记").click()
    expect(page.locator(".digits")).to_be_visible()
    look(page, "six digits", faults)
    office.run("confirm", deputy.digits(page))
    deputy.ready(page)
    look(page, "home", faults)

    deputy.begin(page, "样样都有")
    page.get_by_label("哪一天").fill("2026-03-02")
    look(page, "step 1", faults)
    deputy.onward(page)
    expect(page.get_by_label("详细情况")).to_be_visible()
    page.get_by_label("网址").fill("example")
    deputy.onward(page)
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, "step 2 with a fault", faults)
    page.get_by_label("网址").fill("")
    deputy.onward(page)
    expect(page.get_by_label("花了多少钱")).to_be_visible()
    page.get_by_label("花了多少钱").fill("1234567.89")
    page.get_by_label("否", exact=True).check()
    page.get_by_label("为什么不公开").fill("无" * 40)
    look(page, "step 3", faults)
    deputy.onward(page)
    expect(page.get_by_text("同去的代表").first).to_be_visible()
    page.get_by_role("button", name="林秀河").click()
    for button in page.get_by_role("button", name="再加一项").all():
        button.click()
    page.get_by_label("星期几").fill("星期三")
    look(page, "step 4", faults)
    deputy.onward(page)
    expect(page.get_by_role("heading", name="核对一遍")).to_be_visible()
    page.get_by_role("button", name="删除这条草稿").click()
    look(page, "check page", faults)
    deputy.file(page)
    deputy.level(page, "已送达")
    page.get_by_role("button", name="复制这条记录").click()
    look(page, "a record", faults)
    for screen in ("records", "uploads", "help", "draft/none/1", "record/none"):
        page.evaluate("screen => { location.hash = '#/' + screen }", screen)
        page.wait_for_timeout(100)
        look(page, screen, faults)
    deputy.home(page)
    deputy.begin(page, "走访")
    page.wait_for_timeout(100)
    deputy.home(page)
    look(page, "home with a draft", faults)
    assert not faults, "\n".join(faults)


def test_the_letters_grow_from_home_and_stay_that_way(
    new_phone: Callable[..., BrowserContext], shared_office: Office
) -> None:
    page = deputy.enrol(new_phone(), shared_office)
    size = "() => getComputedStyle(document.documentElement).fontSize"
    assert page.evaluate(size) == "18px"
    for wanted in ("22px", "26px", "30px"):
        page.get_by_role("button", name="大字").click()
        assert page.evaluate(size) == wanted
    page.reload()
    expect(page.get_by_role("heading", name="要记什么？")).to_be_visible()
    assert page.evaluate(size) == "30px"


def test_the_whole_app_also_speaks_english(
    new_phone: Callable[..., BrowserContext], shared_office: Office
) -> None:
    page = deputy.enrol(new_phone(), shared_office)
    page.goto(f"{shared_office.address}/#/help")
    page.get_by_label("English").check()
    expect(page.get_by_role("heading", name="What these words mean")).to_be_visible()
    page.reload()
    page.get_by_role("link", name="Home").click()
    page.get_by_role("button", name="Visit", exact=True).click()
    expect(page.get_by_label("Date of visit")).to_be_visible()
    assert page.evaluate("() => document.documentElement.lang") == "en"
