"""The page of a printed figure: each row as an official report printed it, beside what its counts come to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.rulebooks import Rulebook
from ledger.rules.suggestion.printed import Row as Printed
from ledger.rules.suggestion.printed import compare
from ledger.words import Words
from publisher.reading.public import Public
from publisher.reading.shown import number

Row = Mapping[str, Any]
ICONS = {"same": "ok", "different": "late", "unknown": "none"}


def page(public: Public, row: Row, rulebook: Rulebook, words: Words, lang: str) -> dict[str, Any]:
    """What the template of a printed figure is given beside what every record's is."""
    lines = public.groups.get(("printed_figure", "rows"), {}).get(row["code"], ())
    given = [{name: value for name, value in line.items() if value is not None} for line in lines]
    if row["withheld"] or row.get("total") is None or not given:
        return {"comparison": None}
    found = compare(given, row["total"])

    def say(key: str, **params: Any) -> str:
        return words.say(f"site.printed.{key}", lang, **params)

    total = number(row["total"], row.get("total_unit") or "")
    different = len(found.different)
    known = sum(each.verdict != "unknown" for each in found.rows)
    notes = []
    if found.forced:
        notes.append(words.say(f"suggestion.printed.forced.{found.forced}", lang))
    if found.counts_sum is not None and not found.adds_up:
        told = {"sum": found.counts_sum, "total": found.total}
        notes.append(words.say("suggestion.printed.adds_up_not", lang, **told))
    if found.printed_sum is not None:
        notes.append(say("sum", sum=found.printed_sum))
    computed = [each.computed for each in found.rows]
    if found.adds_up and None not in computed:
        notes.append(say("sum.computed", sum=sum(each for each in computed if each is not None)))
    key = "same" if known == len(found.rows) else "some" if known else "unknown"
    key = "different" if different else key
    return {
        "comparison": {
            "strong": say(f"verdict.{key}", n=different, of=len(found.rows), known=known),
            "rest": say("verdict.forced") if found.forced else "",
            "total": say("total", total=total),
            "rows": [_row(each, words, lang) for each in found.rows],
            "notes": notes,
        }
    }


def _row(each: Printed, words: Words, lang: str) -> dict[str, Any]:
    told = {"printed": each.printed, "computed": each.computed}
    why = words.say(f"suggestion.printed.{each.why}", lang, of=each.of) if each.why else ""
    return {
        "label": each.label,
        "count": "" if each.count is None else number(each.count),
        "printed": "" if each.printed is None else f"{each.printed}%",
        "computed": "" if each.computed is None else f"{each.computed}%",
        "icon": ICONS[each.verdict],
        "said": words.say(f"suggestion.printed.{each.verdict}", lang, **told),
        "why": why,
    }
