"""HTTP as uvicorn speaks it, for callers who are slow, silent or long-winded on purpose.

What nginx does before a server of its own, this does where the collector stands alone: whoever does not ask
within a few seconds is let go, the longest waiting first where too many wait, and what is no HTTP is answered
like every other refusal.
"""

from __future__ import annotations

import resource
from asyncio import TimerHandle, Transport
from contextlib import suppress
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from collector.refusal import Refusal, problem_json
from ledger.words import Words

HEAD_SECONDS = 10.0
"""How long the lines before a body may take."""
HEAD_BYTES = 16 * 1024
HEAD_LINES = 64
MOST_WAITING = 2000
"""Connections on which nothing is being answered; beyond it the one that has waited longest is let go."""
UNREAD_SECONDS = 60.0
"""How long an answer may lie there that nobody takes."""
FILES = 8192
BAD, SLOW, LONG = 400, 408, 431
KEYS = {BAD: "push.http", SLOW: "push.slow", LONG: "push.head"}


class Wire(HttpToolsProtocol):
    """One connection. A subclass made by `wire` knows what is said on it."""

    said: dict[int, bytes]
    waiting: dict[Wire, None]
    head_seconds = HEAD_SECONDS
    unread_seconds = UNREAD_SECONDS
    most_waiting = MOST_WAITING

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._timer: TimerHandle | None = None
        self._unread: TimerHandle | None = None
        self._bytes = self._lines = 0
        self._refused = False

    @property
    def idle(self) -> bool:
        """Whether nothing is being answered here."""
        return self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """A caller is there, and has a few seconds to ask."""
        super().connection_made(transport)
        self._wait()
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """The caller is gone."""
        self._asked()
        self._read()
        self.waiting.pop(self, None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes came; empty lines between two requests are no reason to stay."""
        if self._refused or self.transport.is_closing():
            return
        super().data_received(data)
        if self.parser is not None and self.idle and self.timeout_keep_alive_task is None:
            self._expect()

    def on_message_begin(self) -> None:
        """The first letter of a request."""
        super().on_message_begin()
        self._bytes = self._lines = 0
        self._expect()

    def on_url(self, url: bytes) -> None:
        """The address, in pieces."""
        super().on_url(url)
        self._count(len(url), 0)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One line of the head, or a trailer behind a body."""
        super().on_header(name, value)
        self._count(len(name) + len(value), 1)

    def on_headers_complete(self) -> None:
        """All is there that says what is wanted."""
        self._asked()
        if self._refused:
            return
        self.waiting.pop(self, None)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Bytes of a body, unless it was refused before."""
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The end of a request, unless it was refused before."""
        if not self._refused:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Answered: the caller may ask again, or go."""
        super().on_response_complete()
        if not self.transport.is_closing() and self.idle:
            self._wait()

    def pause_writing(self) -> None:
        """More was answered than the caller takes."""
        super().pause_writing()
        self._unread = self.loop.call_later(self.unread_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """The caller takes it again."""
        self._read()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """What came is no HTTP."""
        self._refuse(BAD)

    def _count(self, size: int, lines: int) -> None:
        self._bytes += size
        self._lines += lines
        if self._bytes > HEAD_BYTES or self._lines > HEAD_LINES:
            self._refuse(LONG)

    def _wait(self) -> None:
        self.waiting.pop(self, None)
        self.waiting[self] = None
        if len(self.waiting) > self.most_waiting:
            oldest = next(iter(self.waiting))
            del self.waiting[oldest]
            oldest.transport.abort() if oldest.transport.get_write_buffer_size() else oldest.transport.close()

    def _expect(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(self.head_seconds, self._late)

    def _asked(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _read(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _late(self) -> None:
        self._timer = None
        if self.idle:
            self._refuse(SLOW)
        else:  # the head of the next request came while this one is being answered
            self._expect()

    def _refuse(self, status: int) -> None:
        if self._refused or self.transport.is_closing():
            return
        self._refused = True
        if self.idle:
            self.transport.write(self.said[status])
        self.transport.close()


def wire(words: Words, headers: list[tuple[bytes, bytes]]) -> type[Wire]:
    """The protocol for one collector: its refusals are said in its words, under its security headers."""
    said = {status: _whole(status, key, words, headers) for status, key in KEYS.items()}
    return type("CollectorWire", (Wire,), {"said": said, "waiting": {}})


def _whole(status: int, key: str, words: Words, headers: list[tuple[bytes, bytes]]) -> bytes:
    answer = problem_json(Refusal(status, key), words, "zh")
    lines = [*answer.raw_headers, *headers, (b"connection", b"close")]
    head = b"".join(b"%b: %b\r\n" % pair for pair in lines)
    return STATUS_LINE[status] + head + b"\r\n" + bytes(answer.body)


def more_files() -> None:
    """As many open connections as this user may have: a congress in session comes all at once."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
