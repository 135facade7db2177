"""The thread beside the writer: after each commit group the journal, once a day a whole copy.

It reads the ledger as anybody does and never keeps the writer waiting. How far the copy is safe it tells only
after file and folder are on disk. Whatever goes wrong there, the ledger goes on: safe_position stands still,
the log says why once, and it is tried again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import apsw

from ledger.backup import BACKUP_DAYS, aging, journal, pictures, whole
from ledger.backup.changes import (
    KEYS,
    WITH_OFFICE_ENTRIES,
    Stand,
    Step,
    entries_after,
    look_at,
    look_at_keys,
    office_filed,
    small_tables,
)
from ledger.backup.line import BrokenLine, Head, read_line, write_line
from ledger.envelope import rfc3339
from ledger.files import same_disk
from ledger.keys import KeysMissing, read_certificates
from ledger.sealed import key_name
from ledger.store import Ledger, Store, StoreFault, now_ms, open_ledger

GATHER = 1.0
"""Seconds between two lines: what comes within one shares a line and its fsync."""
RETRY = 5.0
PATIENCE = 30.0
PLAIN = ".second-copy.db"
"""In the home, private, while a whole copy is being made."""
FAULTS = (OSError, StoreFault, BrokenLine, KeysMissing, apsw.Error)
_TELLING: Mapping[str, Callable[[Ledger], Any]] = {
    "blob": Ledger.photos_stand,
    "form": lambda ledger: len(ledger.form_versions),
    "quote": Ledger.quotes_stand,
}
"""Tables that may be large, and what cheaply tells that one of them differs."""
log = logging.getLogger("mingbai.backup")


class CopyFault(StoreFault):
    """The second copy cannot go on; the message says why and what to do."""


@dataclass(frozen=True)
class End:
    """Where the second copy ends: the next line goes behind `size` bytes of a segment, after this line."""

    segment: int
    size: int
    line: str
    position: int
    chain: str
    tables: dict[str, str]
    fresh: bool = False


def today() -> str:
    """The day by the server's clock, in UTC, as copies are named."""
    return rfc3339(now_ms())[:10]


@dataclass
class SecondCopy:
    """The second copy of one home. `tell` hears how far it is safe; None while nothing can be said.

    `tell_photos` hears how the photos stood when it had every one of them: they may come after their records.
    """

    home: Path
    folder: Path
    tell: Callable[[int | None], None] = lambda position: None
    together: bool = False
    days: int = BACKUP_DAYS
    tell_photos: Callable[[str], None] = lambda stand: None
    fault: str | None = None
    _end: End | None = None
    _stands: dict[str, Stand] = field(default_factory=dict)
    _gates: dict[str, Any] = field(default_factory=dict)
    _turn: threading.RLock = field(default_factory=threading.RLock)
    _making: threading.Lock = field(default_factory=threading.Lock)
    _woken: threading.Event = field(default_factory=threading.Event)
    _ends: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    @classmethod
    def beside(
        cls, store: Store, folder: Path, together: bool = False, days: int = BACKUP_DAYS
    ) -> SecondCopy:
        """The second copy of an open store, following it from now on; CopyFault where it lies on its disk.

        A folder that is not there (a disk that is not mounted) keeps nobody from filing: it stands still.
        """

        def tell(position: int | None) -> None:
            store.safe_position = position

        def tell_photos(stand: str) -> None:
            store.safe_photos = stand

        second = cls(store.home, folder, tell, together, days, tell_photos)
        if folder.is_dir():
            second.check()
        store.on_commit = second.wake
        second.start()
        return second

    def check(self) -> None:
        """The folder is there, and on a disk of its own; CopyFault."""
        if not self.folder.is_dir():
            raise CopyFault(f"{self.folder}: is not there. Mount the second disk, or make the folder.")
        if not self.together and same_disk(self.home, self.folder):
            raise CopyFault(
                f"{self.folder}: lies on the same disk as {self.home}; if that breaks, both are gone. "
                "Set MINGBAI_BACKUP to a folder on another disk (for a demo: --same-disk)."
            )

    # -- the thread --

    def start(self) -> None:
        """Begin to follow the ledger."""
        (self.home / PLAIN).unlink(missing_ok=True)
        self._thread = threading.Thread(target=self._run, name="second-copy", daemon=True)
        self._woken.set()
        self._thread.start()

    def wake(self) -> None:
        """Something was committed."""
        self._woken.set()

    def stop(self) -> None:
        """Copy what is still missing, then end."""
        self._ends.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join()
        self._try()

    def _run(self) -> None:
        while not self._ends.is_set():
            self._woken.wait(PATIENCE)
            self._woken.clear()
            if self._ends.is_set():
                return
            if not self._try():
                self._woken.set()
            self._ends.wait(GATHER if self.fault is None else RETRY)

    def _try(self) -> bool:
        try:
            self.catch_up()
        except FAULTS as fault:
            said = str(fault)
            if said != self.fault:
                log.error("the second copy stands still: %s", said)
            self.fault, self._end = said, None
            return False
        if self.fault is not None:
            log.error("the second copy goes on")
        self.fault = None
        return True

    # -- the journal --

    def catch_up(self) -> int:
        """Bring the journal up to the ledger as it stands; the position that is safe. Raises FAULTS."""
        with self._turn, open_ledger(self.home) as ledger:
            return self._follow(ledger).position

    def _follow(self, ledger: Ledger) -> End:
        self.check()
        end = self._end or self._begin(ledger)
        public, _ = read_certificates(self.home / KEYS)
        tables, stands, changed = self._look(ledger, end)
        if "blob" in changed:
            pictures.copy_missing(self.home, self.folder, [row[0] for row in changed["blob"]["rows"]], public)
        steps = list(_first_with(changed, entries_after(ledger, end.position), end))
        for step in steps:
            end = self._append(ledger, step, replace(end, tables=tables), public)
        self._end = end
        self._stands |= stands
        self.tell(end.position)
        self.tell_photos(ledger.photos_stand())
        return end

    def _append(self, ledger: Ledger, step: Step, end: End, public: str) -> End:
        head = Head(
            ledger.ledger_id, ledger.epoch, step.begins, step.ends, step.chain, end.line, dict(end.tables)
        )
        data = write_line(head, step.content, public)
        size = journal.append(self.folder, end.segment, end.size, data)
        self._end = after = End(
            end.segment, size, read_line(data[:-1]).digest, step.ends, step.chain, end.tables
        )
        self.tell(after.position)
        return after

    def _look(self, ledger: Ledger, end: End) -> tuple[dict[str, str], dict[str, Stand], dict[str, Any]]:
        """The digests of all small tables, how they stand, and what of them the next line must hold."""
        digests, stands, changed = dict(end.tables), {}, {}
        for name in small_tables(ledger):
            before = self._stands.get(name)
            if before is not None and not self._may_differ(ledger, name, end):
                continue
            stands[name], table = look_at(ledger, name, before)
            digest = stands[name].named()
            if digest != end.tables.get(name) or end.fresh:
                changed[name] = table.content()
            digests[name] = digest
        digests[KEYS], held = look_at_keys(self.home)
        if digests[KEYS] != end.tables.get(KEYS) or end.fresh:
            changed[KEYS] = held
        return digests, stands, changed

    def _may_differ(self, ledger: Ledger, name: str, end: End) -> bool:
        """Whether a table is worth reading: the large ones have something cheap that tells."""
        if name == WITH_OFFICE_ENTRIES:
            return office_filed(ledger, end.position)
        if name not in _TELLING:
            return True
        now = _TELLING[name](ledger)
        before, self._gates[name] = self._gates.get(name), now
        return bool(before != now)

    def _begin(self, ledger: Ledger) -> End:
        """Where the copy ends on disk; what was not finished there is cut off."""
        self._stands, self._gates = {}, {}
        tail, there = journal.mend_tail(self.folder), whole.copies(self.folder)
        last = there[0][1] if there else None
        if tail is None and last is None:
            return End(1, 0, "", 0, ledger.ledger_id, {}, fresh=True)
        if last is not None and (tail is None or last.segment > tail.segment):
            end, of = _after_copy(last), (last.ledger, last.epoch)
        else:
            assert tail is not None
            head = tail.line.head
            end = End(tail.segment, tail.size, tail.line.digest, head.ends, head.chain, dict(head.tables))
            of = (head.ledger, head.epoch)
        if of[0] != ledger.ledger_id:
            raise CopyFault(
                f"{self.folder}: holds the copy of another ledger. Give this one a folder of its own."
            )
        if of[1] != ledger.epoch:
            # A restored ledger may go on from an earlier place than the copy: it gets a beginning of its own.
            return self._new_beginning(ledger, end)
        if ledger.chain_at(end.position) != end.chain:
            raise CopyFault(
                f"{self.folder}: knows position {end.position}, which this ledger has not or has otherwise. "
                "Somebody put an older or altered ledger.db in its place: run doctor, then restore."
            )
        self.tell(end.position)
        return end

    def _new_beginning(self, ledger: Ledger, end: End) -> End:
        self.tell(None)
        public, _ = read_certificates(self.home / KEYS)
        pictures.copy_missing(self.home, self.folder, ledger.photos(), public)
        head, keys = self._whole_head(ledger, end, today())
        whole.copy_plain(ledger, self.home / PLAIN)
        self._seal(head, keys)
        return _after_copy(head)

    # -- whole copies --

    def make_whole(self, day: str) -> Path:
        """A whole verified copy, and what is too old deleted; its file. Raises one of FAULTS."""
        with self._making:
            with self._turn, open_ledger(self.home) as ledger:
                end = self._follow(ledger)
                head, keys = self._whole_head(ledger, end, day)
                whole.copy_plain(ledger, self.home / PLAIN)
                counted = frozenset(ledger.photos())
                # Sealing takes its time; lines go on meanwhile, in the segment that follows this copy.
                self._end = _after_copy(head)
            made = self._seal(head, keys)
            pictures.set_aside(self.folder, counted, day)
            aging.prune(self.folder, day, self.days)
            return made

    def due(self, day: str) -> bool:
        """Whether there is no whole copy of this day."""
        there = whole.copies(self.folder)
        return not there or there[0][1].made < day

    def _whole_head(self, ledger: Ledger, end: End, day: str) -> tuple[whole.Head, dict[str, str]]:
        tables = {name: look_at(ledger, name, None)[0].named() for name in small_tables(ledger)}
        tables[KEYS], keys = look_at_keys(self.home)
        public, _ = read_certificates(self.home / KEYS)
        following = max([*journal.segments(self.folder), end.segment]) + 1
        head = whole.Head(
            ledger.ledger_id, ledger.epoch, ledger.position, ledger.chain_head, end.line, following,
            tables, key_name(public), day,
        )  # fmt: skip
        return head, keys

    def _seal(self, head: whole.Head, keys: dict[str, str]) -> Path:
        plain = self.home / PLAIN
        try:
            whole.check_plain(plain, head)
            public, _ = read_certificates(self.home / KEYS)
            return whole.seal_copy(plain, keys, head, public, self.folder)
        finally:
            plain.unlink(missing_ok=True)


def _after_copy(head: whole.Head) -> End:
    return End(head.segment, 0, head.line, head.position, head.chain, dict(head.tables))


def _first_with(changed: dict[str, Any], steps: Any, end: End) -> Any:
    """The steps, the first with what changed in small tables; one for that alone where there is none."""
    sealed = {"tables": {name: each for name, each in changed.items() if name != KEYS}}
    sealed |= {KEYS: changed[KEYS]} if KEYS in changed else {}
    first: Any = next(steps, None)
    if first is None:
        if changed:
            yield Step(end.position, end.position, end.chain, sealed)
        return
    yield first._replace(content={**first.content, **sealed}) if changed else first
    yield from steps
