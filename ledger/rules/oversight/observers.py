"""Observers 观察员: in term, with the speciality, stepping back where they have an interest; and the three
combinations 「代表监督与群众监督、重点监督与专业监督、过程监督与问效监督“三结合”」.

Answers are those of `observer`, `observer_report` and `oversight_step`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

Answers = Mapping[str, Any]

PAIRS = (("deputies", "public"), ("key_topic", "expert"), ("process", "effect"))
"""The three combinations, two modes of oversight each."""


def in_term(observer: Answers, day: str) -> bool:
    """Whether somebody was an observer on a day.

    >>> term = {"appointed_on": "2025-03-01", "until": "2026-08-31"}
    >>> [in_term(term, day) for day in ("2025-02-28", "2025-03-01", "2026-08-31", "2026-09-01")]
    [False, True, True, False]

    The trap: the last day of the term is in the term.
    """
    return bool(observer["appointed_on"] <= day <= observer["until"])


def must_step_back(observer: Answers, organs: Collection[str]) -> bool:
    """回避: an observer who declared an interest in an organ takes no part where that organ is looked at.

    >>> must_step_back({"avoids": ["JG-1"]}, ["JG-2", "JG-1"]), must_step_back({}, ["JG-1"])
    (True, False)
    """
    return bool(set(observer.get("avoids", ())) & set(organs))


def fits(observer: Answers, speciality: str) -> bool:
    """Whether the speciality a report rests on is one of the observer's own."""
    return speciality in observer.get("specialities", ())


def combinations(steps: Iterable[Answers]) -> tuple[tuple[str, ...], ...]:
    """Of each combination the modes that some step used, in their order.

    >>> steps = [{"modes": ["deputies", "process"]},
    ...          {"modes": ["public", "effect", "expert"], "observers": []}]
    >>> combinations(steps)
    (('deputies', 'public'), (), ('process', 'effect'))

    The trap: 专业监督 counts only where an observer took part.
    """
    used = {
        mode for each in steps for mode in each.get("modes", ()) if mode != "expert" or each.get("observers")
    }
    return tuple(tuple(mode for mode in pair if mode in used) for pair in PAIRS)


def complete(steps: Iterable[Answers]) -> int:
    """How many of the three combinations are whole: 0 to 3."""
    return sum(len(each) == 2 for each in combinations(steps))
