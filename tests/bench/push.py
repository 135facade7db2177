"""How fast records are received: pushed over HTTP, judged in one process, and written bare.

All three keep the same 1 KB records, of a kind without checks, in batches of 100, each batch fsynced. The
first two verify every signature, digest every disclosure, check every answer and sign a receipt; the last
writes only rows.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

from collector import sync
from collector.accounts import request_statement
from ledger.envelope import rfc3339
from ledger.forms import load_forms
from ledger.registry import Device, add_device, read_devices
from ledger.signature import sign
from ledger.store import PRAGMAS, Store
from ledger.strict_json import write_json
from ledger.words import load_words
from tests.collector.phone import Phone, small_congress

BATCHES = 40
ROUNDS = 5
BARE = 6
CONNECTIONS = 4
TEXT = "村口到学校的路灯坏了三盏，晚上接孩子看不清路，老人摔过一跤。" * 9  # with the rest, 1 KB of answers


@dataclass(frozen=True)
class Load:
    """A home with one phone, and batches that it has signed."""

    content: Path
    home: Path
    phone: Phone
    batches: Sequence[Sequence[dict[str, Any]]]

    def bodies(self) -> list[bytes]:
        """The batches as they travel."""
        return [
            json.dumps({"batch": f"batch-{n}", "records": records}, ensure_ascii=False).encode()
            for n, records in enumerate(self.batches)
        ]


def prepare(folder: Path, batches: int) -> Load:
    """Enter a phone in a new ledger and sign its records, before any clock runs."""
    content, home = small_congress(folder), folder / "home"
    phone = Phone(client=None)  # type: ignore[arg-type]
    with Store.open(home, load_forms(content)) as store:
        form, phone.ledger = store.current["note"], store.ledger_id
        phone.devices = {chain: store.new_uuid() for chain in phone.spki}

        def enter(store: Store) -> None:
            for chain, id in phone.devices.items():
                key = phone.spki[chain]
                now = rfc3339(0)
                add_device(
                    store.db, Device(id, "pair", chain, key, "active", "deputy", "DB-2026-BNCH", "王芳", now)
                )
            store.devices = read_devices(store.db)

        store.do(enter).result()
    answers = {"day": "2026-03-02", "subject": "村道路灯", "people": 3, "text": TEXT}
    made = [[phone.record(form, answers) for _ in range(100)] for _ in range(batches)]
    return Load(content, home, phone, made)


def in_process(load: Load) -> float:
    """Records a second without HTTP."""
    words, bodies = load_words(load.content), load.bodies()
    with Store.open(load.home, load_forms(load.content)) as store:
        device, proof = (store.devices[load.phone.devices[chain]] for chain in ("records", "proof"))
        writer = sync.Writer(device, proof)
        began = time.perf_counter()
        for body in bodies:
            push = sync.read_push(sync.read_body(body))
            incoming = [sync.judge(raw, writer, store.forms, store.ledger_id) for raw in push.records]
            done = store.submit(incoming).result()
            write_json(
                sync.answer(push.batch, done, store.ledger_id, store.epoch, store.keys, words)
            ).encode()
        return len(bodies) * 100 / (time.perf_counter() - began)


def bare(load: Load, folder: Path) -> float:
    """Records a second when only the rows are written, as they stand in the ledger."""
    ledger = apsw.Connection(str(load.home / "ledger.db"), flags=apsw.SQLITE_OPEN_READONLY)
    entries: list[Any] = ledger.execute("SELECT * FROM entry ORDER BY position").fetchall()
    disclosures: list[Any] = ledger.execute("SELECT * FROM disclosure ORDER BY entry, n").fetchall()
    ledger.close()
    # Written several times over, so that it meets the same machine as the longer runs it is compared with.
    took = sum(_write_rows(folder / f"bare-{n}.db", entries, disclosures) for n in range(BARE))
    return BARE * len(entries) / took


def _write_rows(path: Path, entries: Sequence[Any], disclosures: Sequence[Any]) -> float:
    db = apsw.Connection(str(path))
    for name, value in PRAGMAS.items():
        db.execute(f"PRAGMA {name} = {value}")
    db.execute((Path(__file__).parents[2] / "ledger/schema.sql").read_text("utf-8"))
    each = len(disclosures) // len(entries)
    began = time.perf_counter()
    for start in range(0, len(entries), 100):
        db.execute("BEGIN IMMEDIATE")
        db.executemany(f"INSERT INTO entry VALUES ({', '.join('?' * 14)})", entries[start : start + 100])
        rows = disclosures[start * each : (start + 100) * each]
        db.executemany("INSERT INTO disclosure VALUES (?, ?, ?)", rows)
        db.execute("COMMIT")
    took = time.perf_counter() - began
    db.close()
    return took


def over_http(load: Load) -> float:
    """Records a second pushed by this process to a collector in another."""
    announced = load.home / "address"
    env = {**os.environ, "MINGBAI_CONTENT": str(load.content), "MINGBAI_HOME": str(load.home)}
    command = [sys.executable, "-m", "collector", "serve", "--port", "0", "--announce", str(announced)]
    server = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
    try:
        while not announced.exists():
            if server.poll() is not None:
                raise RuntimeError(f"the collector stopped with exit code {server.returncode}")
            time.sleep(0.02)
        host, port = announced.read_text().strip().removeprefix("http://").split(":")
        return _push_all(load, (host, int(port)))
    finally:
        server.terminate()
        server.wait()


def _push_all(load: Load, address: tuple[str, int]) -> float:
    host = f"{address[0]}:{address[1]}"
    with _connected(address) as wire:
        nonce = json.loads(_ask(wire, f"GET /api/v1/hello HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()))[
            "nonce"
        ]
    requests = [_request(load.phone, host, nonce, body) for body in load.bodies()]
    time.sleep(1)  # the server's second process comes up behind its first line
    wires = [_connected(address) for _ in range(CONNECTIONS)]
    threads = [
        threading.Thread(target=_send, args=(wire, requests[n::CONNECTIONS])) for n, wire in enumerate(wires)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    for wire in wires:
        wire.close()
    return len(requests) * 100 / took


def _connected(address: tuple[str, int]) -> socket.socket:
    wire = socket.create_connection(address)
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as browsers do
    return wire


def _request(phone: Phone, host: str, nonce: str, body: bytes) -> bytes:
    path = "/api/v1/push"
    signature = sign(request_statement("POST", path, body, nonce), phone.keys["records"])
    head = {
        "Host": host,
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Mingbai-Device": phone.devices["records"],
        "Mingbai-Nonce": nonce,
        "Mingbai-Signature": signature,
    }
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def _send(wire: socket.socket, requests: Sequence[bytes]) -> None:
    for request in requests:
        answer = _ask(wire, request)
        assert answer.count(b'"state":"accepted"') >= 100, answer[:500]


def _ask(wire: socket.socket, request: bytes) -> bytes:
    wire.sendall(request)
    data = b""
    while b"\r\n\r\n" not in data:
        data += wire.recv(1 << 16)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += wire.recv(1 << 18)
    return body


def measure() -> dict[str, float]:
    """Records a second of each, and both ratios: medians of rounds that compare within themselves."""
    rounds = [_round() for _ in range(ROUNDS)]
    return {
        "push_to_bare_apsw": statistics.median(http / bare for bare, _, http in rounds),
        "push_to_in_process": statistics.median(http / alone for _, alone, http in rounds),
        "push_records_per_second": statistics.median(http for _, _, http in rounds),
        "in_process_records_per_second": statistics.median(alone for _, alone, _ in rounds),
        "bare_apsw_records_per_second": statistics.median(bare for bare, _, _ in rounds),
    }


def _round() -> tuple[float, float, float]:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        load, other = prepare(Path(one), BATCHES), prepare(Path(two), BATCHES)
        alone = in_process(load)
        return bare(load, Path(one)), alone, over_http(other)


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name}: {value:,.3f}")
