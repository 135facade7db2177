"""Which letters a text may hold: what a reader cannot see must not change what he reads.

The same ranges stand in the phone's own check; tests/cases/answers.yaml holds the two together.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Fault = Literal["text_broken", "text_control", "text_hidden", "text_marks", "text_not_nfc"]

MOST_MARKS = 10

_BROKEN = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_HIDDEN = re.compile(
    "[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
# ASCII, Chinese letters and punctuation: where most of a record is, and no mark among them.
_UNCOMMON_RUN = re.compile(
    "[^\x20-\x7e\u2010-\u2027\u3000-\u3029\u3030-\u3098\u309b-\ua48f\uac00-\ud7a3\uff00-\uffef\U00020000-\U000323af]"
    f"{{{MOST_MARKS + 1}}}"
)


def fault(text: str) -> Fault | None:
    """The first thing wrong with the letters of a text, or None.

    >>> fault("柳河村\\n修路"), fault("a\\u202eb"), fault("e\\u0301")
    (None, 'text_hidden', 'text_not_nfc')
    """
    return None if clean(text) else _first_fault(text)


def clean(text: str) -> bool:
    """Whether a text is certainly fine; the common case, decided fast. False asks `fault` to look closer."""
    if not text.isprintable() and not text.replace("\n", "").replace("\u3000", "").isprintable():
        return False
    return text.isascii() or (unicodedata.is_normalized("NFC", text) and not _UNCOMMON_RUN.search(text))


def _first_fault(text: str) -> Fault | None:
    if _BROKEN.search(text):
        return "text_broken"
    if _CONTROL.search(text):
        return "text_control"
    if _HIDDEN.search(text):
        return "text_hidden"
    if _most_marks(text) > MOST_MARKS:
        return "text_marks"
    return None if unicodedata.is_normalized("NFC", text) else "text_not_nfc"


def _most_marks(text: str) -> int:
    most = run = 0
    for letter in text:
        run = run + 1 if unicodedata.category(letter)[0] == "M" else 0
        most = max(most, run)
    return most
