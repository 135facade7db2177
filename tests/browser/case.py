"""What one does with a case on any device, in the words on its screen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser import deputy
from tests.browser.office import Office

PATIENCE = 600
"""How many times 50 ms a page may take beside other work."""


def enrol(device: BrowserContext, office: Office, *who: str) -> Page:
    """A device of this person, its list of what is to be done on it, ready to open with no network."""
    page = device.new_page()
    page.goto(office.run("invite", *who, "--plain"))
    page.get_by_role("button", name="开始登记").click()
    deputy.confirm(page, office)
    expect(page.get_by_role("heading", name="要记什么？")).to_be_visible()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    expect(page.get_by_text("的单子").first).to_be_visible()
    return page


def reopened(device: BrowserContext, page: Page, office: Office) -> Page:
    """A new tab after the old one was killed; the app opens at home, also with no server."""
    page.close()
    page = device.new_page()
    page.goto(office.address)
    expect(page.get_by_role("heading", name="要记什么？")).to_be_visible()
    return page


def row(page: Page, subject: str) -> Locator:
    """A suggestion in a list of what is to be done, and not a record about it."""
    return page.locator(".rows.work").get_by_role("link", name=re.compile(f"^{re.escape(subject)}"))


def to_case(page: Page, office: Office, subject: str) -> None:
    """From anywhere to a case in the whole list, as the office knows it now."""
    page.goto(f"{office.address}/#/work")
    page.reload()
    more = page.get_by_role("button", name="再看")
    for _ in range(PATIENCE):
        if row(page, subject).is_visible():
            break
        if more.is_visible():
            more.click()
        page.wait_for_timeout(50)
    row(page, subject).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(subject)


def the_step(page: Page, name: str, subject: str) -> None:
    """Begin what must be done next."""
    page.locator("footer").get_by_role("button", name=name).click()
    expect(page.locator(".settled")).to_contain_text(subject)


def a_step(page: Page, name: str, subject: str) -> None:
    """Begin what may be done besides."""
    page.locator(".step", has_text=name).first.click()
    expect(page.locator(".settled")).to_contain_text(subject)


def through(page: Page, answer: Callable[[Page], None] = lambda page: None, *, subject: str) -> None:
    """Answer what is asked on each page, check it all and file it: one is back at the case."""
    to_the_end(page, answer)
    expect(page.get_by_role("heading", level=1)).to_have_text(subject)


def to_the_end(page: Page, answer: Callable[[Page], None]) -> None:
    """Answer what is asked on each page, check it all and file it."""
    while not page.url.endswith("/check"):
        answer(page)
        onward(page, answer)
    deputy.file(page)


def onward(page: Page, answer: Callable[[Page], None]) -> None:
    """To the next page; a question that came up only now is answered when the page says that it is open."""
    before, faults = page.url, page.locator("#faults")
    deputy.onward(page)
    for turn in range(1, PATIENCE + 1):
        if page.url != before:
            expect(page.get_by_role("heading", level=1)).to_be_focused()
            return
        if turn % 20 == 0 and faults.is_visible():
            answer(page)
            deputy.onward(page)
        page.wait_for_timeout(50)
    raise AssertionError(f"{before} does not go on: {faults.all_inner_texts()}")


def saying(answers: Mapping[str, str]) -> Callable[[Page], None]:
    """Answers by the words of their questions: a choice by its label, a record by a part of its name."""

    def answer(page: Page) -> None:
        for question, said in answers.items():
            drawn(page)
            if (choice := page.get_by_role("group", name=question)).count():
                choice.first.get_by_label(said, exact=True).check()
            elif (asked := page.get_by_label(question).and_(page.locator("input, textarea"))).count():
                asked.first.fill(said)
                drawn(page)
                if (pick := page.locator(".picks").get_by_role("button", name=said)).count():
                    pick.first.click()
        drawn(page)

    return answer


def drawn(page: Page) -> None:
    """What an answer brings up is on the screen."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def send(page: Page, office: Office) -> None:
    """Everything on the device goes up."""
    page.goto(f"{office.address}/#/uploads")
    page.get_by_role("button", name="现在上传").click()
    expect(page.get_by_text("都已交到单位系统")).to_be_visible(timeout=30_000)
