"""What became of an opinion: heard, a suggestion, replied to, found done; and was its speaker told?

The seed's own measure: 「收集了多少社情民意，通过人大渠道向有关方面反映了多少问题或提出了多少建议」.
Answers are those of `opinion` with its `code`.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from ledger.rulebooks import Rulebook
from ledger.rules.lamps import Lamp
from ledger.rules.station.span import until
from ledger.rules.suggestion.figures import Figure

Answers = Mapping[str, Any]
Step = Literal["heard", "suggestion", "reply", "verified"]
STEPS: tuple[Step, ...] = ("heard", "suggestion", "reply", "verified")


@dataclass(frozen=True)
class Matter:
    """A suggestion that names an opinion as its origin, as far as it has come."""

    code: str
    replied: bool = False
    verified: bool = False


def step(matters: Iterable[Matter]) -> Step:
    """D5: the farthest that any suggestion made of an opinion has come.

    >>> step([]), step([Matter("JY-1"), Matter("JY-2", replied=True)]), step([Matter("JY-3", verified=True)])
    ('heard', 'reply', 'suggestion')

    The trap: what is found done but was never replied to has not gone the way; 答复 is a link of its own.
    """
    known = list(matters)
    if any(each.replied and each.verified for each in known):
        return "verified"
    if any(each.replied for each in known):
        return "reply"
    return "suggestion" if known else "heard"


def told_back(opinion: Answers, on: date, rulebook: Rulebook) -> Lamp:
    """D5: every opinion is closed with the day on which who spoke was told what became of it.

    >>> from ledger.rulebooks import Value
    >>> book = Rulebook({}, {"station.told_back_within": Value("3 months")})
    >>> june = {"received_on": "2026-06", "disposition": "suggestion"}
    >>> [told_back(june, day, book).why for day in (date(2026, 9, 30), date(2026, 10, 1))]
    ['station.told_back.waiting', 'station.told_back.late']
    >>> told_back(june | {"told_citizen_on": "2026-08"}, date(2026, 10, 1), book).state
    'pass'

    The trap: where no more than the month is public, its last day is taken, so that nobody is called late
    who is in time.
    """
    if told := opinion.get("told_citizen_on"):
        return Lamp("told_back", "pass", "station.told_back.pass", {"day": told})
    due = until(_latest(opinion["received_on"]), rulebook["station.told_back_within"].limit)
    if on > due:
        return Lamp("told_back", "fail", "station.told_back.late", {"day": opinion["received_on"]})
    return Lamp("told_back", "unknown", "station.told_back.waiting", {"day": due.isoformat()})


def _latest(day: str) -> date:
    """A day, or the last day of a month."""
    if len(day) > len("2026-06"):
        return date.fromisoformat(day)
    year, month = int(day[:4]), int(day[5:7])
    return date(year, month, monthrange(year, month)[1])


@dataclass(frozen=True)
class Chain:
    """How far the opinions of a place have come, each stage a part of the one before; and who was told."""

    heard: tuple[str, ...]
    stages: Mapping[Step, tuple[str, ...]]
    told: Figure

    def figure(self, name: Step) -> Figure:
        """Those that have come so far, of all that were heard."""
        return Figure(name, f"station.chain.{name}", self.stages[name], self.heard, {})


def chain(opinions: Sequence[Answers], matters: Mapping[str, Sequence[Matter]], on: date) -> Chain:
    """Opinion, suggestion, reply, verified: which opinions have come how far.

    >>> found = chain([{"code": "YJ-1", "told_citizen_on": "2026-10"}, {"code": "YJ-2"}],
    ...               {"YJ-1": [Matter("JY-1", True)]}, date(2026, 11, 21))
    >>> found.stages["reply"], found.stages["verified"], found.told.n, found.told.of
    (('YJ-1',), (), 1, 2)

    Whoever has come to a stage has come to each before it, so that no part is larger than its whole.
    """
    reached = {each["code"]: STEPS.index(step(matters.get(each["code"], ()))) for each in opinions}
    every = tuple(sorted(reached))
    stages = {name: tuple(code for code in every if reached[code] >= n) for n, name in enumerate(STEPS)}
    told = tuple(sorted(each["code"] for each in opinions if _told(each, on)))
    return Chain(every, stages, Figure("told_back", "station.chain.told_back", told, every, {}))


def _told(opinion: Answers, on: date) -> bool:
    day = opinion.get("told_citizen_on")
    return day is not None and str(day) <= on.isoformat()[: len(str(day))]
