"""Keeps Datasette answering while releases change: each gets a process and a Unix socket of its own.

A small relay on the public port hands every request to the process of the current release. A new one is
started, asked for a row, and only then takes over; the old one finishes what it has begun and ends. One
request a connection: nobody is left waiting on a connection whose process has gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

HEAD_BYTES = 64 * 1024
HEAD_SECONDS = 10
IDLE_SECONDS = 60
DRAIN_SECONDS = 30
START_SECONDS = 60
HOLD_SECONDS = 30
HELD_BYTES = 128 * 1024
"""How long a request waits for the next process where one has died, and how much of an answer is passed
on as a whole."""
CONNECTIONS = 200
PROBE = "/public/release.json?_shape=array"
PROBE_EVERY = 15
PROBE_SECONDS = 10

_DROPPED = {
    b"connection", b"keep-alive", b"proxy-connection", b"upgrade", b"te", b"expect",
    b"content-length", b"transfer-encoding",  # nothing is ever sent in
    b"cookie", b"authorization",  # and nobody is ever known
}  # fmt: skip
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH")


class DataServerFault(Exception):
    """Datasette does not serve a data folder; the message says what was seen."""


@dataclass(eq=False)
class Backend:
    """One Datasette process: what it serves, where it listens, how many requests it is answering."""

    data_dir: Path
    socket: Path
    process: asyncio.subprocess.Process
    open: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)

    def begin(self) -> None:
        """A request goes to it."""
        self.open += 1
        self.idle.clear()

    def end(self) -> None:
        """A request is done."""
        self.open -= 1
        if not self.open:
            self.idle.set()

    async def probe(self) -> bool:
        """Does it answer with a row?"""
        try:
            reader, writer = await asyncio.open_unix_connection(str(self.socket))
        except OSError:
            return False
        try:
            writer.write(f"GET {PROBE} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            status = await asyncio.wait_for(reader.readline(), PROBE_SECONDS)
        except (OSError, TimeoutError):
            return False
        finally:
            writer.close()
        return b" 200 " in status

    async def stop(self, drain: float = DRAIN_SECONDS) -> None:
        """Let it finish for so long, then end it."""
        if self.open:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.idle.wait(), drain)
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), drain or 2)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.socket.unlink(missing_ok=True)


class DatasetteFront:
    """The public port for data. Use `async with`; `switch` to a release's data folder; `port` says where it
    is."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._folder = Path(tempfile.mkdtemp(prefix="mingbai-data-"))
        self._backend: Backend | None = None
        self._all: set[Backend] = set()
        self._started = 0
        self._switching = asyncio.Lock()
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(CONNECTIONS)
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    @property
    def backend(self) -> Backend | None:
        """The process that answers now."""
        return self._backend

    async def __aenter__(self) -> DatasetteFront:
        self._server = await asyncio.start_server(self._relay, sock=self._listener, limit=HEAD_BYTES)
        self._keep(self._watch_over())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(backend.stop(drain=0) for backend in self._all))
        shutil.rmtree(self._folder, ignore_errors=True)

    async def switch(self, data_dir: Path, *, only_for: Backend | None = None) -> None:
        """Serve this data folder from now on. Raises DataServerFault, and then the old one stays.

        `only_for`: a process that has died; where another one serves by now, nothing is to be done.
        """
        async with self._switching:
            if only_for is not None and self._backend is not only_for:
                return
            new = await self._start(data_dir.resolve())
            old, self._backend = self._backend, new
            self._changed.set()
            self._changed = asyncio.Event()
        if old is not None:
            self._keep(self._end(old))

    async def _start(self, data_dir: Path) -> Backend:
        self._started += 1
        path = self._folder / f"{self._started}.sock"
        environment = {key: os.environ[key] for key in _PASSED_ON if key in os.environ}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "publisher.data.server", str(data_dir), str(path)),
            cwd=Path(__file__).parents[2],
            env={**environment, "MALLOC_ARENA_MAX": "1"},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
        )
        backend = Backend(data_dir, path, process)
        self._all.add(backend)
        deadline = asyncio.get_running_loop().time() + START_SECONDS
        while asyncio.get_running_loop().time() < deadline and process.returncode is None:
            if path.exists() and await backend.probe():
                return backend
            await asyncio.sleep(0.05)
        why = "it took too long" if process.returncode is None else "it ended"
        await self._end(backend)
        raise DataServerFault(
            f"{data_dir}: Datasette did not answer ({why}). Its own words stand above. "
            "The release that was served before is still served."
        )

    async def _end(self, backend: Backend) -> None:
        await backend.stop()
        self._all.discard(backend)

    async def _watch_over(self) -> None:
        """Replace a process that has died or does not answer."""
        silent = 0
        while True:
            backend = self._backend
            with contextlib.suppress(TimeoutError):
                if backend is not None:
                    await asyncio.wait_for(backend.process.wait(), PROBE_EVERY)
                else:
                    await asyncio.sleep(1)
            if backend is None or backend is not self._backend:
                continue
            dead = backend.process.returncode is not None
            silent = 0 if not dead and await backend.probe() else silent + 1
            if dead or silent >= 2:
                silent = 0
                try:
                    await self.switch(backend.data_dir, only_for=backend)
                except (DataServerFault, OSError) as fault:
                    print(fault, file=sys.stderr)
                    await asyncio.sleep(PROBE_EVERY)

    def _keep(self, work: object) -> None:
        task: asyncio.Task[None] = asyncio.ensure_future(work)  # type: ignore[call-overload]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request."""
        try:
            if self._room.locked():
                await _say(writer, 503)
                return
            async with self._room:
                await self._answer(reader, writer)
        except OSError:
            pass  # whoever asked has gone
        finally:
            with contextlib.suppress(OSError):
                writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), HEAD_SECONDS)
        except asyncio.IncompleteReadError:
            return
        except asyncio.LimitOverrunError:
            await _say(writer, 431)
            return
        except TimeoutError:
            await _say(writer, 408)
            return
        until = asyncio.get_running_loop().time() + HOLD_SECONDS
        while (backend := self._backend) is not None:
            changed = self._changed
            if await _ask(backend, head, writer):
                return
            if backend is self._backend and not await _before(
                changed, until
            ):  # it is gone: wait for the next
                break
            if asyncio.get_running_loop().time() > until:
                break
        await _say(writer, 503)


async def _before(event: asyncio.Event, until: float) -> bool:
    """Whether something happens in time."""
    try:
        await asyncio.wait_for(event.wait(), max(until - asyncio.get_running_loop().time(), 0))
    except TimeoutError:
        return False
    return True


async def _ask(backend: Backend, head: bytes, writer: asyncio.StreamWriter) -> bool:
    """Hand a request to a process and its answer back; False when it died and nothing was passed on."""
    backend.begin()
    try:
        answer, ask = await asyncio.open_unix_connection(str(backend.socket), limit=HEAD_BYTES)
    except OSError:
        backend.end()
        return False
    try:
        ask.write(alone(head))
        await ask.drain()
        return await _pour(answer, writer, bare=head.startswith(b"HEAD "))
    except ConnectionError:
        if writer.is_closing():
            raise
        return False
    finally:
        ask.close()
        backend.end()


def alone(head: bytes) -> bytes:
    """A request's head as it is passed on: without a body, without a name, and the only one on its
    connection.

    >>> alone(b"GET / HTTP/1.1\\r\\nHost: x\\r\\nCookie: a=b\\r\\nConnection: keep-alive\\r\\n\\r\\n")
    b'GET / HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n'
    """
    first, *lines = head.split(b"\r\n")
    kept = [line for line in lines if line and line.partition(b":")[0].strip().lower() not in _DROPPED]
    return b"\r\n".join([first, *kept, b"Connection: close", b"", b""])


async def _pour(answer: asyncio.StreamReader, writer: asyncio.StreamWriter, *, bare: bool) -> bool:
    """Pass an answer on to its end; False when it broke off before anything was passed on.

    What fits is passed on as a whole, so that a process that is killed tears no page; the rest streams.
    """
    held = bytearray()
    chunk = b" "
    while chunk and len(held) < HELD_BYTES:
        try:
            chunk = await asyncio.wait_for(answer.read(HEAD_BYTES), IDLE_SECONDS)
        except (TimeoutError, ConnectionError):
            return False
        held += chunk
    if not chunk and not whole(bytes(held), bare):
        return False
    writer.write(bytes(held))
    await writer.drain()
    with contextlib.suppress(TimeoutError):
        while chunk and (chunk := await asyncio.wait_for(answer.read(HEAD_BYTES), IDLE_SECONDS)):
            writer.write(chunk)
            await writer.drain()
    return True


def whole(answer: bytes, bare: bool = False) -> bool:
    """Whether an answer has come to its end, by its own head; `bare`: one that has no body.

    >>> head = b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\n"
    >>> whole(head + b"ab"), whole(head + b"a"), whole(head, bare=True)
    (True, False, True)
    """
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found or bare:
        return bool(found)
    pairs = (line.partition(b":")[::2] for line in head.lower().split(b"\r\n")[1:])
    said = {name.strip(): value.strip() for name, value in pairs}
    if b"content-length" in said:
        return len(body) == int(said[b"content-length"])
    return said.get(b"transfer-encoding") != b"chunked" or body.endswith(b"0\r\n\r\n")


async def _say(writer: asyncio.StreamWriter, status: int) -> None:
    reasons = {408: "Request Timeout", 431: "Request Header Fields Too Large", 503: "Service Unavailable"}
    writer.write(
        f"HTTP/1.1 {status} {reasons[status]}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Length: 0\r\n"
        f"Retry-After: 2\r\nConnection: close\r\n\r\n".encode()
    )
    await writer.drain()
