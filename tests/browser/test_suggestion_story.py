"""One suggestion through clerk, organ and deputy on three devices: the check overrides the reply."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from publisher import release
from tests.browser import case, deputy
from tests.browser.case import enrol, reopened, send
from tests.browser.test_looks import look, wear
from tests.browser.test_story import SUBJECT, SampleOffice, file_a_suggestion

pytestmark = pytest.mark.browser

ORGAN = "柳河镇人民政府"
REPLY = "三组到学校的三盏路灯已经全部修好，由镇村镇办负责日常管护。"
NOTE = "第二盏、第三盏还是不亮。"
EVIDENCE = "晚上八点到现场看，三盏只亮一盏，拍了照片。"
row = partial(case.row, subject=SUBJECT)
the_step = partial(case.the_step, subject=SUBJECT)
through = partial(case.through, subject=SUBJECT)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SampleOffice]:
    office = SampleOffice(tmp_path_factory.mktemp("suggestion"))
    yield office
    office.stop()


def built(office: SampleOffice) -> None:
    """Today's pages: what was filed a minute ago stands on them."""
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    release.build(office.content, office.home, office.site, today)


def test_a_reply_that_says_done_is_overridden_by_the_check_on_the_spot(
    new_phone: Callable[..., BrowserContext],
    sample: SampleOffice,
    watch: Callable[[Page], Page],
    complaints: list[str],
    tmp_path: Path,
) -> None:
    office, faults = sample, list[str]()
    phone, tablet, computer = new_phone(360, 740), new_phone(768, 1024), new_phone(1280, 900)
    lin = watch(enrol(phone, office, "--deputy", "lin-xiuhe"))
    town = watch(enrol(tablet, office, "--handler", "镇里的承办员", "--organ", "liuhe-town-government"))
    clerk = watch(enrol(computer, office, "--clerk", "人大办的小陈"))

    # the deputy files it with no network, and the rest of what comes out of a case does not crowd the start
    office.stop()
    lin = watch(reopened(phone, lin, office))
    expect(lin.get_by_role("button", name="上门查验", exact=True)).to_have_count(0)
    lin.get_by_role("button", name="还可以记别的", exact=True).click()
    expect(lin.get_by_role("button", name="上门查验", exact=True)).to_be_visible()
    look(lin, "home of a deputy", faults)
    file_a_suggestion(lin)
    office.start()
    send(lin, office)

    # the clerk finds it in the queue, goes to it by the keyboard, admits and assigns it
    clerk.reload()
    expect(row(clerk)).to_be_visible()
    look(clerk, "the desk", faults)
    row(clerk).click()
    expect(clerk.get_by_role("heading", level=1)).to_have_text(SUBJECT)
    expect(row(clerk)).to_have_attribute("aria-current", "true")
    clerk.keyboard.press("ArrowDown")
    expect(clerk.get_by_role("heading", level=1)).not_to_have_text(SUBJECT)
    clerk.keyboard.press("ArrowUp")
    expect(clerk.get_by_role("heading", level=1)).to_have_text(SUBJECT)
    look(clerk, "the desk with a case", faults)
    clerk.keyboard.press("Enter")
    expect(clerk.locator(".settled")).to_contain_text(SUBJECT)
    expect(clerk.get_by_label("哪件建议")).to_have_count(0)
    look(clerk, "admitting", faults)
    through(clerk, lambda page: page.get_by_label("受理", exact=True).check())
    the_step(clerk, "交给承办单位")
    through(clerk, assign)
    expect(row(clerk)).to_contain_text("办理中")

    # the organ reads it, loses the network, and replies that all is done; nobody files twice
    town.reload()
    expect(row(town)).to_be_visible()
    office.stop()
    town = watch(reopened(tablet, town, office))
    look(town, "home of an organ", faults)
    row(town).click()
    expect(town.get_by_text("晚上九点以后").first).to_be_visible()
    look(town, "a case of an organ", faults)
    the_step(town, "办理并答复")
    look(town, "replying", faults)
    through(town, reply)
    expect(town.get_by_text("已填好，等待上传")).to_be_visible()
    expect(town.get_by_role("button", name="办理并答复")).to_have_count(0)
    look(town, "a case that is filled in", faults)
    town = watch(reopened(tablet, town, office))
    expect(row(town)).to_have_count(0)
    town.evaluate("() => { location.hash = '#/work' }")
    expect(row(town)).to_contain_text("已填好")
    look(town, "the whole list", faults)
    office.start()
    send(town, office)

    # the deputy rates it with no network
    deputy.home(lin)
    lin.reload()
    expect(lin.get_by_role("heading", name="要记什么？")).to_be_visible()
    expect(row(lin)).to_contain_text("评价")
    office.stop()
    lin = watch(reopened(phone, lin, office))
    row(lin).click()
    expect(lin.get_by_text(REPLY).first).to_be_visible()
    look(lin, "a case of a deputy", faults)
    the_step(lin, "评价态度和结果")
    through(lin, rate)
    expect(lin.get_by_text("已填好，等待上传")).to_be_visible()
    office.start()
    send(lin, office)

    # and, away again, finds on the spot that it is not done
    lin.goto(f"{office.address}/#/work")
    row(lin).click()
    button = lin.get_by_role("button", name="上门查验")
    expect(button).to_be_visible()
    office.stop()
    button.click()
    expect(lin.locator(".settled")).to_contain_text(SUBJECT)
    look(lin, "checking", faults)
    through(lin, find_not_done)
    expect(lin.get_by_text("已填好，等待上传")).to_be_visible()
    office.start()
    send(lin, office)

    # all three know it, and so does everybody
    for page, name in ((town, "an organ"), (clerk, "the clerk")):
        page.goto(f"{office.address}/#/work")
        page.reload()
        if page is clerk:
            page.get_by_text("挑着看").click()
            page.get_by_label("走到哪一步").select_option(label="已查验")
        row(page).click()
        expect(page.locator("main").get_by_text("继续办并重新答复").first).to_be_visible()
        expect(page.locator("main").get_by_text(f"三组路灯：{NOTE}").first).to_be_visible()
        look(page, f"{name} after the check", faults)
    built(office)
    [code] = [
        re.findall(r"^code: '?([A-Z0-9-]+)", text, re.M)[0]
        for path in office.exported("suggestion", tmp_path / "out")
        if SUBJECT in (text := path.read_text("utf-8"))
    ]
    html = (office.site / f"current/www/suggestion/{code}.html").read_text("utf-8")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>|\u2060", "", html))
    for said in ("答复说已经解决，查验没有办成。", "查验和答复不一样的，以查验为准。", REPLY, NOTE, EVIDENCE):
        assert said in text, said
    assert [each for each in complaints if "401" not in each] == []
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("width", "size"), [(360, 30), (320, 18), (1024, 18)])
def test_every_list_and_case_can_be_read_and_tapped(
    new_phone: Callable[..., BrowserContext], sample: SampleOffice, width: int, size: int
) -> None:
    """Every case of the sample congress that somebody has to do with, each by its own people."""
    faults = list[str]()
    people = {
        "deputy": ("--deputy", "lin-xiuhe"),
        "organ": ("--handler", f"承办员{width}{size}", "--organ", "transport-bureau"),
        "clerk": ("--clerk", f"小陈{width}{size}"),
    }
    for who, asked in people.items():
        device = new_phone(width, 800)
        page = device.new_page()
        page.goto(sample.address)
        wear(page, size)
        page.close()
        page = enrol(device, sample, *asked)
        look(page, f"{who} at home", faults)
        page.evaluate("() => { location.hash = '#/work' }")
        page.get_by_text("挑着看").click()
        expect(page.get_by_label("三色")).to_be_visible()
        look(page, f"{who} looking through the list", faults)
        for at, link in enumerate(addresses(page)[:8]):
            page.evaluate("link => { location.hash = link }", link)
            expect(page.get_by_role("heading", name="来龙去脉")).to_be_visible()
            for more in page.get_by_text("期限怎么算的").all():
                more.click()
            look(page, f"{who} case {at}", faults)
        button = page.locator(".page > footer button, .step").first
        button.click()
        expect(page.locator(".settled")).to_be_visible()
        look(page, f"{who} begins", faults)
    assert not faults, "\n".join(faults)


def addresses(page: Page) -> list[str]:
    links = page.locator(".rows.work a")
    return [str(link.get_attribute("href")) for link in links.all()]


def assign(page: Page) -> None:
    if (lead := page.get_by_label("主办（有的有会办）")).count():
        lead.check()
    if page.get_by_label("主办或分办单位").count():
        page.get_by_label("主办或分办单位").fill("柳河")
        page.locator(".picks").first.get_by_role("button", name=ORGAN).click()
    if (wide := page.get_by_role("group", name="涉及面广或者复杂")).count():
        wide.get_by_label("否", exact=True).check()


def reply(page: Page) -> None:
    if page.get_by_label("已经解决或者基本解决").count():
        page.get_by_label("已经解决或者基本解决").check()
    if page.get_by_label("答复正文").count():
        page.get_by_label("答复正文").fill(REPLY)


def rate(page: Page) -> None:
    for question in page.get_by_role("group", name=re.compile("办理态度|办理结果")).all():
        question.get_by_label("满意", exact=True).check()


def find_not_done(page: Page) -> None:
    if page.get_by_role("group", name="提建议的代表在场").count():
        page.get_by_role("group", name="提建议的代表在场").get_by_label("是", exact=True).check()
    if (things := page.get_by_role("group", name="一件一件看")).count():
        things.get_by_role("button", name="再加一项").click()
        page.get_by_label("看的是什么").fill("三组路灯")
        page.get_by_label("没有办", exact=True).check()
        page.get_by_label("说明").fill(NOTE)
    if page.get_by_label("凭什么说").count():
        page.get_by_label("凭什么说").fill(EVIDENCE)
