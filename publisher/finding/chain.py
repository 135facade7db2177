"""One matter from cause to effect: opinion, suggestion, reply, check. What is not recorded says so."""

from __future__ import annotations

from typing import Any, NamedTuple

from ledger.rules.suggestion.case import day_of, verdict_of
from ledger.words import Words
from publisher.reading.answers import unpublished
from publisher.reading.facts import link
from publisher.reading.public import Public, listed
from publisher.suggestion.cards import Cards
from publisher.suggestion.cases import KIND
from publisher.suggestion.state import Suggestion

ORIGINS = ("origin_opinions", "origin_visits")
CHECKED = {"done": "ok", "cannot_verify": "none", "partly": "part", "not_done": "late"}


class Link(NamedTuple):
    """One link of the chain: shape, what it is, what it says, the day, and the record."""

    icon: str
    what: str
    told: str
    day: str
    href: str | None


class Chain:
    """The words of a chain."""

    def __init__(self, public: Public, words: Words, lang: str) -> None:
        self.public, self.words, self.lang = public, words, lang
        self.cards = Cards(public, words, lang)

    def say(self, key: str, **params: Any) -> str:
        """A message about chains."""
        return self.words.say(f"site.chain.{key}", self.lang, **params)

    def of(self, each: Suggestion) -> dict[str, Any]:
        """A suggestion with its four links and, in a tag, how it stands now."""
        title, href = link(self.public, each.code)
        icon, state = self.cards.tag(each)
        links = [self._origin(each), self._suggestion(each), self._reply(each), self._check(each)]
        return {"title": title, "href": href, "icon": icon, "state": state, "links": links}

    def _origin(self, each: Suggestion) -> Link:
        """Where it came from: the first opinion named, or the first visit."""
        row = self.public.by_code(KIND)[each.code]
        codes = [code for name in ORIGINS for code in listed(row[name])]
        open_to_all = [code for code in codes if self._told(code)]
        if open_to_all:
            first = open_to_all[0]
            kind = self.public.kinds[self.public.kind_of[first]]
            title, href = link(self.public, first)
            more = self.say("more", n=len(open_to_all)) if len(open_to_all) > 1 else ""
            found = self.public.by_code(kind.name)[first]
            return Link("ok", kind.label[self.lang], title + more, kind.date(found), href)
        if codes or len(unpublished(self.public, KIND, *ORIGINS)) == len(ORIGINS):
            return Link("none", self.say("origin"), self.say("not_public"), "", None)
        return Link("none", self.say("origin"), self.say("origin.none"), "", None)

    def _told(self, code: str) -> bool:
        """Whether a record is public and not withheld."""
        kind = self.public.kind_of.get(code)
        return kind is not None and not self.public.by_code(kind)[code]["withheld"]

    def _suggestion(self, each: Suggestion) -> Link:
        kind = self.public.kinds[KIND].label[self.lang]
        return Link("ok", kind, each.code, day_of(KIND, each.case.suggestion), self.public.path(each.code))

    def _reply(self, each: Suggestion) -> Link:
        what = self.say("reply")
        replies = [one for handling in each.handlings for one in handling.replies]
        if replies:
            last = max(replies, key=lambda one: (day_of("reply", one), str(one["code"])))
            asked = self.public.kinds["reply"].fields.get("outcome_class")
            value = last.get("outcome_class")
            told = asked.say(value, self.public.titles, self.lang) if asked and value else ""
            stands = any(one.reply is not None for one in each.handlings)
            href = self.public.path(last["code"])
            return Link("ok" if stands else "part", what, told, day_of("reply", last), href)
        if "reply" not in self.public.rows:
            return Link("none", what, self.say("not_public"), "", None)
        waits = "late" if each.days_over else "due" if each.due else "none"
        told = self.cards.tag(each)[1] if waits != "none" else self.say("reply.none")
        return Link(waits, what, told, "", None)

    def _check(self, each: Suggestion) -> Link:
        what = self.say("check")
        checks = each.case.until("onsite_check", each.on)
        if checks:
            last = max(checks, key=lambda one: (day_of("onsite_check", one), str(one["code"])))
            verdict = verdict_of(last)
            told = self.words.say(f"suggestion.verdict.{verdict}", self.lang)
            href = self.public.path(last["code"])
            return Link(CHECKED[verdict], what, told, day_of("onsite_check", last), href)
        if "onsite_check" not in self.public.rows:
            return Link("none", what, self.say("not_public"), "", None)
        return Link("none", what, self.say("check.none"), "", None)
