"""Training of deputies (代表培训): attendance with its n, and the hours of each deputy. Nobody is ranked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Attendance:
    """Of those invited so many took part."""

    attended: int
    invited: int


@dataclass(frozen=True)
class Trained:
    """What one deputy's trainings add up to: hours taken part in, trainings, and those invited to."""

    hours: float
    attended: int
    invited: int


def attendance(training: Answers) -> Attendance:
    """How many of those invited took part; the rate is of those invited [K].

    >>> attendance({"invited": ["DB-1", "DB-2"], "attendees": ["DB-1"]})
    Attendance(attended=1, invited=2)

    The trap: who came without an invitation is in no rate, for it would be of somebody else.

    >>> attendance({"invited": ["DB-1", "DB-2"], "attendees": ["DB-9"]})
    Attendance(attended=0, invited=2)
    """
    invited = set(training.get("invited") or ())
    return Attendance(len(invited & set(training.get("attendees") or ())), len(invited))


def hours_of(trainings: Iterable[Answers]) -> dict[str, Trained]:
    """For each deputy who was invited or came, the hours; in the order in which they were first named.

    >>> day = {"hours": 8, "invited": ["DB-1", "DB-2"], "attendees": ["DB-1"]}
    >>> hours_of([day, {"hours": 3.5, "invited": ["DB-1"], "attendees": ["DB-1"]}])
    {'DB-1': Trained(hours=11.5, attended=2, invited=2), 'DB-2': Trained(hours=0, attended=0, invited=1)}

    The trap: a deputy who was never invited is not there at all, which is not the same as no hours.
    """
    found: dict[str, Trained] = {}
    for training in trainings:
        invited, came = training.get("invited") or (), set(training.get("attendees") or ())
        for deputy in dict.fromkeys([*invited, *(training.get("attendees") or ())]):
            before = found.get(deputy, Trained(0, 0, 0))
            there = deputy in came
            found[deputy] = Trained(
                before.hours + (training["hours"] if there else 0),
                before.attended + there,
                before.invited + (deputy in invited),
            )
    return found
