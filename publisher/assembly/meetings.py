"""The page of open meetings 开放的会议: which are coming up, how to get a seat, how many sat in."""

from __future__ import annotations

from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.meeting.notice import notice_in_time, stage
from ledger.words import Words
from publisher.assembly.said import Said, latest_first
from publisher.following.which import site_calendar
from publisher.reading.answers import Answers
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public

KIND = "open_meeting"
NEEDED = ("subject", "held_on", "seats")
MOST = 12
FEWEST = 5
"""A number of observers below this is not published; the form withholds it."""
ICONS = {"cancelled": "stop", "open": "ok", "coming": "due", "held": "dot"}


def page(public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of the page of open meetings is given."""
    said = MeetingWords("meetings", public, links, rulebook, words, lang)
    untold = said.untold(KIND, *NEEDED)
    known = [] if untold else said.records(KIND, *NEEDED)
    by = {each["code"]: stage(each, said.on) for each in known}
    coming = [each for each in known if by[each["code"]] in ("open", "coming")]
    over = [each for each in known if by[each["code"]] in ("held", "cancelled")]
    return {
        "as_of": public.release["as_of"],
        "untold": untold,
        "verdict": said.verdict(coming, known) if known else None,
        "coming": [
            said.card(each) for each in sorted(coming, key=lambda each: (each["held_on"], each["code"]))
        ],
        "calendar": site_calendar("meetings"),
        "held": [said.card(each) for each in latest_first(over, "held_on")[:MOST]],
        "more": said.rows(KIND) if len(over) > MOST else None,
        "held_n": len(over),
        "basis": said.basis("meeting.notice_days"),
        "rows_href": said.rows(KIND),
    }


class MeetingWords(Said):
    """The words of the page of open meetings."""

    def verdict(self, coming: list[Answers], known: list[Answers]) -> tuple[str, str]:
        """How many are coming and open now; of those announced, how many in time."""
        lamps = [notice_in_time(each, self.rulebook).state for each in known]
        told = [state for state in lamps if state != "unknown"]
        n = sum(stage(each, self.on) == "open" for each in coming)
        return (
            self.say("verdict", of=len(coming), n=n),
            self.say("verdict.notice", n=told.count("pass"), of=len(told)),
        )

    def card(self, each: Answers) -> dict[str, Any]:
        """A meeting: when, where, what about, how to get a seat; afterwards how many sat in."""
        now = stage(each, self.on)
        held = now == "held"
        return {
            "title": each["subject"],
            "href": self.public.path(each["code"]),
            "kind": self.lamps.choice(KIND, "meeting_kind", each.get("meeting_kind", "")),
            "day": " ".join(str(each[name]) for name in ("held_on", "begins") if name in each),
            "place": each.get("place", ""),
            "agenda": each.get("agenda", ""),
            "icon": ICONS[now],
            "state": self.say(f"stage.{now}"),
            "seats": self.say("seats", n=each["seats"]),
            "register": self.register(each) if now == "open" else "",
            "sat_in": self.sat_in(each) if held else "",
            "deputies": self.to_all(each.get("deputies", [])),
            "notice": self.told(notice_in_time(each, self.rulebook), "meeting.notice_days"),
            "outcome": each.get("outcome", "") if held else "",
            "why": each.get("cancelled_why", "") if now == "cancelled" else "",
        }  # fmt: skip

    def register(self, each: Answers) -> str:
        """How to get a seat, and until when."""
        how = each.get("how_to_register") or self.say("register.office")
        last = each.get("register_by")
        return self.say("register", how=how, day=last) if last else str(how)

    def sat_in(self, each: Answers) -> str:
        """How many sat in, of how many seats; a number below five is not told, nor is there one."""
        if "attended" not in each:
            return self.say("few", fewest=FEWEST)
        return self.say("sat_in", n=each["attended"], of=each["seats"])
