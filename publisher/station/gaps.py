"""What the rules on stations conclude from, and what of it is not published: then nothing is said at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ledger.words import Words
from publisher.reading.answers import asked
from publisher.reading.public import Public
from publisher.reading.shown import together
from publisher.suggestion.cases import closed

Subject = Literal["covered", "standard", "rota", "roster", "heard", "sites", "evaluations"]
NEEDED: Mapping[Subject, Mapping[str, tuple[str, ...]]] = {
    "covered": {"deputy": ("constituency", "levels"), "station": ("covers_constituencies", "opened_on")},
    "standard": {
        "station_standard": ("effective_from", "effective_until", "items", "items.item", "items.says"),
        "station_check": (
            "station", "standard", "checked_on", "items", "items.item", "items.verdict", "items.evidence_on",
        ),
    },
    "rota": {
        "station_duty": ("station", "duty_on", "called_off"),
        "station_log": ("station", "held_on", "duty"),
    },
    "roster": {
        "station_roster": ("deputy", "station", "place", "group", "role", "since", "until"),
        "deputy": ("mandate",),
    },
    "heard": {"opinion": ("station", "received_on", "told_citizen_on"), "suggestion": ("origin_opinions",)},
    "sites": {"demonstration_site": ("station", "stage", "stage_on")},
    "evaluations": {"station_evaluation": ("station", "period", "evaluated_on", "result")},
}  # fmt: skip
"""By what is concluded: each kind and its fields. A dot leads into a group."""
MAY_BE_LEFT_OUT = frozenset({"opened_on", "effective_until", "called_off", "until"})
"""Those that a congress need not ask; where it does, their absence says something, so they must be public."""


def there(public: Public, subject: Subject) -> bool:
    """Whether this congress has all the kinds: what it never asks is missed by nobody."""
    return all(kind in public.rows for kind in NEEDED[subject])


def lacking(public: Public, subject: Subject) -> tuple[tuple[str, str], ...]:
    """The fields that are asked and not published of every record, if only as a month or a village."""
    found = tuple(
        (kind, name)
        for kind, names in NEEDED[subject].items()
        for name in names
        if not _told(public, kind, name)
    )
    return found + (closed(public) if subject == "heard" else ())


def untold(public: Public, subject: Subject, words: Words, lang: str) -> str:
    """That nothing is concluded, and for want of what; "" where all is there."""

    def named(kind: str, name: str) -> str:
        field = asked(public, kind, name)
        told = {"kind": public.kinds[kind].label, "field": field.label if field else name}
        return words.say("site.suggestion.closed.one", lang, **told)

    names = together((named(*each) for each in lacking(public, subject)), lang)
    return words.say("site.stations.untold", lang, fields=names) if names else ""


def _told(public: Public, kind: str, name: str) -> bool:
    field = asked(public, kind, name)
    if field is None:
        return name in MAY_BE_LEFT_OUT
    return field.public and not field.publish_when
