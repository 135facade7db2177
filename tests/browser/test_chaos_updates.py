"""New, broken and withdrawn versions, changed forms: nobody is interrupted and nothing written is lost."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import apsw
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import chaos, deputy
from tests.browser.front import Answer, Front
from tests.browser.office import Office

pytestmark = pytest.mark.browser

NEW = "有新版本"
CLOSE = "请把这个网页都关掉，再打开就是新版本"
LOOK = "() => navigator.serviceWorker.getRegistration().then((one) => one?.update()).catch(() => null)"
REGISTERED = "() => navigator.serviceWorker.getRegistration().then((one) => !!one)"
WAITS = "() => navigator.serviceWorker.getRegistration().then((one) => !!one?.waiting)"
CACHES = "() => caches.keys()"
HELD = """() => new Promise((done) => {
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = ({ data }) => done(data)
  setTimeout(() => done(null), 1000)
  navigator.serviceWorker.controller?.postMessage('who', [port2])
})"""


@pytest.fixture
def front(office: Office, tmp_path: Path) -> Iterator[Front]:
    front = Front(office, tmp_path / "front")
    yield front
    front.close()


def until(page: Page, script: str, value: object) -> None:
    """Wait until this script says so."""
    for _ in range(300):
        if page.evaluate(script) == value:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{script} never said {value!r}")


def begin_draft(page: Page) -> None:
    deputy.begin(page, "走访")
    page.get_by_label("谈的情况").fill("路灯不亮")
    expect(page.get_by_text("已保存在手机里")).to_be_visible()


def changed_or_said(page: Page, name: str = "mingbai-new") -> bool:
    """Whether the new version is there; Chromium at times holds the old one, and then the app must say so."""
    for _ in range(600):
        if not page.get_by_text(NEW).is_visible() and page.evaluate(HELD) == name:
            return True
        if page.get_by_text(CLOSE).is_visible():
            return False
        page.wait_for_timeout(50)
    raise AssertionError("neither the new version nor a word of it")


def test_the_button_brings_the_new_version(
    new_phone: Callable[..., BrowserContext], office: Office, front: Front
) -> None:
    for n in range(4):
        page = chaos.enrol(new_phone(), office, front)
        front.new_version(f"mingbai-new-{n}")
        page.evaluate(LOOK)
        page.get_by_role("button", name="换成新版本").click()
        if changed_or_said(page, f"mingbai-new-{n}"):
            return
    raise AssertionError("four phones, and none changed")


def test_a_new_version_disturbs_neither_a_form_nor_an_upload(
    phone: BrowserContext, office: Office, front: Front
) -> None:
    page = chaos.enrol(phone, office, front)
    begin_draft(page)
    front.new_version()
    page.evaluate(LOOK)
    until(page, WAITS, True)
    expect(page.get_by_text(NEW)).to_be_hidden()
    other = phone.new_page()
    other.goto(front.address)
    other.get_by_role("button", name="换成新版本").click()
    changed_or_said(other)
    page.get_by_label("谈的情况").fill("路灯不亮，又暗了一盏")
    deputy.choose(page, "网格", "第三", "柳河村第三网格")
    page.get_by_label("见到人数").fill("3")
    deputy.onward(page)
    assert "<!-- new -->" not in page.content(), "the page with the form was opened anew"
    deputy.file(page)
    deputy.level(page, "✓ 已送达")
    chaos.all_arrived(page, office)


def test_a_version_that_does_not_take_over_says_what_to_do_instead(
    phone: BrowserContext, office: Office, front: Front
) -> None:
    page = chaos.enrol(phone, office, front)
    front.new_version()
    worker = front.files / "sw.js"
    deaf = worker.read_text("utf-8").replace("skipWaiting", "skip_nothing")
    assert "skip_nothing" in deaf
    worker.write_text(deaf, "utf-8")
    page.evaluate(LOOK)
    page.get_by_role("button", name="换成新版本").click()
    expect(page.get_by_text(CLOSE)).to_be_visible(timeout=30_000)
    page.close()
    page = phone.new_page()
    page.goto(front.address)
    deputy.home(page)
    assert "<!-- new -->" in page.content()


def test_while_records_go_up_nobody_is_asked_to_change(
    phone: BrowserContext, office: Office, front: Front
) -> None:
    page = chaos.enrol(phone, office, front)
    front.new_version()
    page.evaluate(LOOK)
    expect(page.get_by_text(NEW)).to_be_visible()
    ids = chaos.queue(page, 5)
    go_on = Event()

    def line(path: str, sent: bytes, ask: Callable[[], Answer]) -> Answer:
        if path.endswith("/push"):
            go_on.wait(20)
        return ask()

    front.line = line
    page.goto("about:blank")
    page.goto(front.address)
    expect(page.get_by_text("正在上传 0/5")).to_be_visible()
    expect(page.get_by_text(NEW)).to_be_hidden()
    go_on.set()
    chaos.all_there(page)
    chaos.all_arrived(page, office, ids)


@pytest.mark.parametrize("fault", ["altered", "missing", "sign-in page"])
def test_a_version_that_comes_broken_is_refused_and_nobody_is_bothered(
    phone: BrowserContext, office: Office, front: Front, fault: str
) -> None:
    page = chaos.enrol(phone, office, front)
    [held] = page.evaluate(CACHES)
    front.new_version()
    script = next((front.files / "assets").glob("cel-*.js"))
    if fault == "altered":
        script.write_text(script.read_text("utf-8") + "\n// meddled with", "utf-8")
    elif fault == "missing":
        script.unlink()
    else:
        script.write_text("<html>Welcome to our Wi-Fi</html>", "utf-8")
    page.evaluate(LOOK)
    until(page, CACHES, [held])
    expect(page.get_by_role("heading", name="要记什么？")).to_be_visible()
    for words in (NEW, "要有网才能再打开"):
        expect(page.get_by_text(words)).to_be_hidden()
    front.close()
    office.stop()
    page.goto("about:blank")
    page.goto(front.address)
    deputy.visit(page)
    deputy.file(page)
    deputy.level(page, "↑ 等待上传")
    assert "<!-- new -->" not in page.content()


def test_an_app_that_comes_broken_the_first_time_works_on_line_and_says_so(
    phone: BrowserContext, office: Office, front: Front
) -> None:
    (front.files / "icon-512.png").write_bytes(b"not a picture")
    page = chaos.enrol(phone, office, front, worker=False)
    expect(page.get_by_text("要有网才能再打开")).to_be_visible()
    deputy.visit(page)
    deputy.file(page)
    deputy.level(page, "✓ 已送达")
    chaos.all_arrived(page, office)


def say(office: Office, more: str, take_out: str = "") -> None:
    """Change the congress's own file, as the office does."""
    path = office.content / "congress.yaml"
    path.write_text(path.read_text("utf-8").replace(take_out or "\0", "") + more, "utf-8")
    os.utime(path)


def test_a_broken_app_is_withdrawn_and_what_was_written_stays(
    phone: BrowserContext, office: Office, front: Front
) -> None:
    page = chaos.enrol(phone, office, front)
    ids = chaos.queue(page, 3)
    begin_draft(page)
    # The app that phones hold is broken from here on; the one on the server is good, and not offered yet.
    say(office, "retire_app: true\n")
    front.new_version()
    until(page, f"async () => {{ await ({LOOK})(); return ({CACHES})() }}", [])
    page.goto("about:blank")
    page.goto(front.address)
    expect(page.get_by_text("要有网才能再打开")).to_be_visible()
    assert "<!-- new -->" in page.content()
    chaos.all_there(page)
    chaos.all_arrived(page, office, ids)
    page.get_by_role("link", name="走访").filter(has_text="草稿").click()
    expect(page.get_by_label("谈的情况")).to_have_value("路灯不亮")
    until(page, REGISTERED, False)
    say(office, "", take_out="retire_app: true\n")
    for _ in range(20):
        page.goto("about:blank")
        page.goto(front.address)
        deputy.home(page)
        page.wait_for_timeout(500)
        if page.evaluate(CACHES):
            break
    expect(page.get_by_text("要有网才能再打开")).to_be_hidden()
    until(page, CACHES, ["mingbai-new"])


def test_an_app_too_old_to_begin_anything_delivers_what_it_has(
    phone: BrowserContext, office: Office, front: Front
) -> None:
    page = chaos.enrol(phone, office, front)
    begin_draft(page)
    ids = chaos.queue(page, 3)
    say(office, "oldest_app: 99\n")
    for _ in range(20):
        page.goto("about:blank")
        page.goto(front.address)
        chaos.all_there(page)
        page.wait_for_timeout(500)
        if page.get_by_text("请先换成新版本").is_visible():
            break
    expect(page.get_by_text("已经写好的照样会上传")).to_be_visible()
    expect(page.get_by_role("button", name="走访")).to_be_hidden()
    page.get_by_role("link", name="走访").filter(has_text="草稿").click()
    deputy.choose(page, "网格", "第三", "柳河村第三网格")
    page.get_by_label("见到人数").fill("3")
    deputy.onward(page)
    deputy.file(page)
    deputy.level(page, "✓ 已送达")
    chaos.all_arrived(page, office, ids)


def filed_under(office: Office) -> list[str]:
    """The versions of the form that visits were filed under, in their order."""
    db = apsw.Connection(str(office.home / "ledger.db"), flags=apsw.SQLITE_OPEN_READONLY)
    rows = list(db.execute("SELECT envelope ->> 'form' FROM entry WHERE kind = 'visit' ORDER BY position"))
    db.close()
    return [str(version) for (version,) in rows]


def test_a_draft_keeps_the_form_it_was_begun_with_and_a_correction_says_what_is_gone(
    phone: BrowserContext, office: Office, front: Front
) -> None:
    page = chaos.enrol(phone, office, front)
    deputy.visit(page, "改表以前写的", phone="13800138000")
    form = office.content / "forms/visit.yaml"
    text = form.read_text("utf-8")
    form.write_text(text[: text.index("  phone:")] + text[text.index("page:") :], "utf-8")
    other = phone.new_page()
    for _ in range(20):
        other.goto("about:blank")
        other.goto(front.address)
        deputy.begin(other, "走访")
        if not other.get_by_label("联系电话").is_visible():
            break
        other.wait_for_timeout(500)
    expect(other.get_by_label("联系电话")).to_be_hidden()
    expect(page.locator(".block.closed")).to_contain_text("13800138000")
    expect(page.get_by_text("表改过了")).to_be_hidden()
    deputy.file(page)
    deputy.level(page, "✓ 已送达")
    page.get_by_role("button", name="更正这条记录").click()
    news = page.locator("section.news", has_text="表改过了，现在不填：联系电话")
    expect(news).to_contain_text("原来那一条里填的还在")
    deputy.onward(page)
    deputy.file(page)
    deputy.level(page, "✓ 已送达")
    before, after = filed_under(office)
    assert before != after
    chaos.all_arrived(page, office)
