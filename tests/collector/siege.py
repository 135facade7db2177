"""A real collector under load, killed at random moments, and the account of what it had promised."""

from __future__ import annotations

import math
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

from ledger.doctor import examine
from ledger.envelope import rfc3339
from ledger.forms import Form, load_forms
from ledger.keys import read_receipt
from ledger.registry import Device, add_device, read_devices
from ledger.store import Store, open_ledger
from tests.collector.phone import Phone, id_of, small_congress

BATCH = 5
COLLECTOR = ("-m", "collector")


@dataclass
class Server:
    """One run of the collector, as its own process."""

    content: Path
    home: Path
    program: Sequence[str] = COLLECTOR
    address: str = ""
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)
    """Seconds from each start to the line that says it is ready."""

    def start(self) -> None:
        """Start it, and wait until it says that it is ready."""
        announced = self.home / "announced"
        announced.unlink(missing_ok=True)
        env = {**os.environ, "MINGBAI_CONTENT": str(self.content), "MINGBAI_HOME": str(self.home)}
        command = [sys.executable, *self.program, "serve", "--port", "0", "--announce", str(announced)]
        begun = time.monotonic()
        self.process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
        while not announced.exists():
            if self.process.poll() is not None:
                raise RuntimeError(f"the collector stopped with exit code {self.process.returncode}")
            time.sleep(0.01)
        self.starts.append(time.monotonic() - begun)
        self.address = announced.read_text().strip()

    def kill(self) -> None:
        """SIGKILL, our own child only."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Ask it to end."""
        assert self.process is not None
        self.process.terminate()
        assert self.process.wait(20) == 0


@dataclass
class Client:
    """One phone that files records as fast as it is answered, and remembers what it was promised."""

    phone: Phone
    form: Form
    made: list[dict[str, Any]] = field(default_factory=list)
    promised: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def load(self, address: str, ends: threading.Event) -> None:
        """Send until the server is gone: first what was not acknowledged, then new records."""
        self.phone._nonce = ""
        with httpx.Client(base_url=address, timeout=10) as wire:
            self.phone.client = wire
            try:
                while not ends.is_set():
                    waiting = [each for each in self.made if id_of(each) not in self.promised][:50]
                    self.send(waiting or [self.new() for _ in range(BATCH)])
            except httpx.TransportError:
                return

    def new(self) -> dict[str, Any]:
        record = self.phone.record(self.form, {"day": "2026-03-02", "subject": f"第{len(self.made)}条"})
        self.made.append(record)
        return record

    def send(self, records: Sequence[dict[str, Any]]) -> None:
        answer = self.phone.push(records)
        if answer.status_code == 503:
            raise httpx.ReadError("not now")
        assert answer.status_code == 200, answer.content
        said = read_receipt(answer.json()["receipt"])
        assert said is not None
        for result in said["results"]:
            self.promised.setdefault(result["id"], result)


@dataclass(frozen=True)
class Account:
    """What a siege ended with."""

    promised: int
    lost: int
    duplicates: int
    missing: int
    faults: tuple[str, ...]
    starts: tuple[float, ...] = ()

    def start_at(self, part: float) -> float:
        """Within how many seconds this part of the starts was ready: 0.99 for p99."""
        return sorted(self.starts)[max(0, math.ceil(part * len(self.starts)) - 1)]


def besiege(
    folder: Path, kills: int, clients: int = 4, program: Sequence[str] = COLLECTOR, seed: int = 1
) -> Account:
    """Kill a collector under load again and again, send everything once more, and count."""
    content, home = small_congress(folder), folder / "home"
    besiegers = _enter(content, home, clients)
    server, chance = Server(content, home, program), random.Random(seed)
    for _ in range(kills):
        server.start()
        ends = threading.Event()
        threads = [threading.Thread(target=each.load, args=(server.address, ends)) for each in besiegers]
        for thread in threads:
            thread.start()
        # By what was promised and not by the clock: a busy machine is besieged as hard as an idle one.
        _wait_for(besiegers, _promised(besiegers) + chance.randrange(5, 30))
        time.sleep(chance.uniform(0, 0.03))
        server.kill()
        ends.set()
        for thread in threads:
            thread.join()
    server.start()
    lost = sum(_resend(each, server.address) for each in besiegers)
    server.stop()
    return replace(_account(home, besiegers, lost), starts=tuple(server.starts))


def _promised(clients: Sequence[Client]) -> int:
    return sum(len(client.promised) for client in clients)


def _wait_for(clients: Sequence[Client], promises: int) -> None:
    deadline = time.monotonic() + 60
    while _promised(clients) < promises:
        if time.monotonic() > deadline:
            raise RuntimeError("the collector promised nothing for a minute")
        time.sleep(0.001)


def outlast(folder: Path, program: Sequence[str]) -> tuple[int, Account]:
    """Load a collector until it ends by itself: its exit code, and what an honest one then knows."""
    content, home = small_congress(folder), folder / "home"
    besiegers = _enter(content, home, 3)
    server = Server(content, home, program)
    server.start()
    assert server.process is not None
    for each in besiegers:
        each.load(server.address, threading.Event())
    code = server.process.wait(20)
    honest = Server(content, home)
    honest.start()
    lost = sum(_resend(each, honest.address) for each in besiegers)
    honest.stop()
    return code, _account(home, besiegers, lost)


def _enter(content: Path, home: Path, clients: int) -> list[Client]:
    """Phones that are enrolled already."""
    with Store.open(home, load_forms(content)) as store:
        entered = []
        for n in range(clients):
            phone = Phone(client=None)  # type: ignore[arg-type]
            phone.ledger = store.ledger_id
            phone.devices = {chain: store.new_uuid() for chain in phone.spki}
            store.do(lambda store, phone=phone, n=n: _register(store, phone, n)).result()  # type: ignore[misc]
            entered.append(Client(phone, store.current["note"]))
        return entered


def _register(store: Store, phone: Phone, n: int) -> None:
    for chain, id in phone.devices.items():
        key, now = phone.spki[chain], rfc3339(0)
        device = Device(id, f"pair-{n}", chain, key, "active", "deputy", f"DB-2026-AAA{n}", f"代表{n}", now)
        add_device(store.db, device)
    store.devices = read_devices(store.db)


def _resend(client: Client, address: str) -> int:
    """Send everything once more; how many promises the server does not remember as it made them."""
    before = dict(client.promised)
    client.promised.clear()
    client.phone._nonce = ""
    with httpx.Client(base_url=address, timeout=30) as wire:
        client.phone.client = wire
        for start in range(0, len(client.made), 100):
            client.send(client.made[start : start + 100])
    return sum(
        any(client.promised[id][name] != said[name] for name in ("digest", "position", "code"))
        for id, said in before.items()
    )


def _account(home: Path, clients: Sequence[Client], lost: int) -> Account:
    with open_ledger(home) as ledger:
        kept = Counter(row[1] for row in ledger.rows())
    made = {id_of(record) for client in clients for record in client.made}
    faults = [finding.key for finding in examine(home).faults]
    return Account(
        promised=_promised(clients),
        lost=lost,
        duplicates=sum(number - 1 for number in kept.values()),
        missing=len(made - set(kept)),
        faults=tuple(faults),
    )
