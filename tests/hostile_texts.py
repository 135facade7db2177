"""Texts that broke other people's programs, collected by them: `hostile-texts.json` in MINGBAI_DATA."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

FILE = Path(os.environ.get("MINGBAI_DATA", Path(__file__).parents[2] / "shared/data")) / "hostile-texts.json"
IN_SMALL = 300
needed = pytest.mark.skipif(
    not FILE.is_file(),
    reason=f"no hostile-texts.json at {FILE}: set MINGBAI_DATA to the folder that holds it",
)


def texts(most: int | None = IN_SMALL) -> list[str]:
    """Those that may stand in a record at all, spread over the whole collection; `most` of them."""
    found = list(dict.fromkeys(filter(None, map(_may_stand, _all()))))
    return found if most is None else found[:: max(1, len(found) // most)][:most]


def _all() -> Iterator[str]:
    yield from (each["text"] for each in json.loads(FILE.read_text("utf-8")))


def _may_stand(text: str) -> str:
    """As a phone would send it: NFC, trimmed, without what the forms' Unicode policy refuses."""
    kept = "".join(
        each
        for each in text
        if each == "\n" or unicodedata.category(each) not in ("Cc", "Cs", "Cf", "Co", "Cn")
    )
    return unicodedata.normalize("NFC", kept).strip()[:200]


def words(text: str) -> str:
    """A text for comparing: spaces of every kind are one."""
    return " ".join(text.split())
