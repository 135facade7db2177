"""Sums of money as people say them, in a sentence or a narrow column."""

from __future__ import annotations

from ledger.words import Words
from publisher.reading.shown import number


def amount(cents: int, words: Words, lang: str) -> str:
    """An amount as people say it: in units of ten thousand yuan from there up, exact to the yuan."""
    if abs(cents) < 1_000_000:
        return words.say("site.cycle.yuan", lang, n=plain(cents, 100))
    return words.say("site.cycle.wan", lang, n=plain(cents, 1_000_000))


def plain(cents: int, unit: int) -> str:
    """Cents in a larger unit, without zeros at the end.

    >>> plain(120_000_000, 1_000_000), plain(123_450_000, 1_000_000), plain(50, 100)
    ('120', '123.45', '0.5')
    """
    whole, rest = divmod(abs(cents), unit)
    digits = str(unit + rest)[1:].rstrip("0")
    return f"{'-' if cents < 0 else ''}{number(whole)}{'.' + digits if digits else ''}"
