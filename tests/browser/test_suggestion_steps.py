"""Every step that the story of one suggestion leaves out, on three devices, by the words on their screens."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from collector.cases import read_cases
from ledger.approvals import KIND as APPROVAL
from ledger.forms import load_forms
from ledger.rules.suggestion.case import Case
from ledger.rules.suggestion.stage import next_steps, stage
from ledger.store import open_ledger
from tests.browser import deputy
from tests.browser.case import a_step, enrol, row, saying, send, the_step, through, to_case, to_the_end
from tests.browser.office import Office
from tests.browser.test_looks import look
from tests.browser.test_story import SampleOffice

pytestmark = pytest.mark.browser

LAMPS = "关于给柳河村渡口装两盏路灯的建议"
BENCH = "关于在柳河村口加两条长凳的建议"
SUMMARY, OTHER = "渡口晚上太黑，盼着装灯。", "渡口的台阶太滑，盼着加防滑条。"
NOT_OURS = "渡口的灯归镇里管，请交给柳河镇人民政府。"
REPLY = "渡口两盏灯已经装好，由水利所管护。"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SampleOffice]:
    office = SampleOffice(tmp_path_factory.mktemp("steps"))
    yield office
    office.stop()


@pytest.fixture
def devices(
    new_phone: Callable[..., BrowserContext], sample: SampleOffice, watch: Callable[[Page], Page]
) -> tuple[Page, Page, Page]:
    """A deputy's phone, an organ's tablet and the clerk's computer."""
    return (
        watch(enrol(new_phone(360, 740), sample, "--deputy", "lin-xiuhe")),
        watch(enrol(new_phone(768, 1024), sample, "--handler", "水利局承办员", "--organ", "water-bureau")),
        watch(enrol(new_phone(1280, 900), sample, "--clerk", "人大办的小陈")),
    )


def suggest(page: Page, office: Office, subject: str) -> None:
    """The deputy writes a suggestion and it arrives."""
    deputy.home(page)
    deputy.begin(page, "代表建议")
    told = {"案由": subject, "能不能公开": "可以公开", "正文": f"{SUMMARY}请今年办好。"}
    to_the_end(page, saying(told))
    send(page, office)


def the_case(office: SampleOffice, subject: str) -> Case:
    """The case as the server has it."""
    with open_ledger(office.home) as ledger:
        cases = read_cases(ledger, load_forms(office.content))
    (case,) = (each for each in cases.values() if each.suggestion["subject"] == subject)
    return case


def on_the_server(office: SampleOffice, subject: str) -> tuple[str, set[str]]:
    """Where it stands there, and what must come next."""
    case, today = the_case(office, subject), datetime.now(ZoneInfo("Asia/Shanghai")).date()
    return stage(case, today).stage, {step.kind for step in next_steps(case, today) if step.must}


def newest(office: SampleOffice, subject: str, kind: str) -> dict[str, Any]:
    return dict(the_case(office, subject).records[kind][-1])


def test_every_step_of_a_case_is_taken_by_its_button_and_stands_on_the_server(
    sample: SampleOffice, devices: tuple[Page, Page, Page], complaints: list[str]
) -> None:
    office, faults = sample, list[str]()
    lin, water, clerk = devices

    def press(page: Page, name: str, *answers: tuple[str, str], must: bool = True) -> tuple[str, set[str]]:
        """One step from the case, filed and arrived: where the case stands then, and what must come next."""
        to_case(page, office, LAMPS)
        (the_step if must else a_step)(page, name, LAMPS)
        look(page, name, faults)
        through(page, saying(dict(answers)), subject=LAMPS)
        look(page, f"after {name}", faults)
        send(page, office)
        return on_the_server(office, LAMPS)

    # one that was filed by mistake is withdrawn, and is gone from every list
    suggest(lin, office, BENCH)
    to_case(lin, office, BENCH)
    a_step(lin, "书面撤回", BENCH)
    through(lin, saying({"撤回的理由": "村里自己装好了。"}), subject=BENCH)
    send(lin, office)
    assert on_the_server(office, BENCH) == ("withdrawn", set())
    lin.goto(f"{office.address}/#/work")
    lin.reload()
    expect(row(lin, LAMPS).or_(lin.get_by_text("的单子")).first).to_be_visible()
    expect(row(lin, BENCH)).to_have_count(0)

    # assigned, returned by the organ, assigned anew
    suggest(lin, office, LAMPS)
    assert press(clerk, "决定受理不受理", ("决定", "受理")) == ("admitted", {"assignment"})
    water_bureau = ("主办或分办单位", "水利局")
    given = ("办理方式", "主办（有的有会办）"), water_bureau, ("涉及面广或者复杂", "否")
    assert press(clerk, "交给承办单位", *given)[0] == "assigned"
    back = press(water, "在期限内退回", ("退办的理由", NOT_OURS), must=False)
    assert back == ("returned_by_organ", {"assignment"})
    anew = (*given, ("办理要求", "渡口归水利局管，仍由你局主办，请按期答复。"))
    assert press(clerk, "重新交办", *anew) == ("assigned", {"reply"})
    assert len(the_case(office, LAMPS).records["assignment"]) == 2

    # more time, a reminder, a track, key supervision
    assert press(
        water,
        "在期限内申请延期",
        ("延期的理由", "灯杆要等枯水期才能立。"),
        must=False,
    ) == ("assigned", {"reply"})
    assert "consent" not in newest(office, LAMPS, "extension"), "the office's word, and here none is needed"
    assert press(clerk, "催办", ("说明", "电话里答应本周去看。"), must=False)[0] == "assigned"
    assert newest(office, LAMPS, "reminder")["organ"] == newest(office, LAMPS, "assignment")["organ"]
    red = (
        ("哪种颜色", "红色：兜底督办"),
        ("督办领导职务", "常委会副主任"),
        ("兜底单位", "柳河镇人民政府"),
        ("理由", "汛期前必须装好。"),
    )
    press(clerk, "定颜色", *red, must=False)
    assert newest(office, LAMPS, "track")["track"] == "red"
    council = ("谁确定的", "主任会议"), ("督办安排", "每半个月到渡口看一次。")
    assert press(clerk, "红色要列入重点督办", *council)[0] == "assigned"
    assert newest(office, LAMPS, "key_supervision")["leader_post"] == "常委会副主任"

    # a reply that does not satisfy is handled again
    said = ("办理结果", "已经解决或者基本解决"), ("答复正文", REPLY)
    assert press(water, "办理并答复", *said) == ("replied", {"rating", "onsite_check"})
    bad = ("办理态度", "满意"), ("办理结果", "不满意"), ("结果哪里不满意", "只装了一盏。")
    assert press(lin, "评价态度和结果", *bad) == ("rated", {"rehandling"})
    order = (("重新办理要求", "两盏都亮，晚上一起去看。"),)
    assert press(clerk, "交回重新办理", *order) == ("rehandling", {"reply"})
    assert press(water, "重新办理并答复", *said)[0] == "replied"
    assert [each for each in complaints if "401" not in each] == []
    assert not faults, "\n".join(faults)


def test_the_clerk_agrees_to_publish_or_sends_back_with_the_reason_and_the_deputy_reads_it(
    sample: SampleOffice, devices: tuple[Page, Page, Page]
) -> None:
    lin, _, clerk = devices
    for summary in (SUMMARY, OTHER):
        deputy.home(lin)
        deputy.begin(lin, "社情民意")
        to_the_end(lin, saying({"从哪里来": "来信", "意见小结": summary}))
        send(lin, sample)
    for summary, decision in ((SUMMARY, "退回修改"), (OTHER, "同意公开")):
        at = waiting(clerk, sample, summary)
        the_approval(clerk, at, decision)
        to_the_end(clerk, saying({"退回的理由": "请写清楚是哪个渡口。"}))
        send(clerk, sample)
    with open_ledger(sample.home) as ledger:
        decided = [each.answers["decision"] for each in ledger.records(APPROVAL)]
    assert decided[-2:] == ["send_back", "approve"]
    send(lin, sample)
    deputy.home(lin)
    lin.locator(".rows").get_by_role("link", name="被退回").first.click()
    expect(lin.get_by_text("请写清楚是哪个渡口。")).to_be_visible()
    expect(lin.get_by_role("button", name="修改")).to_be_visible()


def test_what_the_rules_refuse_is_not_offered_and_is_told_in_plain_words_where_one_tries(
    sample: SampleOffice, new_phone: Callable[..., BrowserContext]
) -> None:
    """A deputy who did not sign, and an organ whose time is up; both try from a blank form."""
    lin = enrol(new_phone(360, 740), sample, "--deputy", "lin-xiuhe")
    lin.goto(f"{sample.address}/#/work")
    expect(lin.get_by_text("的单子").first).to_be_visible()
    expect(row(lin, "关于古桥保护范围立界桩的建议")).to_have_count(0)
    rating = {"哪件建议": "古桥保护范围", "评的是哪次答复": "古桥保护范围", "评的是什么": "答复"}
    from_a_blank_form(lin, sample, "满意度评价", rating | {"办理态度": "满意", "办理结果": "满意"})
    expect(lin.get_by_text("您没有在这件建议上署名，不能评价。")).to_be_visible()

    health = enrol(new_phone(768, 1024), sample, "--handler", "卫健局承办员", "--organ", "health-bureau")
    to_case(health, sample, "关于乡镇卫生院夜间急诊有人值班的建议")
    expect(health.get_by_role("button", name="办理并答复")).to_be_visible()
    expect(health.locator(".standing")).to_contain_text("已超期")
    expect(health.locator(".step", has_text="延期")).to_have_count(0)
    more_time = {"哪件建议": "夜间急诊", "哪次交办": "夜间急诊", "延期的理由": "医生还没有招到。"}
    from_a_blank_form(health, sample, "延期", more_time)
    expect(health.get_by_text("这时申请延期不算")).to_be_visible()


def from_a_blank_form(page: Page, office: Office, form: str, answers: dict[str, str]) -> None:
    """Under 还可以记别的, filed and arrived; ends at the record, with what the office says of it."""
    deputy.home(page)
    page.get_by_role("button", name="还可以记别的", exact=True).click()
    deputy.begin(page, form)
    to_the_end(page, saying(answers))
    send(page, office)
    deputy.home(page)
    expect(page.get_by_role("heading", name="需要你看一下")).to_be_visible()
    page.locator(".rows").get_by_role("link", name="需要你看一下").first.click()
    deputy.level(page, "需要你看一下")


def waiting(page: Page, office: Office, summary: str) -> str:
    """The code of the record with these words among those that wait for approval."""
    with open_ledger(office.home) as ledger:
        (code,) = (each.code for each in ledger.records("opinion") if each.answers["summary"] == summary)
    return code


def the_approval(page: Page, code: str, decision: str) -> None:
    page.evaluate("code => { location.hash = `#/case/${code}` }", code)
    page.reload()
    expect(page.locator("main")).to_contain_text(SUMMARY[:2])
    page.locator("footer").get_by_role("button", name=decision).click()
    expect(page).to_have_url(re.compile("/draft/"))
