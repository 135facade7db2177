"""Every suggestion with all that was filed about it, as the rules read it, out of the ledger.

Reading thousands of records takes seconds, so what was read is kept, and only what has come since is read
again. A case that nothing was filed about stays the same object: what was made of it still holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from collector.lists import heading
from ledger.fields import Field
from ledger.forms import Form
from ledger.rules.suggestion.case import Case
from ledger.store import Ledger, Record

SUGGESTION = "suggestion"
NAMED = ("organ", "deputy", "grid", "station")
"""Kinds whose records are shown by what they are called."""

Resolve = Callable[[str, str], "str | None"]
Answers = Mapping[str, Any]


def read_cases(
    ledger: Ledger, forms: Mapping[str, Form], timezone: str = "Asia/Shanghai"
) -> Mapping[str, Case]:
    """Every case by the suggestion's code."""
    cases = Cases(timezone)
    cases.update(ledger, forms)
    return cases.by_code


def kinds_about(forms: Mapping[str, Form]) -> list[str]:
    """The kinds whose records belong to a suggestion."""
    return [form.kind for form in forms.values() if _names_one(form.fields.get(SUGGESTION))]


def _names_one(asked: Field | None) -> bool:
    return asked is not None and asked.refers_to == SUGGESTION and asked.schema["type"] == "string"


@dataclass
class Cases:
    """The cases at one position of one ledger, brought up to date by `update`."""

    timezone: str = "Asia/Shanghai"
    by_code: dict[str, Case] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    """The id of each suggestion's current version: what a revision replaces."""
    labels: dict[str, str] = field(default_factory=dict)
    """What organs, deputies and places are called, by code."""
    position: int = 0
    _read_as: tuple[str, ...] = ()
    _about: dict[str, dict[str, dict[str, Answers]]] = field(default_factory=dict)
    _where: dict[str, str] = field(default_factory=dict)
    _loose: dict[str, Record] = field(default_factory=dict)

    def update(self, ledger: Ledger, forms: Mapping[str, Form]) -> None:
        """Read what has come since. Other forms, or another ledger, and all is read anew."""
        gone = str(ledger.gone.last())  # what was erased must not live on here
        read_as = (ledger.ledger_id, ledger.epoch, gone, *(form.version for form in forms.values()))
        if read_as != self._read_as or ledger.position < self.position:
            self.__init__(self.timezone)  # type: ignore[misc]
            self._read_as = read_as
        if ledger.position == self.position:
            return
        named = [each for kind in NAMED if kind in forms for each in ledger.records(kind, self.position)]
        if named:
            new = {each.code: heading(each, forms[each.kind], ledger, forms) for each in named}
            self.labels = {**self.labels, **new}
        codes = self._read(ledger, forms)
        for code in codes & self._about.keys():
            if SUGGESTION in self._about[code]:
                self.by_code[code] = self._case(code)
        self.position = ledger.position

    def _forget(self) -> None:
        self.by_code, self.ids, self.labels, self.position = {}, {}, {}, 0
        self._about, self._where, self._loose = {}, {}, {}

    def _read(self, ledger: Ledger, forms: Mapping[str, Form]) -> set[str]:
        """Take in the new versions; the codes of the suggestions they are about."""
        changed: set[str] = set()
        known = remembering(ledger.resolve)
        waiting, self._loose = list(self._loose.values()), {}
        for record in (*waiting, *self._new(ledger, forms)):
            fields = forms[record.kind].fields
            answers = {name: resolved(fields.get(name), said, known) for name, said in record.answers.items()}
            if any(_loose(fields.get(name), said) for name, said in answers.items()):
                self._loose[record.code] = record  # what it names may stand further down in the same import
            about = record.code if record.kind == SUGGESTION else answers.get(SUGGESTION)
            if not isinstance(about, str):
                continue
            if (before := self._where.get(record.code, about)) != about:
                self._about[before][record.kind].pop(record.code, None)
                changed.add(before)
            if record.kind == SUGGESTION:
                self.ids[record.code] = record.id
            self._where[record.code] = about
            whole = {**answers, "code": record.code, "filed_on": self._filed_on(record, ledger)}
            if record.author is not None:
                whole["author"] = record.author
            self._about.setdefault(about, {}).setdefault(record.kind, {})[record.code] = whole
            changed.add(about)
        return changed

    def _new(self, ledger: Ledger, forms: Mapping[str, Form]) -> Iterator[Record]:
        for kind in (SUGGESTION, *kinds_about(forms)):
            if kind in forms:
                yield from ledger.records(kind, self.position)

    def _filed_on(self, record: Record, ledger: Ledger) -> str:
        """The day its first version came, by the server's clock, where the congress sits."""
        first = ledger.history(record.code)[0] if record.replaces else record
        return local_day(first.received_at, self.timezone)

    def _case(self, code: str) -> Case:
        kept = self._about[code]
        records = {kind: tuple(each.values()) for kind, each in kept.items() if kind != SUGGESTION}
        return Case(kept[SUGGESTION][code], records)


def local_day(moment: str, timezone: str) -> str:
    """The day of a moment, where the congress sits.

    >>> local_day("2026-03-01T16:30:00.000Z", "Asia/Shanghai")
    '2026-03-02'
    """
    when = datetime.fromisoformat(moment.replace("Z", "+00:00")).astimezone(UTC)
    return when.astimezone(ZoneInfo(timezone)).date().isoformat()


def remembering(resolve: Resolve) -> Resolve:
    known: dict[tuple[str, str], str | None] = {}

    def remembered(kind: str, ref: str) -> str | None:
        if (kind, ref) not in known:
            known[kind, ref] = resolve(kind, ref)
        return known[kind, ref]

    return remembered


def resolved(asked: Field | None, said: Any, resolve: Resolve) -> Any:
    """An answer with its references as codes; what names nothing stays as it was written."""
    if asked is None or said is None:
        return said
    if asked.each:
        return [
            {name: resolved(asked.each.get(name), part, resolve) for name, part in row.items()}
            for row in said
        ]
    if asked.refers_to is None:
        return said
    if isinstance(said, list):
        return [resolve(asked.refers_to, each) or each for each in said]
    return resolve(asked.refers_to, said) or said


def _loose(asked: Field | None, said: Any) -> bool:
    """Whether an answer still names something by the office's name."""
    if asked is None or asked.refers_to is None:
        return False
    return any(not each[:1].isupper() for each in _many(said))


def _many(said: Any) -> Iterable[str]:
    return said if isinstance(said, list) else [said]
