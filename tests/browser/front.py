"""A second door before the collector: passes everything on, but serves an app that a test may change."""

from __future__ import annotations

import hashlib
import http.client
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from collector.app import built
from tests.browser.office import ROOT, Office

NOT_ASKED = {"host", "accept-encoding"}  # the office packs what it sends, and here files stand in for it
OWN = {"content-length", "connection", "date", "server", "transfer-encoding"}


class Front:
    """The app out of `files`, all else and every header out of the office."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.files = folder / "app"
        shutil.copytree(built(ROOT), self.files)
        self.asked: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _door(self.files, office, self.asked))
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
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _door(files: Path, office: Office, asked: list[str]) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            status, headers, body = self._ask()
            if not self.path.startswith("/api/"):
                path = files / (self.path.split("?")[0].lstrip("/") or "index.html")
                status, body = (200, path.read_bytes()) if path.is_file() else (404, b"")
            self._answer(status, headers, body)

        def do_POST(self) -> None:
            self._answer(*self._ask())

        def _ask(self) -> tuple[int, list[tuple[str, str]], bytes]:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
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
