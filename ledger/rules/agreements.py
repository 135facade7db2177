"""Which rules a record of each kind must agree with, and which references they ask the ledger about."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.agreement import Rule
from ledger.rulebooks import Rulebook
from ledger.rules.activity import agreement as activity_agreement
from ledger.rules.ballot import agreement as ballot_agreement
from ledger.rules.contact import agreement as contact_agreement
from ledger.rules.duty import agreement as duty_agreement
from ledger.rules.meeting import agreement as meeting_agreement
from ledger.rules.plan import agreement as plan_agreement
from ledger.rules.street import agreement as street_agreement
from ledger.rules.suggestion import agreement as suggestion_agreement
from ledger.rules.suggestion import handler_agreement
from ledger.rules.term import agreement as term_agreement

Rules = Mapping[str, tuple[Rule, ...]]
"""The rules of each kind, in the order in which they are asked. A kind that is not here pays nothing."""


def _with(suggestions: Rules) -> Rules:
    tables = (suggestions, handler_agreement.AGREEMENTS)
    return {
        "ballot": ballot_agreement.BALLOT,
        "tally_count": ballot_agreement.TALLY_COUNT,
        "ballot_result": ballot_agreement.BALLOT_RESULT,
        **duty_agreement.AGREEMENTS,
        **contact_agreement.AGREEMENTS,
        **activity_agreement.AGREEMENTS,
        **plan_agreement.AGREEMENTS,
        **meeting_agreement.AGREEMENTS,
        **street_agreement.AGREEMENTS,
        **{
            kind: tuple(rule for table in tables for rule in table.get(kind, ()))
            for kind in sorted({kind for table in tables for kind in table})
        },
    }


AGREEMENTS: Rules = _with(suggestion_agreement.AGREEMENTS)
"""What holds in every congress."""


def under(rulebook: Rulebook) -> Rules:
    """What holds in one congress: its rulebook says what else is refused."""
    return {**_with(suggestion_agreement.under(rulebook)), **term_agreement.under(rulebook)}


ASKED: frozenset[tuple[str, str]] = frozenset().union(
    ballot_agreement.ASKED,
    contact_agreement.ASKED,
    duty_agreement.ASKED,
    meeting_agreement.ASKED,
    plan_agreement.ASKED,
    suggestion_agreement.ASKED,
)
"""The references, by kind and field, that some rule follows backwards."""

ASKED_KINDS = frozenset(kind for kind, _ in ASKED)
