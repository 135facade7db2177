"""多级联动: deputies of two levels or more, each issue owned by a level, what goes up answered.

No article sets it; the least number of levels and the time to answer are unverified defaults of the rulebook.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from ledger.rulebooks import Rulebook
from ledger.rules.deadline import count
from ledger.rules.lamps import Lamp

Answers = Mapping[str, Any]
LEVELS = ("township", "county", "prefecture", "provincial", "national")
"""From below upwards."""


def goes_up(escalation: Answers) -> bool:
    """An escalation leads from a level to a higher one.

    >>> goes_up({"from_level": "township", "to_level": "prefecture"})
    True
    >>> goes_up({"from_level": "county", "to_level": "county"})
    False
    """
    return LEVELS.index(escalation["from_level"]) < LEVELS.index(escalation["to_level"])


def owner_takes_part(issue: Answers, levels: Iterable[str], escalations: Iterable[Answers]) -> bool:
    """The level that owns an issue takes part, or the issue was sent up to it.

    >>> owner_takes_part({"number": 1, "owner_level": "county"}, ["township", "county"], [])
    True

    The trap: nobody can own what nobody told them.

    >>> owner_takes_part({"number": 1, "owner_level": "provincial"}, ["township", "county"], [])
    False
    """
    owner = issue["owner_level"]
    sent = [each["to_level"] for each in escalations if each["issue"] == issue["number"]]
    return owner in set(levels) or owner in sent


Answered = Literal["answered", "waiting", "late"]


@dataclass(frozen=True)
class Escalation:
    """What went up, by when it is to be answered, and whether it was."""

    issue: int
    from_level: str
    to_level: str
    sent_on: str
    due: date
    state: Answered
    answers: Answers


def escalation(row: Answers, on: date, rulebook: Rulebook) -> Escalation:
    """Whether what was sent up is answered on a day. An answer after the limit is an answer.

    >>> from ledger.rulebooks import Value
    >>> book = Rulebook({}, {"linkage.escalation_answered_within": Value("30 days"),
    ...     "counting.first_day_counts": Value(False), "counting.roll_forward_on_holiday": Value(False),
    ...     "counting.roll_forward_on_weekend": Value(False)})
    >>> row = {"issue": 1, "from_level": "township", "to_level": "county", "sent_on": "2026-05-06"}
    >>> escalation(row, date(2026, 6, 5), book).state, escalation(row, date(2026, 6, 6), book).state
    ('waiting', 'late')
    >>> escalation(row | {"answered_on": "2026-07-01"}, date(2026, 7, 1), book).state
    'answered'

    The trap: what is answered tomorrow is not answered today.

    >>> escalation(row | {"answered_on": "2026-05-20"}, date(2026, 5, 19), book).state
    'waiting'
    """
    limit = str(rulebook["linkage.escalation_answered_within"].value)
    due = count(date.fromisoformat(row["sent_on"]), limit, rulebook).due
    answered = row.get("answered_on", "9999-12-31") <= on.isoformat()
    state: Answered = "answered" if answered else "late" if on > due else "waiting"
    return Escalation(row["issue"], row["from_level"], row["to_level"], row["sent_on"], due, state, row)


def solved(issue: Answers, on: date) -> bool:
    """Whether an issue is solved on a day.

    >>> solved({"solved_on": "2026-05-01"}, date(2026, 5, 1)), solved({}, date(2026, 5, 1))
    (True, False)
    """
    return bool(issue.get("solved_on", "9999-12-31") <= on.isoformat())


def levels_enough(activity: Answers, rulebook: Rulebook) -> Lamp:
    """Linked are two levels or more.

    >>> from ledger.rulebooks import Value
    >>> book = Rulebook({}, {"linkage.levels_at_least": Value(2)})
    >>> levels_enough({"levels": ["county"]}, book).state
    'fail'
    """
    n, least = len(set(activity.get("levels", ()))), int(rulebook["linkage.levels_at_least"].value)
    why = "rule.linkage.levels.pass" if n >= least else "rule.linkage.levels.fail"
    return Lamp("linkage_levels", "pass" if n >= least else "fail", why, {"n": n, "least": least})


def owners_named(activity: Answers) -> Lamp:
    """Each issue is owned by a level that takes part or was told.

    >>> owners_named({"levels": ["county"], "issues": []}).state
    'unknown'
    """
    issues, sent = activity.get("issues", ()), activity.get("escalations", ())
    if not issues:
        return Lamp("linkage_owners", "unknown", "rule.linkage.owners.none")
    lost = [each["number"] for each in issues if not owner_takes_part(each, activity["levels"], sent)]
    if lost:
        return Lamp("linkage_owners", "fail", "rule.linkage.owners.fail", {"numbers": tuple(lost)})
    return Lamp("linkage_owners", "pass", "rule.linkage.owners.pass", {"n": len(issues)})


def escalations_answered(activity: Answers, on: date, rulebook: Rulebook) -> Lamp:
    """Whatever went up came back."""
    found = [escalation(each, on, rulebook) for each in activity.get("escalations", ())]
    late = sum(each.state == "late" for each in found)
    waits = sum(each.state == "waiting" for each in found)
    told = {"n": sum(each.state == "answered" for each in found), "of": len(found), "late": late}
    if not found:
        return Lamp("linkage_answered", "pass", "rule.linkage.answered.none")
    if late:
        return Lamp("linkage_answered", "fail", "rule.linkage.answered.late", told)
    if waits:
        return Lamp("linkage_answered", "warn", "rule.linkage.answered.waiting", told)
    return Lamp("linkage_answered", "pass", "rule.linkage.answered.pass", told)
