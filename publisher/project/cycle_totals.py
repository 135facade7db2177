"""What a year's projects come to: their money, the four clarities, which of them are long without news."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.project.livelihood import CLARITIES
from ledger.words import Words
from publisher.chart.progress import progress
from publisher.project.cycles import Candidate, Cycle
from publisher.reading.amounts import amount
from publisher.reading.datalinks import DataLinks
from publisher.reading.lamp_words import LampWords
from publisher.reading.public import Public
from publisher.reading.shown import together

HERE = DataLinks("")
"""Rows below the data address, which a template knows as `kind.base`."""


def of_codes(table: str, codes: Sequence[str]) -> str:
    """The rows with these codes."""
    return HERE.table(table, code__in=",".join(codes))


@dataclass(frozen=True)
class Totals:
    """The words of one cycle's page, and the sums on it."""

    public: Public
    words: Words
    rulebook: Rulebook
    lang: str
    cycle: Cycle

    def say(self, key: str, **params: Any) -> str:
        """A message of content/words/cycle.yaml."""
        return self.words.say(f"site.cycle.{key}", self.lang, **params)

    @property
    def lamps(self) -> LampWords:
        """The words of the rules' findings."""
        return LampWords(self.public, self.words, self.rulebook, self.lang)

    @property
    def verb(self) -> str:
        """选定, or 推荐 where a street council votes."""
        return self.say("verb.street" if self.cycle.street else "verb")

    def amount(self, cents: int) -> str:
        """An amount in words."""
        return amount(cents, self.words, self.lang)

    @property
    def _counted(self) -> Sequence[Candidate]:
        """Of which projects money and clarity are told: those chosen, or all while none is."""
        return self.cycle.chosen or self.cycle.candidates

    def _of_which(self) -> str:
        key = "of.chosen" if self.cycle.chosen else "of.candidates"
        return self.say(key, n=len(self._counted), verb=self.verb)

    def _rows(self) -> str:
        return of_codes("project_candidate", [each.code for each in self._counted])

    def money(self) -> dict[str, Any] | None:
        """Total, secured and gap; None before there is a candidate."""
        counted = [
            (each.project.budget, each.project.secured, max(each.project.gap, 0))
            for each in self._counted
            if each.project.budget is not None
            and each.project.secured is not None
            and each.project.gap is not None
        ]
        if not counted:
            return None
        total, secured, gap = (sum(column) for column in zip(*counted, strict=True))
        short, untold = sum(bool(each[2]) for each in counted), len(self._counted) - len(counted)
        return {
            "untold": self.say("money.untold", n=untold) if untold else "",
            "which": self._of_which(),
            "total": self.amount(total),
            "secured": self.amount(secured),
            "gap": self.amount(gap),
            "text": self.say("money.gap", n=short, gap=self.amount(gap)) if gap else self.say("money.none"),
            "bar": progress(secured, total),
            "missing": self.amount(max(total - secured, 0)),
            "rows": self._rows(),
        }

    def clear(self) -> dict[str, Any] | None:
        """How many projects have all four clarities, and each of the four by itself."""
        counted = self._counted
        if not counted:
            return None
        lit = [{each.name: each for each in one.project.clarities} for one in counted]
        missing = {
            name: [(one.subject, self.public.path(one.code), lamps[name].missing)
                   for one, lamps in zip(counted, lit, strict=True) if lamps[name].missing]
            for name in CLARITIES
        }  # fmt: skip
        return {
            "which": self._of_which(),
            "n": sum(all(each.complete for each in lamps.values()) for lamps in lit),
            "of": len(counted),
            "lamps": self.say(
                "clear.lamps",
                n=sum(each.complete for one in lit for each in one.values()),
                of=4 * len(counted),
            ),
            "rows": self._rows(),
            "each": [
                {
                    "name": self.say(f"clear.{name}"),
                    "n": len(counted) - len(missing[name]),
                    "of": len(counted),
                    "missing": [
                        (subject, path, together(map(self._asked, what), self.lang))
                        for subject, path, what in missing[name]
                    ],
                }
                for name in CLARITIES
            ],
        }

    def _asked(self, name: str) -> str:
        kind = "project_progress" if name == "actual" else "project_candidate"
        return self.lamps.lacking(kind, name)

    def silent(self, each: Candidate, days: int) -> dict[str, Any]:
        """A project long without news."""
        last = each.project.last["reported_on"] if each.project.last else None
        return {
            "subject": each.subject,
            "href": self.public.path(each.code),
            "text": self.say("stale.days", days=days),
            "last": self.say("stale.last", day=last) if last else self.say("stale.never"),
        }

    def stale_head(self) -> str:
        """Of how many projects the silence is told, and from how many days on."""
        days = self.rulebook["project.stale_days"].value
        n = sum(each.outcome == "selected" for each in self.cycle.candidates)
        if any(each.outcome == "untold" for each in self.cycle.candidates):
            return self.say("stale.unvoted")
        if not n:
            return self.say("stale.nothing")
        if not self.cycle.progress_told:
            return self.say("stale.untold", of=n)
        return self.say("stale.head", days=days, of=n, n=len(self.cycle.stale))
