"""A small congress with a collector in this process, and phones for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal

from collector import accounts
from collector.office import Office, confirm, invite
from collector.server import application
from collector.state import Collector
from ledger.congress import load_congress
from ledger.forms import load_forms
from ledger.store import OfficeRecord, Store
from ledger.words import load_words
from tests.collector.phone import InProcess, Phone, small_congress

ADDRESSES = {
    name: f"http://127.0.0.1:{port}" for name, port in (("www", 8750), ("collect", 8751), ("data", 8752))
}


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return small_congress(tmp_path)


@pytest.fixture
def store(tmp_path: Path, content: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "home", load_forms(content)) as store:
        yield store


@pytest.fixture
def collector(store: Store, content: Path, tmp_path: Path) -> Collector:
    app = tmp_path / "app"
    (app / "assets").mkdir(parents=True)
    (app / "index.html").write_text("<!doctype html><title>app</title>")
    (app / "sw.js").write_text("// worker")
    (app / "assets/app-SFuTenjJ.js").write_text("// app")
    words, congress = load_words(content), load_congress(content)
    return Collector(store, words, congress, content, ADDRESSES, app, tmp_path / "site")


@pytest.fixture
def office(collector: Collector) -> Office:
    return Office(collector.store, collector.words, collector.congress, ADDRESSES["collect"])


@pytest.fixture
def client(collector: Collector) -> Iterator[InProcess]:
    with start_blocking_portal() as portal:
        yield InProcess(application(collector), portal)


@pytest.fixture
def roll(store: Store) -> dict[str, str]:
    """Two deputies and a grid that the office has imported: office name to code."""
    records = [
        OfficeRecord(kind, {"name": name}, import_key=("records", kind, ref))
        for kind, ref, name in (
            ("deputy", "d1", "王芳"),
            ("deputy", "d2", "李强"),
            ("grid", "liuhe-03", "柳河三格"),
        )
    ]
    outcomes = store.office_append(records)
    return {
        each.import_key[2]: str(out.code)
        for each, out in zip(records, outcomes, strict=True)
        if each.import_key
    }


@pytest.fixture
def new_phone(client: InProcess, office: Office, roll: dict[str, str]) -> Callable[..., Phone]:
    """Enrols a phone: of deputy d1 unless told otherwise, confirmed unless told otherwise."""

    def make(who: str = "d1", role: str = "deputy", confirmed: bool = True) -> Phone:
        code = invite(office, "zh", role, who, 3)["code"].replace(" ", "")
        phone = Phone(client)
        answer = phone.enrol(code)
        assert answer.status_code == 200, answer.content
        if confirmed:
            digits = accounts.six_digits(phone.spki["records"], phone.spki["proof"], phone.ledger)
            confirm(office, "zh", digits)
        return phone

    return make


@pytest.fixture
def phone(new_phone: Callable[..., Phone]) -> Phone:
    return new_phone()
