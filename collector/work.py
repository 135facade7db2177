"""What is to be done, for each person: the clerk's queue, an organ's inbox, a deputy's own suggestions.

Who sees what is decided here and in `work_look`; what stands in one entry in `work_item`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from heapq import nsmallest
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from collector.awaiting import Awaiting, Version, approval_item
from collector.cases import Cases
from collector.lists import heading
from collector.work_item import Shown, item
from collector.work_look import OFFICE, Look, Who
from collector.work_steps import steps_for
from ledger.cel import withheld
from ledger.forms import Form
from ledger.problems import Problems
from ledger.registry import Device
from ledger.rulebooks import Rulebook, load_rulebook
from ledger.rules.suggestion.case import Case
from ledger.signature import digest_of
from ledger.store import Ledger
from ledger.strict_json import write_json

if TYPE_CHECKING:
    from collector.state import Collector

ROLES = (*OFFICE, "handler", "deputy")
MOST = 300
"""Entries in one answer; a list that nobody can finish is cut, and says how many are left."""
LATER = "9999"
"""What has no day of its own comes after what has."""
log = logging.getLogger("mingbai.collector")


def today_in(timezone: str) -> date:
    """The day where the congress sits."""
    return datetime.now(ZoneInfo(timezone)).date()


class Turn(IntEnum):
    """What one must do comes before what is overdue with others, and both before what is only to be read."""

    MUST = 0
    OVERDUE = 1
    TO_READ = 2
    MAY_WAIT = 3


class Rank(NamedTuple):
    """An entry's place: by its turn, then what is overdue, then by its day, then the longest waiting."""

    turn: Turn
    in_time: bool
    due: str
    since: str
    code: str


@dataclass
class Desk:
    """The lists of everybody, kept from one call to the next and made anew where something has changed."""

    today: Callable[[str], date] = today_in
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _cases: Cases | None = None
    _awaiting: Awaiting | None = None
    _made_for: tuple[object, ...] = ()
    _labels: Mapping[str, str] = field(default_factory=dict)
    _rulebook: Rulebook | None = None
    _looks: dict[str, Look] = field(default_factory=dict)
    _ranks: dict[tuple[Who, str], tuple[Look, Rank | None]] = field(default_factory=dict)
    _items: dict[Who, list[tuple[Look | Version, dict[str, Any]]]] = field(default_factory=dict)
    _answers: dict[Who, tuple[tuple[object, ...], bytes]] = field(default_factory=dict)

    def work(self, c: Collector, device: Device) -> tuple[str, bytes]:
        """A person's list as it travels, and the name of its state."""
        who, on = Who.of(device), self.today(c.congress.timezone)
        with self._lock, c.ledger() as ledger:
            forms = c.forms_etag()
            stand = (ledger.ledger_id, ledger.epoch, ledger.position, ledger.photos_stand())
            state = (*stand, on.isoformat(), forms)
            etag = digest_of(write_json([*state, device.person, *_asked(who)]).encode())[:22]
            kept = self._answers.get(who)
            if kept is None or kept[0] != state:
                self._renew(c, ledger, (on, forms))
                answer = write_json(self._answer(c, who, on, ledger)).encode()
                self._answers[who] = kept = (state, answer)
            return etag, kept[1]

    def _renew(self, c: Collector, ledger: Ledger, made_for: tuple[object, ...]) -> None:
        """Bring up to date what lists are made of: of another day or other forms nothing still holds."""
        zone = c.congress.timezone
        self._cases = self._cases or Cases(zone)
        self._awaiting = self._awaiting or Awaiting(zone)
        self._cases.update(ledger, c.store.current)
        self._awaiting.update(ledger, c.store.current, c.store.forms)
        if made_for != self._made_for:
            self._looks, self._ranks, self._answers = {}, {}, {}
            self._rulebook = _rulebook(c)
        if made_for != self._made_for or self._cases.labels is not self._labels:
            self._items = {}
        self._made_for, self._labels = made_for, self._cases.labels

    def _answer(self, c: Collector, who: Who, on: date, ledger: Ledger) -> dict[str, Any]:
        assert self._cases is not None and self._awaiting is not None
        forms = c.store.current
        shown = Shown(forms, c.words, self._cases.labels, self._cases.ids, _called(ledger, forms))
        entries: list[tuple[Rank, Look | Version]] = []
        if who.role in ROLES:
            looks = (self._look(case, on) for case in self._cases.by_code.values())
            entries += [(rank, look) for look in looks if (rank := self._rank(look, who))]
        if who.role in OFFICE:
            versions = self._awaiting.waiting(who.role, c.store.current, c.store.forms, self._cases.by_code)
            entries += [
                (Rank(Turn.TO_READ, True, LATER, each.filed_on, each.code), each) for each in versions
            ]
        first = nsmallest(MOST, entries, key=lambda entry: entry[0])
        items = self._told(who, [each for _, each in first], shown)
        return {"as_of": on.isoformat(), "items": items, "more": len(entries) - len(items)}

    def _told(self, who: Who, entries: Sequence[Look | Version], shown: Shown) -> list[dict[str, Any]]:
        """The entries as they travel; what was told before and is the same object is not made again."""
        before = {id(each): made for each, made in self._items.get(who, ())}
        self._items[who] = [(each, before.get(id(each)) or _made(each, who, shown)) for each in entries]
        return [made for _, made in self._items[who]]

    def _look(self, case: Case, on: date) -> Look:
        look = self._looks.get(case.code)
        if look is None or look.case is not case:
            look = self._looks[case.code] = Look(case, on, self._rulebook)
        return look

    def _rank(self, look: Look, who: Who) -> Rank | None:
        """A case's place in a person's list; None where it does not concern them."""
        kept = self._ranks.get((who, look.case.code))
        if kept is None or kept[0] is not look:
            rank = _rank(look, who) if look.concerns(who) else None
            kept = self._ranks[who, look.case.code] = look, rank
        return kept[1]


def _rank(look: Look, who: Who) -> Rank:
    must = any(each.must for each in steps_for(look, who))
    clock = look.clock(who)
    due = clock.deadline.due if clock and clock.deadline else None
    late = due is not None and due < look.on
    day = due.isoformat() if due else LATER
    turn = Turn.MUST if must else Turn.OVERDUE if late else Turn.MAY_WAIT
    return Rank(turn, not late, day, look.standing.since, look.case.code)


def _made(each: Look | Version, who: Who, shown: Shown) -> dict[str, Any]:
    return item(each, who, shown) if isinstance(each, Look) else approval_item(each, shown)


def _called(ledger: Ledger, forms: Mapping[str, Form]) -> Callable[[str], str | None]:
    """What a record is called by its code; of one that is not for everybody only the code is told."""

    def called(code: str) -> str | None:
        record = ledger.record(code)
        form = forms.get(record.kind) if record else None
        if record is None or form is None or withheld(form.publish_when, record.answers, form):
            return None
        return heading(record, form, ledger, forms)

    return called


def _asked(who: Who) -> tuple[str | None, ...]:
    return who.role, who.deputy, who.organ


def _rulebook(c: Collector) -> Rulebook | None:
    """The congress's rules; without them there are no deadlines, and everything else still stands."""
    try:
        return load_rulebook(c.content, c.congress.rulebook)
    except Problems as faults:
        log.error("no deadlines in the lists of what is to be done:\n%s", faults)
        return None
