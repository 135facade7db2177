"""The picture of one record, for those that are followed: its title, and its state as shape and word."""

from __future__ import annotations

from publisher.following import which
from publisher.following.card import Card, svg
from publisher.following.happening import Row
from publisher.pages.making import Site
from publisher.reading.public import Kind
from publisher.stamping.stamp import Plain
from publisher.suggestion.cards import Cards
from publisher.suggestion.state import state_of


def of_record(site: Site, kind: Kind, row: Row) -> Plain:
    """The picture beside a record's page."""
    icon, state = _state(site, row) if kind.name == "suggestion" else ("", "")
    shape = (site.templates.folder / "icons" / f"{icon}.svg").read_text("utf-8").strip() if icon else ""
    card = Card(
        kind.label[site.lang], row["title"], row["code"], site.congress.name[site.lang], state, shape, icon
    )
    made_from = [site.code_version, *vars(card).values()]
    return Plain(which.card_of(kind.name, row["code"]), made_from, lambda: svg(card))


def _state(site: Site, row: Row) -> tuple[str, str]:
    """Shape and word; no count of days, which would be wrong the day after the picture was passed on."""
    found = state_of(site.public, row, site.rulebook)
    if found.closed:
        return "", ""
    cards = Cards(site.public, site.words, site.lang)
    icon, state = cards.tag(found)
    stage = site.words.say(f"suggestion.stage.{found.standing.stage}", site.lang)
    if found.days_over and not found.contradicted:
        return icon, site.words.say("clock.state.overdue", site.lang)
    return icon, state if icon == "late" else stage
