"""What keeps an amendment aside: decided by nobody who may, or of what is not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.agreement import AnswerProblem, Answers, Others, Rule, Writer
from ledger.rules.plan.versions import versions

ASKED = frozenset({("plan_amendment", "plan")})

_WHO = {
    "chairpersons_council": {"zh": "主任会议", "en": "the council of chairpersons"},
    "presidium": {"zh": "乡镇人大主席团", "en": "the township presidium"},
}


def decided_by_who_may(
    new: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """C12: a plan of a township's presidium is amended by it, any other by the council of chairpersons."""
    plan = others.answers("annual_plan", new["plan"])
    if plan is None:
        return
    right = "presidium" if plan["approved_by"] == "presidium" else "chairpersons_council"
    if new["decided_by"] != right:
        yield _problem("/decided_by", "decided_by_other", who=_WHO[right])


def amended_after_approval(
    new: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """A plan is amended once there is one."""
    plan = others.answers("annual_plan", new["plan"])
    if plan is not None and new["decided_on"] < plan["approved_on"]:
        yield _problem("/decided_on", "amended_before", value=new["decided_on"], day=plan["approved_on"])


def changes_what_is_there(
    new: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """An added item takes a number nobody has or had; any other change is of an item that stands."""
    plan = others.answers("annual_plan", new["plan"])
    if plan is None:
        return
    kept = [each for each in others.about("plan_amendment", "plan", new["plan"]) if each.code != replaced]
    earlier = [
        {**each.answers, "code": each.code}
        for each in kept
        if each.answers["decided_on"] <= new["decided_on"]
    ]
    found = versions(plan, earlier)
    there = {each.item for each in found[-1].items}
    ever = {each.item for version in found for each in version.items}
    for place, row in enumerate(new.get("changes", ())):
        if row["change"] == "added" and row["item"] in ever:
            yield _problem(f"/changes/{place}/item", "item_taken", item=row["item"])
        if row["change"] != "added" and row["item"] not in there:
            items = ", ".join(sorted(there, key=int))
            yield _problem(f"/changes/{place}/item", "item_unknown", item=row["item"], items=items)


AGREEMENTS: Mapping[str, tuple[Rule, ...]] = {
    "plan_amendment": (decided_by_who_may, amended_after_approval, changes_what_is_there),
}


def _problem(pointer: str, key: str, **params: Any) -> AnswerProblem:
    return AnswerProblem(pointer, f"problem.plan.{key}", params)
