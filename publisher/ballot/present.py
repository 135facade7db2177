"""Who was there when a ballot was held, as a drawing of seats: present, absent, and how many were needed."""

from __future__ import annotations

from typing import Any

from ledger.rules.ballot.verdict import quorum
from publisher.ballot.words import Said
from publisher.chart.seats import seats


def drawn(said: Said) -> dict[str, Any] | None:
    """What the page is given; None where the number of all or of those present is not told, or cannot be."""
    ballot = said.ballot
    if ballot is None or ballot.roster is None or ballot.present is None or not ballot.roster > 0:
        return None
    if ballot.present > ballot.roster:
        return None  # the lamp above says what is wrong
    need = quorum(ballot.roster, ballot.body, ballot.quorum)
    chart = seats(ballot.present, ballot.roster, need)
    state = "none" if need is None else "full" if ballot.present >= need else "short"
    told = {"who": said.who, "of": ballot.roster, "there": ballot.present}
    finding = _say(
        said, "finding", state=_say(said, state, **({} if need is None else {"need": need})), **told
    )
    return {
        "chart": chart,
        "finding": finding[:1].upper() + finding[1:],
        "need": _say(said, "need", need=need) if need is not None else "",
        "each": _say(said, "each", n=chart["each"]) if chart["each"] > 1 else "",
        "there": ballot.present,
        "away": ballot.roster - ballot.present,
        "of": ballot.roster,
        "least": need,
    }


def _say(said: Said, key: str, **params: Any) -> str:
    return said.words.say(f"site.seats.{key}", said.lang, **params)
