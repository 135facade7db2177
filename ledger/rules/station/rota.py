"""The rota of a station: duties announced beforehand, held, called off with a reason, or without a record.

Answers are those of `station_duty` and `station_log`, each with its `code`, references as codes. How many
people came is in none of these rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from ledger.rulebooks import Rulebook
from ledger.rules.lamps import Lamp
from ledger.rules.suggestion.figures import Figure

Answers = Mapping[str, Any]
State = Literal["planned", "held", "called_off", "no_record"]
STATES: tuple[State, ...] = ("planned", "held", "called_off", "no_record")


def state(duty: Answers, logs: Iterable[Answers], on: date) -> State:
    """What became of a duty. A log of an activity says that it was held.

    >>> duty = {"code": "ZW-1", "duty_on": "2026-11-04"}
    >>> state(duty, [], date(2026, 11, 4)), state(duty, [], date(2026, 11, 5))
    ('planned', 'no_record')
    >>> state(duty, [{"duty": "ZW-1", "held_on": "2026-11-04"}], date(2026, 11, 5))
    'held'
    >>> state(duty | {"called_off": True}, [], date(2026, 11, 5))
    'called_off'

    The traps: on its own day it may still be held; and without a record nobody knows, it is not called
    missed.
    """
    if duty.get("called_off"):
        return "called_off"
    if any(each.get("duty") == duty["code"] and each["held_on"] <= on.isoformat() for each in logs):
        return "held"
    return "planned" if duty["duty_on"] >= on.isoformat() else "no_record"


def held(duties: Iterable[Answers], logs: Sequence[Answers], on: date) -> Figure:
    """D4: duties that were held, of those whose day has come; what was called off is left out, and shown.

    >>> duties = [{"code": "ZW-1", "duty_on": "2026-10-20", "called_off": True},
    ...           {"code": "ZW-2", "duty_on": "2026-10-27"}, {"code": "ZW-3", "duty_on": "2026-11-04"},
    ...           {"code": "ZW-4", "duty_on": "2026-12-02"}]
    >>> found = held(duties, [{"duty": "ZW-2", "held_on": "2026-10-27"}], date(2026, 11, 21))
    >>> found.codes_counted, found.codes_of, found.excluded
    (('ZW-2',), ('ZW-2', 'ZW-3'), {'called_off': ('ZW-1',)})
    """
    named: dict[str, list[Answers]] = {}
    for each in logs:
        named.setdefault(each.get("duty", ""), []).append(each)
    found: dict[State, list[str]] = {each: [] for each in STATES}
    for duty in duties:
        found[state(duty, named.get(duty["code"], ()), on)].append(duty["code"])
    due = tuple(sorted(found["held"] + found["no_record"]))
    off = tuple(sorted(found["called_off"]))
    return Figure(
        "held", "station.figure.held", tuple(sorted(found["held"])), due, {"called_off": off} if off else {}
    )


def next_duty(duties: Iterable[Answers], on: date) -> Answers | None:
    """The next one that is not called off, today's before tomorrow's."""
    ahead = [each for each in duties if each["duty_on"] >= on.isoformat() and not each.get("called_off")]
    return min(ahead, key=lambda each: (each["duty_on"], each.get("opens", ""), each["code"]), default=None)


def announced(duty: Answers, rulebook: Rulebook) -> Lamp:
    """D4: a rota is made known some days before; local rules say two or three.

    >>> from ledger.rulebooks import Value
    >>> book = Rulebook({}, {"station.rota_days": Value(2)})
    >>> day = {"duty_on": "2026-10-28"}
    >>> [announced({**day, **told}, book).why for told in (
    ...     {}, {"announced_on": "2026-10-27"}, {"announced_on": "2026-10-26"})]
    ['station.announced.unknown', 'station.announced.late', 'station.announced.pass']
    """
    if "announced_on" not in duty:
        return Lamp("announced", "unknown", "station.announced.unknown")
    days = (date.fromisoformat(duty["duty_on"]) - date.fromisoformat(duty["announced_on"])).days
    need = int(rulebook["station.rota_days"].value)
    told = {"n": days, "need": need}
    if days < need:
        return Lamp("announced", "warn", "station.announced.late", told)
    return Lamp("announced", "pass", "station.announced.pass", told)


def in_time(duties: Iterable[Answers], rulebook: Rulebook) -> Figure:
    """Duties that were announced in time; those that do not say when are left out, and shown."""
    found: dict[str, list[str]] = {"pass": [], "warn": [], "unknown": []}
    for each in duties:
        found[announced(each, rulebook).state].append(each["code"])
    silent = tuple(sorted(found["unknown"]))
    return Figure(
        "in_time",
        "station.figure.in_time",
        tuple(sorted(found["pass"])),
        tuple(sorted(found["pass"] + found["warn"])),
        {"unannounced": silent} if silent else {},
    )


def with_members(logs: Iterable[Answers], year: str, on: date) -> Figure:
    """常委会组成人员带头进站: of the year's activities, those with a member of the committee."""
    known = [each for each in logs if each["held_on"].startswith(year) and each["held_on"] <= on.isoformat()]
    there = tuple(sorted(each["code"] for each in known if each.get("committee_members")))
    return Figure(
        "with_members",
        "station.figure.with_members",
        there,
        tuple(sorted(each["code"] for each in known)),
        {},
    )


def received(placed: Iterable[str], logs: Iterable[Answers], year: str, on: date) -> Figure:
    """Deputies of the stations who were there once at least in a year, of all who belong to one.

    Once is the whole of it: who came more often is counted no further, so that nobody can be ranked.
    """
    every = tuple(sorted(set(placed)))
    known = [each for each in logs if each["held_on"].startswith(year) and each["held_on"] <= on.isoformat()]
    there = {
        code for each in known for name in ("deputies", "committee_members") for code in each.get(name, ())
    }
    return Figure(
        "received", "station.figure.received", tuple(code for code in every if code in there), every, {}
    )
