"""Opinions of the standing committee and how they were handled; reports and lead times; the bulletin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.oversight.lead import Lead
from ledger.rules.oversight.opinion import STATES, WITHIN
from ledger.words import Words
from publisher.oversight.said import STATE_ICONS, Said
from publisher.reading.answers import Answers
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public

PAGE = "deliberations"
REPLIED = ("replied", "acted")


def page(public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of the opinions is given."""
    said = Said(public, links, rulebook, words, lang, PAGE)
    around = said.around("deliberation_opinion")
    if around["closed"]:
        return around
    every = [(each, said.all.handled(each)) for each in said.all.records("deliberation_opinion")]
    every.sort(key=lambda pair: (STATES.index(pair[1].state), pair[1].deadline.due, pair[0]["code"]))
    of = len(every)
    answered = sum(found.answered for _, found in every)
    in_time = sum(found.in_time for _, found in every)
    read = sum(found.published_on is not None for _, found in every)
    table = "deliberation_opinion_state"
    return {
        **around,
        "verdict": (
            said.say("verdict", n=answered, of=of),
            said.say("verdict.rest", n=in_time, of=of, read=read),
        )
        if every
        else None,
        "figures": [
            said.figure("answered", answered, of, links.table(table, reported_on__notblank="1"), "reports"),
            said.figure("in_time", in_time, of, links.table(table, in_time="1"), "reports"),
            said.figure("published", read, of, links.table(table, read_on__notblank="1"), "reports"),
        ],
        "parts_of": said.parts("opinion", STATES[::-1], (found.state for _, found in every), "reports"),
        "items": [_item(said, each) for each, _ in every],
        "limit": {"text": said.say("limit"), "basis": said.lamps.rests_on(WITHIN)},
        "reports": [*_reports(said)],
        "lead_basis": said.lamps.rests_on("oversight.report_to_committee_before"),
        "bulletin": _bulletin(said),
    }


def _item(said: Said, each: Answers) -> dict[str, Any]:
    found = said.all.handled(each)
    told = [
        said.say("sent", day=each["sent_on"]),
        said.words.say("site.oversight.due", said.lang, day=found.deadline.due),
    ]
    if found.first:
        told.append(said.say("reported", day=found.first))
    if found.published_on:
        told.append(said.say("published", day=found.published_on))
    elif found.answered:
        told.append(said.say("unpublished"))
    if found.late:
        told.append(said.words.say("site.oversight.late", said.lang, n=found.late))
    if found.deadline.provisional:
        told.append(said.say("provisional"))
    return {
        **said.state("opinion", found.state),
        "title": said.public.titles[each["code"]],
        "href": said.public.path(each["code"]),
        "organ": said.link(each["organ"]) if "organ" in each else None,
        "told": told,
        "reports": [
            (said.say("report", day=one["reported_on"]), said.public.path(one["code"]))
            for one in said.all.reports.get(each["code"], ())
        ],
    }


def _reports(said: Said) -> Iterator[dict[str, Any]]:
    """Each report that was heard, the latest first, with its three days."""
    if not said.all.told("special_report"):
        return
    every = sorted(
        said.all.records("special_report"), key=lambda each: (each["heard_on"], each["code"]), reverse=True
    )
    for each in every:
        yield {
            "title": said.public.titles[each["code"]],
            "href": said.public.path(each["code"]),
            "steps": [lead_words(said, lead) for lead in said.all.leads(each)],
        }


def lead_words(said: Said, lead: Lead) -> dict[str, str]:
    """One lead time: what was due by when, when it was done, how many days too late."""
    key = {"in_time": "lead.in_time", "late": "lead.late", "unknown": "lead.unknown"}[lead.state]
    return {
        "icon": STATE_ICONS[lead.state],
        "name": said.lamps.field("special_report", lead.step),
        "text": said.say(key, latest=lead.latest, day=lead.sent or "", n=lead.late),
    }


def _bulletin(said: Said) -> dict[str, Any] | None:
    """代表诤言: of the matters in issues that are public, how many were answered."""
    issues = said.all.records("outspoken_bulletin")
    if not issues:
        return None
    matters = [row for each in issues for row in each.get("matters", ())]
    replied = sum(row.get("reply_state") in REPLIED for row in matters)
    return {
        "figure": said.figure(
            "bulletin", replied, len(matters), said.links.table("outspoken_bulletin_matters")
        ),
        "issues": [
            said.link(each["code"])
            for each in sorted(issues, key=lambda each: each["issued_on"], reverse=True)
        ],
    }


def record(
    public: Public, row: Mapping[str, Any], rulebook: Rulebook, words: Words, lang: str
) -> dict[str, Any]:
    """What the page of one opinion is given: how it stands, and how its deadline was counted."""
    said = Said(public, DataLinks(""), rulebook, words, lang, PAGE)
    each = said.all.record("deliberation_opinion", row["code"])
    if each is None or said.closed("deliberation_opinion"):
        return {"handled": None}
    found = said.all.handled(each)
    basis = said.say("named") if "due_on" in each else said.lamps.rests_on(WITHIN)
    return {"handled": {**_item(said, each), "how": said.counted(found.deadline), "basis": basis}}


def heard(
    public: Public, row: Mapping[str, Any], rulebook: Rulebook, words: Words, lang: str
) -> dict[str, Any]:
    """What the page of one report is given: its three lead times."""
    said = Said(public, DataLinks(""), rulebook, words, lang, PAGE)
    each = said.all.record("special_report", row["code"])
    if each is None or said.closed("special_report"):
        return {"leads": []}
    found = said.all.leads(each)
    return {
        "leads": [
            lead_words(said, each)
            | {"basis": said.lamps.rests_on(each.rule), "document": said.document(each.rule)}
            for each in found
        ]
    }
