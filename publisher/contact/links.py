"""The page of 双联 and 三联: how far each kind of link reaches, who is not linked, who links too few."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.contact import links as rules
from ledger.rules.contact.links import Covered
from ledger.words import Words
from publisher.contact.closed import LINKS, hidden
from publisher.contact.gather import rows, serving, today
from publisher.contact.place import leaves
from publisher.finding.counts import MOST_IN_AN_ADDRESS
from publisher.finding.places import by_name, places
from publisher.reading.answers import plain_answers
from publisher.reading.datalinks import DataLinks
from publisher.reading.facts import link
from publisher.reading.lamp_words import LampWords
from publisher.reading.public import Public
from publisher.reading.shares import percent

KIND, EVENT = "contact_link", "contact_event"
INSIDE = "chair_to_enterprise"
"""The kind of link whose records are withheld: only how many there are is told."""
Answers = Mapping[str, Any]


def page(public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of the page is given."""
    around = {"as_of": public.release["as_of"], "rows": links.table(KIND) if KIND in public.rows else None}
    if without := hidden(public, LINKS, words, lang):
        return {**around, "closed": without}
    said = Said(public, links, rulebook, words, lang)
    least = int(rulebook["contact.deputies_per_member"].value)
    few = rules.too_few(said.standing("sc_to_deputy"), least)
    unlinked = said.deputies()
    reach = said.reach("deputy_to_community")
    return {
        **around,
        "verdict": said.verdict(unlinked),
        "groups": [
            {"id": name, "head": said.say(f"group.{name}"), "rows": list(said.rows(kinds))}
            for name, kinds in (("two_way", rules.TWO_WAY), ("three_way", rules.THREE_WAY))
        ],
        "heads": [said.say(f"head.{name}") for name in ("who", "target", "events", "links")],
        "unlinked": [link(public, each) for each in unlinked.missing],
        "unlinked_head": said.say("unlinked", n=len(unlinked.missing), of=unlinked.of),
        "communities": [link(public, each) for each in reach.missing],
        "communities_head": said.say("communities", n=len(reach.missing), of=reach.of),
        "few": [link(public, each) for each in few],
        "few_head": said.say("few", n=len(few), least=least),
        "few_basis": said.basis("contact.deputies_per_member"),
        "receptions": said.receptions(),
        "receptions_due": said.say(
            "receptions.due",
            n=rulebook["contact.receptions_per_year"].value,
            basis=said.basis("contact.receptions_per_year"),
        ),
    }


def _whole(link: Answers) -> bool:
    """Whether a record says who is linked with whom, in what way and since when."""
    pair = rules.PAIRS.get(link.get("link_kind", ""))
    return pair is not None and {"who", "valid_from", pair.target} <= link.keys()


class Said:
    """What is counted, and its words."""

    def __init__(self, public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> None:
        self.public, self.links, self.rulebook = public, links, rulebook
        self.words, self.lang = words, lang
        self.on = today(public)
        told = (plain_answers(public, KIND, row) for row in rows(public, KIND))
        self.every = [each for each in told if _whole(each)]
        self.held: dict[str, list[str]] = {}
        for row in rows(public, EVENT):
            if str(row["held_on"] or "").startswith(str(self.on.year)):
                self.held.setdefault(row["link"] or "", []).append(row["held_on"])

    def say(self, key: str, **params: Any) -> str:
        """A message about links."""
        return self.words.say(f"site.contact.{key}", self.lang, **params)

    def basis(self, key: str) -> str:
        """What a value of the rulebook rests on."""
        return LampWords(self.public, self.words, self.rulebook, self.lang).rests_on(key)

    def kind(self, kind: str) -> str:
        """A kind of link by its label."""
        return self.public.kinds[KIND].fields["link_kind"].say(kind, self.public.titles, self.lang)

    def standing(self, kind: str) -> list[Answers]:
        """The links of a kind that stand today."""
        return list(rules.standing(self.every, kind, self.on))

    # -- what is reached --

    def deputies(self) -> Covered:
        """The serving deputies whom a standing committee member is in contact with; members need none."""
        members = {
            each["who"] for each in self.every if each.get("role") in ("sc_member", "chair_meeting_member")
        }
        roster = [row["code"] for row in serving(self.public) if row["code"] not in members]
        return rules.covered((each["target_deputy"] for each in self.standing("sc_to_deputy")), roster)

    def reach(self, kind: str) -> Covered:
        """The targets of a kind of link."""
        found = self.standing(kind)
        match kind:
            case "sc_to_deputy":
                return self.deputies()
            case "deputy_to_voters":
                return rules.covered((each["target_grid"] for each in found), leaves(self.public))
            case "deputy_to_community":
                villages = sorted(
                    (each for each in places(self.public).values() if each.level == "village"),
                    key=lambda each: (by_name(each.title), each.code),
                )
                named = (each["target_community"] for each in found)
                return rules.covered(named, [each.code for each in villages])
        return rules.covered_of_number((str(each.get(rules.PAIRS[kind].target)) for each in found), None)

    def contacts(self, kind: str) -> Covered:
        """Those with whom a kind of link begins: deputies by their roster, the others by their seats."""
        who = [each["who"] for each in self.standing(kind)]
        if rules.PAIRS[kind].roles == ("deputy",):
            return rules.covered(who, [row["code"] for row in serving(self.public)])
        seats = "sc_members" if "sc_member" in rules.PAIRS[kind].roles else "chair_meeting_members"
        value = self.rulebook.values.get(f"contact.{seats}")
        return rules.covered_of_number(who, int(value.value) if value else None)

    # -- in words --

    def verdict(self, unlinked: Covered) -> tuple[str, str] | None:
        """How many deputies have a standing committee member, and how many communities a deputy."""
        if not self.every:
            return None
        reach = self.reach("deputy_to_community")
        return (
            self.say("verdict", n=unlinked.n, of=unlinked.of),
            self.say("verdict.communities", n=reach.n, of=reach.of),
        )

    def rows(self, kinds: Sequence[str]) -> Iterator[dict[str, Any]]:
        """A line of the table for each kind of link."""
        for kind in kinds:
            if kind == INSIDE:
                every = [row for row in self.public.rows.get(KIND, ()) if row["link_kind"] == kind]
                inside = self.say("inside")
                line = self._line(kind, every, inside, inside)
                yield line | {"events": inside, "last": "", "events_rows": None}
                continue
            found = self.standing(kind)
            yield self._line(kind, found, self.share(self.contacts(kind)), self.share(self.reach(kind)))

    def _line(self, kind: str, found: Sequence[Answers], who: str, target: str) -> dict[str, Any]:
        codes = [each["code"] for each in found]
        held = [day for code in codes for day in self.held.get(code, ())]
        named = ",".join(codes) if 0 < len(codes) <= MOST_IN_AN_ADDRESS else ""
        of_year = {"held_on__startswith": str(self.on.year), "link__in": named}
        return {
            "kind": self.kind(kind),
            "who": who,
            "target": target,
            "events": self.say("held", n=len(held)) if held else self.say("held.none"),
            "last": self.say("held.last", month=max(held)) if held else "",
            "events_rows": self.links.table(EVENT, **of_year) if held and named else None,
            "n": self.say("links", n=len(codes)),
            "rows": self.links.table(KIND, code__in=named) if named else None,
        }

    def share(self, found: Covered) -> str:
        """n of N; where nobody keeps the roster, n alone and that the rest cannot be verified."""
        if found.of is None:
            return self.say("unknown", n=found.n)
        return self.say("share", n=found.n, of=found.of, percent=percent(found.n, found.of))

    def receptions(self) -> list[dict[str, Any]]:
        """The reception days that are announced, and how often they were held this year."""
        return [
            {
                "who": link(self.public, each["who"]),
                "post": each.get("post", ""),
                "whom": link(self.public, each["target_deputy"]),
                "days": each.get("reception_days", ""),
                "held": self.say(
                    "receptions.held", year=self.on.year, n=len(self.held.get(each["code"], ()))
                ),
            }
            for each in self.standing("chair_reception")
        ]
