"""Until when something holds that lasts so long: evidence, or the patience of who spoke."""

from __future__ import annotations

from datetime import date, timedelta

from ledger.limits import Limit
from ledger.rules.deadline import months_later


def until(start: date, limit: Limit) -> date:
    """The last day. No holidays are passed over: nobody is at work for evidence to grow old.

    >>> from ledger.limits import read_limit
    >>> [str(until(date(2025, 2, 28), read_limit(limit))) for limit in ("12 months", "30 days")]
    ['2026-02-28', '2025-03-30']
    """
    if limit.unit == "months":
        return months_later(start, limit.number)
    return start + timedelta(days=limit.number)
