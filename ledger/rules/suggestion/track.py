"""The three lanes (三色管理法): 绿 act at once, 黄 act by a day with a check, 红 supervised to the end.

The lane says how a matter is driven, and neither what came of it nor whether it is in time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ledger.rulebooks import Rulebook
from ledger.rules.calendar import STATE_COUNCIL, Calendar
from ledger.rules.deadline import Deadline, count
from ledger.rules.lamps import Lamp, State
from ledger.rules.suggestion.case import Case, day_of
from ledger.rules.suggestion.stage import ENDED, stage

Colour = Literal["green", "yellow", "red"]


@dataclass(frozen=True)
class Lane:
    """A time in one lane: from which day to which (None: still), how many days, why, who sees to it."""

    code: str
    track: Colour
    set_on: str
    until: str | None
    days: int
    reason: str = ""
    due_on: str | None = None
    supervising_leader: str | None = None
    backstop_organ: str | None = None


def lanes(case: Case, on: date) -> tuple[Lane, ...]:
    """A suggestion's way through the lanes; the last one is the lane it is in, or was in when it ended.

    >>> green = {"code": "SD-1", "track": "green", "set_on": "2026-03-02", "reason": "换灯泡，可以马上办"}
    >>> red = {"code": "SD-2", "track": "red", "set_on": "2026-03-20", "reason": "换了还是不亮"}
    >>> [(lane.track, lane.days) for lane in lanes(Case({"code": "JY-1"}, {"track": [red, green]}),
    ...                                            date(2026, 3, 30))]
    [('green', 18), ('red', 10)]

    The trap: the days stop when the matter is over. Of two lanes of one day the stricter holds.
    """
    known = [each for each in case.until("track", on) if each.get("track") and day_of("track", each)]
    now = stage(case, on)
    end = now.since if now.stage in ENDED and now.since else on.isoformat()
    follow = [*(day_of("track", each) for each in known[1:]), None]
    return tuple(
        Lane(
            code=str(each["code"]),
            track=each["track"],
            set_on=day_of("track", each),
            until=until,
            days=_days(day_of("track", each), min(until or end, end)),
            reason=str(each.get("reason", "")),
            due_on=each.get("due_on"),
            supervising_leader=each.get("supervising_leader"),
            backstop_organ=each.get("backstop_organ"),
        )
        for each, until in zip(known, follow, strict=False)
    )


def _days(start: str, end: str) -> int:
    return max((date.fromisoformat(end) - date.fromisoformat(start)).days, 0)


def lane(case: Case, on: date) -> Lane | None:
    """The lane a suggestion is in; None where none was set."""
    return next(reversed(lanes(case, on)), None)


def track_lamps(case: Case, on: date, rulebook: Rulebook) -> tuple[Lamp, ...]:
    """Whether what the lane asks for is there; nothing to say where none was set, or where all is over.

    >>> yellow = {"code": "SD-1", "track": "yellow", "set_on": "2026-03-02", "due_on": "2026-03-31"}
    >>> def why(on, **more): return [lamp.why.rpartition(".")[2] for lamp in track_lamps(
    ...     Case({"code": "JY-1"}, {"track": [yellow], **more}), on, Rulebook({}, {}))]
    >>> why(date(2026, 3, 31)), why(date(2026, 4, 1))
    (['yellow_running'], ['yellow_overdue', 'yellow_no_check'])
    >>> why(date(2026, 4, 1), onsite_check=[{"code": "CY-1", "checked_on": "2026-03-01"}])
    ['yellow_overdue', 'yellow_no_check']

    The trap: a check from before the lane was set is no check of what the lane demands.
    """
    now = lane(case, on)
    if now is None or stage(case, on).stage in ENDED:
        return ()
    match now.track:
        case "green":
            return (_green(now, on, rulebook),)
        case "yellow":
            return tuple(_yellow(case, now, on))
    return tuple(_red(case, now, on)) or (_lamp("pass", "red_pass", leader=now.supervising_leader),)


def green_deadline(green: Lane, rulebook: Rulebook, on: date, calendar: Calendar = STATE_COUNCIL) -> Deadline:
    """The day by which a matter in the green lane is closed, with its count, as known while it is in it."""
    until = min(on, date.fromisoformat(green.until)) if green.until else on
    limit = rulebook["suggestion.green_within"].value
    return count(date.fromisoformat(green.set_on), limit, rulebook, calendar.as_known(until))


def retrack(case: Case, on: date, rulebook: Rulebook) -> Colour | None:
    """The lane to propose: yellow, for a matter that could be done at once and was not."""
    late = any(lamp.why == "suggestion.track.green_late" for lamp in track_lamps(case, on, rulebook))
    return "yellow" if late else None


def _green(now: Lane, on: date, rulebook: Rulebook) -> Lamp:
    deadline = green_deadline(now, rulebook, on)
    if days := deadline.passed(on):
        return _lamp("warn", "green_late", due=deadline.due.isoformat(), days=days)
    return _lamp("pass", "green_running", due=deadline.due.isoformat())


def _yellow(case: Case, now: Lane, on: date) -> Iterator[Lamp]:
    checks = [day_of("onsite_check", each) for each in case.until("onsite_check", on)]
    checked = [day for day in checks if day >= now.set_on]
    if now.due_on is None:
        yield _lamp("fail", "yellow_no_due")
    elif days := _days(now.due_on, on.isoformat()):
        yield _lamp("warn", "yellow_overdue", due=now.due_on, days=days)
        if not checked:
            yield _lamp("fail", "yellow_no_check", due=now.due_on)
    else:
        yield _lamp("pass", "yellow_running", due=now.due_on)
    if checked:
        yield _lamp("pass", "yellow_checked", day=checked[-1])


def _red(case: Case, now: Lane, on: date) -> Iterator[Lamp]:
    """代表法第五十二条 for the key supervision; the lane asks for a leader and a backstop organ as well."""
    if not now.supervising_leader:
        yield _lamp("fail", "red_no_leader")
    if not now.backstop_organ:
        yield _lamp("fail", "red_no_backstop")
    if not case.until("key_supervision", on):
        yield _lamp("fail", "red_no_key_supervision")
    if not case.until("leader_undertaking", on):
        yield _lamp("warn", "red_no_undertaking")


def _lamp(state: State, name: str, **params: object) -> Lamp:
    return Lamp("track", state, f"suggestion.track.{name}", params)
