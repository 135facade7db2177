"""What a phone could not send goes to the office by file; how a phone is doing; a PIN against the curious."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from ledger.drafts import Drafts
from ledger.records import read_record
from tests.browser import deputy
from tests.browser.office import ROOT, Office

pytestmark = pytest.mark.browser
Watch = Callable[[Page], Page]
LOOKS = (Path(__file__).parent / "looks.js").read_text("utf-8").split("\n", 1)[1]
LONG_AGO = "() => { localStorage['mingbai.seen'] = Date.now() - 6 * 60000 }"
COME_BACK = f"() => {{ ({LONG_AGO})(); document.dispatchEvent(new Event('visibilitychange')) }}"


def go(page: Page, office: Office, place: str, heading: str) -> None:
    page.goto(f"{office.address}/#/{place}")
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def visit(page: Page, summary: str) -> None:
    """File a visit; the record stays on the screen."""
    deputy.home(page)
    deputy.begin(page, "走访")
    page.get_by_label("见到人数").fill("3")
    # The place is the same as last time, where there was one.
    if page.locator("#f-grid").evaluate("each => each.tagName") == "INPUT":
        deputy.choose(page, "网格", "第三", "柳河村第三网格")
    page.get_by_label("谈的情况").fill(summary)
    deputy.onward(page)
    deputy.file(page)


def export(page: Page, office: Office, folder: Path) -> Path:
    """The file of what has not gone up, in one's hands."""
    go(page, office, "phone/export", "导出没上传的记录")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="导出", exact=True).click()
    expect(page.get_by_text("文件存好了")).to_be_visible()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    assert re.fullmatch(r"mingbai-\d{4}-\d\d-\d\d-[0-9a-f]{8}\.mbx", path.name)
    return path


def command(office: Office, *words: str) -> subprocess.CompletedProcess[str]:
    """A command of the office that may be refused."""
    places = {"CONTENT": office.content, "HOME": office.home, "SITE": office.site}
    env = {f"MINGBAI_{name}": str(path) for name, path in places.items()}
    return subprocess.run(
        [sys.executable, "-m", "collector", *words],
        cwd=ROOT,
        env={**os.environ, **env, "LANG": "zh_CN.UTF-8"},
        capture_output=True,
        text=True,
    )


def all_up(page: Page, office: Office) -> None:
    go(page, office, "uploads", "上传情况")
    page.get_by_role("button", name="现在上传").click()
    expect(page.get_by_text("都已交到单位系统")).to_be_visible(timeout=30_000)


def drafts_of(office: Office) -> list[Any]:
    """What is kept of the deputy's drafts."""
    (copy,) = [each for each in (read_record(p) for p in office.exported("deputy", office.home / "out"))][:1]
    drafts = Drafts(office.home)
    try:
        return [json.loads(each.text) for each in drafts.of(str(copy.code))]
    finally:
        drafts.close()


# -- the file --


def carried(page: Page, office: Office, folder: Path) -> None:
    """Two visits and a draft go to the office by file, with the server down; then over the network too."""
    office.stop()
    visit(page, "三组村道没有路灯")
    visit(page, "水管又漏了")
    deputy.home(page)
    deputy.begin(page, "走访")
    page.get_by_label("谈的情况").fill("还没写完的话")
    expect(page.get_by_text("已保存在手机里")).to_be_visible()
    path = export(page, office, folder)
    assert "路灯" not in path.read_text()
    said = office.run("import", str(path))
    assert "记录 2 条：收下 2，以前已有 0" in said, said
    assert "草稿 1 份：存下 1" in said, said
    copies = office.exported("visit", folder / "out")
    assert {read_record(each).answers["summary"] for each in copies} == {"三组村道没有路灯", "水管又漏了"}

    office.start()
    all_up(page, office)
    assert len(office.exported("visit", folder / "out")) == 2
    assert "收下 0，以前已有 2" in office.run("import", str(path))
    go(page, office, "records", "我的记录")
    expect(page.locator("main .tag.delivered")).to_have_count(2)


def test_what_the_file_brought_is_not_taken_twice(
    phone: BrowserContext, office: Office, watch: Watch, complaints: list[str], tmp_path: Path
) -> None:
    page = deputy.enrol(phone, office, watch(phone.new_page()))
    carried(page, office, tmp_path)
    assert [each["typed"]["summary"] for each in drafts_of(office)] == ["还没写完的话"]
    # A server that was started anew does not know the phone's nonce any more: it answers once with a new one.
    assert complaints in (
        [],
        ["Failed to load resource: the server responded with a status of 401 (Unauthorized)"],
    )


DROP_THE_LAST = """() => {
  const all = IDBObjectStore.prototype.getAllKeys
  IDBObjectStore.prototype.getAllKeys = function (...asked) {
    const request = all.apply(this, asked)
    if (this.name === 'outbox' && location.hash.endsWith('export')) {
      const found = Object.getOwnPropertyDescriptor(IDBRequest.prototype, 'result').get
      Object.defineProperty(request, 'result', { get: () => found.call(request).slice(0, -1) })
    }
    return request
  }
}"""


def test_a_file_that_lacks_the_last_record_would_be_noticed(
    phone: BrowserContext, office: Office, tmp_path: Path
) -> None:
    page = deputy.enrol(phone, office)
    page.evaluate(DROP_THE_LAST)
    with pytest.raises(AssertionError, match="记录 1 条：收下 1"):
        carried(page, office, tmp_path)


def test_an_altered_file_is_refused_and_nothing_is_taken(
    phone: BrowserContext, office: Office, tmp_path: Path
) -> None:
    page = deputy.enrol(phone, office)
    office.stop()
    visit(page, "三组村道没有路灯")
    path = export(page, office, tmp_path)
    whole = path.read_text()
    at = len(whole) // 2
    path.write_text(whole[:at] + ("A" if whole[at] != "A" else "B") + whole[at + 1 :])
    refused = command(office, "import", str(path))
    assert refused.returncode == 3
    assert "已损坏或被改过" in refused.stderr.splitlines()[-1]
    assert office.exported("visit", tmp_path / "out") == []
    path.write_text(whole)
    assert command(office, "import", str(path)).returncode == 0


def test_a_stopped_phone_hands_over_what_it_has(
    phone: BrowserContext, office: Office, tmp_path: Path
) -> None:
    page = deputy.enrol(phone, office)
    office.run("revoke", office.run("devices").split()[0], "--reason", "换了手机")
    go(page, office, "uploads", "上传情况")
    page.get_by_role("button", name="现在上传").click()
    deputy.home(page)
    expect(page.get_by_text("这部手机已停用")).to_be_visible()
    office.stop()
    visit(page, "三组村道没有路灯")
    deputy.home(page)
    page.get_by_role("link", name="导出没上传的记录").click()
    path = export(page, office, tmp_path)
    assert "停用待处理 1" in office.run("import", str(path))


FILL_UP = """() => {
  IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') }
}"""


def test_words_that_could_not_be_saved_are_in_the_file(
    phone: BrowserContext, office: Office, tmp_path: Path
) -> None:
    page = deputy.enrol(phone, office)
    deputy.begin(page, "走访")
    page.evaluate(FILL_UP)
    page.get_by_label("谈的情况").fill("手机满了也要留下的话")
    expect(page.get_by_role("alert")).to_contain_text("没有保存成功")
    page.get_by_role("link", name="导出没上传的记录").click()
    expect(page.get_by_text("草稿 1 份")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="导出", exact=True).click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    assert "存下 1" in office.run("import", str(path))
    assert [each["typed"]["summary"] for each in drafts_of(office)] == ["手机满了也要留下的话"]
    page.go_back()
    expect(page.get_by_label("谈的情况")).to_have_value("手机满了也要留下的话")


# -- how the phone is doing --


def report(page: Page) -> dict[str, Any]:
    """Send the report: what was shown letter for letter is what went out."""
    page.get_by_role("button", name="看看会发什么").click()
    shown = page.locator(".exactly").inner_text()
    with page.expect_request("**/api/v1/report") as asked:
        page.get_by_role("button", name="把情况告诉人大办").click()
    sent = str(asked.value.post_data)
    assert sent == shown
    assert "路灯" not in sent and "柳河" not in sent, sent
    said: dict[str, Any] = json.loads(sent)
    return said


def test_the_page_says_what_wants_attention_and_the_office_gets_a_report(
    phone: BrowserContext, office: Office, watch: Watch, complaints: list[str]
) -> None:
    page = deputy.enrol(phone, office, watch(phone.new_page()))
    visit(page, "三组村道没有路灯")
    deputy.level(page, "✓ 已送达")
    go(page, office, "help", "帮助")
    page.get_by_role("link", name="看看这部手机好不好").click()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    first = page.locator("section.news").first
    expect(first).to_contain_text("要留意")
    expect(first).to_contain_text("添加到主屏幕")
    main = page.locator("main")
    expect(main).to_contain_text(re.compile(r"登记给.+，手机编号 [0-9a-f]{8}。"))
    expect(main).to_contain_text("记录都已交到单位系统")
    expect(main).to_contain_text(re.compile(r"最近一张回执：\d+ 号，今天 \d+:\d\d"))
    expect(main).to_contain_text(re.compile(r"没有网也能打开（版本 [0-9a-f]{8}）"))
    expect(main).to_contain_text("手机时间是准的")
    expect(main).to_contain_text(re.compile(r"表格和名单：今天 \d+:\d\d 和单位系统对过"))
    said = report(page)
    assert said["unsent"] == 0 and said["kept"] is False and abs(said["clock_ms"]) < 60_000
    expect(page.get_by_text("人大办收到了")).to_be_visible()
    listed = office.run("devices")
    assert "应用 1，没上传 0 条，草稿 0 份，存储没有保护，时间准" in listed, listed
    assert complaints == []


def test_with_no_network_the_same_is_a_text_to_copy(phone: BrowserContext, office: Office) -> None:
    phone.grant_permissions(["clipboard-read", "clipboard-write"])
    page = deputy.enrol(phone, office)
    office.stop()
    visit(page, "三组村道没有路灯")
    go(page, office, "phone/health", "这部手机好不好")
    expect(page.get_by_text("有 1 条没上传")).to_be_visible()
    expect(page.get_by_role("button", name="导出没上传的记录")).to_be_visible()
    page.get_by_role("button", name="把情况告诉人大办").click()
    expect(page.get_by_text("现在连不上人大办")).to_be_visible()
    page.get_by_role("button", name="复制这段话发给人大办").click()
    expect(page.get_by_text("已复制")).to_be_visible()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert "没上传的记录（条）：1" in copied and "路灯" not in copied
    assert office.run("devices").count("还没有报告") == 1


TELL_TALE = """() => {
  const write = JSON.stringify
  const note = '路灯不亮'
  JSON.stringify = (value, ...more) =>
    write(value?.clock_ms === undefined ? value : { ...value, note }, ...more)
}"""


def test_a_report_that_carried_a_records_text_would_be_noticed_and_refused(
    phone: BrowserContext, office: Office
) -> None:
    page = deputy.enrol(phone, office)
    page.evaluate(TELL_TALE)
    page.evaluate("() => { location.hash = '#/phone/health' }")
    with pytest.raises(AssertionError, match="路灯不亮"):
        report(page)
    expect(page.get_by_text("人大办没有收下")).to_be_visible()
    assert "还没有报告" in office.run("devices")


def test_a_clock_that_is_a_year_off_is_said_in_words(phone: BrowserContext, office: Office) -> None:
    page = deputy.enrol(phone, office)
    page.add_init_script(
        "{ const now = Date.now; Date.now = () => now() + 366 * 86400000;"
        " const Real = Date; globalThis.Date = class extends Real {"
        " constructor(...given) { given.length ? super(...given) : super(Real.now()) } } }"
    )
    page.reload()
    go(page, office, "phone/health", "这部手机好不好")
    expect(page.get_by_text("手机时间快了 36")).to_be_visible()
    expect(page.get_by_text("自动设置时间")).to_be_visible()


# -- the PIN --


def set_pin(page: Page, office: Office, digits: str = "4711") -> None:
    go(page, office, "help", "帮助")
    page.get_by_role("link", name="打开时要密码").click()
    expect(page.get_by_text("只挡一挡随手翻看的人；手机丢了，请马上告诉人大办停用。")).to_be_visible()
    page.get_by_label("新密码").fill(digits)
    page.get_by_label("再输一遍").fill(digits)
    page.get_by_role("button", name="设好密码").click()
    expect(page.get_by_text("密码设好了")).to_be_visible()


def come_back(page: Page) -> None:
    """Away for long, and back: as often as it takes until the app has seen it."""
    for _ in range(40):
        page.evaluate(COME_BACK)
        page.wait_for_timeout(250)
        if page.get_by_role("heading", name="请输密码").is_visible():
            return
    raise AssertionError("the PIN is not asked for")


def unlock(page: Page, digits: str) -> None:
    page.get_by_label("密码", exact=True).fill(digits)
    page.get_by_role("button", name="打开").click()


def test_the_pin_is_asked_after_five_minutes_away_and_holds_up_no_record(
    phone: BrowserContext, office: Office, watch: Watch, complaints: list[str], tmp_path: Path
) -> None:
    page = deputy.enrol(phone, office, watch(phone.new_page()))
    set_pin(page, office)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("打开时要密码")
    office.stop()
    visit(page, "三组村道没有路灯")
    come_back(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("请输密码")
    expect(page.get_by_text("路灯")).to_have_count(0)
    expect(page.get_by_text("还有 1 条没上传，不输密码也会自动上传")).to_be_visible()
    page.close()

    office.start()
    page = watch(phone.new_page())
    page.goto(f"{office.address}/#/records")
    page.evaluate(LONG_AGO)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("请输密码")
    expect(page.get_by_text("没上传")).to_have_count(0, timeout=30_000)
    assert len(office.exported("visit", tmp_path / "out")) == 1
    unlock(page, "12")
    expect(page.get_by_role("alert")).to_have_text("密码是 4 到 6 位数字。")
    unlock(page, "4712")
    expect(page.get_by_role("alert")).to_contain_text("密码不对")
    unlock(page, "４７１１")
    expect(page.get_by_role("heading", level=1)).to_have_text("我的记录")
    expect(page.get_by_role("link", name="柳河村第三网格")).to_be_visible()
    assert complaints == []


def test_many_wrong_tries_cost_time_and_nothing_else(phone: BrowserContext, office: Office) -> None:
    page = deputy.enrol(phone, office)
    set_pin(page, office)
    come_back(page)
    for number in range(10):
        unlock(page, f"000{number}")
        expect(page.get_by_label("密码", exact=True)).to_have_value("")
    expect(page.get_by_role("alert")).to_have_text("错了好多次，请过 1 分钟再试。记录都在，不会丢。")
    unlock(page, "4711")
    expect(page.get_by_role("alert")).to_contain_text("请过 1 分钟再试")
    page.evaluate(
        "() => { const now = Date.now; Date.now = () => now() + 60000; const Real = Date;"
        " globalThis.Date = class extends Real {"
        " constructor(...given) { given.length ? super(...given) : super(Real.now()) } } }"
    )
    unlock(page, "4711")
    expect(page.get_by_role("heading", level=1)).to_have_text("打开时要密码")


def test_the_pin_is_changed_and_removed_by_who_knows_it(phone: BrowserContext, office: Office) -> None:
    page = deputy.enrol(phone, office)
    set_pin(page, office)
    page.get_by_role("button", name="不再要密码").click()
    expect(page.get_by_role("alert")).to_have_text("密码是 4 到 6 位数字。")
    page.get_by_label("现在的密码").fill("4711")
    page.get_by_label("新密码").fill("123456")
    page.get_by_label("再输一遍").fill("123457")
    page.get_by_role("button", name="换成新密码").click()
    expect(page.get_by_role("alert")).to_have_text("两遍不一样，请再输一遍。")
    page.get_by_label("再输一遍").fill("123456")
    page.get_by_role("button", name="换成新密码").click()
    expect(page.get_by_text("密码换好了")).to_be_visible()
    come_back(page)
    unlock(page, "123456")
    page.get_by_label("现在的密码").fill("123456")
    page.get_by_role("button", name="不再要密码").click()
    expect(page.get_by_text("以后打开不要密码了")).to_be_visible()
    page.evaluate(LONG_AGO)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("打开时要密码")


def test_who_forgot_the_pin_is_let_in_by_the_office_and_loses_nothing(
    phone: BrowserContext, office: Office, tmp_path: Path
) -> None:
    page = deputy.enrol(phone, office)
    set_pin(page, office)
    office.stop()
    visit(page, "三组村道没有路灯")
    come_back(page)
    page.get_by_role("button", name="忘了密码").click()
    expect(page.get_by_text("要先传上去才能重新登记")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="导出没上传的记录").click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    assert "收下 1" in office.run("import", str(path))
    office.start()
    page.get_by_role("button", name="现在上传").click()
    code = page.get_by_label("登记码")
    expect(code).to_be_visible(timeout=30_000)
    code.fill(typed(office.invite("d2")))
    page.get_by_role("button", name="重新登记").click()
    expect(page.get_by_role("alert")).to_contain_text("这个登记码是发给别人的")
    expect(page.get_by_text("路灯")).to_have_count(0)
    code.fill(typed(office.invite()))
    page.get_by_role("button", name="重新登记").click()
    shown = deputy.digits(page)
    office.run("confirm", shown)
    expect(page.get_by_role("heading", name="要记什么？")).to_be_visible()
    visit(page, "水管又漏了")
    deputy.level(page, "✓ 已送达")
    go(page, office, "records", "我的记录")
    expect(page.get_by_role("link", name="柳河村第三网格")).to_have_count(2)
    page.evaluate(LONG_AGO)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("我的记录")
    assert len(office.exported("visit", tmp_path / "out")) == 2


def typed(link: str) -> str:
    """The thirteen characters in an invitation's link."""
    return link.split("#e=")[1].split("&")[0]


# -- a record as YAML --


def test_a_copied_record_is_a_file_that_the_import_takes(
    phone: BrowserContext, office: Office, tmp_path: Path
) -> None:
    page = deputy.enrol(phone, office)
    deputy.begin(page, "样样都有")
    page.get_by_label("哪一天").fill("2026-03-02")
    page.get_by_label("一句话").fill("no: 'it’s' # 欧阳")
    deputy.onward(page)
    page.get_by_label("详细情况").fill("第一行\n\n  - 第三行: 𠮷")
    deputy.onward(page)
    deputy.onward(page)
    hours = page.get_by_role("group", name="接待时间", exact=True)
    for number, (day, at) in enumerate([("星期三", "08:00"), ("星期五", "14:30")]):
        hours.get_by_role("button", name="再加一项").click()
        page.get_by_label("星期几").nth(number).fill(day)
        page.get_by_label("从几点").nth(number).fill(at)
    deputy.onward(page)
    deputy.file(page)
    deputy.level(page, "✓ 已送达")
    page.get_by_role("button", name="复制这条记录").click()
    copied = page.get_by_role("textbox", name="复制这条记录").input_value()

    path = tmp_path / "copied.yaml"
    path.write_text(copied, "utf-8")
    assert "收下 0，以前已有 1" in office.run("import", str(path))
    path.write_text(copied.replace("14:30", "15:30"), "utf-8")
    assert "收下 1，以前已有 0" in office.run("import", str(path))
    [exported] = office.exported("everything", tmp_path / "out")
    answers = read_record(exported).answers
    assert answers["hours"] == [
        {"weekday": "星期三", "from": "08:00"},
        {"weekday": "星期五", "from": "15:30"},
    ]
    assert answers["story"] == "第一行\n\n  - 第三行: 𠮷"
    assert answers["line"] == "no: 'it’s' # 欧阳"
    new = "".join(line for line in copied.splitlines(keepends=True) if not line.startswith("code:"))
    (tmp_path / "of-paper.yaml").write_text(new, "utf-8")
    assert "收下 1，以前已有 0" in office.run("import", str(tmp_path / "of-paper.yaml"))


# -- every screen --


@pytest.mark.parametrize(("width", "size"), [(360, 18), (360, 30), (320, 30)])
def test_every_screen_about_the_phone_can_be_read_and_tapped(
    new_phone: Callable[..., BrowserContext], office: Office, width: int, size: int
) -> None:
    faults: list[str] = []

    def look(screen: str) -> None:
        faults.extend(f"{screen}: {fault}" for fault in page.evaluate(LOOKS))
        if shots := os.environ.get("MINGBAI_SHOTS"):
            page.screenshot(path=Path(shots) / f"{width}-{size} {screen}.png", full_page=True)

    page = deputy.enrol(new_phone(width=width), office)
    page.evaluate(
        "size => localStorage.setItem('mingbai.settings', JSON.stringify({size, lang: 'zh'}))", size
    )
    page.reload()
    office.stop()
    visit(page, "三组村道没有路灯")
    go(page, office, "help", "帮助")
    look("help")
    go(page, office, "uploads", "上传情况")
    expect(page.get_by_role("link", name="导出没上传的记录")).to_be_visible()
    look("uploads")
    go(page, office, "phone/health", "这部手机好不好")
    expect(page.get_by_text("有 1 条没上传")).to_be_visible()
    page.get_by_role("button", name="看看会发什么").click()
    look("health")
    page.get_by_role("button", name="把情况告诉人大办").click()
    expect(page.get_by_text("现在连不上人大办")).to_be_visible()
    look("report away")
    go(page, office, "phone/export", "导出没上传的记录")
    look("export")
    page.get_by_role("button", name="导出", exact=True).click()
    expect(page.get_by_text("文件存好了")).to_be_visible()
    look("exported")
    deputy.home(page)
    deputy.begin(page, "走访")
    page.evaluate(FILL_UP)
    page.get_by_label("谈的情况").fill("手机满了")
    expect(page.get_by_role("alert")).to_contain_text("没有保存成功")
    look("not saved")
    deputy.home(page)
    expect(page.get_by_role("alert")).to_contain_text("没有保存成功")
    look("home, not saved")
    page.reload()
    expect(page.get_by_role("heading", name="要记什么？")).to_be_visible()
    set_pin(page, office)
    look("pin")
    come_back(page)
    unlock(page, "0000")
    expect(page.get_by_role("alert")).to_be_visible()
    look("lock")
    page.get_by_role("button", name="忘了密码").click()
    expect(page.get_by_text("要先传上去")).to_be_visible()
    look("forgotten, waiting")
    office.start()
    page.get_by_role("button", name="现在上传").click()
    expect(page.get_by_label("登记码")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="重新登记").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look("forgotten")
    assert faults == []
