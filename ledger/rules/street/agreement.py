"""What keeps a meeting of a street council aside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.agreement import AnswerProblem, Answers, Others, Rule, Writer

COUNCIL = "street_council"


def ballot_recommends(
    new: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """F1 地方组织法第五十九条: a sub-district has no congress; the ballot of its council recommends, and
    that of a congress is not the council's."""
    ballot = others.answers("ballot", new["ballot"]) if "ballot" in new else None
    if ballot is not None and ballot["body_kind"] != COUNCIL:
        yield _problem("/ballot", "ballot_decides", value=new["ballot"])


def recommends_what_was_voted_on(
    new: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """Where there was a ballot, what is recommended stood on its list."""
    ballot = others.answers("ballot", new["ballot"]) if "ballot" in new else None
    if ballot is None:
        return
    listed = [str(row["candidate"]) for row in ballot["candidates"] if "candidate" in row]
    for place, row in enumerate(new.get("recommended", ())):
        kept = others.kept("project_candidate", row["project"])
        named = any(kept.is_named(each) for each in listed) if kept else row["project"] in listed
        if not named:
            yield _problem(f"/recommended/{place}/project", "not_on_the_list", value=row["project"])


def decided_by_another(
    new: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """Who adopts a recommendation is an organ with that power, and never the council itself."""
    council = others.answers(COUNCIL, new["council"])
    for place, row in enumerate(new.get("recommended", ())):
        if council is not None and row.get("decided_by") == council["name"]:
            yield _problem(f"/recommended/{place}/decided_by", "council_decides", value=council["name"])


AGREEMENTS: Mapping[str, tuple[Rule, ...]] = {
    "street_meeting": (ballot_recommends, recommends_what_was_voted_on, decided_by_another),
}


def _problem(pointer: str, key: str, **params: Any) -> AnswerProblem:
    return AnswerProblem(pointer, f"problem.street.{key}", params)
