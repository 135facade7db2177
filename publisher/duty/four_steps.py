"""记载、考核、通报、评议 of one deputy as four links of a chain: what is there, what it says, and where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.rules.duty.assessment import reproduced
from ledger.rules.duty.bulletin import circulated, covers_all
from ledger.rules.duty.review import COUNTS, reviewed
from publisher.duty.archive import Archive
from publisher.duty.words import DutyWords
from publisher.finding.chain import Link
from publisher.reading.answers import Answers, answers, answers_about, unpublished
from publisher.reading.public import Public

ICON = {"pass": "ok", "warn": "part", "fail": "late", "unknown": "none"}
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "duty_assessment": ("deputy", "period_from", "period_to", "rule_version", "counts"),
    "duty_bulletin": ("published_on", "assessments"),
    "duty_review": ("deputy", "reviewed_on", "reviewers"),
}


def steps(public: Public, archive: Archive, code: str, said: DutyWords) -> list[Link]:
    """The four steps of one deputy, each with its latest record."""
    assessment = _latest(public, "duty_assessment", code, "period_to")
    return [
        _recorded(archive, code, said),
        _assessed(public, archive, code, assessment, said),
        _circulated(public, assessment, said),
        _reviewed(public, code, said),
    ]


def _recorded(archive: Archive, code: str, said: DutyWords) -> Link:
    own = archive.of(code)
    what = said.say("step.recorded")
    if not own:
        return Link("none", what, said.say("step.recorded.none"), "", None)
    last = own[-1]
    return Link("ok", what, said.say("step.recorded.last", what=said.duty(last.duty)), last.day, None)


def _assessed(
    public: Public, archive: Archive, code: str, assessment: Answers | None, said: DutyWords
) -> Link:
    what = said.say("step.assessed")
    if not _known(public, "duty_assessment"):
        return Link("none", what, said.say("not_public"), "", None)
    if assessment is None:
        return Link("none", what, said.say("step.assessed.none"), "", None)
    lamp = reproduced(assessment, archive.of(code), said.rulebook, archive.countable)
    period = said.say("period", first=assessment["period_from"], last=assessment["period_to"])
    told = said.lamp(lamp)["why"]
    href = public.path(assessment["code"])
    return Link(ICON[lamp.state], what, said.say("step.assessed.told", period=period, told=told), "", href)


def _circulated(public: Public, assessment: Answers | None, said: DutyWords) -> Link:
    what = said.say("step.circulated")
    if not _known(public, "duty_bulletin"):
        return Link("none", what, said.say("not_public"), "", None)
    bulletins = [
        answers(public, "duty_bulletin", row) for row in public.rows["duty_bulletin"] if not row["withheld"]
    ]
    found = circulated(assessment["code"], bulletins) if assessment else None
    if found is None:
        return Link("none", what, said.say("step.circulated.none"), "", None)
    lamp = covers_all(found)
    return Link(
        ICON[lamp.state], what, said.lamp(lamp)["why"], found["published_on"], public.path(found["code"])
    )


def _reviewed(public: Public, code: str, said: DutyWords) -> Link:
    what = said.say("step.reviewed")
    if not _known(public, "duty_review"):
        return Link("none", what, said.say("not_public"), "", None)
    review = _latest(public, "duty_review", code, "reviewed_on")
    if review is None:
        return Link("none", what, said.say("step.reviewed.none"), "", None)
    who = public.kinds["duty_review"].fields["reviewers"].say(review["reviewers"], public.titles, said.lang)
    graded = reviewed(review, said.rulebook)
    if graded is None:
        told = said.say("step.reviewed.few", who=who)
    else:
        counts = {name: review[name] for name in COUNTS}
        told = said.say("step.reviewed.told", who=who, base=graded.base, **counts)
    return Link("ok" if graded else "none", what, told, review["reviewed_on"], public.path(review["code"]))


def _known(public: Public, kind: str) -> bool:
    return kind in public.rows and not unpublished(public, kind, *_NEEDS[kind])


def _latest(public: Public, kind: str, code: str, day: str) -> Any:
    if not _known(public, kind):
        return None
    own = [each for each in answers_about(public, kind, code, "deputy") if day in each]
    return max(own, key=lambda each: (each[day], each["code"]), default=None)
