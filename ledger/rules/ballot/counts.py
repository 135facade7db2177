"""The arithmetic of a count: what cannot be, whatever was voted."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ledger.rules.ballot.terms import CONGRESS_FORMS, Ballot, OptionTotals, Totals

__all__ = ["OptionTotals", "impossible", "marks_allowed", "votes_of"]


def impossible(ballot: Ballot, totals: Totals) -> tuple[str, ...]:
    """What cannot be in these counts, each said once; nothing when they fit together.

    >>> two = (OptionTotals("1", approve=42), OptionTotals("2", approve=4))
    >>> impossible(Ballot("choose_one"), Totals(two, returned=45, valid=45, invalid=0))
    ('approve of all options together is 46, above valid 45 × 1',)
    """
    return tuple(dict.fromkeys((*_impossible_sheets(ballot, totals), *_impossible_votes(ballot, totals))))


def _impossible_sheets(ballot: Ballot, totals: Totals) -> Iterator[str]:
    counts = {name: getattr(totals, name) for name in ("issued", "returned", "valid", "invalid", "blank")}
    counts |= {name: getattr(ballot, name) for name in ("roster", "present", "seats")}
    yield from (f"{name} is below zero" for name, count in counts.items() if count is not None and count < 0)
    if ballot.seats == 0:
        yield "seats is zero: nothing can be chosen"
    if None not in (totals.returned, totals.valid, totals.invalid):
        assert totals.returned is not None and totals.valid is not None and totals.invalid is not None
        if totals.valid + totals.invalid != totals.returned:
            yield f"valid {totals.valid} + invalid {totals.invalid} is not returned {totals.returned}"
    pairs = (("present", "roster"), ("issued", "roster"), ("valid", "returned"), ("invalid", "returned"),
             ("blank", "returned"))  # fmt: skip
    for small, great in pairs:
        if counts[small] is not None and counts[great] is not None and counts[small] > counts[great]:
            yield f"{small} {counts[small]} is above {great} {counts[great]}"


def _impossible_votes(ballot: Ballot, totals: Totals) -> Iterator[str]:
    for each in totals.options:
        if min(each.approve, each.oppose, each.abstain) < 0:
            yield f"option {each.option}: a count is below zero"
        votes = each.approve + each.oppose + each.abstain
        # More returned than issued has a rule of its own (B5), and is not a slip of the pen.
        issued = None if totals.returned is not None else totals.issued
        for name, limit in (("valid", totals.valid), ("returned", totals.returned), ("issued", issued)):
            if limit is not None and votes > limit:
                yield f"option {each.option}: {votes} votes are above {name} {limit}"
                break
    if totals.valid is None or ballot.form not in CONGRESS_FORMS:
        return
    per_sheet = marks_allowed(ballot)
    approved = sum(each.approve for each in totals.options)
    if per_sheet and approved > totals.valid * per_sheet:
        yield f"approve of all options together is {approved}, above valid {totals.valid} × {per_sheet}"
    places = sum(each.points for each in totals.options)
    number = len(totals.options)
    if ballot.form == "rank_all" and places and places != totals.valid * number * (number + 1) // 2:
        yield f"places of all options together are {places}: {totals.valid} full rankings give another sum"


def marks_allowed(ballot: Ballot) -> int | None:
    """B6: how many a sheet may approve (a ranking: the first k); None where it may approve of all.

    >>> marks_allowed(Ballot("approve_up_to_k", seats=3)), marks_allowed(Ballot("choose_one", seats=3))
    (3, 1)

    The trap: where each item is voted for or against on its own, a sheet may approve of more than k.
    """
    if ballot.form == "choose_one":
        return 1
    if ballot.form == "rank_all":
        return ballot.seats
    if ballot.marks is not None:
        return ballot.marks
    return ballot.seats if ballot.form == "approve_up_to_k" else None


def votes_of(percent: str, of: int) -> tuple[int, ...]:
    """Which whole numbers of votes a published share can mean: one, or it does not tell.

    >>> votes_of("93.3%", 45), votes_of("93%", 45), votes_of("50%", 300), votes_of("93.0%", 45)
    ((42,), (42,), (149, 150, 151), ())
    """
    digits = percent.strip().rstrip("%％").strip()
    step = Fraction(1, 10 ** len(digits.partition(".")[2]))
    share = Fraction(digits)
    return tuple(n for n in range(of + 1) if of and abs(Fraction(100 * n, of) - share) <= step / 2)
