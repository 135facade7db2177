"""五个一 台账: each "one" points to a real record with evidence. There is no box to tick.

听一次意见, 提一条建议, 反映一个急需解决的问题, 办一件实事, 写一份民情报告. The ledger is a view over
the records of a year; it is complete when each of the five has a record with evidence, and never otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Answers = Mapping[str, Any]
Name = Literal["hearing", "suggestion", "problem", "deed", "report"]
State = Literal["evidenced", "claimed", "missing"]
"""`claimed`: there is a record, and nothing in it that could be looked up."""

ONES: tuple[Name, ...] = ("hearing", "suggestion", "problem", "deed", "report")
KINDS: Mapping[Name, tuple[str, ...]] = {
    "hearing": ("visit",),
    "suggestion": ("suggestion",),
    "problem": ("opinion",),
    "deed": ("service_deed",),
    "report": ("opinion_report",),
}
"""Which records may stand for each. Nothing else is asked, so that nothing is typed twice."""
DATES: Mapping[str, str] = {
    "visit": "visited_on",
    "suggestion": "received_on",
    "opinion": "received_on",
    "service_deed": "done_on",
    "opinion_report": "submitted_on",
}
"""By which date each counts in a year."""
PASSED_ON = ("referred", "suggestion", "idea")


@dataclass(frozen=True)
class One:
    """One of the five: its state, and the record that stands for it."""

    name: Name
    state: State
    kind: str = ""
    code: str = ""
    day: str = ""


@dataclass(frozen=True)
class Ledger:
    """The five of a deputy in a year, in their order."""

    year: int
    ones: tuple[One, ...]

    @property
    def n(self) -> int:
        """How many have a record with evidence."""
        return sum(each.state == "evidenced" for each in self.ones)

    @property
    def complete(self) -> bool:
        """Whether all five have: 五个一 is five different things, not five of one."""
        return {each.name for each in self.ones if each.state == "evidenced"} == set(ONES)


def has_evidence(kind: str, record: Answers, around: Answers | None = None) -> bool:
    """Whether a record holds something that can be looked up.

    A visit: what was heard, or an opinion that names it. A suggestion: it was given to an organ. An urgent
    problem: it was passed on. A deed: a kind of evidence. A report: the visits or opinions it rests on.
    `around` says what of other records names it: `opinions` and `assignments`, as codes.

    >>> has_evidence("service_deed", {"what": "装了两盏路灯", "evidence_kinds": ["acceptance"]})
    True
    >>> has_evidence("opinion", {"urgency": "urgent", "disposition": "referred"})
    True

    The traps: a visit that says only that it took place; a problem that was noted and went nowhere; a report
    out of thin air.

    >>> has_evidence("visit", {"visited_on": "2026-03", "grid": "WG-1"})
    False
    >>> has_evidence("opinion", {"urgency": "urgent", "disposition": "answered_on_spot"})
    False
    >>> has_evidence("opinion_report", {"subject": "养老的报告", "visits": [], "opinions": []})
    False
    """
    named = around or {}
    match kind:
        case "visit":
            return bool(record.get("summary") or record.get("topics") or named.get("opinions"))
        case "suggestion":
            return bool(named.get("assignments"))
        case "opinion":
            return record.get("urgency") == "urgent" and record.get("disposition") in PASSED_ON
        case "service_deed":
            return bool(record.get("evidence_kinds"))
        case "opinion_report":
            return bool(record.get("visits") or record.get("opinions"))
    return False


@dataclass(frozen=True)
class Record:
    """A record of the deputy, and what of others names it."""

    kind: str
    answers: Answers
    around: Answers | None = None


def may_stand(record: Record, name: Name, year: int) -> bool:
    """Whether a record speaks of one of the five in a year. Only an urgent opinion is a 急需解决的问题.

    >>> urgent = Record("opinion", {"received_on": "2026-06", "urgency": "urgent"})
    >>> may_stand(urgent, "problem", 2026), may_stand(urgent, "problem", 2025)
    (True, False)
    >>> may_stand(Record("opinion", {"received_on": "2026-06", "urgency": "routine"}), "problem", 2026)
    False
    """
    if record.kind not in KINDS[name] or not str(record.answers.get(DATES[record.kind], "")).startswith(
        f"{year:04d}"
    ):
        return False
    return name != "problem" or record.answers.get("urgency") == "urgent"


def ledger(records: Iterable[Record], year: int) -> Ledger:
    """The five of a year out of a deputy's records: for each the first with evidence, else the first at all.

    >>> visit = {"code": "ZF-1", "visited_on": "2026-03", "summary": "听到三件事"}
    >>> deed = {"code": "SS-1", "done_on": "2026-05", "what": "装路灯"}
    >>> found = ledger([Record("visit", visit), Record("service_deed", deed)], 2026)
    >>> [each.state for each in found.ones], found.n, found.complete
    (['evidenced', 'missing', 'missing', 'claimed', 'missing'], 1, False)

    The trap: a deed without evidence fills no cell.
    """
    told = list(records)
    return Ledger(year, tuple(_one(told, name, year) for name in ONES))


def _one(records: Iterable[Record], name: Name, year: int) -> One:
    there = [each for each in records if may_stand(each, name, year)]
    there.sort(key=lambda each: (_day(each), str(each.answers.get("code", ""))))
    for state, some in (
        ("evidenced", [each for each in there if has_evidence(each.kind, each.answers, each.around)]),
        ("claimed", there),
    ):
        if some:
            first = some[0]
            code = str(first.answers.get("code", ""))
            return One(
                name, "evidenced" if state == "evidenced" else "claimed", first.kind, code, _day(first)
            )
    return One(name, "missing")


def _day(record: Record) -> str:
    return str(record.answers.get(DATES[record.kind], ""))
