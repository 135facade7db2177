"""Appraisals: what each found, what its test came to, and whether what it found was mended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.oversight import appraisal as tests
from ledger.rules.oversight.mending import STATES
from ledger.words import Words
from publisher.chart.bars import Bar, bars
from publisher.oversight.said import STATE_ICONS, Said
from publisher.reading.answers import Answers
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public

PAGE = "appraisals"
ORDER = ("broken", "partly", "none", "claimed", "due", "kept")
"""From what is not mended to what is; `none`: a problem without any record of how it is mended."""


def page(public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of the appraisals is given."""
    said = Said(public, links, rulebook, words, lang, PAGE)
    around = said.around("appraisal")
    if around["closed"]:
        return around
    every = sorted(
        said.all.records("appraisal"), key=lambda each: (each["tested_on"], each["code"]), reverse=True
    )
    cards = [card(said, each) for each in every]
    problems = [one for each in cards for one in each["problems"]]
    mended = sum(one["state"] == "kept" for one in problems)
    shut = sum(bool(row["withheld"]) for row in public.rows.get("appraisal", ()))
    differs = sum(each["differs"] != "" for each in cards)
    return {
        **around,
        "verdict": (
            said.say("verdict", n=len(cards), of=len(problems), mended=mended),
            said.say("verdict.rest", n=differs),
        )
        if cards
        else None,
        "figures": [
            said.figure(
                "mended", mended, len(problems), links.table("rectification_state", state="kept"), "problems"
            ),
            said.figure(
                "announced",
                len(cards) - differs,
                len(cards),
                links.table("appraisal_state", differs="0"),
                "times",
            ),
        ],
        "parts_of": said.parts("mending", ORDER[::-1], (one["state"] for one in problems), "problems"),
        "cards": cards,
        "shut": said.say("shut", n=shut) if shut else "",
        "rests": [
            {
                "text": said.say(f"rule.{key}"),
                "basis": said.lamps.rests_on(f"appraisal.{key}"),
                "document": said.document(f"appraisal.{key}"),
            }
            for key in ("secret", "subject_appointed_by", "grade_over", "worst_over", "base")
        ],
    }


def card(said: Said, each: Answers) -> dict[str, Any]:
    """One appraisal in short: who, when, what its counts make, and each problem with how it stands."""
    graded = tests.grade(each, said.rulebook)
    problems = [problem(said, each, row) for row in each.get("problems", ()) if "item" in row]
    return {
        "title": said.public.titles[each["code"]],
        "href": said.public.path(each["code"]),
        "organ": said.link(each["organ"]) if "organ" in each else None,
        "grade": grade_word(said, graded.grade),
        "icon": _icon(graded.grade),
        "differs": differs(said, each),
        "counts": counts(said, each),
        "problems": problems,
        "mended": said.say("mended", n=sum(one["state"] == "kept" for one in problems), of=len(problems))
        if problems
        else said.say("no_problems"),
    }


def grade_word(said: Said, grade: str) -> str:
    """A grade by its label; none of them says so."""
    return (
        said.words.say("oversight.grade.none", said.lang)
        if grade == "none"
        else said.choice("appraisal", "announced", grade)
    )


def _icon(grade: str) -> str:
    best = grade in ("excellent", "competent", "satisfied")
    return "ok" if best else "none" if grade == "none" else "late" if grade in tests.WORST else "part"


def differs(said: Said, each: Answers) -> str:
    """What was announced, where its own counts make something else; '' where they agree."""
    lamp = tests.as_announced(each, said.rulebook)
    return "" if lamp.state == "pass" else said.lamp(lamp)["why"]


def counts(said: Said, each: Answers) -> str:
    """The counts in one line: each grade with its number, of how many."""
    told = [
        f"{said.choice('appraisal', 'announced', name)} {each[name]}" for name in tests.SCALES[each["scale"]]
    ]
    valid = each["returned"] - each["invalid"]
    return said.say(
        "counts", grades="、".join(told), valid=valid, invalid=each["invalid"], members=each["members"]
    )


def problem(said: Said, each: Answers, row: Mapping[str, Any]) -> dict[str, Any]:
    """One problem with how it is mended; without any record of that it says so."""
    mends = [one for one in said.all.mends.get(each["code"], ()) if one.get("item") == row["item"]]
    text = f"{row['item']} {row.get('problem', '')}"
    if not mends:
        word = said.words.say("oversight.mending.none", said.lang)
        told = [said.words.say("site.oversight.due", said.lang, day=row["due_on"])] if "due_on" in row else []
        return {
            "icon": "none", "word": word, "state": "none", "what": text, "href": None, "organ": None,
            "told": told, "seen": "", "by": "",
        }  # fmt: skip
    graver = {state: n for n, state in enumerate(STATES)}
    last = min(mends, key=lambda one: (graver[said.all.mending(one).state], one["code"]))
    return said.promised(last, "mending", text) | {"icon": STATE_ICONS[said.all.mending(last).state]}


def record(
    public: Public, row: Mapping[str, Any], rulebook: Rulebook, words: Words, lang: str
) -> dict[str, Any]:
    """What the page of one appraisal is given beside what all are."""
    said = Said(public, DataLinks(""), rulebook, words, lang, PAGE)
    each = said.all.record("appraisal", row["code"])
    if each is None or said.closed("appraisal"):
        return {"appraised": None}
    names = tests.SCALES[each["scale"]]
    valid = each["returned"] - each["invalid"]
    drawn = bars(
        [Bar(said.choice("appraisal", "announced", name), each[name]) for name in names], max(valid, 1)
    )
    again = [one for one in said.all.records("appraisal") if one.get("again_after") == each["code"]]
    return {
        "appraised": {
            **card(said, each),
            "lamps": [said.lamp(lamp) for lamp in tests.lamps(each, rulebook)],
            "chart": drawn,
            "finding": said.say(
                "finding", grade=grade_word(said, tests.grade(each, rulebook).grade), valid=valid
            ),
            "end": said.say("end", n=valid),
            "rows": [(said.choice("appraisal", "announced", name), each[name]) for name in names],
            "again": [said.link(one["code"]) for one in again],
        }
    }
