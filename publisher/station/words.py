"""What the pages of stations say: figures with their base and rows, lamps, duties, chains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.rules.lamps import Lamp
from ledger.rules.station.heard import STEPS, Chain, told_back
from ledger.rules.suggestion.figures import Figure
from ledger.words import Words
from publisher.chart.bars import share
from publisher.chart.funnel import Stage, funnel
from publisher.reading.datalinks import DataLinks
from publisher.reading.facts import link
from publisher.reading.lamp_words import ICONS, LampWords
from publisher.reading.shares import percent
from publisher.reading.shown import money, together
from publisher.station.network import Network

FROM = {"heard": STEPS, "suggestion": STEPS[1:], "reply": STEPS[2:], "verified": STEPS[3:]}
"""Whoever has come to a stage: how far opinions of its rows have come."""


@dataclass(frozen=True)
class Said:
    """The words of one page; `links` are below the data address, or in full."""

    network: Network
    words: Words
    lang: str
    links: DataLinks

    def say(self, key: str, **params: Any) -> str:
        """A message of content/words/site_stations.yaml."""
        return self.words.say(f"site.stations.{key}", self.lang, **params)

    def choice(self, kind: str, name: str, value: Any) -> str:
        """A choice by its label."""
        return LampWords(self.network.public, self.words, self.network.rulebook, self.lang).choice(
            kind, name, str(value)
        )

    def basis(self, key: str) -> str:
        """What a value of the rulebook rests on."""
        lamps = LampWords(self.network.public, self.words, self.network.rulebook, self.lang)
        return lamps.rests_on(f"station.{key}")

    def names(self, codes: Iterable[str]) -> list[tuple[str, str | None]]:
        """Records with their pages, in the order of their names."""
        return sorted(link(self.network.public, code) for code in codes)

    def lamp(self, lamp: Lamp) -> dict[str, str]:
        """A lamp: shape and reason."""
        return {"icon": ICONS[lamp.state], "why": self.words.say(lamp.why, self.lang, **lamp.params)}

    def figure(self, figure: Figure, rows: str | None = None) -> dict[str, Any]:
        """A number with its base, its rule, what was left out, and its rows."""
        left = [self.say(f"excluded.{why}", n=len(codes)) for why, codes in figure.excluded.items() if codes]
        return {
            "name": self.say(f"figure.{figure.name}"),
            "rule": self.words.say(figure.rule, self.lang),
            "n": figure.n,
            "of": figure.of,
            "percent": percent(figure.n, figure.of),
            "width": share(figure.n, figure.of),
            "excluded": together(left, self.lang) + self.say("stop") if left else "",
            "rows": rows,
        }

    # -- the chain --

    def chain(self, chain: Chain, station: str | None = None) -> dict[str, Any] | None:
        """Opinion, suggestion, reply, verified as a drawing with its table; None where nothing was heard."""
        if not chain.heard:
            return None
        at = {"heard_at": station} if station else {"heard_at__notblank": "1"}
        counts = [len(chain.stages[name]) for name in STEPS]
        labels = [self.say(f"step.{name}") for name in STEPS]
        before: list[int | None] = [None, *counts[:-1]]
        drawn = funnel([Stage(*each) for each in zip(labels, counts, before, strict=True)])
        told = self.figure(chain.told, self.links.table("opinion_state", **at, told="1"))
        return {
            "chart": drawn,
            "end": self.say("chain.end", n=drawn["end"]),
            "finding": self.say(
                "chain", n=counts[0], suggestion=counts[1], reply=counts[2], verified=counts[3]
            ),
            "rows": [
                {
                    "stage": label,
                    "n": n,
                    "of": of,
                    "rule": self.words.say(f"station.chain.{name}", self.lang),
                    "rows": self.links.table("opinion_state", **at, reached__in=",".join(FROM[name])),
                }
                for name, label, n, of in zip(STEPS, labels, counts, before, strict=True)
            ],
            "told": told,
            "late": [
                {"to": link(self.network.public, each["code"]), "why": self._late(each)}
                for each in self.network.late(station)
            ],
            "late_rows": self.links.table("opinion_state", **at, told_late="1"),
        }

    def _late(self, opinion: Mapping[str, Any]) -> str:
        lamp = told_back(opinion, self.network.on, self.network.rulebook)
        return self.words.say(lamp.why, self.lang, **lamp.params)

    # -- duties --

    def day(self, on: str) -> str:
        """A day with its weekday."""
        return self.say("day", day=on, weekday=self.say(f"weekday.{date.fromisoformat(on).weekday()}"))

    def duty(self, duty: Mapping[str, Any]) -> dict[str, Any]:
        """One duty: when, where, who, on what."""
        public = self.network.public
        hours = "–".join(duty[name] for name in ("opens", "closes") if name in duty)
        place = duty.get("place")
        told = [duty.get("theme", "")]
        if place == "outside":
            told.append(self.choice("station_duty", "place", place))
        return {
            "day": self.day(duty["duty_on"]),
            "hours": hours,
            "href": public.path(duty["code"]),
            "station": link(public, duty["station"]),
            "who": [link(public, code) for code in duty.get("deputies", ())],
            "members": [link(public, code) for code in duty.get("committee_members", ())],
            "told": together((each for each in told if each), self.lang),
            "reason": duty.get("called_off_reason", ""),
        }

    # -- the standard --

    def standard(self, station: str) -> dict[str, Any] | None:
        """The lamps of a station, each with its day; never a plain "met" without one."""
        network = self.network
        if network.standard is None:
            return None
        lamps = network.lamps(station)
        lit = [each for each in lamps if each.state == "pass"]
        check = network.last_check(station)
        oldest = min((str(each.params["day"]) for each in lit), default="")
        return {
            "n": len(lit),
            "of": len(lamps),
            "text": self.say("standard.n", n=len(lit), of=len(lamps)),
            "oldest": self.say("standard.oldest", day=oldest) if oldest else "",
            "checked": self.say("standard.checked", day=check["checked_on"])
            if check
            else self.say("standard.never"),
            "href": network.public.path(check["code"]) if check else None,
            "lit": [self.lamp(each) for each in lit],
            "unlit": [self.lamp(each) for each in lamps if each.state != "pass"],
            "lamps": [self.lamp(each) for each in lamps],
            "version": link(network.public, network.standard["code"]),
            "confirmed": self.confirmed(),
        }

    def confirmed(self) -> str:
        """Who decided the standard in force, or that it is a default nobody has confirmed."""
        now = self.network.standard or {}
        if now.get("confirmed"):
            return self.say(
                "standard.confirmed", who=now.get("confirmed_by", ""), day=now.get("confirmed_on", "")
            )
        return self.say("standard.unconfirmed")

    # -- money and results --

    def site(self, station: str) -> dict[str, Any] | None:
        """Where a demonstration site stands, with its money."""
        found = self.network.site(station)
        if found is None:
            return None
        amounts = [
            self.say(f"site.{name}", amount=money(value))
            for name in ("funds", "received", "spent")
            if (value := getattr(found, name)) is not None
        ]
        return {
            "station": link(self.network.public, station),
            "icon": {"accepted": "ok", "dropped": "none"}.get(found.stage, "part"),
            "stage": self.choice("demonstration_site", "stage", found.stage),
            "since": found.since,
            "money": together(amounts, self.lang),
            "gap": self.say("site.gap", amount=money(found.gap)) if found.gap else "",
        }

    def evaluation(self, station: str) -> dict[str, Any] | None:
        """The last evaluation: its result, and the way to its indicators."""
        found = self.network.evaluation(station)
        if found is None:
            return None
        return {
            "station": link(self.network.public, station),
            "period": found["period"],
            "result": self.choice("station_evaluation", "result", found["result"]),
            "href": self.network.public.path(found["code"]),
            "improve": self._improve(found),
        }

    def _improve(self, found: Mapping[str, Any]) -> str:
        if found["result"] != "to_improve":
            return ""
        if "improved_on" in found:
            return self.say("improved", day=found["improved_on"])
        over = "improve_by" in found and found["improve_by"] < self.network.on.isoformat()
        return self.say("improve.late" if over else "improve.by", day=found.get("improve_by", ""))
