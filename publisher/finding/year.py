"""The page of a year: what was decided, what was promised and what came in it, each of how many.

A number is a count of rows, and its link leads to just those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from publisher.chart.stacked import Part, stacked
from publisher.finding.agenda import RESULT, Agenda
from publisher.finding.years import Row, address, assigned, dated_by, filed, paged, planned, promises
from publisher.pages.making import Site
from publisher.project.page import CANDIDATE
from publisher.reading.answers import unpublished
from publisher.reading.shares import percent
from publisher.stamping.specimen import YEAR
from publisher.stamping.stamp import Page, Plain
from publisher.suggestion.page import PROMISES
from publisher.suggestion.promised import ORDER, Made, shown

MOST = 20
"""How many results and promises a page lists before it sends the reader to all of them."""


class Counted(NamedTuple):
    """A part of a whole: how many rows of how many, and where each of the two stands in Datasette."""

    name: str
    n: int
    of: int
    rows: str
    whole: str


def pages(site: Site) -> Iterator[Page | Plain]:
    """A page for each year."""
    if not (every := paged(site)):
        return
    mould = site.mould(YEAR, ("year.html",), shared={"root": "../"})
    for year in every:
        title = site.words.say("site.year.name", site.lang, year=year)
        description = site.words.say(
            "site.year.description", site.lang, year=year, congress=site.congress.name
        )
        told = Told(site, year)
        around = [(each, f"{each}.html", each == year) for each in every]
        yield Page(address(year), title, description, {"years": around, **told.data()}, mould)


class Told:
    """What the page of one year says."""

    def __init__(self, site: Site, year: str) -> None:
        self.site, self.public, self.year = site, site.public, year
        self.agenda = Agenda(site.public, site.links, site.rulebook, site.words, site.lang)

    def say(self, key: str, **params: Any) -> str:
        """A message of content/words/site_years.yaml."""
        return self.site.words.say(f"site.year.{key}", self.site.lang, **params)

    def data(self) -> dict[str, Any]:
        """Every section; one of which there is nothing says so."""
        came = self.filed()
        results = self._results()
        due = [each for each in promises(self.site) if each.promise.due_on.startswith(self.year)]
        return {
            "as_of": self.public.release["as_of"],
            "year": self.year,
            "title": self.say("name", year=self.year),
            "verdict": self._verdict(sum(each["n"] for each in came), len(results), due),
            "note": self._note(),
            "filed": came,
            "changed": self.changed(),
            "decided": [_shown(each) for each in self.decided(results)],
            "results": [self.agenda.result(row) for row in results[:MOST]],
            "results_more": max(len(results) - MOST, 0),
            "promised": [_shown(each) for each in self.promised()],
            "states": self.states(due),
            "promises": [self._promise(each) for each in _first(due)[:MOST]],
            "promises_more": max(len(due) - MOST, 0),
            "closed": self.agenda.closed,
        }

    def _verdict(self, came: int, results: int, due: Sequence[Made]) -> str:
        parts = [self.say("verdict.filed", n=came)]
        if RESULT in self.public.rows:
            parts.append(self.say("verdict.results", n=results))
        if due:
            kept = sum(each.promise.state == "kept" for each in due)
            parts.append(self.say("verdict.promises", of=len(due), n=kept))
        return self.say("verdict", year=self.year, parts=self.say("verdict.between").join(parts))

    def _note(self) -> str:
        now = self.public.release["as_of"][:4]
        return self.say("running") if self.year == now else self.say("ahead") if self.year > now else ""

    # -- what came --

    def filed(self) -> list[dict[str, Any]]:
        """Of each kind, how many records speak of this year, of all that are public."""
        found = []
        for name, counts in filed(self.public).items():
            kind = self.public.kinds[name]
            query = {f"{dated_by(self.public, kind)}__startswith": self.year}
            found.append(
                {
                    "id": name,
                    "label": kind.label[self.site.lang],
                    "href": f"{name}/index.html",
                    "n": counts[self.year],
                    "of": counts.total(),
                    "rows": self.site.links.table(name, **query),
                }
            )
        return found

    def changed(self) -> list[Counted]:
        """Corrections of this year, and what was taken down, of all there are."""
        every = [each.on for several in self.public.corrections.values() for each in several]
        down = [each.on for each in self.public.withdrawn.values()]
        return [
            *self._of_days("corrected", "correction", "corrected_on", every),
            *self._of_days("withdrawn", "withdrawn", "withdrawn_on", down),
        ]

    def _of_days(self, what: str, table: str, column: str, days: Sequence[str]) -> Iterator[Counted]:
        here = sum(each.startswith(self.year) for each in days)
        if days:
            yield self._counted(what, here, len(days), table, {}, {f"{column}__startswith": self.year})

    def _counted(
        self, what: str, n: int, of: int, table: str, whole: Mapping[str, str], part: Mapping[str, str]
    ) -> Counted:
        links = self.site.links
        return Counted(
            self.say(f"counted.{what}"),
            n,
            of,
            links.table(table, **whole, **part),
            links.table(table, **whole),
        )

    # -- what was decided --

    def _results(self) -> list[Row]:
        """The results announced in this year, the latest first."""
        if RESULT not in self.public.rows or unpublished(self.public, RESULT, "announced_on"):
            return []
        rows = [row for row in self.public.rows[RESULT] if str(row["announced_on"] or "")[:4] == self.year]
        rows = sorted((row for row in rows if not row["withheld"]), key=lambda row: str(row["code"]))
        return sorted(rows, key=lambda row: str(row["announced_on"]), reverse=True)

    def decided(self, results: Sequence[Row]) -> Iterator[Counted]:
        """Results of ballots, candidates chosen, suggestions closed."""
        rows, when = self.public.rows, {"announced_on__startswith": self.year}
        if rows.get(RESULT) and not unpublished(self.public, RESULT, "announced_on"):
            there = sum(bool(row["announced_on"]) and not row["withheld"] for row in rows[RESULT])
            yield self._counted("results", len(results), there, RESULT, {"announced_on__notblank": "1"}, when)
        voted = [row for row in rows.get(CANDIDATE, ()) if str(row["voted_on"] or "")[:4] == self.year]
        if voted:
            for outcome in ("selected", "recommended"):
                n = sum(row["outcome"] == outcome for row in voted)
                on = {"voted_on__startswith": self.year}
                if n or outcome == "selected":
                    yield self._counted(
                        outcome, n, len(voted), f"{CANDIDATE}_state", on, {"outcome": outcome}
                    )
        every = rows.get("suggestion", ())
        if every and not self.agenda.closed:
            ended = [row for row in every if row["stage"] == "closed"]
            n = sum(str(row["since"] or "")[:4] == self.year for row in ended)
            on = {"stage": "closed", "since__startswith": self.year}
            yield self._counted("closed", n, len(every), "suggestion_state", {}, on)

    # -- what was promised --

    def promised(self) -> Iterator[Counted]:
        """What was assigned and replied to, and projects that were to be finished."""
        given = [row for row in assigned(self.site) if str(row.get("assigned_on") or "")[:4] == self.year]
        if given:
            on = {"assigned_on__startswith": self.year}
            n = sum(bool(row["replied"]) for row in given)
            yield self._counted("replied", n, len(given), "handling", on, {"replied": "1"})
        done = [done for day, done in planned(self.site) if str(day).startswith(self.year)]
        if done:
            on = {"planned__startswith": self.year}
            table = f"{CANDIDATE}_state"
            yield self._counted("finished", sum(done), len(done), table, on, {"finished": "1"})

    def states(self, due: Sequence[Made]) -> dict[str, Any] | None:
        """The promises due in this year as parts of a whole, each with its rows; None where there is none."""
        if not due:
            return None
        counts = Counter(each.promise.state for each in due)
        say, on = self.site.words.say, {"due_on__startswith": self.year}
        named = [(state, say(f"site.promises.{state}", self.site.lang), counts[state]) for state in ORDER]
        links = self.site.links
        return {
            "chart": stacked([Part(name, n) for _, name, n in named]),
            "finding": self.say("states", year=self.year, of=len(due), n=counts["kept"]),
            "end": self.say("states.end", n=len(due)),
            "rows": [(name, n, links.table("promised", **on, state=state)) for state, name, n in named],
            "of": len(due),
            "all": links.table("promised", **on),
        }

    def _promise(self, each: Made) -> dict[str, Any]:
        told = shown(each, self.public, self.site.words, self.site.lang)
        state = self.site.words.say(f"site.promises.{each.promise.state}", self.site.lang)
        return {**told, "state": state, "icon": PROMISES[each.promise.state]}


def _shown(each: Counted) -> dict[str, Any]:
    return {
        **each._asdict(),
        "percent": percent(each.n, each.of),
        "width": round(100 * each.n / each.of, 2) if each.of else 0,
    }


def _first(due: Iterable[Made]) -> list[Made]:
    """What is broken first, what is kept last; of each by the day it is due."""
    return sorted(due, key=lambda each: ORDER.index(each.promise.state))
