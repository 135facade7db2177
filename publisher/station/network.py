"""All stations with their records, folded out of the rows of public.db as of the release's date.

The pages of stations and the computed columns ask here, so that they never say different things.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.lamps import Lamp
from ledger.rules.station import coverage, demonstration, heard, roster, rota, standard
from ledger.rules.suggestion.figures import Figure
from publisher.reading.answers import Answers, answers
from publisher.reading.public import Public
from publisher.station.gaps import Subject, lacking, there
from publisher.suggestion.state import Suggestion, states

KIND, ABOUT = "station", "station"
KEY = "stations"
NEEDED: Mapping[str, tuple[str, ...]] = {
    "station_standard": ("effective_from", "items"),
    "station_check": ("station", "standard", "checked_on", "items"),
    "station_roster": ("deputy", "station", "place", "group", "role", "since"),
    "station_duty": ("station", "duty_on"),
    "station_log": ("station", "held_on"),
    "demonstration_site": ("station", "stage", "stage_on"),
    "station_evaluation": ("station", "period", "evaluated_on", "result"),
    "opinion": ("received_on",),
}
"""What the rules ask of each kind; a record of which it was erased is counted nowhere."""


@dataclass(frozen=True)
class Network:
    """The stations of one congress on the day of a release."""

    public: Public
    rulebook: Rulebook
    on: date

    @property
    def year(self) -> str:
        """The year that is counted in."""
        return str(self.on.year)

    def open(self, subject: Subject) -> bool:
        """Whether anything may be concluded: the kinds are there, and all that it takes is published."""
        return there(self.public, subject) and not lacking(self.public, subject)

    @cached_property
    def _records(self) -> dict[str, list[Answers]]:
        return {}

    def all(self, kind: str) -> list[Answers]:
        """Every public record of a kind, in the order of its code."""
        if kind not in self._records:
            rows = (row for row in self.public.rows.get(kind, ()) if not row["withheld"])
            found = (answers(self.public, kind, row) for row in rows)
            self._records[kind] = [
                each for each in found if all(name in each for name in NEEDED.get(kind, ()))
            ]
        return self._records[kind]

    def of(self, kind: str, station: str) -> list[Answers]:
        """Those of one station."""
        return self._of(kind).get(station, [])

    def _of(self, kind: str) -> Mapping[str, list[Answers]]:
        key = (KEY, "of", kind)
        if key not in self.public.computed:
            found: dict[str, list[Answers]] = {}
            for each in self.all(kind):
                if ABOUT in each:
                    found.setdefault(each[ABOUT], []).append(each)
            self.public.computed[key] = found
        by_station: Mapping[str, list[Answers]] = self.public.computed[key]
        return by_station

    # -- the standard --

    @cached_property
    def standard(self) -> Answers | None:
        """The version in force."""
        return dict(found) if (found := standard.in_force(self.all("station_standard"), self.on)) else None

    @cached_property
    def held_to_it(self) -> list[Answers]:
        """The stations that are held to it, by their kind."""
        return [each for each in self.all(KIND) if standard.applies(each, self.rulebook)]

    def lamps(self, station: str) -> tuple[Lamp, ...]:
        """A lamp for each item."""
        if self.standard is None:
            return ()
        return standard.lamps(self.standard, self.of("station_check", station), self.on, self.rulebook)

    def last_check(self, station: str) -> Mapping[str, Any] | None:
        """The last look at a station, under whatever version."""
        return standard.last_check(self.of("station_check", station), self.on)

    # -- rota --

    def held(self, station: str | None = None) -> Figure:
        """Duties held, of those whose day has come; of all stations, or of one."""
        if station is None:
            return rota.held(self.all("station_duty"), self.all("station_log"), self.on)
        return rota.held(self.of("station_duty", station), self.of("station_log", station), self.on)

    def next_duty(self, station: str) -> Mapping[str, Any] | None:
        """The next duty of a station."""
        return rota.next_duty(self.of("station_duty", station), self.on)

    def ahead(self) -> list[Answers]:
        """Every duty to come that is not called off, in the order of days."""
        found = [
            each
            for each in self.all("station_duty")
            if each["duty_on"] >= self.on.isoformat() and not each.get("called_off")
        ]
        return sorted(found, key=lambda each: (each["duty_on"], each.get("opens", ""), each["code"]))

    def called_off(self, station: str) -> list[Answers]:
        """Duties to come that will not take place: nobody should stand before a closed door."""
        found = [
            each
            for each in self.of("station_duty", station)
            if each.get("called_off") and each["duty_on"] >= self.on.isoformat()
        ]
        return sorted(found, key=lambda each: (each["duty_on"], each.get("opens", ""), each["code"]))

    @cached_property
    def in_time(self) -> Figure:
        """Duties announced as long before as the rulebook asks."""
        return rota.in_time(self.all("station_duty"), self.rulebook)

    @cached_property
    def with_members(self) -> Figure:
        """This year's activities with a member of the standing committee."""
        return rota.with_members(self.all("station_log"), self.year, self.on)

    # -- people --

    @cached_property
    def placed(self) -> Figure:
        """Serving deputies with a home station."""
        return roster.placed(self.all("deputy"), self.all("station_roster"), self.on)

    @cached_property
    def by_level(self) -> Mapping[str, Figure]:
        """The same for each of the five levels."""
        return roster.placed_by_level(self.all("deputy"), self.all("station_roster"), self.on)

    @cached_property
    def received(self) -> Figure:
        """Of them, those who were there once at least this year."""
        return rota.received(self.placed.codes_counted, self.all("station_log"), self.year, self.on)

    @cached_property
    def groups(self) -> tuple[roster.Group, ...]:
        """The groups with their conveners."""
        return roster.groups(self.all("station_roster"), self.on)

    def groups_of(self, station: str) -> tuple[roster.Group, ...]:
        """The groups of one station, each with its members there."""
        return roster.groups(self.of("station_roster", station), self.on)

    @cached_property
    def covered(self) -> Figure:
        """Constituencies with a station."""
        return coverage.covered(self.all("deputy"), self.all(KIND), self.on)

    # -- what was heard --

    @cached_property
    def suggestions(self) -> Mapping[str, Suggestion]:
        """The public suggestions, by code."""
        return {each.code: each for each in states(self.public, self.rulebook)}

    @cached_property
    def matters(self) -> Mapping[str, Sequence[heard.Matter]]:
        """For each opinion the suggestions that were made of it."""
        found: dict[str, list[heard.Matter]] = {}
        rows = self.public.by_code("suggestion") if self.suggestions else {}
        for code, each in self.suggestions.items():
            item = each.item
            counts = item.ended is None
            matter = heard.Matter(code, counts and item.replied, counts and item.delivered)
            for opinion in rows[code]["origin_opinions"] or ():
                found.setdefault(opinion, []).append(matter)
        return found

    def chain(self, station: str | None = None) -> heard.Chain:
        """How far the opinions of a station have come, or those of all stations."""
        opinions = self.of("opinion", station) if station else [o for o in self.all("opinion") if ABOUT in o]
        return heard.chain(opinions, self.matters, self.on)

    def late(self, station: str | None = None) -> list[Answers]:
        """Opinions whose speaker should have been told by now."""
        known = self.of("opinion", station) if station else [o for o in self.all("opinion") if ABOUT in o]
        return [each for each in known if self.told_late(each)]

    def told_late(self, opinion: Answers) -> bool:
        """Whether who spoke should have been told by now, and was not."""
        known = "received_on" in opinion
        return known and heard.told_back(opinion, self.on, self.rulebook).state == "fail"

    # -- money, results --

    def site(self, station: str) -> demonstration.Site | None:
        """Where a demonstration site stands."""
        return demonstration.site(self.of("demonstration_site", station), self.on)

    def evaluation(self, station: str) -> Answers | None:
        """The last evaluation of a station."""
        known = [
            each
            for each in self.of("station_evaluation", station)
            if each["evaluated_on"] <= self.on.isoformat()
        ]
        return max(known, key=lambda each: (each["evaluated_on"], each["code"]), default=None)


def network(public: Public, rulebook: Rulebook) -> Network:
    """The stations of a release, the same for every page that asks."""
    key = (KEY, id(rulebook))
    if key not in public.computed:
        public.computed[key] = Network(public, rulebook, date.fromisoformat(public.release["as_of"]))
    found: Network = public.computed[key]
    return found
