"""Readers that ask for pages all the while a site is built anew, and what they must never see.

Every body that a reader gets must be, byte for byte, the page of one release. `Library` knows the pages of
all releases that were ever in place; a body it does not know is torn.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from publisher.release import current
from tests.publisher.fake import ROOT, few

SERVE = """
import asyncio, sys
from pathlib import Path
from publisher.serve import listen, serve_site

async def run():
    socket = listen(0)
    print(socket.getsockname()[1], flush=True)
    await serve_site(Path(sys.argv[1]), socket)

asyncio.run(run())
"""

BUILD = """
import os, shutil, sys
from datetime import date
from pathlib import Path
from publisher import release

def delete_and_recreate(site, path):
    current = site / "current"
    if current.is_dir() and not current.is_symlink():
        shutil.rmtree(current)
    else:
        current.unlink(missing_ok=True)
    shutil.copytree(path, current)

def write_into_what_is_served(aside, site, id):
    served = (site / "current").resolve()
    for path in aside.rglob("*"):
        if path.is_file():
            target, data = served / path.relative_to(aside), path.read_bytes()
            target.parent.mkdir(parents=True, exist_ok=True)
            with open(target, "wb", buffering=0) as file:
                file.write(data[: len(data) // 2])
                file.write(data[len(data) // 2 :])
    return served

content, home, site = map(Path, sys.argv[1:4])
if sys.argv[5] == "broken":
    release.swap = delete_and_recreate
if sys.argv[5] == "into":
    release._put_in_place = write_into_what_is_served
if sys.argv[5].isdigit():
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[5]),) * 2)
release.build(content, home, site, date.fromisoformat(sys.argv[4]))
"""


def building(home: Path, site: Path, day: str, way: str = "whole") -> subprocess.Popen[bytes]:
    """A build in a process of its own.

    `broken` deletes what is served and copies anew, `into` writes into what is served; a number is how many
    bytes a file may have before the disk takes no more.
    """
    return subprocess.Popen([sys.executable, "-c", BUILD, few(), home, site, day, way], cwd=ROOT)


@dataclass
class Library:
    """What stood at each address in any release."""

    known: dict[str, set[str]] = field(default_factory=dict)
    releases: set[str] = field(default_factory=set)

    def take_up(self, site: Path) -> int:
        """Take up the releases that are new; how many there have been."""
        for release in sorted((site / "releases").iterdir()):
            if release.name.startswith(".") or release.name in self.releases:
                continue
            self.releases.add(release.name)
            www = release / "www"
            for path in www.rglob("*"):
                if path.is_file():
                    address = path.relative_to(www).as_posix()
                    self.known.setdefault(address, set()).add(_digest(path.read_bytes()))
        return len(self.releases)


@dataclass
class Seen:
    """What readers got: how many pages, what failed and how, and each body once."""

    asked: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    bodies: set[tuple[str, str]] = field(default_factory=set)

    def torn(self, library: Library) -> list[str]:
        """The addresses under which a body came that was never a page of a release."""
        return sorted({path for path, digest in self.bodies if digest not in library.known.get(path, ())})


class Readers:
    """Threads that fetch random pages, some through a server, some straight from the disk as nginx does."""

    def __init__(self, site: Path, port: int, pages: list[str], each: int = 2, seed: int = 1) -> None:
        self.site, self.port, self.pages = site, port, pages
        self.over = threading.Event()
        self.seen = {"server": Seen(), "files": Seen()}
        self.threads = [
            threading.Thread(target=self._read, args=(how, seed * 100 + n), daemon=True)
            for how in self.seen
            for n in range(each)
        ]
        self.lock = threading.Lock()

    def __enter__(self) -> Readers:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(30)

    def _read(self, how: str, seed: int) -> None:
        pick, seen = random.Random(seed), self.seen[how]
        fetch = self._from_server if how == "server" else self._from_files
        while not self.over.is_set():
            path = pick.choice(self.pages)
            try:
                body, fault = fetch(path), ""
            except (OSError, http.client.HTTPException, Unanswered) as error:
                body, fault = b"", f"{type(error).__name__} {error}"[:80]
            with self.lock:
                seen.asked += 1
                if fault:
                    seen.failed[fault] += 1
                else:
                    seen.bodies.add((path, _digest(body)))
            time.sleep(pick.uniform(0, 0.004))  # other people need the machine, too

    def _from_server(self, path: str) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", f"/{path}")
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise Unanswered(str(answer.status))
            return body
        finally:
            connection.close()

    def _from_files(self, path: str) -> bytes:
        """Open, ask for the size, read in pieces: the file may lose its name meanwhile."""
        with open(self.site / "current" / "www" / path, "rb") as file:
            size, parts = os.fstat(file.fileno()).st_size, []
            while part := file.read(4096):
                parts.append(part)
                time.sleep(0)
            body = b"".join(parts)
        if len(body) != size:
            raise Unanswered(f"{len(body)} bytes of {size}")
        return body


def held_whole(site: Path) -> Path:
    """The release that is served, once every file its manifest names was found whole."""
    found = current(site)
    assert found is not None and (site / "current").is_symlink()
    path, manifest = found
    for name, digest in manifest.files.items():
        file = path / name if name.startswith("data/") else path / "www" / name
        assert hashlib.sha256(file.read_bytes()).hexdigest() == digest, name
    for page in manifest.pages:
        assert (path / "www" / page).stat().st_size or not page.endswith(".html"), page
    with contextlib.closing(
        sqlite3.connect(f"file:{path}/data/public.db?mode=ro&immutable=1", uri=True)
    ) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return path


class Unanswered(Exception):
    """A request that did not bring a whole page."""


@contextlib.contextmanager
def served(site: Path) -> Iterator[int]:
    """The port at which a server of its own process serves a site folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, site], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
