"""A small published data folder, made without a ledger: forms, rows, index and what Datasette is told."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import sqlite_utils

from ledger.congress import Congress, load_congress
from ledger.forms import Form, parse_form
from ledger.words import load_words
from publisher.data import fulltext, views
from publisher.data.config import write_config
from publisher.out import tables

ROOT = Path(__file__).parents[2]
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

PLACE = """
kind: place
label: {zh: 地方, en: Place}
description: {zh: 一处一条。, en: One for each place.}
code: DF
written_by: [clerk]
fields:
  name:
    label: {zh: 名称, en: Name}
    schema: {type: string, maxLength: 40}
    required: true
    publish: full
page: {title: '{{ name }}', columns: [name], sort: name, search: [name]}
"""

RECORD = """
kind: record
label: {zh: 记录, en: Record}
description: {zh: 每件事记一条。, en: One for each matter.}
code: JL
written_by: [clerk]
about: place
author: full
fields:
  subject:
    label: {zh: 事由, en: Subject}
    schema: {type: string, maxLength: 100}
    required: true
    publish: full
  body:
    label: {zh: 正文, en: Text}
    schema: {type: string, maxLength: 6000}
    shown_as: long
    publish: full
  seen_on:
    label: {zh: 日期, en: Date}
    schema: {type: string, format: date}
    publish: full
  level:
    label: {zh: 级别, en: Level}
    schema: {type: string}
    choices:
      high: {zh: 紧急, en: Urgent}
      low: {zh: 一般, en: Ordinary}
    publish: full
  topics:
    label: {zh: 话题, en: Topics}
    schema: {type: array}
    choices:
      water: {zh: 饮水, en: Water}
      roads: {zh: 道路, en: Roads}
    publish: full
  place:
    label: {zh: 地点, en: Place}
    schema: {type: string}
    refers_to: place
    publish: full
  places:
    label: {zh: 涉及地点, en: Places concerned}
    schema: {type: array}
    refers_to: place
    publish: full
  cost:
    label: {zh: 金额, en: Cost}
    schema: {type: integer}
    shown_as: money
    unit: {zh: 元, en: yuan}
    publish: full
  households:
    label: {zh: 户数, en: Households}
    schema: {type: integer}
    unit: {zh: 户, en: households}
    publish: full
  steps:
    label: {zh: 步骤, en: Steps}
    each:
      what:
        label: {zh: 做什么, en: What}
        schema: {type: string, maxLength: 200}
        required: true
        publish: full
    publish: full
  people:
    label: {zh: 人数, en: People}
    schema: {type: integer}
    unit: {zh: 人, en: people}
    publish: counted
  phone:
    label: {zh: 电话, en: Telephone}
    schema: {type: string, maxLength: 30}
    publish: never
page:
  title: '{{ seen_on }} {{ subject }}'
  columns: [seen_on, subject, level]
  sort: -seen_on
  facets: [level, topics, place]
  search: [subject, body]
"""

TEXTS = (
    "柳河村第三网格道路积水，雨天过不去人，请加装排水沟。",
    "老旧小区加装电梯，几户人家意见不一致。",
    "養老服務中心的飯菜太貴，建議補貼。",
    "学校门口没有红绿灯，接送孩子很危险。",
)


def forms() -> dict[str, Form]:
    """The two kinds of this small congress."""
    return {form.kind: form for form in (parse_form(text, "test.yaml") for text in (PLACE, RECORD))}


def congress() -> Congress:
    """The congress of the sample content."""
    return load_congress(ROOT / "content")


def code(letters: str, n: int) -> str:
    """The nth code of a kind."""
    tail = "".join(CROCKFORD[n // 32**place % 32] for place in (2, 1, 0))
    return f"{letters}-2026-{tail}X"


def records(count: int, texts: tuple[str, ...] = TEXTS) -> list[dict[str, Any]]:
    """Rows of the table `record`, the same each time."""
    chance = random.Random(7)
    return [
        {
            "code": code("JL", n),
            "title": f"2026-03-{n % 28 + 1:02d} 第{n}件",
            "subject": f"第{n}件",
            "body": texts[n % len(texts)],
            "seen_on": f"2026-03-{n % 28 + 1:02d}",
            "level": chance.choice(["high", "low"]),
            "topics": json.dumps(chance.choice([["water"], ["roads"], ["water", "roads"]])),
            "place": code("DF", n % 3),
            "places": json.dumps([code("DF", 0), code("DF", 1)]),
            "cost": n * 100 + 5,
            "households": n % 40,
            "author": None,
            "filed_on": f"2026-0{n % 9 + 1}-02",
            "corrected": 0,
            "withheld": 0,
        }
        for n in range(count)
    ]


def write_release(data_dir: Path, rows: list[dict[str, Any]]) -> Path:
    """A finished data folder with these rows of `record`."""
    data_dir.mkdir(parents=True)
    made = forms()
    db = sqlite_utils.Database(data_dir / "public.db")
    for table in tables.tables(made):
        db.create_table(table.name, dict(table.columns), pk=table.pk)
    db.add_foreign_keys(
        [
            (table.name, column, other, "code")
            for table in tables.tables(made)
            for column, other in table.references.items()
        ]
    )
    fixed = {"filed_on": "2026-01-05", "corrected": 0, "withheld": 0}
    db["place"].insert_all(
        {"code": code("DF", n), "title": name, "name": name, **fixed}
        for n, name in enumerate(("柳河村", "石桥镇", "云溪街道"))
    )
    db["record"].insert_all(rows)
    db["record_steps"].insert_all({"code": row["code"], "n": 1, "what": "先修水渠"} for row in rows[:1])
    db["kind"].insert_all(({**row, "records": 0, "withheld": 0} for row in tables.kind_rows(made)), pk="kind")
    db["field"].insert_all(tables.field_rows(made), pk=("kind", "field"))
    empty = {"kind": str, "field": str, "period": str, "value": str, "n": int, "suppressed": int}
    db.create_table("counted", empty)
    cell = {"kind": "record", "field": "people", "value": ""}
    db["counted"].insert_all(
        [
            {**cell, "period": "2026-03", "n": 27, "suppressed": 0},
            {**cell, "period": "2026-04", "n": None, "suppressed": 1},
        ]
    )
    why = {"reason": str, "explanation": str}
    db.create_table(
        "correction", {"kind": str, "code": str, "n": int, "corrected_on": str, "changed": str, **why}
    )
    sides = {"was": str, "became": str, "was_withheld": int, "became_withheld": int}
    db.create_table("correction_field", {"code": str, "n": int, "field": str, **sides})
    gone = {"code": str, "field": str, "erased_on": str, **why}
    db.create_table("erased", gone, pk=("code", "field"))
    db.create_table("withdrawn", {"code": str, "kind": str, "withdrawn_on": str, **why})
    proof = ("code", "envelope", "signature", "disclosures", "public_key")
    db.create_table("envelope", dict.fromkeys(proof, str))
    db["release"].insert(
        {"id": "r1", "position": 1, "as_of": "2026-11-26", "content": "x", "code_version": "0.1", "held": 0},
        pk="id",
    )
    fulltext.index(db, made)
    assert db.conn is not None
    views.add(db.conn, made, load_words(ROOT / "content"))
    db.conn.commit()
    db.vacuum()
    db.close()
    write_config(data_dir, made, congress(), load_words(ROOT / "content"))
    return data_dir


@dataclass(frozen=True)
class Served:
    """A Datasette process that answers."""

    client: httpx.Client
    pid: int

    def peak_mb(self) -> float:
        """The most memory the process ever held."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


@contextlib.contextmanager
def served(data_dir: Path, folder: Path, log: int = subprocess.DEVNULL) -> Iterator[Served]:
    """Our Datasette over a data folder, in its own process, which logs to a file that is open."""
    path = folder / "data.sock"
    command = [sys.executable, "-m", "publisher.data.server", str(data_dir), str(path)]
    transport = httpx.HTTPTransport(uds=str(path))
    process_of = _process(command, stdin=subprocess.PIPE, stderr=log)
    with process_of as process, _client(transport, "http://data") as client:
        _wait(socket.AF_UNIX, str(path), process)
        yield Served(client, process.pid)


@contextlib.contextmanager
def served_plainly(database: Path, log: int = subprocess.DEVNULL) -> Iterator[Served]:
    """Datasette as it comes, over the same database."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "datasette", "serve", "-i", str(database), "-p", str(port)]
    with _process(command, stderr=log) as process, _client(None, f"http://127.0.0.1:{port}") as client:
        _wait(socket.AF_INET, ("127.0.0.1", port), process)
        yield Served(client, process.pid)


@contextlib.contextmanager
def _process(command: list[str], **more: Any) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MALLOC_ARENA_MAX": "1"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, **{**quiet, **more})
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        if process.stdin is not None:
            process.stdin.close()


def _client(transport: httpx.HTTPTransport | None, base: str) -> httpx.Client:
    return httpx.Client(transport=transport, base_url=base, timeout=90)


def _wait(family: socket.AddressFamily, address: Any, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, "Datasette ended at once"
        with socket.socket(family) as trial:
            if trial.connect_ex(address) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("Datasette did not answer within 30 seconds")


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run calls at the same time, each in a thread of its own; their results in order."""
    with ThreadPoolExecutor(len(calls)) as threads:
        return [each.result() for each in [threads.submit(call) for call in calls]]


def columns(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a JSON answer as dictionaries."""
    return [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]
