"""The bounds on one connection, and what the door lets in."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from publisher.data import door, hardening
from publisher.data.door import Door, refusal
from tests.publisher.fake import ROOT

TEXT = st.text(alphabet="ab走-.0 ", max_size=12)
VALUE = st.one_of(
    st.none(), TEXT, st.integers(-999, 999), st.sampled_from([0.5, -2.25, 3.0, 1e300, -2.5e-12, 12.75])
)


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    conn = sqlite3.connect(":memory:", check_same_thread=False)
    conn.execute("create table record (code, body)")
    conn.executemany("insert into record values (?, ?)", [(f"JL-{n}", "字" * 100) for n in range(500)])
    hardening.harden(conn)
    yield conn
    conn.close()


def test_every_limit_holds_on_a_hardened_connection(conn: sqlite3.Connection) -> None:
    assert {limit: conn.getlimit(limit) for limit in hardening.LIMITS} == hardening.LIMITS


def test_all_of_sqlite_in_the_process_has_one_heap() -> None:
    script = """
import sqlite3
from publisher.data import hardening
hardening.prepare_connection(sqlite3.connect(":memory:"), "public")
print(*sqlite3.connect(":memory:").execute("pragma hard_heap_limit").fetchone(), hardening.HEAP_BYTES)
"""
    said = subprocess.run(  # of its own: nothing raises the limit again
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert said[0] == said[1]


@pytest.mark.parametrize(
    "sql",
    [
        "insert into record values (1, 2)",
        "delete from record",
        "update record set body = ''",
        "drop table record",
        "create table other (x)",
        "create temp table other as select 1",
        "attach ':memory:' as other",
        "pragma temp_store = 1",
        "pragma hard_heap_limit = 0",
        "begin",
        "analyze",
        "select randomblob(1)",
        "select printf('%d', 1)",
        "select load_extension('x')",
        "select * from sqlite_stmt",
        "select * from dbstat",
    ],
)
def test_a_hardened_connection_only_reads(conn: sqlite3.Connection, sql: str) -> None:
    with pytest.raises(sqlite3.DatabaseError):
        conn.execute(sql)


def test_where_the_file_lies_is_not_told(conn: sqlite3.Connection) -> None:
    assert [row["file"] for row in conn.execute("select file from pragma_database_list")] == [None]


def test_json_and_full_text_still_work(conn: sqlite3.Connection) -> None:
    assert conn.execute("select count(*) from json_each('[1, 2]')").fetchone()[0] == 2


def test_an_answer_of_too_many_bytes_is_stopped(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hardening, "ANSWER_BYTES", 100_000)
    assert len(conn.execute("select body from record limit 300").fetchall()) == 300
    for sql in ("select body from record", "select cast(body as blob) from record"):
        with pytest.raises(sqlite3.OperationalError, match="larger than"):
            conn.execute(sql).fetchall()
    assert len(conn.execute("select body from record limit 300").fetchall()) == 300


def test_an_answer_of_too_many_cells_is_stopped(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hardening, "ANSWER_CELLS", 800)
    assert len(conn.execute("select code from record").fetchall()) == 500
    with pytest.raises(sqlite3.OperationalError, match="cells"):
        conn.execute("select code, body from record").fetchall()


@given(VALUE, VALUE, VALUE)
@example("aaaa", "aa", "b")
@example("", "", "")
@example("ab", "", "x")
def test_the_linear_functions_answer_as_sqlite_does(text: Any, part: Any, other: Any) -> None:
    plain, ours = sqlite3.connect(":memory:"), sqlite3.connect(":memory:")
    hardening.harden(ours)
    for sql, values in {
        "select replace(?, ?, ?)": (text, part, other),
        "select instr(?, ?)": (text, part),
        "select trim(?, ?), ltrim(?, ?), rtrim(?, ?)": (text, part) * 3,
    }.items():
        assert tuple(ours.execute(sql, values).fetchone()) == plain.execute(sql, values).fetchone()
    plain.close()
    ours.close()


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("POST", "/public", 405),
        ("DELETE", "/public/record", 405),
        ("GET", "/\\example.com/", 400),
        ("GET", "/public\r\nx", 400),
        ("GET", "/-/threads", 404),
        ("GET", "/-/databases.json", 404),
        ("GET", "/-/auth-token", 404),
        ("GET", "/_memory", 404),
        ("GET", "/public?sql=" + "x" * 10_001, 414),
        ("GET", "/public/record?_where=" + "x" * 10_001, 414),
        ("GET", "/public/record?_search=" + "x" * 201, 414),
        ("GET", "/public/record?" + "x" * 30_000, 414),
        ("GET", "/public/record?" + "&".join(["_facet=level"] * 7), 414),
        ("GET", "/public/record?_search=x&_searchmode=raw", 400),
    ],
)
def test_the_door_refuses(method: str, address: str, status: int) -> None:
    path, _, query = address.partition("?")
    refused = refusal(method, path, query.encode(), door.parse_qs(query, keep_blank_values=True))
    assert refused is not None and refused[0] == status


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/public",
        "/public/record?_search=x&_facet=level",
        "/-/static/app.css",
        "/-/metadata.json",
        "/public.db",
    ],
)
def test_the_door_lets_a_reader_in(address: str) -> None:
    path, _, query = address.partition("?")
    assert refusal("GET", path, query.encode(), door.parse_qs(query, keep_blank_values=True)) is None


def ask(app: Any, address: str) -> list[Any]:
    """One request to an ASGI app, and all it sent."""
    path, _, query = address.partition("?")
    sent: list[Any] = []

    async def run() -> None:
        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            return {"type": "http.request"}

        scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": []}
        await app(scope, receive, send)

    asyncio.run(run())
    return sent


async def answers(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-frame-options", b"ALLOWALL")]})
    await send({"type": "http.response.body", "body": b"x"})


def test_every_answer_carries_the_headers_that_keep_it_harmless() -> None:
    for address in ("/public", "/-/threads"):
        headers = ask(Door(answers, {}), address)[0]["headers"]
        names = [name for name, _ in headers]
        assert len(names) == len(set(names))
        told = dict(headers)
        assert told[b"x-frame-options"] == b"DENY" and told[b"x-content-type-options"] == b"nosniff"
        assert b"script-src 'self' 'nonce-" in told[b"content-security-policy"]
        assert b"frame-ancestors 'none'" in told[b"content-security-policy"]


def test_no_two_answers_share_a_nonce() -> None:
    policies = {dict(ask(Door(answers, {}), "/")[0]["headers"])[b"content-security-policy"] for _ in range(5)}
    assert len(policies) == 5


def test_a_page_is_made_again_when_memory_was_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "WAIT_SECONDS", 0)
    tries: list[int] = []

    async def short_at_first(scope: Any, receive: Any, send: Any) -> None:
        tries.append(1)
        if len(tries) < 2:
            await send({"type": "http.response.start", "status": 400, "headers": [(b"Mingbai-Memory", b"1")]})
            await send({"type": "http.response.body", "body": b"short"})
        else:
            await answers(scope, receive, send)

    sent = ask(Door(short_at_first, {}), "/public/record")
    assert [message.get("status") for message in sent] == [200, None] and len(tries) == 2


def test_a_question_that_does_not_end_is_answered_and_keeps_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "ANSWER_SECONDS", 0.05)
    monkeypatch.setattr(door, "WAIT_SECONDS", 0.05)
    statuses: list[int] = []

    async def run() -> None:
        over = asyncio.Event()

        async def stuck(scope: Any, receive: Any, send: Any) -> None:
            await over.wait()
            await answers(scope, receive, send)

        gate = Door(stuck, {})
        scope = {"type": "http", "method": "GET", "path": "/public", "query_string": b"sql=x", "headers": []}

        async def send(message: Any) -> None:
            statuses.extend([message["status"]] if "status" in message else [])

        await gate(dict(scope), None, send)  # type: ignore[arg-type]
        await gate(dict(scope), None, send)  # type: ignore[arg-type]
        over.set()
        await asyncio.sleep(0.02)
        await gate(dict(scope), None, send)  # type: ignore[arg-type]

    asyncio.run(run())
    assert statuses == [400, 429, 200]
