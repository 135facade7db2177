"""How a ballot was prepared and watched: rules B7 and B10 to B13, and the frozen list."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from ledger.rules.ballot.terms import Finding, State


def secret(method: str | None) -> Finding:
    """B7 地方组织法第二十八条 (elections; by local rules for 票决): paper or device, unnamed.

    >>> secret("paper").state, secret("show_of_hands").state, secret(None).state
    ('holds', 'fails', 'unknown')
    """
    if method is None:
        return Finding("B7", "unknown", "method unknown")
    held = method in ("paper", "device")
    return Finding("B7", "holds" if held else "fails", f"voted by {method}")


def contested(candidates: int, seats: int) -> Finding:
    """B10 差额: more candidates than seats. By how much is a local rule.

    >>> contested(12, 10).state, contested(10, 10).state
    ('holds', 'note')
    """
    state: State = "holds" if candidates > seats else "note"
    return Finding("B10", state, f"{candidates} candidates for {seats} seats")


def no_proxy(present: int | None, voted: int | None) -> Finding:
    """B11: the absent do not vote, by proxy or otherwise; so no more voted than were there.

    >>> no_proxy(45, 45).state, no_proxy(45, 46).state
    ('holds', 'fails')
    """
    if present is None or voted is None:
        return Finding("B11", "unknown", "present unknown" if present is None else "returned unknown")
    return Finding("B11", "holds" if voted <= present else "fails", f"{voted} voted, {present} present")


def scrutineers_are_independent(
    chief: str | None, scrutineers: Collection[str], candidates: Collection[str]
) -> Finding:
    """B12 选举法第四十三条: a chief scrutineer and scrutineers, none of them a candidate (or its proposer).

    >>> scrutineers_are_independent("D003", ["D004"], ["D009"]).state
    'holds'
    >>> scrutineers_are_independent("D003", ["D009"], ["D009"]).why
    'D009 is on the list and watches the count'
    """
    if not chief or not scrutineers:
        return Finding("B12", "fails", "no chief scrutineer" if not chief else "no scrutineers")
    both = sorted({chief, *scrutineers} & set(candidates))
    if both:
        return Finding("B12", "fails", f"{', '.join(both)} is on the list and watches the count")
    return Finding("B12", "holds", f"chief scrutineer and {len(scrutineers)} scrutineers")


def reviewed_before(reviewed_on: date | None, session_on: date) -> Finding:
    """B13: the standing committee has considered the list before the session.

    >>> session = date(2026, 1, 20)
    >>> reviewed_before(date(2026, 1, 5), session).state, reviewed_before(None, session).state
    ('holds', 'unknown')
    """
    if reviewed_on is None:
        return Finding("B13", "unknown", "date of the standing committee's review unknown")
    held = reviewed_on < session_on
    return Finding("B13", "holds" if held else "fails", f"reviewed on {reviewed_on}, session on {session_on}")


def frozen_before(frozen_on: date, voted_on: date) -> bool:
    """The list is frozen before ballots are printed: a ballot dated before that is refused.

    >>> voted = date(2026, 1, 20)
    >>> frozen_before(date(2026, 1, 19), voted), frozen_before(date(2026, 1, 21), voted)
    (True, False)
    """
    return frozen_on <= voted_on
