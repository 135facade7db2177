"""Which rules a record of each kind must agree with, and which references they ask the ledger about."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.agreement import Rule
from ledger.rulebooks import Rulebook
from ledger.rules.ballot import agreement as ballot_agreement
from ledger.rules.outreach import agreement as outreach_agreement
from ledger.rules.suggestion import agreement as suggestion_agreement
from ledger.rules.suggestion import handler_agreement

Rules = Mapping[str, tuple[Rule, ...]]
"""The rules of each kind, in the order in which they are asked. A kind that is not here pays nothing."""


def _with(suggestions: Rules) -> Rules:
    tables = (suggestions, handler_agreement.AGREEMENTS)
    return {
        "ballot": ballot_agreement.BALLOT,
        "tally_count": ballot_agreement.TALLY_COUNT,
        "ballot_result": ballot_agreement.BALLOT_RESULT,
        **outreach_agreement.AGREEMENTS,
        **{
            kind: tuple(rule for table in tables for rule in table.get(kind, ()))
            for kind in sorted({kind for table in tables for kind in table})
        },
    }


AGREEMENTS: Rules = _with(suggestion_agreement.AGREEMENTS)
"""What holds in every congress."""


def under(rulebook: Rulebook) -> Rules:
    """What holds in one congress: its rulebook says what else is refused."""
    return _with(suggestion_agreement.under(rulebook))


ASKED: frozenset[tuple[str, str]] = ballot_agreement.ASKED | suggestion_agreement.ASKED
"""The references, by kind and field, that some rule follows backwards."""

ASKED_KINDS = frozenset(kind for kind, _ in ASKED)
