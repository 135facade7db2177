"""A yearly plan and what was decided on it since: 及时调整完善履职计划.

The plan itself is never changed; each amendment makes a further version. Answers are those of `annual_plan`
and `plan_amendment`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

Answers = Mapping[str, Any]

TOLD = ("topic", "way", "quarter", "owner")
"""What an item says of itself, and a change may say anew."""


@dataclass(frozen=True)
class Item:
    """One item of a plan, by its number; `since` names the amendment that brought it in."""

    item: str
    topic: str
    way: str
    quarter: int
    owner: str
    carried_from: str = ""
    since: str = ""


@dataclass(frozen=True)
class Version:
    """A plan as it stood from a day on; `by` is the code of the amendment, '' for the plan as approved."""

    on: str
    by: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Difference:
    """One item in two versions: None where it is not there."""

    item: str
    before: Item | None
    after: Item | None

    @property
    def change(self) -> str:
        """added, dropped, moved or reworded; of an item that did both, moved.

        >>> one = Item("1", "视察", "inspection", 2, "代表工委")
        >>> Difference("1", one, replace(one, quarter=3)).change
        'moved'
        """
        if self.before is None:
            return "added"
        if self.after is None:
            return "dropped"
        return "moved" if self.before.quarter != self.after.quarter else "reworded"


def versions(plan: Answers, amendments: Iterable[Answers]) -> tuple[Version, ...]:
    """C12: the plan as approved, then one version for each amendment, in the order they were decided.

    >>> row = {"item": "1", "topic": "视察", "way": "inspection", "quarter": 2, "owner": "代表工委"}
    >>> added = {"code": "JT-1", "decided_on": "2026-05-18", "changes": [
    ...     {"item": "2", "change": "added", "topic": "培训", "way": "training", "quarter": 3,
    ...      "owner": "代表工委"},
    ...     {"item": "1", "change": "dropped"}]}
    >>> [[each.item for each in version.items]
    ...     for version in versions({"approved_on": "2026-02-11", "items": [row]}, [added])]
    [['1'], ['2']]

    The trap: what is dropped in one amendment and brought back in a later one is an item again.
    """
    items = tuple(_item(row) for row in plan.get("items", ()))
    found = [Version(str(plan["approved_on"]), "", items)]
    for each in sorted(amendments, key=lambda each: (each["decided_on"], each["code"])):
        items = _amended(items, each.get("changes", ()), each["code"])
        found.append(Version(each["decided_on"], each["code"], items))
    return tuple(found)


def standing_on(found: Sequence[Version], on: date) -> Version:
    """The version that holds on a day; before any amendment the first."""
    held = [each for each in found if each.on <= on.isoformat()]
    return held[-1] if held else found[0]


def differences(before: Version, after: Version) -> tuple[Difference, ...]:
    """What differs between two versions, in the order of the items' numbers."""
    one, other = ({each.item: each for each in version.items} for version in (before, after))
    numbers = sorted({*one, *other}, key=int)
    return tuple(
        Difference(n, one.get(n), other.get(n)) for n in numbers if _says(one.get(n)) != _says(other.get(n))
    )


def applied(before: Sequence[Item], changed: Iterable[Difference]) -> tuple[Item, ...]:
    """A version with differences put into it: of two versions, the later one."""
    items = {each.item: each for each in before}
    for each in changed:
        if each.after is None:
            items.pop(each.item, None)
        else:
            items[each.item] = each.after
    return tuple(sorted(items.values(), key=lambda each: int(each.item)))


def _item(row: Answers, since: str = "") -> Item:
    said = {name: row[name] for name in TOLD if name in row}
    carried = str(row.get("carried_from", ""))
    return Item(item=str(row["item"]), carried_from=carried, since=since, **said)


def _amended(items: Sequence[Item], changes: Iterable[Answers], code: str) -> tuple[Item, ...]:
    held = {each.item: each for each in items}
    for row in changes:
        number, change = str(row["item"]), row["change"]
        if change == "dropped":
            held.pop(number, None)
        elif change == "added" and all(name in row for name in TOLD):
            held[number] = _item(row, code)
        elif number in held:
            said: dict[str, Any] = {name: row[name] for name in TOLD if name in row}
            held[number] = replace(held[number], **said)
    return tuple(sorted(held.values(), key=lambda each: int(each.item)))


def _says(item: Item | None) -> tuple[Any, ...] | None:
    return tuple(getattr(item, name) for name in TOLD) if item else None
