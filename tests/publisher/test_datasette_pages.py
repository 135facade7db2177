"""Datasette's pages as a journalist sees them: Chinese, linked both ways, harmless."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import datasette
import pytest

from publisher.data.plugins.interface import interface, translate
from tests.publisher.small_release import Served, code, columns, congress, records, served, write_release

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}",
    "javascript:alert(1)",
    "=cmd|' /C calc'!A0",
    "＝1+1",
    '"><svg onload=alert(1)>',
)
TEMPLATES = Path(str(datasette.__file__)).with_name("templates")


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("pages")
    rows = records(60)
    for row, text in zip(rows, HOSTILE, strict=False):
        row |= {"title": text, "subject": text, "body": text, "level": text, "topics": json.dumps([text])}
    with served(write_release(folder / "data", rows), folder) as server:
        yield server


def test_every_piece_that_is_changed_still_stands_in_datasettes_templates() -> None:
    gone = [
        (template, change["from"])
        for template, changes in interface()["changes"].items()
        for change in changes
        if change["from"] not in (TEMPLATES / template).read_text("utf-8")
    ]
    assert gone == []


def test_every_translated_word_still_stands_in_datasettes_templates() -> None:
    whole = " ".join(" ".join(path.read_text("utf-8") for path in TEMPLATES.glob("*.html")).split())
    assert [word for word in interface()["words"] if word not in whole] == []


def test_scripts_and_styles_are_not_translated() -> None:
    source = "<script>var Apply = 'Apply';</script><style>a { content: 'Apply' }</style><p>Apply</p>"
    assert translate("x.html", source) == (
        "<script nonce=\"{{ nonce }}\">var Apply = 'Apply';</script>"
        "<style>a { content: 'Apply' }</style><p>应用</p>"
    )


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/", ["公开数据", "检索全部记录", "数据首页"]),
        ("/public", ["常用查询", "数据表", "记录 Record", "运行", "下载整个数据库"]),
        (
            "/public/record",
            ["60 行", "检索：", "应用", "事由", "更多导出方式", "紧急"],
        ),
        ("/public/record?level=high&_search=道路", ["检索“道路”", "级别等于紧急"]),
        (f"/public/record/{code('JL', 20)}", ["在公开网站上看", "柳河村", "事由"]),
        ("/public/search?q=道路", ["结果：", "检索词", "显示 SQL"]),
        ("/public?sql=select+1", ["SQL 查询", "收起 SQL"]),
        ("/public/dictionary", ["不公开。", "公开：只有汇总数。"]),
    ],
)
def test_pages_speak_chinese(ours: Served, address: str, said: list[str]) -> None:
    answer = ours.client.get(address)
    assert answer.status_code == 200
    assert '<html lang="zh-CN">' in answer.text
    assert [each for each in said if each not in answer.text] == []


def test_nothing_on_a_page_comes_from_elsewhere(ours: Served) -> None:
    for address in ("/", "/public", "/public/record", "/public?sql=select+1"):
        page = ours.client.get(address).text
        assert re.findall(r'(?:src|<link rel="stylesheet" href)="(?:https?:)?//', page) == []
        assert ours.client.get("/assets/mingbai.css").status_code == 200


def test_a_row_leads_to_its_page_and_a_code_to_its_row(ours: Served) -> None:
    site = congress().addresses["www"]
    row = ours.client.get(f"/public/record/{code('JL', 20)}").text
    assert f'href="{site}/record/{code("JL", 20)}.html"' in row
    assert f'href="/public/place/{code("DF", 1)}"' in row
    found = ours.client.get(f"/public/search?q={code('JL', 20)}").text
    assert f'href="/public/record/{code("JL", 20)}"' in found


def test_choices_money_and_lists_are_shown_in_words(ours: Served) -> None:
    row = ours.client.get(f"/public/record/{code('JL', 20)}").text
    assert '<span title="2005">20.05</span>' in row
    assert re.search(r'<span title="(high|low)">(紧急|一般)</span>', row)
    assert "柳河村</a>、<a" in row


def test_search_finds_words_of_two_characters(ours: Served) -> None:
    found = columns(ours.client.get("/public/record.json?_search=积水&_size=max").json())
    assert found and all("积水" in row["body"] for row in found)
    assert columns(ours.client.get("/public/record.json?_search_body=養老").json())


@pytest.mark.parametrize(
    "address", ["/public/record?_size=max", "/public/search?q=alert", "/public?sql=select+*+from+record"]
)
def test_text_of_a_record_is_never_markup(ours: Served, address: str) -> None:
    page = ours.client.get(address).text
    assert "alert(1)" in page
    for markup in ("<script>alert", "<img src=x", "<svg onload", 'href="javascript:', ">49<"):
        assert markup not in page


def test_text_in_an_address_is_never_markup(ours: Served) -> None:
    for address in (
        "/public/record?_search=<script>alert(1)</script>",
        "/public/record?level=<script>alert(1)</script>",
        "/public/record?<script>alert(1)</script>=1",
        "/public/<script>alert(1)</script>",
        "/public?sql=select+'<script>alert(1)</script>'",
        "/public?sql=<script>alert(1)</script>",
        "/public/search?q=<script>alert(1)</script>",
    ):
        assert "<script>alert" not in ours.client.get(address).text


@pytest.mark.parametrize(
    "address", ["/public/record.csv?_size=max", "/public/record.csv?_stream=1&_labels=on"]
)
def test_csv_is_safe_to_open(ours: Served, address: str) -> None:
    answer = ours.client.get(address)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.text, newline="")))
    assert len(rows) == 61
    cells = {cell for row in rows for cell in row}
    assert "'=cmd|' /C calc'!A0" in cells and "'＝1+1" in cells
    assert not [cell for cell in cells if cell[:1] in "=+-@＝＋－＠" and cell]


def test_json_is_faithful(ours: Served) -> None:
    rows = columns(ours.client.get("/public/record.json?_size=max").json())
    assert {row["body"] for row in rows} >= set(HOSTILE)


def test_scripts_are_known_to_the_browser_by_a_nonce_of_this_answer(ours: Served) -> None:
    for address in ("/public", "/public/record", "/nothing", "/public?sql=select"):
        answer = ours.client.get(address)
        found = re.search(r"'nonce-([^']+)'", answer.headers["content-security-policy"])
        assert found is not None
        inline = [tag for tag in re.findall(r"<script[^>]*>", answer.text) if "src=" not in tag]
        assert inline and all(f'nonce="{found[1]}"' in tag for tag in inline)
        assert " on" + "click=" not in answer.text


def test_faults_are_said_in_chinese_and_never_counted_as_ours(ours: Served) -> None:
    for address, status in {
        "/nothing": 404,
        "/public/record/nothing": 404,
        "/public/record?_sort=nothing": 400,
        "/public/record?_timelimit=x": 400,
        "/public/record?_where=:x": 400,
    }.items():
        answer = ours.client.get(address)
        assert answer.status_code == status
        assert "没有找到。" in answer.text or "没有执行" in answer.text
    assert ours.client.get("/public/nothing.json").json()["ok"] is False


def test_the_script_of_tables_speaks_chinese(ours: Served) -> None:
    script = ours.client.get("/-/static/table.js").text
    assert ">按这一列分组<" in script and ">Facet by this<" not in script


def test_other_sites_may_read_the_data(ours: Served) -> None:
    assert ours.client.get("/public/record.json").headers["access-control-allow-origin"] == "*"


def test_search_engines_are_asked_to_leave_questions_alone(ours: Served) -> None:
    assert "Disallow: /*?" in ours.client.get("/robots.txt").text


def test_no_cookie_is_ever_set(ours: Served) -> None:
    for address in ("/", "/public/record", "/public?sql=select+1"):
        assert "set-cookie" not in ours.client.get(address).headers
