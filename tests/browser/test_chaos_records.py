"""Records on their way through all that can happen: none lost, none twice, and the screen says how it is."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser import chaos, deputy
from tests.browser.front import Answer, Front, LineCut
from tests.browser.office import Office

pytestmark = pytest.mark.browser
Ask = Callable[[], Answer]

HEAR = """() => {
  window.heard = []
  new MutationObserver(() => {
    const said = document.body.innerText.match(/正在上传 \\d+\\/\\d+/)
    if (said && window.heard.at(-1) !== said[0]) window.heard.push(said[0])
  }).observe(document, { subtree: true, childList: true, characterData: true })
}"""
NO_LOCKS = "Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })"


@pytest.fixture
def front(office: Office, tmp_path: Path) -> Iterator[Front]:
    front = Front(office, tmp_path / "front")
    yield front
    front.close()


def test_many_waiting_records_all_arrive_none_twice_and_the_screen_counts(
    phone: BrowserContext, office: Office, front: Front
) -> None:
    many_arrive(phone, office, front, 200)


@pytest.mark.full
def test_two_thousand_waiting_records_all_arrive(phone: BrowserContext, office: Office, front: Front) -> None:
    many_arrive(phone, office, front, 2_000)


def many_arrive(phone: BrowserContext, office: Office, front: Front, count: int) -> None:
    page = chaos.enrol(phone, office, front)
    ids = chaos.queue(page, count)
    page.add_init_script(f"({HEAR})()")
    page.reload()
    chaos.all_there(page, seconds=count // 5 + 60)
    chaos.all_arrived(page, office, ids)
    said = [int(each.split(" ")[1].split("/")[0]) for each in page.evaluate("() => window.heard")]
    assert said == sorted(said) and len(set(said)) > 1


def test_offline_in_the_middle_of_a_push_loses_and_doubles_nothing(
    phone: BrowserContext, office: Office, front: Front
) -> None:
    page = chaos.enrol(phone, office, front)
    ids = chaos.queue(page, 150)
    second, go_on, pushes = threading.Event(), threading.Event(), Counter[str]()

    def line(path: str, sent: bytes, ask: Ask) -> Answer:
        if path.endswith("/push"):
            pushes.update([path])
            if pushes.total() == 2:
                second.set()
                go_on.wait(20)
                ask()
            if pushes.total() >= 2:
                raise LineCut
        return ask()

    front.line = line
    page.reload()
    assert second.wait(30)
    phone.set_offline(True)
    go_on.set()
    expect(page.get_by_text(re.compile("有 50 条还没上传"))).to_be_visible()
    expect(page.get_by_text("都存在手机里，不会丢。")).to_be_visible()
    assert chaos.astray(page, office)["lost"] == []
    front.line = lambda path, sent, ask: ask()
    phone.set_offline(False)
    chaos.uploads(page, front)
    chaos.all_there(page)
    chaos.all_arrived(page, office, ids)


def test_a_record_whose_answer_was_lost_is_sent_again_and_stands_once(
    phone: BrowserContext, office: Office, front: Front
) -> None:
    page = chaos.enrol(phone, office, front)
    lost: list[str] = []

    def line(path: str, sent: bytes, ask: Ask) -> Answer:
        answer = ask()
        if path.endswith("/push") and len(lost) < 2:
            lost.extend(chaos.ids_in(sent))
            raise LineCut
        return answer

    front.line = line
    deputy.visit(page)
    deputy.file(page)
    deputy.level(page, "✓ 已送达")
    assert len(lost) == 2
    chaos.all_arrived(page, office, lost)


PORTALS: dict[str, Answer] = {
    "HTML": (200, [("Content-Type", "text/html")], b"<html><title>Welcome to our Wi-Fi</title></html>"),
    "JSON": chaos.json_answer({"ok": True, "login": "http://wifi.example"}),
    "a redirect": (302, [("Location", "http://127.0.0.1:9/login")], b""),
}


@pytest.mark.parametrize("what", PORTALS)
@pytest.mark.parametrize("all_or_push", ["everything", "/push"])
def test_a_sign_in_page_is_seen_through(
    phone: BrowserContext, office: Office, front: Front, what: str, all_or_push: str
) -> None:
    page = chaos.enrol(phone, office, front)
    front.line = lambda path, sent, ask: (
        PORTALS[what] if all_or_push == "everything" or path.endswith(all_or_push) else ask()
    )
    deputy.visit(page)
    deputy.file(page)
    chaos.uploads(page, front)
    expect(page.get_by_text("连不上单位系统，")).to_be_visible()
    deputy.level(page, "↑ 等待上传")
    assert chaos.in_ledger(office) == [] and chaos.astray(page, office) == chaos.NOTHING
    front.line = lambda path, sent, ask: ask()
    page.get_by_role("button", name="现在上传").click()
    chaos.all_there(page)
    chaos.all_arrived(page, office)


SHIFT = """(() => {
  const Real = Date
  window.shift = %d
  window.Date = class extends Real {
    constructor(...said) { super(...(said.length ? said : [Real.now() + window.shift])) }
    static now() { return Real.now() + window.shift }
  }
})()"""


def today() -> str:
    """Today where the congress sits."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()


YEAR = 365 * 24 * 3600 * 1000


@pytest.mark.parametrize(("shift", "word"), [(YEAR, "快"), (-YEAR, "慢")])
def test_a_clock_that_is_a_year_off_says_so_and_holds_up_nothing(
    phone: BrowserContext, office: Office, front: Front, shift: int, word: str
) -> None:
    phone.add_init_script(SHIFT % shift)
    page = chaos.enrol(phone, office, front)
    news = page.locator("section.news", has_text=f"手机的时间{word}了 365 天")
    expect(news).to_contain_text("记录照样送得到，时间以单位系统收到的为准")
    deputy.begin(page, "走访")
    expect(page.get_by_label("走访日期")).to_have_value(today())
    deputy.home(page)
    deputy.visit(page)
    deputy.file(page)
    deputy.level(page, "✓ 已送达")
    page.evaluate(f"() => {{ window.shift = {-shift} }}")
    deputy.home(page)
    deputy.begin(page, "走访")
    page.get_by_label("见到人数").fill("2")
    page.get_by_label("谈的情况").fill("钟又拨了")
    page.get_by_label("走访日期").fill("2026-03-02")
    deputy.onward(page)
    deputy.file(page)
    deputy.level(page, "✓ 已送达")
    chaos.all_arrived(page, office)
    page.evaluate("() => { window.shift = 0 }")
    chaos.uploads(page, front)
    chaos.all_there(page)
    deputy.home(page)
    expect(page.get_by_text(re.compile("手机的时间"))).to_be_hidden()


@pytest.mark.parametrize("script", ["", NO_LOCKS], ids=["locks", "no locks"])
def test_of_two_tabs_one_sends(phone: BrowserContext, office: Office, front: Front, script: str) -> None:
    if script:
        phone.add_init_script(script)
    page = chaos.enrol(phone, office, front)
    ids = chaos.queue(page, 150)
    both, at_once = threading.Event(), [0, 0]

    def line(path: str, sent: bytes, ask: Ask) -> Answer:
        if path.endswith("/push"):
            at_once[0] += 1
            at_once[1] = max(at_once)
            both.wait(15)
        answer = ask()
        at_once[0] -= path.endswith("/push")
        return answer

    front.line = line
    page.goto("about:blank")
    page.goto(front.address)
    other = phone.new_page()
    other.goto(f"{front.address}/#/uploads")
    other.get_by_role("button", name="现在上传").click()
    other.wait_for_timeout(2_000)  # so that a second one would be seen
    both.set()
    for each in (page, other):
        chaos.all_there(each)
    chaos.all_arrived(page, office, ids)
    assert at_once == [0, 1]


@pytest.mark.parametrize("how", ["refused", "swallowed by a filter on the way"])
def test_one_bad_record_between_good_ones_holds_up_nothing(
    phone: BrowserContext, office: Office, front: Front, how: str
) -> None:
    page = chaos.enrol(phone, office, front)
    ids = chaos.queue(page, 40)
    bad = ids[17]

    def line(path: str, sent: bytes, ask: Ask) -> Answer:
        if path.endswith("/push") and bad in chaos.ids_in(sent):
            if how == "refused":
                return chaos.json_answer({"type": "mingbai:push/our_fault", "status": 500}, 500)
            raise LineCut
        return ask()

    front.line = line
    page.goto(f"{front.address}/#/uploads")
    page.reload()
    expect(page.get_by_text("有 1 条还没上传")).to_be_visible(timeout=30_000)
    assert {id for id, _ in chaos.in_ledger(office)} == set(ids) - {bad}
    for _ in range(3):
        page.get_by_role("button", name="现在上传").click()
        expect(page.get_by_text("自动再试")).to_be_visible()
    expect(page.get_by_text("有 1 条传过多次还没传上去，别的不受影响。")).to_be_visible(timeout=30_000)
    front.line = lambda path, sent, ask: ask()
    page.get_by_role("button", name="现在上传").click()
    chaos.all_there(page)
    chaos.all_arrived(page, office, ids)


def test_with_no_worker_it_works_while_open_and_says_so(
    phone: BrowserContext, office: Office, front: Front
) -> None:
    phone.add_init_script("delete Navigator.prototype.serviceWorker")
    page = chaos.enrol(phone, office, front, worker=False)
    expect(page.get_by_text("要有网才能再打开").first).to_be_visible()
    deputy.begin(page, "走访")
    deputy.home(page)
    front.line = lambda path, sent, ask: PORTALS["HTML"]
    deputy.visit(page)
    deputy.file(page)
    deputy.level(page, "↑ 等待上传")
    front.line = lambda path, sent, ask: ask()
    chaos.uploads(page, front)
    chaos.all_there(page)
    chaos.all_arrived(page, office)
