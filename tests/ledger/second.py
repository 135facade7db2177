"""A ledger with a second copy, for the tests of ledger/backup."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ledger.backup.copying import SecondCopy
from ledger.backup.restore import Restored, restore
from ledger.forms import load_forms
from ledger.keys import TO_PRINT
from ledger.store import OfficeRecord, Store, open_ledger
from ledger.succession import read_paper
from tests.collector.phone import small_congress

DAY = "2026-11-26"
APPENDED = ("entry", "disclosure")
KEPT = (*APPENDED, "device", "form", "invite", "import_key", "blob", "quote", "head", "mended")


@dataclass
class Copied:
    """A store, its second copy (which moves only when told), and all that it has told."""

    store: Store
    second: SecondCopy
    told: list[int | None] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.second.folder

    def file(self, *names: str) -> None:
        """File a grid under each name."""
        self.store.office_append([OfficeRecord("grid", {"name": name}) for name in names])

    def again(self) -> SecondCopy:
        """The second copy as a new process meets it."""
        self.second = SecondCopy(self.store.home, self.folder, self.told.append, together=True)
        return self.second

    def restored(self, home: Path) -> Restored:
        """What the folder gives, with the paper."""
        paper = (self.store.home / "keys" / TO_PRINT).read_text()
        return restore(self.folder, home, read_paper(paper), DAY)


@contextmanager
def copied(folder: Path) -> Iterator[Copied]:
    """A new ledger and an empty second copy."""
    content, second = small_congress(folder), folder / "second"
    second.mkdir()
    with Store.open(folder / "home", load_forms(content)) as store:
        found = Copied(store, SecondCopy(store.home, second, together=True))
        found.second.tell = found.told.append
        yield found


def kept(home: Path, *tables: str) -> dict[str, list[Any]]:
    """Every row of the tables that are not made again; of `meta` what does not change with a restore."""
    with open_ledger(home) as ledger:
        db = ledger.connection
        names = tables or KEPT
        rows = {name: sorted(db.execute(f'SELECT * FROM "{name}"'), key=repr) for name in names}
        rows["meta"] = db.execute("SELECT * FROM meta WHERE key NOT IN ('epoch', 'asked')").fetchall()
    return rows
