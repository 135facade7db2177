"""Tried as somebody new would: by the words on the screen alone, from the invitation to a filed visit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route

from tests.browser.newcomer import Newcomer
from tests.browser.office import Office
from tests.browser.test_story import SampleOffice

pytestmark = pytest.mark.browser

MOST = 6
"""Taps from the open app to a filed visit, besides typing."""
SIZES = (18, 30)
KNOWN = {"网格": "柳河村第三网格", "走访方式": "随机走访", "见到人数": "3", "有没有带图": "是", "天气": "晴"}
ARRIVED = ("已送达", "等待上传")

LONGER = """
  with_pictures:
    label: {zh: 有没有带图, en: Pictures}
    schema: {type: boolean}
    required: true
    publish: full
  weather:
    label: {zh: 天气, en: Weather}
    schema: {type: string}
    choices: {fine: {zh: 晴, en: Fine}, rain: {zh: 雨, en: Rain}}
    required: true
    publish: full
"""

ONE_MORE_STEP = """
addEventListener('click', (event) => {
  const button = event.target.closest && event.target.closest('button')
  if (!button || button.textContent !== '提交' || button.dataset.sure) return
  event.stopImmediatePropagation()
  event.preventDefault()
  button.dataset.sure = 'asked'
}, true)
"""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SampleOffice]:
    office = SampleOffice(tmp_path_factory.mktemp("newcomer"))
    yield office
    office.stop()


def enrolled(page: Page, office: Office, size: int = 18) -> Newcomer:
    """A deputy who has just been given a link."""
    person = Newcomer(page)
    page.add_init_script(f'localStorage.setItem(\'mingbai.settings\', \'{{"size":{size},"lang":"zh"}}\')')
    page.goto(office.invite("lin-xiuhe"))
    person.tap("开始登记")
    person.reads("请把这六位数字当面念给工作人员听")
    digits = re.search(r"\d{3} \d{3}", person.said())
    assert digits, person.said()
    office.run("confirm", digits.group().replace(" ", ""))
    person.reads("要记什么？")
    return person


def opened(person: Newcomer, office: Office) -> Newcomer:
    """The enrolled app opened anew, as on any other day."""
    person.page.goto("about:blank")
    person.page.goto(office.address)
    person.reads("要记什么？")
    person.taps = 0
    return person


def a_visit_in_few_taps(person: Newcomer) -> None:
    person.file("走访", KNOWN, ARRIVED)
    assert person.taps <= MOST, f"{person.taps} taps"


@pytest.mark.parametrize("size", SIZES)
def test_a_newcomer_files_a_visit_in_at_most_six_taps(
    size: int, phone: BrowserContext, sample: SampleOffice
) -> None:
    person = opened(enrolled(phone.new_page(), sample, size), sample)
    a_visit_in_few_taps(person)
    again = opened(person, sample)
    a_visit_in_few_taps(again)
    assert again.taps < MOST - 1, "the place of last time is filled in"


def test_a_newcomer_files_a_suggestion_and_finds_it_again(
    phone: BrowserContext, sample: SampleOffice
) -> None:
    person = opened(enrolled(phone.new_page(), sample), sample)
    subject = "关于在柳河村口加一盏路灯的建议"
    person.file("代表建议", {"案由": subject, "能不能公开": "可以公开"}, ARRIVED)
    person.tap("我的记录")
    person.tap(subject)
    person.reads(*ARRIVED)


def test_two_more_questions_that_must_be_answered_are_too_many(phone: BrowserContext, tmp_path: Path) -> None:
    office = SampleOffice(tmp_path)
    try:
        form = office.content / "forms/visit.yaml"
        form.write_text(form.read_text().replace("\n  households:\n", f"{LONGER}  households:\n", 1))
        person = opened(enrolled(phone.new_page(), office), office)
        with pytest.raises(AssertionError, match="taps"):
            a_visit_in_few_taps(person)
    finally:
        office.stop()


def test_one_more_step_before_filing_is_noticed(phone: BrowserContext, sample: SampleOffice) -> None:
    person = enrolled(phone.new_page(), sample)
    person.page.add_init_script(ONE_MORE_STEP)
    with pytest.raises(AssertionError, match="nowhere does it say 已送达 or 等待上传"):
        a_visit_in_few_taps(opened(person, sample))


def test_a_word_that_is_not_there_is_told_with_what_the_screen_says(
    new_phone: Callable[..., BrowserContext], sample: SampleOffice
) -> None:
    phone = new_phone()
    phone.route("**/assets/*.js", _without_the_word)
    person = enrolled(phone.new_page(), sample)
    with pytest.raises(AssertionError, match=r"(?s)(提交|how to go on).*会公开的"):
        a_visit_in_few_taps(person)


def _without_the_word(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=re.sub(r'(["`])提交\1', '"好了"', answer.text()))
