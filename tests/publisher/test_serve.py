"""The public site's server: files of the current release, harmless headers, nothing else."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import re
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from publisher.serve import PortBusy, Ports, listen, run, serve_site
from publisher.static_site import Site
from tests.publisher.small_release import ROOT

THEME = '<script>__md_scope=new URL("{root}",location)</script><script>var palette=1</script>'
PAGE = '<!doctype html><title>x</title><script src="a.js"></script>' + THEME


def publish(site: Path, release: str, pages: dict[str, str]) -> None:
    """A release in place, as build.py leaves it."""
    for name, text in pages.items():
        path = site / "releases" / release / "www" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    link = site / ".next"
    link.symlink_to(Path("releases") / release)
    os.replace(link, site / "current")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    pages = {
        "index.html": PAGE.format(root="."),
        "404.html": PAGE.format(root="/") + "没有这个页面",
        "visit/index.html": "走访",
        "visit/ZF-2026-7KQ4.html": PAGE.format(root=".."),
        "assets/bundle.0123abcd.min.js": "1",
        "data/records.csv": "a",
        "名册.html": "名册",
        "empty/x.txt": "x",
    }
    publish(tmp_path / "site", "one", pages)
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "site" / "current" / "manifest.json").write_text("{}")
    return tmp_path / "site"


def ask(site: Path, *addresses: str, method: str = "GET", **more: Any) -> list[httpx.Response]:
    """Requests to the site's app; an address is sent as it is, without being tidied up."""

    async def run() -> list[httpx.Response]:
        transport = httpx.ASGITransport(Site(site, ("https://data.example.cn",)))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://site") as client:
            return [
                await client.request(method, httpx.URL(f"http://site{each}"), **more) for each in addresses
            ]

    return asyncio.run(run())


def raw(site: Path, path: str) -> int:
    """The status of a request whose path no client would send."""
    sent: list[Any] = []

    async def run() -> None:
        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            await asyncio.Event().wait()

        scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b""}
        await Site(site)(scope, receive, send)

    asyncio.run(run())
    status: int = sent[0]["status"]
    return status


def test_pages_and_files_are_served_with_their_types(site: Path) -> None:
    home, page, folder, script, table, chinese = ask(
        site,
        "/",
        "/visit/ZF-2026-7KQ4.html",
        "/visit/",
        "/assets/bundle.0123abcd.min.js",
        "/data/records.csv",
        "/名册.html",
    )
    assert home.status_code == page.status_code == folder.status_code == chinese.status_code == 200
    assert home.headers["content-type"] == "text/html; charset=utf-8"
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert "immutable" in script.headers["cache-control"] and home.headers["cache-control"] == "no-cache"


def test_a_wrong_address_gets_the_404_page(site: Path) -> None:
    (answer,) = ask(site, "/nothing.html")
    assert answer.status_code == 404 and "没有这个页面" in answer.text


def test_a_folder_is_never_listed(site: Path) -> None:
    listed, bare = ask(site, "/empty/", "/visit", follow_redirects=False)
    assert listed.status_code == 404
    assert (bare.status_code, bare.headers["location"]) == (308, "/visit/")


@pytest.mark.parametrize(
    "path",
    [
        "/../manifest.json", "/../../secret.txt", "/visit/../../manifest.json", "/..", "/./index.html",
        "/.hidden",
        "/visit/..\\..\\secret.txt", "/\0", "//etc/passwd", "/visit/ZF-2026-7KQ4.html/", "/" + "a" * 5000,
    ],
)  # fmt: skip
def test_no_address_leads_out_of_the_release(site: Path, path: str) -> None:
    assert raw(site, path) == 404


def test_a_link_in_a_release_leads_nowhere_outside(site: Path) -> None:
    (site / "releases/one/www/out.txt").symlink_to(site.parent / "secret.txt")
    assert raw(site, "/out.txt") == 404


def test_the_site_can_only_be_read(site: Path) -> None:
    assert [ask(site, "/", method=method)[0].status_code for method in ("POST", "PUT", "DELETE")] == [405] * 3
    head = ask(site, "/", method="HEAD")[0]
    assert head.status_code == 200 and head.content == b""


def test_what_has_not_changed_is_not_sent_again(site: Path) -> None:
    (first,) = ask(site, "/index.html")
    (again,) = ask(site, "/index.html", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304 and again.content == b""


def test_part_of_a_file_can_be_asked_for(site: Path) -> None:
    (part,) = ask(site, "/data/records.csv", headers={"range": "bytes=0-0"})
    assert part.status_code == 206 and part.text == "a"


def test_a_new_release_is_served_at_once(site: Path) -> None:
    publish(site, "two", {"index.html": "第二版", "404.html": "x"})
    assert ask(site, "/")[0].text == "第二版"


def test_nothing_published_yet_is_said(tmp_path: Path) -> None:
    (answer,) = ask(tmp_path, "/")
    assert answer.status_code == 503 and answer.headers["retry-after"] == "30"


def test_every_answer_carries_the_headers_that_keep_it_harmless(site: Path) -> None:
    for answer in ask(site, "/", "/nothing", "/data/records.csv", "/visit"):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "server" not in answer.headers
    policy = ask(site, "/")[0].headers["content-security-policy"]
    assert "default-src 'self'" in policy and "object-src 'none'" in policy and "unsafe-eval'" in policy
    assert "form-action 'self' https://data.example.cn" in policy
    assert "'unsafe-inline'" not in policy.split("style-src-attr")[0]


def allowed(policy: str, page: str) -> list[bool]:
    """For each inline script of a page, whether the browser will run it."""
    scripts = re.findall(r"<script>(.*?)</script>", page, re.S)
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts]
    return [f"'sha256-{digest}'" in policy for digest in digests]


def test_the_themes_own_scripts_run_at_every_depth(site: Path) -> None:
    for answer in ask(site, "/", "/visit/ZF-2026-7KQ4.html", "/nothing"):
        assert allowed(answer.headers["content-security-policy"], answer.text) == [True, True]


def test_a_script_that_came_with_a_record_does_not_run(site: Path) -> None:
    publish(
        site, "bad", {"index.html": PAGE.format(root=".") + "<script>alert(1)</script>", "404.html": PAGE}
    )
    (answer,) = ask(site, "/")
    assert allowed(answer.headers["content-security-policy"], answer.text)[-1] is False


def test_a_port_in_use_is_said_plainly() -> None:
    with listen(0) as taken, pytest.raises(PortBusy, match="choose another port"):
        listen(taken.getsockname()[1])


async def fetch(port: int, path: str) -> tuple[int, bytes]:
    """One request on a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]) if head else 0, body


def run_with(work: Callable[[Ports], Awaitable[None]], site: Path, **more: Any) -> None:
    """Serve a site, do some work beside it, and stop."""

    async def both() -> None:
        ready: asyncio.Future[Ports] = asyncio.get_running_loop().create_future()

        async def until() -> None:
            await work(await ready)

        await asyncio.wait_for(run(site, Ports(0, 0), ready=ready.set_result, until=until(), **more), 120)

    asyncio.run(both())


def test_a_reader_sees_one_whole_release_or_the_next(site: Path) -> None:
    async def read_through(ports: Ports) -> None:
        for n in range(20):
            await asyncio.to_thread(publish, site, f"r{n}", {"index.html": f"{n}" * 50_000, "404.html": "x"})
            status, body = await fetch(ports.www, "/")
            assert status == 200 and set(body) <= set(b"0123456789") and len(set(body)) <= 2

    async def serve() -> None:
        with listen(0) as listener:
            port = listener.getsockname()[1]
            serving = asyncio.ensure_future(serve_site(site, listener))
            await read_through(Ports(port, 0))
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

    asyncio.run(serve())


def test_a_job_that_fails_ends_the_whole(site: Path) -> None:
    async def fails() -> None:
        raise RuntimeError("no more")

    (site / "current").unlink()

    async def forever(_: Ports) -> None:
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="no more"):
        run_with(forever, site, jobs=[fails])


def test_ports_are_free_again_afterwards(site: Path) -> None:
    (site / "current").unlink()
    seen: list[Ports] = []

    async def look(ports: Ports) -> None:
        seen.append(ports)
        assert (await fetch(ports.www, "/"))[0] == 503

    run_with(look, site)
    for port in (seen[0].www, seen[0].data):
        with socket.socket() as again:
            again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            again.bind(("127.0.0.1", port))


def test_a_site_is_served_from_the_command_line_until_stopped(site: Path) -> None:
    (site / "current").unlink()
    command = [sys.executable, "-m", "publisher.serve", str(site), "--www", "0", "--data", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        www = process.stdout.readline().strip()
        assert httpx.get(www).status_code == 503
        process.terminate()
        assert process.wait(20) == 0


def test_a_taken_port_ends_with_a_plain_line(site: Path) -> None:
    with listen(0) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "publisher.serve", str(site), "--www", port, "--data", "0"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 4 and "choose another port" in done.stderr and "Traceback" not in done.stderr
