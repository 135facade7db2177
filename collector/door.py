"""The collector's door: which name it answers to, what every answer carries, what a body may weigh."""

from __future__ import annotations

import re
import zlib

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from collector import sync
from collector.refusal import Refusal, problem_json
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
    """Round everything: only our own hosts are answered, and every answer carries the security headers."""

    def __init__(self, app: ASGIApp, collector: Collector) -> None:
        self._app = app
        self._collector = collector
        self._headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *self._headers]
            await send(message)

        host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
        if _host(host) not in self._collector.hosts:
            refusal = problem_json(Refusal(421, "push.host"), self._collector.words, "zh")
            await refusal(scope, receive, guarded)
            return
        await self._app(scope, receive, guarded)


def _host(header: str) -> str:
    """The name in a Host header, without its port.

    >>> _host("collect.example.cn:8443"), _host("[::1]:80"), _host("::")
    ('collect.example.cn', '[::1]', '')
    """
    found = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(:\d+)?", header)
    return found[1].lower() if found else ""
