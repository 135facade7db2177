"""The story itself: a deputy works with no network, and what may be public is found by everyone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from publisher import release
from tests.browser import deputy
from tests.browser.office import ROOT, Office

pytestmark = pytest.mark.browser

PRIVATE = "13911112222"
SUMMARY = "三组到学校的路灯坏了三盏，孩子晚上回家看不清路。"
SUBJECT = "关于修复柳河村三组路灯的建议"
BODY = "晚上九点以后从学校到三组的一公里路没有灯，建议年内修好并明确管护责任。"


class SampleOffice(Office):
    """The sample congress as it ships, at ports of its own."""

    def __init__(self, folder: Path) -> None:
        shutil.copytree(ROOT / "content", folder / "sample")
        super().__init__(folder, folder / "sample")

    def build(self, clean: bool = False) -> release.Release:
        return release.build(self.content, self.home, self.site, date(2026, 11, 26), clean)


SERVE = """
import asyncio, sys
from pathlib import Path
from publisher.serve import Ports, run
asyncio.run(run(Path(sys.argv[1]), Ports(0, 0), ready=lambda at: print(at.www, at.data, flush=True)))
"""


@contextmanager
def served(site: Path) -> Iterator[tuple[str, str]]:
    """The addresses of the public site and of Datasette over a site folder, in a process of their own."""
    command = [sys.executable, "-c", SERVE, str(site)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            www, data = process.stdout.readline().split()
            yield f"http://127.0.0.1:{www}", f"http://127.0.0.1:{data}"
        finally:
            process.terminate()


def file_a_visit(page: Page) -> None:
    deputy.home(page)
    deputy.begin(page, "走访")
    deputy.choose(page, "网格", "第三", "柳河村第三网格")
    while not page.get_by_role("button", name="提交").is_visible():
        for label, text in (("见到人数", "3"), ("小结（公开）", SUMMARY), ("联系电话", PRIVATE)):
            if page.get_by_label(label).count():
                page.get_by_label(label).first.fill(text)
        if page.get_by_label("随机走访").count():
            page.get_by_label("随机走访").check()
        step(page)
    deputy.file(page)


def file_a_suggestion(page: Page) -> None:
    deputy.home(page)
    deputy.begin(page, "代表建议")
    while not page.get_by_role("button", name="提交").is_visible():
        for label, text in (("标题", SUBJECT), ("案由", SUBJECT), ("正文", BODY)):
            if page.get_by_label(label).count():
                page.get_by_label(label).first.fill(text)
        if page.get_by_label("可以公开").count():
            page.get_by_label("可以公开").check()
        step(page)
    deputy.file(page)


def step(page: Page) -> None:
    where = page.locator("header p").inner_text()
    deputy.onward(page)
    expect(page.locator("header p")).not_to_have_text(where)


def the_row(data: str, kind: str, column: str, value: str) -> dict[str, Any]:
    """The one row of Datasette's in which a column holds a value."""
    asked = {f"{column}__exact": value, "_shape": "array"}
    answer = httpx.get(f"{data}/public/{kind}.json", params=asked)
    assert answer.status_code == 200, answer.text
    (row,) = answer.json()
    found: dict[str, Any] = row
    return found


def test_a_record_travels_from_a_phone_with_no_network_to_the_page_and_to_datasette(
    phone: BrowserContext, tmp_path: Path
) -> None:
    office = SampleOffice(tmp_path / "office")
    try:
        page = phone.new_page()
        page.goto(office.invite("lin-xiuhe"))
        page.get_by_role("button", name="开始登记").click()
        office.run("confirm", deputy.digits(page))
        expect(page.get_by_role("heading", name="要记什么？")).to_be_visible()
        deputy.ready(page)
        page.close()

        office.stop()
        page = phone.new_page()
        page.goto(office.address)
        file_a_visit(page)
        file_a_suggestion(page)

        office.start()
        page.goto(f"{office.address}/#/uploads")
        page.get_by_role("button", name="现在上传").click()
        expect(page.get_by_text("都已交到单位系统")).to_be_visible(timeout=30_000)
        page.goto(f"{office.address}/#/records")
        expect(page.get_by_text("✓ 已送达")).to_have_count(2)

        office.build()
        with served(office.site) as (www, data):
            visit = the_row(data, "visit", "summary", SUMMARY)
            suggestion = the_row(data, "suggestion", "subject", SUBJECT)
            assert visit["author"] == suggestion["author"]
            for kind, row, text in (("visit", visit, SUMMARY), ("suggestion", suggestion, BODY)):
                page.goto(f"{www}/{kind}/{row['code']}.html")
                expect(page.get_by_text(text).first).to_be_visible()
                expect(page.get_by_text("林秀禾").first).to_be_visible()
                page.goto(f"{data}/public/{kind}/{row['code']}")
                expect(page.get_by_text(text).first).to_be_visible()

        files = [path for path in office.site.rglob("*") if path.is_file()]
        assert len(files) > 100
        assert [path for path in files if PRIVATE.encode() in path.read_bytes()] == []
        kept = [path.read_bytes() for path in office.home.glob("ledger.db*")]
        assert any(PRIVATE.encode() in each for each in kept), "the office itself must have the number"
    finally:
        office.stop()
