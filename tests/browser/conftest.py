"""A real browser, found on this machine, and an office for its phones to speak with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from collector.app import built
from tests.browser.chromium import FLAGS, chromium
from tests.browser.office import ROOT, Office, missing

NO_BROWSER = (
    "no Chromium: apt-get install chromium (or: python -m playwright install chromium), "
    "or name one in MINGBAI_CHROMIUM"
)
NO_APP = "the phone app is not built: pip install -e . (or: npm ci && npx vite build in collector/pwa)"


# The machine that runs every check is shared and slow at times.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives the browsers."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A Chromium for each file, so that none meets what another has done to its workers and storage."""
    if not (built(ROOT) / "index.html").is_file():
        missing(NO_APP)
    path = chromium(playwright.chromium.executable_path)
    if path is None:
        missing(NO_BROWSER)
    browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office with three deputies and ten grids."""
    office = Office(tmp_path / "office")
    yield office
    office.stop()


@pytest.fixture
def new_phone(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes phones: each a browser of its own that remembers nothing of the others."""
    phones: list[BrowserContext] = []

    def make(width: int = 360, height: int = 740) -> BrowserContext:
        phone = browser.new_context(
            viewport={"width": width, "height": height},
            is_mobile=True,
            has_touch=True,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        phone.set_default_timeout(10_000)
        phones.append(phone)
        return phone

    yield make
    for phone in phones:
        phone.close()


@pytest.fixture
def phone(new_phone: Callable[..., BrowserContext]) -> BrowserContext:
    return new_phone()


@pytest.fixture
def complaints() -> list[str]:
    """What pages watched by `watch` complained of: errors, broken rules of the page's own security policy."""
    return []


@pytest.fixture
def watch(complaints: list[str]) -> Callable[[Page], Page]:
    """Listen to a page. The network being away is not an error of the page."""

    def listen(page: Page) -> Page:
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: (
                complaints.append(said.text) if said.type == "error" and "net::" not in said.text else None
            ),
        )
        page.on("request", lambda asked: _foreign(asked.url, complaints))
        return page

    return listen


def _foreign(address: str, complaints: list[str]) -> None:
    if not address.startswith(("http://127.0.0.1:", "blob:", "data:")):
        complaints.append(f"asked another host: {address}")
