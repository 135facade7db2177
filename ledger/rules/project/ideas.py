"""From ideas to projects: a funnel that conserves its counts, and what became of each idea.

`ideas` maps a record's name or code to its answers (`project_idea`); references are of the same sort.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.rules.lamps import Lamp

Answers = Mapping[str, Any]

DECISIONS = ("shortlisted", "merged", "rejected", "deferred", "reserve_pool")


@dataclass(frozen=True)
class Funnel:
    """How many ideas came in, what was decided, and how far they went. ideas = Σ decisions + undecided."""

    ideas: int
    decisions: Mapping[str, int]
    undecided: int
    in_candidates: int
    candidates: int
    selected: int
    done: int

    @property
    def conserves(self) -> bool:
        """Whether every idea is counted once, and no later stage is larger than the one it comes from."""
        return (
            self.ideas == sum(self.decisions.values()) + self.undecided
            and self.done <= self.selected <= self.candidates
            and self.in_candidates <= self.ideas
        )


def funnel(
    ideas: Mapping[str, Answers],
    candidates: Mapping[str, Answers],
    selected: Collection[str] = (),
    done: Collection[str] = (),
) -> Funnel:
    """A5: the counts of one cycle. `candidates` by name, with `origin`; `selected` and `done` name some.

    >>> ideas = {"a": {"decision": "shortlisted"}, "b": {"decision": "merged", "merged_into": "a"}, "c": {}}
    >>> found = funnel(ideas, {"hx": {"origin": ["a"]}}, selected=["hx"])
    >>> found.decisions["merged"], found.undecided, found.in_candidates, found.conserves
    (1, 1, 2, True)

    The trap: an idea merged into one that became a candidate is in that candidate too.
    """
    decided = dict.fromkeys(DECISIONS, 0)
    for idea in ideas.values():
        if idea.get("decision") in decided:
            decided[idea["decision"]] += 1
    origins = {name for each in candidates.values() for name in each.get("origin", ())}
    chosen = set(selected) & candidates.keys()
    return Funnel(
        ideas=len(ideas),
        decisions=decided,
        undecided=len(ideas) - sum(decided.values()),
        in_candidates=sum(last_of(name, ideas) in origins or name in origins for name in ideas),
        candidates=len(candidates),
        selected=len(chosen),
        done=len(set(done) & chosen),
    )


def last_of(name: str, ideas: Mapping[str, Answers]) -> str | None:
    """The idea that a chain of merges ends in, itself where it was not merged; None where it runs in a ring.

    >>> last_of("a", {"a": {"decision": "merged", "merged_into": "b"}, "b": {"decision": "shortlisted"}})
    'b'
    >>> last_of("a", {"a": {"decision": "merged", "merged_into": "a"}}) is None
    True
    """
    seen = set()
    while name in ideas and ideas[name].get("decision") == "merged" and "merged_into" in ideas[name]:
        if name in seen:
            return None
        seen.add(name)
        name = ideas[name]["merged_into"]
    return name


def rings(ideas: Mapping[str, Answers]) -> tuple[tuple[str, ...], ...]:
    """Merges that go round, each ring once, from its first name on; there must be none.

    >>> into = lambda name: {"decision": "merged", "merged_into": name}
    >>> rings({"a": into("b"), "b": into("c"), "c": into("b"), "d": {}})
    (('b', 'c'),)
    """
    found = set()
    for name in ideas:
        if last_of(name, ideas) is None:
            ring = _ring(name, ideas)
            first = ring.index(min(ring))
            found.add(ring[first:] + ring[:first])
    return tuple(sorted(found))


def _ring(name: str, ideas: Mapping[str, Answers]) -> tuple[str, ...]:
    walked: list[str] = []
    while name not in walked:
        walked.append(name)
        name = ideas[name]["merged_into"]
    return tuple(walked[walked.index(name) :])


def decided_with_reason(idea: Answers) -> Lamp:
    """A5: an idea ends in exactly one decision, with a reason.

    >>> [decided_with_reason(idea).why for idea in ({}, {"decision": "deferred"})]
    ['rule.idea.undecided', 'rule.idea.no_reason']
    """
    decision = idea.get("decision")
    if decision is None:
        return Lamp("idea", "unknown", "rule.idea.undecided")
    if not str(idea.get("decision_reason", "")).strip():
        return Lamp("idea", "fail", "rule.idea.no_reason", {"decision": decision})
    return Lamp("idea", "pass", "rule.idea.pass", {"decision": decision})


def merges_sound(ideas: Mapping[str, Answers]) -> tuple[Lamp, ...]:
    """Every merge leads to an idea that is there, of the same cycle, and none goes round."""
    return tuple(_unsound(ideas))


def _unsound(ideas: Mapping[str, Answers]) -> Iterator[Lamp]:
    for ring in rings(ideas):
        yield Lamp("merge", "fail", "rule.merge.ring", {"ideas": ring})
    for name, idea in ideas.items():
        if idea.get("decision") != "merged":
            continue
        target = str(idea.get("merged_into", ""))
        if target not in ideas:
            yield Lamp("merge", "fail", "rule.merge.nowhere", {"idea": name})
        elif ideas[target].get("cycle") != idea.get("cycle"):
            yield Lamp("merge", "warn", "rule.merge.other_cycle", {"idea": name, "into": target})
