"""Why a record was corrected: one of five reasons and, if its author likes, a sentence for the public.

It travels as a disclosure beside the answers, under a name that no field may have, and only in a record that
replaces another: signed with it, by whatever filed it, and no question of any form.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ledger import letters

NAME = "why_corrected"
REASONS = ("typo", "wrong_fact", "known_more", "changed_since", "privacy")
PRIVACY = "privacy"
LONGEST = 200


class Why(NamedTuple):
    """The reason of a correction, and what its author adds for the public."""

    reason: str
    explanation: str | None = None


def apart(answers: Mapping[str, Any]) -> tuple[dict[str, Any], Any]:
    """Answers without the reason that came beside them, and that reason; None where none came.

    >>> apart({"people": 3, "why_corrected": {"reason": "typo"}})
    ({'people': 3}, {'reason': 'typo'})
    """
    plain = dict(answers)
    return plain, plain.pop(NAME, None)


def said(value: Any) -> Why | None:
    """A reason as the ledger keeps it; None where there is none, or one that cannot be read."""
    if value is None or fault(value):
        return None
    return Why(value["reason"], value.get("explanation"))


def fault(value: Any) -> tuple[str, str] | None:
    """What is wrong with the reason of a correction: where (RFC 6901), and which message says so.

    >>> fault({"reason": "typo"}), fault({"reason": "typo", "explanation": " "})
    (None, ('/why_corrected/explanation', 'problem.why_text'))
    """
    if not isinstance(value, Mapping) or not {"reason"} <= set(value) <= {"reason", "explanation"}:
        return f"/{NAME}", "problem.why"
    if value["reason"] not in REASONS:
        return f"/{NAME}/reason", "problem.why"
    text = value.get("explanation", "-")
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST or letters.fault(text):
        return f"/{NAME}/explanation", "problem.why_text"
    return None
