"""Numbers that add up to one another: which of them must stay unsaid so that no small one can be worked out.

A system is a set of wholes, each the sum of its parts; a number may be a part here and a whole there, as a
village's is of its township and a sort's of all sorts. Who reads what is said knows the system too, and that
nothing counted is less than zero. So it is solved here as they would solve it, and what they could find out
counts as said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from publisher.out.figures import FEWEST

Key = tuple[str, str, str]
"""Where, of what, and which answer to it: '' stands for everywhere, and for all together."""

PRIME = 2**61 - 1
"""Sums are solved in whole numbers below this, which finds out what fractions would."""
ROUNDS = 20
"""So often bounds are drawn closer, each by all sums; they seldom move after three."""


@dataclass(frozen=True)
class Sum:
    """A whole, and the parts that make it."""

    whole: Key
    parts: tuple[Key, ...]

    @property
    def terms(self) -> tuple[Key, ...]:
        """All of them, the whole last."""
        return (*self.parts, self.whole)


def unsaid(numbers: Mapping[Key, int], sums: Sequence[Sum], never: Collection[Key] = ()) -> set[Key]:
    """The numbers that are not said: those below five, those of `never`, and what would give them away.

    What is left unsaid in a sum is nothing, or two numbers at least that make five or more together. The
    further one is chosen by its place and never by its size. Where that is not enough, nothing is said.

    >>> place = [("", "", ""), ("a", "", ""), ("b", "", ""), ("c", "", "")]
    >>> sorted(unsaid(dict(zip(place, (21, 3, 9, 9))), [Sum(place[0], tuple(place[1:]))]))
    [('a', '', ''), ('b', '', '')]

    The trap: a number that stands alone in its sum is found out by it, whatever its own size.

    >>> sorted(unsaid(dict(zip(place[:2], (3, 3))), [Sum(place[0], (place[1],))]))
    [('', '', ''), ('a', '', '')]
    """
    hidden = {key for key, n in numbers.items() if n < FEWEST or key in never}
    while True:
        while more := {key for each in sums for key in _lacks(each, numbers, hidden, hidden)}:
            hidden |= more
        found = worked_out(numbers, sums, hidden)
        told = [each for each in sums if _tells(each, numbers, hidden, found)]
        if not told:
            return hidden
        shown = next((key for each in told for key in _after(each, hidden)), None)
        if shown is None:
            return set(numbers)
        hidden.add(shown)


def _lacks(each: Sum, numbers: Mapping[Key, int], hidden: set[Key], closed: Collection[Key]) -> list[Key]:
    """What a sum must hide as well, so that what is closed in it is enough to protect itself."""
    inside = [key for key in each.terms if key in closed]
    few = each.whole not in inside and sum(numbers[key] for key in inside) < FEWEST
    return list(_after(each, hidden))[:1] if inside and (len(inside) == 1 or few) else []


def _tells(each: Sum, numbers: Mapping[Key, int], hidden: set[Key], found: Collection[Key]) -> bool:
    """Whether a sum has part in giving a small number away, alone or with others."""
    if any(key in found and numbers[key] < FEWEST for key in each.terms):
        return True
    inside = [key for key in each.terms if key in hidden and key not in found]
    return bool(inside) and each.whole not in inside and sum(numbers[key] for key in inside) < FEWEST


def _after(each: Sum, hidden: set[Key]) -> Iterator[Key]:
    """What a sum says: its parts in turn from the first hidden one, going round, and the whole at last."""
    first = next((n for n, key in enumerate(each.parts) if key in hidden), 0)
    yield from (key for key in (*each.parts[first:], *each.parts[:first], each.whole) if key not in hidden)


def worked_out(numbers: Mapping[Key, int], sums: Sequence[Sum], hidden: Collection[Key]) -> set[Key]:
    """The hidden numbers that can be told for certain from all that is said."""
    return _solved(numbers, sums, hidden) | _bounded(numbers, sums, hidden)


def _solved(numbers: Mapping[Key, int], sums: Sequence[Sum], hidden: Collection[Key]) -> set[Key]:
    """Those that the sums determine, by elimination: whatever else the others may be, these stay the same."""
    rows: dict[Key, dict[Key, int]] = {}
    holds: dict[Key, set[Key]] = {}
    for each in sums:
        row: dict[Key, int] = {}
        for key in each.parts:
            if key in hidden:
                row[key] = row.get(key, 0) + 1
        if each.whole in hidden:
            row[each.whole] = row.get(each.whole, 0) - 1
        for pivot in [key for key in row if key in rows]:
            _subtract(row, rows[pivot], row[pivot])
        row = {key: value % PRIME for key, value in row.items() if value % PRIME}
        if not row:
            continue
        pivot = next(iter(row))
        inverse = pow(row[pivot], -1, PRIME)
        row = {key: value * inverse % PRIME for key, value in row.items()}
        for other in [key for key in holds.get(pivot, ()) if pivot in rows[key]]:
            before = set(rows[other])
            _subtract(rows[other], row, rows[other][pivot])
            for key in rows[other].keys() - before:
                holds.setdefault(key, set()).add(other)
        rows[pivot] = row
        for key in row:
            holds.setdefault(key, set()).add(pivot)
    return {pivot for pivot, row in rows.items() if len(row) == 1}


def _subtract(row: dict[Key, int], other: Mapping[Key, int], times: int) -> None:
    for key, value in other.items():
        left = (row.get(key, 0) - times * value) % PRIME
        if left:
            row[key] = left
        else:
            row.pop(key, None)


def _bounded(numbers: Mapping[Key, int], sums: Sequence[Sum], hidden: Collection[Key]) -> set[Key]:
    """Those that cannot be more nor less, since nothing counted is below zero."""
    most = sum(numbers.values())
    low = {key: 0 if key in hidden else n for key, n in numbers.items()}
    high = {key: most if key in hidden else n for key, n in numbers.items()}
    for _ in range(ROUNDS):
        moved = False
        for each in sums:
            least, greatest = sum(low[key] for key in each.parts), sum(high[key] for key in each.parts)
            bounds = {each.whole: (least, greatest)} | {
                key: (low[each.whole] - greatest + high[key], high[each.whole] - least + low[key])
                for key in each.parts
            }
            for key, (at_least, at_most) in bounds.items():
                if key in hidden and (at_least > low[key] or at_most < high[key]):
                    low[key], high[key] = max(low[key], at_least), min(high[key], at_most)
                    moved = True
        if not moved:
            break
    return {key for key in hidden if low[key] == high[key]}
