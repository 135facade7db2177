"""What Datasette is told about a release, out of the forms alone."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger.forms import load_forms
from ledger.words import load_words
from publisher.data import config as datasette
from publisher.data import fulltext
from publisher.data.canned import queries
from publisher.data.config import write_config
from publisher.out import tables
from tests.publisher.small_release import ROOT, code, congress, forms, records, write_release

WORDS = load_words(ROOT / "content")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_release(tmp_path_factory.mktemp("told") / "data", records(30))


@pytest.fixture(scope="module")
def told(data: Path) -> Any:
    return json.loads((data / "metadata.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def record(told: Any) -> Any:
    return told["databases"]["public"]["tables"]["record"]


@pytest.fixture
def conn(data: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{data / 'public.db'}?immutable=1", uri=True)) as conn:
        fulltext.prepare_connection(conn)
        yield conn


def test_the_same_release_is_told_in_the_same_bytes(data: Path) -> None:
    names = ("metadata.json", "settings.json", "inspect-data.json")
    before = [(data / name).read_bytes() for name in names]
    write_config(data, forms(), congress(), WORDS)
    assert [(data / name).read_bytes() for name in names] == before


def test_the_database_is_known_to_be_immutable_and_counted(data: Path) -> None:
    inspected = json.loads((data / "inspect-data.json").read_text())["public"]
    assert inspected["file"] == "public.db"
    assert inspected["hash"] == hashlib.sha256((data / "public.db").read_bytes()).hexdigest()
    assert inspected["tables"]["record"] == {"count": 30}


def test_settings_keep_pages_fast_and_questions_short(data: Path) -> None:
    settings = json.loads((data / "settings.json").read_text())
    assert settings["suggest_facets"] is False and settings["sql_time_limit_ms"] <= 1000
    assert settings["template_debug"] is settings["trace_debug"] is False
    assert settings["force_https_urls"] is False


def test_https_is_kept_where_the_congress_has_it(data: Path, tmp_path: Path) -> None:
    (tmp_path / "public.db").write_bytes((data / "public.db").read_bytes())
    here = replace(congress(), addresses={**congress().addresses, "data": "https://data.example.cn"})
    write_config(tmp_path, forms(), here, WORDS)
    assert json.loads((tmp_path / "settings.json").read_text())["force_https_urls"] is True


def test_a_table_is_described_in_chinese_first(record: Any) -> None:
    assert record["title"] == "记录 Record"
    assert record["description_html"].startswith('<p>每件事记一条。</p><p lang="en">One for each matter.</p>')
    assert record["label_column"] == "title"


def test_a_column_says_unit_choices_and_how_far_it_is_public(record: Any) -> None:
    columns = record["columns"]
    assert columns["households"] == "户数（户）：公开：全部。 Households (households): Public: in full."
    assert "high = 紧急，low = 一般" in columns["level"] and "low = Ordinary" in columns["level"]
    assert "100 分为 1 元" in columns["cost"]
    assert columns["place"].startswith("地点：地方的编号。")
    assert columns["filed_on"] == "入账日期 Filed on"
    assert "phone" not in columns and "people" not in columns


def test_sort_facets_and_search_come_from_the_form(record: Any) -> None:
    assert record["sort_desc"] == "seen_on"
    assert record["facets"] == ["level", {"array": "topics"}, "place"]
    assert (record["fts_table"], record["fts_pk"]) == ("record_fts", "rowid")


def test_a_large_table_is_not_grouped_unasked(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasette, "FACET_ROWS", 10)
    told = datasette.metadata(forms(), congress(), WORDS, *datasette.read_tables(data / "public.db"))
    record = told["databases"]["public"]["tables"]["record"]
    assert "facets" not in record and "_facet_array=topics" in record["description_html"]


def test_licence_source_and_about_lead_back_to_the_site(told: Any) -> None:
    site = congress().addresses["www"]
    assert {told[key] for key in ("license_url", "source_url", "about_url")} == {f"{site}/"}
    assert told["plugins"]["mingbai"]["site"] == site
    assert told["plugins"]["mingbai"]["kinds"] == {"DF": "place", "JL": "record"}


def test_every_table_and_every_column_has_a_name_in_words(told: Any, data: Path) -> None:
    described = told["databases"]["public"]["tables"]
    labels = told["plugins"]["mingbai"]["columns"]
    for table, columns in datasette.read_tables(data / "public.db")[0].items():
        if "_fts" in table:
            assert described[table] == {"hidden": True}
            continue
        assert described[table]["title"] != table
        if not table.endswith("_zh"):  # whose columns are called by their labels
            assert [name for name in columns if labels[table][name]["label"] == name] == []
        if table != "record_steps_zh":  # which says the title of its record too
            assert set(columns) == set(described[table]["columns"])


def test_text_of_a_form_is_text_in_descriptions(data: Path) -> None:
    form = replace(forms()["record"], description={"zh": "<script>alert(1)</script>", "en": "<b>"})
    shown = datasette.read_tables(data / "public.db")
    told = datasette.metadata({**forms(), "record": form}, congress(), WORDS, *shown)
    assert "<script" not in told["databases"]["public"]["tables"]["record"]["description_html"]


def test_every_canned_query_answers(conn: sqlite3.Connection) -> None:
    made = queries(forms(), WORDS)
    assert {"search", "kinds", "this_year", "by_month", "dictionary", "counts", "corrections"} <= made.keys()
    for name, query in made.items():
        rows = conn.execute(query["sql"], {"q": "道路", "year": "", "kind": ""}).fetchall()
        assert rows or name == "corrections", name


def test_canned_queries_of_the_congress_answer_before_there_are_rows() -> None:
    made = load_forms(ROOT / "content")
    with closing(sqlite3.connect(":memory:")) as conn:
        fulltext.prepare_connection(conn)
        for table in tables.tables(made):
            conn.execute(f"create table {table.name} ({', '.join(map(fulltext.quoted, table.columns))})")
        for name, columns in {
            "kind": "kind, label_zh",
            "field": "kind, field, label_zh, label_en, type, unit, policy, choices",
            "counted": "kind, field, period, value, n, suppressed",
            "correction": "kind, code, n, corrected_on, changed",
            "release": "as_of",
        }.items():
            conn.execute(f"create table {name} ({columns})")
        fulltext.index(conn, made)
        for query in queries(made, WORDS).values():
            conn.execute(query["sql"], {"q": "x", "year": "", "kind": ""}).fetchall()


def answered(conn: sqlite3.Connection, name: str, **params: str) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = conn.execute(queries(forms(), WORDS)[name]["sql"], params).fetchall()
    return found


def test_search_finds_records_of_every_kind(conn: sqlite3.Connection) -> None:
    assert {row[0] for row in answered(conn, "search", q="柳河村")} == {"地方", "记录"}
    assert (code("DF", 1), "石桥镇") in [row[1:3] for row in answered(conn, "search", q=code("DF", 1))]


def test_this_year_is_the_year_of_the_release(conn: sqlite3.Connection) -> None:
    assert answered(conn, "this_year", year="") == [("记录", 30), ("地方", 3)]
    assert answered(conn, "this_year", year="2025") == []


def test_groupings_speak_in_words(conn: sqlite3.Connection) -> None:
    assert {row[0] for row in answered(conn, "record_by_level")} == {"紧急", "一般"}
    assert {row[0] for row in answered(conn, "record_by_place")} == {"柳河村", "石桥镇", "云溪街道"}
    assert {row[0] for row in answered(conn, "record_by_topics")} == {"饮水", "道路"}


def test_money_is_added_up_in_yuan(conn: sqlite3.Connection) -> None:
    cents = sum(n * 100 + 5 for n in range(30))
    assert answered(conn, "record_cost") == [("2026", 30, 30, cents / 100)]


def test_suppressed_counts_say_so(conn: sqlite3.Connection) -> None:
    assert [row[-1] for row in answered(conn, "counts")] == ["少于5或不公布", 27]


def test_the_dictionary_lists_fields_that_are_not_public(conn: sqlite3.Connection) -> None:
    rows = {row[1]: row[-1] for row in answered(conn, "dictionary", kind="record")}
    assert (
        rows["phone"] == "不公开。"
        and rows["people"] == "公开：只有汇总数。"
        and rows["body"] == "公开：全部。"
    )
