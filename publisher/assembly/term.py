"""The page of term changes 换届: seats by law beside seats elected, and each congress in its parts."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.term.seats import LEVELS, seat_rule, seats_by_law, statutory_seats
from ledger.rules.term.structure import DIMENSIONS, five_gates, parts, sums
from ledger.words import Words
from publisher.assembly.said import Said, latest_first
from publisher.chart.bars import Bar, bars
from publisher.reading.answers import Answers
from publisher.reading.datalinks import DataLinks
from publisher.reading.public import Public
from publisher.reading.shares import percent
from publisher.reading.shown import number

KIND = "term_transition"
NEEDED = ("body", "term", "level", "elected_on", "population", "seats_by_law", "minority_extra", "elected")
MOST = 6


def page(public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of the page of term changes is given."""
    said = TermWords("term", public, links, rulebook, words, lang)
    untold = said.untold(KIND, *NEEDED)
    known = [] if untold else said.records(KIND, *NEEDED)
    order = {level: n for n, level in enumerate(LEVELS)}
    known = sorted(latest_first(known, "elected_on"), key=lambda each: order[each["level"]])
    return {
        "as_of": public.release["as_of"],
        "untold": untold,
        "verdict": said.verdict(known),
        "terms": [said.term(each) for each in known[:MOST]],
        "gates": [said.gates(each) for each in known[:MOST]],
        "rest": len(known) - MOST if len(known) > MOST else 0,
        "law": [said.law(level) for level in LEVELS],
        "rows_href": said.rows(KIND),
    }


class TermWords(Said):
    """The words of the page of term changes."""

    def verdict(self, known: list[Answers]) -> tuple[str, str] | None:
        """Of so many congresses, how many have the seats of the law, and how many seats are filled."""
        if not known:
            return None
        fits = sum(self.seats(each).state == "pass" for each in known)
        full = sum(each["elected"] == each["seats_by_law"] for each in known)
        of = len(known)
        return self.say("verdict", n=fits, of=of), self.say("verdict.full", n=full, of=of)

    def seats(self, each: Answers) -> Any:
        """The seats that were fixed beside those of the law."""
        return seats_by_law(
            each["level"], each["seats_by_law"], each["population"], each["minority_extra"], self.rulebook
        )

    def term(self, each: Answers) -> dict[str, Any]:
        """A congress: how its seats are reckoned, how many were elected, and its parts."""
        lamp = self.seats(each)
        rule = seat_rule(each["level"], self.rulebook)
        title = self.public.titles[each["code"]]
        below = number(lamp.params.get("below", 0))
        people = number(each["population"])
        return {
            "id": each["code"].lower(),
            "title": title,
            "href": self.public.path(each["code"]),
            "elected_on": each["elected_on"],
            "seats": self.told(lamp, f"seats.{each['level']}_base", population=people, below=below),
            "reckoned": self.reckoned(each),
            "fixed_by": each.get("fixed_by", ""),
            "source": each.get("population_source", ""),
            "elected": self.say("elected", n=each["elected"], of=each["seats_by_law"]),
            "chart": bars(
                [
                    Bar(self.say("bar.law"), lamp.params["right"], hollow=True),
                    Bar(self.say("bar.fixed"), each["seats_by_law"], hollow=True),
                    Bar(self.say("bar.elected"), each["elected"]),
                ],
                rule.most,
            ),
            "finding": self.say(
                "finding", title=title, right=lamp.params["right"], n=each["elected"], of=each["seats_by_law"]
            ),
            "end": self.say("end", n=rule.most),
            "dimensions": self.dimensions(each, title),
        }  # fmt: skip

    def reckoned(self, each: Answers) -> str:
        """The sum of the article with its numbers filled in."""
        rule = seat_rule(each["level"], self.rulebook)
        people = each["population"]
        plain = statutory_seats(people, rule)
        told = self.say(
            "reckoned", base=rule.base, people=number(people), step=number(rule.people_a_seat),
            more=people // rule.people_a_seat, most=rule.most, total=plain,
        )  # fmt: skip
        if not each["minority_extra"]:
            return told
        extra = self.rulebook["seats.minority_extra"].fraction
        return told + self.say("reckoned.extra", n=statutory_seats(people, rule, Fraction(extra)) - plain)

    def dimensions(self, each: Answers, title: str) -> list[dict[str, Any]]:
        """Each dimension as bars of the whole, with its table and whether it adds up."""
        found = []
        for lamp in sums(each):
            name = lamp.params["dimension"]
            told = parts(each, name)
            labels = {part: self.lamps.field(KIND, part) for part in DIMENSIONS[name]}
            head = self.say(f"dimension.{name}")
            found.append(
                {
                    "name": head,
                    "finding": self.say("structure.finding", title=title, dimension=head, of=each["elected"]),
                    "chart": bars([Bar(labels[part], n) for part, n in told.items()], each["elected"]),
                    "end": self.say("structure.end", of=each["elected"]),
                    "rows": [(labels[part], n, percent(n, each["elected"])) for part, n in told.items()],
                    "sum": self.told(lamp, dimension=head),
                }
            )
        return found

    def gates(self, each: Answers) -> dict[str, Any]:
        """The five gates of an election: done or not, and by which organ."""
        return {
            "title": self.public.titles[each["code"]],
            "href": self.public.path(each["code"]),
            "lamps": [
                self.told(lamp, gate=self.lamps.choice(KIND, "gates.gate", lamp.params["gate"]))
                for lamp in five_gates(each)
            ],
        }  # fmt: skip

    def law(self, level: str) -> dict[str, str]:
        """The article for a level, in numbers, and what it rests on."""
        rule = seat_rule(level, self.rulebook)
        told = {"base": rule.base, "step": number(rule.people_a_seat), "most": rule.most}
        fewer = self.say("law.fewer", below=number(rule.fewer_below)) if rule.fewer_below else ""
        return {
            "level": self.lamps.choice(KIND, "level", level),
            "text": self.say("law", **told) + fewer,
            "basis": self.lamps.rests_on(f"seats.{level}_base"),
            "limit": self.lamps.rests_on(f"seats.{level}_most"),
        }
