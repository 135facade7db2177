"""Counts about residents by quarter, answer and area, of kinds whose records stay inside one by one.

A form whose grid is `counted` is told here and nowhere else: how many records there are, and how many gave
each answer, for everywhere, for each township and for each village. A quarter is counted once, over what had
been received by the tenth day after it, by the map of that day. Nothing below five is said, nor what would
give it away by a row, a column, a total or a place within another (`adding_up`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ledger.fields import Field
from ledger.forms import Form
from publisher.out.adding_up import Key, Sum, unsaid
from publisher.out.areas import ELSEWHERE, EVERYWHERE, Areas
from publisher.out.counted import RECEIVED_BY, Asked, Received
from publisher.out.leaving import Terms

RECORDS = ("", "")
"""The field and the value of a figure that counts records."""
Answer = tuple[str, str]
Resolve = Callable[[str, str], "str | None"]


@dataclass(frozen=True)
class AreaCell:
    """One figure: `field` '' counts records, `value` '' those without an answer; None is suppressed."""

    kind: str
    field: str
    period: str
    area: str
    value: str
    n: int | None
    suppressed: bool


def area_of(form: Form) -> Field | None:
    """The grid by which a kind is counted; None where it is told by month, or not at all."""
    grids = (each for each in form.fields.values() if each.publish == "counted" and each.refers_to)
    return next(grids, None)


def area_cells(
    forms: Mapping[str, Form],
    records: Iterable[Received],
    as_of: date,
    resolve: Resolve,
    *,
    wordings: Mapping[str, Form] | None = None,
    timezone: str = "Asia/Shanghai",
) -> list[AreaCell]:
    """Every figure that stands on this day, in the order of forms, quarters, areas, fields and choices.

    `records` are all accepted versions of all kinds; `resolve` finds the code of a grid by what names it.
    """
    by_area = {kind: (form, grid) for kind, form in sorted(forms.items()) if (grid := area_of(form))}
    if not by_area:
        return []
    known = {**(wordings or {}), **{form.version: form for form in forms.values()}}
    came = _came(
        (each for each in records if each.kind in by_area or each.kind == "grid"), ZoneInfo(timezone)
    )
    return [
        cell
        for form, grid in by_area.values()
        for cell in _Kind(form, grid, known, came, resolve, as_of).cells()
    ]


def quarter(day: str) -> str:
    """The quarter of a day.

    >>> quarter("2026-03-31"), quarter("2026-04-01")
    ('2026-Q1', '2026-Q2')
    """
    return f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}"


def closes_on(period: str) -> date:
    """The last day on which a record of this quarter counts.

    >>> closes_on("2026-Q3"), closes_on("2026-Q4")
    (datetime.date(2026, 10, 10), datetime.date(2027, 1, 10))
    """
    year, q = int(period[:4]), int(period[-1])
    return date(year + q // 4, q * 3 % 12 + 1, RECEIVED_BY)


def _next(period: str) -> str:
    year, q = int(period[:4]), int(period[-1])
    return f"{year + q // 4}-Q{q % 4 + 1}"


@dataclass(frozen=True)
class _Came:
    """A version with the day it came, and the day on which another took its place."""

    version: Received
    on: date
    until: date | None

    def stood(self, day: date) -> bool:
        """Whether it was the current one at the end of a day."""
        return self.on <= day and (self.until is None or self.until > day)


def _came(versions: Iterable[Received], zone: ZoneInfo) -> list[_Came]:
    by_code: dict[str, list[Received]] = defaultdict(list)
    for version in versions:
        by_code[version.code].append(version)
    found = []
    for history in by_code.values():
        history.sort(key=lambda version: version.position)
        days = [_day(each.received_at, zone) for each in history]
        for n, version in enumerate(history):
            found.append(_Came(version, days[n], min(days[n + 1 :], default=None)))
    return found


def _day(received_at: str, zone: ZoneInfo) -> date:
    return datetime.fromisoformat(received_at.replace("Z", "+00:00")).astimezone(zone).date()


@dataclass(frozen=True)
class _Kind:
    """One kind that is counted by area."""

    form: Form
    grid: Field
    wordings: Mapping[str, Form]
    came: list[_Came]
    resolve: Resolve
    as_of: date

    def cells(self) -> Iterator[AreaCell]:
        """All its figures, quarter by quarter from the first with a record to the last that has closed."""
        mine = [(each, self._period(each)) for each in self.came if each.version.kind == self.form.kind]
        closed = [(each, period) for each, period in mine if closes_on(period) < self.as_of]
        period = min((period for each, period in closed if each.stood(closes_on(period))), default="")
        shut_until = max((period for each, period in mine if self._lost_its_day(each.version)), default="")
        while period and closes_on(period) < self.as_of:
            day = closes_on(period)
            some = [each.version for each, of in closed if of == period and each.stood(day)]
            shut = period <= shut_until or any(map(self._loses, some))
            yield from self._of_quarter(period, some, self._areas(day), shut)
            period = _next(period)

    def _of_quarter(
        self, period: str, records: list[Received], areas: Areas, shut: bool
    ) -> Iterator[AreaCell]:
        counted: Counter[Key] = Counter()
        for record in records:
            terms = Terms.of(self.wordings.get(record.form), self.form)
            if terms.filed is None or terms.gate != "none" or terms.ties or terms.conditions:
                continue  # what decides about a record may come after the quarter has closed
            answers = (RECORDS, *self._answers(record, terms.filed))
            for area in areas.around(areas.place(self._where(record, terms.filed))):
                counted.update((area, *answer) for answer in answers)
        figures = self._figures(counted)
        numbers, sums = _system(counted, figures, areas)
        hidden = set(numbers) if shut else unsaid(numbers, sums, {k for k in numbers if _is_rest(k[0])})
        told_of = {(area, field) for area, field, _ in numbers.keys() - hidden}
        for area in (EVERYWHERE, *areas.within):
            for field, value in figures:
                # Of a place where nothing is said of a question, a row for each answer would only repeat it.
                if (field, value) == RECORDS or area == EVERYWHERE or (area, field) in told_of:
                    key = (area, field, value)
                    n = None if key in hidden else numbers[key]
                    yield AreaCell(self.form.kind, field, period, area, value, n, n is None)

    def _figures(self, counted: Counter[Key]) -> list[Answer]:
        """What is counted: records, and each answer to each question; '' where none was given, or need be."""
        found = [RECORDS]
        for field in self._questions():
            values = ["true", "false"] if field.type == "boolean" else list(field.choices)
            silent = not field.required or field.only_if or counted[EVERYWHERE, field.name, ""]
            found += [(field.name, value) for value in (*values, *([""] if silent else []))]
        return found

    def _questions(self) -> list[Field]:
        fields = self.form.fields.values()
        return [each for each in fields if each.publish == "counted" and each.type in ("choice", "boolean")]

    def _answers(self, record: Received, filed: Form) -> Iterator[Answer]:
        """What a record says to each question. What was filed as `never` is no answer, nor an old choice."""
        for field in self._questions():
            value = record.answers.get(field.name)
            if Asked(field).policy_when_filed(filed) == "never":
                value = None
            said = str(value).lower() if isinstance(value, bool) else value
            known = said in field.choices or field.type == "boolean"
            yield field.name, str(said) if said is not None and known else ""

    def _where(self, record: Received, filed: Form) -> str | None:
        """The code of the grid that a record names."""
        ref = record.answers.get(self.grid.name)
        if ref is None or Asked(self.grid).policy_when_filed(filed) == "never":
            return None
        return self.resolve("grid", str(ref))

    def _areas(self, day: date) -> Areas:
        grids = (each.version for each in self.came if each.version.kind == "grid" and each.stood(day))
        return Areas.of({each.code: each.answers for each in grids}, self.resolve)

    def _day_field(self) -> str:
        """The date that says which quarter a record is of; without one it is that of its arrival."""
        days = (each for each in self.form.fields.values() if each.type == "date")
        return next((each.name for each in days if each.publish == "counted"), "")

    def _period(self, each: _Came) -> str:
        return quarter(str(each.version.answers.get(self._day_field()) or each.on.isoformat()))

    def _loses(self, record: Received) -> bool:
        """Whether something was erased of a record that the figures are made of: they say no more then."""
        names = {each.name for each in self.form.fields.values() if each.publish == "counted"}
        return bool(names & record.erased.keys())

    def _lost_its_day(self, record: Received) -> bool:
        """Whether nobody knows any more in which quarter a record was counted."""
        return self._day_field() in record.erased


def _system(counted: Counter[Key], figures: list[Answer], areas: Areas) -> tuple[dict[Key, int], list[Sum]]:
    """Every figure, the remainders too, and what adds up to what: answers to records, places to places."""
    rests = sorted({area for area, *_ in counted if _is_rest(area)})
    above = {**areas.within, **{rest: rest.removesuffix(ELSEWHERE) for rest in rests}}
    numbers = {(area, *of): counted[area, *of] for area in (EVERYWHERE, *above) for of in figures}
    sums = [
        Sum((area, *RECORDS), tuple((area, name, value) for name, value in figures if name == field))
        for area in (EVERYWHERE, *above)
        for field in dict.fromkeys(name for name, _ in figures if name)
    ]
    below: dict[str, list[str]] = defaultdict(list)
    for place, area in above.items():
        below[area].append(place)
    for area, places in below.items():
        sums += [Sum((area, *of), tuple((place, *of) for place in places)) for of in figures]
    return numbers, sums


def _is_rest(area: str) -> bool:
    return area.endswith(ELSEWHERE)
