"""Callers who are slow, silent or long-winded keep nobody else waiting."""

from __future__ import annotations

import json
import resource
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from collector import door
from collector.state import Collector
from collector.wire import HEAD_BYTES, HEAD_LINES
from tests.hardening.conftest import hasty, heard, served

HELLO = b"GET /api/v1/hello HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
HALF = b"GET /api/v1/hello HTTP/1.1\r\nHost: 127.0"
PUSH = b"POST /api/v1/enrol HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
Say = Callable[..., bytes]


def problem(answer: bytes, status: int, name: str) -> None:
    """One whole problem+json under the security headers, and nothing of how the server is made."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status), answer
    told = json.loads(body)
    assert (told["type"], told["status"]) == (f"mingbai:push/{name}", status)
    lowered = head.lower()
    for header, _value in door.SECURITY:
        assert lowered.count(b"\r\n" + header + b":") == 1
    assert b"connection: close" in lowered and b"application/problem+json" in lowered
    assert not any(word in lowered for word in (b"uvicorn", b"python", b"starlette"))


def test_whoever_does_not_finish_asking_is_let_go(collector: Collector, said: Say) -> None:
    with served(collector, hasty(collector, head_seconds=0.4)) as port:
        for begun in (b"", b"G", HALF, b"\r\n\r\n", HELLO.replace(b": close", b": keep-alive") + b"\r\n"):
            began = time.monotonic()
            answer = said(port, begun)
            assert time.monotonic() - began < 18  # uvicorn's own patience has no end
            assert b" 408 " in answer or b"keep-alive" in begun
        problem(said(port, HALF), 408, "slow")


def test_a_server_without_this_waits_for_ever(collector: Collector) -> None:
    with served(collector, HttpToolsProtocol) as port, socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(HALF)
        line.settimeout(1.5)
        with pytest.raises(TimeoutError):
            line.recv(1)


@pytest.mark.parametrize("number", [150, pytest.param(1000, marks=pytest.mark.full)])
def test_a_crowd_that_says_nothing_keeps_nobody_waiting(collector: Collector, said: Say, number: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    with served(collector, hasty(collector, most_waiting=number // 2)) as port, ExitStack() as crowd:
        lines = [
            crowd.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
            for _ in range(number)
        ]
        for line in lines:
            try:
                line.sendall(HALF)
            except OSError:
                continue  # let go already
        assert said(port, HELLO).startswith(b"HTTP/1.1 200")
        assert heard(lines[0]) == b""  # who waited longest went first
        lines[-1].sendall(b".0.1\r\nConnection: close\r\n\r\n")
        assert heard(lines[-1]).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("sent", "status", "name"),
    [
        (b"GET /" + b"a" * HEAD_BYTES + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 431, "head"),
        (HELLO[:-2] + b"X: " + b"a" * HEAD_BYTES + b"\r\n\r\n", 431, "head"),
        (HELLO[:-2] + b"X: a\r\n" * HEAD_LINES + b"\r\n", 431, "head"),
        (b"\x16\x03\x01\x02\x00\x01\x00", 400, "http"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", 400, "http"),
        (b"GET / HTTP/9.9\r\n\r\n", 400, "http"),
        (b"GET  HTTP/1.1\r\n\r\n", 400, "http"),
        (HELLO[:-2] + b"X y: a\r\n\r\n", 400, "http"),
        (HELLO[:-2] + b"X: \x00\r\n\r\n", 400, "http"),
        (PUSH + b"Content-Length: -1\r\n\r\n", 400, "http"),
        (PUSH + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, "http"),
        (PUSH + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", 400, "http"),
        (PUSH + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400, "http"),
    ],
)
def test_what_is_no_request_is_refused_like_all_else(
    collector: Collector, said: Say, sent: bytes, status: int, name: str
) -> None:
    with served(collector, hasty(collector)) as port:
        answer = said(port, sent)
        if status == 400 and b"Transfer-Encoding: chunked\r\n\r\n" in sent and not answer:
            return  # the body was cut off while its call was under way: nothing is said any more
        problem(answer, status, name)
        assert said(port, HELLO).startswith(b"HTTP/1.1 200")


def test_a_body_that_trickles_is_408(
    collector: Collector, said: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "BODY_SECONDS", 0.4)
    with served(collector, hasty(collector)) as port:
        problem(said(port, PUSH + b"Content-Length: 9000\r\n\r\n{"), 408, "slow")
        problem(said(port, PUSH + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"), 408, "slow")


@pytest.mark.parametrize("mebibytes", [12, pytest.param(10 * 1024, marks=pytest.mark.full)])
def test_a_body_without_a_length_is_cut_at_a_mebibyte(
    collector: Collector, said: Say, mebibytes: int
) -> None:
    chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    before = _resident()
    with served(collector, hasty(collector)) as port:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
            sent = 0
            try:
                line.sendall(PUSH + b"Transfer-Encoding: chunked\r\n\r\n")
                for _ in range(mebibytes * 16):
                    line.sendall(chunk)
                    sent += 1
            except OSError:
                pass
            answer = heard(line)
        assert sent < mebibytes * 16 and (not answer or b" 413 " in answer.split(b"\r\n")[0])
        assert said(port, HELLO).startswith(b"HTTP/1.1 200")
    assert _resident() - before < 20 << 20


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def test_one_who_asks_and_never_reads_is_let_go(collector: Collector, said: Say) -> None:
    (collector.app / "assets/large-AAAAAAAA.js").write_bytes(b"a" * (40 << 20))
    with served(collector, hasty(collector, unread_seconds=0.4)) as port:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
            line.sendall(HELLO.replace(b"/api/v1/hello", b"/assets/large-AAAAAAAA.js"))
            time.sleep(1.5)
            assert len(heard(line)) < 40 << 20
        assert said(port, HELLO).startswith(b"HTTP/1.1 200")
