"""Counts about residents: what of a `counted` field may be said in public, month by month, and nothing
below five.

A month is counted once, over what had been received by the tenth of the month after it, so that no later
arrival can change a figure. Who belongs to a count below five could be guessed, so such a cell is
suppressed (zero too: "nobody said so" is also something about everybody), and with it a second one wherever
subtracting the others from the number of records, which is public, would tell.
"""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from ledger.cel import compile_check
from ledger.fields import Field
from ledger.forms import Form
from ledger.policy import stricter
from publisher.out.figures import FEWEST, Figure, hide
from publisher.out.leaving import Filed, Terms

RECEIVED_BY = 10
"""The day of the next month on which a month closes."""


class Received(Filed, Protocol):
    """An accepted version of a record, as the ledger hands it out."""

    @property
    def received_at(self) -> str: ...
    @property
    def erased(self) -> Mapping[str, int]: ...


@dataclass(frozen=True)
class Cell:
    """One figure: `value` is the choice it counts ('' for a sum, or for no answer); `n` is None when
    suppressed."""

    kind: str
    field: str
    period: str
    value: str
    n: int | None
    suppressed: bool


@dataclass
class Tally:
    """What one counted field adds up to in one month."""

    total: int = 0
    sum: int = 0
    summed: int = 0
    values: Counter[str] = dataclasses.field(default_factory=Counter)


def counted_cells(
    forms: Mapping[str, Form],
    records: Iterable[Received],
    as_of: date,
    *,
    wordings: Mapping[str, Form] | None = None,
    timezone: str = "Asia/Shanghai",
) -> list[Cell]:
    """Every figure that stands on this day, in the order of forms, fields, months and choices.

    `records` are all accepted versions, not only the current ones: a correction that came after a month
    closed does not change it. `wordings` are the forms they were filed under, by version; what was filed as
    `never` stays never.
    """
    zone = ZoneInfo(timezone)
    known = {**(wordings or {}), **{form.version: form for form in forms.values()}}
    by_kind: dict[str, list[Received]] = defaultdict(list)
    for record in records:
        by_kind[record.kind].append(record)
    cells: list[Cell] = []
    for kind, form in sorted(forms.items()):
        by_area = any(each.publish == "counted" and each.refers_to for each in form.fields.values())
        if (asked := tuple(counted_fields(form))) and not by_area:  # those are counted by quarter and area
            standing = _standing(form, by_kind[kind], as_of, zone)
            cells += _cells_of(form, asked, standing, as_of, known)
    return cells


@dataclass(frozen=True)
class Asked:
    """A counted field, alone or inside a repeat group."""

    field: Field
    group: Field | None = None

    @property
    def name(self) -> str:
        """Its name in the table: `people`, or `household.members` inside a group."""
        return f"{self.group.name}.{self.field.name}" if self.group else self.field.name

    def answers(self, answers: Mapping[str, Any]) -> list[Any]:
        """What one record says: a value for the record, or for each row of the group. None is no answer."""
        if self.group is None:
            return [answers.get(self.field.name)]
        return [row.get(self.field.name) for row in answers.get(self.group.name, ())]

    def policy_when_filed(self, form: Form) -> str:
        """Under which policy a form asked it."""
        if self.group is None:
            return form.fields[self.field.name].publish if self.field.name in form.fields else "never"
        group = form.fields.get(self.group.name)
        if group is None or self.field.name not in group.each:
            return "never"
        return stricter(group.publish, group.each[self.field.name].publish)


def counted_fields(form: Form) -> Iterator[Asked]:
    """The fields of a form that leave in counts only."""
    for field in form.fields.values():
        if field.each:
            if field.publish != "never":
                yield from (Asked(each, field) for each in field.each.values() if each.publish == "counted")
        elif field.publish == "counted":
            yield Asked(field)


def closes_on(period: str) -> date:
    """The last day on which a record of this month counts.

    >>> closes_on("2026-12")
    datetime.date(2027, 1, 10)
    """
    return date.fromisoformat(f"{_next(period)}-{RECEIVED_BY:02d}")


def last_closed(as_of: date) -> str:
    """The last month whose figures stand.

    >>> last_closed(date(2026, 4, 10)), last_closed(date(2026, 4, 11))
    ('2026-02', '2026-03')
    """
    months = as_of.year * 12 + as_of.month - 1 - (1 if as_of.day > RECEIVED_BY else 2)
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


def _next(period: str) -> str:
    months = int(period[:4]) * 12 + int(period[5:])
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


def _standing(
    form: Form, versions: Iterable[Received], as_of: date, zone: ZoneInfo
) -> dict[str, list[Received]]:
    """For each closed month, the versions that stood when it closed."""
    by_code: dict[str, list[Received]] = defaultdict(list)
    for version in versions:
        by_code[version.code].append(version)
    months: dict[str, list[Received]] = defaultdict(list)
    for history in by_code.values():
        history.sort(key=lambda version: version.position)
        days = [_day(version.received_at, zone) for version in history]
        for n, version in enumerate(history):
            period = _period(form, version, days[n])
            closes = closes_on(period)
            superseded = any(day <= closes for day in days[n + 1 :])
            if days[n] <= closes < as_of and not superseded:
                months[period].append(version)
    return months


def _day(received_at: str, zone: ZoneInfo) -> date:
    return datetime.fromisoformat(received_at.replace("Z", "+00:00")).astimezone(zone).date()


def _period(form: Form, record: Received, received_on: date) -> str:
    """The month a record is about: that of its first public date, else the month it was received in."""
    for field in form.fields.values():
        if (
            field.type == "date"
            and field.publish not in ("never", "counted")
            and field.name in record.answers
        ):
            return str(record.answers[field.name])[:7]
    return f"{received_on:%Y-%m}"


def _cells_of(
    form: Form,
    asked: tuple[Asked, ...],
    standing: Mapping[str, list[Received]],
    as_of: date,
    wordings: Mapping[str, Form],
) -> list[Cell]:
    if not standing:
        return []
    terms: dict[str, Terms] = {}

    def terms_of(version: str) -> Terms:
        if version not in terms:
            terms[version] = Terms.of(wordings.get(version), form)
        return terms[version]

    months: list[list[Figure]] = []
    period, shut_until = min(standing), _shut_until(form, standing)
    shut = {period for period, records in standing.items() if any(_loses(form, each) for each in records)}
    while period <= last_closed(as_of):
        closed = period in shut or period <= shut_until
        months.append(_month(form, asked, period, standing.get(period, ()), terms_of, closed))
        period = _next(period)
    return [
        Cell(form.kind, figure.field, figure.period, figure.value, figure.said, figure.hidden)
        for each in asked
        for figures in months
        for figure in figures
        if figure.field == each.name and not figure.virtual
    ]


def _month(
    form: Form,
    asked: tuple[Asked, ...],
    period: str,
    records: Iterable[Received],
    terms_of: Callable[[str], Terms],
    closed: bool,
) -> list[Figure]:
    """All figures of one month, those hidden that must be; all of a month that is `closed`."""
    tallies = {each.name: Tally() for each in asked}
    for record in records:
        terms = terms_of(record.form)
        if terms.filed is None or terms.gate != "none" or terms.ties:
            continue  # an approval, or another record's fate, may come after the month has closed
        if any(terms.holds_back(c.when, c.form, record.answers) for c in terms.conditions):
            continue
        for each in asked:
            if each.policy_when_filed(terms.filed) != "never" and not _shut(each, terms, record.answers):
                _count(each.field, each.answers(record.answers), tallies[each.name])
    figures: dict[str, list[Figure]] = {}
    parts: list[list[Figure]] = []
    for each in asked:
        figures[each.name], new = _figures(each, period, tallies[each.name])
        parts += new
    parts += [[figures[name][0] for name in family] for family in _families(form, asked)]
    everything = [figure for each in figures.values() for figure in each]
    for figure in everything:
        figure.few = figure.few or closed
    hide(everything, parts)
    return everything


def _loses(form: Form, record: Received) -> bool:
    """Whether something was erased of a record that its month's figures are made of: they say no more then.

    What is left would be another figure, and the difference between the two is what was erased.
    """
    counted = {(each.group or each.field).name for each in counted_fields(form)}
    whens = [form.publish_when, *(field.publish_when for field in form.fields.values())]
    steers = {name for when in whens if when for name in compile_check(when).names}
    return bool((counted | steers) & record.erased.keys())


def _shut_until(form: Form, standing: Mapping[str, Iterable[Received]]) -> str:
    """The last month that lost a record's day: which month it was counted in, nobody knows any more."""
    days = {field.name for field in form.fields.values() if field.type == "date" and field.has_column}
    lost = (period for period, some in standing.items() if any(days & each.erased.keys() for each in some))
    return max(lost, default="")


def _shut(asked: Asked, terms: Terms, answers: Mapping[str, Any]) -> bool:
    name = asked.group.name if asked.group else asked.field.name
    whens = (when for question in terms.questions if question.field.name == name for when in question.whens)
    return any(terms.holds_back(when, form, answers) for when, form in whens)


def _count(field: Field, answers: Iterable[Any], tally: Tally) -> None:
    for answer in answers:
        tally.total += 1
        if field.type in ("integer", "money"):
            tally.sum += answer or 0
            tally.summed += answer is not None
        elif answer is None:
            continue
        elif field.type == "boolean":
            tally.values[str(answer).lower()] += 1
        elif field.type == "choice":
            tally.values[answer] += 1
        elif field.type == "choices":
            tally.values.update(set(answer))
        else:
            tally.values["answered"] += 1


def _figures(asked: Asked, period: str, tally: Tally) -> tuple[list[Figure], list[list[Figure]]]:
    """The figures of one field, and the groups of them that add up to something public."""
    field, name, seen = asked.field, asked.name, tally.values

    def figure(value: str, n: int, virtual: bool = False) -> Figure:
        return Figure(name, period, value, n, virtual)

    if field.type in ("integer", "money"):
        return [Figure(name, period, "", tally.sum, few=tally.summed < FEWEST)], []
    if field.type in ("choice", "boolean"):
        known = [figure(value, seen[value]) for value in _named(field)]
        unsaid = tally.total - sum(each.n for each in known)
        whole = [*known, figure("", unsaid)] if unsaid or not field.required or field.only_if else known
        return whole, [whole]
    pairs = [
        [figure(value, seen[value]), figure(value, tally.total - seen[value], virtual=True)]
        for value in _named(field)
    ]
    return [each for pair in pairs for each in pair], pairs


def _named(field: Field) -> list[str]:
    """The values that get a figure of their own; of free answers, only that there is one."""
    if field.type == "boolean":
        return ["true", "false"]
    return list(field.choices) or ["answered"]


def _families(form: Form, asked: tuple[Asked, ...]) -> list[list[str]]:
    """Sums that a check of the form binds together: `men + women == people` gives one away by the others."""
    sums = {each.name for each in asked if each.field.type in ("integer", "money") and not each.group}
    families = [
        [name for name in sorted(set(check.fields)) if name in sums]
        for check in form.checks
        if "==" in check.that and ("+" in check.that or "-" in check.that)
    ]
    return [family for family in families if len(family) > 1]
