"""The views `<kind>_zh`: the same rows in Chinese, filtered, grouped, searched and taken home like them."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from publisher.data import views
from publisher.data.config import read_tables
from publisher.out import tables
from publisher.out.selfcheck import search
from tests.publisher.fake import CONTENT
from tests.publisher.sample_data import Data, sample_data
from tests.publisher.small_release import Served, code, records, served, write_release


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    return sample_data(tmp_path_factory.mktemp("views") / "data")


@pytest.fixture
def conn(data: Data) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{data.path}?immutable=1", uri=True)) as conn:
        conn.row_factory = sqlite3.Row
        yield conn


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("views-served")
    with served(write_release(folder / "data", records(60)), folder) as server:
        yield server


def test_every_kind_and_every_group_has_a_view_of_the_same_rows(data: Data, conn: sqlite3.Connection) -> None:
    made = {each.name for each in tables.tables(data.content.forms)}
    made -= {each for each in made if each.endswith("_photos")}
    counts = read_tables(data.path)[1]
    assert {name for name in counts if name.endswith("_zh")} == {views.view_of(name) for name in made}
    assert [name for name in made if counts[name] != counts[views.view_of(name)]] == []


def test_no_heading_is_the_name_of_a_column(data: Data) -> None:
    columns = read_tables(data.path)[0]
    ascii_only = [
        (name, heading)
        for name, own in columns.items()
        if name.endswith("_zh")
        for heading in own
        if not re.search("[\u4e00-\u9fff]", heading)
    ]
    assert ascii_only == []


def test_values_are_said_in_words(conn: sqlite3.Connection) -> None:
    row = conn.execute(
        'select * from suggestion_zh where "编号" = (select min(code) from suggestion)'
    ).fetchone()
    assert (row["领域"], row["涉及哪里"], row["领衔代表"]) == ("社会建设", "上湾村", "周闻溪")
    assert (row["状态"], row["已答复"], row["依法不公开"]) == ("办结并查验属实", "是", "否")
    names = conn.execute('select "附议代表" from suggestion_zh where "附议代表" is not null').fetchall()
    assert names and all("DB-" not in name[0] for name in names)
    assert any("、" in name[0] for name in names)


def amounts(conn: sqlite3.Connection) -> list[str]:
    """The rows whose amount in yuan is not that of the table in cents."""
    rows = conn.execute(
        'select z."编号", p.total_budget, z."总投资（元）" from project_candidate_zh z'
        ' join project_candidate p on p.code = z."编号"'
    )
    return [code for code, cents, yuan in rows if round(yuan * 100) != cents]


def test_money_is_said_in_yuan(conn: sqlite3.Connection) -> None:
    assert amounts(conn) == []


def test_a_view_that_says_cents_is_noticed(data: Data, tmp_path: Path) -> None:
    broken = tmp_path / "public.db"
    broken.write_bytes(data.path.read_bytes())
    with closing(sqlite3.connect(broken)) as conn:
        (sql,) = conn.execute("select sql from sqlite_master where name = 'project_candidate_zh'").fetchone()
        conn.execute("drop view project_candidate_zh")
        conn.execute(sql.replace("/ 100.0", "/ 1.0"))
        assert amounts(conn) != []


def test_headings_that_are_alike_are_told_apart() -> None:
    from ledger.forms import parse_form
    from ledger.words import load_words
    from tests.publisher.small_release import PLACE

    form = parse_form(PLACE.replace("{zh: 名称, en: Name}", "{zh: 标题, en: Name}"), "place.yaml")
    (view,) = views.views({"place": form}, load_words(CONTENT), {"place": ["code", "title", "name"]})
    assert [each.heading for each in view.columns][:3] == ["编号", "标题", "标题（name）"]


def test_a_view_says_nothing_that_the_last_look_would_find(data: Data) -> None:
    forms = [form.text.encode() for form in data.content.forms.values()]
    words = [path.read_bytes() for path in sorted((CONTENT / "words").iterdir())]
    said = [
        view.sql for view in views.views(data.content.forms, data.content.words, read_tables(data.path)[0])
    ]
    literals = {text for sql in said for text in re.findall(r"(?:when|then) '([^']*)'", sql)}
    assert literals and not [text for text in literals if text.encode() not in b"".join([*forms, *words])]
    assert search(data.folder, ["绝不公开的一句话"], []) == []


def plan(conn: sqlite3.Connection, order: str) -> str:
    asked = f"explain query plan select * from suggestion order by {order} limit 21"
    return " ".join(row[3] for row in conn.execute(asked))


def test_a_table_is_read_in_its_order_without_sorting(conn: sqlite3.Connection) -> None:
    assert plan(conn, "received_on desc, code") == "SCAN suggestion USING INDEX suggestion_by_received_on"
    assert "TEMP B-TREE" in plan(conn, "subject desc, code")


def walked(server: Served, query: str) -> list[str]:
    """The codes of a table, page by page."""
    codes: list[str] = []
    address: str | None = f"/public/record.json?_size=7&_shape=objects{query}"
    while address:
        answer = server.client.get(address).json()
        codes += [row["code"] for row in answer["rows"]]
        address = answer["next_url"] and answer["next_url"].partition("//data")[2]
    return codes


@pytest.mark.parametrize(
    "query", ["", "&_sort=seen_on", "&_sort_desc=seen_on", "&_sort=level", "&_sort_desc=level"]
)
def test_page_by_page_every_row_comes_once(ours: Served, query: str) -> None:
    codes = walked(ours, query)
    assert len(codes) == 60 == len(set(codes))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "60 行"),
        (f"?{quote('级别')}={quote('紧急')}", "级别等于紧急"),
        (f"?_facet={quote('地点')}", "柳河村"),
        ("?_search=" + quote("加装电梯"), "检索“加装电梯”"),
        (f"?_sort_desc={quote('户数（户）')}", "按户数（户）从大到小"),
    ],
)  # fmt: skip
def test_filters_groupings_search_and_sorting_work_in_chinese(ours: Served, query: str, said: str) -> None:
    answer = ours.client.get(f"/public/record_zh{query}")
    assert answer.status_code == 200 and said in answer.text


def test_search_finds_in_the_view_what_it_finds_in_the_table(ours: Served) -> None:
    def found(table: str) -> int:
        address = f"/public/{table}.json?_size=0&_search=" + quote("红绿灯")
        return int(ours.client.get(address).json()["filtered_table_rows_count"])

    assert found("record_zh") == found("record") > 0


def test_csv_has_chinese_headings(ours: Served) -> None:
    text = ours.client.get("/public/record_zh.csv?_stream=1").text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 60 and {"编号", "级别", "金额（元）", "户数（户）"} <= set(rows[0])
    assert rows[0]["级别"] in ("紧急", "一般")


def test_table_and_view_lead_to_each_other_and_to_the_page(ours: Served) -> None:
    assert '<a href="/public/record_zh">record_zh</a>' in ours.client.get("/public/record").text
    shown = ours.client.get("/public/record_zh").text
    assert '<a href="/public/record">record</a>' in shown
    assert re.search(rf'href="/public/record/{code("JL", 1)[:8]}', shown)
    assert "在公开网站上看" in shown and "每一列是什么意思" in shown


def test_a_kind_may_not_be_called_like_a_view(data: Data) -> None:
    form = data.content.forms["grid"]
    other = replace(form, kind="visit_zh")
    assert any("already" in str(each) for each in tables.faults({**data.content.forms, "visit_zh": other}))
