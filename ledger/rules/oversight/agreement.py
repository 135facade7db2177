"""Must the records of oversight agree? A closing without its report, an observer out of term, a problem
that no appraisal found: what makes the ledger contradict itself is kept aside. A bad sign is a lamp.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.agreement import AnswerProblem, Answers, Kept, Others, Rule, Writer
from ledger.rules.oversight.chain import ANY_CHAIN, HALVES
from ledger.rules.oversight.observers import fits, in_term, must_step_back
from ledger.rules.suggestion.handler_agreement import for_own_organ

Problems = Iterator[AnswerProblem]

ASKED = frozenset({("deliberation_opinion", "item"), ("oversight_step", "item")})


# -- appraisals and what is mended --


def again_after_an_earlier_one(
    new: Answers, others: Others, writer: Writer, replaced: str | None
) -> Problems:
    """再评议: appraised again is the same organ, and later."""
    earlier = others.kept("appraisal", new["again_after"]) if "again_after" in new else None
    if earlier is None:
        return
    if not _same(others, "organ", new["organ"], earlier.answers["organ"]):
        yield _problem("/again_after", "again_other_organ", code=earlier.code)
    elif earlier.answers["tested_on"] >= new["tested_on"]:
        yield _problem("/again_after", "again_before", day=earlier.answers["tested_on"])


def mends_what_was_found(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """A rectification is of a problem that the appraisal found, and is due after it."""
    found = others.answers("appraisal", new["appraisal"])
    if found is None:
        return
    items = [row["item"] for row in found.get("problems", ())]
    if new["item"] not in items:
        yield _problem("/item", "mends_nothing", value=new["item"], there="、".join(items) or "—")
    if new["due_on"] < found["tested_on"]:
        yield _problem("/due_on", "due_before_test", due=new["due_on"], day=found["tested_on"])


def not_verified_by_itself(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """验收: an organ does not confirm its own word, and its person on the phone only claims."""
    organ = others.answers("organ", new["organ"]) or {}
    own = {organ.get("name"), organ.get("short_name")} - {None}
    if new.get("verified") and (new.get("verified_by", "").strip() in own or writer.role == "handler"):
        yield _problem("/verified_by", "verified_by_itself")


# -- chains --


def step_of_its_chain(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """A step is one of the two halves of its chain, a follow-up or the closing, and not before the start."""
    item = others.answers("oversight_item", new["item"])
    if item is None:
        return
    if new["step"] not in (*HALVES[item["chain"]], *ANY_CHAIN):
        yield _problem("/step", "step_of_other_chain")
    if new["held_on"] < item["started_on"]:
        yield _problem("/held_on", "step_before_start", value=new["held_on"], day=item["started_on"])


def closed_with_its_reports(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """销号: a chain closes only when both halves were held, and for every opinion it names the report on it,
    which was published by that day and not sent back (监督法（2024 年修正）第十七条)."""
    if new["step"] != "closing":
        return
    item = others.answers("oversight_item", new["item"])
    if item is None:
        return
    day = new["held_on"]
    steps = others.about("oversight_step", "item", new["item"])
    held = {each.answers["step"] for each in steps if each.answers["held_on"] <= day}
    if missing := [half for half in HALVES[item["chain"]] if half not in held]:
        yield _problem("/step", "closed_half", n=len(missing))
    opinions = others.about("deliberation_opinion", "item", new["item"])
    if not opinions:
        yield _problem("/item", "closed_no_opinion")
    reports = [kept for ref in new.get("handling", ()) if (kept := others.kept("handling_report", ref))]
    for place, report in enumerate(reports):
        yield from _usable(place, report, opinions, day)
    for opinion in opinions:
        if not any(opinion.is_named(each.answers["opinion"]) for each in reports):
            yield _problem("/handling", "closed_no_report", code=opinion.code)


def _usable(place: int, report: Kept, opinions: Any, day: str) -> Problems:
    at = f"/handling/{place}"
    if not any(opinion.is_named(report.answers["opinion"]) for opinion in opinions):
        yield _problem(at, "closed_other_report", code=report.code)
    if report.answers.get("published_on", "9999") > day:
        yield _problem(at, "closed_unpublished", code=report.code, day=day)
    if report.answers.get("committee_says") == "again":
        yield _problem(at, "closed_sent_back", code=report.code)


def expert_takes_part(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """专业监督 names the observers who were there: in term, and with no interest in an organ looked at."""
    if "expert" in new.get("modes", ()) and not new.get("observers"):
        yield _problem("/observers", "expert_nobody")
    item = others.answers("oversight_item", new["item"]) or {}
    organs = [_code(others, "organ", ref) for ref in item.get("organs", ())]
    for place, ref in enumerate(new.get("observers", ())):
        if observer := others.kept("observer", ref):
            yield from _observing(f"/observers/{place}", observer, new["held_on"], organs, others)


def _observing(at: str, observer: Kept, day: str, organs: list[str], others: Others) -> Problems:
    if not in_term(observer.answers, day):
        yield _problem(at, "observer_term", code=observer.code, day=day, until=observer.answers["until"])
    avoids = [_code(others, "organ", ref) for ref in observer.answers.get("avoids", ())]
    if must_step_back({"avoids": avoids}, organs):
        yield _problem(at, "observer_interest", code=observer.code)


def reported_by_who_was_there(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """An observer reports on a step that names them, and with a speciality of their own."""
    observer = others.kept("observer", new["observer"])
    step = others.answers("oversight_step", new["step"])
    if observer is None or step is None:
        return
    if not any(observer.is_named(ref) for ref in step.get("observers", ())):
        yield _problem("/step", "observer_absent", code=observer.code)
    if not fits(observer.answers, new["speciality"]):
        yield _problem("/speciality", "observer_speciality", code=observer.code)
    if new["reported_on"] < step["held_on"]:
        yield _problem("/reported_on", "observer_before", value=new["reported_on"], day=step["held_on"])


# -- opinions and resolutions --


def opinion_to_who_was_overseen(
    new: Answers, others: Others, writer: Writer, replaced: str | None
) -> Problems:
    """An opinion of a chain goes to an organ that the chain looks at."""
    item = others.answers("oversight_item", new["item"]) if "item" in new else None
    if item and not any(_same(others, "organ", new["organ"], ref) for ref in item["organs"]):
        yield _problem("/organ", "opinion_other_organ")


def handled_by_its_organ(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """第十七条: the organ that an opinion was sent to reports, after it was sent."""
    opinion = others.answers("deliberation_opinion", new["opinion"])
    if opinion is None:
        return
    if not _same(others, "organ", new["organ"], opinion["organ"]):
        yield _problem("/organ", "handled_by_other")
    if new["reported_on"] < opinion["sent_on"]:
        yield _problem("/reported_on", "handled_before", value=new["reported_on"], day=opinion["sent_on"])


def followed_by_somebody_else(new: Answers, others: Others, writer: Writer, replaced: str | None) -> Problems:
    """跟踪问效: who carries a resolution out does not follow it up, and nobody does before it was adopted."""
    decided = others.answers("adopted_resolution", new["decided"])
    if decided is None:
        return
    organ = others.answers("organ", decided["organ"]) or {}
    if new["followed_by"].strip() in {organ.get("name"), organ.get("short_name")}:
        yield _problem("/followed_by", "followed_by_itself")
    if new["followed_on"] < decided["adopted_on"]:
        yield _problem("/followed_on", "followed_before", value=new["followed_on"], day=decided["adopted_on"])


AGREEMENTS: Mapping[str, tuple[Rule, ...]] = {
    "appraisal": (again_after_an_earlier_one,),
    "rectification": (for_own_organ, mends_what_was_found, not_verified_by_itself),
    "commitment": (for_own_organ, not_verified_by_itself),
    "oversight_step": (step_of_its_chain, closed_with_its_reports, expert_takes_part),
    "observer_report": (reported_by_who_was_there,),
    "deliberation_opinion": (opinion_to_who_was_overseen,),
    "handling_report": (for_own_organ, handled_by_its_organ),
    "resolution_followup": (followed_by_somebody_else,),
}


def _code(others: Others, kind: str, ref: str) -> str:
    kept = others.kept(kind, ref)
    return kept.code if kept else ref


def _same(others: Others, kind: str, one: str, other: str) -> bool:
    return _code(others, kind, one) == _code(others, kind, other)


def _problem(pointer: str, what: str, **params: Any) -> AnswerProblem:
    return AnswerProblem(pointer, f"problem.oversight.{what}", params)
