"""How long it takes until a congress runs again: second copy and paper to a ledger that was examined."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ledger.backup.copying import SecondCopy
from ledger.backup.restore import restore
from ledger.forms import load_forms
from ledger.keys import TO_PRINT
from ledger.signature import digest_of
from ledger.store import Incoming, Store
from ledger.succession import read_paper
from tests.bench.push import TEXT, Load, prepare

RECORDS = 100_000
LINE = 100  # records that share a commit group, and so a line
DAY = "2026-11-26"
SAYS = f"""\
{RECORDS:,} signed records of 1 KB, restored from a whole copy of half and a journal of the rest ({LINE} a
line), then from the journal alone; each time to the end of the doctor, who checks every signature."""


def measure(records: int = RECORDS) -> dict[str, float]:
    """Seconds of both restores, of a whole copy, and of the journal for each record."""
    with tempfile.TemporaryDirectory() as folder:
        return _measure(Path(folder), records)


def _measure(folder: Path, records: int) -> dict[str, float]:
    load = prepare(folder, 0)
    second, alone = folder / "second", folder / "alone"
    second.mkdir()
    paper = read_paper((load.home / "keys" / TO_PRINT).read_text())
    journal = whole = 0.0
    with Store.open(load.home, load_forms(load.content)) as store:
        copy = SecondCopy(load.home, second, together=True)
        for n, batch in enumerate(_batches(load, store, records), 1):
            store.submit(batch).result()
            journal += _timed(copy.catch_up)
            if n == records // LINE // 2:
                whole = _timed(lambda: copy.make_whole(DAY))
    shutil.copytree(second, alone)
    shutil.rmtree(alone / "backups")
    found = {}
    for name, of in (("restore_seconds", second), ("restore_from_journal_seconds", alone)):
        began, busy = time.perf_counter(), time.process_time()
        done = restore(of, folder / name, paper, DAY)
        found[name] = time.perf_counter() - began
        found[f"{name}_of_processor"] = time.process_time() - busy
        assert done.position == records and not done.health.faults and not done.notes, done
        shutil.rmtree(folder / name)
    size = sum(path.stat().st_size for path in (alone / "journal").iterdir())
    return {
        **found,
        "whole_copy_of_half_seconds": whole,
        "journal_ms_a_line": journal / (records / LINE) * 1000,
        "journal_to_ledger_bytes": size / (load.home / "ledger.db").stat().st_size,
    }


def _batches(load: Load, store: Store, records: int) -> Iterator[list[Incoming]]:
    """Signed by a phone, and handed to the writer as if they had been judged."""
    form = store.current["note"]
    answers = {"day": "2026-03-02", "subject": "村道路灯", "people": 3, "text": TEXT}
    for _ in range(records // LINE):
        yield [_incoming(load.phone.record(form, answers), form.code) for _ in range(LINE)]


def _incoming(record: dict[str, Any], letters: str) -> Incoming:
    said = json.loads(record["envelope"])
    return Incoming(
        id=said["id"],
        digest=digest_of(record["envelope"].encode()),
        kind=said["kind"],
        device=said["device"],
        envelope=record["envelope"],
        signature=record["signature"],
        disclosures=record["disclosures"],
        letters=letters,
        chained=(said["seq"], said["prev"]),
    )


def _timed(run: Any) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began
