"""代表+ and its list of needs (需求清单): a need is closed with a deed or with a reason, never by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.rules.lamps import Lamp

Answers = Mapping[str, Any]


def closed_with_deed_or_reason(need: Answers, deed: Answers | None) -> Lamp:
    """Whether a need stands closed as it should; local practice of 代表+, no article sets it [K].

    >>> met = {"requested_on": "2026-03-11", "outcome": "met", "deed": "SS-1"}
    >>> closed_with_deed_or_reason(met, {"done_on": "2026-06-18"}).state
    'pass'
    >>> closed_with_deed_or_reason({"requested_on": "2026-03-11"}, None).why
    'outreach.need.open'
    >>> closed_with_deed_or_reason({"outcome": "not_met", "reason": "referred"}, None).state
    'pass'

    The trap: a deed from before the need was asked for cannot have met it, and one that is not there cannot
    be verified.

    >>> closed_with_deed_or_reason(met, {"done_on": "2026-03-10"}).why
    'outreach.need.deed_before'
    >>> closed_with_deed_or_reason(met, None).state
    'unknown'
    """
    outcome = need.get("outcome")
    if outcome is None:
        return Lamp("F2", "warn", "outreach.need.open")
    if outcome == "not_met":
        return (
            Lamp("F2", "pass", "outreach.need.reason")
            if "reason" in need
            else Lamp("F2", "fail", "outreach.need.no_reason")
        )
    if "deed" not in need:
        return Lamp("F2", "fail", "outreach.need.no_deed")
    if deed is None:
        return Lamp("F2", "unknown", "outreach.need.deed_unknown")
    if deed["done_on"] < need["requested_on"]:
        return Lamp(
            "F2",
            "fail",
            "outreach.need.deed_before",
            {"done": deed["done_on"], "asked": need["requested_on"]},
        )
    return Lamp("F2", "pass", "outreach.need.deed")
