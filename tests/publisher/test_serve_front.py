"""Datasette behind its front: a new release takes over without a failed request."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from publisher.data import front as fronts
from publisher.data.front import DataServerFault, DatasetteFront, alone
from publisher.serve import Ports, listen
from tests.publisher.small_release import ROOT, records, write_release
from tests.publisher.test_serve import fetch, publish, run_with


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three data folders that differ in how many records they hold."""
    folder = tmp_path_factory.mktemp("releases")
    return [write_release(folder / str(n), records(n)) for n in (5, 6, 7)]


def with_front(work: Callable[[DatasetteFront], Awaitable[None]], seconds: float = 120) -> None:
    async def run() -> None:
        async with DatasetteFront(listen(0)) as front:
            await work(front)

    asyncio.run(asyncio.wait_for(run(), seconds))


async def count(front: DatasetteFront) -> int:
    """How many records Datasette says there are; -1 for a failed request."""
    status, body = await fetch(front.port, "/public/record.json?_size=0")
    start, end = body.find(b"{"), body.rfind(b"}")
    return int(json.loads(body[start : end + 1])["filtered_table_rows_count"]) if status == 200 else -1


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_new_release_takes_over_without_a_failed_request(releases: list[Path]) -> None:
    async def work(front: DatasetteFront) -> None:
        await front.switch(releases[0])
        seen: list[int] = []
        over = asyncio.Event()

        async def read() -> None:
            while not over.is_set():
                seen.append(await count(front))

        readers = [asyncio.ensure_future(read()) for _ in range(3)]
        for release in (*releases[1:], releases[0]):
            await front.switch(release)
            await asyncio.sleep(0.1)
        over.set()
        await asyncio.gather(*readers)
        assert set(seen) == {5, 6, 7} and len(seen) > 20

    with_front(work)


def test_the_old_process_ends_when_it_has_finished(releases: list[Path]) -> None:
    async def work(front: DatasetteFront) -> None:
        await front.switch(releases[0])
        old = front.backend
        assert old is not None
        await front.switch(releases[1])
        await asyncio.wait_for(old.process.wait(), 20)
        await asyncio.sleep(0.2)
        assert front.backend is not None and front.backend.process.returncode is None
        assert not old.socket.exists()

    with_front(work)


def test_a_folder_that_cannot_be_served_leaves_the_old_one(releases: list[Path], tmp_path: Path) -> None:
    async def work(front: DatasetteFront) -> None:
        await front.switch(releases[0])
        with pytest.raises(DataServerFault, match="did not answer"):
            await front.switch(tmp_path / "nothing")
        assert await count(front) == 5

    (tmp_path / "nothing").mkdir()
    (tmp_path / "nothing" / "settings.json").write_text('{"nonsense": 1}')
    with_front(work)


def test_a_process_that_dies_is_replaced(releases: list[Path]) -> None:
    async def work(front: DatasetteFront) -> None:
        await front.switch(releases[2])
        assert front.backend is not None
        os.kill(front.backend.process.pid, signal.SIGKILL)
        for _ in range(200):
            await asyncio.sleep(0.1)
            if await count(front) == 7:
                return
        raise AssertionError("no new process came")

    with_front(work)


async def polled(
    front: DatasetteFront, releases: list[Path], ask: Callable[[], Awaitable[int]], swaps: int
) -> list[int]:
    """What a reader sees who asks without pause through many swaps; every second process is killed first."""
    seen: list[int] = []
    over = asyncio.Event()

    async def read() -> None:
        while not over.is_set():
            seen.append(await ask())

    reader = asyncio.ensure_future(read())
    for n in range(swaps):
        if n % 2 and front.backend is not None:
            os.kill(front.backend.process.pid, signal.SIGKILL)
        await front.switch(releases[n % len(releases)])
    over.set()
    await reader
    return seen


@pytest.mark.parametrize("swaps", [4, pytest.param(20, marks=pytest.mark.full)])
def test_a_reader_sees_no_failure_through_swaps_and_killed_processes(
    releases: list[Path], swaps: int
) -> None:
    async def work(front: DatasetteFront) -> None:
        await front.switch(releases[2])
        seen = await polled(front, releases, lambda: count(front), swaps)
        assert set(seen) == {5, 6, 7} and len(seen) > swaps

    with_front(work, 900)


def test_without_the_front_a_killed_process_is_noticed(releases: list[Path]) -> None:
    async def work(front: DatasetteFront) -> None:
        await front.switch(releases[2])
        first = front.backend
        assert first is not None

        async def ask() -> int:
            try:
                reader, writer = await asyncio.open_unix_connection(str(first.socket))
            except OSError:
                await asyncio.sleep(0.01)
                return -1
            writer.write(b"GET /public/record.json?_size=0 HTTP/1.0\r\n\r\n")
            answer = await reader.read()
            writer.close()
            return 7 if b" 200 " in answer[:20] else -1

        assert -1 in await polled(front, releases, ask, 2)

    with_front(work)


def test_nothing_is_left_behind(releases: list[Path]) -> None:
    seen: list[tuple[int, Path]] = []

    async def work(front: DatasetteFront) -> None:
        await front.switch(releases[0])
        assert front.backend is not None
        seen.append((front.backend.process.pid, front.backend.socket))

    with_front(work)
    pid, path = seen[0]
    assert not alive(pid) and not path.parent.exists()


def test_before_the_first_release_the_reader_is_told_to_come_back() -> None:
    async def work(front: DatasetteFront) -> None:
        assert (await fetch(front.port, "/"))[0] == 503

    with_front(work)


def test_a_request_is_passed_on_alone_and_without_a_name() -> None:
    head = (
        b"POST /public HTTP/1.1\r\nHost: x\r\nCookie: a=b\r\nAuthorization: b\r\nConnection: keep-alive\r\n"
        b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\nAccept: */*\r\n\r\n"
    )
    assert alone(head) == b"POST /public HTTP/1.1\r\nHost: x\r\nAccept: */*\r\nConnection: close\r\n\r\n"


def test_slow_and_endless_heads_are_cut_off(releases: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fronts, "HEAD_SECONDS", 0.2)

    async def say(front: DatasetteFront, text: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", front.port)
        writer.write(text)
        answer = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        return answer

    async def work(front: DatasetteFront) -> None:
        assert b" 408 " in await say(front, b"GET / HT")
        assert b" 431 " in await say(front, b"GET /" + b"x" * 200_000)

    with_front(work)


def test_everything_but_reading_is_refused(releases: list[Path]) -> None:
    async def work(front: DatasetteFront) -> None:
        await front.switch(releases[0])
        reader, writer = await asyncio.open_connection("127.0.0.1", front.port)
        writer.write(b"POST /public HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na=b")
        assert b" 405 " in await reader.read()
        writer.close()

    with_front(work)


def test_the_data_server_does_not_know_where_the_ledger_is(releases: list[Path]) -> None:
    async def work(front: DatasetteFront) -> None:
        await front.switch(releases[0])
        assert front.backend is not None
        pid = front.backend.process.pid
        environment = Path(f"/proc/{pid}/environ").read_bytes()
        assert b"MINGBAI" not in environment
        assert b"apsw" not in Path(f"/proc/{pid}/maps").read_bytes()

    os.environ["MINGBAI_HOME"] = "/somewhere"
    try:
        with_front(work)
    finally:
        del os.environ["MINGBAI_HOME"]


def test_site_and_data_follow_a_new_release_together(releases: list[Path], tmp_path: Path) -> None:
    site = tmp_path / "site"

    def release(name: str, data: Path) -> None:
        (site / "releases" / name).mkdir(parents=True)
        (site / "releases" / name / "data").symlink_to(data)
        publish(site, name, {"index.html": name, "404.html": "x"})

    release("one", releases[0])

    async def work(ports: Ports) -> None:
        assert (await fetch(ports.www, "/"))[1] == b"one"
        assert (await fetch(ports.data, "/public/record.json"))[1].count(b'"JL-') >= 5
        await asyncio.to_thread(release, "two", releases[1])
        assert (await fetch(ports.www, "/"))[1] == b"two"
        for _ in range(200):
            if b'"filtered_table_rows_count": 6' in (await fetch(ports.data, "/public/record.json"))[1]:
                return
            await asyncio.sleep(0.1)
        raise AssertionError("the data did not follow")

    run_with(work, site)


def test_a_data_server_ends_with_whoever_started_it(releases: list[Path], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "publisher.data.server", str(releases[0]), str(tmp_path / "x.sock")]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE) as process:
        time.sleep(1)
        assert process.poll() is None and process.stdin is not None
        process.stdin.close()
        process.wait(20)
