"""What a congress asks of each deputy in a year, such as the five ones (五个一).

A deputy's own phone counts them from what he filed there. Nothing of it is published; nobody is ranked by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Faults = list[tuple[tuple[str | int, ...], str]]

_ITEM_KEYS = {"label", "kinds", "where", "at_least"}


@dataclass(frozen=True)
class Duty:
    """One of them: so many records of these kinds, with these answers, in a year."""

    label: Mapping[str, str]
    kinds: tuple[str, ...]
    """None: it is not recorded here, and the phone says so."""
    where: Mapping[str, str] = field(default_factory=dict)
    at_least: int = 1


@dataclass(frozen=True)
class Duties:
    """All of them. Not confirmed is a default that the congress has not decided on; the phone says so."""

    label: Mapping[str, str]
    confirmed: bool
    items: tuple[Duty, ...]

    def for_phone(self) -> dict[str, Any]:
        """As `/hello` gives it."""
        return {
            "label": dict(self.label),
            "confirmed": self.confirmed,
            "items": [
                {
                    "label": dict(each.label),
                    "kinds": list(each.kinds),
                    "where": dict(each.where),
                    "at_least": each.at_least,
                }
                for each in self.items
            ],
        }


def read_duties(value: Mapping[str, Any]) -> Duties:
    """From congress.yaml, where `duties_faults` has found nothing."""
    items = (
        Duty(each["label"], tuple(each["kinds"]), dict(each.get("where", {})), each.get("at_least", 1))
        for each in value["items"]
    )
    return Duties(value["label"], value["confirmed"], tuple(items))


def duties_faults(value: Any) -> Faults:
    """What is wrong with `duties:` of congress.yaml."""
    if not isinstance(value, dict) or set(value) != {"label", "confirmed", "items"}:
        return [((), "must say label, confirmed and items.")]
    faults = _label(("label",), value["label"])
    if type(value["confirmed"]) is not bool:
        what = "must be true or false: false until the congress has decided these numbers for itself."
        faults.append((("confirmed",), what))
    items = value["items"]
    if not isinstance(items, list) or not 1 <= len(items) <= 10:
        return [*faults, (("items",), "must be a list of one to ten duties.")]
    return faults + [
        (("items", at, *place), what) for at, item in enumerate(items) for place, what in _item_faults(item)
    ]


def _item_faults(item: Any) -> Faults:
    if not isinstance(item, dict) or not {"label", "kinds"} <= set(item) <= _ITEM_KEYS:
        return [((), "must say label and kinds and may say where and at_least.")]
    faults = _label(("label",), item["label"])
    if not _texts(item["kinds"]):
        faults.append((("kinds",), "must be a list of kinds: [visit, opinion], or [] for none here."))
    where = item.get("where", {})
    if not isinstance(where, dict) or not _texts(list(where.values())):
        faults.append((("where",), "must be answers by the names of their questions: {urgency: urgent}."))
    least = item.get("at_least", 1)
    if type(least) is not int or not 1 <= least <= 1000:
        faults.append((("at_least",), "must be a whole number from 1 to 1000."))
    return faults


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) and each for each in value)


def _label(at: tuple[str | int, ...], value: Any) -> Faults:
    said = isinstance(value, dict) and set(value) == {"zh", "en"}
    if said and all(isinstance(each, str) and each for each in value.values()):
        return []
    return [(at, "must be said in both languages: {zh: …, en: …}.")]
