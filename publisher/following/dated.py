"""Which fields of which kinds name a day to come. A new kind stands in the calendars by one line here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Dated:
    """A field that names a day: of the record, or of each line of a group as `group.field`.

    `sort` is the calendar about everything in which it stands; `says` its words, `site.follow.day.<says>`.
    `until` names the last of several days. Once `done` is answered, or has become one of `over`, there is
    nothing left to do by that day, and it stands in no calendar any more. `of` names the line of a group.
    Whatever the record refers to, an organ, a deputy, a station, a project, has it in its own calendar too.
    """

    kind: str
    field: str
    sort: str
    says: str
    until: str | None = None
    done: str | None = None
    of: str | None = None
    off: str | None = None
    """A yes or no: where it is yes, the day does not take place and stands in no calendar."""


@dataclass(frozen=True)
class Rota:
    """A group whose lines say in words on which days something is open, such as 每月 20 日, and its hours."""

    kind: str
    group: str
    day: str
    opens: str
    closes: str
    says: str
    sort: str = "receptions"
    done: str | None = None
    instead: tuple[str, str, str] | None = None
    """A kind, its field that names the record, and its day: that day stands by itself, not by the rule."""


DATED = (
    Dated("project_cycle", "session_on", "meetings", "session"),
    Dated(
        "project_cycle", "steps.planned_from", "meetings", "step", until="steps.planned_to", of="steps.step"
    ),
    Dated("ballot", "voted_on", "meetings", "ballot"),
    Dated("onsite_check", "next_check_on", "meetings", "check"),
    Dated("key_supervision", "report_on", "deadlines", "report"),
    Dated("promise", "due_on", "deadlines", "promise", done="claimed_done_on"),
    Dated("project_inspection", "inspected_on", "meetings", "inspection"),
    Dated("project_inspection", "due_on", "deadlines", "mend", done="rectified_on"),
    Dated("project_evaluation", "rectification_due", "deadlines", "mend", done="rectified_on"),
    Dated("activity", "starts_on", "meetings", "activity", until="ends_on", done="cancelled_on"),
    Dated("open_meeting", "held_on", "meetings", "open_meeting", done="cancelled_on"),
    Dated("street_meeting", "held_on", "meetings", "street_meeting"),
    Dated("station_duty", "duty_on", "receptions", "duty", off="called_off"),
    Dated("station_check", "next_check_on", "meetings", "check"),
    Dated("station_evaluation", "improve_by", "deadlines", "mend", done="improved_on"),
    Dated("rectification", "due_on", "deadlines", "mend", done="claimed_done_on"),
    Dated("commitment", "due_on", "deadlines", "promise", done="claimed_done_on"),
    Dated("adopted_resolution", "due_on", "deadlines", "resolution"),
    Dated("resolution_followup", "next_on", "meetings", "check"),
)
"""Deadlines that rules conclude, of suggestions and of selected projects, are added by `calendars`."""
ROTAS = (
    Rota("activity", "schedule", "day", "opens", "closes", "activity_day", "meetings", done="cancelled_on"),
    Rota(
        "station",
        "reception",
        "day",
        "opens",
        "closes",
        "reception",
        instead=("station_duty", "station", "duty_on"),
    ),
)
