"""A deputy corrects a record: one tap says why, before it is filed."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, expect

from ledger.store import open_ledger
from tests.browser import deputy
from tests.browser.office import Office


def test_a_correction_is_asked_why_and_says_it(phone: BrowserContext, office: Office) -> None:
    page = deputy.enrol(phone, office)
    deputy.visit(page, "路灯不亮")
    expect(page.get_by_role("group", name="为什么更正")).to_have_count(0)
    deputy.file(page)
    deputy.level(page, "✓ 已送达")
    page.get_by_role("button", name="更正这条记录").click()
    page.get_by_role("textbox", name="谈的情况").fill("路灯亮了")
    deputy.onward(page)
    expect(page.get_by_role("heading", name="核对一遍")).to_be_visible()
    asked = page.get_by_role("group", name="为什么更正")
    expect(asked.get_by_role("radio")).to_have_count(5)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("请选一个原因。")).to_be_visible()
    expect(asked).to_be_focused()
    asked.get_by_role("radio", name="情况有变化").check()
    expect(page.get_by_text("请选一个原因。")).to_have_count(0)
    page.get_by_label("想补一句吗").fill("镇里装了灯。")
    assert page.evaluate("() => document.documentElement.scrollWidth") == 360
    page.get_by_role("button", name="提交").click()
    deputy.level(page, "✓ 已送达")
    with open_ledger(office.home) as ledger:
        (record,) = ledger.records("visit")
        assert record.why == ("changed_since", "镇里装了灯。")
        assert "why_corrected" not in record.answers
