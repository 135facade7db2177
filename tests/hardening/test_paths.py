"""No name that somebody sends becomes a way to a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import anyio
import httpx
import pytest

from collector.record_files import read_files
from collector.state import Collector
from ledger.blobs import digest_in
from ledger.problems import Problems
from ledger.records import parse_record, read_record
from publisher.static_site import Site
from tests.collector.phone import API, Client, Phone

SECRET = "SECRET-29.4321"
UP = ("../", "..\\", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", "..;/", "....//", "..%252f", "%c0%ae%c0%ae/",
    "..%c0%af", "..%u2215", "．．/", "..／",
      "%00../", "./../", "..//", ".%2e/", "..%09/", "..%00/", "\u202e../")  # fmt: skip
TARGETS = ("secret.txt", "home/keys/secret.txt", "etc/passwd", "proc/self/environ")
ALONE = ("/etc/passwd", "//etc/passwd", "file:///etc/passwd", "C:\\secret.txt", "\\\\host\\share",
    "~/secret.txt", "secret.txt\0.html", "%00", "\0", ".", "..", "...",
         "./", "/", "", " ", "con", "nul.yaml", "a" * 5000, "a/" * 2000, "-rf", "--help", "|id", ";id",
         "$(id)", "`id`", "%0d%0aX: y", "\r\nX: y", "\ud7ff", "*", "?", "secret.txt/", ".git/config",
         ".htaccess")  # fmt: skip


def ways() -> Iterator[str]:
    """Every way up, one to eight steps, to each target; and names that are no way."""
    for up in UP:
        for steps in (1, 3, 8):
            for target in TARGETS:
                yield up * steps + target
    yield from ALONE


WAYS = list(ways())
FEW = WAYS[:: max(1, len(WAYS) // 90)] + list(ALONE)


@pytest.fixture
def planted(collector: Collector, tmp_path: Path) -> list[Path]:
    """Secrets wherever a way might lead; the list of all files that are there."""
    for folder in (tmp_path, tmp_path / "home", tmp_path / "app/..", tmp_path / "home/keys"):
        (folder / "secret.txt").write_text(SECRET)
    (tmp_path / "app/link.html").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "app/folder").symlink_to(tmp_path / "home")
    return files(tmp_path)


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix not in (".db-wal", ".db-shm"))


def told(answer: Any) -> bytes:
    assert answer.status_code < 500, answer.content
    return bytes(answer.content)


def test_the_app_is_all_that_is_served(client: Client, planted: list[Path], tmp_path: Path) -> None:
    for way in (*WAYS, "link.html", "folder/secret.txt", "folder/", "assets/../../secret.txt"):
        for path in (
            f"/{way}",
            f"/assets/{way}",
            f"/{quote(way, safe='')}",
            f"/assets/{quote(way, safe='/')}",
        ):
            try:
                body = told(client.request("GET", path))
            except (httpx.InvalidURL, ValueError):
                continue  # no client says this
            assert SECRET.encode() not in body and b"root:" not in body and b"BEGIN" not in body
    assert files(tmp_path) == planted


ROUTES = [
    ("GET", "/ref/{}"), ("GET", "/draft/{}"), ("PUT", "/draft/{}"), ("DELETE", "/draft/{}"), ("GET",
    "/blob/{}"), ("HEAD", "/blob/{}"), ("PUT", "/blob/{}?offset=0"),
    ("GET", "/blob/{}?size=small"), ("GET", "/pull?cursor={}"), ("GET", "/counts?ballot={}"), ("GET", "/{}"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "route"), ROUTES)
def test_no_name_in_an_address_leads_to_a_file(
    phone: Phone, planted: list[Path], tmp_path: Path, method: str, route: str
) -> None:
    for way in FEW:
        if method == "DELETE" and not way.strip("./ "):
            continue
        try:
            answer = phone.signed(method, route.format(quote(way, safe="")), b"\xff\xd8\xff" + bytes(20))
        except (httpx.InvalidURL, ValueError):
            continue
        body = told(answer)
        assert (
            answer.status_code in (200, 400, 401, 403, 404, 405, 413, 415, 422)
            and SECRET.encode() not in body
        )
    assert files(tmp_path) == planted


@pytest.mark.parametrize("field", ["id", "kind", "form", "device", "ledger", "prev", "replaces"])
def test_no_name_in_a_record_leads_to_a_file(
    phone: Phone, collector: Collector, planted: list[Path], tmp_path: Path, field: str
) -> None:
    form = collector.store.current["note"]
    records = [
        phone.record(form, {"day": "2026-03-02", "subject": "事"}, **{field: way})
        for way in FEW
        if way.isprintable()
    ]
    for at in range(0, len(records), 50):
        answer = phone.push(records[at : at + 50])
        assert answer.status_code == 200
        assert "accepted" not in {each["state"] for each in answer.json()["results"]} or field == "prev"
    assert files(tmp_path) == planted
    assert not (tmp_path / "evil").exists()


def test_no_name_of_a_photo_leads_to_a_file() -> None:
    for way in WAYS:
        assert digest_in(way) is None and digest_in(f"sha256-{way}") is None
    assert digest_in(f"sha256-{'a' * 64}\n") is None and digest_in(f"sha256-{'A' * 64}") is None


def test_no_name_of_a_record_file_is_a_way(tmp_path: Path) -> None:
    good = "kind: note\nanswers:\n  subject: a\n"
    for way in WAYS:
        try:
            name = parse_record(good, f"{way}.yaml").name
        except (Problems, ValueError):
            continue
        assert re.fullmatch("[a-z0-9-]+|[A-Z]{2}-[0-9]{4}-[0-9A-Z]{4,}", name), way
    (tmp_path / "note").mkdir()
    for name in ("..", "A", "a b", "-a", "é", "a_b", "a.b", "a" * 81, "\u202ea"):
        path = tmp_path / f"note/{name}.yaml"
        path.write_text(good)
        with pytest.raises(Problems):
            read_record(path)


def test_no_kind_in_a_record_file_is_a_way(tmp_path: Path, collector: Collector) -> None:
    for kind in ("../../evil", "/etc", "..", "note/../../evil", "note\\evil"):
        path = tmp_path / "odd/a.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"kind: '{kind}'\nanswers:\n  subject: a\n")
        with pytest.raises(Problems):
            read_files([path], collector.store.current)


def test_the_public_site_serves_its_release_and_nothing_beside_it(tmp_path: Path) -> None:
    www = tmp_path / "site/releases/2026-11-26-000001-0123456789/www"
    www.mkdir(parents=True)
    (www / "index.html").write_text("page")
    (www / "404.html").write_text("none")
    (tmp_path / "site/current").symlink_to("releases/2026-11-26-000001-0123456789")
    for folder in (tmp_path, tmp_path / "site", www.parent, www.parents[1]):
        (folder / "secret.txt").write_text(SECRET)
    (www / "link.html").symlink_to(tmp_path / "secret.txt")
    (www / "out").symlink_to(tmp_path)
    (www / ".hidden").write_text(SECRET)
    before = files(tmp_path)

    async def ask() -> None:
        transport = httpx.ASGITransport(Site(tmp_path / "site"))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            for way in (*WAYS, "link.html", "out/secret.txt", ".hidden"):
                for path in (
                    f"/{quote(way, safe='/')}",
                    f"/release/{quote(way, safe='')}",
                    f"/release/2026-11-26-000001-0123456789/{quote(way, safe='/')}",
                ):
                    answer = await client.get(path)
                    assert (
                        answer.status_code < 500 and SECRET not in answer.text and "root:" not in answer.text
                    )
            assert (await client.get("/")).text == "page"

    anyio.run(ask)
    assert files(tmp_path) == before


def test_a_door_without_a_lock_would_be_seen(
    client: Client, collector: Collector, planted: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.server._file", lambda app, path: (app / path).resolve(strict=False))
    seen = [
        way for way in ("link.html", "folder/secret.txt", "..%2fsecret.txt")
        if SECRET.encode() in client.request("GET", f"/{way}").content
    ]  # fmt: skip
    assert len(seen) == 3 and API
