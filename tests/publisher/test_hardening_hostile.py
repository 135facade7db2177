"""A public Datasette under all that strangers have tried, in a process of its own; a plain one falls."""

from __future__ import annotations

import contextlib
import hashlib
import statistics
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from tests.publisher import hostile
from tests.publisher.fronted import fronted
from tests.publisher.small_release import Served, records, served, served_plainly, together, write_release

SECONDS = 3.0
MEGABYTES = 200.0
PAGE_SECONDS = 2.0
HOGS = 10
HOG = "/public.json?sql=" + quote("select count(*) from record a, record b, record c")
GLUTTON = HOG.replace("%2A", "distinct%20a.code%20%7C%7C%20b.code%20%7C%7C%20c.code")


@dataclass
class Report:
    """What an attack did to a server."""

    slow: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    peak_mb: float = 0

    def faults(self) -> list[str]:
        """Every figure that was not kept."""
        heavy = [f"held {self.peak_mb:.0f} MB"] if self.peak_mb > MEGABYTES else []
        return self.slow + self.failed + heavy


def attack(server: Served, addresses: Iterable[str]) -> Report:
    """Ask for one address after the other."""
    report = Report()
    for address in addresses:
        begun = time.monotonic()
        answer = server.client.get(address)
        took = time.monotonic() - begun
        if took > SECONDS:
            report.slow.append(f"{took:.1f} s: {address[:120]}")
        if answer.status_code >= 500:
            report.failed.append(f"{answer.status_code}: {address[:120]}")
    report.peak_mb = server.peak_mb()
    return report


def pages_beside_hogs(
    server: Served, hog_address: str = HOG, pages: int = 12, patience: float = 30
) -> list[float]:
    """How long an ordinary page takes while ten others ask for the impossible."""
    over = threading.Event()

    def hog() -> set[int]:
        statuses = set()
        while not over.is_set():
            statuses.add(server.client.get(hog_address).status_code)
        return statuses

    def read() -> list[float]:
        times = []
        try:
            time.sleep(0.3)
            for _ in range(pages):
                begun = time.monotonic()
                with contextlib.suppress(httpx.ReadTimeout):
                    answer = server.client.get("/public/record?_size=20", timeout=patience)
                    assert answer.status_code == 200
                times.append(time.monotonic() - begun)
        finally:
            over.set()
        return times

    *statuses, times = together(*[hog] * HOGS, read)
    assert not {status for each in statuses for status in each if status >= 500}
    result: list[float] = times
    return result


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_release(tmp_path_factory.mktemp("hostile") / "data", records(5_000))


@pytest.fixture(scope="module")
def ours(release: Path) -> Iterator[Served]:
    with served(release, release.parent) as server:
        yield server


@pytest.fixture(scope="module")
def plain(release: Path) -> Iterator[Served]:
    with served_plainly(release / "public.db") as server:
        yield server


def test_no_hostile_query_is_slow_fails_or_fills_memory(ours: Served, release: Path) -> None:
    before = hashlib.sha256((release / "public.db").read_bytes()).hexdigest()
    queries = ["/public.json?sql=" + quote(sql.encode("utf-8", "surrogatepass")) for sql in hostile.SQL]
    assert len(queries) >= 60
    assert attack(ours, [*queries, *hostile.ADDRESSES, *hostile.SHORT_OF_BREATH]).faults() == []
    assert hashlib.sha256((release / "public.db").read_bytes()).hexdigest() == before
    assert sorted(path.name for path in release.iterdir()) == [
        "inspect-data.json",
        "metadata.json",
        "public.db",
        "settings.json",
    ]


@pytest.mark.parametrize("hog", [HOG, GLUTTON], ids=["of time", "of memory"])
def test_an_ordinary_page_stays_usable_beside_ten_hogs(ours: Served, hog: str) -> None:
    assert p95(pages_beside_hogs(ours, hog, pages=20)) <= PAGE_SECONDS
    assert ours.peak_mb() <= MEGABYTES


def test_who_must_wait_too_long_is_told_when_to_come_back(ours: Served) -> None:
    answers: list[httpx.Response] = together(*[lambda: ours.client.get(HOG)] * HOGS)
    busy = [answer for answer in answers if answer.status_code == 429]
    assert busy and {answer.status_code for answer in answers} <= {400, 429}
    assert all(answer.headers["retry-after"] == "2" and not answer.json()["ok"] for answer in busy)


@pytest.fixture(scope="module")
def public(release: Path) -> Iterator[Served]:
    with fronted(release) as server:
        yield server


def test_behind_the_front_an_ordinary_page_comes_in_time_while_every_hostile_query_is_asked(
    public: Served,
) -> None:
    queries = ["/public.json?sql=" + quote(sql.encode("utf-8", "surrogatepass")) for sql in hostile.SQL]
    over = threading.Event()

    def attackers() -> Report:
        try:
            return attack(public, [*queries, *hostile.MORE, *hostile.ADDRESSES, *hostile.SHORT_OF_BREATH])
        finally:
            over.set()

    def read() -> list[float]:
        times = []
        while not over.is_set():
            begun = time.monotonic()
            assert public.client.get("/public/record?_size=20").status_code == 200
            times.append(time.monotonic() - begun)
            over.wait(0.2)
        return times

    report, times = together(attackers, read)
    assert report.failed == [] and report.peak_mb <= MEGABYTES
    assert p95(times) <= PAGE_SECONDS, max(times)


def test_only_reading_comes_in_whatever_the_method(public: Served) -> None:
    ask = public.client
    assert ask.head("/public/record").status_code == 200 and ask.head("/public/record").content == b""
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE"):
        assert ask.request(method, "/public", content=b"sql=select 1").status_code == 405
    for path in ("/\\example.com/", "/%5Cexample.com/", "/%255Cexample.com/"):
        answer = ask.get(path, follow_redirects=False)
        assert answer.status_code == 400 and "location" not in answer.headers


def test_a_plain_datasette_fails_the_same_harness(plain: Served) -> None:
    report = attack(plain, hostile.SHORT_OF_BREATH)
    assert report.slow and report.failed and report.peak_mb > MEGABYTES


def test_a_plain_datasette_leaves_readers_waiting_beside_the_same_hogs(plain: Served) -> None:
    assert p95(pages_beside_hogs(plain, pages=2, patience=5)) > PAGE_SECONDS


def test_what_a_reader_needs_is_still_answered(ours: Served) -> None:
    ask = ours.client
    assert ask.get("/public.json?sql=select+count(*)+as+n+from+record&_shape=array").json() == [{"n": 5000}]
    assert ask.get(
        "/public.json?sql=" + quote("select replace(trim('xx走访xx', 'x'), '走', '回') as t")
    ).json()["rows"] == [["回访"]]
    assert ask.get("/public/record.json?_size=max").json()["next"]
    assert len(ask.get("/public/record.csv?_stream=1&_size=max").text.splitlines()) == 5001
    assert ask.get("/public/record?_facet=level&_facet_array=topics&_sort_desc=cost").status_code == 200
    assert ask.get("/public.db").content.startswith(b"SQLite format 3")
