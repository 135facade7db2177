"""The funnel conserves its counts; merges end somewhere; every idea has one decision with its reason."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.rules.project.ideas import DECISIONS, decided_with_reason, funnel, last_of, merges_sound, rings

names = st.sampled_from([f"idea-{n}" for n in range(9)])
idea = st.fixed_dictionaries({}, optional={"decision": st.sampled_from(DECISIONS), "merged_into": names})
ideas = st.dictionaries(names, idea, max_size=9)
candidate = st.fixed_dictionaries({}, optional={"origin": st.lists(names, max_size=4)})
candidates = st.dictionaries(st.sampled_from(["hx-1", "hx-2", "hx-3"]), candidate)
few = st.lists(st.sampled_from(["hx-1", "hx-2", "hx-3", "hx-4"]), max_size=4)


@given(ideas, candidates, few, few)
def test_a_funnel_conserves_its_counts(
    ideas: dict[str, Any], candidates: dict[str, Any], selected: list[str], done: list[str]
) -> None:
    found = funnel(ideas, candidates, selected, done)
    assert found.conserves and found.ideas == len(ideas) == found.undecided + sum(found.decisions.values())


@given(ideas)
def test_an_idea_ends_somewhere_or_stands_on_the_way_into_a_ring(ideas: dict[str, Any]) -> None:
    within = {name for ring in rings(ideas) for name in ring}
    for name in ideas:
        end = last_of(name, ideas)
        assert (end is None) == _walks_into(name, ideas, within)
        assert end not in within


def _walks_into(name: str, ideas: dict[str, Any], within: set[str]) -> bool:
    for _ in range(len(ideas) + 1):
        if name in within:
            return True
        if ideas.get(name, {}).get("decision") != "merged" or "merged_into" not in ideas[name]:
            return False
        name = ideas[name]["merged_into"]
    raise AssertionError("a ring nobody named")


@given(ideas)
def test_the_order_of_ideas_never_matters(ideas: dict[str, Any]) -> None:
    backwards = dict(reversed(ideas.items()))
    assert rings(ideas) == rings(backwards) and funnel(ideas, {}) == funnel(backwards, {})


def test_a_merged_idea_is_in_the_candidate_of_the_one_it_went_into() -> None:
    found = funnel(
        {
            "a": {"decision": "merged", "merged_into": "b"},
            "b": {"decision": "shortlisted"},
            "c": {"decision": "rejected"},
        },
        {"hx": {"origin": ["b"]}},
        ["hx"], ["hx"],
    )  # fmt: skip
    assert (found.in_candidates, found.selected, found.done) == (2, 1, 1)


def test_merges_into_nothing_in_a_ring_or_into_another_year_are_told() -> None:
    found = merges_sound({
        "a": {"cycle": "2026", "decision": "merged", "merged_into": "a"},
        "b": {"cycle": "2026", "decision": "merged", "merged_into": "z"},
        "c": {"cycle": "2026", "decision": "merged", "merged_into": "d"},
        "d": {"cycle": "2025"},
    })  # fmt: skip
    assert [lamp.why for lamp in found] == ["rule.merge.ring", "rule.merge.nowhere", "rule.merge.other_cycle"]


def test_a_decision_needs_its_reason() -> None:
    assert decided_with_reason({"decision": "rejected", "decision_reason": "已列入县级计划"}).state == "pass"
    assert decided_with_reason({"decision": "rejected", "decision_reason": " "}).state == "fail"
    assert decided_with_reason({}).state == "unknown"
