"""What is new, overdue or corrected anywhere: the three feeds about everything."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from publisher.following.happening import Happening, Row, Say, corrected, entitled, taken_down
from publisher.following.which import MOST
from publisher.pages.making import Site
from publisher.reading.public import Kind
from publisher.reading.shown import together
from publisher.suggestion.promised import made
from publisher.suggestion.state import states


def _new(site: Site, say: Say) -> Iterator[Happening]:
    """The records that came last, of any kind."""
    public = site.public
    every = ((kind, row) for kind in public.shown for row in public.rows[kind.name])
    for kind, row in heapq.nlargest(MOST, every, key=_came):
        title = entitled(kind, row, say, site.lang)
        yield Happening(
            row["code"], "filed", str(row["filed_on"]), title, "", f"{kind.name}/{row['code']}.html"
        )


def _came(each: tuple[Kind, Row]) -> tuple[str, str]:
    return str(each[1]["filed_on"]).ljust(len("2026-03-01"), "-"), each[1]["code"]


def _overdue(site: Site, say: Say) -> Iterator[Happening]:
    """Suggestions whose limit has run out with nothing done, and promises that were broken."""
    public, lang = site.public, site.lang
    if "suggestion" not in public.rows:
        return
    for each in states(public, site.rulebook):
        if each.days_over and each.clock and each.due and each.clock.name != "promise":  # told of below
            clock = site.words.say(f"clock.{each.clock.name}", lang)
            organs = together((public.titles.get(code, code) for code in each.organs), lang)
            text = say("overdue.text", clock=clock, day=each.due, organs=organs or say("overdue.nobody"))
            title = say("overdue", title=public.titles[each.code], clock=clock)
            what = f"overdue-{each.clock.name}"
            yield Happening(
                each.code, what, each.due.isoformat(), title, text, f"suggestion/{each.code}.html"
            )
    for promise in (each.promise for each in made(public, site.rulebook) if each.promise.state == "broken"):
        if path := public.path(promise.code):
            organ = public.titles.get(promise.organ, "") if promise.organ else ""
            text = say("broken.text", day=promise.due_on, organ=organ or say("overdue.nobody"))
            title = say("broken", title=public.titles.get(promise.code, promise.code))
            yield Happening(promise.code, "broken", str(promise.due_on), title, text, path)


def _corrected(site: Site, say: Say) -> Iterator[Happening]:
    """Every correction of a public record, and what was taken down."""
    public = site.public
    every = (
        (each.on, code, n)
        for code, several in public.corrections.items()
        if code in public.kind_of
        for n, each in enumerate(several)
    )
    for _, code, n in sorted(heapq.nlargest(MOST, every)):
        kind = public.kinds[public.kind_of[code]]
        row = public.by_code(kind.name)[code]
        yield corrected(public, kind, row, public.corrections[code][n], say, site.lang)
    yield from (taken_down(each, say) for each in public.withdrawn.values())


LATELY: Mapping[str, Callable[[Site, Say], Iterator[Any]]] = {
    "new": _new,
    "overdue": _overdue,
    "corrected": _corrected,
}
"""By the feed's name in `which.SITE_FEEDS`."""
