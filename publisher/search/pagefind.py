"""The Pagefind program: records go in, the files of an index come out.

Spoken to directly (`--service`: base64 JSON between commas), for its Python wrapper sleeps a tenth of a
second for each record. The same records in the same order give the same bytes.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from typing import IO, Any

from pagefind_bin_extended import get_executable

from ledger.problems import Problem, Problems

PROGRAM = "pagefind_bin_extended"
LANGUAGE = "unknown"  # no dictionary and no stems: words are what publisher.search.tokens says
ENGINE = ("pagefind.js", "pagefind-worker.js", "wasm.unknown.pagefind")
"""What searches in the browser, the same for every index."""
PARTS_OF_INDEX = (".pf_meta", ".pf_index", ".pf_fragment", "pagefind-entry.json")
_INDEX = 0


@dataclass(frozen=True)
class Record:
    """One page for the index: its address and the words of its heading and its text."""

    url: str
    heading: str
    words: str


class NoIndex(RuntimeError):
    """Pagefind did not do what it was asked for."""


def program_version() -> str:
    """Which Pagefind it is, for digests."""
    return f"{PROGRAM} {version(PROGRAM)}"


def index(records: Iterable[Record]) -> dict[str, bytes]:
    """The files of an index of these records, by their paths in its folder. A failure is a Problem."""
    try:
        files = _served(records)
    except (OSError, ValueError, NoIndex) as failed:
        what = f"Pagefind made no search index: {failed}. Install it anew: pip install {PROGRAM}"
        raise Problems([Problem("search", "", what)]) from failed
    return {path: data for path, data in sorted(files.items()) if path.endswith((*PARTS_OF_INDEX, *ENGINE))}


def _served(records: Iterable[Record]) -> dict[str, bytes]:
    quiet = {name: value for name, value in os.environ.items() if not name.startswith("PAGEFIND_")}
    with (
        tempfile.TemporaryDirectory() as empty,  # it reads settings from where it is started
        subprocess.Popen(
            [get_executable(), "--service"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=empty,
            env=quiet,
        ) as program,
    ):
        assert program.stdin and program.stdout
        telling = threading.Thread(target=_tell, args=(program.stdin, _requests(records)))
        telling.start()
        try:
            answered = _files(program.stdout)
        finally:
            program.kill()
            telling.join()
    return answered


def _requests(records: Iterable[Record]) -> Iterator[Mapping[str, Any]]:
    yield {"type": "NewIndex", "config": {"force_language": LANGUAGE}}
    for record in records:
        yield {
            "type": "AddRecord",
            "index_id": _INDEX,
            "url": record.url,
            "content": record.words,
            "language": LANGUAGE,
            "meta": {"title": record.heading},
            "filters": None,
            "sort": None,
        }
    yield {"type": "GetFiles", "index_id": _INDEX}


def _tell(program: IO[bytes], requests: Iterable[Mapping[str, Any]]) -> None:
    """Say it all; what is wrong with a program that hears no more is found where its answers are read."""
    with suppress(OSError):
        for n, payload in enumerate(requests, 1):
            said = json.dumps({"message_id": n, "payload": payload}).encode()
            program.write(base64.b64encode(said) + b",")
        program.flush()  # and left open: it ends when there is nothing more to hear


def _files(program: IO[bytes]) -> dict[str, bytes]:
    for message in _messages(program):
        payload = message["payload"]
        if payload["type"] == "Error":
            raise NoIndex(payload["message"])
        if payload["type"] == "GetFiles":
            return {each["path"]: base64.b64decode(each["content"]) for each in payload["files"]}
    raise NoIndex("it ended before it had answered")


def _messages(program: IO[bytes]) -> Iterator[Mapping[str, Any]]:
    begun: list[bytes] = []
    while chunk := program.read1(1 << 20):  # type: ignore[attr-defined]
        *whole, rest = chunk.split(b",")
        for part in whole:
            yield json.loads(base64.b64decode(b"".join([*begun, part])))
            begun = []
        begun.append(rest)
