"""Search over the sample and over made-up texts: any two to four characters that stand there are found."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from publisher.data import fulltext
from tests.bench.data import HAN
from tests.publisher.sample_data import Data, sample_data
from tests.publisher.small_release import records, write_release

CASES = {
    "two characters": ("道路", "村口道路积水", True),
    "across a word's border": ("装电", "加装电梯", True),
    "a longer word": ("老旧小区加装电梯", "我们老旧小区加装电梯难", True),
    "a longer word that is not there as such": ("老旧小区加装电话", "老旧小区加装电梯", False),
    "one character": ("渠", "修水渠", True),
    "punctuation inside": ("养老、电梯", "养老和电梯", True),
    "quotes and operators": ('"道路" OR *', "道路 or 桥", True),
    "a code": ("WG-2026-7KQ4", "见 WG-2026-7KQ4。", True),
    "a code in lower case": ("wg-2026-7kq4", "见 WG-2026-7KQ4。", True),
    "digits": ("38", "公交 38 路", True),
    "part of a number is no match": ("3", "公交 38 路", False),
    "letters": ("wifi", "WiFi 信号差", True),
    "full-width digits": ("３８", "公交 38 路", True),
    "full-width in the text": ("38", "公交３８路", True),
    "traditional finds traditional": ("養老", "養老服務", True),
    "traditional and simplified are two words": ("养老", "養老服務", False),
    "a rare character": ("𠮷", "𠮷祥村", True),
    "line broken in the text": ("积水", "道路积\n水", False),
    "several words, all must be there": ("道路 电梯", "道路和电梯", True),
    "several words, one is not": ("道路 医院", "道路和电梯", False),
    "an ideographic space": ("道路　电梯", "道路和电梯", True),
    "nothing": ("", "道路", False),
    "punctuation alone": ("。，", "道路。", False),
    "a date": ("2026-03-02", "2026-03-02 开会", True),
    "a percentage": ("58.07%", "占 58.07%", True),
}


@pytest.mark.parametrize(("asked", "text", "found"), CASES.values(), ids=CASES.keys())
def test_a_case_of_search(asked: str, text: str, found: bool) -> None:
    with closing(sqlite3.connect(":memory:")) as conn:
        fulltext.prepare_connection(conn)
        conn.execute(
            "create virtual table t using fts5(body, content='', detail=column, tokenize='unicode61')"
        )
        conn.execute("insert into t (rowid, body) values (1, ?)", (fulltext.grams(text),))
        hit = conn.execute("select 1 from t where t match escape_fts(?)", (asked,)).fetchone()
    assert (hit is not None) is found


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    return sample_data(tmp_path_factory.mktemp("words") / "data")


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chance = random.Random(3)
    texts = tuple("".join(chance.choices(HAN + "，。（）", k=60)) for _ in range(200))
    return write_release(tmp_path_factory.mktemp("generated") / "data", records(200, texts)) / "public.db"


def pieces(texts: list[tuple[str, str]], n: int) -> Iterator[tuple[str, str]]:
    """n pieces of two to four characters, each with the code of a record that holds it."""
    chance = random.Random(5)
    for _ in range(n):
        code, text = chance.choice(texts)
        run = chance.choice(
            [each for each in fulltext.runs(text) if len(each) >= 4 and fulltext.is_han(each)]
        )
        start = chance.randrange(len(run) - 3)
        yield code, run[start : start + chance.randint(2, 4)]


def missed(path: Path, kinds: list[tuple[str, str]], n: int, sql: str) -> list[str]:
    """The pieces that are not found in the record they were taken from."""
    lost = []
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as conn:
        fulltext.prepare_connection(conn)
        for kind, column in kinds:
            texts = [
                row
                for row in conn.execute(f"select code, {column} from {kind} where {column} is not null")
                if any(len(run) >= 4 and fulltext.is_han(run) for run in fulltext.runs(row[1]))
            ]
            for code, piece in pieces(texts, n // len(kinds)):
                if code not in {row[0] for row in conn.execute(sql.format(kind=kind), (piece,))}:
                    lost.append(f"{kind} {code} {piece}")
    return lost


FTS = (
    "select code from {kind}"
    " where rowid in (select rowid from {kind}_fts where {kind}_fts match escape_fts(?))"
)
SAMPLE = [("suggestion", "body"), ("visit", "summary"), ("reply", "body"), ("project_candidate", "content")]


def test_200_of_200_pieces_of_the_sample_are_found(data: Data) -> None:
    assert missed(data.path, SAMPLE, 200, FTS) == []


def test_200_of_200_pieces_of_made_up_texts_are_found(generated: Path) -> None:
    assert missed(generated, [("record", "body")], 200, FTS) == []


def test_datasettes_own_way_of_asking_finds_hardly_any(generated: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain.db"
    plain.write_bytes(generated.read_bytes())
    with closing(sqlite3.connect(plain)) as conn:
        conn.execute("create virtual table plain_fts using fts5(body)")
        conn.execute("insert into plain_fts (rowid, body) select rowid, body from record")
        conn.commit()
    inner = "select rowid from plain_fts where plain_fts match '\"' || ? || '\"'"
    sql = f"select code from {{kind}} where rowid in ({inner})"
    assert len(missed(plain, [("record", "body")], 200, sql)) > 150
