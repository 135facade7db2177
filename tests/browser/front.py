"""A second door before the collector: serves a copy of the built app that a test may change, passes the rest on."""

from __future__ import annotations

import http.client
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from collector.app import built
from collector.server import HEADERS
from tests.browser.office import ROOT, Office

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}


class Front:
    """The app out of `files`, the protocol out of the office."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.files = folder / "app"
        shutil.copytree(built(ROOT), self.files)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _door(self.files, office))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def new_version(self) -> None:
        """The same app, built anew: another page, and a worker that names it."""
        page, worker = self.files / "index.html", self.files / "sw.js"
        before = _sha256(page)
        page.write_text(page.read_text().replace("<div id=", "<!-- new --><div id="))
        said = worker.read_text()
        assert before in said
        name = said.split('"mingbai-')[1].split('"')[0]
        worker.write_text(said.replace(before, _sha256(page)).replace(f"mingbai-{name}", "mingbai-new"))


def _sha256(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


def _door(files: Path, office: Office) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/api/"):
                return self._pass_on()
            path = files / (self.path.split("?")[0].lstrip("/") or "index.html")
            if not path.is_file():
                return self._answer(404, {}, b"")
            self._answer(200, {"Content-Type": TYPES[path.suffix], **HEADERS}, path.read_bytes())

        def do_POST(self) -> None:
            self._pass_on()

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            there = http.client.HTTPConnection("127.0.0.1", office.port, timeout=20)
            headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            there.request(self.command, self.path, body or None, headers)
            said = there.getresponse()
            kept = {name: value for name, value in said.getheaders() if name.lower() in ("content-type", "etag")}
            self._answer(said.status, kept, said.read())
            there.close()

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Door
