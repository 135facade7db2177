"""Datasette over the whole sample: nothing stays in English, links lead both ways, pictures are whole."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import datasette
import pytest

from publisher.data.plugins import interface, remembered
from publisher.data.plugins.overview import drawn
from tests.publisher.sample import rendered
from tests.publisher.sample_data import Data, sample_data
from tests.publisher.small_release import Served, served

TEMPLATES = Path(str(datasette.__file__)).with_name("templates")
NAMES = {"checked", "selected", "Datasette", "CSV", "SQL", "json", "JSON", "code"}
"""What is called so in Chinese too, and attributes in the middle of a template's tag."""


class Texts(HTMLParser):
    """What a reader sees of a page, piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: set[str] = set()
        self.inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside += tag in ("script", "style", "textarea", "pre", "code")
        for name, value in attrs:
            if name in ("title", "aria-label", "placeholder") or (name == "value" and tag == "input"):
                self.pieces.add(" ".join((value or "").split()))

    def handle_endtag(self, tag: str) -> None:
        self.inside -= tag in ("script", "style", "textarea", "pre", "code")

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.pieces.add(" ".join(data.split()))


def texts(page: str) -> set[str]:
    reader = Texts()
    reader.feed(page)
    return {each.strip(" ·:,()") for each in reader.pieces} - {""}


def datasettes_own() -> set[str]:
    """Every English text of the templates that a visitor can come to."""
    names = (
        "base",
        "index",
        "database",
        "table",
        "_table",
        "_facet_results",
        "row",
        "query",
        "error",
        "_footer",
    )
    found: set[str] = set()
    for name in (*names, "_description_source_license", "_suggested_facets", "_crumbs"):
        source = (TEMPLATES / f"{name}.html").read_text("utf-8")
        source = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "<i></i>", source, flags=re.S)
        found |= texts(source)
    return {each for each in found if re.search("[A-Za-z]{3}", each)} - NAMES


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    return sample_data(tmp_path_factory.mktemp("data-sample") / "data")


@pytest.fixture(scope="module")
def ours(data: Data) -> Iterator[Served]:
    with served(data.folder, data.folder.parent) as server:
        yield server


PAGES = (
    "/",
    "/public",
    "/public/suggestion",
    "/public/suggestion_zh?_search=" + quote("水管"),
    "/public/suggestion?_facet=topic&topic=urban_construction&_sort=title",
    "/public/suggestion?_where=1",
    "/public/suggestion?title=nothing",
    "/public/suggestion_state",
    "/public/visit?_next=x",
    "/public/organ",
    "/public/field",
    "/public/search?q=" + quote("水管"),
    "/public/promises_broken?_show_sql=on",
    "/public/counts",
    "/public?sql=select+1",
    "/public?sql=select+nothing_such",
    "/public?sql=delete+from+organ",
    "/public/nothing",
    "/overview",
)


@pytest.mark.parametrize("address", PAGES)
def test_no_text_of_datasettes_own_stays_in_english(ours: Served, address: str) -> None:
    answer = ours.client.get(address)
    assert answer.status_code < 500
    assert '<html lang="zh-CN">' in answer.text
    assert texts(answer.text) & datasettes_own() == set()


def test_plain_datasette_would_be_noticed() -> None:
    plain = (TEMPLATES / "table.html").read_text("utf-8")
    assert {"Apply", "Advanced export"} <= texts(plain) & datasettes_own()


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select nothing_such", "没有这一列：nothing_such"),
        ("select * from nowhere", "没有这张表：nowhere"),
        ("select nosuch(1)", "没有这个函数：nosuch"),
        ("selec 1", "只能用 SELECT 查询"),
        ("select from", "SQL 写错了"),
        ("select 1; select 2", "一次只能写一条语句"),
        ("select randomblob(9)", "这里不许这样查"),
    ],
)
def test_what_is_wrong_with_a_query_is_said_in_chinese(ours: Served, sql: str, said: str) -> None:
    answer = ours.client.get("/public?sql=" + quote(sql))
    assert answer.status_code == 400 and said in html.unescape(answer.text)


def test_every_row_leads_to_its_page_and_every_page_to_its_row(data: Data, ours: Served) -> None:
    www, base = (data.content.congress.addresses[name] for name in ("www", "data"))
    pages = rendered(data.public, *(kind.name for kind in data.public.shown))
    for kind in data.public.shown:
        for row in data.public.rows[kind.name]:
            assert f"{base}/public/{kind.name}/{row['code']}" in pages[f"{kind.name}/{row['code']}.html"]
        for row in data.public.rows[kind.name][:1]:
            for address in (f"/public/{kind.name}/{row['code']}", f"/public/{kind.name}_zh"):
                text = ours.client.get(address).text
                links = set(re.findall(rf'href="{re.escape(www)}/([^"]+\.html)"', text))
                assert links and links <= pages.keys(), address


def test_rows_lead_to_the_rows_they_name(ours: Served, data: Data) -> None:
    text = ours.client.get("/public/suggestion").text
    found = set(re.findall(r'href="/public/(\w+)/([A-Z]{2}-\d{4}-\w{4})"', text))
    assert len(found) > 10 and all(data.public.kind_of[code] == kind for kind, code in found)


def test_pictures_say_every_number_and_ask_for_nothing(ours: Served) -> None:
    text = ours.client.get("/overview").text
    assert text.count("<figure") == text.count('<svg role="img" aria-label="') == 6
    assert text.count("看算法 SQL") == 6 and text.count("全部数字") == 6
    assert "<script src" not in text and "http" not in "".join(re.findall(r'(?:src|href)="(//[^"]*)"', text))


def test_a_bar_never_leaves_its_scale() -> None:
    rows = [(f"第{n}个很长很长很长很长的单位名称", n, 2 * n) for n in range(40)]
    made = drawn({"query": "q", "label": "a", "n": "b", "of": "c"}, "t", ["a", "b", "c"], rows)
    assert len(made["bars"]) == 12 and "共 40 行" in made["scale"] and len(made["rows"]) == 40
    assert all(0 <= bar["width"] <= bar["whole"] <= 100 and len(bar["label"]) <= 15 for bar in made["bars"])
    empty = drawn({"query": "q", "label": "a", "n": "b", "of": None}, "t", ["a", "b"], [("x", None)])
    assert empty["bars"][0]["width"] == 0


def test_the_schema_is_asked_once_and_each_gets_a_copy() -> None:
    import asyncio

    calls: list[str] = []

    async def ask(table: str) -> list[str]:
        calls.append(table)
        return [table]

    async def work() -> None:
        known = remembered.remember(ask)
        (await known("a")).append("spoilt")
        assert await known("a") == ["a"] and await known("b") == ["b"]

    asyncio.run(work())
    assert calls == ["a", "b"]
    from datasette.database import Database

    assert [name for name in remembered.ASKED if not hasattr(Database, name)] == []


def test_nothing_that_lies_about_is_loaded_into_the_server(ours: Served) -> None:
    assert ours.client.get("/-/dashboards").status_code == 404
    assert "dashboards" not in ours.client.get("/").text


def test_metadata_forbids_nothing_so_that_the_open_permission_is_right(data: Data) -> None:
    assert '"allow"' not in (data.folder / "metadata.json").read_text("utf-8")


def test_own_templates_keep_the_places_that_plugins_need() -> None:
    assert {each.name for each in interface.OWN.glob("*.html")} == {
        "_description_source_license.html", "_footer.html", "database.html", "index.html", "overview.html",
    }  # fmt: skip
