"""考核: so many of each kind in a period, counted from the entries, for anybody to count again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.duty.entry import Entry, within
from ledger.rules.lamps import Lamp

Answers = Mapping[str, Any]


def counted(entries: Iterable[Entry], first: str, last: str) -> tuple[dict[str, int], frozenset[str]]:
    """How often each kind of duty was done in a period; and the kinds of which that cannot be told.

    >>> done = [Entry("2025-03", "visit", "visit", "ZF-1"),
    ...         Entry("2025-05-20", "training", "duty_entry", "LZ-1"),
    ...         Entry("2025-06-01", "training", "duty_entry", "LZ-2", attendance="absent")]
    >>> counted(done, "2025-01-01", "2025-12-31")
    ({'training': 1, 'visit': 1}, frozenset())
    >>> counted(done, "2025-03-10", "2025-12-31")
    ({'training': 1}, frozenset({'visit'}))

    The trap: a month that the period cuts in two is not counted and not left out, it is said to be unknown.
    """
    found: Counter[str] = Counter()
    unknown = set()
    for each in entries:
        inside = within(each.day, first, last)
        if each.done and inside:
            found[each.duty] += 1
        elif each.done and inside is None:
            unknown.add(each.duty)
    return dict(sorted(found.items())), frozenset(unknown)


def reproduced(
    assessment: Answers, entries: Iterable[Entry], rulebook: Rulebook, countable: Collection[str]
) -> Lamp:
    """Does an assessment say what the records say, counted anew under the same version of the rule?

    `countable` are the kinds of duty whose records can be seen.

    >>> from ledger.rulebooks import Value
    >>> book = Rulebook({}, {"duty.assessment_version": Value("2025")})
    >>> said = {"period_from": "2025-01-01", "period_to": "2025-12-31", "rule_version": "2025",
    ...         "counts": [{"duty": "visit", "times": 1}, {"duty": "training", "times": 0}]}
    >>> visits = [Entry("2025-03", "visit", "visit", "ZF-1")]
    >>> reproduced(said, visits, book, {"visit", "training"}).state
    'pass'
    >>> more = [*visits, Entry("2025-04", "visit", "visit", "ZF-2")]
    >>> reproduced(said, more, book, {"visit", "training"}).why
    'rule.duty.counted.differs'
    >>> reproduced(said, visits, book, {"visit"}).state
    'unknown'
    >>> reproduced({**said, "rule_version": "2024"}, (), book, ()).why
    'rule.duty.counted.other_version'

    The trap: a count that differs is no proof of a fault, since a record may have come later; both are told.
    """
    now = str(rulebook["duty.assessment_version"].value)
    if assessment.get("rule_version") != now:
        told = {"said": assessment.get("rule_version", ""), "now": now}
        return Lamp("counted", "unknown", "rule.duty.counted.other_version", told)
    found, unknown = counted(entries, assessment["period_from"], assessment["period_to"])
    said = {row["duty"]: row["times"] for row in assessment.get("counts", ())}
    hidden = tuple(duty for duty in said if duty not in countable or duty in unknown)
    if hidden:
        return Lamp("counted", "unknown", "rule.duty.counted.unknown", {"duties": hidden})
    differs = tuple(duty for duty, n in said.items() if found.get(duty, 0) != n)
    if differs:
        return Lamp("counted", "warn", "rule.duty.counted.differs", {"duties": differs})
    return Lamp("counted", "pass", "rule.duty.counted.pass", {"n": len(said)})


def points(counts: Mapping[str, int], rulebook: Rulebook) -> int | None:
    """履职积分 by an open formula, for inside use; None where a congress has no such rule, as by default.

    >>> from ledger.rulebooks import Value
    >>> table = Rulebook({}, {"duty.points": Value(["suggestion 3", "inspection 3"])})
    >>> points({"suggestion": 2, "visit": 9}, table), points({"visit": 9}, Rulebook({}, {}))
    (6, None)

    The trap: what the formula does not name counts nothing, however often it was done.
    """
    table = rulebook.values.get("duty.points")
    if table is None or not table.value:
        return None
    worth = {duty: int(n) for duty, _, n in (str(each).partition(" ") for each in table.value)}
    return sum(worth.get(duty, 0) * n for duty, n in counts.items())
