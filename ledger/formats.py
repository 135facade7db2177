"""What a date, a time, a link and a reference look like.

Each is a regular expression, so that phone, server and any JSON Schema validator read it alike: what `format`
means differs from one validator to the next, and most let 31 February pass or refuse 09:30.
"""

from __future__ import annotations

import re

_LEAP_YEAR = "(19|2[01])(0[48]|[2468][048]|[13579][26])|2000"
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]"
_DATE = (
    "((19|2[01])[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
    "|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    "|02-(0[1-9]|1[0-9]|2[0-8]))"
    f"|({_LEAP_YEAR})-02-29)"
)

DATE = f"^{_DATE}$"
"""A day of the calendar from 1900 to 2199, so that a mistyped year shows."""

PATTERNS = {
    "date": DATE,
    "time": f"^{_TIME}$",
    "date-time": f"^{_DATE}T{_TIME}$",
    "uri": "^https?://[!-~]+$",
}
"""What the formats of a form file compile to."""

CODE = "[A-Z]{2,4}-[0-9]{4}-[0-9A-HJKMNP-TV-Z]{4}"
"""A public code, ZF-2026-7KQ4: Crockford's letters, which cannot be mistaken for digits."""

NAME = "[a-z0-9][a-z0-9-]{0,79}"
"""The office's own name of a record, liuhe-03: the name of its file in content/records."""

REFERENCE = f"^({CODE}|{NAME})$"

PHOTO = "^sha256-[0-9a-f]{64}$"
"""A photo as an answer names it: the sha256 of its bytes as the phone sends them, in hexadecimal."""


def written_as(form: str, text: str) -> bool:
    """Whether a text is a real date, time, date-time or link, read exactly as the phone reads it.

    >>> written_as("date", "2024-02-29"), written_as("date", "2026-02-29"), written_as("time", "9:30")
    (True, False, False)
    """
    return re.fullmatch(PATTERNS[form][1:-1], text) is not None


def is_code(text: str) -> bool:
    """Whether a reference is a public code (else it is the office's name of a record)."""
    return re.fullmatch(CODE, text) is not None
