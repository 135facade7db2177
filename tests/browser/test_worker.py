"""The service worker: it holds exactly the files that were built, and never takes over by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import deputy
from tests.browser.front import Front
from tests.browser.office import Office

pytestmark = pytest.mark.browser

REGISTERED = "() => navigator.serviceWorker.getRegistration().then((one) => !!one)"


@pytest.fixture
def front(office: Office, tmp_path: Path) -> Iterator[Front]:
    front = Front(office, tmp_path)
    yield front
    front.close()


def enrolled(phone: BrowserContext, office: Office, front: Front) -> Page:
    page = phone.new_page()
    page.goto(office.invite().replace(office.address, front.address))
    page.get_by_role("button", name="开始登记").click()
    office.run("confirm", deputy.digits(page))
    deputy.ready(page)
    return page


def names(page: Page) -> list[str]:
    found: list[str] = page.evaluate("() => caches.keys()")
    return found


def refused(page: Page, front: Front) -> bool:
    """Whether the worker asked for its files, and was then thrown away with all of them."""
    page.goto(front.address)
    expect(page.get_by_label("登记码")).to_be_visible()
    for _ in range(100):
        page.wait_for_timeout(50)
        if "/icon-512.png" in front.asked and not page.evaluate(REGISTERED):
            return names(page) == []
    return False


def test_an_app_with_a_changed_file_is_not_installed(phone: BrowserContext, front: Front) -> None:
    script = next((front.files / "assets").glob("cel-*.js"))
    script.write_text(script.read_text() + "\n// meddled with")
    assert refused(phone.new_page(), front)


def test_an_app_with_a_missing_file_is_not_installed(phone: BrowserContext, front: Front) -> None:
    (front.files / "icon-512.png").unlink()
    assert refused(phone.new_page(), front)


def test_a_new_version_waits_until_it_is_asked_for(
    phone: BrowserContext, office: Office, front: Front
) -> None:
    page = enrolled(phone, office, front)
    [first] = names(page)
    front.new_version()
    page.evaluate("() => navigator.serviceWorker.getRegistration().then((one) => one.update())")
    expect(page.get_by_text("有新版本")).to_be_visible()
    page.reload()
    assert "<!-- new -->" not in page.content()
    deputy.begin(page, "走访")
    expect(page.get_by_text("有新版本")).to_be_hidden()
    page.get_by_label("谈的情况").fill("路灯不亮")
    expect(page.get_by_text("已保存在手机里")).to_be_visible()
    deputy.home(page)
    page.get_by_role("button", name="换成新版本").click()
    expect(page.get_by_text("有新版本")).to_be_hidden()
    expect(page.get_by_role("link", name="走访")).to_be_visible()
    assert "<!-- new -->" in page.content()
    assert sorted(names(page)) == sorted([first, "mingbai-new"])


def test_the_app_can_be_installed_on_the_home_screen(phone: BrowserContext, front: Front) -> None:
    page = phone.new_page()
    page.goto(front.address)
    session = phone.new_cdp_session(page)
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [error["errorId"] for error in errors] in ([], ["in-incognito"])


def test_the_worker_leaves_the_protocol_alone(phone: BrowserContext, office: Office, front: Front) -> None:
    page = enrolled(phone, office, front)
    held = page.evaluate(
        """async () => {
          const found = []
          for (const name of await caches.keys()) {
            for (const { url } of await (await caches.open(name)).keys()) found.push(new URL(url).pathname)
          }
          return found
        }"""
    )
    assert "/" in held
    assert not [path for path in held if path.startswith("/api/")]
