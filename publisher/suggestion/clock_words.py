"""The deadlines of a suggestion for its page: each as a bar, in a sentence, and with its whole count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from ledger.limits import read_limit
from ledger.rules.deadline import NAMED, Deadline, count
from ledger.rules.deadline_words import in_words, moved_in_words
from ledger.rules.suggestion.clock import Clock
from ledger.words import Words
from publisher.chart.clock_bars import bar
from publisher.reading.facts import link
from publisher.reading.lamp_words import LampWords
from publisher.reading.public import Public
from publisher.suggestion.state import CALM, LATE, Suggestion

ICONS = {
    "running": "due", "overdue": "late", "very_overdue": "late", "done": "ok", "done_late": "part",
    "stopped": "none", "not_started": "none",
}  # fmt: skip


class ClockWords:
    """The clocks of one suggestion in words."""

    def __init__(self, public: Public, words: Words, lang: str, suggestion: Suggestion) -> None:
        self.public, self.words, self.lang, self.suggestion = public, words, lang, suggestion

    def say(self, key: str, **params: Any) -> str:
        """A message about clocks."""
        return self.words.say(f"site.clock.{key}", self.lang, **params)

    def main(self) -> list[dict[str, Any]]:
        """The clocks that a reader follows: what runs first, the most urgent before the rest."""
        found = [each for each in self.suggestion.clocks if each.name not in CALM]
        return [self.shown(each) for each in self._in_order(found)]

    def others(self) -> list[dict[str, Any]]:
        """The smaller ones within them."""
        found = [each for each in self.suggestion.clocks if each.name in CALM]
        return [self.shown(each) for each in self._in_order(found)]

    def _in_order(self, found: list[Clock]) -> list[Clock]:
        running = {id(each): n for n, each in enumerate(self.suggestion.running)}
        return sorted(found, key=lambda each: running.get(id(each), len(running)))

    def shown(self, clock: Clock) -> dict[str, Any]:
        """A bar with its sentence, and every step of the count."""
        on, deadline = self.suggestion.on, clock.deadline
        state = clock.state(on)
        organ = self.public.titles.get(clock.organ or "", clock.organ or "")
        name = self.words.say(f"clock.{clock.name}", self.lang)
        told: dict[str, Any] = {
            "icon": ICONS[state],
            "state": self.words.say(f"clock.state.{state}", self.lang),
            "late": state in LATE,
            "name": self.say("of", name=name, organ=organ) if organ else name,
            "moved": [],
        }
        why = self.words.say(self._why(clock, state), self.lang)
        if deadline is None:
            return told | {"bar": None, "finding": self.say("none", name=told["name"], why=why)}
        lapsed = clock.lapses and not clock.closed and state == "done"
        until = deadline.due if lapsed else clock.done_on or clock.stopped_on or on
        drawn = bar(deadline.start, deadline.due, max(until, deadline.start), self._usual(clock, deadline))
        told |= {"bar": drawn, "finding": self._finding(clock, deadline, told["name"], state)}
        told["start"] = self._start(clock, deadline)
        told["due"] = self.say("due", day=deadline.due)
        told["was"] = self.say("was") if drawn["was"] is not None else ""
        told["end"] = self._end(clock, state, drawn["day"], until)
        told["moved"] = [
            moved_in_words(each, self.words, self.lang) for each in self.suggestion.moves if each.is_of(clock)
        ]
        told["count"] = list(self._count(clock, deadline, why))
        told["provisional"] = deadline.provisional and not clock.closed
        return told

    def sentence(self, clock: Clock) -> str:
        """Due when, and how many days are left or over, in half a sentence."""
        if clock.deadline is None:
            return self.words.say(clock.why, self.lang)
        return self.days(clock.deadline.due)

    def days(self, due: date) -> str:
        """A limit with the days left to it, or gone by since."""
        left = (due - self.suggestion.on).days
        key = "over" if left < 0 else "today" if left == 0 else "left"
        return self.say(f"sentence.{key}", day=due, n=abs(left))

    def _finding(self, clock: Clock, deadline: Deadline, name: str, state: str) -> str:
        """The whole in one sentence: which limit, up to when, and how it stands."""
        limit = self.say("named") if deadline.limit == NAMED else self._limit(deadline)
        told = {"name": name, "limit": limit, "due": deadline.due}
        if clock.done_on and state in ("done", "done_late") and not _unused(clock):
            late = deadline.passed(clock.done_on)
            early = (deadline.due - clock.done_on).days
            how = "late" if late else "last" if not early else "early"
            return self.say(f"finding.done.{how}", **told, on=clock.done_on, n=late or early)
        if state in LATE:
            return self.say("finding.over", **told, n=deadline.passed(self.suggestion.on))
        if state == "running":
            left = (deadline.due - self.suggestion.on).days
            return self.say("finding.today" if left == 0 else "finding.left", **told, n=left)
        return self.say("finding.stopped", **told, why=self.words.say(clock.why, self.lang))

    def _limit(self, deadline: Deadline) -> str:
        length = read_limit(deadline.limit)
        unit = length.unit if length.number > 1 else f"one {length.unit.removesuffix('s')}"
        return self.words.say(f"deadline.{unit.replace(' ', '_')}", self.lang, n=length.number)

    def _end(self, clock: Clock, state: str, day: int, until: date) -> str:
        key = "stopped" if state == "stopped" else "now"
        if state in ("done", "done_late"):
            key = "lapsed" if clock.done_on is None else "stopped" if _unused(clock) else "done"
        return self.say(f"end.{key}", day=until, n=day)

    def _count(self, clock: Clock, deadline: Deadline, why: str) -> Iterator[tuple[str, str, Any]]:
        """Label, text and link, a line each: from what, which limit, how counted, on what basis."""
        set_by = link(self.public, clock.of) if clock.of else None
        yield self.say("count.from"), self._start(clock, deadline), set_by
        yield self.say("count.limit"), why, None
        yield self.say("count.how"), in_words(deadline, self.words, self.lang), None
        if clock.rule:
            lamps = LampWords(self.public, self.words, self.suggestion.rulebook, self.lang)
            yield self.say("count.basis"), lamps.rests_on(clock.rule), None
        if clock.very_after and not clock.closed and not clock.lapses:
            yield self.say("count.very"), self.say("count.very.text", day=clock.very_after), None

    def _start(self, clock: Clock, deadline: Deadline) -> str:
        """What happened on the day that the limit counts from, by the rule."""
        values = self.suggestion.rulebook.values
        rule = values.get(clock.rule or "")
        name = str(rule.counted_from) if rule else "replied_on"
        recess = values.get("suggestion.recess_counted_from")
        period = self.suggestion.case.suggestion.get("period")
        if name == "session_closed_on" and recess and period == "recess":
            name = str(recess.value)
        key = f"start.{name}"
        return self.say(key if f"site.clock.{key}" in self.words.messages else "start", day=deadline.start)

    def _why(self, clock: Clock, state: str) -> str:
        """Which limit it is: that a right was not used is known once its time is over."""
        return "clock.why.limit" if _unused(clock) and state == "running" else clock.why

    def _usual(self, clock: Clock, deadline: Deadline) -> date | None:
        """The usual limit of a reply that was given a longer one."""
        usual = self.suggestion.rulebook.values.get("suggestion.reply_within")
        if clock.rule != "suggestion.reply_within_when_complex" or usual is None:
            return None
        return count(deadline.start, str(usual.value), self.suggestion.rulebook, deadline.calendar).due


def _unused(clock: Clock) -> bool:
    """Whether it is a right that nobody used, so that its end is nothing that was done."""
    return clock.lapses and clock.why == "clock.why.kept"
