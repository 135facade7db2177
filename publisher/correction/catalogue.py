"""公开目录: every field of every form, published or not, how far, and on what basis. Made from the forms."""

from __future__ import annotations

from typing import Any

from ledger.takedowns import TOLD_ELSEWHERE
from publisher.reading.public import Asked, Kind, Public


def catalogue_data(public: Public, lang: str) -> dict[str, Any]:
    """What the catalogue is given: every field of every form, published or not, and how."""
    return {"kinds": [_entry(public, kind, lang) for kind in public.in_order]}


def _entry(public: Public, kind: Kind, lang: str) -> dict[str, Any]:
    return {
        "name": kind.name,
        "label": kind.label[lang],
        "description": kind.description[lang],
        "public": kind.public,
        "gate": kind.gate,
        "author": kind.author,
        "elsewhere": kind.name in TOLD_ELSEWHERE,
        "basis": kind.basis,
        "written_by": list(kind.written_by),
        "publish_when": kind.publish_when,
        "withheld_with": kind.fields[kind.withheld_with].label[lang] if kind.withheld_with else None,
        "keep": [kind.fields[name].label[lang] for name in kind.keep if name in kind.fields],
        "fields": [
            {
                "name": f"{above}{asked.name}",
                "label": asked.label[lang],
                "within": within,
                "policy": asked.policy,
                "type": asked.type,
                "unit": asked.unit[lang],
                "refers_to": public.kinds[asked.refers_to].label[lang]
                if asked.refers_to and asked.refers_to in public.kinds
                else None,
                "choices": [label[lang] for label in asked.choices.values()],
                "publish_when": asked.publish_when,
                "forget_after": asked.forget_after,
                "required": asked.required,
                "basis": basis_of(kind, asked),
                "written_by": list(asked.written_by),
            }
            for above, within, asked in [
                pair
                for each in kind.fields.values()
                for pair in [
                    ("", None, each),
                    *((f"{each.name}.", each.label[lang], part) for part in each.each),
                ]
            ]
        ],
    }


def basis_of(kind: Kind, asked: Asked) -> str | None:
    """What a field's policy rests on: its own basis, or where it is public that of its kind."""
    return asked.basis or (kind.basis if asked.public else None)
