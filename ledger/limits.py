"""How long a rule gives: `3 months`, `10 working days`, `5 days`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

Unit = Literal["months", "working days", "days"]

_LIMIT = re.compile(r"([1-9][0-9]{0,2}) (month|working day|day)(s?)")


@dataclass(frozen=True)
class Limit:
    """A number of months, working days or calendar days."""

    number: int
    unit: Unit


@cache
def read_limit(text: str) -> Limit:
    """A limit as rulebooks write it; ValueError says how it is written.

    >>> read_limit("1 month"), read_limit("10 working days")
    (Limit(number=1, unit='months'), Limit(number=10, unit='working days'))
    >>> read_limit("3 monts")
    Traceback (most recent call last):
    ValueError: '3 monts' is no limit. Write it as 3 months, 10 working days or 5 days.
    """
    found = _LIMIT.fullmatch(text)
    if not found or (found[1] == "1") == bool(found[3]):
        raise ValueError(f"'{text}' is no limit. Write it as 3 months, 10 working days or 5 days.")
    units: dict[str, Unit] = {"month": "months", "working day": "working days", "day": "days"}
    return Limit(int(found[1]), units[found[2]])
