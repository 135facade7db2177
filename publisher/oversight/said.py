"""The words, links and figures that the pages of oversight share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.deadline import Deadline
from ledger.rules.deadline_words import in_words
from ledger.rules.lamps import Lamp
from ledger.words import Words
from publisher.chart.bars import share
from publisher.chart.stacked import PATTERNS, Part, stacked
from publisher.oversight.folded import Oversight, lacking, oversight
from publisher.reading.answers import Answers
from publisher.reading.datalinks import DataLinks
from publisher.reading.facts import link
from publisher.reading.lamp_words import ICONS, LampWords
from publisher.reading.public import Public
from publisher.reading.shares import percent
from publisher.reading.shown import NB, together

STATE_ICONS: Mapping[str, str] = {
    "kept": "ok", "claimed": "part", "partly": "part", "due": "dot", "broken": "late",
    "answered": "ok", "answered_late": "part", "waiting": "dot", "again": "late", "overdue": "late",
    "done": "ok", "under_way": "dot", "untouched": "none", "stalled": "part",
    "closed": "ok", "ready": "part", "unpublished": "part", "awaiting": "dot", "no_opinion": "none",
    "half": "none", "begun": "none", "none": "none",
    "in_time": "ok", "late": "late", "unknown": "none",
}  # fmt: skip
"""Each state its outline, so that a grey print tells them apart."""
SOURCES: Mapping[str, str] = {
    "subject": "appraisal.subject_appointed_by",
    "secret": "appraisal.secret",
    "quorum": "ballot.standing_committee_quorum",
    "sums": "appraisal.base",
    "announced": "appraisal.grade_over",
}
"""Where a rulebook says what a lamp of an appraisal applies."""


def _drawable(parts: Sequence[Part], lang: str) -> list[Part]:
    """No more parts than there are patterns: the last ones as one, so that the bar is still the whole."""
    if len(parts) <= len(PATTERNS):
        return list(parts)
    first, rest = parts[: len(PATTERNS) - 1], parts[len(PATTERNS) - 1 :]
    return [*first, Part(together([each.label for each in rest], lang), sum(each.value for each in rest))]


@dataclass(frozen=True)
class Said:
    """What every page of oversight says things with; `page` is the middle of its keys: site.<page>.none."""

    public: Public
    links: DataLinks
    rulebook: Rulebook
    words: Words
    lang: str
    page: str

    @cached_property
    def all(self) -> Oversight:
        """The folded records."""
        return oversight(self.public, self.rulebook)

    def say(self, key: str, **params: Any) -> str:
        """A message of this page."""
        return self.words.say(f"site.{self.page}.{key}", self.lang, **params)

    def state(self, sort: str, state: str) -> dict[str, str]:
        """A state as shape and word; `sort` says of what: oversight.mending.kept."""
        return {"icon": STATE_ICONS[state], "word": self.words.say(f"oversight.{sort}.{state}", self.lang)}

    @property
    def lamps(self) -> LampWords:
        """Labels of choices, and what a rule rests on."""
        return LampWords(self.public, self.words, self.rulebook, self.lang)

    def choice(self, kind: str, field: str, value: str) -> str:
        """A choice by its label."""
        return self.lamps.choice(kind, field, value)

    def link(self, code: str) -> tuple[str, str | None]:
        """Another record by its title, with its page."""
        return link(self.public, code)

    def closed(self, kind: str) -> str:
        """What is not published of the records that the page is made of; '' where all is."""
        missing = lacking(self.public, kind)
        fields = [self.lamps.field(each, name) for each, name in missing]
        return (
            self.words.say("site.oversight.closed", self.lang, fields=together(fields, self.lang))
            if fields
            else ""
        )

    def around(self, kind: str) -> dict[str, Any]:
        """What every page is given: its day, its rows, and why it says nothing where it does."""
        return {
            "as_of": self.public.release["as_of"],
            "rows": self.links.table(kind) if kind in self.public.rows else None,
            "closed": self.closed(kind),
        }

    def figure(
        self, name: str, n: int, of: int, rows: str | None = None, unit: str = "things"
    ) -> dict[str, Any]:
        """A figure with its denominator, its rule and its rows; `unit` is what is counted."""
        return {
            "name": self.say(f"figure.{name}"),
            "n": n,
            "of": self.words.say(f"site.oversight.of.{unit}", self.lang, of=of) if of else "",
            "percent": percent(n, of),
            "width": share(n, of),
            "rule": self.say(f"figure.{name}.rule"),
            "rows": rows,
        }

    def parts(
        self, sort: str, states: Sequence[str], found: Iterable[str], unit: str = "things"
    ) -> dict[str, Any] | None:
        """States as parts of one whole, drawn; None where nothing is there. `unit`: what is counted."""
        every = list(found)
        if not every:
            return None
        shown = [state for state in states if state in every]
        parts = [Part(self.state(sort, state)["word"], every.count(state)) for state in shown]
        told = together([f"{part.label}{NB}{part.value}" for part in parts], self.lang)
        whole = self.words.say(f"site.oversight.whole.{unit}", self.lang, n=len(every))
        return {
            "chart": stacked(_drawable(parts, self.lang)),
            "finding": self.words.say("site.oversight.parts", self.lang, of=whole, parts=told),
            "end": self.words.say("site.oversight.end", self.lang, of=whole),
            "rows": [(part.label, part.value) for part in parts],
        }

    def lamp(self, lamp: Lamp) -> dict[str, Any]:
        """A lamp of an appraisal for a template."""
        params = {
            name: self.choice("appraisal", "announced", value) if name in ("grade", "said") else value
            for name, value in lamp.params.items()
        }
        if params.get("grade") == "none":
            params["grade"] = self.words.say("oversight.grade.none", self.lang)
        return {
            "icon": ICONS[lamp.state],
            "name": self.words.say(f"site.lamp.name.{lamp.rule}", self.lang),
            "state": self.words.say(f"rule.state.{lamp.state}", self.lang),
            "why": self.words.say(lamp.why, self.lang, **params),
            "basis": self.lamps.rests_on(SOURCES[lamp.rule]),
            "document": self.document(SOURCES[lamp.rule]),
        }

    def document(self, key: str) -> str | None:
        """The page of the document that a value of the rulebook stands in; None where there is none."""
        code = self.all.cited.get(key)
        return self.public.path(code) if code else None

    def counted(self, deadline: Deadline) -> str:
        """How a deadline was counted, day by day in a sentence."""
        return in_words(deadline, self.words, self.lang)

    def promised(self, record: Answers, sort: str, what: str) -> dict[str, Any]:
        """A rectification or a commitment as lists show it: what, by whom, its days, what a check found."""
        found = self.all.mending(record)
        state = self.state(sort, found.state)
        return {
            **state,
            "state": found.state,
            "what": what,
            "href": self.public.path(record["code"]),
            "organ": self.link(record["organ"]) if "organ" in record else None,
            "told": [*self._days(record, found.late, found.state)],
            "seen": record.get("evidence", "") if found.state in ("kept", "partly", "broken") else "",
            "by": record.get("verified_by", "") if record.get("verified") else "",
        }

    def _days(self, record: Answers, late: int, state: str) -> Iterator[str]:
        def say(key: str, **params: Any) -> str:
            return self.words.say(f"site.oversight.{key}", self.lang, **params)

        yield say("due", day=record["due_on"])
        if "claimed_done_on" in record:
            yield say("claimed", day=record["claimed_done_on"])
        if record.get("verified") and "verified_on" in record:
            yield say("verified", day=record["verified_on"])
        if late and state != "claimed":
            yield say("late", n=late)
        elif late:
            yield say("claimed_late", n=late)
