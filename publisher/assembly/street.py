"""The page of street councils 街道议政代表会: who sits there, what it recommended, what others made of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.street.council import CATEGORIES, OUTCOMES, members, met_often_enough, recommended
from ledger.words import Words
from publisher.assembly.said import Said, latest_first
from publisher.chart.bars import Bar, bars
from publisher.reading.answers import Answers
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public

KIND, MEETING = "street_council", "street_meeting"
NEEDED = ("name", "street", "members", "members.category")
FACTS = ("convener_post", "rules_document")
ICONS = {"adopted": "ok", "partly": "part", "not_adopted": "stop", "waiting": "none"}


def page(public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of the page of street councils is given."""
    said = StreetWords("street", public, links, rulebook, words, lang)
    untold = said.untold(KIND, *NEEDED)
    known = [] if untold else sorted(said.records(KIND, "street"), key=lambda each: str(each["code"]))
    meetings = (
        [] if said.untold(MEETING, "council", "held_on") else said.records(MEETING, "council", "held_on")
    )
    meetings = [each for each in meetings if {"council", "held_on"} <= each.keys()]
    return {
        "as_of": public.release["as_of"],
        "untold": untold,
        "verdict": said.verdict(known, meetings) if known else None,
        "councils": [said.council(each) for each in known],
        "meetings": [said.meeting(each) for each in latest_first(meetings, "held_on")],
        "recommended": said.recommended(latest_first(meetings, "held_on")),
        "basis": said.basis("street.meetings_a_year", "rollout.levels_that_vote"),
        "rows_href": said.rows(f"{MEETING}_recommended"),
    }


class StreetWords(Said):
    """The words of the page of street councils."""

    def verdict(self, known: Sequence[Answers], meetings: Sequence[Answers]) -> tuple[str, str]:
        """How many projects were recommended, and how many of them others adopted."""
        found = recommended(meetings)
        n = sum(each.outcome in ("adopted", "partly") for each in found)
        return (
            self.say("verdict", councils=len(known), of=len(found)),
            self.say("verdict.adopted", n=n, of=len(found)) if found else self.say("verdict.nothing"),
        )

    def council(self, each: Answers) -> dict[str, Any]:
        """A council: its members by category, those named who agreed to it, and whether it met."""
        counted, of = members(each), len(each.get("members", ()))
        meetings = self.records(MEETING, "council", "held_on")
        held = [one for one in meetings if one["council"] == each["code"]]
        title = str(each.get("name", each["code"]))
        lamp = met_often_enough(held, self.on.year, self.rulebook)
        return {
            "title": title,
            "href": self.public.path(each["code"]),
            "street": self.to(str(each["street"])),
            "facts": [(name, str(each[name])) for name in FACTS if name in each],
            "met": self.told(lamp, "street.meetings_a_year"),
            "finding": self.say("members.finding", title=title, of=of),
            "chart": bars([Bar(self.category(name), counted[name]) for name in CATEGORIES], of),
            "end": self.say("members.end", of=of),
            "rows": [
                {
                    "name": self.category(name),
                    "n": counted[name],
                    "named": self.named(each, name),
                    "unnamed": self.unnamed(each, name),
                }
                for name in CATEGORIES
            ],
            "rows_href": self.rows(f"{KIND}_members", code=each["code"]),
        }  # fmt: skip

    def category(self, name: str) -> str:
        """A category by its label."""
        return self.lamps.choice(KIND, "members.category", name)

    def named(self, each: Answers, category: str) -> list[tuple[str, str | None]]:
        """The members of a category who agreed to be named; deputies are public by law."""
        found: list[tuple[str, str | None]] = []
        for row in each.get("members", ()):
            if row.get("category") == category:
                if "deputy" in row:
                    found.append(self.to(row["deputy"]))
                elif "member_name" in row:
                    found.append((row["member_name"], None))
        return found

    def unnamed(self, each: Answers, category: str) -> str:
        """How many of a category are not named."""
        rows = [row for row in each.get("members", ()) if row.get("category") == category]
        n = sum("deputy" not in row and "member_name" not in row for row in rows)
        return self.say("members.unnamed", n=n) if n else ""

    def meeting(self, each: Answers) -> dict[str, Any]:
        """A meeting: how many came, what it was about, and its ballot, which recommends."""
        ballot = each.get("ballot")
        present, due = each.get("members_present"), each.get("members_due")
        return {
            "council": self.to(each["council"]),
            "href": self.public.path(each["code"]),
            "day": each["held_on"],
            "present": self.say("present", n=present, of=due) if present is not None and due else "",
            "agenda": [(row.get("topic", ""), row.get("said", "")) for row in each.get("agenda", ())],
            "ballot": (self.say("ballot"), self.public.path(ballot)) if ballot else None,
        }

    def recommended(self, meetings: Sequence[Answers]) -> dict[str, Any]:
        """What was recommended beside what was adopted, each with who decided and why."""
        days = {str(each["code"]): each["held_on"] for each in meetings}
        found = recommended(meetings)
        counts = [
            Bar(self.say(f"outcome.{each}"), sum(one.outcome == each for one in found), each == "waiting")
            for each in OUTCOMES
        ]
        return {
            "of": len(found),
            "finding": self.say("recommended.finding", of=len(found)),
            "chart": bars(counts, len(found)),
            "end": self.say("recommended.end", of=len(found)),
            "rows": [
                {
                    "project": self.to(each.project),
                    "day": days[each.meeting],
                    "icon": ICONS[each.outcome],
                    "outcome": self.say(f"outcome.{each.outcome}"),
                    "by": " ".join(filter(None, (each.decided_by, each.decided_on))),
                    "reason": each.reason,
                }
                for each in found
            ],
        }  # fmt: skip
