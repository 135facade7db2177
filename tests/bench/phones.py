"""Many phones at once: each says hello and pushes five signed records, spread over a minute.

A real collector runs in its own process over the sample congress. Keys, chains and the signatures of records
are made before the clock runs, as phones sign while people write. The phones arrive when their turn has come,
whether or not the server has answered those before them. They share the machine's cores with the server that
they load. Some push their batch twice, as after an answer that was lost; when the last has been answered the
server is killed, and what is counted then is what was really on disk.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from collector.accounts import request_statement
from ledger.doctor import examine
from ledger.envelope import rfc3339
from ledger.forms import Form, load_forms
from ledger.keys import read_receipt
from ledger.registry import Device, add_device, read_devices
from ledger.signature import sign
from ledger.store import Store, open_ledger
from tests.collector.phone import API, ROOT, Phone, id_of
from tests.collector.siege import Server

PHONES = 2_000
RECORDS = 5
SECONDS = 60.0
SAMPLE = 50  # every so many answers, the receipt is verified
TWICE = 10  # of the first half, every so many send their batch again
PATIENCE = 120.0  # seconds until a phone gives up
PAUSE = (1.0, 5.0)  # seconds before it comes back
SAYS = f"""\
{PHONES:,} phones arrive within {SECONDS:g} s, say hello and push {RECORDS} signed visits each, whether or not
those before have been answered. They share the cores with the server. Then the server is killed, and what
lies in the ledger is counted."""
SUMMARY = "村口到学校的路灯坏了三盏，晚上接孩子看不清路，老人摔过一跤。"


@dataclass
class Sender:
    """One phone, what it has to send, and what it was answered."""

    phone: Phone
    records: Sequence[dict[str, Any]]
    hello_seconds: float = 0.0
    push_seconds: float = 0.0
    promised: dict[str, str] = field(default_factory=dict)
    receipt: dict[str, Any] | None = None
    turned_away: list[str] = field(default_factory=list)
    failed: str = ""


@dataclass(frozen=True)
class Account:
    """What became of all that was sent."""

    sent: int
    promised: int
    durable: int
    twice: int
    receipts_verified: int
    receipts_false: int
    failed: tuple[str, ...]
    turned_away: tuple[str, ...]
    faults: tuple[str, ...]
    push_seconds: tuple[float, ...]
    hello_seconds: tuple[float, ...]
    server_mb: float
    took: float


def rush(
    folder: Path,
    phones: int = PHONES,
    seconds: float = SECONDS,
    program: Sequence[str] = ("-m", "collector"),
) -> Account:
    """Let so many phones arrive within so many seconds, and count what is kept."""
    content, home = folder / "content", folder / "home"
    shutil.copytree(ROOT / "content", content)
    _import_sample(content, home)
    senders = _enter(content, home, phones)
    server = Server(content, home, program)
    server.start()
    assert server.process is not None
    try:
        began = time.perf_counter()
        peak = asyncio.run(_arrive(senders, server, seconds / phones))
        took = time.perf_counter() - began
    finally:
        server.kill()
    return _account(home, senders, peak, took)


def _import_sample(content: Path, home: Path) -> None:
    env = {**os.environ, "MINGBAI_CONTENT": str(content), "MINGBAI_HOME": str(home)}
    command = [sys.executable, "-m", "collector", "import", str(content / "records")]
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)


def _enter(content: Path, home: Path, phones: int) -> list[Sender]:
    """Phones that are enrolled already, their records signed."""
    with Store.open(home, load_forms(content)) as store:
        form, made = store.current["visit"], [Phone(client=None) for _ in range(phones)]  # type: ignore[arg-type]
        for phone in made:
            phone.ledger = store.ledger_id
            phone.devices = {chain: store.new_uuid() for chain in phone.spki}
        store.do(lambda store: _register(store, made)).result()
    with open_ledger(home) as ledger:
        grids = [record.code for record in ledger.records("grid") if record.code]
    return [
        Sender(phone, [phone.record(form, _answers(n + each, grids, form)) for each in range(RECORDS)])
        for n, phone in enumerate(made)
    ]


def _register(store: Store, phones: Sequence[Phone]) -> None:
    for n, phone in enumerate(phones):
        for chain, id in phone.devices.items():
            key, now = phone.spki[chain], rfc3339(0)
            code = f"DB-2026-B{n:03X}"
            add_device(
                store.db, Device(id, f"pair-{n}", chain, key, "active", "deputy", code, f"代表{n}", now)
            )
    store.devices = read_devices(store.db)


def _answers(n: int, grids: Sequence[str], form: Form) -> dict[str, Any]:
    answers = {
        "visited_on": f"2026-{n % 9 + 1:02d}-{n % 27 + 1:02d}",
        "grid": grids[n % len(grids)],
        "visit_kind": "spot",
        "people": n % 7,
        "topics": ["roads", "elderly"],
        "summary": SUMMARY * 2,
        "contact_phone": f"139{n:08d}",
    }
    return {name: value for name, value in answers.items() if name in form.fields}


async def _arrive(senders: Sequence[Sender], server: Server, apart: float) -> float:
    """All of them, in their turns; then the server is killed. The most memory it has held, in MB."""
    assert server.process is not None
    host = server.address.removeprefix("http://")
    began = asyncio.get_running_loop().time()
    tasks, peak = [], 0.0
    for n, sender in enumerate(senders):
        await asyncio.sleep(max(0.0, began + n * apart - asyncio.get_running_loop().time()))
        tasks.append(asyncio.create_task(_send(sender, host, again=n % TWICE == 0 and 2 * n < len(senders))))
        peak = max(peak, _peak_mb(server.process.pid)) if n % 20 == 0 else peak
    # The last answers are waited for with nothing in between: what they promised must be there already.
    wires = await asyncio.gather(*tasks)
    server.kill()
    for wire in wires:
        if wire is not None:
            wire.close()
    return peak


async def _send(sender: Sender, host: str, again: bool) -> asyncio.StreamWriter | None:
    """One phone until it is answered: who is turned away comes back after a pause, as the app does."""
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    return await _visit(sender, host, again)
                except (OSError, EOFError) as fault:
                    sender.turned_away.append(f"{type(fault).__name__}: {fault}")
                    await asyncio.sleep(random.uniform(*PAUSE))
    except TimeoutError:
        sender.failed = (sender.turned_away or ["no answer"])[-1]
        return None


async def _visit(sender: Sender, host: str, again: bool) -> asyncio.StreamWriter:
    """Hello, then everything in one batch; out comes the connection, which a browser leaves open."""
    name, port = host.split(":")
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection(name, int(port))
    status, body = await _ask(reader, writer, f"GET {API}/hello HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    said = time.perf_counter()
    sender.hello_seconds = said - began
    if status != 200:
        raise ConnectionError(f"hello was answered with {status}")
    push = _push(sender, host, json.loads(body)["nonce"])
    if again:
        await _ask(reader, writer, push)
        said = time.perf_counter()
    status, body = await _ask(reader, writer, push)
    sender.push_seconds = time.perf_counter() - said
    if status != 200:
        raise ConnectionError(f"push was answered with {status}")
    answer = json.loads(body)
    sender.promised = {each["id"]: each["state"] for each in answer["results"]}
    sender.receipt = answer["receipt"]
    return writer


def _push(sender: Sender, host: str, nonce: str) -> bytes:
    body = json.dumps({"batch": "b-1", "records": list(sender.records)}, ensure_ascii=False).encode()
    path, phone = f"{API}/push", sender.phone
    head = {
        "Host": host,
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Mingbai-Device": phone.devices["records"],
        "Mingbai-Nonce": nonce,
        "Mingbai-Signature": sign(request_statement("POST", path, body, nonce), phone.keys["records"]),
    }
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    return "\r\n".join(lines).encode() + body


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
) -> tuple[int, bytes]:
    writer.write(request)
    await writer.drain()
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
    return int(head.split(b" ", 2)[1]), await reader.readexactly(length)


def _peak_mb(pid: int) -> float:
    """The most memory that the server and the process that helps it have held, together."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    helpers = [int(child) for child in children.read_text().split()] if children.exists() else []
    return sum(_high_water_mb(each) for each in (pid, *helpers))


def _high_water_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def _account(home: Path, senders: Sequence[Sender], peak: float, took: float) -> Account:
    with open_ledger(home) as ledger:
        kept = Counter(row[1] for row in ledger.rows())
    made = {id_of(record) for sender in senders for record in sender.records}
    verified = [
        read_receipt(sender.receipt) is not None for sender in senders[::SAMPLE] if sender.receipt is not None
    ]
    answered = [sender for sender in senders if not sender.failed]
    return Account(
        sent=len(made),
        promised=sum(
            state in ("accepted", "replayed") for sender in senders for state in sender.promised.values()
        ),
        durable=len(made & set(kept)),
        twice=sum(number - 1 for number in kept.values()),
        receipts_verified=sum(verified),
        receipts_false=len(verified) - sum(verified),
        failed=tuple(sender.failed for sender in senders if sender.failed),
        turned_away=tuple(why for sender in senders for why in sender.turned_away),
        faults=tuple(finding.key for finding in examine(home).faults),
        push_seconds=tuple(sender.push_seconds for sender in answered),
        hello_seconds=tuple(sender.hello_seconds for sender in answered),
        server_mb=peak,
        took=took,
    )


def measure(phones: int = PHONES, seconds: float = SECONDS) -> dict[str, float]:
    """The whole rush, in figures."""
    with tempfile.TemporaryDirectory() as folder:
        account = rush(Path(folder), phones, seconds)
    for why, count in Counter(account.turned_away).items():
        print(f"{count} times turned away: {why}", file=sys.stderr)
    push = statistics.quantiles(account.push_seconds, n=100)
    hello = statistics.quantiles(account.hello_seconds, n=100)
    return {
        "phones_not_durable": float(account.sent - account.durable),
        "phones_twice": float(account.twice),
        "phones_push_p95_seconds": push[94],
        "phones_server_mb": account.server_mb,
        "phones": float(phones),
        "phones_that_gave_up": float(len(account.failed)),
        "times_turned_away": float(len(account.turned_away)),
        "records_sent": float(account.sent),
        "records_promised": float(account.promised),
        "receipts_verified": float(account.receipts_verified),
        "receipts_false": float(account.receipts_false),
        "ledger_faults": float(len(account.faults)),
        "arrival_seconds": account.took,
        "push_p50_seconds": push[49],
        "push_most_seconds": max(account.push_seconds),
        "hello_p50_seconds": hello[49],
        "hello_p95_seconds": hello[94],
        "hello_most_seconds": max(account.hello_seconds),
    }


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name}: {value:,.4g}")
