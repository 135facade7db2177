"""What Datasette's pages cost over a large table, in CPU of its own process; and what its search finds."""

from __future__ import annotations

import random
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from publisher.data import fulltext
from tests.publisher.small_release import CROCKFORD, TEXTS, Served, records, served, write_release

SAYS = (
    "Datasette in its own process over one table of 100,000 rows; CPU of that process, all threads, the mean "
    "of 40 answers. A table page is Jinja and 20 rows; without the index on its order it would sort 100,000 "
    "rows, without the remembered schema and the open permission it would copy metadata.json for each table. "
    "A filter counts all its rows (a scan), a search of a word in a quarter of the rows sorts them."
)
ROWS = 100_000
TIMES = 40
PIECES = 10_000
HAN = (
    "道路积水养老服务建议补贴学校红绿灯电梯小区水渠河道网格公交医院卫生桥梁"
    "路灯停车垃圾分类饮水工程资金审批办理答复满意代表群众"
)


def measure(rows: int = ROWS) -> dict[str, float]:
    """Every figure in one run."""
    with tempfile.TemporaryDirectory(prefix="mingbai-bench-") as name:
        data = write_release(Path(name) / "data", large(rows))
        found = dict(_pages(data, rows))
        return {**found, **_found(data / "public.db"), "rows": float(rows)}


def large(rows: int) -> list[dict[str, Any]]:
    """Rows of the table `record` with texts of their own, each row its own code."""
    chance = random.Random(11)
    texts = tuple(TEXTS[n % len(TEXTS)] + "".join(chance.choices(HAN, k=40)) for n in range(997))
    made = records(rows, texts)
    for n, row in enumerate(made):
        row["code"] = code(n)
    return made


def code(n: int) -> str:
    """The nth of a million codes."""
    return "JL-2026-" + "".join(CROCKFORD[n // 32**place % 32] for place in (3, 2, 1, 0))


def _pages(data: Path, rows: int) -> Iterator[tuple[str, float]]:
    """CPU of each page in ms, the mean of many."""
    middle = code(rows // 2)
    addresses = {
        "table_ms": "/public/record?_size=20",
        "table_plain_ms": "/public/record?_size=20&_nofacet=1&_nocount=1",
        "view_ms": "/public/record_zh?_size=20",
        "row_ms": f"/public/record/{middle}",
        "search_ms": "/public/record?_search=" + quote("加装电梯"),
        "filter_ms": "/public/record?level=high&_size=20",
        "json_ms": "/public/record.json?_size=20",
        "query_ms": "/public/search?q=" + quote("电梯"),
        "index_ms": "/",
        "database_ms": "/public",
    }
    with served(data, data.parent) as server:
        for name, address in addresses.items():
            yield name, _cpu(server, address)
        yield "peak_mb", server.peak_mb()


def _cpu(server: Served, address: str) -> float:
    assert server.client.get(address).status_code == 200, address
    with _spent(server.pid) as spent:
        for _ in range(TIMES):
            server.client.get(address)
    return 1000 * spent() / TIMES


@contextmanager
def _spent(pid: int) -> Iterator[Callable[[], float]]:
    """Seconds of CPU that a process has used since, all threads together, to the nanosecond."""

    def now() -> int:
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return sum(int((each / "schedstat").read_text().split()[0]) for each in tasks)

    before = now()
    yield lambda: (now() - before) / 1e9


def _found(database: Path) -> Mapping[str, float]:
    """How many pieces of two to four characters, out of the texts, are found where they stand."""
    chance = random.Random(12)
    with closing(sqlite3.connect(f"file:{database}?immutable=1", uri=True)) as conn:
        fulltext.prepare_connection(conn)
        texts = conn.execute("select code, rowid, body from record").fetchall()
        hits = 0
        for _ in range(PIECES):
            _, rowid, text = chance.choice(texts)
            run = chance.choice([each for each in fulltext.runs(text) if len(each) >= 4])
            length = chance.randint(2, 4)
            start = chance.randrange(len(run) - length + 1)
            piece = run[start : start + length]
            asked = "select 1 from record_fts where record_fts match escape_fts(?) and rowid = ?"
            hits += conn.execute(asked, (piece, rowid)).fetchone() is not None
    return {"found_share": hits / PIECES}
