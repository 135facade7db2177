"""What a deputy does with the phone, in the words on its screen."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.office import Office

LISTS = """() => new Promise((done) => {
  const asked = indexedDB.open('mingbai')
  asked.onsuccess = () => {
    const keys = asked.result.transaction('refs').objectStore('refs').getAllKeys()
    keys.onsuccess = () => { asked.result.close(); done(keys.result) }
  }
})"""

SAY_CONFIRMED = """() => {
  [...document.querySelectorAll('button')].find((one) => one.textContent === '对方已确认')?.click()
}"""


def enrol(phone: BrowserContext, office: Office, page: Page | None = None, who: str = "d1") -> Page:
    """Open the invitation, show the digits, be confirmed; ends at home, ready to work with no network."""
    page = page or phone.new_page()
    page.goto(office.invite(who))
    page.get_by_role("button", name="开始登记").click()
    confirm(page, office)
    expect(page.get_by_role("heading", name="要记什么？")).to_be_visible()
    ready(page)
    return page


def confirm(page: Page, office: Office) -> None:
    """The office lets the phone in, and the deputy says so to it, unless it has heard of it already."""
    office.run("confirm", digits(page))
    page.evaluate(SAY_CONFIRMED)


def digits(page: Page) -> str:
    """The six digits on the screen."""
    return page.locator(".digits").inner_text().replace(" ", "")


def ready(page: Page) -> None:
    """Wait until the app opens without the server, and its forms and lists are here."""
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    expect(page.get_by_role("button", name="走访")).to_be_visible()
    for _ in range(200):
        if "grid" in page.evaluate(LISTS):
            return
        page.wait_for_timeout(50)
    raise AssertionError("the list of grids did not come")


def begin(page: Page, form: str) -> None:
    page.get_by_role("button", name=form, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(form)


def choose(page: Page, question: str, typed: str, name: str) -> None:
    """Choose a record from a list by typing a part of its name."""
    page.get_by_label(question).first.fill(typed)
    page.locator(".picks").get_by_role("button", name=name).click()


def onward(page: Page) -> None:
    page.get_by_role("button", name="下一步").click()


def to_check(page: Page) -> None:
    """From any step to the check page."""
    for _ in range(12):
        if page.get_by_role("button", name="提交").is_visible():
            return
        heading = page.locator("header p").inner_text()
        onward(page)
        expect(page.locator("header p")).not_to_have_text(heading)


def file(page: Page) -> None:
    expect(page.get_by_role("heading", name="核对一遍")).to_be_visible()
    if (why := page.get_by_role("radio", name="写错了字或数")).count():  # a correction is asked why
        why.check()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", name="核对一遍")).to_be_hidden()


def visit(page: Page, summary: str = "路灯不亮", phone: str = "") -> None:
    """Fill in a visit as far as the check page."""
    begin(page, "走访")
    choose(page, "网格", "第三", "柳河村第三网格")
    page.get_by_label("见到人数").fill("3")
    page.get_by_label("谈的情况").fill(summary)
    page.get_by_label("联系电话").fill(phone)
    onward(page)


def level(page: Page, word: str) -> None:
    """Wait until the record on the screen has come this far."""
    expect(page.locator("main .tag").first).to_contain_text(word, timeout=30_000)


def home(page: Page) -> None:
    page.evaluate("() => { location.hash = '#/' }")
    expect(page.get_by_role("heading", name="要记什么？")).to_be_visible()
