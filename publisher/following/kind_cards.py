"""The picture of every kind, and of the site: constants of forms and names, made with the theme's shell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from ledger.congress import Congress
from ledger.forms import Form
from ledger.words import Words
from publisher import kinds
from publisher.following import which
from publisher.following.card import Card, svg
from publisher.following.font import font_of
from publisher.following.picture import png


def cards(congress: Congress, forms: Mapping[str, Form], words: Words) -> Iterator[tuple[str, Card]]:
    """Each by its name: a kind, or `site`."""
    lang = congress.languages[0]
    name, about = congress.name[lang], words.say("site.follow.card.site", lang)
    yield (
        which.SITE,
        Card(words.say("site.follow.card.product", lang), name, about, congress.addresses["www"]),
    )
    for form in kinds.public(forms):
        yield form.kind, Card(words.say("site.follow.card.product", lang), form.label[lang], about, name)


def write(content: Path, site: Path, congress: Congress, forms: Mapping[str, Form], words: Words) -> None:
    """The files below `card/`; dots only where there is a font to draw them with."""
    font = font_of(content)
    (site / "card").mkdir(exist_ok=True)
    for name, card in cards(congress, forms, words):
        (site / which.kind_card(name)).write_bytes(svg(card))
        if font:
            (site / which.kind_card(name, "png")).write_bytes(png(card, font))
