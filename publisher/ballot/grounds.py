"""Why a ballot was computed so: each rule with its article, and where it differs from the rulebook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ledger.rulebooks import Rulebook
from ledger.rules.ballot.terms import UNVERIFIED
from ledger.rules.ballot.verdict import ARTICLES, Finding, secret
from publisher.ballot.words import Said, digits, is_quorum

if TYPE_CHECKING:
    from publisher.ballot.page import Fold

SOURCES = {
    "B1": "ballot.quorum",
    "B3": "ballot.standing_committee_quorum",
    "B4": "ballot.presidium_quorum",
    "B5": "ballot.returned_over_issued_is_void",
    "B6": "ballot.over_marked_is_invalid",
    "B7": "ballot.secret",
    "B8": "ballot.tie_rule",
    "B9": "ballot.too_few_pass",
    "B10": "ballot.candidates_over_seats",
    "street": "rollout.levels_that_vote",
}
"""Where a rulebook says what a rule of ledger.rules.ballot.verdict applies; the others stand in ARTICLES."""
BASE_OF = {
    "congress": "ballot.base",
    "standing_committee": "ballot.standing_committee_base",
    "presidium": "ballot.presidium_base",
    "street_council": "ballot.base",
}


@dataclass(frozen=True)
class Grounds:
    """The rules of one ballot, in the words of its page."""

    said: Said
    rulebook: Rulebook

    def rules(self, done: Fold) -> list[dict[str, Any]]:
        """Each rule that was applied: what it says of this ballot, its article, whether one was found."""
        return [self._rule(each, done) for each in self._findings(done)]

    def _findings(self, done: Fold) -> Iterator[Finding]:
        for each in done.verdict.findings:
            if each.rule != "arithmetic" and "sets a quorum" not in each.why:
                yield each
        if self.said.ballot and self.said.ballot.form in ("approve_up_to_k", "choose_one"):
            yield Finding("B6", "holds", "")
        yield secret(self.said.row["method"])

    def _rule(self, each: Finding, done: Fold) -> dict[str, Any]:
        rule = each.rule.lower()
        key = (
            BASE_OF[self.said.ballot.body]
            if each.rule == "B2" and self.said.ballot
            else SOURCES.get(each.rule, "")
        )
        if each.rule == "street" and is_quorum(each):
            rule, key = "b1", "ballot.street_council_quorum"
        value = self.rulebook.values.get(key)
        article = value.article if value else ARTICLES[each.rule]
        unverified = value.unverified if value else article == UNVERIFIED
        unverified |= self.said.street and each.rule != "street"  # what holds for a congress, by analogy
        told = each.state in ("fails", "unknown") or (each.state == "note" and each.rule == "B10")
        return {
            "name": self.said.say(f"rule.{rule}"),
            "text": self._text(each, done),
            "state": self.said.say(f"state.{each.state}") if told else "",
            "article": None if article == UNVERIFIED else article,
            "basis": self.said.say(
                "unverified.article" if article and article != UNVERIFIED else "unverified"
            )
            if unverified
            else "",
        }

    def _text(self, each: Finding, done: Fold) -> str:
        ballot, totals, verdict = self.said.ballot, done.totals, done.verdict
        if each.rule == "B7" and each.state != "unknown":
            return self.said.say(f"rule.b7.{each.state}")
        if is_quorum(each):
            return self.said.quorum_of(each)
        if each.state == "unknown":
            return self.said.reason(each.why) + self.said.say("stop")
        seats = digits(ballot and ballot.seats)
        match each.rule:
            case "B2":
                return self.said.denominator(done)
            case "B5":
                told = {"issued": digits(totals.issued), "returned": digits(totals.returned)}
                return self.said.say(f"rule.b5.{each.state}", **told)
            case "B6":
                return self.said.say("rule.b6.holds", n=seats)
            case "B8":
                return self.said.say("rule.b8.tie" if verdict.tied else "rule.b8.most", n=seats)
            case "B9":
                return self.said.say("rule.b9.note", left=verdict.seats_left, n=seats)
            case "B10":
                told = {"total": str(len(totals.options)), "n": seats}
                return self.said.say(f"rule.b10.{each.state}", **told)
        return self.said.say(f"rule.{each.rule.lower()}.text")

    def differs(self) -> list[str]:
        """Where this ballot was held otherwise than the rulebook says."""
        if self.said.ballot is None:
            return []
        mine: dict[str, Any] = {BASE_OF[self.said.ballot.body]: self.said.ballot.base}
        if self.said.ballot.body == "congress":
            mine |= {
                "ballot.threshold": str(self.said.ballot.threshold),
                "ballot.strict": self.said.ballot.strict,
            }
            mine |= {"ballot.tie_rule": self.said.row["tie_rule"]}
        found = []
        for key, value in mine.items():
            ruled = self.rulebook.values.get(key)
            if ruled is not None and value is not None and str(ruled.value) != str(value):
                what = self.said.say(f"differs.{key.partition('.')[2].rpartition('_')[2]}")
                told = {"what": what, "ruled": self._word(ruled.value), "done": self._word(value)}
                found.append(self.said.say("differs", **told))
        return found

    def _word(self, value: Any) -> str:
        """A value of a rulebook as people say it."""
        key = f"value.{str(value).lower()}"
        return self.said.say(key) if f"site.ballot.{key}" in self.said.words.messages else str(value)
