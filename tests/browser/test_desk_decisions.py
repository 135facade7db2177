"""What was kept aside is decided by a person: at the clerk's desk, or by its author on the phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from ledger.doctor import examine
from ledger.store import open_ledger
from tests.browser import deputy, desk
from tests.browser.desk import DeskOffice
from tests.browser.test_looks import look, wear
from tests.collector.phone import id_of

pytestmark = pytest.mark.browser

NewPhone = Callable[..., BrowserContext]
FIRST, ONE, OTHER = "路灯不亮", "路灯不亮，三组到学校一公里", "路灯不亮，已经报给村里"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[DeskOffice]:
    office = DeskOffice(tmp_path / "office")
    yield office
    office.stop()


@pytest.fixture(autouse=True)
def nothing_is_broken(office: DeskOffice, complaints: list[str]) -> Iterator[None]:
    """Whatever is decided, the ledger holds together and no page complains."""
    yield
    assert not examine(office.home).faults
    assert [each for each in complaints if "401" not in each] == []


def a_deputy(device: BrowserContext, office: DeskOffice, watch: Callable[[Page], Page]) -> Page:
    return watch(deputy.enrol(device, office))


def current(office: DeskOffice) -> dict[str, Any]:
    """The one visit, as the ledger has it now."""
    with open_ledger(office.home) as ledger:
        (record,) = ledger.records("visit")
        return dict(record.answers)


def correct(page: Page, summary: str) -> None:
    """Correct the record that is open; it waits on the phone."""
    page.get_by_role("button", name="更正这条记录").click()
    page.get_by_role("textbox", name="谈的情况").fill(summary)
    deputy.onward(page)
    deputy.file(page)


def to_record(page: Page, summary: str) -> None:
    """The record that says this, from the list of one's own."""
    page.evaluate("() => { location.hash = '#/records' }")
    for link in page.locator(".rows a").all():
        address = link.get_attribute("href") or ""
        page.evaluate("to => { location.hash = to }", address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        if page.locator("main").get_by_text(summary, exact=True).count():
            return
        page.evaluate("() => { location.hash = '#/records' }")
        expect(page.locator(".rows a").first).to_be_visible()
    raise AssertionError(f"no record says {summary}")


@pytest.fixture
def both(new_phone: NewPhone, office: DeskOffice, watch: Callable[[Page], Page]) -> tuple[Page, Page]:
    """Two phones of one deputy that corrected the same visit with no network; the second came too late."""
    one, other = (a_deputy(new_phone(), office, watch) for _ in range(2))
    deputy.visit(one, FIRST)
    deputy.file(one)
    deputy.level(one, "已送达")
    desk.send(other, office)
    for page, summary in ((one, ONE), (other, OTHER)):
        to_record(page, FIRST)
        page.context.set_offline(True)
        correct(page, summary)
        deputy.level(page, "等待上传")
    for page in (one, other):
        page.context.set_offline(False)
        desk.send(page, office)
    assert current(office)["summary"] == ONE
    return one, other


def test_the_clerk_sees_both_versions_and_takes_the_later_and_both_phones_show_it(
    both: tuple[Page, Page], new_phone: NewPhone, office: DeskOffice, watch: Callable[[Page], Page]
) -> None:
    one, other = both
    clerk = watch(desk.clerk(new_phone(), office))
    expect(clerk.get_by_role("link", name="暂存的记录（1）")).to_be_visible()
    faults = list[str]()
    desk.to_list(clerk, office)
    look(clerk, "kept aside", faults)
    desk.open_first(clerk)
    differs = clerk.locator(".differs")
    expect(differs).to_have_count(1)
    expect(differs.locator(".version.current")).to_contain_text(ONE)
    expect(differs.locator(".version.branch")).to_contain_text(OTHER)
    expect(differs.locator(".base")).to_contain_text(FIRST)
    expect(clerk.get_by_text("两版一样的（3 处）")).to_be_visible()
    expect(clerk.get_by_text("写错了字或数")).to_be_visible()
    look(clerk, "a branch", faults)
    desk.take(clerk)
    expect(clerk.get_by_text("已填好，")).to_be_visible()
    expect(clerk.locator(".step")).to_have_count(0)
    desk.send(clerk, office)
    assert current(office)["summary"] == OTHER
    desk.to_list(clerk, office)
    expect(clerk.get_by_text("没有暂存的记录")).to_be_visible()

    desk.send(other, office)
    to_record(other, OTHER)
    deputy.level(other, "已送达")
    desk.send(one, office)
    to_record(one, ONE)
    one.get_by_text("现行的是另一版").click()
    expect(one.locator(".version.current")).to_contain_text(OTHER)
    # a correction from here begins with what is in force, and makes no branch
    correct(one, "路灯修好了")
    deputy.level(one, "已送达")
    assert current(office)["summary"] == "路灯修好了"
    assert not faults, "\n".join(faults)


def test_a_branch_that_is_closed_tells_its_author_why(
    both: tuple[Page, Page], new_phone: NewPhone, office: DeskOffice, watch: Callable[[Page], Page]
) -> None:
    _, other = both
    clerk = watch(desk.clerk(new_phone(1280, 900), office))
    desk.to_list(clerk, office)
    desk.open_first(clerk)
    clerk.locator(".step", has_text="不收，结案").click()
    deputy.onward(clerk)
    expect(clerk.get_by_role("alert")).to_be_visible()  # a reason is asked
    clerk.get_by_label("不收的理由").fill("两版说的是同一件事，以先报的为准。")
    deputy.onward(clerk)
    deputy.file(clerk)
    desk.send(clerk, office)
    assert current(office)["summary"] == ONE

    desk.send(other, office)
    deputy.home(other)
    other.locator(".rows").get_by_role("link", name="被退回").click()
    deputy.level(other, "被退回")
    expect(other.get_by_text("两版说的是同一件事，以先报的为准。")).to_be_visible()
    expect(other.get_by_text("但不算数")).to_be_visible()
    faults = list[str]()
    look(other, "closed", faults)
    other.get_by_role("button", name="知道了").click()
    expect(other.get_by_role("button", name="知道了")).to_be_hidden()
    deputy.home(other)
    expect(other.get_by_role("heading", name="需要你看一下")).to_have_count(0)
    assert not faults, "\n".join(faults)


def test_its_author_settles_a_branch_by_choosing_and_none_is_chosen_beforehand(
    both: tuple[Page, Page], office: DeskOffice
) -> None:
    _, other = both
    faults = list[str]()
    for size in (30, 18):
        wear(other, size)
        deputy.home(other)
        other.reload()
        other.locator(".rows").get_by_role("link", name="需要你看一下").click()
        expect(other.get_by_text("这一条两边都改过")).to_be_visible()
        look(other, "changed on both sides", faults)
    expect(other.get_by_role("radio")).to_have_count(2)
    expect(other.get_by_role("radio", checked=True)).to_have_count(0)
    other.get_by_role("button", name="就这样定（还有 1 处没选）").click()
    expect(other.get_by_role("radio").first).to_be_focused()
    other.get_by_role("radio", name="您手机上写的").check()
    other.get_by_role("button", name="就这样定，核对一遍").click()
    expect(other.get_by_text(OTHER)).to_be_visible()
    deputy.file(other)
    deputy.level(other, "已送达")
    assert current(office)["summary"] == OTHER
    deputy.home(other)
    expect(other.get_by_role("heading", name="需要你看一下")).to_have_count(0)
    assert not faults, "\n".join(faults)


def test_its_author_leaves_both_to_the_office(both: tuple[Page, Page], office: DeskOffice) -> None:
    _, other = both
    deputy.home(other)
    other.locator(".rows").get_by_role("link", name="需要你看一下").click()
    other.get_by_role("button", name="两条都留，交给人大办定").click()
    expect(other.get_by_text("由人大办来定")).to_be_visible()
    deputy.level(other, "已送达")
    deputy.home(other)
    expect(other.get_by_role("heading", name="需要你看一下")).to_have_count(0)
    assert current(office)["summary"] == ONE


def test_what_a_stopped_phone_sent_late_is_taken_in_with_a_code(
    new_phone: NewPhone, office: DeskOffice, watch: Callable[[Page], Page]
) -> None:
    lost = a_deputy(new_phone(), office, watch)
    lost.context.set_offline(True)
    deputy.visit(lost, "停用前写好的")
    deputy.file(lost)
    deputy.level(lost, "等待上传")
    office.run("revoke", "--reason", "手机丢了", _code_of(office, "周闻溪"))
    lost.context.set_offline(False)
    desk.send(lost, office)

    clerk = watch(desk.clerk(new_phone(), office))
    desk.to_list(clerk, office)
    desk.open_first(clerk)
    expect(clerk.get_by_text("停用：手机丢了")).to_be_visible()
    expect(clerk.get_by_text("停用前写好的")).to_be_visible()
    desk.take(clerk)
    desk.send(clerk, office)
    assert current(office)["summary"] == "停用前写好的"
    desk.send(lost, office)
    to_record(lost, "停用前写好的")
    deputy.level(lost, "已送达")
    expect(lost.get_by_text("编号 ZF-2026-")).to_be_visible()


def test_what_its_author_should_mend_is_closed_and_may_still_be_mended(
    new_phone: NewPhone, office: DeskOffice, watch: Callable[[Page], Page]
) -> None:
    phone = office.phone()
    wrong = office.visit(phone, people=900)
    assert phone.results([wrong])[0]["state"] == "quarantined"
    clerk = watch(desk.clerk(new_phone(), office))
    desk.to_list(clerk, office)
    desk.open_first(clerk)
    expect(clerk.get_by_text("“见到人数”不能大于500")).to_be_visible()
    desk.close(clerk, "重复了，另有一条。")
    desk.send(clerk, office)
    (told,) = phone.post("/receipts", {"ids": [id_of(wrong)]}).json()["receipts"]
    assert told["decided"]["reason"] == "重复了，另有一条。"
    assert phone.results([office.visit(phone, id_of(wrong))])[0]["state"] == "accepted"
    desk.to_list(clerk, office)
    expect(clerk.get_by_text("没有暂存的记录")).to_be_visible()


def test_a_decision_that_another_clerk_made_meanwhile_is_told_in_words(
    new_phone: NewPhone, office: DeskOffice, watch: Callable[[Page], Page]
) -> None:
    phone = office.phone()
    office.held(phone)
    first, second = (
        watch(desk.clerk(new_phone(), office, name)) for name in ("人大办的小陈", "人大办的小李")
    )
    for page in (first, second):
        desk.to_list(page, office)
        desk.open_first(page)
    # filed with no network, after the other has decided
    second.context.set_offline(True)
    desk.take(second)
    desk.take(first)
    desk.send(first, office)
    second.context.set_offline(False)
    desk.send(second, office)
    second.go_back()
    expect(second.get_by_text("您的决定没有算数")).to_be_visible()
    expect(second.locator(".news.bad").get_by_text("这条记录已经收下")).to_be_visible()
    assert len(_accepted(office)) == 1


def test_a_decision_begun_before_the_version_in_force_changed_asks_to_look_again(
    new_phone: NewPhone, office: DeskOffice, watch: Callable[[Page], Page]
) -> None:
    phone = office.phone()
    first = office.visit(phone)
    phone.results([first])
    now = office.visit(phone, id_of(first), people=3)
    phone.results([now, office.visit(phone, id_of(first), people=4)])
    clerk = watch(desk.clerk(new_phone(), office))
    desk.to_list(clerk, office)
    desk.open_first(clerk)
    clerk.locator(".step", has_text="收下这一版").click()
    expect(clerk.get_by_role("heading", name="核对一遍")).to_be_visible()
    phone.results([office.visit(phone, id_of(now), people=9)])
    clerk.evaluate("() => dispatchEvent(new Event('online'))")
    expect(clerk.get_by_text("现行的一版又换了")).to_be_visible()
    clerk.get_by_role("button", name="再看一遍").click()
    expect(clerk.locator(".version.current", has_text="9")).to_be_visible()
    expect(clerk.get_by_text("本人又更正过一次")).to_be_visible()
    desk.take(clerk)
    desk.send(clerk, office)
    assert current(office)["people"] == 4


def test_the_list_is_there_with_no_network_and_a_keyboard_goes_through_three_hundred(
    new_phone: NewPhone, office: DeskOffice, watch: Callable[[Page], Page]
) -> None:
    phone, lost = office.phone(), office.phone()
    wrong = [office.visit(phone, people=900, summary=f"第 {n} 条") for n in range(100)]
    assert {each["state"] for each in phone.results(wrong)} == {"quarantined"}
    for n in range(5):
        office.a_branch(phone, summary=f"第 {n} 条两边")
    office.held(lost, 100)
    clerk = watch(desk.clerk(new_phone(1280, 900), office))
    desk.to_list(clerk, office)
    expect(clerk.get_by_role("link", name="暂存的记录（205）")).to_be_visible()
    expect(clerk.get_by_role("button", name="两边都改过 5")).to_be_visible()
    expect(clerk.locator(".rows.work a")).to_have_count(50)
    office.stop()
    clerk.reload()
    expect(clerk.locator(".rows.work a")).to_have_count(50)
    clerk.locator(".rows.work a").first.focus()
    clerk.keyboard.press("Enter")
    expect(clerk.get_by_role("heading", name="怎么定")).to_be_visible()
    clerk.locator(".rows.work a").first.focus()
    before = clerk.url
    for _ in range(60):  # past what was drawn at first
        clerk.keyboard.press("ArrowDown")
        expect(clerk).not_to_have_url(before)
        expect(clerk.locator(".rows.work a[aria-current]")).to_be_focused()
        before = clerk.url
    expect(clerk.locator(".rows.work a[aria-current]")).to_be_in_viewport()
    clerk.keyboard.press("Enter")
    expect(clerk.locator(".step").first).to_be_focused()  # led to, not pressed
    clerk.get_by_role("button", name="停用手机送来的 100").click()
    expect(clerk.locator(".rows.work .tag.sort", has_text="需要本人改")).to_have_count(0)
    faults = list[str]()
    look(clerk, "the desk of three hundred", faults)
    assert not faults, "\n".join(faults)
    office.start()


def test_nobody_but_a_clerk_hears_of_it(
    new_phone: NewPhone, office: DeskOffice, watch: Callable[[Page], Page]
) -> None:
    asked = list[str]()
    phone = new_phone()
    phone.on("request", lambda request: asked.append(request.url))
    page = a_deputy(phone, office, watch)
    office.phone().results([office.visit(office.phone(), people=900)])
    desk.send(page, office)
    assert asked and not [each for each in asked if each.endswith("/desk")]
    deputy.home(page)
    expect(page.get_by_text("暂存的记录")).to_have_count(0)


def test_a_desk_that_does_not_answer_holds_up_nothing_else(
    new_phone: NewPhone, office: DeskOffice, watch: Callable[[Page], Page], complaints: list[str]
) -> None:
    phone = office.phone()
    office.held(phone)
    device = new_phone()
    device.route("**/api/v1/desk", lambda route: route.fulfill(status=500, body="{}"))
    page = device.new_page()
    page.goto(office.run("invite", "--clerk", "人大办的小陈", "--plain"))
    page.get_by_role("button", name="开始登记").click()
    office.run("confirm", deputy.digits(page))
    expect(page.get_by_role("heading", name="要记什么？")).to_be_visible()
    expect(page.get_by_text("的单子").first).to_be_visible()
    expect(page.get_by_role("link", name="暂存的记录")).to_have_count(0)
    device.unroute("**/api/v1/desk")
    page.reload()
    expect(page.get_by_role("link", name="暂存的记录（1）")).to_be_visible()


# ---------------------------------------------------------------- builds that are broken on purpose


def test_a_desk_that_forgets_what_it_compared_with_is_found_out(browser: Browser, office: DeskOffice) -> None:
    """A desk that files `take` without `current`: the office refuses, and the branch stays undecided."""
    office.a_branch(office.phone())
    device = browser.new_context(service_workers="block", locale="zh-CN", timezone_id="Asia/Shanghai")
    device.route("**/api/v1/desk", _forgetful)
    clerk = desk.clerk(device, office, worker=False)
    desk.to_list(clerk, office)
    desk.open_first(clerk)
    desk.take(clerk)
    desk.send(clerk, office)
    assert current(office)["people"] == 3
    desk.to_list(clerk, office)
    expect(clerk.locator(".rows.work a")).to_have_count(1)
    desk.open_first(clerk)
    expect(clerk.get_by_text("您的决定没有算数")).to_be_visible()
    device.close()


def _forgetful(route: Route) -> None:
    """The desk's answer, whose buttons no longer name the version that the branch was compared with."""
    answer = route.fetch()
    told = answer.json()
    for entry in told["branches"]:
        for step in entry["steps"]:
            step["answers"].pop("current", None)
    route.fulfill(response=answer, json=told)


# ---------------------------------------------------------------- what is in the ledger


def _accepted(office: DeskOffice) -> list[str]:
    with open_ledger(office.home) as ledger:
        return [each.code for each in ledger.records("visit")]


def _code_of(office: DeskOffice, name: str) -> str:
    with open_ledger(office.home) as ledger:
        (code,) = (each.code for each in ledger.records("deputy") if each.answers["name"] == name)
    return code
