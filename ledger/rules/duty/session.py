"""Sessions missed without leave: two of them are a ground on which a mandate ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.lamps import Lamp

Answers = Mapping[str, Any]
KIND = "session_attendance"


def missed_without_leave(attendance: Iterable[Answers], rulebook: Rulebook, since: str = "") -> Lamp:
    """代表法第六十二条第三项: absent without leave from two sessions of the own congress is a warning.

    `attendance` are the `duty_entry` records of one deputy. `since`: the day of the election; what was before
    belongs to another mandate. The lamp judges nothing: the committee on credentials does.

    >>> from ledger.rulebooks import Value
    >>> book = Rulebook({}, {"duty.sessions_missed": Value(2)})
    >>> def was(what, attendance, level="county", on="2026-01-20"): return {
    ...     "duty_kind": KIND, "what": what, "attendance": attendance, "level": level, "happened_on": on}
    >>> away = [was("四次会议", "absent"), was("五次会议", "absent")]
    >>> missed_without_leave(away, book).state, missed_without_leave(away[:1], book).state
    ('fail', 'warn')
    >>> day_two = was("五次会议", "absent", on="2026-01-21")
    >>> other = was("四次会议", "absent", "township")
    >>> [missed_without_leave([away[1], each], book).state for each in (day_two, other)]
    ['warn', 'warn']
    >>> missed_without_leave([], book).state
    'unknown'

    The traps: two days of one session are one session; one of the township and one of the county are not two
    of either; leave that was granted is no absence; nothing recorded is not everything attended.
    """
    sessions: dict[tuple[str, str], set[str]] = {}
    for each in attendance:
        if each.get("duty_kind") == KIND and str(each.get("happened_on", "")) >= since:
            key = str(each.get("level", "")), str(each.get("what", ""))
            sessions.setdefault(key, set()).add(str(each.get("attendance")))
    if not sessions:
        return Lamp("missed", "unknown", "rule.duty.missed.unknown")
    missed: dict[str, int] = {}
    for (level, _), told in sessions.items():
        missed[level] = missed.get(level, 0) + (told == {"absent"})
    most = max(missed.values())
    params = {"n": most, "of": len(sessions), "limit": int(rulebook["duty.sessions_missed"].value)}
    if most >= params["limit"]:
        return Lamp("missed", "fail", "rule.duty.missed.fail", params)
    return Lamp(
        "missed", "warn" if most else "pass", f"rule.duty.missed.{'warn' if most else 'pass'}", params
    )
