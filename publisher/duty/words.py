"""How entries, shares and lamps of the duty record are said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.duty.entry import AREAS, Entry
from ledger.rules.duty.participation import Participation
from ledger.rules.lamps import Lamp
from ledger.words import Words
from publisher.chart.bars import share
from publisher.duty.rows import TABLE
from publisher.reading.datalinks import DataLinks
from publisher.reading.facts import link
from publisher.reading.lamp_words import ICONS, LampWords
from publisher.reading.public import Public
from publisher.reading.shown import money, together

CAME = {"attended": "ok", "excused": "part", "absent": "late", "missed": "none"}
_MONEY = ("spent", "over")
_BASIS = {"missed": "sessions_missed", "reported": "report_backs_per_term", "counted": "assessment_version"}


@dataclass(frozen=True)
class DutyWords:
    """The words of all pages about duties; addresses of rows begin with `links`."""

    public: Public
    words: Words
    rulebook: Rulebook
    lang: str
    links: DataLinks

    def say(self, key: str, **params: Any) -> str:
        """A message of content/words/site_duty.yaml."""
        return self.words.say(f"site.duty.{key}", self.lang, **params)

    def duty(self, duty: str) -> str:
        """A kind of duty."""
        return self.words.say(f"duty.kind.{duty}", self.lang)

    def lamp(self, lamp: Lamp) -> dict[str, Any]:
        """A lamp: shape, reason, and what the rule rests on; a page adds the record or the rows behind it."""
        params = {name: self._place(name, value, lamp.rule) for name, value in lamp.params.items()}
        key = _BASIS.get(lamp.rule)
        return {
            "icon": ICONS[lamp.state],
            "why": self.words.say(lamp.why, self.lang, **params),
            "basis": self.rests_on(key) if key else "",
            "href": None,
            "rows": None,
        }

    def rests_on(self, name: str) -> str:
        """The article of a value of the rulebook, or that none was found for it."""
        return LampWords(self.public, self.words, self.rulebook, self.lang).rests_on(f"duty.{name}")

    def _place(self, name: str, value: Any, rule: str) -> str:
        if name == "duties":
            return together(map(self.duty, value), self.lang)
        if rule == "budget" and (name in _MONEY or (name == "of" and value > 12)):
            return money(value)
        return str(value)

    def entry(self, each: Entry) -> dict[str, Any]:
        """One thing a deputy did, as a line: the day, what it was, the record, and how it went."""
        title, href = link(self.public, each.code)
        tag = (
            ""
            if each.done and not each.asked
            else self.words.say(f"duty.attendance.{each.attendance}", self.lang)
        )
        return {
            "day": each.day,
            "what": self.duty(each.duty),
            "title": each.what or title,
            "href": href,
            "icon": CAME[each.attendance],
            "tag": tag,
        }

    def shares(self, some: Sequence[Participation], **of: str) -> list[dict[str, Any]]:
        """Participation kind by kind, each number with its rows and its denominator."""
        return [
            {
                "name": self.duty(each.duty),
                "of": each.invited,
                "all": self.rows(duty=each.duty, asked="1", **of),
                "width": share(each.attended, each.invited),
                "parts": [
                    {
                        "is": name,
                        "icon": CAME[name],
                        "name": self.words.say(f"duty.attendance.{name}", self.lang),
                        "n": getattr(each, name),
                        "rows": self.rows(duty=each.duty, asked="1", attendance=name, **of),
                    }
                    for name in CAME
                ],
            }
            for each in some
        ]

    def areas(self, entries: Sequence[Entry], **of: str) -> list[dict[str, Any]]:
        """What was done, by the duty areas of 365; the last line is what no area is known of."""
        done = [each for each in entries if each.done]
        found = []
        for area in (*AREAS, None):
            n = sum(each.area == area for each in done)
            if n or area:
                where = {"area": area} if area else {"area__isnull": "1"}
                found.append(
                    {
                        "id": area or "none",
                        "name": self.words.say(f"duty.area.{area or 'none'}", self.lang),
                        "n": n,
                        "of": len(done),
                        "width": share(n, len(done)),
                        "rows": self.rows(attendance="attended", **where, **of) if n else None,
                    }
                )
        return found if done else []

    def rows(self, **query: str) -> str:
        """The rows of the duty record behind a number."""
        return self.links.table(TABLE, **query)

    def untold(self, kinds: Sequence[str]) -> str:
        """Which kinds of record are not counted, since not all of them that matters is public."""
        if not kinds:
            return ""
        labels = together((self.public.kinds[each].label[self.lang] for each in kinds), self.lang)
        return self.say("untold", kinds=labels)
