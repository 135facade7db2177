"""记载: the duty record of a deputy, folded from records filed for their own sake. Nothing is typed twice.

`SOURCES` says which kind of record is an entry of whom. Another subject joins by a row; a kind that
a congress has not is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from ledger.rulebooks import Rulebook

Answers = Mapping[str, Any]
Attendance = Literal["attended", "excused", "absent", "missed"]

ATTENDANCES: tuple[Attendance, ...] = ("attended", "excused", "absent", "missed")
"""`missed`: asked and not there, leave not told. That is no absence without leave."""
ENTRY = "duty_entry"
AREAS = (
    "political_guidance", "congress_powers", "voter_contact", "oversight", "proposals", "accountability",
)  # fmt: skip
"""The six duty areas of 365. The seed names the first two; the other four are unverified defaults."""
SUPPORTS = ("organisation", "study", "platform", "service", "incentive")
"""The five supports of 365, all named by the seed."""

AREA_OF: Mapping[str, str] = {
    "session_attendance": "congress_powers",
    "committee_attendance": "congress_powers",
    "observe_meeting": "oversight",
    "inspection": "oversight",
    "research": "oversight",
    "law_enforcement_check": "oversight",
    "hearing": "oversight",
    "group_activity": "voter_contact",
    "bill_cosign": "proposals",
    "visit": "voter_contact",
    "reception": "voter_contact",
    "suggestion": "proposals",
    "co_signature": "proposals",
    "rating": "oversight",
    "onsite_check": "oversight",
    "project_inspection": "oversight",
    "report_back": "accountability",
    "station_duty": "voter_contact",
    "service": "voter_contact",
    "opinion_report": "voter_contact",
    "special_supervision": "oversight",
    "activity_day": "congress_powers",
    "training": "political_guidance",
    "training_elsewhere": "political_guidance",
}
"""The area of each kind of duty, where the entry names none itself."""


@dataclass(frozen=True)
class Source:
    """One kind of record as an entry: who it names, when it was, and what kind of duty it is.

    `by`: the fields that name deputies, one or many; `otherwise`: asked only where those name nobody.
    `duty` is None where the record says its kind itself, in `says`. `where`: only records with one of these
    answers. `attends` is the field that says whether they came; `invited` names all who were asked.
    `what` is the field that names the matter.
    """

    kind: str
    by: tuple[str, ...]
    day: str
    duty: str | None
    otherwise: tuple[str, ...] = ()
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    attends: str | None = None
    invited: str | None = None
    says: str = "duty_kind"
    what: str = "what"

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields without which nothing can be concluded."""
        said = (self.says,) if self.duty is None else ()
        attends = (self.attends,) if self.attends else ()
        named = tuple(name for name in self.by if name != "author")
        return (*named, self.day, *said, *self.where, *attends)


_WALKS = ("full_round", "spot", "key_household", "enterprise")
SOURCES: tuple[Source, ...] = (
    Source(ENTRY, ("deputy",), "happened_on", None, attends="attendance"),
    Source("visit", ("deputies", "author"), "visited_on", "visit", where={"visit_kind": _WALKS}),
    Source("visit", ("deputies", "author"), "visited_on", "reception", where={"visit_kind": ("reception",)}),
    Source("suggestion", ("lead_deputy",), "received_on", "suggestion", otherwise=("author",)),
    Source("suggestion", ("co_signers",), "received_on", "co_signature"),
    Source("rating", ("rater",), "rated_on", "rating", otherwise=("author",)),
    Source("onsite_check", ("team",), "checked_on", "onsite_check"),
    Source("project_inspection", ("team",), "inspected_on", "project_inspection"),
    Source("report_back", ("deputy",), "reported_on", "report_back"),
    Source(
        "activity", ("deputies",), "starts_on", None, invited="invited", says="activity_kind", what="subject"
    ),
    Source("training", ("attendees",), "held_on", "training", invited="invited", what="topic"),
    Source("station_log", ("deputies",), "held_on", "station_duty", what="theme"),
    Source("service_deed", ("deputies",), "done_on", "service"),
    Source("opinion_report", ("deputies",), "submitted_on", "opinion_report", what="subject"),
)
"""Which records are entries. What is here is never asked again in a `duty_entry`."""


@dataclass(frozen=True, order=True)
class Entry:
    """One thing a deputy did, or was asked to and did not. `day` may be a month, where no more is public."""

    day: str
    duty: str
    source: str
    code: str
    area: str | None = None
    attendance: Attendance = "attended"
    what: str = ""
    asked: bool = False
    """Whether the record says who was asked to come, so that it counts in a share."""

    @property
    def done(self) -> bool:
        """Whether the deputy was there; who was excused or absent did nothing that counts."""
        return self.attendance == "attended"


def entries(records: Mapping[str, Iterable[Answers]], deputy: str) -> tuple[Entry, ...]:
    """C1: the duty record of one deputy, the oldest first. Records have their `code` and perhaps an `author`.

    >>> visit = {"code": "ZF-1", "visited_on": "2026-03", "visit_kind": "spot", "deputies": ["DB-1"],
    ...          "author": "DB-1"}
    >>> session = {"code": "LZ-1", "happened_on": "2026-01-20", "duty_kind": "session_attendance",
    ...            "deputy": "DB-1", "attendance": "absent", "what": "五次会议"}
    >>> found = entries({"visit": [visit], "duty_entry": [session]}, "DB-1")
    >>> [(each.day, each.duty, each.done) for each in found]
    [('2026-01-20', 'session_attendance', False), ('2026-03', 'visit', True)]

    The trap: who filed a visit and went along as well made one visit, not two. Who signed a suggestion led
    by another led none. Who was asked and is not among those who came is told, and counts nothing.
    """
    return by_deputy(records).get(deputy, ())


def by_deputy(records: Mapping[str, Iterable[Answers]]) -> dict[str, tuple[Entry, ...]]:
    """The duty records of everybody, in one pass over the records.

    >>> training = {"code": "PX-1", "held_on": "2026-05-19", "invited": ["DB-1", "DB-2"],
    ...             "attendees": ["DB-1"]}
    >>> {who: own[0].attendance for who, own in sorted(by_deputy({"training": [training]}).items())}
    {'DB-1': 'attended', 'DB-2': 'missed'}
    """
    found: dict[str, set[Entry]] = {}
    for source in SOURCES:
        for record in records.get(source.kind, ()):
            came = named(source, record)
            asked = frozenset(_who(record, (source.invited,) if source.invited else ()))
            for deputy in came | asked:
                if entry := _entry(source, record, deputy in came):
                    found.setdefault(deputy, set()).add(entry)
    return {deputy: tuple(sorted(own)) for deputy, own in found.items()}


def named(source: Source, record: Answers) -> frozenset[str]:
    """The deputies whose entry a record is.

    >>> led = next(each for each in SOURCES if each.duty == "suggestion")
    >>> sorted(named(led, {"lead_deputy": "DB-1", "author": "DB-2"})), sorted(named(led, {"author": "DB-2"}))
    (['DB-1'], ['DB-2'])
    """
    first = frozenset(_who(record, source.by))
    return first or frozenset(_who(record, source.otherwise))


def _who(record: Answers, fields: Iterable[str]) -> Iterator[str]:
    for name in fields:
        value = record.get(name)
        yield from value if isinstance(value, list | tuple) else [value] if value else []


def _entry(source: Source, record: Answers, came: bool) -> Entry | None:
    """The record as an entry; None where it does not say when it was, or is of another sort."""
    if any(record.get(name) not in values for name, values in source.where.items()):
        return None
    day, duty = record.get(source.day), source.duty or record.get(source.says)
    if not day or not duty:
        return None
    attendance = record.get(source.attends) if source.attends else "attended" if came else "missed"
    if attendance not in ATTENDANCES:
        return None
    area, what = record.get("duty_area") or AREA_OF.get(duty), str(record.get(source.what) or "")
    asked = bool(source.attends or record.get(source.invited or ""))
    return Entry(day, duty, source.kind, record["code"], area, attendance, what, asked)


def verified_late(entry: Answers, rulebook: Rulebook) -> int | None:
    """How many days after the event an entry was verified, where that is longer than the rulebook's limit.

    >>> from ledger.rulebooks import Value
    >>> book = Rulebook({}, {"duty.late_entry_after": Value("30 days")})
    >>> verified_late({"happened_on": "2026-01-20", "verified_on": "2026-03-20"}, book)
    59
    >>> verified_late({"happened_on": "2026-01-20", "verified_on": "2026-02-19"}, book) is None
    True
    """
    if "happened_on" not in entry or "verified_on" not in entry:
        return None
    limit = rulebook["duty.late_entry_after"].limit
    days = (date.fromisoformat(entry["verified_on"]) - date.fromisoformat(entry["happened_on"])).days
    return days if limit.unit == "days" and days > limit.number else None


def within(day: str, first: str, last: str) -> bool | None:
    """Whether a day, or a month, lies in a period; None where a month lies in it only in part.

    >>> within("2025-03-02", "2025-03-02", "2025-12-31"), within("2025-03", "2025-01-01", "2025-12-31")
    (True, True)
    >>> within("2025-03", "2025-03-15", "2025-12-31") is None
    True

    The trap: of a month alone nobody knows which half of it was meant.
    """
    if len(day) > 7:
        return first <= day <= last
    begins, ends = f"{day}-01", f"{day}-31"
    if ends < first or begins > last:
        return False
    whole = first <= begins and (ends <= last or (last[:7] == day and _is_last_of_month(last)))
    return True if whole else None


def _is_last_of_month(day: str) -> bool:
    return (date.fromisoformat(day) + timedelta(days=1)).day == 1
