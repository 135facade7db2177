"""What a vote made of one project: which ballot, which round, how many votes of how many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ledger.rulebooks import Rulebook
from ledger.rules.ballot.verdict import OptionTotals
from ledger.rules.lamps import Lamp
from ledger.rules.project.supervision import may_be_selected
from publisher.ballot.page import Fold, fold
from publisher.reading.answers import answers_about
from publisher.reading.public import Public

Row = Mapping[str, Any]
State = Literal[
    "selected", "recommended", "tied", "lost", "outvoted", "failed", "void", "not_verified", "open"
]
BEST_LAST: Sequence[State] = (
    "open", "not_verified", "void", "failed", "outvoted", "lost", "tied", "recommended", "selected",
)  # fmt: skip


@dataclass(frozen=True)
class Vote:
    """One ballot as far as it concerns one project. `at` is the round that settled it."""

    state: State
    first: Fold
    at: Fold
    option: OptionTotals | None

    @property
    def day(self) -> str:
        """The day of the vote; nothing where it is not published."""
        return self.at.row["voted_on"] or ""

    @property
    def rank(self) -> int | None:
        """Its place by votes in that round; those with as many share one."""
        if self.option is None:
            return None
        mine, ranked = self.option, self.at.ballot is not None and self.at.ballot.form == "rank_all"

        def score(each: OptionTotals) -> Any:
            return each.points if ranked else -each.approve

        return 1 + sum(bool(score(each) < score(mine)) for each in self.at.totals.options)


def votes(public: Public, code: str, rulebook: Rulebook) -> list[Vote]:
    """Every ballot that lists the project, the one that counts last: chosen before not, then the latest."""
    listing = {
        each.code for each in public.about.get(code, ()) if each.kind == "ballot" and each.via == "candidates"
    }
    rows = [public.by_code("ballot")[each] for each in sorted(listing)]
    first = [row for row in rows if row["revote_of"] not in listing]
    found = [_vote(fold(public, row, rulebook), code) for row in first]
    return sorted(found, key=lambda each: (BEST_LAST.index(each.state), each.day))


def _vote(done: Fold, code: str) -> Vote:
    option = next(str(each["option"]) for each in done.candidates if each["candidate"] == code)
    state, at = _settled(done, option)
    counted = None if state == "open" else _option(at, option)
    return Vote(state, done, at, counted)


def _settled(done: Fold, option: str) -> tuple[State, Fold]:
    verdict = done.verdict
    if done.doubts == ("no_result",):
        return "open", done
    if verdict.outcome in ("void", "not_verified"):
        return ("void" if verdict.outcome == "void" else "not_verified"), done
    if option in verdict.selected:
        return "selected", done
    if option in verdict.recommended:
        return "recommended", done
    if option in done.later:
        return "selected", _round_of(done, option)
    if option in verdict.tied:
        return ("lost", done.further) if done.later and done.further else ("tied", done)
    return ("outvoted" if option in verdict.outvoted else "failed"), done


def _round_of(done: Fold, option: str) -> Fold:
    """The round that chose an option which the first one did not."""
    at = done.further
    while at and option not in at.verdict.selected and at.further:
        at = at.further
    return at or done


def _option(at: Fold, option: str) -> OptionTotals | None:
    if "votes" in at.doubts:
        return None
    return next((each for each in at.totals.options if each.option == option), None)


def selectable(public: Public, code: str) -> Lamp:
    """A1: whether there is a ballot that lists it and a result, as ledger.rules says."""
    listing = {
        each["code"]: each
        for each in answers_about(public, "ballot", code, "candidates")
        if "candidates" in each
    }
    results = [each for name in listing for each in answers_about(public, "ballot_result", name, "ballot")]
    return may_be_selected(code, listing, results)
