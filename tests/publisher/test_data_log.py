"""What Datasette's process says: a line of JSON for each event, and nothing that a stranger wrote."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from datasette.app import Datasette

from ledger.log import Line
from publisher.data.plugins import errors
from publisher.data.server import Told
from tests.publisher.small_release import records, served, served_plainly, write_release

CANARY = "CANARY-7KQ4"
SQL = (f"select {CANARY} from nowhere", f'select "{CANARY}', f"select '{CANARY}' from record where")
ASKED = (
    *(f"/public.json?sql={quote(each)}" for each in SQL),
    f"/public/{CANARY}",
    f"/{CANARY}.json?_next={CANARY}",
    f"/public/record.json?_where={CANARY}",
    f"/public/record?_sort={CANARY}&_facet={CANARY}",
)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the data server would say."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(Line())
    monkeypatch.setattr(logging.getLogger("mingbai.data"), "handlers", [handler])
    return said


def lines(said: str) -> list[dict[str, object]]:
    assert CANARY not in said
    return [json.loads(line) for line in said.splitlines()]


def test_whatever_is_asked_every_line_is_json_without_it(tmp_path: Path) -> None:
    data_dir = write_release(tmp_path / "data", records(3))
    path = tmp_path / "log.txt"
    with path.open("wb") as log, served(data_dir, tmp_path, log.fileno()) as server:
        assert {server.client.get(each).status_code // 100 for each in ASKED} == {4}
        assert server.client.get("/public/record.json").status_code == 200
    lines(path.read_text("utf-8"))


def test_a_plain_datasette_tells_what_it_was_asked(tmp_path: Path) -> None:
    data_dir = write_release(tmp_path / "data", records(3))
    path = tmp_path / "log.txt"
    with path.open("wb") as log, served_plainly(data_dir / "public.db", log.fileno()) as server:
        for each in ASKED:
            server.client.get(each)
    with pytest.raises(AssertionError):
        lines(path.read_text("utf-8"))


def test_a_fault_of_the_program_is_one_line_with_its_places(heard: io.StringIO) -> None:
    async def fails() -> None:
        try:
            raise RuntimeError(CANARY)
        except RuntimeError as fault:
            request = SimpleNamespace(path="/x.json")
            answer = await errors.handle_exception(Datasette(memory=True), request, fault)()
            assert answer.status == 500 and CANARY not in answer.body

    asyncio.run(fails())
    (line,) = lines(heard.getvalue())
    assert line["level"] == "error" and "test_data_log.py" in json.dumps(line["fault"])


def test_what_datasette_prints_is_a_line_and_wrong_sql_is_none(
    heard: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", Told(sys.stderr))
    print(f"ERROR: conn=<x>, sql = '{CANARY}'", file=sys.stderr)
    print("two\nlines", file=sys.stderr)
    (line,) = lines(heard.getvalue())
    assert line["said"] == "two\nlines"
