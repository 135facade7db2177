"""编组进站: every deputy of the five levels belongs to one home station, and every group has a convener.

Answers are those of `station_roster` and `deputy`, each with its `code`, references as codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.rules.lamps import Lamp
from ledger.rules.suggestion.figures import Figure

Answers = Mapping[str, Any]
LEVELS = ("national", "provincial", "prefecture", "county", "township")


def holds(roster: Answers, on: date) -> bool:
    """Whether a place in a station holds on a day; its last day is within.

    >>> place = {"since": "2022-02-20", "until": "2026-09-30"}
    >>> holds(place, date(2026, 9, 30)), holds(place, date(2026, 10, 1))
    (True, False)
    """
    return bool(roster["since"] <= on.isoformat() <= roster.get("until", "9999"))


def overlap(one: Answers, other: Answers) -> bool:
    """Whether two places hold on some day together.

    >>> overlap({"since": "2022-01-01", "until": "2026-09-30"}, {"since": "2026-10-01"})
    False
    """
    return bool(one["since"] <= other.get("until", "9999") and other["since"] <= one.get("until", "9999"))


def placed(deputies: Iterable[Answers], rosters: Iterable[Answers], on: date) -> Figure:
    """D3 代表全进站: serving deputies with a home station, of all who serve.

    >>> serving = [{"code": "DB-1", "mandate": "serving"}, {"code": "DB-2", "mandate": "serving"}]
    >>> home = {"deputy": "DB-1", "place": "home", "since": "2022-01-01"}
    >>> also = {"deputy": "DB-2", "place": "additional", "since": "2022-01-01"}
    >>> found = placed(serving, [home, also], date(2026, 11, 21))
    >>> found.codes_counted, found.of
    (('DB-1',), 2)

    The trap: to look in at another station is not to belong to one.
    """
    serving = tuple(sorted(each["code"] for each in deputies if each.get("mandate") == "serving"))
    home = {each["deputy"] for each in rosters if each["place"] == "home" and holds(each, on)}
    return Figure(
        "placed", "station.figure.placed", tuple(code for code in serving if code in home), serving, {}
    )


def placed_by_level(deputies: Iterable[Answers], rosters: Iterable[Answers], on: date) -> dict[str, Figure]:
    """联合五级: the same for each level that somebody serves at; who serves at two counts in both.

    >>> both = {"code": "DB-1", "mandate": "serving", "levels": ["county", "prefecture"]}
    >>> home = {"deputy": "DB-1", "place": "home", "since": "2022-01-01"}
    >>> found = placed_by_level([both], [home], date(2026, 1, 1))
    >>> {level: (each.n, each.of) for level, each in found.items()}
    {'prefecture': (1, 1), 'county': (1, 1)}
    """
    known, places = list(deputies), list(rosters)
    found = {
        level: placed((each for each in known if level in each.get("levels", ())), places, on)
        for level in LEVELS
    }
    return {level: each for level, each in found.items() if each.of}


@dataclass(frozen=True)
class Group:
    """A group of deputies in stations: its members, who convenes it, and the stations it is in."""

    name: str
    members: tuple[str, ...]
    conveners: tuple[str, ...]
    stations: tuple[str, ...]

    @property
    def convened(self) -> Lamp:
        """One convener: with none nobody calls it together, with two each waits for the other."""
        n = len(self.conveners)
        told = {"group": self.name, "n": n}
        if n == 1:
            return Lamp("group", "pass", "station.group.pass", told)
        return Lamp("group", "fail", "station.group.none" if n == 0 else "station.group.several", told)


def groups(rosters: Iterable[Answers], on: date) -> tuple[Group, ...]:
    """The groups on a day, by name. Who is in two stations with one group is one member and one convener."""
    now: dict[str, list[Answers]] = {}
    for each in rosters:
        if holds(each, on):
            now.setdefault(each["group"], []).append(each)
    return tuple(
        Group(
            name,
            tuple(sorted({each["deputy"] for each in own})),
            tuple(sorted({each["deputy"] for each in own if each["role"] == "convener"})),
            tuple(sorted({each["station"] for each in own})),
        )
        for name, own in sorted(now.items())
    )
