"""What a ballot of a people's congress decides: rules B1 to B14, and the verdict they give together.

    python -m ledger.rules.ballot FILE [--roster N] [--present N] [--base B] [--seats K] [--json]

recounts a file (docs/ballots.md). A verdict that cannot be computed says why, and is never guessed.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from ledger.rules.ballot.conduct import (
    contested,
    frozen_before,
    no_proxy,
    reviewed_before,
    scrutineers_are_independent,
    secret,
)
from ledger.rules.ballot.counts import impossible, votes_of
from ledger.rules.ballot.terms import (
    ARTICLES,
    BASES,
    BODIES,
    CONGRESS_FORMS,
    FORMS,
    Ballot,
    Base,
    Body,
    Finding,
    Form,
    OptionTotals,
    State,
    Totals,
    Verdict,
)

__all__ = [
    "ARTICLES", "BASES", "BODIES", "CONGRESS_FORMS", "FORMS", "Ballot", "Base", "Body", "Finding", "Form",
    "OptionTotals", "Totals", "Verdict", "after_revote", "base_size", "contested", "cut", "decide",
    "form_is_known", "frozen_before", "impossible", "needed", "no_proxy", "over_marked", "quorum",
    "quorum_met", "returned_within", "reviewed_before", "scrutineers_are_independent", "seated", "secret",
    "votes_of",
]  # fmt: skip

# -- B1, B3, B4: who must be there --

QUORUM: dict[Body, tuple[str, Fraction, bool]] = {
    "congress": ("B1", Fraction(2, 3), False),
    "standing_committee": ("B3", Fraction(1, 2), True),
    "presidium": ("B4", Fraction(1, 2), True),
}
"""Rule, share of all, and whether there must be more than that share; a rule may set another share."""


def quorum(roster: int, body: Body = "congress", share: Fraction | None = None) -> int | None:
    """B1 地方组织法第十四条: two thirds of ALL deputies. B3 第五十一条, B4: more than half of all members.

    >>> quorum(45), quorum(46), quorum(30, "standing_committee"), quorum(9, "presidium")
    (30, 31, 16, 5)
    >>> quorum(45, share=Fraction(3, 4)), quorum(45, "street_council", Fraction(2, 3))
    (34, 31)

    The trap: two thirds of 46 is 30.67, and 30 present are too few. No article sets one for street councils;
    a local rule that does asks for more than its share.
    """
    if body in QUORUM:
        _, by_law, strict = QUORUM[body]
        return needed(roster, by_law if share is None else share, strict)
    return None if share is None else needed(roster, share)


def quorum_met(
    roster: int | None,
    present: int | None,
    body: Body,
    *,
    share: Fraction | None = None,
    at_least: int | None = None,
) -> Finding:
    """B1, B3, B4 applied; `at_least` is how many were surely there where `present` is unknown.

    >>> quorum_met(45, 29, "congress").state, quorum_met(45, None, "congress").why
    ('fails', 'present unknown')
    """
    if body not in QUORUM and share is None:
        return Finding("street", "note", "no article sets a quorum for a street council")
    rule = QUORUM[body][0] if body in QUORUM else "street"
    if roster is None:
        return Finding(rule, "unknown", "roster unknown")
    least = quorum(roster, body, share) or 0
    if present is not None:
        state: State = "holds" if present >= least else "fails"
        sign = "≥" if present >= least else "<"
        return Finding(rule, state, f"quorum: {present} present {sign} {least} of all {roster}")
    if at_least is not None and at_least >= least:
        return Finding(rule, "holds", f"quorum: at least {at_least} present ≥ {least} of all {roster}")
    return Finding(rule, "unknown", "present unknown")


# -- B2: the majority --


def needed(size: int, threshold: Fraction = Fraction(1, 2), strict: bool = True) -> int:
    """B2 地方组织法第二十五条: more than half of ALL deputies; with N of them, ⌊N/2⌋ + 1. Never zero votes.

    >>> needed(45), needed(46), needed(90, Fraction(2, 3), strict=False)
    (23, 24, 60)

    The trap: 23 of 46 is exactly half, and half is not a majority.
    """
    exact = threshold * size
    least = exact.numerator // exact.denominator
    return max(1, least + 1 if strict else -(-exact.numerator // exact.denominator))


def base_size(ballot: Ballot, totals: Totals, option: OptionTotals | None = None) -> int | None:
    """B2: of how many the majority is counted. `cast`: sheets returned, valid or not (选举法第四十五条
    “参加投票的”); `valid`: valid sheets; in named votes both are those who voted on that option.

    >>> totals = Totals((), returned=44, valid=43, invalid=1)
    >>> [base_size(Ballot("choose_one", base, roster=50, present=45), totals) for base in BASES]
    [50, 45, 43, 44]
    """
    if ballot.base == "all":
        return ballot.roster
    if ballot.base == "present":
        return ballot.present
    if ballot.each_alone and option is not None:
        return option.approve + option.oppose + option.abstain
    return totals.valid if ballot.base == "valid" else totals.returned


# -- B5, B6: sheets --


def returned_within(issued: int | None, returned: int | None, present: int | None) -> Finding:
    """B5 选举法第四十四条: more votes than voters and the ballot is void; as many or fewer, and it stands.

    >>> returned_within(45, 45, None).state, returned_within(45, 46, None).state
    ('holds', 'fails')

    The trap: fewer returned than issued is no fault.
    """
    if returned is None or (issued is None and present is None):
        what = "returned" if returned is None else "issued and present"
        return Finding("B5", "unknown", f"{what} unknown")
    limits = {"issued": issued, "present": present}
    told = {name: limit for name, limit in limits.items() if limit is not None}
    for name, limit in told.items():
        if returned > limit:
            return Finding("B5", "fails", f"{returned} returned > {limit} {name}: void, vote again")
    known = ", ".join(f"{limit} {name}" for name, limit in told.items())
    return Finding("B5", "holds", f"{returned} returned ≤ {known}")


def over_marked(marks: int, limit: int | None) -> bool:
    """B6: a sheet that marks more than k is invalid; k or fewer, down to none, and it is valid.

    >>> over_marked(10, 10), over_marked(11, 10), over_marked(0, 10)
    (False, True, False)
    """
    return limit is not None and marks > limit


# -- B14, B8, B9: form, cut and verdict --


def form_is_known(form: Form) -> Finding:
    """B14: the four forms congresses vote with. Points and part rankings have totals, but no majority.

    >>> form_is_known("rank_all").state, form_is_known("cumulative").state
    ('holds', 'unknown')
    """
    if form in CONGRESS_FORMS:
        return Finding("B14", "holds", f"form {form}")
    return Finding("B14", "unknown", f"form {form} has no majority rule")


def cut(
    over: tuple[OptionTotals, ...], seats: int | None, form: Form
) -> tuple[list[str], list[str], list[str]]:
    """B8 地方组织法第二十九条: too many over the base, and the most votes win; those who tie at the cut
    vote again. Gives who is in, who is tied, who is out. A ranking goes by the smaller sum of places.

    >>> abc = (OptionTotals("a", 30), OptionTotals("b", 27), OptionTotals("c", 27))
    >>> cut(abc, 2, "approve_up_to_k"), cut(abc, 3, "approve_up_to_k")
    ((['a'], ['b', 'c'], []), (['a', 'b', 'c'], [], []))

    The trap: a tie that ends at the cut is no tie.
    """
    if seats is None or len(over) <= seats:
        return [each.option for each in over], [], []

    def score(each: OptionTotals) -> int | Fraction:
        return -each.points if form == "rank_all" else each.approve

    ordered = sorted((score(each) for each in over), reverse=True)
    last, beyond = ordered[seats - 1], ordered[seats]
    if last > beyond:
        return [e.option for e in over if score(e) >= last], [], [e.option for e in over if score(e) < last]
    return (
        [each.option for each in over if score(each) > last],
        [each.option for each in over if score(each) == last],
        [each.option for each in over if score(each) < last],
    )


def decide(ballot: Ballot, totals: Totals) -> Verdict:
    """All rules together. A void ballot is a verdict; an unknown that matters is none.

    >>> two = (OptionTotals("1", approve=42), OptionTotals("2", approve=3))
    >>> count = Totals(two, issued=45, returned=45, valid=45, invalid=0)
    >>> decide(Ballot("choose_one", roster=50, present=45), count).selected
    ('1',)
    >>> decide(Ballot("choose_one"), count).reasons
    ('roster unknown',)
    """
    ballot = seated(ballot)
    wrong = [Finding("arithmetic", "unknown", each) for each in impossible(ballot, totals)]
    sheets, findings = _preconditions(ballot, totals)
    if not wrong and any(each.state == "fails" for each in findings):
        return Verdict("void", findings=tuple(findings))
    if any(each.state == "unknown" for each in (*wrong, *findings)):
        return Verdict("not_verified", findings=(*wrong, *findings))
    return _chosen(ballot, totals, findings) if sheets else Verdict("not_verified", findings=tuple(findings))


def seated(ballot: Ballot) -> Ballot:
    """choose_one chooses one, unless told otherwise."""
    if ballot.form != "choose_one" or ballot.seats is not None:
        return ballot
    return replace(ballot, seats=1)


def after_revote(first: Verdict, second: Verdict) -> tuple[str, ...]:
    """B8: all that are chosen once the tied have voted again; raises where the second was not among them.

    >>> first = Verdict("decided", selected=("a",), tied=("b", "c"), seats_left=1)
    >>> after_revote(first, Verdict("decided", selected=("c",), failed=("b",)))
    ('a', 'c')
    """
    if not set(second.selected) <= set(first.tied):
        raise ValueError("a re-vote chooses among the tied only")
    if len(second.selected) > first.seats_left:
        raise ValueError("a re-vote fills only the seats that are left")
    return (*first.selected, *second.selected)


def _preconditions(ballot: Ballot, totals: Totals) -> tuple[bool, list[Finding]]:
    findings = [form_is_known(ballot.form)]
    if ballot.named:
        findings.append(Finding("B5", "holds", "every vote bears a name, and each name once"))
    else:
        findings.append(returned_within(totals.issued, totals.returned, ballot.present))
    if ballot.present is not None and ballot.named:
        most = max((e.approve + e.oppose + e.abstain for e in totals.options), default=0)
        findings.append(no_proxy(ballot.present, most if ballot.each_alone else totals.returned))
    names = totals.returned or 0
    if ballot.named and ballot.roster is not None and names > ballot.roster:
        findings.append(Finding("arithmetic", "unknown", f"{names} names are above roster {ballot.roster}"))
    least = _surely(ballot, totals)
    findings.append(
        quorum_met(ballot.roster, ballot.present, ballot.body, share=ballot.quorum, at_least=least)
    )
    if ballot.seats is None and ballot.form != "approve_oppose_abstain" and ballot.form in CONGRESS_FORMS:
        findings.append(Finding("B8", "unknown", "seats unknown"))
    if any(base_size(ballot, totals, each) is None for each in totals.options):
        told = {"all": "roster", "cast": "returned"}.get(ballot.base, ballot.base)
        findings.append(Finding("B2", "unknown", f"{told} unknown"))
    if not totals.options:
        findings.append(Finding("arithmetic", "unknown", "no option was voted on"))
    ranked = ballot.form == "rank_all"
    if ranked and any(e.points for e in totals.options) and not any(e.approve for e in totals.options):
        findings.append(Finding("B14", "unknown", "how many place each option among the first k is unknown"))
    if ranked and any(e.approve for e in totals.options) and not any(e.points for e in totals.options):
        findings.append(Finding("B14", "unknown", "sums of places unknown"))
    return bool(totals.options), findings


def _surely(ballot: Ballot, totals: Totals) -> int | None:
    """How many were surely present: one name a vote, or sheets not above those issued (B11)."""
    if ballot.each_alone:
        return min((e.approve + e.oppose + e.abstain for e in totals.options), default=None)
    if ballot.named or (totals.issued is not None and (totals.returned or 0) <= totals.issued):
        return totals.returned
    return None


def _chosen(ballot: Ballot, totals: Totals, findings: list[Finding]) -> Verdict:
    sizes = {each.option: base_size(ballot, totals, each) or 0 for each in totals.options}
    least = {name: needed(size, ballot.threshold, ballot.strict) for name, size in sizes.items()}
    over = tuple(each for each in totals.options if each.approve >= least[each.option])
    passed, tied, outvoted = cut(over, ballot.seats, ballot.form)
    for size in sorted(set(sizes.values())):
        words = "more than" if ballot.strict else "at least"
        need = needed(size, ballot.threshold, ballot.strict)
        why = f"base {ballot.base} {size}: {words} {ballot.threshold}, so {need} votes"
        findings.append(Finding("B2", "holds", why))
    left = 0 if ballot.seats is None else ballot.seats - len(passed)
    if tied:
        findings.append(Finding("B8", "note", f"tie at the cut: {', '.join(tied)} vote again for {left}"))
    elif outvoted:
        findings.append(Finding("B8", "holds", f"{len(over)} are over the base: the most votes win"))
    elif left:
        findings.append(Finding("B9", "note", f"{left} of {ballot.seats} seats stay open: a further ballot"))
    if ballot.seats is not None:
        findings.append(contested(len(totals.options), ballot.seats))
    street = ballot.body == "street_council"
    if street:
        findings.append(Finding("street", "note", "a street council recommends and never decides"))
    return Verdict(
        "recommended" if street else "decided",
        selected=() if street else tuple(passed),
        recommended=tuple(passed) if street else (),
        tied=tuple(tied),
        outvoted=tuple(outvoted),
        failed=tuple(each.option for each in totals.options if each not in over),
        seats_left=left,
        findings=tuple(findings),
    )
