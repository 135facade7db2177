"""The page of regional balance (E7): how many selected projects and how much money each village has had.

Counted over as many years as the rulebook says; a village with none is named, and nobody is ranked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.project.livelihood import Share, balance
from ledger.words import Words
from publisher.chart.bars import Bar, bars
from publisher.project.cycle_words import NAMED
from publisher.project.cycles import Candidate, candidate
from publisher.reading.amounts import amount
from publisher.reading.answers import unpublished
from publisher.reading.datalinks import DataLinks
from publisher.reading.lamp_words import LampWords
from publisher.reading.public import Public
from publisher.reading.shares import percent
from publisher.reading.shown import number, together

Row = Mapping[str, Any]
CHARTED = 20
"""How many villages a picture shows; the table has them all."""
NEEDED: Mapping[str, tuple[str, ...]] = {
    "grid": ("level", "within"),
    "project_cycle": ("year",),
    "project_candidate": ("cycle", "places", "total_budget"),
    "ballot": ("candidates.option", "candidates.candidate"),
    "ballot_result": ("ballot", "totals.option", "totals.approve"),
}
"""What must be published, or every village would seem to have less than it has."""
DEEP = 9  # how many levels of places lie in each other at most
YEARS_KEY = "project.years_without_project"


@dataclass(frozen=True)
class Balance:
    """What each village has had, and the projects that name no village."""

    year: int
    years: int
    shares: tuple[Share, ...]
    projects: Mapping[str, Sequence[str]]
    """The codes of the projects counted for each village."""
    counted: tuple[Candidate, ...]
    nowhere: tuple[Candidate, ...]
    known: tuple[int, ...]
    """The years among those counted in which anything was selected."""

    @property
    def since(self) -> int:
        """The first year counted."""
        return self.year - self.years + 1


def village_of(public: Public, place: str, villages: Collection[str]) -> str | None:
    """The village that a place is, or lies in; None for a township or a place that is not public."""
    grid = public.by_code("grid") if "grid" in public.rows else {}
    for _ in range(DEEP):
        if place in villages:
            return place
        if place not in grid or not grid[place].get("within"):
            return None
        place = grid[place]["within"]
    return None


def regional(public: Public, rulebook: Rulebook) -> Balance:
    """Fold the selected projects of all cycles over the villages of the register."""
    year, years = int(public.release["as_of"][:4]), int(rulebook[YEARS_KEY].value)
    rows = [row for row in public.rows.get("grid", ()) if row.get("level") == "village"]
    villages = {
        row["code"]: row.get("residents") for row in sorted(rows, key=lambda row: _place(public, row))
    }

    def there(place: str) -> str | None:
        return village_of(public, place, villages)

    voted: dict[str, int] = {
        row["code"]: row.get("year") or 0 for row in public.rows.get("project_cycle", ())
    }
    chosen = []
    for row in public.rows.get("project_candidate", ()):
        if year - years < voted.get(row.get("cycle") or "", 0) <= year:
            found = candidate(public, row, rulebook)
            chosen += [found] if found.outcome == "selected" else []
    selected = [
        (voted[each.answers["cycle"]], {**each.answers, "total_budget": each.project.budget or 0})
        for each in chosen
    ]
    projects: dict[str, list[str]] = {village: [] for village in villages}
    nowhere = []
    for each in chosen:
        in_villages = dict.fromkeys(there(place) for place in each.answers.get("places", ()))
        for village in in_villages:
            if village:
                projects[village].append(each.code)
        if not any(in_villages):
            nowhere.append(each)
    return Balance(
        year,
        years,
        balance(selected, villages, there, year, rulebook),
        projects,
        tuple(chosen),
        tuple(nowhere),
        tuple(sorted({each for each, _ in selected})),
    )


def _place(public: Public, row: Row) -> tuple[bytes, bytes]:
    """Villages stand by their township, then by name."""
    above = public.titles.get(row.get("within") or "", "")
    return above.encode("gb18030", "replace"), str(row["title"]).encode("gb18030", "replace")


# -- what the page is given --


def page(public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of the balance page is given."""
    found = regional(public, rulebook)
    lamps = LampWords(public, words, rulebook, lang)
    hidden = [
        lamps.field(kind, name)
        for kind, names in NEEDED.items()
        if kind in public.kinds
        for name in unpublished(public, kind, *names)
    ]
    if hidden:
        found = replace(found, shares=(), nowhere=())
    said = Said(public, links, words, lang, found)
    return {
        "as_of": public.release["as_of"],
        "untold": said.say("untold", fields=together(dict.fromkeys(hidden), lang)) if hidden else "",
        "verdict": said.verdict() if found.shares else None,
        "caveat": said.caveat() if found.shares else "",
        "without": [said.village(each) for each in found.shares if each.without],
        "without_head": said.without() if found.shares else "",
        "charts": said.charts() if found.shares and found.counted else [],
        "rows": [said.row(each) for each in found.shares],
        "heads": said.heads(),
        "nowhere": [said.project(each) for each in found.nowhere],
        "how": said.say("how", since=found.since, year=found.year),
        "basis": lamps.rests_on(YEARS_KEY),
        "rows_href": links.table("project_candidate") if "project_candidate" in public.rows else None,
    }


@dataclass(frozen=True)
class Said:
    """The words of the balance page."""

    public: Public
    links: DataLinks
    words: Words
    lang: str
    found: Balance

    def say(self, key: str, **params: Any) -> str:
        """A message of content/words/coverage.yaml."""
        return self.words.say(f"site.balance.{key}", self.lang, **params)

    def amount(self, cents: int) -> str:
        """An amount in words."""
        return amount(cents, self.words, self.lang)

    @property
    def total(self) -> int:
        """The money that stands with a village, in cents."""
        return sum(each.amount for each in self.found.shares)

    @property
    def residents(self) -> int:
        """The residents of the villages whose number is known."""
        return sum(each.residents or 0 for each in self.found.shares)

    def verdict(self) -> tuple[str, str]:
        """How many villages had any project, over which years."""
        shares = self.found.shares
        n = sum(not each.without for each in shares)
        told = {"since": self.found.since, "year": self.found.year, "n": n, "of": len(shares)}
        none = len(shares) - n
        rest = self.say("verdict.none", n=none) if none else self.say("verdict.all")
        return self.say("verdict", **told), rest

    def caveat(self) -> str:
        """Which of these years have any selected project here: what was not kept cannot be missed."""
        known = self.found.known
        if not known:
            return self.say("caveat.empty", since=self.found.since, year=self.found.year)
        if len(known) < self.found.years:
            years = together((str(each) for each in known), self.lang)
            return self.say("caveat", years=years, n=self.found.years)
        return ""

    def without(self) -> str:
        """The sentence over the list of villages without any."""
        n = sum(each.without for each in self.found.shares)
        return self.say("without", n=n, of=len(self.found.shares), years=self.found.years)

    def village(self, each: Share) -> dict[str, Any]:
        """A village without any project."""
        row = self.public.by_code("grid")[each.village]
        return {
            "name": row["title"],
            "href": self.public.path(each.village),
            "above": self.public.titles.get(row.get("within") or "", ""),
            "residents": self.say("people", n=number(each.residents)) if each.residents is not None else "",
        }

    def heads(self) -> dict[str, str]:
        """The heads of the table; a share says what it is a share of."""
        heads = {name: self.say(name) for name in ("projects", "amount", "residents", "per_head")}
        people = self.say("people", n=number(self.residents))
        return {
            **heads,
            "of_money": self.say("of_money", total=self.amount(self.total)),
            "of_people": self.say("of_people", total=people),
        }

    def row(self, each: Share) -> dict[str, Any]:
        """A village's line, with its share of money beside its share of residents."""
        codes = self.found.projects[each.village]
        return {
            **self.village(each),
            "projects": each.projects,
            "amount": self.amount(each.amount) if each.amount else "0",
            "per_head": self.amount(_yuan(each.amount, each.residents)) if each.residents else "",
            "of_money": percent(each.amount, self.total),
            "of_people": percent(each.residents, self.residents) if each.residents is not None else "",
            "rows": self._rows(each.village, codes),
        }

    def _rows(self, village: str, codes: Sequence[str]) -> str | None:
        if not codes:
            return None
        if len(codes) > NAMED:
            return self.links.table("project_candidate", places__arraycontains=village)
        return self.links.table("project_candidate", code__in=",".join(codes))

    def charts(self) -> list[dict[str, Any]]:
        """Two pictures: projects, and money; each on a scale that ends at the whole."""
        counted, charted = self.found.counted, self.found.shares[:CHARTED]
        titles = self.public.titles
        projects = [Bar(titles[each.village], each.projects, each.without) for each in charted]
        wan = [Bar(titles[each.village], round(each.amount / 1_000_000), each.without) for each in charted]
        cut = self.say("chart.cut", n=CHARTED) if len(self.found.shares) > CHARTED else ""
        whole = round(self.total / 1_000_000)
        return [
            {
                "bars": bars(projects, len(counted)),
                "finding": self.say("chart.projects") + cut,
                "end": self.say("chart.projects.end", n=len(counted)),
            },
            {
                "bars": bars(wan, whole),
                "finding": self.say("chart.money") + cut,
                "end": self.say("chart.money.end", n=number(whole)),
            },
        ]

    def project(self, each: Candidate) -> dict[str, Any]:
        """A project that names no village: whole townships, or nothing."""
        places = [self.public.titles.get(place, place) for place in each.answers.get("places", ())]
        return {
            "subject": each.subject,
            "href": self.public.path(each.code),
            "text": together(places, self.lang) if places else self.say("nowhere.none"),
            "amount": self.amount(each.project.budget or 0),
        }


def _yuan(cents: int, people: int) -> int:
    """Cents a head, rounded to whole yuan.

    >>> _yuan(254_000_000, 540)
    470400
    """
    return (2 * cents + 100 * people) // (200 * people) * 100
