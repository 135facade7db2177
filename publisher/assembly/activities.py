"""The page of activities 代表活动: the coming ones, their fixed days, the six 有 of those held."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.activity.haves import HAVES, decided, has_authority, missing, six_haves, stage
from ledger.words import Words
from publisher.assembly.said import Said, latest_first
from publisher.following.which import site_calendar
from publisher.reading.answers import Answers
from publisher.reading.datalinks import DataLinks
from publisher.reading.lamp_words import ICONS as SHAPES
from publisher.reading.public import Public

KIND = "activity"
NEEDED = ("subject", "starts_on", "authority_basis", *HAVES)
MOST = 12
ICONS = {"cancelled": "stop", "closed": "ok", "held": "part", "to_come": "due"}


def page(public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of the page of activities is given."""
    said = ActivityWords("activities", public, links, rulebook, words, lang)
    untold = said.untold(KIND, *NEEDED)
    known = [] if untold else said.records(KIND, "subject", "starts_on")
    held = [each for each in known if stage(each, said.on) in ("held", "closed")]
    return {
        "as_of": public.release["as_of"],
        "untold": untold,
        "verdict": said.verdict(held) if known else None,
        "coming": [
            said.card(each)
            for each in sorted(known, key=lambda each: (each["starts_on"], each["code"]))
            if stage(each, said.on) == "to_come"
        ],
        "fixed": [told for each in known if (told := said.fixed(each))],
        "calendar": site_calendar("meetings"),
        "held": [said.card(each) for each in latest_first(held, "starts_on")[:MOST]],
        "more": said.rows(KIND) if len(held) > MOST else None,
        "held_n": len(held),
        "cancelled": [
            said.card(each)
            for each in latest_first(known, "starts_on")
            if stage(each, said.on) == "cancelled"
        ],
        "how": [
            {"name": said.say(f"have.{name}"), "text": said.say(f"have.{name}.says")} for name in HAVES
        ],
        "rows_href": said.rows(KIND),
    }  # fmt: skip


class ActivityWords(Said):
    """The words of the page of activities."""

    def verdict(self, held: Sequence[Answers]) -> tuple[str, str]:
        """Of those that were held, how many have all six."""
        whole = sum(not missing(each) for each in held)
        closed = sum(stage(each, self.on) == "closed" for each in held)
        return self.say("verdict", of=len(held), n=whole), self.say("verdict.closed", n=closed, of=len(held))

    def card(self, each: Answers) -> dict[str, Any]:
        """An activity with its six lamps, its authority, and who came."""
        now = stage(each, self.on)
        return {
            "title": each["subject"],
            "href": self.public.path(each["code"]),
            "kind": self.lamps.choice(KIND, "activity_kind", each.get("activity_kind", "")),
            "day": self.days(each),
            "place": each.get("place", ""),
            "organiser": each.get("organiser", ""),
            "icon": ICONS[now],
            "state": self.say(f"stage.{now}"),
            "six": [
                {
                    "icon": SHAPES[lamp.state],
                    "name": self.say(f"have.{lamp.rule}"),
                    "why": self.words.say(lamp.why, self.lang),
                }
                for lamp in six_haves(each, self.on)
            ],
            "n": self.say("six", n=len(HAVES) - len(missing(each)), of=len(HAVES)),
            "authority": str(each["authority_basis"]) if has_authority(each) else "",
            "decided": self.decided(each),
            "came": self.came(each),
            "why": each.get("cancelled_why", ""),
        }  # fmt: skip

    def days(self, each: Answers) -> str:
        """One day, or from one to another."""
        last = each.get("ends_on")
        return self.say("days", first=each["starts_on"], last=last) if last else str(each["starts_on"])

    def decided(self, each: Answers) -> str:
        """Who decided on it, and when."""
        lamp = decided(each)
        if lamp.state != "pass":
            return self.words.say(lamp.why, self.lang)
        by = self.lamps.choice(KIND, "decided_by", lamp.params["by"])
        return self.words.say(lamp.why, self.lang, by=by, day=lamp.params["day"])

    def came(self, each: Answers) -> str:
        """How many of those invited came; nothing where nobody says."""
        invited = each.get("invited", [])
        if not invited or stage(each, self.on) in ("to_come", "cancelled"):
            return ""
        return self.say("came", n=len(each.get("deputies", [])), of=len(invited))

    def fixed(self, each: Answers) -> dict[str, Any] | None:
        """The fixed days of an activity day."""
        if not each.get("schedule") or stage(each, self.on) == "cancelled":
            return None
        days = [
            " ".join(
                filter(
                    None, (row["day"], " – ".join(row[name] for name in ("opens", "closes") if name in row))
                )
            )
            for row in each["schedule"]
        ]
        return {
            "title": each["subject"],
            "href": self.public.path(each["code"]),
            "days": days,
            "theme": each.get("theme", ""),
        }
