"""建在基层、覆盖选区、方便联系: which constituencies have a station, and which names mislead.

Answers are those of `deputy` and `station`, each with its `code`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from ledger.rules.suggestion.figures import Figure

Answers = Mapping[str, Any]
DIRECTLY = ("township", "county")
"""The levels whose deputies voters elect themselves, in constituencies (选举法第三条)."""


def constituencies(deputies: Iterable[Answers]) -> tuple[str, ...]:
    """The constituencies that the register of deputies names; a unit that elects upwards is none.

    >>> county = {"constituency": "柳河镇第二选区", "levels": ["county", "prefecture"], "mandate": "ended"}
    >>> city = {"constituency": "青溪区选举单位", "levels": ["prefecture"], "mandate": "serving"}
    >>> constituencies([county, city])
    ('柳河镇第二选区',)

    The trap: a constituency does not vanish with its deputy's mandate.
    """
    return tuple(
        sorted(
            {
                each["constituency"]
                for each in deputies
                if "constituency" in each and set(each.get("levels", ())) & set(DIRECTLY)
            }
        )
    )


def covered(deputies: Iterable[Answers], stations: Iterable[Answers], on: date) -> Figure:
    """D1: constituencies with one station at least, of all there are, by name.

    >>> deputies = [{"constituency": name, "levels": ["county"]} for name in ("甲", "乙")]
    >>> found = covered(deputies, [{"covers_constituencies": ["甲"]},
    ...                  {"covers_constituencies": ["乙"], "opened_on": "2027-01-01"}], date(2026, 11, 21))
    >>> found.codes_counted, found.of
    (('甲',), 2)

    The trap: a station that opens tomorrow covers nobody today.
    """
    every = constituencies(deputies)
    opened = [each for each in stations if each.get("opened_on", "") <= on.isoformat()]
    there = {name for each in opened for name in each.get("covers_constituencies", ())}
    return Figure(
        "covered", "station.figure.covered", tuple(name for name in every if name in there), every, {}
    )


def same_names(stations: Iterable[Answers]) -> tuple[str, ...]:
    """Names that more than one station bears: nobody would know which door is meant."""
    named = Counter(each["name"] for each in stations if "name" in each)
    return tuple(sorted(name for name, n in named.items() if n > 1))
