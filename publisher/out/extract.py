"""From the ledger to rows: which records leave, with which values, under which title. Writes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from ledger import ties
from ledger.approvals import KIND as APPROVAL
from ledger.approvals import Approvals
from ledger.certified import Certified
from ledger.envelope import read_disclosure
from ledger.formats import written_as
from ledger.forms import Field, Form
from ledger.pii import find_pii
from ledger.takedowns import KIND as TAKEDOWN
from ledger.takedowns import Takedowns
from ledger.why import Why
from publisher import kinds
from publisher.out.corrected import Correction, Version, corrections
from publisher.out.counted import Cell, counted_cells
from publisher.out.counted_areas import AreaCell, area_cells
from publisher.out.erased import Erased, Told
from publisher.out.held import Held
from publisher.out.leaving import Filed, Leaving, Terms, leaving, nothing, shut, texts
from publisher.out.photos import Named, Photo
from publisher.out.selfcheck import plainly_inside, plainly_private
from publisher.out.set_aside import SetAside, set_aside
from publisher.reading.shown import of_field

DAYS = ("date", "date-time")
DEEPEST_TITLE = 8
AS_COARSE_AS_A_VILLAGE = ("village", "township")


class Record(Filed, Protocol):
    """A current version in the ledger, with what a published envelope needs."""

    @property
    def received_at(self) -> str: ...
    @property
    def author(self) -> str | None: ...
    @property
    def replaces(self) -> str | None: ...
    @property
    def why(self) -> Why | None: ...
    @property
    def erased(self) -> Mapping[str, int]: ...
    @property
    def envelope(self) -> str: ...
    @property
    def signature(self) -> str: ...
    @property
    def device(self) -> str: ...
    @property
    def disclosures(self) -> Iterable[str]: ...


class Source(Protocol):
    """The ledger, read in one transaction."""

    @property
    def devices(self) -> Mapping[str, Any]: ...
    @property
    def erasures(self) -> Mapping[int, Any]: ...
    def forms(self) -> Mapping[str, Form]: ...
    def kinds(self) -> Iterable[str]: ...
    def records(self, kind: str) -> Iterable[Any]: ...
    def history(self, code: str) -> list[Any]: ...
    def resolve(self, kind: str, ref: str) -> str | None: ...


@dataclass(frozen=True)
class Row:
    """One record as it leaves."""

    record: Record
    terms: Terms
    values: Mapping[str, Any]
    withheld: bool
    filed_on: str
    title: str = ""
    corrections: tuple[Correction, ...] = ()
    photos: tuple[Named, ...] = ()
    erased: tuple[Erased, ...] = ()
    public_key: str | None = None

    @property
    def author(self) -> str | None:
        """The deputy who filed it, where the form publishes that."""
        return self.record.author if self.terms.author and not self.withheld else None

    @cached_property
    def envelope(self) -> dict[str, str | None] | None:
        """The signed text, its key, and the disclosures of what is published in full, for kinds with proof.

        It names the device and the moment: who filed it, and when, must both be public. The key tells no
        more than the device does: it is the name of one phone's chain of proofs.
        """
        if self.withheld or not self.terms.proof or not self.terms.author or hides_days(self.terms):
            return None
        read = ((*read_disclosure(text), text) for text in self.record.disclosures)
        shown = [
            text
            for name, value, text in read
            if name in self.terms.full and value == self.values.get(name)  # not the office's name of a record
        ]
        return {
            "code": self.record.code,
            "envelope": self.record.envelope,
            "signature": self.record.signature,
            "disclosures": json.dumps(shown, ensure_ascii=False, separators=(",", ":")),
            "public_key": self.public_key,
        }


@dataclass(frozen=True)
class Withdrawn:
    """A record that was public and is taken down: what stands at its address. Nothing of its content."""

    code: str
    kind: str
    withdrawn_on: str
    reason: str
    explanation: str | None = None


@dataclass(frozen=True)
class Extract:
    """All that leaves, what waits for a person, and every text that must not be found in a release."""

    rows: Mapping[str, tuple[Row, ...]]
    held: tuple[Held, ...]
    waiting: int
    inside: frozenset[str]
    counted: tuple[Cell, ...] = ()
    counted_areas: tuple[AreaCell, ...] = ()
    photos: tuple[Photo, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()
    certificates: tuple[Certified, ...] = ()
    erased_at: int = 0
    """The last erasure of something that may have been public, by its position in the ledger."""
    aside: SetAside | None = None
    private: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By code, what a correction for privacy took away: no correction of that record brings it back."""


def extract(source: Source, today: Mapping[str, Form], timezone: str, as_of: date) -> Extract:
    """Decide over every current record; counts stand as of a day."""
    reading = _Extraction(source, today, ZoneInfo(timezone))
    extracted = reading.run()
    cells = counted_cells(today, reading.versions, as_of, wordings=reading.wordings, timezone=timezone)
    areas = area_cells(
        today, reading.versions, as_of, reading._resolve, wordings=reading.wordings, timezone=timezone
    )
    return replace(extracted, counted=tuple(cells), counted_areas=tuple(areas))


@dataclass
class _Extraction:
    """The lookups one pass over the ledger needs."""

    source: Source
    today: Mapping[str, Form]
    zone: ZoneInfo
    wordings: Mapping[str, Form] = field(default_factory=dict)
    versions: list[Any] = field(default_factory=list)
    rows: dict[str, Row] = field(default_factory=dict)
    held: list[Held] = field(default_factory=list)
    waiting: int = 0
    inside: set[str] = field(default_factory=set)
    withdrawn: list[Withdrawn] = field(default_factory=list)
    private: dict[str, frozenset[str]] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    terms: dict[tuple[str, str], Terms] = field(default_factory=dict)
    resolved: dict[tuple[str, str], str | None] = field(default_factory=dict)

    def run(self) -> Extract:
        self.told = Told.read(self.source.erasures)
        for text, erasure in self.told.unsaid:
            self.inside.add(text)
            self._hold(erasure, "explanation", "pii.text")
        self.wordings = {**self.source.forms(), **{form.version: form for form in self.today.values()}}
        ever = self.source.kinds()
        self.public = {form.kind for form in kinds.public(self.today)}
        words = list(self.source.records(APPROVAL)) if APPROVAL in ever else []
        self.approvals = Approvals.read(words, self.wordings)
        self.seen = {str(each.answers.get("entry")): each.received_at for each in words}
        down = self.source.records(TAKEDOWN) if TAKEDOWN in ever and TAKEDOWN in self.today else []
        self.down = Takedowns.read(down)
        self.grids = (
            {record.code: record.answers for record in self.source.records("grid")} if "grid" in ever else {}
        )
        targets: dict[str, set[str]] = {}
        for form in self.wordings.values():
            if target := ties.tied_to(form):
                targets.setdefault(form.kind, set()).add(target)
        for kind in sorted(ever, key=lambda kind: ties.depth(kind, targets)):
            for record in self.source.records(kind):
                self._decide(record)
        self._name()
        kept = [replace(row, title=self.titles[code]) for code, row in sorted(self.rows.items())]
        rows = {kind: tuple(row for row in kept if row.record.kind == kind) for kind in sorted(self.public)}
        gone = tuple(sorted(self.withdrawn, key=lambda each: each.code))
        inside = frozenset(self.inside)
        return Extract(rows, tuple(self.held), self.waiting, inside, withdrawn=gone, private=self.private)

    def _name(self) -> None:
        """Give every row its heading. One held back for its heading takes with it what is tied to it."""
        while True:
            for code in sorted(self.rows):
                self._title(code)
            lost = [row for row in self.rows.values() if not row.withheld and self._shut(row)]
            if not lost:
                return
            self.titles.clear()
            for row in lost:
                self._row_again(row)

    def _shut(self, row: Row) -> bool:
        return any(tie.holds_back(row.record.answers, self._stands) for tie in row.terms.ties)

    def _row_again(self, row: Row) -> None:
        """Withhold a row whose record was decided before the one it is tied to was held back."""
        again, left = self._row(row.record, self.source.history(row.record.code))
        self.inside.update(left.inside)
        assert again is not None
        self.rows[row.record.code] = again

    def _stands(self, kind: str, ref: str) -> bool:
        """Whether a record is public and not withheld; what is not known, waits or is held does not."""
        code = self._resolve(kind, ref)
        row = self.rows.get(code) if code else None
        return row is not None and row.record.kind == kind and not row.withheld

    def _decide(self, record: Record) -> None:
        """One record becomes a row, waits, or is held; a fault in it stops nothing else."""
        try:
            versions = self.source.history(record.code) if record.replaces else [record]
            self.versions += versions
            if record.code in self.down:
                self._take_down(record, versions)
                return
            row, left = self._row(record, versions)
        except Exception as fault:
            self._hold(record, "", f"fault.{type(fault).__name__}")
            return
        self.inside.update(left.inside)
        for each in versions:
            self.inside.update(plainly_inside(each.answers, self._wordings(each)))
        if len(versions) > 1:
            private = frozenset(plainly_private([(each.answers, each.why) for each in versions]))
            self.private[record.code] = private
            self.inside |= private
        if row is None:
            return
        if hit := _pii(row.terms.today.fields, row.values):
            self._hold(record, *hit)
            return
        self.rows[record.code] = row

    def _row(self, record: Record, versions: list[Any]) -> tuple[Row | None, Leaving]:
        if record.kind not in self.public:
            return None, nothing(record)
        terms = self._terms(record)
        approved = terms.needs_approval and self.approvals.hold(record, terms.gate, terms.today)
        if terms.gate != "none" and not approved:
            self.waiting += 1
            return None, nothing(record)
        left = self._leaving(record, terms, approved)
        coarse = hides_days(terms) or (left.withheld and _keeps_no_day(terms.today, left.values))
        filed_on = self._day(versions[0].received_at, coarse)
        corrected = self._corrections(record, versions, left, coarse)
        seen = self.seen.get(record.digest, "")
        photos = tuple(
            Named(name, digest, seen if name in left.looked_at or terms.gate != "none" else None)
            for name, digests in left.photos.items()
            for digest in digests
        )
        device = self.source.devices.get(record.device) if terms.proof else None
        key = device.key if device else None
        erased = tuple(self.told.of(record, terms, self._stands, approved, left, self._day, coarse))
        row = Row(record, terms, left.values, left.withheld, filed_on, "", corrected, photos, erased, key)
        return row, left

    def _leaving(self, record: Filed, terms: Terms, approved: bool) -> Leaving:
        return leaving(
            record,
            terms,
            approved=approved,
            resolve=self._resolve,
            village_of=self._village_of,
            stands=self._stands,
        )

    def _wordings(self, record: Filed) -> list[Form]:
        return [form for form in (self.wordings.get(record.form), self.today.get(record.kind)) if form]

    def _terms(self, record: Filed) -> Terms:
        key = (record.form, record.kind)
        if key not in self.terms:
            self.terms[key] = Terms.of(self.wordings.get(record.form), self.today[record.kind])
        return self.terms[key]

    def _corrections(
        self, record: Record, versions: list[Any], left: Leaving, coarse: bool
    ) -> tuple[Correction, ...]:
        """Compares only what leaves of each version, so that a change to what stays inside tells nothing."""
        if len(versions) < 2:
            return ()
        fields = self.today[record.kind].fields
        closed = shut(record, self._terms(record), self._stands)
        opened = [name for name in fields if name not in closed]
        told = corrections(
            [self._version(each, coarse) for each in versions],
            [name for name in fields if not left.withheld or name in left.values],
            opened,
            lambda name, value: not (_pii(fields, {name: value}) if name else find_pii(value)),
        )
        if left.withheld:
            told = tuple(replace(each, explanation=None) for each in told)
        self.inside.update(text for text in _gone(told, versions) if not written_as("date", text))
        said = {each.explanation for each in told}
        self.inside.update(
            each.why.explanation
            for each in versions
            if each.why and each.why.explanation and each.why.explanation not in said
        )
        return told

    def _version(self, version: Any, coarse: bool) -> Version:
        """One version as it would leave today, and whether it was ever public."""
        terms = self._terms(version)
        approved = terms.needs_approval and self.approvals.hold(version, terms.gate, terms.today)
        left = self._leaving(version, terms, approved)
        on = self._day(version.received_at, coarse or hides_days(terms))
        public = self._was_public(terms, left, approved)
        if not public:
            self.inside.update(nothing(version).inside)
        self.inside.update(left.inside)
        return Version(
            on, public, version.answers, left.values, left.photos, version.why, frozenset(version.erased)
        )

    def _was_public(self, terms: Terms, left: Leaving, approved: bool) -> bool:
        """Whether a version passed its gate and the scan: one that did not was never seen outside."""
        return (terms.gate == "none" or approved) and not _pii(terms.today.fields, left.values)

    def _take_down(self, record: Record, versions: list[Any]) -> None:
        """Nothing of a record leaves, its name neither; a trace of it only where it was public."""
        for each in versions:  # a day that it names stands in a calendar too
            self.inside.update(text for text in nothing(each).inside if not written_as("date", text))
        takedown = self.down.by_record[record.code]
        said = str(takedown.answers.get("explanation") or "") or None
        if said and (hits := find_pii(said)):
            self.inside.add(said)
            self._hold(takedown, "explanation", f"pii.{hits[0].kind}")
            said = None
        if record.kind not in self.public or not any(
            self._version(each, True).published for each in versions
        ):
            return
        on = self._day(takedown.received_at, False)
        reason = str(takedown.answers.get("reason", ""))
        self.withdrawn.append(Withdrawn(record.code, record.kind, on, reason, said))

    def _day(self, received_at: str, coarse: bool) -> str:
        """The day a record came; only its month where the day it speaks of is not published."""
        day = local_day(received_at, self.zone)
        return day[:7] if coarse else day

    def _resolve(self, kind: str, ref: str) -> str | None:
        key = (kind, ref)
        if key not in self.resolved:
            self.resolved[key] = self.source.resolve(kind, ref)
        return self.resolved[key]

    def _village_of(self, ref: str) -> str | None:
        """The village a grid lies in; nothing where none is found above it."""
        seen: set[str] = set()
        code = self._resolve("grid", ref)
        while code and code not in seen and (answers := self.grids.get(code)):
            if answers.get("level") in AS_COARSE_AS_A_VILLAGE:
                return code
            seen.add(code)
            code = self._resolve("grid", answers["within"]) if "within" in answers else None
        return None

    def _title(self, code: str, above: tuple[str, ...] = ()) -> str:
        """A record's heading. What another record is called stands in it only while that record leaves."""
        if code in self.titles:
            return self.titles[code]
        row = self.rows.get(code)
        if row is None or code in above or len(above) >= DEEPEST_TITLE:
            return code
        form = row.terms.today
        shown = {
            name: of_field(form.fields[name], value, lambda ref: self._title(ref, (*above, code)))
            for name, value in row.values.items()
            if form.page and name in form.page.places
        }
        title = form.title(shown) or f"{form.label['zh']} {code}"
        if hits := find_pii(title):
            del self.rows[code]
            self._hold(row.record, "title", f"pii.{hits[0].kind}")
            return code
        self.titles[code] = title
        return title

    def _hold(self, record: Record, field: str, reason: str) -> None:
        self.held.append(Held(record.code, record.kind, record.digest, field, reason))
        self.inside.update(nothing(record).inside)


def _gone(told: Iterable[Correction], versions: list[Any]) -> Iterator[str]:
    """The texts that were public once and that no correction tells any more."""
    for n, correction in enumerate(told, 1):
        for change in correction.changes:
            first, last = (0 if change.was_gone else n), (n + 1 if change.became_gone else n)
            for version in versions[first:last]:
                yield from texts(version.answers.get(change.field))


def of_aside(
    source: Any, today: Mapping[str, Form], timezone: str, rows: Mapping[str, Iterable[Row]]
) -> SetAside | None:
    """What is told of the records that were kept aside; of one that leaves, its code."""
    zone = ZoneInfo(timezone)
    public = {row.record.code for found in rows.values() for row in found if not row.withheld}
    coarse = {kind for kind, form in today.items() if hides_days(Terms.of(form, form))}
    return set_aside(source, today, public, coarse, lambda at: local_day(at, zone))


def local_day(received_at: str, zone: ZoneInfo) -> str:
    """The day of a moment where the congress is."""
    return datetime.fromisoformat(received_at.replace("Z", "+00:00")).astimezone(zone).strftime("%Y-%m-%d")


def hides_days(terms: Terms) -> bool:
    """Whether a form keeps a date from the public, so that the day of arrival must not give it away."""
    forms = [form for form in (terms.filed, terms.today) if form]
    return any(_hides_day(each) for form in forms for each in form.fields.values())


def _hides_day(asked: Field, inside: bool = False) -> bool:
    """Whether a field is a day, or a group with one in it, that is not published in full of every record."""
    inside = inside or asked.publish != "full" or asked.publish_when is not None
    if asked.each:
        return any(_hides_day(part, inside) for part in asked.each.values())
    return inside and asked.type in DAYS


def _keeps_no_day(form: Form, values: Mapping[str, Any]) -> bool:
    """Whether a form asks for days and none of them is among the values."""
    days = [each.name for each in form.fields.values() if each.type in DAYS]
    return bool(days) and not any(name in values for name in days)


def _pii(fields: Mapping[str, Field], values: Mapping[str, Any]) -> tuple[str, str] | None:
    """The first field whose text looks like personal data, and what it looks like.

    Choices are looked at too: what was filed before a field had choices is free text.
    """
    for name, value in values.items():
        asked = fields[name]
        if asked.each:
            for row in value:
                if hit := _pii(asked.each, row):
                    return f"{name}.{hit[0]}", hit[1]
        elif asked.schema["type"] in ("string", "array"):
            for text in texts(value):
                if hits := find_pii(text):
                    return name, f"pii.{hits[0].kind}"
    return None
