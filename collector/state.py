"""What the collector holds while it runs: store, words, congress, addresses, and today's forms."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from collector.accounts import Nonces, Throttle
from collector.judging import Judging
from collector.local_rules import local_rules
from collector.photos import Intake
from collector.sync import Writer
from collector.work import Desk
from ledger.backup.copying import SecondCopy
from ledger.congress import Congress, load_congress
from ledger.drafts import Drafts
from ledger.forms import load_forms
from ledger.problems import Problems
from ledger.registry import Device
from ledger.signature import digest_of
from ledger.store import Ledger, Store, open_ledger
from ledger.strict_json import write_json
from ledger.words import Words

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
LOOK_AGAIN = 2.0  # seconds between two looks at the files of forms and rulebooks
TOLD = "group"  # what phones were last told of forms besides; changed, every phone fetches its forms anew
log = logging.getLogger("mingbai.collector")


@dataclass
class Collector:
    """One running collector."""

    store: Store
    words: Words
    congress: Congress
    content: Path
    addresses: Mapping[str, str]
    app: Path
    site: Path
    nonces: Nonces = field(default_factory=Nonces)
    throttle: Throttle = field(default_factory=Throttle)
    handovers: Throttle = field(default_factory=Throttle)
    judging: Judging = field(default_factory=Judging)
    desk: Desk = field(default_factory=Desk)
    photos: Intake = field(default_factory=Intake)
    drafts: Drafts = field(init=False)
    second: SecondCopy | None = None
    _looked: float = 0.0
    _files: tuple[tuple[str, int, int], ...] = ()
    _looking: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.drafts = Drafts(self.store.home)

    @property
    def hosts(self) -> frozenset[str]:
        """The host names this collector answers to."""
        return LOOPBACK | {(urlsplit(self.addresses["collect"]).hostname or "").lower()}

    def ledger(self) -> AbstractContextManager[Ledger]:
        """The ledger as it stands now, for reading."""
        return open_ledger(self.store.home)

    def writer(self, device: Device) -> Writer:
        """The pair a device belongs to."""
        pair = {each.chain: each for each in self.store.devices.values() if each.pair == device.pair}
        return Writer(pair["records"], pair["proof"])

    def forms_etag(self) -> str:
        """A name for the set of forms in force."""
        versions = [form.version for form in self.store.current.values()]
        return digest_of(write_json([TOLD, *versions]).encode())[:22]

    def refresh(self) -> None:
        """Take up changed forms and rulebooks; while one has a fault, they stay as they were."""
        with self._looking:
            if time.monotonic() - self._looked < LOOK_AGAIN:
                return
            self._looked = time.monotonic()
            files = _files(self.content)
            if files == self._files:
                return
            self._files = files
            try:
                self.store.learn(load_forms(self.content))
                # The rest of the congress is read at the start; this must reach phones at once.
                said = load_congress(self.content)
                at_once = {name: getattr(said, name) for name in ("oldest_app", "retire_app", "duties")}
                self.congress = replace(self.congress, **at_once)
            except Problems as faults:
                log.error("forms stay as they were:\n%s", faults)
            self.store.rules = local_rules(self.content, self.congress, self.store.rules)


def _files(content: Path) -> tuple[tuple[str, int, int], ...]:
    inside = (path for name in ("forms", "rulebooks") for path in sorted((content / name).glob("*.yaml")))
    return tuple(_state(path) for path in (content / "congress.yaml", *inside))


def _state(path: Path) -> tuple[str, int, int]:
    """A file as it stands; one that an editor is just replacing is not there for a moment."""
    name = f"{path.parent.name}/{path.name}"
    try:
        stat = path.stat()
    except FileNotFoundError:
        return name, 0, 0
    return name, stat.st_mtime_ns, stat.st_size
