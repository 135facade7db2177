"""A small congress with a collector in this process, on a real socket where one is needed. The suites:

door           who may ask, and what every answer carries
wire           callers who are slow, silent or long-winded
guesses        codes that are guessed
log            one line an event, and nothing that anybody wrote
json, yaml     read by the letter, or refused in a sentence (rfc8259: a second reader)
signatures     the edges of ECDSA (p256: a second verifier; signature_cases: their maker)
letters        what cannot be seen changes nothing
paths          no name becomes a way to a file
photo_traces   what a photo tells besides its picture
cells          nothing runs in a spreadsheet
no_network     nothing asks another machine (walled: where there is none)
locks          every package by its digests
security_docs  every row of docs/security.md has its file and its test
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import uvicorn

from collector.door import SECURITY
from collector.server import application
from collector.state import Collector
from collector.wire import Wire, wire
from tests.collector.conftest import (  # noqa: F401
    client,
    collector,
    content,
    new_phone,
    office,
    phone,
    roll,
    store,
)


@contextmanager
def served(inside: Collector, protocol: type[asyncio.Protocol]) -> Iterator[int]:
    """The collector behind a loopback port, in a thread; the port."""
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as door:
        config = uvicorn.Config(
            application(inside),
            http=protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=1,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[door])), daemon=True)
        server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield door.getsockname()[1]
        finally:
            server.should_exit = server.force_exit = True
            thread.join(20)


def hasty(inside: Collector, **limits: float) -> type[Wire]:
    """The collector's own protocol, with shorter patience."""
    return type("Hasty", (wire(inside.words, SECURITY),), limits)


@pytest.fixture
def said() -> Callable[..., bytes]:
    """Say bytes on a fresh line to a port, and hear what comes until the line is closed."""

    def say(port: int, *parts: bytes, patience: float = 20) -> bytes:
        with socket.create_connection(("127.0.0.1", port), timeout=patience) as line:
            try:
                for part in parts:
                    line.sendall(part)
            except (BrokenPipeError, ConnectionResetError):
                pass
            return heard(line)

    return say


def heard(line: socket.socket) -> bytes:
    """All that comes until the other side closes."""
    parts = []
    try:
        while part := line.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)
