"""评议: what voters or fellow deputies said of one deputy at one time, never added up across people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.lamps import Lamp
from ledger.rules.project.supervision import Graded, grade

Answers = Mapping[str, Any]
COUNTS = ("issued", "returned", "invalid", "satisfied", "basically", "not_satisfied", "abstain")


def reviewed(review: Answers, rulebook: Rulebook) -> Graded | None:
    """The grade of one review, by the same shares as a test of a project; None where its counts are not told.

    >>> from ledger.rulebooks import Value
    >>> names = ("satisfied", "basically", "not_satisfied")
    >>> half = {f"evaluation.{name}_over": Value("1/2") for name in names}
    >>> book = Rulebook({}, half | {"evaluation.base": Value("valid")})
    >>> told = dict(zip(COUNTS, (56, 54, 1, 38, 11, 3, 1)))
    >>> reviewed(told, book).grade, reviewed({"issued": 14, "returned": 12}, book)
    ('satisfied', None)

    The trap: counts of a few people are not public, and then there is no grade either.
    """
    if any(name not in review for name in COUNTS):
        return None
    return grade(review, rulebook)


def is_secret(review: Answers) -> Lamp:
    """A review where everybody sees who says what is no review: it is to be secret (unverified default)."""
    told = review.get("secret")
    if told is None:
        return Lamp("secret", "unknown", "rule.duty.secret.unknown")
    return Lamp("secret", "pass" if told else "warn", f"rule.duty.secret.{'pass' if told else 'warn'}")
