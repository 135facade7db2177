"""A suggestion in a few lines, as boards and dockets show it: what, who, in which state, by when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ledger.words import Words
from publisher.reading.facts import link
from publisher.reading.public import Public
from publisher.suggestion.state import Suggestion


class Cards:
    """The words of suggestions in short."""

    def __init__(self, public: Public, words: Words, lang: str) -> None:
        self.public, self.words, self.lang = public, words, lang

    def say(self, key: str, **params: Any) -> str:
        """A message about cards."""
        return self.words.say(f"site.card.{key}", self.lang, **params)

    def cards(self, found: Iterable[Suggestion]) -> list[dict[str, Any]]:
        """A card each."""
        return [self.card(each) for each in found]

    def card(self, each: Suggestion) -> dict[str, Any]:
        """Heading, page, who handles it, its state with a shape, and its days."""
        icon, state = self.tag(each)
        days = self.say("lane", n=each.lane.days) if each.lane else ""
        return {
            "title": self.public.titles.get(each.code, each.code),
            "href": self.public.path(each.code),
            "organs": [link(self.public, code) for code in each.organs],
            "icon": icon,
            "state": state,
            "days": days,
            "due": self.say("due", day=each.due) if each.due else "",
            "lane_due": self._lane_due(each),
            "colour": each.lane.track if each.lane else None,
        }

    def tag(self, each: Suggestion) -> tuple[str, str]:
        """The state as a shape and a few words."""
        stage = self.words.say(f"suggestion.stage.{each.standing.stage}", self.lang)
        if each.shut:
            return "none", stage
        if each.contradicted and each.standing.stage != "withdrawn":
            return "late", self.say("contradicted")
        if each.days_over:
            return "late", self.say("late", name=self._clock(each), n=each.days_over)
        if each.standing.stage == "closed":
            return "ok", stage
        if each.due:
            left = (each.due - each.on).days
            key = "left" if left else "today"
            return "due", self.say(key, name=self._clock(each), n=left, stage=stage)
        return "none", stage

    def _lane_due(self, each: Suggestion) -> str:
        """The day its lane asks for: a field of its own beside the deadline."""
        if each.lane_due is None:
            return ""
        key = "lane_over" if each.lane_over else "lane_due"
        return self.say(key, day=each.lane_due, n=each.lane_over)

    def _clock(self, each: Suggestion) -> str:
        assert each.clock is not None
        return self.words.say(f"clock.{each.clock.name}", self.lang)
