"""An app that is too old begins no form any more, and always delivers what it has."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from collector.state import Collector
from ledger.congress import load_congress
from ledger.problems import Problems
from ledger.store import Store
from tests.collector.phone import ROOT, Phone

VISIT = {"visited_on": "2026-03-02", "grid": "liuhe-03", "people": 2}


def write(content: Path, more: str) -> None:
    path = content / "congress.yaml"
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    os.utime(path, ns=(1, 1))


@pytest.fixture
def looking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.state.LOOK_AGAIN", 0.0)


def test_the_office_stops_older_apps_without_a_restart(
    phone: Phone, content: Path, collector: Collector, looking: None
) -> None:
    assert phone.hello()["oldest_app"] == 1
    write(content, "oldest_app: 7\n")
    assert phone.hello()["oldest_app"] == 7


def test_whatever_the_oldest_app_a_record_is_taken(
    phone: Phone, content: Path, store: Store, looking: None
) -> None:
    record, old = phone.record(store.current["visit"], VISIT), store.current["visit"].version
    form = content / "forms/visit.yaml"
    form.write_text(form.read_text("utf-8").replace("一次记一条", "一次一条"), "utf-8")
    write(content, "oldest_app: 99\n")
    assert phone.hello()["oldest_app"] == 99 and store.current["visit"].version != old
    assert phone.results([record])[0]["state"] == "accepted"
    assert phone.get("/pull?cursor=").status_code == 200


def test_a_fault_in_the_file_stops_no_phone(phone: Phone, content: Path, looking: None) -> None:
    write(content, "oldest_app: 0\n")
    assert phone.hello()["oldest_app"] == 1


@pytest.mark.parametrize("value", ["0", "-1", "'2'", "1.5", "true", "null"])
def test_the_number_of_an_app_is_a_whole_number(content: Path, value: str) -> None:
    write(content, f"oldest_app: {value}\n")
    with pytest.raises(Problems, match="must be the number of an app"):
        load_congress(content)


def test_no_app_is_stopped_before_there_is_a_newer_one() -> None:
    assert load_congress(ROOT / "content").oldest_app == 1
