"""Which rules a record of each kind must agree with, and which references they ask the ledger about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ledger.agreement import Rule
from ledger.rulebooks import Rulebook
from ledger.rules.activity import agreement as activity_agreement
from ledger.rules.ballot import agreement as ballot_agreement
from ledger.rules.contact import agreement as contact_agreement
from ledger.rules.duty import agreement as duty_agreement
from ledger.rules.meeting import agreement as meeting_agreement
from ledger.rules.outreach import agreement as outreach_agreement
from ledger.rules.oversight import agreement as oversight_agreement
from ledger.rules.plan import agreement as plan_agreement
from ledger.rules.station import agreement as station_agreement
from ledger.rules.street import agreement as street_agreement
from ledger.rules.suggestion import agreement as suggestion_agreement
from ledger.rules.suggestion import handler_agreement
from ledger.rules.term import agreement as term_agreement

Rules = Mapping[str, tuple[Rule, ...]]
"""The rules of each kind, in the order in which they are asked. A kind that is not here pays nothing."""


def _with(congress: Iterable[Rules]) -> Rules:
    """All tables as one: a kind that stands in several keeps the rules of each."""
    tables = (BALLOT, *congress, *EVERYWHERE)
    kinds = sorted({kind for table in tables for kind in table})
    return {kind: tuple(rule for table in tables for rule in table.get(kind, ())) for kind in kinds}


BALLOT: Rules = {
    "ballot": ballot_agreement.BALLOT,
    "tally_count": ballot_agreement.TALLY_COUNT,
    "ballot_result": ballot_agreement.BALLOT_RESULT,
}
EVERYWHERE: tuple[Rules, ...] = (
    handler_agreement.AGREEMENTS,
    duty_agreement.AGREEMENTS,
    contact_agreement.AGREEMENTS,
    activity_agreement.AGREEMENTS,
    plan_agreement.AGREEMENTS,
    meeting_agreement.AGREEMENTS,
    street_agreement.AGREEMENTS,
    oversight_agreement.AGREEMENTS,
    outreach_agreement.AGREEMENTS,
)

AGREEMENTS: Rules = _with((suggestion_agreement.AGREEMENTS, station_agreement.AGREEMENTS))
"""What holds in every congress."""


def under(rulebook: Rulebook) -> Rules:
    """What holds in one congress: its rulebook says what else is refused."""
    books = (suggestion_agreement, station_agreement, term_agreement)
    return _with(book.under(rulebook) for book in books)


ASKED: frozenset[tuple[str, str]] = frozenset().union(
    ballot_agreement.ASKED,
    contact_agreement.ASKED,
    duty_agreement.ASKED,
    meeting_agreement.ASKED,
    oversight_agreement.ASKED,
    plan_agreement.ASKED,
    station_agreement.ASKED,
    suggestion_agreement.ASKED,
)
"""The references, by kind and field, that some rule follows backwards."""

ASKED_KINDS = frozenset(kind for kind, _ in ASKED)
