"""How long a suggestion stood at each stage, as a drawing and a table: the stages are those of the rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

from ledger.rules.suggestion.case import day_of
from ledger.rules.suggestion.stage import ENDED, Stage, stage
from publisher.chart.timeline import Span, timeline
from publisher.suggestion.words import Said

TURNS = (
    "admission", "assignment", "assignment_return", "reply",
    "rating", "rehandling", "onsite_check", "withdrawal",
)  # fmt: skip
"""The kinds of record that may move a suggestion to another stage."""


def phases(said: Said) -> dict[str, Any] | None:
    """What the page is given; None while a day is missing or there is nothing to tell but today."""
    passed = [*_passed(said)]
    if not passed:
        return None
    last, since = passed[-1]
    spans = [
        Span(said.rule(f"suggestion.stage.{name}"), start, end)
        for (name, start), (_, end) in pairwise(passed)
    ]
    if last not in ENDED:
        spans.append(Span(said.rule(f"suggestion.stage.{last}"), since, said.suggestion.on, open=True))
    if not spans:
        return None
    whole = (spans[-1].end - spans[0].start).days
    longest = max(spans, key=lambda each: (each.end - each.start).days)
    told = {"n": whole, "stage": longest.label, "days": (longest.end - longest.start).days}
    finding = _say(said, "finding" if len(spans) > 1 else "one", **told)
    if last in ENDED:
        finding += _say(said, "ended", day=since.isoformat(), stage=said.rule(f"suggestion.stage.{last}"))
    return {
        "chart": timeline(spans),
        "finding": finding,
        "rows": [
            {
                "stage": each.label,
                "from": each.start.isoformat(),
                "until": each.end.isoformat(),
                "open": each.open,
                "days": (each.end - each.start).days,
            }
            for each in spans
        ],
    }


def _passed(said: Said) -> Iterator[tuple[Stage, date]]:
    """Each stage with the day it was reached, in order; the same stage twice in a row is one."""
    case, on = said.suggestion.case, said.suggestion.on
    days = {day_of(kind, each) for kind in TURNS for each in case.until(kind, on)}
    days.add(day_of("suggestion", case.suggestion))
    before: Stage | None = None
    for day in sorted(filter(_whole, days)):
        now = stage(case, date.fromisoformat(day)).stage
        if now != before:
            yield now, date.fromisoformat(day)
            before = now


def _whole(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _say(said: Said, key: str, **params: Any) -> str:
    return said.words.say(f"site.phases.{key}", said.lang, **params)
