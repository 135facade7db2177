"""The ledger has one writer and many readers: build, import and push at the same moment all succeed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx
import pytest

from collector.accounts import six_digits
from ledger.forms import load_forms
from ledger.store import open_ledger
from publisher import release
from tests.collector.phone import Phone

ROOT = Path(__file__).parents[1]
CONTENT = ROOT / "content"
PUSHES, IMPORTS, BUILDS = 20, 3, 3


def office(home: Path, *command: str) -> str:
    """One command of the office, while the server runs or before it does."""
    env = {**os.environ, "MINGBAI_HOME": str(home), "MINGBAI_CONTENT": str(CONTENT)}
    done = subprocess.run(
        [sys.executable, "-m", "collector", *command], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A collector over the sample congress: its home and its address."""
    home, announced = tmp_path / "home", tmp_path / "address"
    office(home, "import", str(CONTENT / "records"))
    env = {**os.environ, "MINGBAI_HOME": str(home), "MINGBAI_CONTENT": str(CONTENT)}
    command = [sys.executable, "-m", "collector", "serve", "--port", "0", "--announce", str(announced)]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    try:
        while not announced.exists():
            assert process.poll() is None, "the collector did not start"
            time.sleep(0.05)
        yield home, announced.read_text().strip()
    finally:
        process.terminate()
        process.wait()


def test_build_import_and_push_at_once_all_succeed(server: tuple[Path, str], tmp_path: Path) -> None:
    home, address = server
    form = load_forms(CONTENT)["visit"]
    deputy = min((CONTENT / "records/deputy").glob("*.yaml")).stem
    link = office(home, "invite", "--deputy", deputy, "--plain").strip()
    states: list[str] = []
    faults: list[BaseException] = []

    def push() -> None:
        with httpx.Client(base_url=address) as client:
            phone = Phone(client)
            phone.hello()
            assert phone.enrol(link.split("#e=")[1].split("&")[0]).status_code == 200
            digits = six_digits(phone.spki["records"], phone.spki["proof"], phone.ledger)
            office(home, "confirm", digits)
            answers = {"visited_on": "2026-11-02", "grid": "liuhe-03", "visit_kind": "spot", "people": 2}
            for _ in range(PUSHES):
                states.extend(each["state"] for each in phone.results([phone.record(form, answers)]))

    def bring_in() -> None:
        for _ in range(IMPORTS):
            office(home, "import", str(CONTENT / "records"))

    def publish() -> None:
        for n in range(BUILDS):
            release.build(CONTENT, home, tmp_path / "site", date(2026, 11, 24 + n))

    def noted(work: object) -> None:
        try:
            work()  # type: ignore[operator]
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=noted, args=(work,)) for work in (push, bring_in, publish)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert states == ["accepted"] * PUSHES
    made = release.build(CONTENT, home, tmp_path / "site", date(2026, 11, 26), clean=True)
    with open_ledger(home) as ledger:
        visits = sum(1 for _ in ledger.records("visit"))
    assert visits == PUSHES + len(list((CONTENT / "records/visit").glob("*.yaml")))
    assert len(list((made.path / "www/visit").glob("ZF-*.html"))) == visits
