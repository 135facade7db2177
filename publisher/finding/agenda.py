"""What is decided, what is due, what is late: the first things a reader of the home page sees.

Each number is a number of rows, and its link leads to just those rows: of `ballot_result`, `ballot`,
`suggestion_state` and `project_candidate_state`. Of what is withheld nothing stands here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.suggestion.figures import figures
from ledger.words import Words
from publisher.ballot.page import Fold, fold
from publisher.ballot.words import Said as BallotWords
from publisher.project.page import CANDIDATE
from publisher.project.standing import Standing, standings
from publisher.reading.answers import unpublished
from publisher.reading.datalinks import DataLinks
from publisher.reading.facts import link
from publisher.reading.figure_words import FigureWords
from publisher.reading.public import Public
from publisher.reading.shares import percent
from publisher.suggestion.cards import Cards
from publisher.suggestion.state import Suggestion, order, states
from publisher.suggestion.words import closed_words

SUGGESTION, RESULT, BALLOT = "suggestion", "ballot_result", "ballot"
SOON = 30
"""How many days ahead the home page looks."""
MOST = 4
"""How many matters a column shows; its links lead to all."""
OUTCOMES = {"decided": "ok", "recommended": "part", "void": "late"}

Item = dict[str, Any]
Part = dict[str, Any]


@dataclass(frozen=True)
class Agenda:
    """The matters of one release, and the words for them."""

    public: Public
    links: DataLinks
    rulebook: Rulebook
    words: Words
    lang: str

    def say(self, key: str, **params: Any) -> str:
        """A message of content/words/site_finding.yaml."""
        return self.words.say(f"site.finding.{key}", self.lang, **params)

    @cached_property
    def on(self) -> date:
        """The day of the release."""
        return date.fromisoformat(self.public.release["as_of"])

    @property
    def until(self) -> date:
        """The last day that counts as soon."""
        return self.on + timedelta(SOON)

    @cached_property
    def closed(self) -> str:
        """Why nothing is said of how suggestions stand; "" where all that the rules read is published."""
        return closed_words(self.public, self.words, self.lang) if self.has(SUGGESTION) else ""

    def has(self, kind: str) -> bool:
        """Whether there is any public record of a kind."""
        return bool(self.public.rows.get(kind))

    @cached_property
    def suggestions(self) -> Sequence[Suggestion]:
        """Every public suggestion, the longest overdue first."""
        return [] if self.closed else order(states(self.public, self.rulebook))

    @cached_property
    def projects(self) -> Sequence[Standing]:
        """Every project."""
        return tuple(standings(self.public, self.rulebook).values())

    @cached_property
    def cards(self) -> Cards:
        """The words of suggestions in short."""
        return Cards(self.public, self.words, self.lang)

    # -- the three columns --

    def columns(self) -> list[dict[str, Any]]:
        """Decided, due, late: each where this congress has anything that could stand in it."""
        found = []
        if self.has(RESULT) and self.has(BALLOT):
            found.append(self._decided())
        elif self.suggestions:
            found.append(self._done())
        if (self.has(SUGGESTION) and not self.closed) or self.has(CANDIDATE):
            found += [self._due(), self._late()]
        return found

    def _decided(self) -> dict[str, Any]:
        """The latest results of ballots."""
        year, day = self.on.isoformat()[:4], self.on.isoformat()
        rows = [row for row in self.public.rows[RESULT] if not row["withheld"] and self._when(row) <= day]
        rows.sort(key=lambda row: row["code"])
        rows.sort(key=self._when, reverse=True)
        now = [row for row in rows if self._when(row).startswith(year)]
        query = {"announced_on__gte": f"{year}-01-01", "announced_on__lte": day}
        told = not unpublished(self.public, RESULT, "announced_on")
        part = self._part("results", len(now), self.links.table(RESULT, **query)) if told else None
        return {
            "is": "ok",
            "id": "decided",
            "head": self.say("decided"),
            "n": self.say("decided.n", year=year, n=len(now)) if told else "",
            "parts": [part] if part else [],
            "items": [self.result(row) for row in rows[:MOST]],
            "none": self.say("decided.none"),
            "all": (self.say("decided.all", n=len(self.public.rows[BALLOT])), f"{BALLOT}/index.html"),
        }

    def _when(self, row: Mapping[str, Any]) -> str:
        return str(row.get("announced_on") or row["filed_on"])

    def result(self, row: Mapping[str, Any]) -> Item:
        """The ballot of a result, with its verdict as a shape and a word."""
        ballot = self.public.by_code(BALLOT).get(row.get("ballot") or "")
        if ballot is None or ballot["withheld"]:
            text, href = link(self.public, row["code"])
            return self._item(text, href, "none", self.say("outcome.unknown"), [(self._when(row), None)])
        done = fold(self.public, ballot, self.rulebook)
        strong, _ = BallotWords(self.words, self.lang, done.ballot, ballot).verdict(done)
        outcome = done.verdict.outcome
        meta: list[tuple[str, str | None]] = [(self._when(row), None), *self._present(done)]
        if ballot["session"]:
            meta.append((ballot["session"], None))
        icon = OUTCOMES.get(outcome, "none")
        word = self.say(f"outcome.{outcome}" if outcome in OUTCOMES else "outcome.unknown")
        return self._item(strong, self.public.path(ballot["code"]), icon, word, meta)

    def _present(self, done: Fold) -> Iterator[tuple[str, str | None]]:
        present, roster = done.row["present"], done.row["roster_size"]
        if present is not None and roster is not None:
            yield self.say("present", n=present, of=roster), None

    def _done(self) -> dict[str, Any]:
        """Where there are no ballots: the suggestions that were closed this year."""
        year = self.on.isoformat()[:4]
        ended = [each for each in self.suggestions if each.standing.stage == "closed"]
        ended.sort(key=lambda each: each.code)
        ended.sort(key=lambda each: each.standing.since or "", reverse=True)
        now = [each for each in ended if (each.standing.since or "").startswith(year)]
        rows = self.links.table(f"{SUGGESTION}_state", stage="closed", since__startswith=year)
        return {
            "is": "ok",
            "id": "decided",
            "head": self.say("done"),
            "n": self.say("done.n", year=year, n=len(now)),
            "parts": [self._part("closed", len(now), rows)],
            "items": [self._card(each) for each in ended[:MOST]],
            "none": self.say("done.none"),
            "all": (self.say("suggestions.all", n=len(self.public.rows[SUGGESTION])), self._list(SUGGESTION)),
        }

    def _due(self) -> dict[str, Any]:
        """What has to be done within the next days, the nearest first."""
        soon = [each for each in self.suggestions if each.due and self.on <= each.due <= self.until]
        works = [each for each in self.projects if each.due and self.on <= each.due <= self.until]
        votes = self._votes_ahead()
        span = {"due__gte": self.on.isoformat(), "due__lte": self.until.isoformat()}
        items = [(each.due, each.code, self._card(each)) for each in soon]
        items += [(each.due, each.code, self._project(each)) for each in works]
        items += [(day, row["code"], self._vote(row, day)) for day, row in votes]
        parts = self._parts(len(soon), len(works), span)
        if votes:
            query = {"voted_on__gt": self.on.isoformat(), "voted_on__lte": self.until.isoformat()}
            parts.append(self._part("votes", len(votes), self.links.table(BALLOT, **query)))
        return {
            "is": "due",
            "id": "due",
            "head": self.say("due"),
            "n": self.say("due.n", days=SOON, n=len(items)),
            "parts": parts,
            "items": [item for _, _, item in sorted(items, key=lambda each: each[:2])[:MOST]],
            "none": self.say("due.none", days=SOON),
            "all": self._all(),
        }

    def _late(self) -> dict[str, Any]:
        """What is overdue, the longest first."""
        late = [each for each in self.suggestions if each.days_over]
        works = [each for each in self.projects if each.overdue]
        items = [(-each.days_over, each.code, self._card(each, over=True)) for each in late]
        items += [(-each.overdue, each.code, self._project(each)) for each in works]
        return {
            "is": "late",
            "id": "late",
            "head": self.say("late"),
            "n": self.say("late.n", n=len(items)),
            "parts": self._parts(len(late), len(works), {"overdue__gt": "0"}),
            "items": [item for _, _, item in sorted(items, key=lambda each: each[:2])[:MOST]],
            "none": self.say("late.none"),
            "all": self._all(),
        }

    def _votes_ahead(self) -> list[tuple[date, Mapping[str, Any]]]:
        found = []
        for row in self.public.rows.get(BALLOT, ()):
            text = str(row.get("voted_on") or "")
            if len(text) == 10 and not row["withheld"] and self.on < date.fromisoformat(text) <= self.until:
                found.append((date.fromisoformat(text), row))
        return found

    def _parts(self, suggestions: int, projects: int, query: Mapping[str, str]) -> list[Part]:
        """How many of each kind, with their rows."""
        found = []
        if self.has(SUGGESTION) and not self.closed:
            rows = self.links.table(f"{SUGGESTION}_state", **query)
            found.append(self._part("suggestions", suggestions, rows))
        if self.has(CANDIDATE):
            found.append(self._part("projects", projects, self.links.table(f"{CANDIDATE}_state", **query)))
        return found

    def _part(self, what: str, n: int, rows: str) -> Part:
        return {"text": self.say(f"part.{what}", n=n), "n": n, "rows": rows}

    def _all(self) -> tuple[str, str] | None:
        if self.has(SUGGESTION):
            return self.say("suggestions.all", n=len(self.public.rows[SUGGESTION])), self._list(SUGGESTION)
        return self.say("projects.all", n=len(self.public.rows[CANDIDATE])), self._list(CANDIDATE)

    def _list(self, kind: str) -> str:
        return f"{kind}/index.html"

    # -- one matter --

    def _item(
        self, text: str, href: str | None, icon: str, state: str, meta: Sequence[tuple[str, str | None]]
    ) -> Item:
        return {"text": text, "href": href, "icon": icon, "state": state, "meta": meta}

    def _card(self, each: Suggestion, over: bool = False) -> Item:
        """A suggestion; where it stands because it is overdue, the days are what its tag says."""
        card, state = self.cards.card(each), ""
        if over and each.clock:
            name = self.words.say(f"clock.{each.clock.name}", self.lang)
            state = self.cards.say("late", name=name, n=each.days_over)
        kind = self.public.kinds[SUGGESTION].label[self.lang]
        meta = [(kind, None), *card["organs"]]
        return self._item(card["title"], card["href"], card["icon"], state or card["state"], meta)

    def _project(self, each: Standing) -> Item:
        assert each.due is not None
        left = (each.due - self.on).days
        key = "project.late" if left < 0 else "project.left" if left else "project.today"
        organ = each.project.sheet.get("lead_organ")
        meta: list[tuple[str, str | None]] = [(self.say("project"), None)]
        meta += [link(self.public, organ)] if organ else []
        icon = "late" if left < 0 else "due"
        return self._item(each.title, self.public.path(each.code), icon, self.say(key, n=abs(left)), meta)

    def _vote(self, row: Mapping[str, Any], day: date) -> Item:
        state = self.say("vote.left", n=(day - self.on).days)
        kind = self.public.kinds[BALLOT].label[self.lang]
        return self._item(row["title"], self.public.path(row["code"]), "due", state, [(kind, None)])

    # -- the sentence and the figures --

    def verdict(self, columns: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
        """One sentence: what was decided, then, strong, what is late and what is due."""
        told = {each["id"]: each for each in columns}
        total = {name: sum(part["n"] for part in told[name]["parts"]) for name in told}
        first, strong = [], ""
        if "decided" in told and told["decided"]["parts"]:
            key = "verdict.decided" if self.has(RESULT) else "verdict.done"
            first.append(self.say(key, year=self.on.isoformat()[:4], n=total["decided"]))
        if self.suggestions:
            still = sum(not each.ended for each in self.suggestions)
            first.append(self.say("verdict.open", n=still, of=len(self.suggestions)))
        if "late" in told:
            late = self.say("verdict.late", n=total["late"]) if total["late"] else self.say("verdict.no_late")
            strong = late + self.say("verdict.due", days=SOON, n=total["due"])
        return self.say("verdict.comma").join(first) + (self.say("verdict.stop") if first else ""), strong

    def rates(self) -> list[dict[str, Any]]:
        """Of suggestions: replied to, said and found done, as on the page of figures; and projects done."""
        found: list[dict[str, Any]] = []
        if self.suggestions:
            whole = figures([each.item for each in self.suggestions], self.rulebook)
            if whole.reply_rate.of:
                found += FigureWords(self.words, self.lang, self.links).rates(whole)
        chosen = [each for each in self.projects if each.finished is not None]
        if chosen:
            done = sum(bool(each.finished) for each in chosen)
            found.append(
                {
                    "name": self.say("figure.projects"),
                    "n": done,
                    "of": len(chosen),
                    "percent": percent(done, len(chosen)),
                    "width": round(100 * done / len(chosen), 2),
                    "rule": self.say("figure.projects.rule"),
                    "excluded": "",
                    "rows": self.links.table(f"{CANDIDATE}_state", finished="1"),
                }
            )
        return found


def agenda(
    public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str, *, find: str | None = None
) -> dict[str, Any]:
    """What the home page is given beside its registers and latest records; `find` leads to all names."""
    found = Agenda(public, links, rulebook, words, lang)
    columns = found.columns()
    return {
        "columns": columns,
        "closed": found.closed,
        "sentence": found.verdict(columns),
        "rates": found.rates(),
        "find": find,
    }
