"""A collector in this process, without sockets: it can be started again, and come back from an older copy."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import apsw

from collector import sync
from ledger.backup.restore import new_epoch
from ledger.envelope import rfc3339
from ledger.forms import Form, load_forms, parse_form
from ledger.registry import Device, add_device, read_devices, revoke
from ledger.store import Store, now_ms
from ledger.strict_json import read_json, write_json
from ledger.words import Words, load_words
from tests.collector.phone import small_congress

SMALL = Path(__file__).parents[1] / "collector/small"


@cache
def small_words() -> Words:
    """What the collector says, read once."""
    with tempfile.TemporaryDirectory() as folder:
        return load_words(small_congress(Path(folder)))


@cache
def small_forms() -> Mapping[str, Form]:
    """The forms of the small congress, read once."""
    return load_forms(SMALL)


@cache
def wording(n: int) -> Form:
    """The nth wording of the note: another version of the same form."""
    text = small_forms()["note"].text
    return parse_form(text.replace("label: {zh: 札记", f"label: {{zh: 札记第{n}版"), f"note {n}")


@cache
def _first_home() -> Path:
    """A home as it is after its first start, to be copied: keys and tables are dear to make."""
    home = Path(tempfile.mkdtemp(prefix="mingbai-swarm-")) / "home"
    Store.open(home, small_forms()).close()
    return home


def prepare() -> None:
    """Do what is done once before hypothesis looks: some of it raises Python's recursion limit."""
    small_words(), _first_home(), [wording(n) for n in range(4)]


class Place:
    """One office: its ledger, and what it answers."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        shutil.copytree(_first_home(), self.home)
        self.forms = dict(small_forms())
        self.store = self.open()
        self.copy: Path | None = None

    def open(self) -> Store:
        """Start the writer of this home."""
        return Store.open(self.home, self.forms)

    def close(self) -> None:
        """Stop, as when the server is asked to."""
        self.store.close()

    def start_again(self) -> None:
        """Stop and start."""
        self.store.close()
        self.store = self.open()

    def learn(self, form: Form) -> None:
        """Put a new wording in force."""
        self.forms[form.kind] = form
        self.store.learn(self.forms)

    # -- the second copy --

    def back_up(self) -> None:
        """A copy of the ledger as it stands."""
        self.copy = self.home.parent / "copy.db"
        self.copy.unlink(missing_ok=True)
        beside = apsw.Connection(str(self.home / "ledger.db"), flags=apsw.SQLITE_OPEN_READONLY)
        with (
            closing(beside) as db,
            closing(apsw.Connection(str(self.copy))) as to,
            to.backup("main", db, "main") as backup,
        ):
            backup.step()

    def restore(self) -> None:
        """The server is lost: the ledger begins again from its copy, in a new epoch."""
        assert self.copy is not None
        self.store.close()
        for name in ("ledger.db-wal", "ledger.db-shm"):
            (self.home / name).unlink(missing_ok=True)
        shutil.copy(self.copy, self.home / "ledger.db")
        with closing(apsw.Connection(str(self.home / "ledger.db"))) as db:
            self.begin_epoch(db)
        self.store = self.open()

    def begin_epoch(self, db: apsw.Connection) -> None:
        """What a restore writes: from here on, positions may mean something else."""
        (position,) = db.execute("SELECT coalesce(max(position), 0) FROM entry").fetchone() or (0,)
        with db:
            new_epoch(db, int(position))  # type: ignore[call-overload]

    # -- who may write --

    def enter(self, keys: Mapping[str, str], person: int) -> dict[str, str]:
        """Two keys become two active devices of a person: the ids by chain."""
        ids = {chain: self.store.new_uuid() for chain in keys}
        pair, now = self.store.new_uuid(), rfc3339(now_ms())
        whose = f"DB-2026-AAA{person}", f"代表{person}"
        devices = [
            Device(ids[chain], pair, chain, key, "active", "deputy", *whose, now)
            for chain, key in keys.items()
        ]

        def enter(store: Store) -> None:
            for device in devices:
                add_device(store.db, device)
            store.devices = read_devices(store.db)

        self.store.do(enter).result()
        return ids

    def revoke(self, device: str) -> None:
        """Stop a phone."""
        pair = self.store.devices[device].pair

        def stop(store: Store) -> None:
            revoke(store.db, pair, "丢了", rfc3339(now_ms()))
            store.devices = read_devices(store.db)

        self.store.do(stop).result()

    # -- what it answers --

    def push(self, device: str, body: str) -> dict[str, Any] | None:
        """A batch in, the answer out as it travels; None where the device is not known."""
        store = self.store
        records = store.devices.get(device)
        if records is None:
            return None
        pair = {each.chain: each for each in store.devices.values() if each.pair == records.pair}
        writer = sync.Writer(pair["records"], pair["proof"])
        judged = sync.judge_batch(body.encode(), writer, store.forms, store.ledger_id)
        done = store.submit(judged.incoming).result()
        said = sync.answer(judged.batch, done, store.ledger_id, store.epoch, store.keys, small_words())
        answer: dict[str, Any] = read_json(write_json(said))
        return answer
