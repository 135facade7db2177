"""The page of a township, a village or a grid: what was seen, suggested, decided and spent there.

All within a place is counted with it, each record once. A project that concerns several places is counted in
each, in full, and the page says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.words import Words
from publisher.contact import place as contact
from publisher.finding.counts import latest, within
from publisher.finding.places import Place, above, places, scope, tally
from publisher.project.page import CANDIDATE
from publisher.project.standing import Standing, standings
from publisher.reading.amounts import amount
from publisher.reading.answers import asked, unpublished
from publisher.reading.facts import link
from publisher.reading.public import Public, listed
from publisher.suggestion.cards import Cards
from publisher.suggestion.cases import KIND as SUGGESTION
from publisher.suggestion.state import order, state_of
from publisher.suggestion.words import closed_words

Row = Mapping[str, Any]
MOST = 6
INSIDE = 60
"""How many of the places within one its page lists; the register has all."""
SEEN = ("visit", "opinion")
VIA: Mapping[str, str] = {"visit": "grid", "opinion": "grid", SUGGESTION: "grid", CANDIDATE: "places"}
"""What is counted for a place, and through which field a record names it."""


def page(public: Public, row: Row, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of a place is given beside what every record's is."""
    said = Said(public, row, rulebook, words, lang)
    return {
        "above": [link(public, each.code) for each in above(public, said.code)],
        "level": said.level(),
        "verdict": said.verdict(),
        "inside": said.inside(),
        "seen": [said.seen(kind) for kind in SEEN if kind in said.kinds],
        "asked": said.asked(),
        "decided": said.decided(),
        "contact": contact.part(public, row, rulebook, words, lang),
        "stations": said.named("station", "grid"),
        "deputies": said.named("deputy", "grids"),
    }


def told_of(public: Public, kind: str, level: str | None) -> bool:
    """Whether records of a kind say in public that they are of a place of this level.

    What leaves as its village alone (`publish: village`) is never told of a grid within one.
    """
    if kind not in public.rows or unpublished(public, kind, VIA[kind]):
        return False
    field = asked(public, kind, VIA[kind])
    return field is not None and (field.policy != "village" or level in ("township", "village"))


class Said:
    """The words of one place's page."""

    def __init__(self, public: Public, row: Row, rulebook: Rulebook, words: Words, lang: str) -> None:
        self.public, self.row, self.code = public, row, row["code"]
        self.rulebook, self.words, self.lang = rulebook, words, lang
        self.codes = scope(public, self.code)

    def say(self, key: str, **params: Any) -> str:
        """A message about places."""
        return self.words.say(f"site.place.{key}", self.lang, **params)

    def kind(self, name: str) -> str:
        """What a kind is called."""
        return self.public.kinds[name].label[self.lang]

    def level(self) -> str:
        """Township, village or grid, where it is published."""
        field = asked(self.public, "grid", "level")
        level = self.row.get("level")
        return field.say(level, self.public.titles, self.lang) if field and level else ""

    @cached_property
    def kinds(self) -> list[str]:
        """The kinds whose records name places of this level in public, so that none says something."""
        return [each for each in VIA if told_of(self.public, each, self.row.get("level"))]

    def verdict(self) -> tuple[str, str]:
        """How many records of each kind; strong is what is not done yet."""
        parts = [
            self.say("part", kind=self.kind(each), n=len(tally(self.public, self.code, each)))
            for each in self.kinds
        ]
        if not parts:
            return "", ""
        late = self._late()
        comma = self.say("comma")
        return self.say("verdict", parts=comma.join(parts)), late

    def _late(self) -> str:
        own = self._suggestions()
        now = [each for each in own if not each.ended]
        if not now:
            return ""
        late = sum(bool(each.days_over) for each in now)
        return self.say("verdict.open" if late else "verdict.calm", n=len(now), late=late)

    def _suggestions(self) -> list[Any]:
        if SUGGESTION not in self.public.rows or closed_words(self.public, self.words, self.lang):
            return []
        rows = self.public.by_code(SUGGESTION)
        codes = sorted(tally(self.public, self.code, SUGGESTION))
        return order(state_of(self.public, rows[each], self.rulebook) for each in codes)

    def inside(self) -> dict[str, Any]:
        """The places within this one, each with its own figures."""
        found = places(self.public)
        own = found[self.code].inside if self.code in found else []
        rows = [self._inner(found[each]) for each in own[:INSIDE]]
        return {
            "head": self.say("inside.head", n=len(own)) if own else "",
            "columns": [self.kind(each) for each in self.kinds],
            "rows": rows,
            "dash": any(None in each["counts"] for each in rows),
            "more": self.say("inside.more", n=len(own) - INSIDE) if len(own) > INSIDE else "",
        }

    def _inner(self, place: Place) -> dict[str, Any]:
        counts = [
            len(tally(self.public, place.code, each)) if told_of(self.public, each, place.level) else None
            for each in self.kinds
        ]
        return {"title": place.title, "href": self.public.path(place.code), "counts": counts}

    def seen(self, kind: str) -> dict[str, Any]:
        """The latest records of a kind that are of this place."""
        codes = tally(self.public, self.code, kind)
        form = self.public.kinds[kind]
        rows = latest(self.public, kind, codes, MOST)
        return {
            "head": self.say("seen.head", kind=form.label[self.lang], n=len(codes)),
            "kind": form.label[self.lang],
            "items": [
                {"title": each["title"], "href": self.public.path(each["code"]), "on": form.date(each)}
                for each in rows
            ],
            "n": len(codes),
            "rows": within(kind, VIA[kind], self.codes) if codes else None,
        }

    def asked(self) -> dict[str, Any]:
        """The suggestions of this place, the open ones first."""
        own = self._suggestions()
        shown = [*(each for each in own if not each.ended), *(each for each in own if each.ended)][:MOST]
        shut = closed_words(self.public, self.words, self.lang) if SUGGESTION in self.public.rows else ""
        return {
            "there": SUGGESTION in self.kinds,
            "closed": shut,
            "n": len(own),
            "cards": Cards(self.public, self.words, self.lang).cards(shown),
            "rows": within(SUGGESTION, "grid", self.codes) if own else None,
        }

    def decided(self) -> dict[str, Any] | None:
        """The projects of this place: what a ballot made of them, what they cost, what was spent."""
        if CANDIDATE not in self.kinds:
            return None
        codes = tally(self.public, self.code, CANDIDATE)
        found = standings(self.public, self.rulebook)
        own = [found[each] for each in sorted(codes)]
        own.sort(key=lambda each: (each.outcome != "selected", -self._year(each), each.code))
        chosen = [each for each in own if each.outcome == "selected"]
        return {
            "n": len(own),
            "rows": within(CANDIDATE, "places", self.codes, many=True) if own else None,
            "items": [self._project(each) for each in own[: 2 * MOST]],
            "more": self.say("projects.more", n=len(own) - 2 * MOST) if len(own) > 2 * MOST else "",
            "money": self._money(chosen),
        }

    def _year(self, each: Standing) -> int:
        cycle = each.project.cycle
        return int(cycle.get("year") or 0) if cycle else 0

    def _project(self, each: Standing) -> dict[str, Any]:
        icon = {"selected": "ok", "recommended": "part", "open": "due"}.get(each.outcome or "", "none")
        state = self.words.say(f"project.outcome.{each.outcome}", self.lang) if each.outcome else ""
        told = []
        if each.overdue:
            icon, state = "late", self.say("project.late", n=each.overdue)
        elif each.finished:
            state = self.say("project.finished", state=state)
        if year := self._year(each):
            told.append(self.say("project.year", year=year))
        if each.project.budget is not None:
            told.append(self.say("project.budget", amount=amount(each.project.budget, self.words, self.lang)))
        spent = (each.project.last or {}).get("spent")
        if spent is not None:
            told.append(self.say("project.spent", amount=amount(spent, self.words, self.lang)))
        elsewhere = [one for one in listed(each.project.sheet.get("places")) if one not in self.codes]
        if elsewhere:
            told.append(self.say("project.elsewhere", n=len(elsewhere)))
        return {
            "title": each.title,
            "href": self.public.path(each.code),
            "icon": icon,
            "state": state,
            "told": told,
        }

    def _money(self, chosen: Sequence[Standing]) -> str:
        """What was selected for this place and what is reported as spent, each with how many say so."""
        budgets = [each.project.budget for each in chosen if each.project.budget is not None]
        spent = [one for each in chosen if (one := (each.project.last or {}).get("spent")) is not None]
        if not budgets:
            return ""
        shared = sum(
            any(one not in self.codes for one in listed(each.project.sheet.get("places"))) for each in chosen
        )
        text = self.say(
            "money", n=len(budgets), of=len(chosen), amount=amount(sum(budgets), self.words, self.lang)
        )
        text += (
            self.say("money.spent", n=len(spent), amount=amount(sum(spent), self.words, self.lang))
            if spent
            else ""
        )
        return text + (self.say("money.shared", n=shared) if shared else self.say("stop"))

    def named(self, kind: str, via: str) -> list[tuple[str, str | None]]:
        """The stations that lie here, or the deputies who keep in touch with it."""
        codes = {
            each.code
            for place in self.codes
            for each in self.public.about.get(place, ())
            if each.kind == kind and each.via == via
        }
        rows = self.public.by_code(kind) if codes else {}
        titles = [link(self.public, each) for each in codes if not rows[each]["withheld"]]
        return sorted(titles, key=lambda each: each[0].encode("gb18030", "replace"))[:INSIDE]
