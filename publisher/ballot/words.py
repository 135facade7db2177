"""What the page of a ballot says: the verdict, the counts, the ranking, ties and further rounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ledger.rules.ballot.verdict import (
    QUORUM,
    Ballot,
    Finding,
    OptionTotals,
    Totals,
    Verdict,
    impossible,
    quorum,
    quorum_met,
    returned_within,
)
from ledger.words import Words
from publisher.ballot.reasons import reason_of
from publisher.reading.public import Public
from publisher.reading.shown import together

if TYPE_CHECKING:
    from publisher.ballot.page import Fold

Row = Mapping[str, Any]
QUORUMS = ("B1", "B3", "B4")
ICONS = {"holds": "ok", "fails": "late", "unknown": "none", "note": "part"}


@dataclass(frozen=True)
class Said:
    """The words of one ballot's page."""

    words: Words
    lang: str
    ballot: Ballot | None
    row: Row

    def say(self, key: str, **params: Any) -> str:
        """A message of content/words/ballot.yaml."""
        return self.words.say(f"site.ballot.{key}", self.lang, **params)

    @property
    def who(self) -> str:
        """All who may vote, by their name."""
        return self.say(f"who.{self.ballot.body if self.ballot else 'congress'}")

    @property
    def street(self) -> bool:
        """Whether those who vote recommend and do not decide."""
        return self.ballot is not None and self.ballot.body == "street_council"

    @property
    def verb(self) -> str:
        """What becomes of those who are chosen."""
        return self.say("verb.street" if self.street else "verb")

    @property
    def unchosen(self) -> str:
        """What becomes of the others."""
        return self.say("unchosen.street" if self.street else "unchosen")

    @property
    def columns(self) -> tuple[str, ...]:
        """The counts a table shows beside the votes for."""
        form = self.ballot.form if self.ballot else ""
        return {"approve_oppose_abstain": ("oppose", "abstain"), "rank_all": ("points",)}.get(form, ())

    # -- the verdict --

    def verdict(self, done: Fold) -> tuple[str, str]:
        """The finding, and the rest of its sentence."""
        verdict = done.verdict
        why = "；".join(self.reasons(done)) if self.lang == "zh" else "; ".join(self.reasons(done))
        if done.doubts == ("no_result",):
            return self.say("verdict.open"), self.say("verdict.open.rest", day=self.row["voted_on"])
        if verdict.outcome == "not_verified":
            return self.say("verdict.unknown"), self.say("verdict.why", why=why)
        if verdict.outcome == "void":
            return self.say("verdict.void"), self.say("verdict.why", why=why)
        street = verdict.outcome == "recommended"
        count = {"total": len(done.totals.options), "n": len(done.chosen)}
        key = "recommended" if street else "selected"
        return self.say(f"verdict.{key}" if done.chosen else f"verdict.{key}.none", **count), self._rest(done)

    def _rest(self, done: Fold) -> str:
        verdict, later = done.verdict, done.later
        if verdict.outcome == "recommended":
            return self.say("verdict.street")
        if verdict.tied:
            place = len(verdict.selected) + 1
            told = {"place": place, "n": len(verdict.tied), "left": verdict.seats_left, "later": len(later)}
            still = verdict.seats_left - len(later) if later else 0
            text = self.say("verdict.tie.done" if later else "verdict.tie", **told)
            return text + (self.say("verdict.still", left=still) if still else "")
        if verdict.seats_left > len(later):
            left = verdict.seats_left - len(later)
            return self.say("verdict.left", left=left)
        return self.say("verdict.stands")

    def reasons(self, done: Fold) -> list[str]:
        """Why there is no verdict, or why the ballot is void."""
        told = [self.say(f"why.{each}") for each in done.doubts]
        return told + [self.reason(each) for each in done.verdict.reasons]

    def reason(self, why: str) -> str:
        """A reason that the rules give, in the language of the page."""
        key, told = reason_of(why)
        for name in ("name", "more"):
            if f"site.ballot.count.{told.get(name)}" in self.words.messages:
                told[name] = self.say(f"count.{told[name]}")
        return self.say(f"why.{key}", **told)

    # -- lamps and sums --

    def quorum(self, verdict: Verdict) -> dict[str, str]:
        """The lamp of who was there."""
        asked = next((each for each in verdict.findings if is_quorum(each)), None)
        ballot = self.ballot
        if ballot is None:
            return self._lamp("unknown", "lamp.quorum.unknown", "lamp.quorum.terms")
        finding = asked or quorum_met(ballot.roster, ballot.present, ballot.body, share=ballot.quorum)
        if finding.rule == "street" and finding.state == "note":
            return self._lamp(
                "note", "lamp.quorum.street", "lamp.quorum.street.why", present=digits(ballot.present)
            )
        key = "surely" if finding.state == "holds" and ballot.present is None else finding.state
        return {
            "icon": ICONS[finding.state],
            "what": self.say(f"lamp.quorum.{key}", present=digits(ballot.present)),
            "why": self.quorum_of(finding),
        }

    def sheets(self, totals: Totals) -> dict[str, str]:
        """The lamp of the arithmetic."""
        wrong = impossible(self.ballot, totals) if self.ballot else ()
        finding = returned_within(totals.issued, totals.returned, self.row["present"])
        told = {name: digits(getattr(totals, name)) for name in ("issued", "returned", "valid", "invalid")}
        if finding.state == "fails":
            return self._lamp("fails", "lamp.sheets.fails", "lamp.sheets.fails.why", **told)
        if wrong:
            why = together((self.reason(each) for each in wrong), self.lang)
            return {"icon": "late", "what": self.say("lamp.sheets.wrong"), "why": why}
        key = finding.state
        return self._lamp(key, f"lamp.sheets.{key}", f"lamp.sheets.{key}.why", **told)

    def _lamp(self, state: str, what: str, why: str, **told: Any) -> dict[str, str]:
        return {"icon": ICONS[state], "what": self.say(what, **told), "why": self.say(why, **told)}

    def sum(self, totals: Totals) -> list[tuple[str, str, str]]:
        """发出 = 收回 = 有效 + 无效, with the sign that is true."""
        together = None if None in (totals.valid, totals.invalid) else totals.valid + totals.invalid  # type: ignore[operator]
        return [
            ("", self.say("count.issued"), digits(totals.issued)),
            (_sign(totals.issued, totals.returned), self.say("count.returned"), digits(totals.returned)),
            (_sign(totals.returned, together), self.say("count.valid"), digits(totals.valid)),
            ("+", self.say("count.invalid"), digits(totals.invalid)),
        ]

    def unmarked(self, totals: Totals) -> str:
        """How many sheets chose nothing, and how many one may mark."""
        form = self.ballot.form if self.ballot else ""
        marks = self.say(f"form.{form}", n=digits(self.ballot and self.ballot.seats)) if form else ""
        return marks + (self.say("blank", n=totals.blank) if totals.blank is not None else "")

    # -- the ranking --

    def chart(
        self, done: Fold, shown: list[OptionTotals], size: int | None, need: int | None, total: int
    ) -> dict[str, str]:
        """The sentences round the picture."""
        over = sum(each.approve >= need for each in shown) if need else 0
        n, left = len(shown), len(shown) - len(done.chosen)
        if need is None:
            finding = self.say("chart.unknown", total=n)
        elif done.verdict.outcome in ("void", "not_verified"):
            finding = self.say("chart.undecided", total=n, over=over, need=need)
        else:
            finding = self.say(
                "chart.finding", total=n, over=over, need=need, chosen=len(done.chosen), verb=self.verb
            )
        base = self._base()
        return {
            "finding": finding,
            "label": self.say("chart.label", total=n, finding=finding),
            "limit": self.say("chart.limit" if self._half() else "chart.limit.other", need=digits(need)),
            "end": self.say("chart.end", base=base if size else self.say("count.valid"), n=total),
            "cut": self.say("chart.cut", n=left, unchosen=self.unchosen),
            "table": self.say("chart.table", total=n),
            "how": self.denominator(done),
        }

    def heads(self, size: int | None) -> list[str]:
        """The heads of the columns that hold numbers."""
        names = ("approve", *self.columns)
        of = [self.say("column.share", base=self._base(), n=size)] if size else []
        return [self.say(f"column.{name}") for name in names] + of

    def outcome(self, each: OptionTotals, done: Fold) -> str:
        """What became of one option, and why."""
        verdict, option = done.verdict, each.option
        later = done.further
        if verdict.outcome in ("void", "not_verified"):
            return self.say(f"outcome.{verdict.outcome}")
        if option in verdict.selected or option in verdict.recommended:
            return self.say("outcome.selected" if option in verdict.selected else "outcome.recommended")
        if option in done.later and later:
            return self.say("outcome.later", round=digits(later.row["round"]), verb=self.verb)
        if option in verdict.tied:
            if not done.later or later is None:
                return self.say("outcome.tied")
            votes = next((other.approve for other in later.totals.options if other.option == option), None)
            return self.say(
                "outcome.tied.lost",
                round=digits(later.row["round"]),
                votes=digits(votes),
                unchosen=self.unchosen,
            )
        if option in verdict.outvoted:
            return self.say("outcome.outvoted", unchosen=self.unchosen)
        need = done.of(each)[1] or 0
        return self.say("outcome.failed", short=need - each.approve, need=need, unchosen=self.unchosen)

    def denominator(self, done: Fold) -> str:
        """Of whom the majority is counted, in one sentence."""
        ballot = self.ballot
        if ballot is None:
            return self.say("why.terms") + self.say("stop")
        size, need = done.of(done.totals.options[0] if done.totals.options else OptionTotals(""))
        if size is None or need is None:
            return self.say("denominator.unknown", base=self._base())
        told = {"base": self._base(), "n": size, "unit": self.say(f"unit.{ballot.base}"), "need": need}
        share = _share(ballot.threshold * size)
        key = "half" if self._half() else "over" if ballot.strict else "reach"
        text = self.say(f"denominator.{key}", **told, threshold=str(ballot.threshold), share=share)
        away = (ballot.roster or 0) - (ballot.present or 0)
        if ballot.base == "all" and ballot.present is not None and away > 0:
            text += self.say("denominator.away", n=away)
        return text

    def _base(self) -> str:
        if self.ballot is None or self.ballot.base == "all":
            return self.who
        return self.say(f"base.{self.ballot.base}")

    def _half(self) -> bool:
        return self.ballot is None or (self.ballot.threshold == Fraction(1, 2) and self.ballot.strict)

    # -- ties and rounds --

    def tie(self, done: Fold, public: Public) -> dict[str, Any] | None:
        """Who tied at the cut or which seats stayed open, and what came of it."""
        verdict, later = done.verdict, done.further
        if not verdict.tied and not (verdict.seats_left and verdict.outcome == "decided"):
            return None
        named = {each.option: each.subject or each.option for each in done.totals.options}
        told: dict[str, Any] = {"left": verdict.seats_left, "n": len(verdict.tied)}
        told["subjects"] = together((named[each] for each in verdict.tied), self.lang)
        votes = next((each.approve for each in done.totals.options if each.option in verdict.tied), 0)
        key = "tie" if verdict.tied else "open"
        found: dict[str, Any] = {
            "head": self.say(f"{key}.head", place=len(verdict.selected) + 1, votes=votes, **told),
            "text": self.say(f"{key}.text", **told),
            "link": None,
            "next": self.say(f"{key}.next") if later is None else "",
        }
        if verdict.tied and self.row["tie_rule"] not in (None, "revote_tied"):
            found["text"] = self.say("tie.rule", rule=self._choice(public, "tie_rule"), **told)
        if later is not None:
            strong, rest = Said(self.words, self.lang, later.ballot, later.row).verdict(later)
            round = digits(later.row["round"])
            found["link"] = (self.say("tie.round", round=round), public.path(later.row["code"]))
            chosen = together((named[each] for each in done.later), self.lang)
            found["next"] = self.say("tie.chosen", subjects=chosen) if chosen else strong + rest
        return found

    def follows(self, public: Public) -> tuple[str, str | None] | None:
        """The ballot that this one follows."""
        before = self.row["revote_of"]
        path = public.path(before) if before else None
        return (self.say("follows", title=public.titles.get(before, before)), path) if before else None

    def _choice(self, public: Public, name: str) -> str:
        return public.kinds["ballot"].fields[name].say(self.row[name], public.titles, self.lang)

    def quorum_of(self, finding: Finding) -> str:
        ballot = self.ballot
        assert ballot is not None
        least = None if ballot.roster is None else quorum(ballot.roster, ballot.body, ballot.quorum)
        told = {
            "who": self.who,
            "roster": digits(ballot.roster),
            "present": digits(ballot.present),
            "least": digits(least),
        }
        key = finding.state
        if key == "holds" and ballot.present is None:
            key = "surely"  # type: ignore[assignment]
        elif key == "unknown":
            return self.say("quorum.unknown", why=self.reason(finding.why))
        return self.say(f"quorum.{key}", share=self._share_there(finding.rule), **told)

    def _share_there(self, rule: str) -> str:
        """What share of all must be there."""
        own = self.ballot.quorum if self.ballot else None
        by_law = QUORUM[self.ballot.body][1] if self.ballot and self.ballot.body in QUORUM else None
        if own in (None, by_law):
            return self.say(f"share.{rule.lower()}")
        return self.say("share.reach" if rule == "B1" else "share.over", share=str(own))

    # -- who announced it --

    def result(self, row: Row, public: Public) -> dict[str, Any]:
        """Who announced the result, and how two counts that differed were settled."""
        people = [row["chief_scrutineer"], *(row["scrutineers"] or ())]
        return {
            "title": self.say("result", day=digits(row["announced_on"])),
            "href": public.path(row["code"]),
            "people": [(public.titles.get(each, each), public.path(each)) for each in people if each],
            "settled": row["resolution"],
        }


def is_quorum(each: Finding) -> bool:
    """Whether a finding is about who was there; a street council has a quorum only where a rule sets one."""
    return each.rule in QUORUMS or (each.rule == "street" and each.state != "note")


def digits(value: Any) -> str:
    """A count; a "?" is one that nobody wrote or that is not published."""
    return "?" if value is None else str(value)


def _sign(left: int | None, right: int | None) -> str:
    """The sign between two counts."""
    if left is None or right is None or left == right:
        return "="
    return ">" if left > right else "<"


def _share(value: Fraction) -> str:
    """A share of people as a number: 76, 50.67."""
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.2f}".rstrip("0").rstrip(".")
