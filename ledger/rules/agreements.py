"""Which rules a record of each kind must agree with, and which references they ask the ledger about."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.agreement import Rule
from ledger.rules import ballot_agreement

AGREEMENTS: Mapping[str, tuple[Rule, ...]] = {
    "ballot": ballot_agreement.BALLOT,
    "tally_count": ballot_agreement.TALLY_COUNT,
    "ballot_result": ballot_agreement.BALLOT_RESULT,
}
"""The rules of each kind, in the order in which they are asked. A kind that is not here pays nothing."""

ASKED: frozenset[tuple[str, str]] = ballot_agreement.ASKED
"""The references, by kind and field, that some rule follows backwards."""

ASKED_KINDS = frozenset(kind for kind, _ in ASKED)
