"""What the page of a ballot says: each finding of the rules as a sentence, with its article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ledger.rulebooks import Rulebook
from ledger.rules.ballot import (
    ARTICLES,
    Ballot,
    Finding,
    OptionTotals,
    Totals,
    Verdict,
    impossible,
    quorum,
    quorum_met,
    returned_within,
    secret,
)
from ledger.rules.ballot_terms import UNVERIFIED
from ledger.words import Words
from publisher.reading import Public
from publisher.shown import together

if TYPE_CHECKING:
    from publisher.ballots import Fold

Row = Mapping[str, Any]
QUORUMS = ("B1", "B3", "B4")
ICONS = {"holds": "ok", "fails": "late", "unknown": "none", "note": "part"}
SOURCES = {
    "B1": "ballot.quorum",
    "B3": "ballot.standing_committee_quorum",
    "B4": "ballot.presidium_quorum",
    "B5": "ballot.returned_over_issued_is_void",
    "B6": "ballot.over_marked_is_invalid",
    "B7": "ballot.secret",
    "B8": "ballot.tie_rule",
    "B9": "ballot.too_few_pass",
    "B10": "ballot.candidates_over_seats",
    "street": "rollout.levels_that_vote",
}
"""Where a rulebook says what a rule of ledger.rules.ballot applies; the others stand in ARTICLES."""
BASE_OF = {
    "congress": "ballot.base",
    "standing_committee": "ballot.standing_committee_base",
    "presidium": "ballot.presidium_base",
    "street_council": "ballot.base",
}
APPLIED = {
    "ballot.quorum": "2/3",
    "ballot.standing_committee_quorum": "1/2",
    "ballot.presidium_quorum": "1/2",
}
"""The shares that ledger.rules.ballot asks for; a rulebook that says otherwise is named on the page."""
REASONS: tuple[tuple[str, str], ...] = (
    (r"method unknown", "unknown_method"),
    (r"(?P<name>\w+) and (?P<more>\w+) unknown", "unknown_both"),
    (r"(?P<name>\w+) unknown", "unknown"),
    (r"valid (?P<valid>\d+) \+ invalid (?P<invalid>\d+) is not returned (?P<returned>\d+)", "sum"),
    (r"option (?P<option>.+): (?P<votes>\d+) votes are above (?P<name>\w+) (?P<n>\d+)", "above_votes"),
    (r"approve of all options together is (?P<n>\d+), above valid (?P<valid>\d+) × (?P<each>\d+)", "marks"),
    (r"(?P<name>\w+) (?P<n>\d+) is above (?P<more>\w+) (?P<limit>\d+)", "above"),
    (r"(?P<returned>\d+) returned > (?P<limit>\d+) (?P<name>\w+): .*", "over"),
    (r"quorum: (?P<present>\d+) present < (?P<least>\d+) of all (?P<roster>\d+)", "quorum"),
    (r"seats is zero: .*", "no_seats"),
    (r"no option was voted on", "no_options"),
    (r".*(?:places|place each option).*", "places"),
)
"""Why the rules say a verdict is void or cannot be computed, and which words say the same."""


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
        for pattern, key in REASONS:
            if found := re.fullmatch(pattern, why):
                params = found.groupdict()
                for name in ("name", "more"):
                    if name in params and f"site.ballot.count.{params[name]}" in self.words.messages:
                        params[name] = self.say(f"count.{params[name]}")
                return self.say(f"why.{key}", **params)
        return self.say("why.other", what=why)

    # -- lamps and sums --

    def quorum(self, verdict: Verdict) -> dict[str, str]:
        """The lamp of who was there."""
        asked = next((each for each in verdict.findings if each.rule in QUORUMS), None)
        ballot = self.ballot
        if ballot is None:
            return self._lamp("unknown", "lamp.quorum.unknown", "lamp.quorum.terms")
        finding = asked or quorum_met(ballot.roster, ballot.present, ballot.body)
        if finding.rule == "street":
            return self._lamp(
                "note", "lamp.quorum.street", "lamp.quorum.street.why", present=_n(ballot.present)
            )
        key = "surely" if finding.state == "holds" and ballot.present is None else finding.state
        return {
            "icon": ICONS[finding.state],
            "what": self.say(f"lamp.quorum.{key}", present=_n(ballot.present)),
            "why": self._quorum(finding),
        }

    def sheets(self, totals: Totals) -> dict[str, str]:
        """The lamp of the arithmetic."""
        wrong = impossible(self.ballot, totals) if self.ballot else ()
        finding = returned_within(totals.issued, totals.returned, self.row["present"])
        told = {name: _n(getattr(totals, name)) for name in ("issued", "returned", "valid", "invalid")}
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
            ("", self.say("count.issued"), _n(totals.issued)),
            (_sign(totals.issued, totals.returned), self.say("count.returned"), _n(totals.returned)),
            (_sign(totals.returned, together), self.say("count.valid"), _n(totals.valid)),
            ("+", self.say("count.invalid"), _n(totals.invalid)),
        ]

    def unmarked(self, totals: Totals) -> str:
        """How many sheets chose nothing, and how many one may mark."""
        form = self.ballot.form if self.ballot else ""
        marks = self.say(f"form.{form}", n=_n(self.ballot and self.ballot.seats)) if form else ""
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
            "limit": self.say("chart.limit" if self._half() else "chart.limit.other", need=_n(need)),
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
            return self.say("outcome.later", round=_n(later.row["round"]), verb=self.verb)
        if option in verdict.tied:
            if not done.later or later is None:
                return self.say("outcome.tied")
            votes = next((other.approve for other in later.totals.options if other.option == option), None)
            return self.say(
                "outcome.tied.lost", round=_n(later.row["round"]), votes=_n(votes), unchosen=self.unchosen
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
            round = _n(later.row["round"])
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

    # -- why so --

    def rules(self, done: Fold, rulebook: Rulebook) -> list[dict[str, Any]]:
        """Each rule that was applied: what it says of this ballot, its article, whether one was found."""
        return [self._rule(each, done, rulebook) for each in self._findings(done)]

    def _findings(self, done: Fold) -> Iterator[Finding]:
        for each in done.verdict.findings:
            if each.rule != "arithmetic" and not (each.rule == "street" and "quorum" in each.why):
                yield each
        if self.ballot and self.ballot.form in ("approve_up_to_k", "choose_one"):
            yield Finding("B6", "holds", "")
        yield secret(self.row["method"])

    def _rule(self, each: Finding, done: Fold, rulebook: Rulebook) -> dict[str, Any]:
        rule = each.rule.lower()
        key = BASE_OF[self.ballot.body] if each.rule == "B2" and self.ballot else SOURCES.get(each.rule, "")
        value = rulebook.values.get(key)
        article = value.article if value else ARTICLES[each.rule]
        unverified = value.unverified if value else article == UNVERIFIED
        unverified |= self.street and each.rule != "street"  # what holds for a congress, by analogy
        told = each.state in ("fails", "unknown") or (each.state == "note" and each.rule == "B10")
        return {
            "name": self.say(f"rule.{rule}"),
            "text": self._text(each, done),
            "state": self.say(f"state.{each.state}") if told else "",
            "article": None if article == UNVERIFIED else article,
            "basis": self.say("unverified.article" if article and article != UNVERIFIED else "unverified")
            if unverified
            else "",
        }

    def _text(self, each: Finding, done: Fold) -> str:
        ballot, totals, verdict = self.ballot, done.totals, done.verdict
        if each.rule == "B7" and each.state != "unknown":
            return self.say(f"rule.b7.{each.state}")
        if each.state == "unknown" and each.rule not in QUORUMS:
            return self.reason(each.why) + self.say("stop")
        if each.rule in QUORUMS:
            return self._quorum(each)
        seats = _n(ballot and ballot.seats)
        match each.rule:
            case "B2":
                return self.denominator(done)
            case "B5":
                told = {"issued": _n(totals.issued), "returned": _n(totals.returned)}
                return self.say(f"rule.b5.{each.state}", **told)
            case "B6":
                return self.say("rule.b6.holds", n=seats)
            case "B8":
                return self.say("rule.b8.tie" if verdict.tied else "rule.b8.most", n=seats)
            case "B9":
                return self.say("rule.b9.note", left=verdict.seats_left, n=seats)
            case "B10":
                told = {"total": str(len(totals.options)), "n": seats}
                return self.say(f"rule.b10.{each.state}", **told)
        return self.say(f"rule.{each.rule.lower()}.text")

    def _quorum(self, finding: Finding) -> str:
        ballot = self.ballot
        assert ballot is not None
        least = None if ballot.roster is None else quorum(ballot.roster, ballot.body)
        told = {
            "who": self.who,
            "roster": _n(ballot.roster),
            "present": _n(ballot.present),
            "least": _n(least),
        }
        key = finding.state
        if key == "holds" and ballot.present is None:
            key = "surely"  # type: ignore[assignment]
        elif key == "unknown":
            return self.say("quorum.unknown", why=self.reason(finding.why))
        share = self.say(f"share.{finding.rule.lower()}")
        return self.say(f"quorum.{key}", share=share, **told)

    def differs(self, rulebook: Rulebook) -> list[str]:
        """Where this ballot was held otherwise than the rulebook says."""
        if self.ballot is None:
            return []
        mine: dict[str, Any] = {BASE_OF[self.ballot.body]: self.ballot.base}
        if self.ballot.body == "congress":
            mine |= {"ballot.threshold": str(self.ballot.threshold), "ballot.strict": self.ballot.strict}
            mine |= {"ballot.tie_rule": self.row["tie_rule"]}
        if self.ballot.body != "street_council":
            key = SOURCES[{"congress": "B1", "standing_committee": "B3", "presidium": "B4"}[self.ballot.body]]
            mine[key] = APPLIED[key]
        found = []
        for key, value in mine.items():
            ruled = rulebook.values.get(key)
            if ruled is not None and value is not None and str(ruled.value) != str(value):
                what = self.say(f"differs.{key.partition('.')[2].rpartition('_')[2]}")
                told = {"what": what, "ruled": self._word(ruled.value), "done": self._word(value)}
                found.append(self.say("differs", **told))
        return found

    def _word(self, value: Any) -> str:
        """A value of a rulebook as people say it."""
        key = f"value.{str(value).lower()}"
        return self.say(key) if f"site.ballot.{key}" in self.words.messages else str(value)

    def result(self, row: Row, public: Public) -> dict[str, Any]:
        """Who announced the result, and how two counts that differed were settled."""
        people = [row["chief_scrutineer"], *(row["scrutineers"] or ())]
        return {
            "title": self.say("result", day=_n(row["announced_on"])),
            "href": public.path(row["code"]),
            "people": [(public.titles.get(each, each), public.path(each)) for each in people if each],
            "settled": row["resolution"],
        }


def _n(value: Any) -> str:
    return "?" if value is None else str(value)


def _sign(left: int | None, right: int | None) -> str:
    """The sign between two counts."""
    if left is None or right is None or left == right:
        return "="
    return ">" if left > right else "<"


def _share(value: Fraction) -> str:
    """A share of people as a number: 76, 50.67."""
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.2f}".rstrip("0").rstrip(".")
