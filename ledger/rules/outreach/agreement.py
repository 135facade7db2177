"""What must agree between a need and its deed, and between those invited to a training and those who came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ledger.agreement import AnswerProblem, Answers, Others, Rule, Writer
from ledger.rules.outreach.needs import closed_with_deed_or_reason


def met_by_a_deed_done_since(
    need: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """A need is met by a deed that was done since it was asked for, and not after it was closed."""
    if need.get("outcome") != "met":
        return
    deed = others.kept("service_deed", need["deed"])
    if deed is None:
        return  # that nothing is there was said already
    lamp = closed_with_deed_or_reason(need, deed.answers)
    if lamp.state == "fail":
        yield AnswerProblem("/deed", "problem.outreach.deed_before", {"value": need["deed"], **lamp.params})
    elif "closed_on" in need and deed.answers["done_on"] > need["closed_on"]:
        params = {"value": need["deed"], "done": deed.answers["done_on"], "closed": need["closed_on"]}
        yield AnswerProblem("/deed", "problem.outreach.deed_after", params)


def closed_with_its_outcome(
    need: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """A day on which a need was closed says nothing without how: a deed or a reason."""
    if "closed_on" in need and "outcome" not in need:
        yield AnswerProblem("/outcome", "problem.outreach.closed_without", {"day": need["closed_on"]})


def took_part_of_those_invited(
    training: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """Who took part was invited, whether written by name or by code: the rate is of those invited."""
    invited = set(_codes(training.get("invited", ()), others).values())
    for place, (ref, code) in enumerate(_codes(training.get("attendees", ()), others).items()):
        if code not in invited:
            yield AnswerProblem(f"/attendees/{place}", "problem.outreach.not_invited", {"value": ref})


def present_or_on_leave(
    training: Answers, others: Others, writer: Writer, replaced: str | None
) -> Iterator[AnswerProblem]:
    """Nobody both takes part and is on leave."""
    came = set(_codes(training.get("attendees", ()), others).values())
    for place, (ref, code) in enumerate(_codes(training.get("leave", ()), others).items()):
        if code in came:
            yield AnswerProblem(f"/leave/{place}", "problem.outreach.present_on_leave", {"value": ref})


def _codes(refs: tuple[str, ...] | list[str], others: Others) -> dict[str, str]:
    """Each reference with the code of the deputy it means."""
    kept = {ref: others.kept("deputy", ref) for ref in refs}
    return {ref: found.code if found else ref for ref, found in kept.items()}


AGREEMENTS: Mapping[str, tuple[Rule, ...]] = {
    "need": (closed_with_its_outcome, met_by_a_deed_done_since),
    "training": (took_part_of_those_invited, present_or_on_leave),
}
