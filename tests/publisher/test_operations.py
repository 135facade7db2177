"""The configurations that docs/operations.md gives are run as they stand there; only places are put in."""

from __future__ import annotations

import asyncio
import datetime
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from publisher.policy import nginx_map
from publisher.static_site import HEADERS, TYPES, Site
from tests.publisher.fake import ROOT
from tests.publisher.test_serve import PAGE, publish

FOLDER = ROOT / "docs/operations"
UNITS = sorted(path for path in FOLDER.iterdir() if path.suffix in (".service", ".timer"))
NGINX = shutil.which("nginx") or ("/usr/sbin/nginx" if Path("/usr/sbin/nginx").exists() else None)
needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed: apt-get install nginx")
needs_rsync = pytest.mark.skipif(shutil.which("rsync") is None, reason="rsync is not installed")
needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)
LONG = "路灯修好了。" * 400
ASSET = "assets/bundle.0123abcd.min.js"
INDEX = f"search/{'0a' * 12}/pagefind-entry.json"
ADDRESSES = [
    "",
    "visit/",
    "visit/ZF-2026-7KQ4.html",
    ASSET,
    INDEX,
    "assets/site.css",
    "nowhere.html",
    "data/all.db",
]
ADDRESSES += [f"types/file{suffix}" for suffix in TYPES]
MAIN = """
worker_processes 1;
daemon off;
pid {run}/pid;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {run}/body;
    proxy_temp_path {run}/proxy;
    fastcgi_temp_path {run}/fastcgi;
    uwsgi_temp_path {run}/uwsgi;
    scgi_temp_path {run}/scgi;
    include {run}/mingbai.conf;
}}
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    pages = {
        "index.html": PAGE.format(root=".") + LONG,
        "404.html": PAGE.format(root="/") + "没有这个页面",
        "visit/index.html": "走访",
        "visit/ZF-2026-7KQ4.html": PAGE.format(root=".."),
        ASSET: "1" * 2000,
        INDEX: "{}",
        "assets/site.css": "a{}" * 900,
        "data/all.db": "0123456789" * 500,
        **{f"types/file{suffix}": "x" for suffix in TYPES},
    }
    publish(tmp_path / "site", "one", pages)
    (tmp_path / "site/current/manifest.json").write_text("{}")
    (tmp_path / "site/current/www/.hidden").write_text("secret")
    return tmp_path / "site"


class Asked(BaseHTTPRequestHandler):
    """Stands in for Datasette and the collector: says what reached it."""

    count = 0

    def do_GET(self) -> None:
        type(self).count += 1
        body = f"{self.command} {self.path} {self.headers['Host']} {type(self).count}".encode()
        self.send_response(200)
        self.send_header("cache-control", "max-age=60")
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass


@dataclass(frozen=True)
class Proxy:
    """nginx with our configuration: ask it as one of the three names."""

    port: int

    def ask(self, name: str, path: str, method: str = "GET", **headers: str) -> httpx.Response:
        """One request, the path as it is."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        host = f"{name}.example.cn"
        with httpx.Client(verify=context) as client:
            return client.request(
                method,
                httpx.URL(f"https://127.0.0.1:{self.port}", raw_path=path.encode()),
                headers={"host": host, **headers},
                extensions={"sni_hostname": host},
            )


@contextmanager
def running(site: Path, run: Path, upstream: int) -> Iterator[Proxy]:
    """nginx over this very file: ports, folders and certificate put in, nothing else."""
    run.mkdir()
    port, plain = free_port(), free_port()
    certificate(run)
    (run / "policy.map").write_text(nginx_map(site), "utf-8")
    put = {
        "/etc/nginx/mingbai-policy.map": f"{run}/policy.map",
        "/var/cache/nginx/mingbai": f"{run}/cache",
        "/srv/mingbai/site": str(site),
        "/etc/ssl/mingbai": f"{run}/tls",
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "http://127.0.0.1:8752": f"http://127.0.0.1:{upstream}",
        "http://127.0.0.1:8751": f"http://127.0.0.1:{upstream}",
    }
    text = (FOLDER / "nginx.conf").read_text("utf-8")
    for there, here in put.items():
        assert there in text, there
        text = text.replace(there, here)
    (run / "mingbai.conf").write_text(text, "utf-8")
    (run / "nginx.conf").write_text(MAIN.format(run=run), "utf-8")
    user = ["-g", "user root;"] if os.getuid() == 0 else []  # pytest's folders are its own user's alone
    command = [str(NGINX), "-e", f"{run}/error.log", "-p", str(run), "-c", f"{run}/nginx.conf", *user]
    said = (run / "said").open("w")
    process = subprocess.Popen(command, stdout=said, stderr=said)
    try:
        while True:
            with socket.socket() as trial:
                if trial.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None:
                pytest.fail((run / "said").read_text() + (run / "error.log").read_text())
            time.sleep(0.02)
        yield Proxy(port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
        said.close()


@pytest.fixture
def proxy(site: Path, tmp_path: Path) -> Iterator[Proxy]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Asked)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with running(site, tmp_path / "run", server.server_port) as proxy:
            yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def certificate(run: Path) -> None:
    """A certificate for nobody, for an hour."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "www.example.cn")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + datetime.timedelta(hours=1))
    (run / "tls.crt").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (run / "tls.key").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))


def ours(site: Path, path: str) -> httpx.Response:
    """What our own server answers."""

    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(Site(site))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://site") as client:
            return await client.get(f"/{path}")

    return asyncio.run(run())


@needs_nginx
def test_nginx_gives_each_file_the_headers_that_our_own_server_gives(proxy: Proxy, site: Path) -> None:
    same = ["content-type", "cache-control", "content-security-policy", *HEADERS]
    for path in ADDRESSES:
        theirs, own = proxy.ask("www", f"/{path}"), ours(site, path)
        assert theirs.status_code == own.status_code, path
        assert {name: theirs.headers.get(name) for name in same} == {
            name: own.headers.get(name) for name in same
        }, path
        assert theirs.content == own.content
        assert theirs.headers["strict-transport-security"] and "nginx/" not in theirs.headers["server"]


@needs_nginx
def test_nginx_compresses_texts_answers_ranges_and_says_what_has_not_changed(proxy: Proxy) -> None:
    page = proxy.ask("www", "/", **{"accept-encoding": "gzip"})
    assert page.headers["content-encoding"] == "gzip" and LONG in page.text
    part = proxy.ask("www", "/data/all.db", range="bytes=10-19")
    assert (part.status_code, part.content) == (206, b"0123456789")
    again = proxy.ask("www", "/", **{"if-none-match": page.headers["etag"]})
    assert again.status_code == 304 and not again.content


@needs_nginx
def test_nginx_lets_nothing_in_but_reading_and_nothing_out_but_pages(proxy: Proxy) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        answer = proxy.ask("www", "/", method)
        assert answer.status_code == 405 and answer.headers["allow"] == "GET, HEAD", method
        assert proxy.ask("data", "/public.json", method).status_code == 405
    for path in (
        "/.hidden",
        "/../manifest.json",
        "/visit/%2e%2e/%2e%2e/manifest.json",
        "/..%5cmanifest.json",
    ):
        assert proxy.ask("www", path).status_code in (400, 404), path
    assert proxy.ask("www", "/visit\\..\\x").status_code in (400, 404)
    assert proxy.ask("data", "/%5cevil.example").status_code == 400
    assert proxy.ask("data", "/public?sql=select%20'%5C'").status_code == 200  # in a question it is a letter


@needs_nginx
def test_nginx_serves_a_new_release_without_being_told(proxy: Proxy, site: Path) -> None:
    assert "没有这个页面" in proxy.ask("www", "/new.html").text
    publish(site, "two", {"index.html": "二", "404.html": "没有", "new.html": "新的"})
    assert proxy.ask("www", "/new.html").text == "新的" and proxy.ask("www", "/").text == "二"


@needs_nginx
def test_nginx_asks_datasette_once_for_the_same_question_and_bounds_sql(proxy: Proxy) -> None:
    first, second = (proxy.ask("data", "/public/visit.json?_size=1").text for _ in range(2))
    assert first == second and first.startswith("GET /public/visit.json?_size=1 data.example.cn")
    asked = [proxy.ask("data", f"/public?sql=select+{n}").status_code for n in range(12)]
    assert asked[:5] == [200] * 5 and 429 in asked
    assert proxy.ask("data", "/public/visit.json?_size=2").status_code == 200  # others go on reading
    pushed = proxy.ask("collect", "/api//v1/push?x=%2F", "POST")
    assert pushed.text.startswith("POST /api//v1/push?x=%2F collect.example.cn")


def test_every_type_that_our_server_knows_stands_in_the_configuration() -> None:
    block = re.search(r"types \{(.*?)\}", (FOLDER / "nginx.conf").read_text("utf-8"), re.S)
    assert block
    known = {
        f".{suffix}": words[0]
        for line in block[1].split(";")
        if (words := line.split())
        for suffix in words[1:]
    }
    assert known == {suffix: kind.partition(";")[0] for suffix, kind in TYPES.items()}


@needs_systemd
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_finds_no_fault_in_the_units(unit: Path, tmp_path: Path) -> None:
    for path in UNITS:
        text = path.read_text("utf-8").replace("/srv/mingbai/app/.venv/bin/python", sys.executable)
        (tmp_path / path.name).write_text(text.replace("/srv/mingbai/app", str(ROOT)), "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", "--man=no", tmp_path / unit.name],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and unit.name not in done.stderr, done.stderr


@needs_rsync
def test_a_static_host_gets_one_whole_release_and_keeps_no_page_that_is_gone(
    site: Path, tmp_path: Path
) -> None:
    target = tmp_path / "host"
    target.mkdir()
    copy = [FOLDER / "static-host.sh", site, f"{target}/"]
    subprocess.run(copy, check=True)
    pages = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert {"index.html", "404.html", "visit/index.html", ASSET} <= pages
    inode = (target / "index.html").stat().st_ino
    publish(site, "two", {"index.html": PAGE.format(root=".") + LONG, "404.html": "没有", "new.html": "新的"})
    subprocess.run(copy, check=True)
    assert (target / "new.html").read_text() == "新的" and not (target / "visit").exists()
    assert (target / "index.html").stat().st_ino == inode  # the same bytes are not sent again


def test_every_file_of_the_folder_is_spoken_of_in_the_guide() -> None:
    guide = (ROOT / "docs/operations.md").read_text("utf-8")
    assert all(f"operations/{path.name}" in guide for path in FOLDER.iterdir())
