"""The second process judges as the first does, and is never missed when it is gone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from collector.judging import PLACES, WORTH_SENDING, Judging
from collector.refusal import Refusal
from collector.state import Collector
from collector.sync import Judged, Writer, judge_batch
from ledger.forms import load_forms
from ledger.store import Store
from tests.collector.phone import Phone


@pytest.fixture
def judging(store: Store) -> Iterator[Judging]:
    judging = Judging()
    judging.start(store.forms)
    deadline = time.monotonic() + 30
    while not judging.ready and time.monotonic() < deadline:
        time.sleep(0.01)
    assert judging.ready
    yield judging
    judging.stop()


@pytest.fixture
def writer(collector: Collector, phone: Phone) -> Writer:
    return collector.writer(collector.store.devices[phone.devices["records"]])


def body(phone: Phone, store: Store, *more: Any) -> bytes:
    form = store.current["note"]
    records = [
        phone.record(form, {"day": "2026-03-02", "subject": "事", "text": "长" * (n + 1990)})
        for n in range(20)
    ]
    data = json.dumps({"batch": "b", "records": [*records, *more]}, ensure_ascii=False).encode()
    assert len(data) > WORTH_SENDING
    return data


def test_there_and_here_judge_alike(judging: Judging, phone: Phone, store: Store, writer: Writer) -> None:
    data = body(phone, store, None, {"envelope": "{}"})
    there = judging.judge(data, writer, store.forms, store.ledger_id)
    here = judge_batch(data, writer, store.forms, store.ledger_id)
    assert isinstance(there, Judged) and there == here
    assert {bool(each.problems) for each in there.incoming} == {True, False}


def test_what_is_refused_there_is_refused_here(judging: Judging, store: Store, writer: Writer) -> None:
    data = b'{"batch":"b","records":[' + b"[" * WORTH_SENDING
    with pytest.raises(Refusal) as refused:
        judging.judge(data, writer, store.forms, store.ledger_id)
    assert (refused.value.status, refused.value.key) == (400, "push.not_json")
    assert refused.value.pointer == "" and refused.value.params["why"]


def test_it_learns_new_wordings(
    judging: Judging, phone: Phone, store: Store, writer: Writer, content: Path
) -> None:
    path = content / "forms/note.yaml"
    path.write_text(path.read_text("utf-8").replace("札记", "笔记"), "utf-8")
    store.learn(load_forms(content))
    judged = judging.judge(body(phone, store), writer, store.forms, store.ledger_id)
    assert not any(each.retry or each.problems for each in judged.incoming[:10])


def test_when_it_is_gone_the_server_judges_itself(
    judging: Judging, phone: Phone, store: Store, writer: Writer
) -> None:
    assert judging._process is not None
    judging._process.kill()
    judging._process.wait()
    for _ in range(2):
        assert len(judging.judge(body(phone, store), writer, store.forms, store.ledger_id).incoming) == 20
    assert not judging.ready


def test_while_it_is_busy_the_server_judges_itself(
    judging: Judging, phone: Phone, store: Store, writer: Writer
) -> None:
    with judging._turn, ExitStack() as taken:
        for _ in range(PLACES):
            assert judging._places.acquire(blocking=False)
            taken.callback(judging._places.release)
        assert len(judging.judge(body(phone, store), writer, store.forms, store.ledger_id).incoming) == 20


def test_it_ends_when_the_server_does() -> None:
    read, write = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "collector.judging"], stdin=read, stdout=subprocess.PIPE
    )
    os.close(read)
    os.close(write)
    assert process.wait(30) == 0
    assert process.stdout is not None
    process.stdout.close()


def test_the_first_batch_that_is_worth_it_starts_it(phone: Phone, store: Store, writer: Writer) -> None:
    judging = Judging()
    judging.on_demand = True
    try:
        small = json.dumps({"batch": "b", "records": [1]}).encode()
        judging.judge(small, writer, store.forms, store.ledger_id)
        assert judging.on_demand and not judging.ready
        assert len(judging.judge(body(phone, store), writer, store.forms, store.ledger_id).incoming) == 20
        deadline = time.monotonic() + 60
        while not judging.ready and time.monotonic() < deadline:
            time.sleep(0.01)
        assert judging.ready and not judging.on_demand
    finally:
        judging.stop()


def test_it_ends_without_a_word_when_the_server_dies_in_the_middle_of_a_message() -> None:
    process = subprocess.run(
        [sys.executable, "-m", "collector.judging"], input=b"\x80\x05\x95\xff", capture_output=True
    )
    assert (process.returncode, process.stderr) == (0, b"")
