"""The tile map of the coverage page: how far each township of the register is in the last year.

Which tile lies where is said in congress.yaml (`tiles`): a schema, not a map.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from publisher.chart.tiles import Tile, tiles
from publisher.finding.townships import townships
from publisher.pages.making import Site
from publisher.project.coverage import Body, Rollout, rollout
from publisher.reading.lamp_words import LampWords

STEPS: Mapping[str, int] = {
    "covered": 3,
    "under_way": 2,
    "not_this_year": 2,
    "never_voted": 1,
    "drafting": 1,
    "recommends": 0,
    "none": 0,
    "unknown": 0,
}
"""Each state its pattern, from solid to a dashed frame; the word in the tile tells apart what shares one."""
VOTED = ("covered", "recommends")


def coverage_map(site: Site) -> dict[str, Any] | None:
    """The picture, and the table that holds all that is in it; None without a township in the register."""
    told = rollout(site.public, site.rulebook)
    where = site.congress.tiles or {}
    places = {each.code: each.title for each in townships(site.public)}
    found = [(places[body.area], body) for body in told.bodies if body.area in places]
    if not found:
        return None
    placed = [(name, body) for name, body in found if name in where]
    left = len(found) - len(placed)
    said = _Said(site, told)
    return {
        "chart": said.chart(placed) if placed else None,
        "left_out": site.words.say("site.tiles.left_out", site.lang, n=left) if placed and left else "",
        "year": said.year,
        "of": len(told.years),
        "rows": [said.row(name, body) for name, body in found],
    }


class _Said:
    def __init__(self, site: Site, told: Rollout) -> None:
        self.site, self.told = site, told
        self.lamps = LampWords(site.public, site.words, site.rulebook, site.lang)

    @property
    def year(self) -> int:
        return self.told.years[-1]

    def say(self, key: str, **params: Any) -> str:
        return self.site.words.say(f"site.coverage.{key}", self.site.lang, **params)

    def state(self, body: Body) -> str:
        return self.told.cell(body.name, self.year).state

    def chart(self, placed: list[tuple[str, Body]]) -> dict[str, Any]:
        states = [self.state(body) for _, body in placed]
        where = self.site.congress.tiles or {}
        drawn = tiles(
            [
                Tile(name, 0, *where[name], told=self.say(f"short.{state}"), step=STEPS[state])
                for (name, _), state in zip(placed, states, strict=True)
            ]
        )
        n = states.count("covered")
        there = sorted({STEPS[state] for state in states})
        return {
            "id": "coverage",
            "caption": self.say("map", year=self.year, n=n, of=len(placed)),
            "label": self.say("map.label", year=self.year, n=n, of=len(placed)),
            "drawn": drawn,
            "legend": [(step, self.say(f"map.step.{step}")) for step in there],
        }

    def row(self, name: str, body: Body) -> dict[str, Any]:
        """A township: where it is in the last year, and in how many of the years shown it voted."""
        cells = [self.told.cell(body.name, year).state for year in self.told.years]
        links, reported = self.site.links, "rollout_status" in self.site.public.rows
        return {
            "name": name,
            "href": self.site.public.path(body.area) if body.area else None,
            "level": self.lamps.choice("rollout_status", "level", body.level),
            "state": self.say(f"state.{self.state(body)}"),
            "n": sum(state in VOTED for state in cells),
            "rows": links.table("rollout_status", area=body.area) if reported and body.area else None,
        }
