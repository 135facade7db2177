"""The figures of suggestions side by side, each with the rows it was counted from. People are never ranked.

By organ, topic and year; what counts for whom is told in suggestion_item.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from ledger.rulebooks import Rulebook
from ledger.rules.suggestion.case import GRADES, Case, day_of
from ledger.rules.suggestion.item import TIMELY, Dimension, Item, Timely, items, items_of_organs
from ledger.rules.suggestion.outcome import Contradiction, contradictions

Group = Literal["organ", "topic", "year"]


@dataclass(frozen=True)
class Figure:
    """n of so many, with every row: what was counted, what it was counted of, and what was left out and why.

    `rule` is a key in words. `non_response`: who was asked and did not answer, whether left out or not.
    """

    name: str
    rule: str
    codes_counted: tuple[str, ...]
    codes_of: tuple[str, ...]
    excluded: Mapping[str, tuple[str, ...]]
    non_response: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """How many."""
        return len(self.codes_counted)

    @property
    def of(self) -> int:
        """Of how many."""
        return len(self.codes_of)

    @property
    def all(self) -> int:
        """The base and everything left out of it: all that the figure was asked of."""
        return self.of + sum(map(len, self.excluded.values()))


@dataclass(frozen=True)
class Figures:
    """What stands side by side, never one without the others. Satisfaction by grade, all of one base."""

    reply_rate: Figure
    delivery_rate: Figure
    verified_delivery: Figure
    claims_borne_out: Figure
    attitude: Mapping[str, Figure]
    result: Mapping[str, Figure]

    def __iter__(self) -> Iterator[Figure]:
        yield from (self.reply_rate, self.delivery_rate, self.verified_delivery, self.claims_borne_out)
        yield from (*self.attitude.values(), *self.result.values())


def figures(given: Iterable[Item], rulebook: Rulebook) -> Figures:
    """All figures of some items."""
    known = list(given)
    return Figures(
        reply_rate(known),
        delivery_rate(known),
        verified_delivery(known),
        claims_borne_out(known),
        satisfaction(known, "attitude", rulebook),
        satisfaction(known, "result", rulebook),
    )


def figures_by(group: Group, cases: Iterable[Case], on: date, rulebook: Rulebook) -> dict[str, Figures]:
    """The figures of each organ, topic or year, in the order of their names and in no other.

    The group "" holds what has no organ, topic or year, so that nothing is lost. People are no group: a count
    of suggestions says nothing of a deputy's work.
    """
    if group == "organ":
        return {name: figures(own, rulebook) for name, own in items_of_organs(cases, on).items()}
    if group not in ("topic", "year"):
        raise ValueError(f"suggestions are not grouped by {group}: take organ, topic or year")
    grouped: dict[str, list[Case]] = {}
    for case in cases:
        name = year_of(case) if group == "year" else str(case.suggestion.get("topic", ""))
        grouped.setdefault(name, []).append(case)
    return {name: figures(items(own, on), rulebook) for name, own in sorted(grouped.items())}


def year_of(case: Case) -> str:
    """The year a suggestion is of: received, else as its source has it, else filed.

    >>> year_of(Case({"code": "JY-1", "filed_on": "2026-03-02", "year_as_written": 2014}))
    '2014'
    """
    told = case.suggestion.get("received_on") or case.suggestion.get("year_as_written")
    return str(told or day_of("suggestion", case.suggestion))[:4]


def reply_rate(given: Iterable[Item]) -> Figure:
    """办复率: replied, of those assigned. What was withdrawn or never assigned is left out, and shown.

    >>> found = reply_rate([Item("JY-1", replied=True), Item("JY-2"), Item("JY-3", "withdrawn")])
    >>> found.n, found.of, found.excluded
    (1, 2, {'withdrawn': ('JY-3',)})
    """
    return _figure("reply_rate", given, lambda item: item.replied)


def delivery_rate(given: Iterable[Item]) -> Figure:
    """落实率 as organs claim it: claimed done, of those assigned.

    The trap: its base is that of 办复率, not those replied: else few replies make much delivery.
    """
    return _figure("delivery_rate", given, lambda item: item.claimed)


def verified_delivery(given: Iterable[Item]) -> Figure:
    """落实率 as found: claimed and found done on the spot, of those assigned."""
    return _figure("verified_delivery", given, lambda item: item.delivered)


def claims_borne_out(given: Iterable[Item]) -> Figure:
    """查验属实率: found done, of what was claimed done and checked.

    >>> checked = Item("JY-1", claimed=True, delivered=True), Item("JY-2", claimed=True, failed=True)
    >>> found = claims_borne_out([*checked, Item("JY-3", claimed=True)])
    >>> found.n, found.of, found.excluded
    (1, 2, {'not_checked': ('JY-3',)})

    The trap: what nobody checked is neither true nor untrue.
    """

    def left_out(item: Item) -> str | None:
        if not item.claimed:
            return "not_claimed"
        return None if item.delivered or item.failed else "not_checked"

    return _figure("claims_borne_out", given, lambda item: item.delivered, left_out)


def satisfaction(given: Iterable[Item], dimension: Dimension, rulebook: Rulebook) -> dict[str, Figure]:
    """满意率 for the attitude or the result: a figure for each grade, all of one base.

    >>> rated = Item("JY-1", replied=True, grades={"result": "satisfied"}), Item("JY-2", replied=True)
    >>> from ledger.rulebooks import Value
    >>> key = "suggestion.non_response_excluded_from_satisfaction"
    >>> for switch in (True, False):
    ...     found = satisfaction(rated, "result", Rulebook({}, {key: Value(switch)}))["satisfied"]
    ...     print(found.n, found.of, found.non_response)
    1 1 ('JY-2',)
    1 2 ('JY-2',)

    The trap: silence is no satisfaction. It is left out of the base where the rulebook has it so (Chongqing
    第二十九条, after a reminder), else it is in the base and in no grade; it is shown either way.
    """
    known = list(given)
    leave_out = bool(rulebook["suggestion.non_response_excluded_from_satisfaction"].value)

    def silent(item: Item) -> bool:
        return not item.ended and item.replied and dimension not in (item.grades or {})

    def left_out(item: Item) -> str | None:
        if not item.replied:
            return "not_replied"
        return "non_response" if leave_out and silent(item) else None

    asked = tuple(sorted(item.code for item in known if silent(item)))
    found = {}
    for grade in GRADES:
        figure = _figure(f"{dimension}_{grade}", known, _graded(dimension, grade), left_out)
        found[grade] = replace(figure, non_response=asked)
    return found


def timeliness(given: Iterable[Item], due: Mapping[str, date], on: date) -> dict[Timely, Figure]:
    """How replies kept their time, a figure for each answer, all of one base: those assigned.

    `due` maps an assignment's code to the day its reply is due, extended lawfully or not.
    """
    known = list(given)

    def is_(name: Timely) -> Callable[[Item], bool]:
        return lambda item: item.timely(due, on) == name

    return {name: _figure(name, known, is_(name)) for name in TIMELY}


def all_contradictions(cases: Iterable[Case], on: date) -> tuple[Contradiction, ...]:
    """Claimed solved, checked not done: of all suggestions, withdrawn ones too, the oldest check first."""
    found = [each for case in cases for each in contradictions(case, on)]
    return tuple(sorted(found, key=lambda each: (each.checked_on, each.suggestion, each.check, each.claim)))


def _graded(dimension: Dimension, grade: str) -> Callable[[Item], bool]:
    return lambda item: (item.grades or {}).get(dimension) == grade


def _figure(
    name: str,
    given: Iterable[Item],
    counts: Callable[[Item], bool],
    left_out: Callable[[Item], str | None] = lambda item: None,
) -> Figure:
    counted: list[str] = []
    base: list[str] = []
    excluded: dict[str, list[str]] = {}
    for item in given:
        why = item.ended or left_out(item)
        if why:
            excluded.setdefault(why, []).append(item.code)
            continue
        base.append(item.code)
        if counts(item):
            counted.append(item.code)
    out = {why: tuple(sorted(codes)) for why, codes in sorted(excluded.items())}
    return Figure(name, f"suggestion.figure.{name}", tuple(sorted(counted)), tuple(sorted(base)), out)
