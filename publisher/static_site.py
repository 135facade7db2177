"""Serves the current release's pages: files as they are, with the headers that keep them harmless, and
nothing else.

`site/current` is followed at each request, so that a new release needs no restart. Kept releases stand under
`/release/<id>/`, as long as nothing in them was taken down (publisher.download.snapshots).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, MutableMapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response

from publisher.download import snapshots

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".ndjson": "application/x-ndjson; charset=utf-8",
    ".jsonld": "application/ld+json",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
    ".yaml": "text/yaml; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
    ".py": "text/x-python; charset=utf-8",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
    ".gz": "application/gzip",
    ".db": "application/vnd.sqlite3",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}

DEEPEST = 8
"""How deep below the root a page may lie."""

_INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*\btype=\"application/json\")[^>]*>(.*?)</script>", re.S)
_SCOPE = re.compile(r'new URL\("[^"]*",location\)')
_DIGESTED = re.compile(r"\.[0-9a-f]{8,}\.(?:min\.)?(?:js|css|map)\Z|/search/[0-9a-f]{24}/")


class Site:
    """The ASGI app over a site folder. `forms_to` are other origins that a form on a page may be sent to."""

    def __init__(self, site: Path, forms_to: tuple[str, ...] = ()) -> None:
        self.site = site
        self.forms_to = forms_to

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            await self.answer(scope)(scope, receive, send)

    def answer(self, scope: Scope) -> Response:
        """What one request gets."""
        if scope["method"] not in ("GET", "HEAD"):
            return PlainTextResponse(
                "这里只能读。This can only be read.\n", 405, {**HEADERS, "allow": "GET, HEAD"}
            )
        try:
            www = (self.site / "current" / "www").resolve(strict=True)
        except OSError:
            return PlainTextResponse(
                "还没有发布。Nothing is published yet.\n", 503, {**HEADERS, "retry-after": "30"}
            )
        path = str(scope["path"])
        if path.startswith("/release/"):
            kept = snapshots.asked(self.site, path)
            if isinstance(kept, snapshots.Told):
                return JSONResponse(kept.value, kept.status, {**HEADERS, "cache-control": "no-cache"})
            if kept and not kept.path:
                return RedirectResponse(quote(f"{path}/"), 308, HEADERS)
            www, path = (kept.www.resolve(), kept.path) if kept else (www, "/release/")
        found = find(www, path)
        if found is None:
            return self._missing(www)
        if found.is_dir():
            return RedirectResponse(quote("/" + str(scope["path"]).strip("/") + "/"), 308, HEADERS)
        return self._file(www, found, _conditions(scope))

    def _file(self, www: Path, path: Path, conditions: str, status: int = 200) -> Response:
        stat = path.stat()
        etag = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
        headers = {**HEADERS, "etag": etag, "cache-control": _cache(path)}
        kind = TYPES.get(path.suffix, "application/octet-stream")
        if kind.startswith("text/html") or path.suffix == ".svg":
            headers["content-security-policy"] = self.policy(www)
        if status == 200 and etag in conditions:
            return Response(None, 304, headers)
        return FileResponse(path, status, headers, kind, stat_result=stat)

    def _missing(self, www: Path) -> Response:
        page = www / "404.html"
        if page.is_file():
            return self._file(www, page, "", 404)
        return PlainTextResponse("404\n", 404, HEADERS)

    def policy(self, www: Path) -> str:
        """The Content-Security-Policy of this release's pages.

        Scripts in a page are the theme's own and known by their digests. They are read from the 404 page,
        in which no record's text stands, and never from the page that is asked for.
        """
        page = www / "404.html"
        digests = inline_digests(page, page.stat().st_mtime_ns) if page.is_file() else ()
        scripts = " ".join(["'self'", "'wasm-unsafe-eval'", *(f"'{digest}'" for digest in digests)])
        return "; ".join(
            (
                "default-src 'self'",
                f"script-src {scripts}",
                "style-src 'self'",
                "style-src-attr 'unsafe-inline'",
                "img-src 'self' data:",
                "worker-src 'self'",
                "object-src 'none'",
                "base-uri 'self'",
                " ".join(("form-action 'self'", *self.forms_to)),
                "frame-ancestors 'none'",
            )
        )


def find(www: Path, path: str) -> Path | None:
    """The file for an address: index.html for a folder, the folder itself where its slash is missing, None
    if none."""
    parts = path.split("/")
    if "\\" in path or "\0" in path or any(part.startswith(".") for part in parts):
        return None
    try:
        target = www.joinpath(*(part for part in parts if part)).resolve(strict=True)
    except OSError:
        return None
    if not target.is_relative_to(www):
        return None
    if target.is_dir():
        if not (target / "index.html").is_file():
            return None
        return target / "index.html" if path.endswith("/") else target
    return target if target.is_file() and not path.endswith("/") else None


@lru_cache(maxsize=8)
def inline_digests(page: Path, _changed: int) -> tuple[str, ...]:
    """The digests of a page's inline scripts, for every depth: the theme tells a script how far the root
    is."""
    digests: dict[str, None] = {}
    for script in _INLINE.findall(page.read_text("utf-8")):
        roots = ["/", ".", *("/".join([".."] * depth) for depth in range(1, DEEPEST + 1))]
        variants = [_SCOPE.sub(f'new URL("{root}",location)', script) for root in roots]
        for text in dict.fromkeys([script, *variants]):
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            digests[f"sha256-{digest}"] = None
    return tuple(digests)


def _cache(path: Path) -> str:
    """What a digest names never changes; everything else is asked for again, cheaply."""
    return "public, max-age=31536000, immutable" if _DIGESTED.search(path.as_posix()) else "no-cache"


def _conditions(scope: Scope) -> str:
    return b",".join(value for key, value in scope["headers"] if key == b"if-none-match").decode("latin-1")
