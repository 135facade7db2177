"""A bad network between phones and a collector: a proxy on loopback that does what networks do.

Every request is one TCP connection and one operation; with the chance `faults` it meets one of FAULTS.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
PORTAL = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
    b"<html><title>Wi-Fi</title><form action=/login>Welcome! Please log in.</form></html>",
    b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{"ok":true,"results":[]}',
    b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
)
GONE = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)


class Line:
    """The proxy, in a thread of its own. `faults` may be changed while it runs; 0 is a good line."""

    def __init__(self, port: int, seed: int, faults: float = 0.3, longest: float = 0.4) -> None:
        self.to = port
        self.faults = faults
        self.longest = longest
        """How long a stalled request is held, in seconds."""
        self.operations = 0
        self.met: Counter[str] = Counter()
        self.only: str | None = None
        self._chance = random.Random(seed)
        self._passed = 0
        self._before = PORTAL[0]
        self._late: set[asyncio.Task[Any]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="line", daemon=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._connected, "127.0.0.1", 0), self._loop
        ).result(10)
        self.port: int = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Stop, once what is under way has ended."""
        asyncio.run_coroutine_threadsafe(self._ended(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _ended(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await _request(reader)
            if request:
                self.operations += 1
                await self._carry(request, writer)
        except GONE:
            pass
        finally:
            with suppress(*GONE):
                writer.close()
                await writer.wait_closed()

    async def _carry(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        fault = self.only
        if fault is None and self._chance.random() < self.faults:
            fault = self._chance.choice(list(FAULTS))
        if fault is None:
            await _give(writer, await self._asked(request))
            return
        self.met[fault] += 1
        await FAULTS[fault](self, request, writer)

    async def _asked(self, request: bytes, most: int | None = None) -> bytes:
        """What the office answers; of the request only `most` bytes get there where that is said."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.to)
        try:
            head, _, body = request.partition(b"\r\n\r\n")
            lines = [each for each in head.split(b"\r\n") if not each.lower().startswith(b"connection:")]
            sent = b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n" + body
            writer.write(sent[:most])
            await writer.drain()
            if most is not None:
                return b""
            answer = await reader.read(-1)
        finally:
            writer.close()
            with suppress(*GONE):
                await writer.wait_closed()
        self._passed += 1
        if b" 200 " in answer[:20] and b'"receipt"' in answer:
            self._before = answer
        return answer

    # -- what networks do --

    async def request_lost(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """It never arrives."""

    async def answer_lost(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """It arrives, and nobody hears of it."""
        await self._asked(request)

    async def twice(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """It arrives twice at once; one of the answers gets back."""
        answers = await asyncio.gather(self._asked(request), self._asked(request))
        await _give(writer, self._chance.choice(answers))

    async def again_later(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """It arrives, and once more when nobody waits for it."""
        await _give(writer, await self._asked(request))
        task = asyncio.create_task(self._after_others(request))
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    async def out_of_order(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """Others overtake it."""
        await _give(writer, await self._after_others(request))

    async def _after_others(self, request: bytes) -> bytes:
        passed, until = self._passed + self._chance.randrange(1, 6), self._loop.time() + self.longest
        while self._passed < passed and self._loop.time() < until:
            await asyncio.sleep(0.005)
        try:
            return await self._asked(request)
        except GONE:
            return b""

    async def request_cut(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """It arrives up to some byte."""
        await self._asked(request, self._chance.randrange(len(request)))

    async def answer_cut(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """Its answer gets back up to some byte."""
        answer = await self._asked(request)
        await _give(writer, answer[: self._chance.randrange(len(answer) or 1)])

    async def stalled(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """Nothing happens for a while, then the connection ends."""
        await asyncio.sleep(self.longest * self._chance.random())

    async def reset(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """The connection is reset, before the office hears of it or after."""
        if self._chance.random() < 0.5:
            await self._asked(request)
        wire = writer.get_extra_info("socket")
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async def byte_by_byte(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """Its answer gets back one byte at a time."""
        answer = await self._asked(request)
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(min(len(answer), 600)):
            await _give(writer, answer[at : at + 1])
        await _give(writer, answer[600:])

    async def portal(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """Somebody else answers: a hotspot that wants a login first, a gateway with a message of its own."""
        await _give(writer, self._chance.choice(PORTAL))

    async def stale(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """Somebody between gives the answer to an earlier push, good receipt and all."""
        await _give(writer, self._before)

    async def slow(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        """It takes its time, both ways."""
        await asyncio.sleep(self.longest / 2 * self._chance.random())
        answer = await self._asked(request)
        await asyncio.sleep(self.longest / 2 * self._chance.random())
        await _give(writer, answer)


Fault = Callable[[Line, bytes, asyncio.StreamWriter], Awaitable[None]]
FAULTS: Mapping[str, Fault] = {
    each.__name__.replace("_", " "): each
    for each in (
        *(Line.request_lost, Line.answer_lost, Line.twice, Line.again_later, Line.out_of_order),
        *(Line.request_cut, Line.answer_cut, Line.stalled, Line.reset, Line.byte_by_byte),
        *(Line.portal, Line.stale, Line.slow),
    )
}


async def _request(reader: asyncio.StreamReader) -> bytes:
    """One whole request; nothing where the connection ends before it begins."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
    length = 0
    for each in head.split(b"\r\n"):
        name, _, value = each.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return head + (await reader.readexactly(length) if length else b"")


async def _give(writer: asyncio.StreamWriter, answer: bytes) -> None:
    writer.write(answer)
    await writer.drain()
