"""Drawings at their extremes on a phone and a desktop: no text leaves its picture or lies on another."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Browser

from ledger.words import load_words
from publisher.chart.bars import Bar, bars
from publisher.chart.funnel import Stage, funnel
from publisher.chart.progress import progress
from publisher.chart.seats import seats
from publisher.chart.stacked import Part, stacked
from publisher.chart.timeline import Span, timeline
from publisher.pages.templates import load_templates
from tests.publisher.fake import CONTENT

pytestmark = pytest.mark.browser
LONG = "从群众意见征集到办成以后回头看满意不满意一共三十个字的标签文字"
DAY = date(2026, 1, 1)
CSS = (CONTENT / "pages/assets/site.css").read_text("utf-8")
TEXTS = """() => [...document.querySelectorAll('svg')].flatMap(svg => {
  const room = svg.getBoundingClientRect()
  const said = [...svg.querySelectorAll('text')].map(each => [each.textContent, each.getBoundingClientRect()])
  const leaves = ([, at]) => at.left < room.left - 1 || at.right > room.right + 1
    || at.top < room.top - 3 || at.bottom > room.bottom + 3
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1
    && a.top < b.bottom - 6 && b.top < a.bottom - 6
  const over = said.flatMap(([one, a], n) => said.slice(n + 1)
    .filter(([, b]) => meet(a, b)).map(([other]) => `${one} lies on ${other}`))
  const out = said.filter(leaves).map(([text]) => `${text} leaves its picture`)
  return [...out, ...over].map(fault => `${svg.getAttribute('aria-label')}: ${fault}`)
})"""


def drawings(macros: Any) -> dict[str, str]:
    """Every drawing with nothing, everything, one thing and labels of thirty letters."""
    some = [(LONG, 12_345), (LONG, 0), ("短", 1)]
    stages = [Stage(LONG, 9_999, None), Stage(LONG, 0, 9_999), Stage("短", 9, 9)]
    spans = [Span(LONG, DAY, date(2026, 1, 2)), Span("短", date(2026, 1, 2), date(2031, 1, 1), True)]
    found = {
        "no bars": macros.bars(bars([Bar("一", 0)], 0), "", "", "0 人", ""),
        "long bars": macros.bars(
            bars([Bar(*each) for each in some], 12_345, 6_000, 1), "", "过半 6000 票", "全体 12345", "没选上"
        ),
        "no parts": macros.stacked(stacked([Part("一", 0)]), "a", "", "0 件"),
        "one part": macros.stacked(stacked([Part("一", 7), Part("二", 0)]), "b", "", "7 件"),
        "long parts": macros.stacked(stacked([Part(*each) for each in some]), "c", "", "交办的 12346 件"),
        "no stages": macros.funnel(funnel([Stage("一", 0, 0)]), "", "0", ""),
        "long stages": macros.funnel(funnel(stages, 2), "", "9999", "以下按项目数"),
        "nothing there": macros.progress(progress(0, 100), "", "0 万元", "12,345.67 万元"),
        "all there": macros.progress(progress(100, 100), "", "12,345.67 万元", "12,345.67 万元"),
        "too much": macros.progress(progress(101, 100), "", "12,345.67 万元", "12,300 万元"),
        "nobody": macros.seats(seats(0, 45, 30), "", "到这里是 30 人"),
        "everybody": macros.seats(seats(2_980, 2_980, 1_987), "", "到这里是 1987 人"),
        "one seat": macros.seats(seats(1, 1, 1), "", "到这里是 1 人"),
        "one day": macros.timeline(timeline([Span(LONG, DAY, DAY, True)]), ""),
        "years": macros.timeline(timeline(spans), ""),
    }  # fmt: skip
    return {
        name: str(drawn).replace('aria-label=""', f'aria-label="{name}"') for name, drawn in found.items()
    }


@pytest.fixture(scope="module")
def body() -> str:
    templates = load_templates(CONTENT, load_words(CONTENT), "zh")
    drawn = drawings(templates.environment.get_template("_chart.html").module)
    figures = "".join(f'<figure class="mb-chart">{each}</figure>' for each in drawn.values())
    shell = f"<!doctype html><style>html{{font-size:125%}}{CSS}</style>"
    body = '<body data-md-color-scheme="default" style="margin:16px">'
    return f'{shell}{body}<main class="md-typeset">{figures}</main>'


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("size", [1, 1.5])
def test_no_text_of_a_drawing_leaves_it_or_lies_on_another(
    width: int, size: float, body: str, browser: Browser
) -> None:
    page = browser.new_page(viewport={"width": int(width * size), "height": 740})
    page.set_content(body.replace("125%", f"{125 * size}%"))
    found = page.evaluate(TEXTS)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.close()
    assert found == [] and wide <= 0


def test_a_label_that_does_not_break_is_found_out(body: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.set_content(body.replace(">短<", f">{LONG}<"))
    found = page.evaluate(TEXTS)
    page.close()
    assert found


def test_parts_differ_in_grey_by_their_pattern(body: str) -> None:
    drawn = body.partition('aria-label="long parts"')[2].partition("</svg>")[0]
    assert 'class="on"' in drawn and "url(#c-hatch)" in drawn and 'class="off"' in drawn
    assert drawn.count("<pattern ") == 2
