"""Neither the build nor the collector asks another machine for anything."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.collector.phone import small_congress
from tests.hardening import walled

PHONE = """
import sys, time, pathlib, httpx
from tests.collector.siege import Server
from tests.collector.phone import Phone
from collector import accounts, office
server = Server(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
server.start()
with httpx.Client(base_url=server.address, timeout=60) as client:
    phone = Phone(client)
    invited = office.ask(server.home, "invite", "zh", {"role": "clerk", "who": "李敏", "days": 3})["result"]
    assert phone.enrol(invited["code"].replace(" ", "")).status_code == 200
    digits = accounts.six_digits(phone.spki["records"], phone.spki["proof"], phone.ledger)
    assert office.ask(server.home, "confirm", "zh", {"digits": digits})["ok"]
    assert phone.get("/work").status_code == 200
    assert phone.push([{"envelope": "x"}]).json()["results"][0]["state"] == "quarantined"
    assert client.get("/").status_code in (200, 404)
server.stop()
print("pushed")
"""
BUILD = """
import pathlib, sys
from publisher.release import build
from tests.publisher.fake import AS_OF, CONTENT
from ledger.forms import load_forms
from ledger.store import Store
home, site = map(pathlib.Path, sys.argv[1:])
Store.open(home, load_forms(CONTENT)).close()
print(len(list(build(CONTENT, home, site, AS_OF).path.rglob("*.html"))))
"""
OUT = """
import socket
try:
    socket.create_connection(("192.0.2.1", 80), timeout=2)
except TimeoutError:
    print("there is a way out")
except OSError as fault:
    print("no way", fault.errno)
"""


def test_the_wall_holds(tmp_path: Path) -> None:
    done = walled.run([sys.executable, "-c", OUT], tmp_path)
    assert done.returncode == walled.BROKE_OUT or done.stdout.startswith("no way"), done
    assert "there is a way out" not in done.stdout


def test_a_push_needs_no_network(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    content = small_congress(tmp_path)
    done = walled.run([sys.executable, "-c", PHONE, str(content), str(tmp_path / "home")], tmp_path)
    assert done.stdout.strip().endswith("pushed"), done.stderr[-2000:]


def test_a_build_needs_no_network(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BUILD, str(tmp_path / "home"), str(tmp_path / "site")]
    done = walled.run(command, tmp_path)
    assert done.returncode == 0 and int(done.stdout.split()[-1]) > 20, done.stderr[-2000:]


@pytest.mark.full
def test_the_whole_sample_is_imported_and_built_without_a_network(tmp_path: Path) -> None:
    places = {"MINGBAI_HOME": str(tmp_path / "home"), "MINGBAI_SITE": str(tmp_path / "site")}
    records = walled.ROOT / "content/records"
    for command in (["-m", "collector", "import", str(records)], ["build.py"]):
        done = walled.run([sys.executable, *command], tmp_path, **places)
        assert done.returncode == 0, done.stderr[-2000:]
    assert (tmp_path / "site/current/www/index.html").is_file()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a network of its own")
def test_as_root_the_kernel_holds_the_wall() -> None:
    if not walled.by_the_kernel():
        pytest.skip("this machine lets not even root make a network: the guard in Python stands in for it")
