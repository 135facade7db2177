"""Signs that ratings were asked for rather than given (人情评价): a reason to look, and no verdict.

They point at organs, whose replies are rated, and at who entered the ratings; they rank nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Literal

from ledger.rulebooks import Rulebook
from ledger.rules.suggestion.case import Answers, Case, day_of
from ledger.rules.suggestion.figures import Figure, claims_borne_out, satisfaction
from ledger.rules.suggestion.handling import handlings
from ledger.rules.suggestion.item import items_of_organs, rater


@dataclass(frozen=True)
class Run:
    """Many ratings at once, all of them satisfied with everything.

    `by`: whose they have in common, an organ whose replies they rate, or a rater. `within`: 'minutes' where
    the moments of filing are known, else 'day': then nothing closer can be said.
    """

    by: Literal["organ", "rater"]
    who: str
    day: str
    ratings: tuple[str, ...]
    within: Literal["minutes", "day"]


@dataclass(frozen=True)
class Gap:
    """An organ that nearly all are satisfied with, and whose claims are mostly not borne out by checks."""

    organ: str
    satisfied: Figure
    borne_out: Figure


def satisfied_runs(cases: Iterable[Case], on: date, rulebook: Rulebook) -> tuple[Run, ...]:
    """Runs of ratings that are satisfied with attitude and result, of one organ or of one rater.

    >>> def case(n, result="satisfied"): return Case({"code": f"JY-{n}"}, {
    ...     "assignment": [{"code": f"JB-{n}", "organ": "JG-1", "assigned_on": "2026-03-02"}],
    ...     "reply": [{"code": f"DF-{n}", "assignment": f"JB-{n}", "replied_on": "2026-04-01"}],
    ...     "rating": [{"code": f"PF-{n}", "reply": f"DF-{n}", "rated_on": "2026-04-02",
    ...                 "attitude": "satisfied", "result": result}]})
    >>> from ledger.rulebooks import Value
    >>> book = Rulebook({}, {"suggestion.pressure_run": Value(5)})
    >>> [len(run.ratings) for run in satisfied_runs(map(case, range(5)), date(2026, 5, 1), book)]
    [5]
    >>> satisfied_runs([*map(case, range(5)), case(5, "basically")], date(2026, 5, 1), book)
    ()

    The trap: where only days are known, one other judgement on that day breaks the run, since none can say
    what came between. With moments (`filed_at`) only what lies between does.
    """
    rated = [(each, organ) for case in cases for each, organ in _ratings(case, on)]
    groups: dict[tuple[Literal["organ", "rater"], str, str], list[Answers]] = {}
    for rating, organ in rated:
        day = day_of("rating", rating)
        groups.setdefault(("organ", organ, day), []).append(rating)
        if rater(rating):
            groups.setdefault(("rater", rater(rating), day), []).append(rating)
    found = [
        Run(by, who, day, tuple(str(each["code"]) for each in run), within)
        for (by, who, day), ratings in sorted(groups.items())
        for run, within in _runs(ratings, rulebook)
    ]
    return tuple(found)


def _ratings(case: Case, on: date) -> Iterator[tuple[Answers, str]]:
    organs = {each["code"]: part.organ for part in handlings(case, on) for each in part.replies}
    for rating in case.until("rating", on):
        if rating.get("reply") in organs:
            yield rating, organs[rating["reply"]]


def _runs(
    ratings: Sequence[Answers], rulebook: Rulebook
) -> Iterator[tuple[list[Answers], Literal["minutes", "day"]]]:
    least = int(rulebook["suggestion.pressure_run"].value)
    if not all("filed_at" in each for each in ratings):
        if len(ratings) >= least and all(map(_all_satisfied, ratings)):
            yield sorted(ratings, key=lambda each: str(each["code"])), "day"
        return
    span = timedelta(minutes=int(rulebook["suggestion.pressure_minutes"].value))
    run: list[Answers] = []
    for each in sorted(ratings, key=lambda each: (_moment(each), str(each["code"]))):
        if run and (not _all_satisfied(each) or _moment(each) - _moment(run[0]) > span):
            if len(run) >= least:
                yield run, "minutes"
            run = []
        if _all_satisfied(each):
            run = [*run, each]
    if len(run) >= least:
        yield run, "minutes"


def _all_satisfied(rating: Answers) -> bool:
    return rating.get("attitude") == rating.get("result") == "satisfied"


def _moment(rating: Answers) -> datetime:
    return datetime.fromisoformat(str(rating["filed_at"]))


def satisfied_not_delivered(cases: Iterable[Case], on: date, rulebook: Rulebook) -> tuple[Gap, ...]:
    """Organs with high satisfaction with the result and few claims borne out, each of enough suggestions.

    The trap: of two checks one that failed says little; below the least number nothing is said.
    """
    least = int(rulebook["suggestion.pressure_run"].value)
    high = rulebook["suggestion.pressure_satisfied_from"].fraction
    low = rulebook["suggestion.pressure_verified_below"].fraction
    found = []
    for organ, own in items_of_organs(cases, on).items():
        satisfied = satisfaction(own, "result", rulebook)["satisfied"]
        borne_out = claims_borne_out(own)
        if min(satisfied.of, borne_out.of) >= least and _share(satisfied) >= high and _share(borne_out) < low:
            found.append(Gap(organ, satisfied, borne_out))
    return tuple(found)


def _share(figure: Figure) -> Fraction:
    return Fraction(figure.n, figure.of)
