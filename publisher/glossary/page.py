"""The page of all terms (glossary.html), under their headings."""

from __future__ import annotations

from typing import Any

from ledger.words import Words
from publisher.glossary.terms import parts, terms


def page(words: Words) -> dict[str, Any]:
    """What its template is given."""
    known = terms(words)
    return {
        "parts": [
            {
                "id": part,
                "name": name,
                "terms": [
                    {"id": each.id, "name": each.name, "says": each.says, "law": each.law}
                    for each in known.values()
                    if each.part == part
                ],
            }
            for part, name in parts(words).items()
        ]
    }
