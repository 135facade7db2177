"""The second copy as the office meets it: beside the server, made whole on demand or once a day, restored."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.backup import BACKUP_DAYS
from ledger.backup.copying import FAULTS, SecondCopy, today
from ledger.registry import Refused
from ledger.store import Store, StoreFault
from ledger.succession import NotThePaper, read_paper
from ledger.words import Words

if TYPE_CHECKING:
    from collector.office import Office
    from ledger.backup.restore import Restored

log = logging.getLogger("mingbai.backup")


@dataclass(frozen=True)
class Where:
    """Where the second copy lies, if there is one; `together`: even on the ledger's own disk, for a demo."""

    folder: Path | None = None
    together: bool = False
    days: int = BACKUP_DAYS

    @classmethod
    def said(cls, env: Mapping[str, str]) -> Where:
        """As the environment says; StoreFault for a number of days that is none."""
        folder, days = env.get("MINGBAI_BACKUP"), env.get("MINGBAI_BACKUP_DAYS") or str(BACKUP_DAYS)
        if not (days.isascii() and days.isdigit() and int(days)):
            raise StoreFault(f"MINGBAI_BACKUP_DAYS={days}: give a whole number of days, such as 30.")
        together = env.get("MINGBAI_BACKUP_SAME_DISK") == "1"
        return cls(Path(folder).absolute() if folder else None, together, int(days))

    def told(self, folder: Path | None, together: bool = False) -> Where:
        """The same, but for what was typed."""
        return Where(folder.absolute() if folder else self.folder, together or self.together, self.days)


@contextmanager
def beside(store: Store, where: Where) -> Iterator[SecondCopy | None]:
    """The second copy of an open store while something is done with it; at the end it has all of it."""
    if where.folder is None:
        yield None
        return
    second = SecondCopy.beside(store, where.folder, where.together, where.days)
    try:
        yield second
    finally:
        second.stop()


def daily(second: SecondCopy | None) -> None:
    """A whole copy once a day. What goes wrong is said in the log and by the doctor; the ledger goes on."""
    if second is None or not second.due(today()):
        return
    try:
        second.make_whole(today())
    except FAULTS as fault:
        log.error("no whole copy was made: %s", fault)


def backup(office: Office, lang: str) -> dict[str, Any]:
    """A whole verified copy, now."""
    if office.second is None:
        raise Refused("backup.no_folder")
    try:
        path = office.second.make_whole(today())
    except FAULTS as fault:
        raise StoreFault(str(fault)) from fault
    return {"name": path.name, "folder": str(path.parent), "position": office.store.safe_position}


def bring_back(where: Where, home: Path, paper: str) -> Restored:
    """Put the ledger of the second copy into an empty home; StoreFault says why it cannot be."""
    from ledger.backup.restore import restore

    if where.folder is None:
        raise StoreFault("Where is the second copy? Say it with --backup, or set MINGBAI_BACKUP.")
    try:
        return restore(where.folder, home, read_paper(paper), today())
    except NotThePaper as fault:
        raise StoreFault(str(fault)) from fault


def report(done: Restored, home: Path, words: Words, lang: str) -> Iterator[str]:
    """What was restored and what is missing, in plain words."""
    source = done.copy or words.say("backup.from_journal", lang)
    yield words.say("backup.restored", lang, position=done.position, copy=source, lines=done.lines, home=home)
    if done.known > done.position:
        yield words.say("backup.short", lang, number=done.known - done.position, known=done.known)
    for note in done.notes:
        yield words.say("backup.note", lang, what=note)
    if done.photos or done.photos_missing:
        yield words.say("backup.photos", lang, number=done.photos, missing=done.photos_missing)
    yield words.say("backup.next", lang, home=home)
