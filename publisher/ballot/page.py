"""The page of a ballot: its rows in public.db, folded by ledger.rules.ballot, and the totals anyone recounts.

Nothing but public.db and the congress's rulebook is read, so a reader who downloads the totals computes what
stands here. What cannot be computed says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.ballot.records import share
from ledger.rules.ballot.verdict import (
    BASES,
    BODIES,
    CONGRESS_FORMS,
    Ballot,
    OptionTotals,
    Totals,
    Verdict,
    after_revote,
    base_size,
    decide,
    needed,
    seated,
)
from ledger.words import Words
from publisher.ballot import present, sheets
from publisher.ballot import words as ballot_words
from publisher.ballot.grounds import Grounds
from publisher.chart.bars import Bar, bars
from publisher.data.spreadsheet import safe_rows
from publisher.reading.answers import naming, unpublished
from publisher.reading.public import Public
from publisher.reading.shares import percent

Row = Mapping[str, Any]
SHEETS = ("issued", "returned", "valid", "invalid", "blank")
VOTES = ("approve", "oppose", "abstain", "points")
VOTED = ("totals.option", "totals.approve")
"""What of a result must be published, or there are no votes to count."""
COLUMNS = (
    "form", "seats", "base", "threshold", "strict", "body", "quorum", "roster", "present", *SHEETS, "option",
    "subject", *VOTES, "list_frozen_on", "voted_on",
)  # fmt: skip
"""The columns that `python -m ledger.rules.ballot` reads (docs/ballots.md)."""
CHOSEN = ("selected", "recommended")
QUORUM_OF = {
    "congress": "ballot.quorum",
    "standing_committee": "ballot.standing_committee_quorum",
    "presidium": "ballot.presidium_quorum",
    "street_council": "ballot.street_council_quorum",
}
"""Where a rulebook sets what share of all must be there; none of the national rules sets one for a street."""


@dataclass(frozen=True)
class Fold:
    """One ballot, computed. `doubts` are keys of words that say why nothing could be."""

    row: Row
    candidates: Sequence[Row]
    results: Sequence[Row]
    ballot: Ballot | None
    totals: Totals
    verdict: Verdict
    doubts: tuple[str, ...] = ()
    further: Fold | None = None
    """The next round, of those who tied or for the seats that stayed open."""

    @property
    def chosen(self) -> tuple[str, ...]:
        """Who is chosen or recommended once all rounds are over."""
        mine = (*self.verdict.selected, *self.verdict.recommended)
        return (*mine, *self.later)

    @property
    def later(self) -> tuple[str, ...]:
        """Who was chosen in a further round, as far as the rules let it choose."""
        if self.further is None or not self.further.verdict.verifiable:
            return ()
        more = self.further.chosen
        if self.verdict.tied:
            try:
                first = replace(self.verdict, selected=())
                return after_revote(first, Verdict("decided", selected=more))
            except ValueError:
                return ()
        known = {each.option for each in self.totals.options}
        return more if set(more) <= known and len(more) <= self.verdict.seats_left else ()

    def of(self, option: OptionTotals) -> tuple[int | None, int | None]:
        """Of how many the option's majority is counted, and how many votes it needs."""
        size = base_size(self.ballot, self.totals, option) if self.ballot else None
        if size is None or self.ballot is None:
            return size, None
        return size, needed(size, self.ballot.threshold, self.ballot.strict)


def fold(public: Public, row: Row, rulebook: Rulebook, seen: frozenset[str] = frozenset()) -> Fold:
    """A ballot with its result and its further rounds; nothing is guessed where a row says nothing.

    Of the rulebook only the quorum is read.
    """
    code = row["code"]
    candidates = public.groups.get(("ballot", "candidates"), {}).get(code, ())
    results = naming(public, "ballot_result", code, "ballot")
    ballot = _ballot(row, rulebook)
    lines: Sequence[Row] = ()
    totals = Totals(())
    if len(results) == 1:
        if not unpublished(public, "ballot_result", *VOTED):
            lines = public.groups.get(("ballot_result", "totals"), {}).get(results[0]["code"], ())
        totals = _totals(results[0], lines, candidates)
    doubts = tuple(_doubts(public, candidates, results, ballot, lines))
    verdict = Verdict("not_verified") if doubts or ballot is None else decide(ballot, totals)
    return Fold(
        row, candidates, results, ballot, totals, verdict, doubts, _further(public, row, rulebook, seen)
    )


def _further(public: Public, row: Row, rulebook: Rulebook, seen: frozenset[str]) -> Fold | None:
    code = row["code"]
    seen |= {code}
    later = naming(public, "ballot", code, "revote_of")
    rounds = [each for each in later if each["code"] not in seen and each["cycle"] == row["cycle"]]
    if not rounds:
        return None
    return fold(public, min(rounds, key=lambda each: (each["round"] or 0, each["code"])), rulebook, seen)


def _ballot(row: Row, rulebook: Rulebook) -> Ballot | None:
    """How it was voted; None where a row does not say what the rules need."""
    over, _, under = str(row["threshold"]).partition("/")
    if not (over.isdecimal() and under.isdecimal() and 0 < int(over) <= int(under)):
        return None
    if row["ballot_form"] not in CONGRESS_FORMS or row["base"] not in BASES or row["body_kind"] not in BODIES:
        return None
    return seated(
        Ballot(
            form=row["ballot_form"],
            base=row["base"],
            seats=row["seats"],
            roster=row["roster_size"],
            present=row["present"],
            body=row["body_kind"],
            threshold=Fraction(int(over), int(under)),
            strict=row["strict"] is None or bool(row["strict"]),
            quorum=_quorum(row["body_kind"], rulebook),
        )
    )


def _quorum(body: str, rulebook: Rulebook) -> Fraction | None:
    """The share of all that a rulebook asks for; None where it says none, or one that is none."""
    value = rulebook.values.get(QUORUM_OF[body])
    return None if value is None else share(str(value.value))


def _totals(result: Row, lines: Sequence[Row], candidates: Sequence[Row]) -> Totals:
    subjects = {each["option"]: each["subject"] for each in candidates}
    options = (
        OptionTotals(
            each["option"],
            **{name: each[name] or 0 for name in VOTES},
            subject=subjects.get(each["option"], ""),
        )
        for each in lines
    )
    return Totals(tuple(options), **{name: result[name] for name in SHEETS})


def _doubts(
    public: Public,
    candidates: Sequence[Row],
    results: Sequence[Row],
    ballot: Ballot | None,
    lines: Sequence[Row],
) -> Iterator[str]:
    """Why nothing can be computed, before any rule is asked."""
    if ballot is None:
        yield "terms"
    if unpublished(public, "ballot_result", "ballot"):
        yield "untold.result"
        return
    if not results:
        yield "no_result"
        return
    if len(results) > 1:
        yield "results"
        return
    if results[0]["declared_void"]:
        return  # nothing was counted: more came back than went out, and the rules say so
    if unpublished(public, "ballot", "candidates.option"):
        yield "untold.list"
        return
    if unpublished(public, "ballot_result", *VOTED):
        yield "untold.votes"
        return
    if sorted(str(each["option"]) for each in lines) != sorted(str(each["option"]) for each in candidates):
        yield "options"
    counted = ("approve", "points") if ballot and ballot.form == "rank_all" else ("approve",)
    if any(each[name] is None for each in lines for name in counted):
        yield "votes"


# -- what the page is given --


def page(public: Public, row: Row, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of a ballot is given beside what every record's is."""
    done = fold(public, row, rulebook)
    said = ballot_words.Said(words, lang, done.ballot, row)
    grounds = Grounds(said, rulebook)
    shown, one = _shown(done), len(done.results) == 1
    return {
        "verdict": said.verdict(done),
        "lamps": [said.quorum(done.verdict), said.sheets(done.totals)] if one else [],
        "sum": said.sum(done.totals) if one else [],
        "invalid": said.unmarked(done.totals) if one else "",
        "chart": _chart(public, done, shown, said),
        "seats": present.drawn(said),
        "tie": said.tie(done, public),
        "follows": said.follows(public),
        "denominator": said.denominator(done),
        "rules": grounds.rules(done),
        "differs": grounds.differs(),
        "results": [said.result(each, public) for each in done.results],
        "csv": f"{row['code']}.csv" if offered(done) else None,
        "sheets": sheets.said(row, rulebook, words, lang),
    }


def _shown(done: Fold) -> list[OptionTotals]:
    """The options as the page ranks them: chosen first, then by votes, then as on the sheet."""
    ranked = done.ballot is not None and done.ballot.form == "rank_all"
    chosen = done.chosen

    def place(each: OptionTotals) -> tuple[bool, Any]:
        return each.option not in chosen, each.points if ranked else -each.approve

    return sorted(done.totals.options, key=place)


def _chart(public: Public, done: Fold, shown: list[OptionTotals], said: ballot_words.Said) -> Any:
    """The ranking as a picture and as a table; None before there are any numbers."""
    if not shown or "votes" in done.doubts:
        return None
    size, need = done.of(shown[0])
    total = size or max(done.totals.valid or 0, *(each.approve for each in shown))
    chosen = done.chosen
    items = [Bar(each.subject or each.option, each.approve, each.option not in chosen) for each in shown]
    cut = len(chosen) if 0 < len(chosen) < len(shown) else None
    links = {each["option"]: each["candidate"] for each in done.candidates}
    lines = _lines(public, done.results[0])
    score = [
        each.points if done.ballot and done.ballot.form == "rank_all" else -each.approve for each in shown
    ]
    rows = [
        {
            "rank": sum(other < mine for other in score) + 1,
            "option": each.option,
            "subject": each.subject or each.option,
            "href": public.path(links.get(each.option) or ""),
            "votes": [each.approve, *(_known(lines[each.option][name]) for name in said.columns)],
            "share": percent(each.approve, size),
            "result": said.outcome(each, done),
        }
        for each, mine in zip(shown, score, strict=True)
    ]
    return {
        "bars": bars(items, total, need, cut),
        **said.chart(done, shown, size, need, total),
        "columns": said.heads(size),
        "rows": rows,
    }


def _known(count: int | None) -> int | str:
    """A count; nobody having written it is not 0."""
    return "?" if count is None else count


def _lines(public: Public, result: Row) -> dict[str, Row]:
    """The rows of a result's totals by their options."""
    return {each["option"]: each for each in public.groups[("ballot_result", "totals")][result["code"]]}


# -- the totals beside the page --


def offered(done: Fold) -> bool:
    """Whether the totals can be had: one result, with terms and numbers."""
    return bool(len(done.results) == 1 and done.ballot and done.totals.options)


def totals_csv(public: Public, row: Row, rulebook: Rulebook) -> str | None:
    """The totals in the columns that the recount reads, a line an option."""
    done = fold(public, row, rulebook)
    if not offered(done) or done.ballot is None:
        return None
    result = done.results[0]
    lines = _lines(public, result)
    same = {
        "form": row["ballot_form"],
        "body": row["body_kind"],
        "roster": row["roster_size"],
        "strict": "yes" if done.ballot.strict else "no",
        "quorum": done.ballot.quorum,
        **{
            name: row[name]
            for name in ("seats", "base", "threshold", "present", "list_frozen_on", "voted_on")
        },
        **{name: result[name] for name in SHEETS},
    }
    rows = [
        {**same, **lines[each.option], "option": each.option, "subject": each.subject}
        for each in done.totals.options
    ]
    cells = (["" if each.get(name) is None else str(each[name]) for name in COLUMNS] for each in rows)
    return safe_rows([COLUMNS, *cells])
