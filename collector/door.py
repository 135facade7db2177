"""The collector's door: which name it answers to and who may ask, what every answer carries, what a body may
weigh, and how long it may take."""

from __future__ import annotations

import asyncio
import re
import time
import zlib
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from collector import sync
from collector.refusal import Refusal, preferred, problem_json
from collector.state import Collector

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
}


CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
JSON = "application/json"
PHOTO = "application/octet-stream"
"""No page of another origin can send either without asking first, and it is told no."""
MOST_AT_ONCE = 1000
"""Requests that are being answered; beyond it phones are asked to come back."""
BODY_SECONDS = 20.0
BODY_RATE = 2048
"""A body has so many seconds, and one more for each so many bytes of it that have come."""

SECURITY = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]


async def read_sent(request: Request) -> bytes:
    """The body as it was sent, counted while it comes."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > sync.MAX_BYTES:
            raise Refusal(413, "push.too_large", most=sync.MAX_BYTES // 1024, headers={"Connection": "close"})
        parts.append(part)
    return b"".join(parts)


def unpacked(request: Request, sent: bytes) -> bytes:
    """The body as it is meant, never larger than a body may be."""
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding == "identity":
        return sent
    if encoding != "gzip":
        raise Refusal(415, "push.encoding", headers={"Accept-Encoding": "gzip"})
    unpacking = zlib.decompressobj(31)
    try:
        data = unpacking.decompress(sent, sync.MAX_BYTES)
    except zlib.error:
        raise Refusal(400, "push.gzip", "") from None
    if unpacking.unconsumed_tail:
        raise Refusal(413, "push.too_large", most=sync.MAX_BYTES // 1024)
    if not unpacking.eof or unpacking.unused_data:
        raise Refusal(400, "push.gzip", "")
    return data


class Guard:
    """Round everything: only our own hosts are answered, only our own pages may change anything, nobody may
    take for ever, and every answer carries the security headers."""

    def __init__(self, app: ASGIApp, collector: Collector) -> None:
        self._app = app
        self._collector = collector
        self._at_once = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *SECURITY]
            await send(message)

        try:
            self._admit(scope)
        except Refusal as refused:
            lang = preferred(Headers(scope=scope).get("accept-language"))
            await problem_json(refused, self._collector.words, lang)(scope, receive, guarded)
            return
        self._at_once += 1
        try:
            await self._app(scope, _Patience(receive) if _has_body(scope) else receive, guarded)
        finally:
            self._at_once -= 1

    def _admit(self, scope: Scope) -> None:
        """Refuse what no page and no phone of ours asks."""
        headers, closing = Headers(scope=scope), {"Connection": "close"}
        hosts = headers.getlist("host")
        if len(hosts) != 1 or _host(hosts[0]) not in self._collector.hosts:
            raise Refusal(421, "push.host")
        if self._at_once >= MOST_AT_ONCE:
            raise Refusal(503, "push.busy", headers={"Retry-After": "5", **closing})
        if scope["method"] not in CHANGING:
            return
        if not ours(headers.getlist("origin"), hosts[0], self._collector.addresses["collect"]):
            raise Refusal(403, "push.origin", headers=closing)
        taken = (PHOTO, JSON) if "/blob/" in scope["path"] else (JSON,)
        given = headers.get("content-type", JSON).partition(";")[0].strip().lower()
        if given not in taken:
            raise Refusal(415, "push.media", headers=closing, wanted=taken[0])


def ours(origins: Iterable[str], host: str, collect: str) -> bool:
    """Whether a call comes from our own page, or from what is no page (a browser always tells).

    >>> ours([], "a.cn", ""), ours(["https://a.cn"], "a.cn", ""), ours(["https://a.cn"], "a.cn:8443", "")
    (True, True, False)
    >>> ours(["null"], "a.cn", "https://a.cn"), ours(["https://b.cn"], "a.cn", "https://a.cn")
    (False, False)
    """
    parts = urlsplit(collect)
    known = {f"http://{host}".lower(), f"https://{host}".lower(), f"{parts.scheme}://{parts.netloc}".lower()}
    return all(origin.lower() in known for origin in origins)


class _Patience:
    """Hands a body on while it comes, and gives up on one that trickles."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._began = time.monotonic()
        self._taken = 0
        self._whole = False

    async def __call__(self) -> Message:
        if self._whole:
            return await self._receive()
        left = BODY_SECONDS + self._taken / BODY_RATE - (time.monotonic() - self._began)
        try:
            async with asyncio.timeout(max(left, 0)):
                message = await self._receive()
        except TimeoutError:
            self._whole = True
            raise Refusal(408, "push.slow", headers={"Connection": "close"}) from None
        self._taken += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        return message


def _has_body(scope: Scope) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])


def _host(header: str) -> str:
    """The name in a Host header, without its port.

    >>> _host("collect.example.cn:8443"), _host("[::1]:80"), _host("::")
    ('collect.example.cn', '[::1]', '')
    """
    found = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(:\d+)?", header)
    return found[1].lower() if found else ""
