"""A log line tells that something happened and where, never what somebody wrote."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.office import Office, perform
from collector.state import Collector
from ledger.log import Line, shown
from tests.collector.phone import API, Client, Phone
from tests.hardening.conftest import hasty, served

NASTY = (
    "two\nlines", "two\r\nlines", "\r", "\x0b\x0c\x1c\x1d\x1e", "\x85", "\u2028\u2029", "\x1b[2J\x1b[31mred",
    "\x9b31m",
    "\x1b]0;title\x07", "\x07", "\x08\x08\x08", "\u202eevil", "\u2066a\u2069", "\u200b\u200f", "\ufeff",
    "\0", "\x7f",
    '","level":"info', "\\", "\\u000a", "}\n{", "%s %d %(x)s", "\U000e0041", "\ud800", "e\u0301" * 40,
    "柳河村",
)  # fmt: skip
"""What has broken logs, terminals and their readers."""


@pytest.fixture
def lines() -> Iterator[Callable[[logging.Formatter], io.StringIO]]:
    """Hear what this process logs, as a formatter writes it."""
    added: list[logging.Handler] = []

    def listen(form: logging.Formatter) -> io.StringIO:
        heard = io.StringIO()
        handler = logging.StreamHandler(heard)
        handler.setFormatter(form)
        logging.getLogger().addHandler(handler)
        added.append(handler)
        return heard

    yield listen
    for handler in added:
        logging.getLogger().removeHandler(handler)


def record(text: str, *args: object) -> logging.LogRecord:
    return logging.LogRecord("mingbai", logging.ERROR, __file__, 1, text, args, None)


@pytest.mark.parametrize("nasty", NASTY)
def test_one_event_is_one_line_whatever_came_in(nasty: str) -> None:
    for each in (record("%s", nasty), record(nasty), record(nasty, 1), record("a", nasty)):
        line = Line().format(each)
        assert len(line.splitlines()) == 1 and line.isprintable()
        assert json.loads(line)["level"] == "error"
    line = Line().format(record("%s", f"a{nasty}b"))
    assert json.loads(line)["said"] == f"a{nasty}b"


@given(st.text())
def test_whatever_text_is_one_printable_line(text: str) -> None:
    line = shown({"said": text})
    assert line.isprintable() and json.loads(line) == {"said": text}


CANARIES = [f"CANARY{n:02d}qzXwvK7" for n in range(60)]


def call_everything(phone: Phone, client: Client, office: Office) -> None:
    """A suite of calls, right and wrong, with a canary in every place that a caller fills."""
    at = iter(CANARIES)
    form = office.store.current["note"]
    for _ in range(6):
        client.request("POST", f"{API}/enrol", content=json.dumps({
            "code": next(at), "signature": next(at), "keys": {"records": next(at),
            "proof": phone.spki["proof"]},
        }).encode())  # fmt: skip
    note = phone.record(form, {"day": "2026-03-02", "subject": next(at), "text": next(at)})
    phone.push([note], batch=next(at))
    phone.push([{**note, "signature": next(at)}, {"envelope": next(at)}, next(at)], batch=next(at))
    phone.push([phone.record(form, {"day": next(at), next(at): next(at)})])
    for header in (
        "Mingbai-Device",
        "Mingbai-Nonce",
        "Mingbai-Signature",
        "Content-Encoding",
        "Accept-Language",
    ):
        phone.signed("POST", "/receipts", b'{"ids":[]}', {header: next(at)})
    phone.post("/receipts", {"ids": [next(at)]})
    phone.post("/report", {"at": next(at)})
    phone.post("/handover/confirm", {"device": next(at), "digits": next(at)})
    for path in ("/ref/", "/pull?cursor=", "/counts?ballot=", "/draft/", "/blob/"):
        phone.get(path + next(at))
    phone.signed("PUT", f"/draft/{next(at)}", next(at).encode())
    client.request(
        "GET", f"/{next(at)}?x={next(at)}", headers={"Cookie": next(at), "Authorization": next(at)}
    )
    for command in ("invite", next(at)):
        perform(office, {"command": command, "lang": "zh", "args": {"role": next(at), "who": "x", "days": 3}})


def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what reads callers' words stumble over them, and quote them as Python does."""

    def stumble(*args: Any, **_: Any) -> Any:
        words = [each for each in args if isinstance(each, (str, bytes, dict, list))]
        raise KeyError(repr(words)) from ValueError(f"not good: {words}")

    for name in (
        "collector.sync.judge_batch", "collector.judging.judge_batch", "collector.mine.read_ids",
        "collector.accounts.enrol",
        "collector.mine.pull", "collector.tellers.counts", "collector.reports.take",
        "collector.photos.digest",
        "collector.server._file", "collector.accounts.invite", "collector.server.listed_kinds",
    ):  # fmt: skip
        monkeypatch.setattr(name, stumble)


@pytest.mark.parametrize("stumbling", [False, True])
def test_no_secret_and_no_word_of_a_caller_stands_in_a_log_line(
    phone: Phone,
    client: Client,
    office: Office,
    lines: Callable[[logging.Formatter], io.StringIO],
    monkeypatch: pytest.MonkeyPatch,
    stumbling: bool,
) -> None:
    phone.hello()
    ours, plain = lines(Line()), lines(logging.Formatter())
    if stumbling:
        broken(monkeypatch)
    call_everything(phone, client, office)
    told = [json.loads(line) for line in ours.getvalue().splitlines()]
    assert not [each for each in CANARIES if each in ours.getvalue()]
    assert "王芳" not in ours.getvalue() and phone.devices["records"] not in ours.getvalue()
    if stumbling:
        assert len([each for each in told if "fault" in each]) >= 12
        assert {each["type"] for line in told for each in line.get("fault", ())} >= {"KeyError", "ValueError"}
        # The same calls with the formatter that everybody has: the harness sees what it looks for.
        assert len([each for each in CANARIES if each in plain.getvalue()]) >= 5


def test_a_fault_names_its_places_and_none_of_its_values() -> None:
    secret = "7KQ40ABCDEFGH"
    try:
        try:
            int(secret)
        except ValueError as fault:
            raise RuntimeError(secret) from fault
    except RuntimeError:
        line = Line().format(logging.LogRecord("a", 40, "", 1, "fell", (), sys.exc_info()))
    told = json.loads(line)["fault"]
    assert [each["type"] for each in told] == ["RuntimeError", "ValueError"]
    assert told[0]["at"][-1].startswith("tests/hardening/test_log.py:") and secret not in line


def test_the_processs_own_outcries_are_such_lines_too() -> None:
    program = """
import gc, logging, sys, threading, warnings
from ledger.log import one_line_each
one_line_each()
logging.getLogger("any").warning("%s", "a\\nb")
warnings.warn("odd\\nwords")
thread = threading.Thread(target=lambda: int("SECRET"))
thread.start(); thread.join()
class Bad:
    def __del__(self):
        raise ValueError("SECRET")
Bad(); gc.collect()
raise KeyError("SECRET\\n")
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    told = [json.loads(line) for line in run.stderr.splitlines()]
    assert len(told) == 5 and run.returncode == 1 and "SECRET" not in run.stderr
    assert [each["fault"][0]["type"] for each in told if "fault" in each] == [
        "ValueError",
        "ValueError",
        "KeyError",
    ]


def test_what_is_no_http_leaves_lines_without_it(
    collector: Collector, said: Callable[..., bytes], lines: Callable[[logging.Formatter], io.StringIO]
) -> None:
    ours = lines(Line())
    with served(collector, hasty(collector)) as port:
        for canary in CANARIES[:4]:
            said(port, f"GET /{canary} NOTHTTP\r\nAuthorization: {canary}\n\r\n\r\n".encode())
    assert not [each for each in CANARIES if each in ours.getvalue()]
    assert all(json.loads(line) for line in ours.getvalue().splitlines())


def test_the_server_itself_logs_so(content: Path, tmp_path: Path) -> None:
    places = {"MINGBAI_CONTENT": str(content), "MINGBAI_HOME": str(tmp_path / "home")}
    (content / "congress.yaml").write_text(
        (content / "congress.yaml").read_text("utf-8").replace("rulebook:", "rulebook: nowhere #"), "utf-8"
    )
    program = (
        "import sys; from collector import serving\n"
        "def fall(*_, **__): raise ValueError('SECRET')\n"
        "serving._Server.startup = fall\n"
        "from collector.__main__ import main; main(['serve', '--port', '0'])\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env={**os.environ, **places},
        check=False,
    )
    assert run.stderr and "SECRET" not in run.stderr
    assert all(json.loads(line)["level"] in ("critical", "error") for line in run.stderr.splitlines())
