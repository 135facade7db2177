"""What may come in to Datasette, how much of it at once, and what every answer carries.

Refused at the door: everything but reading, addresses with a backslash (Datasette redirects them to other
sites), its own inner pages, over-long questions. A question in SQL waits for its turn, and is answered in
three seconds whatever SQLite is still doing.
"""

from __future__ import annotations

import asyncio
import html
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qs, unquote

from publisher.data.plugins.told import MEMORY, said
from publisher.data.spreadsheet import SafeCsv

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

METHODS = {"GET", "HEAD", "OPTIONS"}
QUERY_BYTES = 24_000
SQL_LETTERS = 10_000
SEARCH_LETTERS = 200
FACETS = 6
OPEN_PAGES = ("/-/static/", "/-/metadata", "/-/metadata.json")
"""The pages under /-/ that help a reader; the others show how this server is made."""

WAIT_SECONDS = 0.8
ANSWER_SECONDS = 2.0
WAITING = 4
"""How long a question waits for its turn, how long it may then take, and how many may wait."""

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)

Args = Mapping[str, list[str]]


def refusal(method: str, path: str, query: bytes, args: Args) -> tuple[int, str] | None:
    """Why a request does not come in: a status and which message says so; None when it does."""
    if method not in METHODS:
        return 405, "read_only"
    if "\\" in path or any(ord(letter) < 32 for letter in path):
        return 400, "address"
    if path.startswith("/-/") and not path.startswith("/-/static/") and path not in OPEN_PAGES:
        return 404, "closed"
    if path.startswith(("/:memory:", "/_memory", "/_internal")):
        return 404, "closed"
    if len(query) > QUERY_BYTES or any(
        len(sql) > SQL_LETTERS for key in ("sql", "_where") for sql in args.get(key, ())
    ):
        return 414, "long"
    if any(
        len(text) > SEARCH_LETTERS
        for key, texts in args.items()
        if key.startswith("_search")
        for text in texts
    ):
        return 414, "long"
    if (
        sum(len(each) for key, each in args.items() if key.startswith("_facet") and key != "_facet_size")
        > FACETS
    ):
        return 414, "long"
    if "raw" in args.get(
        "_searchmode", ()
    ):  # the whole query language of FTS5 can be made to spin in one call
        return 400, "address"
    return None


class Turn:
    """Lets so many in at once, so many wait, and the rest come back later."""

    def __init__(self, at_once: int) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._waiting = 0

    async def take(self) -> bool:
        """Wait for a turn; False when the queue is full or does not move."""
        if self._waiting >= WAITING:
            return False
        self._waiting += 1
        try:
            await asyncio.wait_for(self._free.acquire(), WAIT_SECONDS)
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1
        return True

    async def wait(self) -> None:
        """Wait for a turn for as long as it takes; whoever came before gives up sooner than that."""
        await self._free.acquire()

    def give_back(self) -> None:
        """The turn is over."""
        self._free.release()


class Door:
    """The ASGI wrapper round Datasette."""

    def __init__(
        self, app: Callable[[Scope, Receive, Send], Awaitable[None]], say: Mapping[str, Any]
    ) -> None:
        self.app = app
        self.say = say
        self.questions = Turn(1)
        self.streams = Turn(2)
        self._running: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(12)
        send = Dressed(send, nonce)
        query: bytes = scope.get("query_string", b"")
        # Percent signs are undone twice, for what a proxy before us has undone once is still caught.
        path = unquote(scope["path"])
        args = parse_qs(query.decode("latin-1"), keep_blank_values=True)
        if refused := refusal(scope["method"], path, query, args):
            await self.refuse(send, path, *refused)
            return
        if path.endswith(".csv"):
            send = SafeCsv(send)
        scope = {**scope, "mingbai_nonce": nonce}
        if path.endswith(".csv") and "_stream" in args:
            await self._streamed(scope, receive, send, path)
        elif "sql" in args or "_where" in args:
            await self._asked(scope, receive, send, path)
        else:
            await self._read(scope, receive, send)

    async def _read(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ordinary page. Where a question holds all of SQLite's memory, it takes the next turn."""
        answer = Again(send)
        await self.app(scope, receive, answer)
        if answer.needed:
            await self.questions.wait()
            try:
                await self.app(scope, receive, send)
            finally:
                self.questions.give_back()

    async def _streamed(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        if not await self.streams.take():
            await self.refuse(send, path, 429, "busy")
            return
        try:
            await self.app(scope, receive, send)
        finally:
            self.streams.give_back()

    async def _asked(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        """One question in SQL. Whoever asks is answered in time; the turn ends only when SQLite really
        has."""
        if not await self.questions.take():
            await self.refuse(send, path, 429, "busy")
            return
        answer = Answer(send)
        task = asyncio.ensure_future(self.app(scope, receive, answer))
        self._running.add(task)
        task.add_done_callback(self._over)
        await asyncio.wait({task}, timeout=ANSWER_SECONDS)
        if not task.done() and answer.give_up():
            await self.refuse(send, path, 400, "slow")
        else:
            await task

    def _over(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self.questions.give_back()
        if not task.cancelled():
            task.exception()  # raised where the answer was awaited, or nobody waits any more

    async def refuse(self, send: Send, path: str, status: int, key: str) -> None:
        """Say no in words, in the shape that was asked for."""
        words = said(self.say, key)
        if path.endswith(".json"):
            kind, body = (
                b"application/json",
                json.dumps({"ok": False, "error": words["en"], "status": status}),
            )
        elif path.endswith(".csv"):
            kind, body = b"text/plain", f"{words['zh']}\n{words['en']}\n"
        else:
            kind = b"text/html"
            body = (
                '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>'
                f"{status}</title><p>{html.escape(words['zh'])}</p>"
                f'<p lang="en">{html.escape(words["en"])}</p>'
                '<p><a href="/">←</a></p></html>'
            )
        headers = [
            (b"content-type", kind + b"; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"access-control-allow-origin", b"*"),
        ]
        if status == 429:
            headers.append((b"retry-after", b"2"))
        if status == 405:
            headers.append((b"allow", b"GET, HEAD, OPTIONS"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body.encode()})


class Answer:
    """Passes an answer on until nobody waits for it any more."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._begun = self._given_up = False

    async def __call__(self, message: Message) -> None:
        """Pass one message on."""
        if not self._given_up:
            self._begun = True
            await self._send(message)

    def give_up(self) -> bool:
        """Keep silent from now on; False when the answer has begun."""
        self._given_up = not self._begun
        return self._given_up


class Again:
    """Passes an answer on, unless it only says that memory was short."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.needed = False

    async def __call__(self, message: Message) -> None:
        """Pass one message on."""
        if message["type"] == "http.response.start":
            names = {bytes(name).lower() for name, _ in message.get("headers", [])}
            self.needed = MEMORY.encode() in names
        if not self.needed:
            await self._send(message)


class Dressed:
    """Puts the security headers on every answer."""

    def __init__(self, send: Send, nonce: str) -> None:
        self._send = send
        self._policy = (
            f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
            "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'"
        ).encode()

    async def __call__(self, message: Message) -> None:
        """Pass one message on, dressed."""
        if message["type"] == "http.response.start":
            ours = dict(HEADERS)
            kept = [(key, value) for key, value in message.get("headers", []) if key.lower() not in ours]
            message = {**message, "headers": [*kept, *HEADERS, (b"content-security-policy", self._policy)]}
        await self._send(message)
