"""The six 有 of an activity (六有), and its authority in law: without one nothing is done in the congress's
name.

Answers are those of `activity`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from ledger.rules.lamps import Lamp

Answers = Mapping[str, Any]
Stage = Literal["cancelled", "closed", "held", "to_come"]

HAVES = ("purpose", "planned", "preparation", "rule_followed", "result", "report")
"""有目的、有计划、有准备、有规范、有结果、有报告."""
BEFORE = HAVES[:4]
"""Those that must be there before the day."""


def has_authority(activity: Answers) -> bool:
    """C10: an article of law stands behind it (不能以人大名义安排代表承担超越法定职权的事).

    >>> has_authority({"authority_basis": "代表法第四十三条"}), has_authority({"authority_basis": "领导要求"})
    (True, False)

    The trap: a sentence is not an article.
    """
    basis = str(activity.get("authority_basis", ""))
    article = basis.partition("第")[2]
    return article.find("条") > 0


def authority(activity: Answers) -> Lamp:
    """C10: the authority as a lamp; without one it is not approved."""
    good = has_authority(activity)
    why = f"rule.authority.{'pass' if good else 'absent'}"
    params = {"article": str(activity["authority_basis"])} if good else {}
    return Lamp("authority", "pass" if good else "fail", why, params)


def decided(activity: Answers) -> Lamp:
    """C10: a body decided on it together, and before the day."""
    by, on = activity.get("decided_by"), activity.get("decided_on")
    if by is None or on is None:
        return Lamp("decided", "warn", "rule.decided.absent")
    return Lamp("decided", "pass", "rule.decided.pass", {"by": by, "day": on})


def stage(activity: Answers, on: date) -> Stage:
    """Where an activity is on a day; never stored, since the day passes by itself.

    >>> activity = {"starts_on": "2026-06-03"}
    >>> stage(activity, date(2026, 6, 3)), stage(activity, date(2026, 6, 2))
    ('held', 'to_come')

    The trap: a cancelled activity was not held, whatever the day.
    """
    if activity.get("cancelled_on", "9999") <= on.isoformat():
        return "cancelled"
    if activity.get("closed_on", "9999") <= on.isoformat():
        return "closed"
    return "held" if activity["starts_on"] <= on.isoformat() else "to_come"


def six_haves(activity: Answers, on: date) -> tuple[Lamp, ...]:
    """C10: 要有目的、有计划、有准备、有规范、有结果、有报告, a lamp for each.

    >>> told = {"starts_on": "2026-06-03", "purpose": "听意见", "planned": "三处"}
    >>> [lamp.state for lamp in six_haves(told, date(2026, 6, 1))]
    ['pass', 'pass', 'unknown', 'unknown', 'unknown', 'unknown']
    >>> [lamp.state for lamp in six_haves(told, date(2026, 6, 4))]
    ['pass', 'pass', 'fail', 'fail', 'warn', 'warn']

    The trap: before the day nothing can be missing, and of one that was cancelled no result is asked.
    """
    return tuple(_have(name, activity, stage(activity, on)) for name in HAVES)


def _have(name: str, activity: Answers, now: Stage) -> Lamp:
    if str(activity.get(name, "")).strip():
        return Lamp(name, "pass", "rule.have.pass", {"have": name})
    if now in ("to_come", "cancelled"):
        over = now == "cancelled"
        return Lamp(name, "unknown", f"rule.have.{'cancelled' if over else 'to_come'}", {"have": name})
    if now == "held" and name not in BEFORE:
        return Lamp(name, "warn", "rule.have.open", {"have": name})
    return Lamp(name, "fail", "rule.have.missing", {"have": name})


def missing(activity: Answers) -> tuple[str, ...]:
    """Those of the six that are not there.

    >>> missing({"purpose": "听意见", "report": " "})
    ('planned', 'preparation', 'rule_followed', 'result', 'report')
    """
    return tuple(name for name in HAVES if not str(activity.get(name, "")).strip())
