"""How long before the meeting a report is sent: 监督法（2024 年修正）第十五条.

Answers are those of `special_report`. The day is counted back by the one deadline engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from ledger.rulebooks import Rulebook
from ledger.rules.calendar import STATE_COUNCIL, Calendar
from ledger.rules.deadline import latest_before

Answers = Mapping[str, Any]
State = Literal["in_time", "late", "unknown"]

STEPS: Mapping[str, str] = {
    "sent_to_committee_on": "oversight.report_to_committee_before",
    "sent_to_sc_on": "oversight.report_to_sc_before",
    "sent_to_members_on": "oversight.report_to_members_before",
}
"""Each day of a report, and the rule that says how long before the meeting it lies."""


@dataclass(frozen=True)
class Lead:
    """One sending: the last day on which it was in time, the day it was sent, and how many days too late."""

    step: str
    rule: str
    limit: str
    latest: date
    sent: date | None
    state: State
    late: int


def leads(report: Answers, rulebook: Rulebook, calendar: Calendar = STATE_COUNCIL) -> tuple[Lead, ...]:
    """第十五条: twenty days before to the committee, ten to the standing committee, seven to its members.

    >>> from ledger.rulebooks import Value
    >>> book = Rulebook({}, {rule: Value(limit) for rule, limit in zip(
    ...     STEPS.values(), ("20 days", "10 days", "7 days"))})
    >>> report = {"heard_on": "2026-08-20", "sent_to_committee_on": "2026-07-31",
    ...           "sent_to_sc_on": "2026-08-11"}
    >>> [(each.latest.isoformat(), each.state) for each in leads(report, book)]
    [('2026-07-31', 'in_time'), ('2026-08-10', 'late'), ('2026-08-13', 'unknown')]

    The trap: the day of the meeting is not counted, and what nobody wrote down is not in time.
    """
    heard = date.fromisoformat(report["heard_on"])
    return tuple(
        _lead(step, rule, heard, report, rulebook, calendar)
        for step, rule in STEPS.items()
        if rule in rulebook.values
    )


def _lead(step: str, rule: str, heard: date, report: Answers, rulebook: Rulebook, calendar: Calendar) -> Lead:
    limit = str(rulebook[rule].value)
    latest = latest_before(heard, limit, calendar)
    sent = date.fromisoformat(report[step]) if step in report else None
    late = max((sent - latest).days, 0) if sent else 0
    return Lead(
        step, rule, limit, latest, sent, "unknown" if sent is None else "late" if late else "in_time", late
    )
