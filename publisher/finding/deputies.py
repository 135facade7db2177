"""The page of a deputy: who, where elected, what was filed and what came of it, what they did.

What they did is told by publisher.duty. Nobody is ranked.

What is not published says nothing: where the field that names a suggestion's deputy has no column, the page
says so and counts no suggestions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.words import Words
from publisher.contact import deputy as contact
from publisher.duty import deputy as duty
from publisher.finding.chain import Chain
from publisher.finding.counts import HERE, counts, span
from publisher.reading.facts import cell, link
from publisher.reading.public import Public, listed
from publisher.suggestion.cases import KIND, as_written
from publisher.suggestion.state import Suggestion, order, state_of
from publisher.suggestion.words import closed_words

Row = Mapping[str, Any]
LEAD = "lead_deputy"
MOST = 8
"""So many chains stand on the page; the list and the rows have all."""
WHO = ("constituency", "levels", "term", "group", "mandate")
STATION = "station"


def page(public: Public, row: Row, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of a deputy is given beside what every record's is."""
    code = row["code"]

    def say(key: str, **params: Any) -> str:
        return words.say(f"site.deputy.{key}", lang, **params)

    found = counts(public, code)
    known, as_of = span(found), str(public.release["as_of"])  # a duty to come is no record of anything yet
    closed = closed_words(public, words, lang) if KIND in public.rows else ""
    own = [] if closed else order(filed(public, code, rulebook))
    named = names_all(public)
    now = [each for each in own if not each.ended]
    chain = Chain(public, words, lang)
    shown = [*now, *_latest(each for each in own if each.ended)][:MOST]
    return {
        "who": _who(public, row, lang),
        "verdict": _verdict(say, own, now, named and not closed) if KIND in public.rows else ("", ""),
        "span": say("span", first=known[0], last=min(known[1], as_of)) if known else say("span.none"),
        "closed": closed,
        "unnamed": "" if named or KIND not in public.rows else say("unnamed"),
        "chains": [chain.of(each) for each in shown],
        "chains_head": say("chains.some", n=len(shown), of=len(own)) if len(own) > len(shown) else "",
        "all": HERE.table(KIND, **{LEAD: code}) if own else None,
        "counts": [
            {
                "kind": each.kind.label[lang],
                "via": _via(each.kind.fields, each.via, say, lang),
                "n": each.n,
                "span": "" if each.kind.register else _days(say, each.first, each.last),
                "rows": each.rows,
            }
            for each in found
        ],
        "duty": duty.part(public, row, rulebook, words, lang),
        "contact": contact.part(public, row, rulebook, words, lang),
        "stations": [_station(public, each, lang) for each in _stations(public, code)],
    }


def names_all(public: Public) -> bool:
    """Whether every public suggestion says whose it is: its lead, or who filed it."""
    return KIND in public.rows and as_written(public, KIND, LEAD) and public.kinds[KIND].author


def filed(public: Public, code: str, rulebook: Rulebook) -> list[Suggestion]:
    """The public suggestions of a deputy: as lead, or filed without naming one."""
    if KIND not in public.rows:
        return []
    rows = public.by_code(KIND)
    named = {
        each.code for each in public.about.get(code, ()) if each.kind == KIND and each.via in (LEAD, "author")
    }
    own = [rows[each] for each in sorted(named) if (rows[each].get(LEAD) or rows[each].get("author")) == code]
    return [state_of(public, each, rulebook) for each in own if not each["withheld"]]


def _latest(some: Any) -> list[Suggestion]:
    return sorted(some, key=lambda each: (each.standing.since or "", each.code), reverse=True)


def _verdict(say: Any, own: Sequence[Suggestion], now: Sequence[Suggestion], told: bool) -> tuple[str, str]:
    """How many suggestions, how many of them are still open, how many are late."""
    if not told:
        return "", ""
    if not own:
        return say("verdict.none"), ""
    late = sum(bool(each.days_over) for each in now)
    first = say("verdict", n=len(own), replied=sum(_replied(each) for each in own))
    key = "verdict.ended" if not now else "verdict.open" if late else "verdict.calm"
    rest = say(key, n=len(now), late=late)
    return first, rest


def _replied(each: Suggestion) -> bool:
    return any(one.replies for one in each.handlings)


def _who(public: Public, row: Row, lang: str) -> list[str]:
    """Constituency, levels, term, group and mandate, as far as they are published."""
    fields = public.kinds["deputy"].fields
    told = []
    for name in WHO:
        if name in fields and fields[name].public and row.get(name) is not None:
            how, what = cell(public, fields[name], row[name], lang)
            told.append("、".join(text for text, _ in what) if how == "links" else str(what))
    return told


def _via(fields: Mapping[str, Any], via: str, say: Any, lang: str) -> str:
    return str(fields[via].label[lang]) if via in fields else str(say("author"))


def _days(say: Any, first: str, last: str) -> str:
    return first if first == last else str(say("days", first=first, last=last))


def _stations(public: Public, code: str) -> list[Row]:
    named = {each.code for each in public.about.get(code, ()) if each.kind == STATION}
    rows = public.by_code(STATION) if named else {}
    return [rows[each] for each in sorted(named) if not rows[each]["withheld"]]


def _station(public: Public, row: Row, lang: str) -> dict[str, Any]:
    """Where people meet the deputy, and when."""
    title, href = link(public, row["code"])
    return {"title": title, "href": href, "address": row.get("address") or "", "hours": hours(public, row)}


def hours(public: Public, row: Row) -> list[str]:
    """The reception hours of a station, a line each, as far as they are published."""
    lines = public.groups.get((STATION, "reception"), {}).get(row["code"], ())
    told = []
    for line in lines:
        times = "–".join(filter(None, (line.get("opens"), line.get("closes"))))
        told.append(" ".join(filter(None, (line.get("day"), times))))
    return [each for each in told if each]


def deputies_of(public: Public, row: Row, name: str = "deputies") -> list[tuple[str, str | None]]:
    """The deputies that a record names, each with a page."""
    return [link(public, each) for each in listed(row.get(name))]
