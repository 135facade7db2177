"""A lamp of ledger.rules in words: labels of fields and choices, amounts in yuan, records by their titles.

Whatever page shows a lamp asks here, so that the same finding reads the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.rulebooks import Rulebook, Value
from ledger.rules.lamps import Lamp
from ledger.words import Words
from publisher.reading.answers import asked, unpublished
from publisher.reading.public import Public
from publisher.reading.shown import label, money, number, together

ICONS = {"pass": "ok", "warn": "part", "fail": "late", "unknown": "none"}

_SHEET = ("field", "project_candidate")
_STEP = ("choice", "project_cycle", "steps.step")
HOW: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("E3", "named"): ("money",),
    ("E3", "total"): ("money",),
    ("E3", "gap"): ("money",),
    ("E5", "flags"): ("choice", "project_candidate", "flags"),
    ("funding", "over"): ("money",),
    ("funding", "more"): ("field", "project_progress"),
    ("funding", "less"): ("field", "project_progress"),
    ("funding", "missing"): ("field", "project_progress"),
    ("progress", "field"): ("field", "project_progress"),
    ("progress", "was"): ("value", "project_progress", "field"),
    ("progress", "now"): ("value", "project_progress", "field"),
    ("review", "fields"): ("field", "project_cycle"),
    ("descriptions", "fields"): ("field", "project_cycle"),
    ("organ", "fields"): ("field", "project_cycle"),
    ("funding", "fields"): ("field", "project_progress"),
    **{(f"E{n}", "fields"): _SHEET for n in range(1, 9)},
    ("change", "fields"): ("field", "project_change"),
    ("change", "what"): ("choice", "project_change", "what"),
    ("change", "organ"): ("record",),
    ("expert", "step"): ("choice", "project_progress", "stage"),
    ("organ", "step"): _STEP,
    ("order", "step"): _STEP,
    ("order", "before"): _STEP,
    ("review", "which"): ("field", "project_cycle"),
    ("idea", "decision"): ("choice", "project_idea", "decision"),
    ("merge", "ideas"): ("record",),
    ("merge", "idea"): ("record",),
    ("merge", "into"): ("record",),
    **{(f"grid_{name}", "grids"): ("record",) for name in ("assigned", "registered", "round")},
}
"""How a place of a rule's message is said; numbers, days and texts stand as they are.

`value`: as a value of the field that the parameter named last holds.
"""

SOURCES: Mapping[str, str] = {
    "E1": "project.fiscal_share",
    "E2": "project.finish_within_year",
    "stale": "project.stale_days",
    "change": "project.change_limit",
    "expert": "project.expert_steps",
    "returned": "ballot.returned_over_issued_is_void",
    "rectification": "evaluation.not_satisfied_over",
    "review": "project.reviewed_before_notice",
    "descriptions": "ballot.notice_days",
    "margin": "ballot.candidates_over_seats",
    "grid_round": "deputy.full_rounds_of_the_grid",
    "linkage_levels": "linkage.levels_at_least",
    "linkage_answered": "linkage.escalation_answered_within",
    "rule.selected.recommended": "rollout.levels_that_vote",
}
"""Where a rulebook says what a rule applies, by the rule or by its message; for the others no article is."""


@dataclass(frozen=True)
class LampWords:
    """The words of all lamps of one site."""

    public: Public
    words: Words
    rulebook: Rulebook
    lang: str

    def shown(self, lamp: Lamp) -> dict[str, str]:
        """A lamp for a template: shape, name of the rule, state, reason, and what the rule rests on."""
        return {
            "icon": ICONS[lamp.state],
            "name": self.name(lamp.rule),
            "state": self.words.say(f"rule.state.{lamp.state}", self.lang),
            "why": self.reason(lamp),
            "basis": self.basis(lamp),
        }

    def name(self, rule: str) -> str:
        """What a rule is called."""
        return self.words.say(f"site.lamp.name.{rule.lower()}", self.lang)

    def reason(self, lamp: Lamp) -> str:
        """Why the lamp is as it is, in one clause."""
        why = "site.lamp.finding.no_day" if lamp.rule == "finding" and not lamp.params["day"] else lamp.why
        return self.words.say(why, self.lang, **{name: self._place(lamp, name) for name in lamp.params})

    def basis(self, lamp: Lamp) -> str:
        """The article that sets the rule, or that none was found."""
        return self.rests_on(self._source(lamp))

    def rests_on(self, key: str) -> str:
        """The article of a value in the rulebook, or that none was found for it."""
        value: Value | None = self.rulebook.values.get(key)
        if value is None or not value.article:
            return self.words.say("site.lamp.unverified", self.lang)
        if value.unverified:
            return self.words.say("site.lamp.unverified.article", self.lang, article=value.article)
        return value.article

    def field(self, kind: str, name: str) -> str:
        """The label of a field; a dot leads into a group."""
        found = asked(self.public, kind, name)
        return found.label[self.lang] if found else name

    def lacking(self, kind: str, name: str) -> str:
        """The label of a field that holds nothing; one that has no column says so."""
        text = self.field(kind, name)
        if unpublished(self.public, kind, name):
            return self.words.say("site.lamp.unpublished.one", self.lang, field=text)
        return text

    def choice(self, kind: str, name: str, value: str) -> str:
        """A choice by its label."""
        found = asked(self.public, kind, name)
        return label(found.choices, value, self.lang) if found else value

    def value(self, kind: str, name: str, value: Any) -> str:
        """A value of a field, with its unit."""
        found = asked(self.public, kind, name)
        return found.say(value, self.public.titles, self.lang) if found else str(value)

    def _source(self, lamp: Lamp) -> str:
        if lamp.why == "rule.change.unapproved":
            always = self.rulebook.values.get("project.change_always_approved")
            if always and lamp.params["what"] in always.value:
                return "project.change_always_approved"
        return SOURCES.get(lamp.why) or SOURCES.get(lamp.rule, "")

    def _place(self, lamp: Lamp, name: str) -> str:
        value = lamp.params[name]
        how = HOW.get((lamp.rule, name), ("plain",))
        if isinstance(value, tuple | list):
            return together((self._one(lamp, how, each) for each in value), self.lang)
        return self._one(lamp, how, value)

    def _one(self, lamp: Lamp, how: Iterable[str], value: Any) -> str:
        match tuple(how):
            case ("money",):
                return money(value)
            case ("record",):
                return self.public.titles.get(value, str(value))
            case ("field", kind):
                return self.field(kind, value)
            case ("choice", kind, name):
                return self.choice(kind, name, value)
            case ("value", kind, names):
                return self.value(kind, lamp.params[names], value)
        return number(value) if isinstance(value, int | float) else str(value)
