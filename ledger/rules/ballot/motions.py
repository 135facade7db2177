"""Named votes on many motions: each has its own voters, so each has its own quorum, base and verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.rules.ballot.verdict import Ballot, Finding, OptionTotals, Totals, Verdict, decide


@dataclass(frozen=True)
class Motion:
    """One motion and what became of it."""

    totals: OptionTotals
    verdict: Verdict


def motions(ballot: Ballot, totals: Totals) -> tuple[Motion, ...]:
    """Every option of a roll call judged alone, by those who voted on it.

    >>> called = Totals((OptionTotals("a", 25, 5), OptionTotals("b", 12, 3)))
    >>> ballot = Ballot("approve_oppose_abstain", roster=45, named=True)
    >>> [each.verdict.outcome for each in motions(ballot, called)]
    ['decided', 'not_verified']

    The trap: 15 names on b are no quorum of 45, and say nothing against a.
    """
    return tuple(Motion(each, decide(ballot, _alone(each))) for each in totals.options)


def _alone(option: OptionTotals) -> Totals:
    votes = option.approve + option.oppose + option.abstain
    return Totals((option,), votes, votes, 0)


def together(judged: Sequence[Motion]) -> Verdict:
    """All motions in one verdict: what could be decided stands, whatever could not be.

    >>> passed = Motion(OptionTotals("a"), Verdict("decided", selected=("a",)))
    >>> together([passed, Motion(OptionTotals("b"), Verdict("not_verified"))]).selected
    ('a',)
    """
    verdicts = [each.verdict for each in judged]
    outcomes = [each.outcome for each in verdicts]
    best = ("decided", "recommended", "void", "not_verified")
    findings: dict[Finding, None] = {each: None for verdict in verdicts for each in verdict.findings}
    return Verdict(
        min(outcomes, key=best.index, default="not_verified"),
        selected=tuple(option for each in verdicts for option in each.selected),
        recommended=tuple(option for each in verdicts for option in each.recommended),
        failed=tuple(option for each in verdicts for option in each.failed),
        findings=tuple(findings),
    )
