"""An office whose clerk has things to decide, and phones that send them there without a screen."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import BrowserContext, Page, expect

from ledger.forms import load_forms
from tests.browser import deputy
from tests.browser.office import CONGRESS, ROOT, Office
from tests.collector.phone import Phone, id_of

VISIT = {"visited_on": "2026-03-02", "grid": "g3", "people": 2, "summary": "路灯不亮", "phone": "13911112222"}


class DeskOffice(Office):
    """The small congress, with what a clerk decides by."""

    def __init__(self, folder: Path) -> None:
        congress = folder / "desk"
        shutil.copytree(CONGRESS, congress)
        for kind in ("resolution", "approval"):
            shutil.copy(ROOT / f"content/forms/{kind}.yaml", congress / "forms")
        super().__init__(folder, congress)
        self.forms = load_forms(self.content)
        self.wire = httpx.Client(base_url=self.address, timeout=30)

    def stop(self) -> None:
        self.wire.close()
        super().stop()

    def phone(self, *who: str) -> Phone:
        """A phone of this person, enrolled and confirmed, without a screen."""
        phone = Phone(self.wire)
        link = self.run("invite", *(who or ("--deputy", "d1")), "--plain")
        answer = phone.enrol(link.split("#e=")[1].split("&")[0])
        assert answer.status_code == 200, answer.content
        self.run("confirm", answer.json()["six_digits"])
        return phone

    def visit(self, phone: Phone, replaces: str | None = None, **changed: Any) -> dict[str, Any]:
        return phone.record(self.forms["visit"], {**VISIT, **changed}, replaces)

    def a_branch(self, phone: Phone, **changed: Any) -> tuple[str, dict[str, Any]]:
        """A visit corrected twice from its first version: the code, and the version that came too late."""
        first = self.visit(phone)
        code = phone.results([first])[0]["code"]
        now = self.visit(phone, id_of(first), people=3)
        late = self.visit(phone, id_of(first), **{"people": 4, **changed})
        assert [each["state"] for each in phone.results([now, late])] == ["accepted", "branch"]
        return code, late

    def held(self, phone: Phone, count: int = 1) -> list[dict[str, Any]]:
        """What a stopped phone sent afterwards."""
        self.run("revoke", phone.devices["records"][:12], "--reason", "手机丢了")
        records = [self.visit(phone, summary=f"停用以后送到的第 {n + 1} 条") for n in range(count)]
        assert {each["state"] for each in phone.results(records)} == {"held"}
        return records


def clerk(device: BrowserContext, office: Office, name: str = "人大办的小陈", worker: bool = True) -> Page:
    """The clerk's device at home, with what was kept aside on it."""
    page = device.new_page()
    page.goto(office.run("invite", "--clerk", name, "--plain"))
    page.get_by_role("button", name="开始登记").click()
    deputy.confirm(page, office)
    expect(page.get_by_role("link", name="暂存的记录")).to_be_visible()
    if worker:
        page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    return page


def to_list(page: Page, office: Office) -> None:
    """The list of what was kept aside, as the office has it now."""
    page.goto(f"{office.address}/#/aside")
    page.reload()
    expect(page.get_by_role("heading", name="暂存的记录", level=1)).to_be_visible()
    expect(page.get_by_text("的单子").first).to_be_visible()


def open_first(page: Page) -> None:
    page.locator(".rows.work a").first.click()
    expect(page.get_by_role("heading", name="怎么定")).to_be_visible()


def take(page: Page) -> None:
    """Decide to take in what is open, and check and file it; ends at the entry."""
    page.locator(".step", has_text="收下这一版").click()
    deputy.file(page)


def close(page: Page, reason: str) -> None:
    page.locator(".step", has_text="不收，结案").click()
    page.get_by_label("不收的理由").fill(reason)
    deputy.onward(page)
    deputy.file(page)


def send(page: Page, office: Office) -> None:
    """Everything on the device goes up, and the news come down."""
    page.goto(f"{office.address}/#/uploads")
    page.reload()
    page.get_by_role("button", name="现在上传").click()
    expect(page.get_by_text("都已交到单位系统")).to_be_visible(timeout=30_000)
