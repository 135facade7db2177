"""Nothing typed is lost: killed, full, cleared, opened twice, without memory, gone on with elsewhere."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import deputy
from tests.browser.office import Office

pytestmark = pytest.mark.browser
Watch = Callable[[Page], Page]
NewPhone = Callable[..., BrowserContext]

MAY_BE_LOST_S = 2.0
SUMMARY = "谈的情况"


def kill(phone: BrowserContext, page: Page) -> None:
    """The browser's process for this page ends at once, as when the system wants its memory."""
    assert phone.browser
    target = phone.new_cdp_session(page).send("Target.getTargetInfo")["targetInfo"]["targetId"]
    outside = phone.browser.new_browser_cdp_session()
    reached = outside.send("Target.attachToTarget", {"targetId": target, "flatten": False})
    # Who asks the page itself waits for an answer that never comes.
    crash = {"sessionId": reached["sessionId"], "message": '{"id": 1, "method": "Page.crash"}'}
    with page.expect_event("crash"):
        outside.send("Target.sendMessageToTarget", crash)
    outside.detach()
    page.close()


def typing(page: Page, marks: list[tuple[float, str]], seconds: float) -> None:
    """Type steadily for so long; `marks` says what stood there when, at the latest."""
    box = page.get_by_label(SUMMARY)
    box.press("End")
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        box.press_sequentially(random.choice("一二三四五六七八九"))
        marks.append((time.monotonic(), box.input_value()))


def expected(marks: list[tuple[float, str]], killed_at: float) -> str:
    """What must be there: all that was typed more than two seconds before."""
    return next((text for at, text in reversed(marks) if at <= killed_at - MAY_BE_LOST_S), "")


def opened(phone: BrowserContext, address: str, init: str | None = None) -> Page:
    page = phone.new_page()
    if init:
        page.add_init_script(init)
    page.goto(address)
    return page


def lost_while_typing(
    phone: BrowserContext, page: Page, seconds: list[float], init: str | None = None
) -> list[str]:
    """Kill the page after each of these times of typing; what was lost each time, beyond what may be."""
    lost = []
    deputy.begin(page, "走访")
    address = page.url
    for each in seconds:
        marks: list[tuple[float, str]] = []
        typing(page, marks, each)
        at = time.monotonic()
        kill(phone, page)
        page = opened(phone, address, init)
        expect(page.get_by_label(SUMMARY)).to_be_visible()
        there, must = page.get_by_label(SUMMARY).input_value(), expected(marks, at)
        if not there.startswith(must):
            lost.append(f"{must} was typed, {there} is there")
    return lost


def lost_while_filing(
    phone: BrowserContext, page: Page, waits: list[float], init: str | None = None
) -> list[str]:
    """Kill the page so long after tapping to file; each visit must be there once, filed or as a draft."""
    lost = []
    origin = page.url.split("/#")[0]
    for turn, wait in enumerate(waits):
        words = f"第{turn + 1}次走访"
        visit(page, words)
        page.get_by_role("button", name="提交").click()
        shown = False
        until = time.monotonic() + wait
        while not shown and time.monotonic() < until:
            shown = page.get_by_text("↑ 等待上传").first.is_visible()
        kill(phone, page)
        page = opened(phone, origin, init)
        expect(page.get_by_role("heading", name="要记什么？")).to_be_visible()
        draft = page.locator("main li", has_text=words).count()
        page.goto(f"{origin}/#/records")
        expect(page.get_by_role("heading", level=1)).to_have_text("我的记录")
        filed = page.evaluate(FILED).count(words)
        if (shown and filed != 1) or filed + draft != 1:
            lost.append(f"{words}: shown as filed: {shown}, filed: {filed}, drafts: {draft}")
        deputy.home(page)
    return lost


FILED = """() => new Promise((done) => {
  const asked = indexedDB.open('mingbai')
  asked.onsuccess = () => {
    const rows = asked.result.transaction('records').objectStore('records').getAll()
    rows.onsuccess = () => { asked.result.close(); done(rows.result.map(({ answers }) => answers.summary)) }
  }
})"""


@pytest.mark.parametrize("kills", [6, pytest.param(25, marks=pytest.mark.full)], ids=["six", "twenty_five"])
def test_killed_while_typing_and_while_filing_nothing_shown_is_lost(
    phone: BrowserContext, office: Office, kills: int
) -> None:
    page = deputy.enrol(phone, office)
    office.stop()
    chance = random.Random(kills)
    filing = kills // 3
    lost = lost_while_filing(phone, page, [chance.uniform(0, 0.4) for _ in range(filing)])
    page = opened(phone, office.address)
    lost += lost_while_typing(phone, page, [chance.uniform(0.2, 4) for _ in range(kills - filing)])
    assert lost == []


LATE = """
const put = IDBObjectStore.prototype.put
IDBObjectStore.prototype.put = function (value, ...key) {
  if (this.name !== 'NAME') return put.call(this, value, ...key)
  const { db } = this.transaction
  setTimeout(() => put.call(db.transaction('NAME', 'readwrite').objectStore('NAME'), value), 4000)
  return this.get(value.id)
}
"""
"""A store that says that it has written, and writes four seconds later."""


def test_a_store_that_says_saved_before_it_is_does_not_pass(phone: BrowserContext, office: Office) -> None:
    page = deputy.enrol(phone, office)
    office.stop()
    page.close()
    page = opened(phone, office.address, LATE.replace("NAME", "records"))
    assert lost_while_filing(phone, page, [3], LATE.replace("NAME", "records")) != []
    page = opened(phone, office.address)
    deputy.begin(page, "走访")
    expect(page.get_by_text("已保存在手机里")).to_be_visible()
    draft = page.url
    page.close()
    page = opened(phone, draft, LATE.replace("NAME", "drafts"))
    marks: list[tuple[float, str]] = []
    typing(page, marks, 5)
    at = time.monotonic()
    kill(phone, page)
    page = opened(phone, draft)
    expect(page.get_by_label(SUMMARY)).to_be_visible()
    assert not page.get_by_label(SUMMARY).input_value().startswith(expected(marks, at))


def test_what_was_typed_is_written_before_a_file_picker_opens(phone: BrowserContext, office: Office) -> None:
    page = deputy.enrol(phone, office)
    office.stop()
    deputy.begin(page, "走访")
    address = page.url
    expect(page.get_by_text("已保存在手机里")).to_be_visible()
    page.evaluate(
        """([words]) => {
          const box = document.querySelector('textarea')
          box.value = words
          box.dispatchEvent(new Event('input', { bubbles: true }))
          const picker = Object.assign(document.createElement('input'), { type: 'file' })
          document.body.append(picker)
          picker.click()
          // Nothing that waits for its time comes to it any more, as where the camera takes all the memory.
          window.setTimeout = () => 0
        }""",
        ["拍照以前写的"],
    )
    page.wait_for_timeout(300)
    kill(phone, page)
    page = opened(phone, address)
    expect(page.get_by_label(SUMMARY)).to_have_value("拍照以前写的")


def copied(page: Page, words: str, act: Callable[[], Any] | None = None) -> None:
    """Write a summary, and wait until the office has a copy of it."""
    with page.expect_response(
        lambda said: "/api/v1/draft/" in said.url and said.ok and words in (said.request.post_data or ""),
        timeout=30_000,
    ):
        act() if act else page.get_by_label(SUMMARY).fill(words)


def visit(page: Page, words: str) -> None:
    """Fill in a visit as far as the check page; from the second on the place is that of last time."""
    deputy.begin(page, "走访")
    if not page.get_by_role("button", name="换一个").is_visible():
        deputy.choose(page, "网格", "第三", "柳河村第三网格")
    page.get_by_label("见到人数").fill("3")
    page.get_by_label(SUMMARY).fill(words)
    deputy.onward(page)
    expect(page.get_by_role("heading", name="核对一遍")).to_be_visible()


def test_a_draft_from_one_phone_goes_on_on_another(
    new_phone: NewPhone, office: Office, watch: Watch, complaints: list[str]
) -> None:
    one, two = new_phone(), new_phone()
    first = deputy.enrol(one, office, watch(one.new_page()))
    deputy.begin(first, "走访")
    copied(first, "路灯不亮")
    second = deputy.enrol(two, office, watch(two.new_page()))
    expect(second.get_by_text("您在别的手机上写了一半的 1 份草稿已取回")).to_be_visible()
    second.get_by_role("link", name="走访").click()
    expect(second.get_by_label(SUMMARY)).to_have_value("路灯不亮")
    copied(second, "路灯不亮，第三网格")
    expect(first.get_by_label(SUMMARY)).to_have_value("路灯不亮")
    first.evaluate("() => dispatchEvent(new Event('online'))")
    expect(first.get_by_label(SUMMARY)).to_have_value("路灯不亮，第三网格")
    deputy.home(second)
    second.get_by_role("button", name="知道了").click()
    expect(second.get_by_text("草稿已取回")).to_have_count(0)
    assert complaints == []


def test_a_draft_that_is_deleted_on_one_phone_is_gone_from_the_other(
    new_phone: NewPhone, office: Office
) -> None:
    one, two = new_phone(), new_phone()
    first = deputy.enrol(one, office)
    deputy.begin(first, "走访")
    copied(first, "不要了")
    second = deputy.enrol(two, office)
    expect(second.get_by_role("link", name="不要了")).to_be_visible()
    first.get_by_role("button", name="删除这条草稿").click()
    with first.expect_response(lambda said: said.request.method == "DELETE" and said.ok):
        first.get_by_role("button", name="删除", exact=True).click()
    second.reload()
    expect(second.get_by_role("heading", name="要记什么？")).to_be_visible()
    expect(second.get_by_role("link", name="不要了")).to_have_count(0)


def clear(phone: BrowserContext, page: Page, office: Office) -> None:
    """The browser throws the database away and nothing else."""
    session = phone.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": office.address, "storageTypes": "indexeddb"})
    page.goto("about:blank")


def test_a_cleared_phone_says_so_and_gets_everything_back(phone: BrowserContext, office: Office) -> None:
    page = deputy.enrol(phone, office)
    visit(page, "早就送达的")
    deputy.file(page)
    deputy.level(page, "✓ 已送达")
    deputy.home(page)
    deputy.begin(page, "走访")
    copied(page, "还没写完的")
    deputy.home(page)
    copied(page, "提交了没送到的", lambda: visit(page, "提交了没送到的"))
    office.stop()
    deputy.file(page)
    deputy.level(page, "↑ 等待上传")
    clear(phone, page, office)

    office.start()
    page.goto(office.address)
    expect(page.get_by_role("alert")).to_contain_text("这部手机清理过数据")
    expect(page.get_by_role("alert")).to_contain_text("有 1 条还没上传的记录、1 份草稿")
    expect(page.get_by_role("alert")).to_contain_text("登记以后，单位系统里存着的会自动取回来")
    page = deputy.enrol(phone, office, page)
    expect(page.get_by_text("清理掉的都取回来了")).to_be_visible()
    expect(page.get_by_text("取回了 1 条记录、2 份草稿。")).to_be_visible()
    expect(page.get_by_role("link", name="还没写完的")).to_be_visible()
    expect(page.get_by_role("link", name="提交了没送到的")).to_be_visible()
    page.get_by_role("button", name="知道了").click()
    expect(page.get_by_text("清理掉的都取回来了")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", name="要记什么？")).to_be_visible()
    expect(page.get_by_text("清理掉的都取回来了")).to_have_count(0)
    page.get_by_role("link", name="提交了没送到的").click()
    deputy.file(page)
    deputy.level(page, "✓ 已送达")
    page.goto(f"{office.address}/#/records")
    expect(page.locator("main li")).to_have_count(2)


def test_what_no_copy_had_reached_is_said_to_be_missing(phone: BrowserContext, office: Office) -> None:
    page = deputy.enrol(phone, office)
    office.stop()
    visit(page, "谁也没有的")
    deputy.file(page)
    deputy.level(page, "↑ 等待上传")
    clear(phone, page, office)
    office.start()
    page.goto(office.address)
    page = deputy.enrol(phone, office, page)
    expect(page.get_by_role("alert")).to_contain_text("还有 1 条还没上传的记录没有找到")
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("请凭记忆补记一次")
    page.get_by_role("button", name="知道了").click()
    page.reload()
    expect(page.get_by_role("heading", name="要记什么？")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


FILL = """async () => {
  const asked = indexedDB.open('photos of somebody else')
  asked.onupgradeneeded = () => asked.result.createObjectStore('bytes', { autoIncrement: true })
  const db = await new Promise((done) => { asked.onsuccess = () => done(asked.result) })
  const put = (size) => new Promise((done) => {
    const tx = db.transaction('bytes', 'readwrite')
    // What cannot be packed takes the room that it seems to.
    const bytes = new Uint8Array(size)
    for (let at = 0; at < size; at += 50_000) crypto.getRandomValues(bytes.subarray(at, at + 50_000))
    tx.objectStore('bytes').put(bytes)
    tx.oncomplete = () => done(true)
    tx.onabort = () => done(false)
  })
  for (const size of [500_000, 20_000, 1_000, 200]) for (let n = 0; n < 500 && (await put(size)); n++);
  db.close()
}"""


def little_room(phone: BrowserContext, office: Office) -> Page:
    """A page on a phone with room for little; set first, since the browser looks only now and then."""
    page = phone.new_page()
    quota = {"origin": office.address, "quotaSize": 8_000_000}
    phone.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", quota)
    return page


def fill_up(phone: BrowserContext, page: Page, office: Office) -> Callable[[], None]:
    """No room at all from now on; returns what makes room again."""
    page.evaluate(FILL)

    def make_room() -> None:
        phone.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", {"origin": office.address})

    return make_room


def test_a_full_phone_keeps_the_words_on_the_screen_and_at_the_office(
    new_phone: NewPhone, office: Office
) -> None:
    phone = new_phone()
    page = deputy.enrol(phone, office, little_room(phone, office))
    deputy.begin(page, "走访")
    page.get_by_label(SUMMARY).fill("路灯")
    expect(page.get_by_text("已保存在手机里")).to_be_visible()
    make_room = fill_up(phone, page, office)
    # A little may still fit in.
    for _ in range(20):
        page.get_by_label(SUMMARY).press_sequentially("亮", delay=500)
        if page.get_by_text("没有保存成功：手机满了").is_visible():
            break
    copied(page, "路灯不亮，手机满了")
    expect(page.get_by_role("alert")).to_contain_text("没有保存成功：手机满了")
    expect(page.get_by_role("alert")).to_contain_text("单位系统里也存了一份")
    deputy.home(page)
    expect(page.get_by_role("alert")).to_contain_text("删掉一些照片或视频")
    page.get_by_role("link", name="路灯不亮，手机满了").click()
    expect(page.get_by_label(SUMMARY)).to_have_value("路灯不亮，手机满了")
    other = deputy.enrol(new_phone(), office)
    expect(other.get_by_role("link", name="路灯不亮，手机满了")).to_be_visible()
    make_room()
    page.get_by_label(SUMMARY).fill("路灯不亮，手机有地方了")
    expect(page.get_by_text("已保存在手机里")).to_be_visible()
    page.reload()
    expect(page.get_by_label(SUMMARY)).to_have_value("路灯不亮，手机有地方了")


NO_ROOM = """() => {
  window.put = IDBObjectStore.prototype.put
  IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') }
}"""
ROOM = "() => { IDBObjectStore.prototype.put = window.put }"


def test_a_phone_that_fills_up_while_filing_says_so_and_files_later(
    phone: BrowserContext, office: Office
) -> None:
    page = deputy.enrol(phone, office)
    office.stop()
    visit(page, "满了也要交")
    page.evaluate(NO_ROOM)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("alert")).to_contain_text("手机存储满了")
    page.evaluate(ROOM)
    deputy.file(page)
    deputy.level(page, "↑ 等待上传")


ASLEEP = "BroadcastChannel = undefined"


def test_two_tabs_show_the_newer_words_and_keep_both_where_both_were_typed(
    phone: BrowserContext, office: Office
) -> None:
    one = deputy.enrol(phone, office)
    deputy.begin(one, "走访")
    one.get_by_label(SUMMARY).fill("这一页写的")
    two = opened(phone, one.url)
    expect(two.get_by_label(SUMMARY)).to_have_value("这一页写的")
    one.get_by_label(SUMMARY).fill("这一页又写的")
    expect(two.get_by_label(SUMMARY)).to_have_value("这一页又写的")
    two.close()
    # A tab that the browser had put to sleep hears nothing of the others.
    two = opened(
        phone, one.url, "BroadcastChannel.prototype.postMessage = () => {}; BroadcastChannel = undefined"
    )
    expect(two.get_by_label(SUMMARY)).to_have_value("这一页又写的")
    one.get_by_label(SUMMARY).fill("甲写的")
    expect(one.get_by_text("已保存在手机里")).to_be_visible()
    one.wait_for_timeout(1000)
    two.get_by_label(SUMMARY).fill("乙写的")
    expect(two.get_by_text("已保存在手机里")).to_be_visible()
    two.wait_for_timeout(1000)
    deputy.home(two)
    expect(two.get_by_role("link", name="甲写的")).to_be_visible()
    expect(two.get_by_role("link", name="乙写的")).to_be_visible()
    one.reload()
    expect(one.get_by_label(SUMMARY)).to_have_value("乙写的")


NO_DATABASE = "Object.defineProperty(window, 'indexedDB', { value: undefined })"


def enrolled_without_memory(page: Page, office: Office) -> None:
    page.goto(office.invite())
    expect(page.get_by_role("alert")).to_contain_text("这个浏览器什么也存不住")
    page.get_by_role("button", name="开始登记").click()
    office.run("confirm", deputy.digits(page))
    expect(page.get_by_role("heading", name="要记什么？")).to_be_visible()


def test_a_browser_without_memory_says_so_files_at_once_and_keeps_drafts_at_the_office(
    phone: BrowserContext, office: Office, watch: Watch, complaints: list[str], tmp_path: Path
) -> None:
    page = watch(phone.new_page())
    page.add_init_script(NO_DATABASE)
    enrolled_without_memory(page, office)
    expect(page.get_by_role("alert")).to_contain_text("重新登记")
    visit(page, "马上送达的")
    deputy.file(page)
    deputy.level(page, "✓ 已送达")
    deputy.home(page)
    deputy.begin(page, "走访")
    copied(page, "只在单位系统里")
    expect(page.get_by_text(re.compile("已存到单位系统"))).to_be_visible()
    expect(page.get_by_text("已保存在手机里")).to_have_count(0)
    page.reload()
    expect(page.get_by_label("登记码")).to_be_visible()
    page.goto("about:blank")
    enrolled_without_memory(page, office)
    expect(page.get_by_text("您在别的手机上写了一半的 1 份草稿已取回")).to_be_visible()
    page.get_by_role("link", name="只在单位系统里").click()
    expect(page.get_by_label(SUMMARY)).to_have_value("只在单位系统里")
    page.evaluate("() => { location.hash = '#/records' }")
    expect(page.locator("main li")).to_have_count(1)
    assert len(office.exported("visit", tmp_path / "out")) == 1
    assert complaints == []
