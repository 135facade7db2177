"""What the app says of the browser it is in, and how a deputy moves from one browser to another."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser import deputy
from tests.browser.office import Office

pytestmark = pytest.mark.browser
LOOKS = (Path(__file__).parent / "looks.js").read_text("utf-8").split("\n", 1)[1]

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 13; V2218A) AppleWebKit/537.36 (KHTML, like Gecko)"
WECHAT_IPHONE = f"{IPHONE} Mobile/15E148 MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/zh_CN"
WECHAT_ANDROID = (
    f"{ANDROID} Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160065 MicroMessenger/8.0.47"
)
SAFARI = f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1"
CHROME = f"{ANDROID} Chrome/126.0.0.0 Mobile Safari/537.36"

NO_WORKER = "delete Navigator.prototype.serviceWorker"
NO_MEMORY = "Object.defineProperty(window, 'indexedDB', {value: undefined})"
NO_CLIPBOARD = "delete Navigator.prototype.clipboard"

FROM_THE_HOME_SCREEN = """() => {
  const real = window.matchMedia
  const standing = (query) => Object.assign(new EventTarget(), {matches: true, media: query})
  window.matchMedia = (query) => query.includes('display-mode') ? standing(query) : real.call(window, query)
}"""

NewBrowser = Callable[..., BrowserContext]


@pytest.fixture
def new_browser(browser: Browser) -> Iterator[NewBrowser]:
    """Makes phones' browsers that call themselves as told, and lack what they are told to lack."""
    made: list[BrowserContext] = []

    def make(agent: str, *lacks: str, width: int = 360, size: int = 18, lang: str = "zh") -> BrowserContext:
        context = browser.new_context(
            viewport={"width": width, "height": 740},
            is_mobile=True,
            has_touch=True,
            user_agent=agent,
            locale="zh-CN" if lang == "zh" else "en-GB",
            timezone_id="Asia/Shanghai",
            permissions=["clipboard-read", "clipboard-write"],
        )
        settings = json.dumps(json.dumps({"size": size, "lang": lang}))
        for script in (f"localStorage.setItem('mingbai.settings', {settings})", *lacks):
            context.add_init_script(script)
        context.set_default_timeout(15_000)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One office for all: every test has phones of its own."""
    office = Office(tmp_path_factory.mktemp("ladder"))
    yield office
    office.stop()


def enrol(context: BrowserContext, office: Office, deputy_ref: str = "d1") -> Page:
    """A phone that the office has let in, at home; also one without a service worker."""
    page = context.new_page()
    page.goto(office.invite(deputy_ref))
    page.locator("footer .pri").click()
    office.run("confirm", deputy.digits(page))
    at_home(page)
    return page


def at_home(page: Page) -> None:
    expect(page.locator(".tiles button").first).to_be_visible(timeout=30_000)


def go(page: Page, place: str) -> None:
    page.evaluate("place => { location.hash = place }", f"#/{place}")


def alarms(page: Page) -> list[str]:
    """What stands at the top of home that is wrong with this browser."""
    return [text for text in page.locator("main .news b").all_inner_texts() if text != "都已交到单位系统"]


def file_a_visit(page: Page, summary: str = "路灯不亮") -> None:
    """A deputy who has filed elsewhere finds the place filled in."""
    deputy.begin(page, "走访")
    if not page.get_by_role("button", name="换一个").count():
        deputy.choose(page, "网格", "第三", "柳河村第三网格")
    page.get_by_label("见到人数").fill("3")
    page.get_by_label("谈的情况").fill(summary)
    deputy.onward(page)
    deputy.file(page)


def ask_for_code(page: Page) -> str:
    """On the old screen, up to the link; the link itself as it was copied."""
    go(page, "handover")
    page.get_by_role("button", name="给我链接和码").click()
    expect(page.get_by_role("heading", name="在手机浏览器里打开")).to_be_visible()
    expect(page.get_by_role("img", name="二维码")).to_be_visible()
    page.get_by_role("button", name="复制链接").click()
    expect(page.get_by_text("已复制。")).to_be_visible()
    return str(page.evaluate("() => navigator.clipboard.readText()"))


def open_link(context: BrowserContext, link: str) -> Page:
    """On the new screen, up to its six digits."""
    page = context.new_page()
    page.goto(link)
    page.get_by_role("button", name="开始登记").click()
    expect(page.get_by_text("请在原来的页面上输入这六位数字")).to_be_visible()
    return page


def type_digits(page: Page, digits: str) -> None:
    page.get_by_label("那边屏幕上的六位数字").fill(digits)
    page.get_by_role("button", name="数字一样，让它进来").click()


def still_outside(page: Page) -> None:
    """The new screen shows its digits and nothing that one could write in, also when it is opened anew."""
    expect(page.locator(".digits")).to_be_visible()
    expect(page.locator(".tiles")).to_have_count(0)
    page.reload()
    expect(page.locator(".digits")).to_be_visible(timeout=5_000)
    expect(page.locator(".tiles")).to_have_count(0)


def fits(page: Page) -> None:
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), page.url


def other_than(digits: str) -> str:
    return f"{(int(digits) + 1) % 1_000_000:06d}"


# ---------------------------------------------------------------- the rungs


def test_inside_wechat_on_an_iphone_one_is_shown_the_way_out_with_the_code_and_may_go_on(
    new_browser: NewBrowser, office: Office
) -> None:
    page = new_browser(WECHAT_IPHONE, NO_WORKER).new_page()
    link = office.invite()
    page.goto(link)
    expect(page.locator("main .news")).to_contain_text("这里关掉以后，要有网才能再打开")
    expect(page.locator(".steps")).to_contain_text("点右上角“···”")
    expect(page.locator(".steps")).to_contain_text("在浏览器打开")
    assert page.locator(".steps svg").count() == 3
    assert page.url == link, "what WeChat hands to the browser must hold the code"
    page.get_by_role("button", name="复制链接").click()
    expect(page.get_by_text("已复制。")).to_be_visible()
    assert page.evaluate("() => navigator.clipboard.readText()") == link

    page.get_by_role("button", name="开始登记").click()
    expect(page.locator(".digits")).to_be_visible()
    expect(page).to_have_url(re.compile("#/$"))  # a code that is used stays in no address
    office.run("confirm", deputy.digits(page))
    at_home(page)
    assert alarms(page) == ["这里关掉以后，要有网才能再打开"]
    page.get_by_role("link", name="搬到手机浏览器").click()
    expect(page.get_by_role("button", name="给我链接和码")).to_be_visible()


def test_a_link_opened_twice_keeps_the_keys_it_was_begun_with(
    new_browser: NewBrowser, office: Office
) -> None:
    """The answer is lost, WeChat opens the link anew: the same keys ask again, and the code still serves."""
    page = new_browser(WECHAT_IPHONE, NO_WORKER).new_page()
    link = office.invite()
    page.goto(link)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/api/v1/enrol", lose)
    page.get_by_role("button", name="开始登记").click()
    expect(page.get_by_text("没有连上")).to_be_visible()
    page.unroute("**/api/v1/enrol")
    page.goto("about:blank")
    page.goto(link)
    page.get_by_role("button", name="开始登记").click()
    expect(page.locator(".digits")).to_be_visible()


def test_where_the_clipboard_is_closed_the_link_stands_in_a_field(
    new_browser: NewBrowser, office: Office
) -> None:
    page = new_browser(WECHAT_IPHONE, NO_WORKER, NO_CLIPBOARD).new_page()
    link = office.invite()
    page.goto(link)
    page.get_by_role("button", name="复制链接").click()
    expect(page.get_by_label("链接", exact=True)).to_have_value(link)
    expect(page.get_by_text("请长按下面的链接")).to_be_visible()
    selected = "() => getSelection().toString() || document.querySelector('input[readonly]').selectionEnd"
    assert page.evaluate(selected)


def test_a_browser_without_a_worker_that_is_no_chat_app_gets_words_without_wechats_picture(
    new_browser: NewBrowser, office: Office
) -> None:
    page = new_browser(CHROME, NO_WORKER).new_page()
    page.goto(office.invite())
    expect(page.locator("main .news")).to_contain_text("换到手机浏览器里打开")
    expect(page.get_by_role("button", name="复制链接")).to_be_visible()
    expect(page.locator(".steps")).to_have_count(0)


def test_a_browser_that_keeps_nothing_says_so_once(new_browser: NewBrowser, office: Office) -> None:
    page = new_browser(CHROME, NO_MEMORY).new_page()
    page.goto(office.invite())
    expect(page.get_by_text(re.compile("这个浏览器(什么也存不住|不能保存记录)"))).to_have_count(1)


def test_the_home_screen_is_offered_in_one_quiet_line_after_the_first_record_and_declined_for_good(
    new_browser: NewBrowser, office: Office
) -> None:
    context = new_browser(CHROME)
    page = enrol(context, office)
    deputy.ready(page)
    expect(page.locator(".invite")).to_have_count(0)
    file_a_visit(page)
    deputy.level(page, "已送达")
    deputy.home(page)
    expect(page.locator(".invite")).to_contain_text("放到手机桌面上，打开更方便")
    expect(page.get_by_text("都已交到单位系统")).to_be_visible()
    assert page.locator(".invite").count() == 1 and alarms(page) == []
    page.get_by_role("link", name="看怎么做").click()
    expect(page.get_by_label("您用的浏览器")).to_have_value("chrome")
    expect(page.locator(".steps")).to_contain_text("添加到主屏幕")
    page.get_by_role("link", name="返回").click()
    page.get_by_role("button", name="不用了").click()
    expect(page.locator(".invite")).to_have_count(0)
    page.reload()
    at_home(page)
    page.evaluate("() => new Promise((done) => requestIdleCallback(done))")
    expect(page.locator(".invite")).to_have_count(0)
    go(page, "help")
    page.get_by_role("link", name="怎么放到桌面").click()
    expect(page.get_by_role("heading", name="放到手机桌面")).to_be_visible()


def test_opened_from_the_home_screen_it_promises_all_and_asks_for_nothing(
    new_browser: NewBrowser, office: Office
) -> None:
    page = enrol(new_browser(CHROME), office)
    deputy.ready(page)
    file_a_visit(page)
    deputy.level(page, "已送达")
    page.evaluate(FROM_THE_HOME_SCREEN)
    go(page, "install")
    expect(page.get_by_text("已经放在手机桌面上")).to_be_visible()
    expect(page.get_by_text("没有网也能打开，写的都存在手机里")).to_be_visible()
    deputy.home(page)
    expect(page.get_by_text("都已交到单位系统")).to_be_visible()
    expect(page.locator(".invite")).to_have_count(0)
    assert alarms(page) == []


def test_the_browsers_own_offer_waits_until_somebody_asks(new_browser: NewBrowser, office: Office) -> None:
    page = enrol(new_browser(CHROME), office)
    held = page.evaluate(
        """() => {
          const offer = new Event('beforeinstallprompt', {cancelable: true})
          window.asked = 0
          offer.prompt = async () => { window.asked += 1 }
          offer.userChoice = Promise.resolve({outcome: 'accepted'})
          return !dispatchEvent(offer)
        }"""
    )
    assert held, "the browser's own bar must not come up unasked"
    go(page, "install")
    button = page.get_by_role("button", name="放到手机桌面")
    expect(button).to_be_visible()
    assert page.evaluate("() => window.asked") == 0
    button.click()
    expect(page.get_by_text("以后从手机桌面上打开。")).to_be_visible()
    assert page.evaluate("() => window.asked") == 1


def test_wechat_on_android_works_with_no_network_and_says_later_what_a_browser_would_add(
    new_browser: NewBrowser, office: Office
) -> None:
    page = new_browser(WECHAT_ANDROID).new_page()
    page.goto(office.invite())
    expect(page.get_by_role("button", name="开始登记")).to_be_visible()
    page.get_by_role("button", name="开始登记").click()
    office.run("confirm", deputy.digits(page))
    deputy.ready(page)
    assert alarms(page) == []
    file_a_visit(page)
    deputy.level(page, "已送达")
    deputy.home(page)
    expect(page.locator(".invite")).to_contain_text("换到手机浏览器")
    page.get_by_role("link", name="看怎么做").click()
    expect(page.locator(".steps")).to_contain_text("点右上角“···”")
    expect(page.get_by_role("link", name="在另一个浏览器里用")).to_be_visible()


def test_safari_is_told_to_go_to_the_home_screen_before_it_enrols(
    new_browser: NewBrowser, office: Office
) -> None:
    """The home screen of an iPhone remembers nothing of Safari: enrolling there saves doing it twice."""
    page = new_browser(SAFARI).new_page()
    link = office.invite()
    page.goto(link)
    expect(page.get_by_text("苹果手机请先把这一页放到主屏幕")).to_be_visible()
    page.get_by_role("link", name="看怎么做").click()
    expect(page.get_by_label("您用的浏览器")).to_have_value("safari")
    expect(page.locator(".steps")).to_contain_text("添加到主屏幕")
    code = link.split("#e=")[1].split("&")[0]
    expect(page.locator("p.code")).to_have_text(f"{code[:4]} {code[4:8]} {code[8:]}")
    page.get_by_role("link", name="返回").click()
    expect(page.get_by_role("button", name="开始登记")).to_be_visible()


def test_of_several_things_that_are_wrong_only_the_worst_is_said(
    new_browser: NewBrowser, office: Office
) -> None:
    page = enrol(new_browser(WECHAT_IPHONE, NO_WORKER), office)
    expect(page.get_by_text("这里关掉以后，要有网才能再打开")).to_be_visible()
    page.evaluate(
        """() => {
          const note = JSON.parse(localStorage.getItem('mingbai.tripwire'))
          localStorage.setItem('mingbai.tripwire', JSON.stringify({...note, unsent: ['gone']}))
        }"""
    )
    page.reload()
    expect(page.get_by_text("这部手机清理过数据")).to_be_visible()
    assert alarms(page) == ["这部手机清理过数据"]
    page.get_by_role("button", name="知道了").click()
    expect(page.get_by_text("这里关掉以后，要有网才能再打开")).to_be_visible()
    assert alarms(page) == ["这里关掉以后，要有网才能再打开"]


# ---------------------------------------------------------------- handing over


def test_a_deputy_moves_from_wechat_to_the_browser_with_a_link_and_six_digits(
    new_browser: NewBrowser, office: Office
) -> None:
    old = enrol(new_browser(WECHAT_IPHONE, NO_WORKER), office)
    deputy.begin(old, "走访")
    old.get_by_label("谈的情况").fill("写到一半")
    expect(old.get_by_text("已保存在手机里")).to_be_visible()
    draft = old.url.split("/draft/")[1].split("/")[0]

    link = ask_for_code(old)
    code = link.split("#e=")[1].split("&")[0]
    expect(old.locator("p.code")).to_have_text(f"{code[:4]} {code[4:8]} {code[8:]}")
    expect(old.get_by_text("15 分钟内有效")).to_be_visible()
    new = open_link(new_browser(CHROME), link)
    digits = deputy.digits(new)
    still_outside(new)

    expect(old.get_by_role("heading", name="请核对数字")).to_be_visible()
    type_digits(old, digits[:4])
    expect(old.get_by_role("alert")).to_contain_text("现在有 4 位")
    type_digits(old, other_than(digits))
    expect(old.get_by_role("alert")).to_contain_text("六位数字不对")
    still_outside(new)

    kept = json.dumps({"drafts": [{"id": draft}]})
    old.route("**/api/v1/drafts", lambda route: route.fulfill(content_type="application/json", body=kept))
    type_digits(old, f"{digits[:3]} {digits[3:]}")
    expect(old.get_by_role("heading", name="搬好了")).to_be_visible()
    expect(old.get_by_text("没写完的 1 条，那边连上网就会出现")).to_be_visible()
    expect(old.get_by_text("那边也看得到")).to_be_visible()

    at_home(new)
    deputy.ready(new)
    file_a_visit(new, "新的浏览器记的")
    deputy.level(new, "已送达")
    old.get_by_role("button", name="首页").click()
    at_home(old)
    file_a_visit(old, "微信里记的")
    deputy.level(old, "已送达")


def test_a_code_serves_once_and_an_older_one_no_longer(new_browser: NewBrowser, office: Office) -> None:
    old = enrol(new_browser(WECHAT_IPHONE, NO_WORKER), office)
    first = ask_for_code(old)
    go(old, "")
    second = ask_for_code(old)
    assert first != second
    late = new_browser(CHROME).new_page()
    late.goto(first)
    late.get_by_role("button", name="开始登记").click()
    expect(late.get_by_role("alert")).to_contain_text("请在原来的页面上再要一个")
    open_link(new_browser(CHROME), second)
    other = new_browser(CHROME).new_page()
    other.goto(second)
    other.get_by_role("button", name="开始登记").click()
    expect(other.get_by_role("alert")).to_contain_text("这个码已经用过")
    expect(other.locator(".digits")).to_have_count(0)


def test_the_code_can_be_typed_on_the_other_screen(new_browser: NewBrowser, office: Office) -> None:
    old = enrol(new_browser(SAFARI), office)
    ask_for_code(old)
    new = new_browser(SAFARI).new_page()
    new.goto(office.address)
    new.get_by_label("登记码").fill(old.locator("p.code").inner_text())
    deputy.onward(new)
    new.get_by_role("button", name="开始登记").click()
    expect(new.get_by_text("请在原来的页面上输入这六位数字")).to_be_visible()
    type_digits(old, deputy.digits(new))
    expect(old.get_by_role("heading", name="搬好了")).to_be_visible()
    at_home(new)


def test_a_code_that_is_over_says_so_and_another_can_be_had(new_browser: NewBrowser, office: Office) -> None:
    old = enrol(new_browser(WECHAT_IPHONE, NO_WORKER), office)

    def almost_over(route: Route) -> None:
        answer = route.fetch()
        until = datetime.now(UTC) + timedelta(seconds=7)
        said = {**answer.json(), "expires_at": until.isoformat(timespec="milliseconds")}
        route.fulfill(response=answer, json=said)

    old.route(re.compile(r"/handover$"), lambda route: (
        almost_over(route) if route.request.method == "POST" else route.continue_()
    ))  # fmt: skip
    go(old, "handover")
    old.get_by_role("button", name="给我链接和码").click()
    expect(old.get_by_role("heading", name="这个码过时了")).to_be_visible(timeout=20_000)
    old.unroute_all()
    old.get_by_role("button", name="再要一个码").click()
    expect(old.get_by_text("15 分钟内有效")).to_be_visible()


def test_somebody_who_came_uninvited_is_left_outside_by_a_new_code(
    new_browser: NewBrowser, office: Office
) -> None:
    old = enrol(new_browser(WECHAT_IPHONE, NO_WORKER), office)
    stranger = open_link(new_browser(CHROME), ask_for_code(old))
    expect(old.get_by_role("heading", name="请核对数字")).to_be_visible()
    old.get_by_role("button", name="再要一个码").click()
    expect(old.get_by_role("heading", name="在手机浏览器里打开")).to_be_visible()
    old.get_by_role("button", name="复制链接").click()
    expect(old.get_by_text("已复制。")).to_be_visible()
    new = open_link(new_browser(CHROME), old.evaluate("() => navigator.clipboard.readText()"))
    expect(old.get_by_role("heading", name="请核对数字")).to_be_visible()
    type_digits(old, deputy.digits(new))
    expect(old.get_by_role("heading", name="搬好了")).to_be_visible()
    at_home(new)
    still_outside(stranger)


def test_too_many_wrong_digits_are_refused_in_the_offices_words(
    new_browser: NewBrowser, office: Office
) -> None:
    old = enrol(new_browser(WECHAT_IPHONE, NO_WORKER), office)
    new = open_link(new_browser(CHROME), ask_for_code(old))
    expect(old.get_by_role("heading", name="请核对数字")).to_be_visible()
    digits = deputy.digits(new)
    for _ in range(5):
        type_digits(old, other_than(digits))
        expect(old.get_by_role("alert")).to_contain_text("六位数字不对")
    type_digits(old, digits)
    expect(old.get_by_role("alert")).to_contain_text("分钟")
    expect(old.get_by_role("heading", name="请核对数字")).to_be_visible()
    still_outside(new)


def test_what_has_not_gone_up_stays_and_can_be_sent_from_the_old_screen(
    new_browser: NewBrowser, office: Office
) -> None:
    old = enrol(new_browser(WECHAT_IPHONE, NO_WORKER), office)
    deputy.begin(old, "走访")
    old.get_by_label("谈的情况").fill("只在这里")
    expect(old.get_by_text("已保存在手机里")).to_be_visible()
    deputy.home(old)
    old.route("**/api/v1/push", lambda route: route.abort())
    file_a_visit(old, "没有传上去")
    deputy.level(old, "等待上传")
    nothing = json.dumps({"drafts": []})
    old.route("**/api/v1/drafts", lambda route: route.fulfill(content_type="application/json", body=nothing))
    new = open_link(new_browser(CHROME), ask_for_code(old))
    type_digits(old, deputy.digits(new))
    expect(old.get_by_text("有 1 条还没上传，要从这里传")).to_be_visible()
    expect(old.get_by_text(re.compile(r"有 \d 条没写完的，还只在这里"))).to_be_visible()
    old.unroute("**/api/v1/push")
    old.get_by_role("button", name="现在上传").click()
    expect(old.get_by_text("记好的都已交到单位系统")).to_be_visible()


def test_whose_phone_is_one_voice_hears_from_the_office_that_it_cannot_be_doubled(
    new_browser: NewBrowser, office: Office
) -> None:
    page = new_browser(WECHAT_IPHONE, NO_WORKER).new_page()
    page.goto(office.run("invite", "--teller", "计票人甲", "--plain"))
    page.get_by_role("button", name="开始登记").click()
    office.run("confirm", deputy.digits(page))
    expect(page.get_by_role("link", name="搬到手机浏览器")).to_be_visible()
    page.get_by_role("link", name="搬到手机浏览器").click()
    page.get_by_role("button", name="给我链接和码").click()
    expect(page.get_by_role("alert")).to_contain_text("这种身份不能自己换浏览器")


def test_moving_on_in_english(new_browser: NewBrowser, office: Office) -> None:
    old = enrol(new_browser(WECHAT_IPHONE, NO_WORKER, lang="en", width=320, size=30), office)
    expect(old.get_by_text("Once closed, this page needs a network")).to_be_visible()
    fits(old)
    old.get_by_role("link", name="Move to the phone's browser").click()
    old.get_by_role("button", name="Give me the link").click()
    expect(old.get_by_text("within 15 minutes")).to_be_visible()
    fits(old)
    old.get_by_role("button", name="Copy the link").click()
    expect(old.get_by_text("Copied.")).to_be_visible()
    new = new_browser(CHROME, lang="en", width=320, size=30).new_page()
    new.goto(old.evaluate("() => navigator.clipboard.readText()"))
    new.get_by_role("button", name="Begin").click()
    expect(new.get_by_text("Type these six digits on the old screen")).to_be_visible()
    fits(new)
    digits = deputy.digits(new)
    old.get_by_label("The six digits on its screen").fill(other_than(digits))
    old.get_by_role("button", name="Let it in").click()
    expect(old.get_by_role("alert")).to_contain_text("The six digits are not right")
    fits(old)
    old.get_by_label("The six digits on its screen").fill(digits)
    old.get_by_role("button", name="Let it in").click()
    expect(old.get_by_role("heading", name="Done")).to_be_visible()
    fits(old)
    at_home(new)
    for family in ("wechat", "safari", "chrome", "vivo"):
        go(new, "install")
        new.get_by_label("Your browser").select_option(family)
        fits(new)


# ---------------------------------------------------------------- broken builds are noticed


def test_a_build_that_takes_itself_for_confirmed_is_caught(new_browser: NewBrowser, office: Office) -> None:
    old = enrol(new_browser(WECHAT_IPHONE, NO_WORKER), office)
    link = ask_for_code(old)
    context = new_browser(CHROME)

    def active(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "state": "active"})

    def never_asks(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "device": {"state": "active"}})

    context.route("**/api/v1/enrol", active)
    context.route("**/api/v1/receipts", never_asks)
    page = context.new_page()
    page.goto(link)
    page.get_by_role("button", name="开始登记").click()
    expect(page.locator("footer .pri")).to_have_count(0)
    with pytest.raises(AssertionError):
        still_outside(page)


def test_a_build_that_says_done_without_the_office_is_caught(new_browser: NewBrowser, office: Office) -> None:
    old = enrol(new_browser(WECHAT_IPHONE, NO_WORKER), office)
    new = open_link(new_browser(CHROME), ask_for_code(old))
    done = json.dumps({"device": "", "state": "active"})
    old.route("**/handover/confirm", lambda route: route.fulfill(content_type="application/json", body=done))
    type_digits(old, other_than(deputy.digits(new)))
    expect(old.get_by_role("heading", name="搬好了")).to_be_visible()
    with pytest.raises(AssertionError):
        expect(new.locator(".tiles")).to_be_visible(timeout=5_000)


# ---------------------------------------------------------------- how it looks


@pytest.mark.parametrize(("width", "size"), [(360, 18), (320, 30)])
def test_every_screen_of_it_can_be_read_and_tapped(
    new_browser: NewBrowser, office: Office, width: int, size: int
) -> None:
    faults: list[str] = []

    def look(page: Page, screen: str) -> None:
        faults.extend(f"{screen}: {fault}" for fault in page.evaluate(LOOKS))
        if shots := os.environ.get("MINGBAI_SHOTS"):
            page.screenshot(path=Path(shots) / f"{width}-{size} {screen}.png", full_page=True)

    old = new_browser(WECHAT_IPHONE, NO_WORKER, NO_CLIPBOARD, width=width, size=size).new_page()
    old.goto(office.address)
    expect(old.locator(".steps")).to_be_visible()
    look(old, "typing the code in WeChat")
    old.goto("about:blank")
    old.goto(office.invite())
    expect(old.locator(".steps")).to_be_visible()
    old.get_by_role("button", name="复制链接").click()
    expect(old.get_by_label("链接", exact=True)).to_be_visible()
    look(old, "invited in WeChat")
    old.get_by_role("button", name="开始登记").click()
    office.run("confirm", deputy.digits(old))
    at_home(old)
    expect(old.get_by_role("link", name="搬到手机浏览器")).to_be_visible()
    look(old, "home in WeChat")
    go(old, "handover")
    expect(old.get_by_role("button", name="给我链接和码")).to_be_visible()
    look(old, "before handing over")
    old.get_by_role("button", name="给我链接和码").click()
    old.get_by_role("button", name="复制链接").click()
    expect(old.get_by_label("链接", exact=True)).to_be_visible()
    look(old, "the code")
    link = old.get_by_label("链接", exact=True).input_value()

    new = open_link(new_browser(CHROME, width=width, size=size), link)
    look(new, "six digits on the new screen")
    expect(old.get_by_role("heading", name="请核对数字")).to_be_visible()
    type_digits(old, other_than(deputy.digits(new)))
    expect(old.get_by_role("alert")).to_be_visible()
    look(old, "digits that are not right")
    type_digits(old, deputy.digits(new))
    expect(old.get_by_role("heading", name="搬好了")).to_be_visible()
    look(old, "handed over")

    at_home(new)
    file_a_visit(new)
    deputy.level(new, "已送达")
    deputy.home(new)
    expect(new.locator(".invite")).to_be_visible()
    look(new, "home with the quiet line")
    go(new, "install")
    which = new.get_by_label("您用的浏览器")
    for family in ("chrome", "xiaomi", "safari", "ios", "wechat", "computer"):
        which.select_option(family)
        look(new, f"install {family}")
    assert not faults, "\n".join(faults)
