"""Every screen of the app in one table, and how a person gets there: for checks of access and for pictures.

A new screen is one line in SCREENS. The lines of one person are walked in their order, so that a later one
may use what an earlier one left behind.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import case, deputy
from tests.browser.office import CONGRESS
from tests.browser.test_story import SampleOffice, file_a_suggestion, file_a_visit
from tests.browser.test_tally import (
    BALLOT,
    SHEETS,
    WRITTEN,
    begin_count,
    draw,
    file_count,
    key_sheets,
    key_votes,
    send,
)

PHONE, TABLET, DESK = (360, 740), (768, 1024), (1280, 900)
LINES = "村口的路灯坏了三盏。" * 3 + "\n" + "学校门口的减速带磨平了，早晚接送孩子的车多。" * 2


@dataclass(frozen=True)
class Person:
    """Who holds a device: how the office invites them, and the list that their device must have first."""

    size: tuple[int, int]
    invited: tuple[str, ...]
    needs: str = "grid"


PEOPLE = {
    "stranger": Person(PHONE, ()),
    "newcomer": Person(PHONE, ("--deputy", "zhou-wenxi")),
    "deputy": Person(PHONE, ("--deputy", "lin-xiuhe")),
    "organ": Person(PHONE, ("--handler", "交通局的承办员", "--organ", "transport-bureau")),
    "clerk": Person(DESK, ("--clerk", "人大办的小陈")),
    "teller one": Person(PHONE, ("--teller", "计票员甲"), "ballot"),
    "teller two": Person(PHONE, ("--teller", "计票员乙"), "ballot"),
    "scrutineer": Person(PHONE, ("--scrutineer", "监票员"), "ballot"),
}


class Scene:
    """The sample congress, and a device for each person that a screen asks for."""

    def __init__(self, browser: Browser, folder: Path, everything: bool = True) -> None:
        self._browser = browser
        self._folder = folder
        self._pages: dict[str, Page] = {}
        self._devices: list[BrowserContext] = []
        self.office = _Office(folder, everything)

    def page(self, who: str) -> Page:
        """The screen of this person's device, enrolled when it is first asked for."""
        if who not in self._pages:
            self._pages[who] = self._new(PEOPLE[who])
        return self._pages[who]

    def _new(self, person: Person) -> Page:
        device = self._browser.new_context(
            viewport={"width": person.size[0], "height": person.size[1]},
            is_mobile=person.size != DESK,
            has_touch=person.size != DESK,
            bypass_csp=True,  # for axe, which a test puts into the page
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        device.set_default_timeout(15_000)
        self._devices.append(device)
        page = device.new_page()
        if not person.invited:
            page.goto(self.office.address)
            return page
        page.goto(self.invitation(*person.invited))
        page.get_by_role("button", name="开始登记").click()
        self.office.run("confirm", deputy.digits(page))
        expect(page.get_by_role("heading", name="要记什么？")).to_be_visible()
        for _ in range(400):
            if person.needs in page.evaluate(deputy.LISTS):
                break
            page.wait_for_timeout(50)
        if person.needs == "grid":  # those who have something to do, have heard what
            expect(page.get_by_text("的单子").first).to_be_visible()
        return page

    def stranger(self) -> Page:
        """Somebody whose device has never been here."""
        return self._new(PEOPLE["stranger"])

    def invitation(self, *who: str) -> str:
        return self.office.run("invite", *who, "--plain")

    def send_back(self, kind: str, reason: str) -> None:
        """The clerk returns the newest record of a kind."""
        codes = [
            found[1]
            for path in self.office.exported(kind, self._folder / "out")
            if (found := re.search(r"^code: '?([A-Z0-9-]+)", path.read_text("utf-8"), re.M))
            and LINES[:10] in path.read_text("utf-8")
        ]
        self.office.run("approve", codes[-1], "--return", "--reason", reason)

    def close(self) -> None:
        for device in self._devices:
            device.close()
        self.office.stop()


class _Office(SampleOffice):
    """The sample congress, a ballot that nobody has counted, and a form with a question of every type."""

    def __init__(self, folder: Path, everything: bool) -> None:
        self._everything = everything
        super().__init__(folder)
        fresh = self.content / "records/ballot/liuhe-2026-round2.yaml"
        fresh.write_text(BALLOT, "utf-8")
        self.run("import", str(fresh))

    def start(self) -> None:
        if self._everything:
            shutil.copy(CONGRESS / "forms/everything.yaml", self.content / "forms")
        super().start()


Reach = Callable[[Scene, Page], None]


@dataclass(frozen=True)
class Screen:
    """One screen: what to call it, on whose device, and how to get there from where that device is."""

    name: str
    who: str
    reach: Reach
    test_form: bool = False
    """Shows a form that exists for tests only."""


def at(place: str, heading: str | re.Pattern[str]) -> Reach:
    """A screen that has an address of its own, once its heading is there."""

    def reach(scene: Scene, page: Page) -> None:
        page.evaluate("place => { location.hash = '#/' + place }", place)
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        case.drawn(page)

    return reach


# -- before and while enrolling --


def typing_the_code(scene: Scene, page: Page) -> None:
    expect(page.get_by_label("登记码")).to_be_visible()


def code_cut_short(scene: Scene, page: Page) -> None:
    page.get_by_label("登记码").fill("7KQ4")
    deputy.onward(page)
    expect(page.get_by_role("alert")).to_be_visible()


def invited(scene: Scene, page: Page) -> None:
    page.get_by_role("button", name="换登记码").click()
    expect(page.get_by_label("登记码")).to_be_visible()
    page.goto("about:blank")
    page.goto(scene.invitation("--deputy", "he-zhibai"))
    expect(page.get_by_text("您的登记码")).to_be_visible()


def refused(scene: Scene, page: Page) -> None:
    page.goto("about:blank")
    page.goto(f"{scene.office.address}/#e=7KQ40ABCDEFGH&k=AAAAAAAAAAAAAAAA")
    page.get_by_role("button", name="开始登记").click()
    expect(page.get_by_role("alert")).to_be_visible()


def six_digits(scene: Scene, page: Page) -> None:
    page.get_by_role("button", name="开始登记").click()
    expect(page.locator(".digits")).to_be_visible()


# -- a deputy --


def home(scene: Scene, page: Page) -> None:
    deputy.home(page)
    case.drawn(page)


def with_other_records(scene: Scene, page: Page) -> None:
    deputy.home(page)
    if (others := page.get_by_role("button", name="还可以记别的", exact=True)).is_visible():
        others.click()
    expect(page.get_by_role("button", name="收起", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="联系群众", exact=True)).to_be_visible()


def first_step(scene: Scene, page: Page) -> None:
    with_other_records(scene, page)
    deputy.begin(page, "样样都有")
    page.get_by_label("哪一天").fill("2026-03-02")
    page.get_by_label("一句话").fill("欧阳建国")


def long_text_with_a_fault(scene: Scene, page: Page) -> None:
    deputy.onward(page)
    page.get_by_label("详细情况").fill(LINES)
    page.get_by_label("网址").fill("example")
    deputy.onward(page)
    expect(page.get_by_role("alert")).to_be_visible()


def money_and_choices(scene: Scene, page: Page) -> None:
    page.get_by_label("网址").fill("")
    deputy.onward(page)
    page.get_by_label("花了多少钱").fill("1234567.89")
    page.get_by_label("否", exact=True).check()
    page.get_by_label("为什么不公开").fill("因为涉及正在谈的合同" * 4)


def lists_and_groups(scene: Scene, page: Page) -> None:
    deputy.onward(page)
    expect(page.get_by_text("同去的代表").first).to_be_visible()
    page.get_by_label("查找：同去的代表").fill("林")
    page.locator(".picks").get_by_role("button", name="林秀禾").click()
    for button in page.get_by_role("button", name="再加一项").all():
        button.click()
    page.get_by_label("星期几").fill("星期三")
    page.get_by_label("还有谁（照写） · 第 1 项").fill("老王")


def check_page(scene: Scene, page: Page) -> None:
    deputy.to_check(page)
    expect(page.get_by_role("heading", name="核对一遍")).to_be_visible()


def asked_whether_to_delete(scene: Scene, page: Page) -> None:
    page.get_by_role("button", name="删除这条草稿").click()
    expect(page.get_by_role("button", name="不删")).to_be_visible()


def the_record(scene: Scene, page: Page) -> None:
    deputy.file(page)
    deputy.level(page, "已送达")
    page.get_by_role("button", name="复制这条记录").click()


def a_visit_begun(scene: Scene, page: Page) -> None:
    deputy.home(page)
    deputy.begin(page, "走访")
    case.drawn(page)


def a_visit_filed(scene: Scene, page: Page) -> None:
    file_a_visit(page)
    deputy.level(page, "已送达")


def waiting_to_go_up(scene: Scene, page: Page) -> None:
    """Filed while the office cannot be reached."""
    page.route("**/api/v1/**", lambda route: route.abort())
    file_a_suggestion(page)
    page.evaluate("() => { location.hash = '#/uploads' }")
    expect(page.locator(".rows li")).to_have_count(1)
    expect(page.get_by_text("连不上单位系统，")).to_be_visible()


def a_record_that_waits(scene: Scene, page: Page) -> None:
    page.locator(".rows a").first.click()
    deputy.level(page, "等待上传")


def everything_is_there(scene: Scene, page: Page) -> None:
    page.unroute("**/api/v1/**")
    case.send(page, scene.office)


def sent_back(scene: Scene, page: Page) -> None:
    """Returned by the clerk, with the reason."""
    deputy.home(page)
    begun = page.get_by_role("button", name="社情民意", exact=True)
    expect(begun.or_(page.get_by_role("button", name="还可以记别的", exact=True)).first).to_be_visible()
    if not begun.is_visible():
        with_other_records(scene, page)
    deputy.begin(page, "社情民意")
    said = {"从哪里来": "走访", "意见小结": LINES, "在哪个站": "柳河"}
    case.to_the_end(page, case.saying(said))
    deputy.level(page, "已送达")
    scene.send_back("opinion", "小结里写了“老王家门口”，请改成不写姓名的说法，再交一次。")
    page.reload()
    expect(page.get_by_role("button", name="修改后再交")).to_be_visible(timeout=30_000)


def the_case(scene: Scene, page: Page) -> None:
    """The first that this person must do something about; where there is none, the first of all."""
    deputy.home(page)
    case.drawn(page)
    if not page.locator(".rows.work a").count():
        page.evaluate("() => { location.hash = '#/work' }")
    page.locator(".rows.work a").first.click()
    expect(page.get_by_role("heading", name="来龙去脉")).to_be_visible()
    for more in page.get_by_text("期限怎么算的").all():
        more.click()


def picking_in_the_list(scene: Scene, page: Page) -> None:
    page.evaluate("() => { location.hash = '#/work' }")
    page.get_by_text("挑着看").click()
    expect(page.get_by_label("三色")).to_be_visible()


def a_step_of_the_case(scene: Scene, page: Page) -> None:
    page.locator(".page > footer button, .step").first.click()
    expect(page.locator(".settled")).to_be_visible()


# -- tellers and scrutineers --


def the_frozen_list(scene: Scene, page: Page) -> None:
    deputy.begin(page, "计票")
    deputy.choose(page, "哪一次票决", "第 2 轮", "柳河镇十八届人大六次会议 第 2 轮")
    expect(page.locator(".list li")).to_have_count(2)


def by_strokes(scene: Scene, page: Page) -> None:
    page.get_by_role("button", name="开始计票").click()
    expect(page.get_by_text("票数（张）")).to_be_visible()
    draw(page, "3", 12)
    draw(page, "4", 4)


def by_numbers_with_a_fault(scene: Scene, page: Page) -> None:
    key_sheets(page, SHEETS)
    key_votes(page, "33", "29")
    page.get_by_role("button", name="数完了，核对").click()
    expect(page.get_by_role("alert")).to_be_visible()


def the_count_checked(scene: Scene, page: Page) -> None:
    page.locator(".candidates input").last.fill("20")
    page.get_by_role("button", name="数完了，核对").click()
    expect(page.get_by_text("不能再改，也不能更正")).to_be_visible()


def the_code(scene: Scene, page: Page) -> None:
    deputy.file(page)
    expect(page.get_by_role("heading", name="核对码", exact=True)).to_be_visible()


def reading_aloud(scene: Scene, page: Page) -> None:
    page.get_by_label("对方的核对码").fill("000000")
    page.locator(".aloud").get_by_label("不一样").last.check()
    send(page, scene.office)
    page.evaluate("() => history.back()")
    page.get_by_label("对方的核对码").fill("000000")
    page.locator(".aloud").get_by_label("不一样").last.check()


def one_count_is_there(scene: Scene, page: Page) -> None:
    deputy.begin(page, "票决结果")
    deputy.choose(page, "哪一次票决", "第 2 轮", "柳河镇十八届人大六次会议 第 2 轮")
    expect(page.get_by_text("只到了一份计票，还要等另一份")).to_be_visible()


def the_other_count(scene: Scene, page: Page) -> None:
    begin_count(page)
    key_sheets(page, SHEETS)
    key_votes(page, "33", "21")
    file_count(page)
    send(page, scene.office)


def both_counts_are_there(scene: Scene, page: Page) -> None:
    page.get_by_role("button", name="再看一次").click()
    expect(page.get_by_text("计票到了 2 份")).to_be_visible()


def side_by_side(scene: Scene, page: Page) -> None:
    deputy.onward(page)
    page.get_by_role("button", name=re.compile("计票二的 21")).click()
    page.get_by_label("不一致怎么解决").fill(WRITTEN)


def who_scrutinised(scene: Scene, page: Page) -> None:
    deputy.onward(page)
    expect(page.get_by_role("heading", name="票决结果")).to_be_visible()
    page.get_by_label("查找：监票人").fill("贺知白")
    page.locator(".picks").get_by_role("button", name="贺知白").click()


SCREENS = (
    Screen("enrol-code", "stranger", typing_the_code),
    Screen("enrol-code-fault", "stranger", code_cut_short),
    Screen("enrol-refused", "stranger", refused),
    Screen("enrol-invited", "stranger", invited),
    Screen("enrol-digits", "stranger", six_digits),
    Screen("home-empty", "newcomer", home),
    Screen("records-empty", "newcomer", at("records", "我的记录")),
    Screen("uploads-empty", "newcomer", at("uploads", re.compile("上传"))),
    Screen("help", "newcomer", at("help", "帮助")),
    Screen("draft-gone", "newcomer", at("draft/none/1", re.compile("."))),
    Screen("record-gone", "newcomer", at("record/none", re.compile("."))),
    Screen("home-todo", "deputy", home),
    Screen("home-others", "deputy", with_other_records),
    Screen("step-dates", "deputy", first_step, test_form=True),
    Screen("step-text-fault", "deputy", long_text_with_a_fault, test_form=True),
    Screen("step-money-choices", "deputy", money_and_choices, test_form=True),
    Screen("step-lists-groups", "deputy", lists_and_groups, test_form=True),
    Screen("check", "deputy", check_page, test_form=True),
    Screen("check-delete", "deputy", asked_whether_to_delete, test_form=True),
    Screen("record", "deputy", the_record, test_form=True),
    Screen("visit-begun", "deputy", a_visit_begun),
    Screen("home-draft", "deputy", home),
    Screen("visit-filed", "deputy", a_visit_filed),
    Screen("uploads-waiting", "deputy", waiting_to_go_up),
    Screen("record-waiting", "deputy", a_record_that_waits),
    Screen("home-waiting", "deputy", home),
    Screen("uploads-sent", "deputy", everything_is_there),
    Screen("record-returned", "deputy", sent_back),
    Screen("home-returned", "deputy", home),
    Screen("records", "deputy", at("records", "我的记录")),
    Screen("work-list", "deputy", picking_in_the_list),
    Screen("case-deputy", "deputy", the_case),
    Screen("home-organ", "organ", home),
    Screen("case-organ", "organ", the_case),
    Screen("step-of-case", "organ", a_step_of_the_case),
    Screen("desk", "clerk", home),
    Screen("desk-picking", "clerk", picking_in_the_list),
    Screen("desk-case", "clerk", the_case),
    Screen("desk-step", "clerk", a_step_of_the_case),
    Screen("tally-list", "teller one", the_frozen_list),
    Screen("tally-strokes", "teller one", by_strokes),
    Screen("tally-numbers-fault", "teller one", by_numbers_with_a_fault),
    Screen("tally-check", "teller one", the_count_checked),
    Screen("tally-code", "teller one", the_code),
    Screen("tally-aloud", "teller one", reading_aloud),
    Screen("result-one", "scrutineer", one_count_is_there),
    Screen("tally-other", "teller two", the_other_count),
    Screen("result-two", "scrutineer", both_counts_are_there),
    Screen("result-side-by-side", "scrutineer", side_by_side),
    Screen("result-who", "scrutineer", who_scrutinised),
)


def walk(scene: Scene, screens: Iterable[Screen] = SCREENS) -> Iterator[tuple[Screen, Page]]:
    """Every screen in turn, as it stands on its person's device."""
    for screen in screens:
        page = scene.page(screen.who)
        screen.reach(scene, page)
        case.drawn(page)
        yield screen, page


def wear(page: Page, size: int) -> None:
    """Letters of this size, at once."""
    page.evaluate(
        """size => {
          localStorage.setItem('mingbai.settings', JSON.stringify({size, lang: 'zh'}))
          document.documentElement.dataset.size = String(size)
        }""",
        size,
    )
