"""Public rows of oversight folded by its rules, once a release. A withheld record tells nothing here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from ledger.rulebooks import Rulebook
from ledger.rules.oversight import appraisal as tests
from ledger.rules.oversight.chain import HALVES, Chain, chain
from ledger.rules.oversight.decided import STATES as DECIDED
from ledger.rules.oversight.decided import Carried, carried_out
from ledger.rules.oversight.lead import STEPS, Lead, leads
from ledger.rules.oversight.library import citations
from ledger.rules.oversight.mending import Mending, mending
from ledger.rules.oversight.opinion import Handled, handled
from publisher.reading.answers import Answers, answers, unpublished
from publisher.reading.public import Public

GRADES = tuple(name for scale in tests.SCALES.values() for name in scale)
NEEDED: Mapping[str, tuple[str, ...]] = {
    "appraisal": (
        "appraisal_kind", "tested_on", "secret", "members", "present", "issued", "returned", "invalid",
        "scale", "announced", *GRADES,
    ),
    "rectification": ("appraisal", "item", "due_on", "claimed_done_on", "verified", "verified_on", "verdict"),
    "commitment": ("due_on", "claimed_done_on", "verified", "verified_on", "verdict"),
    "oversight_item": ("chain", "started_on"),
    "oversight_step": ("item", "step", "held_on"),
    "deliberation_opinion": ("sent_on", "due_on", "item"),
    "handling_report": ("opinion", "reported_on", "published_on", "committee_says"),
    "adopted_resolution": ("due_on", "adopted_on"),
    "resolution_followup": ("decided", "followed_on", "state"),
    "special_report": ("heard_on", *STEPS),
}  # fmt: skip
"""What the rules conclude from: where a form does not publish one of these, nothing is concluded."""
ASKS: Mapping[str, tuple[str, ...]] = {
    "appraisal": ("appraisal",),
    "rectification": ("appraisal", "rectification"),
    "commitment": ("commitment",),
    "oversight_item": ("oversight_item", "oversight_step", "deliberation_opinion", "handling_report"),
    "deliberation_opinion": ("deliberation_opinion", "handling_report"),
    "adopted_resolution": ("adopted_resolution", "resolution_followup"),
    "special_report": ("special_report",),
}
"""The kinds that the state of a kind is reckoned from."""


WHOLE: Mapping[str, tuple[str, ...]] = {
    "appraisal": (
        "appraisal_kind", "tested_on", "members", "present", "issued", "returned", "invalid", "announced",
    ),
    "rectification": ("appraisal", "due_on"),
    "commitment": ("due_on",),
    "oversight_item": ("started_on",),
    "oversight_step": ("item", "step", "held_on"),
    "deliberation_opinion": ("sent_on",),
    "handling_report": ("opinion", "reported_on"),
    "adopted_resolution": ("due_on", "adopted_on"),
    "resolution_followup": ("decided", "followed_on"),
    "special_report": ("heard_on",),
    "rule_document": ("name", "level", "standing"),
    "outspoken_bulletin": ("issued_on",),
}  # fmt: skip
"""What a record must say to be reckoned with; an answer that was erased takes it out."""


def whole(kind: str, each: Answers) -> bool:
    """Whether a record says all that its rules need, in values that they know."""
    if any(name not in each for name in WHOLE.get(kind, ())):
        return False
    match kind:
        case "appraisal":
            return all(name in each for name in tests.SCALES.get(each.get("scale", ""), ("-",)))
        case "oversight_item":
            return each.get("chain") in HALVES
        case "resolution_followup":
            return each.get("state") in DECIDED
    return True


def lacking(public: Public, kind: str) -> tuple[tuple[str, str], ...]:
    """The fields, with their kinds, that a congress does not publish and that the state of a kind needs."""
    return tuple(
        (each, name)
        for each in ASKS[kind]
        if each in public.kinds
        for name in unpublished(public, each, *NEEDED[each])
    )


@dataclass(frozen=True)
class Oversight:
    """All public records of oversight, and how each stands on the day of the release."""

    public: Public
    rulebook: Rulebook

    @cached_property
    def on(self) -> date:
        """The day of the release."""
        return date.fromisoformat(self.public.release["as_of"])

    def records(self, kind: str) -> Sequence[Answers]:
        """The public records of a kind, not withheld, that say what its rules need, with their codes."""
        known = self.public.computed
        if ("oversight", kind) not in known:
            found = [row for row in self.public.rows.get(kind, ()) if not row["withheld"]]
            told = [answers(self.public, kind, row) for row in found]
            known["oversight", kind] = [each for each in told if whole(kind, each)]
        shown: Sequence[Answers] = known["oversight", kind]
        return shown

    def record(self, kind: str, code: str) -> Answers | None:
        """One of them by its code."""
        return next((each for each in self.records(kind) if each["code"] == code), None)

    def _grouped(self, kind: str, field: str) -> dict[str, list[Answers]]:
        found: dict[str, list[Answers]] = {}
        for each in self.records(kind):
            if field in each:
                found.setdefault(each[field], []).append(each)
        return found

    def told(self, kind: str) -> bool:
        """Whether all is public that the state of a kind follows from."""
        return kind in self.public.rows and not lacking(self.public, kind)

    @cached_property
    def cited(self) -> Mapping[str, str]:
        """The document of the library that each value of the rulebook stands in, by its code."""
        found = citations(self.rulebook, self.records("rule_document"))
        return {each.key: each.document for each in found if each.document}

    # -- what belongs to what --

    @cached_property
    def mends(self) -> Mapping[str, list[Answers]]:
        """The rectifications of each appraisal."""
        return self._grouped("rectification", "appraisal")

    @cached_property
    def reports(self) -> Mapping[str, list[Answers]]:
        """The handling reports of each opinion."""
        return self._grouped("handling_report", "opinion")

    @cached_property
    def steps(self) -> Mapping[str, list[Answers]]:
        """The steps of each oversight item."""
        return self._grouped("oversight_step", "item")

    @cached_property
    def opinions(self) -> Mapping[str, list[Answers]]:
        """The opinions of each oversight item."""
        return self._grouped("deliberation_opinion", "item")

    @cached_property
    def looks(self) -> Mapping[str, list[Answers]]:
        """The follow-ups of each resolution."""
        return self._grouped("resolution_followup", "decided")

    # -- how each stands --

    def handled(self, opinion: Answers) -> Handled:
        """How an opinion stands."""
        return handled(opinion, self.reports.get(opinion["code"], ()), self.rulebook, self.on)

    def chain(self, item: Answers) -> Chain:
        """How far an oversight item has come."""
        found = [self.handled(each) for each in self.opinions.get(item["code"], ())]
        return chain(item, self.steps.get(item["code"], ()), found, self.on)

    def carried(self, resolution: Answers) -> Carried:
        """How a resolution is carried out."""
        return carried_out(resolution, self.looks.get(resolution["code"], ()), self.on)

    def mending(self, record: Answers) -> Mending:
        """How a rectification or a commitment stands."""
        return mending(record, self.on)

    def leads(self, report: Answers) -> tuple[Lead, ...]:
        """When a report was sent, and when it was to be."""
        return leads(report, self.rulebook)

    def mended(self, appraisal: Answers) -> tuple[int, int]:
        """Of the problems an appraisal found, how many a check found mended, and how many there are."""
        kept = {
            each["item"]
            for each in self.mends.get(appraisal["code"], ())
            if self.mending(each).state == "kept"
        }
        items = [row["item"] for row in appraisal.get("problems", ()) if "item" in row]
        return sum(item in kept for item in items), len(items)


def oversight(public: Public, rulebook: Rulebook) -> Oversight:
    """The oversight of a release, folded once for all its pages."""
    found: Oversight = public.computed.setdefault(("oversight", id(rulebook)), Oversight(public, rulebook))
    return found
