"""Search that finds Chinese: any piece of a text, in either script, the same bytes each time."""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.data import fulltext
from tests.publisher.small_release import TEXTS, code, records, write_release

HAN = st.text(alphabet="柳河村道路积水养老服务建議補貼一二三𠮷〇々", min_size=1, max_size=40)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_release(tmp_path_factory.mktemp("search") / "data", records(40)) / "public.db"


@pytest.fixture
def conn(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{database}?immutable=1", uri=True)) as conn:
        fulltext.prepare_connection(conn)
        yield conn


def found(
    conn: sqlite3.Connection, words: str, column: str = "record_fts", escape: str = "escape_fts(?)"
) -> list[str]:
    """The codes of the records in which words are found."""
    rows = conn.execute(
        f"select code from record where rowid in (select rowid from record_fts where {column} match {escape})"
        " order by code",
        (words,),
    )
    return [row[0] for row in rows]


def test_any_piece_of_a_text_is_found(conn: sqlite3.Connection) -> None:
    chance = random.Random(1)
    for _ in range(200):
        text = chance.choice(TEXTS)
        runs = [run for run in fulltext.runs(text) if len(run) >= 4]
        run = chance.choice(runs)
        length = chance.randint(2, 4)
        start = chance.randrange(len(run) - length + 1)
        piece = run[start : start + length]
        expected = [
            row[0]
            for row in conn.execute("select code from record where instr(body, ?) order by code", (piece,))
        ]
        assert found(conn, piece, "body") == expected, piece


def test_a_datasette_without_our_plugin_finds_four_characters_too(conn: sqlite3.Connection) -> None:
    assert found(conn, "加装电梯", escape="'\"' || ? || '\"'") == found(conn, "加装电梯") != []


def test_longer_words_and_several_words_are_found(conn: sqlite3.Connection) -> None:
    assert len(found(conn, "老旧小区加装电梯")) == 10
    assert len(found(conn, "养老 补贴")) == 0
    assert len(found(conn, "養老 補貼")) == 10
    assert found(conn, "养老院加装电梯") == []


def test_what_fts5_would_read_as_commands_is_only_text(conn: sqlite3.Connection) -> None:
    for words in (
        '"',
        "*",
        "^道路",
        "NEAR(道路 积水)",
        "道路 OR",
        "body:道路",
        "-",
        "(",
        "",
        "'",
        "道路；積水",
    ):
        found(conn, words)
    assert len(found(conn, "道路、积水")) == 10
    assert found(conn, "") == []


def test_codes_numbers_and_letters_are_found(conn: sqlite3.Connection) -> None:
    assert found(conn, code("JL", 3)) == [code("JL", 3)]
    assert found(conn, "ＪＬ－２０２６－００３Ｘ") == [code("JL", 3)]


def test_a_reference_is_found_by_what_it_is_called(conn: sqlite3.Connection) -> None:
    assert len(found(conn, "云溪街道", "place")) == 13
    assert len(found(conn, "石桥镇", "places")) == 40


def test_a_choice_is_found_by_its_label(conn: sqlite3.Connection) -> None:
    urgent = [row[0] for row in conn.execute("select code from record where level = 'high' order by code")]
    assert found(conn, "紧急", "level") == urgent
    assert found(conn, "Ordinary", "level")


def test_the_rows_of_a_repeat_group_are_found_with_their_record(conn: sqlite3.Connection) -> None:
    assert found(conn, "修水渠", "steps") == [code("JL", 0)]


def test_one_column_can_be_searched_alone(conn: sqlite3.Connection) -> None:
    assert len(found(conn, "道路", "body")) == 10
    assert found(conn, "道路", "subject") == []


def test_traditional_and_simplified_text_is_filtered_and_sorted_as_it_is(conn: sqlite3.Connection) -> None:
    assert conn.execute("select count(*) from record where body like '%養老%'").fetchone()[0] == 10
    assert len(found(conn, "養老服務")) == 10


def test_the_index_holds_only_columns_of_public_db(conn: sqlite3.Connection) -> None:
    columns = [row[1] for row in conn.execute("pragma table_info(record_fts)")]
    public = [row[1] for row in conn.execute("pragma table_info(record)")]
    assert set(columns) <= {*public, "steps"}
    assert "phone" not in columns and "people" not in columns


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    made = [write_release(tmp_path / name, records(200)) / "public.db" for name in ("a", "b")]
    assert len({hashlib.sha256(path.read_bytes()).hexdigest() for path in made}) == 1


def test_vacuum_does_not_part_index_and_rows(database: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_bytes(database.read_bytes())
    with closing(sqlite3.connect(copy)) as conn:
        conn.execute("vacuum")
        fulltext.prepare_connection(conn)
        assert found(conn, code("JL", 39)) == [code("JL", 39)]


def test_a_field_may_be_called_like_a_word_fts5_keeps_for_itself() -> None:
    from publisher.out.tables import tables
    from tests.publisher.small_release import PLACE, parse_form

    form = parse_form(PLACE.replace("  name:", "  rank:").replace("name", "rank"), "test.yaml")
    with closing(sqlite3.connect(":memory:")) as conn:
        (table,) = tables({"place": form})
        conn.execute(f"create table place ({', '.join(table.columns)})")
        conn.execute("insert into place (code, title, rank) values ('DF-2026-000X', '柳河村', '柳河村')")
        fulltext.index(conn, {"place": form})
        assert conn.execute("select rowid from place_fts where rank_ match '\"柳河\"'").fetchall() == [(1,)]


@given(HAN, st.data())
def test_every_substring_is_in_the_pieces(text: str, data: st.DataObject) -> None:
    pieces = set(fulltext.grams(text).split())
    start = data.draw(st.integers(0, len(text) - 1))
    length = data.draw(st.integers(1, min(fulltext.LONGEST, len(text) - start)))
    assert text[start : start + length] in pieces


@given(st.text(max_size=60))
def test_no_typed_text_is_a_faulty_query(typed: str) -> None:
    with closing(sqlite3.connect(":memory:")) as conn:
        conn.execute("create virtual table t using fts5(x, content='', detail=column)")
        conn.execute("insert into t (rowid, x) values (1, ?)", (fulltext.grams("道路积水"),))
        conn.execute("select rowid from t where t match ?", (fulltext.escape_fts(typed),)).fetchall()


def test_a_text_that_begins_like_a_list_is_a_text(tmp_path: Path) -> None:
    rows = [row | {"title": "[急] 路灯不亮", "body": '["'} for row in records(2)]
    with closing(sqlite3.connect(write_release(tmp_path / "data", rows) / "public.db")) as conn:
        fulltext.prepare_connection(conn)
        assert len(found(conn, "路灯")) == 2


def test_a_list_is_found_by_each_of_its_parts(conn: sqlite3.Connection) -> None:
    both = [
        row[0]
        for row in conn.execute("select code, topics from record order by code")
        if json.loads(row[1]) == ["water", "roads"]
    ]
    assert found(conn, "饮水 道路", "topics") == both != []
