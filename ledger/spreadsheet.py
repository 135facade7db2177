"""A cell that a spreadsheet would run as a formula gets a ' in front, wherever a table leaves the house.

CWE-1236; OWASP ASVS 5.0 V1.2.10. The ledger itself, JSON and public.db keep what was written.
"""

from __future__ import annotations

import re

_TRIGGER = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]*[=+\-@\t\r\0＝＋－＠]")
"""What makes Excel, WPS or LibreOffice read a cell as a formula, behind anything they skip."""
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\Z")


def safe_cell(text: str) -> str:
    """The text as it may stand in a spreadsheet; numbers stay numbers.

    >>> safe_cell("=cmd|' /C calc'!A0"), safe_cell("-5.2"), safe_cell("走访")
    ("'=cmd|' /C calc'!A0", '-5.2', '走访')
    """
    return f"'{text}" if _TRIGGER.match(text) and not _NUMBER.match(text) else text
