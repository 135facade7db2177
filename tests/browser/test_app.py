"""The app on a phone, against a real collector that may be switched off at any time."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from ledger.records import read_record
from tests.browser import deputy
from tests.browser.office import Office

pytestmark = pytest.mark.browser
Watch = Callable[[Page], Page]


def test_a_visit_filed_with_the_server_off_arrives_when_it_is_back(
    phone: BrowserContext, office: Office, watch: Watch, complaints: list[str], tmp_path: Path
) -> None:
    page = deputy.enrol(phone, office, watch(phone.new_page()))
    page.close()
    office.stop()

    page = watch(phone.new_page())
    page.goto(office.address)
    deputy.visit(page, "三组村道没有路灯", phone="13800138000")
    expect(page.locator(".block.open")).to_contain_text("三组村道没有路灯")
    expect(page.locator(".block.closed")).to_contain_text("13800138000")
    expect(page.locator(".block.closed")).to_contain_text("只计入总数")
    deputy.file(page)
    deputy.level(page, "↑ 等待上传")
    page.reload()
    deputy.level(page, "↑ 等待上传")

    office.start()
    page.goto(f"{office.address}/#/uploads")
    page.get_by_role("button", name="现在上传").click()
    expect(page.get_by_text("都已交到单位系统")).to_be_visible()
    page.goto(f"{office.address}/#/records")
    page.get_by_role("link", name="柳河村第三网格").click()
    deputy.level(page, "✓ 已送达")
    expect(page.get_by_text(re.compile(r"回执号 \d+"))).to_be_visible()
    [copy] = office.exported("visit", tmp_path / "out")
    answers = read_record(copy).answers
    assert answers["summary"] == "三组村道没有路灯"
    assert answers["people"] == 3
    assert complaints == []


def test_the_phone_enrols_by_thirteen_typed_characters(phone: BrowserContext, office: Office) -> None:
    code = office.invite().split("#e=")[1].split("&")[0]
    page = phone.new_page()
    page.goto(office.address)
    page.get_by_label("登记码").fill(code[:7])
    deputy.onward(page)
    expect(page.get_by_text("登记码是 13 位，现在有 7 位")).to_be_visible()
    page.get_by_label("登记码").fill(f"{code[:4].lower()} {code[4:8]}-{code[8:]}")
    deputy.onward(page)
    expect(page.locator("p.code")).to_have_text(f"{code[:4]} {code[4:8]} {code[8:]}")
    page.get_by_role("button", name="开始登记").click()
    shown = deputy.digits(page)
    page.reload()
    assert deputy.digits(page) == shown
    office.run("confirm", shown)
    expect(page.get_by_role("heading", name="要记什么？")).to_be_visible()


def test_a_link_of_another_office_enrols_nothing(phone: BrowserContext, office: Office) -> None:
    page = phone.new_page()
    page.goto(office.invite().split("&k=")[0] + "&k=AAAAAAAAAAAAAAAA")
    page.get_by_role("button", name="开始登记").click()
    expect(page.get_by_text("这个网址和二维码对不上")).to_be_visible()
    expect(page.locator(".digits")).to_have_count(0)


def test_a_code_that_was_used_is_refused_in_words(new_phone: Any, office: Office) -> None:
    link = office.invite()
    first, second = new_phone().new_page(), new_phone().new_page()
    first.goto(link)
    first.get_by_role("button", name="开始登记").click()
    deputy.digits(first)
    second.goto(link)
    second.get_by_role("button", name="开始登记").click()
    expect(second.get_by_role("alert")).to_contain_text("没有登记成功")


def test_what_was_typed_is_there_after_the_page_was_thrown_away(
    phone: BrowserContext, office: Office
) -> None:
    page = deputy.enrol(phone, office)
    deputy.begin(page, "走访")
    page.get_by_label("谈的情况").press_sequentially("路灯不亮", delay=20)
    page.wait_for_timeout(2000)  # of typing, at most the last two seconds are lost
    page.get_by_label("谈的情况").press_sequentially("，修一修")
    page.close()
    page = phone.new_page()
    page.goto(office.address)
    page.get_by_role("link", name="走访").click()
    expect(page.get_by_label("谈的情况")).to_have_value(re.compile("路灯不亮"))


def test_every_type_of_question_is_answered_filed_and_read_back(
    phone: BrowserContext, office: Office, watch: Watch, complaints: list[str], tmp_path: Path
) -> None:
    page = deputy.enrol(phone, office, watch(phone.new_page()))
    deputy.begin(page, "样样都有")
    page.get_by_label("哪一天").fill("2026-03-02")
    expect(page.get_by_text("2026年3月2日 星期一")).to_be_visible()
    page.get_by_label("几点开始").fill("09:30")
    page.get_by_label("什么时候开始的").fill("2026-03-02T09:30")
    page.get_by_label("一句话").fill("欧阳建国")
    deputy.onward(page)
    page.get_by_label("详细情况").fill("第一行\n𠮷三行")
    expect(page.get_by_text("已写 7 字，最多 200 字")).to_be_visible()
    page.get_by_label("网址").fill("https://example.cn/a")
    page.get_by_label("人数").fill("１２")
    page.get_by_label("面积").fill("12.5")
    deputy.onward(page)
    page.get_by_label("花了多少钱").fill("1,234,567.89")
    expect(page.get_by_text("1,234,567.89 元")).to_be_visible()
    expect(page.get_by_label("为什么不公开")).to_be_hidden()
    page.get_by_label("否", exact=True).check()
    deputy.onward(page)
    expect(page.get_by_role("alert")).to_contain_text("为什么不公开")
    page.get_by_label("为什么不公开").fill("没有来得及")
    page.get_by_label("黄 · 限期办").check()
    page.get_by_label("哪个月").select_option(label="三月")
    deputy.onward(page)
    page.get_by_label("养老助残").check()
    page.get_by_label("道路交通").check()
    page.get_by_label("查找：同去的代表").fill("林")
    page.get_by_role("button", name="林秀河").click()
    names = page.get_by_role("group", name="还有谁（照写）")
    names.get_by_role("button", name="再加一项").click()
    page.get_by_label("还有谁（照写） · 第 1 项").fill("老王")
    hours = page.get_by_role("group", name="接待时间", exact=True)
    hours.get_by_role("button", name="再加一项").click()
    page.get_by_label("星期几").fill("星期三")
    page.get_by_label("从几点").fill("08:00")
    deputy.onward(page)
    expect(page.locator(".block.open")).to_contain_text("只公开姓")
    expect(page.locator(".block.closed")).to_contain_text("老王")
    deputy.file(page)
    deputy.level(page, "✓ 已送达")
    page.get_by_role("button", name="复制这条记录").click()
    copied = page.get_by_role("textbox", name="复制这条记录").input_value()

    [exported] = office.exported("everything", tmp_path / "out")
    answers = read_record(exported).answers
    deputies = answers.pop("deputies")
    assert len(deputies) == 1 and deputies[0].startswith("DB-")
    assert answers == {
        "day": "2026-03-02",
        "opens": "09:30",
        "begun_at": "2026-03-02T09:30",
        "line": "欧阳建国",
        "story": "第一行\n𠮷三行",
        "link": "https://example.cn/a",
        "people": 12,
        "area": 12.5,
        "cost": 123456789,
        "open": False,
        "why": "没有来得及",
        "colour": "yellow",
        "month": "m3",
        "topics": ["roads", "elderly"],
        "names": ["老王"],
        "hours": [{"weekday": "星期三", "from": "08:00"}],
    }
    mine = tmp_path / "copied.yaml"
    mine.write_text(copied)
    assert read_record(mine).answers == read_record(exported).answers
    assert read_record(mine).code == read_record(exported).code
    assert complaints == []


def test_a_check_across_fields_speaks_before_filing(
    phone: BrowserContext, office: Office, watch: Watch, complaints: list[str]
) -> None:
    page = deputy.enrol(phone, office, watch(phone.new_page()))
    office.stop()
    deputy.begin(page, "代表建议")
    page.get_by_label("标题").fill("修路灯")
    page.get_by_label("赞成").fill("9")
    page.get_by_label("收回").fill("8")
    deputy.onward(page)
    expect(page.get_by_role("alert")).to_contain_text("赞成票不会多于收回票")
    page.get_by_label("赞成").fill("8")
    deputy.onward(page)
    expect(page.get_by_text("人大办审核以后才公开")).to_be_visible()
    deputy.file(page)
    deputy.level(page, "↑ 等待上传")
    assert complaints == []


SPOIL_LIST = """() => new Promise((done) => {
  const asked = indexedDB.open('mingbai')
  asked.onsuccess = () => {
    const refs = asked.result.transaction('refs', 'readwrite').objectStore('refs')
    refs.get('grid').onsuccess = ({ target }) => {
      const list = target.result
      list.records.unshift({ code: 'WG-2020-AAAA', name: null, label: '早就没有的网格', about: null })
      refs.put(list).onsuccess = () => { asked.result.close(); done(true) }
    }
  }
})"""


def test_a_record_that_needs_mending_says_so_and_is_mended(phone: BrowserContext, office: Office) -> None:
    page = deputy.enrol(phone, office)
    page.evaluate(SPOIL_LIST)
    page.reload()
    deputy.begin(page, "走访")
    deputy.choose(page, "网格", "早就", "早就没有的网格")
    page.get_by_label("见到人数").fill("3")
    deputy.onward(page)
    deputy.file(page)
    deputy.level(page, "! 需要你看一下")
    expect(page.locator("section.news")).to_contain_text("查不到")
    deputy.home(page)
    expect(page.get_by_role("heading", name="需要你看一下（1）")).to_be_visible()
    page.get_by_role("link", name="需要你看一下").click()
    page.get_by_role("button", name="修改后再交").click()
    page.get_by_role("button", name="换一个").click()
    deputy.choose(page, "网格", "上湾", "上湾村")
    deputy.onward(page)
    deputy.file(page)
    deputy.level(page, "✓ 已送达")
    deputy.home(page)
    expect(page.get_by_role("heading", name="需要你看一下")).to_be_hidden()


def test_a_stopped_phone_is_told_and_loses_nothing(phone: BrowserContext, office: Office) -> None:
    page = deputy.enrol(phone, office)
    deputy.visit(page)
    deputy.file(page)
    deputy.level(page, "✓ 已送达")
    device = office.run("devices").split()[0]
    office.run("revoke", device, "--reason", "手机丢了")
    page.goto(f"{office.address}/#/uploads")
    page.get_by_role("button", name="现在上传").click()
    deputy.home(page)
    expect(page.get_by_text("这部手机已停用")).to_be_visible()
    page.goto(f"{office.address}/#/records")
    expect(page.get_by_role("link", name="柳河村第三网格")).to_be_visible()


class _Portal(BaseHTTPRequestHandler):
    """A captive portal: whatever is asked, it says that all is well."""

    def do_GET(self) -> None:
        body = b"<html><title>Welcome to our Wi-Fi</title></html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def captive_portal(port: int) -> Any:
    portal = ThreadingHTTPServer(("127.0.0.1", port), _Portal)
    threading.Thread(target=portal.serve_forever, daemon=True).start()
    yield
    portal.shutdown()
    portal.server_close()


def test_a_captive_portal_is_never_taken_for_the_office(phone: BrowserContext, office: Office) -> None:
    page = deputy.enrol(phone, office)
    office.stop()
    with captive_portal(office.port):
        page.reload()
        deputy.visit(page)
        deputy.file(page)
        page.goto(f"{office.address}/#/uploads")
        page.get_by_role("button", name="现在上传").click()
        expect(page.get_by_text("自动再试")).to_be_visible()
        expect(page.locator(".tag.waiting")).to_have_count(1)
    office.start()
    page.get_by_role("button", name="现在上传").click()
    expect(page.get_by_text("都已交到单位系统")).to_be_visible()


def test_a_wiped_phone_says_what_is_missing(phone: BrowserContext, office: Office) -> None:
    page = deputy.enrol(phone, office)
    office.stop()
    deputy.visit(page)
    deputy.file(page)
    deputy.level(page, "↑ 等待上传")
    session = phone.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": office.address, "storageTypes": "indexeddb"})
    page.goto("about:blank")
    page.goto(office.address)
    expect(page.get_by_role("alert")).to_contain_text("有 1 条还没上传的记录")
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("这部手机清理过数据")
    page.get_by_role("button", name="知道了").click()
    page.reload()
    expect(page.get_by_label("登记码")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


FILL_UP = """() => {
  IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') }
}"""


def test_a_full_phone_says_that_nothing_was_saved(phone: BrowserContext, office: Office) -> None:
    page = deputy.enrol(phone, office)
    deputy.begin(page, "走访")
    page.evaluate(FILL_UP)
    page.get_by_label("谈的情况").fill("路灯不亮")
    expect(page.get_by_role("alert")).to_contain_text("没有保存成功")


def test_the_back_button_leads_back_through_the_steps(phone: BrowserContext, office: Office) -> None:
    page = deputy.enrol(phone, office)
    deputy.begin(page, "样样都有")
    deputy.onward(page)
    expect(page.get_by_text("第 2 步，共 4 步")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.go_back()
    expect(page.get_by_text("第 1 步，共 4 步")).to_be_visible()


def test_a_draft_is_deleted_only_when_asked_twice(phone: BrowserContext, office: Office) -> None:
    page = deputy.enrol(phone, office)
    deputy.begin(page, "走访")
    page.get_by_role("button", name="删除这条草稿").click()
    page.get_by_role("button", name="不删").click()
    page.get_by_role("button", name="删除这条草稿").click()
    page.get_by_role("button", name="删除", exact=True).click()
    expect(page.get_by_role("heading", name="要记什么？")).to_be_visible()
    expect(page.get_by_text("没写完的")).to_be_hidden()
