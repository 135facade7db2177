"""Why a ballot is void or cannot be computed, as a message of content/words/ballot.yaml."""

from __future__ import annotations

import re

REASONS: tuple[tuple[str, str], ...] = (
    (r"method unknown", "unknown_method"),
    (r"(?P<name>\w+) and (?P<more>\w+) unknown", "unknown_both"),
    (r"(?P<name>\w+) unknown", "unknown"),
    (r"valid (?P<valid>\d+) \+ invalid (?P<invalid>\d+) is not returned (?P<returned>\d+)", "sum"),
    (r"option (?P<option>.+): (?P<votes>\d+) votes are above (?P<name>\w+) (?P<n>\d+)", "above_votes"),
    (r"approve of all options together is (?P<n>\d+), above valid (?P<valid>\d+) × (?P<each>\d+)", "marks"),
    (r"(?P<name>\w+) (?P<n>\d+) is above (?P<more>\w+) (?P<limit>\d+)", "above"),
    (r"(?P<returned>\d+) returned > (?P<limit>\d+) (?P<name>\w+): .*", "over"),
    (r"quorum: (?P<present>\d+) present < (?P<least>\d+) of all (?P<roster>\d+)", "quorum"),
    (r"seats is zero: .*", "no_seats"),
    (r"no option was voted on", "no_options"),
    (r".*(?:places|place each option).*", "places"),
)
"""Why the rules say a verdict is void or cannot be computed, and which words say the same."""


def reason_of(why: str) -> tuple[str, dict[str, str]]:
    """The message for a reason of ledger.rules.ballot.verdict, and what fills its places.

    >>> reason_of("roster unknown")
    ('unknown', {'name': 'roster'})
    """
    for pattern, key in REASONS:
        if found := re.fullmatch(pattern, why):
            return key, {name: text for name, text in found.groupdict().items() if text is not None}
    return "other", {"what": why}
