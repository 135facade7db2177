"""Thousands of requests through a bad network: all arrives, once; no portal is taken for the office (R6)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from collector import accounts
from collector.office import ask
from ledger.doctor import examine
from ledger.forms import load_forms
from ledger.store import OfficeRecord, Store, now_ms, open_ledger
from tests.collector.phone import small_congress
from tests.collector.siege import COLLECTOR, Server
from tests.swarm.handset import Handsets
from tests.swarm.line import FAULTS, Line

PHONES = 8
WITHIN = 60.0  # seconds after the faults end
SIZES = (pytest.param(2000, id="2000"), pytest.param(20_000, id="20000", marks=pytest.mark.full))


@dataclass(frozen=True)
class Account:
    """What the phones say and what the ledger says, when the faults end and when all has been sent."""

    filed: int
    unfounded: int
    """Records that a phone held for delivered and the ledger did not have."""
    waiting: int
    lost: int
    doubled: int
    faults: tuple[str, ...]
    seconds: float
    met: Mapping[str, int]

    @property
    def good(self) -> bool:
        """Whether every promise was kept."""
        return not (self.unfounded or self.waiting or self.lost or self.doubled or self.faults)


def through(
    folder: Path,
    operations: int,
    faults: float = 0.3,
    only: str | None = None,
    seed: int = 6,
    program: Sequence[str] = COLLECTOR,
    credulous: bool = False,
    patience: float = WITHIN,
) -> Account:
    """Let phones work over a bad line for so many requests, then over a good one until nothing waits."""
    with _open(folder, program) as (server, codes):
        line = Line(int(server.address.rpartition(":")[2]), seed, faults=0)
        try:
            with Handsets(f"http://127.0.0.1:{line.port}", codes, credulous, patience) as phones:
                for digits in phones.hear()["digits"]:
                    answer = ask(server.home, "confirm", "zh", {"digits": digits})
                    assert answer is not None and answer["ok"], answer
                line.faults, line.only = faults, only
                until = line.operations + operations
                phones.say("go")
                while line.operations < until and not phones.ended:
                    time.sleep(0.02)
                phones.say("stop")
                said = phones.hear()["records"]
                kept = _kept(server.home)
                unfounded = sum(
                    (each["id"], each["digest"]) not in kept for each in said if not each["waits"]
                )
                line.faults, line.only = 0, None
                phones.say("send the rest")
                last = phones.hear()
        finally:
            line.close()
    kept = _kept(folder / "home")
    filed = [(each["id"], each["digest"]) for each in last["records"]]
    return Account(
        filed=len(filed),
        unfounded=unfounded,
        waiting=sum(each["waits"] for each in last["records"]),
        lost=sum(key not in kept for key in filed),
        doubled=sum(number - 1 for number in kept.values()),
        faults=tuple(finding.key for finding in examine(folder / "home").faults),
        seconds=last["seconds"],
        met=dict(line.met),
    )


def _kept(home: Path) -> Counter[tuple[str, str]]:
    with open_ledger(home) as ledger:
        return Counter((row[1], row[2]) for row in ledger.rows())


@contextmanager
def _open(folder: Path, program: Sequence[str]) -> Iterator[tuple[Server, list[str]]]:
    """A running collector, and an invitation for each phone; every second deputy has two."""
    content, home = small_congress(folder), folder / "home"
    with Store.open(home, load_forms(content)) as store:
        names = [f"代表{n}" for n in range(PHONES // 2)]
        roll = store.office_append([OfficeRecord("deputy", {"name": name}) for name in names])
        codes = [
            accounts.invite(store, "deputy", roll[n % len(roll)].code, names[n % len(names)], now_ms())
            for n in range(PHONES)
        ]
    server = Server(content, home, program)
    server.start()
    try:
        yield server, codes
    finally:
        if server.process is not None and server.process.poll() is None:
            server.stop()


@pytest.mark.parametrize("operations", SIZES)
def test_over_a_bad_line_everything_arrives_and_nothing_arrives_twice(
    tmp_path: Path, operations: int
) -> None:
    account = through(tmp_path, operations, seed=operations)
    assert account.good, account
    assert account.filed > operations / 4 and account.seconds <= WITHIN, account
    assert set(account.met) == set(FAULTS) and sum(account.met.values()) > operations / 5, account


def test_a_portal_that_answers_everything_is_never_taken_for_the_office(tmp_path: Path) -> None:
    account = through(tmp_path, 150, only="portal")
    assert account.good and account.filed > 0, account


def test_a_phone_that_believes_any_200_is_found_out(tmp_path: Path) -> None:
    account = through(tmp_path, 150, only="portal", credulous=True, patience=1)
    assert account.unfounded > 0 and account.lost > 0, account


def test_a_build_that_takes_the_known_for_new_is_found_out_on_a_bad_line(tmp_path: Path) -> None:
    program = ("-m", "tests.collector.sabotaged", "no_dedupe")
    account = through(tmp_path, 150, faults=0.5, program=program)
    assert account.doubled > 0, account
