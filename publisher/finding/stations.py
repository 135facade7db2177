"""The page of a station: where and when people meet deputies there, what came in and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.words import Words
from publisher.chart.bars import share
from publisher.finding.counts import HERE, latest
from publisher.finding.deputies import deputies_of, hours
from publisher.finding.places import above, places
from publisher.reading.answers import asked
from publisher.reading.facts import link
from publisher.reading.public import Public
from publisher.station.one import one
from publisher.suggestion.cards import Cards
from publisher.suggestion.cases import KIND as SUGGESTION
from publisher.suggestion.state import order, state_of
from publisher.suggestion.words import closed_words

Row = Mapping[str, Any]
MOST = 6
CAME_IN = ("opinion", "visit")
VIA = "station"


def page(public: Public, row: Row, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of a station is given beside what every record's is."""

    def say(key: str, **params: Any) -> str:
        return words.say(f"site.station.{key}", lang, **params)

    code, times = row["code"], hours(public, row)
    place = str(row.get("grid"))
    way = [*above(public, place), places(public)[place]] if place in places(public) else []
    here = {kind: _named(public, kind, code) for kind in (*CAME_IN, SUGGESTION)}
    parts = [
        say("part", kind=public.kinds[kind].label[lang], n=len(codes))
        for kind, codes in here.items()
        if codes is not None
    ]
    return {
        "where": [link(public, each.code) for each in way],
        "address": row.get("address") or "",
        "hours": times,
        "hours_known": asked(public, VIA, "reception") is not None
        and "reception" in public.columns.get(VIA, ()),
        "deputies": deputies_of(public, row),
        "verdict": say("verdict", parts=say("comma").join(parts)) if parts else "",
        "came": [
            _came(public, kind, code, codes, say, lang)
            for kind in CAME_IN
            if (codes := here[kind]) is not None
        ],
        "became": _became(public, here["opinion"], lang, code),
        "asked": _asked(public, here[SUGGESTION], code, rulebook, words, lang),
        "more": one(public, row, rulebook, words, lang),
    }


def _named(public: Public, kind: str, code: str) -> frozenset[str] | None:
    """The public records of a kind that name the station; None where a kind names none in public."""
    if kind not in public.rows or VIA not in public.columns[kind]:
        return None
    rows = public.by_code(kind)
    named = {each.code for each in public.about.get(code, ()) if each.kind == kind and each.via == VIA}
    return frozenset(each for each in named if not rows[each]["withheld"])


def _came(public: Public, kind: str, code: str, codes: frozenset[str], say: Any, lang: str) -> dict[str, Any]:
    """The latest records of a kind that came in here."""
    form = public.kinds[kind]
    return {
        "head": say("came.head", kind=form.label[lang], n=len(codes)),
        "kind": form.label[lang],
        "n": len(codes),
        "items": [
            {"title": each["title"], "href": public.path(each["code"]), "on": form.date(each)}
            for each in latest(public, kind, codes, MOST)
        ],
        "rows": HERE.table(kind, **{VIA: code}) if codes else None,
    }


def _became(public: Public, opinions: frozenset[str] | None, lang: str, code: str) -> list[dict[str, Any]]:
    """What became of the opinions that came in here: so many of all, by disposition."""
    field = asked(public, "opinion", "disposition")
    if not opinions or field is None or not field.public:
        return []
    rows = public.by_code("opinion")
    counted = Counter(rows[each]["disposition"] for each in opinions)
    told = [(value, counted[value]) for value in field.choices if counted[value]]
    return [
        {
            "name": field.choices[value][lang],
            "n": n,
            "of": len(opinions),
            "width": share(n, len(opinions)),
            "rows": HERE.table("opinion", **{VIA: code, "disposition": value}),
        }
        for value, n in told
    ]


def _asked(
    public: Public, codes: frozenset[str] | None, code: str, rulebook: Rulebook, words: Words, lang: str
) -> dict[str, Any] | None:
    """The suggestions that came in here, the open ones first."""
    if codes is None:
        return None
    closed = closed_words(public, words, lang)
    rows = public.by_code(SUGGESTION)
    own = [] if closed else order(state_of(public, rows[each], rulebook) for each in sorted(codes))
    shown = [*(each for each in own if not each.ended), *(each for each in own if each.ended)][:MOST]
    return {
        "n": len(codes),
        "closed": closed,
        "cards": Cards(public, words, lang).cards(shown),
        "rows": HERE.table(SUGGESTION, **{VIA: code}) if codes else None,
    }
