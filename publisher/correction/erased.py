"""What a record's page says where an answer was erased: which one, on which day and why."""

from __future__ import annotations

from typing import Any

from publisher.reading.public import Kind, Public


def erased_of(public: Public, kind: Kind, code: str, lang: str) -> list[dict[str, Any]]:
    """Every erased answer of a record, in the order of its form."""
    found = {each.field: each for each in public.erased.get(code, ())}
    return [
        {
            "label": asked.label[lang],
            "on": found[name].on,
            "reason": found[name].reason,
            "explanation": found[name].explanation,
        }
        for name, asked in kind.fields.items()
        if name in found
    ]
