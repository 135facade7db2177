"""Whether a ballot's anonymous sheets may be downloaded as Pabulib `.pb`, and the sentence that says why not.

A sheet has so many patterns that its voter could be known by it. So: approval ballots alone, whose ballot
switched publication on, with as many recorded sheets as the rulebook asks; never made up from totals.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from ledger.rulebooks import Rulebook
from ledger.words import Words

Row = Mapping[str, Any]
Reason = Literal["form", "off", "unrecorded", "few"]
FORMS = ("approve_up_to_k", "choose_one")
"""The forms whose sheets a `.pb` can say: those that approve."""
LEAST = "ballot.sheets_published_from"


def why_not(ballot: Row, sheets: int, rulebook: Rulebook) -> Reason | None:
    """Why there is no `.pb` beside a ballot; None where it may stand there, shuffled.

    `sheets`: how many anonymous sheets of it were recorded.

    >>> from ledger.rulebooks import Value
    >>> book = Rulebook({}, {LEAST: Value(30)})
    >>> on = {"ballot_form": "approve_up_to_k", "sheets_published": 1}
    >>> [why_not(on, n, book) for n in (0, 29, 30)]
    ['unrecorded', 'few', None]
    >>> why_not({**on, "sheets_published": None}, 300, book)
    'off'

    The trap: an unanswered switch is off, and totals are no sheets.
    """
    if ballot["ballot_form"] not in FORMS:
        return "form"
    if not ballot["sheets_published"]:
        return "off"
    if not sheets:
        return "unrecorded"
    return "few" if sheets < int(rulebook[LEAST].value) else None


def said(ballot: Row, rulebook: Rulebook, words: Words, lang: str) -> str:
    """The sentence on the ballot's page. No kind records sheets today, so there is always a reason."""
    reason = why_not(ballot, 0, rulebook)
    return words.say(f"site.sheets.{reason}", lang, least=rulebook[LEAST].value) if reason else ""
