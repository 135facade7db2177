"""Forms as a phone's own: each type of question, what is said while one writes, going on where one was."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser import deputy
from tests.browser.office import CONGRESS, Office

pytestmark = pytest.mark.browser

FORM = """
kind: trial
label: {zh: 试填, en: Trial}
description: {zh: 各种问题。, en: All sorts of questions.}
code: SK
written_by: [deputy]
fields:
  day:
    label: {zh: 哪一天, en: Day}
    schema: {type: string, format: date}
    required: true
    publish: full
  households:
    label: {zh: 走访户数, en: Households}
    schema: {type: integer, minimum: 0}
    publish: counted
  people:
    label: {zh: 见到人数, en: People}
    schema: {type: integer, minimum: 0}
    publish: counted
  cost:
    label: {zh: 花费, en: Cost}
    schema: {type: integer, minimum: 0}
    shown_as: money
    publish: full
  result:
    label: {zh: 办成没有, en: Result}
    choices:
      done: {zh: 办成了, en: Done}
      partly: {zh: 办了一部分, en: Partly}
      not_done: {zh: 没有办, en: Not done}
    publish: full
  month:
    label: {zh: 哪个月, en: Month}
    choices:
      m1: {zh: 一月, en: January}
      m2: {zh: 二月, en: February}
      m3: {zh: 三月, en: March}
      m4: {zh: 四月, en: April}
      m5: {zh: 五月, en: May}
      m6: {zh: 六月, en: June}
      m7: {zh: 七月, en: July}
      m8: {zh: 八月, en: August}
    publish: full
  topics:
    label: {zh: 话题, en: Topics}
    schema: {type: array}
    choices:
      roads: {zh: 道路交通, en: Roads}
      water: {zh: 饮水水利, en: Water}
    publish: full
  grid:
    label: {zh: 网格, en: Grid}
    refers_to: grid
    required: true
    publish: full
  subject:
    label: {zh: 案由, en: Subject}
    schema: {type: string, maxLength: 100}
    publish: full
  story:
    label: {zh: 详细情况, en: Story}
    schema: {type: string, maxLength: 2000}
    shown_as: long
    publish: full
  contact_phone:
    label: {zh: 联系电话, en: Telephone}
    schema: {type: string, maxLength: 30}
    publish: never
  things:
    label: {zh: 一件一件看, en: Things}
    schema: {type: array, minItems: 1, maxItems: 3}
    each:
      what:
        label: {zh: 看的是什么, en: What}
        schema: {type: string, maxLength: 20}
        required: true
        publish: full
      verdict:
        label: {zh: 看到的, en: Verdict}
        choices: {good: {zh: 好, en: Good}, bad: {zh: 不好, en: Bad}}
        publish: full
    required: true
    publish: full
checks:
  - that: people >= households || people == 0
    say: {zh: 见到的人数不会少于走访的户数，请核对。, en: Fewer people than households. Please check.}
page: {title: '{{ subject }}', columns: [subject], sort: -day}
"""
DUTIES = """
duties:
  label: {zh: 我的五个一, en: My five ones}
  confirmed: false
  items:
    - {label: {zh: 听一次意见, en: Hear people}, kinds: [visit]}
    - {label: {zh: 提一条建议, en: Suggest}, kinds: [suggestion]}
    - {label: {zh: 办一件实事, en: A deed}, kinds: []}
"""
CHECK = "见到的人数不会少于走访的户数"
LONG_SUBJECT = "关于修复柳河村三组到中心小学之间一公里道路照明并且明确今后由谁管护、坏了找谁报修的建议"


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office whose deputies fill in a form with questions of every sort."""
    congress = tmp_path_factory.mktemp("congress") / "content"
    shutil.copytree(CONGRESS, congress)
    (congress / "forms/trial.yaml").write_text(FORM)
    with (congress / "congress.yaml").open("a") as file:
        file.write(DUTIES)
    office = Office(tmp_path_factory.mktemp("office"), congress)
    yield office
    office.stop()


@pytest.fixture
def page(phone: BrowserContext, trial: Office, watch: Callable[[Page], Page]) -> Page:
    return deputy.enrol(phone, trial, watch(phone.new_page()))


def at_step(page: Page, number: int) -> None:
    """On to a step that may be left as it is so far."""
    while f"第 {number} 步" not in page.locator("header p").inner_text():
        before = page.locator("header p").inner_text()
        deputy.onward(page)
        expect(page.locator("header p")).not_to_have_text(before)


def focused(page: Page) -> str:
    return str(page.evaluate("() => document.activeElement.id"))


# ---------------------------------------------------------------- one question of each type


def test_each_question_has_the_phones_own_input_and_says_back_what_was_typed(
    page: Page, complaints: list[str]
) -> None:
    deputy.begin(page, "试填")
    day = page.get_by_label("哪一天")
    expect(day).to_have_attribute("type", "date")
    expect(day).to_have_value(re.compile(r"\d{4}-\d\d-\d\d"))
    day.fill("2026-03-02")
    expect(page.get_by_text("2026年3月2日 星期一")).to_be_visible()
    day.fill("")
    page.get_by_role("button", name="填今天").click()
    expect(day).to_have_value(re.compile(r"\d{4}-\d\d-\d\d"))
    expect(page.get_by_label("走访户数")).to_have_attribute("inputmode", "numeric")
    cost = page.get_by_label("花费")
    expect(cost).to_have_attribute("inputmode", "decimal")
    cost.fill("1234567.89")
    expect(page.get_by_text("1,234,567.89 元，约 123.46 万元")).to_be_visible()
    cost.fill("120000")
    expect(page.get_by_text("120,000 元，就是 12 万元")).to_be_visible()

    at_step(page, 2)
    page.get_by_role("group", name="办成没有").get_by_role("radio", name="办了一部分").check()
    page.get_by_label("哪个月").select_option(label="三月")
    page.get_by_role("group", name="话题").get_by_role("checkbox", name="饮水水利").check()
    deputy.choose(page, "网格", "第三", "柳河村第三网格")

    at_step(page, 3)
    subject = page.get_by_label("案由")
    subject.fill((LONG_SUBJECT * 2)[:60])
    assert whole(subject), "a title of sixty characters is seen whole"
    subject.fill(LONG_SUBJECT * 2)
    expect(page.get_by_text(f"已写 {len(LONG_SUBJECT) * 2} 字，最多 100 字")).to_be_visible()
    subject.fill("第一行\n第二行")
    expect(subject).to_have_value("第一行 第二行")
    story = page.get_by_label("详细情况")
    expect(story).to_have_attribute("placeholder", re.compile("话筒"))
    story.fill("路" * 2000)
    expect(page.get_by_text("已写 2000 字，最多 2000 字")).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    expect(page.get_by_label("联系电话")).to_have_attribute("type", "tel")
    assert complaints == []


WHOLE = "e => e.scrollHeight <= e.clientHeight + 1 && e.scrollWidth <= e.clientWidth + 1"


def whole(field: Locator) -> bool:
    """Whether a text is seen without scrolling inside its field."""
    return bool(field.evaluate(WHOLE))


# ---------------------------------------------------------------- what is said while one writes


def what_does_not_fit_is_said_quietly(page: Page) -> None:
    """A rule across questions speaks under the last of them, and nobody is moved."""
    page.get_by_label("走访户数").fill("5")
    page.get_by_label("见到人数").press_sequentially("3")
    note = page.locator(".field", has=page.get_by_label("见到人数")).get_by_text(CHECK)
    expect(note).to_be_visible()
    assert focused(page) == "f-people"
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_label("见到人数").fill("0")
    expect(page.get_by_text(CHECK)).to_have_count(0)


def test_a_rule_across_questions_speaks_while_one_writes_and_bars_the_way_on(page: Page) -> None:
    deputy.begin(page, "试填")
    what_does_not_fit_is_said_quietly(page)
    page.get_by_label("见到人数").fill("3")
    deputy.onward(page)
    expect(page.get_by_role("alert")).to_contain_text(CHECK)
    page.get_by_role("alert").get_by_role("button").click()
    assert focused(page) == "f-people", "the fault leads to its question"
    page.get_by_label("见到人数").fill("8")
    deputy.onward(page)
    expect(page.locator("header p")).to_contain_text("第 2 步")


def test_what_is_no_number_is_said_once_the_question_is_left(page: Page) -> None:
    deputy.begin(page, "试填")
    people = page.get_by_label("见到人数")
    people.fill("三四个")
    page.wait_for_timeout(800)
    expect(page.locator(".note:not(:empty)")).to_have_count(0)
    people.press("Tab")
    expect(page.locator(".note:not(:empty)")).to_contain_text("见到人数")


def test_an_app_that_checks_nothing_while_one_writes_is_noticed(page: Page) -> None:
    page.context.route("**/assets/check-*.js", lambda route: route.abort())
    page.evaluate("() => caches.keys().then(names => Promise.all(names.map(name => caches.delete(name))))")
    page.reload()
    deputy.begin(page, "试填")
    with pytest.raises(AssertionError):
        expect.set_options(timeout=2_000)
        try:
            what_does_not_fit_is_said_quietly(page)
        finally:
            expect.set_options(timeout=15_000)


# ---------------------------------------------------------------- rows


def to_things(page: Page) -> Locator:
    deputy.begin(page, "试填")
    at_step(page, 2)
    deputy.choose(page, "网格", "第三", "柳河村第三网格")
    at_step(page, 3)
    return page.get_by_role("group", name="一件一件看", exact=False).first


def test_a_row_that_was_taken_out_can_be_put_back(page: Page, complaints: list[str]) -> None:
    things = to_things(page)
    what = page.get_by_label("看的是什么")
    expect(what).to_have_count(1)
    what.fill("路灯")
    for text in ("路面", "护栏"):
        things.get_by_role("button", name="再加一项").click()
        what.last.fill(text)
    expect(things.get_by_text("最多 3 项")).to_be_visible()
    page.get_by_role("button", name="去掉第 2 项").click()
    assert values(what) == ["路灯", "护栏"]
    back = page.get_by_role("button", name="放回来")
    expect(back).to_be_focused()
    back.click()
    assert values(what) == ["路灯", "路面", "护栏"]
    expect(what.nth(1)).to_be_focused()
    page.get_by_role("button", name="去掉第 1 项").click()
    deputy.onward(page)
    expect(page.locator(".block.open")).to_contain_text("护栏")
    expect(page.locator(".block.open")).not_to_contain_text("路灯")
    assert complaints == []


def values(fields: Locator) -> list[str]:
    return [each.input_value() for each in fields.all()]


# ---------------------------------------------------------------- lists of records


def found_by(page: Page, typed: str, name: str) -> None:
    page.get_by_label("网格").first.fill(typed)
    expect(page.locator(".picks").get_by_role("button", name=name).first).to_be_visible()


def test_a_place_is_found_by_its_first_letters_with_no_network_and_stands_first_the_next_time(
    page: Page, trial: Office
) -> None:
    trial.stop()
    try:
        deputy.begin(page, "试填")
        at_step(page, 2)
        for typed in ("第三", "第3", "lhcds", "柳河 第三"):
            found_by(page, typed, "柳河村第三网格")
        page.locator(".picks").get_by_role("button", name="柳河村第三网格").click()
        at_step(page, 3)
        page.get_by_label("案由").fill("试")
        page.get_by_label("看的是什么").fill("路灯")
        deputy.onward(page)
        deputy.file(page)
        deputy.home(page)
        deputy.begin(page, "试填")
        at_step(page, 2)
        first = page.locator(".picks button").first
        expect(first).to_contain_text("柳河村第三网格")
        expect(first).to_contain_text("前面选过")
    finally:
        trial.start()


def test_an_app_that_knows_no_pinyin_is_noticed(page: Page) -> None:
    page.add_init_script("Intl.Collator = class { compare() { return 0 } }")
    page.reload()
    deputy.begin(page, "试填")
    at_step(page, 2)
    with pytest.raises(AssertionError):
        expect.set_options(timeout=2_000)
        try:
            found_by(page, "lhcds", "柳河村第三网格")
        finally:
            expect.set_options(timeout=15_000)


# ---------------------------------------------------------------- going on


def goes_on_where_it_was_left(page: Page, phone: BrowserContext, office: Office) -> Page:
    """Killed at the second step, opened from home: the second step, with what was typed."""
    deputy.begin(page, "试填")
    page.get_by_label("走访户数").fill("7")
    at_step(page, 2)
    page.get_by_label("哪个月").select_option(label="三月")
    expect(page.get_by_text("已保存在手机里")).to_be_visible()
    page.wait_for_timeout(600)
    page.close()
    page = phone.new_page()
    return page


def test_a_draft_opens_at_the_step_where_it_was_left_also_after_a_kill(
    page: Page, phone: BrowserContext, trial: Office
) -> None:
    page = goes_on_where_it_was_left(page, phone, trial)
    page.goto(trial.address)
    page.get_by_role("link", name="试填").first.click()  # the newest: others come back too
    expect(page.locator("header p")).to_contain_text("第 2 步，共 3 步")
    expect(page.get_by_label("哪个月")).to_have_value("m3")


def test_an_app_that_forgets_the_step_is_noticed(page: Page, phone: BrowserContext, trial: Office) -> None:
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('full') } }")
    page = goes_on_where_it_was_left(page, phone, trial)
    page.goto(trial.address)
    page.get_by_role("link", name="试填").first.click()  # the newest: others come back too
    expect(page.locator("header p")).to_contain_text("第 1 步")


# ---------------------------------------------------------------- home and records

COPIES = """count => new Promise((done, fail) => {
  const asked = indexedDB.open('mingbai')
  asked.onsuccess = () => {
    const table = asked.result.transaction('records', 'readwrite').objectStore('records')
    const all = table.getAll()
    all.onsuccess = () => {
      const [one] = all.result.filter(({ kind }) => kind === 'visit')
      for (let n = 0; n < count; n++) {
        const filedAt = new Date(Date.parse(one.filedAt) - (n + 1) * 1000).toISOString()
        table.put({ ...one, id: one.id.slice(0, -3) + String(n).padStart(3, '0'), filedAt })
      }
      table.transaction.oncomplete = () => { asked.result.close(); done() }
      table.transaction.onerror = fail
    }
  }
})"""


def test_records_are_looked_through_by_level_and_kind_fifty_at_a_time(page: Page, trial: Office) -> None:
    deputy.visit(page)
    deputy.file(page)
    deputy.level(page, "已送达")
    trial.stop()
    try:
        deputy.home(page)
        deputy.begin(page, "代表建议")
        page.get_by_label("标题").fill("修路灯")
        deputy.onward(page)
        deputy.file(page)
        deputy.level(page, "等待上传")
        page.evaluate(COPIES, 60)
        page.goto(f"{trial.address}/#/records")
        page.reload()
        rows = page.locator("ul.rows > li")
        expect(rows).to_have_count(50)
        page.get_by_role("button", name="再看以前的 12 条").click()
        expect(rows).to_have_count(62)
        page.get_by_text("挑着看").click()
        page.get_by_label("走到哪一步").select_option(label="等待上传")
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text("修路灯")
        page.get_by_label("走到哪一步").select_option(label="都看")
        page.get_by_label("哪一种").select_option(label="走访")
        expect(rows).to_have_count(50)
        page.get_by_label("走到哪一步").select_option(label="等待上传")
        expect(page.get_by_text("没有这样的")).to_be_visible()
        page.get_by_role("button", name="看全部").click()
        expect(rows).to_have_count(50)
    finally:
        trial.start()


def test_home_says_what_is_unsent_first_then_the_tiles_and_counts_the_five_ones(
    phone: BrowserContext, trial: Office
) -> None:
    page = phone.new_page()
    page.goto(trial.invite("d3"))
    page.get_by_role("button", name="开始登记").click()
    trial.run("confirm", deputy.digits(page))
    deputy.ready(page)
    ones = page.locator(".ones li")
    expect(ones.filter(has_text="听一次意见")).to_contain_text("还没有")
    trial.stop()
    try:
        deputy.visit(page)
        deputy.file(page)
        deputy.home(page)
        deputy.begin(page, "试填")
        deputy.home(page)
        expect(ones.filter(has_text="听一次意见")).to_contain_text("✓ 1 条")
        expect(ones.filter(has_text="提一条建议")).to_contain_text("还没有")
        expect(ones.filter(has_text="办一件实事")).to_contain_text("不在这里记")
        expect(page.get_by_text("人大办还没有确认")).to_be_visible()
        expect(page.get_by_text("今年记了：走访 1 条")).to_be_visible()
        said = page.locator("main").inner_text()
        order = ["还没上传", "没写完的", "要记什么？", "我的五个一"]
        assert [said.index(each) for each in order] == sorted(said.index(each) for each in order)
        expect(page.locator(".tiles button")).to_have_count(4)
    finally:
        trial.start()
