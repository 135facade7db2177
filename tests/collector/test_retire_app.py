"""A broken app is withdrawn by one line: phones drop its files, and nothing that was written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from collector.state import Collector
from ledger.congress import load_congress
from ledger.problems import Problems
from tests.collector.phone import ROOT, Phone


def write(content: Path, more: str) -> None:
    path = content / "congress.yaml"
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    os.utime(path, ns=(1, 1))


@pytest.fixture
def app(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built app of one worker and one page."""
    monkeypatch.setattr("collector.state.LOOK_AGAIN", 0.0)
    (collector.app / "sw.js").write_text("// holds the app")
    (collector.app / "index.html").write_text("<!doctype html><title>app</title>")
    return collector.app


def test_one_line_withdraws_the_app_and_taking_it_out_brings_it_back(
    phone: Phone, content: Path, app: Path
) -> None:
    before = (content / "congress.yaml").read_text("utf-8")
    assert phone.client.request("GET", "/sw.js").text == "// holds the app"
    write(content, "retire_app: true\n")
    withdrawn = phone.client.request("GET", "/sw.js")
    assert "registration.unregister()" in withdrawn.text
    assert withdrawn.headers["Cache-Control"] == "no-cache"
    assert withdrawn.headers["Content-Type"].startswith("text/javascript")
    assert "app" in phone.client.request("GET", "/").text
    (content / "congress.yaml").write_text(before, "utf-8")
    assert phone.client.request("GET", "/sw.js").text == "// holds the app"


def test_what_is_withdrawn_touches_files_only(phone: Phone, content: Path, app: Path) -> None:
    write(content, "retire_app: true\n")
    worker = phone.client.request("GET", "/sw.js").text
    assert "caches.delete" in worker
    assert not {"indexedDB", "localStorage", "clients"} & set(worker.replace(".", " ").split())


def test_a_withdrawn_app_is_withdrawn_also_where_none_is_built(
    phone: Phone, content: Path, app: Path
) -> None:
    (app / "sw.js").unlink()
    write(content, "retire_app: true\n")
    assert phone.client.request("GET", "/sw.js").status_code == 200


@pytest.mark.parametrize("value", ["1", "'true'", "null"])
def test_it_is_withdrawn_or_not(content: Path, value: str) -> None:
    write(content, f"retire_app: {value}\n")
    with pytest.raises(Problems, match="must be true or false"):
        load_congress(content)


def test_the_app_is_not_withdrawn_from_the_start() -> None:
    assert load_congress(ROOT / "content").retire_app is False
