"""Two tellers count one ballot on two devices with no network, disagree and are settled; the page follows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Response, expect

from ledger.rules.ballot.tally import check_code, list_digest
from tests.browser import deputy
from tests.browser.office import Office
from tests.browser.test_looks import look, wear
from tests.browser.test_story import SampleOffice

pytestmark = pytest.mark.browser

LIST = [("3", "集镇亮化"), ("4", "村史陈列室")]
DIGEST = list_digest(LIST)
BALLOT = f"""kind: ballot
answers:
  cycle: liuhe-2026
  session: 柳河镇十八届人大六次会议
  voted_on: '2026-03-07'
  body_kind: congress
  roster_size: 62
  present: 55
  method: paper
  ballot_form: choose_one
  seats: 1
  base: all
  threshold: 1/2
  strict: true
  tie_rule: revote_tied
  candidates:
    - option: '3'
      candidate: liuhe-2026-03
      subject: 集镇亮化
    - option: '4'
      candidate: liuhe-2026-04
      subject: 村史陈列室
  list_frozen_on: '2026-03-07'
  list_digest: {DIGEST}
  round: 2
  revote_of: liuhe-2026
  sheets_published: false
"""
RANKED = [("1", "公厕无障碍改造"), ("2", "晒谷场修补")]
RANKING = (
    BALLOT.replace("choose_one", "rank_all")
    .replace("voted_on: '2026-03-07'", "voted_on: '2026-03-08'")
    .replace("round: 2", "round: 3")
    .replace("option: '3'", "option: '1'")
    .replace("option: '4'", "option: '2'")
    .replace("2026-03\n", "2026-01\n")
    .replace("2026-04\n", "2026-02\n")
    .replace("集镇亮化", "公厕无障碍改造")
    .replace("村史陈列室", "晒谷场修补")
    .replace(DIGEST, list_digest(RANKED))
)
SHEETS = {"发出": "55", "收回": "55", "有效": "54", "无效": "1", "其中空白": "0"}
WRITTEN = "两位计票人和监票人一起把 4 号的票重数了一遍，是 21 票。"

KEPT = """() => new Promise((done) => {
  const asked = indexedDB.open('mingbai')
  asked.onsuccess = async () => {
    const db = asked.result
    const names = [...db.objectStoreNames].filter((name) => name !== 'meta')
    const all = names.map((name) => new Promise((got) => {
      const rows = db.transaction(name).objectStore(name).getAll()
      rows.onsuccess = () => got(rows.result)
    }))
    const found = JSON.stringify(await Promise.all(all))
    db.close()
    done(found)
  }
})"""


def number(count: dict[str, int]) -> dict[str, object]:
    """A count in the words of its form."""
    totals = [{"option": option, "approve": votes} for option, votes in count.items()]
    return {"issued": 55, "returned": 55, "valid": 54, "invalid": 1, "blank": 0, "totals": totals}


def code_of(first: int, second: int) -> str:
    return check_code(DIGEST, ["3", "4"], number({"3": first, "4": second}))


STROKES = """() => new Promise((done) => {
  const asked = indexedDB.open('mingbai')
  asked.onsuccess = () => {
    const all = asked.result.transaction('drafts').objectStore('drafts').getAll()
    all.onsuccess = () => { asked.result.close(); done(all.result[0]?.typed._strokes?.length) }
  }
})"""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SampleOffice]:
    """The sample congress, and two ballots that nobody has counted yet."""
    office = SampleOffice(tmp_path_factory.mktemp("tally"))
    for name, ballot in (("round2", BALLOT), ("round3", RANKING)):
        fresh = office.content / f"records/ballot/liuhe-2026-{name}.yaml"
        fresh.write_text(ballot, "utf-8")
        office.run("import", str(fresh))
    yield office
    office.stop()


def enrol(device: BrowserContext, office: Office, role: str, name: str) -> Page:
    """A device of this role, with the lists it needs on it and the app ready to open with no network."""
    page = device.new_page()
    page.goto(office.run("invite", f"--{role}", name, "--plain"))
    page.get_by_role("button", name="开始登记").click()
    office.run("confirm", deputy.digits(page))
    expect(page.get_by_role("heading", name="要记什么？")).to_be_visible()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    needed = {"ballot", "deputy"} if role == "scrutineer" else {"ballot"}
    for _ in range(200):
        if needed <= set(page.evaluate(deputy.LISTS)):
            return page
        page.wait_for_timeout(50)
    raise AssertionError("the lists of ballots and deputies did not come")


def reopened(device: BrowserContext, page: Page, address: str) -> Page:
    """The same place in a new tab, after the old one was killed."""
    page.close()
    page = device.new_page()
    page.goto(address)
    return page


def begin_count(page: Page) -> None:
    deputy.begin(page, "计票")
    deputy.choose(page, "哪一次票决", "第 2 轮", "柳河镇十八届人大六次会议 第 2 轮")
    expect(page.locator(".list li")).to_have_text(["3 集镇亮化", "4 村史陈列室"])
    expect(page.locator("code")).to_have_text(DIGEST[:8])
    page.get_by_role("button", name="开始计票").click()
    expect(page.get_by_text("票数（张）")).to_be_visible()


def key_sheets(page: Page, sheets: dict[str, str]) -> None:
    for label, count in sheets.items():
        page.get_by_label(label, exact=True).fill(count)


def draw(page: Page, option: str, strokes: int) -> None:
    button = page.get_by_role("button", name=re.compile(f"{option} .*加一笔"))
    for _ in range(strokes):
        button.click()


def written(page: Page, strokes: int) -> None:
    """Wait until the phone has written so many strokes."""
    for _ in range(100):
        if page.evaluate(STROKES) == strokes:
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"{page.evaluate(STROKES)} strokes are written, not {strokes}")


def draw_at_once(page: Page, option: str, strokes: int) -> None:
    """Taps that come faster than the screen is drawn."""
    button = page.get_by_role("button", name=re.compile(f"{option} .*加一笔"))
    button.evaluate("(button, count) => { for (let n = 0; n < count; n++) button.click() }", strokes)


def key_votes(page: Page, *votes: str) -> None:
    page.get_by_text("直接填数").click()
    for row, count in zip(page.locator(".candidates input").all(), votes, strict=True):
        row.fill(count)


def file_count(page: Page) -> None:
    page.get_by_role("button", name="数完了，核对").click()
    expect(page.get_by_text("不能再改，也不能更正")).to_be_visible()
    deputy.file(page)
    expect(page.get_by_role("heading", name="核对码", exact=True)).to_be_visible()


def send(page: Page, office: Office) -> None:
    page.goto(f"{office.address}/#/uploads")
    page.get_by_role("button", name="现在上传").click()
    expect(page.get_by_text("都已交到单位系统")).to_be_visible(timeout=30_000)


def test_two_counts_that_disagree_are_settled_in_writing_and_the_page_shows_the_verdict(
    new_phone: Callable[..., BrowserContext],
    sample: SampleOffice,
    watch: Callable[[Page], Page],
    complaints: list[str],
    tmp_path: Path,
) -> None:
    office, faults = sample, list[str]()
    first, second = new_phone(360, 740), new_phone(768, 1024)
    one = watch(enrol(first, office, "teller", "计票员甲"))
    two = watch(enrol(second, office, "teller", "计票员乙"))
    table = watch(enrol(new_phone(1280, 900), office, "scrutineer", "监票员"))

    # the first teller counts by strokes, with no network and a tab that is killed in between
    office.stop()
    one = watch(reopened(first, one, office.address))
    begin_count(one)
    draw(one, "3", 7)
    draw(one, "4", 2)
    one.get_by_role("button", name=re.compile("^撤销一笔")).click()
    expect(one.locator(".candidates li").nth(1)).to_contain_text("1 票")
    written(one, 8)
    one = watch(reopened(first, one, one.url))
    expect(one.locator(".candidates li").nth(0)).to_contain_text("7 票")
    expect(one.locator(".candidates li").nth(1)).to_contain_text("1 票")
    draw(one, "3", 26)
    draw_at_once(one, "4", 19)
    key_sheets(one, SHEETS | {"有效": "44"})
    expect(one.get_by_text("有效 44 + 无效 1 = 45，不等于收回 55，请再数一遍。").first).to_be_visible()
    look(one, "counting with a fault", faults)
    key_sheets(one, SHEETS)
    expect(one.get_by_text("发出 55 = 收回 55；收回 55 = 有效 54 + 无效 1")).to_be_visible()
    look(one, "counting", faults)
    file_count(one)
    expect(one.locator(".digits")).to_have_text(code_of(33, 20))
    expect(one.get_by_role("button", name="更正")).to_have_count(0)

    # it arrives; the second teller, who has not filed, sees nothing of it, nor does the scrutineer
    office.start()
    send(one, office)
    answers = list[Response]()
    two.on("response", lambda said: answers.append(said) if "/api/" in said.url else None)
    with two.expect_response("**/api/v1/pull*"):
        two.reload()
    begin_count(two)
    heard = [said.text() for said in answers if said.status == 200]
    assert len(heard) > 2
    seen = two.evaluate(KEPT) + "".join(heard) + two.content()
    assert code_of(33, 20) not in seen and code_of(33, 20).replace(" ", "") not in seen
    deputy.home(table)
    deputy.begin(table, "票决结果")
    deputy.choose(table, "哪一次票决", "第 2 轮", "柳河镇十八届人大六次会议 第 2 轮")
    expect(table.get_by_text("只到了一份计票，还要等另一份")).to_be_visible()
    look(table, "one count has arrived", faults)

    # the second files as well, again with no network; the codes differ, and reading aloud finds where
    office.stop()
    two = watch(reopened(second, two, office.address))
    two.get_by_role("link", name="计票").first.click()
    look(two, "the frozen list", faults)
    two.get_by_role("button", name="接着计票").click()
    key_sheets(two, SHEETS)
    key_votes(two, "33", "22")
    expect(two.get_by_text("得票合计 55，多于有效 54 × 每张最多 1 项 = 54").first).to_be_visible()
    two.get_by_role("button", name="数完了，核对").click()
    expect(two.get_by_role("alert")).to_contain_text("得票合计 55")
    look(two, "keyed with a fault", faults)
    key_votes(two, "33", "21")
    two.get_by_role("button", name="数完了，核对").click()
    expect(two.get_by_role("heading", name="核对一遍")).to_be_visible()
    assert code_of(33, 21) not in two.content()
    look(two, "the check page of a count", faults)
    deputy.file(two)
    expect(two.locator(".digits")).to_have_text(code_of(33, 21))
    two.get_by_label("对方的核对码").fill(code_of(33, 21).lower())
    expect(two.get_by_text("两份计票一致")).to_be_visible()
    two.get_by_label("对方的核对码").fill(code_of(33, 20))
    expect(two.get_by_text("两份计票不一样")).to_be_visible()
    expect(two.locator(".aloud tbody th")).to_have_text(
        ["发出", "收回", "有效", "无效", "其中空白", "3 集镇亮化", "4 村史陈列室"]
    )
    expect(two.locator(".aloud tbody tr").last).to_contain_text("二十一 （21）")
    two.locator(".aloud tbody tr").last.get_by_label("不一样").check()
    expect(two.get_by_text("不一样的是：4 村史陈列室")).to_be_visible()
    look(two, "reading aloud", faults)
    one.evaluate("() => { location.hash = '#/records' }")
    one.get_by_role("link", name=re.compile("计票")).first.click()
    one.get_by_label("对方的核对码").fill(code_of(33, 21))
    one.locator(".aloud tbody tr").last.get_by_label("不一样").check()
    look(one, "reading aloud", faults)

    # the scrutineer sees both once both have arrived, and settles the difference in writing
    table.get_by_role("button", name="再看一次").click()
    expect(table.get_by_text("现在连不上单位系统")).to_be_visible()
    office.start()
    send(two, office)
    table.get_by_role("button", name="再看一次").click()
    expect(table.get_by_text("计票到了 2 份")).to_be_visible()
    look(table, "both counts have arrived", faults)
    deputy.onward(table)
    expect(table.get_by_text("有 1 个数不一样")).to_be_visible()
    deputy.onward(table)
    expect(table.get_by_role("alert")).to_contain_text("请写明怎么解决的")
    look(table, "side by side", faults)
    table.get_by_role("button", name=re.compile("计票二的 21")).click()
    table.get_by_label("不一致怎么解决").fill(WRITTEN)
    deputy.onward(table)
    expect(table.get_by_role("heading", name="票决结果")).to_be_visible()
    table.locator(".picks").first.get_by_role("button", name="林秀禾").click()
    table.get_by_label("查找：监票人").fill("贺知白")
    table.locator(".picks").get_by_role("button", name="贺知白").click()
    table.get_by_label("宣布日期").fill("2026-03-07")
    look(table, "who scrutinised", faults)
    deputy.onward(table)
    deputy.file(table)
    deputy.level(table, "已送达")

    # the page of the ballot follows; the counts stay back until the office approves them
    counts = codes_of(office, "tally_count", tmp_path)
    assert len(counts) == 2
    office.build()
    assert not any(page_of(office, "tally_count", code).exists() for code in counts)
    [ballot] = codes_of(office, "ballot", tmp_path)
    html = page_of(office, "ballot", ballot).read_text("utf-8")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    assert "发出 55 = 收回 55 = 有效 54 + 无效 1" in text
    assert "到会 55 人，够数" in text
    assert WRITTEN in text
    assert "2 件候选里选定 1 件 ，结果有效" in text
    assert "集镇亮化 33 53.2% 选定 " in text
    for code in counts:
        office.run("approve", code)
    office.build()
    assert all(page_of(office, "tally_count", code).is_file() for code in counts)
    # Started anew, the server knows no nonce of before: the app asks for another by itself.
    assert [each for each in complaints if "401" not in each] == []
    assert not faults, "\n".join(faults)


def codes_of(office: SampleOffice, kind: str, folder: Path) -> list[str]:
    """The codes of a kind's records that speak of our list."""
    texts = [path.read_text("utf-8") for path in office.exported(kind, folder / kind)]
    return [re.findall(r"^code: '?([A-Z0-9-]+)", text, re.M)[0] for text in texts if DIGEST in text]


def page_of(office: SampleOffice, kind: str, code: str) -> Path:
    return office.site / f"current/www/{kind}/{code}.html"


@pytest.mark.parametrize(("width", "size"), [(360, 30), (320, 30), (1024, 18)])
def test_every_screen_of_a_ballot_can_be_read_and_tapped(
    new_phone: Callable[..., BrowserContext], sample: SampleOffice, width: int, size: int
) -> None:
    office, faults = sample, list[str]()
    device = new_phone(width, 768)
    page = device.new_page()
    page.goto(office.address)
    wear(page, size)
    page.close()
    page = enrol(device, office, "teller", f"计票员{width}")
    deputy.begin(page, "计票")
    look(page, "choosing a ballot", faults)
    deputy.choose(page, "哪一次票决", "柳河镇", "第 1 轮票决 2026-03-06")
    look(page, "a list of four", faults)
    page.get_by_role("button", name="开始计票").click()
    for option, word, strokes in (("1", "赞成", 13), ("1", "反对", 4), ("2", "弃权", 1)):
        button = page.get_by_role("button", name=re.compile(f"^{word}，{option} .*加一笔"))
        button.focus()
        for _ in range(strokes):
            page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".candidates li").nth(2)).to_contain_text("弃权 1 票")
    page.keyboard.press("z")
    expect(page.locator(".candidates li").nth(2)).to_contain_text("弃权 0 票")
    look(page, "three columns of strokes", faults)
    page.get_by_text("直接填数").click()
    page.get_by_role("button", name="数完了，核对").click()
    expect(page.get_by_role("alert")).to_contain_text("4 号还没有填全")
    look(page, "three columns of numbers", faults)
    key_sheets(page, {"发出": "13", "收回": "14", "有效": "12", "无效": "1", "其中空白": "13"})
    look(page, "everything is wrong", faults)
    key_sheets(page, {"收回": "13", "有效": "13", "无效": "0", "其中空白": "0"})
    page.get_by_label("赞成").first.fill("9")
    page.get_by_text("唱票画正").click()
    page.get_by_role("button", name="数完了，核对").click()
    expect(page.get_by_role("heading", name="核对一遍")).to_be_visible()
    look(page, "the check page of three columns", faults)
    deputy.file(page)
    page.get_by_label("对方的核对码").fill("0000")
    look(page, "a code cut short", faults)
    page.get_by_label("对方的核对码").fill("000000")
    page.locator(".aloud").get_by_label("不一样").last.check()
    look(page, "reading three columns aloud", faults)

    page = enrol(new_phone(width, 768), office, "scrutineer", f"监票员{width}")
    wear(page, size)
    page.reload()
    deputy.begin(page, "票决结果")
    deputy.choose(page, "哪一次票决", "四次", "第 1 轮票决 2025-01-16")
    expect(page.get_by_text("计票到了 2 份")).to_be_visible()
    look(page, "two counts that agree", faults)
    deputy.onward(page)
    expect(page.get_by_text("两份计票一致")).to_be_visible()
    look(page, "both counts agree", faults)
    page.get_by_role("link", name="返回").click()
    page.get_by_label("是", exact=True).check()
    deputy.onward(page)
    expect(page.get_by_text("这次投票作废")).to_be_visible()
    page.get_by_label("发出").fill("10")
    deputy.onward(page)
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, "a void ballot", faults)
    assert not faults, "\n".join(faults)


def test_a_list_that_is_not_the_frozen_one_is_refused(
    new_phone: Callable[..., BrowserContext], sample: SampleOffice
) -> None:
    device = new_phone()
    page = enrol(device, sample, "teller", "计票员丙")
    page.route("**/api/v1/hello", lambda route: route.abort())
    page.evaluate(
        """() => new Promise((done) => {
          const asked = indexedDB.open('mingbai')
          asked.onsuccess = () => {
            const store = asked.result.transaction('refs', 'readwrite').objectStore('refs')
            store.get('ballot').onsuccess = ({ target: { result } }) => {
              for (const { brings } of result.records) brings.candidates.reverse()
              store.put(result).onsuccess = () => { asked.result.close(); done(null) }
            }
          }
        })"""
    )
    page.reload()
    deputy.begin(page, "计票")
    deputy.choose(page, "哪一次票决", "第 2 轮", "柳河镇十八届人大六次会议 第 2 轮")
    expect(page.get_by_text("这份名单和定下的名单对不上，不能用它计票。")).to_be_visible()
    expect(page.get_by_role("button", name="开始计票")).to_have_count(0)


def test_places_of_a_ranking_are_keyed_and_a_void_ballot_has_a_result_without_counts(
    new_phone: Callable[..., BrowserContext], sample: SampleOffice
) -> None:
    faults = list[str]()
    page = enrol(new_phone(), sample, "teller", "计票员丁")
    deputy.begin(page, "计票")
    deputy.choose(page, "哪一次票决", "第 3 轮", "柳河镇十八届人大六次会议 第 3 轮")
    page.get_by_role("button", name="开始计票").click()
    key_sheets(page, {"发出": "10", "收回": "10", "有效": "10", "无效": "0", "其中空白": "0"})
    expect(page.get_by_text("唱票画正")).to_have_count(0)
    for name, count in (("排进前 1 名", "7"), ("排序得分", "13")):
        page.get_by_role("textbox", name=f"1 公厕无障碍改造 {name}").fill(count)
    for name, count in (("排进前 1 名", "3"), ("排序得分", "16")):
        page.get_by_role("textbox", name=f"2 晒谷场修补 {name}").fill(count)
    expect(page.get_by_text("名次合计 29，10 张全部排序应是 30，请再数一遍。")).to_be_visible()
    look(page, "a ranking with a fault", faults)
    page.get_by_role("textbox", name="2 晒谷场修补 排序得分").fill("17")
    file_count(page)
    deputy.level(page, "已送达")

    page = enrol(new_phone(), sample, "scrutineer", "监票员丁")
    deputy.begin(page, "票决结果")
    deputy.choose(page, "哪一次票决", "第 3 轮", "柳河镇十八届人大六次会议 第 3 轮")
    page.get_by_label("是", exact=True).check()
    deputy.onward(page)
    sheets = {"发出": "10", "收回": "10", "有效": "0", "无效": "11", "其中空白": "0"}
    for label, count in sheets.items():
        page.get_by_label(label).fill(count)
    page.locator(".picks").first.get_by_role("button", name="林秀禾").click()
    page.locator(".picks").get_by_role("button", name="罗小满").click()
    page.get_by_label("宣布日期").fill("2026-03-08")
    deputy.onward(page)
    expect(page.get_by_role("alert")).to_contain_text("投票才作废，也一定作废")
    page.get_by_label("收回").fill("11")
    deputy.onward(page)
    deputy.file(page)
    deputy.level(page, "已送达")
    expect(page.get_by_text("各项得票")).to_have_count(0)
    assert not faults, "\n".join(faults)
