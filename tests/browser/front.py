"""A second door before the collector: an app that a test may change, over a line that it may spoil."""

from __future__ import annotations

import hashlib
import http.client
import shutil
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from collector.app import built
from tests.browser.office import ROOT, Office

NOT_ASKED = {"host", "origin", "accept-encoding"}
"""The office's own name is asked for; and it packs what it sends, where files here stand in for it."""
MEDIA = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".css": "text/css",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
}
OWN = {"content-length", "connection", "date", "server", "transfer-encoding"}


Answer = tuple[int, list[tuple[str, str]], bytes]


class LineCut(Exception):
    """The line breaks: whoever asked gets no answer."""


class Front:
    """The app out of `files`, all else and every header out of the office."""

    def __init__(self, office: Office, folder: Path, app: Path | None = None) -> None:
        self.files = folder / "app"
        shutil.copytree(app or built(ROOT), self.files)
        self.asked: list[str] = []
        self.line: Callable[[str, bytes, Callable[[], Answer]], Answer] = lambda path, sent, ask: ask()
        """What becomes of a call to the office: its path, its body, and how to ask the office."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _door(self, office))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def new_version(self, name: str = "mingbai-new") -> None:
        """The same app, built anew: another page, and a worker that names it."""
        page, worker = self.files / "index.html", self.files / "sw.js"
        before = _sha256(page)
        page.write_text(page.read_text().replace("<div id=", "<!-- new --><div id="))
        said = worker.read_text()
        assert before in said
        old = said.split('"mingbai-')[1].split('"')[0]
        worker.write_text(said.replace(before, _sha256(page)).replace(f"mingbai-{old}", name))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _door(front: Front, office: Office) -> type[BaseHTTPRequestHandler]:
    headers_of: dict[str, list[tuple[str, str]]] = {}

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            front.asked.append(self.path)
            if self.path.startswith("/api/"):
                self.do_POST()
                return
            if self.path not in headers_of or self.path == "/sw.js":
                _, headers_of[self.path], body = self._ask(b"")
                if self.path == "/sw.js" and b"unregister" in body:
                    self._answer(200, headers_of[self.path], body)
                    return
            path = front.files / (self.path.split("?")[0].lstrip("/") or "index.html")
            status, body = (200, path.read_bytes()) if path.is_file() else (404, b"")
            headers = [pair for pair in headers_of[self.path] if pair[0].lower() != "content-type"]
            self._answer(status, [*headers, ("Content-Type", MEDIA.get(path.suffix, "image/png"))], body)

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                self._answer(*front.line(self.path, sent, lambda: self._ask(sent)))
            except (LineCut, OSError):
                self.close_connection = True
                with suppress(OSError):
                    self.connection.shutdown(socket.SHUT_RDWR)

        do_PUT = do_DELETE = do_POST

        def _ask(self, body: bytes) -> Answer:
            there = http.client.HTTPConnection("127.0.0.1", office.port, timeout=20)
            headers = {name: value for name, value in self.headers.items() if name.lower() not in NOT_ASKED}
            there.request(self.command, self.path, body or None, headers)
            said = there.getresponse()
            answer = said.status, said.getheaders(), said.read()
            there.close()
            return answer

        def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers:
                if name.lower() not in OWN:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Door
