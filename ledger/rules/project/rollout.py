"""Coverage 全覆盖: which bodies vote, year by year. A rule adopted but never used is a state of its own.

Answers are those of `rollout_status`; the newest record of a body and year counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from ledger.rulebooks import Rulebook

Answers = Mapping[str, Any]
State = Literal[
    "unknown", "none", "drafting", "never_voted", "under_way", "not_this_year", "covered", "recommends"
]

STAGES = (
    "none", "rule_drafted", "rule_adopted", "ideas_open", "candidates_set",
    "balloted", "implementing", "evaluated",
)  # fmt: skip


@dataclass(frozen=True)
class Coverage:
    """One cell of the matrix: a body in a year."""

    body: str
    level: str
    year: int
    state: State
    stage: str | None = None


def coverage(
    records: Iterable[Answers], bodies: Mapping[str, str], years: Iterable[int], rulebook: Rulebook
) -> tuple[Coverage, ...]:
    """A11: a cell for each body (name -> level) and year.

    `never_voted`: the rule was adopted, this year or before, and no ballot was ever held
    (仅仅是表决通过了实施办法，还没有真正进行项目票决).
    `under_way`: adopted, and at work towards this year's ballot. `not_this_year`: balloted before, not in
    this year. `recommends`: a sub-district has no congress and only recommends (地方组织法第五十九条).

    >>> from ledger.rulebooks import Value
    >>> book = Rulebook({}, {"rollout.covered_from": Value("balloted"),
    ...                      "rollout.levels_that_vote": Value(["county", "township"])})
    >>> adopted = {"body": "柳河镇", "year": 2025, "stage": "rule_adopted"}
    >>> [cell.state for cell in coverage([adopted], {"柳河镇": "township"}, (2024, 2025, 2026), book)]
    ['unknown', 'never_voted', 'never_voted']
    """
    known = list(records)
    return tuple(
        _cell(known, body, level, year, rulebook) for body, level in bodies.items() for year in years
    )


def _cell(records: Iterable[Answers], body: str, level: str, year: int, rulebook: Rulebook) -> Coverage:
    own = [each for each in records if each["body"] == body and each["year"] <= year]
    this_year = [each["stage"] for each in own if each["year"] == year]
    stage = this_year[-1] if this_year else None
    return Coverage(body, level, year, _state(own, stage, level, rulebook), stage)


def _state(own: Iterable[Answers], stage: str | None, level: str, rulebook: Rulebook) -> State:
    reached = [STAGES.index(each["stage"]) for each in own]
    covered = STAGES.index(rulebook["rollout.covered_from"].value)
    adopted = STAGES.index("rule_adopted")
    now = STAGES.index(stage) if stage else 0
    if not reached:
        return "unknown"
    if level not in rulebook["rollout.levels_that_vote"].value:
        return "recommends" if max(reached) >= covered else "none"
    if now >= covered:
        return "covered"
    if adopted < now:
        return "under_way"
    if max(reached) >= covered:
        return "not_this_year"
    if max(reached) >= adopted:
        return "never_voted"
    return "drafting" if max(reached) else "none"


def covered_share(cells: Iterable[Coverage], level: str, year: int) -> Fraction | None:
    """The share of a level's bodies that voted in a year; None where there are no such bodies.

    >>> cells = [Coverage("甲", "township", 2026, "covered"), Coverage("乙", "township", 2026, "unknown")]
    >>> covered_share(cells, "township", 2026)
    Fraction(1, 2)

    The trap: a body nobody told about counts below the line.
    """
    here = [cell for cell in cells if (cell.level, cell.year) == (level, year)]
    return Fraction(sum(cell.state == "covered" for cell in here), len(here)) if here else None
