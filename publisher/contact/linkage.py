"""Linkage: issues solved by the level that owns them, what went up and whether it came back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.contact import linkage
from ledger.rules.deadline_words import limit_in_words
from ledger.words import Words
from publisher.contact.closed import hidden
from publisher.contact.gather import rows, today
from publisher.contact.rates import rate
from publisher.contact.rows import SENT_TABLE
from publisher.reading.answers import answers
from publisher.reading.datalinks import DataLinks
from publisher.reading.facts import link
from publisher.reading.lamp_words import LampWords
from publisher.reading.public import Public

KIND = "linkage_activity"
NEEDED = {KIND: ("levels", "issues", "escalations", "started_on")}
ICONS = {"answered": "ok", "waiting": "due", "late": "late"}
Answers = Mapping[str, Any]


def page(public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of the page is given."""
    said = Said(public, rulebook, words, lang)
    around = {
        "as_of": public.release["as_of"],
        "rows": links.table(KIND) if KIND in public.rows else None,
    }
    if without := hidden(public, NEEDED, words, lang):
        return {**around, "closed": without}
    every = sorted(
        (each for each in (whole(public, row) for row in rows(public, KIND)) if each.get("started_on")),
        key=lambda each: (each["started_on"], each["code"]),
        reverse=True,
    )
    issues = [each for activity in every for each in activity.get("issues", ())]
    sent = [each for activity in every for each in said.escalations(activity)]
    late = sum(each["is"] == "late" for each in sent)
    told = {"n": sum(linkage.solved(each, said.on) for each in issues), "of": len(issues)}
    back = {"n": sum(each["is"] == "answered" for each in sent), "of": len(sent), "late": late}
    return {
        **around,
        "verdict": (said.say("verdict", **told), said.say("verdict.sent", **back)) if issues else None,
        "rates": list(_by_level(said, links, issues)),
        "activities": [said.activity(each) for each in every],
        "open": [each for activity in every for each in said.open(activity)],
        "sent": sent,
        "sent_rate": rate(
            said.say("sent.rate"),
            back["n"],
            back["of"],
            said.say("rule.sent"),
            links.table(SENT_TABLE, state="answered"),
        ),
        "limit": said.lamps.rests_on("linkage.escalation_answered_within"),
        "limit_is": limit_in_words(str(rulebook["linkage.escalation_answered_within"].value), words, lang),
    }


def record(
    public: Public, row: Mapping[str, Any], rulebook: Rulebook, words: Words, lang: str
) -> dict[str, Any]:
    """What the template of one activity is given beside what every record's is."""
    if row["withheld"] or hidden(public, NEEDED, words, lang):
        return {"lamps": [], "sent": []}
    said = Said(public, rulebook, words, lang)
    activity = whole(public, row)
    return {"lamps": said.three(activity), "sent": said.escalations(activity)}


def whole(public: Public, row: Mapping[str, Any]) -> dict[str, Any]:
    """An activity with those of its issues and escalations that say what a rule needs."""
    found = answers(public, KIND, row)
    return {
        "levels": [],
        **found,
        "issues": [
            each for each in found.get("issues", ()) if {"number", "what", "owner_level"} <= each.keys()
        ],
        "escalations": [
            each
            for each in found.get("escalations", ())
            if {"issue", "from_level", "to_level", "sent_on"} <= each.keys()
        ],
    }


def _by_level(said: Said, links: DataLinks, issues: Sequence[Answers]) -> Iterator[dict[str, Any]]:
    for level in linkage.LEVELS:
        mine = [each for each in issues if each["owner_level"] == level]
        if mine:
            yield rate(
                said.level(level),
                sum(linkage.solved(each, said.on) for each in mine),
                len(mine),
                said.say("rule.level"),
                links.table(f"{KIND}_issues", owner_level=level, solved_on__notnull="1"),
            )


class Said:
    """The words of linkage."""

    def __init__(self, public: Public, rulebook: Rulebook, words: Words, lang: str) -> None:
        self.public, self.rulebook, self.words, self.lang = public, rulebook, words, lang
        self.on: date = today(public)
        self.lamps = LampWords(public, words, rulebook, lang)

    def say(self, key: str, **params: Any) -> str:
        """A message about linkage."""
        return self.words.say(f"site.linkage.{key}", self.lang, **params)

    def level(self, level: str) -> str:
        """A level by its label."""
        return self.lamps.choice(KIND, "levels", level)

    def three(self, activity: Answers) -> list[dict[str, str]]:
        """Levels, owners and answers as lamps."""
        found = (
            linkage.levels_enough(activity, self.rulebook),
            linkage.owners_named(activity),
            linkage.escalations_answered(activity, self.on, self.rulebook),
        )
        return [self.lamps.shown(each) for each in found]

    def activity(self, activity: Answers) -> dict[str, Any]:
        """An activity in the list: its levels, how many issues are solved, its lamps."""
        issues = activity.get("issues", ())
        return {
            "title": link(self.public, activity["code"]),
            "on": activity["started_on"],
            "form": self.lamps.choice(KIND, "activity_form", activity.get("activity_form", "")),
            "levels": "、".join(
                self.level(each) for each in linkage.LEVELS if each in activity.get("levels", ())
            ),
            "told": self.say(
                "solved", n=sum(linkage.solved(each, self.on) for each in issues), of=len(issues)
            ),
            "lamps": self.three(activity),
        }

    def open(self, activity: Answers) -> Iterator[dict[str, Any]]:
        """The issues of an activity that are not solved, each with the level that owns it."""
        for each in activity.get("issues", ()):
            if not linkage.solved(each, self.on):
                yield {
                    "what": each["what"],
                    "owner": self.say("owner", level=self.level(each["owner_level"])),
                    "of": link(self.public, activity["code"]),
                    "days": self.say("days", n=(self.on - date.fromisoformat(activity["started_on"])).days),
                }

    def escalations(self, activity: Answers) -> list[dict[str, Any]]:
        """What an activity sent up: which issue, from where to where, answered or not."""
        issues = {each["number"]: each["what"] for each in activity.get("issues", ())}
        found = []
        for row in activity.get("escalations", ()):
            each = linkage.escalation(row, self.on, self.rulebook)
            told = {"due": each.due, "day": row.get("answered_on", "")}
            found.append(
                {
                    "is": each.state,
                    "icon": ICONS[each.state],
                    "state": self.say(f"state.{each.state}", **told),
                    "what": issues.get(each.issue, self.say("no_issue")),
                    "way": self.say("way", start=self.level(each.from_level), end=self.level(each.to_level)),
                    "sent": self.say("sent_on", day=each.sent_on),
                    "answer": row.get("answer", ""),
                    "of": link(self.public, activity["code"]),
                }
            )
        return found
