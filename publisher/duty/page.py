"""The page of duties: reports to voters, participation with its n, areas, allowances, deputies by topic.

All of it is told of the whole congress. Names stand in the order of names; there is no table of who did most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.duty.allowance import Year, by_year, within_budget
from ledger.rules.duty.bulletin import covers_all
from ledger.rules.duty.entry import ENTRY
from ledger.rules.duty.participation import participation
from ledger.rules.duty.report_back import reported_in_term
from ledger.words import Words
from publisher.chart.bars import share
from publisher.chart.progress import progress
from publisher.chart.stacked import Part, stacked
from publisher.duty.archive import KIND, Archive, archive
from publisher.duty.four_steps import ICON
from publisher.duty.words import CAME, DutyWords
from publisher.finding.places import by_name
from publisher.reading.answers import answers, answers_about, unpublished
from publisher.reading.datalinks import DataLinks
from publisher.reading.facts import link
from publisher.reading.public import Public, listed
from publisher.reading.shown import money

Row = Mapping[str, Any]
NAMES = 60
"""So many names of one sort the page holds; where there are more, the rows have them."""
SESSION = "session_attendance"


def page(public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of the page is given."""
    said = DutyWords(public, words, rulebook, lang, links)
    found = archive(public)
    every = [each for own in found.entries.values() for each in own]
    reports = _reports(public, said)
    return {
        "as_of": public.release["as_of"],
        "verdict": reports["verdict"] if reports else "",
        "reports": reports,
        "shares": said.shares(participation(every)),
        "session": _session(every, said),
        "areas": said.areas(every),
        "supports": _supports(public, said),
        "areas_basis": said.rests_on("areas_confirmed"),
        "steps": _steps(public, found, said),
        "allowances": [_allowance(public, each, said) for each in _years(public)],
        "topics": _topics(public, said),
        "untold": said.untold(found.untold),
        "rows": said.rows(),
    }


# -- reports to voters --


def _reports(public: Public, said: DutyWords) -> dict[str, Any] | None:
    """How many of the deputies in office have reported in this term, and who has not."""
    needed = {KIND: ("mandate", "elected_on"), "report_back": ("deputy", "reported_on")}
    if any(kind not in public.rows or unpublished(public, kind, *names) for kind, names in needed.items()):
        return None
    serving = [row for row in public.rows[KIND] if row["mandate"] == "serving" and not row["withheld"]]
    lamps = {row["code"]: _lamp(public, row, said) for row in serving}
    without = sorted((row for row in serving if lamps[row["code"]] == "none"), key=_name)
    n, of = len(serving) - len(without), len(serving)
    return {
        "n": n,
        "of": of,
        "verdict": said.say("reports.verdict", n=n, of=of) if of else "",
        "chart": progress(n, of) if of else None,
        "basis": said.rests_on("report_backs_per_term"),
        "asked": said.rulebook["duty.report_backs_per_term"].value,
        "rows": said.links.table("report_back"),
        "all": said.links.table(KIND, mandate="serving"),
        "without": [link(public, row["code"]) for row in without[:NAMES]],
        "more": said.say("more", n=len(without) - NAMES) if len(without) > NAMES else "",
    }


def _lamp(public: Public, row: Row, said: DutyWords) -> str:
    reports = answers_about(public, "report_back", row["code"], "deputy")
    since, until = str(row["elected_on"] or ""), str(public.release["as_of"])
    return reported_in_term(reports, since, until, said.rulebook).why.rpartition(".")[2]


def _name(row: Row) -> tuple[bytes, str]:
    return by_name(row["title"]), row["code"]


# -- participation --


def _session(every: list[Any], said: DutyWords) -> dict[str, Any] | None:
    """Who came to the sessions of the congress, as one bar; the others are in the list."""
    found = next((each for each in participation(every) if each.duty == SESSION), None)
    if found is None:
        return None
    parts = [
        Part(said.words.say(f"duty.attendance.{name}", said.lang), getattr(found, name))
        for name in CAME
        if getattr(found, name)
    ]
    return {
        "chart": stacked(parts),
        "finding": said.say("session.finding", n=found.attended, of=found.invited),
        "end": said.say("session.end", n=found.invited),
    }


def _supports(public: Public, said: DutyWords) -> dict[str, Any] | None:
    """C8: which of the five supports of 365 the entries name; None where none does."""
    if ENTRY not in public.rows or unpublished(public, ENTRY, "support_area"):
        return None
    asked = public.kinds[ENTRY].fields["support_area"]
    counted = Counter(row["support_area"] for row in public.rows[ENTRY] if row["support_area"])
    whole = counted.total()
    lines = [
        {
            "name": asked.choices[value][said.lang],
            "n": counted[value],
            "of": whole,
            "width": share(counted[value], whole),
            "rows": said.links.rows(ENTRY, asked, "support_area", value),
        }
        for value in asked.choices
    ]
    return {"head": said.say("supports", n=whole), "lines": lines} if whole else None


# -- the four steps --


def _steps(public: Public, found: Archive, said: DutyWords) -> list[dict[str, Any]]:
    """How far each of the four steps is recorded in public, and where its records are."""
    entries = sum(map(len, found.entries.values()))
    lines = [
        {
            "what": said.say("step.recorded"),
            "n": entries,
            "href": said.rows(),
            "told": said.say("step.recorded.note"),
        }
    ]
    for key, kind in (
        ("assessed", "duty_assessment"),
        ("circulated", "duty_bulletin"),
        ("reviewed", "duty_review"),
    ):
        rows = [row for row in public.rows.get(kind, ()) if not row["withheld"]]
        lines.append(
            {
                "what": said.say(f"step.{key}"),
                "n": len(rows),
                "href": f"{kind}/index.html" if kind in public.rows else None,
                "told": _bulletin(public, rows, said)
                if key == "circulated"
                else said.say(f"step.{key}.note"),
            }
        )
    return lines


def _bulletin(public: Public, rows: list[Row], said: DutyWords) -> str:
    told = [row for row in rows if row.get("published_on")]
    if not told or unpublished(public, "duty_bulletin", "covers", "roster"):
        return said.say("step.circulated.note")
    last = max(told, key=lambda row: (row["published_on"], row["code"]))
    lamp = covers_all(answers(public, "duty_bulletin", last))
    return said.say("step.circulated.last", day=last["published_on"], told=said.lamp(lamp)["why"])


# -- allowances --


def _years(public: Public) -> tuple[Year, ...]:
    """The years of which allowances are told, the latest last."""
    if "allowance" not in public.rows or unpublished(public, "allowance", "year", "quarter"):
        return ()
    rows = (row for row in public.rows["allowance"] if not row["withheld"] and row["year"])
    return by_year(answers(public, "allowance", row) for row in rows)


def _allowance(public: Public, year: Year, said: DutyWords) -> dict[str, Any]:
    lamp = within_budget(year)
    known = year.budget is not None and year.told
    return {
        "head": said.say("allowance.year", year=year.year),
        "text": said.say("allowance.told", n=year.told, of=year.quarters, spent=money(year.spent)),
        "spent": money(year.spent),
        "budget": money(year.budget) if year.budget is not None else "",
        "chart": progress(year.spent, year.budget) if known and year.budget else None,
        "icon": ICON[lamp.state],
        "why": said.lamp(lamp)["why"],
        "rows": said.links.table("allowance", year=str(year.year)),
    }


# -- deputies by topic --


def _topics(public: Public, said: DutyWords) -> list[dict[str, Any]]:
    """C17: for each topic the deputies in office who know it well, in the order of names."""
    if KIND not in public.rows or unpublished(public, KIND, "expertise", "mandate"):
        return []
    asked = public.kinds[KIND].fields["expertise"]
    serving = [row for row in public.rows[KIND] if row["mandate"] == "serving" and not row["withheld"]]
    found = []
    for topic, label in asked.choices.items():
        own = sorted((row for row in serving if topic in listed(row["expertise"])), key=_name)
        if own:
            found.append(
                {
                    "id": topic,
                    "name": label[said.lang],
                    "names": [link(public, row["code"]) for row in own[:NAMES]],
                    "more": said.say("more", n=len(own) - NAMES) if len(own) > NAMES else "",
                    "rows": said.links.rows(KIND, asked, "expertise", topic),
                }
            )
    return found
