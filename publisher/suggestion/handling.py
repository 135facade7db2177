"""The page of figures (办理数字): replied, delivered as claimed and as found, satisfied; side by side.

Each figure has its n, its base, what was left out, its rule and its rows. Organs stand in the order of their
names: nothing here is ranked, and people are no group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.suggestion.case import Case
from ledger.rules.suggestion.figures import Figures, all_contradictions, figures, figures_by, timeliness
from ledger.rules.suggestion.item import TIMELY
from ledger.rules.suggestion.pressure import satisfied_not_delivered, satisfied_runs
from ledger.words import Words
from publisher.chart.stacked import Part, stacked
from publisher.reading.datalinks import DataLinks
from publisher.reading.facts import link
from publisher.reading.figure_words import COUNTED, TABLE, FigureWords
from publisher.reading.lamp_words import LampWords
from publisher.reading.public import Public
from publisher.suggestion.state import Suggestion, reply_due, states
from publisher.suggestion.words import closed_words

SWITCH = "suggestion.non_response_excluded_from_satisfaction"
COLUMNS = ("reply_rate", "delivery_rate", "verified_delivery", "claims_borne_out")


def page(public: Public, links: DataLinks, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of the figures is given."""
    if without := closed_words(public, words, lang):
        return {"closed": without, "as_of": public.release["as_of"], "rows": links.table(TABLE, **COUNTED)}
    every = list(states(public, rulebook))
    cases = [each.case for each in every]
    whole = figures([each.item for each in every], rulebook)
    told = FigureWords(words, lang, links)

    def say(key: str, **params: Any) -> str:
        return words.say(f"site.handling.{key}", lang, **params)

    shut = sum(bool(row["withheld"]) for row in public.rows.get("suggestion", ()))
    return {
        "as_of": public.release["as_of"],
        "verdict": _verdict(whole, say),
        "shut": say("shut", n=shut) if shut else "",
        "rates": told.rates(whole),
        "satisfaction": told.satisfaction(whole),
        "silence": say("silence.out" if rulebook[SWITCH].value else "silence.in"),
        "silence_basis": LampWords(public, words, rulebook, lang).rests_on(SWITCH),
        "timely": (timely := _timely(every, told)),
        "timely_chart": _timely_chart(timely, words, lang),
        "heads": {name: told.say(f"name.{name}") for name in (*COLUMNS, "attitude", "result", "silent")},
        "groups": [*_groups(public, cases, rulebook, told, say, words, lang)],
        "contradictions": [_contradiction(each, public, words, lang) for each in _all(cases, every)],
        "pressure": [*_pressure(cases, every, public, rulebook, words, lang, say)],
        "rows": links.table(TABLE, **COUNTED),
    }


def _verdict(whole: Figures, say: Callable[..., str]) -> tuple[str, str] | None:
    if not whole.reply_rate.of:
        return None
    done = {"n": whole.verified_delivery.n, "claimed": whole.delivery_rate.n}
    return say("verdict", n=whole.reply_rate.n, of=whole.reply_rate.of), say("verdict.rest", **done)


def _timely(every: Sequence[Suggestion], told: FigureWords) -> list[dict[str, Any]]:
    on = every[0].on if every else None
    if on is None:
        return []
    found = timeliness([each.item for each in every], reply_due(every), on)
    return [
        {**told.shown(found[name]), "name": told.words.say(found[name].rule, told.lang)}
        | {"key": name, "rows": told.links.table(TABLE, **COUNTED, timely=name) if told.links else None}
        for name in TIMELY
        if found[name].of
    ]


def _timely_chart(timely: Sequence[Mapping[str, Any]], words: Words, lang: str) -> dict[str, Any] | None:
    """The answers as parts of one whole; None before anything was assigned."""
    if not timely:
        return None
    n = {each["key"]: each["n"] for each in timely}
    of, late = timely[0]["of"], n["late"] + n["overdue"]
    return {
        "chart": stacked([Part(each["name"], each["n"]) for each in timely]),
        "finding": words.say("site.stacked.timely", lang, of=of, in_time=n["in_time"], late=late),
        "end": words.say("site.stacked.end", lang, n=of),
    }


def _groups(
    public: Public,
    cases: Sequence[Case],
    rulebook: Rulebook,
    told: FigureWords,
    say: Callable[..., str],
    words: Words,
    lang: str,
) -> Iterator[dict[str, Any]]:
    """Tables by organ, topic and year; what has nothing assigned is counted below the table."""
    on = _day(public)
    topics = public.kinds["suggestion"].fields["topic"].choices if "suggestion" in public.kinds else {}

    def by_name(name: str) -> tuple[str, str | None]:
        return link(public, name) if name else (say("no_organ"), None)

    def by_topic(name: str) -> tuple[str, str | None]:
        label = topics[name][lang] if name in topics else say("no_topic")
        return label, f"suggestion/topic.{name}.html" if name in topics else None

    def by_year(name: str) -> tuple[str, str | None]:
        return name or say("no_year"), None

    names: Mapping[str, Callable[[str], tuple[str, str | None]]] = {
        "organ": by_name,
        "topic": by_topic,
        "year": by_year,
    }
    for group in ("organ", "topic", "year"):
        found = figures_by(group, cases, on, rulebook)
        counted = {name: each for name, each in found.items() if each.reply_rate.of}
        order = list(topics) if group == "topic" else []
        key = {name: n for n, name in enumerate(order)}
        rows = sorted(
            ((names[group](name), name, each) for name, each in counted.items()),
            key=lambda row: (key.get(row[1], len(key)), row[0][0].encode("gb18030", "replace")),
        )
        without = len(found) - len(counted)
        yield {
            "id": group,
            "head": say(f"by.{group}"),
            "label": say(f"by.{group}.label"),
            "rows": [{"name": name, **_cells(each, told)} for name, _, each in rows],
            "without": say("without", n=without) if without else "",
        }


def _cells(each: Figures, told: FigureWords) -> dict[str, Any]:
    silent = each.result["satisfied"].non_response
    return {
        **{name: told.cell(getattr(each, name)) for name in COLUMNS},
        "attitude": told.cell(each.attitude["satisfied"]),
        "result": told.cell(each.result["satisfied"]),
        "silent": str(len(silent)),
    }


def _all(cases: Sequence[Case], every: Sequence[Suggestion]) -> list[Any]:
    found = all_contradictions(cases, every[0].on) if every else ()
    return sorted(found, key=lambda each: (each.settled_on is not None, each.checked_on))


def _contradiction(each: Any, public: Public, words: Words, lang: str) -> dict[str, Any]:
    settled = words.say("site.suggestion.clash.settled", lang, day=each.settled_on) if each.settled_on else ""
    return {
        "suggestion": link(public, each.suggestion),
        "organ": link(public, each.organ),
        "claimed": words.say("site.handling.claimed", lang, day=each.claimed_on),
        "checked": words.say(
            "site.handling.checked",
            lang,
            day=each.checked_on,
            verdict=words.say(f"suggestion.verdict.{each.verdict}", lang),
        ),
        "found": [one.what for one in each.found],
        "settled": settled,
    }


def _pressure(
    cases: Sequence[Case],
    every: Sequence[Suggestion],
    public: Public,
    rulebook: Rulebook,
    words: Words,
    lang: str,
    say: Callable[..., str],
) -> Iterator[dict[str, Any]]:
    """Reasons to look: whose, what, and the records."""
    if not every:
        return
    on = every[0].on
    for run in satisfied_runs(cases, on, rulebook):
        yield {
            "who": link(public, run.who),
            "what": words.say(f"suggestion.pressure.{run.within}", lang, n=len(run.ratings)),
            "on": run.day,
            "records": [link(public, code) for code in run.ratings],
        }
    for gap in satisfied_not_delivered(cases, on, rulebook):
        told = {
            "satisfied": gap.satisfied.n,
            "rated": gap.satisfied.of,
            "found": gap.borne_out.n,
            "checked": gap.borne_out.of,
        }
        yield {
            "who": link(public, gap.organ),
            "what": words.say("suggestion.pressure.gap", lang, **told),
            "on": "",
            "records": [],
        }


def _day(public: Public) -> date:
    return date.fromisoformat(public.release["as_of"])
