"""Must a record of contact agree with those kept? What shows beside others, or takes more than a form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.agreement import AnswerProblem, Answers, Others, Rule, Writer
from ledger.rules.contact import linkage, spot

ASKED = frozenset({("grid_assignment", "deputy"), ("contact_link", "who")})

Problems = Iterator[AnswerProblem]


def link_is_there_once(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """One pair of one kind stands once at a time: a second record of it would count one contact as two."""
    target = next((name for name in _TARGETS if name in new), None)
    if target is None:
        return
    for each in others.about("contact_link", "who", new["who"]):
        there = each.answers
        same = there.get("link_kind") == new["link_kind"] and _same(others, target, there.get(target), new)
        if same and _overlap(there, new, "valid_from", "valid_to"):
            yield _problem("/who", "link_twice", code=each.code)
            return


_TARGETS: Mapping[str, str | None] = {
    "target_deputy": "deputy",
    "target_grid": "grid",
    "target_community": "grid",
    "target_org": None,
    "target_enterprise": None,
}
"""The fields that name a target, and the kind of record they refer to."""


def _same(others: Others, field: str, there: Any, new: Answers) -> bool:
    kind = _TARGETS[field]
    if there is None or kind is None:
        return there is not None and there == new[field]
    return _code(others, kind, there) == _code(others, kind, new[field])


def assigned_once(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """A deputy is assigned to a grid once at a time; coming back after an end is a new assignment."""
    grid = _code(others, "grid", new["grid"])
    for each in others.about("grid_assignment", "deputy", new["deputy"]):
        there = each.answers
        if _code(others, "grid", there["grid"]) == grid and _overlap(there, new, "assigned_on", "ended_on"):
            yield _problem("/grid", "assigned_twice", code=each.code, day=there["assigned_on"])
            return


def report_rests_on_something(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """五个一: a report names the visits or opinions it rests on; neither is a report out of thin air.

    >>> [each.key for each in report_rests_on_something({"subject": "关于养老的报告"}, None, None, None)]
    ['problem.contact.report_sources']
    """
    if not new.get("visits") and not new.get("opinions"):
        yield _problem("/visits", "report_sources")


def drawn_as_the_seed_says(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """Whoever draws again from list and seed finds the same numbers, and who stands at each."""
    frame = [_code(others, "deputy", each) for each in new["frame"]]
    if len(set(frame)) < len(frame):
        twice = next(n for n, each in enumerate(frame) if each in frame[:n])
        yield _problem(f"/frame/{twice}", "frame_twice", number=twice + 1)
        return
    right = spot.draw(new["seed"], len(frame), new["sample_size"])
    if sorted(right) != sorted(row["number"] for row in new["drawn"]):
        numbers = "、".join(map(str, sorted(right)))
        yield _problem("/drawn", "drawn_otherwise", numbers=numbers)
        return
    rows = [{**row, "deputy": _code(others, "deputy", row["deputy"])} for row in new["drawn"]]
    for n in spot.misnamed(frame, rows):
        yield _problem(f"/drawn/{n}/deputy", "drawn_misnamed", number=rows[n]["number"])


def escalations_go_up(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """An escalation leads upwards.

    >>> new = {"escalations": [{"issue": 1, "from_level": "county", "to_level": "township"}]}
    >>> [(each.pointer, each.key) for each in escalations_go_up(new, None, None, None)]
    [('/escalations/0/to_level', 'problem.contact.escalated_down')]
    """
    for n, row in enumerate(new.get("escalations", ())):
        if not linkage.goes_up(row):
            yield _problem(f"/escalations/{n}/to_level", "escalated_down", number=row["issue"])


def issues_have_an_owner(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """Each issue is owned by a level that takes part, or that it was sent up to.

    >>> new = {"levels": ["township", "county"], "issues": [{"number": 1, "owner_level": "national"}]}
    >>> [(each.pointer, each.params["number"]) for each in issues_have_an_owner(new, None, None, None)]
    [('/issues/0/owner_level', 1)]
    """
    for n, row in enumerate(new.get("issues", ())):
        if not linkage.owner_takes_part(row, new["levels"], new.get("escalations", ())):
            yield _problem(f"/issues/{n}/owner_level", "owner_absent", number=row["number"])


AGREEMENTS: Mapping[str, tuple[Rule, ...]] = {
    "contact_link": (link_is_there_once,),
    "grid_assignment": (assigned_once,),
    "opinion_report": (report_rests_on_something,),
    "spot_check": (drawn_as_the_seed_says,),
    "linkage_activity": (escalations_go_up, issues_have_an_owner),
}


def _code(others: Others, kind: str, ref: str) -> str:
    kept = others.kept(kind, ref)
    return kept.code if kept else ref


def _overlap(one: Answers, other: Answers, start: str, end: str) -> bool:
    """Whether two spans share a day, but for the one on which the first ends and the other begins."""
    return bool(one[start] < other.get(end, "9999-12-31") and other[start] < one.get(end, "9999-12-31"))


def _problem(pointer: str, key: str, **params: Any) -> AnswerProblem:
    return AnswerProblem(pointer, f"problem.contact.{key}", params)
