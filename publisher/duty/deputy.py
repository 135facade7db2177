"""What a deputy's page says of duties: what came of what people told them, what they did, the four steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.duty.entry import ENTRY, verified_late
from ledger.rules.duty.participation import participation
from ledger.rules.duty.report_back import own_visits, reported_in_term
from ledger.rules.duty.session import missed_without_leave
from ledger.rules.lamps import Lamp
from ledger.words import Words
from publisher.duty.archive import archive, attendance
from publisher.duty.four_steps import steps
from publisher.duty.words import DutyWords
from publisher.finding.counts import HERE
from publisher.finding.places import places
from publisher.pages.lists import facet_of
from publisher.reading.answers import answers_about, unpublished
from publisher.reading.facts import link
from publisher.reading.public import Public, listed

Row = Mapping[str, Any]
MOST, HEARD = 8, 4
REPORT, VISIT, OPINION = "report_back", "visit", "opinion"


def part(public: Public, row: Row, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of a deputy is given of duties. Addresses of rows begin after `kind.base`."""
    said, code = DutyWords(public, words, rulebook, lang, HERE), row["code"]
    found = archive(public)
    own = found.of(code)
    latest = own[::-1][:MOST]
    return {
        "reported": _reported(public, row, said),
        "missed": _missed(public, row, said),
        "home": _home(public, row, said),
        "late": _late(public, code, said),
        "heard": _heard(public, code, said),
        "did": [said.entry(each) for each in latest],
        "all": said.rows(code=code) if own else None,
        "of": len(own),
        "shares": said.shares(participation(own), code=code),
        "areas": said.areas(own, code=code),
        "areas_basis": said.rests_on("areas_confirmed"),
        "steps": steps(public, found, code, said),
        "topics": _topics(public, row, lang),
        "untold": said.untold(found.untold),
    }


def _reported(public: Public, row: Row, said: DutyWords) -> dict[str, Any] | None:
    """The last report to voters of this term, or that none is recorded; None where that is not public."""
    if REPORT not in public.rows or unpublished(public, REPORT, "deputy", "reported_on"):
        return None
    reports = answers_about(public, REPORT, row["code"], "deputy")
    since, until = str(row.get("elected_on") or ""), str(public.release["as_of"])
    lamp = reported_in_term(reports, since, until, said.rulebook)
    last = [each for each in reports if each["reported_on"] == lamp.params.get("last")]
    href = public.path(last[0]["code"]) if last else None
    return {**said.lamp(lamp), "href": href}


def _missed(public: Public, row: Row, said: DutyWords) -> dict[str, Any] | None:
    """The sessions of the own congress missed without leave; None where nothing is recorded."""
    told = attendance(public, row["code"])
    lamp: Lamp = missed_without_leave(told, said.rulebook, str(row.get("elected_on") or ""))
    if lamp.state == "unknown":
        return None
    return {**said.lamp(lamp), "rows": said.rows(code=row["code"], duty="session_attendance")}


def _home(public: Public, row: Row, said: DutyWords) -> str:
    """回选区访选民: how many visits of this year led to the own grids; nothing where that is not public."""
    grids = [str(each) for each in listed(row.get("grids"))]
    if not grids or VISIT not in public.rows or unpublished(public, VISIT, "grid", "visited_on", "deputies"):
        return ""
    year = str(public.release["as_of"])[:4]
    visits = answers_about(public, VISIT, row["code"], "deputies", "author")
    lies = {each.code: each.within for each in places(public).values() if each.within}
    n = len(own_visits(visits, grids, lies, year))
    asked = said.rulebook["duty.own_visits_per_year"].value
    return said.say("home", year=year, n=n, asked=asked, basis=said.rests_on("own_visits_per_year"))


def _late(public: Public, code: str, said: DutyWords) -> str:
    """How many entries of attendance were verified later than the rulebook allows; nothing where none was."""
    if ENTRY not in public.rows or unpublished(public, ENTRY, "deputy", "happened_on", "verified_on"):
        return ""
    own = answers_about(public, ENTRY, code, "deputy")
    late = sum(verified_late(each, said.rulebook) is not None for each in own)
    limit = said.rulebook["duty.late_entry_after"].limit.number
    return said.say("late", n=late, of=len(own), days=limit) if late else ""


def _heard(public: Public, code: str, said: DutyWords) -> dict[str, Any] | None:
    """What people told the deputy on visits, and whether they were told what came of it."""
    needed = ("visit", "disposition", "told_citizen_on")
    if OPINION not in public.rows or unpublished(public, OPINION, *needed):
        return None
    visits = {each.code for each in public.about.get(code, ()) if each.kind == VISIT}
    codes = {
        each.code
        for visit in visits
        for each in public.about.get(visit, ())
        if (each.kind, each.via) == (OPINION, "visit")
    }
    rows = [public.by_code(OPINION)[each] for each in sorted(codes)]
    rows = sorted((each for each in rows if not each["withheld"]), key=_received, reverse=True)
    told = sum(bool(each["told_citizen_on"]) for each in rows)
    return {
        "verdict": said.say("heard", n=len(rows), told=told) if rows else "",
        "items": [_one_heard(public, each, said) for each in rows[:HEARD]],
        "more": said.say("heard.more", n=len(rows) - HEARD) if len(rows) > HEARD else "",
    }


def _received(row: Row) -> tuple[str, str]:
    return str(row["received_on"] or ""), row["code"]


def _one_heard(public: Public, row: Row, said: DutyWords) -> dict[str, Any]:
    kind = public.kinds[OPINION]
    title, href = link(public, row["code"])
    state = row["disposition"]
    became = [
        link(public, each.code)
        for each in public.about.get(row["code"], ())
        if (each.kind, each.via) == ("suggestion", "origin_opinions")
    ]
    return {
        "title": row.get("summary") or title,
        "href": href,
        "day": kind.date(row),
        "state": kind.fields["disposition"].say(state, public.titles, said.lang)
        if state
        else said.say("no_state"),
        "icon": "ok" if row["told_citizen_on"] else "none",
        "told": said.say("told", day=row["told_citizen_on"])
        if row["told_citizen_on"]
        else said.say("not_told"),
        "became": became[:1],
    }


def _topics(public: Public, row: Row, lang: str) -> list[tuple[str, str | None]]:
    """What the deputy knows well; each leads to all deputies of that topic."""
    asked = public.kinds["deputy"].fields.get("expertise")
    if asked is None or not asked.public:
        return []
    key = "duty_topics"
    if key not in public.computed:
        values = facet_of(public, asked, public.rows["deputy"], lang).values
        public.computed[key] = {each.value: (each.label, each.page) for each in values}
    pages: dict[str, tuple[str, str | None]] = public.computed[key]
    return [_page(pages[each]) for each in listed(row.get("expertise"))]


def _page(found: tuple[str, str | None]) -> tuple[str, str | None]:
    label, page = found
    return label, f"deputy/{page}.html" if page else None
